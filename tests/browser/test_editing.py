"""Programs that the reader changes: kept, colored, and put back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from press.read import read
from tests.browser.conftest import (
    PAGES,
    address_of,
    at,
    ended,
    go,
    output,
    press,
    run,
    run_text,
    write,
)
from tests.conftest import ROOT, Server

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("is_clean")]


def test_an_edit_runs_survives_a_reload_and_is_reset(fresh: Callable[..., Page]) -> None:
    page = fresh()
    program = page.locator(".program").first
    built, was = program.locator("code").inner_html(), output(program)
    assert run_text(program, "print('mine')") == "mine\n"
    page.keyboard.press("Escape")
    assert program.locator("code .nb").inner_text() == "print"
    page.reload()
    assert program.locator("code").text_content() == "print('mine')\n"
    assert program.locator(".bar .edited").inner_text() == "edited"
    assert page.locator(".program .edited:not(:empty)").count() == 1
    assert run(program).startswith("Ran in")
    assert output(program) == "mine\n"
    press(program, "Reset")
    assert program.locator("code").inner_html() == built
    assert output(program) == was
    assert not program.locator(".edited").inner_text()
    page.reload()
    assert program.locator("code").inner_html() == built


def test_a_solved_exercise_stays_solved(fresh: Callable[..., Page]) -> None:
    page = fresh()
    file = ROOT / "docs/chapters/descent.md"
    starter, solution, _ = read(file).exercises[0]
    write(at(page, starter.line), solution.text)
    press(at(page, starter.line), "Check")
    assert ended(at(page, starter.line)) == "Right"
    page.reload()
    assert page.locator(".exercise.is-solved").count() == 1
    told = page.locator(".md-nav--primary .reached").first.get_attribute("aria-label")
    assert told == f"1 of {len(read(file).exercises)} exercises solved"


def test_an_edit_that_only_undoes_itself_is_none(page: Page) -> None:
    program = page.locator(".program").first
    built = program.locator("code").text_content() or ""
    write(program, "1")
    write(program, built)
    page.keyboard.press("Escape")
    assert not program.locator(".edited").inner_text()
    assert page.evaluate("Object.values(localStorage).join('')").count("import") == 0


def test_without_storage_all_works_but_the_memory(fresh: Callable[..., Page]) -> None:
    page = fresh(heard=[])  # Material says that it misses it
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })"
    )
    page.reload()
    assert run_text(page.locator(".program").first, "print(1)") == "1\n"


def test_the_editor_shows_every_program_as_it_is(warm: Page, server: Server) -> None:
    """What is highlighted in the page is the text, and colored as the build colors it."""
    same = total = 0
    for file in PAGES:
        go(warm, server, address_of(file))
        for program in warm.locator(".program code").all():
            mine, built = program.evaluate(
                """code => {
                    const colors = () => {
                        const walk = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
                        const found = [];
                        while (walk.nextNode()) {
                            const { color } = getComputedStyle(walk.currentNode.parentNode);
                            for (const sign of walk.currentNode.data)
                                if (sign.trim()) found.push([sign, color]);
                        }
                        return found;
                    };
                    const built = colors();
                    code.innerHTML = highlightPython(code.textContent);
                    return [colors(), built];
                }"""
            )
            assert "".join(m[0] for m in mine) == "".join(b[0] for b in built)
            same += sum(m == b for m, b in zip(mine, built, strict=True))
            total += len(mine)
    assert same / total > 0.99
