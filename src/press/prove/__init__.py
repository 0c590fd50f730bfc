"""Proving: a page holds if its programs, formulas and numbers do."""

from press.draw import formula
from press.prove import numbers, programs
from press.read import Chapter
from press.run.results import Book, Result


def prove(chapter: Chapter, book: Book) -> list[Result]:
    """The results of a page's programs, if they and every formula and number of its text hold."""
    if chapter.path.suffix == ".py":
        return prove_lab(chapter, book.run_parts([chapter.programs])[0])
    results = programs.check(chapter, book)
    _prove_text(chapter)
    return results


def prove_lab(chapter: Chapter, results: list[Result]) -> list[Result]:
    """The same of a lab whose cells have run."""
    programs.check_cells(chapter, results)
    _prove_text(chapter)
    return results


def _prove_text(chapter: Chapter) -> None:
    """Raise the first formula that is not understood, or number that comes from nowhere."""
    formula.replace(chapter.text, lambda _: "", chapter.fault)
    numbers.check(chapter)
