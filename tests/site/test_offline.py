"""The site without a network: as a folder on disk, and as what a browser has kept of it."""

import contextlib
import functools
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest
from matplotlib.image import imread
from playwright.sync_api import Browser, BrowserContext, Page

from bindery import offline
from tests.browser.conftest import run
from tests.conftest import ROOT, Server, Site, build, serving, write_site

pytestmark = pytest.mark.slow
CONFIG = "--config-file=mkdocs-offline.yml"
KEPT = """async path => {
    const shelf = await caches.open(new URL("/", location).href);
    const place = new URL(`/${path}`, location).href;
    return (await shelf.keys()).some(({ url }) => url.split("?")[0] === place);
}"""


# A folder on disk


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What make offline packs, unpacked elsewhere."""
    target = tmp_path_factory.mktemp("offline") / "literate-gradients"
    done = build(ROOT, target, CONFIG)
    assert done.returncode == 0, done.stderr
    there = tmp_path_factory.mktemp("disk")
    with zipfile.ZipFile(target.with_suffix(".zip")) as archive:
        archive.extractall(there)
    return there / target.name


@contextlib.contextmanager
def listening(browser: Browser, **options: Any) -> Iterator[tuple[Page, list[str]]]:
    """A page, and all that goes wrong in it or leaves the disk."""
    context = browser.new_context(**options)
    wrong: list[str] = []
    context.on("console", lambda told: wrong.append(told.text) if told.type != "log" else None)
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.on(
        "request",
        lambda request: wrong.append(request.url) if request.url.startswith("http") else None,
    )
    yield context.new_page(), wrong
    context.close()


def dead_links(page: Page) -> list[str]:
    """What a page on disk links to or shows, and is not there."""
    links = page.evaluate(
        "[...document.querySelectorAll('[href], [src]')].map(({ href, src }) => `${href ?? src}`)"
    )
    files = {unquote(urlsplit(link).path) for link in links if link.startswith("file:")}
    return sorted(file for file in files if not Path(file).is_file())


def open_all(browser: Browser, folder: Path) -> list[str]:
    """Open every page of a folder, use what stands there, and say what does not work."""
    faults = []
    with listening(browser) as (page, wrong):
        for file in sorted(folder.rglob("*.html")):
            page.goto(file.as_uri())
            page.wait_for_load_state("networkidle")
            page.evaluate("document.fonts.ready")
            faults += [f"{file.name}: {what}" for what in wrong + dead_links(page)]
            wrong.clear()
            if page.locator("math").count() and not page.evaluate(
                "[...document.fonts].some(({ family, status }) =>"
                " family.includes('Math') && status === 'loaded')"
            ):
                faults.append(f"{file.name}: no font for its formulas")
            if page.locator(".program:not(:has(.copy))").count():
                faults.append(f"{file.name}: a program that cannot be copied")
            for book in page.locator(".flipbook:visible").all()[:1]:
                book.locator("input").press("End")
                seen = [frame.is_visible() for frame in book.locator(".frame").all()]
                if seen != [False] * (len(seen) - 1) + [True]:
                    faults.append(f"{file.name}: a flipbook that does not turn")
    return faults


def test_every_page_opens_from_a_folder_on_disk(browser: Browser, folder: Path) -> None:
    assert len(list(folder.rglob("*.html"))) > len(list(ROOT.glob("docs/chapters/*.md")))
    assert not list(folder.glob("**/pyodide*"))
    assert open_all(browser, folder) == []


def test_what_is_missing_in_a_folder_is_named(
    browser: Browser, folder: Path, tmp_path: Path
) -> None:
    for name in ("chapters/descent.html", "assets/math.woff2", "assets/book.js"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(folder / "assets", tmp_path / "assets", dirs_exist_ok=True)
    shutil.copy(folder / "chapters/descent.html", tmp_path / "chapters")
    (tmp_path / "assets/math.woff2").unlink()
    (tmp_path / "assets/program.js").unlink()
    faults = "\n".join(open_all(browser, tmp_path))
    for words in ("index.html", "descent.ipynb", "no font", "cannot be copied"):
        assert words in faults


def test_the_search_of_a_folder_finds_and_opens_a_page(browser: Browser, folder: Path) -> None:
    with listening(browser) as (page, wrong):
        page.goto((folder / "index.html").as_uri())
        page.locator(".md-search__input").click()
        page.keyboard.type("momentum")
        page.locator(".md-search-result__link", has_text="Momentum").first.click()
        page.wait_for_url("**/chapters/momentum.html*")
        assert "Momentum" in page.locator("h1").inner_text()
        assert wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_folder_is_light_or_dark_as_the_reader_likes(
    browser: Browser, folder: Path, scheme: Any
) -> None:
    with listening(browser, color_scheme=scheme) as (page, wrong):
        page.goto((folder / "chapters/descent.html").as_uri())
        schemes = ["default", "slate"] if scheme == "light" else ["slate", "default"]
        body = page.locator(f"body[data-md-color-scheme={schemes[0]}]")
        body.wait_for()
        page.locator("label[for^=__palette]:visible").click()
        page.locator(f"body[data-md-color-scheme={schemes[1]}]").wait_for()
        page.locator(".md-footer__link--next").click()
        page.wait_for_url("**/chapters/curvature.html")
        page.locator(f"body[data-md-color-scheme={schemes[1]}]").wait_for()
        page.locator(".program .copy").first.click()
        page.locator(".program .status", has_text="Copied").first.wait_for()
        assert wrong == []


def test_a_zip_is_the_same_bytes_whenever_it_is_made(tmp_path: Path) -> None:
    zips = []
    for name, day in (("one", 1), ("other", 2)):
        site = tmp_path / name / "site"
        for file in sorted(["index.html", "a/b.html", "sw.js"], reverse=day == 2):
            (site / file).parent.mkdir(parents=True, exist_ok=True)
            (site / file).write_text(file, encoding="utf-8")
            os.utime(site / file, (day * 86400, day * 86400))
        offline.pack(site, site.with_suffix(".zip"))
        zips.append(site.with_suffix(".zip"))
    assert zips[0].read_bytes() == zips[1].read_bytes()
    assert zipfile.ZipFile(zips[0]).namelist() == ["site/a/b.html", "site/index.html"]


# What a browser keeps


class Kept(Site):
    """A server whose connections end with each answer: once it is stopped, it is away."""

    protocol_version = "HTTP/1.0"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small site that browsers keep, built twice: all says red, then all says blue."""
    root = tmp_path_factory.mktemp("source")
    write_site(root)
    settings = json.loads((root / "mkdocs.yml").read_text(encoding="utf-8"))
    settings["extra_javascript"] = [offline.SCRIPT]
    (root / "mkdocs.yml").write_text(json.dumps(settings), encoding="utf-8")
    icons = [f"assets/{path.name}" for path in (ROOT / "docs/assets").glob("icon*")]
    for name in ("sw.js", "manifest.webmanifest", offline.SCRIPT, *icons):
        shutil.copy(ROOT / "docs" / name, root / "docs" / name)
    pages = [root / "docs" / name for name in ("index.md", "chapters/chapter.md")]
    texts = [page.read_text(encoding="utf-8") for page in pages]
    for word in ("red", "blue"):
        for page, text in zip(pages, texts, strict=True):
            page.write_text(f"{text}\nIt is <b class='dot'>{word}</b>.\n", encoding="utf-8")
        style = f".dot {{ color: {word}; }}\n"
        (root / "docs/assets/style.css").write_text(style, encoding="utf-8")
        done = build(root, root / word)
        assert done.returncode == 0, done.stderr
    return root


class Deployed:
    """A site at an address, of which builds come out one after another."""

    def __init__(self, source: Path, place: Path, browser: Browser) -> None:
        self.source, self.place, self.browser = source, place, browser
        self.contexts: list[BrowserContext] = []

    def deploy(self, word: str) -> None:
        """Put a build in the place of the one before."""
        shutil.copytree(self.source / word, self.place, dirs_exist_ok=True)

    @contextlib.contextmanager
    def serving(self) -> Iterator[Server]:
        with serving(functools.partial(Kept, directory=str(self.place))) as server:
            yield server

    def visit(self, server: Server) -> Page:
        """The front page in a new browser, once its worker has kept it."""
        self.contexts.append(self.browser.new_context())
        page = self.contexts[-1].new_page()
        page.goto(server.address)
        page.wait_for_function("navigator.serviceWorker.controller")
        until(page, KEPT, "assets/style.css")
        until(page, KEPT, "")
        return page


def until(page: Page, promise: str, *arguments: str) -> None:
    """Wait until what a page promises is true; wait_for_function would not wait for it."""
    for _ in range(300):
        if page.evaluate(promise, *arguments):
            return
        page.wait_for_timeout(100)
    raise AssertionError(promise, *arguments)


@pytest.fixture
def deployed(source: Path, tmp_path: Path, browser: Browser) -> Iterator[Deployed]:
    deployed = Deployed(source, tmp_path, browser)
    deployed.deploy("red")
    yield deployed
    for context in deployed.contexts:
        context.close()


def shows(page: Page) -> tuple[str, str]:
    """The word of a page, and the color of its style."""
    dot = page.locator(".dot").first
    colors = {"rgb(255, 0, 0)": "red", "rgb(0, 0, 255)": "blue"}
    return dot.inner_text(), colors[dot.evaluate("dot => getComputedStyle(dot).color")]


def leave(page: Page, server: Server) -> None:
    """Take the network away."""
    page.context.set_offline(offline=True)
    server.shutdown()
    server.server_close()


def test_what_was_opened_opens_without_a_network(deployed: Deployed) -> None:
    with deployed.serving() as server:
        page = deployed.visit(server)
        page.goto(f"{server.address}chapters/chapter/")
        until(page, KEPT, "chapters/chapter/")
        leave(page, server)
        page.reload()
        assert page.locator("h1").inner_text().startswith("A chapter")
        assert shows(page) == ("red", "red")
        page.goto(f"{server.address}index.html?q=x")
        assert shows(page) == ("red", "red")
        page.goto(f"{server.address}labs/lab/")
        assert page.locator("h1").inner_text() == "You are offline"
        assert page.locator("body").evaluate("body => getComputedStyle(body).margin") == "0px"
        kept = page.locator("#kept a")
        kept.first.wait_for()
        assert kept.all_inner_texts() == ["A site", "A chapter"]
        kept.last.click()
        page.wait_for_url("**/chapters/chapter/")
        assert shows(page) == ("red", "red")


def test_a_new_build_is_shown_at_the_second_visit_at_the_latest(deployed: Deployed) -> None:
    with deployed.serving() as server:
        page = deployed.visit(server)
        page.goto(f"{server.address}chapters/chapter/")
        until(page, KEPT, "chapters/chapter/")
        page.goto(server.address)
        deployed.deploy("blue")
        page.reload()
        assert shows(page) in {("red", "red"), ("blue", "blue")}
        until(page, "fetch('').then((page) => page.text()).then((text) => text.includes('>blue<'))")
        page.reload()
        assert shows(page) == ("blue", "blue")
        leave(page, server)
        page.goto(f"{server.address}chapters/chapter/")
        assert shows(page) == ("blue", "blue"), "what was kept of the old build is kept of the new"
        addresses = page.evaluate(
            "caches.open(new URL('/', location).href).then((shelf) => shelf.keys())"
            ".then((keys) => keys.map(({ url }) => url.split('?')[0]))"
        )
        assert len(addresses) == len(set(addresses)), "the files of the old build are gone"


def test_a_page_never_meets_the_style_of_another_build(deployed: Deployed) -> None:
    with deployed.serving() as server:
        page = deployed.visit(server)
        deployed.deploy("blue")
        server.missing.add("sw.js")  # the worker of the first build stays
        page.goto(server.address)
        assert shows(page) == ("red", "red")
        page.goto(f"{server.address}chapters/chapter/")
        assert shows(page) == ("blue", "blue")
        leave(page, server)
        page.goto(server.address)
        assert shows(page) == ("red", "red")


def test_a_worker_that_was_stopped_still_knows_of_a_new_build(deployed: Deployed) -> None:
    with deployed.serving() as server:
        page = deployed.visit(server)
        deployed.deploy("blue")
        server.missing.add("sw.js")
        page.goto(f"{server.address}chapters/chapter/")
        assert shows(page) == ("blue", "blue")
        devtools = page.context.new_cdp_session(page)
        devtools.send("ServiceWorker.enable")
        devtools.send("ServiceWorker.stopAllWorkers")
        page.goto(server.address)
        assert shows(page) == ("blue", "blue")


def test_a_site_that_is_not_what_its_build_says_is_not_kept(deployed: Deployed) -> None:
    style = deployed.place / "assets/style.css"
    style.write_text(style.read_text(encoding="utf-8").replace("red", "blue"), encoding="utf-8")
    with deployed.serving() as server:
        deployed.contexts.append(deployed.browser.new_context())
        page = deployed.contexts[-1].new_page()
        page.goto(server.address)
        ended = page.evaluate(
            """async () => {
                const { installing } = await navigator.serviceWorker.register("sw.js");
                return new Promise((tell) => {
                    installing.onstatechange = () => tell(installing.state);
                });
            }"""
        )
        assert ended == "redundant"
        assert shows(page) == ("red", "blue")


def test_a_served_site_keeps_nothing_and_lets_go_what_was_kept(source: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    command = [sys.executable, "-m", "mkdocs", "serve", "--dirty", "--no-strict", "--quiet"]
    command += [f"--dev-addr=127.0.0.1:{port}"]
    with subprocess.Popen(command, cwd=source) as served:
        try:
            page = wait_for(address)
            worker = wait_for(f"{address}sw.js")
        finally:
            served.terminate()
    assert "livereload" in page
    assert "offline.js" not in page
    assert "manifest" not in page
    assert "const BUILD = { first: [], files: {} };" in worker
    assert "offline.js" in (source / "red/index.html").read_text(encoding="utf-8")


def wait_for(address: str) -> str:
    """What a server answers, once it does."""
    for _ in range(300):
        with contextlib.suppress(OSError), urllib.request.urlopen(address) as answer:  # noqa: S310
            text: str = answer.read().decode()
            return text
        time.sleep(0.1)
    raise AssertionError(f"nobody answers at {address}")


def test_programs_run_without_a_network_once_one_has_run(browser: Browser, site: Path) -> None:
    with serving(functools.partial(Kept, directory=str(site))) as server:
        page = browser.new_page()
        page.goto(f"{server.address}chapters/descent/")
        page.wait_for_function("navigator.serviceWorker.controller")
        until(page, KEPT, "chapters/descent/")
        page.wait_for_load_state("networkidle")
        assert not [path for path in server.asked if "pyodide" in path or "/worker.js" in path]
        assert "Ran in" in run(page.locator(".program").first)
        wasm = next(site.glob("assets/pyodide/**/*.wasm")).relative_to(site).as_posix()
        until(page, KEPT, wasm)
        until(page, KEPT, "assets/worker.js")
        leave(page, server)
        page.reload()
        assert run(page.locator(".program").first).startswith("Ran in")
        page.context.close()


# The page as an application


def test_a_browser_would_install_the_site(deployed: Deployed) -> None:
    with deployed.serving() as server:
        page = deployed.visit(server)
        devtools = page.context.new_cdp_session(page)
        assert devtools.send("Page.getAppManifest")["errors"] == []
        errors = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
        assert [error["errorId"] for error in errors] == ["in-incognito"], "as this test is"


def test_the_manifest_says_what_a_system_asks_for() -> None:
    manifest = json.loads((ROOT / "docs/manifest.webmanifest").read_text(encoding="utf-8"))
    assert set(manifest) >= {"name", "short_name", "start_url", "display", "theme_color"}
    assert {icon.get("purpose", "any") for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        data = (ROOT / "docs" / icon["src"]).read_bytes()
        if icon["type"] == "image/png":
            assert icon["sizes"] == "{}x{}".format(*struct.unpack(">II", data[16:24]))


@pytest.mark.parametrize("size", [192, 512])
def test_the_icons_are_the_drawing(browser: Browser, tmp_path: Path, size: int) -> None:
    drawn = tmp_path / f"icon-{size}.png"
    with listening(browser, viewport={"width": size, "height": size}) as (page, _):
        page.goto((ROOT / "docs/assets/icon.svg").as_uri())
        page.screenshot(path=drawn)
    there = ROOT / "docs/assets" / drawn.name
    differ = np.abs(imread(str(drawn))[..., :3] - imread(str(there))[..., :3]).mean()
    assert differ < 0.01, f"{drawn} is icon.svg as it is now: put it into docs/assets"
