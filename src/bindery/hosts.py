"""What a page loads comes from the site itself: no script, style, font or image from elsewhere."""

import re
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

from press.read import Fault

_ADDRESSES = {"src", "srcset", "data", "poster"}
_LINKS = {"stylesheet", "icon", "preload", "prefetch", "modulepreload", "manifest", "preconnect"}
_STYLE = re.compile(r"(?:url\(\s*|@import\s+)['\"]?((?:https?:)?//[^'\")\s;]+)")
_ELSEWHERE = re.compile("(?:https?:)?//")


@lru_cache  # the served site asks again at every change
def loaded(html: str) -> list[str]:
    """The addresses on other hosts that a page loads; those that it links to are the reader's."""
    page = _Page()
    page.feed(html)
    return page.found


def styled(css: str) -> list[tuple[int, str]]:
    """The lines and addresses of what a style sheet loads from other hosts."""
    lines = enumerate(css.splitlines(), start=1)
    return [(number, url) for number, line in lines for url in _STYLE.findall(line)]


def line_of(address: str, files: list[Path]) -> tuple[Path, int] | None:
    """The file and line that name an address."""
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if address in line:
                return file, number
    return None


def fault(address: str, path: Path, line: int) -> Fault:
    """The fault of a file that names an address on another host."""
    return Fault(path, line, f"the page would load {address}; keep a copy of it in docs/assets")


class _Page(HTMLParser):
    """Collects what is loaded from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.style = tag == "style"
        given = {name: value or "" for name, value in attrs}
        names = set(_ADDRESSES)
        if tag in {"image", "use"} or (
            tag == "link" and _LINKS & set(given.get("rel", "").split())
        ):
            names |= {"href", "xlink:href"}
        for name in sorted(names & set(given)):
            self.found += filter(_ELSEWHERE.match, given[name].replace(",", " ").split())
        self.found += _STYLE.findall(given.get("style", ""))

    def handle_data(self, data: str) -> None:
        if self.style:
            self.found += _STYLE.findall(data)

    def handle_endtag(self, tag: str) -> None:
        self.style = False
