"""Downloads: a chapter as a notebook, and its figures beside its Markdown."""

import re
from copy import deepcopy
from functools import cache

import jupytext
from nbformat import NotebookNode

from press.page import MARKS, cut
from press.read import Chapter
from press.read.chapter import BLOCK

_ATTRS = re.compile(r"^ {4}attrs: .*\n", re.MULTILINE)
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def notebook(chapter: Chapter) -> NotebookNode:
    """The chapter's text and programs as cells, without outputs: running makes them."""
    if chapter.path.suffix == ".py":
        book: NotebookNode = jupytext.read(chapter.path)
        book["cells"] = [cell for cell in book["cells"] if cell["cell_type"] != "raw"]
    else:
        book = deepcopy(_cells(_markdown(chapter)))
    book["metadata"] = {"kernelspec": _KERNEL}
    for number, cell in enumerate(book["cells"]):
        cell["id"], cell["metadata"] = f"cell-{number}", {}
        cell["source"] = (
            _plain(cell["source"]) if cell["cell_type"] == "markdown" else cell["source"]
        )
    return book


@cache  # the served site asks again at every change
def _cells(text: str) -> NotebookNode:
    cells: NotebookNode = jupytext.reads(text, fmt="md")
    return cells


def _markdown(chapter: Chapter) -> str:
    """The chapter without what running the programs will make."""
    lines = chapter.text.splitlines(keepends=True)
    for program in reversed(chapter.programs):
        for span in (program.figure_span, program.output_span):
            if span:
                cut(lines, span, "")
    return MARKS.sub("", "".join(lines))


def _plain(text: str) -> str:
    """Text with its blocks as plain Markdown."""
    text = _ATTRS.sub("", text)
    return re.sub(rf"^{BLOCK.pattern}[ |]*(?P<title>.*)$", _heading, text, flags=re.MULTILINE)


def as_json(chapter: Chapter) -> str:
    """The notebook as a file's text."""
    text: str = jupytext.writes(notebook(chapter), fmt="ipynb")
    return text + "\n"


def _heading(match: re.Match[str]) -> str:
    """The line of a block, such as an exercise, as a line of plain Markdown."""
    kind, title = match["kind"].capitalize(), match["title"]
    if not kind:
        return ""
    return f"**{kind}: {title}**" if title and kind != "Details" else f"**{title or kind}**"
