"""Reading a chapter: its programs, what they print and draw, and where they stand.

The form is checked here. Whatever pytest-codeblocks would pass over in
silence is a fault with a place, so that no program stays unexecuted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

MARK = re.compile(r"<!--[-\s]*(pytest[-.](?:codeblocks|mark)\S*?)[-\s]*-->$")
CONTINUES = "pytest-codeblocks:cont"
OUTPUT = "pytest-codeblocks:expected-output"
FIGURE = re.compile(r"!\[(?P<alt>.*)\]\((?P<name>figures/[\w-]+\.svg)\)$", re.DOTALL)
BLOCK = re.compile(r"(?P<fence>/{3,})\s*(?P<kind>[\w-]*)")
FRONT = re.compile(r"---\n.*?\n---\n", re.DOTALL)
ROLES = ("starter", "solution", "check")
MOST_LINES = 30
MOST_COLUMNS = 72


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


@dataclass(frozen=True)
class Span:
    """Lines of a file: from the first, counted from 1, to before the end."""

    start: int
    end: int


@dataclass
class Program:
    """A fence, and what follows from it."""

    path: Path
    span: Span
    code: str
    before: "Program | None" = None
    """The program that this one continues."""
    role: str = ""
    """'starter', 'solution' or 'check' in an exercise."""
    output: str | None = None
    output_span: Span | None = None
    alt: str = ""
    figure: str = ""
    figure_span: Span | None = None
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


@dataclass
class Chapter:
    """A page's text and the programs in it."""

    path: Path
    text: str
    front: str = ""
    """The page's front matter; in the text stand as many blank lines."""
    programs: list[Program] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """The lines of the text."""
        return self.text.splitlines()

    @property
    def exercises(self) -> list[tuple[Program, Program, Program]]:
        """Starter, solution and check of every exercise."""
        parts = [p for p in self.programs if p.role and p.role != "cell"]
        return list(zip(parts[::3], parts[1::3], parts[2::3], strict=True))

    def is_continued(self, program: Program) -> bool:
        """Whether another program goes on where this one ends."""
        return any(other.before is program for other in self.programs)

    def fault(self, line: int, message: str) -> Fault:
        """A fault on one of this chapter's lines."""
        source = self.path.read_text(encoding="utf-8").splitlines()
        return Fault(self.path, line, message, source[line - 1] if line <= len(source) else "")


def read(path: Path) -> Chapter:
    """Read a chapter, or raise the first fault of its form."""
    text = path.read_text(encoding="utf-8")
    match = FRONT.match(text)
    front = match[0] if match else ""
    # Blank lines instead, so that every line keeps its number.
    chapter = Chapter(path, "\n" * front.count("\n") + text.removeprefix(front), front)
    reader = _Reader(chapter)
    for token in MarkdownIt("commonmark").parse(chapter.text):
        reader.take(token)
    reader.finish()
    _check_exercises(chapter)
    return chapter


class _Reader:
    """Takes a chapter's tokens in order, with the marks that wait for a fence."""

    def __init__(self, chapter: Chapter) -> None:
        self.chapter = chapter
        self.marks: dict[str, int] = {}
        self.last: str = ""
        """What stood last: the info string of a fence, or ''."""

    def take(self, token: Token) -> None:
        if token.map is None:
            return
        span = Span(token.map[0] + 1, token.map[1] + 1)
        if token.type == "html_block":
            self._mark(token.content, span)
        elif token.type == "fence":
            self._fence(token, span)
        elif token.type == "inline" and "](figures/" in token.content:
            self._figure(token.content, span)
        elif token.type == "code_block" and "```" in token.content:
            raise self.chapter.fault(span.start, "a fence must not be indented: it would not run")

    def finish(self) -> None:
        for mark, line in self.marks.items():
            raise self.chapter.fault(line, f"the mark {mark} must stand directly before a fence")

    def _mark(self, content: str, span: Span) -> None:
        for line, text in enumerate(content.splitlines(), start=span.start):
            mark = MARK.match(text.strip())
            if mark and mark[1] not in {CONTINUES, OUTPUT}:
                raise self.chapter.fault(line, f"{mark[1]} would change how a program is run")
            if mark:
                self.marks[mark[1]] = line

    def _fence(self, token: Token, span: Span) -> None:
        chapter, marks = self.chapter, self.marks
        language = token.info.strip()
        self.marks = {}
        if token.level:
            raise chapter.fault(span.start, "a fence must not stand in a quote or a list")
        if OUTPUT in marks:
            self._output(token, span, marks)
        elif language == "python" and token.info == "python" and token.markup[0] == "`":
            self._program(token, span, marks)
        elif CONTINUES in marks:
            raise chapter.fault(span.start, "only a ```python fence can continue a program")
        elif re.match(r"(?i)py|ipython|\{.*\bpy|sh$|bash$", language):
            raise chapter.fault(
                span.start,
                f"a program's fence says exactly ```python, this says {token.markup}{token.info}",
            )
        self.last = language if OUTPUT not in marks else self.last

    def _program(self, token: Token, span: Span, marks: dict[str, int]) -> None:
        chapter = self.chapter
        before = None
        if CONTINUES in marks:
            if not chapter.programs or self.last != "python":
                raise chapter.fault(
                    marks[CONTINUES], "a program continues the ```python fence just before it"
                )
            before = chapter.programs[-1]
            if before.output is not None:
                raise chapter.fault(
                    before.output_span.start if before.output_span else span.start,
                    "the output of a chain stands after its last program",
                )
        program = Program(chapter.path, span, token.content, before)
        lines = token.content.splitlines()
        if len(lines) > MOST_LINES:
            raise chapter.fault(
                span.start, f"a program has at most {MOST_LINES} lines, this one {len(lines)}"
            )
        for line, text in enumerate(lines, start=program.line):
            if len(text) > MOST_COLUMNS:
                raise chapter.fault(
                    line, f"a program has at most {MOST_COLUMNS} columns, this line {len(text)}"
                )
        chapter.programs.append(program)

    def _output(self, token: Token, span: Span, marks: dict[str, int]) -> None:
        chapter = self.chapter
        if CONTINUES in marks or self.last != "python" or not chapter.programs:
            raise chapter.fault(marks[OUTPUT], "output belongs to the ```python fence before it")
        if token.info.strip() or token.markup[0] != "`":
            raise chapter.fault(span.start, "the fence of an output is a plain ```")
        program = chapter.programs[-1]
        if program.output is not None:
            raise chapter.fault(span.start, "this program has its output already")
        program.output, program.output_span = token.content, span

    def _figure(self, content: str, span: Span) -> None:
        chapter = self.chapter
        match = FIGURE.match(content)
        if not match:
            raise chapter.fault(
                span.start, "a figure stands alone: ![what it shows](figures/name.svg)"
            )
        if not match["alt"].strip():
            raise chapter.fault(
                span.start, "a figure needs alt text: say what the reader should see"
            )
        if not chapter.programs or chapter.programs[-1].figure:
            raise chapter.fault(span.start, "a figure's line follows the program that draws it")
        program = chapter.programs[-1]
        program.alt, program.figure = " ".join(match["alt"].split()), match["name"]
        program.figure_span = span


def blocks(chapter: Chapter, kind: str) -> Iterator[Span]:
    """Where the blocks of a kind stand: /// kind … ///."""
    opened: list[tuple[str, str, int]] = []
    fenced = ""
    for line, text in enumerate(chapter.lines, start=1):
        ticks = re.match(r"`{3,}", text)
        if ticks and (not fenced or text.rstrip() == fenced):
            fenced = "" if fenced else ticks[0]
        match = None if fenced else BLOCK.match(text)
        if match and match["kind"]:
            opened.append((match["fence"], match["kind"], line))
        elif match and opened and match["fence"] == opened[-1][0]:
            _, found, start = opened.pop()
            if found == kind:
                yield Span(start, line + 1)
    for _, found, start in opened:
        raise chapter.fault(start, f"the block '{found}' is not closed")


def _check_exercises(chapter: Chapter) -> None:
    """Give the three programs of every exercise their roles."""
    for span in blocks(chapter, "exercise"):
        inside = [p for p in chapter.programs if span.start < p.span.start < span.end]
        if len(inside) != len(ROLES) or inside[2].before is not inside[1] or inside[1].before:
            raise chapter.fault(
                span.start,
                "an exercise has three programs: a starter, a solution, and a check that "
                f"continues the solution; this one has {len(inside)}",
            )
        for program, role in zip(inside, ROLES, strict=True):
            program.role = role
