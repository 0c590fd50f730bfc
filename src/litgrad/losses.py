"""Losses: what the network said and what was true, to one number.

A loss is the mean over the batch. Its pullback starts at 1 and returns the
gradient with respect to what the network said. Where the network's outputs
are meant as probabilities, a loss takes the logits: the numbers before the
sigmoid or the softmax. That is shorter, and no exponential can overflow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from litgrad import _check
from litgrad._types import Array, Cost, ones


def mean_squared_error(prediction: ArrayLike, target: ArrayLike, /) -> Cost:
    """C = mean of (ŷ − y)². Pullback: 2 (ŷ − y) / n, for n numbers in all.

    >>> loss, pullback = mean_squared_error(np.array([1.0, 4.0]), np.array([1.0, 2.0]))
    >>> float(loss), pullback()
    (2.0, array([0., 2.]))
    """
    prediction = _check.floats("prediction", prediction)
    target = _check.floats("target", target, dtype=prediction.dtype)
    if prediction.shape != target.shape:
        raise ValueError(
            f"prediction and target must have one shape, got {prediction.shape} and "
            f"{target.shape}: reshape one, because NumPy would stretch it silently"
        )
    if prediction.size == 0:
        raise ValueError("a loss needs at least one example, got an empty batch")
    error = prediction - target
    n = error.size
    return np.mean(error * error), lambda gradient=1.0: error * (2 * float(gradient) / n)


def binary_cross_entropy(logits: ArrayLike, labels: ArrayLike, /) -> Cost:
    """C = mean of −ln(probability of the true label), with p = sigmoid(logit).

    Pullback: (p − y) / n. Logits have shape (n,) or (n, 1), labels are 0 or 1.

    >>> loss, pullback = binary_cross_entropy(np.array([0.0, 0.0]), np.array([1, 0]))
    >>> float(loss).__round__(4), pullback()
    (0.6931, array([-0.25,  0.25]))
    """
    logits = _check.floats("logits", logits)
    sign = _signs("logits", logits, labels)
    each = np.logaddexp(logits.dtype.type(0), -sign * logits)  # ln(1 + e^(-sign z))

    def pullback(gradient: float = 1.0) -> Array:
        # p - y is the probability of the wrong label, 1 - e^-each, with a sign
        # that pushes away from it; expm1 keeps its digits when it is tiny.
        return sign * np.expm1(-each) * (float(gradient) / len(each))

    return np.mean(each), pullback


def hinge(scores: ArrayLike, labels: ArrayLike, /) -> Cost:
    """C = mean of max(0, 1 − s · score), where s is −1 for label 0 and +1 for 1.

    Pullback: −s / n where the margin is not yet reached, else 0.

    >>> loss, pullback = hinge(np.array([2.0, 0.5]), np.array([1, 1]))
    >>> float(loss), pullback()
    (0.25, array([ 0. , -0.5]))
    """
    scores = _check.floats("scores", scores)
    sign = _signs("scores", scores, labels)
    missing = 1 - sign * scores

    def pullback(gradient: float = 1.0) -> Array:
        return np.where(missing > 0, -sign, 0) * (float(gradient) / len(missing))

    return np.mean(np.maximum(missing, scores.dtype.type(0))), pullback


def cross_entropy(logits: ArrayLike, labels: ArrayLike, /) -> Cost:
    """C = mean of −ln(probability of the true class), with p = softmax(logits).

    Pullback: (p − y) / n, where y is 1 at the true class and 0 elsewhere.

    >>> loss, pullback = cross_entropy(np.zeros((1, 4)), np.array([2]))
    >>> float(loss).__round__(4), pullback()
    (1.3863, array([[ 0.25,  0.25, -0.75,  0.25]]))
    """
    logits = _check.typed("logits", logits, ndim=2)
    n, classes = logits.shape
    # One row a class here, so that what is done over classes runs along memory.
    y = _check.one_hot(labels, n, classes).astype(logits.dtype)
    shifted = logits.T.copy()
    top = np.maximum.reduce(shifted)
    if _check.ordinary(shifted):
        shifted -= top  # the same softmax; no exponential exceeds 1
    else:  # logits may lie farther apart than the largest float
        _check.finite("logits", logits)
        with np.errstate(over="ignore"):
            shifted = np.maximum(shifted - top, np.finfo(shifted.dtype).min)
    e = np.exp(shifted)
    total = ones(classes, e.dtype).dot(e)

    def pullback(gradient: float = 1.0) -> Array:
        d: Array = e / total
        d -= y
        d *= float(gradient) / n
        return d.T

    return (ones(n, e.dtype).dot(np.log(total)) - np.vdot(shifted, y)) / n, pullback


def _signs(name: str, scores: Array, labels: ArrayLike) -> Array:
    """-1 for label 0 and +1 for label 1, in the shape of the scores."""
    if scores.ndim == 0 or scores.shape not in {(len(scores),), (len(scores), 1)}:
        raise ValueError(
            f"{name} must have shape (n,) or (n, 1), got {scores.shape}: "
            "for several classes use cross_entropy"
        )
    y = _check.one_hot(labels, len(scores), 2)
    return np.where(y[1], 1, -1).astype(scores.dtype).reshape(scores.shape)
