"""Figures as a page shows them: panels that can stand apart, frames in turn, a caption."""

import re
from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

from litgrad import plots
from press.draw import panels
from press.run import report

ALT = "Left: a bowl. It is <round>. Right, a path to 1.5 from the left. Both end."


@pytest.fixture(autouse=True)
def nothing_stays_open() -> Iterator[None]:
    yield
    plt.close("all")


def drawn() -> list[dict[str, Any]]:
    frames = report.figures()
    plt.close("all")
    return frames


def words(svg: str) -> list[str]:
    """The words of a drawing, without its numbers."""
    return re.findall(r">([a-z]+)</text>", svg)


def widths(svgs: list[str]) -> list[float]:
    return [float(re.findall(r'viewBox="0 0 (\S+) ', svg)[0]) for svg in svgs]


def test_a_figure_is_one_drawing_for_each_column_of_its_axes() -> None:
    for ax, name in zip(plots.panels(2, 2), "abcd", strict=True):
        ax.set_title(name)
    (frame,) = drawn()
    assert [words(svg) for svg in frame["panels"]] == [["a", "c"], ["b", "d"]]
    assert widths(frame["panels"]) == [252, 252]  # half a page each


def test_a_color_bar_stays_with_its_image() -> None:
    left, right = plots.panels(2)
    plots.images(np.eye(16) - 0.5, ax=left)
    left.figure.axes[-1].set_ylabel("bar")
    right.set_title("curve")
    (frame,) = drawn()
    assert [words(svg) for svg in frame["panels"]] == [["bar"], ["curve"]]
    assert sum(widths(frame["panels"])) == pytest.approx(504)


def one() -> None:
    plots.curves([1.0, 2.0])


def titled() -> None:
    plots.panels(2)[0].figure.suptitle("of both")


def overlapping() -> None:
    figure = plt.figure(figsize=(4, 3))
    left, _ = figure.subplots(1, 2)
    left.set_title("one that reaches over what stands beside it, wide as that may be")


def spanning() -> None:
    figure = plt.figure()
    grid = figure.add_gridspec(2, 2)
    figure.add_subplot(grid[0, :])
    figure.add_subplot(grid[1, 0])
    figure.add_subplot(grid[1, 1])


@pytest.mark.parametrize("draw", [one, titled, overlapping, spanning])
def test_what_belongs_together_is_one_drawing(draw: Any) -> None:
    draw()
    assert [len(frame["panels"]) for frame in drawn()] == [1]


def test_a_figure_is_drawn_again_as_it_was() -> None:
    left, right = plots.panels(2)
    right.set_visible(False)
    left.set_title("seen")
    before = report.figures()
    assert report.figures() == before
    right.set_visible(True)
    assert len(report.figures()[0]["panels"]) == 2


def test_a_letter_can_be_read_however_narrow_the_page() -> None:
    plots.curves([1.0, 2.0], log=True)  # its exponents are smaller
    (frame,) = drawn()
    markup = panels.figure([frame], "x", "A curve.")
    least, width = map(int, re.findall(r"flex:1 0 (\d+)px;max-width:(\d+)px", markup)[0])
    assert width == 432  # 4.5 inches
    assert panels.LEAST <= least / 324 * 10 < panels.LEAST + 0.05


def test_a_caption_is_the_whole_description_and_shows_what_is_seen_where() -> None:
    plots.panels(2)
    caption = panels.figure(drawn(), "x", ALT, 3).partition("<figcaption>")[2]
    seen = re.sub(r'<span class="unseen">.*?</span> ?', "", caption)
    wide = re.sub(r'<span class="narrow">[^<]*</span>', "", seen)
    narrow = re.sub(r'<span class="wide">\w+</span>', "", seen)
    text = [re.sub("<[^>]*>", "", told).strip() for told in (wide, narrow)]
    assert text == [
        "Figure 3 Left: a bowl. Right, a path to 1.5 from the left.",
        "Figure 3 Above (left): a bowl. Below (right), a path to 1.5 from the left.",
    ]
    whole = re.sub(r'<span class="narrow">[^<]*</span>|<[^>]*>', "", caption)
    assert whole == f"Figure 3 {ALT}".replace("<", "&lt;").replace(">", "&gt;")
    assert caption.count("unseen") == 2


def test_several_frames_are_a_flipbook_that_opens_on_the_last_or_on_the_one_named() -> None:
    for label in ("η = 0.1", "", "η < 1"):
        plots.curves([1.0, 2.0]).figure.set_label(label)
    frames = drawn()
    markup = panels.figure(frames, "bowl", "A bowl.")
    assert re.findall('class="frame([^"]*)" data-label="(.*?)"', markup) == [
        ("", "η = 0.1"),
        ("", "2 of 3"),
        (" first", "η &lt; 1"),
    ]
    assert 'value="2" aria-label="Frame" aria-valuetext="η &lt; 1"' in markup
    assert markup.count("A bowl.") == 1
    assert "hidden>" in markup.partition("controls")[2]  # what needs a script, and no frame
    assert "hidden>" not in markup.partition("controls")[0]
    named = panels.figure(frames, "bowl", "A bowl.", opens="η = 0.1")
    assert '<div class="frame first" data-label="η = 0.1">' in named
    assert "<output>η = 0.1</output>" in named
    used = re.findall(r"(?:url\(|href=\")#([\w-]+)", markup)
    ids = re.findall(r' id="([^"]+)"', markup)
    assert set(used) <= set(ids)
    assert len(ids) == len(set(ids))


def test_a_picture_has_the_panels_side_by_side() -> None:
    for ax in plots.panels(2):
        ax.set_title("a")
    (frame,) = drawn()
    markup = panels.picture(frame["panels"], "x")
    assert 'viewBox="0 0 504 244.8"' in markup
    assert re.findall(r' x="(\d+)" width="(\d+)"', markup) == [("0", "252"), ("252", "252")]
