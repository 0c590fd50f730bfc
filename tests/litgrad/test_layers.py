"""Layers: slopes, one flat vector, a memory of their own, and files."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from litgrad.layers import MLP, Dense, Dropout, LeakyReLU, ReLU, Sequential, Sigmoid, Softmax, Tanh
from litgrad.optimizers import SGD

few = settings(max_examples=15, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32 - 1)
sides = st.integers(1, 3)
ACTIVATIONS = [ReLU, Sigmoid, Tanh, Softmax, LeakyReLU]


def plain(kind):
    return lambda dtype: kind()


# Each makes the same layer, with the same random numbers ahead, at every call.
EVERY = {
    **{kind.__name__: plain(kind) for kind in ACTIVATIONS},
    "Dropout": lambda dtype: Dropout(0.5, rng=np.random.default_rng(3)),
    "Dense": lambda dtype: Dense(3, 2, rng=np.random.default_rng(0), dtype=dtype),
    "MLP": lambda dtype: mlp([3, 4, 2], dtype=dtype),
    "nested": lambda dtype: nested(dtype, seed=0),
}
every_layer = pytest.mark.parametrize("make", EVERY.values(), ids=EVERY)
both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def mlp(sizes=(2, 3, 1), *, seed=0, **options):
    return MLP(sizes, rng=np.random.default_rng(seed), **options)


def nested(dtype=float, seed=0):
    rng = np.random.default_rng(seed)
    inner = Sequential(ReLU(), Sequential(Dense(4, 3, rng=rng, dtype=dtype), Dropout(0.3, rng=rng)))
    return Sequential(Dense(3, 4, rng=rng, dtype=dtype), inner, Dense(3, 2, rng=rng, dtype=dtype))


def draw(seed, shape, dtype=float):
    rng = np.random.default_rng(seed)
    return (rng.uniform(0.3, 2, shape) * rng.choice([-1.0, 1.0], shape)).astype(dtype)


def differences(function, x, h=1e-6):
    """(f(x + h) - f(x - h)) / 2h for each entry of x."""
    gradient = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[i] += h
        below[i] -= h
        gradient[i] = (function(above) - function(below)) / (2 * h)
    return gradient


def assert_slopes(make, x):
    """The gradients of the input and of all parameters agree with differences."""
    net = make()
    weights = draw(7, net.forward(x).shape)
    dx = net.backward(weights, input_gradient=True)

    def value(x, parameters):
        twin = make()
        twin.parameters = parameters
        return np.sum(weights * twin.forward(x))

    p = net.parameters.copy()
    for gradient, expected in [
        (dx, differences(lambda x: value(x, p), x)),
        (net.gradient, differences(lambda p: value(x, p), p)),
    ]:
        scale = np.abs(expected).max(initial=1e-2)
        assert gradient.shape == expected.shape
        assert np.abs(gradient - expected).max(initial=0) <= 1e-6 * scale


@few
@given(n=st.integers(0, 3), i=sides, o=sides, seed=seeds)
def test_dense_agrees_with_differences(n, i, o, seed):
    assert_slopes(lambda: Dense(i, o, rng=np.random.default_rng(seed)), draw(seed, (n, i)))


@pytest.mark.parametrize("kind", [*ACTIVATIONS, lambda: Dropout(0.4, rng=np.random.default_rng(5))])
@few
@given(n=st.integers(0, 3), i=sides, seed=seeds)
def test_a_layer_without_parameters_agrees_with_differences(kind, n, i, seed):
    assert_slopes(kind, draw(seed, (n, i)))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@few
@given(n=st.integers(1, 3), sizes=st.lists(sides, min_size=2, max_size=4), seed=seeds)
def test_a_perceptron_agrees_with_differences_for_all_its_parameters(activation, n, sizes, seed):
    make = lambda: mlp(sizes, activation=activation, seed=seed)  # noqa: E731
    x = draw(seed, (n, sizes[0]))
    if activation in {ReLU, LeakyReLU}:  # keep away from the corner
        z = x
        for layer in make().layers[:-1]:
            z = layer.predict(z)
            assume(np.abs(z).min() > 1e-4 or not isinstance(layer, Dense))
    assert_slopes(make, x)


def test_a_network_in_a_network_in_a_network_agrees_with_differences():
    assert_slopes(nested, draw(1, (4, 3)))


@every_layer
@both_dtypes
def test_a_layer_keeps_the_dtype(make, dtype):
    net = make(dtype)
    x = draw(0, (4, 3), dtype)
    value = net.forward(x)
    dx = net.backward(np.ones_like(value), input_gradient=True)
    assert {value.dtype, net.predict(x).dtype, dx.dtype} == {np.dtype(dtype)}
    if net.parameters.size:
        found = {net.parameters.dtype, net.gradient.dtype, net.weight_mask.dtype}
        assert found == {np.dtype(dtype)}


@every_layer
def test_what_a_layer_returns_is_the_callers_and_what_it_is_given_is_only_read(make):
    net = make(float)
    x, y = draw(0, (4, 3)), draw(1, (4, 3))
    value = net.forward(x)
    gradient = draw(2, value.shape)
    for array in (x, y, gradient):
        array.flags.writeable = False
    results = [value, net.backward(gradient, input_gradient=True), net.predict(x)]
    results += [net.backward(gradient, input_gradient=True), net.forward(y), net.predict(y)]
    results += [net.backward(gradient, input_gradient=True)]
    kept = [result.copy() for result in results]
    live = [net.parameters, net.gradient, x, y, gradient]
    for i, result in enumerate(results):
        assert not any(np.shares_memory(result, other) for other in (*live, *results[:i]))
    net.forward(x)
    net.backward(2 * gradient, input_gradient=True)
    net.predict(2 * y)
    assert all(np.array_equal(*pair) for pair in zip(results, kept, strict=True))
    assert np.array_equal(x, draw(0, (4, 3)))
    assert np.array_equal(y, draw(1, (4, 3)))
    assert np.array_equal(gradient, draw(2, value.shape))


@every_layer
def test_predict_and_a_refused_input_leave_the_memory_of_forward_alone(make):
    net, other = make(float), make(float)
    x = draw(0, (4, 3))
    value = net.forward(x)
    other.forward(x)
    net.predict(draw(1, (2, 3)))
    net.predict(draw(1, (4, 3)))
    with pytest.raises(ValueError, match="finite"):
        net.forward(np.full((4, 3), np.nan))
    dx = net.backward(np.ones_like(value), input_gradient=True)
    assert np.array_equal(dx, other.backward(np.ones_like(value), input_gradient=True))
    assert np.array_equal(net.gradient, other.gradient)


@every_layer
def test_a_second_backward_assigns_the_same_gradients_and_not_their_double(make):
    net = make(float)
    value = net.forward(draw(0, (4, 3)))
    before = net.parameters.copy()
    first = net.backward(np.ones_like(value), input_gradient=True), net.gradient.copy()
    second = net.backward(np.ones_like(value), input_gradient=True), net.gradient
    assert all(np.array_equal(*pair) for pair in zip(first, second, strict=True))
    assert np.array_equal(net.parameters, before)


@every_layer
def test_backward_needs_a_forward_and_a_gradient_of_its_shape(make):
    net = make(float)
    with pytest.raises(RuntimeError, match="call forward first"):
        net.backward(np.ones((4, 3)))
    value = net.forward(draw(0, (4, 3)))
    net.backward(np.ones_like(value))
    kept = net.gradient.copy()
    with pytest.raises(ValueError, match=r"gradient must be float64 of shape \(4, .*got .*\(5, "):
        net.backward(np.ones((5, value.shape[1])))
    with pytest.raises(TypeError, match=r"gradient must be float64 .*, got float32"):
        net.backward(np.ones(value.shape, np.float32))
    assert np.array_equal(net.gradient, kept)


def test_a_sequential_returns_the_inputs_gradient_only_on_request_and_a_dense_unless_told():
    net, dense = mlp(), Dense(2, 1, rng=np.random.default_rng(0))
    for layer in (net, dense):
        layer.forward(np.ones((5, 2)))
    assert net.backward(np.ones((5, 1))) is None
    assert np.asarray(net.backward(np.ones((5, 1)), input_gradient=True)).shape == (5, 2)
    assert np.asarray(dense.backward(np.ones((5, 1)))).shape == (5, 2)
    assert dense.backward(np.ones((5, 1)), input_gradient=False) is None


def test_one_training_step_by_hand():
    net = mlp([1, 1, 1])
    net.parameters = np.array([2.0, 1.0, -3.0, 0.5])
    assert net.forward(np.array([[2.0], [-1.0]])).tolist() == [[-14.5], [0.5]]
    net.backward(np.array([[1.0], [10.0]]))
    assert net.gradient.tolist() == [-6, -3, 5, 11]


def test_parameters_and_gradient_are_flat_vectors_whose_slices_are_the_layers():
    net = mlp([2, 3, 1])
    first, _, last = net.layers
    net.forward(np.ones((4, 2)))
    net.backward(np.ones((4, 1)))
    assert np.array_equal(
        net.parameters, np.concatenate([first.W.ravel(), first.b, last.W.ravel(), last.b])
    )
    assert np.array_equal(
        net.gradient, np.concatenate([first.dW.ravel(), first.db, last.dW.ravel(), last.db])
    )
    net.parameters[:] = np.arange(13)
    net.gradient[:] = -np.arange(13)
    assert (first.W.tolist(), first.b.tolist()) == ([[0, 1, 2], [3, 4, 5]], [6, 7, 8])
    assert (last.dW.tolist(), last.db.tolist()) == ([[-9], [-10], [-11]], [-12])
    last.b[0] = 99
    first.dW[1, 2] = 98
    assert (net.parameters[12], net.gradient[5]) == (99, 98)


def test_what_is_assigned_is_copied_into_place():
    net = mlp([2, 3, 1])
    vector, W = net.parameters, np.arange(6.0).reshape(2, 3)
    net.layers[0].W = W
    W[0, 0] = 77
    assert net.parameters is vector
    assert vector[:6].tolist() == [0, 1, 2, 3, 4, 5]
    v = np.arange(13.0)
    net.parameters = v
    v[:] = 0
    assert net.parameters is vector
    assert net.layers[2].b.tolist() == [12]
    assert net.predict(np.ones((1, 2))).tolist() == [[9 * 9 + 12 * 10 + 15 * 11 + 12]]


def test_the_weight_mask_is_1_on_weights_and_0_on_biases():
    assert mlp([2, 3, 1]).weight_mask.tolist() == [1] * 6 + [0] * 3 + [1] * 3 + [0]
    assert (
        nested().weight_mask.tolist() == [1] * 12 + [0] * 4 + [1] * 12 + [0] * 3 + [1] * 6 + [0] * 2
    )


@pytest.mark.parametrize(
    ("sizes", "count"), [([784, 16, 16, 10], 13_002), ([3, 4, 2], 26), ([3, 4, 4, 1], 41)]
)
def test_the_parameters_of_famous_networks_are_counted(sizes, count):
    assert mlp(sizes).parameters.size == count


def test_a_network_without_parameters_is_a_network():
    net = Sequential(ReLU(), LeakyReLU(0.5))
    assert (net.parameters.size, net.gradient.size, net.weight_mask.size) == (0, 0, 0)
    assert net.forward(np.array([[-1.0, 2.0]])).tolist() == [[0, 2]]
    dx = net.backward(np.array([[3.0, 4.0]]), input_gradient=True)
    assert np.asarray(dx).tolist() == [[0, 4]]


def test_a_perceptron_starts_from_its_initializer_with_biases_of_0():
    net = mlp([2, 3, 1], initializer=lambda shape, rng: np.full(shape, 0.25))
    assert np.array_equal(net.parameters, 0.25 * net.weight_mask)


def test_stacked_linear_layers_are_one_linear_layer():
    rng = np.random.default_rng(0)
    a, b = Dense(3, 4, rng=rng), Dense(4, 2, rng=rng)
    W, bias = a.W @ b.W, a.b @ b.W + b.b
    x = draw(0, (5, 3))
    assert Sequential(a, b).predict(x) == pytest.approx(x @ W + bias)


def test_dropout_keeps_the_mean_and_adds_the_published_variance():
    p, h, n = 0.3, 2.0, 200_000
    value = Dropout(p, rng=np.random.default_rng(1)).forward(np.full((n, 1), h))
    variance = p / (1 - p) * h**2  # 1.714
    assert value.mean() == pytest.approx(h, abs=5 * np.sqrt(variance / n))
    assert value.var() == pytest.approx(variance, rel=0.02)
    assert np.unique(value) == pytest.approx(np.array([0, h / (1 - p)]))


def test_dropout_is_the_identity_in_predict_and_at_p_0_and_draws_anew_in_forward():
    dropout = Dropout(0.5, rng=np.random.default_rng(0))
    x = draw(0, (20, 10))
    assert np.array_equal(dropout.predict(x), x)
    assert not np.array_equal(dropout.forward(x), dropout.forward(x))
    assert np.array_equal(Dropout(0, rng=np.random.default_rng(0)).forward(x), x)


def test_a_layer_shows_what_it_is():
    assert repr(nested()) == (
        "Sequential(Dense(3, 4), Sequential(ReLU(), Sequential(Dense(4, 3), Dropout(0.3))), "
        "Dense(3, 2))"
    )
    assert repr(mlp([2, 3, 1], activation=lambda: LeakyReLU(0.2))) == (
        "MLP(Dense(2, 3), LeakyReLU(0.2), Dense(3, 1))"
    )


@both_dtypes
def test_a_saved_network_comes_back_bit_for_bit(dtype, tmp_path):
    net, other = nested(dtype, seed=1), nested(dtype, seed=2)
    vector = other.parameters
    net.save(tmp_path / "net.npz")
    other.load(str(tmp_path / "net.npz"))
    assert np.array_equal(other.parameters, net.parameters)
    assert other.parameters is vector
    with np.load(tmp_path / "net.npz", allow_pickle=False) as file:
        assert np.array_equal(file["0.W"], net.layers[0].W)
        assert np.array_equal(file["1.1.0.b"], net.layers[1].layers[1].layers[0].b)


def test_an_interrupted_save_leaves_the_earlier_file_and_no_other(tmp_path, monkeypatch):
    net, path = mlp(), tmp_path / "net.npz"
    net.save(path)
    earlier = path.read_bytes()

    def interrupted(file, **_):
        file.write(b"PK half of it")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", interrupted)
    with pytest.raises(KeyboardInterrupt):
        mlp(seed=1).save(path)
    assert path.read_bytes() == earlier
    assert list(tmp_path.iterdir()) == [path]


def test_a_save_replaces_the_earlier_file_whole_and_leaves_no_draft(tmp_path):
    path = tmp_path / "weights"
    path.write_bytes(b"x" * 100_000)
    net, other = mlp(), mlp(seed=1)
    net.save(path)
    other.load(path)
    assert np.array_equal(other.parameters, net.parameters)
    assert list(tmp_path.iterdir()) == [path]


def through_pickle(net):
    return pickle.loads(pickle.dumps(net))  # noqa: S301  its own


@pytest.mark.parametrize("copied", [copy.deepcopy, through_pickle])
def test_a_copy_is_one_point_of_its_own(copied):
    net = MLP([3, 4, 2], rng=np.random.default_rng(0))
    x, g = np.ones((2, 3)), np.ones((2, 2))
    net.forward(x)
    other = copied(net)
    assert np.array_equal(other.predict(x), net.predict(x))
    other.parameters[:] = 0
    assert not other.predict(x).any()
    assert net.predict(x).any()
    with pytest.raises(RuntimeError, match="call forward first"):
        other.backward(g)
    other.forward(x)
    other.backward(g)
    assert np.array_equal(other.layers[2].db, [2.0, 2.0])
    assert np.array_equal(other.gradient[-2:], [2.0, 2.0])


def test_an_optimizer_of_a_layer_that_has_moved_fails_instead_of_moving_nothing():
    dense = Dense(2, 3, rng=np.random.default_rng(0))
    optimizer = SGD(dense.parameters, 0.1)
    Sequential(dense, ReLU())
    with pytest.raises(ValueError, match="read-only"):
        optimizer.step(np.ones(9))
