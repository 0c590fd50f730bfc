"""Programs in the page: run, edited, stopped and checked in a real Chromium, with real Python."""

import functools
import os
import re
import socketserver
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page

from press.read import read
from tests.conftest import ROOT, Server, Site, serving

pytestmark = pytest.mark.slow
FILES = sorted((ROOT / "docs").glob("**/*.md"))
PAGES = [file for file in FILES if "```python\n" in file.read_text(encoding="utf-8")]
LABS = sorted((ROOT / "docs" / "labs").glob("*.py"))
EXERCISES = [file for file in PAGES if "/ exercise |" in file.read_text(encoding="utf-8")]
LONG = 300_000
"""Milliseconds within which the longest lab has run even on a busy machine."""
LOOP = "print('on')\nwhile True:\n    pass\n"


class Elsewhere(socketserver.StreamRequestHandler):
    """A proxy for all that is not this machine: whoever asks gets nothing, and is remembered."""

    server: Any

    def handle(self) -> None:
        asked = self.rfile.readline().decode("latin-1").strip()
        if not asked.startswith("CONNECT content-autofill.googleapis.com:"):  # Chromium's own
            self.server.asked.append(asked)


@pytest.fixture(scope="module")
def server(site: Path) -> Iterator[Server]:
    with serving(functools.partial(Site, directory=str(site))) as server:
        yield server


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Server]:
    with serving(Elsewhere) as server:
        yield server


@pytest.fixture(scope="module")
def said() -> list[str]:
    """Errors and warnings in the console, and exceptions of the page."""
    return []


@pytest.fixture(scope="module")
def opened(
    browser: Browser, server: Server, elsewhere: Server, said: list[str]
) -> Callable[..., Page]:
    """Open a page of the site in a browser that knows nothing yet."""
    proxy = {"server": elsewhere.address, "bypass": "127.0.0.1"}

    def open_page(address: str = "", *, heard: list[str] = said, **options: Any) -> Page:
        context = browser.new_context(proxy=proxy, **options)  # type: ignore[arg-type]
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.address)
        context.on(
            "console",
            lambda message: heard.append(message.text) if message.type != "log" else None,
        )
        context.on("weberror", lambda error: heard.append(str(error.error)))
        page = context.new_page()
        page.goto(server.address + address)
        return page

    return open_page


@pytest.fixture(scope="module")
def warm(opened: Callable[..., Page]) -> Iterator[Page]:
    """A page that is never reloaded, so that one Python serves all tests."""
    page = opened()
    yield page
    page.context.close()


@pytest.fixture
def page(warm: Page, server: Server) -> Page:
    """The page of a chapter with programs and exercises, as a reader first sees it."""
    warm.evaluate("localStorage.clear()")
    go(warm, server, "")
    go(warm, server, "chapters/descent/")
    return warm


@pytest.fixture
def fresh(opened: Callable[..., Page], server: Server) -> Iterator[Callable[..., Page]]:
    """A chapter in a new browser, whose console may tell of what is missing."""
    pages: list[Page] = []

    def open_page(**options: Any) -> Page:
        pages.append(opened("chapters/descent/", **options))
        return pages[-1]

    yield open_page
    server.missing.clear()
    for page in pages:
        page.context.close()


@pytest.fixture(autouse=True)
def is_clean(said: list[str], elsewhere: Server) -> Iterator[None]:
    """Nothing is asked of another host, and the console stays empty, whatever a test does."""
    yield
    asked, elsewhere.asked[:] = list(elsewhere.asked), []
    told, said[:] = list(said), []
    assert asked == []
    assert told == []


def go(page: Page, server: Server, address: str) -> None:
    """Follow a link, as Material does it: without loading a page."""
    if page.url.partition("#")[0] == server.address + address:
        return
    page.evaluate(
        """url => {
            document.querySelector(".md-content").classList.add("before");
            const link = Object.assign(document.createElement("a"), { href: url });
            document.body.append(link);
            link.click();
            link.remove();
        }""",
        server.address + address,
    )
    page.wait_for_url(re.compile(re.escape(server.address + address) + "(#.*)?$"))
    page.locator(".md-content:not(.before)").wait_for()
    page.wait_for_function("document.querySelectorAll('.program:not(:has(.bar))').length === 0")


def press(program: Locator, name: str) -> None:
    program.get_by_role("button", name=name, exact=True).click()


def ended(program: Locator) -> str:
    """How a run ended, once it has."""
    program.locator(".stop").wait_for(state="hidden", timeout=LONG)
    return status(program)


def status(program: Locator) -> str:
    return program.locator(".status").inner_text()


def run(program: Locator) -> str:
    press(program, "Run")
    return ended(program)


def write(program: Locator, text: str) -> None:
    """Write a text into a program's editor."""
    if not program.locator(".editor").count():
        press(program, "Edit")
    program.locator(".editor").fill(text.removesuffix("\n"))


def run_text(program: Locator, text: str) -> str:
    """What a text prints when it is run in the place of a program."""
    write(program, text)
    run(program)
    return output(program)


def output(program: Locator) -> str:
    return program.locator(".output").text_content() or ""


def error(program: Locator) -> str:
    return program.locator(".error").text_content() or ""


def at(page: Page, line: int) -> Locator:
    return page.locator(f'.program[data-line="{line}"]')


def drawn(program: Locator) -> Locator:
    """What a program has drawn, where the book's figure was."""
    name = program.locator(".bar").get_attribute("aria-label") or ""
    return program.page.locator(f'.drawn[data-of="{name.removeprefix("Program ")}"]')


def labels(figure: Locator) -> list[str | None]:
    return [svg.get_attribute("aria-label") for svg in figure.locator("svg[role]").all()]


def address_of(file: Path) -> str:
    name = file.relative_to(ROOT / "docs").with_suffix("").as_posix()
    return "" if name == "index" else f"{name.removesuffix('/index')}/"


# Before the first click


def test_nothing_is_loaded_before_the_first_run(
    page: Page, server: Server, browser: Browser, record_property: Callable[[str, object], None]
) -> None:
    record_property("Chromium", browser.version)
    page.wait_for_load_state("networkidle")
    before = len(server.asked)
    assert not [path for path in server.asked if "pyodide" in path or "/worker.js" in path]
    assert "Ran in" in run(page.locator(".program").first)
    asked = "".join(server.asked[before:])
    assert "worker.js" in asked
    assert "numpy" in asked


# Every program of the book


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_every_program_prints_and_draws_what_the_page_says(
    warm: Page, server: Server, file: Path
) -> None:
    chapter = read(file)
    go(warm, server, address_of(file))
    wrong = []
    for program in chapter.programs:
        if program.role == "check":
            continue
        box = at(warm, program.line)
        box.evaluate("box => box.closest('details')?.setAttribute('open', '')")
        box.evaluate("box => (box.querySelector('.output').textContent = 'from the build')")
        how = run(box)
        expected = None if chapter.is_continued(program) else program.output or ""
        if "Ran in" not in how or expected not in {None, output(box)}:
            wrong.append(f"{file.name}:{program.line}: {how}\n{output(box)}{error(box)}")
        figure = drawn(box).locator("xpath=preceding-sibling::*[1]")
        drew = labels(drawn(box))
        if drew != labels(figure) or bool(drew) != bool(program.figure) or figure.is_visible():
            wrong.append(f"{file.name}:{program.line} draws {drew}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("file", LABS, ids=lambda file: file.stem)
def test_a_labs_last_cell_runs_after_all_others(warm: Page, server: Server, file: Path) -> None:
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
def test_every_starter_fails_and_every_solution_passes(
    warm: Page, server: Server, file: Path
) -> None:
    warm.evaluate("localStorage.clear()")
    go(warm, server, "")
    go(warm, server, address_of(file))
    exercises = read(file).exercises
    for solved, (starter, solution, _) in enumerate(exercises):
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


# Edit, keep, reset


def test_an_edit_runs_survives_a_reload_and_is_reset(fresh: Callable[..., Page]) -> None:
    page = fresh()
    program = page.locator(".program").first
    built, was = program.locator("code").inner_html(), output(program)
    assert run_text(program, "print('mine')") == "mine\n"
    page.keyboard.press("Escape")
    assert program.locator("code .nb").inner_text() == "print"
    page.reload()
    assert program.locator("code").text_content() == "print('mine')\n"
    assert program.locator(".bar .edited").inner_text() == "edited"
    assert page.locator(".program .edited:not(:empty)").count() == 1
    assert run(program).startswith("Ran in")
    assert output(program) == "mine\n"
    press(program, "Reset")
    assert program.locator("code").inner_html() == built
    assert output(program) == was
    assert not program.locator(".edited").inner_text()
    page.reload()
    assert program.locator("code").inner_html() == built


def test_a_solved_exercise_stays_solved(fresh: Callable[..., Page]) -> None:
    page = fresh()
    file = ROOT / "docs/chapters/descent.md"
    starter, solution, _ = read(file).exercises[0]
    write(at(page, starter.line), solution.text)
    press(at(page, starter.line), "Check")
    assert ended(at(page, starter.line)) == "Right"
    page.reload()
    assert page.locator(".exercise.is-solved").count() == 1
    told = page.locator(".md-nav--primary .reached").first.get_attribute("aria-label")
    assert told == f"1 of {len(read(file).exercises)} exercises solved"


def test_an_edit_that_only_undoes_itself_is_none(page: Page) -> None:
    program = page.locator(".program").first
    built = program.locator("code").text_content() or ""
    write(program, "1")
    write(program, built)
    page.keyboard.press("Escape")
    assert not program.locator(".edited").inner_text()
    assert page.evaluate("Object.values(localStorage).join('')").count("import") == 0


def test_without_storage_all_works_but_the_memory(fresh: Callable[..., Page]) -> None:
    page = fresh(heard=[])  # Material says that it misses it
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })"
    )
    page.reload()
    assert run_text(page.locator(".program").first, "print(1)") == "1\n"


def test_the_editor_shows_every_program_as_it_is(warm: Page, server: Server) -> None:
    """What is highlighted in the page is the text, and colored as the build colors it."""
    same = total = 0
    for file in PAGES:
        go(warm, server, address_of(file))
        for program in warm.locator(".program code").all():
            mine, built = program.evaluate(
                """code => {
                    const colors = () => {
                        const walk = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
                        const found = [];
                        while (walk.nextNode()) {
                            const { color } = getComputedStyle(walk.currentNode.parentNode);
                            for (const sign of walk.currentNode.data)
                                if (sign.trim()) found.push([sign, color]);
                        }
                        return found;
                    };
                    const built = colors();
                    code.innerHTML = highlightPython(code.textContent);
                    return [colors(), built];
                }"""
            )
            assert "".join(m[0] for m in mine) == "".join(b[0] for b in built)
            same += sum(m == b for m, b in zip(mine, built, strict=True))
            total += len(mine)
    assert same / total > 0.99


# Errors


def test_an_exception_marks_the_line_and_shows_no_frames_but_the_readers(page: Page) -> None:
    program = page.locator(".program").first
    run_text(program, "a = 1\nprint(a)\na / 0\n")
    assert output(program) == "1\n"
    assert status(program) == "Error in line 3 of program.py"
    assert error(program).splitlines() == [
        "Traceback (most recent call last):",
        '  File "program.py", line 3, in <module>',
        "    a / 0",
        "    ~~^~~",
        "ZeroDivisionError: division by zero",
    ]
    marked, code = (program.locator(place).bounding_box() for place in (".marked", ".editor"))
    assert marked
    assert code
    height = (code["height"] - marked["height"] * 3) / 2  # above the first line and below the last
    assert abs(marked["y"] - (code["y"] + height + 2 * marked["height"])) < 2
    program.locator(".editor").press("Space")
    assert program.locator(".marked").count() == 0


def test_a_syntax_error_marks_the_line(page: Page) -> None:
    program = page.locator(".program").first
    run_text(program, "print('never')\nx = (1,\ny = 2\n")
    assert output(program) == ""
    assert error(program).splitlines()[0] == '  File "program.py", line 2'
    assert error(program).splitlines()[-1] == "SyntaxError: '(' was never closed"
    assert program.locator(".marked").get_attribute("style") == "--line: 2"


def test_an_error_in_a_library_begins_at_the_reader(page: Page) -> None:
    program = page.locator(".program").first
    text = "import numpy as np\nfrom litgrad import losses\nlosses.cross_entropy(np.eye(2), 'x')\n"
    run_text(program, text)
    lines = error(program).splitlines()
    assert lines[1].startswith('  File "program.py", line 3')
    assert any("litgrad/losses.py" in line for line in lines)
    assert not any("pyodide" in line or "press" in line for line in lines)
    assert program.locator(".marked").get_attribute("style") == "--line: 3"


@pytest.mark.parametrize(
    ("text", "printed", "wrong"),
    [
        ("raise SystemExit('bye')", "bye\n", ""),
        ("exit()", "", ""),
        ("input()", "", "EOFError: EOF when reading a line"),
        ("import pandas", "", "ModuleNotFoundError: No module named 'pandas'"),
        ("def f():\n    f()\nf()", "", "RecursionError: maximum recursion depth exceeded"),
        ("import numpy as np\nx = [np.empty(10**8) for _ in range(9)]", "", "MemoryError"),
        (
            "class A:\n    def __getattr__(self, n):\n        return getattr(self, n)\nA().x",
            "",
            "RecursionError",
        ),
        ("x = []\nfor _ in range(100_000):\n    x = [x]\nprint(len(x))", "1\n", ""),
        ("raise KeyboardInterrupt", "", "KeyboardInterrupt"),
        ("import warnings\nwarnings.warn('oh')", "program.py:2: UserWarning: oh", ""),
        ("print('é', '<b>', end='')", "é <b>", ""),
        ("class A:\n    pass\nprint(A)", "<class '__main__.A'>\n", ""),
    ],
)
def test_what_else_a_reader_may_try(page: Page, text: str, printed: str, wrong: str) -> None:
    program = page.locator(".program").first
    assert run_text(program, text).startswith(printed)
    assert wrong in error(program)
    assert bool(error(program)) == bool(wrong)
    assert run_text(program, "print('alive')") == "alive\n"


def test_what_breaks_python_itself_is_said_and_the_next_run_works(
    fresh: Callable[..., Page],
) -> None:
    program = fresh(heard=[]).locator(".program").first  # the console says it, too
    write(program, "x = []\nfor _ in range(100_000):\n    x = [x]\nprint('so far')\nprint(x)")
    press(program, "Run")
    assert ended(program) == "Python broke down: Maximum call stack size exceeded"
    assert output(program) == "so far\n"
    assert run_text(program, "print('alive')") == "alive\n"


# Stop, much output, several programs


def test_an_endless_loop_is_stopped_at_once(page: Page) -> None:
    program, other = page.locator(".program").nth(0), page.locator(".program").nth(1)
    write(program, LOOP)
    press(program, "Run")
    program.locator(".output", has_text="on").wait_for(timeout=LONG)
    began = time.monotonic()
    assert page.evaluate("new Promise(requestAnimationFrame)") > 0  # the page is not frozen
    press(program, "Stop")
    assert ended(program) == "Stopped"
    assert time.monotonic() - began < 1
    assert output(program) == "on\n"
    assert run_text(program, "print('next')") == "next\n"
    assert run_text(other, "print('other')") == "other\n"


def test_ten_megabytes_of_output_stay_bounded(page: Page) -> None:
    program = page.locator(".program").first
    write(program, "for i in range(100_000):\n    print('x' * 99)\nprint('end')\n")
    press(program, "Run")
    slowest = page.evaluate(
        """async () => {
            let slowest = 0, last = performance.now();
            for (let i = 0; i < 60; i++) {
                const now = await new Promise(requestAnimationFrame);
                slowest = Math.max(slowest, now - last);
                last = now;
            }
            return slowest;
        }"""
    )
    assert slowest < 1000
    assert ended(program).startswith("Ran in")
    assert len(output(program)) < 101_000
    assert output(program).endswith("… and 9,900,004 characters more")
    write(program, "print('y' * 10_000_000)\n")
    assert run(program).startswith("Ran in")
    assert len(output(program)) < 101_000
    write(program, "while True:\n    print('z' * 99)\n")
    press(program, "Run")
    program.locator(".output", has_text="z").wait_for(timeout=LONG)
    page.wait_for_timeout(500)
    press(program, "Stop")
    assert ended(program) == "Stopped"
    assert len(output(program)) < 101_000


def test_output_comes_as_it_is_printed(page: Page) -> None:
    program = page.locator(".program").first
    run(program)
    write(program, "import time\nprint('one')\ntime.sleep(3)\nprint('two')\n")
    press(program, "Run")
    program.locator(".output", has_text="one").wait_for(timeout=2500)
    assert "two" not in output(program)
    ended(program)
    assert output(program) == "one\ntwo\n"


def test_two_programs_run_one_after_another(page: Page) -> None:
    first, second = page.locator(".program").nth(0), page.locator(".program").nth(1)
    run(first)
    write(first, "import time\ntime.sleep(3)\nprint('first')\n")
    write(second, "print('second')\n")
    press(first, "Run")
    press(second, "Run")
    assert status(second) == "Waiting for the program before"
    ended(second)
    assert (output(first), output(second)) == ("first\n", "second\n")
    write(first, LOOP)
    press(first, "Run")
    press(second, "Run")
    press(second, "Stop")  # one that waits takes nothing with it
    assert ended(second) == "Stopped"
    press(second, "Run")
    press(first, "Stop")
    assert ended(second).startswith("Ran in")
    assert ended(first) == "Stopped"


def test_a_program_leaves_nothing_to_the_next(page: Page) -> None:
    program = page.locator(".program").first
    run_text(
        program,
        "import os, warnings\nimport numpy as np\nfrom litgrad import ops\n"
        "from matplotlib import pyplot as plt\n"
        "x = 1\nopen('left', 'w').close()\nnp.set_printoptions(precision=1)\n"
        "warnings.simplefilter('error')\nplt.rcParams['lines.linewidth'] = 7\n"
        "plt.figure()\nnp.seterr(all='raise')\nops.relu = None\nnp.random.seed(0)\n"
        "os.chdir('/')\n",
    )
    assert not error(program)
    printed = run_text(
        program,
        "import os, warnings\nimport numpy as np\nfrom litgrad import ops\n"
        "from matplotlib import pyplot as plt\n"
        "print('x' in globals(), os.listdir(), np.array([1 / 3]), np.geterr()['over'])\n"
        "print(plt.rcParams['lines.linewidth'], plt.get_fignums(), callable(ops.relu))\n"
        "print(os.getcwd() != '/', 'error' in str(warnings.filters))\n",
    )
    assert printed == "False [] [0.33333333] warn\n1.5 [] True\nTrue False\n"


# Figures


def test_a_figure_is_like_the_books(page: Page) -> None:
    figure = page.locator(".figure:not(.flipbook)").first
    program = page.locator(".program").and_(figure.locator("xpath=preceding::*")).last
    alt = labels(figure)
    run(program)
    assert not figure.is_visible()
    assert labels(drawn(program)) == alt
    markup = drawn(program).inner_html()
    assert "currentColor" in markup
    assert "var(--figure-1, #003c7d)" in markup
    assert set(re.findall(r"#[0-9a-f]{6}", markup)) <= set(
        re.findall(r"#[0-9a-f]{6}", figure.inner_html())
    )
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    color = "svg => getComputedStyle(svg.querySelector('text')).fill"
    light = drawn(program).locator("svg").evaluate(color)
    page.evaluate("document.body.setAttribute('data-md-color-scheme', 'slate')")
    assert drawn(program).locator("svg").evaluate(color) != light
    page.evaluate("document.body.setAttribute('data-md-color-scheme', 'default')")
    press(program, "Reset")
    assert figure.is_visible()
    assert drawn(program).locator("svg").count() == 0


def test_a_flipbook_can_be_leafed_through(page: Page) -> None:
    figure = page.locator(".figure.flipbook").first
    program = page.locator(".program").and_(figure.locator("xpath=preceding::*")).last
    frames = figure.locator(".frame").count()
    run(program)
    book = drawn(program).locator(".flipbook")
    assert book.locator(".frame").count() == frames
    last = book.locator(".frame").last
    assert not last.is_visible()
    book.locator("input").focus()
    page.keyboard.press("End")
    assert last.is_visible()
    assert book.locator("output").inner_text() == last.get_attribute("data-label")
    book.get_by_role("button", name="Play").click()
    assert book.get_by_role("button", name="Pause").is_visible()


def test_a_figure_of_an_edited_program_is_not_described_as_the_books(page: Page) -> None:
    program = page.locator(".program").first
    run_text(program, "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n")
    assert labels(drawn(program)) == ["What the program draws now"]


# Chains


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
    assert text.startswith("def walk(x, rate, steps):\n    return x\n\nx = walk(")


# Loading


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


# Everybody


def test_the_keyboard_is_enough(page: Page) -> None:
    program = page.locator(".program").first
    focus = "document.activeElement.classList[0] + document.activeElement.tagName"
    program.get_by_role("button", name="Run", exact=True).focus()
    page.keyboard.press("Enter")
    assert ended(program).startswith("Ran in")
    assert page.evaluate(focus) == "runBUTTON"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate(focus) == "editorTEXTAREA"
    page.keyboard.press("Control+a")
    page.keyboard.type("for i in range(2):")
    page.keyboard.press("Enter")
    page.keyboard.type("print(i)  # ")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("print(-i)")
    page.keyboard.press("Control+Enter")
    assert ended(program).startswith("Ran in")
    assert output(program) == "0\n0\n1\n-1\n"
    assert page.evaluate(focus) == "editorTEXTAREA"
    page.keyboard.press("Control+z")
    page.keyboard.press("Escape")
    assert page.evaluate(focus) == "editBUTTON"
    page.keyboard.press("Tab")
    assert page.evaluate(focus) == "resetBUTTON"
    page.keyboard.press("Enter")
    assert page.evaluate(focus) == "editBUTTON"
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(focus) != "editorTEXTAREA"


def test_a_click_into_a_starter_edits_it_there(page: Page) -> None:
    starter = page.locator(".starter").first
    code = starter.locator("code span", has_text="return").first
    code.click()
    page.keyboard.type("#")
    assert "#" in (starter.locator(".editor").input_value().splitlines()[1])


def test_everything_has_a_name_and_a_role(page: Page) -> None:
    names = [bar.get_attribute("aria-label") for bar in page.locator(".program .bar").all()]
    assert len(names) == len(set(names)) == page.locator(".program").count()
    program = page.locator(".program").first
    assert program.locator(".output").get_attribute("role") == "log"
    assert program.locator(".status").get_attribute("role") == "status"
    for button in program.locator("button").all():
        assert button.get_attribute("type") == "button"
        assert button.text_content()
    press(program, "Edit")
    editor = page.get_by_role("textbox", name="Program 1", exact=True)
    assert "Escape" in (editor.get_attribute("aria-description") or "")


def test_print_has_no_buttons(page: Page) -> None:
    page.emulate_media(media="print")
    assert page.locator(".program").first.is_visible()
    assert not page.locator(".program .bar").first.is_visible()
    page.emulate_media(media="screen")
    assert page.locator(".program .bar").first.is_visible()


def test_without_script_there_is_plain_code(fresh: Callable[..., Page]) -> None:
    page = fresh(java_script_enabled=False)
    assert page.locator(".program code").first.is_visible()
    assert page.locator(".program button").count() == 0


def test_without_pyodide_there_is_copy_alone(fresh: Callable[..., Page]) -> None:
    page = fresh(service_workers="block", heard=[])  # the console says that they are
    page.route(
        "**/chapters/descent/",
        lambda route: route.fulfill(
            response=(answer := route.fetch()),
            body=answer.text().replace('"python":', '"none":'),
        ),
    )
    page.reload()
    program = page.locator(".program").first
    assert [button.text_content() for button in program.locator("button").all()] == ["Copy"]
    press(program, "Copy")
    program.locator(".status", has_text="Copied").wait_for()


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(fresh: Callable[..., Page], width: int) -> None:
    page = fresh(viewport={"width": width, "height": 800})
    program = page.locator(".program").first
    write(program, f"print({'1' * 300!r})\n")
    run(program)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = program.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
