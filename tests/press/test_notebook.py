"""A page as a notebook: its words and its programs, and no word less."""

import re
from collections import Counter
from pathlib import Path

import nbformat
import pytest

from press import notebook
from press.read import Span, read
from tests.conftest import ROOT

PAGE = """\
---
description: A page.
---

# A page

```python
print(6)
```

<!--pytest-codeblocks:expected-output-->

```
6
```

/// mistake | One is two
    attrs: {id: m1}
It is not.

```python
assert 1 != 2
```

///

Each word stays.

//// exercise | 1. Twice
Do it.

```python
x = 1
```

/// details | Solution

```python
x = 2
```
///

<!--pytest-codeblocks:cont-->

```python
assert x == 2, "x is 2"
```

/// details | Tempting, and wrong
One too many.

```python
x = 3
```

///

////

## The end

See [the lab](../labs/lab.py#one), [here](#a-page), [home](../index.md), [out](https://x.org/a.md).

```text
/// note
```
"""
LAB = """\
# ---
# description: A lab.
# ---

# %% [markdown]
# # A lab

# %% alt="A line"
x = 1

# %% [markdown]
# /// mistake | One is two
# It is not.
# ///
#
# ## The end
"""


SITE = "https://site.org/"
INSTALL = notebook.INSTALL.format("https://site.org/litgrad.whl").rstrip("\n")
PAGES = sorted([*ROOT.glob("docs/**/*.md"), *ROOT.glob("docs/labs/*.py")])


def cells(path: Path, text: str, place: str) -> list[tuple[str, str]]:
    path.write_text(text, encoding="utf-8")
    return cells_of(path, place)


def cells_of(path: Path, place: str) -> list[tuple[str, str]]:
    told = notebook.as_json(read(path), place, SITE, "litgrad.whl")
    book = nbformat.reads(told, as_version=4)
    nbformat.validate(book)
    return [(cell["cell_type"], cell["source"].replace("\n\n\n", "\n\n")) for cell in book["cells"]]


CHECK = """\
try:
    assert x == 2, "x is 2"
except AssertionError as reason:
    print('Still open, 1. Twice:', reason)
except Exception as error:
    print('Still open, 1. Twice:', repr(error))
else:
    print('Solved, 1. Twice')"""
AFTER = """\
<details><summary>Solution</summary>

```python
x = 2
```

</details>

<details><summary>Tempting, and wrong</summary>

One too many.

```python
x = 3
```

</details>

## The end

See [the lab](https://site.org/labs/lab/#one), [here](https://site.org/chapters/page/#a-page), \
[home](https://site.org/), [out](https://x.org/a.md).

```text
/// note
```"""


def test_a_page_is_its_words_and_programs(tmp_path: Path) -> None:
    assert cells(tmp_path / "page.md", PAGE, "chapters/page.md") == [
        ("code", INSTALL),
        ("markdown", "# A page"),
        ("code", "print(6)"),
        ("markdown", "**Mistake: One is two**\n\nIt is not."),
        ("code", "assert 1 != 2"),
        ("markdown", "Each word stays.\n\n**Exercise: 1. Twice**\n\nDo it."),
        ("code", "x = 1"),
        ("code", CHECK),
        ("markdown", AFTER),
    ]


def test_a_lab_is_its_cells(tmp_path: Path) -> None:
    assert cells(tmp_path / "lab.py", LAB, "labs/lab.py") == [
        ("code", INSTALL),
        ("markdown", "# A lab"),
        ("code", "x = 1"),
        ("markdown", "**Mistake: One is two**\n\nIt is not.\n\n## The end"),
    ]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("x = 1", "Still open, 1. Twice: x is 2"),
        ("x = 2", "Solved, 1. Twice"),
        ("del x", "Still open, 1. Twice: NameError(\"name 'x' is not defined\")"),
    ],
)
def test_a_check_says_whether_its_exercise_is_solved(
    capsys: pytest.CaptureFixture[str], answer: str, said: str
) -> None:
    exec(f"x = 0\n{answer}\n{CHECK}", {})  # noqa: S102
    assert capsys.readouterr().out == f"{said}\n"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_line_of_a_page_is_missing(page: Path) -> None:
    chapter = read(page)
    made = {span for p in chapter.programs for span in (p.output_span, p.figure_span) if span}
    edges = {edge for b in chapter.blocks for edge in (b.head, Span(b.span.end - 1, b.span.end))}
    text = chapter.replaced(dict.fromkeys(made | edges, ""))
    there = "\n".join(source for _, source in cells_of(page, "chapters/page.md"))
    assert lines(text) - lines(there) == Counter()
    for block in chapter.blocks:
        assert f"{block.title}**" in there or f"<summary>{block.title}<" in there


def lines(text: str) -> Counter[str]:
    """The lines of a text, wherever their links lead."""
    plain = re.sub(r"<!--pytest.*-->|(?<=\]\()[^)\n]*", "", text)
    every = (line.strip() for line in plain.split("\n"))
    return Counter(line for line in every if line and not line.startswith("```"))
