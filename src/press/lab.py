"""A lab: a notebook that mkdocs-jupyter has run, read as a chapter.

Its file is a jupytext script, `# %% [markdown]` before text and `# %%` before
code. `# %% alt="what the reader should see"` begins a cell that draws.
"""

import os
import re
from pathlib import Path
from typing import Any

from mkdocs_jupyter.config import settings

from press.backend import FIGURES
from press.book import Result
from press.chapter import FRONT, Chapter, Fault, Program, Span
from press.interpreter import ENVIRONMENT

TEMPLATES = Path(__file__).parent / "templates"
_MARKER = re.compile(r"# %%(?P<text> \[markdown\])?")
_WARNED = re.compile(r":(\d+): \w*Warning: ")
_COLOR = re.compile(r"\x1b\[[\d;]*m")
_FAILED = re.compile(r"Cell In\[\d+\], line (\d+)")


def settle(config: Any, cache: Path) -> None:
    """Have mkdocs-jupyter run labs as programs are run, and anew when what they use has changed.

    By itself it knows no change but the lab's own, and its pages are not ours.
    """
    config["cache_dir"] = str(cache)
    settings.templates_dir = str(TEMPLATES)
    os.environ["JUPYTER_CONFIG_PATH"] = str(TEMPLATES)  # its time limit, and no network
    os.environ.update(ENVIRONMENT)


def read(path: Path, notebook: dict[str, Any]) -> tuple[Chapter, list[Result]]:
    """The text and programs of a lab, and what came of them when it ran."""
    chapter = _chapter(path)
    ran = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    results = []
    for number, (program, cell) in enumerate(zip(chapter.programs, ran, strict=True), 1):
        result = _result(cell["outputs"], chapter, program)
        program.alt = cell["metadata"].get("alt", "")
        if bool(program.alt) != bool(result.figures):
            wrong = "draws, and needs" if result.figures else "draws nothing, and has an"
            raise chapter.fault(program.span.start, f'this cell {wrong} alt="what to see"')
        program.output = result.output or None
        program.figure = f"figures/{path.stem}-{number}.svg" if result.figures else ""
        results.append(result)
    return chapter, results


def failure(path: Path, message: str) -> Fault:
    """The fault of a lab that did not run to its end, from what nbclient tells of it."""
    chapter, message = _chapter(path), _COLOR.sub("", message)
    lines = _FAILED.findall(message)
    for program in chapter.programs:
        if program.code.strip() in message:
            line = program.line + (int(lines[0]) - 1 if lines else 0)
            fault = chapter.fault(line, message.strip().splitlines()[-1])
            fault.add_note(message)
            return fault
    return Fault(path, 1, message)


def _chapter(path: Path) -> Chapter:
    """A script's lines, each in its place, as the lines of a chapter."""
    source = path.read_text(encoding="utf-8").splitlines()
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
                chapter.programs.append(Program(path, Span(number, number), "", role="cell"))
            lines.append("```python" if code else "")
        else:
            lines.append(line if code else re.sub("^# ?", "", line))
    chapter.text = "\n".join(lines[:-1]) + "\n"
    return chapter


def _result(outputs: list[dict[str, Any]], chapter: Chapter, program: Program) -> Result:
    """What a cell printed and drew."""
    result = Result("", [], None)
    for output in outputs:
        data = output.get("data", {})
        if output.get("name") == "stderr":
            line = int((_WARNED.findall(output["text"]) or [1])[0])
            raise chapter.fault(
                program.line + line - 1, f"the cell warns: {output['text'].strip()}"
            )
        if FIGURES in data:
            result.figures += data[FIGURES]
        else:
            result.output += output.get("text") or data["text/plain"] + "\n"
    return result
