"""Outputs: a page's file with what its programs print."""

from press.read import Chapter
from press.run.results import Result


def with_outputs(chapter: Chapter, results: list[Result]) -> str:
    """The chapter's file with the outputs that its programs have."""
    lines = chapter.text.splitlines(keepends=True)
    pairs = list(zip(chapter.programs, results, strict=True))
    for program, result in reversed(pairs):
        if chapter.is_continued(program) or result.error:
            continue
        if program.output_span and result.output:
            start, end = program.output_span.start, program.output_span.end
            lines[start : end - 2] = [result.output]
        elif result.output:
            mark = f"\n<!--pytest-codeblocks:expected-output-->\n\n```\n{result.output}```\n"
            lines.insert(program.span.end - 1, mark)
    return chapter.front + "".join(lines)[chapter.front.count("\n") :]
