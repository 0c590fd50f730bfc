"""Reading a page of Markdown: its programs, what they print and draw, and where they stand.

The form is checked here. Whatever pytest-codeblocks would pass over in
silence is a fault with a place, so that no program stays unexecuted.
"""

import re
from pathlib import Path

from press.read.chapter import Chapter, Fence, Program, Span
from press.read.text import FRONT, scan, source

MARK = re.compile(r"[>\s]*<!--[-\s]*pytest[-.](?:codeblocks|mark)")
CONTINUES = "<!--pytest-codeblocks:cont-->"
OUTPUT = "<!--pytest-codeblocks:expected-output-->"
FIGURE = re.compile(r"!\[(?P<alt>.*)\]\((?P<name>figures/[\w-]+\.svg)(?: \"(?P<opens>.+)\")?\)")
MOST_LINES = 30
MOST_COLUMNS = 72


def read(path: Path) -> Chapter:
    """Read a page, or raise the first fault of its form."""
    text = source(path)
    match = FRONT.match(text)
    front = match[0] if match else ""
    # Blank lines instead, so that every line keeps its number.
    chapter = Chapter(path, text, "\n" * front.count("\n") + text.removeprefix(front), front)
    scan(chapter)
    reader = _Reader(chapter)
    fences = {fence.span.start: fence for fence in chapter.fences}
    for line, words in enumerate(chapter.prose.split("\n"), start=1):
        if line in fences:
            reader.take_fence(fences[line])
        elif MARK.match(words):
            reader.take_mark(line, words)
        elif "](figures/" in words:
            reader.take_figure(line, words)
    for mark, line in reader.marks.items():
        raise chapter.fault(line, f"{mark} must stand directly before a fence")
    return chapter


class _Reader:
    """Takes a chapter's fences and figures in order, with the marks that wait for a fence."""

    def __init__(self, chapter: Chapter) -> None:
        self.chapter = chapter
        self.marks: dict[str, int] = {}
        self.last: str = ""
        """What stood last: the first line of a fence, or ''."""

    def take_mark(self, line: int, text: str) -> None:
        if text not in {CONTINUES, OUTPUT}:
            told = f"this mark would change how a program is run: it is {CONTINUES} or {OUTPUT}"
            raise self.chapter.fault(line, f"{told}, alone on its line")
        self.marks[text] = line

    def take_fence(self, fence: Fence) -> None:
        chapter, marks = self.chapter, self.marks
        self.marks = {}
        if OUTPUT in marks:
            self._output(fence, marks)
        elif fence.head == "```python":
            self._program(fence, marks)
        elif CONTINUES in marks:
            raise chapter.fault(fence.span.start, "only a ```python fence can continue a program")
        elif re.match(r"(?i)`+ *(?:py|ipython|\{.*\bpy|sh$|bash$)", fence.head):
            told = f"a program's fence says exactly ```python, this says {fence.head}"
            raise chapter.fault(fence.span.start, told)
        self.last = self.last if OUTPUT in marks else fence.head

    def take_figure(self, line: int, text: str) -> None:
        chapter, match = self.chapter, FIGURE.fullmatch(text)
        if not match or any(map(str.strip, chapter.lines[line - 2 : line + 1 : 2])):
            raise chapter.fault(line, "a figure stands alone: ![what it shows](figures/name.svg)")
        if not match["alt"].strip():
            raise chapter.fault(line, "a figure needs alt text: say what the reader should see")
        if not chapter.programs or chapter.programs[-1].figure:
            raise chapter.fault(line, "a figure's line follows the program that draws it")
        program = chapter.programs[-1]
        program.alt, program.figure = " ".join(match["alt"].split()), match["name"]
        program.figure_span, program.opens = Span(line, line + 1), match["opens"] or ""

    def _program(self, fence: Fence, marks: dict[str, int]) -> None:
        chapter, before = self.chapter, None
        if CONTINUES in marks:
            if not chapter.programs or self.last != "```python":
                raise chapter.fault(
                    marks[CONTINUES], "a program continues the ```python fence just before it"
                )
            before = chapter.programs[-1]
            if before.output_span:
                told = "the output of a chain stands after its last program"
                raise chapter.fault(before.output_span.start, told)
        program = Program(chapter.path, fence.span, fence.code, before)
        lines = fence.code.split("\n")[:-1]
        if len(lines) > MOST_LINES:
            told = f"a program has at most {MOST_LINES} lines, this one {len(lines)}"
            raise chapter.fault(fence.span.start, told)
        for line, text in enumerate(lines, start=program.line):
            if len(text) > MOST_COLUMNS:
                told = f"a program has at most {MOST_COLUMNS} columns, this line {len(text)}"
                raise chapter.fault(line, told)
        chapter.programs.append(program)

    def _output(self, fence: Fence, marks: dict[str, int]) -> None:
        chapter = self.chapter
        if CONTINUES in marks or self.last != "```python" or not chapter.programs:
            raise chapter.fault(marks[OUTPUT], "output belongs to the ```python fence before it")
        if fence.head.strip("`"):
            raise chapter.fault(fence.span.start, "the fence of an output is a plain ```")
        program = chapter.programs[-1]
        if program.output is not None:
            raise chapter.fault(fence.span.start, "this program has its output already")
        program.output, program.output_span = fence.code, fence.span
