"""Where code, blocks, formulas and words stand in a page: the one scanner of its text.

Others read the same text: the site's Markdown, and pytest-codeblocks. They all agree on the one
form that is taken here. Whatever one of them could take otherwise is a fault with its place.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from press.read.chapter import Block, Chapter, Fault, Fence, Span

# A byte order mark, bytes of no UTF-8, and what some leave out or take for the end of a line.
_UNSEEN = re.compile("[\ufeff\ufffd\r\0\2\3]")
FRONT = re.compile(r"---\n.*?\n---\n", re.DOTALL)
_WITHIN = r"(?:[^\n]|\n(?!\s*\n))+?"  # a paragraph
CODE = re.compile(rf"(?<![`\\])(?P<ticks>`+)(?!`){_WITHIN}(?<!`)(?P=ticks)(?!`)")
_FORMULA = re.compile(
    rf"(?P<code>{CODE.pattern}|(?P<comment><!--(?:(?!<!--)(?s:.))*?-->)|\\\$)"
    rf"|\$\$(?P<display>{_WITHIN})\$\$"
    r"|(?<![\w$])\$(?P<inline>[^\s$](?:[^$\n]|\n(?!\n))*?)(?<!\s)\$(?!\d)"
)
_EDGE = re.compile(r"[>\s]*(`{3,}|~{3,}|/{3,})")
_FENCE = re.compile(r"(`{3,})[^`]*")
_HEAD = re.compile(r"(/{3,}) (details|exercise|mistake|note)(?: \| (\S.*))?")
_OPTIONS = re.compile(r" {4}attrs: \{id: [\w-]+\}\n(?! {4}|\t)")
_FENCED = (
    "a fence stands at the left margin, in no list and no quote: exactly ```python, and then ```"
)
_BOXED = (
    "a block stands at the left margin, as /// KIND | TITLE and then ///: KIND is details, "
    "exercise, mistake or note, and a block within another has fewer slashes"
)
_HEADING = re.compile(r"^(?:#{1,6}(.*?)#*|(.+)\n(?:=+|-+) *)$", re.MULTILINE)
_PARAGRAPH = re.compile(r"(?:#|///).*\n?|(?:(?!#|///).*\S.*\n?)+")
_ITEM = re.compile(r" {0,3}(?:[-*+]|\d+[.)]|\[\^[\w-]+\]:)\s|(?:.*\n)*:\s")
_TAG = re.compile(r"<(/?)([a-z][\w-]*|[!?])")
_VOID = {"area", "br", "col", "embed", "hr", "img", "input", "source", "track", "wbr"}
_SCRIPT = re.compile(
    r"(?:<[a-z](?:'[^']*'|\"[^\"]*\"|[^>'\"])*?|\{[^}\n]*?)(?<![\w-])on[a-z]{3,}\s*="
    r"|(?:\]\(|\]:|=|<)[\s<\"']*javascript:",
    re.IGNORECASE,
)


def source(path: Path) -> str:
    """What stands in a file, if all who read it see the same lines."""
    text = path.read_bytes().decode("utf-8", "replace")
    for line, found in find(_UNSEEN, text):
        told = f"{found[0]!r} stands here: save the page as UTF-8 without it, its lines ended by LF"
        raise Fault(path, line, told)
    return text


def find(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, re.Match[str]]]:
    """What a pattern finds in a text, each with the line where it begins."""
    return ((text.count("\n", 0, found.start()) + 1, found) for found in pattern.finditer(text))


def blank(pattern: re.Pattern[str], text: str) -> str:
    """The text without what a pattern finds, every line in its place."""
    return pattern.sub(lambda found: "\n" * found[0].count("\n") or " ", text)


def replace_formulas(text: str, put: Callable[[int, str, bool], str]) -> str:
    r"""The text with something else in the place of every formula.

    `$…$` stands in a line, `$$…$$` stands alone. The dollar of a price is
    written `\$`, and code is left alone. `put` gets a formula's line, its
    LaTeX, and whether it stands alone.
    """

    def convert(found: re.Match[str]) -> str:
        if found["code"]:
            return found[0]
        line = text.count("\n", 0, found.start()) + 1
        latex = html.unescape(found["display"] or found["inline"])
        return put(line, latex, bool(found["display"]))

    return _FORMULA.sub(convert, text)


def scan(chapter: Chapter) -> None:
    """Tell a chapter where its fences and blocks stand, or raise what is neither they nor text."""
    lines = chapter.lines
    opened: list[tuple[int, str]] = []
    for line, text in enumerate(lines, start=1):
        start, mark = opened[-1] if opened else (0, "")
        fence, head = _FENCE.fullmatch(text), _HEAD.fullmatch(text)
        if mark and text == mark:
            opened.pop()
            _close(chapter, Span(start, line + 1))
        elif mark.startswith("`"):
            if text.lstrip().startswith(mark):
                raise chapter.fault(line, f"the fence of line {start} is closed by {mark} alone")
        elif fence or (head and (not mark or len(head[1]) < len(mark))):
            opened.append((line, (fence or head or "")[1]))
        elif edge := _EDGE.match(text):
            told = _BOXED if "/" in edge[1] else _FENCED
            raise chapter.fault(line, told + f" (that of line {start} is not closed)" * bool(mark))
    for start, mark in opened[-1:]:
        raise chapter.fault(start, f"this is not closed: a line of {mark} alone does it")
    _check_paragraphs(chapter)
    _check_headings(chapter)
    _check_raw(chapter)


def _close(chapter: Chapter, span: Span) -> None:
    """Take a fence or block whose end is found."""
    first, *inside = chapter.lines[span.start - 1 : span.end - 2]
    head = _HEAD.fullmatch(first)
    if head:
        options = int(bool(inside and _OPTIONS.match("\n".join(inside) + "\n")))
        top = Span(span.start, span.start + 1 + options)
        chapter.blocks.append(Block(head[2], head[3] or "", span, top))
    else:
        chapter.fences.append(Fence(span, first, "".join(f"{line}\n" for line in inside)))


def _check_paragraphs(chapter: Chapter) -> None:
    """Raise code that nobody takes for a program: indented, and not fenced."""
    is_listed, options = False, [block.head.end - 1 for block in chapter.blocks]
    for line, found in find(_PARAGRAPH, chapter.prose):
        if not found[0].startswith(("    ", "\t")):
            is_listed = bool(_ITEM.match(found[0]))
        elif not is_listed and line not in options:
            told = (
                "code is not indented but fenced; a block's only option is '    attrs: {id: NAME}'"
            )
            raise chapter.fault(line, told)


def _check_headings(chapter: Chapter) -> None:
    """Raise the second of two headings with one anchor."""
    seen: dict[str, int] = {}
    for line, found in find(_HEADING, chapter.prose):
        anchor = _anchor((found[1] or found[2] or "").strip())
        if seen.setdefault(anchor, line) != line:
            told = f"line {seen[anchor]} has the same anchor: other words, or {{ #NAME }} after"
            raise chapter.fault(line, told)


def _anchor(heading: str) -> str:
    """The name by which a link finds a heading."""
    own = re.search(r"\{[^}]*#([\w-]+)[^}]*\}$", heading)
    words = replace_formulas(heading, lambda *_: "")
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return own[1] if own else re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


def _check_raw(chapter: Chapter) -> None:
    """Raise raw HTML that would run a script, or take Markdown with it."""
    text, lines = chapter.prose, chapter.lines
    for line, found in find(_FORMULA, text):
        if found["comment"] and any(map(_EDGE.match, lines[line : line + found[0].count("\n")])):
            raise chapter.fault(line, "a comment holds no fence and no block")
    words = blank(_FORMULA, text)
    for found in _SCRIPT.finditer(words):
        line = words.count("\n", 0, found.end()) + 1
        raise chapter.fault(line, "a page runs no script of its own, by event or by link")
    for line, found in find(_PARAGRAPH, words):
        opened: list[str] = []
        for close, name in _TAG.findall(found[0].lower()):
            if close and opened[-1:] == [name]:
                opened.pop()
            elif close or name not in _VOID:
                opened.append(close + name)
        if opened:
            told = f"<{opened[-1]} begins or ends here, and does not do both before a blank line"
            raise chapter.fault(line, told)
