"""Fresh interpreters in milliseconds: a server that has NumPy loaded, and forks.

`Interpreter` talks to such a server through pipes, one job a line. It needs a
system that can fork.
"""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from typing import Any

from press import sandbox

LIMIT = 30.0
ENVIRONMENT = {
    "MPLBACKEND": "module://press.backend",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


class Interpreter:
    """Runs programs, each in an interpreter that has run nothing before."""

    def __init__(self, *, seed: int = 0) -> None:
        self._environment = os.environ | ENVIRONMENT | {"PYTHONHASHSEED": str(seed)}
        self._server: subprocess.Popen[str] | None = None

    def run(
        self, path: str, parts: list[tuple[int, str]], *, limit: float = LIMIT
    ) -> dict[str, Any]:
        """What a chain of programs prints, draws, or fails with."""
        if self._server is None or self._server.poll() is not None:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "press.interpreter"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                env=self._environment,
            )
        assert self._server.stdin is not None  # noqa: S101  it is a pipe
        assert self._server.stdout is not None  # noqa: S101
        job = json.dumps({"path": path, "parts": parts, "limit": limit})
        self._server.stdin.write(job + "\n")
        self._server.stdin.flush()
        result: dict[str, Any] = json.loads(self._server.stdout.readline())
        return result

    def close(self) -> None:
        """Let the server go."""
        if self._server is not None:
            self._server.communicate()
            self._server = None


def _serve() -> None:
    """Answer jobs until the pipe is closed."""
    import litgrad.plots  # noqa: F401, PLC0415  loaded once, and Matplotlib with it, for all children

    for line in sys.stdin:
        job = json.loads(line)
        with tempfile.TemporaryDirectory(prefix="program-") as folder:
            began = time.perf_counter()
            result = _fork(job, folder)
            result["seconds"] = time.perf_counter() - began
        sys.stdout.write(json.dumps(result) + "\n")
        sys.stdout.flush()


def _fork(job: dict[str, Any], folder: str) -> dict[str, Any]:
    """Run a job in a child, and end the child when its time is up."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        os.setsid()
        _answer(job, folder, write)
    os.close(write)
    answer, deadline = b"", time.monotonic() + job["limit"]
    with os.fdopen(read, "rb", buffering=0) as pipe:
        while select.select([pipe], [], [], max(0, deadline - time.monotonic()))[0]:
            chunk = pipe.read(1 << 20)
            if not chunk:
                break
            answer += chunk
        else:
            answer = b""
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    if answer:
        result: dict[str, Any] = json.loads(answer)
        return result
    line = job["parts"][-1][0]
    message = f"the program did not end within {job['limit']:g} s"
    if time.monotonic() < deadline:
        message = "the program ended its interpreter"
    error = {"line": line, "kind": "TimeoutError", "message": message, "traceback": message + "\n"}
    return {"output": "", "figures": [], "error": error}


def _answer(job: dict[str, Any], folder: str, write: int) -> None:
    """In the child: run, write the result to the pipe, and be gone."""
    try:
        os.chdir(folder)
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(0, 1)
        result = sandbox.run(job["path"], [(line, code) for line, code in job["parts"]])
        data = json.dumps(result).encode()
        while data:
            data = data[os.write(write, data) :]
    finally:
        os._exit(0)


if __name__ == "__main__":
    _serve()
