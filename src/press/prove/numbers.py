"""Numbers in the prose come from a program of their page, or of one to which their line links."""

import re
from decimal import Decimal
from functools import cache
from pathlib import Path

from press.read import Chapter, read
from press.read.text import CODE, blank

_NUMBER = re.compile(
    r"(?<![\w.,])(?P<number>(?:\d[\d,]*\d|\d)?(?:\.\d+)?)(?!\d)(?P<percent>\s?(?:\\?%|percent\b))?"
)
_PRINTED = re.compile(r"\d[\d,_]*\.?\d*(?:e[+-]?\d+)?|\.\d+")
_APART = re.compile(r"<!--.*?-->|\]\([^)\n]*\)|\\(?:frac|tfrac|binom)\d+|Python \d[\d.]*")
_YEAR = re.compile(r"(?:\((?:[^()\n]* )?|, )(?:1[6-9]|20)\d\d(?=[,.)])")
_CITED = re.compile(r"\[\^[\w-]+\]")
_LINK = re.compile(r"\]\(([^)#\s]+\.(?:md|py))")
_MEASURED = re.compile(r"^numbers: *(.+)$", re.MULTILINE)
_WORKS = "## Further reading", "## Where to go from here", "## Works cited"
"""The sections whose numbers are those of books and papers."""


def check(chapter: Chapter) -> None:
    """Raise the first long number that no program carries.

    It has three digits or more, or two if it is a percentage.
    """
    measured = _MEASURED.search(chapter.front)
    if measured:
        if not any((folder / measured[1]).is_file() for folder in chapter.path.parents):
            line = chapter.front.count("\n", 0, measured.start()) + 1
            raise chapter.fault(line, f"there is no {measured[1]} that could have measured")
        return
    carried, linked, is_cited = _carried(chapter), cache(_linked), False
    for line, text in enumerate(blank(CODE, chapter.prose).split("\n"), start=1):
        if text.startswith("## "):
            is_cited = text.startswith(_WORKS)
        if is_cited or _CITED.search(text):
            continue
        plain = _YEAR.sub("", _APART.sub("", text.replace("{,}", ",")))
        for found in _NUMBER.finditer(plain):
            number, percent = found["number"], found["percent"]
            if _digits(number) < (2 if percent else 3):
                continue
            values = {_value(number), _value(number) / (100 if percent else 1)}
            links = (chapter.path.parent / name for name in _LINK.findall(text))
            if not values & carried and not any(values & linked(page) for page in links):
                told = f"no program on this page prints or contains {number}{percent or ''}"
                raise chapter.fault(line, f"{told}, nor on one that this line links to")


def _carried(chapter: Chapter) -> set[Decimal]:
    """The numbers that a page's programs print or contain."""
    texts = (text for p in chapter.programs for text in (p.code, p.output or ""))
    return {_value(number) for text in texts for number in _PRINTED.findall(text)}


def _linked(page: Path) -> set[Decimal]:
    """The numbers of a page to which a line links."""
    return _carried(read(page)) if page.is_file() else set()


def _value(number: str) -> Decimal:
    return Decimal(re.sub("[,_]", "", number).rstrip(".") or "0")


def _digits(number: str) -> int:
    """How many digits are significant: not zeros before them, nor at the end of a whole number."""
    digits = number.replace(",", "").replace(".", "").lstrip("0")
    return len(digits if "." in number else digits.rstrip("0"))
