"""How pages are set: one family, lines that can be read, signs that stay together, even rows."""

import html
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from playwright.sync_api import Browser, Page

from tests.browser.conftest import address_of
from tests.conftest import ROOT, Server

ADDRESSES = [
    address_of(page) for page in sorted([*ROOT.glob("docs/**/*.md"), *ROOT.glob("docs/labs/*.py")])
]
CHAPTER = "chapters/networks/"
TEXT = 90_000
"""Bytes of the text's font, in all its styles."""
MEASURE = 60, 75
"""Letters of a line."""
NOT_WORDS = re.compile(
    r"<(script|style|title|math|pre|code|svg)\b.*?</\1>|<p class=.says.>.*?</p>|<[^>]*>", re.DOTALL
)

LINES = """() => {
  const range = document.createRange(), lines = [];
  for (const p of document.querySelectorAll("article > p:not(:has(math, code))")) {
    const words = [], walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      for (const { 0: word, index } of walker.currentNode.data.matchAll(/\\S+\\s*/g)) {
        range.setStart(walker.currentNode, index);
        range.setEnd(walker.currentNode, index + word.trim().length);
        const { bottom } = range.getBoundingClientRect();
        if (words.length && Math.abs(words.at(-1).bottom - bottom) < 9) words.at(-1).text += word;
        else words.push({ text: word, bottom });
      }
    }
    lines.push(...words.slice(0, -1).map(({ text }) => text.trim().length));
  }
  return lines.reduce((sum, n) => sum + n, 0) / lines.length;
}"""
ALONE = """() => {
  const range = document.createRange(), found = [];
  for (const math of document.querySelectorAll("math:not([display])")) {
    const { top, bottom } = math.getBoundingClientRect();
    const walker = document.createTreeWalker(math.closest("article"), NodeFilter.SHOW_TEXT);
    walker.currentNode = math.querySelector(":scope :last-child:not(:has(*))").lastChild;
    const next = walker.nextNode();
    if (!next || bottom === top || !/^[.,:;!?)\u2019\u201d]/.test(next.data)) continue;
    range.setStart(next, 0);
    range.setEnd(next, 1);
    const sign = range.getBoundingClientRect();
    if (sign.top > bottom || sign.bottom < top) found.push(math.textContent + next.data);
  }
  return found;
}"""
BROKEN = """() => {
  const PLACES = "h1, h2, h3, h4, strong, .md-nav__link, .md-button";
  const range = document.createRange(), found = [];
  for (const place of document.querySelectorAll(PLACES)) {
    const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      for (const { 0: word, index } of walker.currentNode.data.matchAll(/[\\w]+/g)) {
        range.setStart(walker.currentNode, index);
        range.setEnd(walker.currentNode, index + word.length);
        const bottoms = [...range.getClientRects()].map((rect) => rect.bottom);
        if (Math.max(...bottoms) > Math.min(...bottoms) + 9) found.push(word);
      }
    }
  }
  return found;
}"""
HANGING = """() => {
  const low = [...document.querySelectorAll("msqrt")].filter((root) => {
    const letters = [...root.children].filter((child) => child.localName !== "mspace");
    return letters.length === 1 && letters[0].localName === "mi" && root.getClientRects().length;
  });
  return low.map((root) => {
    const below = (one) => one.getBoundingClientRect().bottom;
    const size = parseFloat(getComputedStyle(root).fontSize);
    return (below(root) - below(root.querySelector("mi"))) / size;
  });
}"""
EDGES = """all => all.map(
  (one) => [one, one.lastElementChild].map((box) => box.getBoundingClientRect().right)
)"""
FEWER = "document.querySelectorAll('.overview').forEach((one) => one.firstElementChild.remove())"


def go(page: Page, address: str, width: int = 1280) -> None:
    """Open a page whose fonts are there."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)
    page.evaluate("allFonts.then(addFonts)")
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")


# Letters


def test_text_and_formulas_are_of_one_family(host: Server, reader: Page, site: Path) -> None:
    go(reader, host.address + CHAPTER)
    for selector, family in {
        "article > p:not(.downloads)": "Book Text",
        "article math": "Book Math",
    }.items():
        used = reader.locator(selector).first.evaluate("one => getComputedStyle(one).fontFamily")
        assert used.startswith(f'"{family}"')
    styles = [*(site / "assets/fonts").glob("*.woff2")]
    assert len(styles) == 3
    assert sum(file.stat().st_size for file in styles) < TEXT
    names = [TTFont(file)["name"].getDebugName(1) for file in (*styles, site / "assets/math.woff2")]
    assert all(name.startswith("STIX Two ") for name in names)


def test_every_letter_is_in_a_font_of_the_book(site: Path) -> None:
    fonts = "assets/fonts/text.woff2", "assets/math.woff2"
    letters = {letter for font in fonts for letter in TTFont(site / font).getBestCmap()}
    words = {
        page: html.unescape(NOT_WORDS.sub("", page.read_text(encoding="utf-8")))
        for page in site.rglob("*.html")
    }
    missing = {
        f"{letter} in {page.relative_to(site)}"
        for page, text in words.items()
        for letter in text
        if not letter.isspace() and ord(letter) not in letters
    }
    assert missing == set(), "add them to LETTERS in src/press/draw/font.py"


def test_another_font_is_as_large_as_that_which_is_late(host: Server, browser: Browser) -> None:
    sizes = []
    for late in (False, True):
        page = browser.new_page()
        if late:
            page.route("**/*.woff2", lambda route: route.abort())
            page.goto(host.address + CHAPTER)
        else:
            go(page, host.address + CHAPTER)
        sizes.append(
            page.evaluate("""() => {
              const style = "width: 1ex; font-size: 400px"; // where no pixel is rounded
              const box = Object.assign(document.createElement("div"), { style });
              document.querySelector("article").append(box);
              return box.getBoundingClientRect().width;
            }""")
        )
        page.close()
    assert sizes[1] == pytest.approx(sizes[0], rel=0.02)


def test_quotes_are_curly_in_prose_and_straight_in_code(site: Path) -> None:
    straight = []
    for page in sorted(site.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        prose = html.unescape(NOT_WORDS.sub("", text[text.find("<article") :]))
        straight += re.findall(r".{0,20}['\"].{0,20}", prose)
        assert not re.search(
            "[\u2018\u2019\u201c\u201d]", "".join(re.findall("<code>.*?</code>", text, re.DOTALL))
        )
    assert straight == []


@pytest.mark.parametrize("address", ["chapters/networks/", "chapters/graphs/", "labs/digits/"])
def test_a_line_has_about_seventy_letters(host: Server, reader: Page, address: str) -> None:
    go(reader, host.address + address)
    least, most = MEASURE
    assert least < reader.evaluate(LINES) < most


# Formulas


@pytest.mark.parametrize("chapter", ["depth", "momentum"])
def test_roots_stand_on_their_line(host: Server, reader: Page, chapter: str) -> None:
    go(reader, f"{host.address}chapters/{chapter}/")
    hanging = reader.evaluate(HANGING)
    assert hanging
    assert max(hanging) < 0.4


def test_fractions_in_a_line_are_as_high_as_the_line(site: Path) -> None:
    for page in sorted(site.rglob("*.html")):
        text = re.sub("<table.*?</table>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        inline = re.findall("<math>.*?</math>", text, re.DOTALL)
        assert [formula for formula in inline if "<mfrac" in formula] == [], page


@pytest.mark.slow
@pytest.mark.parametrize("address", ADDRESSES)
def test_no_sign_is_parted_from_its_formula_and_no_word_is_broken(
    host: Server, reader: Page, address: str
) -> None:
    for width in (390, 320):
        go(reader, host.address + address, width)
        reader.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert reader.evaluate(ALONE) == []
        assert reader.evaluate(BROKEN) == []


# The front page


def test_the_front_page_shows_the_picture_the_program_and_run_at_once(
    host: Server, reader: Page
) -> None:
    go(reader, host.address)
    reader.locator(".program .run").first.wait_for()
    names = ".home > h1", ".home > .lead", ".home > .figure", ".program", ".program .run"
    boxes = [reader.locator(name).first.bounding_box() for name in names]
    title, lead, picture, program, run = filter(None, boxes)
    assert title["x"] + title["width"] <= picture["x"]
    assert picture["y"] < lead["y"]
    assert program["y"] < run["y"] + run["height"] < 900


@pytest.mark.parametrize("width", [390, 768, 1280, 1600])
def test_rows_of_cards_come_out_even_whatever_their_number(
    host: Server, reader: Page, width: int
) -> None:
    go(reader, host.address, width)
    assert reader.locator(".overview").count() == 2
    for _ in range(5):
        for whole, last in reader.locator(".overview").evaluate_all(EDGES):
            assert last == pytest.approx(whole, abs=1)
        reader.evaluate(FEWER)


def test_the_picture_of_a_card_has_no_letters_that_nobody_could_read(site: Path) -> None:
    front = (site / "index.html").read_text(encoding="utf-8")
    cards = re.findall(r'<img src="([^"]+)"', front)
    assert len(cards) == len([page for page in ADDRESSES if page.startswith(("chapters", "labs"))])
    for card in cards:
        assert "text{display:none}" in (site / card).read_text(encoding="utf-8")


# Reference


def test_the_glossary_leads_to_the_first_term_of_each_letter(site: Path) -> None:
    page = (site / "reference/glossary/index.html").read_text(encoding="utf-8")
    first: dict[str, str] = {}
    for mark, letter in re.findall(r'<dt><strong id="([^"]+)">(\w)', page):
        first.setdefault(letter.upper(), mark)
    (row,) = re.findall(r'<p class="letters">(.*?)</p>', page, re.DOTALL)
    assert dict(re.findall(r'<a href="#([^"]+)">(\w)</a>', row)) == {m: a for a, m in first.items()}


def test_names_of_the_library_are_set_as_code(host: Server, reader: Page) -> None:
    go(reader, f"{host.address}reference/litgrad/")
    name = reader.locator("[id='litgrad.ops.affine']")
    family, weight = name.evaluate(
        "one => [getComputedStyle(one).fontFamily, getComputedStyle(one).fontWeight]"
    )
    assert "monospace" in family
    assert weight == "700"
    assert reader.locator("sup", has_text="T").first.is_visible()
