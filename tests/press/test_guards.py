"""Every guard of press, with the fault planted that it must catch, by file and line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from press import files
from press.outputs import with_outputs
from press.prove import prove as prove_page
from press.prove import style
from press.read import Fault, read
from press.run.results import Book

GOOD = """\
# A chapter

The slope $2x$ of a parabola.

```python
print(2 * 3)
```

<!--pytest-codeblocks:expected-output-->

```
6
```

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
assert twice(3) == 6, "twice 3 is 6"
```

////

```python
import matplotlib.pyplot as plt

plt.plot([1, 2, 3])
plt.show()
```

![A line that rises](figures/line.svg)
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("book")


@pytest.fixture(scope="module")
def book(root: Path) -> Iterator[Book]:
    book = Book(root)
    yield book
    book.close()


def prove(book: Book, text: str) -> None:
    path = book.root / "chapter.md"
    path.write_text(text, encoding="utf-8")
    prove_page(read(path), book)


def test_a_good_chapter_passes(book: Book) -> None:
    prove(book, GOOD)


FIRST = "print(2 * 3)\n"
FAULTS = {
    "raises": (FIRST, "print(6)\n1 / 0\n", 7, "ZeroDivisionError: division by zero"),
    "prints something else": (FIRST, "print(7)\n", 11, "the program prints\n7"),
    "prints without an output": ("import matplotlib", "print(1)\nimport matplotlib", 39, "prints"),
    "needs an earlier fence": ("print(2 * 3)", "print(plt)", 6, "NameError"),
    "opens a socket": (FIRST, "import socket\nsocket.socket()\n", 7, "uses the network"),
    "starts a process": (FIRST, "import os\nos.system('ls')\n", 7, "reaches other processes"),
    "writes elsewhere": (FIRST, "open('../x', 'w')\n", 6, "writes in its own folder only"),
    "removes a file": (FIRST, "import os\nos.remove('/x')\n", 7, "its own folder only, not to /x"),
    "differs between runs": (FIRST, "print(id(object()), hash('a'))\n", 6, "when it runs again"),
    "warns": (FIRST, "import warnings\nwarnings.warn('old')\nprint(6)\n", 7, "UserWarning: old"),
    "writes to stderr": (FIRST, "import sys\nprint('x', file=sys.stderr)\nprint(6)\n", 6, "x"),
    "leaves a file open": (FIRST, "open('x', 'w')\nprint(6)\n", 6, "unclosed file"),
    "ends its interpreter": (FIRST, "import os\nos._exit(0)\n", 6, "ended its interpreter"),
    "leaves a thread running": (
        FIRST,
        "import threading\nthreading.Thread(target=threading.Event().wait).start()\nprint(6)\n",
        6,
        "leaves a thread running: a copy of it would not end",
    ),
    "exits": (FIRST, "raise SystemExit(3)\n", 6, "SystemExit: 3"),
    "prints without end": (FIRST, "while True:\n    print('x' * 999)\n", 7, "prints more than"),
    "draws without end": ("plot([1, 2, 3])", "plot(*[range(99_999)] * 2, 'o')", 40, "draws more"),
    "does not parse": (FIRST, "print(\n", 6, "SyntaxError"),
    "py": ("```python\nprint", "```py\nprint", 5, "exactly ```python"),
    "a title": ("```python\nprint", '```python title="x"\nprint', 5, "exactly ```python"),
    "a capital": ("```python\nprint", "```Python\nprint", 5, "exactly ```python"),
    "tildes": ("```python\nprint(2 * 3)\n```", "~~~python\nprint(2 * 3)\n~~~", 5, "exactly"),
    "in a quote": ("```python\nprint(2 * 3)\n```", "> ```python\n> print(6)\n> ```", 5, "quote"),
    "in a list": ("```python\nprint(2 * 3)\n```", "- a\n\n  ```python\n  1\n  ```", 7, "list"),
    "indented": ("```python\nprint(2 * 3)\n```", "    ```python\n    1\n    ```", 5, "left margin"),
    "a shell": ("```python\nprint(2 * 3)\n```", "```sh\nls\n```", 5, "exactly ```python"),
    "continues another language": (
        "<!--pytest-codeblocks:cont-->",
        "```text\n```\n\n<!--pytest-codeblocks:cont-->",
        34,
        "continues the ```python fence just before",
    ),
    "continues into another language": (
        "```python\nassert",
        "```text\nassert",
        33,
        "only a ```python fence can continue",
    ),
    "continues nothing": (
        "```python\nprint",
        "<!--pytest-codeblocks:cont-->\n```python\nprint",
        5,
        "continues",
    ),
    "a mark of pytest": (
        "```python\nprint",
        "<!--pytest.mark.skip-->\n```python\nprint",
        5,
        "would change",
    ),
    "a mark that waits": (
        "![A line",
        "<!--pytest-codeblocks:cont-->\n\n![A line",
        46,
        "must stand directly",
    ),
    "a skipped file": ("# A chapter", "<!--pytest-codeblocks:skipfile-->\n# A", 1, "would change"),
    "an output with a language": ("```\n6", "```text\n6", 11, "plain ```"),
    "two outputs": (
        "6\n```\n",
        "6\n```\n\n<!--pytest-codeblocks:expected-output-->\n\n```\n6\n```\n",
        17,
        "has its output already",
    ),
    "no alt text": ("![A line that rises]", "![ ]", 46, "needs alt text"),
    "an image without a figure": ("plt.plot([1, 2, 3])\n", "", 45, "draws no figure"),
    "a figure that nobody shows": (
        "![A line that rises](figures/line.svg)\n",
        "",
        39,
        "no image line",
    ),
    "a frame that is not drawn": (
        "(figures/line.svg)",
        '(figures/line.svg "η = 2")',
        46,
        "draws no frame with the label 'η = 2'",
    ),
    "an image amid words": ("![A line", "See ![A line", 46, "stands alone"),
    "an image before its program": (
        "```python\nprint",
        "![x](figures/x.svg)\n\n```python\nprint",
        5,
        "follows",
    ),
    "a starter that passes": ("return x\n", "return 2 * x\n", 17, "the starter passes"),
    "a starter that fails otherwise": (
        "return x\n",
        "return y\n",
        17,
        "must fail with an AssertionError",
    ),
    "a starter that does not run": (
        "    return x\n",
        "    return x\n\n\ntwice()\n",
        22,
        "TypeError",
    ),
    "a solution that fails": ("return 2 * x", "return 3 * x", 34, "the solution fails its check"),
    "an exercise without a check": ("<!--pytest-codeblocks:cont-->\n", "", 15, "three programs"),
    "a block that stays open": ("////\n\n```python\nimport", "```python\nimport", 15, "not closed"),
    "unknown LaTeX": ("$2x$", "$\\slope x$", 3, "unknown LaTeX"),
    "a number from nowhere": ("of a parabola", "of 13,002 parabolas", 3, "carries 13,002"),
    "a number in a formula": ("$2x$", "$0.9802x$", 3, "carries 0.9802"),
    "too many lines": (FIRST, "\n".join(f"x = {i}" for i in range(31)) + "\n", 5, "at most 30"),
    "too many columns": (FIRST, f"print(6)  # {'x' * 70}\n", 6, "at most 72 columns"),
}


@pytest.mark.parametrize(("old", "new", "line", "words"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_caught_at_its_line(
    book: Book, old: str, new: str, line: int, words: str
) -> None:
    assert old in GOOD
    with pytest.raises(Fault) as caught:
        prove(book, GOOD.replace(old, new, 1))
    assert f"chapter.md:{line}: " in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("# A chapter\n", "# A chapter\n\n~~~text\n```\n~~~\n", 3),
        ("# A chapter\n", "# A chapter\n\n```text\n ```\n", 4),
        ("# A chapter\n", "# A chapter\n\n```text\n````\n", 4),
        ("//// exercise", "//// Exercise", 15),
    ],
)
def test_no_exercise_hides_from_its_proof(book: Book, old: str, new: str, line: int) -> None:
    passing = GOOD.replace("return x\n", "return 2 * x\n")
    with pytest.raises(Fault, match=r"md:17: the starter passes its own check"):
        prove(book, passing)
    with pytest.raises(Fault, match=rf"md:{line}: "):
        prove(book, passing.replace(old, new))


@pytest.mark.parametrize(
    "words",
    [
        "is 6.00",
        "of 100 and 20,000",
        "(Cauchy 1847)",
        "is 314 [^a]",
        "`x314`",
        "`np.ones(314)`",
        "in Python 3.14",
        "(A. Author, *A Book*, 1998)",
    ],
)
def test_a_number_that_is_carried_cited_or_round_is_no_fault(book: Book, words: str) -> None:
    prove(book, GOOD.replace("of a parabola", words))


def test_a_program_that_never_ends_is_ended(root: Path) -> None:
    book = Book(root, limit=0.1)
    try:
        with pytest.raises(Fault, match=r"chapter\.md:6: .* did not end within 0\.1 s"):
            prove(book, GOOD.replace(FIRST, "while True:\n    pass\n"))
    finally:
        book.close()


def test_a_failing_program_shows_its_line_and_the_traceback(book: Book) -> None:
    with pytest.raises(Fault) as caught:
        prove(book, GOOD.replace(FIRST, "def f():\n    1 / 0\n\n\nf()\n"))
    assert "chapter.md:7: ZeroDivisionError" in str(caught.value)
    assert "1 / 0" in str(caught.value)
    (note,) = caught.value.__notes__
    assert 'chapter.md", line 10, in <module>' in note
    assert "press" not in note


OUTPUT = "\n<!--pytest-codeblocks:expected-output-->\n\n```\n6\n```\n"


def test_outputs_are_written_in_place(book: Book) -> None:
    path = book.root / "chapter.md"
    for front in ("", "---\ndescription: x\n---\n", "---\ndescription: x\n---\n\n\n"):
        for text in (GOOD.replace("\n6\n", "\n7\n"), GOOD.replace(OUTPUT, "")):
            assert text != GOOD
            path.write_text(front + text, encoding="utf-8")
            chapter = read(path)
            results = book.run([program.chain for program in chapter.programs])
            assert with_outputs(chapter, results) == front + GOOD


def test_only_what_changed_runs_again(root: Path) -> None:
    book = Book(root, cache=root / "cache")
    prove(book, GOOD)
    first = len(book.ran)
    prove(book, GOOD)
    assert len(book.ran) == first > 3
    prove(book, "\n" + GOOD.replace("[1, 2, 3]", "[3, 2, 1]"))
    assert [line for _, line, _ in book.ran[first:]] == [41]
    book.close()


def test_a_change_in_litgrad_runs_what_imports_it(root: Path) -> None:
    text = GOOD.replace("import matplotlib", "from litgrad import plots\nimport matplotlib")
    text = text.replace("plt.plot(", "plots.curves(")
    before = Book(root, cache=root / "other")
    prove(before, text)
    before.close()
    after = Book(root, cache=root / "other")
    after._library = "another"  # noqa: SLF001
    prove(after, text)
    assert [line for _, line, _ in after.ran] == [40]
    after.close()


def test_the_state_of_litgrad_is_that_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    other = tmp_path / "sub" / "module.py"
    states = set()
    for text in ("x = 1", "x = 2", "x = 2 "):
        other.write_text(text)
        states.add(files.state(tmp_path))
    assert len(states) == 3


STYLE = {
    "badly formatted": ("print(2 * 3)", "print( 2*3 )", 6, "unformatted"),
    "an unused import": ("import matplotlib", "import os\n\nimport matplotlib", 40, "F401"),
    "mistyped": ("print(2 * 3)", 'print(2 * 3 + len(3))\nx: int = "3"', 6, "incompatible type"),
    "mistyped in a chain": ("twice(3) == 6", "twice(3) == len(6)", 34, "arg-type"),
    "an unused name in a solution": ("    return 2 * x", "    y = 3\n    return 2 * x", 26, "F841"),
}


@pytest.mark.parametrize(("old", "new", "line", "words"), STYLE.values(), ids=STYLE)
def test_style_and_types_are_checked_at_their_line(
    styled: Path, old: str, new: str, line: int, words: str
) -> None:
    path = styled / "docs" / "chapter.md"
    path.write_text(GOOD)
    style.check([read(path)], styled)
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(Fault) as caught:
        style.check([read(path)], styled)
    assert f"chapter.md:{line}: " in str(caught.value)
    assert words in str(caught.value)


@pytest.fixture(scope="module")
def styled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the style of this one."""
    root = tmp_path_factory.mktemp("styled")
    (root / "docs").mkdir()
    for name in ("pyproject.toml", "docs/ruff.toml", "docs/mypy.ini"):
        (root / name).write_bytes((Path(__file__).parents[2] / name).read_bytes())
    return root
