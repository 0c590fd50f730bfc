"""Programs by keyboard, by ear, on paper, on a phone, and where they cannot run."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import (
    FILES,
    address_of,
    ended,
    go,
    output,
    press,
    run,
    status,
    write,
)
from tests.conftest import ROOT, Server

HIDDEN = """() => [...document.querySelectorAll(".md-content :is(a[href], button, input, summary)")]
    .filter((control) => control.checkVisibility({ visibilityProperty: true }))
    .filter((control) => {
        control.scrollIntoView({ block: "center", behavior: "instant" });
        const { left, top, width, height } = control.getClientRects()[0];
        const there = document.elementFromPoint(left + width / 2, top + height / 2);
        return !control.contains(there) && !there?.contains(control);
    })
    .map((control) => control.outerHTML)"""
"""The controls that something lies over: a click would not reach them."""
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("is_clean")]


def test_the_keyboard_is_enough(page: Page) -> None:
    program = page.locator(".program").first
    focus = "document.activeElement.classList[0] + document.activeElement.tagName"
    program.get_by_role("button", name="Run", exact=True).focus()
    page.keyboard.press("Enter")
    assert ended(program).startswith("Ran in")
    assert page.evaluate(focus) == "runBUTTON"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate(focus) == "editorTEXTAREA"
    page.keyboard.press("Control+a")
    page.keyboard.type("for i in range(2):")
    page.keyboard.press("Enter")
    page.keyboard.type("print(i)  # ")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("print(-i)")
    page.keyboard.press("Control+Enter")
    assert ended(program).startswith("Ran in")
    assert output(program) == "0\n0\n1\n-1\n"
    assert page.evaluate(focus) == "editorTEXTAREA"
    page.keyboard.press("Control+z")
    page.keyboard.press("Escape")
    assert page.evaluate(focus) == "editBUTTON"
    page.keyboard.press("Tab")
    assert page.evaluate(focus) == "resetBUTTON"
    page.keyboard.press("Enter")
    assert page.evaluate(focus) == "editBUTTON"
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(focus) != "editorTEXTAREA"


def test_a_click_into_a_starter_edits_it_there(page: Page) -> None:
    starter = page.locator(".starter").first
    code = starter.locator("code span", has_text="return").first
    code.click()
    page.keyboard.type("#")
    assert "#" in (starter.locator(".editor").input_value().splitlines()[1])


def test_everything_has_a_name_and_a_role(page: Page) -> None:
    names = [bar.get_attribute("aria-label") for bar in page.locator(".program .bar").all()]
    assert len(names) == len(set(names)) == page.locator(".program").count()
    program = page.locator(".program").first
    assert program.locator(".output").get_attribute("role") == "log"
    assert program.locator(".status").get_attribute("role") == "status"
    for button in program.locator("button").all():
        assert button.get_attribute("type") == "button"
        assert button.text_content()
    press(program, "Edit")
    editor = page.get_by_role("textbox", name="Program 1", exact=True)
    assert "Escape" in (editor.get_attribute("aria-description") or "")


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_lies_over_a_control(
    opened: Callable[..., Page], server: Server, width: int
) -> None:
    page = opened(viewport={"width": width, "height": 800})
    for file in FILES:
        go(page, server, address_of(file))
        assert page.evaluate(HIDDEN) == [], file.name
    page.context.close()


def test_print_has_no_buttons(page: Page) -> None:
    page.emulate_media(media="print")
    assert page.locator(".program").first.is_visible()
    assert not page.locator(".program .bar").first.is_visible()
    page.emulate_media(media="screen")
    assert page.locator(".program .bar").first.is_visible()


def test_without_script_there_is_plain_code(fresh: Callable[..., Page]) -> None:
    page = fresh(java_script_enabled=False)
    assert page.locator(".program code").first.is_visible()
    assert page.locator(".program button").count() == 0


def test_without_pyodide_there_is_copy_alone(fresh: Callable[..., Page]) -> None:
    page = fresh(service_workers="block", heard=[])  # the console says that they are
    page.route(
        "**/chapters/descent/",
        lambda route: route.fulfill(
            response=(answer := route.fetch()),
            body=answer.text().replace('"python":', '"none":'),
        ),
    )
    page.reload()
    program = page.locator(".program").first
    assert [button.text_content() for button in program.locator("button").all()] == ["Copy"]
    press(program, "Copy")
    program.locator(".status", has_text="Copied").wait_for()


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(fresh: Callable[..., Page], width: int) -> None:
    page = fresh(viewport={"width": width, "height": 800})
    program = page.locator(".program").first
    write(program, f"print({'1' * 300!r})\n")
    run(program)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = program.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


@pytest.mark.parametrize(
    ("without", "lacks"),
    [
        ("delete window.WebAssembly", "WebAssembly"),
        ("delete WebAssembly.Exception", "WebAssembly with exceptions"),
        ("window.Worker = class { terminate() {} }", "workers that load modules"),
    ],
)
def test_a_browser_that_cannot_run_programs_says_so(
    fresh: Callable[..., Page], without: str, lacks: str
) -> None:
    page = fresh(heard=[])  # without workers, Material has no search
    page.add_init_script(without)
    page.reload()
    program = page.locator(".program").first
    assert program.locator("button").all_text_contents() == ["Copy"]
    assert status(program) == f"Programs do not run in this browser: it has no {lacks}"
    press(program, "Copy")
    program.locator(".status", has_text="Copied").wait_for()
    assert page.locator(".flipbook .play").first.is_visible()


def test_no_script_needs_what_an_older_safari_cannot_read() -> None:
    """One lookbehind, and Safari before 16.4 runs nothing of the file."""
    scripts = [ROOT / "docs/sw.js", *ROOT.glob("docs/assets/*.js"), *ROOT.glob("src/**/*.html")]
    assert len(scripts) > 10
    assert [file.name for file in scripts if re.search(r"\(\?<[=!]", file.read_text("utf-8"))] == []
