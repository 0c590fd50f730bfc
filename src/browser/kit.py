"""What a site carries so that its programs run in the page: Pyodide, and this tree's packages."""

import io
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hatchling.builders.wheel import WheelBuilder

from browser import fetch
from press import files

SHIPPED = (
    *(
        f"press/{name}.py"
        for name in ("__init__", "draw/__init__", "draw/figure", "draw/line", "draw/panels")
    ),
    *(f"press/run/{name}.py" for name in ("__init__", "backend", "report")),
    *(f"browser/{name}.py" for name in ("__init__", "runner")),
)
"""What of press and browser is needed in the page."""
MATPLOTLIB = "matplotlib"
EXERCISE = re.compile(r"^/{3,} *exercise\b", re.MULTILINE)


@dataclass
class Kit:
    """What a site needs so that its programs run: files that stay, and files of this build."""

    cache: Path
    made: dict[str, bytes]

    @property
    def build(self) -> str:
        """A name for litgrad and press as they are now, so that no browser keeps old ones."""
        together = b"".join(name.encode() + data for name, data in sorted(self.made.items()))
        return files.digest(together)[:12]

    @property
    def note(self) -> dict[str, Any]:
        """What a page must know to load it: places below assets/, and the bytes to come."""
        sizes = {name: sum(_sizes(name)) for name in ("core", MATPLOTLIB)}
        sizes["core"] += sum(map(len, self.made.values()))
        there, built = f"pyodide/{fetch.VERSION}/", f"pyodide/{self.build}/"
        return {"pyodide": there, "build": built, "bytes": sizes}

    def write(self, assets: Path) -> None:
        """Put all of it below the assets of a site."""
        there, built = (assets / self.note[key] for key in ("pyodide", "build"))
        for folder in (there, built):
            folder.mkdir(parents=True, exist_ok=True)
        for name, file in fetch.FILES.items():
            target = there / name
            if not (target.exists() and target.stat().st_size == file["size"]):
                shutil.copyfile(self.cache / name, target)
        for name, data in self.made.items():
            (built / name).write_bytes(data)


def kit(cache: Path = fetch.CACHE) -> Kit | None:
    """The kit of this tree, or None if the cache has not all of Pyodide."""
    if fetch.missing(cache):
        return None
    name, data = wheel()
    made = {name: data, "press.zip": _press()}
    lock = json.loads(json.dumps(fetch.LIST["lock"]))
    for package in lock["packages"].values():
        package["file_name"] = f"../{fetch.VERSION}/{package['file_name']}"
    for file, data in made.items():
        package = file.partition("-")[0].removesuffix(".zip")
        lock["packages"][package] = _entry(package, file, data)
    made["pyodide-lock.json"] = json.dumps(lock).encode()
    return Kit(cache, made)


def wheel() -> tuple[str, bytes]:
    """The wheel of litgrad as it stands in this tree, always the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        (path,) = WheelBuilder(str(fetch.ROOT)).build(directory=folder, versions=["standard"])
        return Path(path).name, Path(path).read_bytes()


def note(kit: Kit | None, texts: dict[str, str], loaded: bytes) -> str:
    """What a page's script must know, as markup: the build, the kit, and a page's exercises."""
    exercises = {url: len(EXERCISE.findall(text)) for url, text in sorted(texts.items())}
    told: dict[str, Any] = {"exercises": {url: n for url, n in exercises.items() if n}}
    told["build"] = files.digest(loaded + (kit.build if kit else "").encode())[:12]
    if kit:
        told["python"] = kit.note
    return f'<script type="application/json" id="book">{json.dumps(told)}</script>'


def _sizes(part: str) -> Iterator[int]:
    """Sizes of the files that are fetched at first, scripts apart, or for Matplotlib."""
    packages = fetch.LIST["lock"]["packages"]
    first = {"pyodide.asm.wasm", "python_stdlib.zip", packages["numpy"]["file_name"]}
    rest = {package["file_name"] for package in packages.values()} - first
    yield from (fetch.FILES[name]["size"] for name in (first if part == "core" else rest))


def _press() -> bytes:
    """The modules of press that run in the browser, as an archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in SHIPPED:
            place = zipfile.ZipInfo(name)  # of 1980, as its date is not given
            archive.writestr(place, (fetch.ROOT / "src" / name).read_bytes())
    return buffer.getvalue()


def _entry(package: str, file: str, data: bytes) -> dict[str, Any]:
    """A package as Pyodide's lock describes it."""
    return {
        "name": package,
        "version": "0",
        "file_name": file,
        "install_dir": "site",
        "sha256": files.digest(data),
        "package_type": "package",
        "imports": [package],
        "depends": [],
    }
