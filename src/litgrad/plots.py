"""Figures: in one call what would take ten lines. Only this module needs Matplotlib.

A function draws on the Axes `ax`, or on a new figure, and returns the Axes for
you to go on with. `plt.show()` is yours to call, and no setting of yours is changed.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from litgrad import _check, graph, layers, training
from litgrad._types import Array

COLORS = {
    "ink": "#222222",
    "muted": "#8c8c8c",
    "blue": "#003c7d",
    "red": "#c44536",
    "amber": "#d9a021",
    "teal": "#2a9b8e",
    "purple": "#76449c",
}
"""All colors of all figures; the last five also differ in gray."""

INK, MUTED, *SERIES = COLORS.values()
DASHES = ("-", "--", "-.", ":", (0, (6, 1.5, 1, 1.5, 1, 1.5)))
MARKERS = "os^Dv"
WIDTH = 7.0  # inches: a page's column

STYLE = {
    **dict.fromkeys(("axes.edgecolor", "axes.labelcolor", "text.color"), INK),
    **dict.fromkeys(("xtick.color", "ytick.color"), INK),
    # The page shows through, be it light or dark.
    **dict.fromkeys(("figure.facecolor", "axes.facecolor"), "none"),
    **dict.fromkeys(("axes.spines.top", "axes.spines.right", "legend.frameon"), False),
    "figure.constrained_layout.use": True,
    "lines.linewidth": 1.8,
}
styled = mpl.rc_context(STYLE)


@styled
def panels(count: int = 1, *, height: float = 3.4) -> list[Axes]:
    """Empty axes side by side, each to draw on or to pass as `ax`.

    >>> left, right = panels(2)
    """
    size = WIDTH, _check.number("height", height, 0, open_low=True)
    return list(plt.subplots(1, _check.count("count", count), figsize=size, squeeze=False)[1][0])


@styled
def curves(
    lines: training.History | Mapping[str, ArrayLike],
    *,
    log: str = "",
    xlabel: str = "",
    ylabel: str = "loss",
    ax: Axes | None = None,
) -> Axes:
    """Lines over epochs or steps: the losses of a History, or one line for each label.

    A sequence is drawn over 0, 1, 2, …; an array of shape (n, 2) has an x and a y
    in each row. `log` names the axes with a logarithmic scale: "y", "x" or "xy".

    >>> curves({"SGD": [3.0, 2.0, 1.5], "Adam": [3.0, 1.0, 0.5]}, log="y").get_yscale()
    'log'
    """
    first = 0
    if isinstance(lines, training.History):
        first, xlabel = 1, xlabel or "epoch"
        lines = {"training": lines.loss, "validation": lines.validation_loss}
        lines = {label: losses for label, losses in lines.items() if losses}
    if log not in {"", "x", "y", "xy"}:
        raise ValueError(f'log must be "", "x", "y" or "xy", the axes to scale, got {log!r}')
    points = {}
    for label, values in _mapping("lines", lines).items():
        numbers = _numbers(f"the line {label!r}", values)
        if numbers.ndim == 1:
            numbers = np.column_stack([first + np.arange(len(numbers)), numbers])
        points[label] = _fit("curves", f"the line {label!r}", numbers, 2)
        for axis, column in zip("xy", numbers.T, strict=True):
            if axis in log and column.min() <= 0:
                raise ValueError(
                    f"a logarithmic {axis} needs numbers above 0, got {column.min():g} "
                    f"in the line {label!r}"
                )
    ax = ax or panels()[0]
    for i, (label, xy) in enumerate(points.items()):
        ax.plot(*xy.T, **_pen(i), label=label)
    ax.set(xlabel=xlabel or "step", ylabel=ylabel)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(**{f"{axis}scale": "log" for axis in log})
    ax.legend()
    return ax


@styled
def contour(
    function: Callable[[float, float], Any],
    paths: Mapping[str, ArrayLike] | None = None,
    *,
    x: tuple[float, float] = (-6.0, 6.0),
    y: tuple[float, float] = (-3.0, 3.0),
    ax: Axes | None = None,
) -> Axes:
    """Contours of a function of two numbers, darker uphill, and descent paths on it.

    A path has a point in each row, as `descent.descend` returns it, and starts
    in a ring. What leaves the rectangle x × y is cut off.

    >>> path = np.array([[4.0, 2.0], [2.0, -1.0], [1.0, 0.5]])
    >>> contour(lambda a, b: a**2 + 4 * b**2, {"η = 0.3": path}).get_xlim()
    (-6.0, 6.0)
    """
    points = {
        label: _fit("contour", f"the path {label!r}", np.asarray(path, dtype=float), 2)
        for label, path in _mapping("paths", {} if paths is None else paths).items()
    }
    a, b = (np.linspace(*limits, 101) for limits in (x, y))
    heights = np.vectorize(function, otypes=[float])(*np.meshgrid(a, b))
    low, high = _check.finite("the function", heights).min(), heights.max()
    if low == high:
        raise ValueError(f"contours need a function that varies over x × y, got {low:g} everywhere")
    # The squares of even steps: the contours of a bowl are then evenly spaced.
    levels = low + (high - low) * np.linspace(0, 1, 13) ** 2
    ax = _plane(ax, x, y)
    ax.contourf(a, b, heights, levels, colors=[(INK, 0.018 * k) for k in range(12)])
    ax.contour(a, b, heights, levels, colors=MUTED, linewidths=0.6)
    for i, (label, path) in enumerate(points.items()):
        ax.plot(*path.T, **_pen(i), marker=MARKERS[i % 5], markersize=4, label=label)
        ax.plot(*path[0], "o", markersize=11, fillstyle="none", color=INK)
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    _legend(ax)
    return ax


@styled
def boundary(
    predict: Callable[[Array], Array], x: ArrayLike, y: ArrayLike, *, ax: Axes | None = None
) -> Axes:
    """Points of the plane with their classes, and where a classifier changes its mind.

    `predict` gives one score for two classes (positive: class 1), or one score a class.

    >>> x, y = np.array([[0.0, 0.0], [1.0, 2.0]]), np.array([0, 1])
    >>> boundary(lambda points: points[:, 0] - 0.5, x, y).get_legend_handles_labels()[1]
    ['class 0', 'class 1']
    """
    points = _fit("boundary", "x", _numbers("x", x), 2)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.08 * (high - low).max() or 1.0
    a, b = np.linspace(low - margin, high + margin, 151, dtype=points.dtype).T
    grid = np.stack(np.meshgrid(a, b), axis=-1)
    scores = _numbers("the prediction", predict(grid.reshape(-1, 2)))
    if scores.size == len(scores):  # one score says both: how much 1, and how little 0
        scores = np.column_stack([np.zeros(len(scores)), scores.reshape(-1)])
    scores = _fit("boundary", "the prediction", scores, scores.shape[-1])
    hot = _check.one_hot(y, len(points), scores.shape[1])
    ax = _plane(ax, (a[0], a[-1]), (b[0], b[-1]))
    for k in range(hot.shape[1]):
        color, others = SERIES[k % 5], np.delete(scores, k, axis=1)
        lead = (scores[:, k] - others.max(axis=1)).reshape(grid.shape[:2])
        if lead.max() > 0:
            ax.contourf(a, b, lead, [0, lead.max()], colors=[(color, 0.25)])
        if lead.min() < 0 < lead.max():
            ax.contour(a, b, lead, [0], colors=INK, linewidths=1)
        look = {"color": color, "marker": MARKERS[k % 5], "markeredgecolor": INK}
        ax.plot(*points[hot[:, k]].T, linestyle="", **look, markeredgewidth=0.5, label=f"class {k}")
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    _legend(ax)
    return ax


@styled
def activation(
    operation: Callable[[Array], Any],
    *,
    name: str = "",
    limit: float = 4.0,
    ax: Axes | None = None,
) -> Axes:
    """A function of one number with its slope, which is what its pullback makes of ones.

    >>> from litgrad import ops
    >>> [line.get_label() for line in activation(ops.tanh).lines[-2:]]
    ['tanh', 'slope']
    """
    limit = _check.number("limit", limit, 0, open_low=True)
    z = np.linspace(-limit, limit, 401)
    result = operation(z)
    if not isinstance(result, tuple) or np.shape(result[0]) != z.shape:
        raise TypeError(
            f"activation needs an operation that returns its value, of the shape of its "
            f"input, and its pullback, such as ops.tanh; got {operation!r}"
        )
    value, pullback = result
    ax = ax or panels()[0]
    ax.axhline(0, color=MUTED, linewidth=0.6)
    ax.axvline(0, color=MUTED, linewidth=0.6)
    ax.plot(z, value, **_pen(0), label=name or getattr(operation, "__name__", "value"))
    ax.plot(z, pullback(np.ones_like(z)), **_pen(1), label="slope")
    ax.set(xlabel="$z$")
    ax.legend()
    return ax


@styled
def network(net: layers.Layer | Sequence[int], *, most: int = 8, ax: Axes | None = None) -> Axes:
    """A network of dense layers, or of these sizes, with the shapes of its parameters.

    Of a layer with more than `most` neurons, the first and the last are drawn.

    >>> [text.get_text() for text in network([2, 3, 1]).texts]
    ['W (2, 3)\\nb (3,)', 'W (3, 1)\\nb (1,)']
    """
    sizes, names = _layers(net)
    most = _check.count("most", most, 2)
    rows = [min(size, most + 1) for size in sizes]
    ax = ax or panels(height=1 + 0.34 * max(rows))[0]
    nodes = []
    for i, (size, count) in enumerate(zip(sizes, rows, strict=True)):
        y = (count - 1) / 2 - np.arange(count)
        if size > most:
            middle, y = y[count // 2], np.delete(y, count // 2)
            ax.scatter([i] * 3, middle + np.array([-0.2, 0, 0.2]), s=4, color=INK)
        nodes.append(np.column_stack([np.full(len(y), i), y]))
        ax.scatter(*nodes[-1].T, s=130, facecolor=SERIES[0], edgecolor=INK, zorder=2)
    for i, (left, right) in enumerate(pairwise(nodes)):
        lines = [(start, end) for start in left for end in right]
        ax.add_collection(LineCollection(lines, colors=MUTED, linewidths=0.6, zorder=1))
        shapes = f"W ({sizes[i]}, {sizes[i + 1]})\nb ({sizes[i + 1]},)"
        ax.text(i + 0.5, max(rows) / 2, shapes, ha="center", va="bottom")
    ax.set_xticks(range(len(sizes)), [f"{n}\n{s}" for n, s in zip(sizes, names, strict=True)])
    ax.set(xlim=(-0.4, len(sizes) - 0.6), ylim=(-max(rows) / 2, max(rows) / 2), yticks=[])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return ax


def _layers(net: layers.Layer | Sequence[int]) -> tuple[list[int], list[str]]:
    """The sizes of a network's layers, and what is written under each."""
    if not isinstance(net, layers.Layer):
        sizes = [_check.count("a size", size) for size in net]
        if len(sizes) < 2:
            raise ValueError(f"sizes must name the inputs and the outputs at least, got {net}")
        return sizes, ["input", *["hidden"] * (len(sizes) - 2), "output"]
    waiting, sizes, names = [net], [], []
    while waiting:
        layer = waiting.pop(0)
        if isinstance(layer, layers.Sequential):
            waiting = [*layer.layers, *waiting]
        elif layer.inputs is not None and layer.outputs is not None:
            sizes += [layer.outputs] if sizes else [layer.inputs, layer.outputs]
            names += [""] if names else ["input", ""]
        elif names:
            names[-1] += f"\n{type(layer).__name__}"
    if not sizes:
        raise ValueError(f"a network must have a Dense layer to be drawn, got {net!r}")
    return sizes, [name.strip("\n") for name in names]


@styled
def graph_(variable: graph.Variable, *, ax: Axes | None = None) -> Axes:
    pass
