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
import re
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
OURS = {"litgrad", "matplotlib", "numpy"}
THERE = "is NumPy, Matplotlib, litgrad, and nearly all of Python's standard library"


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


class Lab(contextlib.ExitStack):
    """The cells that have run, and the folder, namespace and settings that they have left."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[list[str]] = []

    def leave(self) -> None:
        """Undo it all."""
        self.cells = []
        self.close()


_lab = Lab()


def run(job: str, send: Callable[[str], None], begin: Callable[[int, int], None]) -> str:
    """Run a chain of programs, [name, code] each; say in JSON what it drew, or what went wrong.

    Of the cells of a lab, only what the last one prints and draws counts. Those before it that
    have run as they are now do not run again.
    """
    asked = json.loads(job)
    parts: list[list[str]] = asked["parts"]
    stream = Stream(send)
    answer: dict[str, Any] = {"figure": "", "error": None, "whole": False}
    if not (asked["cells"] and parts[: len(_lab.cells)] == _lab.cells != parts) and _lab.cells:
        _lab.leave()
        clean()

    def begun(number: int) -> None:
        if asked["cells"]:
            stream.is_quiet = number < len(parts)
            begin(number, len(parts))
            _close_figures()

    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        try:
            if not _lab.cells:
                _lab.enter_context(_alone())
            answer |= {"first": len(_lab.cells) + 1, "last": len(parts)} if asked["cells"] else {}
            frames = _execute(parts, begun)
            answer["whole"] = True  # and not ended before its end
            if frames:
                from press.draw import panels  # noqa: PLC0415  it needs Matplotlib

                answer["figure"] = panels.figure(frames, asked["name"], asked["alt"])
        except SystemExit as end:
            stream.write(f"{end.code}\n" if isinstance(end.code, str) else "")
        except BaseException as error:  # noqa: BLE001  whatever it is, the reader should see it
            names = [name for name, _ in parts]
            told = report.explain(error, names)
            told["help"] = advice(error, told["message"])
            answer["error"] = told | {"part": names.index(told["file"]) if "file" in told else None}
        stream.flush()
        if asked["cells"] and answer["whole"]:
            _lab.cells = parts
        else:
            _lab.leave()
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
    if _lab.cells:
        return
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


def advice(error: BaseException, what: str) -> str:
    """A sentence that helps where a program asks for what is not here."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, FileNotFoundError):
        return "A program begins in an empty folder: there are no files but those that it writes."
    if isinstance(error, EOFError):
        return "Nobody can be asked here: write the value into the program, as in x = 3."
    if isinstance(error, ModuleNotFoundError) and error.name:
        name = error.name.partition(".")[0]
        return f"There is no {error.name} here. There {THERE}." * (name not in OURS)
    if kinds & {"URLError", "gaierror", "ConnectionError"} or re.search(
        "NetworkError:|TLS not", what
    ):
        return f"Programs do not reach the network here. There {THERE}."
    if "start new thread" in what or "processes" in what:
        return f"A program runs alone here, without threads and processes. There {THERE}."
    return ""


def _execute(parts: list[list[str]], begun: Callable[[int], None]) -> list[dict[str, Any]]:
    """The figures of the last part, once those have run that have not run yet."""
    namespace = vars(sys.modules["__main__"])
    before = 0
    for name, code in parts:
        linecache.cache[name] = len(code), None, code.splitlines(keepends=True), name
    codes = [compile(code, name, "exec", dont_inherit=True) for name, code in parts]
    for number in range(len(_lab.cells), len(parts)):
        begun(number + 1)
        pyplot = sys.modules.get("matplotlib.pyplot")
        before = len(pyplot.get_fignums()) if pyplot else 0
        exec(codes[number], namespace)  # noqa: S102
    return report.figures(before)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """A folder, a namespace and settings that no other program has seen."""
    before = Path.cwd()
    with (
        tempfile.TemporaryDirectory() as folder,
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
            os.chdir(before)
            _forget()


def _close_figures() -> None:
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def _forget() -> None:
    """Undo what a program may have set for all who come after it."""
    linecache.clearcache()
    for name in [name for name in sys.modules if name.partition(".")[0] == "litgrad"]:
        del sys.modules[name]
    _close_figures()
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].rcdefaults()
    for name in "random", "numpy.random":
        if name in sys.modules:
            sys.modules[name].seed()
