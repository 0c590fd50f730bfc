"""The programs of a book: run when something changed, remembered when nothing did."""

import json
import operator
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import cached_property
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import litgrad
from press import files
from press.read import Program
from press.run.interpreter import LAB_LIMIT, LIMIT, Interpreter

IMPORTS_LITGRAD = re.compile(r"^\s*(?:from|import)\s+litgrad\b", re.MULTILINE)
Chain = list[Program]
WRONG = {"starter", "wrong"}
"""Who may fail, as long as it is by an assertion."""


@dataclass
class Result:
    """What a program printed, drew or failed with."""

    output: str = ""
    figures: list[dict[str, Any]] = field(default_factory=list)
    error: dict[str, Any] | None = None


class Book:
    """Runs programs of pages below a root folder."""

    def __init__(self, root: Path, *, cache: Path | None = None, limit: float = LIMIT) -> None:
        self.root = root
        self.cache = cache or root / ".cache" / "press"
        self.limit = limit
        self._interpreters = Interpreter(seed=0), Interpreter(seed=1)
        self.ran: list[tuple[Path, int, float]] = []
        """Path, line and seconds of every chain that was really run."""

    def run(self, chains: list[Chain]) -> list[Result]:
        """What all of each chain prints, and what its last program draws."""
        return [
            Result("".join(part.output for part in parts), parts[-1].figures, parts[-1].error)
            for parts in self.run_parts(chains)
        ]

    def run_parts(self, chains: list[Chain]) -> list[list[Result]]:
        """What each program of each chain prints and draws; two interpreters must agree on it.

        A chain with which another begins is run with that one.
        """
        whole = [max((c for c in chains if _begins(c, chain)), key=len) for chain in chains]
        results: dict[str, list[Result]] = {}
        with ThreadPoolExecutor(len(self._interpreters)) as pool:
            for chain in whole:
                key = self._key(chain)
                if found := results.get(key) or self._recall(key):
                    results[key] = found
                    continue
                with files.locked(self.cache):  # who needs it elsewhere waits, and finds it
                    results[key] = self._recall(key) or self._run(pool, chain, key)
        pairs = zip(chains, whole, strict=True)
        return [results[self._key(longer)][: len(chain)] for chain, longer in pairs]

    def close(self) -> None:
        """Let the interpreters go."""
        for interpreter in self._interpreters:
            interpreter.close()

    def _run(self, pool: ThreadPoolExecutor, chain: Chain, key: str) -> list[Result]:
        path, began = chain[-1].path, time.perf_counter()
        place = str(path.relative_to(self.root) if path.is_relative_to(self.root) else path)
        limit = LAB_LIMIT if chain[-1].role == "cell" else self.limit
        parts = [(part.line, part.code, part.is_cover) for part in chain]
        one, other = (
            [Result(**part) for part in told]
            for told in pool.map(lambda it: it.run(place, parts, limit=limit), self._interpreters)
        )
        self.ran.append((path, chain[-1].line, time.perf_counter() - began))
        error = one[-1].error
        is_right = not error or (chain[0].role in WRONG and error["kind"] == "AssertionError")
        if is_right and one == other:
            files.write(self.cache / key, json.dumps([asdict(part) for part in one]).encode())
        if one[-1].error or one == other:
            return one
        return other if other[-1].error else _disagree(chain, one, other)

    def _recall(self, key: str) -> list[Result] | None:
        file = self.cache / key
        told = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
        return [Result(**part) for part in told] or None

    def _key(self, chain: Chain) -> str:
        """A name for all that a result depends on."""
        code = [[part.code, part.is_cover] for part in chain]
        uses = any(IMPORTS_LITGRAD.search(part.code) for part in chain)
        told = json.dumps([code, self._tools, self._library if uses else ""])
        return files.digest(told.encode()) + ".json"

    @property
    def state(self) -> str:
        """A name for all that every lab depends on, its own text apart."""
        return files.digest((self._tools + self._library).encode())

    @cached_property
    def _tools(self) -> str:
        installed = sorted(f"{found.name} {found.version}" for found in distributions())
        return "\n".join([sys.version, files.state(Path(__file__).parent), *installed])

    @cached_property
    def _library(self) -> str:
        return files.state(Path(litgrad.__file__).parent)


def _begins(chain: Chain, other: Chain) -> bool:
    """Whether a chain begins with another, or is the other."""
    return len(chain) >= len(other) and all(map(operator.is_, chain, other))


def _disagree(chain: Chain, one: list[Result], other: list[Result]) -> list[Result]:
    """The results of two runs, with a fault from where they differ."""
    same = next(i for i, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1])
    message = "the program prints or draws something else when it runs again"
    error = {"line": chain[same].line, "kind": "Fault", "message": message, "traceback": message}
    return one[:same] + [Result(error=error)] * (len(one) - same)
