"""Terms of the glossary, explained where a page first uses them."""

import html
import re

_ENTRY = re.compile(r"^\*\*(?P<term>[^*]+)\*\*[^\n]*\n:[ ]+(?P<text>.+)$", re.MULTILINE)
_PIECE = re.compile(r"<(?P<close>/?)(?P<tag>\w+)[^>]*>|[^<]+")
_LEFT_ALONE = {"a", "abbr", "button", "code", "em", "pre", "h1", "h2", "h3", "h4", "summary", "th"}


def read(glossary: str) -> dict[str, str]:
    """Each term with its definition in plain words: before the link to where it is defined."""
    entries = {}
    for entry in _ENTRY.finditer(glossary):
        words = re.split(r"\s*\(?\[", entry["text"])[0]
        entries[entry["term"].lower()] = re.sub(r"[$*`\\]|\{|\}", "", words)
    return entries


def mark(content: str, entries: dict[str, str]) -> str:
    """A page's HTML in which terms can be hovered."""
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
        return f'<abbr title="{html.escape(entries[word])}">{match[0]}</abbr>'

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
