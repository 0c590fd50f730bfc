"""Penalties: what large weights cost, and the step that sets small ones to 0.

A penalty is an operation on weights whose value is added to the loss. Give
it `net.parameters * net.weight_mask`, and the biases, which are 0 there, pay
nothing and are not moved.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from litgrad import _check
from litgrad._types import Array, Cost, Penalty


def elastic_net(*, l1: float, l2: float) -> Penalty:
    """λ₁ Σ |w| + λ₂/2 Σ w². Pullback: λ₁ sign(w) + λ₂ w.

    >>> value, pullback = elastic_net(l1=1.0, l2=0.5)(np.array([2.0, -2.0]))
    >>> float(value), pullback()
    (6.0, array([ 2., -2.]))
    """
    l1 = _check.number("l1", l1, 0)
    l2 = _check.number("l2", l2, 0)

    def penalty(weights: Array) -> Cost:
        w = _check.floats("weights", weights)
        value = l1 * np.abs(w).sum() + l2 / 2 * np.square(w).sum()

        def pullback(gradient: float = 1.0) -> Array:
            return float(gradient) * l1 * np.sign(w) + float(gradient) * l2 * w

        return value, pullback

    return penalty


def l1(strength: float) -> Penalty:
    """λ Σ |w|. Pullback: λ sign(w), which is 0 at w = 0.

    >>> value, pullback = l1(0.5)(np.array([3.0, -1.0, 0.0]))
    >>> float(value), pullback()
    (2.0, array([ 0.5, -0.5,  0. ]))
    """
    return elastic_net(l1=_check.number("strength", strength, 0), l2=0.0)


def l2(strength: float) -> Penalty:
    """λ/2 Σ w². Pullback: λ w.

    >>> value, pullback = l2(0.5)(np.array([3.0, -1.0]))
    >>> float(value), pullback()
    (2.5, array([ 1.5, -0.5]))
    """
    return elastic_net(l1=0.0, l2=_check.number("strength", strength, 0))


def soft_threshold(weights: ArrayLike, threshold: float) -> Array:
    """sign(w) · max(0, |w| − t): the exact step for an L1 penalty.

    >>> soft_threshold(np.array([3.0, -1.0, 0.4]), 0.5)
    array([ 2.5, -0.5,  0. ])
    """
    w = _check.floats("weights", weights)
    threshold = _check.number("threshold", threshold, 0)
    # Adding 0 turns a negative zero into 0.
    return np.sign(w) * np.maximum(np.abs(w) - threshold, w.dtype.type(0)) + w.dtype.type(0)
