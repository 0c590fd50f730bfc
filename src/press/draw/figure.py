"""Figures: Matplotlib's SVG, made to live in a page.

Lines and letters take the colors of the theme, letters stay letters in the
page's own font, and the same figure is always the same bytes.
"""

import base64
import html
import io
import re
import xml.etree.ElementTree as ET
from collections import Counter
from functools import cache
from typing import Any

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
_COLOR = re.compile("|".join(COLORS))
_NUMBER = re.compile(r"-?\d+\.\d{2,}")
_LONG = re.compile(r'<path(?P<id>[^>]*?) d="(?P<d>[^"]{200,})"(?P<rest>[^>]*?)/>')
_FONT = re.compile(r"font:\s*(?:\w+ )*?(?P<size>[\d.]+)px [^;]*")

ET.register_namespace("", SVG)
ET.register_namespace("xlink", XLINK)


def inline(svg: str, name: str, alt: str) -> str:
    """An SVG as markup for a page, with ids of its own and a description."""
    root = ET.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", svg))  # noqa: S314  it is our own
    _strip(root)
    styles = {f"#{path.get('id')}": path.get("style") for path in root.iter(f"{{{SVG}}}path")}
    for use in root.iter(f"{{{SVG}}}use"):
        if use.get("style") == styles.get(use.get(f"{{{XLINK}}}href", "")):
            use.attrib.pop("style", None)  # the path has it
    values = " ".join(value for element in root.iter() for value in element.attrib.values())
    used = [i for element in root.iter() if f"#{(i := element.get('id', '?'))}" in values]
    ids = {old: f"{name}-{number}" for number, old in enumerate(used)}
    for element in root.iter():
        _clean(element, ids)
    width = float(root.attrib.pop("width", "0pt").removesuffix("pt"))
    root.attrib.pop("height", None)
    root.attrib.pop("version", None)
    root.set("role", "img")
    root.set("aria-label", alt)
    root.set("fill", "currentColor")  # Matplotlib writes no fill where it is black
    root.set("stroke-linejoin", "round")
    root.set("style", f"max-width: {width / 72:.2f}in")
    markup = ET.tostring(root, encoding="unicode")
    return re.sub(r">\s+<", "><", re.sub(r"[\n ]+", " ", markup))


def _strip(element: ET.Element) -> None:
    """Leave out what shows nothing: metadata, a style for all of the page, groups, no paint."""
    for child in list(element):
        _strip(child)
        place = list(element).index(child)
        tag = child.tag.removeprefix(f"{{{SVG}}}")
        if tag in {"metadata", "style"} or child.get("style") == "fill: none":
            element.remove(child)
        elif (tag == "g" and set(child.keys()) <= {"id"}) or (tag == "defs" and len(child) == 0):
            element[place : place + 1] = list(child)


def _clean(element: ET.Element, ids: dict[str, str]) -> None:
    """Theme colors, short numbers, the page's font, and ids only where used."""
    for key, value in list(element.attrib.items()):
        element.set(key, ids.get(value, "") if key == "id" else _value(key, value, ids))
        if not element.get(key):
            del element.attrib[key]


def _value(key: str, value: str, ids: dict[str, str]) -> str:
    """An attribute's value with the theme's colors, short numbers, and ids of this figure."""
    value = re.sub(r"#([\w-]+)(?=\)|$)", lambda m: f"#{ids.get(m[1], m[1])}", value)
    if key == "transform":
        return re.sub(r"rotate\(-0 [^)]*\)", "", value).strip()
    if key in {"style", "fill", "stroke"}:
        value = _COLOR.sub(lambda m: COLORS[m[0]], value)
        value = _FONT.sub(lambda m: f"font-size: {m['size']}px", value)
        value = re.sub(r"font-family: [^;]*;? ?", "", value)
    if key in {"x", "y"}:
        value = _NUMBER.sub(lambda m: line.tenths(round(float(m[0]) * 10)), value)
    if value.startswith(PNG):
        return PNG + _palette(base64.b64decode(value.removeprefix(PNG)))
    return line.short(value) if key == "d" else value


def _palette(png: bytes) -> str:
    """An image of few colors with a table of them: the same image in a third of the bytes."""
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))
    colors, index = np.unique(pixels.reshape(-1, 4), axis=0, return_inverse=True)
    if len(colors) > 256:
        return base64.b64encode(png).decode()
    image = Image.fromarray(index.reshape(pixels.shape[:2]).astype(np.uint8), "P")
    image.putpalette(colors.tobytes(), "RGBA")
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()


def figure(frames: list[dict[str, Any]], name: str, alt: str) -> str:
    """A figure, or a flipbook if it has several frames."""
    return _figure(tuple((frame["svg"], frame["label"]) for frame in frames), name, alt)


@cache  # the served site asks again at every change
def _figure(frames: tuple[tuple[str, str], ...], name: str, alt: str) -> str:
    if len(frames) == 1:
        return f'<figure class="figure">{inline(frames[0][0], name, alt)}</figure>'
    labels = [label or f"{i} of {len(frames)}" for i, (_, label) in enumerate(frames, 1)]
    pictures = _share(
        "".join(
            f'<div class="frame" data-label="{html.escape(label)}"{"" if i == 0 else " hidden"}>'
            f"{inline(svg, f'{name}-{i}', f'{alt} ({label})')}</div>"
            for i, ((svg, _), label) in enumerate(zip(frames, labels, strict=True))
        ),
        name,
    )
    return (
        f'<figure class="figure flipbook">{pictures}<figcaption class="controls" hidden>'
        '<button type="button" class="play" aria-label="Play"></button>'
        f'<input type="range" min="0" max="{len(frames) - 1}" value="0" '
        f'aria-label="Frame" aria-valuetext="{html.escape(labels[0])}">'
        f"<output>{html.escape(labels[0])}</output></figcaption></figure>"
    )


def _share(pictures: str, name: str) -> str:
    """Frames that draw the same long lines, with these lines written once, before all frames."""
    drawn = Counter(match["d"] for match in _LONG.finditer(pictures))
    shared = {d: f"{name}-line-{i}" for i, (d, n) in enumerate(drawn.items()) if n > 1}
    if not shared:
        return pictures
    lines = "".join(f'<path id="{key}" d="{d}" />' for d, key in shared.items())
    hidden = 'width="0" height="0" style="position: absolute" aria-hidden="true"'
    # Not a plain href: Material sets that wherever it stands, and in a <use> it cannot be set.
    use = '<use{} xlink:href="#{}"{}/>'.format
    return f'<svg xmlns="{SVG}" {hidden}><defs>{lines}</defs></svg>' + _LONG.sub(
        lambda m: use(m["id"], shared[m["d"]], m["rest"]) if m["d"] in shared else m[0],
        pictures,
    )
