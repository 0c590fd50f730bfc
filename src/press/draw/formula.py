"""Formulas: LaTeX in the source, MathML in the page."""

import re

from math_core import LatexError, LatexToMathML

_CONVERTER = LatexToMathML(fancy_error=False, annotation=False)
# A prime's letter is raised and small already: as an exponent it would be so twice.
_PRIME = re.compile(r"<msup>(<m[io][^>]*>[^<]*</m[io]>)<mo>([′″‴])</mo></msup>")
_RAISED = r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>'


def mathml(latex: str, *, display: bool = False) -> str:
    """The MathML of a formula; ValueError says which part is not understood."""
    try:
        return _PRIME.sub(_RAISED, _CONVERTER.convert_with_local_state(latex, displaystyle=display))
    except LatexError as error:
        reason = re.sub(r"\s+", " ", str(error)).strip()
        raise ValueError(f"unknown LaTeX in {latex.strip()!r}: {reason}") from None
