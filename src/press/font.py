"""The font of the formulas: STIX Two Math, cut to the letters that the pages use."""

from importlib.metadata import distribution
from io import BytesIO

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

LETTERS = "".join(map(chr, range(0x20, 0x7F))) + "−×·′σηλμρεθΣ∂∇√∈‖⟨⟩"


def subset(text: str) -> bytes:
    """A WOFF2 file with what is needed to write a text's characters as math."""
    source = distribution("ziamath").locate_file("ziamath/fonts/STIXTwoMath-Regular.ttf")
    font = TTFont(str(source), recalcTimestamp=False)
    options = Options(layout_features=["*"], notdef_outline=True, name_IDs=[0, 1, 2, 13, 14])
    cutter = Subsetter(options)
    cutter.populate(text=LETTERS + text)
    cutter.subset(font)
    font.flavor = "woff2"
    file = BytesIO()
    font.save(file)
    return file.getvalue()
