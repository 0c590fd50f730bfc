"""Figures as a page shows them: panels side by side, frames in turn, and what they show, below."""

import html
import math
import re
from typing import Any

from press.draw.figure import SVG, inline

LEAST = 11
"""Pixels of a page: a letter of this size can be read."""
SIDES = {"Left": "Above (left)", "Right": "Below (right)"}
"""Where a panel is, for the text too, and where it is if there is no room beside the other."""
_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_TEXT = re.compile(r"<text.*?</text>", re.DOTALL)
_LETTERS = re.compile(r"font(?:-size)?: ([\d.]+)px")
_PLACE = re.compile(r"(?:Left|Right|Top|Bottom|Above|Below)[:,]")
_SIDE = re.compile(rf"\b(?:{'|'.join(SIDES)})(?=[:,])")
_MORE = re.compile(r"(?<!&amp)(?<!&[lg]t); .*(?=[.!?]$)")
_QUOTED = re.compile('"([^"]*)"')
_SENTENCE = re.compile(r"(?<=[.!?]) +(?=[A-Z])")


def figure(
    frames: list[dict[str, Any]], name: str, alt: str, number: int = 0, opens: str = ""
) -> str:
    """A figure, or a flipbook if it has several frames, which opens on one of them or the last."""
    caption = f"<figcaption>{f'<b>Figure {number}</b> ' * bool(number)}{_caption(alt)}</figcaption>"
    if len(frames) == 1:
        return f'<figure class="figure">{_panels(frames[0], name)}{caption}</figure>'
    labels = [frame["label"] or f"{i} of {len(frames)}" for i, frame in enumerate(frames, 1)]
    first = labels.index(opens) if opens else len(frames) - 1
    label = html.escape(labels[first])
    pictures = "".join(
        f'<div class="frame{" first" * (i == first)}" data-label="{html.escape(label)}">'
        f"{_panels(frame, f'{name}-{i}')}</div>"
        for i, (frame, label) in enumerate(zip(frames, labels, strict=True))
    )
    return (
        f'<figure class="figure flipbook">{pictures}<div class="controls" hidden>'
        f"<output>{label}</output>"
        '<button type="button" class="play" aria-label="Play"></button>'
        f'<input type="range" min="0" max="{len(frames) - 1}" value="{first}" '
        f'aria-label="Frame" aria-valuetext="{label}"></div>{caption}</figure>'
    )


def picture(panels: list[str], name: str) -> str:
    """The panels of a figure side by side, as a file of its own."""
    markup, x, height = "", 0.0, 0.0
    for i, svg in enumerate(panels):
        width, height = _size(svg)
        markup += inline(svg, f"{name}-{i}", x=f"{x:g}", width=f"{width:g}", height=f"{height:g}")
        x += width
    look = f'viewBox="0 0 {x:g} {height:g}" style="max-width: {x / 72:.2f}in"'
    return f'<svg xmlns="{SVG}" {look}>{markup}</svg>'


def _panels(frame: dict[str, Any], name: str) -> str:
    """A frame's panels; the caption tells of them to those who cannot see them."""
    look = {"aria-hidden": "true"}
    svgs = enumerate(frame["panels"])
    drawn = (inline(svg, f"{name}-{i}", style=_room(svg), **look) for i, svg in svgs)
    return f'<div class="panels">{"".join(drawn)}</div>'


def _room(svg: str) -> str:
    """How wide a panel is at least, so that its letters can be read, and how wide if it can be."""
    texts = [[float(size) for size in _LETTERS.findall(text)] for text in _TEXT.findall(svg)]
    letters = min((max(sizes) for sizes in texts), default=math.inf)  # exponents may be smaller
    width, _ = _size(svg)
    return f"flex:1 0 {math.ceil(LEAST * width / letters)}px;max-width:{width / 0.75:.0f}px"


def _size(svg: str) -> tuple[float, float]:
    """Width and height, in points of type."""
    ((width, height),) = _BOX.findall(svg)
    return float(width), float(height)


def _caption(alt: str) -> str:
    """A description; of it one sees what the first sentence says first, and of each side first."""
    unseen, end = '<span class="unseen">', "</span>"
    curly = _QUOTED.sub(r"“\1”", alt.replace("'", "\u2019"))
    first, *others = _SENTENCE.split(html.escape(curly, quote=False))
    told = [s if _PLACE.match(s) else f"{unseen}{s}{end}" for s in others]
    seen = (_MORE.sub(rf"{unseen}\g<0>{end}", s) for s in [first, *told] if s)
    return _SIDE.sub(_side, " ".join(seen).replace(f"{end} {unseen}", " "))


def _side(match: re.Match[str]) -> str:
    side = match[0]
    return f'<span class="wide">{side}</span><span class="narrow">{SIDES[side]}</span>'
