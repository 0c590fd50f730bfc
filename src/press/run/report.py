"""What a program leaves behind, as a page can show it: its figures, or its error."""

import base64
import io
import sys
import traceback
from typing import Any

MOST = 10_000
"""Characters of an error."""
MOST_DRAWN = 4_000_000
"""Bytes of a program's figures: seven times the largest of the book, and a second in a browser."""
PIXELS = 90
"""Of an inch of a picture."""
SVG = {"metadata": dict.fromkeys(("Date", "Creator", "Format", "Type"))}
"""No date and no name: the same figure is the same bytes."""


class Sheet(io.BytesIO):
    """What all figures of a program are drawn on, up to a limit."""

    def write(self, data: Any) -> int:
        """Refuse what would be too much."""
        if self.tell() + len(data) > MOST_DRAWN:
            raise RuntimeError(
                f"the program draws more than {MOST_DRAWN / 1e6:g} MB: draw fewer points or "
                "figures, or say rasterized=True where many points are drawn"
            )
        return super().write(data)


def figures(drawn: int = 0, *, picture: bool = False) -> list[dict[str, str]]:
    """The open figures but the first few, as SVG with their labels; the last as a PNG, too."""
    plt = sys.modules.get("matplotlib.pyplot")
    if plt is None:
        return []
    new = [plt.figure(number) for number in plt.get_fignums()[drawn:]]
    sheet = Sheet()
    found = [{"svg": _drawn(one, sheet, "svg").decode(), "label": one.get_label()} for one in new]
    if picture and found:
        found[-1]["png"] = base64.b64encode(_drawn(new[-1], io.BytesIO(), "png")).decode()
    return found


def _drawn(figure: Any, sheet: io.BytesIO, form: str) -> bytes:
    """The bytes of a figure that is drawn at the end of a sheet."""
    begin = sheet.tell()
    options = SVG if form == "svg" else {"dpi": PIXELS}
    with sys.modules["matplotlib"].rc_context({"svg.fonttype": "none", "svg.hashsalt": "press"}):
        figure.savefig(sheet, format=form, transparent=True, **options)
    sheet.seek(begin)
    return sheet.read()


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
        "message": _short(str(report)),
        "traceback": _short("".join(report.format())),
    }


def _short(text: str) -> str:
    """A text with its middle left out, if it is too long to be read."""
    if len(text) <= MOST:
        return text
    half = MOST // 2
    return f"{text[:half]}\n… {len(text) - 2 * half:,} characters …\n{text[-half:]}"
