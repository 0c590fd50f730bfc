"""Formulas: LaTeX in the source, MathML in the page."""

import re

from math_core import LatexError, LatexToMathML

_CONVERTER = LatexToMathML(fancy_error=False, annotation=False)
# A prime's letter is raised and small already: as an exponent it would be so twice.
_PRIME = re.compile(r"<msup>(<m[io][^>]*>[^<]*</m[io]>)<mo>([′″‴])</mo></msup>")
_RAISED = r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>'
# In a line of text a fraction of two signs is as high as the line.
_SIGN = r"(<m[in]>[^<]*</m[in]>|<msub><mi>[^<]*</mi><m[in]>[^<]*</m[in]></msub>)"
_FRACTION = re.compile(rf"<mfrac[^>]*>{_SIGN}{_SIGN}</mfrac>")
_SLANTED = (
    r'<mrow><mpadded voffset=".28em" height=".72em"><mstyle scriptlevel="+1">\1</mstyle></mpadded>'
    r'<mo lspace="0" rspace="0">&#x2044;</mo><mstyle scriptlevel="+1">\2</mstyle></mrow>'
)
_ROOT = '<msqrt><mspace height="0.75em"/>'  # or over a low letter it would hang below the line


def mathml(latex: str, *, display: bool = False) -> str:
    """The MathML of a formula; ValueError says which part is not understood."""
    try:
        markup = _CONVERTER.convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        reason = re.sub(r"\s+", " ", str(error)).strip()
        raise ValueError(f"unknown LaTeX in {latex.strip()!r}: {reason}") from None
    markup = _PRIME.sub(_RAISED, markup).replace("<msqrt>", _ROOT)
    return markup if display else _FRACTION.sub(_SLANTED, markup)
