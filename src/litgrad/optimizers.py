"""Optimizers: each moves a vector of parameters against a gradient, in place.

An optimizer knows nothing of networks. The learning rate η is a number or a
schedule; the weight decay λ is a number, or one number per parameter, so
that `1e-4 * net.weight_mask` leaves the biases alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import KW_ONLY, dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from litgrad import _check
from litgrad._types import Array, Schedule

FRACTION = {"low": 0, "high": 1}
POSITIVE = {"low": 0, "open_low": True}
"""What an option must be: in [0, 1), or above 0."""


@dataclass(eq=False)
class Optimizer(ABC):
    """What all optimizers share: the vector, the learning rate, the decay.

    Options can be set later, and are checked then, too.
    """

    parameters: Array = field(repr=False)
    learning_rate: float | Schedule
    _: KW_ONLY
    weight_decay: float | Array = 0.0
    steps: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        for memory in fields(self):
            if not memory.init and memory.name != "steps":
                setattr(self, memory.name, np.zeros_like(self.parameters))

    def __setattr__(self, name: str, value: Any) -> None:
        """Take what is known and good: anything else would be wrong, or do nothing."""
        options = self.__dataclass_fields__
        if name not in options:
            known = ", ".join(option for option in options if options[option].init)
            raise AttributeError(f"{type(self).__name__} has no {name}, only {known}")
        if name == "parameters":
            _check.movable(name, value)
        elif name == "learning_rate" and not callable(value):
            value = _check.number(name, value, 0)
        elif name == "weight_decay":
            value = _decay(value, self.parameters)
        elif options[name].metadata:
            value = _check.number(name, value, **options[name].metadata)
        super().__setattr__(name, value)

    @property
    def rate(self) -> float:
        """The learning rate of the next step."""
        rate = self.learning_rate
        if callable(rate):
            return _check.number(f"the learning rate of step {self.steps}", rate(self.steps), 0)
        return rate

    def step(self, gradient: ArrayLike) -> None:
        """Move the parameters once."""
        g = _check.like("gradient", gradient, self.parameters)
        self._update(g, self.rate)
        self.__dict__["steps"] = self.steps + 1  # no option: nothing to check

    def _decayed(self, g: Array) -> Array:
        """The gradient with that of λ/2 ‖w‖² added: L2 as a part of the loss."""
        decay = self.weight_decay
        return g + decay * self.parameters if isinstance(decay, np.ndarray) or decay else g

    def _forget(self, *memories: Array) -> None:
        """Set to 0 what has faded below the normal numbers, where arithmetic is slow.

        It would never reach 0 by itself: 0.9 times the smallest number is rounded to that number.
        """
        if self.steps % 16 == 0:  # seldom enough to cost nothing
            for memory in memories:
                memory[np.abs(memory) < np.finfo(memory.dtype).tiny] = 0

    @abstractmethod
    def _update(self, g: Array, rate: float) -> None:
        """Move the parameters by one step of this size."""


def _decay(weight_decay: float | Array, parameters: Array) -> float | Array:
    """λ, checked: a number, or an array like the parameters."""
    if not isinstance(weight_decay, np.ndarray | list):
        return _check.number("weight_decay", weight_decay, 0)
    decay = _check.like("weight_decay", weight_decay, parameters)
    if np.any(decay < 0):
        raise ValueError(f"weight_decay must not be negative, got {decay.min()}")
    return decay.copy()


@dataclass(eq=False)
class SGD(Optimizer):
    """v ← β v + (1 − dampening) g, then w ← w − η v; Nesterov: w − η (g + β v).

    With the default β = 0 it is plain gradient descent; with dampening = β,
    v is a moving average of the gradients. The first step takes v = g.

    >>> w = np.array([1.0])
    >>> optimizer = SGD(w, learning_rate=0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     optimizer.step(np.array([1.0]))
    >>> w
    array([0.71])
    """

    _: KW_ONLY
    momentum: float = field(default=0.0, metadata=FRACTION)
    dampening: float = field(default=0.0, metadata=FRACTION)
    nesterov: bool = False
    velocity: Array = field(init=False, repr=False)
    _buffer: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.nesterov and (self.momentum == 0 or self.dampening != 0):
            raise ValueError(f"Nesterov's step needs momentum > 0 and dampening = 0, got {self}")
        if self.dampening and not self.momentum:
            raise ValueError(f"dampening needs momentum > 0, got {self}")

    def _update(self, g: Array, rate: float) -> None:
        g = self._decayed(g)
        if self.momentum:
            v = self.velocity
            v *= self.momentum
            v += (1 - self.dampening) * g if self.dampening and self.steps else g
            self._forget(v)
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
    epsilon: float = field(default=1e-10, metadata=POSITIVE)
    squares: Array = field(init=False, repr=False)

    def _update(self, g: Array, rate: float) -> None:
        g = self._decayed(g)
        w, squares = self.parameters, self.squares
        squares += g * g
        w -= rate * g / (np.sqrt(squares) + self.epsilon)


@dataclass(eq=False)
class RMSProp(Optimizer):
    """u ← β u + (1 − β) g² with β = decay, then w ← w − η g / (√u + ε).

    >>> w = np.array([1.0])
    >>> RMSProp(w, learning_rate=0.1, decay=0.75).step(np.array([5.0]))
    >>> w.round(6)
    array([0.8])
    """

    _: KW_ONLY
    decay: float = field(default=0.9, metadata=FRACTION)
    epsilon: float = field(default=1e-8, metadata=POSITIVE)
    squares: Array = field(init=False, repr=False)

    def _update(self, g: Array, rate: float) -> None:
        g = self._decayed(g)
        w, squares = self.parameters, self.squares
        squares *= self.decay
        squares += (1 - self.decay) * g * g
        self._forget(squares)
        w -= rate * g / (np.sqrt(squares) + self.epsilon)


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
    beta1: float = field(default=0.9, metadata=FRACTION)
    beta2: float = field(default=0.999, metadata=FRACTION)
    epsilon: float = field(default=1e-8, metadata=POSITIVE)
    mean: Array = field(init=False, repr=False)
    squares: Array = field(init=False, repr=False)

    def _update(self, g: Array, rate: float) -> None:
        self._adapt(self._decayed(g), rate)

    def _adapt(self, g: Array, rate: float) -> None:
        w, m, u, t = self.parameters, self.mean, self.squares, self.steps + 1
        m *= self.beta1
        m += (1 - self.beta1) * g
        u *= self.beta2
        u += (1 - self.beta2) * g * g
        self._forget(m, u)
        m, u = m / (1 - self.beta1**t), u / (1 - self.beta2**t)
        w -= rate * m / (np.sqrt(u) + self.epsilon)


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
        w = self.parameters
        shrinkage = rate * self.weight_decay * w
        self._adapt(g, rate)
        w -= shrinkage


def clip(gradient: ArrayLike, norm: float) -> Array:
    """g · min(1, norm / ‖g‖): no longer than that, and in the same direction.

    >>> clip(np.array([30.0, 40.0]), norm=5.0)
    array([3., 4.])
    """
    g = _check.floats("gradient", gradient)
    norm = _check.number("norm", norm, 0, open_low=True)
    largest = float(np.abs(g).max(initial=0)) or 1.0  # the squares of its shares cannot overflow
    length = largest * float(np.linalg.norm(g / largest))
    return g * (norm / length) if length > norm else g.copy()
