"""Optimizers: each moves a vector of parameters against a gradient, in place.

An optimizer knows nothing of networks. The learning rate η is a number or a
schedule; the weight decay λ is a number, or one number per parameter, so
that `1e-4 * net.weight_mask` leaves the biases alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import KW_ONLY, dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from litgrad import _check
from litgrad._types import Array, Schedule


@dataclass(eq=False)
class Optimizer(ABC):
    """What all optimizers share: the vector, the learning rate, the decay."""

    parameters: Array = field(repr=False)
    learning_rate: float | Schedule
    _: KW_ONLY
    weight_decay: float | Array = 0.0

    def __post_init__(self) -> None:
        _check.movable("parameters", self.parameters)
        if not callable(self.learning_rate):
            self.learning_rate = _check.number("learning_rate", self.learning_rate, 0)
        self.weight_decay = _decay(self.weight_decay, self.parameters)
        self.steps = 0

    @property
    def rate(self) -> float:
        """The learning rate of the next step."""
        rate = self.learning_rate
        if callable(rate):
            return _check.number(f"the learning rate of step {self.steps}", rate(self.steps), 0)
        return _check.number("learning_rate", rate, 0)

    def step(self, gradient: ArrayLike) -> None:
        """Move the parameters once."""
        g = _check.like("gradient", gradient, self.parameters)
        self._update(g, self.rate)
        self.steps += 1

    def _decayed(self, g: Array) -> Array:
        """The gradient with that of λ/2 ‖w‖² added: L2 as a part of the loss."""
        decay = self.weight_decay
        return g + decay * self.parameters if isinstance(decay, np.ndarray) or decay else g

    @abstractmethod
    def _update(self, g: Array, rate: float) -> None:
        """Move the parameters by one step of this size."""


def _decay(weight_decay: float | Array, parameters: Array) -> float | Array:
    """λ, checked: a number, or an array like the parameters."""
    if isinstance(weight_decay, list | tuple):
        raise TypeError(
            f"weight_decay must be a number or an array like the parameters, got {weight_decay}"
        )
    if not isinstance(weight_decay, np.ndarray):
        return _check.number("weight_decay", weight_decay, 0)
    decay = _check.like("weight_decay", weight_decay, parameters)
    if np.any(decay < 0):
        raise ValueError(f"weight_decay must not be negative, got {decay.min()}")
    return decay.copy()


@dataclass(eq=False)
class SGD(Optimizer):
    """v ← β v + (1 − dampening) g, then w ← w − η v; Nesterov: w − η (g + β v).

    With the default β = 0 it is plain gradient descent; with dampening = β,
    v is the moving average of the gradients.

    >>> w = np.array([1.0])
    >>> optimizer = SGD(w, learning_rate=0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     optimizer.step(np.array([1.0]))
    >>> w
    array([0.71])
    """

    _: KW_ONLY
    momentum: float = 0.0
    dampening: float = 0.0
    nesterov: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.momentum = _check.number("momentum", self.momentum, 0, 1)
        self.dampening = _check.number("dampening", self.dampening, 0, 1)
        if self.nesterov and (self.momentum == 0 or self.dampening != 0):
            raise ValueError(
                "Nesterov's step needs momentum > 0 and dampening = 0, "
                f"got {self.momentum} and {self.dampening}"
            )
        if self.dampening and not self.momentum:
            raise ValueError(f"dampening needs momentum > 0, got dampening {self.dampening} alone")
        self.velocity = np.zeros_like(self.parameters)
        self._buffer = np.empty_like(self.parameters)

    def _update(self, g: Array, rate: float) -> None:
        g = self._decayed(g)
        if self.momentum:
            v = self.velocity
            v *= self.momentum
            v += g if self.dampening == 0 else (1 - self.dampening) * g
            g = g + self.momentum * v if self.nesterov else v
        w = self.parameters
        w -= np.multiply(rate, g, out=self._buffer)


@dataclass(eq=False)
class AdaGrad(Optimizer):
    """G ← G + g², then w ← w − η g / (√G + ε): each parameter its own rate.

    >>> w = np.array([1.0, 1.0])
    >>> AdaGrad(w, learning_rate=0.5).step(np.array([100.0, 0.01]))
    >>> w
    array([0.5, 0.5])
    """

    _: KW_ONLY
    epsilon: float = 1e-10

    def __post_init__(self) -> None:
        super().__post_init__()
        self.epsilon = _check.number("epsilon", self.epsilon, 0, open_low=True)
        self.squares = np.zeros_like(self.parameters)

    def _update(self, g: Array, rate: float) -> None:
        g = self._decayed(g)
        self.squares += g * g
        self.parameters -= rate * g / (np.sqrt(self.squares) + self.epsilon)


@dataclass(eq=False)
class RMSProp(Optimizer):
    """u ← β u + (1 − β) g² with β = decay, then w ← w − η g / (√u + ε).

    >>> w = np.array([1.0])
    >>> RMSProp(w, learning_rate=0.1, decay=0.75).step(np.array([5.0]))
    >>> w.round(6)
    array([0.8])
    """

    _: KW_ONLY
    decay: float = 0.9
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        super().__post_init__()
        self.decay = _check.number("decay", self.decay, 0, 1)
        self.epsilon = _check.number("epsilon", self.epsilon, 0, open_low=True)
        self.squares = np.zeros_like(self.parameters)

    def _update(self, g: Array, rate: float) -> None:
        g = self._decayed(g)
        self.squares *= self.decay
        self.squares += (1 - self.decay) * g * g
        self.parameters -= rate * g / (np.sqrt(self.squares) + self.epsilon)


@dataclass(eq=False)
class Adam(Optimizer):
    """m, u: moving averages of g and g²; w ← w − η m̂ / (√û + ε).

    m̂ = m / (1 − β₁ᵗ) and û = u / (1 − β₂ᵗ) correct for the start at 0.

    >>> w = np.array([1.0, 1.0])
    >>> Adam(w, learning_rate=0.1).step(np.array([1000.0, -0.001]))
    >>> w.round(4)
    array([0.9, 1.1])
    """

    _: KW_ONLY
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        super().__post_init__()
        self.beta1 = _check.number("beta1", self.beta1, 0, 1)
        self.beta2 = _check.number("beta2", self.beta2, 0, 1)
        self.epsilon = _check.number("epsilon", self.epsilon, 0, open_low=True)
        self.mean = np.zeros_like(self.parameters)
        self.squares = np.zeros_like(self.parameters)

    def _update(self, g: Array, rate: float) -> None:
        self._adapt(self._decayed(g), rate)

    def _adapt(self, g: Array, rate: float) -> None:
        t = self.steps + 1
        self.mean *= self.beta1
        self.mean += (1 - self.beta1) * g
        self.squares *= self.beta2
        self.squares += (1 - self.beta2) * g * g
        mean = self.mean / (1 - self.beta1**t)
        squares = self.squares / (1 - self.beta2**t)
        self.parameters -= rate * mean / (np.sqrt(squares) + self.epsilon)


@dataclass(eq=False)
class AdamW(Adam):
    """Adam, with w ← w − η λ w beside its step instead of λ w in the gradient.

    >>> w = np.array([1.0])
    >>> AdamW(w, learning_rate=0.1, weight_decay=0.5).step(np.array([0.0]))
    >>> w
    array([0.95])
    """

    _: KW_ONLY
    weight_decay: float | Array = 0.01

    def _update(self, g: Array, rate: float) -> None:
        shrinkage = rate * self.weight_decay * self.parameters
        self._adapt(g, rate)
        self.parameters -= shrinkage
