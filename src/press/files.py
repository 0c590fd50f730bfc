"""Files: written whole or not at all, and known by their digest."""

import hashlib
import os
from pathlib import Path


def write(file: Path, data: bytes) -> None:
    """Write a file whole: whoever reads it meanwhile has the old one or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_bytes(data)
    draft.replace(file)


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
