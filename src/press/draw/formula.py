"""Formulas: LaTeX in the source, MathML in the page, letters in a line where there is no more."""

import html
import re
import unicodedata
import xml.etree.ElementTree as ET

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
_NAMED = re.compile(r"&(?!lt;|gt;|amp;)\w+;")
_SMALL = {
    "^": str.maketrans("0123456789+−=()abcdeijknoprtxyT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉⁱʲᵏⁿᵒᵖʳᵗˣʸᵀ"),
    "_": str.maketrans("0123456789+−=()aeijklmnoprstux", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢⱼₖₗₘₙₒₚᵣₛₜᵤₓ"),
}
_VULGAR = {unicodedata.normalize("NFKC", one).replace("\u2044", "/"): one for one in "½⅓⅔¼¾⅛⅒"}
_RELATION = re.compile(r"\s*([=<>≤≥≈≠≪≫→←↦∈])\s*")


def mathml(latex: str, *, display: bool = False) -> str:
    """The MathML of a formula; ValueError says which part is not understood."""
    try:
        markup = _CONVERTER.convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        reason = re.sub(r"\s+", " ", str(error)).strip()
        raise ValueError(f"unknown LaTeX in {latex.strip()!r}: {reason}") from None
    markup = _PRIME.sub(_RAISED, markup).replace("<msqrt>", _ROOT)
    return markup if display else _FRACTION.sub(_SLANTED, markup)


def plain(markup: str) -> str:
    """A formula of MathML as one line of letters: ½qx² in what the search shows of a page."""
    named = _NAMED.sub(lambda name: html.unescape(name[0]), markup)
    line = _RELATION.sub(r" \1 ", _line(ET.fromstring(named)))  # noqa: S314  we have made it
    return unicodedata.normalize("NFC", " ".join(line.split()))


def _line(part: ET.Element) -> str:
    tag = part.tag.rpartition("}")[2]
    first, *more = [_line(one) for one in part] or [""]
    if tag == "mfrac" or more[:1] == ["\u2044"]:
        line = f"{_group(first)}/{_group(more[-1])}"
        return _VULGAR.get(line, line)
    if tag == "msqrt":
        return f"√{_group(''.join([first, *more]).strip())}"
    if tag == "mover":
        return first + unicodedata.normalize("NFKD", more[0].replace("\u02c6", "\u0302"))[-1]
    below, above = re.search("sub|under", tag), re.search("sup|over", tag)
    if below or above:
        small = _small(more[0], "_") * bool(below) + _small(more[-1], "^") * bool(above)
        return first + small + " " * tag.startswith("munder")
    apart = " " if tag in {"mspace", "mtable", "mtr"} else ""
    return (part.text or apart).replace("\u2061", " ") + apart.join([first, *more])


def _group(line: str) -> str:
    return line if re.fullmatch(r"[\w.∂]*|\(.*\)", line) else f"({line})"


def _small(line: str, sign: str) -> str:
    small = line.translate(_SMALL[sign])
    return sign + _group(line) if set(small) & set(line) else small
