"""Downloads: a chapter as a notebook, and its figures beside its Markdown."""

import re

import jupytext
from nbformat import NotebookNode

from press.chapter import BLOCK, Chapter
from press.page import MARKS, cut

_ATTRS = re.compile(r"^ {4}attrs: .*\n", re.MULTILINE)
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def notebook(chapter: Chapter) -> NotebookNode:
    """The chapter's text and programs as cells, without outputs: running makes them."""
    lines = chapter.text.splitlines(keepends=True)
    for program in reversed(chapter.programs):
        for span in (program.figure_span, program.output_span):
            if span:
                cut(lines, span, "")
    text = _ATTRS.sub("", MARKS.sub("", "".join(lines)))
    text = re.sub(rf"^{BLOCK.pattern}[ |]*(?P<title>.*)$", _heading, text, flags=re.MULTILINE)
    book: NotebookNode = jupytext.reads(text, fmt="md")
    book["metadata"] = {"kernelspec": _KERNEL}
    for number, cell in enumerate(book["cells"]):
        cell["id"], cell["metadata"] = f"cell-{number}", {}
    return book


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
