"""What goes wrong in a program is said at its line, and the next one runs."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import (
    ended,
    error,
    output,
    press,
    run_text,
    status,
    verdict,
    write,
)
from tests.conftest import Server

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("is_clean")]

NUMBER = "line => getComputedStyle(line, '::before').content"
THERE = "There is NumPy, Matplotlib, litgrad, and nearly all of Python's standard library."


def test_an_exception_marks_the_line_and_shows_no_frames_but_the_readers(page: Page) -> None:
    program = page.locator(".program").first
    run_text(program, "a = 1\nprint(a)\na / 0\n")
    assert output(program) == "1\n"
    assert status(program) == "Error in line 3"
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
    assert program.locator(".marked").evaluate(NUMBER).startswith("counter(line)")
    program.locator(".editor").press("Space")
    assert program.locator(".marked").count() == 0


def test_a_syntax_error_marks_the_line(page: Page) -> None:
    program = page.locator(".program").first
    run_text(program, "print('never')\nx = (1,\ny = 2\n")
    assert output(program) == ""
    assert error(program).splitlines()[0] == '  File "program.py", line 2'
    assert error(program).splitlines()[-1] == "SyntaxError: '(' was never closed"
    assert program.locator(".marked").text_content() == "x = (1,\n"


def test_an_error_in_a_library_begins_at_the_reader(page: Page) -> None:
    program = page.locator(".program").first
    text = "import numpy as np\nfrom litgrad import losses\nlosses.cross_entropy(np.eye(2), 'x')\n"
    run_text(program, text)
    lines = error(program).splitlines()
    assert lines[1].startswith('  File "program.py", line 3')
    assert any("litgrad/losses.py" in line for line in lines)
    assert not any("pyodide" in line or "press" in line for line in lines)
    assert program.locator(".marked").text_content() == "losses.cross_entropy(np.eye(2), 'x')\n"


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
        ("raise ValueError('x' * 20_000_000)", "", "… 19,99"),
        ("raise KeyboardInterrupt", "", "KeyboardInterrupt"),
        (
            "class E(Exception):\n    def __str__(self):\n        return 1\nraise E",
            "",
            "E: <exception",
        ),
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


@pytest.mark.parametrize(
    ("text", "helps"),
    [
        ("x = input()", "Nobody can be asked here: write the value into the program, as in x = 3."),
        ("import requests", f"There is no requests here. {THERE}"),
        ("import sklearn.datasets", f"There is no sklearn here. {THERE}"),
        (
            "from urllib.request import urlopen\nurlopen('https://example.org')",
            f"Programs do not reach the network here. {THERE}",
        ),
        (
            "from pyodide.http import open_url\nopen_url('http://127.0.0.1:1')",
            f"Programs do not reach the network here. {THERE}",
        ),
        (
            "import threading\nthreading.Thread(target=print).start()",
            f"A program runs alone here, without threads and processes. {THERE}",
        ),
        (
            "open('data.csv')",
            "A program begins in an empty folder: there are no files but those that it writes.",
        ),
        ("import numpy.nothing", ""),
        ("1 / 0", ""),
    ],
)
def test_what_is_not_here_is_said_with_what_there_is(
    fresh: Callable[..., Page], elsewhere: Server, text: str, helps: str
) -> None:
    page = fresh(heard=[])  # the console tells of what is asked in vain
    program = page.locator(".program").first
    run_text(program, text)
    elsewhere.asked.clear()  # the reader's program may ask
    assert verdict(program) == helps
    assert error(program)
    run_text(program, "print(1)")
    assert not verdict(program)


def test_what_breaks_python_itself_is_said_and_the_next_run_works(
    fresh: Callable[..., Page],
) -> None:
    program = fresh(heard=[]).locator(".program").first  # the console says it, too
    write(program, "x = []\nfor _ in range(100_000):\n    x = [x]\nprint('so far')\nprint(x)")
    press(program, "Run")
    assert ended(program) == "Python broke down: Maximum call stack size exceeded"
    assert output(program) == "so far\n"
    assert run_text(program, "print('alive')") == "alive\n"
