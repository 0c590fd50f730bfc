"""What make outputs writes into a page: what the programs print, and nothing else."""

from collections.abc import Iterator
from io import StringIO

import pytest
from pytest_codeblocks.main import extract_from_buffer

from press import outputs
from press.prove import prove
from press.read import Chapter, Fault, read
from press.run.results import Book

PAGE = """\
---
description: A page.
---

# A page

```python
print(1)
```

<!--pytest-codeblocks:expected-output-->

```
1
```

Between them.

```python
print("last")
```

<!--pytest-codeblocks:expected-output-->

```
old
```

The end.
"""
GOOD = PAGE.replace("old", "last")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    book = Book(tmp_path_factory.mktemp("book"))
    yield book
    book.close()


def written(book: Book, text: str) -> Chapter:
    """The page after its outputs were written into it."""
    path = book.root / "page.md"
    path.write_bytes(text.encode())
    chapter = read(path)
    outputs.write(chapter, book.run([program.chain for program in chapter.programs]))
    return read(path)


def test_only_an_output_that_changed_is_written(book: Book) -> None:
    assert written(book, PAGE).source == GOOD


def test_a_page_that_is_right_is_not_touched(book: Book) -> None:
    file = book.root / "page.md"
    before = None
    for text in (PAGE, GOOD):
        file.write_text(text, encoding="utf-8")
        before, chapter = file.stat(), read(file)
        outputs.write(chapter, book.run([program.chain for program in chapter.programs]))
    after = file.stat()
    assert before
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("first", ["x = 1", "x = 1  # as before\n\n\ny = 2"])
def test_an_output_goes_when_its_program_no_longer_prints(book: Book, first: str) -> None:
    gone = GOOD.replace("print(1)", first)
    old = "\n<!--pytest-codeblocks:expected-output-->\n\n```\n1\n```\n"
    assert old in gone
    assert written(book, gone).source == gone.replace(old, "", 1)


@pytest.mark.parametrize("odd", ["\u2028", "\x0b", "\x0c", "\x1c", "\x85", "\u2029 x"])
def test_only_a_line_feed_ends_a_line(book: Book, odd: str) -> None:
    text = PAGE.replace("# A page", f"# A {odd} page").replace("print(1)", f"print({odd!r})")
    chapter = written(book, text)
    expected = GOOD.replace("# A page", f"# A {odd} page").replace("print(1)", f"print({odd!r})")
    assert chapter.source == expected.replace("```\n1\n", f"```\n{odd}\n")
    prove(chapter, book)


@pytest.mark.parametrize("printed", ["```", "  ````", "a\n```python\n1\n```", "~~~", "/// x"])
def test_an_output_that_looks_like_a_fence_stays_whole(book: Book, printed: str) -> None:
    chapter = written(book, PAGE.replace("print(1)", f"print({printed!r})"))
    assert [program.output for program in chapter.programs] == [f"{printed}\n", "last\n"]
    prove(chapter, book)
    found = extract_from_buffer(StringIO(chapter.source))
    assert [block.expected_output for block in found] == [f"{printed}\n", "last\n"]


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ('print(6, end="")', "does not end its last line"),
        ('print("a\\rb")', "prints '\\r'"),
        ('print("\\0")', "prints '\\x00'"),
        ('print("\\ud800")', "prints '\\ud800'"),
        ('print("a\\n ////")', "prints ' ////'"),
    ],
)
def test_an_output_that_no_page_can_show_is_a_fault_and_the_page_stays(
    book: Book, program: str, words: str
) -> None:
    text = PAGE.replace("print(1)", program)
    with pytest.raises(Fault) as caught:
        written(book, text)
    assert "page.md:7: the program" in str(caught.value)
    assert words in str(caught.value)
    assert (book.root / "page.md").read_text(encoding="utf-8") == text
    with pytest.raises(Fault, match=r"page\.md:7: the program") as proved:
        prove(read(book.root / "page.md"), book)
    assert words in str(proved.value)


def test_what_fails_keeps_its_output(book: Book) -> None:
    text = PAGE.replace("print(1)", "1 / 0")
    assert written(book, text).source == text.replace("old", "last")
