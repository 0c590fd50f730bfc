"""Figures that are drawn in the page."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import drawn, error, labels, press, run, run_text

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("is_clean")]


def test_a_figure_is_like_the_books(page: Page) -> None:
    figure = page.locator(".figure:not(.flipbook)").first
    program = page.locator(".program").and_(figure.locator("xpath=preceding::*")).last
    alt = labels(figure)
    run(program)
    assert not figure.is_visible()
    assert labels(drawn(program)) == alt
    markup = drawn(program).inner_html()
    assert "currentColor" in markup
    assert "var(--figure-1, #003c7d)" in markup
    assert set(re.findall(r"#[0-9a-f]{6}", markup)) <= set(
        re.findall(r"#[0-9a-f]{6}", figure.inner_html())
    )
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    color = "svg => getComputedStyle(svg.querySelector('text')).fill"
    light = drawn(program).locator("svg").first.evaluate(color)
    page.evaluate("document.body.setAttribute('data-md-color-scheme', 'slate')")
    assert drawn(program).locator("svg").first.evaluate(color) != light
    page.evaluate("document.body.setAttribute('data-md-color-scheme', 'default')")
    press(program, "Reset")
    assert figure.is_visible()
    assert drawn(program).locator("svg").count() == 0


def test_a_flipbook_can_be_leafed_through(page: Page) -> None:
    figure = page.locator(".figure.flipbook").first
    program = page.locator(".program").and_(figure.locator("xpath=preceding::*")).last
    frames = figure.locator(".frame").count()
    told = figure.locator("output").inner_text()
    caption = labels(figure)
    run(program)
    book = drawn(program).locator(".flipbook")
    assert book.locator(".frame").count() == frames
    assert book.locator("output").inner_text() == told  # where the reader was
    assert labels(book) == caption
    last = book.locator(".frame").last
    book.locator("input").focus()
    page.keyboard.press("Home")
    assert not last.is_visible()
    page.keyboard.press("End")
    assert last.is_visible()
    assert book.locator("output").inner_text() == last.get_attribute("data-label")
    book.get_by_role("button", name="Play").click()
    assert book.get_by_role("button", name="Pause").is_visible()


def test_a_figure_of_an_edited_program_is_not_described_as_the_books(page: Page) -> None:
    program = page.locator(".program").first
    run_text(program, "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n")
    assert labels(drawn(program)) == ["What the program draws now."]


def test_too_many_points_end_in_an_error_that_says_what_to_do(page: Page) -> None:
    program = page.locator(".program").first
    text = "import numpy as np\nimport matplotlib.pyplot as plt\nx = np.random.rand(2, 10**6)\n"
    run_text(program, f"{text}plt.scatter(*x)")
    wrong = "RuntimeError: the program draws more than 4 MB: draw fewer points"
    assert error(program).startswith(wrong)
    assert drawn(program).locator("svg").count() == 0
    run_text(program, f"{text}plt.scatter(*x, rasterized=True)")
    assert error(program) == ""
    assert drawn(program).locator("image").count() == 1
