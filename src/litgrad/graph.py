"""Graphs: values that remember what made them, so that gradients can flow back.

A `Variable` holds a value, the variables it was made from and the pullback
of the operation that made it. The same operations as in `ops` stand behind
the operators; where a value is used twice, its gradients add.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, zip_longest
from operator import attrgetter
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from litgrad import _check, ops
from litgrad._types import Array, Pullback

_births = count()
_birth = attrgetter("_birth")

Operator: TypeAlias = Callable[["Variable", Any], "Variable"]


def _both_sides(operation: Any) -> tuple[Operator, Operator]:
    """The operator of an operation, with a variable on its left or on its right."""
    return (
        lambda left, right: apply(operation, left, right),
        lambda right, left: apply(operation, left, right),
    )


class Variable:
    """A value in a graph.

    >>> a, b = Variable(2.0), Variable(-3.0)
    >>> c = a * b + a
    >>> c.backward()
    >>> float(c.value), float(a.gradient), float(b.gradient)
    (-4.0, -2.0, 2.0)
    """

    __array_ufunc__ = None  # an array on the left leaves the operation to us
    __slots__ = ("_birth", "_pullback", "gradient", "name", "operation", "parents", "value")

    def __init__(self, value: ArrayLike, *, name: str = "") -> None:
        self._made(_check.floats("value", value).copy(), "", (), None)
        self.name = name

    def _made(
        self, value: Array, operation: str, parents: tuple[Any, ...], pullback: Pullback | None
    ) -> None:
        self.value = value
        self.gradient: Any = None
        self.name = ""
        self.operation = operation
        self.parents = parents
        self._pullback = pullback
        self._birth = next(_births)

    def backward(self, gradient: ArrayLike | None = None) -> None:
        """Assign to every variable before this one the gradient of this one."""
        if gradient is None and self.value.size != 1:
            raise ValueError(
                f"backward starts from one number, got shape {self.value.shape}: "
                "take its .sum() or .mean(), or pass the gradient to start from"
            )
        start = np.ones(self.value.shape, self.value.dtype) if gradient is None else gradient
        found = {self: np.array(_check.like("gradient", start, self.value))}
        # A value is made after its parents, so the reverse order of birth
        # reaches a node only when all that used it have given their part.
        nodes = _ancestors(self)
        for node in nodes:
            if node._pullback is not None:
                for parent, part in node._pull(found[node]):
                    found[parent] = found[parent] + part if parent in found else part
        for node in nodes:
            node.gradient = found[node]

    def _pull(self, gradient: Array) -> Iterator[tuple[Variable, Array]]:
        """Each variable that this one was made from, and its part of the gradient."""
        parts = self._pullback(gradient) if self._pullback else ()
        if not isinstance(parts, tuple):
            parts = (parts,)
        for parent, part in zip_longest(self.parents, parts):
            if isinstance(parent, Variable):
                if part is None:
                    raise TypeError(
                        f"{self.operation} gives no gradient for {parent}: if it is meant as a "
                        "constant, pass its .value; if the operation is yours, return the gradient"
                    )
                if np.shape(part) != parent.value.shape:
                    raise ValueError(
                        f"{self.operation} gives a gradient of shape {np.shape(part)} for "
                        f"{parent}, of shape {parent.value.shape}"
                    )
                yield parent, part

    __add__, __radd__ = _both_sides(ops.add)
    __sub__, __rsub__ = _both_sides(ops.subtract)
    __mul__, __rmul__ = _both_sides(ops.multiply)
    __truediv__, __rtruediv__ = _both_sides(ops.divide)
    __matmul__, __rmatmul__ = _both_sides(ops.matmul)

    def __pow__(self, exponent: float) -> Variable:
        return apply(ops.power, self, exponent)

    def __neg__(self) -> Variable:
        return apply(ops.multiply, self, -1.0)

    def exp(self) -> Variable:
        """eˣ."""
        return apply(ops.exp, self)

    def log(self) -> Variable:
        """ln x."""
        return apply(ops.log, self)

    def sigmoid(self) -> Variable:
        """1 / (1 + e⁻ˣ)."""
        return apply(ops.sigmoid, self)

    def tanh(self) -> Variable:
        """tanh x."""
        return apply(ops.tanh, self)

    def relu(self) -> Variable:
        """max(0, x)."""
        return apply(ops.relu, self)

    def leaky_relu(self, slope: float = 0.01) -> Variable:
        """x for x > 0, else slope · x."""
        return apply(ops.leaky_relu, self, slope=slope)

    def softmax(self) -> Variable:
        """e^xᵢ / Σⱼ e^xⱼ along the last axis."""
        return apply(ops.softmax, self)

    def sum(self, axis: int | None = None) -> Variable:
        """Σ x, over all entries or along an axis."""
        return apply(ops.sum, self, axis=axis)

    def mean(self, axis: int | None = None) -> Variable:
        """Σ x / n, over all entries or along an axis."""
        return apply(ops.mean, self, axis=axis)

    def __repr__(self) -> str:
        name = f", name={self.name!r}" if self.name else ""
        return f"Variable({self.value}{name})"


def apply(operation: Any, *inputs: Any, **options: Any) -> Variable:
    """A variable made by an operation or a loss from variables and constants.

    >>> from litgrad import losses
    >>> logits = Variable(np.zeros((1, 2)))
    >>> apply(losses.cross_entropy, logits, np.array([1])).backward()
    >>> logits.gradient
    array([[ 0.5, -0.5]])
    """
    values = [x.value if isinstance(x, Variable) else x for x in inputs]
    value, pullback = operation(*values, **options)
    made = Variable.__new__(Variable)
    made._made(value, operation.__name__, inputs, pullback)
    return made


def _ancestors(last: Variable) -> list[Variable]:
    """The variable and all that it was made from, youngest first."""
    found = {last}
    waiting = [last]
    while waiting:
        for parent in waiting.pop().parents:
            if isinstance(parent, Variable) and parent not in found:
                found.add(parent)
                waiting.append(parent)
    return sorted(found, key=_birth, reverse=True)
