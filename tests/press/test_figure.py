"""Figures in a page: the colors of the theme, names of their own, nothing but a picture."""

import re
import time
from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import pytest

from litgrad import plots
from litgrad._types import Array
from press.draw import figure, line
from press.run import report


def svg() -> str:
    """What press keeps of the figure that is open."""
    (found,) = report.figures()
    plt.close("all")
    drawn: str = "".join(found["panels"])
    return drawn


def drawn() -> str:
    plots.contour(lambda x: x @ x, [[3.0, 2.0], [0.0, 0.0]])
    return svg()


def test_a_figure_follows_the_theme_and_keeps_its_letters_and_shades() -> None:
    bowl = drawn()
    markup = figure.inline(bowl, "bowl")
    assert not [color for color in figure.COLORS if f": {color}" in markup]
    assert "currentColor" in markup
    assert "<text" in markup
    assert "DejaVu" not in markup
    opacities = [re.findall(r"opacity: ([\d.]+)", text) for text in (bowl, markup)]
    assert opacities[0] == opacities[1] != []
    assert len(markup) < 0.6 * len(bowl)


def test_two_figures_share_no_id_and_every_reference_is_met() -> None:
    bowl = drawn()
    ids = [set(re.findall(r' id="([^"]+)"', figure.inline(bowl, name))) for name in ("a", "b")]
    assert not ids[0] & ids[1]
    used = re.findall(r"(?:url\(|href=\")#([\w-]+)", figure.inline(bowl, "a"))
    assert used
    assert set(used) <= ids[0]


def test_a_line_stays_where_it_was() -> None:
    path = "M 1.04 2.05 L 1.26 2.95 L 10.01 -3.02 z M 5 5 L 6 6 C 1 2 3 4 5.55 6"
    assert line.short(path) == "M1 2l.3 1l8.7-6zM5 5l1 1C1 2 3 4 5.6 6"


def test_a_color_of_no_series_stays_as_it_is() -> None:
    path = f'<svg xmlns="{figure.SVG}"><path id="a" style="fill: #123456"/></svg>'
    assert 'style="fill: #123456"' in figure.inline(path, "x")


def points(d: str) -> Array:
    """The points of a line as `short` tells it."""
    numbers = re.findall(r"-?(?:\d+\.?\d*|\.\d+)", d)
    told: Array = np.cumsum(np.reshape(numbers, (-1, 2)).astype(float), axis=0)
    return told


def zigzag(n: int) -> Array:
    """A line that swings wider and wider: its farthest point is always the next to last."""
    t = np.linspace(0, 1, n)
    return np.stack([400 * t, 200 * t * (-1) ** np.arange(n)], axis=1)


def path(points: Array) -> str:
    return "M " + "L ".join(f"{x:.6f} {y:.6f} " for x, y in points)


LINES = {
    "a walk": np.cumsum(np.random.default_rng(0).normal(size=(900, 2)), axis=0),
    "noise": np.random.default_rng(1).uniform(0, 300, (300, 2)),
    "a zigzag": zigzag(300),
    "a circle": 90 * np.stack([np.cos(a := np.linspace(0, 2 * np.pi, 500)), np.sin(a)], axis=1),
    "there and back": np.c_[np.r_[0:40, 40:10:-1], np.zeros(70)],
    "nowhere": np.ones((50, 2)),
}


@pytest.mark.parametrize("line_", LINES.values(), ids=LINES)
def test_a_line_with_fewer_points_is_the_same_to_the_eye(line_: Array) -> None:
    told = points(line.short(path(line_)))
    assert len(told) <= len(line_)
    begin, way = told[:-1], np.diff(told, axis=0)
    ways = line_[:, None] - begin
    along = np.clip((ways * way).sum(2) / np.maximum((way**2).sum(1), 1e-9), 0, 1)
    far = np.hypot(*np.moveaxis(ways - along[..., None] * way, 2, 0)).min(1)
    assert far.max() < line.FINE + 0.1  # it is told in tenths
    assert np.abs(told[-1] - line_[-1]).max() < 0.1


def scatter(n: int) -> str:
    x, y = np.random.default_rng(0).random((2, n))
    plt.scatter(x, y, c=x)
    return svg()


def curves(n: int) -> str:
    plt.plot(np.random.default_rng(0).random((2, n // 4)), marker="o")
    return svg()


def swing(n: int) -> str:
    return f'<svg xmlns="{figure.SVG}"><path d="{path(zigzag(8 * n))}"/></svg>'


@pytest.mark.parametrize("draw", [scatter, curves, swing])
def test_four_times_the_points_take_four_times_as_long(draw: Callable[[int], str]) -> None:
    def seconds(drawn: str) -> float:
        began = time.process_time()
        figure.inline(drawn, "many")
        return time.process_time() - began

    few, many = draw(1_000), draw(4_000)
    once = min(seconds(few) for _ in range(5))
    assert min(seconds(many) for _ in range(3)) < 8 * once  # and not 16 times


def test_many_markers_are_each_drawn_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser takes the longer for a <use>, the more there are: half a minute for 15,000."""
    points = scatter(1_100)
    alone = figure.inline(points, "x")
    assert "<use " not in alone
    monkeypatch.setattr(figure, "MANY", 2_000)
    used = figure.inline(points, "x")
    before = re.findall(r'<use [^>]* x="([^"]+)" y="([^"]+)" style="(fill[^"]+)"', used)
    after = re.findall(r'style="(fill[^"]+)" transform="translate\((\S+) (\S+)\)"', alone)
    assert [(x, y, style) for style, x, y in after] == before
    assert len(before) == 1_100


HARM = {
    "a link": '<a xlink:href="javascript:alert(1)"><path d="M 1 2"/></a>',
    "a link to elsewhere": '<a xlink:href="https://example.org"><text>seen</text></a>',
    "a script": "<script>alert(1)</script>",
    "an event": '<path d="M 1 2" onload="alert(1)" onclick="alert(1)"/>',
    "HTML": '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">alert</p></foreignObject>',
    "a change": '<g><set attributeName="href" to="javascript:alert(1)"/></g>',
    "a picture": '<image xlink:href="https://example.org/x.png" width="1" height="1"/>',
    "another drawing": '<use xlink:href="https://example.org/x.svg#a"/>',
    "a style": '<text style="fill: red; background: url(//example.org)">seen</text>',
    "a font": "<text style=\"font-family: 'x; fill: url(//example.org)'; fill: red\">seen</text>",
    "a rule": "<style>* { background: url(//example.org) }</style>",
    "paint": '<path d="M 1 2" fill="url(https://example.org/x.svg#a)"/>',
}


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM)
def test_what_is_more_than_a_picture_does_not_reach_the_page(harm: str) -> None:
    drawing = f'<svg xmlns="{figure.SVG}" xmlns:xlink="{figure.XLINK}"><g>{harm}</g></svg>'
    markup = figure.inline(drawing, "x")
    assert not re.search(r"alert|example|<a\b|\bon\w+=|<style|<set", markup)
    assert ("seen" in markup) == ("seen" in harm)
    assert ("fill: red" in markup) == ("fill: red" in harm)


def test_a_link_that_matplotlib_draws_is_none_in_the_page() -> None:
    plt.bar([1], [1], hatch="/", color=plots.SERIES[0], url="javascript:alert(1)")
    plt.text(1, 1, "a <b>", url="javascript:alert(2)", gid='"><script>alert(3)</script>')
    linked = svg()
    assert len(re.findall(r"alert\(\d", linked)) == 3
    markup = figure.inline(linked, "x")
    assert "alert" not in markup
    assert "a &lt;b&gt;</text>" in markup
    assert f'fill="{figure.COLORS[plots.SERIES[0]]}"' in markup
    assert re.findall(r"fill: url\(#(x-\d+)\)", markup) == re.findall('<pattern id="(.*?)"', markup)


def test_a_figure_shaded_from_point_to_point_is_drawn() -> None:
    plt.tripcolor([0, 1, 0], [0, 0, 1], [1, 2, 3], shading="gouraud")
    assert re.search(r'<path d="M[^"]+z" fill="#', figure.inline(svg(), "x"))
