"""Where a reader is, how far there is to go, and what a word on the way means."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from mkdocs.utils.yaml import yaml_load
from playwright.sync_api import Browser, Page

from tests.conftest import CHAPTER, ROOT, Server, build

NAV = yaml_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
CHAPTERS = [Path(uri).stem for part in NAV for uri in part.get("Chapters", [])]
SAYS = "(term) => getComputedStyle(term, '::after').content"
COME = "getComputedStyle(document.querySelector('.md-header'), '::after').transform"


@pytest.fixture(scope="module")
def desk(host: Server, browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(f"{host.address}chapters/momentum/")
    yield page
    page.close()


def test_chapters_are_numbered_wherever_they_are_named(desk: Page) -> None:
    at, count = CHAPTERS.index("momentum") + 1, len(CHAPTERS)
    title = f"{at}. Momentum"
    assert desk.title() == f"{title} - Literate Gradients"
    assert desk.locator("h1").inner_text().startswith(title)
    assert desk.locator("h1").get_attribute("id") == "momentum"
    header = desk.locator("[data-md-component=header-topic]")
    assert (header.text_content() or "").strip() == f"Momentum, chapter {at} of {count}"
    contents = desk.locator(".md-nav--primary a.md-nav__link .md-ellipsis").all_inner_texts()
    numbered = [int(text.partition(".")[0]) for text in contents if re.match(r"\d+\. ", text)]
    assert sorted({*numbered}) == list(range(1, count + 1))
    before, after = desk.locator(".md-footer__link .md-ellipsis").all_inner_texts()
    assert (before[:3], after[:3]) == (f"{at - 1}. "[:3], f"{at + 1}. "[:3])


def test_contents_begin_with_what_they_are_of(desk: Page) -> None:
    first = desk.locator(".md-sidebar--secondary a.md-nav__link").first
    assert first.inner_text() == f"{CHAPTERS.index('momentum') + 1}. Momentum"
    assert (first.get_attribute("href") or "").endswith("#momentum")
    assert desk.locator(".md-sidebar--primary a.md-nav__link").first.inner_text() == "Front page"


def test_a_new_chapter_numbers_those_after_it_anew(small: Path, tmp_path: Path) -> None:
    (small / "docs/chapters/first.md").write_text(CHAPTER.replace("A chapter", "First"), "utf-8")
    file = small / "mkdocs.yml"
    settings = json.loads(file.read_text("utf-8"))
    chapters = ["chapters/first.md", "chapters/chapter.md"]
    settings["nav"] = ["index.md", {"Chapters": chapters}, "labs/lab.py"]
    file.write_text(json.dumps(settings), "utf-8")
    done = build(small, tmp_path / "site")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "site/chapters/chapter/index.html").read_text("utf-8")
    assert '<h1 id="a-chapter">2. A chapter<' in page
    assert "A chapter, chapter 2 of 2" in page


def test_a_line_shows_how_far_one_has_come(desk: Page) -> None:
    assert desk.evaluate(COME) == "matrix(0, 0, 0, 1, 0, 0)"
    desk.evaluate("scrollTo(0, document.body.scrollHeight)")
    desk.wait_for_function(f"{COME} === 'matrix(1, 0, 0, 1, 0, 0)'")
    desk.evaluate("scrollTo(0, 0)")


def test_a_term_is_explained_to_the_pointer_and_to_keys(desk: Page) -> None:
    term = desk.locator("a.term").first
    assert term.evaluate(SAYS) == "none"
    for show in (term.hover, term.focus):
        show()
        assert (term.get_attribute("data-says") or "?") in term.evaluate(SAYS)
        desk.keyboard.press("Escape")
        assert term.evaluate(SAYS) == "none"
        desk.locator("h1").hover()
    term.blur()
    term.focus()
    assert term.evaluate(SAYS) != "none"  # once more
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/reference/glossary/#*")
    name = desk.url.partition("#")[2]
    desk.locator(f"dt > [id='{name}']").wait_for()
    desk.go_back()
    desk.wait_for_url("**/chapters/momentum/")


def test_every_term_leads_to_an_entry(site: Path) -> None:
    glossary = (site / "reference/glossary/index.html").read_text("utf-8")
    entries = set(re.findall(r'<dt><strong id="([^"]+)"', glossary))
    pages = "".join(file.read_text("utf-8") for file in site.glob("*/*/index.html"))
    terms = set(re.findall(r'class="term" href="[^"#]*#([^"]+)', pages))
    assert len(terms) > 100
    assert terms <= entries


def test_a_finger_reads_first_and_leaves_with_the_second_tap(
    host: Server, browser: Browser
) -> None:
    view = {"width": 390, "height": 844}
    with browser.new_context(viewport=view, has_touch=True, is_mobile=True) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{host.address}chapters/momentum/")
        for term in page.locator("a.term").all()[:8]:
            page.touchscreen.tap(2, 300)  # beside the text: nothing lies over the next
            term.tap()
            assert (term.get_attribute("data-says") or "?") in term.evaluate(SAYS)
            assert page.evaluate("document.documentElement.scrollWidth") <= view["width"]
            assert "/chapters/momentum/" in page.url
        term.tap()
        page.wait_for_url("**/reference/glossary/#*")
