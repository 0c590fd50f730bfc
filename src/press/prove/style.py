"""Style and types of the programs on pages: what ruff and mypy say of the library's code, too."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from press import files
from press.read import Chapter, Fault, Program
from press.run.results import WRONG

_FOUND = re.compile(r"^(?P<file>[^:\n]+):(?P<line>\d+):(?:\d+:)? (?P<message>.*)", re.MULTILINE)
_SETTINGS = "--no-cache", "--output-format=concise", "--config=docs/ruff.toml"


def check(chapters: list[Chapter], root: Path) -> None:
    """Raise what ruff or mypy find in the programs, each at its place in its chapter.

    Each program becomes a file in which its lines have the numbers that they have in the chapter.
    """
    pages = {str(chapter.path.relative_to(root)): chapter for chapter in chapters}
    programs = {}
    for name, chapter in pages.items():
        stem = name.removesuffix(".md").replace("/", "-")
        for place, chain in _programs(chapter):
            file = f".cache/style/{stem}-{place}.py"
            programs[file] = chapter
            _write(root / file, chain)
    if not programs:
        return
    for places, tool, *options in (
        (pages, "ruff", "format", "--check", *_SETTINGS),
        (programs, "ruff", "check", *_SETTINGS),
        (programs, "mypy", "--config-file=docs/mypy.ini", "--no-error-summary"),
    ):
        command = [sys.executable, "-m", tool, *options, *places]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603  the tools are its own
        if done.returncode:
            raise _fault(done.stdout, places) or RuntimeError(done.stdout + done.stderr)


def _programs(chapter: Chapter) -> Iterator[tuple[str, list[Program]]]:
    """Every whole program of a chapter, with a name that tells its line and role."""
    for program in chapter.programs:
        if program.role not in WRONG and not chapter.is_continued(program):
            yield f"{program.line}", program.chain
    for exercise in chapter.exercises:
        for answer in exercise.attempts:
            yield f"{answer.line}-{answer.role}", [answer, exercise.check]


def _write(file: Path, chain: list[Program]) -> None:
    """Write a program, each part at its line; leave the file alone if it says that already."""
    lines: list[str] = []
    for part in chain:
        lines += [""] * (part.line - 1 - len(lines)) + part.code.split("\n")[:-1]
    data = "".join(f"{line}\n" for line in lines).encode()
    if not file.exists() or file.read_bytes() != data:
        files.write(file, data)


def _fault(report: str, places: dict[str, Chapter]) -> Fault | None:
    """The findings of a tool's report: the first, with the others as its notes."""
    faults = [
        places[found["file"]].fault(int(found["line"]), found["message"])
        for found in _FOUND.finditer(report)
        if found["file"] in places
    ]
    for other in faults[1:]:
        faults[0].add_note(str(other))
    return faults[0] if faults else None
