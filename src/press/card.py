"""The picture of a page where somebody links to it: its title, its description, its first figure.

Matplotlib reads no SVG, so the shapes of the figure are drawn anew, larger and without letters.
"""

import base64
import hashlib
import os
import re
import textwrap
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Line
from matplotlib.transforms import Affine2D
from PIL import Image

from litgrad import descent, plots
from press.figure import SVG, XLINK

PAPER, INK, GRAY = "#fbfaf8", plots.INK, "#4a4a4a"
WIDER = 1.5
LETTERS = re.compile("text|legend|matplotlib.axis")
CODES = {
    "M": Line.MOVETO,
    "L": Line.LINETO,
    "Q": Line.CURVE3,
    "C": Line.CURVE4,
    "z": Line.CLOSEPOLY,
}


def make(root: Path, *words: str) -> bytes:
    """A card as `draw` draws it, kept below the root of the book."""
    key = hashlib.sha256(repr((words, Path(__file__).read_bytes())).encode()).hexdigest()
    file = root / ".cache" / "cards" / f"{key}.png"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        written = file.with_suffix(f".{os.getpid()}")  # whole at once: others may be reading
        written.write_bytes(draw(*words))
        written.replace(file)
    return file.read_bytes()


def draw(site: str, title: str, description: str, svg: str = "") -> bytes:
    """A PNG of 1200 by 630 pixels; a page without a figure shows a descent."""
    card = Figure(figsize=(12, 6.3), dpi=100, facecolor=PAPER)
    ax = card.add_axes((0.48, 0.08, 0.48, 0.84) if svg else (0.5, 0, 0.5, 1))
    if svg:
        _redraw(svg, ax)
    else:
        _descend(ax)
    ax.axis("off")
    card.add_artist(Rectangle((0, 0), 0.012, 1, color=plots.SERIES[0]))
    top = 0.82
    for words, most, size, weight, color in (
        (site if site != title else "", 40, 19, "normal", plots.SERIES[0]),
        (title, 15, 42, "bold", INK),
        (description, 34, 22, "normal", GRAY),
    ):
        font = FontProperties(family="STIXGeneral", weight=weight, size=size)
        lines = textwrap.fill(words, most)
        text = card.text(0.06, top, lines, font=font, color=color, va="top", parse_math=False)
        top = text.get_window_extent().y0 / 630 - 0.06
    file, small = BytesIO(), BytesIO()
    card.savefig(file, format="png")
    Image.open(file).convert("RGB").quantize(64).save(small, format="png", optimize=True)
    return small.getvalue()


def _descend(ax: Axes) -> None:
    """The book in one picture: a walk down a valley."""
    slope = np.array([0.6, 2.0])
    path = descent.descend(lambda x: slope * x, [-4.8, 4.4], 0.25, momentum=0.75, steps=40)
    plots.contour(lambda x: x @ (slope * x), path, frame=(-6, 6, -6.3, 6.3), ax=ax)
    for area in ax.collections:
        area.set_antialiased(True)  # filled ones are not by themselves


def _redraw(svg: str, ax: Axes) -> None:
    """What a figure's SVG draws, without its letters."""
    root = ET.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", svg))  # noqa: S314  it is our own
    named = {element.get("id"): element for element in root.iter()}
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    ax.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
    for shape, cut in _shapes(root):
        link = shape.get(f"{{{XLINK}}}href", "")
        if link.startswith("data:"):
            _image(shape, link, ax)
            continue
        path = _line(named[link[1:]] if link else shape)
        style = dict(re.findall(r"([\w-]+): ([^;]+)", shape.get("style", "")))
        patch = PathPatch(
            path.transformed(Affine2D().translate(*_numbers(shape, "x", "y"))),
            facecolor=to_rgba(style.get("fill", INK), float(style.get("fill-opacity", 1))),
            edgecolor=style.get("stroke", "none"),
            linewidth=WIDER * float(style.get("stroke-width", 1)),
            linestyle=_dashes(style),
        )
        ax.add_patch(patch)
        if cut:
            box = named[cut[5:-1]][0]
            left, top, wide, high = _numbers(box, "x", "y", "width", "height")
            patch.set_clip_path(Rectangle((left, top), wide, high, transform=ax.transData))


def _shapes(element: ET.Element, cut: str = "") -> Iterator[tuple[ET.Element, str]]:
    """Paths, their copies and images, each with the name of what cuts it."""
    for child in element:
        within = child.get("clip-path", cut)
        if child.tag == f"{{{SVG}}}g" and not LETTERS.match(child.get("id", "")):
            yield from _shapes(child, within)
        elif child.tag in {f"{{{SVG}}}{name}" for name in ("path", "use", "image")}:
            yield child, within


def _numbers(element: ET.Element, *names: str) -> list[float]:
    return [float(element.get(name, 0)) for name in names]


def _line(element: ET.Element) -> Line:
    """The path of an SVG, in the commands that Matplotlib writes."""
    points, codes = [(0.0, 0.0)], [Line.MOVETO]
    for command, numbers in re.findall("([MLQCz])([^MLQCz]*)", element.get("d", "")):
        pairs = [(float(x), float(y)) for x, y in re.findall(r"(\S+) (\S+)", numbers)] or points[:1]
        points += pairs
        codes += [CODES[command]] * len(pairs)
    return Line(points, codes)


def _dashes(style: dict[str, str]) -> Any:
    """A line style, its dashes measured in the width of the line as Matplotlib wants them."""
    dashes = [float(length) for length in style.get("stroke-dasharray", "").split(",") if length]
    width = float(style.get("stroke-width", 1))
    return (0, [length / width for length in dashes]) if dashes else "-"


def _image(image: ET.Element, data: str, ax: Axes) -> None:
    """A picture of squares; the smooth ones are the scales of color."""
    match = re.match(r"matrix\((.*)\)", image.get("transform", ""))
    if match:
        scale, _, _, _, left, top = map(float, match[1].split())
        wide, high = (scale * size for size in _numbers(image, "width", "height"))
        pixels = plt.imread(BytesIO(base64.b64decode(data.partition(",")[2])))
        ax.imshow(pixels, extent=(left, left + wide, top + high, top), interpolation="none")
