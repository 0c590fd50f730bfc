"""Numbers in the prose: each must be printed by a program of its page, or stand in one."""

import re

from press.read import Chapter

_NUMBER = re.compile(r"(?<![\w.,])(?:\d[\d,]*\d|\d)?(?:\.\d+)?(?!\d)")
_CODE = re.compile(r"`[^`\n]+`|<!--.*?-->|\]\([^)\n]*\)|\\(?:frac|tfrac|binom)\d+|Python \d[\d.]*")
_YEAR = re.compile(r"(?:\((?:[^()\n]* )?|, )(?:1[6-9]|20)\d\d(?=[,.)])")
_CITED = re.compile(r"\[\^[\w-]+\]")
REFERENCES = "## Further reading"


def check(chapter: Chapter) -> None:
    """Raise the first number of three digits or more that no program carries."""
    if not chapter.programs:
        return
    carried = {
        _value(number)
        for program in chapter.programs
        for text in (program.code, program.output or "")
        for number in re.findall(r"\d[\d,_]*\.?\d*(?:e[+-]?\d+)?|\.\d+", text)
    }
    fenced = False
    for line, text in enumerate(chapter.lines, start=1):
        if text.startswith(REFERENCES):
            return
        fenced ^= text.startswith("```")
        if fenced or _CITED.search(text):
            continue
        plain = _YEAR.sub("", _CODE.sub("", text.replace("{,}", ",")))
        for number in _NUMBER.findall(plain):
            if _digits(number) >= 3 and _value(number) not in carried:
                raise chapter.fault(line, f"no program on this page prints or contains {number}")


def _value(number: str) -> float:
    return float(re.sub("[,_]", "", number).rstrip(".") or "0")


def _digits(number: str) -> int:
    """How many digits are significant: not zeros before them, nor at the end of a whole number."""
    digits = number.replace(",", "").replace(".", "").lstrip("0")
    return len(digits if "." in number else digits.rstrip("0"))
