"""Labs: mkdocs-jupyter runs them as programs are run, and what comes of them is proved."""

import os
import re
from pathlib import Path
from typing import Any

from mkdocs_jupyter.config import settings

from press import files
from press.read import Chapter, Fault
from press.run import ENVIRONMENT
from press.run.backend import FIGURES
from press.run.results import Result

TEMPLATES = Path(__file__).parent / "templates"
GUARD = "from press.run import guard\nguard.guard_cells(get_ipython())\n"
_WARNED = re.compile(r":(\d+): \w*Warning: ")
_COLOR = re.compile(r"\x1b\[[\d;]*m")
_FAILED = re.compile(r"Cell In\[\d+\], line (\d+)")


def settle(config: Any, cache: Path, state: str) -> None:
    """Have mkdocs-jupyter run labs as programs are run, and anew when what they use has changed.

    By itself it knows no change but the lab's own, and its pages are not ours.
    """
    config["cache_dir"] = str(cache / state)
    settings.templates_dir = str(TEMPLATES)
    os.environ["JUPYTER_CONFIG_PATH"] = str(TEMPLATES)  # its time limit, and no network
    os.environ["IPYTHONDIR"] = str(cache / "ipython")  # and nobody's own settings
    os.environ.update(ENVIRONMENT)
    files.write(cache / "ipython/profile_default/startup/guard.py", GUARD.encode())


def results(chapter: Chapter, notebook: dict[str, Any]) -> list[Result]:
    """What came of each cell of a lab when it ran."""
    ran = [cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    found = [Result() for _ in chapter.programs]
    for program, outputs, result in zip(chapter.programs, ran, found, strict=True):
        for output in outputs:
            if output.get("name") == "stderr":
                line = int((_WARNED.findall(output["text"]) or [1])[0])
                told = f"the cell warns: {output['text'].strip()}"
                raise chapter.fault(program.line + line - 1, told)
            data = output.get("data", {})
            result.figures += data.get(FIGURES, [])
            if FIGURES not in data:
                result.output += output.get("text") or data["text/plain"] + "\n"
    return found


def failure(chapter: Chapter, message: str) -> Fault:
    """The fault of a lab that did not run to its end, from what nbclient tells of it."""
    message = _COLOR.sub("", message)
    lines = _FAILED.findall(message)
    for program in chapter.programs:
        if program.code.strip() in message:
            line = program.line + (int(lines[0]) - 1 if lines else 0)
            fault = chapter.fault(line, message.strip().splitlines()[-1])
            fault.add_note(message)
            return fault
    return Fault(chapter.path, 1, message)
