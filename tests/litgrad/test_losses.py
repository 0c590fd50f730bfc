"""Losses: gradients against differences, values against closed forms."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from litgrad import losses
from tests.litgrad.slopes import differences

few = settings(max_examples=25, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32 - 1)
both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])

LABELS = np.array([2, 0, 1, 2])
BITS = np.array([1, 0, 0, 1])
EVERY = {
    "mean_squared_error": (losses.mean_squared_error, (4, 3), None),
    "binary_cross_entropy": (losses.binary_cross_entropy, (4,), BITS),
    "binary_cross_entropy of a column": (losses.binary_cross_entropy, (4, 1), BITS),
    "hinge": (losses.hinge, (4,), BITS),
    "hinge of a column": (losses.hinge, (4, 1), BITS),
    "cross_entropy": (losses.cross_entropy, (4, 3), LABELS),
}
every_loss = pytest.mark.parametrize(("loss", "shape", "target"), EVERY.values(), ids=EVERY)


def assert_slopes(loss, prediction, target):
    gradient = loss(prediction, target)[1]()
    expected = differences(lambda x: loss(x, target)[0], prediction)
    assert gradient.shape == prediction.shape
    assert np.abs(gradient - expected).max() <= 1e-6 * np.abs(expected).max(initial=1e-3)


def draw(seed, shape, dtype=float):
    """Scores of which none lies near the hinge's corner at -1 or 1."""
    rng = np.random.default_rng(seed)
    sizes = rng.uniform(0, 0.9, shape) + rng.choice([0.0, 1.1], shape)
    return (sizes * rng.choice([-1.0, 1.0], shape)).astype(dtype)


@few
@given(shape=npst.array_shapes(max_dims=3, max_side=3), seed=seeds)
def test_mean_squared_error_agrees_with_differences(shape, seed):
    assert_slopes(losses.mean_squared_error, draw(seed, shape), draw(seed + 1, shape))


@pytest.mark.parametrize("loss", [losses.binary_cross_entropy, losses.hinge])
@few
@given(n=st.integers(1, 5), column=st.booleans(), seed=seeds)
def test_a_loss_of_two_classes_agrees_with_differences(loss, n, column, seed):
    labels = np.random.default_rng(seed).integers(0, 2, n)
    assert_slopes(loss, draw(seed, (n, 1) if column else (n,)), labels)


@few
@given(n=st.integers(1, 4), classes=st.integers(1, 4), seed=seeds)
def test_cross_entropy_agrees_with_differences(n, classes, seed):
    labels = np.random.default_rng(seed).integers(0, classes, n)
    assert_slopes(losses.cross_entropy, draw(seed, (n, classes)), labels)


@every_loss
@both_dtypes
def test_a_loss_keeps_the_dtype(loss, shape, target, dtype):
    prediction = draw(0, shape, dtype)
    value, pullback = loss(prediction, draw(1, shape, dtype) if target is None else target)
    assert np.shape(value) == ()
    found = {value.dtype, pullback().dtype, pullback(2.0).dtype, pullback(dtype(2)).dtype}
    assert found == {np.dtype(dtype)}


@every_loss
def test_a_pullback_starts_at_1_and_scales_with_what_flows_in(loss, shape, target):
    pullback = loss(draw(0, shape), draw(1, shape) if target is None else target)[1]
    assert np.array_equal(pullback(), pullback(1.0))
    assert pullback(-3.0) == pytest.approx(-3 * pullback())
    assert np.abs(pullback()).max() > 0


@every_loss
def test_a_loss_never_writes_to_its_inputs_and_its_gradient_is_the_callers(loss, shape, target):
    prediction = draw(0, shape)
    target = draw(1, shape) if target is None else target.copy()
    before = prediction.copy(), target.copy()
    prediction.flags.writeable = target.flags.writeable = False
    pullback = loss(prediction, target)[1]
    first, second = pullback(), pullback()
    kept = first.copy()
    for a, b in [(first, second), (first, prediction), (first, target)]:
        assert not np.shares_memory(a, b)
    second *= 0
    loss(draw(2, shape), target)[1](5.0)
    assert np.array_equal(first, kept)
    assert np.array_equal(pullback(), kept)
    assert np.array_equal(prediction, before[0])
    assert np.array_equal(target, before[1])


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int32, np.uint64, list])
@pytest.mark.parametrize("loss", [losses.binary_cross_entropy, losses.hinge, losses.cross_entropy])
def test_labels_may_be_integers_of_any_size(loss, kind):
    scores = draw(0, (4, 2) if loss is losses.cross_entropy else (4,))
    value, pullback = loss(scores, BITS)
    same, same_pullback = loss(scores, kind(BITS) if kind is list else BITS.astype(kind))
    assert value == same
    assert np.array_equal(pullback(), same_pullback())


@pytest.mark.parametrize("classes", [1, 2, 3, 10, 1000])
@pytest.mark.parametrize("level", [0.0, -7.0, 1e4])
@both_dtypes
def test_the_cross_entropy_of_equal_logits_is_the_logarithm_of_their_number(classes, level, dtype):
    loss, pullback = losses.cross_entropy(np.full((1, classes), level, dtype), np.array([0]))
    assert float(loss) == pytest.approx(math.log(classes), rel=1e-6)
    expected = np.full(classes, 1 / classes) - (np.arange(classes) == 0)
    assert pullback()[0] == pytest.approx(expected, rel=1e-6)


def test_each_row_of_p_minus_y_sums_to_0_and_only_the_true_class_is_pulled_up():
    gradient = losses.cross_entropy(draw(0, (50, 10)), np.arange(50) % 10)[1]()
    assert gradient.sum(axis=1) == pytest.approx(np.zeros(50), abs=1e-16)
    assert np.array_equal(gradient < 0, np.arange(10) == (np.arange(50) % 10)[:, None])


@pytest.mark.parametrize(
    ("logits", "label", "loss", "gradient"),
    [
        ([1e4, -1e4], 1, 2e4, [1, -1]),
        ([1e4, -1e4], 0, 0, [0, 0]),
        ([700, -700, 0], 2, 700, [1, 0, -1]),
        ([1000, 1001, 1002], 2, 0.40760596, [0.09003057, 0.24472847, -0.33475904]),
        ([0, 0, 0, 0], 3, math.log(4), [0.25, 0.25, 0.25, -0.75]),
        ([5e-324, -1e-310], 0, math.log(2), [-0.5, 0.5]),
    ],
)
@both_dtypes
def test_cross_entropy_is_right_for_extreme_logits(logits, label, loss, gradient, dtype):
    value, pullback = losses.cross_entropy(np.array([logits]).astype(dtype), np.array([label]))
    assert float(value) == pytest.approx(loss, rel=1e-6, abs=1e-7)
    assert pullback()[0] == pytest.approx(np.array(gradient), rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("size", [0, 5e-324, 1e-310, 1e-40, 0.5, 20, 40, 80, 700, 1e4])
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("label", [0, 1])
@both_dtypes
def test_binary_cross_entropy_keeps_its_digits(size, sign, label, dtype):
    logit = np.array([sign * size]).astype(dtype)
    value, pullback = losses.binary_cross_entropy(logit, np.array([label]))
    towards = Decimal(float(logit[0])) * (1 if label else -1)
    with localcontext(prec=400):
        wrong = (-towards).exp() / (1 + (-towards).exp())  # p - y, but for its sign
        loss = (1 + (-towards).exp()).ln()
    info = np.finfo(dtype)
    rel, tiny = 8 * float(info.eps), 2 * float(info.smallest_subnormal)
    assert float(value) == pytest.approx(float(loss), rel=rel, abs=tiny)
    assert float(pullback()[0]) == pytest.approx(
        float(-wrong if label else wrong), rel=rel, abs=tiny
    )


def test_binary_cross_entropy_is_cross_entropy_of_two_logits_one_of_them_0():
    z = np.linspace(-30, 30, 61)
    bits = np.arange(61) % 2
    one, pullback = losses.binary_cross_entropy(z, bits)
    two, pullback_2 = losses.cross_entropy(np.column_stack([np.zeros(61), z]), bits)
    assert float(one) == pytest.approx(float(two), rel=1e-14)
    assert pullback() == pytest.approx(pullback_2()[:, 1], abs=1e-16)


def test_a_column_of_logits_is_no_other_problem_than_a_row():
    z = draw(0, (4,))
    for loss in (losses.binary_cross_entropy, losses.hinge):
        value, pullback = loss(z, BITS)
        same, pullback_2 = loss(z[:, None], BITS)
        assert value == same
        assert np.array_equal(pullback()[:, None], pullback_2())


def test_for_label_1_the_loss_falls_all_the_way_to_a_probability_of_1():
    p = np.array([0.01, 0.2, 1 / 3, 0.5, 0.9, 0.99, 1 - 1e-9])
    values = [losses.binary_cross_entropy(np.log([q / (1 - q)]), np.array([1]))[0] for q in p]
    assert values == pytest.approx(-np.log(p))
    assert np.all(np.diff(values) < 0)


def test_hinge_by_hand():
    scores, labels = np.array([2.0, 0.5, -0.5, -3.0, 1.0]), np.array([1, 1, 0, 1, 1])
    loss, pullback = losses.hinge(scores, labels)
    assert loss == pytest.approx((0 + 0.5 + 0.5 + 4 + 0) / 5)
    assert pullback() == pytest.approx(np.array([0, -1, 1, -1, 0]) / 5)


def test_mean_squared_error_by_hand_divides_by_all_numbers():
    loss, pullback = losses.mean_squared_error(np.array([[1.0, 2.0], [3.0, 0.0]]), np.zeros((2, 2)))
    assert loss == (1 + 4 + 9) / 4
    assert pullback().tolist() == [[0.5, 1.0], [1.5, 0.0]]


def test_mean_squared_error_takes_python_numbers():
    loss, pullback = losses.mean_squared_error(3.0, 1)
    assert (float(loss), float(pullback())) == (4.0, 4.0)


@pytest.mark.parametrize("loss", [losses.hinge, losses.mean_squared_error])
def test_a_loss_of_enormous_scores_is_finite(loss):
    scores = np.array([1e150, -1e150])
    target = BITS[:2] if loss is losses.hinge else np.zeros(2)
    value, pullback = loss(scores, target)
    assert np.isfinite(value)
    assert np.isfinite(pullback()).all()


@pytest.mark.parametrize(("one", "other"), [((3,), (3, 1)), ((3, 1), (3,)), ((2,), (3,))])
def test_a_prediction_and_a_target_of_two_shapes_are_refused(one, other):
    with pytest.raises(ValueError, match="must have one shape, got"):
        losses.mean_squared_error(np.ones(one), np.ones(other))


def test_logits_without_classes_are_refused():
    with pytest.raises(ValueError, match="at least one class"):
        losses.cross_entropy(np.ones((2, 0)), np.array([0, 0]))


@pytest.mark.parametrize(("label", "loss", "gradient"), [(0, 0, [0, 0]), (1, 3.4e38, [1, -1])])
def test_logits_farther_apart_than_the_largest_float_have_a_finite_loss(label, loss, gradient):
    logits = np.array([[3e38, -3e38], [0.0, 1.0]], np.float32)
    value, pullback = losses.cross_entropy(logits[:1], np.array([label]))
    assert float(value) == pytest.approx(loss, rel=1e-2)
    assert pullback()[0].tolist() == gradient
    _, both = losses.cross_entropy(logits, np.array([label, 0]))
    _, alone = losses.cross_entropy(logits[1:], np.array([0]))
    assert np.array_equal(2 * both()[1], alone()[0])  # the other example is as it was
