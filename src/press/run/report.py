"""What a program leaves behind, as a page can show it: its figures, or its error."""

import base64
import io
import operator
import sys
import traceback
from collections.abc import Iterator
from itertools import pairwise
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


def figures(drawn: int = 0, *, picture: bool = False) -> list[dict[str, Any]]:
    """The open figures but the first few, as SVG with their labels; the last as a PNG, too.

    A figure is one SVG for each column of its axes: where a page has no room for them side by
    side, they stand one below the other.
    """
    plt = sys.modules.get("matplotlib.pyplot")
    if plt is None:
        return []
    new = [plt.figure(number) for number in plt.get_fignums()[drawn:]]
    sheet, found = Sheet(), []
    look = {"format": "svg", "transparent": True, "metadata": NAMELESS}
    for one in new:
        panels = []
        for box in _columns(one):
            begin = sheet.tell()
            with plt.rc_context({"svg.fonttype": "none", "svg.hashsalt": "press"}):
                one.savefig(sheet, bbox_inches=box, **look)
            sheet.seek(begin)
            panels.append(sheet.read().decode())
        found.append({"panels": panels, "label": one.get_label()})
    if picture and found:
        found[-1]["png"] = base64.b64encode(_picture(new[-1])).decode()
    return found


def _columns(figure: Any) -> Iterator[Any]:
    """Where each column of axes stands, in inches; meanwhile the others are left out.

    What belongs to the whole figure, such as a title of its own, keeps it whole.
    """
    shown = [ax for ax in figure.axes if ax.get_visible()]
    columns: dict[int, list[Any]] = {}
    for ax in sorted(shown, key=lambda ax: ax.get_position().x0):
        grid = ax.get_subplotspec()  # a color bar has none, and stays with what is left of it
        columns.setdefault(grid.colspan.start if grid else max(columns, default=0), []).append(ax)
    if len(columns) < 2 or len(figure.get_children()) > 1 + len(figure.axes):
        yield None
        return
    figure.draw_without_rendering()  # only then does it know where its axes are
    boxes = [[ax.get_tightbbox() for ax in column] for column in columns.values()]
    starts = [min(box.x0 for box in column) / figure.dpi for column in boxes][1:]
    ends = [max(box.x1 for box in column) / figure.dpi for column in boxes]
    if any(map(operator.gt, ends, starts)):
        yield None
        return
    layout, (width, height) = figure.get_layout_engine(), figure.get_size_inches()
    figure.set_layout_engine("none")  # or it would move what is left
    parts = [width * i / len(columns) for i in range(1, len(columns))]  # even, if it can be
    edges = [0, *map(min, map(max, parts, ends), starts), width]
    for column, (left, right) in zip(columns.values(), pairwise(edges), strict=True):
        for ax in shown:
            ax.set_visible(ax in column)
        yield figure.bbox_inches.from_extents(left, 0, right, height)
    for ax in shown:
        ax.set_visible(True)
    figure.set_layout_engine(layout)


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
