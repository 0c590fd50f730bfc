"""A page as a notebook: its words and its programs, and no word less."""

from pathlib import Path

import nbformat

from press import notebook
from press.read import read

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
assert x == 2
```

////

## The end

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


def cells(path: Path, text: str) -> list[tuple[str, str]]:
    path.write_text(text, encoding="utf-8")
    book = nbformat.reads(notebook.as_json(read(path)), as_version=4)
    nbformat.validate(book)
    return [(cell["cell_type"], cell["source"].replace("\n\n\n", "\n\n")) for cell in book["cells"]]


def test_a_page_is_its_words_and_programs(tmp_path: Path) -> None:
    assert cells(tmp_path / "page.md", PAGE) == [
        ("markdown", "# A page"),
        ("code", "print(6)"),
        ("markdown", "**Mistake: One is two**\n\nIt is not."),
        ("code", "assert 1 != 2"),
        ("markdown", "Each word stays.\n\n**Exercise: 1. Twice**\n\nDo it."),
        ("code", "x = 1"),
        ("markdown", "**Solution**"),
        ("code", "x = 2"),
        ("code", "assert x == 2"),
        ("markdown", "## The end\n\n```text\n/// note\n```"),
    ]


def test_a_lab_is_its_cells(tmp_path: Path) -> None:
    assert cells(tmp_path / "lab.py", LAB) == [
        ("markdown", "# A lab"),
        ("code", "x = 1"),
        ("markdown", "**Mistake: One is two**\n\nIt is not.\n\n## The end"),
    ]
