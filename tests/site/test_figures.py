"""Figures under a reader's eyes and fingers: on a phone, without a script, and by touch."""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from press.draw.panels import LEAST
from tests.conftest import Server, Site, serving
from tests.site.test_budgets import ADDRESSES

pytestmark = pytest.mark.slow
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
OPEN = """() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
    for (const frame of document.querySelectorAll(".frame")) frame.hidden = false;
}"""
LETTERS = """() => [...document.querySelectorAll(".figure svg text")].map((text) => {
    const { a, b } = text.getScreenCTM();
    const parts = [text, ...text.querySelectorAll("tspan")]; // exponents are smaller
    const sizes = parts.map((part) => parseFloat(getComputedStyle(part).fontSize));
    return [text.textContent, Math.hypot(a, b) * Math.max(...sizes)];
})"""
PLACES = """figure => [...figure.querySelectorAll("svg")].map((svg) => {
    const { left, top, right, bottom } = svg.getBoundingClientRect();
    return [left, top, right, bottom].map(Math.round);
})"""
Open = Callable[..., Page]
TOUCHED = 44
"""Pixels: what a finger hits."""


@pytest.fixture(scope="module")
def server(site: Path) -> Iterator[Server]:
    with serving(functools.partial(Site, directory=str(site))) as server:
        yield server


@pytest.fixture
def opened(browser: Browser, server: Server) -> Iterator[Open]:
    """Open a page of the site."""
    contexts = []

    def open_page(address: str, **options: Any) -> Page:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.goto(server.address + address)
        return page

    yield open_page
    for context in contexts:
        context.close()


def too_small(page: Page) -> list[str]:
    """The words in a page's figures that cannot be read, with the size of their letters."""
    page.evaluate(OPEN)
    letters = page.evaluate(LETTERS)
    return [f"{text}: {size:.1f}" for text, size in letters if size < LEAST - 0.005]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_letters_of_every_figure_can_be_read_on_a_phone(opened: Open, address: str) -> None:
    page = opened(address, **PHONE)
    assert too_small(page) == []
    figures = page.locator(".figure")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    if address.startswith(("chapters/", "labs/")):
        assert figures.count() >= 2


def test_letters_too_small_are_found(opened: Open) -> None:
    page = opened("chapters/descent/", **PHONE)
    assert too_small(page) == []
    page.evaluate("document.querySelector('.figure svg').style.width = '270px'")
    assert too_small(page) == []  # it becomes no narrower than can be read
    page.evaluate("document.querySelector('.figure svg').style = 'width: 270px'")
    assert "distance (km): 10.7" in too_small(page)


def test_panels_stand_side_by_side_and_on_a_phone_one_below_the_other(opened: Open) -> None:
    for options in (PHONE, DESK):
        page = opened("chapters/descent/", **options)
        figure = page.locator(".figure:not(.flipbook)").first
        one, other = figure.evaluate(PLACES)
        is_below = other[1] >= one[3]
        is_beside = other[0] >= one[2] and one[1] == other[1]
        assert (is_below, is_beside) == (options is PHONE, options is DESK)
        caption = figure.locator("figcaption").inner_text()
        assert caption.startswith(
            "Figure 1 Above (left): " if options is PHONE else "Figure 1 Left: "
        )


def test_without_a_script_a_flipbook_is_a_strip_of_its_frames(opened: Open) -> None:
    book = opened("chapters/descent/", java_script_enabled=False).locator(".flipbook").first
    frames = book.locator(".frame").all()
    assert len(frames) > 2
    assert all(frame.is_visible() for frame in frames)
    assert not book.locator(".controls").is_visible()


def test_a_flipbook_opens_on_the_frame_that_tells_most(opened: Open) -> None:
    page = opened("chapters/descent/")
    named, *others = page.locator(".flipbook").all()
    for book, label in ((named, "h = 0.5: slope -7.500"), (others[-1], "step 200")):
        assert book.locator(".frame:visible").get_attribute("data-label") == label
        assert book.locator("output").inner_text() == label
        assert book.locator("input").get_attribute("aria-valuetext") == label


def test_a_finger_hits_what_turns_a_flipbook_and_its_label_stands_above(opened: Open) -> None:
    book = opened("chapters/descent/", **PHONE).locator(".flipbook").first
    whole, label, slider, play = (
        book.locator(part).bounding_box() for part in (".controls", "output", "input", "button")
    )
    assert whole
    assert label
    assert slider
    assert play
    assert min(slider["height"], play["height"], play["width"]) >= TOUCHED
    assert label["y"] + label["height"] <= slider["y"] + 0.5
    assert slider["x"] + slider["width"] == pytest.approx(whole["x"] + whole["width"], abs=1)
    assert slider["width"] > whole["width"] - play["width"] - 24
