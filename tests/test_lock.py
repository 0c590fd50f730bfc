"""The lock on any day: what is locked gets installed, whatever was released since, by any pip."""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import PackageNotFoundError, distribution, distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.conftest import ROOT, passing

LOCK = ROOT / "requirements.txt"
LINES = [
    line.removesuffix(" \\") for line in LOCK.read_text("utf-8").splitlines() if line[:1].isalnum()
]
CACHE = ROOT / ".cache" / "pips"
BROUGHT = version("pip")
"""The pip that the Python of this environment brought."""
PIPS = {
    # Python 3.11.7 brings it, and 3.12.
    "23.2.1": "7ccf472345f20d35bdc9d1841ff5f313260c2c33fe417f48c30ac46cccabf5be",
    # Python 3.13 brings it.
    "24.2": "2cd581cf58ab7fcfca4ce8efa6dcacd0de5bf8d0a3eb9ec927e07405f4d9e2a2",
    # Python 3.14 brings it.
    "25.2": "6d67a2b4e7f14d8b31b8b52648866fa717f45a1eb70e83002f4331d07e953717",
    # The newest when the lock was written; each week a workflow takes the newest of that day.
    "26.3": "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13",
}
REFUSED = "In --require-hashes mode, all requirements must have their versions pinned with =="


def python(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | variables,
    )


# The shelf stands for the package index.


def metadata(name: str, number: str) -> str:
    """What the real package says of itself and of what it needs, under this version."""
    try:
        text = distribution(name).read_text("METADATA")
    except PackageNotFoundError:  # it is for other systems
        text = None
    text = text or f"Metadata-Version: 2.1\nName: {name}\nVersion:\n"
    return re.sub("^Version:.*", f"Version: {number}", text, count=1, flags=re.MULTILINE)


def wheel(shelf: Path, name: str, number: str) -> str:
    """Put a wheel without code on the shelf; its hash."""
    stem = f"{name.replace('-', '_')}-{number}"
    file = shelf / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{stem}.dist-info/METADATA", metadata(name, number))
        archive.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{stem}.dist-info/RECORD", "")
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that is locked, with a newer release of each, and with their lock."""
    folder = tmp_path_factory.mktemp("shelf")
    lines = []
    for line in LINES:
        locked = Requirement(line)
        number = str(locked.specifier).removeprefix("==")
        lines.append(f"{line} --hash=sha256:{wheel(folder, locked.name, number)}\n")
        wheel(folder, locked.name, f"{Version(number).base_version}.1")
    (folder / LOCK.name).write_text("".join(lines), "utf-8")
    return folder


# The pips

DOWNLOAD = "-m", "pip", "download", "--quiet", "--no-deps", "--retries=1"
INSTALL = "install", "--quiet", "--isolated", "--no-index", "--require-hashes"


def pip(number: str) -> list[str | Path]:
    """The arguments with which Python runs this pip; another than its own is fetched once."""
    if number == BROUGHT:
        return ["-m", "pip"]
    if sys.version_info >= (3, 14) and Version(number) < Version("25.2"):
        pytest.skip(f"pip {number} is older than this Python, and need not run under it")
    file = CACHE / f"pip-{number}-py3-none-any.whl"
    if not file.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:  # whole at once
            done = python(*DOWNLOAD, f"--dest={folder}", f"pip=={number}")
            if done.returncode:
                reason = f"pip {number} cannot be fetched: {done.stderr.strip().splitlines()[-1]}"
                (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
            (Path(folder) / file.name).replace(file)
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    assert found == PIPS[number], f"{file} is another pip than it should be: remove it"
    return [file / "pip"]


def install(number: str, shelf: Path, lock: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Install what a lock says into a folder, from the shelf alone."""
    places = f"--find-links={shelf}", f"--target={folder}", f"--requirement={lock}"
    return python(*pip(number), *INSTALL, *places, PIP_CONFIG_FILE=os.devnull)


def installed(number: str, shelf: Path, folder: Path) -> set[str]:
    """What this pip installs of the lock."""
    done = install(number, shelf, shelf / LOCK.name, folder)
    assert done.returncode == 0, done.stderr
    found = distributions(path=[str(folder)])
    return {f"{canonicalize_name(package.name)}=={package.version}" for package in found}


@pytest.mark.parametrize("number", sorted({BROUGHT, *PIPS}))
def test_what_is_installed_is_what_is_locked(shelf: Path, tmp_path: Path, number: str) -> None:
    with passing(LOCK, Path(__file__), number) as before:
        assert before or installed(number, shelf, tmp_path) == {
            f"{canonicalize_name(locked.name)}{locked.specifier}"
            for locked in map(Requirement, LINES)
            if locked.marker is None or locked.marker.evaluate()
        }


@pytest.mark.parametrize(
    ("number", "removed"),
    [("23.2.1", r"\[.*?\]"), (BROUGHT, r"^numpy==.*")],
    ids=["without extras", "without NumPy"],
)
def test_a_lock_is_refused(shelf: Path, tmp_path: Path, number: str, removed: str) -> None:
    lock = tmp_path / LOCK.name
    text = (shelf / LOCK.name).read_text("utf-8")
    lock.write_text(re.sub(removed, "", text, flags=re.MULTILINE), "utf-8")
    with passing(LOCK, Path(__file__), number, removed) as before:
        assert before or REFUSED in install(number, shelf, lock, tmp_path / "installed").stderr
