"""Gradient checks: what a pullback says, against differences that need no calculus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from litgrad import _check
from litgrad._types import Array, Loss
from litgrad.layers import Layer


def differences(function: Callable[[Array], Any], x: ArrayLike, *, step: float = 1e-5) -> Array:
    """The gradient of a number with respect to x, by central differences.

    Each entry costs two evaluations: (f(x + h) − f(x − h)) / 2h.

    >>> differences(lambda x: x @ x, np.array([3.0, -1.0])).round(6)
    array([ 6., -2.])
    """
    step = _check.number("step", step, 0, open_low=True)
    point = np.array(_check.floats("x", x), dtype=np.float64)
    gradient = np.empty_like(point)
    for i in np.ndindex(point.shape):
        center = point[i]
        point[i] = center + step
        above = function(point)
        point[i] = center - step
        gradient[i] = (above - function(point)) / (2 * step)
        point[i] = center
    return gradient


def check(
    operation: Callable[..., Any], *inputs: Any, step: float = 1e-5, tolerance: float = 1e-6
) -> float:
    """Compare an operation's pullback with differences; return the largest error.

    Inputs that are not arrays of floats, such as labels, are held fixed. The
    error is relative to the largest entry of the gradient.

    >>> from litgrad import ops
    >>> check(ops.tanh, np.array([0.3, -2.0])) < 1e-8
    True
    """
    values = [np.asarray(x, np.float64) if _is_array(x) else x for x in inputs]
    value, pullback = operation(*values)
    # Weights that differ, so that no error can hide behind another.
    weights = np.cos(np.arange(np.size(value))).reshape(np.shape(value))
    gradients = pullback(weights[()])
    if not isinstance(gradients, tuple):
        gradients = (gradients,)
    if len(gradients) > len(inputs) or any(map(_is_array, inputs[len(gradients) :])):
        raise AssertionError(
            "the pullback must give a gradient for each input that is an array of floats, "
            f"got {len(gradients)} for {len(inputs)} inputs: "
            "to hold y fixed, check(lambda x: operation(x, y), x)"
        )
    worst = 0.0
    for i, gradient in enumerate(gradients):

        def weighted(x: Array, i: int = i) -> Any:
            return np.sum(weights * operation(*values[:i], x, *values[i + 1 :])[0])

        by_differences = differences(weighted, values[i], step=step)
        worst = max(worst, _compare(f"input {i}", gradient, by_differences, tolerance))
    return worst


def check_network(
    net: Layer, loss: Loss, x: ArrayLike, y: Any, *, step: float = 1e-5, tolerance: float = 1e-6
) -> float:
    """Compare all of a network's parameter gradients with differences.

    >>> from litgrad import layers, losses
    >>> net = layers.Dense(2, 3, rng=np.random.default_rng(0))
    >>> check_network(net, losses.cross_entropy, np.ones((1, 2)), np.array([2])) < 1e-8
    True
    """
    if net.parameters.dtype != np.float64:
        raise TypeError(
            f"a gradient check needs float64, or its steps are lost, got {net.parameters.dtype}"
        )
    prediction = net.forward(x)
    if not np.array_equal(prediction, net.predict(x)):
        raise ValueError("a gradient check needs a network without chance: take out the Dropout")
    net.backward(loss(prediction, y)[1]())
    gradient, start = net.gradient.copy(), net.parameters.copy()

    def loss_at(parameters: Array) -> Any:
        net.parameters = parameters
        return loss(net.predict(x), y)[0]

    try:
        by_differences = differences(loss_at, start, step=step)
    finally:
        net.parameters = start
    return _compare("parameter", gradient, by_differences, tolerance)


def _is_array(x: Any) -> bool:
    return not isinstance(x, float) and _check.plain("an input", x).dtype.kind == "f"


def _compare(name: str, gradient: Array, by_differences: Array, tolerance: float) -> float:
    """The largest error relative to the gradient's scale, if it is tolerable."""
    given = None if gradient is None else np.shape(gradient)
    if given != (wanted := by_differences.shape):
        raise AssertionError(f"{name}: the pullback gives shape {given}, the input has {wanted}")
    error = np.abs(gradient - by_differences)
    if error.size == 0:
        return 0.0
    scale = max(np.abs(gradient).max(), np.abs(by_differences).max(), 1e-8)
    worst = np.unravel_index(np.argmax(error), error.shape)
    if not error[worst] <= tolerance * scale:
        raise AssertionError(
            f"{name}{_check.place(np.array(worst))}: the pullback gives "
            f"{np.asarray(gradient)[worst]:.10g}, differences give {by_differences[worst]:.10g}"
        )
    return float(error[worst] / scale)
