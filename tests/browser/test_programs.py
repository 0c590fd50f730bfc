"""Every program of the book, run in the page: it prints, draws and passes as the page says."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from press import files
from press.read import read
from tests.browser.conftest import (
    PAGES,
    address_of,
    at,
    check,
    drawn,
    ended,
    error,
    go,
    labels,
    output,
    press,
    run,
    run_text,
    status,
    verdict,
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
        if not how.startswith("Ran") or expected not in {None, output(box)}:
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
        assert run(cell).startswith("Ran cells 1 to ")
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
            told = check(box)
            assert told.startswith("Not yet: "), f"{file.name}:{turn.line}: {told}"
            says = told.removeprefix("Not yet: ")
            assert box.locator(".says").text_content() == f"The check says: {says}"
        box = at(warm, starter.line)
        reached = warm.locator(".md-nav--primary .md-nav__link--active .reached")
        told = check(box)
        assert told.startswith("Not yet: "), f"{file.name}:{starter.line}: {told}"
        assert reached.count() == bool(solved)
        write(box, solution.text)
        told = check(box)
        assert told == "Right.", f"{file.name}:{solution.line}: {told}{error(box)}"
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
    assert check(starter).startswith("Not yet: ")
    assert page.locator(".exercise.is-solved").count() == 0


def test_an_error_in_an_answer_is_marked_where_it_is(page: Page) -> None:
    starter, checked = page.locator(".starter").first, page.locator(".program.check").first
    write(starter, "def walk(x, rate, steps):\n    y = x\n    return y.lost\n")
    assert check(starter) == "Not yet: the answer fails in line 3."
    assert "AttributeError" in error(starter)
    assert marked(starter) == "    return y.lost\n"
    assert checked.locator(".marked").count() == 0
    write(starter, "def walk(x, rate, steps):\n    return x\n")
    page.locator(".exercise summary").first.click()
    press(checked, "Check")  # the same button stands at the check
    ended(starter)
    assert verdict(starter) == "Not yet: walk(10.0, 0.5, 1) ends at 0.0, not at 10.0"
    assert marked(checked).strip().startswith("assert")
    press(checked, "Copy")
    checked.locator(".status", has_text="Copied").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    built = read(ROOT / "docs/chapters/descent.md").exercises[0].check
    assert text == f"def walk(x, rate, steps):\n    return x\n\n{built.code}"


def test_an_exercise_ends_with_its_solution(page: Page) -> None:
    """Task, starter, what is checked, wrong turns, the solution: all folded but the first two."""
    exercises = page.locator(".exercise")
    assert exercises.count() == len(read(ROOT / "docs/chapters/descent.md").exercises)
    for exercise in exercises.all():
        summaries = exercise.locator("summary").all_text_contents()
        assert summaries == ["What is checked", "Tempting, and wrong", "Solution"]
        roles = [box.get_attribute("data-role") for box in exercise.locator(".program").all()]
        assert roles[:2] == ["starter", "check"]
        assert roles[-1] == "solution"
        assert exercise.locator(".program:visible").count() == 1


TELL = """cell => {
    window.heard = [];
    const status = cell.querySelector(".status");
    const tell = () => status.textContent.startsWith("Running c") && heard.push(status.textContent);
    new MutationObserver(tell).observe(status, { childList: true });
}"""


def test_a_program_names_the_one_that_it_continues(page: Page, server: Server) -> None:
    """And so does an error that rises there, with a link that leads to the line."""
    go(page, server, "chapters/graphs/")
    programs = read(ROOT / "docs/chapters/graphs.md").programs
    chains = [program.chain for program in programs if program.before and not program.role]
    for *_, before, program in chains:
        link, box = at(page, program.line).locator(".chain a"), at(page, before.line)
        assert (link.get_attribute("href") or "").endswith(f"#{box.get_attribute('id')}")
        name = f"program {(box.get_attribute('id') or '').removeprefix('program-')}"
        assert link.inner_text() == name
        assert box.locator(".chain").inner_text().lower().startswith(name)
    first, last = at(page, chains[-1][0].line), at(page, chains[-1][-1].line)
    write(first, "x = 1\nx / 0")
    page.keyboard.press("Escape")
    run(last)
    assert status(last).startswith("Error in line 2 of program ")
    last.locator(".status a").click()
    assert first.locator(".marked").text_content() == "x / 0\n"
    expect(first.locator(".marked")).to_be_in_viewport()
    assert not error(first)


def test_a_link_within_a_page_leaves_what_has_run(fresh: Callable[..., Page]) -> None:
    page = fresh()
    program = page.locator(".program").first
    run_text(program, "print('mine')")
    page.locator(".headerlink").nth(3).evaluate("link => link.click()")
    page.wait_for_url("**#*")
    page.locator(".md-sidebar--secondary .md-nav__link").nth(5).click()
    page.go_back()
    page.wait_for_load_state("networkidle")
    assert output(program) == "mine\n"


def test_a_labs_cells_run_once(page: Page, server: Server) -> None:
    """Each says which it is, and those that still hold do not run again."""
    go(page, server, "labs/sparse-signals/")
    cells = page.locator(".program")
    first, second, third = (cells.nth(i) for i in range(3))
    assert third.locator(".chain").inner_text() == (
        f"Cell 3 of {cells.count()}, runs after those before it"
    )
    write(first, "print('first')\nfound = []")
    write(second, "found.append(1)")
    write(third, "print(found)")
    third.evaluate(TELL)
    assert run(third).startswith("Ran cells 1 to 3 in")
    assert [f"Running cell {n} of 3" for n in (1, 2, 3)] == page.evaluate("heard")
    assert output(third) == "[1]\n"
    write(cells.nth(3), "print(found, 4)")
    assert run(cells.nth(3)).startswith("Ran cell 4 in")
    assert output(cells.nth(3)) == "[1] 4\n"
    assert run(third).startswith("Ran cells 1 to 3 in"), "it has run, and changed what it found"
    write(second, "found.append(2)\nimport os\nopen('kept', 'w').close()")
    write(third, "print(found, os.listdir())")
    assert run(third).startswith("Ran cells 1 to 3 in")
    assert output(third) == "[2] ['kept']\n"
    write(cells.nth(3), "found / 1")
    assert run(cells.nth(3)) == "Error in line 1"
    write(second, "1 / 0")
    assert run(cells.nth(3)) == "Error in line 1 of cell 2"
    assert second.locator(".marked").count() == 1


def marked(program: Locator) -> str:
    return program.locator(".marked").text_content() or ""
