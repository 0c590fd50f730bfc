"""Published numbers, reproduced with litgrad: scikit-learn's digits and micrograd's moons."""

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from litgrad import data, graph, layers, losses, optimizers, penalties, training
from litgrad._types import Array, Examples

# The legacy streams, because scikit-learn draws from them; each is local to its test.
Stream = np.random.RandomState


# scikit-learn: examples/neural_networks/plot_mlp_training_curves.py, data set "digits", prints
# the score and the loss on the training set after 15 epochs (measured with version 1.9.1).
@pytest.mark.parametrize(
    ("options", "score", "loss"),
    [
        ({"momentum": 0.0}, "0.956038", "0.243802"),
        ({"momentum": 0.9}, "0.992766", "0.041297"),
        ({"momentum": 0.9, "nesterov": True}, "0.993879", "0.042898"),
    ],
    ids=["plain", "momentum", "nesterov"],
)
def test_the_training_curves_of_scikit_learn_on_digits(options: Any, score: str, loss: str) -> None:
    """Its velocity is v ← μ v − η g and its step w ← w + v, or w + μ v − η g for Nesterov.

    That velocity is −η times litgrad's as long as η is constant: the steps are the same.
    """
    x, y = scaled_digits()
    stream = Stream(0)
    net = glorot_network(stream)
    optimizer = optimizers.SGD(net.parameters, 0.2, **options)
    order = np.arange(len(x))
    curve = []
    for _ in range(15):
        order = order[permutation(len(x), stream)]
        total = 0.0
        for rows in np.split(order, range(200, len(x), 200)):
            value, pullback = losses.cross_entropy(net.forward(x[rows]), y[rows])
            # scikit-learn divides its penalty, alpha = 1e-4, by the size of the batch.
            penalty = penalties.l2(1e-4 / len(rows))
            cost, penalty_pullback = penalty(net.parameters * net.weight_mask)
            net.backward(pullback())
            optimizer.step(net.gradient + penalty_pullback())
            total += float(value + cost) * len(rows)
        curve.append(total / len(x))
    assert f"{curve[-1]:.6f}" == loss
    assert f"{training.accuracy(net.predict(x), y):.6f}" == score


def scaled_digits() -> Examples:
    """Each feature from 0 to 1, as MinMaxScaler has it; one that is constant becomes 0."""
    digits = data.digits()
    low, high = digits.x.min(axis=0), digits.x.max(axis=0)
    return (digits.x - low) / np.where(high > low, high - low, 1.0), digits.y


def glorot_network(stream: Stream) -> layers.Sequential:
    """64-100-10; weights, then biases, layer by layer, all uniform in ±√(6 / (in + out))."""
    dense = [layers.Dense(i, o, rng=np.random.default_rng(0)) for i, o in [(64, 100), (100, 10)]]
    for layer in dense:
        bound = np.sqrt(6 / sum(layer.W.shape))
        layer.W = stream.uniform(-bound, bound, layer.W.shape)
        layer.b = stream.uniform(-bound, bound, layer.b.shape)
    return layers.Sequential(dense[0], layers.ReLU(), dense[1])


def permutation(n: int, stream: Stream) -> Any:
    """What sklearn.utils.shuffle does to n things."""
    indices = np.arange(n)
    stream.shuffle(indices)
    return indices


# micrograd: demo.ipynb prints loss and accuracy at each of its 100 steps, before the update.
FIRST: Any = (pytest.approx(0.8958441028683222, rel=1e-12), 0.5)
LAST: Any = (pytest.approx(0.010978370135492717, rel=1e-9), 1.0)


def rate(k: int) -> float:
    """The demo's learning rate."""
    return 1.0 - 0.9 * k / 100


def test_the_moons_of_micrograd_with_layers() -> None:
    x, y = moons()
    net = layers.MLP([2, 16, 16, 1], rng=np.random.default_rng(0))
    net.parameters = np.concatenate([array.ravel() for array in micrograd_start()])
    optimizer = optimizers.SGD(net.parameters, rate)
    penalty = penalties.l2(2e-4)  # 1e-4 Σ w² over all parameters, as the demo has it
    history = []
    for _ in range(100):
        scores = net.forward(x)
        loss, loss_pullback = losses.hinge(scores, y)
        cost, penalty_pullback = penalty(net.parameters)
        history.append((float(loss + cost), training.accuracy(scores, y)))
        net.backward(loss_pullback())
        optimizer.step(net.gradient + penalty_pullback())
    assert history[0] == FIRST
    assert history[-1] == LAST


def test_the_moons_of_micrograd_with_a_graph() -> None:
    x, y = moons()
    arrays = list(micrograd_start())
    history = []
    for k in range(100):
        W1, b1, W2, b2, W3, b3 = parameters = [graph.Variable(array) for array in arrays]
        scores = ((x @ W1 + b1).relu() @ W2 + b2).relu() @ W3 + b3
        cost = graph.apply(losses.hinge, scores, y)
        for p in parameters:
            cost = cost + 1e-4 * (p * p).sum()
        history.append((float(cost.value), training.accuracy(scores.value, y)))
        cost.backward()
        for array, p in zip(arrays, parameters, strict=True):
            np.subtract(array, rate(k) * p.gradient, out=array)
    assert history[0] == FIRST
    assert history[-1] == LAST


def moons() -> Examples:
    """scikit-learn's make_moons(n_samples=100, noise=0.1) after np.random.seed(1337)."""
    stream = Stream(1337)
    angle = np.linspace(0, np.pi, 50)
    outer = np.column_stack([np.cos(angle), np.sin(angle)])
    inner = np.column_stack([1 - np.cos(angle), 1 - np.sin(angle) - 0.5])
    order = permutation(100, stream)
    x = np.concatenate([outer, inner])[order] + stream.normal(scale=0.1, size=(100, 2))
    return x, np.repeat([0, 1], 50)[order]


def micrograd_start() -> Iterator[Array]:
    """W, b, W, b, W, b of 2-16-16-1: neurons from Python's generator in [−1, 1), biases 0."""
    source = random.Random(1337)  # noqa: S311  micrograd draws from it
    for inputs, outputs in [(2, 16), (16, 16), (16, 1)]:
        neurons = [[source.uniform(-1, 1) for _ in range(inputs)] for _ in range(outputs)]
        yield np.array(neurons).T
        yield np.zeros(outputs)
