"""Reading: a page's text, and the programs in it."""

from pathlib import Path

from press.read import chapter, lab
from press.read.chapter import Chapter, Fault, Program, Span

__all__ = ["Chapter", "Fault", "Program", "Span", "read"]


def read(path: Path) -> Chapter:
    """Read a chapter or a lab, or raise the first fault of its form."""
    page = lab.read(path) if path.suffix == ".py" else chapter.read(path)
    drawing = [program for program in page.programs if program.figure]
    covers = [program for program in drawing if program.figure in page.front]
    for program in (covers or drawing)[:1]:
        program.is_cover = True
    return page
