"""Running one program the way a page promises: alone, quiet and harmless.

This is what a fresh interpreter does with a program: in an empty folder,
without network, with warnings as errors; what it prints and draws comes back.
"""

import io
import linecache
import os
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

MOST_OUTPUT = 1_000_000
REFUSED = {
    "socket": "uses the network",
    "subprocess.Popen": "starts another process",
    "os.system": "starts another process",
    "os.exec": "starts another process",
    "os.fork": "starts another process",
    "os.forkpty": "starts another process",
    "os.posix_spawn": "starts another process",
}
CHANGES = {
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
    "os.chown",
}


class Output(io.StringIO):
    """What a program prints, up to a limit."""

    def write(self, text: str) -> int:
        """Refuse what would be too much."""
        if self.tell() + len(text) > MOST_OUTPUT:
            raise RuntimeError(f"the program prints more than {MOST_OUTPUT:,} characters")
        return super().write(text)


def run(path: str, parts: list[tuple[int, str]]) -> dict[str, Any]:
    """Run a chain of programs, each at its line of a file; say what came of it."""
    source: list[str] = []
    for line, code in parts:
        source += [""] * (line - 1 - len(source)) + code.splitlines()
    linecache.cache[path] = (0, None, [f"{text}\n" for text in source], path)
    output = sys.stdout = Output()
    errors = sys.stderr = Output()
    sys.stdin = io.StringIO()
    warnings.resetwarnings()
    warnings.simplefilter("error")
    _guard(Path.cwd().resolve())
    namespace: dict[str, Any] = {"__name__": "__main__"}
    try:
        for line, code in parts:
            exec(compile("\n" * (line - 1) + code, path, "exec"), namespace)  # noqa: S102
        drawn = figures()
        if errors.getvalue():  # such as a file left open: it warns where nobody can catch it
            raise ResourceWarning(errors.getvalue().strip())  # noqa: TRY301
    except BaseException as error:  # noqa: BLE001  SystemExit and KeyboardInterrupt are faults too
        return {"output": output.getvalue(), "figures": [], "error": _explain(error, path, line)}
    return {"output": output.getvalue(), "figures": drawn, "error": None}


def _guard(folder: Path) -> None:
    """Refuse the network, other processes, and changes outside the folder."""

    def hook(event: str, args: tuple[Any, ...]) -> None:
        reason = REFUSED.get(event) or (event.startswith("socket.") and REFUSED["socket"])
        if reason:
            raise PermissionError(f"a program of the book never {reason} ({event})")
        writes = (
            event == "open"
            and isinstance(args[2], int)
            and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        )
        if (writes or event in CHANGES) and isinstance(args[0], str | bytes | os.PathLike):
            place = Path(os.fsdecode(args[0])).resolve()
            if folder not in place.parents and place != Path(os.devnull):
                raise PermissionError(f"a program writes in its own folder only, not to {place}")

    sys.addaudithook(hook)


def figures() -> list[dict[str, str]]:
    """The open figures as SVG, with their labels."""
    plt = sys.modules.get("matplotlib.pyplot")
    if plt is None:
        return []
    drawn = []
    settings = {"svg.fonttype": "none", "svg.hashsalt": "press"}
    for number in plt.get_fignums():
        figure = plt.figure(number)
        buffer = io.StringIO()
        with plt.rc_context(settings):
            figure.savefig(
                buffer,
                format="svg",
                transparent=True,
                metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
            )
        drawn.append({"svg": buffer.getvalue(), "label": figure.get_label()})
    return drawn


def _explain(error: BaseException, path: str, start: int) -> dict[str, Any]:
    """An exception as a reader sees it: without the frames of press."""
    if isinstance(error, SyntaxError) and error.filename == path:
        line = error.lineno or start
    else:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == path]
        line = (frames[-1].lineno if frames else None) or start
    report = traceback.TracebackException.from_exception(error)
    while report.stack and report.stack[0].filename != path:
        del report.stack[0]
    kind = type(error).__name__
    return {
        "line": line,
        "kind": kind,
        "message": f"{kind}: {error}".strip(": "),
        "traceback": "".join(report.format()),
    }
