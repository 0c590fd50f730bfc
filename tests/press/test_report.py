"""What comes back of a program: a figure that is nobody's taste, and nothing that is too long."""

import base64
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from press.run import report
from press.run.interpreter import Interpreter

LINE = "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\nplt.show()\n"
POINTS = "import numpy as np\nimport matplotlib.pyplot as plt\nx = np.random.rand(300_000)\n"
LONG = {
    "its message": 'raise ValueError("x" * 20_000_000)',
    "its notes": 'e = ValueError("x")\ne.add_note("x" * 20_000_000)\nraise e',
    "its line": f"raise ValueError({'x' * 100_000!r})",
    "its cause": 'raise ValueError("x") from ValueError("x" * 20_000_000)',
}


@pytest.fixture(scope="module")
def alone() -> Iterator[Interpreter]:
    interpreter = Interpreter()
    yield interpreter
    interpreter.close()


def run(interpreter: Interpreter, code: str) -> dict[str, Any]:
    (result,) = interpreter.run("page.md", [(1, code, False)])
    return result


def run_in_page(code: str) -> dict[str, Any]:
    """What the page's runner answers, in an interpreter of its own: it takes modules away."""
    job = {"parts": [["program.py", code]], "cells": False, "name": "run-1", "alt": "A figure"}
    program = "import sys; from browser import runner; print(runner.run(sys.stdin.read(), id, id))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(job),
        capture_output=True,
        check=True,
        text=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("code", LONG.values(), ids=LONG)
def test_an_error_is_short_whatever_is_long_in_it(alone: Interpreter, code: str) -> None:
    for error in (run(alone, code)["error"], run_in_page(code)["error"]):
        assert error["kind"] == "ValueError"
        assert max(map(len, map(str, error.values()))) < 1.01 * report.MOST


def test_an_error_that_cannot_be_told_is_told_of(alone: Interpreter) -> None:
    code = "class Odd(Exception):\n    def __str__(self):\n        1 / 0\n\n\nraise Odd\n"
    for error in (run(alone, code)["error"], run_in_page(code)["error"]):
        assert (error["kind"], error["line"]) == ("Odd", 6)
        assert error["message"] == "<exception str() failed>"


def test_a_figure_of_too_many_points_is_refused_with_a_way_out(alone: Interpreter) -> None:
    wrong = "the program draws more than 4 MB: draw fewer points or figures, or say rasterized=True"
    for draw in ("plt.scatter(x, x)", "plt.plot(x, x[::-1])"):
        result = run(alone, POINTS + draw)
        assert result["error"]["message"].startswith(wrong)
        assert result["figures"] == []
    answer = run_in_page(POINTS + "plt.scatter(x, x)")
    assert answer["error"]["traceback"].startswith(f"RuntimeError: {wrong}")
    assert answer["figure"] == ""
    answer = run_in_page(POINTS + "plt.scatter(x, x, rasterized=True)")
    assert answer["error"] is None
    assert "<image" in answer["figure"]


def test_all_figures_of_a_program_have_one_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        plt.figure().gca().plot([1, 2])
    sizes = [len("".join(found["panels"])) for found in report.figures()]
    monkeypatch.setattr(report, "MOST_DRAWN", sum(sizes))
    assert [len("".join(found["panels"])) for found in report.figures()] == sizes
    monkeypatch.setattr(report, "MOST_DRAWN", sum(sizes) - 1)
    with pytest.raises(RuntimeError, match="draws more than"):
        report.figures()
    plt.close("all")


@pytest.mark.parametrize("size", [(7, 3.4), (7, 7), (2, 1)])
def test_a_picture_fills_its_frame_and_leaves_the_figure_as_it_was(
    size: tuple[float, float],
) -> None:
    figure, ax = plt.subplots(figsize=size)
    ax.plot([1, 2], [3, 5])
    ax.set(aspect="equal", xlabel="x")
    before = report.figures()
    picture = report.figures(picture=True)[-1].pop("png")
    assert report.figures() == before
    plt.close(figure)
    with Image.open(io.BytesIO(base64.b64decode(picture))) as shown:
        assert any(np.abs(np.subtract(shown.size, report.PICTURE)) < 3)
        assert all(np.less(shown.size, np.add(report.PICTURE, 3)))
        left, top, right, bottom = shown.getchannel("A").getbbox() or (9, 9, 0, 0)
    assert max(left, top, shown.width - right, shown.height - bottom) < 24  # letters have air


def test_no_settings_of_a_user_reach_a_figure(
    alone: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = run(alone, LINE)["figures"]
    assert "stroke-width: 1.5" in figures[0]["panels"][0]
    for folder in ("", "matplotlib", ".matplotlib", ".config/matplotlib"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / "matplotlibrc").write_text("lines.linewidth: 9\n", encoding="utf-8")
    for name in ("HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR", "MATPLOTLIBRC"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    program = f"{LINE}plt.savefig('own.svg')\nprint(open('own.svg').read())"
    own = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert "stroke-width: 9" in own.stdout  # so it is where Matplotlib looks
    other = Interpreter()
    assert run(other, LINE)["figures"] == figures
    other.close()
