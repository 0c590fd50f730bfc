"""Layers: an operation, and the parameters that it owns.

A network is one point: all its parameters are views into one flat vector,
and so are their gradients. An optimizer that moves the vector moves the
network.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike

from litgrad import _check, _storage, initializers, ops
from litgrad._types import Array, DType, Initializer, Pullback


def _missing(*_: Any) -> NoReturn:
    raise TypeError("a layer needs an operation(x, *parameters) that returns value and pullback")


class Layer:
    """An operation and the parameters that it owns, if any.

    `forward` computes and remembers, `backward` assigns the gradients of the
    parameters and returns that of the input on request, `predict` only
    computes. What they return is yours; but `backward` reads what the last
    `forward` took, so leave that as it is until then.

    A layer of your own names its parameters and has an `operation`, whose
    pullback returns the gradients of x and of each parameter:

    >>> class Scale(Layer):
    ...     def operation(self, x, gain):
    ...         return x * gain, lambda da: (da * gain, (da * x).sum(axis=0))
    >>> net = Sequential(Scale(gain=np.ones(3)), ReLU())
    >>> net.layers[0].gain, net.parameters.size
    (array([1., 1., 1.]), 3)
    """

    parameters: Array
    """All parameters, as one vector: what an optimizer moves."""
    gradient: Array
    """Their gradients in the same order, assigned by `backward`."""
    weight_mask: Array
    """1 for every weight and 0 for every bias: what penalties touch."""
    inputs: int | None = None
    outputs: int | None = None
    operation: Callable[..., tuple[Array, Pullback]] = staticmethod(_missing)
    """The value and the pullback, for x and the parameters."""
    _text = ""
    _placed = False
    _shapes: Mapping[str, tuple[int, ...]] = {}
    _views: Mapping[str, Array] = {}
    _own: tuple[Array, ...]
    _out: tuple[Array, ...]

    def __init__(self, **parameters: ArrayLike) -> None:
        """Own these parameters; matrices are weights, and penalties touch them."""
        arrays = {name: _check.floats(name, value) for name, value in parameters.items()}
        self._shapes = {name: array.shape for name, array in arrays.items()}
        masks = [np.full_like(array, array.ndim > 1) for array in arrays.values()]
        self._settle(_flat(arrays.values()), _flat(masks))

    def __setattr__(self, name: str, value: Any) -> None:
        """Copy what is assigned to a parameter into its place, and take no new names."""
        if name in self._views:
            view = self._views[name]
            view[...] = _check.fitting(name, value, view)
        elif self._views and not hasattr(self, name):
            raise AttributeError(f"{self} has no {name}; set what is new before super().__init__()")
        else:
            super().__setattr__(name, value)

    def forward(self, x: ArrayLike) -> Array:
        """The layer's value for x, remembered for `backward`."""
        value, _ = self._memory[:] = self._run(self._door(x))
        return value

    def predict(self, x: ArrayLike) -> Array:
        """The layer's value for x, as it is used after training."""
        return self._predict(self._door(x))

    def backward(self, gradient: ArrayLike, *, input_gradient: bool = False) -> Array | None:
        """Assign the parameters' gradients, and return the input's if it is wanted."""
        if not self._memory:
            raise RuntimeError("backward needs the values of a forward: call forward first")
        value, pullback = self._memory
        dx = self._back(pullback, _check.shaped("gradient", gradient, value), input_gradient)
        return dx if input_gradient else None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the parameters to one .npz file."""
        _storage.save(path, dict(self._named()))

    def load(self, path: str | os.PathLike[str]) -> None:
        """Read the parameters that the same kind of network saved."""
        _storage.load(path, dict(self._named()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._text})"

    # Inside the door, where nothing is checked again.

    def _run(self, x: Array) -> tuple[Array, Any]:
        """The value, and what `_back` will want."""
        return self.operation(x, *self._own)

    def _back(self, pullback: Any, gradient: Array, _input_gradient: bool = True) -> Any:
        """Assign the parameters' gradients, and return that of x."""
        dx = pullback(gradient)
        if self._out:
            if not isinstance(dx, tuple) or len(dx) != 1 + len(self._out):
                names = ", ".join(f"d{name}" for name in self._shapes)
                raise TypeError(f"the pullback must return a tuple of dx, {names}")
            dx, *gradients = dx
            for name, place, part in zip(self._shapes, self._out, gradients, strict=True):
                place[...] = _check.shaped(f"d{name}", part, place)
        return dx

    def _predict(self, x: Array) -> Array:
        return self.operation(x, *self._own)[0]

    def _door(self, x: ArrayLike) -> Array:
        dtype = self.parameters.dtype if self.parameters.size else None
        x = _check.floats("x", x, ndim=None if self.inputs is None else 2, dtype=dtype)
        if self.inputs is not None and x.shape[1] != self.inputs:
            raise ValueError(
                f"x must have shape (n, {self.inputs}), got {x.shape}: examples are rows"
            )
        return x

    def _settle(self, parameters: Array, weight_mask: Array) -> None:
        self.weight_mask = weight_mask
        self._memory: list[Any] = []  # the value and the pullback of the last forward
        self._move(parameters, np.zeros_like(parameters))

    def _move(self, parameters: Array, gradient: Array) -> None:
        """Live in these two vectors from now on."""
        if self._views:
            parameters[:] = self.parameters
        for view in self._views.values():
            # Whoever still holds what is left would move nothing: let it fail.
            view.flags.writeable = view is parameters or view is gradient
        views = {"parameters": parameters, "gradient": gradient}
        start = 0
        for name, shape in self._shapes.items():
            part = slice(start, start := start + math.prod(shape))
            views[name] = parameters[part].reshape(shape)
            views[f"d{name}"] = gradient[part].reshape(shape)
        self._memory.clear()
        own = tuple(views[name] for name in self._shapes)
        out = tuple(views[f"d{name}"] for name in self._shapes)
        self.__dict__ |= views | {"_views": views, "_own": own, "_out": out}

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_memory": [], "_placed": False}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Tie a copy's parts to its own vectors: a copy copies each view by itself."""
        self.__dict__.update(state | {"_views": {}})
        self._move(self.parameters, self.gradient)

    def _named(self) -> Iterator[tuple[str, Array]]:
        yield from ((name, self._views[name]) for name in self._shapes)


class Dense(Layer):
    """z = x W + b: every input reaches every output.

    >>> layer = Dense(3, 2, rng=np.random.default_rng(0))
    >>> layer.W.shape, layer.b, layer.parameters.size
    ((3, 2), array([0., 0.]), 8)
    """

    W: Array
    """The weights, of shape (in, out)."""
    b: Array
    """The biases, of shape (out,)."""
    dW: Array
    """The gradient of the weights, as `backward` left it."""
    db: Array
    """The gradient of the biases."""
    operation = staticmethod(_check.bare(ops.affine))

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        rng: np.random.Generator,
        initializer: Initializer = initializers.he_normal,
        dtype: DType = np.float64,
    ) -> None:
        self.inputs = _check.count("inputs", inputs)
        self.outputs = _check.count("outputs", outputs)
        self._text = f"{inputs}, {outputs}"
        W = np.asarray(initializer((inputs, outputs), _check.generator(rng)))
        if W.shape != (inputs, outputs):
            raise ValueError(f"the initializer must give {(inputs, outputs)}, got {W.shape}")
        W = _check.floats("the initial weights", W.astype(dtype))
        super().__init__(W=W, b=np.zeros(outputs, dtype))

    def _back(self, pullback: Any, gradient: Array, input_gradient: bool = True) -> Any:
        # As every layer, but dW and db are computed in their place, and no dx unless wanted.
        return pullback(gradient, self._out, input_gradient)[0]


class Activation(Layer):
    """A layer without parameters: an operation of x alone."""

    def __init__(self) -> None:
        super().__init__()


class ReLU(Activation):
    """a = max(0, z)."""

    operation = staticmethod(_check.bare(ops.relu))


class Sigmoid(Activation):
    """a = 1 / (1 + e⁻ᶻ); at the end of a network give the logits to a loss instead."""

    operation = staticmethod(_check.bare(ops.sigmoid))


class Tanh(Activation):
    """a = tanh z."""

    operation = staticmethod(_check.bare(ops.tanh))


class Softmax(Activation):
    """pᵢ = e^zᵢ / Σⱼ e^zⱼ; at the end of a network give the logits to a loss instead."""

    operation = staticmethod(_check.bare(ops.softmax))


class LeakyReLU(Layer):
    """a = z for z > 0, else slope · z."""

    _rule = staticmethod(_check.bare(ops.leaky_relu))

    def __init__(self, slope: float = 0.01) -> None:
        self.slope = _check.number("slope", slope, 0)
        self._text = f"{self.slope}"
        super().__init__()

    def operation(self, x: Array, /) -> tuple[Array, Pullback]:
        """Leaky ReLU with this layer's slope."""
        return self._rule(x, self.slope)


class Dropout(Layer):
    """While training, zero each entry with probability r, scale the rest by 1 / (1 − r).

    >>> Dropout(0.5, rng=np.random.default_rng(0)).forward(np.ones((1, 4)))
    array([[2., 0., 0., 0.]])
    """

    def __init__(self, rate: float, *, rng: np.random.Generator) -> None:
        self.rate = _check.number("rate", rate, 0, 1)
        self._text = f"{self.rate}"
        self._rng = _check.generator(rng)
        super().__init__()

    def operation(self, x: Array, /) -> tuple[Array, Pullback]:
        """x times a mask that is drawn anew."""
        rate = _check.number("rate", self.rate, 0, 1)
        kept = (self._rng.random(x.shape) >= rate) * x.dtype.type(1 / (1 - rate))
        return x * kept, lambda gradient: gradient * kept

    def _predict(self, x: Array) -> Array:
        return x.copy()


class Sequential(Layer):
    """A chain of layers; its backward pass walks the list in reverse.

    >>> rng = np.random.default_rng(0)
    >>> net = Sequential(Dense(64, 32, rng=rng), ReLU(), Dense(32, 10, rng=rng))
    >>> net, net.parameters.size
    (Sequential(Dense(64, 32), ReLU(), Dense(32, 10)), 2410)
    """

    def __init__(self, *layers: Layer) -> None:
        self.inputs, self.outputs = _ends(layers)
        self.layers = layers
        self._text = ", ".join(map(repr, layers))
        owners = [layer for layer in layers if layer.parameters.size]
        self._settle(
            _flat(layer.parameters for layer in owners),
            _flat(layer.weight_mask for layer in owners),
        )

    def _run(self, x: Array) -> tuple[Array, Any]:
        pullbacks = []
        for layer in self.layers:
            x, pullback = layer._memory[:] = layer._run(x)
            pullbacks.append((layer, pullback))
        return x, pullbacks

    def _back(self, pullbacks: Any, gradient: Array, input_gradient: bool = True) -> Any:
        for layer, pullback in pullbacks[:0:-1]:
            gradient = layer._back(pullback, gradient)
        layer, pullback = pullbacks[0]
        return layer._back(pullback, gradient, input_gradient)

    def _predict(self, x: Array) -> Array:
        for layer in self.layers:
            x = layer._predict(x)
        return x

    def _move(self, parameters: Array, gradient: Array) -> None:
        super()._move(parameters, gradient)
        start = 0
        for layer in self.layers:
            own = slice(start, start := start + layer.parameters.size)
            layer._move(parameters[own], gradient[own])
            layer._placed = True

    def _named(self) -> Iterator[tuple[str, Array]]:
        for i, layer in enumerate(self.layers):
            yield from ((f"{i}.{name}", array) for name, array in layer._named())


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
    for i, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            hint = "write ReLU(), not ReLU, and Sequential(*layers)"
            raise TypeError(f"layer {i} must be a Layer, got {layer!r}: {hint}")
        if layer._placed or any(layer is other for other in layers[:i]):
            raise ValueError(
                f"layer {i}, {layer!r}, already has a place in a network: "
                "its parameters live there, so make a new layer"
            )
        if layer.inputs is not None:
            if last not in {None, layer.inputs}:
                raise ValueError(
                    f"layer {i}, {layer!r}, takes {layer.inputs} inputs, "
                    f"but the layers before it give {last}"
                )
            first, last = first or layer.inputs, layer.outputs
    return first, last


def _flat(arrays: Iterable[Array]) -> Array:
    """All arrays in one vector."""
    arrays = [*arrays]
    dtypes = sorted({str(array.dtype) for array in arrays})
    if len(dtypes) > 1:
        raise TypeError(f"all parameters of a network must have one dtype, got {dtypes}")
    return np.concatenate([array.ravel() for array in arrays] or [np.empty(0)])
