"""Layers: an operation, and the parameters that it owns.

A network is one point: all its parameters are views into one flat vector,
and so are their gradients. An optimizer that moves the vector moves the
network.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from litgrad import _check, _storage, initializers, ops
from litgrad._types import Array, DType, Initializer, Pullback

# Inside a network nothing is checked twice.
_affine = _check.bare(ops.affine)
_leaky_relu = _check.bare(ops.leaky_relu)


class View:
    """An attribute that is a view: what is assigned to it is copied into place."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, layer: Layer, owner: type | None = None) -> Array:
        return layer._views[self.name]

    def __set__(self, layer: Layer, value: ArrayLike) -> None:
        view = layer._views[self.name]
        view[...] = _check.fitting(self.name, value, view)


class Layer:
    """An operation and the parameters that it owns, if any.

    `forward` computes and remembers, `backward` assigns the gradients of the
    parameters and returns that of the input, `predict` only computes. What
    they return is yours; but `backward` reads what `forward` took and gave,
    so leave that as it is until then.
    """

    parameters = View()
    """All parameters, as one vector: what an optimizer moves."""
    gradient = View()
    """Their gradients in the same order, assigned by `backward`."""
    inputs: int | None = None
    outputs: int | None = None
    _operation: Callable[[Array], tuple[Array, Pullback]]

    def __init__(self) -> None:
        self._views: dict[str, Array] = {"parameters": np.empty(0), "gradient": np.empty(0)}
        # 1 for every weight and 0 for every bias: what penalties touch.
        self.weight_mask: Array = np.empty(0)
        self._value: Array | None = None
        self._placed = False

    def forward(self, x: ArrayLike) -> Array:
        """The layer's value for x, remembered for `backward`."""
        self._value = self._forward(self._door(x))
        return self._value

    def predict(self, x: ArrayLike) -> Array:
        """The layer's value for x, as it is used after training."""
        return self._predict(self._door(x))

    def backward(self, gradient: ArrayLike, *, input_gradient: bool = True) -> Array | None:
        """Assign the parameters' gradients; return the input's, unless not wanted."""
        if self._value is None:
            raise RuntimeError("backward needs the values of a forward: call forward first")
        g = _check.like("gradient", gradient, self._value)
        dx: Array | None = self._backward(g, input_gradient)
        return dx

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the parameters to one .npz file."""
        _storage.save(path, dict(self._named()))

    def load(self, path: str | os.PathLike[str]) -> None:
        """Read the parameters that the same kind of network saved."""
        _storage.load(path, dict(self._named()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._describe()})"

    # Inside the door, where nothing is checked again.

    def _forward(self, x: Array) -> Array:
        value, self._pullback = self._operation(x)
        return value

    def _predict(self, x: Array) -> Array:
        return self._operation(x)[0]

    def _backward(self, gradient: Any, input_gradient: bool) -> Any:
        return self._pullback(gradient)

    def _door(self, x: ArrayLike) -> Array:
        if self.inputs is None:
            return _check.floats("x", x)
        x = _check.floats("x", x, ndim=2, dtype=self._views["parameters"].dtype)
        if x.shape[1] != self.inputs:
            raise ValueError(
                f"x must have shape (n, {self.inputs}), got {x.shape}: examples are rows"
            )
        return x

    def _move(self, parameters: Array, gradient: Array) -> None:
        """Live in these two vectors from now on."""
        parameters[:] = self.parameters
        # An optimizer of the vector that is left would move nothing: let it fail.
        self.parameters.flags.writeable = parameters is self.parameters
        self._views = {"parameters": parameters, "gradient": gradient}

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_value": None, "_pullback": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Tie a copy's parts to its own vectors: a copy copies each view by itself."""
        self.__dict__.update(state)
        self._move(self.parameters, self.gradient)

    def _named(self) -> Iterator[tuple[str, Array]]:
        yield from ()

    def _describe(self) -> str:
        return ""


class Dense(Layer):
    """z = x W + b: every input reaches every output.

    >>> layer = Dense(3, 2, rng=np.random.default_rng(0))
    >>> layer.W.shape, layer.b, layer.parameters.size
    ((3, 2), array([0., 0.]), 8)
    """

    W = View()
    """The weights, of shape (in, out)."""
    b = View()
    """The biases, of shape (out,)."""
    dW = View()
    """The gradient of the weights, as `backward` left it."""
    db = View()
    """The gradient of the biases."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        rng: np.random.Generator,
        initializer: Initializer = initializers.he_normal,
        dtype: DType = np.float64,
    ) -> None:
        super().__init__()
        self.inputs = _check.count("inputs", inputs)
        self.outputs = _check.count("outputs", outputs)
        self._shape = (inputs, outputs)
        W = np.asarray(initializer(self._shape, _check.generator(rng)))
        if W.shape != self._shape:
            raise ValueError(f"the initializer must give {self._shape}, got {W.shape}")
        parameters = np.concatenate([W.ravel(), np.zeros(outputs)]).astype(dtype)
        _check.floats("the initial weights", parameters)
        self.weight_mask = np.repeat([1, 0], [W.size, outputs]).astype(dtype)
        self._views["parameters"] = parameters
        self._move(parameters, np.zeros_like(parameters))

    def _move(self, parameters: Array, gradient: Array) -> None:
        super()._move(parameters, gradient)
        n = math.prod(self._shape)
        self._own = W, b = parameters[:n].reshape(self._shape), parameters[n:]
        self._out = dW, db = gradient[:n].reshape(self._shape), gradient[n:]
        self._views |= {"W": W, "b": b, "dW": dW, "db": db}

    def _operation(self, x: Array, /) -> tuple[Array, Pullback]:
        return _affine(x, *self._own)

    def _backward(self, gradient: Any, input_gradient: bool) -> Any:
        return self._pullback(gradient, self._out, input_gradient)[0]

    def _named(self) -> Iterator[tuple[str, Array]]:
        yield "W", self.W
        yield "b", self.b

    def _describe(self) -> str:
        return f"{self.inputs}, {self.outputs}"


class ReLU(Layer):
    """a = max(0, z)."""

    _operation = staticmethod(_check.bare(ops.relu))


class Sigmoid(Layer):
    """a = 1 / (1 + e⁻ᶻ); at the end of a network give the logits to a loss instead."""

    _operation = staticmethod(_check.bare(ops.sigmoid))


class Tanh(Layer):
    """a = tanh z."""

    _operation = staticmethod(_check.bare(ops.tanh))


class Softmax(Layer):
    """pᵢ = e^zᵢ / Σⱼ e^zⱼ; at the end of a network give the logits to a loss instead."""

    _operation = staticmethod(_check.bare(ops.softmax))


class LeakyReLU(Layer):
    """a = z for z > 0, else slope · z."""

    def __init__(self, slope: float = 0.01) -> None:
        super().__init__()
        self.slope = _check.number("slope", slope, 0)

    def _operation(self, x: Array, /) -> tuple[Array, Pullback]:
        return _leaky_relu(x, self.slope)

    def _describe(self) -> str:
        return f"{self.slope}"


class Dropout(Layer):
    """While training, zero each entry with probability r, scale the rest by 1 / (1 − r).

    >>> Dropout(0.5, rng=np.random.default_rng(0)).forward(np.ones((1, 4)))
    array([[2., 0., 0., 0.]])
    """

    def __init__(self, rate: float, *, rng: np.random.Generator) -> None:
        super().__init__()
        self.rate = _check.number("rate", rate, 0, 1)
        self._rng = _check.generator(rng)

    def _operation(self, x: Array, /) -> tuple[Array, Pullback]:
        kept = (self._rng.random(x.shape) >= self.rate) * x.dtype.type(1 / (1 - self.rate))
        return x * kept, lambda gradient: gradient * kept

    def _predict(self, x: Array) -> Array:
        return x.copy()

    def _describe(self) -> str:
        return f"{self.rate}"


class Sequential(Layer):
    """A chain of layers; its backward pass walks the list in reverse.

    >>> rng = np.random.default_rng(0)
    >>> net = Sequential(Dense(64, 32, rng=rng), ReLU(), Dense(32, 10, rng=rng))
    >>> net, net.parameters.size
    (Sequential(Dense(64, 32), ReLU(), Dense(32, 10)), 2410)
    """

    def __init__(self, *layers: Layer) -> None:
        super().__init__()
        self.layers = layers
        self.inputs, self.outputs = _ends(layers)
        owners = [layer for layer in layers if layer.parameters.size]
        if owners:
            parameters = np.concatenate([layer.parameters for layer in owners])
            self.weight_mask = np.concatenate([layer.weight_mask for layer in owners])
            self._views["parameters"] = parameters
            self._move(parameters, np.zeros_like(parameters))
        for layer in layers:
            layer._placed = True

    def backward(self, gradient: ArrayLike, *, input_gradient: bool = False) -> Array | None:
        """Assign `gradient` for all parameters; the input's is returned on request."""
        return super().backward(gradient, input_gradient=input_gradient)

    def _forward(self, x: Array) -> Array:
        for layer in self.layers:
            x = layer._forward(x)
        return x

    def _predict(self, x: Array) -> Array:
        for layer in self.layers:
            x = layer._predict(x)
        return x

    def _backward(self, gradient: Any, input_gradient: bool) -> Any:
        for layer in self.layers[:0:-1]:
            gradient = layer._backward(gradient, True)
        return self.layers[0]._backward(gradient, input_gradient)

    def _move(self, parameters: Array, gradient: Array) -> None:
        super()._move(parameters, gradient)
        start = 0
        for layer in self.layers:
            own = slice(start, start := start + layer.parameters.size)
            layer._move(parameters[own], gradient[own])

    def _named(self) -> Iterator[tuple[str, Array]]:
        for i, layer in enumerate(self.layers):
            yield from ((f"{i}.{name}", array) for name, array in layer._named())

    def _describe(self) -> str:
        return ", ".join(map(repr, self.layers))


class MLP(Sequential):
    """A multilayer perceptron: dense layers with an activation between them.

    >>> MLP([64, 32, 10], activation=Tanh, rng=np.random.default_rng(0))
    MLP(Dense(64, 32), Tanh(), Dense(32, 10))
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        activation: Callable[[], Layer] = ReLU,
        rng: np.random.Generator,
        initializer: Initializer = initializers.he_normal,
        dtype: DType = np.float64,
    ) -> None:
        if len(sizes) < 2:
            raise ValueError(f"sizes must name the inputs and the outputs at least, got {sizes}")
        if not callable(activation):
            raise TypeError(f"activation must make layers, like layers.ReLU, got {activation!r}")
        chain: list[Layer] = []
        for i, o in pairwise(sizes):
            chain += [Dense(i, o, rng=rng, initializer=initializer, dtype=dtype), activation()]
        super().__init__(*chain[:-1])


def _ends(layers: Sequence[Layer]) -> tuple[int | None, int | None]:
    """The sizes of a chain's input and output, if its layers fit together."""
    if not layers:
        raise ValueError("a Sequential needs at least one layer")
    first = last = None
    dtypes = set()
    for i, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            hint = (
                "write Sequential(*layers)" if isinstance(layer, list) else "write ReLU(), not ReLU"
            )
            raise TypeError(f"layer {i} must be a Layer, got {layer!r}: {hint}")
        if layer._placed or any(layer is other for other in layers[:i]):
            raise ValueError(
                f"layer {i}, {layer!r}, already has a place in a network: "
                "its parameters live there, so make a new layer"
            )
        if layer.inputs is not None:
            dtypes.add(layer.parameters.dtype)
            if last not in {None, layer.inputs}:
                raise ValueError(
                    f"layer {i}, {layer!r}, takes {layer.inputs} inputs, "
                    f"but the layers before it give {last}"
                )
            first, last = first or layer.inputs, layer.outputs
    if len(dtypes) > 1:
        raise TypeError(
            f"all layers of a network must have one dtype, got {sorted(map(str, dtypes))}"
        )
    return first, last
