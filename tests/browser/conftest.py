"""A chapter in a real Chromium with real Python, and what its readers do with a program."""

import functools
import re
import socketserver
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.conftest import ROOT, Server, Site, serving

FILES = sorted((ROOT / "docs").glob("**/*.md"))
PAGES = [file for file in FILES if "```python\n" in file.read_text(encoding="utf-8")]
LONG = 300_000
"""Milliseconds within which the longest lab has run even on a busy machine."""
LOOP = "print('on')\nwhile True:\n    pass\n"


class Elsewhere(socketserver.StreamRequestHandler):
    """A proxy for all that is not this machine: whoever asks gets nothing, and is remembered."""

    server: Any

    def handle(self) -> None:
        asked = self.rfile.readline().decode("latin-1").strip()
        if not asked.startswith("CONNECT content-autofill.googleapis.com:"):  # Chromium's own
            self.server.asked.append(asked)


@pytest.fixture(scope="session")
def server(site: Path) -> Iterator[Server]:
    with serving(functools.partial(Site, directory=str(site))) as server:
        yield server


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[Server]:
    with serving(Elsewhere) as server:
        yield server


@pytest.fixture(scope="session")
def said() -> list[str]:
    """Errors and warnings in the console, and exceptions of the page."""
    return []


@pytest.fixture(scope="session")
def opened(
    browser: Browser, server: Server, elsewhere: Server, said: list[str]
) -> Callable[..., Page]:
    """Open a page of the site in a browser that knows nothing yet."""
    proxy = {"server": elsewhere.address, "bypass": "127.0.0.1"}

    def open_page(address: str = "", *, heard: list[str] = said, **options: Any) -> Page:
        context = browser.new_context(proxy=proxy, **options)  # type: ignore[arg-type]
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.address)
        context.on(
            "console",
            lambda message: heard.append(message.text) if message.type != "log" else None,
        )
        context.on("weberror", lambda error: heard.append(str(error.error)))
        page = context.new_page()
        page.goto(server.address + address)
        return page

    return open_page


@pytest.fixture(scope="session")
def used(opened: Callable[..., Page]) -> Iterator[Page]:
    """A tab that is never reloaded, so that one Python serves all tests."""
    page = opened()
    yield page
    page.context.close()


@pytest.fixture
def warm(used: Page, server: Server) -> Page:
    """The site as a reader first sees it, whatever another test has written into its programs."""
    go(used, server, "about/proof/")
    used.evaluate("localStorage.clear()")
    return used


@pytest.fixture
def page(warm: Page, server: Server) -> Page:
    """A chapter with programs and exercises."""
    go(warm, server, "chapters/descent/")
    return warm


@pytest.fixture
def fresh(opened: Callable[..., Page], server: Server) -> Iterator[Callable[..., Page]]:
    """A chapter in a new browser, whose console may tell of what is missing."""
    pages: list[Page] = []

    def open_page(**options: Any) -> Page:
        pages.append(opened("chapters/descent/", **options))
        return pages[-1]

    yield open_page
    server.missing.clear()
    for page in pages:
        page.context.close()


@pytest.fixture
def is_clean(said: list[str], elsewhere: Server) -> Iterator[None]:
    """Nothing is asked of another host, and the console stays empty, whatever a test does."""
    yield
    asked, elsewhere.asked[:] = list(elsewhere.asked), []
    told, said[:] = list(said), []
    assert asked == []
    assert told == []


def go(page: Page, server: Server, address: str) -> None:
    """Follow a link, as Material does it: without loading a page."""
    if page.url.partition("#")[0] == server.address + address:
        return
    page.evaluate(
        """url => {
            document.querySelector(".md-content").classList.add("before");
            const link = Object.assign(document.createElement("a"), { href: url });
            document.body.append(link);
            link.click();
            link.remove();
        }""",
        server.address + address,
    )
    page.wait_for_url(re.compile(re.escape(server.address + address) + "(#.*)?$"))
    page.locator(".md-content:not(.before)").wait_for()
    page.wait_for_function("document.querySelectorAll('.program:not(:has(.bar))').length === 0")


def press(program: Locator, name: str) -> None:
    program.get_by_role("button", name=name, exact=True).click()


def ended(program: Locator) -> str:
    """How a run ended, once it has."""
    program.locator(".stop").wait_for(state="hidden", timeout=LONG)
    return status(program)


def status(program: Locator) -> str:
    return program.locator(".status").inner_text()


def run(program: Locator) -> str:
    press(program, "Run")
    return ended(program)


def write(program: Locator, text: str) -> None:
    """Write a text into a program's editor."""
    if not program.locator(".editor").count():
        press(program, "Edit")
    program.locator(".editor").fill(text.removesuffix("\n"))


def run_text(program: Locator, text: str) -> str:
    """What a text prints when it is run in the place of a program."""
    write(program, text)
    run(program)
    return output(program)


def output(program: Locator) -> str:
    return program.locator(".output").text_content() or ""


def verdict(program: Locator) -> str:
    """What is said of a run in one clear line: right, not yet and why, or what helps."""
    return program.locator(".verdict").text_content() or ""


def error(program: Locator) -> str:
    return program.locator(".error").text_content() or ""


def at(page: Page, line: int) -> Locator:
    return page.locator(f'.program[data-line="{line}"]')


def drawn(program: Locator) -> Locator:
    """What a program has drawn, where the book's figure was."""
    name = program.locator(".bar").get_attribute("aria-label") or ""
    return program.page.locator(f'.drawn[data-of="{name.removeprefix("Program ")}"]')


def check(program: Locator) -> str:
    """The verdict on an answer."""
    press(program, "Check")
    ended(program)
    return verdict(program)


def labels(figure: Locator) -> list[str]:
    return figure.locator("figcaption").all_text_contents()


def address_of(file: Path) -> str:
    name = file.relative_to(ROOT / "docs").with_suffix("").as_posix()
    return "" if name == "index" else f"{name.removesuffix('/index')}/"
