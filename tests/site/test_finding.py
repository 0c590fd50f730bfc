"""What leads to a page: search, descriptions, cards, lists for machines, redirects, the 404."""

import gzip
import json
import re
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image, ImageColor
from playwright.sync_api import Browser, Locator, Page

from bindery import card, terms
from litgrad import plots
from tests.conftest import ROOT, Server, Site, build, serving

HOME = "http://127.0.0.1:8000/"
SEARCHES = {
    "cross entropy": "reference/litgrad/#litgrad.losses.cross_entropy",
    "cross_entropy": "reference/litgrad/#litgrad.losses.cross_entropy",
    "losses.cross_entropy": "reference/litgrad/#litgrad.losses.cross_entropy",
    "binary cross-entropy": "reference/glossary/#binary-cross-entropy",
    "softmax": "chapters/activations/#softmax-a-function-of-a-whole-list",
    "descend": "reference/litgrad/#litgrad.descent.descend",
    "condition number": "chapters/curvature/#the-condition-number",
    "Adam": "chapters/adaptive/",
    "adamw": "reference/litgrad/#litgrad.optimizers.AdamW",
    "vanishing gradient": "reference/glossary/#vanishing-gradient",
    "chain rule": "chapters/graphs/",
    "litgrad.layers.Dense": "reference/litgrad/#litgrad.layers.Dense",
    "pullback": "reference/glossary/#pullback",
    "dropout": "chapters/generalization/#dropout",
    "weight decay": "chapters/penalties/#when-weight-decay-is-not-l2",
    "Glorot": "reference/litgrad/#litgrad.initializers.glorot_normal",
    "ISTA": "reference/glossary/#ista",
    "soft threshold": "reference/litgrad/#litgrad.penalties.soft_threshold",
    "early stopping": "chapters/generalization/",
    "EarlyStopping": "reference/litgrad/#litgrad.training.EarlyStopping",
    "gradcheck": "reference/litgrad/#litgrad.gradcheck.check",
    "mean squared error": "reference/litgrad/#litgrad.losses.mean_squared_error",
    "nesterov": "chapters/momentum/#nesterov-looks-ahead",
    "sigmoid": "chapters/activations/",
}
"""What readers type, and where they want to go."""
FIRST = {
    "learning rate": "chapters/descent/#one-step-downhill-and-then-another",
    "cross entropy": "chapters/losses/#one-of-many-classes",
    "gradient": "chapters/descent/#two-weights-the-gradient",
    "overfitting": "chapters/penalties/#too-good-on-twelve-receipts",
    "batch size": "chapters/stochastic/#a-step-from-a-few-examples",
    "exploding gradients": "chapters/depth/#one-neuron-in-each-layer",
    "hessian": "chapters/curvature/#directions-that-only-stretch",
    "train test split": "chapters/generalization/#three-parts",
    "momentum 0.9": "chapters/momentum/#keep-a-part-of-the-last-step",
    "bias": "chapters/networks/#one-neuron-prices-a-ride",
    "schedule": "chapters/curvature/#schedules-one-by-one",
    "backward pass": "chapters/graphs/#backward-by-hand",
    "gradeint": "chapters/descent/#two-weights-the-gradient",
    "gradeint descent": "chapters/descent/#one-step-downhill-and-then-another",
    "backpropogation": "chapters/graphs/#backward-by-hand",
    "regularisation": "chapters/penalties/#a-price-on-large-weights",
    "entorpy": "chapters/losses/#one-of-many-classes",
    "EarlyStoping": "chapters/generalization/#when-to-stop",
}
"""What readers type, some of it wrong, and the chapter that they want to see before all others."""
COUNTED_TWICE = {"threshold": "the soft threshold is soft-thresholding, too"}
"""Terms that lead to another chapter first, each with its reason."""
ASK = """async (queries) => {
    const config = JSON.parse(document.getElementById("__config").textContent);
    const worker = new Worker(new URL(config.search, location));
    const index = await (await fetch(`${config.base}/search/search_index.json`)).json();
    const ask = (type, data) => new Promise((resolve) => {
        worker.addEventListener("message", (event) => resolve(event.data.data), { once: true });
        worker.postMessage({ type, data });
    });
    await ask(0, { ...index, options: {} });
    const found = [];
    for (const query of queries) {
        const { items } = await ask(2, query);
        found.push(items[0]?.[0].location.split("#")[0]);
    }
    worker.terminate();
    return found;
}"""


class Head(HTMLParser):
    """What a page says of itself: its meta tags by name, and its links by rel."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.said: dict[str, str] = {}
        self.feed(file.read_text(encoding="utf-8").partition("</head>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name") or given.get("property") or given.get("rel", "").strip()
        if tag in {"meta", "link"} and name:
            self.said[name] = given.get("content") or given.get("href", "")


def listed(site: Path) -> list[str]:
    """The addresses in a sitemap."""
    return re.findall("<loc>(.*?)</loc>", (site / "sitemap.xml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def heads(site: Path) -> dict[str, dict[str, str]]:
    """The head of every page, by its address."""
    files = {file.parent.relative_to(site).as_posix(): file for file in site.rglob("index.html")}
    return {
        HOME + (f"{name}/" if name != "." else ""): Head(file).said for name, file in files.items()
    }


def test_the_sitemap_has_every_page_and_nothing_else(site: Path, heads: dict[str, Any]) -> None:
    assert sorted(listed(site)) == sorted(heads)
    sources = [*ROOT.glob("docs/**/*.md"), *ROOT.glob("docs/labs/*.py")]
    assert len(heads) == len(sources)


def test_every_page_describes_itself(heads: dict[str, dict[str, str]]) -> None:
    for address, said in heads.items():
        assert said["canonical"] == said["og:url"] == address
        assert said["description"] == said["og:description"], address
        assert 30 <= len(said["description"]) <= 200, address
        assert said["og:title"], address
        assert said["twitter:card"] == "summary_large_image"
    for name in ("description", "og:image"):
        assert len({said[name] for said in heads.values()}) == len(heads), f"two pages, one {name}"


def test_every_page_has_a_card(site: Path, heads: dict[str, dict[str, str]]) -> None:
    for said in heads.values():
        file = site / said["og:image"].removeprefix(HOME)
        assert file.stat().st_size < 60_000, file
        with Image.open(file) as drawn:
            assert (drawn.format, drawn.size) == ("PNG", (1200, 630))
            for margin in (540, 0, 555, 630), (20, 0, 540, 24), (20, 606, 540, 630):
                assert len(drawn.crop(margin).getcolors() or []) == 1, file  # nothing but paper


def pixels(card_: bytes) -> Any:
    """Red, green and blue of a card's pixels."""
    with Image.open(BytesIO(card_)) as drawn:
        return np.asarray(drawn.convert("RGB")).astype(int)


def test_a_card_shows_the_figure_of_its_page_pixel_by_pixel() -> None:
    cover = BytesIO()
    figure = Image.new("RGBA", (200, 100))
    figure.paste((255, 0, 0, 255), (50, 0, 150, 100))
    figure.save(cover, "PNG")
    shown = pixels(card.draw("Site", "Title", "What it is.", cover.getvalue()))
    assert (shown[265:365, 1010:1110] == (255, 0, 0)).all()
    assert (np.abs(shown[260:370, 950:1010] - (251, 250, 248)) < 3).all()  # the paper


def test_a_card_keeps_a_color_that_is_rare() -> None:
    cover = BytesIO()
    shades = np.add.outer(np.arange(400) % 256, np.zeros(600)).astype(np.uint8)
    figure = Image.fromarray(shades, "L").convert("RGB")
    for i, color in enumerate(plots.SERIES):
        figure.paste(color, (20 * i, 20, 20 * i + 5, 25))
    figure.save(cover, "PNG")
    shown = pixels(card.draw("Site", "Title", "What it is.", cover.getvalue()))
    for i, color in enumerate(plots.SERIES):
        is_, was = shown[115 + 22, 560 + 20 * i + 2], ImageColor.getrgb(color)
        assert np.abs(is_ - was).max() < 16, color


def test_no_settings_of_a_user_reach_a_card() -> None:
    words = "Site", "A title of three lines", "What it is, and what it is good for, and for whom."
    with plt.rc_context({"lines.linewidth": 9, "text.antialiased": False, "savefig.dpi": 30}):
        other = card.draw(*words)
    assert other == card.draw(*words)


def test_machines_find_all_pages_as_text(site: Path, heads: dict[str, dict[str, str]]) -> None:
    text = (site / "llms.txt").read_text(encoding="utf-8")
    assert text.startswith("# Literate Gradients\n\n> ")
    entries = re.findall(r"^- \[(.+)\]\((.+)\): (.+)$", text, re.MULTILINE)
    assert len(entries) == len(re.findall("^- ", text, re.MULTILINE)) == len(heads) - 1  # the front
    for title, address, description in entries:
        page = heads[re.sub(r"\.(md|py)$", "/", address)]
        assert (page["og:title"], page["og:description"]) == (title, description)
        assert (site / address.removeprefix(HOME)).exists()


def test_every_chapter_is_served_as_markdown(site: Path, heads: dict[str, dict[str, str]]) -> None:
    chapters = sorted(ROOT.glob("docs/chapters/*.md"))
    with serving(partial(Site, directory=str(site))) as server:
        for chapter in chapters:
            here = f"chapters/{chapter.stem}/"
            assert heads[HOME + here]["alternate"] == f"../{chapter.name}"
            with urlopen(f"{server.address}chapters/{chapter.name}") as answer:  # noqa: S310
                assert answer.headers["Content-Type"].startswith("text/markdown")
                assert answer.read() == chapter.read_bytes()
    assert "alternate" not in heads[f"{HOME}reference/litgrad/"]  # its words are in the library


def change(root: Path, **settings: Any) -> None:
    """Write some settings of a small site anew."""
    file = root / "mkdocs.yml"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | settings), encoding="utf-8")


@pytest.fixture
def plugins(small: Path) -> Iterator[list[Any]]:
    """The plugins of the small site without its redirects; its settings are kept."""
    before = (small / "mkdocs.yml").read_text(encoding="utf-8")
    yield [p for p in json.loads(before)["plugins"] if "redirects" not in p]
    (small / "mkdocs.yml").write_text(before, encoding="utf-8")


def test_a_former_address_leads_to_the_page(
    small: Path, plugins: list[Any], tmp_path: Path, browser: Browser
) -> None:
    moved = {"chapters/old.md": "chapters/chapter.md"}
    change(small, plugins=[*plugins, {"redirects": {"redirect_maps": moved}}])
    done = build(small, tmp_path / "site")
    assert done.returncode == 0, done.stderr
    with serving(partial(Site, directory=str(tmp_path / "site"))) as server:
        page = browser.new_page()
        page.goto(f"{server.address}chapters/old/#one-section")
        page.wait_for_url(f"{server.address}chapters/chapter/#one-section")
        page.close()
    assert not [address for address in listed(tmp_path / "site") if "old" in address]


def test_a_redirect_to_nowhere_is_refused(small: Path, plugins: list[Any], tmp_path: Path) -> None:
    moved = {"chapters/old.md": "chapters/away.md"}
    change(small, plugins=[*plugins, {"redirects": {"redirect_maps": moved}}])
    done = build(small, tmp_path / "site")
    assert done.returncode != 0
    assert "'chapters/away.md' does not exist" in done.stderr


def test_no_page_asks_the_repository_for_its_stars(
    small: Path, plugins: list[Any], tmp_path: Path, browser: Browser
) -> None:
    change(small, plugins=plugins, repo_url="https://github.com/example/example")
    done = build(small, tmp_path / "site")
    assert done.returncode == 0, done.stderr
    with serving(partial(Site, directory=str(tmp_path / "site"))) as server:
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{server.address}chapters/chapter/", wait_until="networkidle")
        assert page.locator("header a.md-source").get_attribute("href")
        assert [url for url in asked if not url.startswith(server.address)] == []
        page.close()


class Hosted(Site):
    """A server that answers as a host of static sites does: with the site's page for 404."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        body = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def host(site: Path) -> Iterator[Server]:
    with serving(partial(Hosted, directory=str(site))) as server:
        yield server


def test_a_wrong_address_leads_on(host: Server, reader: Page) -> None:
    reader.goto(f"{host.address}away/deep/weight-decay/")
    links = reader.locator("article a[href]").evaluate_all("all => all.map(a => a.href)")
    for place in ("chapters/networks/", "labs/digits/", "reference/litgrad/"):
        assert host.address + place in links
    for link in links:
        if "?q=" not in link:
            with urlopen(link) as answer:  # noqa: S310
                assert answer.status == 200
    reader.get_by_role("link", name="Search the book").click()
    field = reader.locator(".md-search__input")
    assert field.evaluate("field => field === document.activeElement")
    assert field.input_value() == "weight decay"
    reader.locator(".md-search-result__link").first.wait_for()


def test_the_index_comes_with_the_first_search(host: Server, browser: Browser) -> None:
    page = browser.new_page()
    host.asked.clear()
    page.goto(f"{host.address}chapters/losses/", wait_until="networkidle")
    assert not [asked for asked in host.asked if "search_index" in asked]
    page.keyboard.press("/")
    page.keyboard.type("hinge")
    page.locator(".md-search-result__link").first.wait_for()
    assert len([asked for asked in host.asked if "search_index" in asked]) == 1
    page.close()


def test_the_index_is_light(site: Path) -> None:
    index = (site / "search/search_index.json").read_bytes()
    assert len(gzip.compress(index)) < 300_000
    assert b"Source code in" not in index


def search(page: Page, words: str) -> Locator:
    """The pages that are found for words, as a reader types them."""
    field, results = page.locator(".md-search__input"), page.locator(".md-search-result__list")
    field.fill("")
    field.press("Backspace")
    results.locator("li").first.wait_for(state="detached")
    field.fill(words[:-1])
    field.press(words[-1])  # Material listens to keys
    page.wait_for_function(
        "words => document.querySelector('.md-search__input').value === words", arg=words
    )
    results.locator("li").first.wait_for()
    return results.locator(":scope > li")


@pytest.fixture
def opened(host: Server, reader: Page) -> Page:
    """A page that one searches from."""
    if "/chapters/losses/" not in reader.url:
        reader.goto(f"{host.address}chapters/losses/")
    return reader


def links(found: Locator, most: int) -> list[str]:
    """Where the first pages that were found lead, and their sections."""
    pages: list[str] = found.evaluate_all(
        """(all, most) => all.slice(0, most).flatMap(
            (one) => [...one.querySelectorAll("a")].map((a) => a.href)
        )""",
        most,
    )
    return [re.sub(r"\?h=[^#]*", "", link) for link in pages]


@pytest.mark.parametrize(("words", "place"), SEARCHES.items(), ids=SEARCHES)
def test_the_search_finds(host: Server, opened: Page, words: str, place: str) -> None:
    found = links(search(opened, words), 3)
    assert any(link.startswith(host.address + place) for link in found), found[:9]


@pytest.mark.parametrize(("words", "place"), FIRST.items(), ids=FIRST)
def test_the_chapter_that_defines_a_term_is_found_first(
    host: Server, opened: Page, words: str, place: str
) -> None:
    assert host.address + place in links(search(opened, words), 1)


def test_every_term_leads_to_the_chapter_that_defines_it(opened: Page) -> None:
    entries = terms.read((ROOT / "docs/reference/glossary.md").read_text(encoding="utf-8"))
    wanted = {
        term.partition(" (")[0]: entry.page.removesuffix(".md") + "/"
        for term, entry in entries.items()
    }
    found = dict(zip(wanted, opened.evaluate(ASK, list(wanted)), strict=True))
    others = {term for term, place in wanted.items() if found[term] != place}
    assert others == set(COUNTED_TWICE)


def test_formulas_and_programs_can_be_read_in_what_is_found(opened: Page) -> None:
    texts = search(opened, "multiplication explains").locator("p").all_text_contents()
    assert any("The loss is then ½qx² and its slope is qx." in text for text in texts)
    lines = search(opened, "linspace").locator("pre").all_text_contents()
    assert lines
    assert all("linspace" in line and "\n" not in line for line in lines)
