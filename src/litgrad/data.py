"""Data: the digits, small problems with a known shape, and batches.

Inputs are floats of shape (n, features), labels are integers of shape (n,).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litgrad import _check
from litgrad._types import Array, DType, Examples, Labels


@dataclass(frozen=True, eq=False, repr=False)
class Digits:
    """1,797 handwritten digits as 8×8 images, and which of them are for testing."""

    x: Array
    """Images as rows of 64 numbers from 0 (paper) to 1 (ink)."""
    y: Labels
    """Which digit each image shows."""
    is_test: NDArray[np.bool_]
    """True for the 360 images that `train` leaves out."""

    @property
    def train(self) -> Examples:
        """The 1,437 images to learn from, with their labels."""
        return self.x[~self.is_test], self.y[~self.is_test]

    @property
    def test(self) -> Examples:
        """The other 360, for the last question: does it work on unseen data?"""
        return self.x[self.is_test], self.y[self.is_test]

    def __repr__(self) -> str:
        return f"Digits(train={(~self.is_test).sum()}, test={self.is_test.sum()})"


def digits(dtype: DType = np.float64) -> Digits:
    """The digits of the UCI repository's optical recognition test set.

    E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits",
    UCI Machine Learning Repository, 1998 (CC BY 4.0), in its own order. The
    split is fixed: it was drawn at random once, and is kept in the file.

    >>> x, y = digits().train
    >>> x.shape, y[:3]
    ((1437, 64), array([0, 1, 3]))
    """
    if np.dtype(dtype).char not in "fd":
        raise TypeError(f"dtype must be np.float32 or np.float64, got {dtype!r}")
    # not pathlib, which takes longer to import than this library
    table = np.load(os.path.join(os.path.dirname(__file__), "digits.npy"), allow_pickle=False)  # noqa: PTH118, PTH120
    x = table[:, :64].astype(dtype) / 16
    return Digits(x, table[:, 64].astype(np.int64), table[:, 65].astype(bool))


def moons(n: int, *, noise: float = 0.1, rng: np.random.Generator) -> Examples:
    """Two interlocking half circles, one for each label.

    >>> x, y = moons(100, rng=np.random.default_rng(0))
    >>> x.shape, np.bincount(y)
    ((100, 2), array([50, 50]))
    """
    y = _labels(n, 2)
    angle = _check.generator(rng).uniform(0, np.pi, len(y))
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    lower = np.array([1.0, 0.5]) - upper
    return np.where(y[:, None] == 0, upper, lower) + _noise(noise, (len(y), 2), rng), y


def spirals(n: int, *, classes: int = 3, noise: float = 0.2, rng: np.random.Generator) -> Examples:
    """Spiral arms from the origin, one for each class; the noise is in the angle.

    >>> x, y = spirals(300, rng=np.random.default_rng(0))
    >>> x.shape, np.bincount(y)
    ((300, 2), array([100, 100, 100]))
    """
    y = _labels(n, _check.count("classes", classes))
    radius = (np.arange(len(y)) // classes + 1) / np.ceil(len(y) / classes)
    angle = 2 * np.pi * y / classes + 4 * radius + _noise(noise, len(y), rng)
    return np.column_stack([radius * np.sin(angle), radius * np.cos(angle)]), y


def blobs(n: int, *, classes: int = 3, noise: float = 0.5, rng: np.random.Generator) -> Examples:
    """Round clouds with their centers on a circle of radius 2, one for each class.

    >>> x, y = blobs(90, rng=np.random.default_rng(0))
    >>> x.shape, np.bincount(y)
    ((90, 2), array([30, 30, 30]))
    """
    y = _labels(n, _check.count("classes", classes))
    angle = 2 * np.pi * y / classes
    centers = 2 * np.column_stack([np.cos(angle), np.sin(angle)])
    return centers + _noise(noise, (len(y), 2), rng), y


def xor() -> Examples:
    """The four corners of a square; the label says whether they differ.

    >>> x, y = xor()
    >>> y
    array([0, 1, 1, 0])
    """
    return np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])


def sparse_regression(
    n: int, features: int, *, relevant: int, noise: float = 0.1, rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """x, y and w of a linear relation y = x w in which few features matter.

    >>> x, y, w = sparse_regression(50, 20, relevant=3, rng=np.random.default_rng(0))
    >>> x.shape, y.shape, int(np.count_nonzero(w))
    ((50, 20), (50,), 3)
    """
    n, features = _check.count("n", n), _check.count("features", features)
    relevant = _check.count("relevant", relevant, 0)
    if relevant > features:
        raise ValueError(f"relevant must be at most {features}, the features, got {relevant}")
    x = _check.generator(rng).normal(size=(n, features))
    w = np.zeros(features)
    w[rng.permutation(features)[:relevant]] = rng.normal(0, 3, relevant)
    return x, x @ w + _noise(noise, n, rng), w


def split(
    x: Array, y: NDArray[Any], *, fraction: float = 0.2, rng: np.random.Generator
) -> tuple[Examples, Examples]:
    """Two parts of the examples, drawn at random; the second is the fraction.

    >>> train, validation = split(*xor(), fraction=0.25, rng=np.random.default_rng(0))
    >>> train[0].shape, validation[0].shape
    ((3, 2), (1, 2))
    """
    x, y = _check.examples("the data", (x, y))
    order = _check.generator(rng).permutation(len(x))
    n = round(len(x) * _check.number("fraction", fraction, 0, 1))
    if not 0 < n < len(x):
        raise ValueError(f"a fraction of {fraction} of {len(x)} examples leaves one part empty")
    kept, held = order[n:], order[:n]
    return (x[kept], y[kept]), (x[held], y[held])


def batches(
    x: Array,
    y: NDArray[Any],
    *,
    size: int,
    rng: np.random.Generator | None = None,
    replace: bool = False,
) -> Iterator[Examples]:
    """One epoch of batches in random order; the last one may be short.

    Every example comes once, or with `replace` each is drawn anew. Without a
    generator the batches come in the order of the rows.

    >>> [len(x) for x, y in batches(*xor(), size=3, rng=np.random.default_rng(0))]
    [3, 1]
    """
    x, y = _check.examples("the data", (x, y))
    size, n = _check.count("size", size), len(x)
    if rng is not None:
        _check.generator(rng)
        order = rng.integers(n, size=n) if replace else rng.permutation(n)
    elif replace:
        raise ValueError("sampling with replacement needs a generator: pass rng")
    else:
        order = np.arange(n)
    return ((x[rows], y[rows]) for rows in np.split(order, range(size, n, size)))


def _labels(n: int, classes: int) -> Labels:
    """0, 1, …, 0, 1, …: the classes in turn."""
    return np.arange(_check.count("n", n)) % classes


def _noise(scale: float, shape: int | tuple[int, ...], rng: np.random.Generator) -> Array:
    return _check.generator(rng).normal(0, _check.number("noise", scale, 0), shape)
