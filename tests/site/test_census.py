"""The built site against what was run: every program, notebook and byte of it is accounted for."""

import ast
import doctest
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import jupytext
import nbformat
import pytest

from press.prove import prove
from press.read import read
from press.run.results import Book
from tests.conftest import ROOT, build, passing, write_site

LIBRARY = "".join(file.read_text(encoding="utf-8") for file in ROOT.glob("src/litgrad/*.py"))
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Blocks(HTMLParser):
    """The text of every <pre> of a page, with the classes of all that it stands in."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.found: list[tuple[str, str]] = []
        self.text: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append((tag, dict(attrs).get("class") or ""))
        if tag == "pre":
            self.text = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "pre" and self.text is not None:
            self.found.append((" ".join(classes for _, classes in self.open), self.text))
            self.text = None
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text += data


def is_python(text: str) -> bool:
    """Whether a text could be a program: it parses, and does more than name or show a value."""
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return False
    return any(not isinstance(part, ast.Expr) or isinstance(part.value, ast.Call) for part in body)


def test_every_program_on_the_site_is_one_that_ran(site: Path) -> None:
    book = Book(ROOT)
    ran: dict[tuple[Path, str], int] = {}
    for path in ROOT.glob("docs/**/*.md"):
        chapter = read(path)
        prove(chapter, book)
        ran |= {(path, program.code): 0 for program in chapter.programs}
    assert not book.ran, "the build has run them all"
    book.close()
    for path in ROOT.glob("docs/labs/*.py"):  # the build fails if one of their cells does
        cells = jupytext.read(path)["cells"]
        ran |= {(path, c["source"].strip() + "\n"): 0 for c in cells if c["cell_type"] == "code"}
    programs = 0
    for page in site.rglob("*.html"):
        name = page.relative_to(site).parent
        source = ROOT / "docs" / (f"{name}.md" if name.name else "index.md")
        source = source if source.exists() else source.with_suffix(".py")
        blocks = Blocks()
        blocks.feed(page.read_text(encoding="utf-8"))
        for classes, text in blocks.found:
            if (source, text) in ran:
                ran[source, text] += 1
                programs += 1
            elif text.startswith(">>>"):  # pytest runs the library's examples
                examples = [e.source for e in doctest.DocTestParser().get_examples(text)]
                assert all(line.strip() in LIBRARY for e in examples for line in e.splitlines())
            elif not {"output", "doc-signature"} & set(classes.split()) and is_python(text):
                shown = [line.strip() for line in text.splitlines() if line.strip()]
                assert all(line in LIBRARY for line in shown), f"{page}: not run:\n{text}"
    marks = {"docs/**/*.md": r"^```python$", "docs/labs/*.py": r"^# %%(?! \[markdown\])"}
    written = sum(
        len(re.findall(mark, path.read_text(encoding="utf-8"), re.MULTILINE))
        for pattern, mark in marks.items()
        for path in ROOT.glob(pattern)
    )
    assert programs == written
    assert all(ran.values()), "a program that ran is missing from its page"


def execute(path: Path, folder: Path) -> str:
    """Run a notebook in a folder of its own; what went wrong, or nothing."""
    nbformat.validate(nbformat.read(path, as_version=4))
    folder.mkdir()
    shutil.copy(path, folder)
    program = "from nbclient.cli import main; main()"
    command = [sys.executable, "-c", program, "--timeout=120", "--inplace", path.name]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=folder, env=environment, check=False, capture_output=True, text=True
    )
    cells = nbformat.read(folder / path.name, as_version=4)["cells"]
    if done.returncode == 0:
        codes = [cell for cell in cells if cell["cell_type"] == "code"]
        assert all(cell["execution_count"] for cell in codes)
        checks = [cell["outputs"] for cell in codes if "print('Solved, " in cell["source"]]
        for parts in checks:  # one line comes in several, if the machine is busy
            assert "".join(said["text"] for said in parts).startswith("Still open, ")
    return f"{path.name}: {done.stderr}" if done.returncode else ""


PAGES = [*ROOT.glob("docs/**/*.md"), *ROOT.glob("docs/labs/*.py")]
NOTEBOOKS = sorted(path for path in PAGES if read(path).programs)


@pytest.mark.slow
@pytest.mark.parametrize("source", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_runs_from_top_to_bottom(site: Path, tmp_path: Path, source: Path) -> None:
    notebook = site / source.relative_to(ROOT / "docs").with_suffix(".ipynb")
    with passing(notebook, Path(__file__)) as before:
        assert before or execute(notebook, tmp_path / "folder") == ""


def test_no_other_notebook_is_offered(site: Path) -> None:
    assert sorted(path.stem for path in site.rglob("*.ipynb")) == sorted(p.stem for p in NOTEBOOKS)


def test_a_notebook_that_fails_is_noticed(tmp_path: Path) -> None:
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    nbformat.write(book, tmp_path / "bad.ipynb")
    assert "ZeroDivisionError" in execute(tmp_path / "bad.ipynb", tmp_path / "folder")


def test_two_builds_from_two_folders_are_the_same_bytes(tmp_path: Path) -> None:
    sites = []
    for name in ("one", "other"):
        root = tmp_path / name / "deep"[: len(name)]
        write_site(root)
        done = build(root, root / "site")
        assert done.returncode == 0, done.stderr
        files = sorted(path for path in (root / "site").rglob("*") if path.is_file())
        sites.append({str(f.relative_to(root)): f.read_bytes() for f in files})
    one, other = sites
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []
    assert "site/labs/lab/index.html" in one


def test_a_lab_is_light_and_can_be_downloaded(small: Path, tmp_path: Path) -> None:
    assert build(small, tmp_path / "site").returncode == 0
    page = (tmp_path / "site/labs/lab/index.html").read_text(encoding="utf-8")
    assert page.count("<svg") >= 2
    assert "Two lines that rise, the second more than the first.</figcaption>" in page
    assert "<math" in page
    assert "jp-" not in page
    book = nbformat.read(tmp_path / "site/labs/lab.ipynb", as_version=4)
    cells = [cell["cell_type"] for cell in book["cells"]]
    assert cells == ["code", "markdown", "code", "code", "markdown"]


@pytest.mark.parametrize("kind", ["chapters", "labs"])
def test_pages_offer_their_downloads(site: Path, kind: str) -> None:
    for source in (ROOT / "docs" / kind).glob("*.*"):
        page = (site / kind / source.stem / "index.html").read_text(encoding="utf-8")
        assert f'href="../{source.stem}.ipynb"' in page
        assert (site / kind / f"{source.stem}.ipynb").exists()


def test_the_readme_shows_what_the_front_page_draws(site: Path) -> None:
    drawn = (site / "figures/front-moons.svg").read_text(encoding="utf-8")
    shown = (ROOT / ".github/moons.svg").read_text(encoding="utf-8")
    assert shown == drawn.replace('style="', 'style="background: #fff; ', 1), (
        "copy site/figures/front-moons.svg to .github/moons.svg, with a white background"
    )
