"""Outputs: a page's file with what its programs print."""

import re

from press import files
from press.prove.programs import check_printed
from press.read import Chapter, Span
from press.read.markdown import OUTPUT
from press.run.results import Result


def write(chapter: Chapter, results: list[Result]) -> None:
    """Write into a page what its programs print; a page that says so already is left alone."""
    text = with_outputs(chapter, results)
    if text != chapter.source:
        files.write(chapter.path, text.encode())


def with_outputs(chapter: Chapter, results: list[Result]) -> str:
    """The chapter's file with the outputs that its programs have."""
    places = {}
    for program, result in zip(chapter.programs, results, strict=True):
        span, output = program.output_span, result.output
        if chapter.is_continued(program) or result.error or output == (program.output or ""):
            continue
        check_printed(chapter, program, output)
        # Longer than what the output has of it, so that it does not end there.
        fence = "`" * max([3, *(len(ticks) + 1 for ticks in re.findall("`+", output))])
        fenced = f"{fence}\n{output}{fence}"
        if span and output:
            places[span] = fenced
        elif span:
            places[Span(_mark(chapter, span), span.end)] = ""
        else:
            end = program.span.end
            places[Span(end, end)] = f"\n{OUTPUT}\n\n{fenced}"
    return chapter.front + chapter.replaced(places)[chapter.front.count("\n") :]


def _mark(chapter: Chapter, span: Span) -> int:
    """Where the lines begin that announce an output."""
    line = span.start
    while chapter.lines[line - 2].strip() in {"", OUTPUT}:
        line -= 1
    return line
