"""What a site has beside its pages: sources, notebooks, pictures, and the letters of its font."""

import html
import re
from collections.abc import Iterable
from pathlib import Path

from press import notebook
from press.chapter import Chapter


def write(target: Path, data: bytes) -> None:
    """Write a file of the site."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


def source(target: Path, chapter: Chapter) -> None:
    """Write a page's source, and its notebook if it has programs."""
    write(target, chapter.path.read_bytes())
    if chapter.programs:
        write(target.with_suffix(".ipynb"), notebook.as_json(chapter).encode())


def letters(pieces: Iterable[str]) -> str:
    """The letters of all formulas among pieces of markup."""
    formulas = "".join(piece for piece in pieces if piece.startswith("<math"))
    return "".join(sorted(set(html.unescape(re.sub(r"<[^>]*>", "", formulas)))))
