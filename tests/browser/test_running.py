"""Programs while they run: stopped, printing much, one after another, each as if alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import (
    LONG,
    LOOP,
    ended,
    error,
    output,
    press,
    run,
    run_text,
    status,
    write,
)
from tests.conftest import Server

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("is_clean")]
WATCH = """async program => {
    let [slowest, changes, last, rest] = [0, 0, performance.now(), 3];
    const bar = program.querySelector(".bar");
    const count = new MutationObserver((found) => (changes += found.length));
    count.observe(bar, { childList: true, subtree: true });
    const frame = (next) => requestAnimationFrame(() => setTimeout(() => next(performance.now())));
    program.querySelector(".run").click();
    while (rest) {
        const now = await new Promise(frame);
        slowest = Math.max(slowest, now - last);
        last = now;
        if (bar.querySelector(".stop").hidden) rest--;
    }
    return [slowest, changes];
}"""
"""The longest time between two frames while a program runs, and how often its bar changes."""


def test_an_endless_loop_is_stopped_at_once(page: Page) -> None:
    program, other = page.locator(".program").nth(0), page.locator(".program").nth(1)
    write(program, LOOP)
    press(program, "Run")
    program.locator(".output", has_text="on").wait_for(timeout=LONG)  # before the program ends
    assert page.evaluate("new Promise(requestAnimationFrame)") > 0  # the page is not frozen
    press(program, "Stop")
    assert status(program) == "Stopped"
    assert output(program) == "on\n"
    assert run_text(program, "print('next')") == "next\n"
    assert run_text(other, "print('other')") == "other\n"


@pytest.mark.parametrize(
    "text",
    [
        "for i in range(100_000):\n    print('x' * 99)",
        "for i in range(100_000):\n    print()",
        "for i in range(100_000):\n    print(end='x', flush=True)",
        "print('x' * 20_000_000)",
        "raise ValueError('x' * 20_000_000)",
        "raise ValueError('x\\n' * 10_000_000)",
        "raise SystemExit('x' * 20_000_000)",
        "raise type('x' * 20_000_000, (Exception,), {})",
    ],
)
def test_the_page_answers_whatever_a_program_says(page: Page, text: str) -> None:
    program = page.locator(".program").first
    write(program, text)
    slowest, changes = program.evaluate(WATCH)
    assert slowest < 5000
    assert changes < 1000, "one for every word that came"
    assert len(output(program)) + len(error(program)) < 101_000


def test_how_much_was_cut_is_said(page: Page) -> None:
    program = page.locator(".program").first
    printed = run_text(program, "for i in range(100_000):\n    print('x' * 99)\nprint('end')\n")
    assert printed.endswith("… and 9,900,004 characters more")
    write(program, "while True:\n    print('z' * 99)\n")
    press(program, "Run")
    page.wait_for_function("document.querySelector('.output').textContent.length === 100_000")
    press(program, "Stop")
    assert ended(program) == "Stopped"
    assert len(output(program)) == 100_000


def test_two_programs_run_one_after_another(page: Page) -> None:
    first, second = page.locator(".program").nth(0), page.locator(".program").nth(1)
    write(first, "print('first')\n")
    write(second, "print('second')\n")
    statuses = page.evaluate(
        """() => {
            const boxes = [...document.querySelectorAll(".program")].slice(0, 2);
            boxes.forEach((box) => box.querySelector(".run").click());
            return boxes.map((box) => box.querySelector(".status").textContent);
        }"""
    )
    assert statuses[1] == "Waiting for the program before"
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


def test_what_a_program_asks_for_in_vain_is_its_own_affair(
    fresh: Callable[..., Page], server: Server
) -> None:
    before = "".join(server.asked).count("worker.js")
    page = fresh(heard=[])  # the console says that there is nothing
    program = page.locator(".program").first
    assert run_text(program, "print('on')") == "on\n"
    text = "import js\njs.fetch('/nothing')\njs.fetch('http://127.0.0.1:1')\nprint('asked')\n"
    with page.expect_event("requestfailed"):  # the second
        assert run_text(program, text) == "asked\n"
    assert server.asked.count("/nothing") == 1
    later = "import js\nfrom pyodide.ffi import create_once_callable as once\n"
    later += "js.setTimeout(once(lambda: js.postMessage(1 / 0)), 0)\nprint('later')\n"
    assert run_text(program, later) == "later\n"
    text = "from pyodide.http import open_url\nprint('on')\nopen_url('http://127.0.0.1:1')\n"
    assert run_text(program, text) == "on\n"
    assert status(program) == "Error in line 3"
    assert run_text(program, "print('alive')") == "alive\n"
    assert "".join(server.asked).count("worker.js") == before + 1


def test_a_programs_own_messages_are_not_those_of_its_worker(page: Page) -> None:
    program = page.locator(".program").first
    assert run_text(program, "import js\njs.postMessage('garbage')\nprint(1)") == "1\n"
    assert run_text(program, "print(2)") == "2\n"


def test_cleaning_up_is_no_part_of_the_next_run(page: Page) -> None:
    first, second = page.locator(".program").nth(0), page.locator(".program").nth(1)
    write(first, "x = [[i] for i in range(10**6)]\n")
    write(second, "print(2)")
    run(first)
    assert float(run(second).split()[2]) < 0.3, "seconds; the clean-up takes more"


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
