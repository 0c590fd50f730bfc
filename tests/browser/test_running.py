"""Programs while they run: stopped, printing much, one after another, each as if alone."""

import time

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

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("is_clean")]


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
