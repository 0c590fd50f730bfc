r"""Formulas: LaTeX between dollar signs in the source, MathML in the page.

`$…$` stands in a line, `$$…$$` stands alone. The dollar of a price is
written `\$`, and code is left alone.
"""

import html
import re
from collections.abc import Callable

from math_core import LatexError, LatexToMathML

_CONVERTER = LatexToMathML(fancy_error=False, annotation=False)
# A prime's letter is raised and small already: as an exponent it would be so twice.
_PRIME = re.compile(r"<msup>(<m[io][^>]*>[^<]*</m[io]>)<mo>([′″‴])</mo></msup>")
_RAISED = r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>'
_PARTS = re.compile(
    r"(?P<code>^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)[`~]*\s*?$"
    r"|(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)|<!--.*?-->|\\\$)"
    r"|\$\$(?P<display>.+?)\$\$"
    r"|(?<![\w$])\$(?P<inline>[^\s$](?:[^$\n]|\n(?!\n))*?)(?<!\s)\$(?!\d)",
    re.DOTALL | re.MULTILINE,
)


def mathml(latex: str, *, display: bool = False) -> str:
    """The MathML of a formula; ValueError says which part is not understood."""
    try:
        return _PRIME.sub(_RAISED, _CONVERTER.convert_with_local_state(latex, displaystyle=display))
    except LatexError as error:
        reason = re.sub(r"\s+", " ", str(error)).strip()
        raise ValueError(f"unknown LaTeX in {latex.strip()!r}: {reason}") from None


def replace(text: str, put: Callable[[str], str], fault: Callable[[int, str], Exception]) -> str:
    """The text with every formula's MathML put in its place.

    `put` gets the MathML and returns what stands for it; `fault` gets the
    line and the reason when a formula is not understood.
    """

    def convert(match: re.Match[str]) -> str:
        if match["code"]:
            return match[0]
        latex = match["display"] or match["inline"]
        try:
            return put(mathml(html.unescape(latex), display=bool(match["display"])))
        except ValueError as error:
            raise fault(text.count("\n", 0, match.start()) + 1, str(error)) from None

    return _PARTS.sub(convert, text)
