"""Programs on a phone: what a finger presses, what one types, and lines that go on."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import at, go, press, write
from tests.conftest import Server

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("is_clean")]
PRESSED = ".program :is(.bar button, .chain a), .md-content summary"
SMALL = """pressed => [...document.querySelectorAll(pressed)]
    .filter((part) => part.checkVisibility())
    .map((part) => [part, part.getBoundingClientRect()])
    .filter(([, { width, height }]) => width < 43.9 || height < 43.9)
    .map(([part, { width, height }]) => `${part.textContent} ${width} x ${height}`)"""
HIDDEN = """() => [...document.querySelectorAll(".program code")]
    .filter((code) => code.checkVisibility() && code.scrollWidth > code.clientWidth + 1)
    .map((code) => code.closest(".program").dataset.line)"""


@pytest.fixture(scope="module")
def phone(opened: Callable[..., Page]) -> Iterator[Page]:
    page = opened(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    yield page
    page.context.close()


@pytest.mark.parametrize("chapter", ["descent", "networks", "graphs", "momentum", "adaptive"])
def test_buttons_are_large_and_no_line_is_cut(phone: Page, server: Server, chapter: str) -> None:
    go(phone, server, f"chapters/{chapter}/")
    phone.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")
    assert phone.locator(".program .bar button").count() > 20
    assert phone.evaluate(SMALL, PRESSED) == []
    assert phone.evaluate(HIDDEN) == []


def test_what_is_typed_is_not_zoomed_to(phone: Page, server: Server) -> None:
    """As some browsers do where letters are smaller than 16 pixels."""
    go(phone, server, "chapters/descent/")
    program = phone.locator(".program").first
    write(program, "x = 1")
    size = "part => parseFloat(getComputedStyle(part).fontSize)"
    assert program.locator(".editor").evaluate(size) >= 16
    assert program.locator("code").evaluate(size) >= 16
    press(program, "Reset")
    assert (
        at(phone, int(program.get_attribute("data-line") or 0)).locator("code").evaluate(size) < 16
    )
