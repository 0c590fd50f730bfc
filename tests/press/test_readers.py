"""Three readers of one text: where press accepts a page, the site and pytest-codeblocks agree."""

from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from markdown import Markdown
from mkdocs.utils.yaml import yaml_load
from pytest_codeblocks.main import extract_from_buffer

from press.page import MARKS
from press.read import Chapter, Fault, read

ROOT = Path(__file__).parents[2]
PAGE = """\
# A page

```text
/// note
```

//// exercise | 1. Twice
    attrs: {id: twice}

```python
x = 1
```

/// details | Solution

```python
x = 2
```

///

<!--pytest-codeblocks:cont-->

```python
assert x == 2
```

////

/// mistake | One is two

```python
assert 1 != 2
```

///

- A list

    that goes on

term
:   A definition.[^a]

<div>
Raw
</div>

<!-- a remark,

and its end -->

[^a]: A note.
"""
LINES = """\

```
````
```python
``` x
 ```
    ```
> ```
- ```
~~~
///
////
/////
   ///
> ///
\\///
/// note
/// Note
/// note | T
/// note || T
/// details
//// exercise | 2
- x
> x
    x
\tx
text
:   d
1. x
[^a]: x
---
# H
***
<div>
</div>
<div markdown>
<!--
-->
<!-- x -->
<pre>
</pre>
<b>
<script>
<details>
<?php
<![CDATA[
]]>
`a
$$
    attrs: {id: z}
<!--pytest-codeblocks:cont-->
<!--pytest-codeblocks:expected-output-->
"""
EDITS = st.lists(
    st.tuples(st.integers(0, 58), st.integers(0, 2), st.sampled_from(LINES.split("\n"))),
    min_size=1,
    max_size=4,
)
KINDS = {"exercise", "mistake", "note"}


class Boxes(HTMLParser):
    """The boxes that stand around each mark of a rendered page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.found: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        kind = "".join(KINDS & set((given.get("class") or "").split()))
        self.open.append((tag, "details" if tag == "details" else kind))
        if "data-press" in given:
            self.found.append([kind for _, kind in self.open if kind])

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass


@pytest.fixture(scope="module")
def markdown() -> Markdown:
    """The site's Markdown."""
    listed = yaml_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["markdown_extensions"]
    settings = {k: v for one in listed if isinstance(one, dict) for k, v in one.items()}
    names = [one if isinstance(one, str) else next(iter(one)) for one in listed]
    return Markdown(extensions=names, extension_configs=settings)


def boxes(chapter: Chapter) -> list[list[str]]:
    """The blocks that stand around each fence, as press sees them."""
    blocks = sorted(chapter.blocks, key=lambda block: block.span)
    return [
        [b.kind for b in blocks if b.span.start < fence.span.start < b.span.end]
        for fence in sorted(chapter.fences, key=lambda fence: fence.span)
    ]


@given(EDITS)
@settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
)
def test_what_press_accepts_the_others_see_alike(
    tmp_path: Path, markdown: Markdown, edits: list[tuple[int, int, str]]
) -> None:
    lines = PAGE.split("\n")
    for place, removed, line in edits:
        lines[place : place + removed] = [line]
    path = tmp_path / "page.md"
    path.write_text("\n".join(lines), encoding="utf-8")
    try:
        chapter = read(path)
    except Fault:
        assume(False)  # noqa: FBT003
    marks = {fence.span: '<div data-press="0">x</div>' for fence in chapter.fences}
    seen = Boxes()
    seen.feed(markdown.reset().convert(MARKS.sub("", chapter.replaced(marks))))
    assert seen.found == boxes(chapter)
    blocks = extract_from_buffer(StringIO(chapter.source))
    codes = [block.code for block in blocks if block.syntax == "python"]
    whole = [p for p in chapter.programs if not chapter.is_continued(p)]
    assert codes == ["".join(part.code for part in program.chain) for program in whole]


def test_the_page_itself_is_read(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(PAGE, encoding="utf-8")
    assert boxes(read(path)) == [
        [],
        ["exercise"],
        ["exercise", "details"],
        ["exercise"],
        ["mistake"],
    ]
