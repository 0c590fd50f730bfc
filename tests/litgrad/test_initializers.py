"""Initializers against the published variances, within what sampling allows.

Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks
(2010): variance 2 / (in + out). He, Zhang, Ren and Sun, Delving deep into rectifiers (2015):
variance 2 / in. Those numbers are written out here for each shape.
"""

import math
from typing import Any

import numpy as np
import pytest

from litgrad import data, initializers, layers, losses
from litgrad._types import Array, Initializer
from litgrad.initializers import glorot_normal, glorot_uniform, he_normal, he_uniform

DRAWN = [
    # initializer, shape (in, out), published variance
    (glorot_normal, (100, 10), 2 / 110),
    (glorot_normal, (10, 100), 2 / 110),
    (glorot_normal, (40, 40), 1 / 40),
    (glorot_uniform, (100, 10), 2 / 110),
    (glorot_uniform, (10, 100), 2 / 110),
    (glorot_uniform, (40, 40), 1 / 40),
    (he_normal, (100, 10), 0.02),
    (he_normal, (10, 100), 0.2),
    (he_normal, (1, 50), 2.0),
    (he_uniform, (100, 10), 0.02),
    (he_uniform, (10, 100), 0.2),
    (he_uniform, (50, 1), 0.04),
    (he_uniform, (1, 50), 2.0),
    (initializers.normal(0.5), (30, 20), 0.25),
]
EACH = pytest.mark.parametrize(("initializer", "shape", "variance"), DRAWN)
N = 40_000
"""At least so many weights are looked at; sampling errors below are five standard deviations."""


def draw(initializer: Initializer, shape: tuple[int, int]) -> Array:
    """Many weights of one shape."""
    rng = np.random.default_rng(0)
    return np.stack([initializer(shape, rng) for _ in range(math.ceil(N / math.prod(shape)))])


@EACH
def test_the_variance_is_the_published_one(
    initializer: Initializer, shape: tuple[int, int], variance: float
) -> None:
    # The variance of N normal draws has the relative standard deviation √(2/N).
    measured = np.mean(draw(initializer, shape) ** 2)
    assert measured == pytest.approx(variance, rel=5 * math.sqrt(2 / N))


@EACH
def test_the_mean_is_zero(
    initializer: Initializer, shape: tuple[int, int], variance: float
) -> None:
    assert abs(np.mean(draw(initializer, shape))) < 5 * math.sqrt(variance / N)


@EACH
def test_normal_and_uniform_differ_in_their_tails(
    initializer: Initializer, shape: tuple[int, int], variance: float
) -> None:
    """The mean of z⁴ is 3 for the normal distribution and 9/5 for the uniform one."""
    expected = 9 / 5 if initializer in {glorot_uniform, he_uniform} else 3
    fourth = np.mean(draw(initializer, shape) ** 4) / variance**2
    assert fourth == pytest.approx(expected, abs=5 * math.sqrt(96 / N))  # Var z⁴ = 105 − 9


@pytest.mark.parametrize(
    ("initializer", "shape", "bound"),
    [
        (glorot_uniform, (4, 2), 1.0),
        (glorot_uniform, (2, 4), 1.0),
        (glorot_uniform, (50, 46), 0.25),
        (he_uniform, (6, 50), 1.0),
        (he_uniform, (24, 3), 0.5),
    ],
)
def test_uniform_weights_fill_their_interval_and_stay_in_it(
    initializer: Initializer, shape: tuple[int, int], bound: float
) -> None:
    """√6 / √(in + out) for Glorot, √(6 / in) for He."""
    weights = draw(initializer, shape)
    assert 0.999 * bound < weights.max() < bound
    assert -bound < weights.min() < -0.999 * bound


@pytest.mark.parametrize(("initializer", "shape"), [row[:2] for row in DRAWN])
def test_weights_are_float64_of_the_shape_and_come_from_the_generator_alone(
    initializer: Initializer, shape: tuple[int, int]
) -> None:
    first, second = (initializer(shape, np.random.default_rng(7)) for _ in range(2))
    assert first.shape == shape
    assert first.dtype == np.float64
    assert np.array_equal(first, second)
    rng = np.random.default_rng(7)
    initializer(shape, rng)
    assert not np.array_equal(initializer(shape, rng), first)


def test_neither_rows_nor_columns_repeat() -> None:
    for initializer in (glorot_normal, glorot_uniform, he_normal, he_uniform):
        assert np.unique(initializer((20, 30), np.random.default_rng(0))).size == 600


@pytest.mark.parametrize("value", [0.5, 0.0, -2.0, 3])
def test_constant_gives_that_number_everywhere(value: float) -> None:
    weights = initializers.constant(value)((2, 3), np.random.default_rng(0))
    assert weights.dtype == np.float64
    assert np.array_equal(weights, np.full((2, 3), value))


def test_normal_without_scale_is_zero() -> None:
    assert not initializers.normal(0.0)((4, 5), np.random.default_rng(0)).any()


def test_no_inputs_or_outputs_give_an_empty_matrix_without_a_warning() -> None:
    for initializer in (glorot_normal, glorot_uniform, he_normal, he_uniform):
        for shape in [(0, 3), (3, 0), (0, 0)]:
            assert initializer(shape, np.random.default_rng(0)).shape == shape


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_dense_layer_draws_by_he_unless_told_and_starts_its_biases_at_zero(dtype: Any) -> None:
    """Weights have the orientation (in, out), so that the 400 inputs count for He."""
    rng = np.random.default_rng(0)
    he = layers.Dense(400, 100, rng=rng, dtype=dtype)
    glorot = layers.Dense(400, 100, rng=rng, initializer=glorot_uniform, dtype=dtype)
    for layer, variance in [(he, 2 / 400), (glorot, 2 / 500)]:
        assert layer.W.dtype == dtype
        assert np.mean(layer.W**2) == pytest.approx(variance, rel=5 * math.sqrt(2 / N))
        assert not layer.b.any()


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_the_first_loss_is_ln_k_if_the_last_weights_start_at_zero(classes: int) -> None:
    rng = np.random.default_rng(0)
    last = layers.Dense(8, classes, rng=rng, initializer=initializers.constant(0.0))
    net = layers.Sequential(layers.Dense(2, 8, rng=rng), layers.ReLU(), last)
    x, y = data.blobs(32, classes=classes, rng=rng)
    first, _ = losses.cross_entropy(net.forward(x), y)
    assert first == pytest.approx(math.log(classes), rel=1e-14)


@pytest.mark.parametrize(
    ("make", "value", "error", "words"),
    [
        (initializers.normal, -0.1, ValueError, "scale must be .*-0.1"),
        (initializers.normal, math.nan, ValueError, "scale must be .*nan"),
        (initializers.normal, math.inf, ValueError, "scale must be .*inf"),
        (initializers.normal, "wide", TypeError, "scale must be a number, got 'wide'"),
        (initializers.constant, math.nan, ValueError, "value must be .*nan"),
        (initializers.constant, math.inf, ValueError, "value must be .*inf"),
        (initializers.constant, -math.inf, ValueError, "value must be .*-inf"),
        (initializers.constant, None, TypeError, "value must be a number, got None"),
    ],
)
def test_a_bad_number_is_refused(make: Any, value: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        make(value)


@pytest.mark.parametrize(
    "initializer",
    [glorot_normal, glorot_uniform, he_normal, he_uniform, initializers.normal(0.1)],
    ids=["glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "normal"],
)
def test_a_seed_instead_of_a_generator_is_refused(initializer: Any) -> None:
    with pytest.raises(TypeError, match=r"rng must be a np.random.Generator, got 0"):
        initializer((3, 2), 0)
