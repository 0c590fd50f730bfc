"""Gradient checks: differences worked by hand, right pullbacks pass, planted faults are named."""

import numpy as np
import pytest

from litgrad import gradcheck, layers, losses, ops


def planted(rule, change):
    """An operation whose pullback's results are changed."""

    def operation(*inputs):
        value, pullback = rule(*inputs)
        return value, lambda gradient: change(pullback(gradient))

    return operation


def test_differences_on_a_cubic_are_off_by_the_square_of_the_step():
    found = gradcheck.differences(lambda x: x**3, 2.0, step=0.1)
    assert found.shape == ()
    assert float(found) == pytest.approx(12 + 0.1**2, rel=1e-12)  # 3x² + h²


@pytest.mark.parametrize("shape", [(3,), (2, 3), (1, 1), (0,), (2, 0)])
def test_differences_have_the_shape_of_x_and_are_exact_for_a_parabola(shape):
    x = np.arange(1.0, np.prod(shape) + 1).reshape(shape)
    x.flags.writeable = False
    found = gradcheck.differences(lambda x: np.sum(x * x), x, step=0.5)
    assert found.shape == shape
    assert found == pytest.approx(2 * x)


def test_differences_take_float32_but_compute_in_float64():
    seen = []

    def function(x):
        seen.append(x.dtype)
        return x.sum()

    found = gradcheck.differences(function, np.ones(2, np.float32))
    assert {*seen, found.dtype} == {np.dtype(np.float64)}
    assert len(seen) == 4


@pytest.mark.parametrize("step", [0, -1e-5, np.nan, np.inf])
def test_a_step_that_is_not_positive_is_refused(step):
    with pytest.raises(ValueError, match=rf"step must be in \(0, inf\), got {step}"):
        gradcheck.differences(lambda x: x, 1.0, step=step)


RIGHT = {
    "affine": (ops.affine, [(4, 2), (2, 3), (3,)]),
    "matmul": (ops.matmul, [(4, 2), (2,)]),
    "multiply": (ops.multiply, [(2, 3), (3,)]),
    "divide": (ops.divide, [(3, 1), (1, 2)]),
    "tanh": (ops.tanh, [()]),
    "softmax": (ops.softmax, [(2, 3)]),
    "mean": (ops.mean, [(2, 3)]),
    "of nothing": (ops.sigmoid, [(0, 3)]),
    "mean_squared_error": (lambda p: losses.mean_squared_error(p, np.ones(4)), [(4,)]),
}


@pytest.mark.parametrize(("rule", "shapes"), RIGHT.values(), ids=RIGHT)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_right_pullback_passes_with_a_tiny_error_and_the_inputs_stay(rule, shapes, dtype):
    rng = np.random.default_rng(0)
    inputs = [rng.uniform(0.5, 2, shape).astype(dtype) for shape in shapes]
    before = [x.copy() for x in inputs]
    assert 0 <= gradcheck.check(rule, *inputs) < 1e-8
    assert all(np.array_equal(*pair) for pair in zip(inputs, before, strict=True))


def test_labels_and_options_are_held_fixed():
    logits = np.array([[0.5, -1.0, 2.0], [0.0, 1.0, 0.0]])
    assert gradcheck.check(losses.cross_entropy, logits, np.array([2, 0])) < 1e-8
    assert gradcheck.check(losses.cross_entropy, logits, [2, 0]) < 1e-8
    assert gradcheck.check(ops.power, np.array([1.0, 2.0]), 3) < 1e-8


X, Y = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([[0.5, -1.0, 1.5]])


def wrong_entry(gradients):
    dx = gradients[0].copy()
    dx[1, 2] += 1e-4
    return dx, gradients[1]


FAULTS = {
    "sign": (lambda g: (g[0], -g[1]), r"input 1 at \[0, 0\]"),
    "factor": (lambda g: (2 * g[0], g[1]), r"input 0 at \[\d, \d\]"),
    "one entry": (wrong_entry, r"input 0 at \[1, 2\]"),
    "inputs swapped": (lambda g: (g[1], g[0]), r"input 0: .* shape \(1, 3\).* \(2, 3\)"),
    "no sum over what was stretched": (
        lambda g: (g[0], np.vstack([g[1], g[1]])),
        r"input 1: the pullback gives shape \(2, 3\), the input has \(1, 3\)",
    ),
    "transposed": (lambda g: (g[0].T, g[1]), r"input 0: .* shape \(3, 2\).* \(2, 3\)"),
    "a dimension lost": (lambda g: (g[0], g[1][0]), r"input 1: .* shape \(3,\).* \(1, 3\)"),
    "not a number": (lambda g: (g[0] * np.nan, g[1]), r"input 0 at \[0, 0\]: .* nan, diff"),
    "nothing": (lambda g: (0 * g[0], 0 * g[1]), r"input 0 at .* gives -?0, differences give"),
}


@pytest.mark.parametrize(("change", "message"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_caught_and_named(change, message):
    assert gradcheck.check(ops.multiply, X, Y) < 1e-8
    with pytest.raises(AssertionError, match=message):
        gradcheck.check(planted(ops.multiply, change), X, Y)


@pytest.mark.parametrize(
    ("change", "given"), [(lambda g: g[0], 1), (lambda g: (*g, g[0]), 3), (lambda _: (), 0)]
)
def test_a_gradient_too_few_or_too_many_is_told(change, given):
    with pytest.raises(AssertionError, match=f"a gradient for each input .* got {given} for 2"):
        gradcheck.check(planted(ops.multiply, change), X, Y)


def test_a_gradient_of_zeros_is_not_divided_by_nothing():
    def noisy(x):  # constant, but for what rounding leaves
        return x.sum() - x.sum() + 1e-15 * np.sin(1e9 * x.sum()), lambda _: np.zeros_like(x)

    assert gradcheck.check(noisy, np.ones(3), tolerance=1e-1) > 1e-6
    assert gradcheck.check(lambda x: (0.0, lambda _: np.zeros_like(x)), np.ones(3)) == 0


def test_the_scale_is_the_larger_of_both_gradients():
    nothing = planted(ops.exp, lambda g: 0 * g)
    twice = planted(ops.exp, lambda g: 2 * g)
    assert gradcheck.check(nothing, np.zeros(1), tolerance=1) == 1
    assert gradcheck.check(twice, np.zeros(1), tolerance=1) == pytest.approx(0.5)


def test_the_message_holds_the_entry_and_both_values():
    wrong = planted(ops.multiply, lambda g: (g[0], -g[1]))
    with pytest.raises(AssertionError) as caught:
        gradcheck.check(wrong, np.array([3.0]), np.array([-4.0]))
    start, by_differences = str(caught.value).rsplit(" ", 1)
    assert start == "input 1 at [0]: the pullback gives -3, differences give"
    assert float(by_differences) == pytest.approx(3, rel=1e-9)


def test_an_error_in_one_of_equal_entries_cannot_hide_behind_another():
    def swapped(x):
        value, pullback = ops.exp(x)
        return value, lambda gradient: pullback(gradient)[::-1]

    with pytest.raises(AssertionError, match="input 0 at"):
        gradcheck.check(swapped, np.zeros(4))


def test_the_tolerance_is_relative_to_the_largest_entry():
    slightly = planted(ops.exp, lambda g: g * (1 + 1e-5))
    with pytest.raises(AssertionError, match="input 0 at"):
        gradcheck.check(slightly, np.array([10.0]))
    error = gradcheck.check(slightly, np.array([10.0]), tolerance=1e-4)
    assert error == pytest.approx(1e-5, rel=0.01)


def test_a_fault_in_a_tiny_gradient_is_caught_too():
    wrong = planted(ops.multiply, lambda g: (2 * g[0], g[1]))
    with pytest.raises(AssertionError, match="input 0 at"):
        gradcheck.check(wrong, X, 1e-7 * Y)


def test_the_step_is_small_unless_another_is_wanted():
    net, x, y = network()
    assert float(gradcheck.differences(np.exp, 0.0)) == pytest.approx(1, abs=1e-9)
    for check in (
        lambda **options: gradcheck.check(ops.exp, np.zeros(1), **options),
        lambda **options: gradcheck.check_network(net, losses.cross_entropy, x, y, **options),
    ):
        assert check() < 1e-8
        with pytest.raises(AssertionError, match="differences give"):
            check(step=0.1)  # too coarse: the error is of the order of its square
        assert 1e-5 < check(step=0.1, tolerance=0.1) < 0.1


def network(dtype=float):
    rng = np.random.default_rng(0)
    net = layers.MLP([2, 5, 3], activation=layers.Tanh, rng=rng, dtype=dtype)
    return net, rng.normal(size=(4, 2)).astype(dtype), np.array([0, 2, 1, 1])


def test_a_right_network_passes_and_keeps_its_parameters():
    net, x, y = network()
    vector, start = net.parameters, net.parameters.copy()
    assert gradcheck.check_network(net, losses.cross_entropy, x, y) < 1e-8
    assert net.parameters is vector
    assert np.array_equal(vector, start)


def test_a_float32_network_whose_steps_would_be_rounded_away_is_not_called_wrong():
    net, x, y = network(np.float32)
    with pytest.raises((TypeError, ValueError), match="float64"):
        gradcheck.check_network(net, losses.cross_entropy, x, y)


@pytest.mark.parametrize("entry", [0, 14, 32])
def test_a_wrong_gradient_in_a_network_is_named_and_the_parameters_stay(entry):
    net, x, y = network()
    start = net.parameters.copy()
    honest = net.backward

    def wrong(gradient, **options):
        honest(gradient, **options)
        net.gradient[entry] += 1e-3

    net.backward = wrong
    with pytest.raises(AssertionError, match=rf"parameter at \[{entry}\]: the pullback gives"):
        gradcheck.check_network(net, losses.cross_entropy, x, y)
    assert np.array_equal(net.parameters, start)


@pytest.mark.parametrize("good_calls", [0, 1, 2, 7])
@pytest.mark.parametrize("error", [ArithmeticError, KeyboardInterrupt])
def test_a_loss_that_raises_leaves_the_parameters_as_they_were(good_calls, error):
    net, x, y = network()
    vector, start = net.parameters, net.parameters.copy()
    calls = iter(range(good_calls))

    def loss(prediction, target):
        if next(calls, None) is None:
            raise error
        return losses.cross_entropy(prediction, target)

    with pytest.raises(error):
        gradcheck.check_network(net, loss, x, y)
    assert net.parameters is vector
    assert np.array_equal(vector, start)


def test_a_network_with_dropout_is_refused():
    rng = np.random.default_rng(0)
    net = layers.Sequential(layers.Dense(3, 20, rng=rng), layers.Dropout(0.5, rng=rng))
    with pytest.raises(ValueError, match="without chance: take out the Dropout"):
        gradcheck.check_network(net, losses.cross_entropy, np.ones((4, 3)), np.arange(4))


def test_numbers_that_are_no_inputs_are_held_fixed():
    x = np.array([0.5, 2.0])
    assert gradcheck.check(ops.power, x, 2.5) < 1e-8
    assert gradcheck.check(ops.leaky_relu, x, 0.2) < 1e-8


def test_a_pullback_without_return_is_told():
    with pytest.raises(AssertionError, match="input 0: the pullback gives shape None"):
        gradcheck.check(lambda x: (x, lambda _: None), np.ones(2))
