"""What a section of the benchmark hands back: tables, targets, and sentences."""

import json
import sys
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Table:
    """A table of text; the first row is its head."""

    rows: list[list[str]]

    def lines(self) -> list[str]:
        """The table in Markdown, padded so that it reads well in a terminal, too."""
        widths = [max(map(len, column)) for column in zip(*self.rows, strict=True)]
        left, *right = widths
        rule = "| " + " | ".join(["-" * left, *("-" * (w - 1) + ":" for w in right)]) + " |"
        lines = [
            "| " + " | ".join([row[0].ljust(left), *map(str.rjust, row[1:], right)]) + " |"
            for row in self.rows
        ]
        return [lines[0], rule, *lines[1:]]


@dataclass
class Target:
    """What was to be reached, and what was."""

    what: str
    limit: float
    value: float
    at_most: bool = False

    @property
    def met(self) -> bool:
        """Whether the number as it is printed keeps to the limit."""
        value = float(f"{self.value:.3g}")
        return value <= self.limit if self.at_most else value >= self.limit

    def row(self) -> list[str]:
        """What, limit, value, verdict."""
        limit = f"{'≤' if self.at_most else '≥'} {self.limit:,g}"
        return [self.what, limit, number(self.value), "yes" if self.met else "**no**"]


@dataclass
class Section:
    """The results of one process."""

    tables: dict[str, Table] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    """Numbers and sentences for the text of the page, by name."""

    def send(self) -> None:
        """Hand it to the process that asked for it."""
        json.dump(asdict(self), sys.stdout)

    @classmethod
    def receive(cls, text: str) -> "Section":
        """What `send` wrote."""
        sent = json.loads(text)
        return cls(
            {name: Table(**table) for name, table in sent["tables"].items()},
            [Target(**target) for target in sent["targets"]],
            sent["facts"],
        )


def number(value: float) -> str:
    """Three digits, with separators and without an exponent."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def small(value: float) -> str:
    """Its first digit and its power of ten."""
    return f"{value:.0e}".replace("e-0", "e-")


def progress(text: str) -> None:
    """A line for whoever is waiting."""
    sys.stderr.write(f"  {text}\n")
    sys.stderr.flush()
