"""Reading a lab: a script whose cells become the programs of a chapter.

It is a jupytext script, `# %% [markdown]` before text and `# %%` before code.
`# %% alt="what the reader should see"` begins a cell that draws.
"""

import re
from pathlib import Path

from press.read.chapter import FRONT, Chapter, Fault, Program, Span

_MARKER = re.compile(r'# %%(?P<text> \[markdown\])?(?: alt="(?P<alt>.*)")?')


def read(path: Path) -> Chapter:
    """A script's lines, each in its place, as the lines of a chapter."""
    source = path.read_text(encoding="utf-8").split("\n")[:-1]
    first = next((i for i, line in enumerate(source) if _MARKER.match(line)), len(source))
    head = "".join(line.removeprefix("# ") + "\n" for line in source[:first])
    match = FRONT.match(head)
    chapter = Chapter(path, "", match[0] if match else "")
    lines, code = [""] * first, False
    for number, line in enumerate([*source[first:], "", "# %% [markdown]"], start=first + 1):
        marker = _MARKER.match(line)
        if marker and code:  # the end of the code takes the blank line between two cells
            program = chapter.programs[-1]
            if lines[-1]:
                raise Fault(path, number, "a blank line stands between two cells", line)
            program.code = "\n".join(source[program.span.start : number - 1]).strip() + "\n"
            program.span = Span(program.span.start, number)
            lines[-1] = "```"
        if marker:
            code = not marker["text"]
            if code:
                chapter.programs.append(_cell(chapter, number, marker["alt"] or ""))
            lines.append("```python" if code else "")
        else:
            lines.append(line if code else re.sub("^# ?", "", line))
    chapter.text = "\n".join(lines[:-1]) + "\n"
    return chapter


def _cell(chapter: Chapter, line: int, alt: str) -> Program:
    """A program that continues the cell before it, and whose code is still to come."""
    number, stem = len(chapter.programs) + 1, chapter.path.stem
    figure = f"figures/{stem}-{number}.svg" if alt else ""
    return Program(chapter.path, Span(line, line), "", role="cell", alt=alt, figure=figure)
