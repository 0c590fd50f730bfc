"""What a word on the way means."""

import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import Server, Site, serving

SAYS = "(term) => getComputedStyle(term, '::after').content"


@pytest.fixture(scope="module")
def host(site: Path) -> Iterator[Server]:
    with serving(functools.partial(Site, directory=str(site))) as server:
        yield server


@pytest.fixture(scope="module")
def desk(host: Server, browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(f"{host.address}chapters/momentum/")
    yield page
    page.close()


def test_a_term_is_explained_to_the_pointer_and_to_keys(desk: Page) -> None:
    term = desk.locator("a.term").first
    assert term.evaluate(SAYS) == "none"
    for show in (term.hover, term.focus):
        show()
        assert (term.get_attribute("data-says") or "?") in term.evaluate(SAYS)
        desk.keyboard.press("Escape")
        assert term.evaluate(SAYS) == "none"
        desk.locator("h1").hover()
    term.blur()
    term.focus()
    assert term.evaluate(SAYS) != "none"  # once more
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/reference/glossary/#*")
    name = desk.url.partition("#")[2]
    desk.locator(f"dt > [id='{name}']").wait_for()
    desk.go_back()
    desk.wait_for_url("**/chapters/momentum/")


def test_every_term_leads_to_an_entry(site: Path) -> None:
    glossary = (site / "reference/glossary/index.html").read_text("utf-8")
    entries = set(re.findall(r'<dt><strong id="([^"]+)"', glossary))
    pages = "".join(file.read_text("utf-8") for file in site.glob("*/*/index.html"))
    terms = set(re.findall(r'class="term" href="[^"#]*#([^"]+)', pages))
    assert len(terms) > 100
    assert terms <= entries


def test_a_finger_reads_first_and_leaves_with_the_second_tap(
    host: Server, browser: Browser
) -> None:
    view = {"width": 390, "height": 844}
    with browser.new_context(viewport=view, has_touch=True, is_mobile=True) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{host.address}chapters/momentum/")
        for term in page.locator("a.term").all()[:8]:
            page.touchscreen.tap(2, 300)  # beside the text: nothing lies over the next
            term.tap()
            assert (term.get_attribute("data-says") or "?") in term.evaluate(SAYS)
            assert page.evaluate("document.documentElement.scrollWidth") <= view["width"]
            assert "/chapters/momentum/" in page.url
        term.tap()
        page.wait_for_url("**/reference/glossary/#*")
