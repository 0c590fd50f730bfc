"""Reading: a page's text, and the programs in it."""

from pathlib import Path

from press.read import lab, markdown
from press.read.chapter import Block, Chapter, Exercise, Fault, Program, Span

__all__ = ["Chapter", "Exercise", "Fault", "Program", "Span", "read"]

ROLES = ("starter", "solution", "check")
WRONG = "Tempting, and wrong"
"""The title of the details that hold an exercise's wrong turns."""


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
        if block.kind == "exercise":
            page.exercises.append(_exercise(page, block, inside))


def _exercise(page: Chapter, block: Block, inside: list[Program]) -> Exercise:
    """Give the programs of an exercise their roles."""
    if len(inside) < len(ROLES) or inside[2].before is not inside[1] or inside[1].before:
        raise page.fault(
            block.span.start,
            "an exercise has three programs: a starter, a solution, and a check that "
            f"continues the solution; this one has {len(inside)}",
        )
    for program, role in zip(inside, ROLES, strict=False):
        program.role = role
    starter, solution, check, *wrong = inside
    for program in wrong:
        _check_wrong_turn(page, program)
        program.role = "wrong"
    around = [b.span for b in page.blocks if b.span.start < solution.line < b.span.end]
    return Exercise(starter, solution, check, wrong, block.title, (max(around), block.span.end - 1))


def _check_wrong_turn(page: Chapter, program: Program) -> None:
    """Raise a wrong turn that stands elsewhere, or of which no sentence tells what is wrong."""
    start = program.span.start
    around = [b for b in page.blocks if b.title == WRONG and b.span.start < start < b.span.end]
    if not around or program.before:
        told = f"what follows a check is a wrong turn: a program in /// details | {WRONG}"
        raise page.fault(start, told)
    above = [p.span.end for p in page.programs if p.span.start < start]
    begin = max(around[0].head.end, *above)
    if not "".join(page.prose.split("\n")[begin - 1 : start - 1]).strip():
        raise page.fault(start, "a wrong turn needs a sentence before it that says what is wrong")


def _follows_a_cell(page: Chapter, block: Block) -> bool:
    """Whether a block of a lab, which holds no cells, has one before it in its section."""
    above = page.prose.split("\n")[: block.span.start]
    heading = max((line for line, text in enumerate(above) if text.startswith("#")), default=0)
    return any(p.role == "cell" and heading < p.line < block.span.start for p in page.programs)
