"""Reading a lab: a script whose cells become the programs of a chapter.

It is a jupytext script, `# %% [markdown]` before text and `# %%` before code.
`# %% alt="what the reader should see"` begins a cell that draws.
"""

import re
from pathlib import Path

from press.read.chapter import Chapter, Program, Span
from press.read.text import FRONT, scan, source

_MARKER = re.compile(r'# %%(?P<text> \[markdown\])?(?: alt="(?P<alt>.*)")?')


def read(path: Path) -> Chapter:
    """A script's lines, each in its place, as the lines of a chapter."""
    script = source(path)
    given = script.removesuffix("\n").split("\n")
    first = next((i for i, line in enumerate(given) if _MARKER.match(line)), len(given))
    head = "".join(line.removeprefix("# ") + "\n" for line in given[:first])
    match = FRONT.match(head)
    chapter = Chapter(path, script, "", match[0] if match else "")
    lines, code = [""] * first, False
    for number, line in enumerate([*given[first:], "", "# %% [markdown]"], start=first + 1):
        marker = _MARKER.match(line)
        if marker and code:  # the end of the code takes the blank line between two cells
            program = chapter.programs[-1]
            if lines[-1]:
                raise chapter.fault(number, "a blank line stands between two cells")
            program.code = "\n".join(given[program.span.start : number - 1]).strip() + "\n"
            program.span = Span(program.span.start, number)
            lines[-1] = "```"
        if marker:
            code = not marker["text"]
            if code:
                chapter.programs.append(_cell(chapter, number, marker["alt"] or ""))
            lines.append("```python" if code else "")
        elif code and line.lstrip().startswith("```"):
            raise chapter.fault(number, "a line of a cell must not look like the end of a fence")
        else:
            lines.append(line if code else re.sub("^# ?", "", line))
    chapter.text = "\n".join(lines[:-1]) + "\n"
    scan(chapter)
    for fence in chapter.fences:
        if fence.span not in {program.span for program in chapter.programs}:
            raise chapter.fault(fence.span.start, "the code of a lab stands in its cells")
    return chapter


def _cell(chapter: Chapter, line: int, alt: str) -> Program:
    """A program that continues the cell before it, and whose code is still to come."""
    number, stem = len(chapter.programs) + 1, chapter.path.stem
    figure = f"figures/{stem}-{number}.svg" if alt else ""
    return Program(chapter.path, Span(line, line), "", role="cell", alt=alt, figure=figure)
