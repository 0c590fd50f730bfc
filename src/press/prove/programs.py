"""Programs against their page: what they print, draw and check is what stands there."""

import ast
import re

from press.read import Chapter, Fault, Program
from press.run.results import Book, Result

MOST_SAID = 200
"""Characters in which a check says what is wrong."""
# What a file of text cannot hold, and what would close a block.
_UNSAID = re.compile(r"[\ufeff\0\2\3\r\ud800-\udfff]|^[^\S\n]*/{3,}[^\S\n]*$", re.MULTILINE)


def check(chapter: Chapter, book: Book) -> list[Result]:
    """The results of a chapter's programs, if all that it says of them is so."""
    chains = [program.chain for program in chapter.programs]
    attempts = [
        [answer, exercise.check] for exercise in chapter.exercises for answer in exercise.attempts
    ]
    results = book.run(chains + attempts)
    for program, result in zip(chapter.programs, results, strict=False):
        _check_result(chapter, program, result)
    for exercise in chapter.exercises:
        _check_speaks(chapter, exercise.check)
    for (answer, check), result in zip(attempts, results[len(chains) :], strict=True):
        _check_attempt(chapter, answer, check, result)
    return results[: len(chains)]


def check_cells(chapter: Chapter, results: list[Result]) -> list[Result]:
    """The results of a lab's cells, if they draw what they say; the lab takes what they print."""
    for program, result in zip(chapter.programs, results, strict=True):
        if result.error:
            raise _failure(chapter, result)
        if bool(program.alt) != bool(result.figures):
            wrong = "draws, and needs" if result.figures else "draws nothing, and has an"
            raise chapter.fault(program.span.start, f'this cell {wrong} alt="what to see"')
        program.output = result.output or None
    return results


def check_printed(chapter: Chapter, program: Program, output: str) -> None:
    """Raise a fault if what a program prints cannot stand on a page as it is."""
    if output and not output.endswith("\n"):
        told = "the program does not end its last line: a page cannot show that, so print the end"
        raise chapter.fault(program.span.start, told)
    unsaid = _UNSAID.search(output)
    if unsaid:
        told = f"the program prints {unsaid[0]!r}, which would be something else on a page"
        raise chapter.fault(program.span.start, told)


def _check_result(chapter: Chapter, program: Program, result: Result) -> None:
    if result.error:
        what = "the solution fails its check: " if program.role == "check" else ""
        raise _failure(chapter, result, what)
    if not chapter.is_continued(program):
        check_printed(chapter, program, result.output)
    if program.output is None and result.output and not chapter.is_continued(program):
        raise chapter.fault(
            program.span.start, "the program prints, and its output does not stand below it"
        )
    if program.output_span and program.output != result.output:
        raise chapter.fault(
            program.output_span.start,
            f"the program prints\n{result.output}and the page says\n{program.output}"
            "make outputs would write what it prints",
        )
    if result.figures and not program.figure:
        drawn = f"the program draws {len(result.figures)} figure(s), and no image line shows them"
        raise chapter.fault(program.span.start, drawn)
    if program.figure_span and not result.figures:
        raise chapter.fault(program.figure_span.start, "the program before draws no figure")
    if program.figure_span and program.opens not in {"", *(f["label"] for f in result.figures)}:
        told = f"the program before draws no frame with the label {program.opens!r}"
        raise chapter.fault(program.figure_span.start, told)


def _check_speaks(chapter: Chapter, check: Program) -> None:
    """Raise an assertion of a check that would not tell the reader what is wrong."""
    for node in ast.walk(ast.parse(check.code)):
        if isinstance(node, ast.Assert) and node.msg is None:
            told = "a check says what is wrong: assert holds, 'two rows need two maxima'"
            raise chapter.fault(check.line + node.lineno - 1, told)


def _check_attempt(chapter: Chapter, answer: Program, check: Program, result: Result) -> None:
    """Raise a fault if a wrong answer passes its check, or fails otherwise than by an assertion.

    What the check says of a wrong turn will stand on the page.
    """
    what = "starter" if answer.role == "starter" else "wrong turn"
    if result.error is None:
        raise chapter.fault(answer.span.start, f"the {what} passes its own check")
    if result.error["kind"] != "AssertionError":
        raise chapter.fault(
            answer.span.start,
            f"with the {what} the check (line {check.line}) must fail with an AssertionError, "
            f"not with {_reason(result)}",
        )
    said = result.error["message"]
    if not 0 < len(said) <= MOST_SAID:
        told = f"of this {what} the check says {len(said)} characters: it is one sentence"
        raise chapter.fault(answer.span.start, told)
    answer.says = said if answer.role == "wrong" else ""


def _failure(chapter: Chapter, result: Result, what: str = "") -> Fault:
    """The fault of a program that fails, with its traceback."""
    error = result.error or {}
    fault = chapter.fault(error["line"], what + _reason(result))
    fault.add_note(error["traceback"])
    return fault


def _reason(result: Result) -> str:
    error = result.error or {}
    return f"{error['kind']}: {error['message']}".strip(": ")
