"""What MkDocs needs to know of press, and nothing more: its events, and a page's files."""

import json
import logging
import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.utils.meta import get_data
from nbclient.exceptions import CellExecutionError

from press import beside, card, figure, font, hosts, lab, proof, pyodide, search, terms
from press import page as pages
from press.book import Book, Result
from press.chapter import Chapter, Fault, read
from press.page import Page

LOG = logging.getLogger("mkdocs.press")
_pages: dict[str, tuple[Chapter, Page]] = {}
_drawings: dict[Path, str] = {}
_covers: dict[Path, str] = {}
_state: dict[str, Any] = {}


def on_startup(dirty: bool, **_: Any) -> None:  # noqa: FBT001  MkDocs calls it
    """Remember whether only changed pages will be built, as the served site does."""
    _state["dirty"] = dirty


def on_shutdown(**_: Any) -> None:
    """Let the interpreters go."""
    if "book" in _state:
        _state.pop("book").close()


def on_config(config: Any) -> Any:
    """Begin with an empty book."""
    os.environ.setdefault("SOURCE_DATE_EPOCH", "315532800")  # two builds are the same bytes
    root = Path(config["config_file_path"]).parent
    book, before = Book(root), _state.get("book")
    if before and before.state == book.state:
        book = before  # its interpreters are warm
    elif before:
        before.close()
    _state["book"] = book
    _pages.clear()
    _drawings.clear()
    _covers.clear()
    glossary = Path(config["docs_dir"]) / "reference" / "glossary.md"
    _state["terms"] = terms.read(glossary.read_text("utf-8")) if glossary.exists() else {}
    _state["kit"] = _kit(config)
    _state["wheel"] = pyodide.wheel()
    config["extra"]["wheel"] = _state["wheel"][0]
    if "mkdocs-jupyter" in config["plugins"]:
        lab.settle(config["plugins"]["mkdocs-jupyter"].config, root / ".cache/labs" / book.state)
    return config


def _kit(config: Any) -> pyodide.Kit | None:
    """Python for the browser, if this site runs programs and somebody has the files."""
    if "assets/run.js" not in map(str, config["extra_javascript"]):
        return None
    if not config["use_directory_urls"]:  # no program can run in a page on disk
        return None
    if "kit" not in _state:  # not anew at every change of the served site
        for reason in pyodide.obtain():
            LOG.info("Pyodide is not obtained %s", reason)
    kit = pyodide.kit()
    if kit is None:
        LOG.info("Programs have no Run in this site; python -m press.pyodide tries again")
    return kit


def on_files(files: Any, **_: Any) -> Any:
    """Count the exercises of every page: the contents tell how many are solved."""
    texts = {
        file.url: Path(file.abs_src_path).read_text(encoding="utf-8")
        for file in files.documentation_pages()
        if file.abs_src_path and file.src_uri.endswith(".md")
    }
    _state["note"] = pyodide.note(_state["kit"], texts)
    return files


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


def on_pre_page(page: Any, **_: Any) -> Any:
    """Have a lab rendered as a chapter is, once mkdocs-jupyter has run it."""
    path = Path(page.file.abs_src_path or "")
    if path.suffix == ".py":
        page.render = partial(_render_lab, page, path, page.render)
    return page


def _render_lab(page: Any, path: Path, run: Callable[..., None], config: Any, files: Any) -> None:
    try:
        run(config, files)
        chapter, results = lab.read(path, json.loads(page.content))
        pages.prove_text(chapter)
    except CellExecutionError as error:
        raise PluginError(lab.failure(path, str(error)).report) from None
    except Fault as fault:
        raise PluginError(fault.report) from None
    made = _draw(chapter, results)
    _pages[page.file.src_uri] = chapter, made
    page.markdown, page.meta = get_data(chapter.front + made.text)
    MkDocsPage.render(page, config, files)


def make(chapter: Chapter, book: Book) -> Page:
    """A proved page."""
    return _draw(chapter, pages.prove(chapter, book))


def _draw(chapter: Chapter, results: list[Result]) -> Page:
    """The page of a chapter, with its figures kept to be written."""
    book: Book = _state["book"]
    for program, result in zip(chapter.programs, results, strict=True):
        if program.figure:
            place = chapter.path.parent / program.figure
            frames = book.frames(program, result)
            _drawings[place] = figure.inline(frames[-1]["svg"], place.stem, program.alt)
            if program.figure in chapter.front or chapter.path not in _covers:
                _covers[chapter.path] = frames[-1]["svg"]
    return pages.make(chapter, results, book)


def on_page_content(content: str, page: Any, **_: Any) -> str:
    """Explain terms, and offer the downloads."""
    content = re.sub(r"<th([^>]*)></th>", r"<td\1></td>", content)  # heads nothing
    if page.file.src_uri not in _pages:
        return content
    chapter, _made = _pages[page.file.src_uri]
    if chapter.path.parent.name in {"chapters", "labs"}:
        content = terms.mark(content, _state["terms"])
        content = content.replace("</h1>", f"</h1>\n{_downloads(chapter.path, page.url)}", 1)
    return search.narrow(content)


def on_page_context(context: Any, page: Any, config: Any, **_: Any) -> Any:
    """Let the search know its names."""
    index = config["plugins"]["material/search"].search_index
    search.name(index.entries, page.content, page.url)
    return context


def _downloads(path: Path, url: str) -> str:
    folder = "../" if url.endswith("/") else ""
    source = "Markdown" if path.suffix == ".md" else "script"
    return (
        f'<p class="downloads" data-search-exclude>Download as '
        f'<a href="{folder}{path.stem}.ipynb" download>notebook</a> or '
        f'<a href="{folder}{path.name}" download>{source}</a></p>'
    )


def on_env(env: Any, config: Any, files: Any) -> Any:
    """Count what was proved, for the page that says how."""
    root = Path(config["config_file_path"]).parent
    contents = (file.page.content or "" for file in files.documentation_pages())
    config["extra"]["proof"] = {
        "This build": proof.of_build(_pages.values(), contents),
        "The last run of the tests": proof.of_tests(root),
        "With": proof.of_tools(root),
    }
    return env


def on_post_page(output: str, page: Any, config: Any) -> str:
    """Refuse a page that would load something from another host; put the pieces in their places.

    They come last because they are most of the page, and the search has their text.
    """
    for address in hosts.loaded(output):
        if not address.startswith(config["site_url"]):
            files = [Path(page.file.abs_src_path or ""), Path(config["config_file_path"])]
            _refuse(address, hosts.line_of(address, files) or (files[0], 1))
    _picture(page, config)
    found = _pages.get(page.file.src_uri)
    output = output.replace("</head>", f"{_state['note']}</head>", 1)
    return found[1].finish(output) if found else output


def _picture(page: Any, config: Any) -> None:
    """Draw the card of a page."""
    path = Path(page.file.abs_src_path or "")
    if not page.meta.get("description"):
        message = "the front matter has no description: a sentence for search engines and cards"
        raise PluginError(str(Fault(path, 1, message)))
    words = config["site_name"], page.title, page.meta["description"]
    picture = card.make(Path(config["config_file_path"]).parent, *words, _covers.get(path, ""))
    target = Path(config["site_dir"], "assets/cards", page.file.src_uri).with_suffix(".png")
    beside.write(target, picture)


def _refuse(address: str, place: tuple[Path, int]) -> None:
    message = f"the page would load {address}; keep a copy of it in docs/assets"
    raise PluginError(str(Fault(*place, message)))


def on_post_build(config: Any) -> None:
    """Write the font of the formulas, and every page's source and downloads."""
    site, docs = Path(config["site_dir"]), Path(config["docs_dir"])
    for file in docs.glob("assets/**/*.css"):
        for line, address in hosts.styled(file.read_text(encoding="utf-8")):
            _refuse(address, (file, line))
    beside.write(site / _state["wheel"][0], _state["wheel"][1])
    if _state["kit"]:
        _state["kit"].write(site / "assets")
    for uri, (chapter, _made) in _pages.items():
        beside.source(site / uri, chapter)
    for place, svg in _drawings.items():
        beside.write(site / place.relative_to(docs), svg.encode())
    target = site / "assets" / "math.woff2"
    if not (_state["dirty"] and target.exists()):  # it holds the letters of all pages
        made = (piece for _, page in _pages.values() for piece in page.pieces)
        beside.write(target, font.subset(beside.letters(made)))
