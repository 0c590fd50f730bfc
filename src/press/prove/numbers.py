"""Numbers in the prose come from a program near them, or from a page to which their line links."""

import re
from decimal import Decimal
from functools import cache
from itertools import accumulate
from pathlib import Path

from press.read import Chapter, Program, read
from press.read.text import CODE, blank

_NUMBER = re.compile(
    r"(?<![\w.,])(?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[+-]?\d+)?)(?!\d)(?P<unit>\s?(?:\\?%|(?:percent|million)\b))?"
)
_PRINTED = re.compile(r"\d[\d,_]*\.?\d*(?:e[+-]?\d+)?|\.\d+")
# Comments, links, fractions and indices without letters, versions, places in books, bytes.
_APART = re.compile(
    r"<!--.*?-->|\]\([^)\n]*\)|\\(?:frac|tfrac|binom)\d+|_\{\d+\}"
    r"|(?:Python|CC BY|[Ss]ections?|Notebook) \d[\d.]*|\d[\d.]* [MG]B\b"
)
_POWER = re.compile(r"(?<=\d) ?\\cdot ?10\^(?:\{([+-]?\d+)\}|(\d))")
_UNITS = {"%": Decimal("0.01"), "percent": Decimal("0.01"), "million": Decimal(10**6)}
_YEAR = re.compile(r"(?:\((?:[^()\n]* )?|, )(?:1[6-9]|20)\d\d(?=[,.)])")
_CITED = re.compile(r"\[\^[\w-]+\]")
_LINK = re.compile(r"\]\(([^)#\s:]+\.(?:md|py)|(?=#))")
_MEASURED = re.compile(r"^numbers: *(.+)$", re.MULTILINE)
_WORKS = "## Further reading", "## Where to go from here", "## Works cited"
"""The sections whose numbers are those of books and papers."""
_WHOLE = "", "## Summary"
"""The sections that speak of the whole page: its beginning and its end."""


def check(chapter: Chapter) -> None:
    """Raise the first number that no program near it carries, in its section or the one before.

    It has two digits or more, or is a percentage. A link to another place of the page counts, too.
    """
    measured = _MEASURED.search(chapter.front)
    if measured:
        if not any((folder / measured[1]).is_file() for folder in chapter.path.parents):
            line = chapter.front.count("\n", 0, measured.start()) + 1
            raise chapter.fault(line, f"there is no {measured[1]} that could have measured")
        return
    lines = blank(CODE, chapter.prose).split("\n")
    headings = ["", *(text for text in lines if text.startswith("## "))]
    sections = list(accumulate((text.startswith("## ") for text in lines), initial=0))

    @cache
    def near(section: int) -> set[Decimal]:
        if headings[section] in _WHOLE:
            return _carried(chapter.programs)
        return _carried([p for p in chapter.programs if section - sections[p.line] in {0, 1}])

    linked = cache(_linked)
    for line, text in enumerate(lines, start=1):
        if headings[sections[line]].startswith(_WORKS) or _CITED.search(text):
            continue
        plain = _YEAR.sub("", _APART.sub("", text.replace("{,}", ",")))
        plain = _POWER.sub(r"e\1\2", plain)
        for found in _NUMBER.finditer(plain):
            number, unit = found["number"], found["unit"] or ""
            if _digits(number) < (1 if unit.endswith(("%", "percent")) else 2):
                continue
            values = {_value(number), _value(number) * _UNITS.get(unit.strip(" \\"), 1)}
            links = _LINK.findall(text)
            far = (linked(chapter.path.parent / name) if name else near(0) for name in links)
            if not values & near(sections[line]) and not any(values & there for there in far):
                told = f"no program of this section or the one before it carries {number}"
                told += f"{unit}, nor one of a page to which this line links"
                raise chapter.fault(line, told)


def _carried(programs: list[Program]) -> set[Decimal]:
    """The numbers that programs print or contain."""
    texts = (text for p in programs for text in (p.code, p.output or ""))
    return {_value(number) for text in texts for number in _PRINTED.findall(text)}


def _linked(page: Path) -> set[Decimal]:
    """The numbers of a page to which a line links."""
    return _carried(read(page).programs) if page.is_file() else set()


def _value(number: str) -> Decimal:
    return Decimal(re.sub("[,_]", "", number).rstrip(".") or "0")


def _digits(number: str) -> int:
    """How many digits are significant: not zeros before them, nor at the end of a whole number."""
    number = number.partition("e")[0]
    digits = number.replace(",", "").replace(".", "").lstrip("0")
    return len(digits if "." in number else digits.rstrip("0"))
