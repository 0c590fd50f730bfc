"""Figures: Matplotlib's SVG, made to live in a page.

Lines and letters take the colors of the theme, letters stay letters in the
page's own font, and the same figure is always the same bytes.
"""

import base64
import io
import re
import xml.etree.ElementTree as ET

import numpy as np
from PIL import Image

from litgrad import plots
from press.draw import line

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
COLORS = {plots.INK: "currentColor", plots.MUTED: f"var(--figure-muted, {plots.MUTED})"} | {
    color: f"var(--figure-{i}, {color})" for i, color in enumerate(plots.SERIES, start=1)
}
PNG = "data:image/png;base64,"
HREF = f"{{{XLINK}}}href"
ELEMENTS = {"g", "defs", "path", "use", "text", "tspan", "image", "rect", "clipPath", "pattern"}
ATTRIBUTES = {"width", "height", "viewBox", "transform", "clip-path", "fill", "patternUnits"}
"""What a picture is made of, beside ids, points, styles and its own parts: no link, no script."""
MANY = 1_000
"""So many markers are each drawn by themselves."""
_PLAIN = r"[\w .,#%()-]*"  # with neither colon nor slash, it is no address
_STYLE = re.compile(
    r" ?(fill|stroke|opacity|text-anchor|image-rendering|font-(?!family))[\w-]*:" + _PLAIN
)
_COLOR = re.compile("|".join(COLORS))
_REFERENCE = re.compile(r"(?<=^#)[\w-]+|(?<=url\(#)[\w-]+")

ET.register_namespace("", SVG)
ET.register_namespace("xlink", XLINK)


def inline(svg: str, name: str, **look: str) -> str:
    """An SVG as markup for a page, with ids of its own."""
    root = ET.fromstring(svg)  # noqa: S314  it is our own
    _strip(root)
    shapes = {f"#{shape.get('id')}": shape for shape in root.iter(f"{{{SVG}}}path")}
    every = root.iter(f"{{{SVG}}}use")
    uses = [(use, shapes[use.attrib[HREF]]) for use in every if use.get(HREF) in shapes]
    for use, shape in uses:
        if use.get("style") == shape.get("style"):
            use.attrib.pop("style", None)  # the shape has it
    values = (value for element in root.iter() for value in element.attrib.values())
    met = {found for value in values if "#" in value for found in _REFERENCE.findall(value)}
    used = [i for element in root.iter() if (i := element.get("id", "")) in met]
    ids = {old: f"{name}-{number}" for number, old in enumerate(used)}
    root.attrib = {"viewBox": root.get("viewBox", "")}
    for element in root.iter():
        cleaned = {key: _value(key, value, ids) for key, value in element.items()}
        element.attrib = {key: value for key, value in cleaned.items() if value}
    for use, shape in uses if len(uses) > MANY else []:
        _draw(use, shape)
    root.set("fill", "currentColor")  # Matplotlib writes no fill where it is black
    root.set("stroke-linejoin", "round")
    root.attrib |= look
    markup = ET.tostring(root, encoding="unicode")
    return re.sub(r">\s+<", "><", re.sub(r"[\n ]+", " ", markup))


def _strip(element: ET.Element) -> None:
    """Leave out what shows nothing, such as metadata or groups, and what does more than show."""
    kept: list[ET.Element] = []
    for child in element:
        _strip(child)
        tag = child.tag.removeprefix(f"{{{SVG}}}")
        if tag == "a" or (tag == "g" and set(child.keys()) <= {"id"}):
            kept += child
        elif tag in ELEMENTS and child.get("style") != "fill: none":
            kept += [child] if len(child) or tag != "defs" else []
    element[:] = kept


def _draw(use: ET.Element, shape: ET.Element) -> None:
    """Draw a shape where it is used: a browser takes the longer for a use, the more there are."""
    use.tag = shape.tag
    place = f"translate({use.attrib.pop('x')} {use.attrib.pop('y')})"
    use.attrib = dict(shape.items()) | use.attrib | {"transform": place}
    del use.attrib["id"], use.attrib[HREF]


def _value(key: str, value: str, ids: dict[str, str]) -> str:
    """An attribute with the theme's colors, short numbers and ids of the figure, if it may stay."""
    if key == "id":
        return ids.get(value, "")
    if key == HREF:
        return PNG + _palette(value) if value.startswith(PNG) else f"#{ids.get(value[1:], '')}"
    if key == "d":
        return line.short(value)
    if key in {"x", "y"}:
        return " ".join(line.tenths(round(10 * float(number))) for number in value.split())
    if key == "transform":
        value = re.sub(r"rotate\(-0 [^)]*\)", "", value).strip()
    if key == "style":
        value = ";".join(part for part in value.split(";") if _STYLE.fullmatch(part))
    elif key not in ATTRIBUTES or not re.fullmatch(_PLAIN, value):
        return ""
    if "#" in value:
        value = _REFERENCE.sub(lambda m: ids.get(m[0], m[0]), value)
        value = _COLOR.sub(lambda m: COLORS[m[0]], value)
    return value


def _palette(value: str) -> str:
    """An image of few colors with a table of them: the same image in a third of the bytes."""
    png = base64.b64decode(value.removeprefix(PNG))
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))
    codes = pixels.view(">u4").astype(np.uint32)[..., 0]
    colors, index = np.unique(codes, return_inverse=True)
    if len(colors) > 256:
        return base64.b64encode(png).decode()
    image = Image.fromarray(index.reshape(codes.shape).astype(np.uint8), "P")
    image.putpalette(colors.astype(">u4").tobytes(), "RGBA")
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()
