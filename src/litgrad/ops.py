"""Operations: each returns its value and its pullback.

The pullback takes the gradient with respect to the value and returns the
gradient with respect to each input: an array for one differentiable input,
a tuple of arrays for several. It reads what the operation took, so leave that
as it is until then. Every derivative of the library that is not a loss or a
penalty stands here, once; layers and graphs use these.
"""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

from litgrad import _check
from litgrad._check import operation
from litgrad._types import Array, Axis, Pullback, ones


@operation
def affine(x: Array, W: Array, b: Array, /) -> tuple[Array, Pullback]:
    """z = x W + b, one example a row.

    Pullback: dx = dz Wᵀ, dW = xᵀ dz, db = the sum of dz over the examples.

    >>> z, pullback = affine(np.ones((1, 2)), np.eye(2), np.array([0.5, 1.0]))
    >>> z
    array([[1.5, 2. ]])
    >>> [d.shape for d in pullback(np.ones((1, 2)))]
    [(1, 2), (2, 2), (2,)]
    """
    if x.ndim != 2 or W.ndim != 2 or W.shape != (x.shape[1], *b.shape):
        raise ValueError(f"affine needs (n, i), (i, o), (o,), got {x.shape}, {W.shape}, {b.shape}")
    z: Array = x.dot(W)
    z += b

    def pullback(
        dz: Array, out: tuple[Any, Any] = (None, None), input_gradient: bool = True
    ) -> tuple[Array | None, Array, Array]:
        # A network wants dW and db in its own vector, and no dx for its data.
        dW, db = out
        dx = dz.dot(W.T) if input_gradient else None
        return dx, x.T.dot(dz, out=dW), ones(len(dz), dz.dtype).dot(dz, out=db)

    return z, pullback


@operation
def matmul(x: Array, y: Array, /) -> tuple[Array, Pullback]:
    """z = x y for matrices, or a matrix and a vector, or two vectors.

    Pullback: dx = dz yᵀ, dy = xᵀ dz.

    >>> z, pullback = matmul(np.array([[1.0, 2.0]]), np.array([3.0, 4.0]))
    >>> z, pullback(np.array([1.0]))
    (array([11.]), (array([[3., 4.]]), array([1., 2.])))
    """
    rows = x.reshape(1, -1) if x.ndim == 1 else x
    columns = y.reshape(-1, 1) if y.ndim == 1 else y
    if rows.ndim != 2 or columns.ndim != 2 or rows.shape[1] != columns.shape[0]:
        raise ValueError(
            f"matmul needs matrices or vectors that fit, got {x.shape} and {y.shape}: "
            "the last size of x must be the first of y"
        )
    z: Array = np.dot(x, y)

    def pullback(dz: Array) -> tuple[Array, Array]:
        dz = dz.reshape(rows.shape[0], columns.shape[1])
        return np.dot(dz, columns.T).reshape(x.shape), np.dot(rows.T, dz).reshape(y.shape)

    return z, pullback


@operation
def add(x: Array, y: Array, /) -> tuple[Array, Pullback]:
    """z = x + y. Pullback: dx = dz, dy = dz.

    As in every operation on two arrays, an input that NumPy stretched to fit
    the other was used several times, and its gradients are summed.

    >>> z, pullback = add(np.array([1.0, 2.0]), 10.0)
    >>> z, pullback(np.array([1.0, 1.0]))
    (array([11., 12.]), (array([1., 1.]), np.float64(2.0)))
    """
    return x + y, lambda dz: (_unbroadcast(+dz, x), _unbroadcast(+dz, y))


@operation
def subtract(x: Array, y: Array, /) -> tuple[Array, Pullback]:
    """z = x − y. Pullback: dx = dz, dy = −dz.

    >>> z, pullback = subtract(3.0, 1.0)
    >>> float(z), [float(d) for d in pullback(1.0)]
    (2.0, [1.0, -1.0])
    """
    return x - y, lambda dz: (_unbroadcast(+dz, x), _unbroadcast(-dz, y))


@operation
def multiply(x: Array, y: Array, /) -> tuple[Array, Pullback]:
    """z = x y, entry by entry. Pullback: dx = y dz, dy = x dz.

    >>> z, pullback = multiply(3.0, -4.0)
    >>> float(z), [float(d) for d in pullback(1.0)]
    (-12.0, [-4.0, 3.0])
    """
    return x * y, lambda dz: (_unbroadcast(y * dz, x), _unbroadcast(x * dz, y))


@operation
def divide(x: Array, y: Array, /) -> tuple[Array, Pullback]:
    """z = x / y. Pullback: dx = dz / y, dy = −(z / y) dz.

    >>> z, pullback = divide(1.0, 4.0)
    >>> float(z), [float(d) for d in pullback(1.0)]
    (0.25, [0.25, -0.0625])
    """
    _domain("divide", "a divisor other than 0", y, y != 0)
    return x / y, lambda dz: (_unbroadcast(dz / y, x), _unbroadcast(-(x / y) / y * dz, y))


@operation
def power(x: Array, /, exponent: float) -> tuple[Array, Pullback]:
    """z = xᵖ for a number p. Pullback: dx = p xᵖ⁻¹ dz.

    >>> z, pullback = power(3.0, 2)
    >>> float(z), float(pullback(1.0))
    (9.0, 6.0)
    """
    if not isinstance(exponent, Real):
        raise TypeError(f"power needs a number as exponent, got {exponent!r}: use exp and log")
    exponent = _check.number("exponent", exponent, -np.inf)
    if exponent != int(exponent):
        _domain("power", "x >= 0 for a fractional exponent", x, x >= 0)
    if exponent < 1 and exponent != 0:
        _domain("power", "x other than 0 for an exponent below 1", x, x != 0)
    slope = exponent * x ** (exponent - 1) if exponent else np.zeros_like(x)
    return x**exponent, lambda dz: slope * dz


@operation
def exp(x: Array, /) -> tuple[Array, Pullback]:
    """z = eˣ. Pullback: dx = z dz.

    >>> z, pullback = exp(0.0)
    >>> float(z), float(pullback(2.0))
    (1.0, 2.0)
    """
    limit = 709.782712893384 if x.dtype.char == "d" else 88.722839
    _domain("exp", "x below 709.78 (in float32 88.72), where it overflows", x, x < limit)
    z = np.exp(x)
    return z.copy(), lambda dz: z * dz


@operation
def log(x: Array, /) -> tuple[Array, Pullback]:
    """z = ln x. Pullback: dx = dz / x.

    >>> z, pullback = log(4.0)
    >>> float(z).__round__(4), float(pullback(1.0))
    (1.3863, 0.25)
    """
    _domain("log", "x above 0", x, x > 0)
    return np.log(x), lambda dz: dz / x


@operation
def sum(x: Array, /, axis: Axis = None) -> tuple[Array, Pullback]:
    """z = Σ x, over all entries or along axes. Pullback: dz to every entry.

    >>> z, pullback = sum(np.array([[1.0, 2.0], [3.0, 4.0]]), axis=0)
    >>> z, pullback(np.array([1.0, 10.0]))
    (array([4., 6.]), array([[ 1., 10.],
           [ 1., 10.]]))
    """
    total = x.sum(axis=axis, keepdims=True)

    def pullback(dz: Array) -> Array:
        dx = np.empty_like(x)
        dx[...] = dz.reshape(total.shape)
        return dx

    return total.squeeze(axis), pullback


@operation
def mean(x: Array, /, axis: Axis = None) -> tuple[Array, Pullback]:
    """z = Σ x / n, over all entries or along axes. Pullback: dz / n to each.

    >>> z, pullback = mean(np.array([1.0, 2.0, 6.0]))
    >>> float(z), pullback(3.0)
    (3.0, array([1., 1., 1.]))
    """
    if x.size == 0:
        raise ValueError(f"mean needs at least one entry, got shape {x.shape}")
    total, spread = _check.bare(sum)(x, axis)
    n = x.size // total.size
    return total / n, lambda dz: spread(dz / n)


@operation
def reshape(x: Array, /, shape: int | tuple[int, ...]) -> tuple[Array, Pullback]:
    """z = x in another shape, row by row; one size may be −1. Pullback: dz in x's shape.

    >>> z, pullback = reshape(np.array([[1.0, 2.0], [3.0, 4.0]]), -1)
    >>> z, pullback(np.ones(4)).shape
    (array([1., 2., 3., 4.]), (2, 2))
    """
    return x.reshape(shape).copy(), lambda dz: dz.reshape(x.shape).copy()


@operation
def transpose(x: Array, /) -> tuple[Array, Pullback]:
    """z = xᵀ, with the axes in reverse order. Pullback: dx = dzᵀ.

    >>> transpose(np.array([[1.0, 2.0]]))[0]
    array([[1.],
           [2.]])
    """
    return x.T.copy(), lambda dz: dz.T.copy()


@operation
def take(x: Array, /, index: Any) -> tuple[Array, Pullback]:
    """z = x[index], as NumPy indexes. Pullback: dz to the entries taken, added up, else 0.

    >>> z, pullback = take(np.array([1.0, 2.0, 3.0]), [0, 0, 2])
    >>> z, pullback(np.ones(3))
    (array([1., 1., 3.]), array([2., 0., 1.]))
    """

    def pullback(dz: Array) -> Array:
        dx = np.zeros_like(x)
        np.add.at(dx, index, dz)
        return dx

    return x[index].copy(), pullback


@operation
def sigmoid(z: Array, /) -> tuple[Array, Pullback]:
    """a = 1 / (1 + e⁻ᶻ). Pullback: dz = a (1 − a) da.

    >>> a, pullback = sigmoid(0.0)
    >>> float(a), float(pullback(1.0))
    (0.5, 0.25)
    """
    e = np.exp(-np.abs(z))  # at most 1, so that nothing overflows
    a: Array = np.where(z >= 0, 1, e) / (1 + e)
    # a (1 - a) would lose its digits where a is nearly 1
    return a, lambda da: e / (1 + e) ** 2 * da


@operation
def tanh(z: Array, /) -> tuple[Array, Pullback]:
    """a = tanh z. Pullback: dz = (1 − a²) da.

    >>> a, pullback = tanh(0.0)
    >>> float(a), float(pullback(1.0))
    (0.0, 1.0)
    """
    a: Array = np.tanh(z)
    slopes = 1 - a * a
    return a, lambda da: slopes * da


@operation
def relu(z: Array, /) -> tuple[Array, Pullback]:
    """a = max(0, z). Pullback: dz = da where z > 0, else 0.

    >>> a, pullback = relu(np.array([-1.0, 0.0, 2.0]))
    >>> a, pullback(np.ones(3))
    (array([0., 0., 2.]), array([0., 0., 1.]))
    """
    a: Array = np.maximum(z, 0)
    slopes = np.sign(a)
    return a, lambda da: slopes * da


@operation
def leaky_relu(z: Array, /, slope: float = 0.01) -> tuple[Array, Pullback]:
    """a = z for z > 0, else slope · z. Pullback: da or slope · da.

    >>> a, pullback = leaky_relu(np.array([-3.0, 2.0]))
    >>> a, pullback(np.ones(2))
    (array([-0.03,  2.  ]), array([0.01, 1.  ]))
    """
    slope = _check.number("slope", slope, 0)
    slopes: Array = np.where(z > 0, z.dtype.type(1), z.dtype.type(slope))
    return z * slopes, lambda da: da * slopes


@operation
def softmax(z: Array, /) -> tuple[Array, Pullback]:
    """pᵢ = e^zᵢ / Σⱼ e^zⱼ along the last axis. Pullback: dz = p (dp − Σ p dp).

    >>> p, pullback = softmax(np.array([1000.0, 1001.0, 1002.0]))
    >>> p.round(3)
    array([0.09 , 0.245, 0.665])
    """
    if z.ndim == 0 or z.shape[-1] == 0:
        raise ValueError(f"softmax needs at least one class, got shape {z.shape}")
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    p: Array = e / e.sum(axis=-1, keepdims=True)
    return p.copy(), lambda dp: p * (dp - (p * dp).sum(axis=-1, keepdims=True))


def _unbroadcast(gradient: Array, x: Array) -> Array:
    """Sum a gradient over the axes along which x was stretched."""
    if gradient.shape == x.shape:
        return gradient
    extra = gradient.ndim - x.ndim
    stretched = [i + extra for i, size in enumerate(x.shape) if size == 1]
    total: Array = gradient.sum(axis=(*range(extra), *stretched)).reshape(x.shape)
    return total


def _domain(rule: str, expected: str, x: Array, inside: Any) -> None:
    """Refuse an input where the operation or its slope is not defined."""
    if np.count_nonzero(inside) != x.size:
        outside = np.asarray(x)[~np.asarray(inside)].flat[0]
        raise ValueError(f"{rule} needs {expected}, got {outside}")
