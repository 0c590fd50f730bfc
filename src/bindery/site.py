"""A site: its pages as they are bound, and what stands beside them."""

import base64
import contextlib
import html
import json
import logging
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.utils import get_relative_url
from mkdocs.utils.meta import get_data
from nbclient.exceptions import CellExecutionError

from bindery import card, hosts, labs, offline, proof, search, terms
from browser import fetch, kit
from press import files, notebook
from press.draw import font, panels
from press.page import Page, make
from press.prove import prove, prove_lab
from press.read import Chapter, Fault, read
from press.run.results import Book, Result

LOG = logging.getLogger("mkdocs.bindery")
RENDERED = "content", "toc", "_title_from_render", "present_anchor_ids", "links_to_anchors"
"""What MkDocs makes of a page's Markdown."""
SMALL = "<style>text{display:none}*{vector-effect:non-scaling-stroke}</style>"
"""What a figure has on a card: its lines as they were, and no words that nobody could read."""


@dataclass
class Bound:
    """A proved page: its text, its pieces, and what stands beside it."""

    made_of: tuple[bytes, str]
    """Its source, and the state of all that has a hand in its results."""
    chapter: Chapter
    page: Page
    drawings: dict[str, str] = field(default_factory=dict)
    """Every figure's file, with its last frame."""
    cover: bytes = b""
    """The figure that stands for the page where somebody links to it."""


def bind(made_of: tuple[bytes, str], chapter: Chapter, results: list[Result]) -> Bound:
    """Make a page of a chapter that has been proved."""
    bound = Bound(made_of, chapter, make(chapter, results))
    for program, result in zip(chapter.programs, results, strict=True):
        if not program.figure:
            continue
        name, last = Path(program.figure).stem, result.figures[-1]
        bound.drawings[program.figure] = svg = panels.picture(last["panels"], name)
        if program.is_cover:
            bound.cover = base64.b64decode(last["png"])
            bound.drawings[f"figures/{name}-small.svg"] = svg.replace(">", f">{SMALL}", 1)
    return bound


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Tell MkDocs of a fault by its place and its reason alone."""
    try:
        yield
    except Fault as fault:
        raise PluginError(fault.report) from None


class Site:
    """What a build knows of its pages, and a served site from one build to the next."""

    def __init__(self) -> None:
        self.command = "build"
        self.book: Book
        self.bound: dict[str, Bound] = {}
        self.rendered: dict[str, tuple[Any, dict[str, Any]]] = {}
        """What was made of each page, and of what."""
        self.kit: kit.Kit | None = None
        self.asked_for_kit = False

    def close(self) -> None:
        """Let the interpreters go."""
        if hasattr(self, "book"):
            self.book.close()

    # Before the pages

    def begin(self, config: Any) -> Any:
        """Begin a build; a served site goes on with what has not changed."""
        os.environ.setdefault("SOURCE_DATE_EPOCH", "315532800")  # two builds are the same bytes
        self.config, self.root = config, Path(config["config_file_path"]).parent
        book = Book(self.root)
        if not hasattr(self, "book") or self.book.state != book.state:
            self.close()
            self.book = book  # or else that of the build before, whose interpreters are warm
        self.kit = self._kit()
        self.wheel = kit.wheel()
        config["extra"]["wheel"] = self.wheel[0]
        offline.settle(config, is_served=self.command == "serve")
        if "mkdocs-jupyter" in config["plugins"]:
            cache = self.root / ".cache" / "labs"
            labs.settle(config["plugins"]["mkdocs-jupyter"].config, cache, book.state)
        return config

    def _kit(self) -> kit.Kit | None:
        """Python for the browser, if this site runs programs and somebody has the files."""
        runs = "assets/run.js" in map(str, self.config["extra_javascript"])
        if not runs or not self.config["use_directory_urls"]:  # in a page on disk nothing can run
            return None
        if not self.asked_for_kit:
            for reason in fetch.obtain():
                LOG.info("Pyodide is not obtained %s", reason)
        self.asked_for_kit = True
        made = kit.kit()
        if made is None:
            LOG.info("Programs have no Run in this site; python -m browser.fetch tries again")
        return made

    def collect(self, every: Any) -> Any:
        """Read the glossary, and count the exercises of every page."""
        sources = {file.src_uri: file for file in every.documentation_pages()}
        self.bound = {uri: bound for uri, bound in self.bound.items() if uri in sources}
        texts = {
            file.url: Path(file.abs_src_path).read_text(encoding="utf-8")
            for uri, file in sources.items()
            if uri.endswith(".md")
        }
        glossary = sources.get("reference/glossary.md")
        self.glossary = glossary.url if glossary else ""
        self.terms = terms.read(texts[self.glossary]) if glossary else {}
        loaded = b"".join(f.content_bytes for f in every if f.src_uri.endswith((".css", ".js")))
        self.note = kit.note(self.kit, texts, loaded)
        return every

    # One page after another

    def open(self, page: Any) -> Any:
        """Have a page rendered as a page of this site."""
        is_lab = page.file.src_uri.endswith(".py")
        page.render = partial(self._render_lab if is_lab else self._render, page, page.render)
        return page

    def prove(self, markdown: str, page: Any) -> str:
        """Prove a chapter, and put marks in the places of its programs."""
        if not page.file.src_uri.endswith(".md"):
            return markdown
        return self._bind(page, prove).page.text

    def _bind(self, page: Any, prove: Callable[[Chapter, Book], list[Result]]) -> Bound:
        """The bound page, made anew if something has changed that has a hand in it."""
        path, uri = Path(page.file.abs_src_path), page.file.src_uri
        made_of = path.read_bytes(), self.book.state
        if uri not in self.bound or self.bound[uri].made_of != made_of:
            with told():
                chapter = read(path)
                self.bound[uri] = bind(made_of, chapter, prove(chapter, self.book))
        return self.bound[uri]

    def _render(self, page: Any, render: Callable[..., None], config: Any, every: Any) -> None:
        """Render a page, if it is not the same as in the build before."""
        made_of = page.markdown, sorted(every.src_uris), self.book.state
        before, made = self.rendered.get(page.file.src_uri, (None, {}))
        if made_of != before:
            render(config, every)
            made = {name: getattr(page, name) for name in RENDERED}
            self.rendered[page.file.src_uri] = made_of, made
        vars(page).update(made)
        links = (page.links_to_anchors or {}).items()
        page.links_to_anchors = {every.get_file_from_path(to.src_uri): at for to, at in links}

    def _render_lab(self, page: Any, run: Callable[..., None], config: Any, every: Any) -> None:
        """Have mkdocs-jupyter run a lab, and render it as a chapter."""

        def prove(chapter: Chapter, _: Book) -> list[Result]:
            try:
                run(config, every)
            except CellExecutionError as error:
                raise labs.failure(chapter, str(error)) from None
            return prove_lab(chapter, labs.results(chapter, json.loads(page.content)))

        bound = self._bind(page, prove)
        page.markdown, page.meta = get_data(bound.chapter.front + bound.page.text)
        self._render(page, partial(MkDocsPage.render, page), config, every)

    def explain(self, content: str, page: Any) -> str:
        """Number a chapter, explain terms, and offer the downloads."""
        if page.parent and page.parent.title == "Chapters":
            every, title = page.parent.children, page.title
            number = every.index(page) + 1
            page.title = f"{number}. {title}"
            page.meta["title"] = f"{title}, chapter {number} of {len(every)}"  # for the header
            content = re.sub("(<h1[^>]*>)", rf"\g<1>{number}. ", content, count=1)
        content = re.sub(r"<th([^>]*)></th>", r"<td\1></td>", content)  # heads nothing
        if page.file.src_uri.startswith(("chapters/", "labs/")):
            glossary = get_relative_url(self.glossary, page.url)
            content = terms.mark(content, self.terms, glossary)
            content = content.replace("</h1>", f"</h1>\n{_downloads(page)}", 1)
        return search.narrow(content)

    def index(self, context: Any, page: Any) -> Any:
        """Let the search know its names."""
        entries = self.config["plugins"]["material/search"].search_index.entries
        uri = page.file.src_uri
        defined = {name: term.section for name, term in self.terms.items() if term.page == uri}
        search.name(entries, page.content, page.url, defined)
        return context

    def count(self, env: Any, every: Any) -> Any:
        """Count what was proved, for the page that says how."""
        contents = (file.page.content or "" for file in every.documentation_pages())
        made = [(bound.chapter, bound.page) for bound in self.bound.values()]
        self.config["extra"]["proof"] = {
            "This build": proof.of_build(made, contents),
            "The last run of the tests": proof.of_tests(self.root),
            "With": proof.of_tools(self.root),
        }
        return env

    def finish(self, output: str, page: Any) -> str:
        """Put the pieces of a page in their places, and draw its card.

        They come last because they are most of the page, and the search has their text.
        """
        path, bound = Path(page.file.abs_src_path), self.bound.get(page.file.src_uri)
        with told():
            self._refuse_hosts(output, path)
            if not page.meta.get("description"):
                missing = "the front matter has no description: a sentence for search and cards"
                raise Fault(path, 1, missing)
        site = self.config["site_name"]
        title = site if page.is_homepage else re.sub(r"^\d+\. ", "", page.title)
        words = site, title, page.meta["description"]
        picture = card.make(self.root, *words, bound.cover if bound else b"")
        self._write(f"assets/cards/{page.file.src_uri.rpartition('.')[0]}.png", picture)
        output = output.replace("</head>", f"{self.note}</head>", 1)
        return bound.page.finish(output) if bound else output

    def _refuse_hosts(self, output: str, path: Path) -> None:
        """Raise the first address on another host that a page would load."""
        for address in hosts.loaded(output):
            if not address.startswith(self.config["site_url"]):
                sources = [path, Path(self.config["config_file_path"])]
                raise hosts.fault(address, *(hosts.line_of(address, sources) or (path, 1)))

    # Beside the pages

    def write(self) -> None:
        """Write the font of the formulas, and every page's source and downloads."""
        with told():
            for file in Path(self.config["docs_dir"]).glob("assets/**/*.css"):
                for line, address in hosts.styled(file.read_text(encoding="utf-8")):
                    raise hosts.fault(address, file, line)
        self._write(*self.wheel)
        if self.kit:
            self.kit.write(Path(self.config["site_dir"], "assets"))
        for uri, bound in self.bound.items():
            self._write(uri, bound.chapter.path.read_bytes())
            if bound.chapter.programs:
                site, wheel = self.config["site_url"], self.wheel[0]
                book = notebook.as_json(bound.chapter, uri, site, wheel)
                self._write(f"{uri.rpartition('.')[0]}.ipynb", book.encode())
            for name, svg in bound.drawings.items():
                self._write(str(Path(uri).parent / name), svg.encode())
        formulas = (p for b in self.bound.values() for p in b.page.pieces if p.startswith("<math"))
        letters = set(html.unescape(re.sub(r"<[^>]*>", "", "".join(formulas))))
        self._write("assets/math.woff2", font.subset("".join(sorted(letters))))
        offline.finish(self.config)

    def _write(self, name: str, data: bytes) -> None:
        files.write(Path(self.config["site_dir"], name), data)


def _downloads(page: Any) -> str:
    folder = "../" if page.url.endswith("/") else ""
    name, _, kind = page.file.src_uri.rpartition("/")[2].rpartition(".")
    source = "Markdown" if kind == "md" else "script"
    return (
        f'<p class="downloads" data-search-exclude>Download as '
        f'<a href="{folder}{name}.ipynb" download>notebook</a> or '
        f'<a href="{folder}{name}.{kind}" download>{source}</a></p>'
    )
