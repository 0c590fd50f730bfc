"""Terms of the glossary, explained where a page first uses them."""

import html
import re
from typing import NamedTuple

_ENTRY = re.compile(
    r"^\*\*(?P<term>[^*]+)\*\*\{ #(?P<mark>[\w-]+) \}\n"
    r":[ ]+(?P<text>.+?)\s*\(\[[^]]*\]\(\.\./(?P<page>[^)#]+)#(?P<section>[^)]+)\)\)$",
    re.MULTILINE,
)
_PIECE = re.compile(r"<(?P<close>/?)(?P<tag>\w+)[^>]*>|[^<]+")
_LEFT_ALONE = {"a", "button", "code", "em", "pre", "h1", "h2", "h3", "h4", "summary", "table"}


class Term(NamedTuple):
    """What the glossary says of a term."""

    text: str
    mark: str
    """Where the entry stands in the glossary."""
    page: str
    section: str
    """Where the term is defined."""


def read(glossary: str) -> dict[str, Term]:
    """Each term with its entry."""
    return {
        entry["term"].lower(): Term(*entry.group("text", "mark", "page", "section"))
        for entry in _ENTRY.finditer(glossary)
    }


def mark(content: str, entries: dict[str, Term], glossary: str) -> str:
    """A page's HTML in which terms say what they mean, and lead to the glossary at this address."""
    if not entries:
        return content
    longest_first = sorted(map(re.escape, entries), key=len, reverse=True)
    term = re.compile(rf"\b({'|'.join(longest_first)})(?:s|es)?\b", re.IGNORECASE)
    seen: set[str] = set()
    inside: list[str] = []

    def explain(match: re.Match[str]) -> str:
        word = match[1].lower()
        if word in seen:
            return match[0]
        seen.add(word)
        entry = entries[word]
        says = html.escape(re.sub(r"[$*`\\{}]", "", entry.text))
        return f'<a class="term" href="{glossary}#{entry.mark}" data-says="{says}">{match[0]}</a>'

    def take(piece: re.Match[str]) -> str:
        if piece["tag"] is None:
            if inside[-1:] == ["em"]:  # here it is defined, or stressed
                seen.update(match[1].lower() for match in term.finditer(piece[0]))
            return piece[0] if inside else term.sub(explain, piece[0])
        if 'id="further-reading"' in piece[0]:
            seen.update(entries)  # titles are not ours to explain
        if piece["close"] and inside and piece["tag"] == inside[-1]:
            inside.pop()
        elif not piece["close"] and (piece["tag"] in _LEFT_ALONE or " data-press=" in piece[0]):
            inside.append(piece["tag"])
        return piece[0]

    return _PIECE.sub(take, content)
