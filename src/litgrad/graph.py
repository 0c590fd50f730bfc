"""Graphs: values that remember what made them, so that gradients can flow back.

A `Variable` holds a value, the variables it was made from and the pullback
of the operation that made it. The same operations as in `ops` stand behind
the operators; where a value is used twice, its gradients add.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import count, zip_longest
from operator import attrgetter
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from litgrad import _check, ops
from litgrad._types import Array, Axis, Pullback

_births = count()
_birth = attrgetter("_birth")

Operator: TypeAlias = Callable[["Variable", Any], "Variable"]


def _both_sides(operation: Any) -> tuple[Operator, Operator]:
    """The operator of an operation, with a variable on its left or on its right."""
    return (
        lambda left, right: apply(operation, left, _constant(right, left)),
        lambda right, left: apply(operation, _constant(left, right), right),
    )


def _constant(value: Any, variable: Variable) -> Any:
    """What meets a variable; whole numbers and masks become floats of its precision."""
    if isinstance(value, Variable) or type(value) in (float, int):
        return value
    array = _check.plain("a constant", value)
    return array.astype(variable.value.dtype) if array.dtype.kind in "biu" else array


class Variable:
    """A value in a graph. Its gradient is None until a `backward` has reached it.

    Arrays and numbers that meet it are constants, masks and whole numbers too.

    >>> a, b = Variable(2.0), Variable(-3.0)
    >>> c = a * b + a
    >>> c.backward()
    >>> float(c.value), float(a.gradient), float(b.gradient)
    (-4.0, -2.0, 2.0)
    """

    __array_ufunc__ = None  # an array on the left leaves the operation to us
    __slots__ = ("_birth", "_found", "_pullback", "name", "operation", "parents", "value")
    __iter__ = None  # or Python would take a number for an empty list of rows

    def __init__(self, value: ArrayLike, *, name: str = "") -> None:
        self._made(_check.floats("value", value).copy(), "", (), None, name)

    def _made(
        self, value: Array, operation: str, parents: Any, pullback: Pullback | None, name: str = ""
    ) -> None:
        self.value = value
        self._found: dict[int, Any] = {}
        self.name = name
        self.operation = operation
        self.parents = parents
        self._pullback = pullback
        self._birth = next(_births)

    @property
    def gradient(self) -> Any:
        """The gradient of what `backward` was called on last, with respect to this."""
        return self._found.get(self._birth)

    @gradient.setter
    def gradient(self, gradient: Array | None) -> None:
        self._found = {self._birth: gradient}

    def backward(self, gradient: ArrayLike | None = None) -> None:
        """Assign to every variable before this one the gradient of this one.

        What an earlier backward pass through any of them has found is gone.
        """
        if gradient is None and self.value.size != 1:
            raise ValueError(
                f"backward starts from one number, got shape {self.value.shape}: "
                "take its .sum() or .mean(), or pass the gradient to start from"
            )
        start = np.ones(self.value.shape, self.value.dtype) if gradient is None else gradient
        found = {self._birth: np.array(_check.like("gradient", start, self.value))}
        # A value is made after its parents, so the reverse order of birth
        # reaches a node only when all that used it have given their part.
        nodes = _ancestors(self)
        for node in nodes:
            if node._pullback is not None:
                parts = node._pullback(found[node._birth])
                for parent, part in zip(node.parents, _tuple(parts), strict=False):
                    if isinstance(parent, Variable):
                        birth = parent._birth
                        found[birth] = found[birth] + part if birth in found else part
        for node in nodes:
            node._found.clear()  # the same dictionary for all that an earlier pass reached
            node._found = found

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

    def sum(self, axis: Axis = None) -> Variable:
        """Σ x, over all entries or along axes."""
        return apply(ops.sum, self, axis=axis)

    def mean(self, axis: Axis = None) -> Variable:
        """Σ x / n, over all entries or along axes."""
        return apply(ops.mean, self, axis=axis)

    def reshape(self, *shape: int) -> Variable:
        """x in another shape, row by row."""
        return apply(ops.reshape, self, shape=shape)

    @property
    def T(self) -> Variable:  # noqa: N802  as NumPy's
        """xᵀ."""
        return apply(ops.transpose, self)

    def __getitem__(self, index: Any) -> Variable:
        return apply(ops.take, self, index=index)

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
    name = getattr(operation, "__name__", type(operation).__name__)
    values = [x.value if isinstance(x, Variable) else x for x in inputs]
    if hasattr(operation, "inside"):  # one of ops
        value, pullback = operation.inside(*values, **options)
    else:
        value, own = operation(*values, **options)
        value, pullback = (
            _check.floats(f"the value of {name}", value),
            partial(_pull, name, inputs, own),
        )
    made = Variable.__new__(Variable)
    made._made(value, name, inputs, pullback)
    return made


def _pull(name: str, inputs: Any, pullback: Pullback, gradient: Array) -> tuple[Any, ...]:
    """The parts that an own pullback gives to its inputs, if they fit: copies.

    What it returns may be what it was given, or one array twice.
    """
    parts = _tuple(pullback(gradient))
    if len(parts) > len(inputs):
        raise ValueError(f"{name} gives {len(parts)} gradients for {len(inputs)} inputs")
    for x, part in zip_longest(inputs, parts):
        if isinstance(x, Variable) and (part is None or np.shape(part) != x.value.shape):
            given = "no gradient" if part is None else f"a gradient of shape {np.shape(part)}"
            raise ValueError(
                f"{name} gives {given} for {x}, of shape {x.value.shape}: an own operation must "
                "return one; what is meant as a constant is passed as .value"
            )
    return tuple(map(np.array, parts))


def _tuple(parts: Any) -> tuple[Any, ...]:
    return parts if isinstance(parts, tuple) else (parts,)


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
