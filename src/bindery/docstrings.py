"""Docstrings on reference pages: examples after >>> become code, and Wᵀ has a raised T."""

import re
import unicodedata
from typing import Any

import griffe

_EXAMPLE = re.compile(r"(?:^>>> .*\n?(?:^.+\n?)*)+", re.MULTILINE)
_RAISED = re.compile("[²³¹ʰ-ˣᴬ-ᶿ⁰-₟ⱼ]")


def _raise(letter: re.Match[str]) -> str:
    """A raised or lowered letter of Unicode in markup: any font has that."""
    kind, _, code = unicodedata.decomposition(letter[0]).partition("> ")  # <super> or <sub>
    return f"<{kind[1:4]}>{chr(int(code, 16))}</{kind[1:4]}>" if code else letter[0]


class Examples(griffe.Extension):
    """Puts a fence around the examples of every docstring, and sets its formulas."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change the docstring before it is read as Markdown."""
        if obj.docstring:
            text = _RAISED.sub(_raise, obj.docstring.value)
            obj.docstring.value = _EXAMPLE.sub(lambda m: f"```pycon\n{m[0].rstrip()}\n```\n", text)
