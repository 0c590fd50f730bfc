"""Programs are run harmlessly: what the guard refuses, and that nothing outlives a run."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from bindery import labs
from press.run import ENVIRONMENT, interpreter
from press.run.interpreter import Interpreter

LOOP = "while True:\n    pass\n"
MINE = "import os, shutil, sqlite3\nopen('mine', 'w').close()\n"
REFUSED = {
    "import socket\nsocket.socket()": "never uses the network",
    "import subprocess\nsubprocess.run(['ls'])": "never reaches other processes",
    "os.kill(os.getppid(), 0)": "never reaches other processes",
    "os.fork()": "never reaches other processes",
    "open('../x', 'w')": "in its own folder only",
    "os.remove('/x')": "in its own folder only, not to /x",
    "os.rename('mine', '../x')": "in its own folder only",
    "os.link('mine', '../x')": "in its own folder only",
    "os.symlink('mine', '../x')": "in its own folder only",
    "os.symlink('/', 'root')": "in its own folder only, not to /",
    "os.utime('..')": "in its own folder only",
    "os.truncate('/x', 0)": "in its own folder only",
    "shutil.move('mine', '../x')": "in its own folder only",
    "sqlite3.connect('../x')": "in its own folder only",
    "os.mkfifo('pipe')": "never makes pipes or devices",
    "os.mknod('node')": "never makes pipes or devices",
    "import numpy\nnumpy.empty(2**32)": "MemoryError",
}
ALLOWED = """\
os.mkdir("deep")
os.rename("mine", "deep/mine")
os.link("deep/mine", "mine")
os.symlink("mine", "link")
os.utime("mine")
shutil.move("mine", "deep/other")
for place in ":memory:", "own.db":
    sqlite3.connect(place).close()
os.remove("link")
shutil.rmtree("deep")
open(os.devnull, "w").close()
print(sorted(os.listdir()))
"""


@pytest.fixture(scope="module")
def alone() -> Iterator[Interpreter]:
    interpreter = Interpreter()
    yield interpreter
    interpreter.close()


def run(alone: Interpreter, code: str, *, limit: float = 20.0) -> dict[str, Any]:
    (result,) = alone.run("page.md", [(1, code, False)], limit=limit)
    return result


def until(promise: Callable[[], Any]) -> Any:
    """What a promise returns, once it is true."""
    began = time.monotonic()
    while not (found := promise()):
        assert time.monotonic() - began < 60, promise
    return found


@pytest.mark.parametrize("code", REFUSED)
def test_what_reaches_out_is_refused_where_it_is_tried(alone: Interpreter, code: str) -> None:
    error = run(alone, MINE + code)["error"]
    assert REFUSED[code] in f"{error['kind']}: {error['message']}"
    assert error["line"] == (MINE + code).count("\n") + 1


def test_in_its_own_folder_a_program_is_free(alone: Interpreter) -> None:
    result = run(alone, MINE + ALLOWED)
    assert result["error"] is None
    assert result["output"] == "['own.db']\n"


@pytest.fixture
def kernels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Notebooks are run as those of a site are."""
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_PATH", *ENVIRONMENT):
        monkeypatch.setenv(name, "")  # what settle sets is undone after the test
    labs.settle({}, tmp_path / "cache", "state")
    return tmp_path


def execute(folder: Path, *cells: str) -> list[Any]:
    """Run cells in a kernel that begins in a folder; their outputs."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(book, resources={"metadata": {"path": str(folder)}}).execute()
    return [output["text"] for cell in book["cells"] for output in cell["outputs"]]


def test_a_lab_is_under_the_same_guard(kernels: Path) -> None:
    cells = "import os\nopen('mine', 'w').close()", "print(os.listdir())"
    assert execute(kernels, *cells) == ["['mine']\n"]
    assert not (kernels / "mine").exists()
    for code in ("open('/x', 'w')", "import socket\nsocket.socket()", "os.mkfifo('pipe')"):
        with pytest.raises(CellExecutionError, match=r"PermissionError.*: a program"):
            execute(kernels, "import os", code)
    with pytest.raises(CellExecutionError, match="MemoryError"):
        execute(kernels, "import numpy\nnumpy.empty(2**32)")


def test_a_server_that_died_is_said_and_the_next_program_runs(alone: Interpreter) -> None:
    run(alone, "1")
    server = alone._server  # noqa: SLF001
    assert server is not None
    server.kill()
    server.wait()
    error = run(alone, "print(1)")["error"]
    assert error["message"] == "the server of interpreters ended, with exit code -9"
    assert run(alone, "print(1)")["output"] == "1\n"


def test_an_ended_group_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS, killpg on a group whose processes have all ended raises EPERM."""

    def killpg(*_: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "killpg", killpg)
    child = os.fork()
    if child == 0:
        signal.pause()
    interpreter._end(child)  # noqa: SLF001
    assert not psutil.pid_exists(child)


def test_ctrl_c_leaves_nothing_running(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(f"# A page\n\n```python\n{LOOP}```\n", encoding="utf-8")
    command = [sys.executable, "-m", "press", "check", "page.md"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
        preexec_fn=hear_ctrl_c,  # noqa: PLW1509  no thread runs here
    ) as check:
        main = psutil.Process(check.pid)
        # Two servers, each with a child that runs the loop.
        family = until(lambda: len(all_ := main.children(recursive=True)) == 4 and all_)
        os.killpg(check.pid, signal.SIGINT)
        _, told = check.communicate(timeout=60)
    assert until(lambda: not any(map(is_running, family)))
    assert "KeyboardInterrupt" in told
    assert "JSONDecodeError" not in told


def hear_ctrl_c() -> None:
    """Do what Python does at a terminal, even if the tests run in the background and are deaf."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def is_running(process: psutil.Process) -> bool:
    return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
