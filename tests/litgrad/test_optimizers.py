"""Optimizers: steps worked by hand from the published rules, and bad input."""

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from litgrad import layers
from litgrad.optimizers import SGD, AdaGrad, Adam, AdamW, Optimizer, RMSProp, clip

Make = Callable[..., Optimizer]

EVERY = pytest.mark.parametrize(
    "make",
    [
        SGD,
        lambda w, rate: SGD(w, rate, momentum=0.9, dampening=0.5, weight_decay=0.1),
        lambda w, rate: SGD(w, rate, momentum=0.9, nesterov=True),
        AdaGrad,
        RMSProp,
        Adam,
        AdamW,
    ],
    ids=["plain", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"],
)


def path(make: Make, gradients: Iterable[float], start: float = 10.0) -> list[float]:
    """Where one parameter is after each step, if these are the gradients."""
    w = np.array([start])
    optimizer = make(w)
    points = []
    for g in gradients:
        optimizer.step(np.array([g]))
        points.append(float(w[0]))
    return points


# η = ½, start 10, gradients 4, 2, −1; every number is exact in binary. In the comments: v, or
# what is subtracted η times. The rule is that of torch.optim.SGD, whose first v is g.
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [8, 7, 7.5]),
        ({"momentum": 0.5}, [8, 6, 5.5]),  # v = 4, 4, 1
        ({"momentum": 0.5, "dampening": 0.5}, [8, 6.5, 6]),  # v = 4, 3, 1
        ({"momentum": 0.5, "dampening": 0.25}, [8, 6.25, 5.75]),  # v = 4, 3½, 1
        ({"momentum": 0.5, "nesterov": True}, [7, 5, 5.25]),  # g + v/2 = 6, 4, −½
        ({"weight_decay": 0.25}, [6.75, 4.90625, 4.79296875]),  # g + w/4 = 6.5, 3.6875, .2265625
        # g + w/4 = 6.5, 3.6875, −.1796875 and v = 6.5, 6.9375, 3.2890625
        ({"momentum": 0.5, "weight_decay": 0.25}, [6.75, 3.28125, 1.63671875]),
    ],
)
def test_sgd_takes_the_steps_worked_by_hand(options: Any, expected: list[float]) -> None:
    assert path(lambda w: SGD(w, 0.5, **options), [4.0, 2.0, -1.0]) == expected


def test_nesterov_with_weight_decay_follows_the_rule_in_exact_fractions() -> None:
    eta, mu, decay = Fraction(1, 10), Fraction(9, 10), Fraction(1, 5)
    w, v, expected = Fraction(10), Fraction(0), []
    gradients = [3.0, -7.0, 2.0, 2.0, 5.0, -1.0]
    for gradient in gradients:
        g = Fraction(gradient) + decay * w
        v = mu * v + g
        w -= eta * (g + mu * v)
        expected.append(float(w))
    got = path(lambda w: SGD(w, 0.1, momentum=0.9, nesterov=True, weight_decay=0.2), gradients)
    assert got == pytest.approx(expected, rel=1e-13)


def test_dampening_equal_to_momentum_is_the_moving_average() -> None:
    optimizer = SGD(np.zeros(1), 1.0, momentum=0.75, dampening=0.75)
    gradients = [8.0, -4.0, 6.0]
    for g in gradients:
        optimizer.step(np.array([g]))
    assert optimizer.velocity == [0.75**2 * 8 + 0.25 * (0.75 * -4 + 6)]  # the weights add up to 1


def test_adagrad_divides_by_the_root_of_all_squares_so_far() -> None:
    """Duchi, Hazan and Singer, Adaptive Subgradient Methods (2011)."""
    # The squares 9, 16, 144 add up to 9, 25, 169: the roots are 3, 5, 13.
    got = path(lambda w: AdaGrad(w, 0.5), [3.0, 4.0, -12.0])
    assert got == pytest.approx([9.5, 9.5 - 0.5 * 4 / 5, 9.1 + 0.5 * 12 / 13], rel=1e-9)


def test_rmsprop_divides_by_the_root_of_the_average_square() -> None:
    """Tieleman and Hinton, Lecture 6.5 (2012): s = ρ s + (1 − ρ) g²."""
    # ρ = ¾: s = 16/4 = 4, then 3 + 4/4 = 4, then 3 + 24/4 = 9.
    got = path(lambda w: RMSProp(w, 0.5, decay=0.75), [4.0, -2.0, math.sqrt(24)])
    assert got == pytest.approx([9, 9.5, 9.5 - math.sqrt(24) / 6], rel=1e-8)


def test_adam_divides_corrected_averages() -> None:
    """Kingma and Ba, Adam (2015), Algorithm 1, with β₁ = ½ and β₂ = ¾."""
    # m = 2, 2, 0 and m̂ = 4, 8/3, 0; s = 4, 4, 4 and ŝ = 16, 64/7, 256/37.
    got = path(lambda w: Adam(w, 0.5, beta1=0.5, beta2=0.75), [4.0, 2.0, -2.0])
    second = 9.5 - 0.5 * math.sqrt(7) / 3
    assert got == pytest.approx([9.5, second, second], rel=1e-8)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda w: AdaGrad(w, 1.0, epsilon=4.0), 10 - 4 / (4 + 4)),
        (lambda w: RMSProp(w, 1.0, decay=0.75, epsilon=4.0), 10 - 4 / (2 + 4)),
        (lambda w: Adam(w, 1.0, beta1=0.5, beta2=0.75, epsilon=4.0), 10 - 4 / (4 + 4)),
    ],
    ids=["adagrad", "rmsprop", "adam"],
)
def test_epsilon_stands_outside_the_root(make: Make, expected: float) -> None:
    assert path(make, [4.0]) == pytest.approx([expected], rel=1e-14)


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_adamw_follows_its_published_rule_over_many_steps(decay: float) -> None:
    """Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019), Algorithm 2."""
    gradients = [math.sin(3.0 * t) + 0.2 for t in range(20)]
    w, m, s, expected = 10.0, 0.0, 0.0, []
    for t, g in enumerate(gradients, start=1):
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        step = (m / (1 - 0.9**t)) / (math.sqrt(s / (1 - 0.999**t)) + 1e-8)
        w -= 0.05 * (step + decay * w)
        expected.append(w)
    got = path(lambda w: AdamW(w, 0.05, weight_decay=decay), gradients)
    assert got == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6, 1e100])
def test_adams_first_step_has_the_size_of_the_learning_rate(scale: float) -> None:
    assert path(lambda w: Adam(w, 0.25), [-scale]) == pytest.approx([10.25], rel=1e-6)


def test_adamw_is_not_adam_with_l2() -> None:
    # Adam divides the size of the penalty's gradient away: its first step is η all the same.
    assert path(lambda w: Adam(w, 0.5, weight_decay=0.5), [4.0]) == pytest.approx([9.5])
    assert path(lambda w: AdamW(w, 0.5, weight_decay=0.5), [4.0]) == pytest.approx([7.0])


def test_without_a_gradient_adamw_shrinks_and_the_others_rest() -> None:
    assert path(lambda w: AdamW(w, 0.5, weight_decay=0.25), [0.0, 0.0]) == [8.75, 7.65625]
    assert path(lambda w: AdamW(w, 0.5), [0.0]) == [9.95]  # λ = .01, as PyTorch has it
    for make in (SGD, AdaGrad, RMSProp, Adam):
        assert path(lambda w, make=make: make(w, 0.5), [0.0, 0.0]) == [10.0, 10.0]


# SGD and AdamW shrink by η λ w = 0.1; AdaGrad and Adam by η, RMSProp by η / √(1 − ρ).
@pytest.mark.parametrize(
    ("make", "shrunk"),
    [(SGD, 1.9), (AdamW, 1.9), (AdaGrad, 1.5), (Adam, 1.5), (RMSProp, 2 - 0.5 / math.sqrt(0.1))],
)
def test_a_decay_for_each_parameter_leaves_biases_alone(make: Make, shrunk: float) -> None:
    net = layers.Dense(2, 1, rng=np.random.default_rng(0))
    net.W, net.b = np.array([[2.0], [-2.0]]), np.array([3.0])
    decay = 0.1 * net.weight_mask
    optimizer = make(net.parameters, 0.5, weight_decay=decay)
    decay[:] = 7.0  # the array is the caller's to change
    optimizer.step(np.zeros(3))
    assert net.parameters == pytest.approx([shrunk, -shrunk, 3.0], rel=1e-6)


def test_a_weight_decay_that_is_set_later_counts() -> None:
    w = np.array([10.0])
    optimizer = SGD(w, 0.25)
    optimizer.weight_decay = 0.5
    optimizer.step(np.zeros(1))
    assert w == [10 - 0.25 * 0.5 * 10]


def test_a_learning_rate_that_is_set_later_counts_and_is_checked() -> None:
    w = np.array([10.0])
    optimizer = SGD(w, 0.25)

    def step_with(rate: float) -> None:
        optimizer.learning_rate = rate
        optimizer.step(np.ones(1))

    step_with(0.5)
    assert w == [9.5]
    with pytest.raises(ValueError, match=r"learning.rate .*must be .*-0\.25"):
        step_with(-0.25)


@pytest.mark.parametrize(
    ("make", "options"),
    [
        (SGD, {"momentum": [1.0, -0.1, math.nan, "heavy"], "dampening": [1.0]}),
        (AdaGrad, {"epsilon": [0.0]}),
        (RMSProp, {"decay": [1.0], "epsilon": [-1.0]}),
        (Adam, {"beta1": [1.0], "beta2": [1.0], "epsilon": [0.0, "small"]}),
        (AdamW, {"weight_decay": [-0.1, np.ones(3)], "learning_rate": [-1.0, "fast", math.nan]}),
        (SGD, {"parameters": [[1.0], np.ones((2, 1)), np.ones(2, int)]}),
    ],
)
def test_an_option_that_is_set_later_is_checked(make: Make, options: Any) -> None:
    optimizer = make(np.ones(2), 0.1)
    before = {name: np.copy(value) for name, value in vars(optimizer).items()}
    for name, values in options.items():
        for bad in values:
            with pytest.raises((ValueError, TypeError), match=f"{name} must "):
                setattr(optimizer, name, bad)
    for name, value in vars(optimizer).items():
        assert np.array_equal(value, before[name]), name


@EVERY
def test_an_option_that_there_is_not_is_refused(make: Make) -> None:
    optimizer = make(np.ones(2), 0.1)
    with pytest.raises(AttributeError, match="has no lr, only ") as caught:
        optimizer.lr = 0.5
    assert "parameters, learning_rate, weight_decay" in str(caught.value)
    assert not {"steps", "_buffer", "velocity"} & set(str(caught.value).split(", "))


def test_a_momentum_that_is_set_later_counts() -> None:
    w = np.array([10.0])
    optimizer = SGD(w, 0.5, momentum=0.5)
    optimizer.step(np.array([4.0]))
    optimizer.momentum = 0.25
    optimizer.step(np.array([4.0]))
    assert w == [10 - 0.5 * 4 - 0.5 * 5]


FADING = [
    (lambda w: SGD(w, 0.1, momentum=0.5), ["velocity"]),
    (lambda w: SGD(w, 0.1, momentum=0.5, nesterov=True), ["velocity"]),
    (lambda w: RMSProp(w, 0.1, decay=0.5), ["squares"]),
    (lambda w: Adam(w, 0.1, beta1=0.5, beta2=0.5), ["mean", "squares"]),
    (lambda w: AdamW(w, 0.1, beta1=0.5, beta2=0.5), ["mean", "squares"]),
]


@pytest.mark.parametrize(("make", "memories"), FADING)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_memory_that_fades_reaches_0_and_is_exact_until_then(
    make: Any, memories: list[str], dtype: Any
) -> None:
    """Halves are exact: one gradient leaves 2⁻ᵗ of itself, and below the normal numbers nothing."""
    w, info = np.zeros(2, dtype), np.finfo(dtype)
    optimizer = make(w)
    optimizer.step(np.array([1.0, 0.0], dtype))
    first = {name: float(getattr(optimizer, name)[0]) for name in memories}
    for t in range(1, 1200):
        optimizer.step(np.array([0.0, 1.0], dtype))
        for name in memories:
            faded, other = getattr(optimizer, name)
            if first[name] * 0.5**t >= info.tiny:
                assert faded == first[name] * 0.5**t
            elif t % 16 == 0:
                assert faded == 0
            assert other >= 0.5 * first[name]  # the other is as it was
        if all(getattr(optimizer, name)[0] == 0 for name in memories):
            break
    assert [float(getattr(optimizer, name)[0]) for name in memories] == [0] * len(memories)


def test_a_negative_velocity_fades_to_0_too() -> None:
    optimizer = SGD(np.zeros(1, np.float32), 0.1, momentum=0.9)
    optimizer.step(-np.ones(1, np.float32))
    for _ in range(1000):
        optimizer.step(np.zeros(1, np.float32))
    assert optimizer.velocity == [0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("gradient", "norm", "expected"),
    [
        ([30.0, -40.0], 5.0, [3.0, -4.0]),
        ([3.0, 4.0], 5.0, [3.0, 4.0]),
        ([3.0, 4.0], 50.0, [3.0, 4.0]),
        ([0.0, 0.0], 1.0, [0.0, 0.0]),
        ([3e30, 4e30], 5.0, [3.0, 4.0]),  # whose squares float32 cannot hold
        ([], 1.0, []),
    ],
)
def test_a_gradient_is_clipped_to_a_norm(
    gradient: list[float], norm: float, expected: list[float], dtype: Any
) -> None:
    g = np.array(gradient, dtype)
    g.flags.writeable = False
    clipped = clip(g, norm)
    assert clipped == pytest.approx(np.array(expected), rel=1e-6)
    assert clipped.dtype == dtype
    assert not np.shares_memory(clipped, g)


@pytest.mark.parametrize("norm", [0.0, -1.0, math.nan, math.inf])
def test_a_norm_to_clip_to_is_positive(norm: float) -> None:
    with pytest.raises(ValueError, match=r"norm must be in \(0, inf\)"):
        clip(np.ones(2), norm)


@EVERY
def test_an_optimizer_equals_itself_alone(make: Make) -> None:
    optimizer = make(np.ones(2), 0.1)
    assert len({optimizer, optimizer, make(np.ones(2), 0.1)}) == 2


@EVERY
def test_a_gradient_is_neither_written_to_nor_kept(make: Make) -> None:
    g = np.array([1.0, -2.0])
    ends = []
    for after in (g, np.array([1e9, 1e9])):
        w = np.array([3.0, 4.0])
        optimizer = make(w, 0.1)
        for _ in range(3):
            mine = g.copy()
            optimizer.step(mine)
            assert np.array_equal(mine, g)
            mine[:] = after
        ends.append(w)
    assert np.array_equal(ends[0], ends[1])


@EVERY
def test_the_gradient_may_be_the_parameters_themselves(make: Make) -> None:
    """The gradient of ½ ‖w‖² is w, so a reader will write optimizer.step(w)."""
    w, other = np.array([3.0, -4.0]), np.array([3.0, -4.0])
    optimizer, same = make(w, 0.1), make(other, 0.1)
    for _ in range(2):
        optimizer.step(w)
        same.step(other.copy())
    assert np.array_equal(w, other)


@EVERY
@pytest.mark.parametrize(
    ("gradient", "error", "words"),
    [
        (np.ones(3), ValueError, r"gradient must be float64 of shape \(2,\).*\(3,\)"),
        (np.ones((2, 1)), ValueError, r"gradient must be float64 of shape \(2,\).*\(2, 1\)"),
        (1.0, ValueError, r"gradient must be float64 of shape \(2,\).*\(\)"),
        (np.ones(2, np.float32), TypeError, "gradient must be float64.*float32"),
        (np.ones(2, int), TypeError, "gradient must be float64.*int64"),
        (np.array([1.0, np.nan]), ValueError, r"gradient must be finite, got nan at \[1\]"),
        ([-np.inf, 1.0], ValueError, r"gradient must be finite, got -inf at \[0\]"),
    ],
)
def test_a_bad_gradient_changes_nothing(
    make: Make, gradient: Any, error: type[Exception], words: str
) -> None:
    optimizer = make(np.array([3.0, 4.0]), 0.1)
    optimizer.step(np.array([1.0, -2.0]))
    before = {name: np.copy(value) for name, value in vars(optimizer).items()}
    with pytest.raises(error, match=words):
        optimizer.step(gradient)
    assert before["steps"] == 1
    for name, value in vars(optimizer).items():
        assert np.array_equal(value, before[name]), name


@pytest.mark.parametrize("make", [SGD, AdaGrad, RMSProp, Adam, AdamW])
@pytest.mark.parametrize(
    ("rate", "error"),
    [(-0.1, ValueError), (math.nan, ValueError), (math.inf, ValueError), ("0.1", TypeError)],
)
def test_a_bad_learning_rate_is_refused(make: Make, rate: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=f"learning_rate must be .*{rate}"):
        make(np.ones(2), rate)


@pytest.mark.parametrize(
    ("make", "options", "words"),
    [
        (SGD, {"momentum": 1.0}, r"momentum must be in \[0, 1\), got 1"),
        (SGD, {"momentum": -0.1}, r"momentum must be in \[0, 1\), got -0.1"),
        (SGD, {"momentum": math.nan}, r"momentum must be in \[0, 1\), got nan"),
        (SGD, {"momentum": 0.9, "dampening": 1.0}, r"dampening must be in \[0, 1\), got 1"),
        (SGD, {"nesterov": True}, "momentum > 0.*got .*momentum=0"),
        (
            SGD,
            {"nesterov": True, "momentum": 0.9, "dampening": 0.5},
            "dampening = 0.*got .*dampening=0.5",
        ),
        (SGD, {"dampening": 0.5}, "dampening needs momentum > 0, got .*dampening=0.5"),
        (SGD, {"weight_decay": -0.1}, "weight_decay must .*-0.1"),
        (SGD, {"weight_decay": math.nan}, "weight_decay must .*nan"),
        (AdamW, {"weight_decay": math.inf}, "weight_decay must .*inf"),
        (Adam, {"weight_decay": np.array([0.1, -0.1])}, "weight_decay must not be negative.*-0.1"),
        (SGD, {"weight_decay": np.array([0.1, np.nan])}, "weight_decay must be finite.*nan"),
        (SGD, {"weight_decay": np.full(3, 0.1)}, r"weight_decay must be .*\(2,\).*\(3,\)"),
        (SGD, {"weight_decay": np.full((2, 1), 0.1)}, r"weight_decay must be .*\(2,\).*\(2, 1\)"),
        (RMSProp, {"decay": 1.0}, r"decay must be in \[0, 1\), got 1"),
        (Adam, {"beta1": 1.0}, r"beta1 must be in \[0, 1\), got 1"),
        (Adam, {"beta2": -0.5}, r"beta2 must be in \[0, 1\), got -0.5"),
        (AdaGrad, {"epsilon": 0.0}, r"epsilon must be in \(0, inf\), got 0"),
        (RMSProp, {"epsilon": -1e-8}, r"epsilon must be in \(0, inf\), got -1e-08"),
        (AdamW, {"epsilon": math.nan}, r"epsilon must be in \(0, inf\), got nan"),
        (SGD, {"momentum": "heavy"}, "momentum must be a number.*'heavy'"),
        (SGD, {"weight_decay": [0.1]}, r"weight_decay must be .*\(2,\).*\(1,\)"),
        (SGD, {"weight_decay": np.ones(2, int)}, "weight_decay must be float64.*int64"),
        (SGD, {"weight_decay": np.ones(2, np.float32)}, "weight_decay must be float64.*float32"),
    ],
)
def test_a_bad_option_is_refused(make: Make, options: Any, words: str) -> None:
    with pytest.raises((ValueError, TypeError), match=words):
        make(np.ones(2), 0.1, **options)


READ_ONLY = np.ones(2)
READ_ONLY.flags.writeable = False


@pytest.mark.parametrize(
    ("parameters", "error", "words"),
    [
        (np.ones(2, int), TypeError, "parameters must be a float32 or float64 array, got int64"),
        (np.ones((2, 1)), ValueError, r"parameters must have 1 dimension.*\(2, 1\)"),
        ([1.0, 2.0], TypeError, "parameters must be an array"),
        (READ_ONLY, TypeError, "parameters must be an array that can be moved"),
        (np.array([1.0, np.nan]), ValueError, "parameters must be finite, got nan"),
    ],
    ids=["integers", "2-D", "list", "read-only", "nan"],
)
def test_bad_parameters_are_refused(parameters: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        SGD(parameters, 0.1)
