"""Schedules at points worked by hand, what an optimizer makes of them, and bad input."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from litgrad import data, layers, losses, optimizers, penalties, schedules, training
from litgrad._types import Schedule
from litgrad.schedules import constant, cosine, exponential, inverse_time, step, warmup

ALL = {
    "constant": constant(0.5),
    "inverse_time": inverse_time(0.5, 0.25),
    "exponential": exponential(0.5, 0.5),
    "step": step(0.5, 0.5, every=3),
    "cosine": cosine(0.5, steps=6, final=0.125),
    "warmup": warmup(4, cosine(0.5, steps=6)),
}


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (constant(0.5), {0: 0.5, 1: 0.5, 10**9: 0.5}),
        (inverse_time(8.0, 1.0), {0: 8, 1: 4, 3: 2, 7: 1}),
        (inverse_time(3.0, 0.5), {0: 3, 1: 2, 4: 1}),
        (inverse_time(3.0, 0.0), {0: 3, 99: 3}),
        (exponential(4.0, 0.5), {0: 4, 1: 2, 2: 1, 5: 0.125}),
        (exponential(4.0, 1.0), {0: 4, 99: 4}),
        (exponential(4.0, 0.0), {0: 4, 1: 0}),
        (step(4.0, 0.5, every=3), {0: 4, 2: 4, 3: 2, 5: 2, 6: 1, 9: 0.5}),
        (step(4.0, 0.5, every=1), {0: 4, 1: 2, 2: 1}),
        # cos 60° = ½, so a third of the way is ¾ of the height; cos 120° = −½.
        (cosine(8.0, steps=6), {0: 8, 2: 6, 3: 4, 4: 2, 6: 0, 7: 0, 10**9: 0}),
        (cosine(9.0, steps=6, final=1.0), {0: 9, 2: 7, 3: 5, 4: 3, 6: 1, 10**9: 1}),
        (cosine(0.0, steps=2, final=2.0), {0: 0, 1: 1, 2: 2, 3: 2}),
        (warmup(4, constant(8.0)), {0: 2, 1: 4, 2: 6, 3: 8, 4: 8, 99: 8}),
        (warmup(1, constant(8.0)), {0: 8, 1: 8}),
        (warmup(2, exponential(8.0, 0.5)), {0: 4, 1: 8, 2: 8, 3: 4, 4: 2}),
        (warmup(2, warmup(2, constant(8.0))), {0: 2, 1: 4, 2: 4, 3: 8, 4: 8}),
    ],
)
def test_the_rate_at_a_step_worked_by_hand(schedule: Schedule, expected: dict[int, float]) -> None:
    got = {t: schedule(t) for t in expected}
    assert got == pytest.approx(expected, rel=1e-15, abs=1e-15)


def test_warmup_meets_the_schedule_that_follows_without_a_jump() -> None:
    then = cosine(0.5, steps=100)
    joined = [warmup(10, then)(t) for t in range(110)]
    assert joined[9] == joined[10] == 0.5
    assert np.diff(joined[:10]) == pytest.approx(np.full(9, 0.05))
    assert joined[10:] == [then(t) for t in range(100)]


@pytest.mark.parametrize(
    ("schedule", "limit"),
    [
        (inverse_time(0.5, 0.25), 0.0),
        (exponential(0.5, 0.9), 0.0),
        (step(0.5, 0.9, every=10), 0.0),
        (cosine(0.5, steps=10, final=0.125), 0.125),
        (warmup(10, cosine(0.5, steps=10, final=0.125)), 0.125),
    ],
    ids=["inverse_time", "exponential", "step", "cosine", "warmup"],
)
def test_the_rate_in_the_long_run(schedule: Schedule, limit: float) -> None:
    assert schedule(10**9) == pytest.approx(limit, abs=1e-8)


def test_exponential_decay_travels_at_most_the_geometric_sum() -> None:
    total = math.fsum(map(exponential(0.5, 0.75), range(200)))
    assert total == pytest.approx(0.5 / (1 - 0.75), rel=1e-12)


@pytest.mark.parametrize("schedule", ALL.values(), ids=ALL)
@pytest.mark.parametrize("t", [0, 1, 5, 1000])
def test_a_rate_is_a_float_and_not_negative(schedule: Schedule, t: int) -> None:
    assert type(schedule(t)) is float
    assert 0 <= schedule(t) <= 0.5


@pytest.mark.parametrize("make", [constant, lambda r: cosine(r, steps=9), lambda r: step(r, r, 1)])
@pytest.mark.parametrize("rate", [1, np.float64(1), np.float32(1)])
def test_a_rate_is_a_float_whatever_number_it_was_made_from(
    make: Callable[[Any], Schedule], rate: Any
) -> None:
    assert type(make(rate)(3)) is float


@pytest.mark.parametrize("make", [constant, cosine, exponential, inverse_time, step])
@pytest.mark.parametrize("rate", [-0.1, math.nan, math.inf])
def test_a_bad_rate_is_refused(make: Callable[..., Schedule], rate: float) -> None:
    rest: dict[Any, tuple[Any, ...]] = {constant: (), step: (0.5, 3)}
    with pytest.raises(ValueError, match=rf"rate must be in \[0, inf\), got {rate}"):
        make(rate, *rest.get(make, (3,)))


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: constant("slow"), TypeError, "rate must be a number, got 'slow'"),  # type: ignore[arg-type]
        (lambda: inverse_time(1.0, -1.0), ValueError, "decay must be .*-1"),
        (lambda: inverse_time(1.0, math.nan), ValueError, "decay must be .*nan"),
        (lambda: exponential(1.0, -0.5), ValueError, "factor must be .*-0.5"),
        (lambda: step(1.0, -0.5, 3), ValueError, "factor must be .*-0.5"),
        (lambda: step(1.0, 0.5, 0), ValueError, "every must be at least 1, got 0"),
        (lambda: step(1.0, 0.5, 1.5), TypeError, "every must be a whole number, got 1.5"),  # type: ignore[arg-type]
        (lambda: cosine(1.0, 0), ValueError, "steps must be at least 1, got 0"),
        (lambda: cosine(1.0, 2.5), TypeError, "steps must be a whole number, got 2.5"),  # type: ignore[arg-type]
        (lambda: cosine(1.0, 5, final=-1.0), ValueError, "final must be .*-1"),
        (lambda: warmup(0, constant(1.0)), ValueError, "steps must be at least 1, got 0"),
        (lambda: warmup(2.0, constant(1.0)), TypeError, "steps must be a whole number.*2.0"),  # type: ignore[arg-type]
        (lambda: warmup(4, 0.1), TypeError, "then must be a schedule.*0.1"),  # type: ignore[arg-type]
    ],
)
def test_a_bad_option_is_refused(
    make: Callable[[], Schedule], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        make()


# What an optimizer makes of a schedule.

EVERY = pytest.mark.parametrize(
    "make",
    [
        optimizers.SGD,
        lambda w, rate: optimizers.SGD(w, rate, momentum=0.9, dampening=0.5, weight_decay=0.1),
        lambda w, rate: optimizers.SGD(w, rate, momentum=0.9, nesterov=True),
        optimizers.AdaGrad,
        optimizers.RMSProp,
        optimizers.Adam,
        optimizers.AdamW,
    ],
    ids=["plain", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"],
)
Make = Callable[..., optimizers.Optimizer]


@EVERY
def test_a_schedule_is_asked_once_for_each_step_counted_from_0(make: Make) -> None:
    seen = []

    def schedule(t: int) -> float:
        seen.append(t)
        return 0.5 / (t + 1)

    optimizer = make(np.ones(2), schedule)
    for _ in range(3):
        optimizer.step(np.ones(2))
    assert seen == [0, 1, 2]
    assert optimizer.steps == 3
    assert optimizer.rate == 0.125  # that of the next step; to ask is not to step
    assert optimizer.rate == 0.125
    assert optimizer.steps == 3


def test_a_constant_rate_is_the_rate_of_every_step() -> None:
    optimizer = optimizers.SGD(np.ones(2), 0.25)
    optimizer.step(np.ones(2))
    assert optimizer.rate == 0.25
    assert optimizer.steps == 1


def test_each_step_has_the_size_that_the_schedule_gives() -> None:
    w = np.array([10.0])
    optimizer = optimizers.SGD(w, schedules.exponential(1.0, 0.5))
    points = []
    for _ in range(3):
        optimizer.step(np.array([2.0]))
        points.append(float(w[0]))
    assert points == [8, 7, 6.5]


@pytest.mark.parametrize(
    "make",
    [
        lambda w, number: optimizers.SGD(w, lambda t: number(0.1 / (t + 1))),
        lambda w, number: optimizers.AdamW(w, lambda t: number(0.1 / (t + 1))),
        lambda w, number: optimizers.SGD(w, number(0.1)),
        lambda w, number: optimizers.SGD(w, 0.1, momentum=number(0.9), nesterov=True),
        lambda w, number: optimizers.SGD(w, 0.1, momentum=0.9, dampening=number(0.9)),
        lambda w, number: optimizers.SGD(w, 0.1, weight_decay=number(0.1)),
        lambda w, number: optimizers.AdaGrad(w, 0.1, epsilon=number(0.1)),
        lambda w, number: optimizers.RMSProp(w, 0.1, decay=number(0.9)),
        lambda w, number: optimizers.Adam(w, 0.1, beta1=number(0.9), beta2=number(0.999)),
    ],
    ids=["schedule", "adamw", "rate", "nesterov", "damp", "weight_decay", "eps", "decay", "betas"],
)
def test_float32_is_computed_in_float32_whatever_the_numbers_are_made_of(make: Make) -> None:
    """A float64 scalar would make the step's arithmetic float64, and its last bits would tell."""
    rng = np.random.default_rng(0)
    start = rng.normal(size=500).astype(np.float32)
    gradients = rng.normal(size=(3, 500)).astype(np.float32)
    ends = []
    for number in (float, np.float64):
        w = start.copy()
        optimizer = make(w, number)
        for g in gradients:
            optimizer.step(g)
        ends.append(w)
    assert np.array_equal(ends[0], ends[1])


@EVERY
@pytest.mark.parametrize(
    ("bad", "error"),
    [(-0.1, ValueError), (math.nan, ValueError), (math.inf, ValueError), ("low", TypeError)],
)
def test_a_bad_rate_of_a_step_is_told_and_changes_nothing(
    make: Make, bad: Any, error: type[Exception]
) -> None:
    optimizer = make(np.array([3.0, 4.0]), lambda t: bad if t else 0.1)
    optimizer.step(np.array([1.0, -2.0]))
    before = {name: np.copy(value) for name, value in vars(optimizer).items()}
    with pytest.raises(error, match=f"learning rate of step 1 must be .*{bad}"):
        optimizer.step(np.ones(2))
    for name, value in vars(optimizer).items():
        assert np.array_equal(value, before[name]), name


def test_a_float32_network_stays_float32() -> None:
    digits = data.digits(np.float32)
    rng = np.random.default_rng(0)
    net = layers.MLP([64, 16, 10], rng=rng, dtype=np.float32)
    optimizer = optimizers.SGD(net.parameters, lambda t: np.float64(0.1) / (t + 1), momentum=0.9)
    options: dict[str, Any] = {"penalty": penalties.l2(1e-3), "stop": training.EarlyStopping()}
    options |= {"validation": digits.test, "epochs": 2, "batch_size": 64, "rng": rng}
    history = training.fit(net, digits.train, losses.cross_entropy, optimizer, **options)
    arrays = (net.parameters, net.gradient, optimizer.velocity, net.predict(digits.x))
    assert {a.dtype for a in arrays} == {np.dtype(np.float32)}
    assert {type(x) for x in history.loss + history.accuracy + history.validation_loss} == {float}
