"""The budgets of the built site: how much, how fast, for everybody, valid, and at rest.

`make check` installs what these tests need from npm. Each check is a function, so that below
it a planted fault shows that it can fail.
"""

import contextlib
import functools
import gzip
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from playwright.sync_api import Browser, Page, Request, Route

from press import files
from tests.browser.conftest import address_of
from tests.conftest import FLAGS, ROOT, Server, Site, passing, serving

PACKAGES = Path(__file__).parent / "node_modules"
CHAPTERS = [f"chapters/{file.stem}/" for file in sorted(ROOT.glob("docs/chapters/*.md"))]
PAGES = [*sorted(ROOT.glob("docs/**/*.md")), *sorted(ROOT.glob("docs/labs/*.py"))]
ADDRESSES = [*map(address_of, PAGES), "404.html", "503.html"]
JUDGED = ["", "chapters/networks/", "chapters/descent/", "chapters/backpropagation/"]
JUDGED += ["labs/digits/", "reference/litgrad/"]

HTML = 60_000
"""Bytes of a chapter's HTML, compressed."""
VISIT = 300_000
"""Bytes of all that a first visit loads, compressed; Python comes when a program is run."""
SCORES = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
SHIFT = 0.001
"""Of a view that shows the whole chapter; Material's boxes around tables take half of it."""
TEXT = {".css", ".html", ".js", ".json", ".md", ".svg", ".txt", ".webmanifest", ".xml"}

# What no change of ours can mend, each with its reason. Any other error fails.
INVALID = {
    "“autocomplete” is only allowed when": "Material's switches, so that Firefox forgets them",
    "Attribute “displaystyle” not allowed": "MathML Core allows it on all elements",
    "Attribute “scriptlevel” not allowed": "as displaystyle",
}
UNREAD = ("empty-table-header", "<math")
"""A rule of axe, and what it cannot read: a heading that is a formula is not empty."""

OBSERVE = """
window.shifts = [];
new PerformanceObserver((list) => shifts.push(...list.getEntries().map((entry) => entry.value)))
  .observe({ type: "layout-shift", buffered: true });
"""
SCHEME = """scheme => {
    document.body.dataset.mdColorScheme = scheme;
    for (const details of document.querySelectorAll("details")) details.open = true;
    const timed = document.getAnimations().filter((one) => one.timeline === document.timeline);
    return Promise.all(timed.map((change) => change.finished.catch(() => 0))); // not by scrolling
}"""


# A host


class Host(Site):
    """The site as a host gives it: text is compressed."""

    def send_head(self) -> BytesIO | BinaryIO | None:
        file = asked_for(Path(self.directory), self.path)
        if file.suffix not in TEXT or not file.is_file():
            return super().send_head()
        body = packed(file)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(file))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return BytesIO(body)


class Late(Host):
    """A host from which scripts come after a page is first drawn, and fonts after all else."""

    def send_head(self) -> BytesIO | BinaryIO | None:
        time.sleep({".js": 0.3, ".woff2": 0.6}.get(Path(self.path).suffix, 0.0))
        return super().send_head()


def asked_for(site: Path, address: str) -> Path:
    """The file that stands for an address."""
    file = site / address.partition("?")[0].lstrip("/")
    return file / "index.html" if file.is_dir() else file


def packed(file: Path) -> bytes:
    """What a file is on its way."""
    data = file.read_bytes()
    return gzip.compress(data, 9) if file.suffix in TEXT else data


@pytest.fixture(scope="module")
def host(site: Path) -> Iterator[Server]:
    with serving(functools.partial(Host, directory=str(site))) as server:
        yield server


# The checks


def need(*programs: str) -> None:
    """Where everything must be proved, fail if something is missing; elsewhere, say so and skip."""
    missing = [name for name in programs if not shutil.which(name)]
    missing += [] if PACKAGES.is_dir() else [f"{PACKAGES.relative_to(ROOT)} (make check)"]
    if missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"missing: {', '.join(missing)}")


def too_big(site: Path, limit: int = HTML) -> dict[str, int]:
    """Chapters with more HTML than they may have."""
    sizes = {
        file.relative_to(site).as_posix(): len(packed(file))
        for file in sorted(site.glob("chapters/*/index.html"))
    }
    assert sizes
    return {name: size for name, size in sizes.items() if size >= limit}


def invalid(*places: Path) -> list[str]:
    """What is not HTML in files and folders, with the line, and without what is known."""
    need("java")
    jar = str(PACKAGES / "vnu-jar/build/dist/vnu.jar")
    command = ["java", "-jar", jar, "--skip-non-html", "--format", "json", *map(str, places)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [
        f"{message['url']}:{message.get('lastLine')} {message['message']}"
        for message in json.loads(done.stderr)["messages"]
        if message["type"] != "info" and not any(known in message["message"] for known in INVALID)
    ]


def barriers(page: Page, scheme: str) -> list[str]:
    """What axe finds in an open page, in one of the two schemes."""
    need()
    if not page.evaluate("'axe' in window"):
        page.evaluate((PACKAGES / "axe-core/axe.min.js").read_text(encoding="utf-8"))
    page.evaluate(SCHEME, scheme)
    rule, unread = UNREAD
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if scheme == "slate":  # it has the same page in other colors
        options["runOnly"] = ["color-contrast"]
    return [
        f"{scheme}: {found['id']} {node['html'][:100]}: {node['failureSummary']}"
        for found in page.evaluate("options => axe.run(options)", options)["violations"]
        for node in found["nodes"]
        if not (found["id"] == rule and unread in node["html"])
    ]


@dataclass
class Visit:
    """What a first visit of a page finds."""

    bytes: int = 0
    elsewhere: list[str] = field(default_factory=list)
    barriers: list[str] = field(default_factory=list)


@contextlib.contextmanager
def opened(browser: Browser, url: str, visit: Visit, **view: int) -> Iterator[Page]:
    """A page in a browser that knows nothing yet, once it is at rest."""

    def ask(request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            visit.elsewhere.append(request.url)

    with browser.new_context(viewport={"width": 1280, "height": 900} | view) as context:  # type: ignore[arg-type]
        context.add_init_script(OBSERVE)
        context.on("request", ask)
        page = context.new_page()
        page.goto(url, wait_until="networkidle")
        yield page


def visited(browser: Browser, site: Path, address: str = "") -> Visit:
    """A first visit of a page."""
    visit = Visit()
    with (
        serving(functools.partial(Host, directory=str(site))) as host,
        opened(browser, host.address + address, visit) as page,
    ):
        files = {asked_for(site, asked) for asked in host.asked}
        visit.bytes = sum(len(packed(file)) for file in files if file.is_file())
        for scheme in ("default", "slate"):
            visit.barriers += barriers(page, scheme)
    return visit


def shift(browser: Browser, site: Path, address: str = "", width: int = 390) -> float:
    """How much moves while fonts and scripts come late, with the whole page in view."""
    with (
        serving(functools.partial(Late, directory=str(site))) as host,
        opened(browser, host.address + address, Visit(), width=width, height=25_000) as page,
    ):
        page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
        return float(page.evaluate("shifts.reduce((sum, value) => sum + value, 0)"))


def lost(url: str, tries: int = 3) -> dict[str, list[str]]:
    """The scores of Lighthouse that a page does not reach, and what costs points.

    A machine that is busy makes a page slower, and never faster: the best of three counts.
    """
    need("node")
    browsers = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    command = ["node", str(PACKAGES / "lighthouse/cli/index.js"), url, "--output=json", "--quiet"]
    command += ["--no-enable-error-reporting", f"--only-categories={','.join(SCORES)}"]
    command += ["--preset=desktop", f"--chrome-flags=--headless=new {' '.join(FLAGS)}"]
    environment = os.environ | {"CHROME_PATH": next(filter(None, browsers))}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    found = {
        name: [f"{round(100 * kind['score'])} of {SCORES[name]}", *costs(kind, report["audits"])]
        for name, kind in report["categories"].items()
        if round(100 * kind["score"]) < SCORES[name]
    }
    return lost(url, tries - 1) if list(found) == ["performance"] and tries > 1 else found


def costs(kind: dict[str, Any], audits: dict[str, Any]) -> list[str]:
    """What of a kind of score is not full."""
    audited = [audits[ref["id"]] for ref in kind["auditRefs"] if ref["weight"]]
    poor = [audit for audit in audited if audit["score"] is not None and audit["score"] < 1]
    return [f"{audit['id']}: {audit.get('displayValue', audit['title'])}" for audit in poor]


# The site


def test_chapters_are_light(site: Path) -> None:
    assert too_big(site) == {}


def test_every_page_is_visited(site: Path) -> None:
    found = (file.relative_to(site).as_posix() for file in site.rglob("*.html"))
    assert sorted(ADDRESSES) == sorted(name.removesuffix("index.html") for name in found)


@pytest.mark.slow
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_first_visit_is_light_and_for_everybody(
    browser: Browser, site: Path, address: str
) -> None:
    made_of = files.state(site / "assets"), asked_for(site, address), browser.version
    with passing(*made_of, Path(__file__)) as before:
        visit = Visit(1) if before else visited(browser, site, address)
        assert visit.elsewhere == [], "asked of another host"
        assert visit.barriers == []
        assert 0 < visit.bytes < VISIT


@pytest.mark.slow
def test_every_page_is_valid(site: Path) -> None:
    assert invalid(site) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "width"),
    [*((chapter, 390) for chapter in CHAPTERS), *((chapter, 1280) for chapter in JUDGED[1:4])],
)
def test_nothing_moves(browser: Browser, site: Path, address: str, width: int) -> None:
    assert shift(browser, site, address, width) < SHIFT


@pytest.mark.slow
def test_a_font_comes_before_a_page_is_first_seen_or_with_the_next(
    browser: Browser, host: Server
) -> None:
    drawn = "performance.getEntriesByType('paint').length"
    has_fonts = "bookFonts.every((font) => document.fonts.has(font))"
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(host.address + CHAPTERS[0])
        page.wait_for_function(drawn)
        assert page.evaluate(has_fonts)
    with browser.new_context() as context:
        page, waiting = context.new_page(), list[Route]()
        page.route("**/*.woff2", lambda route: waiting.append(route))  # noqa: PLW0108  Playwright takes no builtin
        page.goto(host.address + CHAPTERS[0], wait_until="domcontentloaded")
        page.wait_for_function(drawn)
        for late in waiting:
            late.continue_()
        page.wait_for_function("bookFonts.every((font) => font.status === 'loaded')")
        assert not page.evaluate(has_fonts)
        page.locator(".md-footer__link--next").click()
        page.wait_for_function(has_fonts)


@pytest.mark.slow
@pytest.mark.parametrize("address", JUDGED)
def test_lighthouse(host: Server, address: str) -> None:
    assert lost(host.address + address) == {}


# Planted faults

PLAIN = """<!DOCTYPE html>
<html lang="en">
<head><title>A page</title><meta charset="utf-8"><link rel="icon" href="data:,"></head>
<body><main>
<h1>A page</h1>
<p>Text.</p>
</main></body>
</html>
"""
IMAGE = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
BARRIERS = {
    "image-alt": f'<img src="{IMAGE}">',
    "color-contrast": '<p style="color: #999; background: #fff">Faint.</p>',
    "heading-order": "<h4>Too deep</h4>",
}
MOVING = f"""<div id="late"></div>{"<p>Text.</p>" * 300}
<script>setTimeout(() => late.append(Object.assign(new Image(), {{ height: 99 }})), 100)</script>"""


@pytest.fixture
def plant(tmp_path: Path) -> Callable[[str], Path]:
    """A site of one page with something planted in it."""

    def plant(fault: str) -> Path:
        page = PLAIN.replace("</main>", f"{fault}</main>")
        (tmp_path / "index.html").write_text(page, encoding="utf-8")
        return tmp_path

    return plant


Plant = Callable[[str], Path]


@pytest.mark.slow
def test_a_plain_page_has_no_fault(browser: Browser, plant: Plant) -> None:
    site = plant("")
    visit = visited(browser, site)
    assert 0 < visit.bytes < VISIT
    assert visit.elsewhere == visit.barriers == invalid(site) == []
    assert shift(browser, site) == 0


@pytest.mark.slow
@pytest.mark.parametrize("rule", BARRIERS)
def test_a_barrier_is_found(browser: Browser, plant: Plant, rule: str) -> None:
    light, *dark = visited(browser, plant(BARRIERS[rule])).barriers
    assert light.startswith(f"default: {rule} ")
    assert [told.partition(" ")[0] for told in dark] == ["slate:"] * (rule == "color-contrast")


@pytest.mark.slow
def test_a_foreign_request_is_found(browser: Browser, plant: Plant) -> None:
    foreign = "https://example.org/x.png"
    assert visited(browser, plant(f'<img src="{foreign}" alt="">')).elsewhere == [foreign]


def test_a_heavy_chapter_is_found(tmp_path: Path) -> None:
    page = tmp_path / "chapters/heavy/index.html"
    page.parent.mkdir(parents=True)
    page.write_text(os.urandom(HTML).hex(), encoding="utf-8")
    assert list(too_big(tmp_path)) == ["chapters/heavy/index.html"]
    page.write_text(PLAIN, encoding="utf-8")
    assert too_big(tmp_path) == {}


@pytest.mark.slow
def test_a_heavy_visit_is_found(browser: Browser, plant: Plant) -> None:
    site = plant('<script src="heavy.js"></script>')
    (site / "heavy.js").write_text(f"// {os.urandom(VISIT).hex()}", "utf-8")
    assert visited(browser, site).bytes > VISIT


@pytest.mark.slow
def test_invalid_html_is_found(plant: Plant) -> None:
    site = plant("<p></div></p>\n")
    (found,) = invalid(site)
    assert found.endswith(f"{site}/index.html:7 Stray end tag “div”.")


@pytest.mark.slow
def test_what_moves_is_found(browser: Browser, plant: Plant) -> None:
    assert shift(browser, plant(MOVING)) > SHIFT


@pytest.mark.slow
def test_lighthouse_finds_faults(plant: Plant) -> None:
    site = plant(BARRIERS["image-alt"] + "<script>throw 1</script>")
    with serving(functools.partial(Host, directory=str(site))) as host:
        found = lost(host.address)
    assert set(found) == {"accessibility", "best-practices", "seo"}
    assert "errors-in-console" in " ".join(found["best-practices"])
