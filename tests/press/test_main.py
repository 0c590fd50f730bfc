"""python -m press, as it is typed: what it says, of which page, and with which exit code."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = """\
# A page

```python
print(6)
```

<!--pytest-codeblocks:expected-output-->

```
6
```

```python
x = 1
```
"""
LAB = """\
# %% [markdown]
# # A lab

# %%
x = 1

# %% alt="A line that rises"
import matplotlib.pyplot as plt

plt.plot([x, 2])
print(x)
plt.show()
"""
SETTINGS = "pyproject.toml", "docs/ruff.toml", "docs/mypy.ini", "mkdocs.yml"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project with two pages, a lab, and the settings of this one."""
    for folder in ("docs/labs", "docs/chapters"):
        (tmp_path / folder).mkdir(parents=True)
    for name in SETTINGS:
        shutil.copy(ROOT / name, tmp_path / name)
    for name, text in {
        "docs/page.md": PAGE,
        "docs/plain.md": "# Words\n\nAnd no more.\n",
        "docs/labs/lab.py": LAB,
        "README.md": PAGE.replace("x = 1", "x = 2"),
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def press(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "press", *arguments]
    return subprocess.run(command, cwd=tree, check=False, capture_output=True, text=True)


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_all_pages_are_proved_and_counted(tree: Path) -> None:
    done = press(tree, "check")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert re.sub(r"\d+\.\d s", "1 s", done.stdout).splitlines() == [
        "docs/page.md: 2 programs, 1 s",
        "docs/plain.md: no programs, 1 s",
        "docs/labs/lab.py: 2 programs, 1 s",
        "README.md: 2 programs, 1 s",
    ]


def test_each_page_that_does_not_hold_is_told_by_file_and_line(tree: Path) -> None:
    change(tree / "docs/page.md", "6\n```\n\n`", "7\n```\n\n`")
    change(tree / "docs/plain.md", "no more", "3.14 more")
    change(tree / "docs/labs/lab.py", "x = 1", "x = 1 / 0")
    done = press(tree, "check", "docs/page.md", "README.md", "docs/labs/lab.py", "docs/plain.md")
    assert done.returncode == 1
    assert "docs/page.md:9: the program prints\n6\nand the page says\n7\n" in done.stderr
    assert "docs/labs/lab.py:5: ZeroDivisionError: division by zero" in done.stderr
    assert '  File "docs/labs/lab.py", line 5, in <module>\n    x = 1 / 0' in done.stderr
    missing = "docs/plain.md:3: no program of this section or the one before it carries 3.14"
    assert missing in done.stderr
    assert re.findall(r"^(.*): \d", done.stdout, re.MULTILINE) == ["README.md"]


LAB_FAULTS = [
    ('# %% alt="A line that rises"', "# %%", "7: this cell draws, and needs alt"),
    ("plt.plot([x, 2])\n", "", "7: this cell draws nothing"),
    ("# # A lab", "# # A lab of $\\slope$", "2: unknown LaTeX"),
    ("# # A lab", "# Is 1.75.", "2: no program of this section or the one before it carries 1.75"),
    ("# # A lab", "# `ops.afine`", "2: there is no litgrad.ops.afine"),
    ("# # A lab", "# > ```", "2: a fence stands at the left margin"),
    ("x = 1", "open('../x', 'w')", "5: PermissionError: a program writes in its own"),
]


def test_no_lab_with_a_fault_passes(tree: Path) -> None:
    for number, (old, new, _) in enumerate(LAB_FAULTS):
        shutil.copy(tree / "docs/labs/lab.py", tree / f"docs/labs/lab{number}.py")
        change(tree / f"docs/labs/lab{number}.py", old, new)
    done = press(tree, "check", *(f"docs/labs/lab{number}.py" for number in range(7)))
    assert done.returncode == 1
    for number, (_, _, words) in enumerate(LAB_FAULTS):
        assert f"docs/labs/lab{number}.py:{words}" in done.stderr
    assert done.stdout == ""


def test_style_is_told_when_all_else_holds(tree: Path) -> None:
    change(tree / "docs/page.md", "x = 1", 'x: int = "1"')
    done = press(tree, "check", "docs/page.md")
    assert done.returncode == 1
    assert "docs/page.md:14: error: Incompatible types" in done.stderr
    assert "docs/page.md: 2 programs" in done.stdout


def test_outputs_are_written_where_they_can_be(tree: Path) -> None:
    change(tree / "docs/page.md", "print(6)", "print(7)")
    change(tree / "README.md", "print(6)", 'print(7, end="")')
    lab = (tree / "docs/labs/lab.py").stat().st_mtime_ns
    before = (tree / "README.md").read_bytes()
    done = press(tree, "outputs")
    assert done.returncode == 1
    assert "README.md:3: the program does not end its last line" in done.stderr
    assert (tree / "README.md").read_bytes() == before
    expected = PAGE.replace("print(6)", "print(7)").replace("\n6\n", "\n7\n")
    assert (tree / "docs/page.md").read_text(encoding="utf-8") == expected
    assert (tree / "docs/labs/lab.py").stat().st_mtime_ns == lab
    assert press(tree, "outputs", "docs/page.md").returncode == 0


@pytest.mark.parametrize("name", ["away.md", "docs", "mkdocs.yml", "../page.md"])
def test_what_is_no_page_is_refused(tree: Path, name: str) -> None:
    (tree.parent / "page.md").write_text(PAGE, encoding="utf-8")
    done = press(tree, "check", "docs/page.md", name)
    assert done.returncode == 2
    assert f"{Path(name).name} is no page below {tree}" in done.stderr
    assert done.stdout == ""


def test_a_chapter_is_begun_once(tree: Path) -> None:
    codes = [press(tree, "new", "annealing").returncode for _ in range(2)]
    assert codes == [0, 1]
    assert (tree / "docs/chapters/annealing.md").exists()
