"""Initializers: where the weights of a layer start.

An initializer is a function of the shape (in, out) and a random generator.
The names of Glorot and He say who published the variance.
"""

from __future__ import annotations

import numpy as np

from litgrad import _check
from litgrad._types import Array, Initializer

Shape = tuple[int, int]


def constant(value: float) -> Initializer:
    """Every weight the same.

    >>> constant(0.5)((1, 2), np.random.default_rng(0))
    array([[0.5, 0.5]])
    """
    value = _check.number("value", value, -np.inf)
    return lambda shape, rng: np.full(shape, value)


def normal(scale: float) -> Initializer:
    """Normal with mean 0 and the given standard deviation.

    >>> W = normal(0.01)((1000, 100), np.random.default_rng(0))
    >>> float(W.std()).__round__(3)
    0.01
    """
    scale = _check.number("scale", scale, 0)
    return lambda shape, rng: _check.generator(rng).normal(0, scale, shape)


def glorot_normal(shape: Shape, rng: np.random.Generator) -> Array:
    """Normal with variance 2 / (in + out).

    >>> W = glorot_normal((300, 200), np.random.default_rng(0))
    >>> float(W.var()).__round__(4)
    0.004
    """
    return _check.generator(rng).normal(0, np.sqrt(2 / max(1, shape[0] + shape[1])), shape)


def glorot_uniform(shape: Shape, rng: np.random.Generator) -> Array:
    """Uniform with variance 2 / (in + out): between ±√(6 / (in + out)).

    >>> W = glorot_uniform((300, 200), np.random.default_rng(0))
    >>> float(W.var()).__round__(4)
    0.004
    """
    bound = np.sqrt(6 / max(1, shape[0] + shape[1]))
    return _check.generator(rng).uniform(-bound, bound, shape)


def he_normal(shape: Shape, rng: np.random.Generator) -> Array:
    """Normal with variance 2 / in.

    >>> W = he_normal((500, 200), np.random.default_rng(0))
    >>> float(W.var()).__round__(4)
    0.004
    """
    return _check.generator(rng).normal(0, np.sqrt(2 / max(1, shape[0])), shape)


def he_uniform(shape: Shape, rng: np.random.Generator) -> Array:
    """Uniform with variance 2 / in: between ±√(6 / in).

    >>> W = he_uniform((500, 200), np.random.default_rng(0))
    >>> float(W.var()).__round__(4)
    0.004
    """
    bound = np.sqrt(6 / max(1, shape[0]))
    return _check.generator(rng).uniform(-bound, bound, shape)
