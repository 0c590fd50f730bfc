"""Downloads: a chapter as a notebook."""

import json
from typing import Any

from press.page import MARKS
from press.read import Chapter, Span
from press.read.chapter import Block

_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def notebook(chapter: Chapter) -> dict[str, Any]:
    """The chapter's text and programs as cells, without outputs: running makes them."""
    places = {program.span: "\0" for program in chapter.programs}
    for program in chapter.programs:
        made = program.figure_span, program.output_span
        places |= {span: "" for span in made if span}
    for block in chapter.blocks:
        end = block.span.end
        places |= {block.head: _heading(block), Span(end - 1, end): ""}
    first, *texts = MARKS.sub("", chapter.replaced(places)).split("\0")
    cells = [_cell("markdown", first)]
    for program, text in zip(chapter.programs, texts, strict=True):
        code = _cell("code", program.code) | {"execution_count": None, "outputs": []}
        says = f"The check says: {program.says}" * bool(program.says)
        cells += [code, _cell("markdown", says), _cell("markdown", text)]
    cells = [cell for cell in cells if cell["source"]]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    metadata = {"kernelspec": _KERNEL}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def as_json(chapter: Chapter) -> str:
    """The notebook as a file's text."""
    return json.dumps(notebook(chapter), ensure_ascii=False, indent=1) + "\n"


def _cell(kind: str, source: str) -> dict[str, Any]:
    return {"cell_type": kind, "metadata": {}, "source": source.strip("\n")}


def _heading(block: Block) -> str:
    """The first line of a block, such as an exercise, as a line of plain Markdown."""
    kind, title = block.kind.capitalize(), block.title
    return f"**{kind}: {title}**\n" if title and kind != "Details" else f"**{title or kind}**\n"
