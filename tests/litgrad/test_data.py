"""Data: the published digits, shapes by closed form, splits and batches."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from litgrad import data
from litgrad._types import Examples

Problem = Callable[..., Examples]


def rng(seed: int = 0) -> np.random.Generator:
    """A fresh generator."""
    return np.random.default_rng(seed)


# The digits.


def test_the_digits_are_those_of_the_published_set() -> None:
    digits = data.digits()
    assert digits.x.shape == (1797, 64)
    counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.bincount(digits.y).tolist() == counts
    assert digits.y[:10].tolist() == list(range(10))
    assert digits.y[-3:].tolist() == [8, 9, 8]
    assert digits.x.sum() * 16 == 561_718  # that of scikit-learn's copy
    # The first image, a zero, as scikit-learn's documentation prints it.
    top = [[0, 0, 5, 13, 9, 1, 0, 0], [0, 0, 13, 15, 10, 15, 5, 0], [0, 3, 15, 2, 0, 11, 8, 0]]
    assert (digits.x[0, :24] * 16).reshape(3, 8).tolist() == top


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_digit_is_sixteenths_of_the_dtype_asked_for_and_an_integer(dtype: Any) -> None:
    digits = data.digits(dtype)
    assert np.array_equal(np.unique(digits.x), np.arange(17) / 16)
    assert {x.dtype for x in (digits.x, digits.train[0], digits.test[0])} == {np.dtype(dtype)}
    assert {y.dtype for y in (digits.y, digits.train[1], digits.test[1])} == {np.dtype(np.int64)}


def test_every_digit_is_in_train_or_in_test_and_never_in_both() -> None:
    digits = data.digits()
    (x, y), (x_test, y_test) = digits.train, digits.test
    assert (x.shape, y.shape) == ((1437, 64), (1437,))
    assert (x_test.shape, y_test.shape) == ((360, 64), (360,))
    parts = [np.column_stack(part) for part in [(x, y), (x_test, y_test), (digits.x, digits.y)]]
    train, test, all_digits = (Counter(map(bytes, part)) for part in parts)
    assert train + test == all_digits
    assert len(all_digits) == 1797  # no two images are the same
    assert min(np.bincount(y_test)) >= 25
    assert np.array_equal(data.digits(np.float32).test[1], y_test)


def test_the_digits_are_the_callers_to_change() -> None:
    spoiled, digits = data.digits(), data.digits()
    for array in (spoiled.x, spoiled.y, spoiled.is_test):
        array[:] = 0
    assert (digits.x.max(), digits.y.max(), digits.is_test.sum()) == (1, 9, 360)
    x = digits.x.copy()
    digits.train[0][:] = digits.test[0][:] = 7
    assert np.array_equal(digits.x, x)
    assert np.array_equal(data.digits().train[0], digits.train[0])


def test_digits_print_shortly() -> None:
    assert repr(data.digits()) == "Digits(train=1437, test=360)"


@pytest.mark.parametrize("dtype", [int, np.float16, complex])
def test_digits_of_another_dtype_are_refused(dtype: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"float32.*float64"):
        data.digits(dtype)


# Small problems: without noise every point has its place.


def test_moons_without_noise_lie_on_two_half_circles() -> None:
    x, y = data.moons(201, noise=0.0, rng=rng())
    upper, lower = x[y == 0], x[y == 1] - [1.0, 0.5]
    assert np.hypot(*upper.T) == pytest.approx(np.ones(101))
    assert np.hypot(*lower.T) == pytest.approx(np.ones(100))
    assert (upper[:, 1] >= 0).all()
    assert (lower[:, 1] <= 0).all()
    for half in (upper, lower):
        assert half[:, 0].min() < -0.9 < 0.9 < half[:, 0].max()


def test_spirals_without_noise_turn_by_four_radians_on_their_way_out() -> None:
    x, y = data.spirals(300, noise=0.0, rng=rng())
    radius, angle = np.hypot(*x.T), np.arctan2(*x.T)
    for label in range(3):
        assert radius[y == label] == pytest.approx(np.arange(1, 101) / 100)
    turns = (angle - 4 * radius - 2 * np.pi * y / 3) / (2 * np.pi)
    assert turns == pytest.approx(np.round(turns), abs=1e-9)


def test_the_noise_of_spirals_is_in_the_angle() -> None:
    clean, noisy = (data.spirals(3000, noise=s, rng=rng())[0] for s in (0.0, 0.2))
    assert np.hypot(*noisy.T) == pytest.approx(np.hypot(*clean.T))
    turn = np.arctan2(*noisy.T) - np.arctan2(*clean.T)
    turn = (turn + np.pi) % (2 * np.pi) - np.pi
    assert turn.std() == pytest.approx(0.2, rel=5 / np.sqrt(6000))


def test_blobs_stand_around_centers_on_a_circle_of_radius_2() -> None:
    x, y = data.blobs(8, classes=4, noise=0.0, rng=rng())
    assert x == pytest.approx(np.array([[2, 0], [0, 2], [-2, 0], [0, -2]])[y])


@pytest.mark.parametrize("make", [data.blobs, data.moons])
def test_noise_has_the_standard_deviation_asked_for(make: Problem) -> None:
    clean, noisy = (make(9000, noise=s, rng=rng())[0] for s in (0.0, 0.3))
    assert (noisy - clean).std(axis=0) == pytest.approx([0.3, 0.3], rel=5 / np.sqrt(18_000))
    assert (noisy - clean).mean(axis=0) == pytest.approx([0, 0], abs=5 * 0.3 / np.sqrt(9000))


@pytest.mark.parametrize(
    ("make", "noise"), [(data.moons, 0.1), (data.spirals, 0.2), (data.blobs, 0.5)]
)
def test_a_problem_is_noisy_unless_told(make: Problem, noise: float) -> None:
    assert np.array_equal(make(9, rng=rng())[0], make(9, noise=noise, rng=rng())[0])


EACH = pytest.mark.parametrize(
    ("make", "classes"), [(data.moons, 2), (data.spirals, 3), (data.blobs, 3)]
)


@EACH
@pytest.mark.parametrize("n", [1, 2, 7, 90])
def test_a_problem_has_n_examples_in_balanced_classes(make: Problem, classes: int, n: int) -> None:
    x, y = make(n, rng=rng())
    assert (x.shape, y.shape) == ((n, 2), (n,))
    assert x.dtype == np.float64
    assert y.dtype.kind == "i"
    counts = np.bincount(y, minlength=classes)
    assert len(counts) == classes
    assert counts.max() - counts.min() <= 1


@EACH
def test_a_problem_comes_from_its_generator_alone(make: Problem, classes: int) -> None:
    first, again, other = (make(10 * classes, rng=rng(seed))[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_xor_is_its_table_and_the_callers_to_change() -> None:
    x, y = data.xor()
    assert np.column_stack([x, y]).tolist() == [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]
    assert (x.dtype.kind, y.dtype.kind) == ("f", "i")
    x[:], y[:] = 9, 9
    assert data.xor()[0].max() == data.xor()[1].max() == 1


@pytest.mark.parametrize("relevant", [0, 3, 20])
def test_sparse_regression_is_linear_in_few_features(relevant: int) -> None:
    x, y, w = data.sparse_regression(50, 20, relevant=relevant, noise=0.0, rng=rng())
    assert (x.shape, y.shape, w.shape) == ((50, 20), (50,), (20,))
    assert np.count_nonzero(w) == relevant
    assert y == pytest.approx(x @ w)


def test_sparse_regression_draws_features_noise_and_which_are_relevant() -> None:
    x, y, w = data.sparse_regression(5000, 4, relevant=2, noise=0.5, rng=rng())
    assert x.std() == pytest.approx(1, rel=5 / np.sqrt(40_000))
    assert (y - x @ w).std() == pytest.approx(0.5, rel=5 / np.sqrt(10_000))
    drawn = [data.sparse_regression(2, 9, relevant=2, rng=rng(s))[2] for s in range(20)]
    assert len({tuple(np.flatnonzero(w)) for w in drawn}) > 10


# Splits and batches. Each label is the number of its row.

X, Y = np.arange(40.0).reshape(20, 2), np.arange(20)


@pytest.mark.parametrize(("fraction", "held"), [(0.2, 4), (0.25, 5), (0.5, 10), (0.9, 18)])
def test_a_split_is_disjoint_complete_and_paired(fraction: float, held: int) -> None:
    kept, drawn = data.split(X, Y, fraction=fraction, rng=rng())
    assert (len(kept[0]), len(drawn[0])) == (20 - held, held)
    assert sorted([*kept[1], *drawn[1]]) == list(range(20))
    for x, y in (kept, drawn):
        assert np.array_equal(x, X[y])


def test_a_split_holds_each_example_as_often_as_any_other() -> None:
    held = [data.split(X, Y, rng=rng(seed))[1][1] for seed in range(500)]
    assert np.array_equal(held[7], data.split(X, Y, rng=rng(7))[1][1])
    counts = np.bincount(np.concatenate(held), minlength=20)
    assert np.abs(counts - 100).max() < 5 * np.sqrt(500 * 0.2 * 0.8)  # binomial


@pytest.mark.parametrize("size", [1, 3, 7, 20, 99])
@pytest.mark.parametrize("source", [None, rng(0)])
def test_an_epoch_has_every_example_once_with_its_label(
    size: int, source: np.random.Generator | None
) -> None:
    epoch = list(data.batches(X, Y, size=size, rng=source))
    assert all(np.array_equal(x, X[y]) for x, y in epoch)
    assert sorted(np.concatenate([y for _, y in epoch])) == list(range(20))
    full, rest = divmod(20, size)
    assert [len(y) for _, y in epoch] == [size] * full + [rest] * (rest > 0)


def order(seed: int, *, replace: bool = False) -> list[int]:
    """The rows of one epoch in batches of 4."""
    epoch = data.batches(X, Y, size=4, rng=rng(seed), replace=replace)
    return [int(label) for _, y in epoch for label in y]


def test_without_a_generator_the_rows_come_in_order() -> None:
    assert [y.tolist() for _, y in data.batches(X[:5], Y[:5], size=2)] == [[0, 1], [2, 3], [4]]


def test_examples_are_shuffled_and_not_only_batches() -> None:
    mates = {tuple(sorted(order(seed)[:4])) for seed in range(50)}
    assert len(mates) > 45  # of 4845 possible first batches, or 5 if the batches were fixed
    firsts = np.bincount([order(seed)[0] for seed in range(1000)], minlength=20)
    assert np.abs(firsts - 50).max() < 5 * np.sqrt(1000 * 0.05 * 0.95)  # binomial


@pytest.mark.parametrize("replace", [False, True])
def test_batches_come_from_their_generator_which_goes_on(*, replace: bool) -> None:
    assert order(1, replace=replace) == order(1, replace=replace) != order(2, replace=replace)
    going = rng(1)
    first, second = (
        [y.tolist() for _, y in data.batches(X, Y, size=4, rng=going, replace=replace)]
        for _ in range(2)
    )
    assert first != second


def test_with_replacement_an_epoch_is_as_long_but_repeats_examples() -> None:
    epoch = list(data.batches(X, Y, size=6, rng=rng(), replace=True))
    assert [len(y) for _, y in epoch] == [6, 6, 6, 2]
    assert all(np.array_equal(x, X[y]) for x, y in epoch)
    # An example stays out of n draws with probability (1 − 1/n)ⁿ, .3585 for n = 20.
    seen = [len(set(order(seed, replace=True))) / 20 for seed in range(1000)]
    assert np.mean(seen) == pytest.approx(1 - 0.95**20, abs=0.01)


@pytest.mark.parametrize("source", [None, rng(0)])
def test_splits_and_batches_are_the_callers_to_change(source: Any) -> None:
    x, y = X.copy(), Y.copy()
    for part in [*data.batches(x, y, size=20, rng=source), *data.split(x, y, rng=rng())]:
        for array in part:
            array[:] = 99
    assert np.array_equal(x, X)
    assert np.array_equal(y, Y)


NO_ROWS = np.ones((0, 2)), np.ones(0, int)
untyped: Any = data


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: untyped.batches(X, Y[1:], size=2), ValueError, r"\(20, 2\) and \(19,\)"),
        (lambda: untyped.batches(X, np.array(3), size=2), ValueError, r"\(20, 2\) and \(\)"),
        (lambda: untyped.batches(3.0, Y, size=2), ValueError, r"\(\) and \(20,\)"),
        (lambda: untyped.batches(*NO_ROWS, size=2), ValueError, r"at least one example.*\(0, 2\)"),
        (lambda: untyped.batches(X, Y, size=0), ValueError, "size must be at least 1, got 0"),
        (
            lambda: untyped.batches(X, Y, size=2.5),
            TypeError,
            "size must be a whole number, got 2.5",
        ),
        (lambda: untyped.batches(X, Y, size=2, rng=0), TypeError, "rng must be .*Generator, got 0"),
        (lambda: untyped.batches(X, Y, size=2, replace=True), ValueError, "generator: pass rng"),
        (lambda: untyped.split(X, Y[1:], rng=rng()), ValueError, r"\(20, 2\) and \(19,\)"),
        (lambda: untyped.split(*NO_ROWS, rng=rng()), ValueError, "at least one example"),
        (
            lambda: untyped.split(X, Y, fraction=1.0, rng=rng()),
            ValueError,
            "fraction must be .*1.0",
        ),
        (
            lambda: untyped.split(X, Y, fraction=-0.1, rng=rng()),
            ValueError,
            "fraction must be .*-0.1",
        ),
        (lambda: untyped.split(X, Y, rng=None), TypeError, "rng must be .*Generator, got None"),
        (lambda: untyped.moons(0, rng=rng()), ValueError, "n must be at least 1, got 0"),
        (lambda: untyped.moons(2.0, rng=rng()), TypeError, "n must be a whole number, got 2.0"),
        (lambda: untyped.moons(5, noise=-1, rng=rng()), ValueError, "noise must be .*-1"),
        (lambda: untyped.moons(5, noise=np.nan, rng=rng()), ValueError, "noise must be .*nan"),
        (lambda: untyped.moons(5, rng=7), TypeError, "rng must be .*Generator, got 7"),
        (
            lambda: untyped.spirals(5, classes=0, rng=rng()),
            ValueError,
            "classes must be at least 1",
        ),
        (lambda: untyped.spirals(5, rng=None), TypeError, "rng must be .*Generator, got None"),
        (lambda: untyped.blobs(5, noise="much", rng=rng()), TypeError, "noise must be .*'much'"),
        (lambda: untyped.blobs(5, rng="0"), TypeError, "rng must be .*Generator, got '0'"),
        (
            lambda: untyped.sparse_regression(5, 3, relevant=4, rng=rng()),
            ValueError,
            "relevant must be at most 3.*got 4",
        ),
        (
            lambda: untyped.sparse_regression(5, 3, relevant=1, rng=0),
            TypeError,
            "rng must be .*got 0",
        ),
    ],
)
def test_bad_input_is_refused_at_the_call(call: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()


@pytest.mark.parametrize("fraction", [0.0, 0.1, 0.9])
def test_a_split_that_leaves_a_part_empty_is_refused(fraction: float) -> None:
    with pytest.raises(ValueError, match=r"of 4 examples leaves one part empty"):
        data.split(*data.xor(), fraction=fraction, rng=np.random.default_rng(0))
