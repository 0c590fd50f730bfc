"""Figures in a page: the colors of the theme, names of their own, a description."""

import io
import re

import matplotlib.pyplot as plt

from litgrad import plots
from press.draw import figure, line


def drawn() -> str:
    plots.contour(lambda x: x @ x, [[3.0, 2.0], [0.0, 0.0]])
    buffer = io.StringIO()
    with plt.rc_context({"svg.fonttype": "none", "svg.hashsalt": "press"}):
        plt.gcf().savefig(buffer, format="svg", metadata={"Date": None})
    plt.close("all")
    return buffer.getvalue()


def test_a_figure_follows_the_theme_and_keeps_its_letters_and_shades() -> None:
    svg = drawn()
    markup = figure.inline(svg, "bowl", "A bowl & a path")
    assert 'role="img"' in markup
    assert 'aria-label="A bowl &amp; a path"' in markup
    assert not [color for color in figure.COLORS if f": {color}" in markup]
    assert "currentColor" in markup
    assert "<text" in markup
    assert "DejaVu" not in markup
    opacities = [re.findall(r"opacity: ([\d.]+)", text) for text in (svg, markup)]
    assert opacities[0] == opacities[1] != []
    assert len(markup) < 0.6 * len(svg)


def test_two_figures_share_no_id_and_every_reference_is_met() -> None:
    svg = drawn()
    ids = [
        set(re.findall(r' id="([^"]+)"', figure.inline(svg, name, "A bowl"))) for name in ("a", "b")
    ]
    assert not ids[0] & ids[1]
    used = re.findall(r"(?:url\(|href=\")#([\w-]+)", figure.inline(svg, "a", "A bowl"))
    assert used
    assert set(used) <= ids[0]


def test_several_frames_are_a_flipbook_that_shows_its_first_without_script() -> None:
    svg = drawn()
    frames = [{"svg": svg, "label": "η = 0.1"}, {"svg": svg, "label": ""}]
    markup = figure.figure(frames, "bowl", "A bowl")
    assert markup.count('role="img"') == 2
    assert markup.count('" hidden>') == 2  # the second frame, and the controls
    assert 'aria-label="A bowl (η = 0.1)"' in markup
    assert 'data-label="2 of 2"' in markup
    longest = max(re.findall(r' d="([^"]+)"', markup), key=len)
    assert markup.count(longest) == 1  # both frames use the one that stands before them
    used = re.findall(r"(?:url\(|href=\")#([\w-]+)", markup)
    assert set(used) <= set(re.findall(r' id="([^"]+)"', markup))


def test_a_line_stays_where_it_was() -> None:
    path = "M 1.04 2.05 L 1.26 2.95 L 10.01 -3.02 z M 5 5 L 6 6 C 1 2 3 4 5.55 6"
    assert line.short(path) == "M1 2l.3 1l8.7-6zM5 5l1 1C1 2 3 4 5.6 6"


def test_a_color_of_no_series_stays_as_it_is() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><path id="a" style="fill: #123456"/></svg>'
    assert 'style="fill: #123456"' in figure.inline(svg, "x", "A path")
