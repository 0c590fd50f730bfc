"""Bad input is met here, at the door, and told what would be good input.

Inside the door nothing is checked again: a layer's operation is the bare
rule, because the network has looked at its input once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache, wraps
from numbers import Real
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from litgrad._types import Array, Pullback

ARRAYS = (np.ndarray, np.floating)

T = TypeVar("T")


def ordinary(array: Array) -> bool:
    """Whether the sum of squares is finite: then every entry is, and far from overflow.

    One product tells it, and np.vdot never warns.
    """
    return math.isfinite(np.vdot(array, array))


def finite(name: str, array: Array) -> Array:
    """The array itself, if no entry is NaN or infinite."""
    if not ordinary(array) and not np.isfinite(array).all():
        where = np.argwhere(~np.isfinite(array))[0]
        raise ValueError(
            f"{name} must be finite, got {array[tuple(where)]}{place(where)}: "
            "look for an overflow or a missing value before this call"
        )
    return array


def place(where: NDArray[np.intp]) -> str:
    """An index as a reader would write it: ' at [3, 2]'."""
    return f" at [{', '.join(map(str, where))}]" if where.size else ""


def plain(name: str, value: Any) -> NDArray[Any]:
    """The value as an array, if that loses nothing."""
    if isinstance(value, np.ndarray) and hasattr(value, "mask"):
        raise TypeError(f"{name} must be a plain array, got a masked one: use its .filled(...)")
    return np.asarray(value)


def floats(name: str, value: Any, ndim: int | None = None, dtype: DTypeLike | None = None) -> Array:
    """The value as an array of finite floats; a Python number is one too."""
    return finite(name, typed(name, value, ndim, dtype))


def typed(name: str, value: Any, ndim: int | None = None, dtype: DTypeLike | None = None) -> Array:
    """The value as an array of floats, which may be NaN or infinite."""
    if type(value) is np.ndarray:
        array = value
    elif type(value) in (int, float):  # a number, of whatever precision it meets
        with np.errstate(over="ignore"):
            array = np.asarray(value, dtype=dtype or np.float64)
    else:
        array = plain(name, value)
    if array.dtype.char not in "fd":
        hint = "convert it, for example with np.asarray(x, dtype=float)"
        if type(value).__name__ == "Variable":
            hint = "use its own operators and methods, or graph.apply"
        raise TypeError(
            f"{name} must be a float32 or float64 array, got {array.dtype}"
            f"{'' if isinstance(value, np.ndarray) else f' from a {type(value).__name__}'}: {hint}"
        )
    if dtype is not None and array.dtype != dtype:
        raise TypeError(
            f"{name} must be {np.dtype(dtype)} like what it meets, got {array.dtype}: "
            f"convert one with .astype(np.{np.dtype(dtype)})"
        )
    if ndim is not None and array.ndim != ndim:
        raise ValueError(
            f"{name} must have {ndim} dimension{'s' * (ndim > 1)}, got shape {array.shape}: "
            "reshape it; examples are rows"
        )
    return array


def shaped(name: str, value: Any, other: Array) -> Array:
    """The value as an array of the shape and dtype of another."""
    if type(value) is np.ndarray:
        array = value
    elif isinstance(value, float | int):
        array = np.asarray(value, dtype=other.dtype)
    else:
        array = plain(name, value)
    if array.shape != other.shape or array.dtype != other.dtype:
        raise (TypeError if array.shape == other.shape else ValueError)(
            f"{name} must be {other.dtype} of shape {other.shape}, "
            f"got {array.dtype} of shape {array.shape}"
            f"{': call it first' if callable(value) else ''}"
        )
    return array


def like(name: str, value: Any, other: Array) -> Array:
    """The value as an array of finite floats, of the shape and dtype of another."""
    return finite(name, shaped(name, value, other))


def fitting(name: str, value: Any, other: Array) -> Array:
    """The value in the precision of another array, if it has its shape."""
    array = floats(name, value)
    if array.shape != other.shape:
        raise ValueError(f"{name} must have shape {other.shape}, got {array.shape}")
    with np.errstate(over="ignore"):
        return finite(name, array.astype(other.dtype))


def examples(name: str, pair: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Inputs x and labels or targets y with a row for each example, at least one."""
    if not isinstance(pair, tuple) or len(pair) != 2:
        raise TypeError(f"{name} must be a pair (x, y) of arrays, got {type(pair).__name__}")
    x, y = plain(name, pair[0]), plain(name, pair[1])
    if x.ndim == 0 or y.ndim == 0 or len(x) != len(y):
        raise ValueError(
            f"{name} must have a row in x and y for each example, got {x.shape} and {y.shape}"
        )
    if len(x) == 0:
        raise ValueError(f"{name} must have at least one example, got x of shape {x.shape}")
    return x, y


def movable(name: str, value: Any) -> None:
    """Refuse what is not a vector of finite floats that can be changed in place."""
    if not isinstance(value, np.ndarray) or not value.flags.writeable:
        raise TypeError(f"{name} must be an array that can be moved, such as net.parameters")
    floats(name, value, ndim=1)


def one_hot(labels: ArrayLike, rows: int, classes: int) -> NDArray[np.bool_]:
    """Class indices as columns with one True each, and a row for each class."""
    if rows == 0:
        raise ValueError("a loss needs at least one example, got an empty batch")
    if classes == 0:
        raise ValueError("a loss needs at least one class, got logits without columns")
    indices = plain("labels", labels)
    if indices.shape != (rows,):
        hint = "one for each example"
        if indices.shape == (rows, 1):
            hint = "pass labels.ravel(), not a column"
        elif indices.ndim == 2:
            hint = "pass integers, not one-hot rows: labels.argmax(axis=1)"
        raise ValueError(
            f"labels must be class indices of shape ({rows},), got {indices.shape}: {hint}"
        )
    if indices.dtype.kind not in "iu":
        raise TypeError(f"labels must be integers, got {indices.dtype}: class indices count from 0")
    hot: NDArray[np.bool_] = _rows(classes) == indices
    if np.count_nonzero(hot) != rows:
        wrong = np.argwhere((indices < 0) | (indices >= classes))[0]
        raise ValueError(
            f"labels must be between 0 and {classes - 1}, got "
            f"{indices[tuple(wrong)]}{place(wrong)}: class indices count from 0"
        )
    return hot


@lru_cache(maxsize=16)
def _rows(classes: int) -> NDArray[np.intp]:
    return np.arange(classes)[:, None]


def number(
    name: str, value: Any, low: float, high: float = math.inf, *, open_low: bool = False
) -> float:
    """The value as a float in [low, high), or in (low, high)."""
    if type(value) is float and low < value < high:
        return value
    if not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, got {value!r}")
    as_float = float(value)
    if not low <= as_float < high or (open_low and as_float == low) or math.isinf(as_float):
        raise ValueError(
            f"{name} must be in {'(' if open_low else '['}{low:g}, {high:g}), got {value}"
        )
    return as_float


def count(name: str, value: Any, low: int = 1) -> int:
    """The value as a whole number of at least `low`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    if value < low:
        raise ValueError(f"{name} must be at least {low}, got {value}")
    return int(value)


def generator(rng: Any) -> np.random.Generator:
    """The generator itself, if it is one."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a np.random.Generator, got {rng!r}: np.random.default_rng(0)")
    return rng


def operation(rule: Callable[..., T]) -> Callable[..., T]:
    """Put a door before an operation: what stands before the slash is an array."""
    run = cast("Any", rule)
    names = run.__code__.co_varnames[: run.__code__.co_posonlyargcount]

    def inside(*inputs: Any, **options: Any) -> Any:
        dtype = None
        for value in inputs:  # a Python number takes the precision of what it meets
            if isinstance(value, ARRAYS) and value.dtype.char in "fd":
                dtype = value.dtype
                break
        arrays = list(inputs)
        for i, name in enumerate(names[: len(inputs)]):
            value = inputs[i]
            if type(value) is not np.ndarray or value.dtype is not dtype or not ordinary(value):
                arrays[i] = floats(name, value, dtype=dtype)
                dtype = arrays[i].dtype
        return run(*arrays, **options)

    @wraps(rule)
    def checked(*inputs: Any, **options: Any) -> Any:
        value, pullback = inside(*inputs, **options)
        return value, lambda gradient: pullback(like("gradient", gradient, value))

    cast("Any", checked).inside = inside
    return cast("Callable[..., T]", checked)


def bare(operation: Callable[..., tuple[Array, Pullback]]) -> Callable[..., tuple[Array, Pullback]]:
    """An operation without its door, for callers who have checked what goes in."""
    rule: Callable[..., tuple[Array, Pullback]] = cast("Any", operation).__wrapped__
    return rule
