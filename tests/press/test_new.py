"""A chapter that make new begins: it holds at once, and nothing else changes."""

import shutil
from pathlib import Path

import pytest

from press import new
from press.prove import prove, style
from press.read import read
from press.run.results import Book

ROOT = Path(__file__).parents[2]
FILES = "mkdocs.yml", "pyproject.toml", "docs/ruff.toml", "docs/mypy.ini"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project with the settings of this one and a chapter of its own."""
    (tmp_path / "docs/chapters").mkdir(parents=True)
    for name in (*FILES, "docs/chapters/descent.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def contents(root: Path) -> dict[str, str]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in files}


def test_a_new_chapter_is_proved_and_has_the_books_style(tree: Path) -> None:
    new.begin("slow-annealing", tree)
    chapter = read(tree / "docs/chapters/slow-annealing.md")
    assert chapter.lines[5] == "# Slow annealing"
    assert len(chapter.exercises) == 1
    assert [program.figure for program in chapter.programs if program.figure] == [
        "figures/slow-annealing.svg"
    ]
    book = Book(tree)
    prove(chapter, book)
    book.close()
    style.check([chapter], tree)


def test_it_is_the_last_of_the_chapters_and_all_else_stays(tree: Path) -> None:
    before = contents(tree)
    new.begin("annealing", tree)
    after = contents(tree)
    del after["docs/chapters/annealing.md"]
    lines = after["mkdocs.yml"].splitlines()
    place = lines.index("      - chapters/annealing.md")
    assert "chapters/" in lines.pop(place - 1)
    assert not [line for line in lines[place:] if "chapters/" in line]
    added = after["mkdocs.yml"].replace("      - chapters/annealing.md\n", "")
    assert after | {"mkdocs.yml": added} == before


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("descent", "docs/chapters/descent.md is there already"),
        ("", "make new chapter=annealing"),
        ("Annealing", "in small letters"),
        ("an nealing", "in small letters"),
        ("../annealing", "in small letters"),
        ("annealing.md", "in small letters"),
    ],
)
def test_another_name_is_refused_and_changes_nothing(
    tree: Path,
    name: str,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = contents(tree)
    monkeypatch.chdir(tree)
    assert new.main(name) == 1
    assert words in capsys.readouterr().err
    assert contents(tree) == before
