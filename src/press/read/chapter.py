"""A chapter: its text, and what was found in it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class Fault(Exception):  # noqa: N818  what is wrong is the page, not the program
    """Something on a page that does not hold, and where it stands."""

    def __init__(self, path: Path, line: int, message: str, source: str = "") -> None:
        self.path, self.line = path, line
        here = Path.cwd()
        place = path.relative_to(here) if path.is_relative_to(here) else path
        super().__init__(
            f"{place}:{line}: {message}" + (f"\n    {source.strip()}" if source else "")
        )

    @property
    def report(self) -> str:
        """What is wrong, with the traceback of the program if there is one."""
        return "\n".join([str(self), *getattr(self, "__notes__", [])])


@dataclass(frozen=True, order=True)
class Span:
    """Lines of a file: from the first, counted from 1, to before the end."""

    start: int
    end: int


@dataclass(frozen=True)
class Fence:
    """Code: a program's, an output's, or any other."""

    span: Span
    head: str
    """The line that opens it."""
    code: str


@dataclass(frozen=True)
class Block:
    """A box, such as an exercise: /// kind | title … ///."""

    kind: str
    title: str
    span: Span
    head: Span
    """The line that opens it, and that of its options."""


@dataclass
class Program:
    """A fence, and what follows from it."""

    path: Path
    span: Span
    code: str
    before: "Program | None" = None
    """The program that this one continues."""
    role: str = ""
    """'starter', 'solution', 'check' or 'wrong' in an exercise; 'cell' in a lab."""
    output: str | None = None
    output_span: Span | None = None
    alt: str = ""
    figure: str = ""
    figure_span: Span | None = None
    opens: str = ""
    """The label of the frame on which its flipbook opens, if it is not the last."""
    says: str = ""
    """What the check says of a wrong turn."""
    is_cover: bool = False
    """Whether its figure stands for the page where somebody links to it."""

    @property
    def line(self) -> int:
        """Where its code begins."""
        return self.span.start + 1

    @property
    def chain(self) -> list["Program"]:
        """The programs that run as one, this one last."""
        return [*(self.before.chain if self.before else []), self]

    @property
    def text(self) -> str:
        """The whole program as it is copied."""
        return "\n".join(part.code for part in self.chain)


class Exercise(NamedTuple):
    """The programs of an exercise."""

    starter: Program
    solution: Program
    check: Program
    """It continues the solution, or any other answer."""
    wrong: list[Program]
    """Wrong turns: answers that tempt."""
    title: str
    moved: tuple[Span, int]
    """Where the solution stands, and the last line of the exercise: on a page it comes there."""

    @property
    def attempts(self) -> list[Program]:
        """The answers that the check must reject."""
        return [self.starter, *self.wrong]


@dataclass
class Chapter:
    """A page's text and the programs in it."""

    path: Path
    source: str
    """All that stands in its file."""
    text: str
    front: str = ""
    """The page's front matter; in the text stand as many blank lines."""
    programs: list[Program] = field(default_factory=list)
    fences: list[Fence] = field(default_factory=list)
    """All of them, those of the programs and their outputs too."""
    blocks: list[Block] = field(default_factory=list)
    exercises: list[Exercise] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """The lines of the text."""
        return self.text.split("\n")

    @property
    def prose(self) -> str:
        """The text with its fences blank, so that every line keeps its number."""
        spans = [fence.span for fence in self.fences]
        return self.replaced({span: "\n" * (span.end - span.start - 1) for span in spans})

    def is_continued(self, program: Program) -> bool:
        """Whether another program goes on where this one ends."""
        return any(other.before is program for other in self.programs)

    def replaced(self, places: dict[Span, str], moved: Iterable[tuple[Span, int]] = ()) -> str:
        """The text with other lines in some places, or with none; some before another line."""
        lines = [[line] for line in self.lines]
        for span, text in places.items():
            inside = [text.split("\n") if text else []]
            lines[span.start - 1 : span.end - 1] = inside + [[]] * (span.end - span.start - 1)
        for span, line in moved:
            lines[line - 2] = sum(lines[span.start - 1 : span.end - 1], [*lines[line - 2], ""])
            lines[span.start - 1 : span.end - 1] = [[]] * (span.end - span.start)
        return "\n".join(line for same in lines for line in same)

    def fault(self, line: int, message: str) -> Fault:
        """A fault on one of this chapter's lines."""
        lines = self.source.split("\n")
        return Fault(self.path, line, message, lines[line - 1] if line <= len(lines) else "")
