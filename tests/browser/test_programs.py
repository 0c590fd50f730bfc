"""Every program of the book, run in the page: it prints, draws and passes as the page says."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from press import files
from press.read import read
from tests.browser.conftest import (
    PAGES,
    address_of,
    at,
    drawn,
    ended,
    error,
    go,
    labels,
    output,
    press,
    run,
    run_text,
    write,
)
from tests.conftest import ROOT, Server, passing

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("is_clean")]
LABS = sorted((ROOT / "docs" / "labs").glob("*.py"))
EXERCISES = [file for file in PAGES if "/ exercise |" in file.read_text(encoding="utf-8")]


Known = Callable[[Path], AbstractContextManager[bool]]


@pytest.fixture(scope="session")
def assets(site: Path, browser: Browser) -> str:
    """What has a hand in the tests of every page."""
    return f"{files.state(site / 'assets')} {browser.version}"


@pytest.fixture
def known(request: pytest.FixtureRequest, site: Path, assets: str) -> Known:
    """Whether this test of a page has passed before, with all that has a hand in it."""

    def known(file: Path) -> AbstractContextManager[bool]:
        page, test = site / address_of(file) / "index.html", request.function.__name__
        return passing(page, file, test, assets, Path(__file__))

    return known


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_every_program_prints_and_draws_what_the_page_says(
    warm: Page, server: Server, known: Known, file: Path
) -> None:
    with known(file) as before:
        assert before or wrong(warm, server, file) == []


def wrong(warm: Page, server: Server, file: Path) -> list[str]:
    """The programs of a page that print or draw something else."""
    chapter = read(file)
    go(warm, server, address_of(file))
    found = []
    for program in chapter.programs:
        if program.role == "check":
            continue
        box = at(warm, program.line)
        box.evaluate("box => box.closest('details')?.setAttribute('open', '')")
        box.evaluate("box => (box.querySelector('.output').textContent = 'from the build')")
        how = run(box)
        expected = None if chapter.is_continued(program) else program.output or ""
        if "Ran in" not in how or expected not in {None, output(box)}:
            found.append(f"{file.name}:{program.line}: {how}\n{output(box)}{error(box)}")
        figure = drawn(box).locator("xpath=preceding-sibling::*[1]")
        drew = labels(drawn(box))
        if drew != labels(figure) or bool(drew) != bool(program.figure) or figure.is_visible():
            found.append(f"{file.name}:{program.line} draws {drew}")
    return found


@pytest.mark.parametrize("file", LABS, ids=lambda file: file.stem)
def test_a_labs_last_cell_runs_after_all_others(
    warm: Page, server: Server, known: Known, file: Path
) -> None:
    with known(file) as before:
        if before:
            return
        go(warm, server, address_of(file))
        cell = warm.locator(".program:has(.output:not(:empty))").last
        built = output(cell)
        cell.evaluate("box => (box.querySelector('.output').textContent = 'from the build')")
        assert run(cell).startswith("Ran in")
        assert output(cell) == built


def test_every_program_of_the_readme_prints_what_it_says(page: Page) -> None:
    programs = read(ROOT / "README.md").programs
    assert programs
    for program in programs:
        assert run_text(page.locator(".program").first, program.text) == program.output


@pytest.mark.parametrize("file", EXERCISES, ids=lambda file: file.stem)
def test_only_solutions_pass_their_checks(
    warm: Page, server: Server, known: Known, file: Path
) -> None:
    with known(file) as before:
        if not before:
            solve(warm, server, file)


def solve(warm: Page, server: Server, file: Path) -> None:
    """Try every exercise of a page with its wrong turns, its starter and its solution."""
    go(warm, server, address_of(file))
    exercises = read(file).exercises
    for solved, exercise in enumerate(exercises):
        starter, solution = exercise.starter, exercise.solution
        for turn in exercise.wrong:
            box = at(warm, turn.line)
            box.evaluate("box => box.closest('details').setAttribute('open', '')")
            press(box, "Check")
            assert ended(box) == "Not yet", f"{file.name}:{turn.line}: {error(box)}"
            assert box.locator(".says").text_content() == f"The check says: {error(box)}"
        box = at(warm, starter.line)
        reached = warm.locator(".md-nav--primary .md-nav__link--active .reached")
        press(box, "Check")
        assert ended(box) == "Not yet", f"{file.name}:{starter.line}: {error(box)}"
        assert reached.count() == bool(solved)
        write(box, solution.text)
        press(box, "Check")
        assert ended(box) == "Right", f"{file.name}:{solution.line}: {error(box)}"
        done, of = solved + 1, len(exercises)
        told = f"{done} of {of} exercises solved"
        assert reached.first.get_attribute("aria-label") == told
    go(warm, server, "")
    there = warm.locator(".md-nav--primary .reached")
    assert [link.inner_text() for link in there.all()] == ["✓"]
    go(warm, server, address_of(file))
    assert warm.locator(".exercise .solved", has_text="solved").count() == len(exercises)


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_a_copied_chain_runs_elsewhere(
    warm: Page, server: Server, file: Path, tmp_path: Path
) -> None:
    chains = [program for program in read(file).programs if program.before and not program.role]
    if not chains:
        return
    go(warm, server, address_of(file))
    program = chains[-1]
    press(at(warm, program.line), "Copy")
    at(warm, program.line).locator(".status", has_text="Copied").wait_for()
    text = warm.evaluate("navigator.clipboard.readText()")
    assert text == program.text
    assert run_alone(text, tmp_path) == program.output


def run_alone(text: str, folder: Path) -> str:
    """What plain Python prints in an empty folder."""
    environment = os.environ | {"MPLBACKEND": "agg", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-I", "-c", text],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


EQUAL = """\
class All:
    def __eq__(self, other):
        return True


def walk(x, rate, steps):
    return All()
"""


@pytest.mark.parametrize(
    "answer",
    [
        "raise SystemExit",
        "from unittest import mock\n\n\ndef walk(x, rate, steps):\n    return mock.MagicMock()",
        EQUAL,
    ],
)
def test_nothing_is_not_right(page: Page, answer: str) -> None:
    starter = page.locator(".starter").first
    write(starter, answer)
    press(starter, "Check")
    assert ended(starter) == "Not yet"
    assert page.locator(".exercise.is-solved").count() == 0


def test_an_error_in_a_chain_is_marked_where_it_is(page: Page) -> None:
    starter, check = page.locator(".starter").first, page.locator(".program.check").first
    write(starter, "def walk(x, rate, steps):\n    y = x\n    return y.lost\n")
    press(starter, "Check")
    assert ended(starter) == "Error in line 3 of answer.py"
    assert starter.locator(".marked").get_attribute("style") == "--line: 3"
    assert check.locator(".marked").count() == 0
    write(starter, "def walk(x, rate, steps):\n    return x\n")
    press(check, "Check")  # the same button stands at the check
    assert ended(starter) == "Not yet"
    assert check.locator(".marked").count() == 1
    press(check, "Copy")
    check.locator(".status", has_text="Copied").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    built = read(ROOT / "docs/chapters/descent.md").exercises[0].check
    assert text == f"def walk(x, rate, steps):\n    return x\n\n{built.code}"
