"""Figures in one call, on the Axes `ax` or new ones, which are returned; `plt.show()` is yours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from litgrad import _check, layers, training
from litgrad._types import Array, Labels
from litgrad.graph import Variable, _ancestors

INK, MUTED = "#000000", "#8c8c8c"  # ink is Matplotlib's own
SERIES = "#003c7d", "#c44536", "#d9a021", "#2a9d90", "#6f3f93"  # they differ in gray, too
DASHES = "-", "--", "-.", ":", (0, (6, 1.5, 1, 1.5, 1, 1.5))
Function: TypeAlias = Callable[..., Any]


def panels(
    columns: int = 1, rows: int = 1, *, size: tuple[float, float] | None = None
) -> list[Axes]:
    """Empty axes, row by row, to draw on or to pass as `ax`.

    A page is 7 inches wide, and a phone shows 4.5 with letters that can be read; panels side by
    side stand there one below the other.

    >>> left, right = panels(2)
    """
    size = size or ((7, 3.4) if columns > 1 else (4.5, 3))
    _, axes = plt.subplots(rows, columns, figsize=size, layout="constrained", facecolor="none")
    for ax in np.ravel(axes):
        ax.set_facecolor("none")  # the page shows through, be it light or dark
        ax.spines[["top", "right"]].set_visible(False)
    return list(np.ravel(axes))


def curves(lines: Any, *, log: bool = False, ax: Axes | None = None, **look: Any) -> Axes:
    """The losses of a History, or lines: one, or a dict with a label for each.

    A line is a sequence, drawn over 1, 2, 3, …, or points x, y of shape (n, 2).

    >>> curves({"SGD": [3.0, 2.0, 1.5], "Adam": [3.0, 1.0, 0.5]}, log=True).get_yscale()
    'log'
    """
    names = {}
    if isinstance(lines, training.History):
        names = {"xlabel": "epoch", "ylabel": "loss"}
        both = {"training": lines.loss, "validation": lines.validation_loss}
        lines = {label: losses for label, losses in both.items() if losses}
    points, ax = _points(lines), ax or panels()[0]
    for i, (label, xy) in enumerate(points.items()):
        pen = {"color": SERIES[i % 5], "linestyle": DASHES[(i + i // 5) % 5], "label": label}
        ax.plot(*xy.T, **pen | look)
    ax.set(yscale="log" if log else ax.get_yscale(), **names)
    if names:
        ax.locator_params("x", integer=True)
    if any(points):
        ax.legend(frameon=False)
    return ax


def contour(
    function: Function, paths: Any = None, *, frame: Any = (-6, 6, -3, 3), ax: Axes | None = None
) -> Axes:
    """Contours in a frame (left, right, bottom, top), darker uphill, with a path or a dict of them.

    >>> contour(lambda x: x @ x, {"η = 0.3": [[4.0, 2.0], [1.6, 0.8]]}).get_xlabel()
    '$x_1$'
    """
    points = {} if paths is None else _points(paths)
    a, b = np.linspace(frame[::2], frame[1::2], 51).T
    heights = np.apply_along_axis(function, 2, np.dstack(np.meshgrid(a, b))).astype(float)
    low, high = _check.finite("the function", heights).min(), heights.max()
    _check.number("the range of the function", high - low, 0, open_low=True)
    # The squares of even steps: the contours of a bowl are then evenly spaced.
    levels = low + (high - low) * np.linspace(0, 1, 11) ** 2
    ax = ax or panels()[0]
    for level in levels[1:-1]:  # area over area: so each line is drawn once
        area = ax.contourf(a, b, heights, [level, np.inf], colors=INK)
        area.set(array=None, facecolor=(INK, 0.014), edgecolor=MUTED, linewidth=0.6)
    for path in points.values():
        ax.plot(*path[0], "o", markersize=11, fillstyle="none", color=INK)
    curves(points, ax=ax, marker="o", markersize=3.5)
    ax.set(xlim=a[[0, -1]], ylim=b[[0, -1]], aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
    return ax


def boundary(predict: Function, x: Array, y: Labels, *, ax: Axes | None = None) -> Axes:
    """Points with their classes, and where `predict` (scores as for `accuracy`) changes its mind.

    >>> boundary(lambda x: x @ [1, -1], np.eye(2), np.array([1, 0])).get_legend_handles_labels()[1]
    ['class 0', 'class 1']
    """
    points = _points({"x": _check.floats("x", x, ndim=2)})["x"]
    margin = 0.08 * np.ptp(points, axis=0).max() or 1
    a, b = np.linspace(points.min(0) - margin, points.max(0) + margin, 151).T
    grid = np.stack(np.meshgrid(a, b), axis=-1).reshape(-1, 2)
    scores = _check.floats("the prediction", predict(grid))
    if scores.size == len(grid):  # one score speaks for class 1 against a 0 for class 0
        scores = scores.reshape(-1, 1) * [0, 1]
    _check.one_hot(y, len(points), scores.shape[1])
    ax = ax or panels(size=(4.5, 3.4))[0]
    for k in range(scores.shape[1]):
        lead = (scores[:, k] - np.delete(scores, k, axis=1).max(axis=1)).reshape(151, 151)
        area = ax.contourf(a, b, lead, [0, np.inf], colors=INK)
        area.set(array=None, facecolor=(SERIES[k % 5], 0.25), edgecolor=INK, linewidth=0.5)
        own, marker = points[np.equal(y, k)], "os^Dv"[k % 5]
        ax.plot(*own.T, marker, color=SERIES[k % 5], mec=INK, mew=0.5, label=f"class {k}")
    ax.set(aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
    ax.legend(frameon=False)
    return ax


def activation(operation: Function, *, limit: float = 4, ax: Axes | None = None) -> Axes:
    """A function of one number and its slope: what its pullback makes of ones.

    >>> from litgrad import ops
    >>> activation(ops.tanh).get_title()
    'tanh'
    """
    z = np.linspace(-_check.number("limit", limit, 0, open_low=True), limit, 401)
    made = operation(z)
    alone = isinstance(made, tuple) and np.shape(made[0]) == z.shape
    if not alone or not np.array_equal(made[0][:9], operation(z[:9])[0]):
        raise TypeError(
            f"activation needs an operation number by number, such as ops.tanh, got {operation!r}"
        )
    ax = curves({"value": np.c_[z, made[0]], "slope": np.c_[z, made[1](np.ones(401))]}, ax=ax)
    ax.set(xlabel="$z$", title=getattr(operation, "__name__", ""))
    return ax


def network(net: layers.Layer | Sequence[int], *, most: int = 8, ax: Axes | None = None) -> Axes:
    r"""Dense layers, of a network or of these sizes, with at most so many neurons drawn of each.

    >>> network([2, 3, 1]).texts[0].get_text()
    '2\ninput'
    """
    if isinstance(net, layers.Layer):
        named = net._named()  # noqa: SLF001  # the one walk that also enters nested chains
        net = [net.inputs or 0, *(W.shape[1] for _, W in named if W.ndim == 2)]
    sizes, half = [_check.count("a size", n) for n in net], _check.count("most", most, 2) // 2
    _check.count("the number of sizes", len(sizes), 2)
    ys = [np.arange(n) - (n - 1) / 2 if n <= most else np.r_[-half:0, 1 : half + 1] for n in sizes]
    top = max(y.max() for y in ys) + 0.5
    ax = ax or panels(size=(4.5, 1 + 0.6 * top))[0]
    for i, (n, y) in enumerate(zip(sizes, ys, strict=True)):
        name = "hidden" if 0 < i < len(sizes) - 1 else "output" if i else "input"
        ax.text(i, -top, f"{n}\n{name}", ha="center", va="top")
        ax.plot(np.full(len(y), i), y, "o", color=SERIES[0], markersize=12)
        ax.plot([i] * 3, [-0.3, 0, 0.3], "o", color=INK, markersize=2, visible=n > most)
        if i:
            pairs = np.array([(left, right) for left in ys[i - 1] for right in y])
            ax.plot([i - 1, i], pairs.T, color=MUTED, linewidth=0.5, zorder=1)
            ax.text(i - 0.5, top, f"W ({sizes[i - 1]}, {n})\nb ({n},)", ha="center", va="bottom")
    ax.set(xlim=(-0.4, len(sizes) - 0.6), ylim=(-top, top))
    ax.axis("off")
    return ax


def graph(variable: Variable, *, ax: Axes | None = None) -> Axes:
    r"""How a variable was made, from left to right; an array's value is told by its shape.

    >>> graph(Variable(2.0, name="a")).texts[0].get_text()
    'a\nvalue 2'
    """
    if not isinstance(variable, Variable):
        raise TypeError(f"graph draws a graph.Variable, got {variable!r}")
    x, edges = {variable: 0}, []
    for node in _ancestors(variable):
        for i, v in enumerate(node.parents):
            parent = v if isinstance(v, Variable) else Variable(np.add(v, 0.0), name="constant")
            x[parent] = min(x.get(parent, 0), x[node] - 1)
            edges.append((parent, node, 0.1 * (2 * i - len(node.parents) + 1)))
    # A node has its row up to the last that uses it, which inherits the row if it can.
    y, free = dict[Variable, int](), dict[int, int]()
    for node in sorted(x, key=x.__getitem__):
        rows = [y[parent] for parent, child, _ in edges if child is node] + [*range(len(x))]
        y[node] = next(row for row in rows if free.get(row, x[node]) <= x[node])
        free[y[node]] = max([x[child] for parent, child, _ in edges if parent is node], default=1)
    left, width, height = min(x.values()), max(5, 1 - min(x.values())), max(y.values()) + 1
    ax = ax or panels(size=(1.7 * width, 1.1 * height))[0]
    for parent, node, port in edges:
        across = x[parent] + 0.42, x[node] - 0.58, x[node] - 0.44
        down = y[parent], y[parent], y[node] + port
        ax.plot(across, down, color=MUTED, linewidth=1, marker=">", markevery=[2], markersize=4)
    for node, column in x.items():
        ax.bar(column, 0.8, 0.84, y[node] - 0.4, facecolor="none", edgecolor=INK, linewidth=0.8)
        names = node.name, node.operation.replace("_", "\n", 1)
        text = " = ".join(filter(None, names)) or "variable"
        for word, v in (("value", node.value), ("grad", node.gradient)):
            if v is not None:
                text += f"\n{word} {f'{v.item() + 0.0:.4g}' if v.size == 1 else v.shape}"
        ax.text(column, y[node], text.replace("-", "−"), ha="center", va="center")
    ax.set(xlim=((left - width) / 2, (left + width) / 2), ylim=(height - 0.5, -0.5))
    ax.axis("off")
    return ax


def images(rows: Array, labels: Any = (), *, columns: int = 10, ax: Axes | None = None) -> Axes:
    """Rows as square images: ink on paper, or, if any number is negative, light on dark.

    >>> images(np.eye(4), labels="abcd").texts[0].get_text()
    'a'
    """
    x = _check.floats("rows", rows, ndim=2)
    n, side = len(x), round(x.shape[1] ** 0.5)
    if x.size == 0 or side**2 != x.shape[1]:
        raise ValueError(f"images need rows of 64 numbers, or another square, got {x.shape}")
    if len(labels) not in {0, n}:
        raise ValueError(f"{n} images need {n} labels, got {len(labels)}")
    columns, gap = min(n, _check.count("columns", columns)), 4 if len(labels) else 1
    frame = (0, -n % columns), (gap, 0), (1, 0)
    tiles = np.pad(x.reshape(n, side, side), frame, constant_values=np.nan)
    sheet = np.block([list(tiles[i : i + columns]) for i in range(0, n, columns)])
    signed, scale = x.min() < 0, np.abs(x).max() or 1
    height = min((3.8 if signed else 4.5) * len(sheet) / len(sheet.T), len(tiles) / columns)
    ax = ax or panels(size=(4.5, height))[0]
    look = {"cmap": "cividis", "vmin": -scale} if signed else {"cmap": "gray_r", "vmin": 0}
    image = ax.imshow(sheet, vmax=scale, interpolation="none", **look)
    if signed:
        ax.figure.colorbar(image, ax=ax)
    for i, label in enumerate(labels):
        place = (i % columns + 0.5) * (side + 1), i // columns * (side + gap) + gap - 0.7
        ax.text(*place, str(label), ha="center", va="bottom")
    ax.axis("off")
    return ax


def _points(lines: Any) -> dict[str, Array]:
    """Points of the plane for each label; a sequence is counted from 1."""
    points = {}
    for label, line in (lines if isinstance(lines, Mapping) else {"": lines}).items():
        xy = _check.floats(f"the line {label!r}", np.add(line, 0.0))
        xy = np.c_[1 : len(xy) + 1, xy] if xy.ndim == 1 else xy
        if xy.size == 0 or xy.ndim != 2 or xy.shape[1] != 2:
            raise ValueError(f"the line {label!r} must have a point x, y a row, got {xy.shape}")
        points[label] = xy
    return points
