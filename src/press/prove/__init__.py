"""Proving: a page holds if its programs, formulas, numbers and names do."""

from press.draw.formula import mathml
from press.prove import names, numbers, programs
from press.read import Chapter
from press.read.text import replace_formulas
from press.run.results import Book, Result


def prove(chapter: Chapter, book: Book) -> list[Result]:
    """The results of a page's programs, if they and all that its text says hold."""
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
    """Raise the first formula that is not understood, number from nowhere, or unknown name."""

    def check(line: int, latex: str, _: object) -> str:
        try:
            return mathml(latex)
        except ValueError as error:
            raise chapter.fault(line, str(error)) from None

    replace_formulas(chapter.prose, check)
    numbers.check(chapter)
    names.check(chapter)
