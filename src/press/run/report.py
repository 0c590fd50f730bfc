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
FEWER = "draw fewer points or figures, or say rasterized=True where many points are drawn"
PICTURE = 600, 470
"""Pixels: as wide as the one or as high as the other is a picture."""
LARGER = 1.15
"""Than on the page are its letters, beside all else."""
NAMELESS = dict.fromkeys(("Date", "Creator", "Format", "Type"))
"""No date and no name: the same figure is the same bytes."""


class Sheet(io.BytesIO):
    """What all figures of a program are drawn on, up to a limit."""

    def write(self, data: Any) -> int:
        """Refuse what would be too much."""
        if self.tell() + len(data) > MOST_DRAWN:
            raise RuntimeError(f"the program draws more than {MOST_DRAWN / 1e6:g} MB: {FEWER}")
        return super().write(data)


def figures(drawn: int = 0, *, picture: bool = False) -> list[dict[str, str]]:
    """The open figures but the first few, as SVG with their labels; the last as a PNG, too."""
    plt = sys.modules.get("matplotlib.pyplot")
    if plt is None:
        return []
    new = [plt.figure(number) for number in plt.get_fignums()[drawn:]]
    sheet, found = Sheet(), []
    for one in new:
        begin = sheet.tell()
        with plt.rc_context({"svg.fonttype": "none", "svg.hashsalt": "press"}):
            one.savefig(sheet, format="svg", transparent=True, metadata=NAMELESS)
        sheet.seek(begin)
        found.append({"svg": sheet.read().decode(), "label": one.get_label()})
    if picture and found:
        found[-1]["png"] = base64.b64encode(_picture(new[-1])).decode()
    return found


def _picture(figure: Any) -> bytes:
    """A figure as a PNG without its margins."""
    file, size = io.BytesIO(), figure.get_size_inches()
    figure.set_size_inches(size / LARGER)
    figure.draw_without_rendering()  # only then does it know what it needs
    box = figure.get_tightbbox()
    dots = min(PICTURE[0] / box.width, PICTURE[1] / box.height)
    look = {"transparent": True, "bbox_inches": "tight", "pad_inches": 0}
    figure.savefig(file, format="png", dpi=dots, **look)
    figure.set_size_inches(size)
    return file.getvalue()


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
        "kind": _short(type(error).__name__),
        "message": _short(str(report)),
        "traceback": _short("".join(report.format())),
    }


def _short(text: str) -> str:
    """A text with its middle left out, if it is too long to be read."""
    if len(text) <= MOST:
        return text
    half = MOST // 2
    return f"{text[:half]}\n… {len(text) - 2 * half:,} characters …\n{text[-half:]}"
