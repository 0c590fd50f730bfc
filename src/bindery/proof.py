"""How the book proves itself, in numbers: of this build, and of the last run of the tests."""

import platform
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from press.page import Page
from press.read import Chapter

REPORTS = ".cache/library.xml", ".cache/tests.xml", ".cache/checks.xml", ".cache/budgets.xml"
"""What pytest wrote of `make test` and of `make check`."""
KINDS = {
    "tests.litgrad": "tests of the library",
    "src": "examples in the library's docstrings",
    "docs": "programs run once more by pytest alone",
    "README": "programs of the README",
    "tests.press": "tests of what makes the pages",
    "tests.browser": "tests of programs in a browser",
    "tests.site": "tests of the built site",
    "": "tests of everything around it",
}


def of_build(made: list[tuple[Chapter, Page]], contents: Iterable[str]) -> dict[str, int]:
    """What stands in the book, all of it proved or the build would have failed."""
    chapters = [chapter for chapter, _ in made]
    markup = "".join(piece for _, page in made for piece in page.pieces)
    every = [program for chapter in chapters for program in chapter.programs]
    programs = [program for program in every if program.role != "cell"]
    exercises = [exercise for chapter in chapters for exercise in chapter.exercises]
    links = re.findall(r'<a [^>]*href="(?!https?:|mailto:)', "".join(contents))
    return {
        "programs, run twice by two interpreters that agreed": len(programs),
        "outputs, equal to what the programs print": sum(p.output is not None for p in programs),
        "cells of labs, run in their order": len(every) - len(programs),
        "figures, drawn by the program above them": markup.count('<figure class="figure'),
        "flipbooks among them": markup.count('<figure class="figure flipbook'),
        "exercises, with a starter that fails and a solution that passes": len(exercises),
        "wrong turns, each rejected by its exercise's check": sum(
            len(exercise.wrong) for exercise in exercises
        ),
        "common mistakes, each with a program that refutes it": sum(
            block.kind == "mistake" for chapter in chapters for block in chapter.blocks
        ),
        "formulas": markup.count("<math"),
        "links within the site, all of them alive": len(links),
    }


def of_tests(root: Path) -> dict[str, int]:
    """How many tests passed, of each kind; nothing where no report is, or one with a failure."""
    passed: Counter[str] = Counter()
    for name in REPORTS:
        if not (root / name).exists():
            continue
        report = ET.parse(root / name).getroot()  # noqa: S314  pytest wrote it
        if report.find(".//failure") is None and report.find(".//error") is None:
            cases = [case for case in report.iter("testcase") if case.find("skipped") is None]
            passed.update(_kind(case.get("classname", "")) for case in cases)
    return {kind: passed[kind] for kind in KINDS.values() if passed[kind]}


def _kind(name: str) -> str:
    return next(kind for start, kind in KINDS.items() if name.startswith(start))


def of_tools(root: Path) -> dict[str, str]:
    """With what all of this was run."""
    tools = {"Python": platform.python_version()}
    tools |= {name: version(name) for name in ("NumPy", "Matplotlib")}
    for name in REPORTS:
        if (root / name).exists():
            for one in ET.parse(root / name).getroot().iter("property"):  # noqa: S314
                if not one.get("name", "").startswith("hypothesis"):
                    tools[one.get("name", "")] = one.get("value", "")
    return tools
