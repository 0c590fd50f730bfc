"""Descent: the path of an optimizer over a function, against closed forms and known numbers."""

import warnings
from typing import Any

import numpy as np
import pytest

from litgrad import optimizers, schedules
from litgrad._types import Array
from litgrad.descent import descend


def bowl(x: Array) -> Array:
    """The gradient of .1 x₁² + 2 x₂²."""
    return np.array([0.2, 4.0]) * x


@pytest.mark.parametrize("start", [3.0, [1.0], [1.0, -2.0], [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]])
@pytest.mark.parametrize("steps", [0, 1, 7])
def test_a_path_holds_the_start_and_every_step(start: Any, steps: int) -> None:
    path = descend(lambda x: x, start, 0.1, steps)
    assert path.shape == (steps + 1, *np.shape(start))
    assert path.dtype == np.float64
    assert np.array_equal(path[0], start)


def test_a_start_may_be_whole_numbers() -> None:
    assert np.array_equal(descend(lambda x: x, [-4, 2], 0.5, 1), [[-4.0, 2.0], [-2.0, 1.0]])


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.5, 0.7, 1.0])
@pytest.mark.parametrize("curvature", [0.5, 2.0])
def test_a_parabola_shrinks_the_distance_by_one_minus_eta_a(rate: float, curvature: float) -> None:
    start = np.array([10.0, -3.0])
    path = descend(lambda x: curvature * x, start, rate, 12)
    expected = [(1 - rate * curvature) ** t * start for t in range(13)]
    assert path == pytest.approx(np.array(expected), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize(("rate", "end"), [(0.2, "0.060466"), (1.1, "61.917")])
def test_ten_steps_from_10_on_x_squared(rate: float, end: str) -> None:
    """10 · (1 − 2η)¹⁰: 10 · .6¹⁰ and 10 · 1.2¹⁰."""
    assert f"{descend(lambda x: 2 * x, 10.0, rate, 10)[-1]:.5g}" == end


def test_a_ravine_diverges_plainly_and_converges_with_momentum() -> None:
    """Zhang et al., Dive into Deep Learning, section 12.6: its printed ends of 20 steps."""
    plain = descend(bowl, [-5, -2], 0.6, 20)[-1]
    heavy = descend(bowl, [-5, -2], 0.6, 20, momentum=0.5)[-1]
    assert [f"{x:.6f}" for x in plain] == ["-0.387814", "-1673.365109"]
    assert [f"{x:.6f}" for x in heavy] == ["0.007188", "0.002553"]


@pytest.mark.parametrize(("dampening", "gain"), [(0.0, 10.0), (0.9, 1.0)])
def test_a_heavy_ball_makes_a_steady_step_ten_times_as_long(dampening: float, gain: float) -> None:
    """Without dampening 1/(1 − β) = 10; the moving average leaves the step as it is."""
    path = descend(lambda _: 3.0, 0.0, 0.5, 400, momentum=0.9, dampening=dampening)
    assert path[-2] - path[-1] == pytest.approx(gain * 0.5 * 3.0, rel=1e-9)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_weight_decay_is_l2_in_the_gradient(momentum: float) -> None:
    """½ (w − 2)² with λ = .2 is at rest where w − 2 + λ w = 0, at 2/(1 + λ) = 1.667."""
    end = descend(lambda w: w - 2, 0.0, 0.1, 600, momentum=momentum, weight_decay=0.2)[-1]
    assert end == pytest.approx(2 / 1.2, rel=1e-9)


@pytest.mark.parametrize(("momentum", "end"), [(0.0, 2 / 1.2), (0.9, 2 / 1.02)])
def test_decoupled_decay_would_end_elsewhere_with_momentum(momentum: float, end: float) -> None:
    """w ← w − η λ w − η v is at rest where λ w + v = 0, and v rests at (w − 2)/(1 − β).

    So w = 2/(1 + λ (1 − β)): 1.667 without momentum, but 1.961 with β = .9.
    """
    w = np.zeros(1)
    optimizer = optimizers.SGD(w, 0.1, momentum=momentum)
    for _ in range(600):
        g = w - 2
        w -= 0.1 * 0.2 * w
        optimizer.step(g)
    assert w == pytest.approx([end], rel=1e-9)


def test_a_decay_for_each_parameter_is_the_number_where_all_are_equal() -> None:
    start = [1.0, -2.0]
    one = descend(lambda w: w**3, start, 0.1, 5, momentum=0.9, weight_decay=0.3)
    each = descend(lambda w: w**3, start, 0.1, 5, momentum=0.9, weight_decay=np.full(2, 0.3))
    assert np.array_equal(one, each)


def test_a_schedule_sets_the_steps() -> None:
    path = descend(lambda _: 1.0, 0.0, schedules.exponential(1.0, 0.5), 3)
    assert path.tolist() == [0.0, -1.0, -1.5, -1.75]


def test_another_optimizer_and_its_options_are_used() -> None:
    # The roots of the sums of squares of 3, 4, −12 are 3, 5, 13: AdaGrad's steps by hand.
    gradients = iter([3.0, 4.0, -12.0])
    path = descend(lambda _: next(gradients), 10.0, 0.5, 3, optimizer=optimizers.AdaGrad)
    assert path == pytest.approx([10, 9.5, 9.1, 9.1 + 6 / 13], rel=1e-9)
    shrunk = descend(lambda _: 0.0, 1.0, 0.5, 1, optimizer=optimizers.AdamW, weight_decay=0.5)
    assert shrunk.tolist() == [1.0, 0.75]


def test_the_gradient_function_sees_each_point_once_and_in_order() -> None:
    seen: list[Array] = []

    def gradient(x: Array) -> Array:
        seen.append(x)
        return bowl(x)

    path = descend(gradient, [-5, -2], 0.1, 4)
    assert np.array_equal(seen, path[:-1])


def test_writing_to_the_point_in_the_gradient_function_changes_nothing() -> None:
    def spoil(x: Array) -> Array:
        slope = bowl(x)
        x[:] = 1e9
        return slope

    start = np.array([-5.0, -2.0])
    assert np.array_equal(descend(spoil, start, 0.1, 4), descend(bowl, start, 0.1, 4))
    assert start.tolist() == [-5.0, -2.0]


def test_a_gradient_function_may_return_the_point_itself_or_one_array_again_and_again() -> None:
    expected = descend(lambda x: 1.0 * x, [4.0, -8.0], 0.5, 3, momentum=0.5)
    assert np.array_equal(descend(lambda x: x, [4.0, -8.0], 0.5, 3, momentum=0.5), expected)
    work = np.empty(2)
    again = descend(lambda x: np.multiply(x, 1.0, out=work), [4.0, -8.0], 0.5, 3, momentum=0.5)
    assert np.array_equal(again, expected)


@pytest.mark.parametrize(
    "gradient", [lambda x: [0.2 * x[0], 4 * x[1]], lambda x: (0.2 * x[0], 4 * x[1])]
)
def test_a_gradient_may_be_a_list_or_a_tuple(gradient: Any) -> None:
    assert np.array_equal(descend(gradient, [-5, -2], 0.1, 4), descend(bowl, [-5, -2], 0.1, 4))


@pytest.mark.parametrize(
    ("start", "slope", "words"),
    [
        ([1.0, 2.0], [1.0], r"shape \(2,\), got \(1,\)"),
        ([1.0, 2.0], 1.0, r"shape \(2,\), got \(\)"),
        ([1.0, 2.0], [[1.0, 2.0]], r"shape \(2,\), got \(1, 2\)"),
        (1.0, [1.0], r"shape \(\), got \(1,\)"),
    ],
)
def test_a_bad_gradient_is_refused(start: Any, slope: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        descend(lambda _: slope, start, 0.1, 3)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"start": [1.0, np.nan]}, ValueError, r"start must be finite, got nan at \[1\]"),
        ({"start": np.inf}, ValueError, "start must be finite, got inf"),
        ({"steps": -1}, ValueError, "steps must be at least 0, got -1"),
        ({"steps": 2.5}, TypeError, "steps must be a whole number, got 2.5"),
        ({"learning_rate": -0.1}, ValueError, "learning_rate must be .*-0.1"),
        ({"learning_rate": "fast"}, TypeError, "learning_rate must be a number, got 'fast'"),
        ({"momentum": 1.0}, ValueError, "momentum must be .*got 1"),
    ],
)
def test_a_bad_argument_is_refused(change: Any, error: type[Exception], words: str) -> None:
    good: dict[str, Any] = {"start": [1.0, 2.0], "learning_rate": 0.1, "steps": 3}
    with pytest.raises(error, match=words):
        descend(bowl, **(good | change))


@pytest.mark.parametrize(
    ("rate", "gradient", "place"),
    [
        (1e3, lambda x: 2 * x, "step 94, at learning rate 1000"),
        (lambda t: 1e3 + t, lambda x: 2 * x, "step 93, at learning rate 1092"),
        (1e308, lambda _: 2.0, "step 1, at learning rate 1e.308"),  # the step itself overflows
        (0.1, lambda _: np.nan, "step 1, at learning rate 0.1"),
        (0.1, lambda x: 1 / x if x < 1 else np.inf, "step 1, at learning rate 0.1"),
    ],
)
def test_a_descent_that_diverges_says_where_and_warns_of_nothing(
    rate: Any, gradient: Any, place: str
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(FloatingPointError, match=f"not finite in {place}: try a smaller rate"):
            descend(gradient, 1.0, rate, 1000)
