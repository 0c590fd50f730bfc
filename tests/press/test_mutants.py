"""Checks of exercises reject small slips: hardly a changed solution passes, and those say why."""

import json
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from press import files
from press.read import Exercise, read
from press.run.interpreter import Interpreter
from press.run.results import Book
from tests import mutants
from tests.conftest import ROOT
from tests.press.test_reading import GOOD

PAGES = sorted((ROOT / "docs/chapters").glob("*.md"))
REASONS: dict[str, dict[str, dict[str, str]]] = tomllib.loads(
    Path(__file__).with_name("survivors.toml").read_text("utf-8")
)
"""Of a page's exercises: changes after which the solution is as right as before, and why."""
SHARE = 0.02


@pytest.fixture(scope="module")
def interpreter() -> Iterator[Interpreter]:
    interpreter = Interpreter()
    yield interpreter
    interpreter.close()


def found(interpreter: Interpreter, file: Path) -> Iterator[tuple[str, int, list[list[str]]]]:
    """Of each exercise of a page: its title, how many mutants it has, and which survive."""
    for exercise in read(file).exercises:
        yield exercise.title, *tried(interpreter, exercise)


def tried(interpreter: Interpreter, exercise: Exercise) -> tuple[int, list[list[str]]]:
    """How many mutants a solution has, and place and change of those that pass its check.

    What came of it is remembered by content.
    """
    solution, check = exercise.solution, exercise.check
    tool = Path(mutants.__file__).read_text("utf-8")
    made_of = json.dumps([Book(ROOT).state, solution.code, check.code, tool])
    cache = ROOT / ".cache/mutants" / f"{files.digest(made_of.encode())}.json"
    with files.locked(cache):  # another process may try it just now
        if not cache.exists():
            began = time.monotonic()
            assert passes(interpreter, solution.code, check.code, 60)
            limit = 2 + 10 * (time.monotonic() - began)  # who takes longer is found out
            every = mutants.mutants(solution.code)
            passed = [one for one in every if passes(interpreter, one.code, check.code, limit)]
            told = [len(every), [[one.line, one.change] for one in passed]]
            files.write(cache, json.dumps(told).encode())
    count, survived = json.loads(cache.read_text("utf-8"))
    place = f"{solution.path.name}:{{}}"
    return count, [[place.format(solution.line + line - 1), told] for line, told in survived]


def passes(interpreter: Interpreter, answer: str, check: str, limit: float) -> bool:
    """Whether a check takes an answer for right, in so many seconds."""
    parts = [(1, answer, False), (answer.count("\n") + 2, check, False)]
    return interpreter.run("mutant.py", parts, limit=limit)[-1]["error"] is None


def unexplained(
    interpreter: Interpreter, file: Path, reasons: dict[str, dict[str, str]]
) -> list[str]:
    """Survivors without a reason, by exercise, line and change; and reasons for nobody."""
    wrong, explained = [], set()
    for title, _, survived in found(interpreter, file):
        for place, change in survived:
            if change in reasons.get(title, {}):
                explained.add((title, change))
            else:
                wrong.append(f"{place}, {title}: the check passes after {change}")
    every = {(title, change) for title, told in reasons.items() for change in told}
    return wrong + [f"{title}: nobody survives {told}" for title, told in every - explained]


@pytest.mark.slow
@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_every_survivor_is_as_right_as_the_solution(interpreter: Interpreter, file: Path) -> None:
    assert unexplained(interpreter, file, REASONS.get(file.stem, {})) == []


@pytest.mark.slow
def test_hardly_a_mutant_survives(interpreter: Interpreter) -> None:
    every = [exercise for file in PAGES for exercise in found(interpreter, file)]
    total = sum(count for _, count, _ in every)
    survived = sum(len(survivors) for *_, survivors in every)
    assert total > 10 * len(every)
    assert survived <= SHARE * total, f"{survived} of {total} mutants survive"


def test_a_survivor_is_told_with_its_exercise_line_and_change(
    interpreter: Interpreter, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text(GOOD, encoding="utf-8")
    assert unexplained(interpreter, page, {}) == []
    page.write_text(GOOD.replace("twice(3) == 6", "twice(1) == 2"), encoding="utf-8")
    change = "return 2 * x → return (2 / x)"
    passed = f"page.md:20, 1. Twice: the check passes after {change}"
    assert unexplained(interpreter, page, {}) == [passed]
    assert unexplained(interpreter, page, {"1. Twice": {change: "it is not"}}) == []
    told = {"1. Twice": {change: "it is not", "x → y": "nor this"}}
    assert unexplained(interpreter, page, told) == ["1. Twice: nobody survives x → y"]


def test_mutants_are_small_slips() -> None:
    code = "import numpy as np\n\n\ndef f(x, n=1):\n    return np.sum(x, axis=n) < -2.0\n"
    told = [one.change.partition(" → ")[2] for one in mutants.mutants(code)]
    assert told == [
        "def f(x, n=(2)):",
        "def f(x, n=(0)):",
        "pass",
        "return (np.sum(x, axis=n) <= -2.0)",
        "return (np.sum(x, axis=n) >= -2.0)",
        "return np.mean(x, axis=n) < -2.0",
        "return np.sum(x) < -2.0",
        "return np.sum(x, axis=n) < (2.0)",
        "return np.sum(x, axis=n) < -(3.0)",
        "return np.sum(x, axis=n) < -(2.02)",
    ]
