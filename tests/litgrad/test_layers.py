"""Layers: slopes, one flat vector, a memory of their own, and files."""

import copy
import errno
import pickle
import signal
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from litgrad.layers import (
    MLP,
    Dense,
    Dropout,
    Layer,
    LeakyReLU,
    ReLU,
    Sequential,
    Sigmoid,
    Softmax,
    Tanh,
)
from litgrad.optimizers import SGD
from tests.litgrad.slopes import differences

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
        (dx, differences(lambda x: value(x, p), x, 1e-6)),
        (net.gradient, differences(lambda p: value(x, p), p, 1e-6)),
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


@every_layer
def test_the_inputs_gradient_is_returned_on_request_only(make):
    net = make(float)
    value = net.forward(np.ones((5, 3)))
    assert net.backward(np.ones_like(value)) is None
    assert np.asarray(net.backward(np.ones_like(value), input_gradient=True)).shape == (5, 3)


def test_a_layers_own_forward_between_a_networks_two_passes_changes_nothing():
    net, other = nested(), nested()
    x, g = draw(0, (4, 3)), draw(1, (4, 2))
    for twin in (net, other):
        twin.forward(x)
    for layer in (net.layers[0], net.layers[1].layers[1].layers[0]):
        layer.forward(draw(2, (7, layer.inputs)))
    dx = net.backward(g, input_gradient=True)
    assert np.array_equal(dx, other.backward(g, input_gradient=True))
    assert np.array_equal(net.gradient, other.gradient)


def test_the_layers_of_a_network_can_be_walked_by_hand():
    net, other = mlp([3, 4, 4, 2]), mlp([3, 4, 4, 2])
    x, g = draw(0, (4, 3)), draw(1, (4, 2))
    other.forward(x)
    expected = other.backward(g, input_gradient=True)
    net.forward(x)
    dx = g
    for layer in reversed(net.layers):
        dx = layer.backward(dx, input_gradient=True)
    assert np.array_equal(dx, expected)
    assert np.array_equal(net.gradient, other.gradient)
    z = x
    for layer in net.layers:
        z = layer.forward(z)
    assert np.array_equal(z, other.predict(x))


@every_layer
def test_what_forward_returns_may_be_changed_before_backward(make):
    net, other = make(float), make(float)
    x = draw(0, (4, 3))
    value = net.forward(x)
    g = draw(1, value.shape)
    other.forward(x)
    value -= 5
    dx = net.backward(g, input_gradient=True)
    assert np.array_equal(dx, other.backward(g, input_gradient=True))
    assert np.array_equal(net.gradient, other.gradient)


class Normalization(Layer):
    """Each example's numbers with mean 0 and variance 1, then a gain and a shift of its own."""

    def __init__(self, size, dtype=float):
        self.epsilon = 1e-5
        super().__init__(gain=np.ones(size, dtype), shift=np.zeros(size, dtype))

    def operation(self, x, gain, shift):
        centered = x - x.mean(axis=1, keepdims=True)
        root = np.sqrt(np.square(centered).mean(axis=1, keepdims=True) + self.epsilon)
        z = centered / root

        def pullback(da):
            dz = da * gain
            pull = (dz * z).mean(axis=1, keepdims=True)
            dx = (dz - dz.mean(axis=1, keepdims=True) - z * pull) / root
            return dx, (da * z).sum(axis=0), da.sum(axis=0)

        return z * gain + shift, pullback


def with_normalization(dtype=float, seed=0):
    rng = np.random.default_rng(seed)
    first, last = Dense(3, 4, rng=rng, dtype=dtype), Dense(4, 2, rng=rng, dtype=dtype)
    net = Sequential(first, Normalization(4, dtype), Tanh(), last)
    net.layers[1].shift = rng.normal(size=4)
    return net


def test_a_layer_of_your_own_learns_in_a_network():
    net = with_normalization()
    assert_slopes(with_normalization, draw(0, (5, 3)))
    own = net.layers[1]
    assert (own.inputs, own.gain.tolist(), net.parameters.size) == (None, [1] * 4, 34)
    assert net.weight_mask.tolist() == [1] * 12 + [0] * 12 + [1] * 8 + [0] * 2
    net.parameters[:] = np.arange(34)
    assert (own.gain.tolist(), own.shift.tolist()) == ([16, 17, 18, 19], [20, 21, 22, 23])
    net.forward(draw(0, (5, 3)))
    net.backward(draw(1, (5, 2)))
    assert np.array_equal(net.gradient[20:24], own.dshift)


@both_dtypes
def test_a_layer_of_your_own_is_saved_and_copied(dtype, tmp_path):
    net, other = with_normalization(dtype, 1), with_normalization(dtype, 2)
    net.save(tmp_path / "net.npz")
    other.load(tmp_path / "net.npz")
    assert np.array_equal(other.parameters, net.parameters)
    with np.load(tmp_path / "net.npz", allow_pickle=False) as file:
        assert np.array_equal(file["1.shift"], net.layers[1].shift)
    assert np.array_equal(copy.deepcopy(net).parameters, net.parameters)
    with pytest.raises(TypeError, match=r"must be float(32|64) like what it meets"):
        net.layers[1].forward(np.ones((2, 4), np.float64 if dtype == np.float32 else np.float32))


def test_a_layer_of_your_own_may_have_no_parameters():
    class Square(Layer):
        def operation(self, x):
            return x * x, lambda da: 2 * x * da

    assert_slopes(Square, draw(0, (2, 3)))


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda d: d[0], TypeError, "pullback must return a tuple of dx, dgain, dshift"),
        (lambda d: d[:2], TypeError, "pullback must return a tuple of dx, dgain, dshift"),
        (lambda d: (*d, d[0]), TypeError, "pullback must return a tuple of dx, dgain, dshift"),
        (
            lambda d: (d[0], 1.0, d[2]),
            ValueError,
            r"dgain must be float64 of shape \(4,\), got .*\(\)",
        ),
        (
            lambda d: (d[0], d[1], d[2].astype("f")),
            TypeError,
            "dshift must be float64 .*got float32",
        ),
    ],
)
def test_a_layer_of_your_own_whose_pullback_is_wrong_is_told(change, error, words):
    class Wrong(Normalization):
        def operation(self, x, gain, shift):
            value, pullback = super().operation(x, gain, shift)
            return value, lambda da: change(pullback(da))

    layer = Wrong(4)
    layer.forward(draw(0, (2, 4)))
    with pytest.raises(error, match=words):
        layer.backward(np.ones((2, 4)))


@every_layer
def test_a_name_that_a_layer_does_not_have_is_refused(make):
    net = make(float)
    with pytest.raises(AttributeError, match=r"has no weights; set what is new before super"):
        net.weights = np.ones(3)
    assert not hasattr(net, "weights")


def test_an_attribute_of_a_layer_of_your_own_is_set_before_it_is_made():
    class Late(Layer):
        def __init__(self):
            super().__init__()
            self.size = 3

    with pytest.raises(AttributeError, match=r"Late\(\) has no size; set what is new before super"):
        Late()


def test_a_dropouts_rate_that_is_set_later_is_checked():
    dropout = Dropout(0.5, rng=np.random.default_rng(0))
    dropout.rate = 1.5
    with pytest.raises(ValueError, match=r"rate must be in \[0, 1\), got 1.5"):
        dropout.forward(np.ones((1, 2)))


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


def fails(error):
    """A writer that fails when half of the file is written."""

    def savez(file, **_):
        file.write(b"PK half of it")
        raise error

    return savez


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), PermissionError("denied")]
)
def test_a_save_that_the_disk_refuses_leaves_the_earlier_file(error, tmp_path, monkeypatch):
    net, path = mlp(), tmp_path / "net.npz"
    net.save(path)
    earlier = path.read_bytes()
    monkeypatch.setattr(np, "savez", fails(error))
    with pytest.raises(type(error)):
        mlp(seed=1).save(path)
    assert path.read_bytes() == earlier
    assert list(tmp_path.iterdir()) == [path]


def test_a_save_into_a_folder_that_may_not_be_written_leaves_the_earlier_file(
    tmp_path, monkeypatch
):
    net, path = mlp(), tmp_path / "net.npz"
    net.save(path)
    earlier = path.read_bytes()

    def denied(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    for step in ("open", "chmod", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(Path, step, denied)
            with pytest.raises(PermissionError):
                mlp(seed=1).save(path)
        assert path.read_bytes() == earlier
        assert list(tmp_path.iterdir()) == [path]


def test_a_process_that_is_killed_while_it_saves_leaves_the_earlier_file(tmp_path):
    net, path = mlp(), tmp_path / "net.npz"
    net.save(path)
    earlier = path.read_bytes()
    program = (
        "import os, signal, sys, numpy as np\n"
        "from litgrad.layers import MLP\n"
        "def savez(file, **_):\n"
        "    file.write(b'PK half of it')\n"
        "    file.flush()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "np.savez = savez\n"
        "MLP([2, 3, 1], rng=np.random.default_rng(1)).save(sys.argv[1])\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == earlier


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_network_that_is_no_longer_finite_is_not_saved_over_a_good_one(bad, tmp_path):
    net, path = mlp(), tmp_path / "net.npz"
    net.save(path)
    earlier = path.read_bytes()
    net.parameters[7] = bad
    with pytest.raises(ValueError, match=rf"0\.b must be finite, got {bad} at \[1\]"):
        net.save(path)
    assert path.read_bytes() == earlier


def test_threads_that_save_at_once_leave_one_whole_file(tmp_path):
    nets = [mlp([20, 30, 5], seed=seed) for seed in range(8)]
    path, ready = tmp_path / "net.npz", threading.Barrier(len(nets), timeout=20)

    def save(net):
        for _ in range(5):
            ready.wait()
            net.save(path)

    with ThreadPoolExecutor(len(nets)) as pool:
        list(pool.map(save, nets))
    found = mlp([20, 30, 5], seed=9)
    found.load(path)
    assert any(np.array_equal(found.parameters, net.parameters) for net in nets)
    assert list(tmp_path.iterdir()) == [path]


def test_a_save_keeps_a_link_and_the_rights_of_the_file_that_it_leads_to(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    path, link = tmp_path / "elsewhere" / "net.npz", tmp_path / "latest.npz"
    mlp().save(path)
    path.chmod(0o600)
    link.symlink_to(path)
    net, other = mlp(seed=1), mlp()
    net.save(link)
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    other.load(path)
    assert np.array_equal(other.parameters, net.parameters)


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


@pytest.mark.parametrize("copied", [copy.deepcopy, through_pickle])
def test_a_copy_of_a_layer_is_free_and_the_layers_of_a_copied_network_are_not(copied):
    net = nested()
    free = copied(net.layers[0])
    other = Sequential(free, ReLU())
    other.parameters[:] = 0
    assert not free.W.any()
    assert net.layers[0].W.any()
    for layer in (*copied(net).layers, copied(net).layers[1].layers[1].layers[0]):
        with pytest.raises(ValueError, match="already has a place"):
            Sequential(layer)


def test_a_shallow_copy_leaves_the_layer_as_it_is():
    dense = Dense(2, 3, rng=np.random.default_rng(0))
    W, other = dense.W, copy.copy(dense)
    W[:] = 7
    assert np.array_equal(dense.parameters[:6], [7] * 6)
    assert np.array_equal(other.W, W)


def test_what_was_a_view_of_a_layer_that_has_moved_cannot_be_written_to():
    dense = Dense(2, 3, rng=np.random.default_rng(0))
    old = [getattr(dense, name) for name in ("parameters", "gradient", "W", "b", "dW", "db")]
    net = Sequential(dense, ReLU())
    for view in old:
        with pytest.raises(ValueError, match="read-only"):
            view[0] = 7
    dense.W, dense.b = np.ones((2, 3)), np.ones(3)
    assert net.parameters.tolist() == [1] * 9


def test_an_optimizer_of_a_layer_that_has_moved_fails_instead_of_moving_nothing():
    dense = Dense(2, 3, rng=np.random.default_rng(0))
    optimizer = SGD(dense.parameters, 0.1)
    Sequential(dense, ReLU())
    with pytest.raises(ValueError, match="read-only"):
        optimizer.step(np.ones(9))
