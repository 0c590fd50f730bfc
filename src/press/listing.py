"""A listing: a program's code, line by line, with what it printed and how it hangs together.

Every line is an element, so that it can be numbered, marked, and go on below itself on a phone.
"""

import ast
import html
import re
from functools import cache

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from press.read import Chapter, Program

DRAWS = {"ax", "axes", "fig", "plots", "plt"}
"""Names on which a program draws, and with them all that it makes of them."""
FITS = 44
"""Columns of a line that a phone shows whole; a longer one goes on below its own beginning."""


def listing(program: Program, number: int, chapter: Chapter) -> str:
    """A program's code and output as markup."""
    role = f' data-role="{program.role}"' if program.role else ""
    before = f' data-continues="{program.before.line}"' if program.before else ""
    output = ""
    if program.output is not None:
        text = html.escape(program.output)
        output = f'<pre class="output" role="group" aria-label="Output">{text}</pre>'
    says = f'<p class="says">The check says: {html.escape(program.says)}</p>' * bool(program.says)
    made = (
        f'<div class="program" id="program-{number}" data-line="{program.line}"{role}{before}>'
        f"{_chain(program, number, chapter)}"
        f'<div class="highlight"><pre><code>{_lines(program)}</code></pre></div>'
        f"{output}{says}</div>"
    )
    if program.role == "check":
        return f"<details><summary>What is checked</summary>{made}</details>"
    return made


def _chain(program: Program, number: int, chapter: Chapter) -> str:
    """The line above a program that says what runs before it."""
    if program.role == "cell":
        told = f"Cell {number} of {len(chapter.programs)}"
        told += ", runs after those before it" * (number > 1)
    elif program.before and not program.role:
        link = f'<a href="#program-{number - 1}">program {number - 1}</a>'
        told = f"Program {number}, continues {link}"
    elif chapter.is_continued(program) and not program.role:
        told = f"Program {number}"
    else:
        return ""
    return f'<p class="chain">{told}</p>'


def _lines(program: Program) -> str:
    """The code with its colors; lines that only import or draw have none."""
    lines = _highlight(program.code).splitlines(keepends=True)
    aside = machinery(program.text)
    first = program.text.count("\n") - len(lines) + 1
    plain = html.escape(program.code, quote=False).splitlines(keepends=True)
    made = []
    for i, (line, code) in enumerate(zip(lines, plain, strict=True)):
        look, inner = (' class="aside"', code) if first + i in aside else ("", line)
        if len(code) > FITS:
            inner = inner.replace("(", "(<wbr>")
            look += f' style="--in:{len(code) - len(code.lstrip(" "))}ch"'
        made.append(f"<span{look}>{inner}</span>")
    return "".join(made)


def machinery(code: str) -> set[int]:
    """The lines of a program that import or draw."""
    drawing, lines = set(DRAWS), set[int]()
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.stmt):
            continue
        draws = isinstance(node, ast.Expr | ast.Assign) and _root(node.value) in drawing
        if draws or isinstance(node, ast.Import | ast.ImportFrom):
            lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        for target in getattr(node, "targets", []) * draws:
            drawing |= {name.id for name in ast.walk(target) if isinstance(name, ast.Name)}
    return lines


def _root(value: ast.expr) -> str:
    """The name with which an expression begins: plt, in plt.figure().gca()."""
    while isinstance(value, ast.Call | ast.Attribute | ast.Subscript):
        value = value.func if isinstance(value, ast.Call) else value.value
    return value.id if isinstance(value, ast.Name) else ""


@cache  # the served site asks again at every change
def _highlight(code: str) -> str:
    markup: str = highlight(code, PythonLexer(), HtmlFormatter(nowrap=True))
    # Most words and signs have no color.
    return re.sub(r'<span class="(?:n|o|p|w)">([^<]*)</span>', r"\1", markup)
