"""The font of the formulas: STIX Two Math, cut to the letters that the pages use."""

from functools import cache
from importlib.metadata import distribution
from io import BytesIO

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

# A variable is shown with the slanted letters that Unicode has: these begin where those do.
SLANTED = {0x41: 0x1D434, 0x61: 0x1D44E, 0x391: 0x1D6E2, 0x3B1: 0x1D6FC}
ODD = {"h": "\u210e", "∂": "𝜕", "∇": "𝛻"}
LETTERS = "".join(map(chr, range(0x20, 0x7F))) + "−×·′σηλμρεθΣ∂∇√∈‖⟨⟩\u2044"
LETTERS += "βγκ←→≤≥⅔⁻ˣ₀₁₂Łışŷ\u0302\u0304"  # prose has them, and its own font does not


@cache
def subset(text: str) -> bytes:
    """A WOFF2 file with what is needed to write a text's characters as math."""
    source = distribution("ziamath").locate_file("ziamath/fonts/STIXTwoMath-Regular.ttf")
    font = TTFont(str(source), recalcTimestamp=False)
    options = Options(layout_features=["*"], notdef_outline=True, name_IDs=[0, 1, 2, 13, 14])
    cutter = Subsetter(options)
    cutter.populate(text=LETTERS + text + "".join(map(_slanted, text)))
    cutter.subset(font)
    _narrow(font, font.getBestCmap()[ord("√")])
    font.flavor = "woff2"
    file = BytesIO()
    font.save(file)
    return file.getvalue()


def _narrow(font: TTFont, root: str) -> None:
    """Make the tall forms of the root as wide as the small one.

    Chromium leaves as much room as the widest form would need, whatever the form that it takes.
    """
    wide = font["hmtx"][root][0]
    glyphs = font["glyf"]
    for name in font.getGlyphOrder():
        if name.startswith(f"{root}."):
            advance, bearing = font["hmtx"][name]
            glyphs[name].coordinates.scale((wide / advance, 1))
            glyphs[name].coordinates.toInt()
            glyphs[name].recalcBounds(glyphs)
            font["hmtx"][name] = wide, round(bearing * wide / advance)


def _slanted(letter: str) -> str:
    """The slanted form of a letter, or nothing."""
    for start, other in SLANTED.items():
        if 0 <= ord(letter) - start < 25 + (start < 0x80):
            return ODD.get(letter, chr(other + ord(letter) - start))
    return ODD.get(letter, "")
