"""The words that litgrad's type hints use."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.floating[Any]]
"""A float32 or float64 array."""

Labels: TypeAlias = NDArray[np.integer[Any]]
"""Class indices, one per example."""

Axis: TypeAlias = int | tuple[int, ...] | None
"""An axis of an array, or several; None is all of them."""

DType: TypeAlias = type[np.float32] | type[np.float64] | type[float]
"""What a network or a data set is made of."""

Pullback: TypeAlias = Callable[..., Any]
"""Takes the gradient of an operation's value, returns that of its inputs."""

Cost: TypeAlias = tuple[np.floating[Any], Pullback]
"""What a loss or a penalty returns: one number, and its pullback."""

Schedule: TypeAlias = Callable[[int], float]
"""The learning rate as a function of the step, which counts from 0."""

Initializer: TypeAlias = Callable[[tuple[int, int], "np.random.Generator"], Array]
"""Draws a weight matrix of shape (in, out)."""

Penalty: TypeAlias = Callable[[Array], Cost]
"""An operation on weights whose value is added to the loss."""

Examples: TypeAlias = tuple[Array, NDArray[Any]]
"""Inputs x of shape (n, features) and one label or target for each row."""


class Loss(Protocol):
    """A loss: what the network said and what was true, to one number."""

    def __call__(self, prediction: Array, target: NDArray[Any], /) -> Cost: ...


@lru_cache(maxsize=64)
def ones(n: int, dtype: np.dtype[Any]) -> Array:
    """n ones: a product with them sums rows or columns faster than np.sum."""
    vector = np.ones(n, dtype)
    vector.flags.writeable = False
    return vector
