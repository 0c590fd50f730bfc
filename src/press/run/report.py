"""What a program leaves behind, as a page can show it: its figures, or its error."""

import base64
import io
import sys
import traceback
from typing import Any

MOST = 10_000
"""Characters of an error."""
PIXELS = 90
"""Of an inch of a picture."""
SVG = {"metadata": dict.fromkeys(("Date", "Creator", "Format", "Type"))}
"""No date and no name: the same figure is the same bytes."""


def figures(drawn: int = 0, *, picture: bool = False) -> list[dict[str, str]]:
    """The open figures but the first few, as SVG with their labels; the last as a PNG, too."""
    plt = sys.modules.get("matplotlib.pyplot")
    if plt is None:
        return []
    new = [plt.figure(number) for number in plt.get_fignums()[drawn:]]
    found = [{"svg": _saved(one, "svg").decode(), "label": one.get_label()} for one in new]
    if picture and found:
        found[-1]["png"] = base64.b64encode(_saved(new[-1], "png")).decode()
    return found


def _saved(figure: Any, form: str) -> bytes:
    buffer = io.BytesIO()
    options = SVG if form == "svg" else {"dpi": PIXELS}
    with sys.modules["matplotlib"].rc_context({"svg.fonttype": "none", "svg.hashsalt": "press"}):
        figure.savefig(buffer, format=form, transparent=True, **options)
    return buffer.getvalue()


def explain(error: BaseException, names: list[str]) -> dict[str, Any]:
    """An error as a reader sees it: from the first frame of a program; its line, if it has one."""
    report = traceback.TracebackException.from_exception(error)
    frames = [frame for frame in report.stack if frame.filename in names]
    place: dict[str, Any] = {}
    if isinstance(error, SyntaxError) and error.filename in names:
        place = {"file": error.filename, "line": error.lineno}
    elif frames:
        place = {"file": frames[-1].filename, "line": frames[-1].lineno}
    while report.stack and report.stack[0].filename not in names:
        del report.stack[0]
    return place | {
        "kind": type(error).__name__,
        "message": _short(str(error)),
        "traceback": _short("".join(report.format())),
    }


def _short(text: str) -> str:
    """A text with its middle left out, if it is too long to be read."""
    if len(text) <= MOST:
        return text
    half = MOST // 2
    return f"{text[:half]}\n… {len(text) - 2 * half:,} characters …\n{text[-half:]}"
