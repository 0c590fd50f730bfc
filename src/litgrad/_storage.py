"""Arrays in one .npz file: written whole or not at all, read without unpickling."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from litgrad import _check
from litgrad._types import Array


def save(path: str | os.PathLike[str], arrays: Mapping[str, Array]) -> None:
    """Write the arrays; a save that is interrupted leaves the earlier file."""
    path = Path(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        with draft.open("wb") as file:
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
            found = {name: _array(arrays[name]) for name in arrays.files}
        except Exception as error:  # a damaged file fails in a dozen ways
            raise ValueError(f"{path} must be a .npz file of plain arrays: {error}") from error
    for name in sorted(into.keys() | found.keys()):
        here = into[name].shape if name in into else "nothing"
        there = found[name].shape if name in found else "nothing"
        if here != there:
            raise ValueError(
                f"{path} does not fit this network: {name} is {there} in the file, {here} here"
            )
        found[name] = _check.fitting(f"{name} in {path}", found[name], into[name])
    for name, array in into.items():
        array[...] = found[name]


def _array(value: object) -> Array:
    """The value, if it is an array and not the raw bytes of some other file."""
    if not isinstance(value, np.ndarray):
        raise TypeError("it holds a file that is no array")
    return value
