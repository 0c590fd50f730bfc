"""Running one program the way a page promises: alone, quiet and harmless.

This is what a fresh interpreter does with a program: in an empty folder,
without network, with warnings as errors; what it prints and draws comes back.
"""

import io
import linecache
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

from press.run.guard import guard
from press.run.report import explain, figures

Part = tuple[int, str, bool]
"""The line where a program begins, its code, and whether its last figure is wanted as a picture."""
MOST_OUTPUT = 1_000_000


class Output(io.StringIO):
    """What a program prints, up to a limit."""

    def write(self, text: str) -> int:
        """Refuse what would be too much."""
        if self.tell() + len(text) > MOST_OUTPUT:
            raise RuntimeError(f"the program prints more than {MOST_OUTPUT:,} characters")
        return super().write(text)


def run(path: str, parts: list[Part]) -> list[dict[str, Any]]:
    """Run a chain of programs, each at its line of a file; say of each what came of it."""
    source: list[str] = []
    for line, code, _ in parts:
        source += [""] * (line - 1 - len(source)) + code.split("\n")
    linecache.cache[path] = (0, None, [f"{text}\n" for text in source], path)
    errors = sys.stderr = Output()
    sys.stdin = io.StringIO()
    warnings.resetwarnings()
    warnings.simplefilter("error")
    guard(Path.cwd().resolve())
    namespace: dict[str, Any] = {"__name__": "__main__"}
    results: list[dict[str, Any]] = []
    drawn = 0
    for line, code, picture in parts:
        output = sys.stdout = Output()
        frames: list[dict[str, Any]] = []
        error = None
        try:
            exec(compile("\n" * (line - 1) + code, path, "exec"), namespace)  # noqa: S102
            frames = figures(drawn, picture=picture)
            _check_end(errors.getvalue())
        except BaseException as wrong:  # noqa: BLE001  SystemExit and KeyboardInterrupt are faults too
            frames, error = [], {"line": line} | explain(wrong, [path])
        drawn += len(frames)
        results.append({"output": output.getvalue(), "figures": frames, "error": error})
        if error:  # and what would follow has not run
            missing = {"output": "", "figures": [], "error": error}
            return results + [missing] * (len(parts) - len(results))
    return results


def _check_end(errors: str) -> None:
    """Raise what a program leaves behind, and nobody would see."""
    if errors:  # such as a file left open: it warns where nobody can catch it
        raise ResourceWarning(errors.strip())
    threads = [t for t in threading.enumerate() if t is not threading.main_thread()]
    if not all(thread.daemon for thread in threads):
        raise RuntimeError("the program leaves a thread running: a copy of it would not end")
