"""What the search finds by name: terms where they are defined, and functions as one writes them."""

import re
from collections import Counter
from typing import Any

_TERM = re.compile(
    r'<dt><strong id="(?P<mark>[^"]+)">(?P<term>[^<]+)</strong>.*?</dt>\s*<dd>(?P<text>.*?)</dd>',
    re.DOTALL,
)
_PROGRAM = re.compile(r"<pre>(.*?)</pre>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_SOURCE = '<details class="mkdocstrings-source"'


def narrow(content: str) -> str:
    """A page's HTML whose listings of the library are not searched: each name has its own text."""
    return content.replace(_SOURCE, f'{_SOURCE} data-search-exclude="true"')


def name(entries: list[dict[str, Any]], content: str, url: str, defined: dict[str, str]) -> None:
    """Give the entries of this page, the last of the index, the names by which one asks."""
    terms = [
        {
            "location": f"{url}#{term['mark']}",
            "title": term["term"],
            "defines": [term["term"].partition("(")[0]],
            "boost": 0.75,  # it leads on: what it leads to comes first
            "text": re.sub(rf"\s*\(<a .*|{_TAG.pattern}", "", term["text"]),
        }
        for term in _TERM.finditer(content)
    ]
    if terms:  # not twice: in the text of the whole page, too
        entries[-1]["text"] = ""
        entries += terms
    own = {e["location"]: e for e in entries if e["location"].partition("#")[0] == url}
    for place, entry in own.items():
        _, _, full = place.partition("#litgrad.")
        if full:
            entry |= {"title": full, "defines": [full.rpartition(".")[2]]}
        # Words first, then what programs say: a match in these shows its line alone.
        lines = "\n".join(_PROGRAM.findall(entry["text"])).splitlines()
        entry["text"] = _PROGRAM.sub("", entry["text"])
        entry["text"] += "".join(f"<pre>{_TAG.sub('', line)}</pre>" for line in lines if line)
    for term, mark in defined.items():
        entry = own.get(f"{url}#{mark}") or own[url]  # that of the title has no mark
        words = re.findall(r"[\w']+", term.partition("(")[0])
        # The fewer words a term has, the more of what was asked for is each of them.
        counted = Counter(dict.fromkeys(words, max(5 - len(words), 2)))
        entry["defines"] = [*(Counter(entry.get("defines", ())) | counted).elements()]
