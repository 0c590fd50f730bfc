"""Programs that the reader changes: kept, colored, and put back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from press.read import read
from tests.browser.conftest import (
    PAGES,
    address_of,
    at,
    check,
    go,
    output,
    press,
    run,
    run_text,
    status,
    write,
)
from tests.conftest import ROOT, Server

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("is_clean")]
COLORS = "s2", "n", "k", "c1"
EDITS = [
    (0, 0, "a"),
    (30, 95, "q"),
    (400, 400, "\n\n"),
    (0, 0, '"""\n'),
    (50, 900, ""),
    (0, 4, "x"),
    (1, 700, "\n" * 9),
    (0, 9999, ""),
]
"""From where to where, and what stands there then."""
EDIT = """(area, [start, end, text]) => {
    area.setRangeText(text, start, end);
    area.dispatchEvent(new Event("input"));
}"""
AFRESH = """text => {
    const code = document.createElement("code");
    code.innerHTML = highlightPython(text).join("");
    return code.innerHTML;
}"""
KEY = """async (area, text) => {
    const costs = [];
    area.value = text;
    area.dispatchEvent(new Event("input"));
    area.focus();
    area.setSelectionRange(area.value.length / 2, area.value.length / 2);
    for (let i = 0; i < 30; i++) {
        await new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
        const began = performance.now();
        document.execCommand("insertText", false, "a");
        document.body.getBoundingClientRect();
        costs.push(performance.now() - began);
    }
    return costs.sort((a, b) => a - b)[15];
}"""
"""Milliseconds that a key costs, the layout of the page with it."""

PLACE = """(code, offset) => {
    const walk = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
    while (walk.nextNode() && offset > walk.currentNode.length) offset -= walk.currentNode.length;
    const range = document.createRange();
    range.setStart(walk.currentNode, offset);
    const { left, top, height } = range.getClientRects()[0];
    return { x: left, y: top + height / 2 };
}"""
"""Where a letter stands."""


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


def test_what_another_text_has_made_is_faded(page: Page, server: Server) -> None:
    """The output and figure of a program, and of those that go on from it."""
    go(page, server, "chapters/graphs/")
    first = page.locator(".program[data-continues]:not([data-role])").first
    before = at(page, int(first.get_attribute("data-continues") or 0))
    figure = page.locator(".figure:not(.flipbook)").first
    drawing = page.locator(".program").and_(figure.locator("xpath=preceding::*")).last
    assert page.locator(".stale").count() == 0
    built = before.locator("code").text_content() or ""
    write(before, f"{built}\n# more")
    assert first.locator(".stale").count() > 0
    assert run(before).startswith("Ran in")
    assert before.locator(".stale").count() == 0
    write(before, built)
    assert not status(before)
    assert first.locator(".stale").count() == 0
    write(drawing, "1")
    assert "stale" in (figure.get_attribute("class") or "")
    press(drawing, "Reset")
    assert "stale" not in (figure.get_attribute("class") or "")


def test_tab_indents_the_lines_of_a_selection(page: Page) -> None:
    program = page.locator(".program").first
    write(program, "if 1:\n    a\nb")
    page.keyboard.press("Control+a")
    page.keyboard.press("Tab")
    editor = program.locator(".editor")
    assert editor.input_value() == "    if 1:\n        a\n    b"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert editor.input_value() == "if 1:\na\nb"
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert editor.input_value() == "if 1:\n    a\nb"
    page.keyboard.press("Escape")
    assert program.locator(".editor").count() == 0


def test_the_caret_is_where_one_clicked(page: Page) -> None:
    """The numbers of the lines come before them, and the letters under the mouse move."""
    starter = page.locator(".starter").first
    starter.evaluate("box => box.scrollIntoView({ block: 'center', behavior: 'instant' })")
    code = starter.locator("code")
    text = code.text_content() or ""
    for word in ("walk", "return", "turn"):
        offset = text.index(word)
        place = code.evaluate(PLACE, offset)
        page.mouse.click(place["x"], place["y"])
        editor = starter.locator(".editor")
        assert editor.evaluate("area => area.selectionStart") == offset, word
        page.keyboard.press("Escape")
    place = code.evaluate(PLACE, text.index(")") + 1)
    page.mouse.click(place["x"] + 90, place["y"])  # behind the end of a line
    assert starter.locator(".editor").evaluate("area => area.selectionStart") == text.index("\n")


def test_a_click_in_an_open_editor_moves_its_caret(page: Page) -> None:
    starter = page.locator(".starter").first
    starter.locator(".edit").click()
    text = starter.locator("code").text_content() or ""
    place = starter.locator("code").evaluate(PLACE, text.index("return"))
    page.mouse.click(place["x"], place["y"])
    page.keyboard.type("# here")
    assert starter.locator(".editor").input_value() == text.rstrip("\n").replace(
        "return", "# herereturn", 1
    )


def test_lines_have_numbers_while_one_edits(page: Page) -> None:
    program = page.locator(".program").first
    number = "line => getComputedStyle(line, '::before').content"
    line = program.locator("code > span").nth(1)
    assert line.evaluate(number) == "none"
    write(program, "a = 1\nb = 2")
    assert line.evaluate(number).startswith("counter(line)")
    selected = page.evaluate("getSelection().toString()")
    assert "1a" not in selected, "a number is not part of the text"
    letter = line.evaluate(PLACE, 0)
    area = program.locator(".editor").evaluate(
        "area => area.getBoundingClientRect().x + parseFloat(getComputedStyle(area).paddingLeft)"
    )
    assert abs(letter["x"] - area) < 1, "the editor lies over its letters"
    page.keyboard.press("Escape")
    assert line.evaluate(number) == "none"


def test_an_editor_is_seen_to_be_one(page: Page) -> None:
    program = page.locator(".program").first
    write(program, "x")
    style = "frame => getComputedStyle(frame).outlineStyle"
    assert program.locator(".editor").evaluate(style) == "solid"
    slider = page.locator(".flipbook input").first
    slider.focus()
    page.keyboard.press("End")
    assert slider.evaluate(style) == "solid"


def test_a_solved_exercise_stays_solved(fresh: Callable[..., Page]) -> None:
    page = fresh()
    file = ROOT / "docs/chapters/descent.md"
    starter, solution, *_ = read(file).exercises[0]
    write(at(page, starter.line), solution.text)
    assert check(at(page, starter.line)) == "Right."
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
    """What is highlighted in the page is the text, and colored as the build colors it.

    Lines that only import or draw are plain in the build, and left out here.
    """
    same = total = 0
    for file in PAGES:
        go(warm, server, address_of(file))
        for program in warm.locator(".program code").all():
            mine, built = program.evaluate(
                """code => {
                    const aside = [...code.children].map((line) => line.matches(".aside"));
                    const colors = () => {
                        const walk = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
                        const found = [];
                        while (walk.nextNode()) {
                            const { currentNode } = walk;
                            const isHere = (line) => line.contains(currentNode);
                            if (aside[[...code.children].findIndex(isHere)]) continue;
                            const { color } = getComputedStyle(currentNode.parentNode);
                            for (const sign of currentNode.data)
                                if (sign.trim()) found.push([sign, color]);
                        }
                        return found;
                    };
                    const built = colors();
                    const text = code.textContent.replace(/\\n$/, "");
                    code.innerHTML = inLines(highlightPython(text));
                    return [colors(), built];
                }"""
            )
            assert "".join(m[0] for m in mine) == "".join(b[0] for b in built)
            same += sum(m == b for m, b in zip(mine, built, strict=True))
            total += len(mine)
    assert same / total > 0.99


def test_a_string_of_several_lines_is_colored_as_one(page: Page) -> None:
    text = 'x = f"""{y} if\n  a{b:.2f} # {d}\n\n""" if z else 1\n@on  # """\ndef f(): pass'
    html = page.evaluate("text => highlightPython(text).join('')", text)
    program = page.locator(".program").first
    program.locator("code").evaluate("(code, html) => (code.innerHTML = html)", html)
    assert program.locator("code").text_content() == f"{text}\n"
    of = {kind: program.locator(f"code .{kind}").all_text_contents() for kind in COLORS}
    assert of == {
        "s2": ['"""', " if\n", "  a", ":.2f", " # ", "\n", "\n", '"""'],
        "n": ["x", "y", "b", "d", "z"],
        "k": ["if", "else", "def", "pass"],
        "c1": ['# """'],
    }


def test_what_shows_through_the_editor_is_what_stands_in_it(page: Page) -> None:
    program = page.locator(".program").first
    write(program, "".join(f'x = "{i}"  # {i}\n' for i in range(100)))
    editor, code = program.locator(".editor"), program.locator("code")
    for start, end, text in EDITS:
        editor.evaluate(EDIT, [start, end, text])
        assert code.text_content() == f"{editor.input_value()}\n"
        shown = code.evaluate("code => [...code.children].map((line) => line.innerHTML).join('')")
        assert shown == page.evaluate(AFRESH, editor.input_value()), (start, end, text)


def test_a_key_in_a_long_program_colors_one_line(page: Page) -> None:
    """Ten times the lines may not cost ten times as much."""
    write(page.locator(".program").first, "")
    lines = [f"value = np.sqrt(x[{i}] ** 2) if x else f'{{x}}'  # {i}\n" for i in range(2400)]
    texts = "".join(lines[:240]), "".join(lines)
    costs = [page.locator(".editor").evaluate(KEY, text) for text in texts]
    assert costs[1] < 10 * costs[0], costs
