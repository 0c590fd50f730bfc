"""Fresh interpreters in milliseconds: a server that has NumPy and Matplotlib loaded, and forks.

`Interpreter` talks to such a server through pipes, one job a line. It needs a
system that can fork.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from typing import Any

from press.run import ENVIRONMENT, report, sandbox

LIMIT = 30.0
LAB_LIMIT = 300.0
"""Seconds."""


class Interpreter:
    """Runs programs, each in an interpreter that has run nothing before."""

    def __init__(self, *, seed: int = 0) -> None:
        self._environment = os.environ | ENVIRONMENT | {"PYTHONHASHSEED": str(seed)}
        self._server: subprocess.Popen[str] | None = None

    def run(
        self, path: str, parts: list[sandbox.Part], *, limit: float = LIMIT
    ) -> list[dict[str, Any]]:
        """What each program of a chain prints, draws, or fails with."""
        if self._server is None:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "press.run.interpreter"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                env=self._environment,
            )
        told = ""
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps([path, parts, limit]), file=self._server.stdin, flush=True)
            assert self._server.stdout is not None  # noqa: S101  it is a pipe
            told = self._server.stdout.readline()
        if not told.endswith("\n"):
            server = self._server
            self.close()  # the next program gets another
            told = f"the server of interpreters ended, with exit code {server.returncode}"
            return _failure(parts, told)
        results: list[dict[str, Any]] = json.loads(told)
        return results

    def close(self) -> None:
        """Let the server go."""
        if self._server is not None:
            self._server.communicate()
            self._server = None


def _serve() -> None:
    """Answer jobs until the pipe is closed."""
    from litgrad import plots  # noqa: PLC0415  loaded once, and Matplotlib with it, for all children

    sys.modules["matplotlib"].rcdefaults()  # a matplotlibrc may lie in this folder
    plots.curves([0, 1]).set_title("$x$")  # so are the fonts and whatever else a first figure takes
    report.figures()
    sys.modules["matplotlib.pyplot"].close("all")
    for line in sys.stdin:
        path, parts, limit = json.loads(line)
        with tempfile.TemporaryDirectory(prefix="program-") as folder:
            print(json.dumps(_fork(path, parts, limit, folder)), flush=True)  # noqa: T201


def _fork(path: str, parts: list[sandbox.Part], limit: float, folder: str) -> list[dict[str, Any]]:
    """Run a chain in a child, and end the child whatever comes."""
    began = time.monotonic()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _answer(path, parts, folder, write)
    os.close(write)
    try:
        answer = _hear(read, began + limit)
    finally:
        os.close(read)
        _end(child)
    if answer.endswith(b"\n"):
        results: list[dict[str, Any]] = json.loads(answer)
        return results
    if time.monotonic() < began + limit:
        return _failure(parts, "the program ended its interpreter")
    return _failure(parts, f"the program did not end within {limit:g} s")


def _hear(pipe: int, deadline: float) -> bytes:
    """All that comes through a pipe until it is closed, or the time is up."""
    heard = b""
    while select.select([pipe], [], [], max(0, deadline - time.monotonic()))[0]:
        chunk = os.read(pipe, 1 << 20)
        if not chunk:
            break
        heard += chunk
    return heard


def _end(child: int) -> None:
    """End a child and what it has started."""
    for kill in os.killpg, os.kill:  # it has no group yet, or on macOS none any more
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _failure(parts: list[sandbox.Part], message: str) -> list[dict[str, Any]]:
    """The results of a chain of which nothing came back."""
    error = {"line": parts[-1][0], "kind": "TimeoutError", "message": message, "traceback": ""}
    return [{"output": "", "figures": [], "error": error} for _ in parts]


def _answer(path: str, parts: list[sandbox.Part], folder: str, write: int) -> None:
    """In the child: run, write the results to the pipe, and be gone."""
    try:
        os.setsid()
        os.chdir(folder)
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(0, 1)
        data = json.dumps(sandbox.run(path, parts)).encode() + b"\n"
        while data:
            data = data[os.write(write, data) :]
    finally:
        os._exit(0)


if __name__ == "__main__":
    _serve()
