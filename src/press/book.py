"""The programs of a book: run when something changed, remembered when nothing did."""

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import litgrad
from press.chapter import Chapter, Fault, Program
from press.interpreter import LIMIT, Interpreter

IMPORTS_LITGRAD = re.compile(r"^\s*(?:from|import)\s+litgrad\b", re.MULTILINE)
RUNNERS = "backend.py", "interpreter.py", "sandbox.py"
"""What of press has a hand in a result."""


@dataclass
class Result:
    """What a chain of programs printed, drew or failed with."""

    output: str
    figures: list[dict[str, str]]
    error: dict[str, Any] | None
    seconds: float = 0.0


class Book:
    """Runs programs of chapters below a root folder."""

    def __init__(self, root: Path, *, cache: Path | None = None, limit: float = LIMIT) -> None:
        self.root = root
        self.cache = cache or root / ".cache" / "press"
        self.limit = limit
        self._interpreters = Interpreter(seed=0), Interpreter(seed=1)
        self.ran: list[tuple[Path, int, float]] = []
        """Path, line and seconds of every program that was really run."""

    def run(self, chapter: Chapter) -> list[Result]:
        """The results of a chapter's programs, in their order; no fault is raised."""
        return self._run_all([program.chain for program in chapter.programs])

    def prove(self, chapter: Chapter) -> list[Result]:
        """The results, if all that the chapter says of its programs is so."""
        results = self.run(chapter)
        for program, result in zip(chapter.programs, results, strict=True):
            self._prove(chapter, program, result)
        wrong = [[starter, check] for starter, _, check in chapter.exercises]  # and rightly so
        for (starter, check), result in zip(wrong, self._run_all(wrong), strict=True):
            if result.error is None:
                raise chapter.fault(starter.span.start, "the starter passes its own check")
            if result.error["kind"] != "AssertionError":
                raise chapter.fault(
                    check.span.start,
                    "with the starter the check must fail with an AssertionError, not with "
                    f"{result.error['message']}",
                )
            self._remember([starter, check], result)
        return results

    def _prove(self, chapter: Chapter, program: Program, result: Result) -> None:
        if result.error:
            line, reason = result.error["line"], result.error["message"]
            if program.role == "check":
                reason = f"the solution fails its check: {reason}"
            fault = chapter.fault(line, reason)
            fault.add_note(result.error["traceback"])
            raise fault
        if program.output is None and result.output and not chapter.is_continued(program):
            raise chapter.fault(
                program.span.start, "the program prints, and its output does not stand below it"
            )
        if program.output is not None and program.output != result.output:
            raise Fault(
                chapter.path,
                program.output_span.start if program.output_span else program.line,
                f"the program prints\n{result.output}and the page says\n{program.output}"
                "make outputs would write what it prints",
            )
        frames = self.frames(program, result)
        if frames and not program.figure:
            raise chapter.fault(
                program.span.start,
                f"the program draws {len(frames)} figure(s), and no image line shows them",
            )
        if program.figure_span and not frames:
            raise chapter.fault(program.figure_span.start, "the program before draws no figure")

    def frames(self, program: Program, result: Result) -> list[dict[str, str]]:
        """The figures that are a program's own, not of those which it continues."""
        if program.before is None:
            return result.figures
        return result.figures[len(self._run_all([program.before.chain])[0].figures) :]

    def _run_all(self, chains: list[list[Program]]) -> list[Result]:
        """Results remembered or new; two interpreters run what is new, and must agree."""
        results = {self._key(chain): self._recall(chain) for chain in chains}
        new = {self._key(chain): chain for chain in chains if results[self._key(chain)] is None}
        if new:
            with ThreadPoolExecutor(2) as pool:
                runs = pool.map(
                    lambda one: [self._run(one, chain) for chain in new.values()],
                    self._interpreters,
                )
            for (key, chain), *both in zip(new.items(), *runs, strict=True):
                results[key] = self._agreed(chain, *both)
        return [result for chain in chains if (result := results[self._key(chain)])]

    def close(self) -> None:
        """Let the interpreters go."""
        for interpreter in self._interpreters:
            interpreter.close()

    def _run(self, interpreter: Interpreter, chain: list[Program]) -> Result:
        path = chain[-1].path
        place = str(path.relative_to(self.root) if path.is_relative_to(self.root) else path)
        parts = [(part.line, part.code) for part in chain]
        return Result(**interpreter.run(place, parts, limit=self.limit))

    def _agreed(self, chain: list[Program], one: Result, other: Result) -> Result:
        """The result of two runs, remembered if both went well and are the same."""
        self.ran.append((chain[-1].path, chain[-1].line, one.seconds))
        if one.error or other.error:
            return one if one.error else other
        if (one.output, one.figures) != (other.output, other.figures):
            message = "the program prints or draws something else when it runs again"
            one.error = {
                "line": chain[-1].line,
                "kind": "Fault",
                "message": message,
                "traceback": message,
            }
            return one
        self._remember(chain, one)
        return one

    def _remember(self, chain: list[Program], result: Result) -> None:
        self.cache.mkdir(parents=True, exist_ok=True)
        file = self.cache / self._key(chain)
        written = file.with_suffix(f".{os.getpid()}")  # whole at once: others may be reading
        written.write_text(json.dumps(asdict(result)), encoding="utf-8")
        written.replace(file)

    def _recall(self, chain: list[Program]) -> Result | None:
        file = self.cache / self._key(chain)
        return Result(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None

    def _key(self, chain: list[Program]) -> str:
        """A name for all that a result depends on."""
        code = [part.code for part in chain]
        uses = self._library if IMPORTS_LITGRAD.search("".join(code)) else ""
        return _digest(json.dumps([code, self._tools, uses]).encode()) + ".json"

    @property
    def state(self) -> str:
        """A name for all that every lab depends on, its own text apart."""
        return _digest((self._tools + self._library).encode())

    @cached_property
    def _tools(self) -> str:
        lock = self.root / "requirements.txt"
        files = [Path(__file__).with_name(name) for name in RUNNERS]
        return sys.version + _together([*files, *([lock] if lock.exists() else [])])

    @cached_property
    def _library(self) -> str:
        return _together(_files(Path(litgrad.__file__).parent))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]


def _files(package: Path) -> Iterator[Path]:
    """The files of a package that its programs could notice."""
    yield from (file for file in sorted(package.rglob("*")) if file.suffix in {".py", ".npy"})


def _together(files: Iterable[Path]) -> str:
    """What some files come to."""
    return _digest(b"".join(file.read_bytes() for file in files))


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
