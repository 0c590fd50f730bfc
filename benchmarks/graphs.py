"""The graph: one operation on small arrays, forward and backward."""

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import autograd
import autograd.numpy as anp
import numpy as np
import torch
from numpy.typing import NDArray
from report import Section, Table, Target, number, progress
from timing import CLOCKS, Clock, Turn, interleave, many, median, ratio

from litgrad import graph

Array = NDArray[Any]
REPEATS = 100
"""How often an operation is run in one turn: alone it would be too short to time."""


class Operation(NamedTuple):
    """An operation by its inputs' shapes, and as each library writes it."""

    shapes: tuple[tuple[int, ...], ...]
    rule: Callable[..., Any]
    autograd_rule: Callable[..., Any] | None = None
    """For autograd, where it has functions instead of methods."""


SMALL = (8, 8)
OPERATIONS = {
    "x + y": Operation((SMALL, SMALL), lambda x, y: x + y),
    "x * y": Operation((SMALL, SMALL), lambda x, y: x * y),
    "x / y": Operation((SMALL, SMALL), lambda x, y: x / y),
    "x + y, y stretched from (8,)": Operation((SMALL, (8,)), lambda x, y: x + y),
    "x @ y": Operation((SMALL, SMALL), lambda x, y: x @ y),
    "tanh x": Operation((SMALL,), lambda x: x.tanh(), anp.tanh),
    "exp x": Operation((SMALL,), lambda x: x.exp(), anp.exp),
    "relu x": Operation((SMALL,), lambda x: x.relu(), lambda x: anp.maximum(x, 0)),
    "sum of x": Operation((SMALL,), lambda x: x.sum()),
    "x + y of numbers": Operation(((), ()), lambda x, y: x + y),
    "x * y of numbers": Operation(((), ()), lambda x, y: x * y),
    "tanh x of a number": Operation(((),), lambda x: x.tanh(), anp.tanh),
}


def main(seconds: float, clock: Clock) -> None:
    """Spend so long on each operation."""
    torch.set_num_threads(1)
    section = Section()
    peers = {"PyTorch eager": 2.0, "autograd": 1.2}
    head = ["", "litgrad, µs", *(f"{peer}, {unit}" for peer in peers for unit in ("µs", "×"))]
    rows = [head]
    gains: dict[str, dict[str, float]] = {peer: {} for peer in peers}
    for name, operation in OPERATIONS.items():
        times = interleave(turns(name, operation), seconds, clock)
        row = [name, number(median(times["litgrad"]) * 1e6)]
        for peer in peers:
            gains[peer][name] = ratio(times, peer, "litgrad")
            row += [number(median(times[peer]) * 1e6), number(gains[peer][name])]
        rows.append(row)
        progress(name)
    section.tables["operations"] = Table(rows)
    for peer, limit in peers.items():
        worst = min(gains[peer], key=lambda name: gains[peer][name])
        what = f"graph: times as fast as {peer}, at the worst (`{worst}`)"
        section.targets.append(Target(what, limit, gains[peer][worst]))
    section.send()


def turns(name: str, operation: Operation) -> dict[str, Turn]:
    """What each library does, once it is certain that the gradients are the same."""
    rng = np.random.default_rng(0)
    inputs = [rng.uniform(0.5, 1.5, shape) for shape in operation.shapes]
    start = np.ones_like(operation.rule(*map(graph.Variable, inputs)).value)
    made = [
        with_litgrad(operation, inputs, start),
        with_pytorch(operation, inputs, start),
        with_autograd(operation, inputs, start),
    ]
    expected, *others = [[np.asarray(gradient) for gradient in run()] for run in made]
    for gradients in others:
        for one, other in zip(expected, gradients, strict=True):
            if one.shape != other.shape or np.abs(one - other).max() > 1e-12:
                sys.exit(f"not the same gradients of {name}, so nothing to compare")
    names = ["litgrad", "PyTorch eager", "autograd"]
    return {name: many(run, REPEATS) for name, run in zip(names, made, strict=True)}


def with_litgrad(operation: Operation, inputs: list[Array], start: Array) -> Callable[[], Any]:
    """Variables, and backward from the value."""
    leaves = [graph.Variable(x) for x in inputs]

    def run() -> list[Any]:
        operation.rule(*leaves).backward(start)
        return [leaf.gradient for leaf in leaves]

    return run


def with_pytorch(operation: Operation, inputs: list[Array], start: Array) -> Callable[[], Any]:
    """Tensors, and backward from the value; gradients are taken away before it."""
    leaves = [torch.tensor(x, requires_grad=True) for x in inputs]
    begin = torch.tensor(start)

    def run() -> list[Any]:
        for leaf in leaves:
            leaf.grad = None
        operation.rule(*leaves).backward(begin)
        return [leaf.grad for leaf in leaves]

    return run


def with_autograd(operation: Operation, inputs: list[Array], start: Array) -> Callable[[], Any]:
    """The function and its vector-Jacobian product, with respect to one input or to both."""
    places = 0 if len(inputs) == 1 else tuple(range(len(inputs)))
    both = autograd.make_vjp(operation.autograd_rule or operation.rule, places)
    values = [x if x.ndim else float(x) for x in inputs]
    begin = start if start.ndim else float(start)

    def run() -> list[Any]:
        gradients = both(*values)[0](begin)
        return list(gradients) if isinstance(places, tuple) else [gradients]

    return run


if __name__ == "__main__":
    main(float(sys.argv[1]), CLOCKS[sys.argv[2]])
