"""What the words of a page say: its numbers come from programs, and its names are there."""

from pathlib import Path

import pytest

from press.prove import names, numbers
from press.read import Fault, read

PROGRAM = """\
```python
print(314, 0.37, 0.995, 2 / 3)
```

<!--pytest-codeblocks:expected-output-->

```
314 0.37 0.995 0.6666666666666666
```
"""
LAB = """\
# %% [markdown]
# # A lab

# %%
print(271)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pages to which others link."""
    (tmp_path / "docs/labs").mkdir(parents=True)
    (tmp_path / "docs/chapter.md").write_text(f"# A chapter\n\n{PROGRAM}", encoding="utf-8")
    (tmp_path / "docs/labs/lab.py").write_text(LAB, encoding="utf-8")
    (tmp_path / "run.py").write_text("", encoding="utf-8")
    return tmp_path


def check(folder: Path, text: str) -> None:
    page = folder / "docs/page.md"
    page.write_text(text, encoding="utf-8")
    chapter = read(page)
    numbers.check(chapter)
    names.check(chapter)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("right 38% of the time", "38%"),
        ("right 38 % of the time", "38 %"),
        ("right $38\\%$ of the time", "38\\%"),
        ("right 38 percent of the time", "38 percent"),
        ("right 2.5% of the time", "2.5%"),
        ("right 66.7% of the time", "66.7%"),
        ("right 5% of the time", "5%"),
        ("in 315 steps", "315"),
        ("in 12 steps", "12"),
        ("$(0.5, 12)$", "12"),
        ("after 2.9 km", "2.9"),
        ("a slope of 2.8e-07", "2.8e-07"),
        ("a slope of $2.8 \\cdot 10^{-7}$", "2.8e-7"),
        ("after 2.8 million steps", "2.8 million"),
        ("[in](other.md) 314", "314"),
        ("[in](labs/lab.py) 314 and [in](index.md)", "314"),
    ],
)
@pytest.mark.parametrize("program", ["", PROGRAM.replace("314", "1")])
def test_a_number_that_no_program_carries_is_a_fault(
    folder: Path, program: str, words: str, number: str
) -> None:
    with pytest.raises(Fault) as caught:
        check(folder, f"# A page\n\n{program}\n{words}\n\n[Elsewhere](chapter.md)\n")
    line = 4 + program.count("\n")
    told = f"page.md:{line}: no program of this section or the one before it carries {number}, nor"
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "words",
    [
        "right 37% of the time, and 37 percent",
        "right 99.5% of the time",
        "right $37\\%$ of the time, and 31,400%",
        "in 314 steps",
        "in $3.14 \\cdot 10^2$ steps, and 0.000314 million, or $31.4 \\cdot 10^{+1}$",
        "a κ of 2e+07, or $2 \\cdot 10^{-7}$, 3 million",
        "20 or 0.05 of $\\tfrac12$ and $w_{11}$ in section 2.2, in Python 3.11, 12 MB",
        "## Works cited\n\n*A Journal* 12, 345-678\n\n## More\n\nin 3 steps",
    ],
)
def test_a_number_that_a_program_carries_is_none(folder: Path, words: str) -> None:
    check(folder, f"# A page\n\n{PROGRAM}\n{words}\n")


@pytest.mark.parametrize(
    "words",
    [
        "[314](chapter.md)",
        "right 37% of the time ([A chapter](../docs/chapter.md#one))",
        "271 ([a lab](labs/lab.py#one), [314](chapter.md))",
        "in 2 steps, 1,000 times",
    ],
)
def test_a_page_without_programs_takes_numbers_from_where_it_links(
    folder: Path, words: str
) -> None:
    check(folder, f"# A page\n\n{words}\n")


def test_a_number_comes_from_its_section_or_the_one_before(folder: Path) -> None:
    page = f"# A\n\n{{}}\n\n## One\n\n{PROGRAM}\n## Two\n\n{{}}\n\n## Three\n\n{{}}\n"
    page += "\n## Summary\n\n{}\n"
    check(folder, page.format("in 314 steps", "in 314 steps", "in 3 steps", "in 314 steps"))
    with pytest.raises(Fault, match=r"page\.md:23: no program .* 314"):
        check(folder, page.format("", "", "in 314 steps", ""))
    check(folder, page.format("", "", "in [314 steps](#one)", ""))


def test_works_cited_end_with_their_section(folder: Path) -> None:
    with pytest.raises(Fault, match=r"page\.md:9: no program .* 345"):
        check(folder, "# A\n\n## Works cited\n\nA 12, 345\n\n## More\n\nA 345\n")


def test_a_page_that_was_measured_says_by_what(folder: Path) -> None:
    page = "---\ndescription: x\nnumbers: {}\n---\n\nIt took 315 ms.\n"
    check(folder, page.format("run.py"))
    with pytest.raises(Fault) as caught:
        check(folder, page.format("away.py"))
    assert "page.md:3: there is no away.py" in str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "litgrad.optimizers.Momentumm",
        "litgrad.Momentum",
        "litgrad.optimisers",
        "optimizers.Momentumm",
        "ops.affine.backwards",
        "net = layers.Dens(2, 3)",
        "a\nlayers.Dens(2, 3)",
    ],
)
def test_a_name_that_litgrad_does_not_have_is_a_fault(folder: Path, name: str) -> None:
    with pytest.raises(Fault) as caught:
        check(folder, f"# A page\n\nSee ``x`` and\n`{name}` of it.\n")
    line = 4 + name.count("\n")
    assert f"page.md:{line}: there is no litgrad." in str(caught.value)


@pytest.mark.parametrize(
    "words",
    [
        "`litgrad.optimizers.SGD`, `optimizers.SGD`, `ops.affine(x, W, b)`, `litgrad.plots`",
        "`graph.Variable.tanh`, `litgrad.graph.Variable`",
        "`ops.py`, `src/litgrad/ops.py`, `litgrad`, `data`, `my.data.rows`, `np.ops`",
        "the litgrad.optimizers.Momentumm of words, and data.Everything",
        "```text\nlitgrad.optimizers.Momentumm\n```",
    ],
)
def test_names_that_are_there_and_ordinary_words_are_none(folder: Path, words: str) -> None:
    check(folder, f"# A page\n\n{words}\n")
