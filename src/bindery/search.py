"""What the search finds by name: each term of the glossary, and functions as one writes them."""

import re
from typing import Any

_TERM = re.compile(
    r'<dt><strong id="(?P<mark>[^"]+)">(?P<term>[^<]+)</strong>.*?</dt>\s*<dd>(?P<text>.*?)</dd>',
    re.DOTALL,
)
_SOURCE = '<details class="mkdocstrings-source"'


def narrow(content: str) -> str:
    """A page's HTML whose listings of the library are not searched: each name has its own text."""
    return content.replace(_SOURCE, f'{_SOURCE} data-search-exclude="true"')


def name(entries: list[dict[str, Any]], content: str, url: str) -> None:
    """Give the last entries of the index, those of this page, the names by which one asks."""
    terms = [
        {
            "location": f"{url}#{term['mark']}",
            "title": term["term"],
            "text": re.sub(r"\s*\(<a .*|<[^>]*>", "", term["text"]),
        }
        for term in _TERM.finditer(content)
    ]
    if terms:  # not twice: in the text of the whole page, too
        entries[-1]["text"] = ""
        entries += terms
    for entry in entries:
        _, _, full = entry["location"].partition(f"{url}#litgrad.")
        entry["title"] = full or entry["title"]
