"""The picture of a page where somebody links to it: its title, its description, its figure."""

import textwrap
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from PIL import Image

from litgrad import descent, plots
from press import files

PAPER, INK, GRAY = "#fbfaf8", plots.INK, "#4a4a4a"


def make(root: Path, site: str, title: str, description: str, cover: bytes) -> bytes:
    """A card as `draw` draws it, kept below the root of the book."""
    words = site, title, description
    own = Path(__file__).read_bytes()
    file = root / ".cache/cards" / f"{files.digest(repr((words, cover, own)).encode())}.png"
    if not file.exists():
        files.write(file, draw(*words, cover))
    return file.read_bytes()


@plt.style.context("default", after_reset=True)  # whatever somebody likes at home
def draw(site: str, title: str, description: str, cover: bytes = b"") -> bytes:
    """A PNG of 1200 by 630 pixels; a page without a figure shows a descent."""
    card = Figure(figsize=(12, 6.3), dpi=100, facecolor=PAPER)
    if cover:  # pixel by pixel, so that letters stay sharp
        picture = plt.imread(BytesIO(cover))
        card.figimage(picture, 1160 - picture.shape[1], (630 - picture.shape[0]) // 2)
    else:
        _descend(card.add_axes((0.5, 0, 0.5, 1)))
    card.add_artist(Rectangle((0, 0), 0.012, 1, color=plots.SERIES[0]))
    top = 1.0
    for words, most, size, weight, color in (
        (site if site != title else "", 40, 19, "normal", plots.SERIES[0]),
        (title, 15, 42, "bold", INK),
        (description, 34, 21, "normal", GRAY),
    ):
        font = FontProperties(family="STIXGeneral", weight=weight, size=size)
        lines = _wrap(words, most)
        text = card.text(0.06, top, lines, font=font, color=color, va="top", parse_math=False)
        top = text.get_window_extent().y0 / 630 - 0.06 * bool(words)
    for text in card.texts:
        text.set_y(text.get_position()[1] - (top + 0.06) / 2)  # as much above as below
    file, small = BytesIO(), BytesIO()
    card.savefig(file, format="png")
    few = Image.open(file).convert("RGB").quantize(128, Image.Quantize.MAXCOVERAGE, kmeans=3)
    few.save(small, format="png", optimize=True)
    return small.getvalue()


def _wrap(words: str, most: int) -> str:
    """Words in as few lines as they need, and these as short as they can be."""
    fill = partial(textwrap.fill, words, break_long_words=False, break_on_hyphens=False)
    return min(map(fill, range(most // 2, most + 1)), key=lambda lines: lines.count("\n"))


def _descend(ax: Axes) -> None:
    """The book in one picture: a walk down a valley."""
    slope = np.array([0.6, 2.0])
    path = descent.descend(lambda x: slope * x, [-4.8, 4.4], 0.25, momentum=0.75, steps=40)
    plots.contour(lambda x: x @ (slope * x), path, frame=(-6, 6, -6.3, 6.3), ax=ax)
    ax.axis("off")
    for area in ax.collections:
        area.set_antialiased(True)  # filled ones are not by themselves
