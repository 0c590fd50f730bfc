"""A tab older than a deployment: it goes on in the new build, with what the reader wrote."""

import functools
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from mkdocs.utils.yaml import yaml_load
from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.browser.conftest import LONG, go, press, write
from tests.conftest import ROOT, Server, Site, build, serving, write_site

pytestmark = pytest.mark.slow
CHAPTER, LAB = "chapters/chapter/", "labs/lab/"
COLORS = {"red": "rgb(255, 0, 0)", "blue": "rgb(0, 0, 255)"}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small site whose programs run, built twice: red, and blue with another Python kit."""
    root = tmp_path_factory.mktemp("source")
    write_site(root)
    settings = json.loads((root / "mkdocs.yml").read_text(encoding="utf-8"))
    real = yaml_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    settings["extra_javascript"] = real["extra_javascript"]
    settings["extra_css"] += real["extra_css"]
    settings["hooks"].append("newer.py")
    (root / "mkdocs.yml").write_text(json.dumps(settings), encoding="utf-8")
    shutil.copytree(ROOT / "docs/assets", root / "docs/assets", dirs_exist_ok=True)
    for name in ("sw.js", "manifest.webmanifest"):
        shutil.copy(ROOT / "docs" / name, root / "docs")
    pages = [root / "docs/chapters/chapter.md", root / "docs/labs/lab.py"]
    texts = [page.read_text(encoding="utf-8") for page in pages]
    for word in COLORS:
        more = "browser.kit.SHIPPED += ('press/files.py',)" if word == "blue" else ""
        (root / "newer.py").write_text(f"import browser.kit\n{more}\n", encoding="utf-8")
        for page, text, sign in zip(pages, texts, ["", "# "], strict=True):
            more = f"{sign.strip()}\n{sign}It is <b class='dot'>{word}</b>.\n"
            page.write_text(text + more, encoding="utf-8")
        style = f".dot {{ color: {word}; }}\n"
        (root / "docs/assets/style.css").write_text(style, encoding="utf-8")
        done = build(root, root / word)
        assert done.returncode == 0, done.stderr
    return root


class Deployed:
    """A site at an address, of which builds come out one after another."""

    def __init__(self, source: Path, place: Path, server: Server) -> None:
        self.source, self.place, self.server = source, place, server

    def deploy(self, word: str) -> None:
        """Put a build in the place of the one before, of which nothing stays."""
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.copytree(self.source / word, self.place)


@pytest.fixture
def deployed(source: Path, tmp_path: Path) -> Iterator[Deployed]:
    """The first build."""
    place = tmp_path / "site"
    with serving(functools.partial(Site, directory=str(place))) as server:
        deployed = Deployed(source, place, server)
        deployed.deploy("red")
        yield deployed


@pytest.fixture(params=["allow", "block"], ids=["a worker that keeps", "no worker"])
def tab(request: pytest.FixtureRequest, browser: Browser, deployed: Deployed) -> Iterator[Page]:
    """The chapter in a new browser, with the site's worker at work or without."""
    with browser.new_context(service_workers=request.param) as context:
        page = context.new_page()
        page.goto(deployed.server.address + CHAPTER)
        if request.param == "allow":
            page.wait_for_function("navigator.serviceWorker.controller")
        yield page


def loads(page: Page) -> list[str]:
    """The addresses that a page loads fully from now on."""
    addresses: list[str] = []

    def note(asked: Request) -> None:
        if asked.is_navigation_request():
            addresses.append(asked.url)

    page.on("request", note)
    return addresses


def is_shown(page: Page, word: str) -> None:
    """Text and style are of one build."""
    dot = page.locator(".dot")
    expect(dot).to_have_text(word)
    expect(dot).to_have_css("color", COLORS[word])


def test_a_page_of_another_build_is_loaded_fully(deployed: Deployed, tab: Page) -> None:
    is_shown(tab, "red")
    write(tab.locator(".program").first, "print('mine')")
    deployed.deploy("blue")
    loaded = loads(tab)
    tab.locator(f"a[href$='{LAB}']").first.click()
    is_shown(tab, "blue")
    # From then on Material knows which pages it may swap.
    known = "performance.getEntriesByType('resource').some(({ name }) => /sitemap/.test(name))"
    tab.wait_for_function(known)
    go(tab, deployed.server, CHAPTER)
    is_shown(tab, "blue")
    expect(tab.locator(".program code").first).to_have_text("print('mine')")
    assert loaded == [deployed.server.address + LAB], "pages of one build are swapped as before"


def test_a_tab_older_than_a_deployment_runs_its_program_in_the_new_build(
    deployed: Deployed, tab: Page
) -> None:
    program = tab.locator(".program").first
    write(program, "print('mine')")
    deployed.deploy("blue")
    press(program, "Run")
    expect(program.locator(".output")).to_have_text("mine\n", timeout=LONG)
    is_shown(tab, "blue")
    tab.reload()
    expect(program.locator("code")).to_have_text("print('mine')")
    expect(program.locator(".status")).to_be_empty()  # it runs again only by a click


@pytest.mark.parametrize("tab", ["block"], indirect=True)
def test_a_page_is_never_loaded_anew_twice(deployed: Deployed, tab: Page) -> None:
    deployed.server.missing.add("pyodide-lock.json")
    builds = iter("abcdefgh")

    def renew(route: Route) -> None:
        answer = route.fetch()
        body = re.sub(r'"build": "\w+"', f'"build": "{next(builds)}"', answer.text(), count=1)
        route.fulfill(response=answer, body=body)

    tab.route(f"**/{CHAPTER}", renew)
    loaded = loads(tab)
    press(tab.locator(".program").first, "Run")
    status = tab.locator(".program .status").first
    expect(status).to_contain_text("Python could not be loaded: pyodide-lock.json", timeout=LONG)
    assert loaded == [deployed.server.address + CHAPTER]
