"""Bad input at the doors: what was expected, what came, what to do, and nothing half-updated."""
# mypy: ignore-errors
# What is wrong on purpose has the wrong type, too.

import os
import pickle
import re
import tracemalloc
import zipfile
from functools import partial

import numpy as np
import pytest

from litgrad import data, descent, gradcheck, losses, ops, optimizers, penalties, training
from litgrad.graph import Variable, apply
from litgrad.layers import MLP, Dense, Dropout, Layer, LeakyReLU, ReLU, Sequential, Tanh

RNG = np.random.default_rng(0)
W, B = np.ones((2, 3)), np.ones(3)
BAD = [
    (np.array([[1, 2]]), TypeError, "must be a float32 or float64 array, got int64: convert it"),
    (np.array([[True, False]]), TypeError, "float32 or float64 array, got bool: convert it"),
    (np.array([[1j, 2]]), TypeError, "float32 or float64 array, got complex128"),
    (np.array([[1.0, None]], dtype=object), TypeError, "float32 or float64 array, got object"),
    (np.array([["1", "2"]]), TypeError, "float32 or float64 array, got <U1"),
    (np.ones((1, 2), np.float16), TypeError, "float32 or float64 array, got float16"),
    (np.array([[1.0, np.nan]]), ValueError, r"must be finite, got nan at \[(0, )?1\]: look for"),
    (np.array([[-np.inf, np.nan]]), ValueError, r"must be finite, got -inf at \[(0, )?0\]: look"),
    (np.array([[1.0, np.inf]], np.float32), ValueError, r"must be finite, got inf at \[(0, )?1\]"),
]
ONE = [ops.exp, ops.log, ops.sum, ops.mean, ops.sigmoid, ops.tanh, ops.relu, ops.leaky_relu]
TWO = [ops.add, ops.subtract, ops.multiply, ops.divide]
DOORS = {
    **{f"{op.__name__} of x": op for op in (*ONE, ops.softmax)},
    **{f"{op.__name__} of x": lambda x, op=op: op(x, 1.0) for op in TWO},
    **{f"{op.__name__} of y": lambda x, op=op: op(1.0, x) for op in TWO},
    "power": lambda x: ops.power(x, 2),
    "affine of x": lambda x: ops.affine(x, W.astype(kind(x)), B.astype(kind(x))),
    "affine of W": lambda x: ops.affine(np.ones((4, 1), kind(x)), x, np.ones(2, kind(x))),
    "affine of b": lambda x: ops.affine(np.ones((4, 1), kind(x)), np.ones((1, 2), kind(x)), x[0]),
    "matmul of x": lambda x: ops.matmul(x, W.astype(kind(x))),
    "matmul of y": lambda x: ops.matmul(np.ones((1, 1), kind(x)), x),
    "mean_squared_error of the prediction": lambda x: losses.mean_squared_error(x, x),
    "mean_squared_error of the target": lambda x: losses.mean_squared_error(
        np.ones(x.shape, kind(x)), x
    ),
    "cross_entropy": lambda x: losses.cross_entropy(x, np.array([0])),
    "binary_cross_entropy": lambda x: losses.binary_cross_entropy(x[0], np.array([0, 1])),
    "hinge": lambda x: losses.hinge(x[0], np.array([0, 1])),
    "a penalty": penalties.l2(0.1),
    "soft_threshold": lambda x: penalties.soft_threshold(x, 0.1),
    "Variable": Variable,
    "apply": partial(apply, ops.tanh),
    "forward": lambda x: network(kind(x)).forward(x),
    "predict": lambda x: network(kind(x)).predict(x),
    "forward of an activation": lambda x: Tanh().forward(x),
    "predict of a dropout": lambda x: Dropout(0.5, rng=RNG).predict(x),
    "an assignment": lambda x: setattr(Dense(1, 2, rng=RNG), "W", x),
    "differences": lambda x: gradcheck.differences(np.sum, x),
}


MASKED = np.ma.masked_array([[1.0, 2.0]], [[False, True]])


@pytest.mark.parametrize(
    "door",
    [
        *DOORS.values(),
        lambda x: Variable(np.ones((1, 2))) + x,
        lambda x: x * Variable(np.ones((1, 2))),
        ops.tanh(np.ones((1, 2)))[1],
        lambda x: gradcheck.check(ops.tanh, x),
        lambda x: descent.descend(lambda x: x, x, 0.1, 1),
        lambda x: descent.descend(lambda _: x, [[1.0, 2.0]], 0.1, 1),
        lambda x: optimizers.SGD(x[0], 0.1),
        lambda x: optimizers.SGD(np.ones(2), 0.1).step(x[0]),
        lambda x: losses.cross_entropy(np.ones((2, 2)), x[0].astype(int)),
        lambda x: next(data.batches(x, np.ones(1), size=1)),
        lambda x: data.split(np.ones((1, 2)), x[0, :1], rng=RNG),
        lambda x: training.accuracy(x, np.array([0])),
    ],
)
def test_a_masked_array_is_refused_because_its_mask_would_be_lost(door):
    with pytest.raises(
        TypeError, match=r"must be a plain array, got a masked one: use its .filled"
    ):
        door(MASKED.copy())


def kind(x):
    """The float type that goes with an array."""
    return np.float32 if x.dtype == np.float32 else np.float64


def network(dtype=float):
    return MLP([2, 3, 1], rng=np.random.default_rng(0), dtype=dtype)


@pytest.mark.parametrize(("bad", "error", "message"), BAD, ids=[str(bad[0].dtype) for bad in BAD])
@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_an_array_that_is_not_of_finite_floats_is_refused(door, bad, error, message):
    with pytest.raises(error, match=message):
        door(bad)


@pytest.mark.parametrize(
    ("bad", "error", "message"), [case for case in BAD if case[0].dtype.kind not in "ib"], ids=str
)
def test_an_operator_refuses_what_is_no_constant(bad, error, message):
    variable = Variable(np.ones((1, 2), kind(bad)))
    for call in (lambda: variable + bad, lambda: bad * variable):
        with pytest.raises(error, match=message):
            call()


@pytest.mark.parametrize("call", ["forward", "predict"])
@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.ones(2), r"x must have 2 dimensions, got shape \(2,\): .*examples are rows"),
        (np.ones((1, 4, 2)), r"x must have 2 dimensions, got shape \(1, 4, 2\)"),
        (1.0, r"x must have 2 dimensions, got shape \(\)"),
        (np.ones((4, 3)), r"x must have shape \(n, 2\), got \(4, 3\): examples are rows"),
        (np.ones((2, 0)), r"x must have shape \(n, 2\), got \(2, 0\)"),
    ],
)
def test_a_network_wants_examples_as_rows(call, x, message):
    with pytest.raises(ValueError, match=message):
        getattr(network(), call)(x)


F, D = np.ones((1, 2), np.float32), np.ones((1, 2))


@pytest.mark.parametrize(
    "call",
    [
        *(lambda op=op: op(F, D) for op in TWO),
        lambda: ops.multiply(D, F),
        lambda: ops.affine(F, W, B),
        lambda: ops.affine(D, W, B.astype(np.float32)),
        lambda: ops.matmul(F, W),
        lambda: losses.mean_squared_error(F, D),
        lambda: network().forward(F),
        lambda: network(np.float32).predict(D),
        lambda: Variable(D) * Variable(F),
        lambda: D * Variable(F),
        lambda: ops.tanh(D)[1](F),
        lambda: ops.tanh(F)[1](D),
    ],
)
def test_float32_and_float64_are_not_mixed(call):
    with pytest.raises(TypeError, match=r"must be float(32|64) .*got float(32|64)"):
        call()


@pytest.mark.parametrize("loss", [losses.cross_entropy, losses.binary_cross_entropy, losses.hinge])
@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        (np.eye(2), ValueError, r"class indices of shape \(2,\), got \(2, 2\): .*not one-hot rows"),
        (np.array([0]), ValueError, r"class indices of shape \(2,\), got \(1,\)"),
        (np.array([0, 1, 1]), ValueError, r"class indices of shape \(2,\), got \(3,\)"),
        (np.array([[0], [1]]), ValueError, r"class indices of shape \(2,\), got \(2, 1\)"),
        (1, ValueError, r"class indices of shape \(2,\), got \(\)"),
        (np.array([0.0, 1.0]), TypeError, "labels must be integers, got float64"),
        (np.array([True, False]), TypeError, "labels must be integers, got bool"),
        (np.array([0, None]), TypeError, "labels must be integers, got object"),
        (np.array(["0", "1"]), TypeError, "labels must be integers, got <U1"),
        (np.array([0, 2]), ValueError, r"between 0 and 1, got 2 at \[1\]: class indices count"),
        (np.array([-1, 0]), ValueError, r"between 0 and 1, got -1 at \[0\]: class indices count"),
        (np.array([0, 255], np.uint8), ValueError, r"between 0 and 1, got 255 at \[1\]"),
        (np.array([2**63, 0], np.uint64), ValueError, r"between 0 and 1, got 9223372036854775808"),
    ],
    ids=str,
)
def test_labels_that_are_no_class_indices_are_refused(loss, labels, error, message):
    scores = np.zeros((2, 2)) if loss is losses.cross_entropy else np.zeros(2)
    with pytest.raises(error, match=message):
        loss(scores, labels)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: losses.cross_entropy(np.ones((0, 3)), np.zeros(0, int)), "got an empty batch"),
        (lambda: losses.binary_cross_entropy(np.ones(0), np.zeros(0, int)), "got an empty batch"),
        (lambda: losses.hinge(np.ones((0, 1)), np.zeros(0, int)), "got an empty batch"),
        (lambda: losses.mean_squared_error(np.ones((0, 2)), np.ones((0, 2))), "got an empty batch"),
        (
            lambda: losses.mean_squared_error(np.ones((4, 1)), np.ones(4)),
            r"one shape, got \(4, 1\) and \(4,\): reshape one, .* stretch it silently",
        ),
        (
            lambda: losses.cross_entropy(np.ones(3), np.zeros(3, int)),
            r"logits must have 2 dimensions, got shape \(3,\): reshape it",
        ),
        (
            lambda: losses.binary_cross_entropy(np.ones((3, 2)), np.zeros(3, int)),
            r"logits must have shape \(n,\) or \(n, 1\), got \(3, 2\): .* use cross_entropy",
        ),
        (lambda: losses.hinge(1.0, 1), r"scores must have shape \(n,\) or \(n, 1\), got \(\)"),
        (
            lambda: ops.affine(np.ones((4, 3)), W, B),
            r"affine needs \(n, i\), \(i, o\), \(o,\), got \(4, 3\), \(2, 3\), \(3,\)",
        ),
        (
            lambda: ops.affine(D, W, np.ones(2)),
            r"affine needs .* got \(1, 2\), \(2, 3\), \(2,\)",
        ),
        (lambda: ops.affine(np.ones(2), W, B), r"affine needs .* got \(2,\), \(2, 3\), \(3,\)"),
        (lambda: ops.matmul(D, D), r"matmul .* got \(1, 2\) and \(1, 2\): the last size of x must"),
        (lambda: ops.matmul(np.ones((2, 1)), np.ones((2, 3))), "the last size of x must"),
        (lambda: ops.matmul(np.ones((2, 3)), np.ones((2, 3))), "the last size of x must"),
        (lambda: ops.matmul(D, 2.0), "matmul needs matrices or vectors"),
        (lambda: ops.matmul(D, np.ones((2, 2, 2))), "matmul needs matrices or vectors"),
        (lambda: ops.power(-2.0, -0.5), "power needs x >= 0 for a fractional exponent, got -2.0"),
        (lambda: Dense(2, 3, rng=RNG, initializer=lambda s, r: np.ones((1, 3))), r"got \(1, 3\)"),
        (lambda: ops.matmul(2.0, D), r"matmul needs matrices or vectors .* got \(\) and"),
        (lambda: ops.matmul(np.ones((2, 2, 2)), np.ones(2)), r"matmul .* got \(2, 2, 2\) and"),
        (
            lambda: ops.add(B, np.ones(2)),
            r"broadcast together .* \(3,\) \(2,\)",
        ),
        (
            lambda: B * Variable(np.ones(2)),
            r"broadcast together .* \(3,\) \(2,\)",
        ),
        (
            lambda: ops.divide(B, np.ones(2)),
            r"broadcast together .* \(3,\) \(2,\)",
        ),
        (
            lambda: Variable(B) - np.ones(2),
            r"broadcast together .* \(3,\) \(2,\)",
        ),
        (lambda: ops.divide(B, np.array([1.0, 0.0, -0.0])), "divisor other than 0, got 0.0"),
        (lambda: ops.log(np.array([1.0, 0.0])), "log needs x above 0, got 0.0"),
        (lambda: ops.log(-1.0), "log needs x above 0, got -1.0"),
        (lambda: ops.relu(float("inf")), "must be finite, got inf: look for an overflow"),
        (lambda: ops.exp(np.array([0.0, 1e4])), r"exp needs x below 709.78 .*, got 10000.0"),
        (lambda: ops.power(-2.0, 0.5), "power needs x >= 0 for a fractional exponent, got -2.0"),
        (lambda: ops.power(0.0, -1), "power needs x other than 0 for an exponent below 1, got 0.0"),
        (lambda: ops.power(0.0, 0.5), "power needs x other than 0"),
        (lambda: ops.power(2.0, float("nan")), "exponent.*nan"),
        (lambda: ops.power(2.0, float("inf")), "exponent.*inf"),
        (lambda: ops.leaky_relu(B, slope=float("nan")), "slope must be .*, got nan"),
        (lambda: ops.mean(np.ones((0, 3)), axis=0), r"mean needs at least one .* \(0, 3\)"),
        (lambda: ops.softmax(np.ones((3, 0))), r"softmax needs at least one class, got .*\(3, 0\)"),
        (lambda: ops.softmax(1.0), r"softmax needs at least one class, got shape \(\)"),
        (lambda: ops.sum(B, axis=1), "axis"),
        (lambda: ops.mean(B, axis=1), "axis"),
        (lambda: ops.tanh(B)[1](np.ones(2)), r"gradient must be float64 of shape \(3,\), got .*2"),
        (lambda: ops.add(np.ones(2, np.float32), 1e300), "must be finite|float32"),
        (lambda: LeakyReLU(-0.1), r"slope must be in \[0, inf\), got -0.1"),
        (lambda: Dropout(1.0, rng=RNG), r"rate must be in \[0, 1\), got 1.0"),
        (lambda: Dropout(-0.1, rng=RNG), r"rate must be in \[0, 1\), got -0.1"),
        (lambda: Dropout(float("nan"), rng=RNG), r"rate must be in \[0, 1\), got nan"),
        (lambda: Dense(0, 2, rng=RNG), "inputs must be at least 1, got 0"),
        (lambda: Dense(2, -1, rng=RNG), "outputs must be at least 1, got -1"),
        (lambda: MLP([3], rng=RNG), r"inputs and the outputs at least, got \[3\]"),
        (
            lambda: Dense(2, 3, rng=RNG, initializer=lambda s, r: np.ones(s).T),
            r"initializer must give \(2, 3\), got \(3, 2\)",
        ),
        (
            lambda: Dense(2, 3, rng=RNG, initializer=lambda s, r: np.full(s, np.nan)),
            "initial weights must be finite, got nan",
        ),
    ],
)
def test_a_bad_value_or_shape_is_told(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ops.power(B, B), "power needs a number as exponent, got .*: use exp and log"),
        (lambda: Variable(B) ** Variable(B), "power needs a number as exponent, got .*: use exp"),
        (lambda: ops.tanh(B)[1](np.ones(3, int)), "gradient must be float64 .* got int64"),
        (lambda: ops.tanh(B)[1](np.ones(3, complex)), "gradient must be float64 .* got complex128"),
        (lambda: ops.tanh(B)[1](np.ones(3, object)), "gradient must be float64 .* got object"),
        (lambda: ops.leaky_relu(B, slope="0.1"), "slope must be a number, got '0.1'"),
        (lambda: Dense(2, 3, rng=0), "rng must be a np.random.Generator, got 0: .*default_rng"),
        (lambda: Dropout(0.5, rng=np.random), "rng must be a np.random.Generator"),
        (lambda: Dense(2.0, 3, rng=RNG), "inputs must be a whole number, got 2.0"),
        (lambda: Dense(2, outputs=True, rng=RNG), "outputs must be a whole number, got True"),
        (lambda: Dense(2, 3, rng=RNG, dtype=np.int64), "float32 or float64 array, got int64"),
        (lambda: MLP([2, 2.5, 1], rng=RNG), "must be a whole number, got 2.5"),
        (lambda: MLP([2, 3, 1], activation=ReLU(), rng=RNG), "activation"),
        (lambda: ReLU(slope=0.1), "unexpected keyword argument 'slope'"),
        (lambda: Layer().forward(B), r"a layer needs an operation\(x, \*parameters\) that returns"),
        (lambda: Layer(gain=B, bias=B.astype(np.float32)), "must have one dtype, got .*float32"),
        (lambda: Layer(gain=["1"]), "gain must be a float32 or float64 array"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told(call, message):
    with pytest.raises(TypeError, match=message):
        call()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1, 10, 10_000])
def test_large_finite_numbers_pass_the_door_without_a_warning(dtype, size):
    x = np.full(size, np.finfo(dtype).max, dtype)
    assert np.array_equal(ops.relu(x)[0], x)
    x[-1] = np.inf
    with pytest.raises(ValueError, match=rf"must be finite, got inf at \[{size - 1}\]"):
        ops.relu(x)


@pytest.mark.parametrize(
    ("name", "shape"), [("W", (3, 2)), ("W", (6,)), ("b", (1,)), ("parameters", (8,)), ("dW", ())]
)
def test_an_assignment_of_another_shape_is_refused_and_changes_nothing(name, shape):
    dense = Dense(2, 3, rng=np.random.default_rng(0))
    kept = dense.parameters.copy()
    with pytest.raises(
        ValueError, match=rf"{name} must have shape .*, got {re.escape(str(shape))}"
    ):
        setattr(dense, name, np.ones(shape))
    assert np.array_equal(dense.parameters, kept)


def test_an_assignment_that_float32_cannot_hold_is_refused_and_changes_nothing():
    net = network(np.float32)
    kept = net.parameters.copy()
    with pytest.raises((TypeError, ValueError), match="parameters must be"):
        net.parameters = np.full(13, 1e300)
    assert np.array_equal(net.parameters, kept)


def test_a_layer_has_one_place():
    rng = np.random.default_rng(0)
    dense, act = Dense(2, 2, rng=rng), ReLU()
    with pytest.raises(ValueError, match=r"layer 2, Dense\(2, 2\), already .* make a new layer"):
        Sequential(dense, act, dense)
    net = Sequential(dense, act)  # the refused network has taken nothing
    for chain in [(dense,), (Dense(2, 2, rng=rng), act), (net.layers[0], ReLU())]:
        with pytest.raises(ValueError, match="already has a place in a network"):
            Sequential(*chain)
    outer = Sequential(net, ReLU())
    with pytest.raises(ValueError, match="already has a place in a network"):
        Sequential(net)
    outer.parameters = np.zeros(6)
    assert not dense.W.any()


def test_layers_that_do_not_fit_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"layer 2, Dense\(4, 1\), takes 4 inputs, .* give 3"):
        Sequential(Dense(2, 3, rng=rng), ReLU(), Dense(4, 1, rng=rng))
    with pytest.raises(ValueError, match=r"takes 4 inputs, .* give 1"):
        Sequential(network(), Sequential(Tanh(), Dense(4, 1, rng=rng)))
    with pytest.raises(TypeError, match=r"layer 1 must be a Layer, got <class.*ReLU\(\), not ReLU"):
        Sequential(Dense(2, 3, rng=rng), ReLU)
    with pytest.raises(TypeError, match=r"one dtype, got .*float32.*float64"):
        Sequential(Dense(2, 2, rng=rng), Dense(2, 2, rng=rng, dtype=np.float32))
    with pytest.raises(ValueError, match="at least one layer"):
        Sequential()


def write(path, changes):
    """A network's file with some arrays changed, or left out if None."""
    first, _, last = network().layers
    arrays = {"0.W": first.W, "0.b": first.b, "2.W": last.W, "2.b": last.b} | changes
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"2.b": None}, r"does not fit .*: 2\.b is nothing in the file, \(1,\) here"),
        ({"4.W": np.ones((1, 2))}, r"does not fit .*: 4\.W is \(1, 2\) in the file, nothing here"),
        ({"0.W": np.ones((2, 5))}, r"0\.W is \(2, 5\) in the file, \(2, 3\) here"),
        ({"2.b": np.array([np.nan])}, r"2\.b in .* must be finite, got nan at \[0\]"),
        ({"2.b": np.array([np.inf])}, r"2\.b in .* must be finite, got inf at \[0\]"),
        ({"2.b": np.array([1])}, r"2\.b in .* float32 or float64 array, got int64"),
        ({"2.b": np.array([1j])}, r"2\.b in .* float32 or float64 array, got complex128"),
        ({"2.b": np.array(["1"])}, r"2\.b in .* float32 or float64 array, got <U1"),
    ],
    ids=str,
)
def test_a_file_that_does_not_fit_is_refused_by_name_and_changes_nothing(
    changes, message, tmp_path
):
    net, path = network(), tmp_path / "net.npz"
    net.parameters = np.arange(13.0)
    write(path, changes)
    with pytest.raises((ValueError, TypeError), match=message):
        net.load(path)
    assert net.parameters.tolist() == list(range(13))
    write(path, {})
    net.load(path)
    assert np.array_equal(net.parameters, network().parameters)


def test_a_file_of_numbers_that_float32_cannot_hold_is_refused_and_changes_nothing(tmp_path):
    net, path = network(np.float32), tmp_path / "net.npz"
    kept = net.parameters.copy()
    write(path, {"2.b": np.array([1e300])})
    with pytest.raises((ValueError, TypeError), match=r"2\.b in"):
        net.load(path)
    assert np.array_equal(net.parameters, kept)


class Harmful:
    """Unpickling this makes a directory."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def pickled(path):
    write(path, {"0.b": np.array([Harmful(path.parent / "harm")] * 3, dtype=object)})


def with_a_text(path):
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("0.W", "not an array")


def compressed_and_damaged(path):
    np.savez_compressed(path, **{"0.W": np.arange(6.0).reshape(2, 3)})
    content = bytearray(path.read_bytes())
    content[60:120] = bytes(byte ^ 255 for byte in content[60:120])
    path.write_bytes(content)


def one_array(path):
    np.save(path.with_suffix(".npy"), np.ones(13))
    path.with_suffix(".npy").rename(path)


def changed(byte, value):
    """A file whose first entry in the table of contents has another byte."""

    def make(path):
        write(path, {})
        content = bytearray(path.read_bytes())
        content[content.index(b"PK\1\2") + byte] = value
        path.write_bytes(content)

    return make


def cut_short(path):
    write(path, {})
    path.write_bytes(path.read_bytes()[:-200])


@pytest.mark.parametrize(
    "make",
    [
        pickled,
        with_a_text,
        compressed_and_damaged,
        cut_short,
        changed(8, 1),
        changed(10, 99),
        changed(45, 255),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_text("weights: 1, 2, 3"),
        lambda path: path.write_bytes(pickle.dumps(Harmful(path.parent / "harm"))),
        one_array,
    ],
    ids=[
        "pickled",
        "text",
        "damaged",
        "cut short",
        "locked",
        "packed otherwise",
        "misplaced",
        "empty",
        "words",
        "a pickle",
        "npy",
    ],
)
def test_what_is_no_file_of_arrays_is_refused_without_unpickling(make, tmp_path):
    net, path = network(), tmp_path / "net.npz"
    kept = net.parameters.copy()
    make(path)
    with pytest.raises(ValueError, match=r"net\.npz must be a \.npz file of plain arrays"):
        net.load(path)
    assert np.array_equal(net.parameters, kept)
    assert not (tmp_path / "harm").exists()


def huge(path):
    np.savez_compressed(path, **{"0.W": np.zeros((4000, 3000))})


def huge_under_the_right_shape(path):
    write(path, {"0.W": np.zeros((2, 3), "V4000000")})


@pytest.mark.parametrize("make", [huge, huge_under_the_right_shape])
def test_a_small_file_that_unpacks_to_a_huge_one_is_refused_before_that(make, tmp_path):
    net, path = network(), tmp_path / "net.npz"
    make(path)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"net\.npz (does not fit|must be a)"):
            net.load(path)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_an_array_with_a_longer_first_line_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "net.npz", "w") as file, file.open("0.W.npy", "w") as array:
        np.lib.format.write_array(array, np.ones((2, 3)), version=(2, 0))
    with pytest.raises(
        ValueError, match=r"must be a \.npz file of plain arrays: 0\.W has an unknown"
    ):
        network().load(tmp_path / "net.npz")


def test_a_file_that_is_not_there_is_told_by_its_name(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.npz"):
        network().load(tmp_path / "none.npz")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Sequential([ReLU()]), r"and Sequential\(\*layers\)"),
        (lambda: Sequential(ReLU), r"write ReLU\(\), not ReLU"),
    ],
)
def test_what_makes_no_layer_is_told(make, words):
    with pytest.raises(TypeError, match=words):
        make()


def test_a_variable_at_the_door_of_an_operation_is_told_its_own_way():
    with pytest.raises(TypeError, match=r"from a Variable: use its own .* or graph.apply"):
        ops.exp(Variable(1.0))


@pytest.mark.parametrize(
    ("labels", "hint"),
    [
        (np.zeros((2, 1), int), r"pass labels.ravel\(\), not a column"),
        (np.eye(2, dtype=int), r"labels.argmax\(axis=1\)"),
        (np.zeros(3, int), "one for each example"),
        (0, "one for each example"),
    ],
)
def test_labels_of_another_shape_are_told_what_to_do(labels, hint):
    with pytest.raises(ValueError, match=hint):
        losses.cross_entropy(np.zeros((2, 2)), labels)


def test_a_pullback_that_is_not_called_is_told():
    dense = Dense(2, 2, rng=RNG)
    _, pullback = losses.cross_entropy(dense.forward(B[:2].reshape(1, 2)), [0])
    with pytest.raises(ValueError, match="call it first"):
        dense.backward(pullback)
