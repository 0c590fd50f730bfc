"""Python on its way into the page: not before it is needed, and with every failure said."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import LOOP, ended, go, output, press, run, run_text, status, write
from tests.conftest import Server

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("is_clean")]


def test_nothing_is_loaded_before_the_first_run(
    fresh: Callable[..., Page],
    server: Server,
    browser: Browser,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("Chromium", browser.version)
    start = len(server.asked)
    page = fresh()
    page.wait_for_load_state("networkidle")
    before = len(server.asked)
    assert "assets/run.js" in "".join(server.asked[start:before])
    assert not [path for path in server.asked[start:] if "pyodide" in path or "worker.js" in path]
    assert "Ran in" in run(page.locator(".program").first)
    asked = "".join(server.asked[before:])
    assert "worker.js" in asked
    assert "numpy" in asked


@pytest.mark.parametrize(
    "name",
    ["worker.js", "pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip",
     "pyodide-lock.json", "numpy", "litgrad", "press.zip", "matplotlib"],
)  # fmt: skip
def test_what_is_missing_is_said_and_tried_again(
    fresh: Callable[..., Page], server: Server, site: Path, name: str
) -> None:
    assets = [site / "assets/worker.js", *site.glob("assets/pyodide/*/*")]
    (file,) = {path.name for path in assets if path.name.startswith(name)}
    page = fresh(heard=[])  # the console says it, too
    program = page.locator(".program").first
    server.missing.add(file)
    draws = "import matplotlib.pyplot\n" if name == "matplotlib" else ""
    write(program, f"{draws}print(1)")
    assert name in run(program)
    assert status(program).startswith("Python could not be loaded: ")
    server.missing.clear()
    press(program, "Try again")
    assert ended(program).startswith("Ran in")
    assert output(program) == "1\n"


def test_a_load_shows_how_far_it_is_and_can_be_stopped(fresh: Callable[..., Page]) -> None:
    page = fresh()
    first, second = page.locator(".program").nth(0), page.locator(".program").nth(1)
    write(first, "print(1)")
    write(second, "print(2)")
    press(first, "Run")
    first.get_by_role("progressbar").wait_for()
    assert status(first) in {"Loading Python", "Starting Python"}
    press(first, "Stop")
    assert status(first) == "Stopped"
    assert run(second).startswith("Ran in")
    assert output(second) == "2\n"


def test_matplotlib_is_loaded_for_a_program_that_imports_it(
    fresh: Callable[..., Page], server: Server
) -> None:
    page = fresh()
    program = page.locator(".program").first
    before = len(server.asked)
    run_text(program, "import numpy as np\nprint(np.e)")
    assert "matplotlib" not in "".join(server.asked[before:])
    before = len(server.asked)
    run_text(program, "from litgrad import plots\nprint(plots.INK)")
    assert output(program) == "#000000\n"
    assert "matplotlib" in "".join(server.asked[before:])


def test_another_page_finds_python_warm_and_free(page: Page, server: Server) -> None:
    run(page.locator(".program").first)
    before = len(server.asked)
    go(page, server, "")
    go(page, server, "chapters/losses/")
    assert run_text(page.locator(".program").first, "print(1)") == "1\n"
    assert "worker.js" not in "".join(server.asked[before:])
    write(page.locator(".program").first, LOOP)
    press(page.locator(".program").first, "Run")
    page.locator(".program").first.locator(".output", has_text="on").wait_for()
    go(page, server, "chapters/descent/")
    assert run_text(page.locator(".program").first, "print(2)") == "2\n"


def test_a_load_goes_on_while_the_reader_moves_on(
    fresh: Callable[..., Page], server: Server
) -> None:
    page = fresh()
    before = len(server.asked)
    press(page.locator(".program").first, "Run")
    go(page, server, "chapters/losses/")
    assert run_text(page.locator(".program").first, "print(1)") == "1\n"
    assert "".join(server.asked[before:]).count("worker.js") == 1
