"""Style and types of the programs on pages: what ruff and mypy say of the library's code, too."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from press.read import Chapter, Fault, Program

_FOUND = re.compile(r"(?P<stem>[\w-]+)\.py:(?P<line>\d+):(?:\d+:)? (?P<message>.*)")


def check(chapters: list[Chapter], root: Path) -> None:
    """Raise what ruff or mypy find in the programs, each at its place in its chapter.

    Each program becomes a file in which its lines have the numbers that they have in the chapter.
    """
    folder = root / ".cache" / "style"
    folder.mkdir(parents=True, exist_ok=True)
    pages = {}
    for chapter in chapters:
        for name, chain in _programs(chapter, root):
            pages[name] = chapter
            _write(folder / f"{name}.py", chain)
    if not pages:
        return
    _check_format(chapters, root)
    files = [f".cache/style/{name}.py" for name in pages]
    for tool, *options in (
        ("ruff", "check", "--no-cache", "--output-format=concise", "--config=docs/ruff.toml"),
        ("mypy", "--config-file=docs/mypy.ini", "--no-error-summary"),
    ):
        done = _run([tool, *options, *files], root)
        if done.returncode:
            raise _fault(done.stdout, pages) or RuntimeError(done.stdout + done.stderr)


def _check_format(chapters: list[Chapter], root: Path) -> None:
    """Raise the first line that the formatter would change."""
    for chapter in chapters:
        options = "--no-cache", "--config=docs/ruff.toml", "--diff"
        done = _run(["ruff", "format", *options, str(chapter.path)], root)
        line = 0
        for text in done.stdout.splitlines()[2:]:
            begins = re.match(r"@@ -(\d+)", text)
            if begins:
                line = int(begins[1]) - 1
            elif text.startswith("-"):
                raise chapter.fault(line + 1, "ruff format would write this line otherwise")
            line += not begins and not text.startswith("+")
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)


def _run(command: list[str], root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  the tools are its own
        [sys.executable, "-m", *command], cwd=root, capture_output=True, text=True, check=False
    )


def _programs(chapter: Chapter, root: Path) -> Iterator[tuple[str, list[Program]]]:
    """Every whole program of a chapter, with a name that tells its place and role."""
    stem = "-".join(chapter.path.relative_to(root).with_suffix("").parts)
    for program in chapter.programs:
        if program.role != "starter" and not chapter.is_continued(program):
            yield f"{stem}-{program.line}", program.chain
    for starter, _, check_ in chapter.exercises:
        yield f"{stem}-{starter.line}-starter", [starter, check_]


def _write(file: Path, chain: list[Program]) -> None:
    """Write a program, each part at its line; leave the file alone if it says that already."""
    lines: list[str] = []
    for part in chain:
        lines += [""] * (part.line - 1 - len(lines)) + part.code.splitlines()
    text = "\n".join(lines) + "\n"
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")


def _fault(report: str, pages: dict[str, Chapter]) -> Fault | None:
    """The findings of a tool's report: the first, with the others as its notes."""
    faults = [
        pages[found["stem"]].fault(int(found["line"]), found["message"])
        for found in _FOUND.finditer(report)
        if found["stem"] in pages
    ]
    for other in faults[1:]:
        faults[0].add_note(str(other))
    return faults[0] if faults else None
