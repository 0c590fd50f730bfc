"""Reading: a page's text, and the programs in it."""

from pathlib import Path

from press.read import lab, markdown
from press.read.chapter import Block, Chapter, Fault, Program, Span

__all__ = ["Chapter", "Fault", "Program", "Span", "read"]

ROLES = ("starter", "solution", "check")


def read(path: Path) -> Chapter:
    """Read a chapter or a lab, or raise the first fault of its form."""
    page = lab.read(path) if path.suffix == ".py" else markdown.read(path)
    _check_blocks(page)
    drawing = [program for program in page.programs if program.figure]
    covers = [program for program in drawing if program.figure in page.front]
    for program in (covers or drawing)[:1]:
        program.is_cover = True
    return page


def _check_blocks(page: Chapter) -> None:
    """Give the three programs of every exercise their roles; a mistake has at least one."""
    for block in page.blocks:
        span = block.span
        inside = [p for p in page.programs if span.start < p.span.start < span.end]
        if block.kind == "mistake" and not inside and not _follows_a_cell(page, block):
            raise page.fault(span.start, "a common mistake needs a program that refutes it")
        if block.kind != "exercise":
            continue
        if len(inside) != len(ROLES) or inside[2].before is not inside[1] or inside[1].before:
            raise page.fault(
                span.start,
                "an exercise has three programs: a starter, a solution, and a check that "
                f"continues the solution; this one has {len(inside)}",
            )
        for program, role in zip(inside, ROLES, strict=True):
            program.role = role


def _follows_a_cell(page: Chapter, block: Block) -> bool:
    """Whether a block of a lab, which holds no cells, has one before it in its section."""
    above = page.prose.split("\n")[: block.span.start]
    heading = max((line for line, text in enumerate(above) if text.startswith("#")), default=0)
    return any(p.role == "cell" and heading < p.line < block.span.start for p in page.programs)
