"""Arrays in one .npz file: written whole or not at all, read without unpickling."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from litgrad import _check
from litgrad._types import Array


def save(path: str | os.PathLike[str], arrays: Mapping[str, Array]) -> None:
    """Write the arrays; a save that fails at any moment leaves the earlier file."""
    for name, array in arrays.items():
        _check.finite(name, array)
    path = Path(path).resolve()  # where a link leads to
    draft = path.with_name(f".{path.name}.{os.urandom(8).hex()}.draft")
    try:
        with draft.open("xb") as file:
            if path.exists():
                draft.chmod(path.stat().st_mode)
            np.savez(file, **arrays)  # type: ignore[arg-type]  # its other keyword is not a name of ours
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def load(path: str | os.PathLike[str], into: Mapping[str, Array]) -> None:
    """Read into arrays of the same names and shapes, all of them or none."""
    with Path(path).open("rb") as file:
        try:
            arrays = np.load(file, allow_pickle=False)
            shapes = {name: _shape(arrays, name) for name in arrays.files}
            # Only what fits is unpacked: a small file can unpack to a huge one.
            fitting = [name for name in into if shapes.get(name) == into[name].shape]
            found = {name: arrays[f"{name}.npy"] for name in fitting}
        except Exception as error:  # a damaged file fails in a dozen ways
            raise ValueError(f"{path} must be a .npz file of plain arrays: {error}") from error
    for name in sorted(into.keys() | shapes.keys()):
        if name not in found:
            here = into[name].shape if name in into else "nothing"
            sizes = f"{name} is {shapes.get(name, 'nothing')} in the file, {here} here"
            raise ValueError(f"{path} does not fit this network: {sizes}")
        found[name] = _check.fitting(f"{name} in {path}", found[name], into[name])
    for name, array in into.items():
        array[...] = found[name]


def _shape(arrays: Any, name: str) -> tuple[int, ...]:
    """The shape of an array in a file, from its first line."""
    with arrays.zip.open(f"{name}.npy") as file:
        if np.lib.format.read_magic(file) != (1, 0):  # longer first lines are not for floats
            raise ValueError(f"{name} has an unknown form")
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.hasobject or dtype.itemsize > 16:
        raise ValueError(f"{name} has entries of the kind {dtype}")
    return shape
