"""Where code, blocks and text stand: whatever another reader would see elsewhere is a fault."""

from pathlib import Path

import pytest

from press.read import Fault, read

EXERCISE = """\
//// exercise | 1. Twice
    attrs: {id: twice}

```python
def twice(x):
    return x
```

/// details | Solution

```python
def twice(x):
    return 2 * x
```

///

<!--pytest-codeblocks:cont-->

```python
assert twice(3) == 6, "twice 3 is 6"
```

////
"""
GOOD = f"""\
# A page

````text
```python
/// note
````

{EXERCISE}
## One more

/// mistake | Twice is the square

```python
assert 2 * 3 != 3**2
```

///

- A list

    that goes on

term
:   A definition

    that goes on

A note.[^a] And *one* & `<b onclick=x>` more, <b>in
bold</b>.

<div>
<b>Raw</b>
</div>

<!-- a remark,

and its end -->

[^a]: Here it is

    and goes on.
"""
FAULTS = {
    "tildes": (
        "````text\n```python\n/// note\n````",
        "~~~text\n```\n~~~",
        3,
        "exactly ```python, and then ```",
    ),
    "tildes in a comment": (
        "a remark,\n",
        "a remark,\n~~~\n",
        60,
        "exactly ```python, and then ```",
    ),
    "an end with a space before it": (
        "note\n````",
        "note\n ````",
        6,
        "line 3 is closed by ```` alone",
    ),
    "an end with one more backtick": (
        "note\n````",
        "note\n`````",
        6,
        "line 3 is closed by ```` alone",
    ),
    "an end with words": ("note\n````\n", "note\n```` x\n", 6, "line 3 is closed by ```` alone"),
    "no end": ("note\n````\n", "note\n", 3, "is not closed"),
    "a start with a space before it": ("````text", " ````text", 3, "left margin"),
    "the same ticks in a fence": (
        "````text\n",
        "````text\n    ````\n",
        4,
        "line 3 is closed by ```` alone",
    ),
    "ticks that are no fence": ("A note.", "```A``` note.", 52, "exactly ```python, and then ```"),
    "a fence in a comment": (
        "a remark,\n",
        "a remark,\n```python\n1\n```\n",
        59,
        "a comment holds no fence",
    ),
    "a fence in a footnote": ("and goes on.\n", "```\n    ```\n", 65, "in no list and no quote"),
    "a fence in a definition": ("A definition\n", "```\n    ```\n", 49, "in no list and no quote"),
    "a capital": ("//// exercise", "//// Exercise", 8, "KIND is details, exercise, mistake"),
    "an unknown kind": ("/// mistake", "/// warning", 35, "KIND is"),
    "no bar before the title": ("mistake | T", "mistake T", 35, "KIND | TITLE"),
    "a space before a block": ("/// details", " /// details", 16, "left margin"),
    "a block in a quote": ("A note.", "> /// note\n> A\n> ///\n", 52, "at the left margin"),
    "a block in a list": ("- A list", "- A list\n\n  /// note\n  ///\n", 45, "at the left margin"),
    "another option": ("attrs: {id", "attr: {id", 9, "only option"),
    "two options": ("twice}\n", "twice}\n    type: x\n", 9, "only option"),
    "a block that stays open": ("\n////\n", "\n", 8, "this is not closed: a line of //// alone"),
    "an inner block that stays open": (
        "}\n```\n\n///\n".replace("}", "x"),
        "x\n```\n",
        29,
        "line 16 is not closed",
    ),
    "a block as long as the one around it": (
        "/// details",
        "//// details",
        16,
        "fewer slashes (that of line 8 is not closed)",
    ),
    "an end with nothing to close": (
        "## One",
        "///\n\n## One",
        33,
        "/// KIND | TITLE and then ///",
    ),
    "an end longer than the start": (
        "**2\n```\n\n///",
        "**2\n```\n\n/////",
        41,
        "line 35 is not closed",
    ),
    "a block in a comment": (
        "a remark,\n",
        "a remark,\n/// note\n///\n",
        59,
        "a comment holds no fence and no block",
    ),
    "a block in raw HTML": ("<div>\n", "<div>\n\n/// note\n///\n\n", 55, "<div begins or ends"),
    "indented code": ("A note.", "A.\n\n    x = 1\n\nA note.", 54, "not indented but fenced"),
    "options that are none": ("A note.", "A.\n\n    attrs: {id: x}\n\nA.", 54, "only option"),
    "an indented program": (
        "A note.",
        "A.\n\n    ```python\n    1\n    ```\n",
        54,
        "in no list and no quote",
    ),
    "a comment in a comment": ("<!--pytest", "<!-- x\n\n<!--pytest", 25, "<! begins"),
    "a mark in a quote": ("<!--pytest", "> <!--pytest", 25, "alone on its line"),
    "a mark with a space more": ("cont-->", "cont -->", 25, "alone on its line"),
    "raw HTML in the wrong order": ("<div>\n", "</div>\n<div>\n<div>\n", 55, "<div begins or ends"),
    "two blocks with one end": (
        "| Solution\n",
        "| S\n\n/// note\n",
        18,
        "fewer slashes (that of line 16 is not",
    ),
    "a box without a program": (
        "```python\nassert 2 * 3 != 3**2\n```\n\n",
        "",
        35,
        "needs a program",
    ),
    "headings of the same words": ("# A page", "# One *more*!", 33, "line 1 has the same anchor"),
    "headings with the same name": ("One more", "Two { #a-page }", 33, "line 1 has the same"),
    "headings that differ in a formula": (
        "## One more",
        "## At $x$\n\n## At $y$",
        35,
        "line 33 has",
    ),
    "an event": ("<b>in", "<b onclick='f()'>in", 52, "no script of its own"),
    "an event a line below": ("<b>in\n", '<b title=">"\nONERROR = f()>in\n', 53, "no script"),
    "an event of raw HTML": ("<b>Raw", "<img src=x/onerror=f()><b>Raw", 56, "no script"),
    "an event in a list of attributes": ("A list", "A list{ onclick=f() }", 43, "no script"),
    "a script as a link": ("A note.", "[A](javascript:f()) note.", 52, "no script"),
    "a script as a reference": ("[^a]:", "[b]: javascript:f()\n\n[^a]:", 63, "no script"),
    "a script as a raw link": ("<b>in", "<a href=' JavaScript:f()'>in", 52, "no script"),
}


def page(folder: Path, text: str) -> Path:
    path = folder / "page.md"
    path.write_bytes(text.encode())
    return path


def test_a_good_page_is_read(tmp_path: Path) -> None:
    chapter = read(page(tmp_path, GOOD))
    assert len(chapter.exercises) == 1
    kinds = {block.kind: (block.span.start, block.span.end) for block in chapter.blocks}
    assert kinds == {"exercise": (8, 32), "details": (16, 24), "mistake": (35, 42)}


@pytest.mark.parametrize(("old", "new", "line", "words"), FAULTS.values(), ids=FAULTS)
def test_what_readers_could_take_otherwise_is_a_fault(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    assert old in GOOD
    with pytest.raises(Fault) as caught:
        read(page(tmp_path, GOOD.replace(old, new, 1)))
    assert f"page.md:{line}: " in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("````text", "`````text\n````\n`````\n\n````text"),
        ("/// note\n````", "~~~\n````"),
        ("One more", "A page { #another }"),
        ("One more", "A page, twice"),
        ("## One more", "//// note | Here\n\n/// note\n\n///\n\n////\n\n## One more"),
        ("more, <b>", "once = 1, only = 2, javascript: x, $a <b$, $online = 1$, <b title='>'>"),
        ("- A list", "- A list\n\n        code"),
        ("<b>Raw</b>", "<img src='x'><br/>"),
    ],
)
def test_what_all_readers_see_alike_is_none(tmp_path: Path, old: str, new: str) -> None:
    assert old in GOOD
    assert len(read(page(tmp_path, GOOD.replace(old, new, 1))).exercises) == 1


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"# A\n\nB\r\n", 3, "'\\r' stands here"),
        (b"# A\rB\n", 1, "'\\r' stands here"),
        (b"\xef\xbb\xbf# A\n", 1, "'\\ufeff' stands here"),
        (b"# A\n\0\n", 2, "'\\x00' stands here"),
        (b"# A\n\nM\xfcnchen\n", 3, "UTF-8"),
    ],
)
@pytest.mark.parametrize("name", ["page.md", "lab.py"])
def test_bytes_that_others_read_otherwise_are_a_fault(
    tmp_path: Path, name: str, data: bytes, line: int, words: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Fault) as caught:
        read(tmp_path / name)
    assert f"{name}:{line}: " in str(caught.value)
    assert words in str(caught.value)


def test_only_a_line_feed_ends_a_line(tmp_path: Path) -> None:
    odd = "a\x0b\x0c\x1c\x85\u2028b"
    text = GOOD.replace("twice 3", odd).replace("# A page", f"# A {odd} page")
    chapter = read(page(tmp_path, text))
    assert [program.line for program in chapter.programs] == [12, 19, 28, 38]
    assert chapter.programs[2].code == f'assert twice(3) == 6, "{odd} is 6"\n'
    assert chapter.fault(41, "here").report.endswith("page.md:41: here\n    ///")


LAB = """\
# ---
# description: A lab.
# ---

# %% [markdown]
# # A lab
#
# ## A section

# %%
print(1)

# %% [markdown]
# /// mistake | One is two
# It is not.
# ///
"""
LAB_FAULTS = {
    "a fence": ("# It is", "# ```\n# 1\n# ```\n#\n# It is", 15, "stands in its cells"),
    "the end of a fence in a cell": ("print(1)", 'x = """\n  ```\n"""', 12, "look like the end"),
    "a mistake that follows no cell": ("# ///", "# ## Two\n#\n# ///", 16, "needs a program"),
    "an exercise": ("mistake", "exercise", 14, "an exercise has three programs"),
    "an unknown kind": ("/// mistake", "/// Mistake", 14, "KIND is"),
    "headings of the same words": ("# It is", "# # A section\n#\n# It is", 15, "same anchor"),
    "an event": ("# It is", "# <b onclick=f()>It</b> is", 15, "no script"),
}


def test_a_good_lab_is_read(tmp_path: Path) -> None:
    (tmp_path / "lab.py").write_text(LAB.removesuffix("\n"), encoding="utf-8")
    lab = read(tmp_path / "lab.py")
    assert [block.kind for block in lab.blocks] == ["mistake"]
    assert [program.span for program in lab.programs] == [fence.span for fence in lab.fences]


@pytest.mark.parametrize(("old", "new", "line", "words"), LAB_FAULTS.values(), ids=LAB_FAULTS)
def test_a_lab_is_read_as_a_page_is(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    assert old in LAB
    (tmp_path / "lab.py").write_text(LAB.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Fault) as caught:
        read(tmp_path / "lab.py")
    assert f"lab.py:{line}: " in str(caught.value)
    assert words in str(caught.value)
