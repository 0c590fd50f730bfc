"""Files: written whole or not at all, and known by their digest."""

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path


def write(file: Path, data: bytes) -> None:
    """Write a file whole: whoever reads it meanwhile has the old one or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_bytes(data)
    draft.replace(file)


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Have a file or folder to oneself: whoever else asks for it waits."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.with_name(f"{file.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def digest(data: bytes) -> str:
    """A name for some bytes, in 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def state(folder: Path) -> str:
    """A name for all files below a folder, their names included."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    lines = (
        f"{file.relative_to(folder).as_posix()} {digest(file.read_bytes())}\n"
        for file in files
        if "__pycache__" not in file.parts
    )
    return digest("".join(lines).encode())
