"""Wrong turns: answers that tempt, which a check must reject in words that help."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from press import notebook
from press.page import make
from press.prove import prove
from press.read import Chapter, Fault, read
from press.run.results import Book

PAGE = """\
# A chapter

//// exercise | 1. Twice

```python
def twice(x):
    return x
```

/// details | Solution

```python
def twice(x):
    return 2 * x
```

///

<!--pytest-codeblocks:cont-->

```python
assert twice(3) == 6, f"twice 3 is 6, and not {twice(3)}"
```

/// details | Tempting, and wrong
The square is no double.

```python
def twice(x):
    return x**2
```

It is one too many.

```python
def twice(x):
    return x + x + 1
```

///

////
"""
FAULTS = {
    "a wrong turn that passes": ("return x**2", "return x + x", 28, "wrong turn passes its own"),
    "one that crashes": ("return x**2", "return y", 28, "AssertionError, not with NameError"),
    "one without a sentence": ("The square is no double.\n", "", 27, "needs a sentence"),
    "the second without one": ("It is one too many.\n", "", 34, "needs a sentence"),
    "one that stands elsewhere": ("Tempting, and wrong", "More", 28, "in /// details | Tempting"),
    "one that continues": (
        "```python\ndef twice(x):\n    return x**2",
        "<!--pytest-codeblocks:cont-->\n\n```python\ndef twice(x):\n    return x**2",
        30,
        "what follows a check is a wrong turn",
    ),
    "a check without words": (', f"twice 3 is 6, and not {twice(3)}"', "", 22, "says what is"),
    "a check with none in the end": (
        'f"twice 3 is 6, and not {twice(3)}"',
        '""',
        5,
        "0 characters",
    ),
    "a check of many words": ("not {twice(3)}", "not {[0] * 99}", 5, "it is one sentence"),
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    book = Book(tmp_path_factory.mktemp("book"))
    yield book
    book.close()


def written(book: Book, text: str) -> Chapter:
    path: Path = book.root / "chapter.md"
    path.write_text(text, encoding="utf-8")
    return read(path)


def test_a_wrong_turn_stands_on_the_page_with_what_the_check_says(book: Book) -> None:
    chapter = written(book, PAGE)
    results = prove(chapter, book)
    says = ["twice 3 is 6, and not 9", "twice 3 is 6, and not 7"]
    assert [turn.says for turn in chapter.exercises[0].wrong] == says
    pieces = [piece for piece in make(chapter, results).pieces if 'class="says"' in piece]
    assert len(pieces) == 2
    for piece, told in zip(pieces, says, strict=True):
        assert 'data-role="wrong"' in piece
        assert f"The check says: {told}" in piece
    told = notebook.as_json(chapter, "chapters/chapter.md", "https://site.org/", "litgrad.whl")
    (after,) = [c["source"] for c in json.loads(told)["cells"] if "Tempting" in c["source"]]
    for told in says:
        assert f"```\n\nThe check says: {told}" in after


def test_what_is_refused_is_remembered(book: Book) -> None:
    prove(written(book, PAGE), book)
    ran = len(book.ran)
    prove(written(book, PAGE), book)
    assert len(book.ran) == ran


@pytest.mark.parametrize(("old", "new", "line", "words"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_caught_at_its_line(
    book: Book, old: str, new: str, line: int, words: str
) -> None:
    assert old in PAGE
    with pytest.raises(Fault) as caught:
        prove(written(book, PAGE.replace(old, new, 1)), book)
    assert f"chapter.md:{line}: " in str(caught.value)
    assert words in str(caught.value)
