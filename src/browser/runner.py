"""In the browser: programs run one after another in one interpreter, each as if it were alone.

The page's worker loads this with Pyodide. A chain of programs comes in, what it prints goes out
as it is printed, and in the end its figures as markup, or its error as a reader should see it.
"""

import contextlib
import ctypes
import gc
import io
import json
import linecache
import os
import sys
import tempfile
import types
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from press.run import report

MOST = 100_000
"""As many characters are sent, and of what comes after them only the count."""
STACK = 128 * 1024
"""Bytes of stack that Python may use."""


class Stream(io.TextIOBase):
    """What a program prints, sent line by line, up to a limit that all streams share."""

    def __init__(self, send: Callable[[str], None]) -> None:
        self._send, self._waiting = send, ""
        self.count = 0
        self.is_quiet = False

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, text: str) -> int:
        """Send the lines that are whole."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self.is_quiet:
            return len(text)
        self._waiting += text[: max(0, MOST - self.count)]
        self.count += len(text)
        if "\n" in text:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send all that was printed so far."""
        if self._waiting:
            self._send(self._waiting)
            self._waiting = ""


def run(job: str, send: Callable[[str], None]) -> str:
    """Run a chain of programs, [name, code] each; say in JSON what it drew, or what went wrong.

    Of the cells of a lab, only what the last one prints and draws counts.
    """
    asked = json.loads(job)
    parts: list[tuple[str, str]] = asked["parts"]
    stream = Stream(send)
    answer: dict[str, Any] = {"figure": "", "error": None, "whole": False}
    with _alone(stream, parts):
        try:
            frames = _execute(parts, stream if asked["cells"] else None)
            answer["whole"] = True  # and not ended before its end
            if frames:
                from press.draw import panels  # noqa: PLC0415  it needs Matplotlib

                answer["figure"] = panels.figure(frames, asked["name"], asked["alt"])
        except SystemExit as end:
            stream.write(f"{end.code}\n" if isinstance(end.code, str) else "")
        except BaseException as error:  # noqa: BLE001  whatever it is, the reader should see it
            names = [name for name, _ in parts]
            told = report.explain(error, names)
            answer["error"] = told | {"part": names.index(told["file"]) if "file" in told else None}
    answer["cut"] = max(0, stream.count - MOST)
    return json.dumps(answer)


def prepare() -> None:
    """Make ready for programs: what is loaded by now stays.

    Endless recursion must end in an error. What ends first is the stack of the browser's worker,
    of which Python knows nothing: so it is shown less of WebAssembly's.
    """
    api = ctypes.pythonapi
    api.emscripten_stack_get_base.restype = ctypes.c_size_t
    api.PyThreadState_Get.restype = ctypes.c_void_p
    limit = api.PyUnstable_ThreadState_SetStackProtection
    limit.argtypes = ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t
    limit(api.PyThreadState_Get(), api.emscripten_stack_get_base() - STACK, STACK)
    gc.freeze()


def clean() -> None:
    """Let go of all that a program has made, the outer things before the inner ones.

    Python would take a long chain apart by recursion, and the worker's stack is short.
    """
    namespace = vars(sys.modules["__main__"])
    made = set(map(id, gc.get_objects()))  # since the last freeze
    things: list[Any] = [namespace]
    for thing in things:  # it grows meanwhile
        for inner in gc.get_referents(thing):
            if id(inner) in made:
                made.remove(id(inner))
                things.append(inner)
    sys.modules["__main__"] = types.ModuleType("__main__")
    namespace.clear()
    things.reverse()
    while things:
        things.pop()
    gc.collect()
    gc.freeze()


def _execute(parts: list[tuple[str, str]], quiet: Stream | None) -> list[dict[str, Any]]:
    """The figures of the last part; with a stream to keep quiet, it is quiet until then."""
    namespace = vars(sys.modules["__main__"])
    before = 0
    codes = [compile(code, name, "exec", dont_inherit=True) for name, code in parts]
    for code in codes:
        pyplot = sys.modules.get("matplotlib.pyplot")
        if quiet:
            quiet.is_quiet = code is not codes[-1]
            if pyplot:
                pyplot.close("all")
        before = len(pyplot.get_fignums()) if pyplot else 0
        exec(code, namespace)  # noqa: S102
    return report.figures(before)


@contextlib.contextmanager
def _alone(stream: Stream, parts: list[tuple[str, str]]) -> Iterator[None]:
    """A folder, a namespace and settings that no other program has seen."""
    before = Path.cwd()
    for name, code in parts:
        linecache.cache[name] = len(code), None, code.splitlines(keepends=True), name
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stdout(stream),
        contextlib.redirect_stderr(stream),
        warnings.catch_warnings(),
        np.printoptions(),
        np.errstate(),
    ):
        os.chdir(folder)
        sys.stdin = io.StringIO()
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            yield
        finally:
            stream.flush()
            os.chdir(before)
            _forget()


def _forget() -> None:
    """Undo what a program may have set for all who come after it."""
    linecache.clearcache()
    for name in [name for name in sys.modules if name.partition(".")[0] == "litgrad"]:
        del sys.modules[name]
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
        sys.modules["matplotlib"].rcdefaults()
    for name in "random", "numpy.random":
        if name in sys.modules:
            sys.modules[name].seed()
