"""What MkDocs needs to know of press, and nothing more: its events, and a page's files."""

import html
import re
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError

from press import font, notebook, page
from press.book import Book
from press.chapter import Chapter, Fault, read
from press.page import Page

_pages: dict[str, tuple[Chapter, Page]] = {}
_drawings: dict[str, str] = {}
_state: dict[str, Any] = {}


def on_config(config: Any) -> Any:
    """Begin with an empty book."""
    root = Path(config["config_file_path"]).parent
    _state["book"] = Book(root)
    _pages.clear()
    _drawings.clear()
    return config


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Prove the page's programs, and put marks in their places."""
    path = Path(page.file.abs_src_path or "")
    if path.suffix != ".md":
        return markdown
    book: Book = _state["book"]
    try:
        chapter = read(path)
        made = make(chapter, book)
    except Fault as fault:
        raise PluginError(fault.report) from None
    _pages[page.file.src_uri] = chapter, made
    return made.text


def make(chapter: Chapter, book: Book) -> Page:
    """A proved page."""
    results = page.prove(chapter, book)
    for program, result in zip(chapter.programs, results, strict=True):
        if program.figure:
            place = chapter.path.parent / program.figure
            _drawings[str(place)] = book.frames(program, result)[0]["svg"]
    return page.make(chapter, results, book)


def on_page_content(content: str, page: Any, **_: Any) -> str:
    """Put programs, figures and formulas in the places of their marks."""
    found = _pages.get(page.file.src_uri)
    return found[1].finish(content) if found else content


def on_post_build(config: Any) -> None:
    """Write the font of the formulas, and every chapter's downloads."""
    site, docs = Path(config["site_dir"]), Path(config["docs_dir"])
    letters: set[str] = set()
    for uri, (chapter, made) in _pages.items():
        if not chapter.programs:
            continue
        formulas = "".join(piece for piece in made.pieces if piece.startswith("<math"))
        letters.update(html.unescape(re.sub(r"<[^>]*>", "", formulas)))
        target = site / uri
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(chapter.path.read_text(encoding="utf-8"), encoding="utf-8")
        target.with_suffix(".ipynb").write_text(notebook.as_json(chapter), encoding="utf-8")
    for place, svg in _drawings.items():
        target = site / Path(place).relative_to(docs)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(svg, encoding="utf-8")
    target = site / "assets" / "math.woff2"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(font.subset("".join(sorted(letters))))
    (_state["book"]).close()
