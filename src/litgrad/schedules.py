"""Schedules: the learning rate as a function of the step, which counts from 0.

Every optimizer takes a schedule wherever it takes a learning rate.
"""

from __future__ import annotations

import math

from litgrad import _check
from litgrad._types import Schedule


def constant(rate: float) -> Schedule:
    """η at every step.

    >>> constant(0.1)(1000)
    0.1
    """
    rate = _check.number("rate", rate, 0)
    return lambda t: rate


def inverse_time(rate: float, decay: float) -> Schedule:
    """η / (1 + decay · t).

    >>> [inverse_time(1.0, 0.5)(t) for t in (0, 2, 6)]
    [1.0, 0.5, 0.25]
    """
    rate = _check.number("rate", rate, 0)
    decay = _check.number("decay", decay, 0)
    return lambda t: rate / (1 + decay * t)


def exponential(rate: float, factor: float) -> Schedule:
    """η · factorᵗ.

    >>> [exponential(1.0, 0.5)(t) for t in (0, 1, 3)]
    [1.0, 0.5, 0.125]
    """
    rate = _check.number("rate", rate, 0)
    factor = _check.number("factor", factor, 0)
    return lambda t: rate * factor**t


def step(rate: float, factor: float, every: int) -> Schedule:
    """η, multiplied by the factor once every so many steps.

    >>> [step(1.0, 0.1, every=10)(t) for t in (0, 9, 10)]
    [1.0, 1.0, 0.1]
    """
    rate = _check.number("rate", rate, 0)
    factor = _check.number("factor", factor, 0)
    every = _check.count("every", every)
    return lambda t: rate * factor ** (t // every)


def cosine(rate: float, steps: int, final: float = 0.0) -> Schedule:
    """From η to a final rate along half a cosine wave, then that rate.

    >>> [round(cosine(1.0, steps=10)(t), 3) for t in (0, 5, 10, 99)]
    [1.0, 0.5, 0.0, 0.0]
    """
    rate = _check.number("rate", rate, 0)
    final = _check.number("final", final, 0)
    steps = _check.count("steps", steps)

    def schedule(t: int) -> float:
        return final + (rate - final) * (1 + math.cos(math.pi * min(t / steps, 1))) / 2

    return schedule


def warmup(steps: int, then: Schedule) -> Schedule:
    """Equal rises to the first rate of another schedule, then that schedule.

    >>> [warmup(4, constant(1.0))(t) for t in (0, 1, 3, 4)]
    [0.25, 0.5, 1.0, 1.0]
    """
    steps = _check.count("steps", steps)
    if not callable(then):
        raise TypeError(f"then must be a schedule, got {then!r}: schedules.constant({then!r})")
    return lambda t: then(0) * (t + 1) / steps if t < steps else then(t - steps)
