"""The moons of micrograd's demo: 100 points, a network 2-16-16-1, hinge loss and L2."""

import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from micrograd.engine import Value
from micrograd.nn import MLP
from numpy.typing import NDArray
from report import Section, Table, Target, number, progress
from timing import CLOCKS, Clock, interleave, many, median, ratio

from litgrad import data, graph, layers, losses, optimizers, penalties

Array = NDArray[Any]
CHAPTER = Path(__file__).parents[1] / "docs" / "chapters" / "graphs.md"
SIZES = (2, 16, 16, 1)
RATE, DECAY = 0.1, 1e-4
"""The learning rate, and what the sum of all squared parameters is multiplied by."""
TOLERANCE = 1e-6
ENGINE = "the engine of the chapter on graphs"
REPEATS = {"litgrad.layers": 100, "litgrad.graph": 100, "micrograd": 1, ENGINE: 1}
"""Steps in one turn."""


class Network(NamedTuple):
    """One step, which returns the loss before it, and all parameters."""

    step: Callable[[], float]
    parameters: Callable[[], Array]


def main(seconds: float, clock: Clock) -> None:
    """Spend so long in all."""
    rng = np.random.default_rng(0)
    x, y = data.moons(100, rng=rng)
    weights = []
    for inputs, outputs in pairwise(SIZES):
        weights += [rng.uniform(-1, 1, (inputs, outputs)), np.zeros(outputs)]
    made = {
        "litgrad.layers": with_layers(x, y, weights),
        "litgrad.graph": with_graph(x, y, weights),
        "micrograd": with_micrograd(x, y, weights),
        ENGINE: with_engine(x, y, weights),
    }
    for _ in range(3):
        values = [network.step() for network in made.values()]
        points = [network.parameters() for network in made.values()]
        if np.ptp(values) > TOLERANCE or np.ptp(points, axis=0).max() > TOLERANCE:
            sys.exit("not the same loss and parameters on the moons, so nothing to compare")
    turns = {name: many(network.step, REPEATS[name]) for name, network in made.items()}
    times = interleave(turns, seconds, clock)
    section = Section()
    rows = [["", "µs a step", "times as fast as micrograd"]]
    for name in made:
        gain = ratio(times, "micrograd", name)
        rows.append([name, number(median(times[name]) * 1e6), number(gain)])
        if name.startswith("litgrad"):
            what = f"moons, 2-16-16-1: times as fast as micrograd, with `{name}`"
            section.targets.append(Target(what, 1000, gain))
    section.tables["moons"] = Table(rows)
    progress("moons")
    section.send()


def with_layers(x: Array, y: Array, weights: list[Array]) -> Network:
    """A network of layers, with the penalty's gradient added to that of the loss."""
    net = layers.MLP(SIZES, rng=np.random.default_rng(0))
    net.parameters = np.concatenate([array.ravel() for array in weights])
    optimizer = optimizers.SGD(net.parameters, RATE)
    penalty = penalties.l2(2 * DECAY)

    def step() -> float:
        loss, pullback = losses.hinge(net.forward(x), y)
        cost, penalty_pullback = penalty(net.parameters)
        net.backward(pullback())
        optimizer.step(net.gradient + penalty_pullback())
        return float(loss + cost)

    return Network(step, net.parameters.copy)


def with_graph(x: Array, y: Array, weights: list[Array]) -> Network:
    """The network written out with variables that are whole arrays."""
    arrays = [array.copy() for array in weights]

    def step() -> float:
        W1, b1, W2, b2, W3, b3 = parameters = [graph.Variable(array) for array in arrays]
        scores = ((x @ W1 + b1).relu() @ W2 + b2).relu() @ W3 + b3
        cost = graph.apply(losses.hinge, scores, y)
        for parameter in parameters:
            cost = cost + DECAY * (parameter * parameter).sum()
        cost.backward()
        for i, parameter in enumerate(parameters):
            arrays[i] -= RATE * parameter.gradient
        return float(cost.value)

    return Network(step, lambda: np.concatenate([array.ravel() for array in arrays]))


def with_micrograd(x: Array, y: Array, weights: list[Array]) -> Network:
    """The step of micrograd's own demo: a node for each number."""
    net = MLP(SIZES[0], list(SIZES[1:]))
    for layer, W, b in zip(net.layers, weights[::2], weights[1::2], strict=True):
        for neuron, column, bias in zip(layer.neurons, W.T, b, strict=True):
            neuron.b.data = float(bias)
            for weight, start in zip(neuron.w, column, strict=True):
                weight.data = float(start)
    points = x.tolist()
    signs = [1 if label else -1 for label in y.tolist()]

    def step() -> float:
        scores = [net(list(map(Value, point))) for point in points]
        misses = [(1 + -sign * score).relu() for sign, score in zip(signs, scores, strict=True)]
        cost = sum(misses) * (1.0 / len(misses)) + DECAY * sum(p * p for p in net.parameters())
        net.zero_grad()
        cost.backward()
        for parameter in net.parameters():
            parameter.data -= RATE * parameter.grad
        return cost.data

    def parameters() -> Array:
        parts = []
        for layer in net.layers:
            # A neuron holds a column of W, so that the rows are found across the neurons.
            rows = zip(*(neuron.w for neuron in layer.neurons), strict=True)
            parts += [weight.data for row in rows for weight in row]
            parts += [neuron.b.data for neuron in layer.neurons]
        return np.array(parts)

    return Network(step, parameters)


def with_engine(x: Array, y: Array, weights: list[Array]) -> Network:
    """The same with the engine that a reader builds, taken from its page."""
    names: dict[str, Any] = {}
    for program in CHAPTER.read_text("utf-8").split("## An engine")[1].split("```python\n")[1:3]:
        exec(program.split("```")[0], names)  # noqa: S102  the page's own programs
    variable, backward = names["Variable"], names["backward"]
    arrays = [np.array([*map(variable, W.ravel())]).reshape(W.shape) for W in weights]
    points, signs = x.tolist(), [1.0 if label else -1.0 for label in y.tolist()]

    def score(point: list[float]) -> Any:
        values = [variable(number) for number in point]
        for i in range(0, len(arrays), 2):
            W, b = arrays[i], arrays[i + 1]
            sums = [
                sum((w * v for w, v in zip(W[:, j], values, strict=True)), b[j])
                for j in range(len(b))
            ]
            values = [z.relu() for z in sums] if i < len(arrays) - 2 else sums
        return values[0]

    def step() -> float:
        parameters = [p for array in arrays for p in array.flat]
        cost = variable(0.0)
        for point, sign in zip(points, signs, strict=True):
            cost = cost + (score(point) * -sign + 1.0).relu() * (1 / len(points))
        for parameter in parameters:
            cost = cost + parameter * parameter * DECAY
        backward(cost)
        for parameter in parameters:
            parameter.value -= RATE * parameter.gradient
        return float(cost.value)

    return Network(step, lambda: np.array([p.value for array in arrays for p in array.flat]))


if __name__ == "__main__":
    main(float(sys.argv[1]), CLOCKS[sys.argv[2]])
