"""A page: the chapter's text with what its programs print and draw put in place.

The text goes through the site's own Markdown, with a mark where each program,
figure and formula stands; `finish` then puts the markup there.
"""

import html
import re
from dataclasses import dataclass, field
from itertools import count
from pathlib import PurePosixPath

from press.draw import panels
from press.draw.formula import mathml, plain
from press.listing import listing
from press.read import Chapter
from press.read.markdown import CONTINUES, OUTPUT
from press.read.text import replace_formulas
from press.run.results import Result

MARKS = re.compile(rf"^(?:{CONTINUES}|{OUTPUT})\n*", re.MULTILINE)
_PLACE = re.compile(r"<(?P<tag>div|pre|span) data-press=\"(?P<number>\d+)\">[^<]*</(?P=tag)>")
_INLINE = "<span data-press=[^<]*</span>"
# What is written beside a formula without a space, such as a comma, stays in its line.
_BESIDE = re.compile(rf"(?!{_INLINE}[\s<])[^\s<>]*(?:{_INLINE}[^\s<>]*)+")


@dataclass
class Page:
    """Markdown with marks, and the markup that belongs in their places."""

    text: str
    pieces: list[str] = field(default_factory=list)

    def put(self, piece: str, tag: str, plain: str = "") -> str:
        """Keep a piece of markup; return the mark that stands for it, with its text to be found."""
        self.pieces.append(piece)
        text = re.sub(r"[^\w\s]", lambda match: f"&#{ord(match[0])};", plain)
        return f'<{tag} data-press="{len(self.pieces) - 1}">{text}</{tag}>'

    def finish(self, content: str) -> str:
        """The page's HTML with the pieces in their places."""
        content = _BESIDE.sub(r'<span class="kept">\g<0></span>', content)
        return _PLACE.sub(lambda match: self.pieces[int(match["number"])], content)


def make(chapter: Chapter, results: list[Result]) -> Page:
    """The page of a chapter whose programs have been proved."""
    page, places, figures = Page(""), {}, count(1)
    for number, (program, result) in enumerate(zip(chapter.programs, results, strict=True), 1):
        mark = page.put(listing(program, number, chapter), "pre", program.code)
        if program.figure:
            name = PurePosixPath(program.figure).stem
            told = program.alt, next(figures), program.opens
            drawn = page.put(panels.figure(result.figures, name, *told), "div")
            if program.figure_span:
                places[program.figure_span] = drawn
            else:
                mark += f"\n\n{drawn}"
        if program.output_span:
            places[program.output_span] = ""
        places[program.span] = mark
    for fence in chapter.fences:
        if fence.span not in places:
            code = f'<div class="highlight"><pre><code>{html.escape(fence.code)}</code></pre></div>'
            places[fence.span] = page.put(code, "pre", fence.code)
    page.text = replace_formulas(
        MARKS.sub("", chapter.replaced(places, [e.moved for e in chapter.exercises])),
        lambda _, latex, display: page.put(
            markup := mathml(latex, display=display),
            "span",
            plain(markup),
        ),
    )
    return page
