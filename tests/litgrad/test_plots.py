"""Plots: what is drawn is what was given, and nothing else is touched."""

import functools
import importlib
import io
import subprocess
import sys
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.patches import Rectangle

from litgrad import data, descent, graph, layers, losses, ops, optimizers, training

# Matplotlib types what it returns wider than what is looked at here.
plots: Any = importlib.import_module("litgrad.plots")

EYE = np.eye(4)
POINTS, CLASSES = np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 1.0]]), np.array([0, 1, 1])
HISTORY = training.History(loss=[3.0, 2.0, 1.0, 0.5], validation_loss=[3.5, 2.5, 1.5, 1.0])
EVERY = {
    "panels": lambda: plots.panels(2)[1],
    "curves": lambda: plots.curves(HISTORY, log=True),
    "contour": lambda: plots.contour(ravine, {"path": [[-5.0, -2.0], [1.0, 1.0]]}),
    "boundary": lambda: plots.boundary(right_of_one, POINTS, CLASSES),
    "activation": lambda: plots.activation(ops.tanh),
    "network": lambda: plots.network([64, 32, 10]),
    "graph": lambda: plots.graph(a_graph()),
    "images": lambda: plots.images(EYE - 0.5, labels="abcd"),
}
every_function = pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY)


@pytest.fixture(autouse=True)
def _no_figure_stays_open():
    plt.close("all")
    yield
    plt.close("all")


def ravine(x):
    return 0.1 * x[0] ** 2 + 2 * x[1] ** 2


def ravine_slope(x):
    return np.array([0.2 * x[0], 4 * x[1]])


def right_of_one(points):
    return points[:, 0] - 1


def nearest_corner(points):
    """Scores of three classes: the nearer to its corner, the higher."""
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    return -np.square(points[:, None] - corners).sum(axis=2)


def a_graph():
    a, b = graph.Variable(2.0, name="a"), graph.Variable(-3.0, name="b")
    c = (a * b + 10.0).tanh()
    c.backward()
    return c


def xy(line):
    """The points that a line is drawn through."""
    return np.asarray(line.get_xydata())


def same(line, x, y):
    np.testing.assert_array_equal(xy(line), np.column_stack([x, y]))


def labels(ax):
    return ax.get_legend_handles_labels()[1]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def boxes(ax):
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def render(figure):
    """The figure as the site draws it, with what cannot be laid out as a warning."""
    file = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "litgrad"}):
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


# What holds for all of them.


@every_function
def test_a_call_opens_one_figure_and_changes_no_setting(draw):
    before = mpl.rcParams.copy()
    ax = draw()
    assert plt.get_fignums() == [ax.figure.number]
    assert mpl.rcParams == before


@every_function
def test_two_calls_draw_the_same_bytes(draw):
    assert render(draw().figure) == render(draw().figure)


@every_function
def test_the_page_shows_through_the_figure_and_its_axes(draw):
    ax = draw()
    assert to_rgba(ax.figure.get_facecolor())[3] == 0
    assert to_rgba(ax.get_facecolor())[3] == 0
    assert not ax.spines["top"].get_visible()
    assert not ax.spines["right"].get_visible()


@every_function
def test_nothing_is_clipped_by_the_edge_of_the_figure(draw):
    ax = draw()
    ax.figure.canvas.draw()
    inside = ax.figure.bbox.padded(0.5)
    for text in (ax.title, ax.xaxis.label, ax.yaxis.label, *ax.texts):
        if text.get_text() and (ax.axison or text in ax.texts):
            box = text.get_window_extent()
            assert inside.x0 <= box.x0 <= box.x1 <= inside.x1, text
            assert inside.y0 <= box.y0 <= box.y1 <= inside.y1, text


def on(ax):
    return {
        "curves": lambda: plots.curves([2.0, 1.0], ax=ax),
        "contour": lambda: plots.contour(ravine, ax=ax),
        "boundary": lambda: plots.boundary(right_of_one, POINTS, CLASSES, ax=ax),
        "activation": lambda: plots.activation(ops.relu, ax=ax),
        "network": lambda: plots.network([2, 3, 1], ax=ax),
        "graph": lambda: plots.graph(a_graph(), ax=ax),
        "images": lambda: plots.images(EYE, ax=ax),
    }


@pytest.mark.parametrize("name", on(None))
def test_axes_of_the_reader_are_drawn_on_and_returned(name):
    left, right = plots.panels(2)
    assert on(right)[name]() is right
    assert not left.has_data()
    assert right.has_data()
    assert plt.get_fignums() == [left.figure.number]


def test_an_import_changes_no_setting_and_opens_no_figure():
    program = (
        "import matplotlib as mpl\nbefore = mpl.rcParams.copy()\n"
        "import litgrad\nimport sys\nassert 'matplotlib.pyplot' not in sys.modules\n"
        "import litgrad.plots\nfrom matplotlib import pyplot as plt\n"
        "assert mpl.rcParams == before\nassert not plt.get_fignums()\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, timeout=60)


def lightness(color):
    """L* of CIELAB: 0 is black, 100 is white."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 116 * float(np.dot([0.2126, 0.7152, 0.0722], linear)) ** (1 / 3) - 16


def test_the_colors_differ_in_gray():
    levels = sorted(map(lightness, plots.SERIES))
    assert len(levels) == 5
    assert min(np.diff([0.0, *levels, 100.0])) > 10


def test_the_pens_of_25_curves_all_differ_and_the_first_ones_in_both_ways():
    ax = plots.curves({str(i): [float(i), 0.0] for i in range(25)})
    pens = [(line.get_color(), line._dash_pattern) for line in ax.lines]  # noqa: SLF001
    assert len({str(pen) for pen in pens}) == 25
    first = pens[:5]
    assert len({color for color, _ in first}) == len({str(dash) for _, dash in first}) == 5


# Each in turn.


def test_panels_are_row_by_row():
    first, second, third, fourth = plots.panels(2, 2, size=(5, 4))
    assert first.figure.get_size_inches().tolist() == [5, 4]
    assert first.get_subplotspec().rowspan == second.get_subplotspec().rowspan
    assert third.get_subplotspec().colspan == first.get_subplotspec().colspan
    assert fourth.figure is first.figure


def test_a_history_gives_two_curves_over_epochs_from_1():
    ax = plots.curves(HISTORY)
    train, validation = ax.lines
    same(train, [1, 2, 3, 4], [3.0, 2.0, 1.0, 0.5])
    same(validation, [1, 2, 3, 4], [3.5, 2.5, 1.5, 1.0])
    assert train.get_linestyle() != validation.get_linestyle()
    assert labels(ax) == ["training", "validation"]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()) == ("epoch", "loss", "linear")
    ticks = ax.get_xticks()
    np.testing.assert_array_equal(ticks, ticks.round())


def test_a_history_without_validation_gives_one_curve():
    ax = plots.curves(training.History(loss=[2.0, 1.0]))
    (line,) = ax.lines
    same(line, [1, 2], [2.0, 1.0])
    assert labels(ax) == ["training"]


def test_a_trained_network_is_drawn_as_it_was_trained():
    net = layers.MLP([2, 4, 1], rng=np.random.default_rng(0))
    history = training.fit(
        net,
        data.xor(),
        losses.binary_cross_entropy,
        optimizers.Adam(net.parameters, 0.1),
        epochs=3,
        batch_size=4,
        rng=np.random.default_rng(0),
        validation=data.xor(),
    )
    train, validation = plots.curves(history).lines
    same(train, [1, 2, 3], history.loss)
    same(validation, [1, 2, 3], history.validation_loss)


def test_curves_are_sequences_or_points_and_the_look_is_the_readers():
    points = np.array([[1.0, 5.0], [32.0, 4.0], [1437.0, 3.0]])
    ax = plots.curves({"counts": [9, 4, 1], "points": points}, log=True, marker="o", linestyle="")
    counts, drawn = ax.lines
    same(counts, [1, 2, 3], [9, 4, 1])
    same(drawn, *points.T)
    assert ax.get_yscale() == "log"
    assert [line.get_marker() for line in ax.lines] == ["o", "o"]
    assert [line.get_linestyle() for line in ax.lines] == ["None", "None"]


def test_one_curve_alone_needs_no_label():
    ax = plots.curves(np.array([2.0, 1.0], dtype=np.float32))
    (line,) = ax.lines
    same(line, [1, 2], [2.0, 1.0])
    assert ax.get_legend() is None


def test_a_second_call_keeps_the_scale_that_the_reader_chose():
    ax = plots.curves([2.0, 1.0])
    ax.set(xscale="log", yscale="log")
    plots.curves([3.0, 1.0], ax=ax)
    assert (ax.get_xscale(), ax.get_yscale(), len(ax.lines)) == ("log", "log", 2)


def test_contours_lie_at_the_squares_of_even_steps():
    ax = plots.contour(lambda x: x @ x, frame=(-3, 3, -4, 4))
    levels = [area.levels[0] for area in ax.collections]
    np.testing.assert_allclose(levels, 25 * np.linspace(0.1, 0.9, 9) ** 2)
    for radius, area in zip(np.linspace(0.5, 2.5, 5), ax.collections, strict=False):
        radii = np.hypot(*area.get_paths()[0].vertices.T)  # of the circle, and of the frame
        np.testing.assert_allclose(radii[radii < 2.9], radius, atol=0.01)
        assert np.count_nonzero(radii < 2.9) > 20
        assert 0 < area.get_facecolor()[0, 3] < 0.02
    assert ax.get_aspect() == 1


def test_a_function_is_given_one_point_at_a_time():
    def careful(point):
        assert point.shape == (2,)
        return int(point[0] > 0) + point[1]

    plots.contour(careful, frame=(-1, 1, 0, 2))


def test_paths_are_drawn_whole_in_the_order_given_with_a_ring_at_the_start():
    paths = {rate: descent.descend(ravine_slope, [-5.0, -2.0], rate, 20) for rate in (0.05, 0.4)}
    ax = plots.contour(ravine, {f"η = {rate}": path for rate, path in paths.items()})
    *rings, slow, fast = ax.lines
    same(slow, *paths[0.05].T)
    same(fast, *paths[0.4].T)
    assert slow.get_marker() == fast.get_marker() == "o"
    assert slow.get_linestyle() != fast.get_linestyle()
    for ring in rings:
        same(ring, [-5.0], [-2.0])
        assert ring.get_fillstyle() == "none"
    assert labels(ax) == ["η = 0.05", "η = 0.4"]


@pytest.mark.parametrize("steps", [20, 1000])
def test_a_diverging_path_does_not_move_the_frame(steps):
    path = descent.descend(ravine_slope, [-5.0, -2.0], 0.6, steps)
    assert np.abs(path).max() > 1000
    ax = plots.contour(ravine, path, frame=(-6, 2, -3, 3))
    same(ax.lines[-1], *path.T)
    assert ax.get_legend() is None
    render(ax.figure)
    assert (ax.get_xlim(), ax.get_ylim()) == ((-6, 2), (-3, 3))


def shown(ax, point):
    """The color under a point of the axes, as it is seen on paper."""
    ax.set_facecolor("white")
    ax.figure.canvas.draw()
    column, row = ax.transData.transform(point).round().astype(int)
    return np.asarray(ax.figure.canvas.buffer_rgba())[-row, column, :3] / 255


def tint(color):
    return 0.75 + 0.25 * np.array(to_rgb(color))


@pytest.mark.parametrize("shape", [(-1,), (-1, 1)])
def test_a_positive_score_is_class_1(shape):
    asked = []

    def predict(points):
        asked.append(points)
        return right_of_one(points).reshape(shape)

    ax = plots.boundary(predict, POINTS, CLASSES)
    assert np.all(asked[0].min(axis=0) < POINTS.min(axis=0))
    assert np.all(asked[0].max(axis=0) > POINTS.max(axis=0))
    zeros, ones = ax.lines
    same(zeros, [0.0], [0.0])
    same(ones, [1.0, 2.0], [2.0, 1.0])
    assert zeros.get_marker() != ones.get_marker()
    np.testing.assert_allclose(shown(ax, (0.5, 0.5)), tint(plots.SERIES[0]), atol=0.01)
    np.testing.assert_allclose(shown(ax, (1.5, 0.5)), tint(plots.SERIES[1]), atol=0.01)
    left, right = (area.get_paths()[0].vertices[:, 0] for area in ax.collections)
    np.testing.assert_allclose([left.max(), right.min()], 1.0)


def test_the_largest_of_several_scores_is_the_class():
    ax = plots.boundary(nearest_corner, POINTS / 2, CLASSES)
    assert labels(ax) == ["class 0", "class 1", "class 2"]
    for k, point in enumerate([(0.1, 0.1), (0.9, 0.2), (0.2, 0.9)]):
        np.testing.assert_allclose(shown(ax, point), tint(plots.SERIES[k]), atol=0.01)
    assert len({line.get_marker() for line in ax.lines}) == 3
    assert not len(xy(ax.lines[2]))


def test_a_classifier_of_one_mind_has_no_boundary():
    ax = plots.boundary(lambda points: np.ones(len(points)), *data.xor())
    assert all(collection.filled for collection in ax.collections)
    np.testing.assert_allclose(shown(ax, (0.5, 0.5)), tint(plots.SERIES[1]), atol=0.01)


def test_a_network_of_float32_is_asked_in_float32_and_one_point_has_room():
    net = layers.MLP([2, 3, 2], rng=np.random.default_rng(0), dtype=np.float32)
    ax = plots.boundary(net.predict, np.ones((1, 2), dtype=np.float32), np.array([1]))
    np.testing.assert_allclose((*ax.get_xlim(), *ax.get_ylim()), (0, 2, 0, 2))


@pytest.mark.parametrize(
    ("operation", "value", "slope"),
    [
        (ops.tanh, np.tanh, lambda z: 1 / np.cosh(z) ** 2),
        (ops.relu, lambda z: np.maximum(z, 0), lambda z: z > 0),
    ],
)
def test_an_activation_is_drawn_with_its_slope(operation, value, slope):
    ax = plots.activation(operation, limit=3)
    first, second = ax.lines
    z = np.linspace(-3, 3, 401)
    np.testing.assert_allclose(xy(first), np.column_stack([z, value(z)]))
    np.testing.assert_allclose(xy(second), np.column_stack([z, slope(z)]), atol=1e-15)
    assert labels(ax) == ["value", "slope"]
    assert ax.get_title() == operation.__name__
    assert first.get_linestyle() != second.get_linestyle()


def test_an_operation_without_a_name_has_no_title():
    ax = plots.activation(functools.partial(ops.leaky_relu, slope=0.1))
    assert ax.get_title() == ""
    assert ax.lines[1].get_ydata()[0] == 0.1


def nodes(ax):
    """Where a network's circles are, a column for each layer."""
    circles = [line for line in ax.lines if line.get_markersize() == 12]
    return [xy(line) for line in circles]


def edges(ax):
    return [xy(line).ravel().tolist() for line in ax.lines if line.get_zorder() == 1]


def test_a_small_network_has_every_neuron_and_every_weight():
    ax = plots.network([2, 3, 1])
    columns = nodes(ax)
    assert [len(column) for column in columns] == [2, 3, 1]
    assert [set(column[:, 0]) for column in columns] == [{0}, {1}, {2}]
    expected = [[*start, *end] for k in (0, 1) for start in columns[k] for end in columns[k + 1]]
    assert sorted(edges(ax)) == sorted(expected)
    assert len(expected) == 9
    assert texts(ax) == [
        "2\ninput",
        "3\nhidden",
        "W (2, 3)\nb (3,)",
        "1\noutput",
        "W (3, 1)\nb (1,)",
    ]


@pytest.mark.parametrize(("most", "drawn"), [(8, 8), (10, 10), (3, 2), (2, 2)])
def test_a_large_layer_is_abbreviated_with_three_dots(most, drawn):
    ax = plots.network([64, 32, 10], most=most)
    columns = nodes(ax)
    assert [len(column) for column in columns] == [drawn] * 3
    assert len(edges(ax)) == 2 * drawn**2
    dots = [line for line in ax.lines if line.get_markersize() == 2 and line.get_visible()]
    assert len(dots) == (2 if most == 10 else 3)
    for line in dots:
        column = columns[int(line.get_xdata()[0])]
        assert np.abs(column[:, 1, None] - line.get_ydata()).min() > 0.5
        assert abs(line.get_ydata().mean()) < 1e-12
    assert "W (64, 32)\nb (32,)" in texts(ax)


def test_a_network_is_drawn_like_its_sizes():
    rng = np.random.default_rng(0)
    inner = layers.Sequential(layers.Dense(3, 4, rng=rng), layers.Tanh())
    chain = [layers.Dropout(0.5, rng=rng), layers.Dense(2, 3, rng=rng), layers.ReLU()]
    net = layers.Sequential(*chain, inner, layers.Dense(4, 1, rng=rng))
    assert texts(plots.network(net)) == texts(plots.network([2, 3, 4, 1]))
    alone = plots.network(layers.Dense(2, 3, rng=rng))
    assert texts(alone) == texts(plots.network((2, 3)))


def test_a_graph_shows_every_node_with_value_and_gradient():
    ax = plots.graph(a_graph())
    slope = 1 - np.tanh(4.0) ** 2
    assert sorted(texts(ax)) == sorted(
        [
            f"a\nvalue 2\ngrad −{3 * slope:.4g}",
            f"b\nvalue −3\ngrad {2 * slope:.4g}",
            f"multiply\nvalue −6\ngrad {slope:.4g}",
            "constant\nvalue 10",
            f"add\nvalue 4\ngrad {slope:.4g}",
            f"tanh\nvalue {np.tanh(4.0):.4g}\ngrad 1",
        ]
    )
    assert len(boxes(ax)) == 6
    assert len(ax.lines) == 5


def test_a_graph_runs_from_left_to_right_and_boxes_do_not_overlap():
    x, y = graph.Variable(3.0, name="x"), graph.Variable(-4.0, name="y")
    f = (x + y.sigmoid()) / (x.sigmoid() + (x + y) ** 2) + x
    f.backward()
    ax = plots.graph(f)
    drawn = [box.get_bbox() for box in boxes(ax)]
    for i, box in enumerate(drawn):
        assert not any(box.overlaps(other) for other in drawn[:i])
    # An edge starts at the right side of a box and ends before the left side of one,
    # and runs behind none.
    for line in ax.lines:
        path = xy(line)
        assert np.all(np.diff(path[:, 0]) >= 0)
        assert any(np.allclose(path[0], (box.x1, (box.y0 + box.y1) / 2)) for box in drawn)
        end = path[-1]
        assert any(0 < box.x0 - end[0] < 0.05 and box.y0 < end[1] < box.y1 for box in drawn)
        for start, stop in pairwise(path):
            between = start + np.linspace(0.01, 0.99, 99)[:, None] * (stop - start)
            assert not any(box.padded(-0.01).contains(*p) for p in between for box in drawn)
    assert len(ax.lines) == 14


def test_a_value_used_twice_is_one_box_with_two_edges():
    a = graph.Variable(3.0)
    b = a + a
    b.name = "b"
    ax = plots.graph(b)
    assert sorted(texts(ax)) == ["b = add\nvalue 6", "variable\nvalue 3"]
    first, second = (xy(line) for line in ax.lines)
    np.testing.assert_array_equal(first[0], second[0])
    assert first[-1, 1] != second[-1, 1]


def test_an_array_is_told_by_its_shape_and_labels_are_constants():
    logits = graph.Variable(np.zeros((2, 3)), name="z")
    loss = graph.apply(losses.cross_entropy, logits, np.array([1, 2]))
    loss.backward()
    assert sorted(texts(plots.graph(loss))) == [
        "constant\nvalue (2,)",
        f"cross\nentropy\nvalue {np.log(3):.4g}\ngrad 1",
        "z\nvalue (2, 3)\ngrad (2, 3)",
    ]


@pytest.mark.parametrize("loss", [losses.binary_cross_entropy, losses.mean_squared_error])
def test_long_names_and_numbers_fit_into_their_boxes(loss):
    x = graph.Variable(np.array([-1.2345e-5]), name="x")
    made = graph.apply(loss, x, np.array([0]) if loss is losses.binary_cross_entropy else x.value)
    made.backward(np.float64(-1.2345e-5))
    ax = plots.graph(made)
    ax.figure.canvas.draw()
    for text in ax.texts:
        box = text.get_window_extent()
        assert any(
            rectangle.get_window_extent().containsx(box.x0)
            and rectangle.get_window_extent().containsx(box.x1)
            and rectangle.get_window_extent().containsy(box.y0)
            and rectangle.get_window_extent().containsy(box.y1)
            for rectangle in boxes(ax)
        ), text


def tiles(ax, side, gap, columns):
    """The images of a sheet, row by row."""
    sheet = ax.images[0].get_array().filled(np.nan)
    rows = np.split(sheet, len(sheet) // (side + gap))
    return [tile[gap:, 1:] for row in rows for tile in np.split(row, columns, axis=1)]


def test_digits_are_ink_on_paper_with_their_labels():
    digits = data.digits()
    ax = plots.images(digits.x[:7], labels=digits.y[:7], columns=5)
    drawn = tiles(ax, 8, 4, 5)
    np.testing.assert_array_equal(drawn[:7], digits.x[:7].reshape(7, 8, 8))
    assert np.isnan(drawn[7:]).all()
    assert texts(ax) == list("0123456")
    (image,) = ax.images
    assert to_rgb(image.cmap(image.norm(0.0))) == (1, 1, 1)
    assert to_rgb(image.cmap(image.norm(digits.x[:7].max()))) == (0, 0, 0)
    # A label stands above its own image, in the gap.
    positions = np.array([text.get_position() for text in ax.texts])
    np.testing.assert_array_equal(positions[:5, 0], 4.5 + 9 * np.arange(5))
    assert np.all((positions[:5, 1] > 0) & (positions[:5, 1] < 3.5))
    assert np.all((positions[5:, 1] > 12) & (positions[5:, 1] < 15.5))


def test_weights_share_one_scale_around_0_that_is_also_one_of_gray():
    weights = np.array([[-2.0, 0.0, 0.25, 0.5], [0.1, 0.2, 0.3, 0.4]])
    ax = plots.images(weights)
    (image,) = ax.images
    np.testing.assert_array_equal(tiles(ax, 2, 1, 2), weights.reshape(2, 2, 2))
    assert image.get_clim() == (-2, 2)
    assert image.get_interpolation() == "none"
    steps = [lightness(color) for color in image.cmap(np.linspace(0, 1, 9))]
    assert min(np.diff(steps)) > 5
    assert len(ax.figure.axes) == 2
    assert texts(ax) == []


def test_images_of_nothing_but_0_are_paper():
    (image,) = plots.images(np.zeros((1, 4))).images
    assert image.get_clim() == (0, 1)


# Bad input, and no figure that is left behind by it.

BAD = {
    "no mapping of numbers": (lambda: plots.curves({"a": ["x"]}), TypeError, "loop"),
    "a NaN": (lambda: plots.curves({"a": [1.0, np.nan]}), ValueError, "line 'a' must be finite"),
    "no numbers": (lambda: plots.curves([]), ValueError, r"a point x, y a row, got \(0, 2\)"),
    "three columns": (lambda: plots.curves({"a": np.ones((4, 3))}), ValueError, r"got \(4, 3\)"),
    "one number": (lambda: plots.curves(3.0), ValueError, r"got \(\)"),
    "a flat function": (lambda: plots.contour(lambda *_: 1), ValueError, "range of the function"),
    "a pole": (lambda: plots.contour(lambda x: 1 / x[0] if x[0] else np.inf), ValueError, "finite"),
    "half a frame": (lambda: plots.contour(ravine, frame=(0, 1)), ValueError, "unpack"),
    "a path in space": (lambda: plots.contour(ravine, np.ones((5, 3))), ValueError, r"\(5, 3\)"),
    "points in space": (
        lambda: plots.boundary(right_of_one, np.ones((5, 3)), CLASSES),
        ValueError,
        r"got \(5, 3\)",
    ),
    "points in a line": (
        lambda: plots.boundary(right_of_one, np.ones(5), CLASSES),
        ValueError,
        "2 dimensions",
    ),
    "no points": (
        lambda: plots.boundary(right_of_one, np.ones((0, 2)), CLASSES),
        ValueError,
        r"got \(0, 2\)",
    ),
    "points of integers": (
        lambda: plots.boundary(right_of_one, POINTS.astype(int), CLASSES),
        TypeError,
        "int64",
    ),
    "too few classes": (
        lambda: plots.boundary(right_of_one, POINTS, CLASSES[:2]),
        ValueError,
        r"shape \(3,\), got \(2,\)",
    ),
    "a class too many": (
        lambda: plots.boundary(right_of_one, POINTS, CLASSES + 1),
        ValueError,
        "between 0 and 1, got 2",
    ),
    "a prediction of classes": (
        lambda: plots.boundary(lambda points: points[:, 0] > 1, POINTS, CLASSES),
        TypeError,
        "prediction must be a float32 or float64",
    ),
    "a function of NumPy": (lambda: plots.activation(np.tanh), TypeError, "such as ops.tanh"),
    "a sum": (lambda: plots.activation(ops.sum), TypeError, "such as ops.tanh"),
    "no limit": (lambda: plots.activation(ops.tanh, limit=0), ValueError, "limit must be in"),
    "one layer": (lambda: plots.network([3]), ValueError, "number of sizes must be at least 2"),
    "an empty layer": (lambda: plots.network([3, 0]), ValueError, "a size must be at least 1"),
    "half a neuron": (lambda: plots.network([3, 1.5]), TypeError, "a size must be a whole number"),
    "no dense layer": (lambda: plots.network(layers.ReLU()), ValueError, "size must be at least"),
    "one circle": (lambda: plots.network([3, 2], most=1), ValueError, "most must be at least 2"),
    "a number": (lambda: plots.graph(2.0), TypeError, "draws a graph.Variable, got 2.0"),
    "no square": (lambda: plots.images(np.ones((2, 63))), ValueError, r"64 numbers.*\(2, 63\)"),
    "no images": (lambda: plots.images(np.ones((0, 64))), ValueError, r"got \(0, 64\)"),
    "no pixels": (lambda: plots.images(np.ones((2, 0))), ValueError, r"got \(2, 0\)"),
    "one image as a vector": (lambda: plots.images(np.ones(64)), ValueError, "2 dimensions"),
    "a label too few": (lambda: plots.images(EYE, labels="abc"), ValueError, "4 labels, got 3"),
    "no columns": (lambda: plots.images(EYE, columns=0), ValueError, "columns must be at least 1"),
}


@pytest.mark.parametrize(("call", "error", "message"), BAD.values(), ids=BAD)
def test_bad_input_is_refused_before_a_figure_opens(call, error, message):
    with pytest.raises(error, match=message):
        call()
    assert plt.get_fignums() == []
