"""The pages of this site: every program runs, prints and draws what its page says."""

from pathlib import Path

import pytest

from press.prove import prove, style
from press.read import read
from press.run.results import Book

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("docs/**/*.md")), ROOT / "README.md"]


@pytest.mark.parametrize("path", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_what_the_page_says_is_so(path: Path) -> None:
    chapter = read(path)
    book = Book(ROOT)
    prove(chapter, book)
    book.close()


def test_programs_have_the_library_s_style_and_types() -> None:
    style.check([read(path) for path in PAGES], ROOT)


def test_every_exercise_has_a_wrong_turn() -> None:
    exercises = [exercise for path in PAGES for exercise in read(path).exercises]
    missing = [f"{e.check.path.name}:{e.check.line}" for e in exercises if not e.wrong]
    assert exercises
    assert missing == [], "after a check comes what is tempting, and wrong"
