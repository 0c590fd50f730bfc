"""Descent: the path that an optimizer takes over a function you can see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from litgrad import _check, optimizers
from litgrad._types import Array, Schedule


def descend(
    gradient: Callable[[Any], ArrayLike],
    start: ArrayLike,
    learning_rate: float | Schedule,
    steps: int,
    *,
    optimizer: Callable[..., optimizers.Optimizer] = optimizers.SGD,
    **options: Any,
) -> Array:
    """All points of a descent, the start included: shape (steps + 1, …).

    The gradient is a function of the point. Further options, such as
    `momentum=0.9`, go to the optimizer.

    >>> descend(lambda x: 2 * x, start=10.0, learning_rate=0.25, steps=3)
    array([10.  ,  5.  ,  2.5 ,  1.25])
    """
    begin = _check.plain("start", start).astype(np.float64)
    path = np.full((_check.count("steps", steps, 0) + 1, *begin.shape), np.nan)
    path[0] = _check.finite("start", begin)
    point = begin.ravel().copy()
    mover = optimizer(point, learning_rate, **options)
    # An overflow is told with its place, instead of by a warning.
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(steps):
            slope = _check.plain("the gradient", gradient(path[t].copy()[()])).astype(np.float64)
            if slope.shape != begin.shape:
                raise ValueError(
                    f"the gradient must have the point's shape {begin.shape}, got {slope.shape}"
                )
            rate = mover.rate
            if np.isfinite(slope).all():
                mover.step(slope.ravel())
                path[t + 1] = point.reshape(begin.shape)
            if not np.isfinite(path[t + 1]).all():
                raise FloatingPointError(
                    f"not finite in step {t + 1}, at learning rate {rate:g}: try a smaller rate"
                )
    return path
