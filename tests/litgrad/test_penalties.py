"""Penalties: slopes against differences, worked examples, and the exact step of an L1 penalty."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from litgrad import layers, penalties
from tests.litgrad.slopes import differences

few = settings(max_examples=25, deadline=None, derandomize=True)
both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])
EVERY = {
    "l1": penalties.l1(0.3),
    "l2": penalties.l2(0.7),
    "elastic_net": penalties.elastic_net(l1=0.3, l2=0.7),
    "none": penalties.l2(0),
}
every_penalty = pytest.mark.parametrize("penalty", EVERY.values(), ids=EVERY)


@every_penalty
@few
@given(shape=npst.array_shapes(max_dims=2, min_side=0, max_side=4), seed=st.integers(0, 2**32 - 1))
def test_a_penalty_agrees_with_differences(penalty, shape, seed):
    rng = np.random.default_rng(seed)
    w = rng.uniform(0.1, 2, shape) * rng.choice([-1.0, 1.0], shape)
    gradient = penalty(w)[1]()
    assert gradient.shape == shape
    expected = differences(lambda w: penalty(w)[0], w)
    assert gradient == pytest.approx(expected, rel=1e-6, abs=1e-9)


@every_penalty
@both_dtypes
def test_a_penalty_keeps_the_dtype(penalty, dtype):
    value, pullback = penalty(np.array([1.0, -2.0], dtype))
    found = {value.dtype, pullback().dtype, pullback(0.5).dtype, pullback(dtype(0.5)).dtype}
    assert found == {np.dtype(dtype)}
    assert penalties.soft_threshold(np.array([1.0, -2.0], dtype), 0.5).dtype == dtype


@pytest.mark.parametrize(
    ("penalty", "value", "gradient"),
    [
        (penalties.l1(0.5), 2.5, [0.5, -0.5, 0.0]),
        (penalties.l2(0.5), 3.25, [1.5, -1.0, 0.0]),
        (penalties.elastic_net(l1=0.5, l2=0.5), 5.75, [2.0, -1.5, 0.0]),
        (penalties.elastic_net(l1=0, l2=0), 0.0, [0.0, 0.0, 0.0]),
    ],
)
def test_a_penalty_by_hand(penalty, value, gradient):
    found, pullback = penalty(np.array([3.0, -2.0, 0.0]))
    assert found == pytest.approx(value)
    assert pullback() == pytest.approx(np.array(gradient))
    assert pullback(-2.0) == pytest.approx(-2 * np.array(gradient))


@every_penalty
def test_no_weights_cost_nothing(penalty):
    value, pullback = penalty(np.zeros(0))
    assert (value, pullback().shape) == (0, (0,))


@every_penalty
def test_a_penalty_never_writes_to_the_weights_and_its_gradient_is_the_callers(penalty):
    w = np.array([1.0, -2.0, 0.0])
    w.flags.writeable = False
    pullback = penalty(w)[1]
    first, second = pullback(), pullback()
    kept = first.copy()
    assert not np.shares_memory(first, second)
    assert not np.shares_memory(first, w)
    second += 1
    penalty(2 * w)[1](3.0)
    assert np.array_equal(first, kept)
    assert np.array_equal(pullback(), kept)
    assert w.tolist() == [1, -2, 0]


def test_masked_parameters_cost_nothing_and_are_not_moved_where_they_are_biases():
    net = layers.MLP([2, 3, 1], rng=np.random.default_rng(0))
    net.parameters = np.arange(1.0, 14.0)
    value, pullback = penalties.l2(1.0)(net.parameters * net.weight_mask)
    weights = np.array([*range(1, 7), *range(10, 13)], float)
    assert value == pytest.approx(np.square(weights).sum() / 2)
    assert pullback().tolist() == [1, 2, 3, 4, 5, 6, 0, 0, 0, 10, 11, 12, 0]


@pytest.mark.parametrize(
    ("w", "threshold", "expected"),
    [
        ([3, 1, 0.4], 0.5, [2.5, 0.5, 0]),
        ([-3, -1, -0.4], 0.5, [-2.5, -0.5, 0]),
        ([0.5, -0.5, 0], 0.5, [0, 0, 0]),
        ([1, -1], 0, [1, -1]),
        ([1e4, -5e-324], 1e5, [0, 0]),
        ([], 1, []),
    ],
)
@both_dtypes
def test_soft_threshold_by_hand(w, threshold, expected, dtype):
    found = penalties.soft_threshold(np.array(w).astype(dtype), threshold)
    assert found == pytest.approx(np.array(expected))
    assert not np.signbit(found[found == 0]).any()


@pytest.mark.parametrize("w", [-2.0, -0.3, 0.0, 0.1, 1.7])
@pytest.mark.parametrize("threshold", [0.0, 0.25, 1.0])
def test_soft_threshold_is_the_lowest_point_of_its_problem(w, threshold):
    v = np.linspace(-3, 3, 600_001)
    lowest = v[np.argmin((v - w) ** 2 / 2 + threshold * np.abs(v))]
    assert penalties.soft_threshold(w, threshold) == pytest.approx(lowest, abs=1e-5)


def test_soft_threshold_gives_a_new_array():
    w = np.array([1.0, -2.0])
    w.flags.writeable = False
    found = penalties.soft_threshold(w, 0.0)
    assert not np.shares_memory(found, w)
    assert w.tolist() == [1, -2]


@pytest.mark.parametrize("strength", [-0.1, np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("strength", penalties.l1),
        ("strength", penalties.l2),
        ("l1", lambda s: penalties.elastic_net(l1=s, l2=0)),
        ("l2", lambda s: penalties.elastic_net(l1=0, l2=s)),
        ("threshold", lambda s: penalties.soft_threshold(np.ones(2), s)),
    ],
)
def test_a_strength_below_0_or_not_finite_is_refused(name, make, strength):
    with pytest.raises(ValueError, match=rf"{name} must be in \[0, inf\), got {strength}"):
        make(strength)


@pytest.mark.parametrize("strength", ["0.1", None, 1j, [0.1]])
def test_a_strength_that_is_no_number_is_refused(strength):
    with pytest.raises(TypeError, match="must be a number, got"):
        penalties.l2(strength)
