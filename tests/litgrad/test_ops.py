"""Operations: slopes against differences, values against closed forms, and good manners."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from litgrad import ops
from tests.litgrad.slopes import differences

few = settings(max_examples=25, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32 - 1)
shapes = npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
sides = st.integers(0, 3)


def power(exponent):
    return lambda x: ops.power(x, exponent)


ELEMENTWISE = {
    "exp": ops.exp,
    "log": ops.log,
    "sigmoid": ops.sigmoid,
    "tanh": ops.tanh,
    "relu": ops.relu,
    "leaky_relu": ops.leaky_relu,
    "leaky_relu with slope 0.3": lambda z: ops.leaky_relu(z, slope=0.3),
    **{f"power {p}": power(p) for p in (-2, -0.5, 0, 0.5, 1, 2, 3.0)},
}
PAIRWISE = {
    "add": ops.add,
    "subtract": ops.subtract,
    "multiply": ops.multiply,
    "divide": ops.divide,
}
EVERY = {
    **{name: (op, [(2, 3)]) for name, op in ELEMENTWISE.items()},
    **{name: (op, [(2, 3), (3,)]) for name, op in PAIRWISE.items()},
    "affine": (ops.affine, [(4, 2), (2, 3), (3,)]),
    "matmul": (ops.matmul, [(4, 2), (2, 3)]),
    "matmul of vectors": (ops.matmul, [(3,), (3,)]),
    "softmax": (ops.softmax, [(2, 3)]),
    "sum": (ops.sum, [(2, 3)]),
    "sum over rows": (lambda x: ops.sum(x, axis=0), [(2, 3)]),
    "mean": (ops.mean, [(2, 3)]),
    "mean over columns": (lambda x: ops.mean(x, axis=-1), [(2, 3)]),
    "mean over two axes": (lambda x: ops.mean(x, axis=(0, 2)), [(2, 3, 2)]),
    "reshape": (lambda x: ops.reshape(x, (3, -1)), [(2, 3)]),
    "transpose": (ops.transpose, [(2, 3)]),
    "take a row": (lambda x: ops.take(x, 1), [(2, 3)]),
    "take a part": (lambda x: ops.take(x, (slice(None), slice(1, 3))), [(2, 3)]),
    "take some twice": (lambda x: ops.take(x, ([0, 1, 1], [2, 0, 0])), [(2, 3)]),
    "take by a mask": (lambda x: ops.take(x, np.eye(2, 3, dtype=bool)), [(2, 3)]),
}
every_op = pytest.mark.parametrize(("op", "of"), EVERY.values(), ids=EVERY)
both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def draw(seed, *of, positive=False, dtype=float):
    """Arrays of these shapes with entries away from 0, where some slopes jump."""
    rng = np.random.default_rng(seed)
    arrays = [np.asarray(rng.uniform(0.3, 2, shape)) for shape in of]
    if not positive:
        arrays = [a * rng.choice([-1.0, 1.0], a.shape) for a in arrays]
    return [np.asarray(a, dtype) for a in arrays]


def as_tuple(gradients):
    return gradients if isinstance(gradients, tuple) else (gradients,)


def assert_slopes(op, *inputs):
    """The pullback agrees with differences, for every input."""
    value, pullback = op(*inputs)
    weights = np.random.default_rng(1).normal(size=np.shape(value))
    gradients = as_tuple(pullback(weights))
    assert len(gradients) == len(inputs)
    for i, (x, gradient) in enumerate(zip(inputs, gradients, strict=True)):
        expected = differences(
            lambda x, i=i: np.sum(weights * op(*inputs[:i], x, *inputs[i + 1 :])[0]), x
        )
        scale = np.abs(expected).max(initial=1e-3)
        assert gradient.shape == x.shape
        assert np.abs(gradient - expected).max(initial=0) <= 1e-6 * scale


@pytest.mark.parametrize("name", ELEMENTWISE)
@few
@given(shape=shapes, seed=seeds)
def test_an_elementwise_op_agrees_with_differences(name, shape, seed):
    positive = name in {"log", "power -0.5", "power 0.5"}
    assert_slopes(ELEMENTWISE[name], *draw(seed, shape, positive=positive))


@pytest.mark.parametrize("op", PAIRWISE.values(), ids=PAIRWISE)
@few
@given(
    pair=npst.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, min_side=0, max_side=3),
    seed=seeds,
)
def test_an_op_on_two_arrays_of_shapes_that_broadcast_agrees_with_differences(op, pair, seed):
    assert_slopes(op, *draw(seed, *pair.input_shapes))


@pytest.mark.parametrize("op", PAIRWISE.values(), ids=PAIRWISE)
@pytest.mark.parametrize(
    "of",
    [[(), (2, 3)], [(2, 3), ()], [(3, 1), (1, 2)], [(3,), (2, 3)], [(1,), ()], [(0, 1), (1, 2)]],
)
def test_the_stretched_input_of_a_pair_gets_the_sum(op, of):
    assert_slopes(op, *draw(0, *of))


@few
@given(n=sides, i=sides, o=sides, seed=seeds)
def test_affine_agrees_with_differences_for_its_three_inputs(n, i, o, seed):
    assert_slopes(ops.affine, *draw(seed, (n, i), (i, o), (o,)))


@pytest.mark.parametrize("letters", [("nk", "km"), ("k", "km"), ("nk", "k"), ("k", "k")])
@few
@given(n=sides, k=sides, m=sides, seed=seeds)
def test_matmul_agrees_with_differences(letters, n, k, m, seed):
    sizes = {"n": n, "k": k, "m": m}
    assert_slopes(ops.matmul, *draw(seed, *(tuple(sizes[c] for c in word) for word in letters)))


@pytest.mark.parametrize("op", [ops.sum, ops.mean])
@few
@given(shape=npst.array_shapes(max_dims=3, max_side=3), axis=st.integers(-4, 2), seed=seeds)
def test_sum_and_mean_agree_with_differences_along_every_axis(op, shape, axis, seed):
    axis = axis if -len(shape) <= axis < len(shape) else None
    assert_slopes(lambda x: op(x, axis=axis), *draw(seed, shape))


@pytest.mark.parametrize(("shape", "axis"), [((0,), None), ((0, 2), 0), ((0, 2), 1), ((), None)])
def test_a_sum_over_nothing_is_0_and_a_sum_of_a_number_is_the_number(shape, axis):
    x = np.full(shape, 7.0)
    z, pullback = ops.sum(x, axis=axis)
    assert np.array_equal(z, np.full(np.shape(z), 7.0 if shape == () else 0.0))
    assert pullback(np.ones(np.shape(z))).shape == shape


@few
@given(shape=npst.array_shapes(max_dims=3, max_side=4), seed=seeds)
def test_softmax_agrees_with_differences(shape, seed):
    assert_slopes(ops.softmax, *draw(seed, shape))


@every_op
@both_dtypes
def test_an_op_keeps_the_dtype_in_its_value_and_every_gradient(op, of, dtype):
    value, pullback = op(*draw(0, *of, positive=True, dtype=dtype))
    gradients = as_tuple(pullback(np.ones(np.shape(value), dtype)))
    assert {value.dtype, *(d.dtype for d in gradients)} == {np.dtype(dtype)}


@pytest.mark.parametrize("op", PAIRWISE.values(), ids=PAIRWISE)
@pytest.mark.parametrize("number", [2, 2.5])
@both_dtypes
def test_a_python_number_beside_an_array_takes_its_dtype(op, number, dtype):
    x = np.array([1.0, 2.0], dtype)
    for inputs in [(x, number), (number, x)]:
        value, pullback = op(*inputs)
        gradients = pullback(np.ones(2, dtype))
        assert {value.dtype, *(d.dtype for d in gradients)} == {np.dtype(dtype)}


@both_dtypes
def test_a_python_number_as_gradient_takes_the_dtype_of_the_value(dtype):
    assert ops.sum(np.ones(2, dtype))[1](3).dtype == dtype
    assert ops.mean(np.ones(2, dtype))[1](3.0).tolist() == [1.5, 1.5]
    assert ops.mean(np.ones(2, dtype))[1](3.0).dtype == dtype


@pytest.mark.parametrize("exponent", [0, 2, 2.0, 0.5, np.float64(2)], ids=repr)
def test_a_power_of_a_float32_array_is_float32_whatever_the_exponent(exponent):
    value, pullback = ops.power(np.ones(2, np.float32), exponent)
    assert {value.dtype, pullback(np.ones(2, np.float32)).dtype} == {np.dtype(np.float32)}


@every_op
def test_an_op_never_writes_to_its_inputs_and_what_it_returns_is_the_callers(op, of):
    inputs = draw(0, *of, positive=True)
    before = [x.copy() for x in inputs]
    weights = np.ones(np.shape(op(*inputs)[0]))
    for array in (*inputs, weights):
        array.flags.writeable = False
    value, pullback = op(*inputs)
    results = [value, *as_tuple(pullback(weights)), *as_tuple(pullback(weights))]
    kept = [np.copy(result) for result in results]
    for i, result in enumerate(results):
        for other in (*inputs, weights, *results[:i]):
            assert not np.shares_memory(result, other)
    op(*draw(1, *of, positive=True))[1](2 * weights)
    assert all(np.array_equal(*pair) for pair in zip(results, kept, strict=True))
    assert all(np.array_equal(*pair) for pair in zip(inputs, before, strict=True))
    half = len(results) // 2 + 1
    assert all(np.array_equal(*p) for p in zip(results[1:half], results[half:], strict=True))


@every_op
def test_an_op_agrees_with_differences(op, of):
    assert_slopes(op, *draw(0, *of, positive=True))


@every_op
def test_what_an_op_returns_may_be_changed_before_its_pullback_is_called(op, of):
    inputs = draw(0, *of, positive=True)
    value, pullback = op(*inputs)
    weights = draw(1, np.shape(value))[0]
    expected = as_tuple(op(*inputs)[1](weights))
    if isinstance(value, np.ndarray):
        value -= 5
    assert all(map(np.array_equal, as_tuple(pullback(weights)), expected))


EXTREMES = [
    s * z for z in (0.0, 5e-324, 1e-310, 1e-40, 1.0, 20.0, 40.0, 700.0, 1e4) for s in (1, -1)
]


def exact(name, z):
    """Value and slope with 60 digits."""
    with localcontext(prec=60):
        e = (-abs(Decimal(z))).exp()
        if name == "sigmoid":
            return (1 if z >= 0 else e) / (1 + e), e / (1 + e) ** 2
        return (1 - e * e) / (1 + e * e) * (1 if z >= 0 else -1), 4 * e * e / (1 + e * e) ** 2


@pytest.mark.parametrize("z", EXTREMES)
@both_dtypes
def test_sigmoid_keeps_its_digits_in_the_tails(z, dtype):
    z = np.array([z]).astype(dtype)
    a, pullback = ops.sigmoid(z)
    value, slope = exact("sigmoid", float(z[0]))
    info = np.finfo(dtype)
    rel, tiny = 8 * float(info.eps), 2 * float(info.smallest_subnormal)
    assert float(a[0]) == pytest.approx(float(value), rel=rel, abs=tiny)
    assert float(pullback(np.ones(1, dtype))[0]) == pytest.approx(float(slope), rel=rel, abs=tiny)


@pytest.mark.parametrize("z", EXTREMES)
@both_dtypes
def test_tanh_keeps_the_digits_of_its_value_and_its_slope_to_the_precision_of_1(z, dtype):
    z = np.array([z]).astype(dtype)
    a, pullback = ops.tanh(z)
    value, slope = exact("tanh", float(z[0]))
    eps = float(np.finfo(dtype).eps)
    assert float(a[0]) == pytest.approx(float(value), rel=8 * eps, abs=1e-45)
    # 1 - a² as the formula says it: in the far tails a is 1 and the slope 0.
    (dz,) = pullback(np.ones(1, dtype))
    assert 0 <= dz == pytest.approx(float(slope), rel=0, abs=4 * eps)


@pytest.mark.parametrize("z", EXTREMES)
@both_dtypes
def test_relu_and_leaky_relu_are_right_for_the_largest_and_the_smallest(z, dtype):
    z = np.array([z]).astype(dtype)
    a, pullback = ops.relu(z)
    assert (a[0], pullback(np.ones(1, dtype))[0]) == ((z[0], 1) if z > 0 else (0, 0))
    a, pullback = ops.leaky_relu(z, slope=0.5)
    assert (a[0], pullback(np.ones(1, dtype))[0]) == (
        (z[0], 1) if z > 0 else (z[0] * dtype(0.5), 0.5)
    )


@both_dtypes
def test_exp_and_log_reach_the_ends_of_the_numbers(dtype):
    info = np.finfo(dtype)
    near = math.floor(math.log(float(info.max)))
    assert float(ops.exp(dtype(near))[0]) == pytest.approx(math.exp(near), rel=1e-5)
    assert ops.exp(dtype(-1e4))[0] == 0
    smallest = float(info.smallest_subnormal)
    assert float(ops.log(info.smallest_subnormal)[0]) == pytest.approx(math.log(smallest), rel=1e-6)
    with pytest.raises(
        ValueError, match=r"exp needs x below 709.78 \(in float32 88.72\), where it overflows, got"
    ):
        ops.exp(dtype(near + 2))


def test_exp_takes_the_last_number_whose_power_is_finite_and_no_other():
    first = np.float32(math.log(float(np.finfo(np.float32).max)))  # 88.722839, rounded up
    value, pullback = ops.exp(np.nextafter(first, np.float32(0)))
    assert np.isfinite(value)
    assert pullback(1.0) == value
    with pytest.raises(ValueError, match=r"exp needs x below .*got 88\.72283"):
        ops.exp(first)


@pytest.mark.parametrize(
    ("z", "p"),
    [
        ([1000, 1001, 1002], [0.09003057, 0.24472847, 0.66524096]),
        ([-1000, -1001, -1002], [0.66524096, 0.24472847, 0.09003057]),
        ([1e4, -1e4], [1, 0]),
        ([0, -700, -1e4], [1, math.exp(-700), 0]),
        ([5e-324, 0, 1e-310, -1e-40], [0.25] * 4),
        ([1e4], [1]),
        ([[1000, 1001], [-1000, -1000], [0, 1e4]], [[0.26894142, 0.73105858], [0.5, 0.5], [0, 1]]),
    ],
)
@both_dtypes
def test_softmax_is_right_for_extreme_scores(z, p, dtype):
    z = np.array(z).astype(dtype)
    found, pullback = ops.softmax(z)
    assert found == pytest.approx(np.array(p), rel=1e-6, abs=1e-45 if dtype == np.float32 else 0)
    g = np.arange(1.0, z.size + 1).reshape(z.shape)
    expected = np.array(p) * (g - np.sum(p * g, axis=-1, keepdims=True))
    assert pullback(g.astype(dtype)) == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_the_slope_of_sigmoid_is_at_most_a_quarter_and_there_only_at_0():
    z = np.linspace(-9, 9, 1801)
    slope = ops.sigmoid(z)[1](np.ones(1801))
    assert z[slope.argmax()] == pytest.approx(0, abs=1e-12)
    assert slope.max() == 0.25


def test_tanh_is_a_sigmoid_stretched_and_shifted():
    z = np.linspace(-5, 5, 101)
    assert ops.tanh(z)[0] == pytest.approx(2 * ops.sigmoid(2 * z)[0] - 1, abs=1e-15)


def test_the_slope_of_relu_at_0_is_0_and_that_of_leaky_relu_the_leak():
    assert ops.relu(np.zeros(()))[1](1.0) == 0
    assert ops.leaky_relu(np.zeros(()))[1](1.0) == 0.01
    assert ops.leaky_relu(np.array(-3.0))[0] == pytest.approx(-0.03)


def test_affine_by_hand():
    x, W, b = np.array([[1.0, 2.0]]), np.array([[1.0, 0.0, -1.0], [2.0, 3.0, 0.5]]), np.ones(3)
    z, pullback = ops.affine(x, W, b)
    dx, dW, db = pullback(np.array([[1.0, -1.0, 2.0]]))
    assert z.tolist() == [[6, 7, 1]]
    assert dx.tolist() == [[-1, 0]]
    assert dW.tolist() == [[1, -1, 2], [2, -2, 4]]
    assert db.tolist() == [1, -1, 2]


T = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 9.0]])


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (ops.add(T, 10.0), [[11, 12, 13], [14, 15, 19]]),
        (ops.subtract(np.array([10.0, 0.0, -1.0]), T), [[9, -2, -4], [6, -5, -10]]),
        (ops.multiply(np.array([[2.0], [-1.0]]), T), [[2, 4, 6], [-4, -5, -9]]),
        (ops.divide(T, np.array([2.0, 4.0, -1.0])), [[0.5, 0.5, -3], [2, 1.25, -9]]),
        (ops.power(T, 2), [[1, 4, 9], [16, 25, 81]]),
        (ops.power(T, -1), [[1, 1 / 2, 1 / 3], [1 / 4, 1 / 5, 1 / 9]]),
        (ops.power(np.array([4.0, 9.0]), 0.5), [2, 3]),
        (ops.exp(np.array([1.0, -1.0])), [math.e, 1 / math.e]),
        (ops.log(np.array([math.e, 10.0])), [1, 2.302585092994046]),
        (ops.sum(T), 24),
        (ops.sum(T, axis=0), [5, 7, 12]),
        (ops.sum(T, axis=-1), [6, 18]),
        (ops.mean(T), 4),
        (ops.mean(T, axis=0), [2.5, 3.5, 6]),
        (ops.mean(T, axis=1), [2, 6]),
        (ops.sum(T, axis=(0, 1)), 24),
        (ops.mean(T[None], axis=(0, 2)), [2, 6]),
        (ops.reshape(T, (3, 2)), [[1, 2], [3, 4], [5, 9]]),
        (ops.reshape(T, -1), [1, 2, 3, 4, 5, 9]),
        (ops.transpose(T), [[1, 4], [2, 5], [3, 9]]),
        (ops.take(T, (0, -1)), 3),
        (ops.take(T, T > 2), [3, 4, 5, 9]),
        (ops.take(T, [1, 0, 1]), [[4, 5, 9], [1, 2, 3], [4, 5, 9]]),
        (ops.matmul(T, np.array([1.0, 0.0, -1.0])), [-2, -5]),
        (ops.matmul(np.array([1.0, -1.0]), T), [-3, -3, -6]),
        (ops.matmul(T, T.T), [[14, 41], [41, 122]]),
        (ops.matmul(np.array([1.0, 2.0]), np.array([3.0, 4.0])), 11),
        (ops.leaky_relu(np.array([-3.0, 2.0])), [-0.03, 2]),
    ],
)
def test_values_by_hand(found, expected):
    assert np.shape(found[0]) == np.shape(expected)
    assert found[0] == pytest.approx(np.array(expected), rel=1e-14)


@pytest.mark.parametrize(
    ("exponent", "value", "slope"), [(0, 1, 0), (1, 0, 1), (1.5, 0, 0), (2, 0, 0)]
)
def test_powers_of_0_from_the_exponent_0_up_and_in_between_from_1(exponent, value, slope):
    z, pullback = ops.power(np.zeros(1), exponent)
    assert (z.tolist(), pullback(np.ones(1)).tolist()) == ([value], [slope])
