"""Names of the library in the prose: what a page calls by name must be there."""

import re
from pkgutil import iter_modules, resolve_name

import litgrad
from press.read import Chapter
from press.read.text import CODE

_MODULES = "|".join(module.name for module in iter_modules(litgrad.__path__))
# litgrad.… or optimizers.…, and neither a file such as ops.py nor another's my.data.
_NAME = re.compile(
    rf"(?<![\w./])(?:litgrad\.|(?=(?:{_MODULES})\.(?!py\b)\w))(?P<name>\w+(?:\.\w+)*)"
)


def check(chapter: Chapter) -> None:
    """Raise the first name in backticks that begins as one of litgrad's, and is none."""
    text = chapter.prose
    for code in CODE.finditer(text):
        for found in _NAME.finditer(code[0]):
            try:
                resolve_name(f"litgrad.{found['name']}")
            except (AttributeError, ImportError):
                line = text.count("\n", 0, code.start() + found.start()) + 1
                raise chapter.fault(line, f"there is no litgrad.{found['name']}") from None
