"""Downloads: a chapter as a notebook, to be read, run and solved far from the site."""

import json
import posixpath
import re
from collections.abc import Iterator
from textwrap import indent
from typing import Any

from press.page import MARKS
from press.read import Chapter, Exercise, Span
from press.read.chapter import Block

_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_LINK = re.compile(r"(?<=\]\()(?P<file>[\w./-]+\.\w+)?(?P<anchor>#[\w-]+)?(?=\))")
INSTALL = """\
try:
    import litgrad
except ImportError:
    %pip install --quiet "litgrad[plots] @ {}"
"""
CHECK = """\
try:
{code}except AssertionError as reason:
    print({unsolved!r}, reason)
except Exception as error:
    print({unsolved!r}, repr(error))
else:
    print({solved!r})
"""


def as_json(chapter: Chapter, place: str, site: str, wheel: str) -> str:
    """The notebook as a file's text: of the page that stands at a place of a site."""
    cells = [_code(INSTALL.format(site + wheel)), *_cells(chapter)]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
        if cell["cell_type"] == "markdown":
            cell["source"] = _LINK.sub(lambda link: _address(link, place, site), cell["source"])
    metadata = {"kernelspec": _KERNEL}
    made = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def _cells(chapter: Chapter) -> Iterator[dict[str, Any]]:
    """Text and programs in their order; the reader's answer is checked, and no other runs."""
    checks = {id(exercise.starter): _check(exercise) for exercise in chapter.exercises}
    folded = {id(p) for e in chapter.exercises for p in (e.solution, *e.wrong)}
    places: dict[Span, str] = {}
    shown = []
    for program in chapter.programs:
        if id(program) in folded:
            says = f"\n\nThe check says: {program.says}" * bool(program.says)
            places[program.span] = f"```python\n{program.code}```{says}"
        elif program.role == "check":
            places[program.span] = ""
        else:
            places[program.span] = "\0"
            shown.append(program)
        made = program.figure_span, program.output_span
        places |= {span: "" for span in made if span}
    for block in chapter.blocks:
        inside = [p for p in shown if block.span.start < p.line < block.span.end]
        end, is_folded = block.span.end, block.kind == "details" and not inside
        places[block.head] = _summary(block) if is_folded else _heading(block)
        places[Span(end - 1, end)] = "\n</details>" if is_folded else ""
    texts = MARKS.sub("", chapter.replaced(places)).split("\0")
    yield from _text(texts[0])
    for program, text in zip(shown, texts[1:], strict=True):
        yield _code(program.code)
        if id(program) in checks:
            yield _code(checks[id(program)])
        yield from _text(text)


def _check(exercise: Exercise) -> str:
    """A check that says whether its exercise is solved, and lets what follows run."""
    code, title = indent(exercise.check.code, "    "), exercise.title
    return CHECK.format(code=code, unsolved=f"Still open, {title}:", solved=f"Solved, {title}")


def _address(link: re.Match[str], place: str, site: str) -> str:
    """Where a link of a page leads from anywhere."""
    file = posixpath.join(posixpath.dirname(place), link["file"]) if link["file"] else place
    name = posixpath.normpath(file)
    page = re.sub(r"(?:(?:^|/)index)?\.(?:md|py)$", "/", name).removeprefix("/")
    return f"{site}{page}{link['anchor'] or ''}" if link[0] else ""


def _text(source: str) -> Iterator[dict[str, Any]]:
    if source.strip():
        yield {"cell_type": "markdown", "metadata": {}, "source": source.strip("\n")}


def _code(source: str) -> dict[str, Any]:
    cell = {"cell_type": "code", "metadata": {}, "source": source.strip("\n")}
    return cell | {"execution_count": None, "outputs": []}


def _summary(block: Block) -> str:
    """What can be seen of a block that is folded."""
    return f"<details><summary>{block.title or 'Details'}</summary>\n"


def _heading(block: Block) -> str:
    """The first line of a block, such as an exercise, as a line of plain Markdown."""
    kind, title = block.kind.capitalize(), block.title
    return f"**{kind}: {title}**\n" if title and kind != "Details" else f"**{title or kind}**\n"
