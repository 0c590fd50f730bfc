"""Training: what an epoch comes to, when it ends, and that it is told when it goes wrong."""

import sys
import tracemalloc
import types
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from litgrad import data, initializers, layers, losses, optimizers, penalties
from litgrad._types import Array, Examples
from litgrad.training import EarlyStopping, History, accuracy, evaluate, fit

OPTIONS: dict[str, Any] = {"epochs": 1, "batch_size": 2}
ONE: Examples = (np.ones((1, 1)), np.ones((1, 1)))  # x = 1, y = 1


def rng(seed: int = 0) -> np.random.Generator:
    """A fresh generator."""
    return np.random.default_rng(seed)


def line(w: float = 0.0, b: float = 0.0) -> layers.Dense:
    """z = w x + b."""
    net = layers.Dense(1, 1, rng=rng(), initializer=initializers.constant(w))
    net.b = np.array([b])
    return net


def run(net: layers.Layer, train: Examples, rate: Any, **options: Any) -> History:
    """Fit with plain gradient descent on the squared error."""
    options = {**OPTIONS, "rng": rng(), **options}
    optimizer = optimizers.SGD(net.parameters, rate)
    return fit(net, train, losses.mean_squared_error, optimizer, **options)


def clouds(seed: int) -> Examples:
    """Three clouds that overlap much, so that a network overfits."""
    return data.blobs(30, noise=2.0, rng=rng(seed))


def study(net: layers.Sequential, loss: Any = losses.cross_entropy, **options: Any) -> History:
    """Fit with Adam to clouds, watching other clouds."""
    options = {"epochs": 30, "batch_size": 7, "rng": rng(1), "validation": clouds(9), **options}
    return fit(net, clouds(8), loss, optimizers.Adam(net.parameters, 0.05), **options)


def classifier(seed: int = 0) -> layers.Sequential:
    """A network for the clouds, with dropout."""
    source = rng(seed)
    hidden, dropout = layers.Dense(2, 16, rng=source), layers.Dropout(0.2, rng=source)
    return layers.Sequential(hidden, layers.ReLU(), dropout, layers.Dense(16, 3, rng=source))


# What an epoch comes to.


@pytest.mark.parametrize("batch_size", [1, 2, 3, 4, 5, 9])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_epoch_loss_is_the_mean_over_examples_and_not_over_batches(
    batch_size: int, seed: int
) -> None:
    # The squares 1, 4, 9, 16, 25 have the mean 11; batches of 2, 2 and 1 may not count alike.
    train = np.arange(1.0, 6.0)[:, None], np.zeros((5, 1))
    history = run(line(w=1.0), train, 0.0, batch_size=batch_size, rng=rng(seed))
    assert history.loss == pytest.approx([11.0], rel=1e-15)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_epoch_accuracy_is_the_mean_over_examples(seed: int) -> None:
    train = np.arange(1.0, 6.0)[:, None], np.array([1, 0, 1, 0, 1])
    net = line(w=1.0)  # all scores are positive: 3 of 5 are right
    optimizer = optimizers.SGD(net.parameters, 0.0)
    loss = losses.binary_cross_entropy
    history = fit(net, train, loss, optimizer, epochs=2, batch_size=2, rng=rng(seed))
    assert history.accuracy == [0.6, 0.6]


def test_the_training_accuracy_is_that_of_the_weights_before_each_step() -> None:
    train = np.array([[1.0], [2.0]]), np.array([0, 0])
    net = line(w=1.0)  # both are wrong, until a step that is long enough
    optimizer = optimizers.SGD(net.parameters, 100.0)
    loss = losses.binary_cross_entropy
    history = fit(net, train, loss, optimizer, epochs=2, batch_size=2, rng=rng())
    assert history.accuracy == [0, 1]


def poisson(scores: Array, counts: Any) -> Any:
    """The mean of e^s - k s: a loss of one's own, whose targets are whole numbers."""
    s = scores.ravel()
    k = np.ravel(counts)

    def pullback(gradient: float = 1.0) -> Any:
        return (gradient * (np.exp(s) - k) / len(s)).reshape(scores.shape)

    return np.mean(np.exp(s) - k * s), pullback


@pytest.mark.parametrize(
    ("outputs", "counts"),
    [
        (1, np.array([0, 3, 1])),
        (1, np.array([[0], [1], [1]])),
        (2, np.array([[0, 1], [1, 1], [7, 0]])),
    ],
)
def test_targets_that_are_whole_numbers_but_no_labels_have_no_accuracy(
    outputs: int, counts: Any
) -> None:
    net = layers.Dense(1, outputs, rng=rng())
    train = np.array([[0.0], [1.0], [2.0]]), counts
    optimizer = optimizers.SGD(net.parameters, 0.01)
    history = fit(net, train, poisson, optimizer, **OPTIONS, rng=rng(), validation=train)
    assert len(history.loss) == len(history.validation_loss) == 1
    assert history.accuracy == history.validation_accuracy == []
    assert np.isnan(evaluate(net, train, poisson)[1])


def test_a_network_is_evaluated_as_it_is_and_without_dropout() -> None:
    net, (x, y) = classifier(), clouds(9)
    value, right = evaluate(net, (x, y), losses.cross_entropy)
    assert value == losses.cross_entropy(net.predict(x), y)[0]
    assert right == np.mean(net.predict(x).argmax(axis=1) == y)
    square, none = evaluate(line(w=2.0), ONE, losses.mean_squared_error)
    assert (square, np.isnan(none)) == (1, True)


def test_many_examples_are_predicted_in_parts_and_judged_together() -> None:
    sizes = []

    class Watched(layers.Layer):
        def operation(self, x: Array) -> Any:
            sizes.append(len(x))
            return 2 * x, lambda dz: 2 * dz

    x = rng().normal(size=(3000, 1))
    y = x + 1
    value, _ = evaluate(Watched(), (x, y), losses.mean_squared_error)
    assert value == pytest.approx(np.mean((2 * x - y) ** 2), rel=1e-12)
    assert sizes == [1024, 1024, 952]
    x[2500] = np.nan
    with pytest.raises(ValueError, match=r"x must be finite, got nan at \[2500, 0\]"):
        evaluate(Watched(), (x, y), losses.mean_squared_error)
    with pytest.raises(ValueError, match=r"labels must be between 0 and 1, got 9 at \[2500\]"):
        evaluate(Watched(), (y, np.repeat([0, 9], [2500, 500])), losses.binary_cross_entropy)
    with pytest.raises(TypeError, match=r"examples must be a pair \(x, y\)"):
        evaluate(Watched(), x, losses.mean_squared_error)  # type: ignore[arg-type]


def test_training_needs_no_second_copy_of_the_data() -> None:
    x, y = np.ones((20_000, 64)), np.zeros(20_000, int)
    net = layers.MLP([64, 64, 2], rng=rng())
    optimizer = optimizers.SGD(net.parameters, 0.1)
    tracemalloc.start()
    try:
        fit(net, (x, y), losses.cross_entropy, optimizer, epochs=1, batch_size=500, rng=rng())
        assert tracemalloc.get_traced_memory()[1] < x.nbytes / 2
    finally:
        tracemalloc.stop()


def test_a_history_follows_the_closed_form_epoch_by_epoch() -> None:
    """At x = 1, y = 1 and η = 1/16 the error 1 − z shrinks by 1 − 4 η = ¾ a step, half by w."""
    net = line()
    history = run(net, ONE, 1 / 16, epochs=4, validation=ONE)
    assert history.loss == [(3 / 4) ** (2 * t) for t in (0, 1, 2, 3)]  # before each step
    assert history.validation_loss == [(3 / 4) ** (2 * t) for t in (1, 2, 3, 4)]  # after it
    assert net.parameters.tolist() == [(1 - (3 / 4) ** 4) / 2] * 2
    assert history.accuracy == history.validation_accuracy == []  # no labels, no accuracy
    assert history.stopped == "after all epochs"
    assert {type(x) for x in history.loss + history.validation_loss} == {float}


def test_a_history_has_every_number_of_every_epoch() -> None:
    net = classifier()
    history = study(net, epochs=4)
    assert len(history.loss) == len(history.accuracy) == 4
    assert len(history.validation_loss) == len(history.validation_accuracy) == 4
    x, y = clouds(9)
    # Those of validation are what the trained network says, without dropout.
    assert history.validation_loss[-1] == losses.cross_entropy(net.predict(x), y)[0]
    assert history.validation_accuracy[-1] == np.mean(net.predict(x).argmax(axis=1) == y)
    assert study(classifier(), epochs=2, validation=None).validation_loss == []


@pytest.mark.parametrize(
    ("scores", "labels", "expected"),
    [
        ([[0.1, 2.0, 1.0], [3.0, 1.0, 2.0], [0.0, 0.5, 1.0], [9.0, 8.0, 7.0]], [1, 0, 1, 0], 0.75),
        ([[1.0, 1.0]], [0], 1.0),  # of equals the first
        ([0.5, -0.5, 2.0, 0.0, -1.0], [1, 1, 0, 0, 0], 0.6),  # one score: is it positive?
        ([[0.5], [-0.5], [2.0], [0.0]], [1, 1, 0, 0], 0.5),
    ],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_accuracy_counts_right_classes(
    scores: Any, labels: list[int], expected: float, dtype: Any
) -> None:
    assert accuracy(np.array(scores, dtype), np.array(labels)) == expected


@pytest.mark.parametrize(
    ("scores", "labels", "error", "words"),
    [
        (np.ones((2, 3)), np.eye(3, dtype=int)[:2], ValueError, r"shape \(2,\), got \(2, 3\)"),
        (np.ones((2, 3)), np.array([1]), ValueError, r"shape \(2,\), got \(1,\)"),
        (np.ones((2, 3)), np.array([0, 3]), ValueError, "between 0 and 2, got 3"),
        (np.ones(2), np.array([0, 2]), ValueError, "between 0 and 1, got 2"),
        (np.ones((2, 1)), np.array([0, -1]), ValueError, "between 0 and 1, got -1"),
        (np.ones(2), np.array([0.0, 1.0]), TypeError, "labels must be integers, got float64"),
        (np.ones(2, int), np.array([0, 1]), TypeError, "prediction must be .*float.*got int64"),
        (np.array([1, np.nan]), np.array([0, 1]), ValueError, "prediction must be finite, got nan"),
        (np.ones((2, 3, 1)), np.array([0, 1]), ValueError, r"\(n, classes\), got \(2, 3, 1\)"),
        (np.ones((0, 3)), np.ones(0, int), ValueError, "at least one example"),
    ],
)
def test_bad_input_of_accuracy_is_refused(
    scores: Array, labels: Array, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        accuracy(scores, labels)


# When it ends.


@pytest.mark.parametrize(
    ("patience", "curve", "epochs"),
    [
        (3, [5.0, 4.0, 4.5, 4.2, 4.1, 3.0], 5),  # the best is the second
        (1, [3.0, 2.0, 1.0], 3),
        (1, [3.0, 2.0, 2.0, 1.0], 3),  # a tie is no improvement
        (2, [1.0, 1.0, 1.0, 1.0], 3),
        (3, [2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0], 5),
        (3, [3.0, 4.0, 4.0, 2.0, 5.0, 5.0, 5.0, 5.0], 7),  # the third chance is taken
        (9, [1.0, 2.0, 3.0], 3),
        (2, [], 0),
    ],
)
def test_patience_counts_the_epochs_since_the_best(
    patience: int, curve: list[float], epochs: int
) -> None:
    stop = EarlyStopping(patience=patience)
    assert stop.epochs(curve) == stop.epochs(np.array(curve)) == epochs


def test_patience_is_five_epochs_unless_told() -> None:
    assert EarlyStopping().epochs([1.0] * 9) == 6


def test_early_stopping_puts_back_the_weights_of_the_lowest_validation_loss() -> None:
    """The output is 1 − ¾ᵗ = .25, .4375, .578, .684, where validation wants .5."""
    net = line()
    wanted = np.ones((1, 1)), np.full((1, 1), 0.5)
    history = run(net, ONE, 1 / 16, epochs=9, validation=wanted, stop=EarlyStopping(patience=2))
    assert history.stopped == "early"
    assert history.validation_loss == [(0.5 - (3 / 4) ** t) ** 2 for t in (1, 2, 3, 4)]
    assert net.parameters.tolist() == [0.4375 / 2, 0.4375 / 2]


def test_of_epochs_that_are_equally_good_the_first_is_put_back() -> None:
    """The output is .25, .4375, .578: of these .5 is as far from the third as from none other.

    With the target halfway between the second and the third, both have the same loss.
    """
    net = line()
    half = (0.4375 + 0.578125) / 2
    wanted = np.ones((1, 1)), np.full((1, 1), half)
    history = run(net, ONE, 1 / 16, epochs=3, validation=wanted, stop=EarlyStopping(9))
    assert history.validation_loss[1] == history.validation_loss[2] < history.validation_loss[0]
    assert net.parameters.tolist() == [0.4375 / 2, 0.4375 / 2]


def test_losses_may_come_one_by_one_and_are_looked_at_once() -> None:
    losses_so_far = iter([3.0, 2.0, 2.5, 2.5, 1.0, 0.5])
    assert EarlyStopping(2).epochs(losses_so_far) == 4
    assert list(losses_so_far) == [1.0, 0.5]


@pytest.mark.parametrize("patience", [1, 2, 5, 20])
def test_training_stops_when_the_rule_says_so(patience: int) -> None:
    history = study(classifier(), epochs=60, stop=EarlyStopping(patience))
    long = study(classifier(), epochs=60)
    assert len(history.loss) == EarlyStopping(patience).epochs(long.validation_loss) < 60


@pytest.mark.parametrize(("patience", "epochs"), [(3, 60), (99, 25)])
def test_the_best_weights_are_those_of_a_shorter_run(patience: int, epochs: int) -> None:
    net, shorter = classifier(), classifier()
    history = study(net, epochs=epochs, stop=EarlyStopping(patience))
    best = int(np.argmin(history.validation_loss)) + 1
    assert 1 < best < len(history.loss) == min(best + patience, epochs)
    study(shorter, epochs=best)
    assert np.array_equal(net.parameters, shorter.parameters)


def interrupted(call: int) -> Callable[..., Any]:
    """Cross-entropy, but at this call the reader presses Ctrl-C."""
    calls = iter(range(1, call))

    def loss(scores: Array, labels: Any) -> Any:
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return losses.cross_entropy(scores, labels)

    return loss


@pytest.mark.parametrize(("call", "finished"), [(1, 0), (6, 0), (7, 1), (9, 1), (16, 2)])
def test_ctrl_c_returns_the_finished_epochs(call: int, finished: int) -> None:
    # A look at all examples is one call; an epoch of 30 in batches of 7 has 5.
    history = study(classifier(), interrupted(call), validation=None)
    assert history.stopped == "by Ctrl-C"
    assert len(history.loss) == finished
    assert history.loss == study(classifier(), epochs=9, validation=None).loss[:finished]


def test_ctrl_c_under_early_stopping_puts_back_the_best_weights_so_far() -> None:
    net, shorter = classifier(), classifier()
    history = study(net, interrupted(6 * 20 + 3), stop=EarlyStopping(patience=99))
    assert len(history.loss) == 20
    study(shorter, epochs=int(np.argmin(history.validation_loss)) + 1)
    assert np.array_equal(net.parameters, shorter.parameters)


# What is shown.


@pytest.mark.parametrize("is_terminal", [True, False])
@pytest.mark.parametrize("asked", [{"progress": True}, {"progress": False}, {}])
def test_progress_is_shown_on_a_terminal_if_asked_and_nothing_else_ever(
    is_terminal: Any,
    asked: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: is_terminal)
    run(line(), ONE, 1 / 16, epochs=2, validation=ONE, **asked)
    out, err = capsys.readouterr()
    assert out == ""
    assert (err != "") == (is_terminal and asked.get("progress", False))
    if err:  # the second epoch has the loss (¾)², and that of validation is (¾)⁴
        _, first, second = err.split("\r")
        assert first.startswith("━" * 15 + " " * 15 + " 1/2 ")
        assert second.startswith("━" * 30 + " 2/2 ")
        assert "0.5625" in second
        assert "validation 0.3164" in second
        assert err.index("\n") == len(err) - 1


def test_progress_without_a_standard_error_is_not_shown_and_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stderr", None)
    assert run(line(), ONE, 1 / 16, epochs=2, progress=True).loss == [1.0, 0.5625]


def test_progress_is_shown_in_a_notebook(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ipykernel", types.ModuleType("ipykernel"))
    run(line(), ONE, 1 / 16, progress=True)
    assert capsys.readouterr().err.strip().endswith("1/1  loss 1.0000")


def test_a_callback_sees_the_history_after_each_epoch() -> None:
    seen: list[tuple[int, int]] = []

    def look(history: History) -> None:
        seen.append((len(history.loss), len(history.validation_accuracy)))

    history = study(classifier(), epochs=60, stop=EarlyStopping(3), after_epoch=look)
    assert history.stopped == "early"
    assert seen == [(n, n) for n in range(1, len(history.loss) + 1)]


def test_a_callback_may_end_the_training() -> None:
    def enough(history: History) -> None:
        if history.loss[-1] < 0.9:
            raise KeyboardInterrupt

    history = study(classifier(), epochs=60, after_epoch=enough)
    assert history.stopped == "by Ctrl-C"
    assert history.loss[-1] < 0.9 <= min(history.loss[:-1])


def test_progress_without_validation_names_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    run(line(), ONE, 1 / 16, progress=True)
    assert capsys.readouterr().err.strip().endswith("1/1  loss 1.0000")


@pytest.mark.parametrize(
    ("loss", "stopped"), [(losses.cross_entropy, "early"), (interrupted(40), "by Ctrl-C")]
)
def test_the_line_of_progress_is_ended_however_training_ends(
    loss: Any, stopped: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    patience = 3 if stopped == "early" else 99
    history = study(classifier(), loss, epochs=60, stop=EarlyStopping(patience), progress=True)
    assert history.stopped == stopped
    assert capsys.readouterr().err.endswith("\n")


# Penalties, networks and random numbers.


@pytest.mark.parametrize(
    ("penalty", "w"),
    [
        (penalties.l2(0.5), 2 - 0.25 * 0.5 * 2),
        (penalties.l1(0.5), 2 - 0.25 * 0.5),
        (penalties.elastic_net(l1=0.5, l2=0.25), 2 - 0.25 * (0.5 + 0.25 * 2)),
    ],
    ids=["l2", "l1", "elastic_net"],
)
def test_a_penalty_moves_weights_but_no_biases_and_is_in_no_loss(penalty: Any, w: float) -> None:
    net = line(w=2.0, b=3.0)
    example = np.zeros((1, 1)), np.full((1, 1), 3.0)  # 2 · 0 + 3 = 3: the loss is 0 and flat
    history = run(net, example, 0.25, penalty=penalty, validation=example)
    assert net.parameters.tolist() == [w, 3.0]
    assert history.loss == history.validation_loss == [0.0]


def test_training_repeats_bit_by_bit_from_the_same_seeds_and_no_others() -> None:
    first, again, other = classifier(), classifier(), classifier()
    history = study(first, epochs=3)
    assert study(again, epochs=3) == history
    assert first.parameters.tobytes() == again.parameters.tobytes()
    assert study(other, epochs=3, rng=rng(2)) != history


def test_training_leaves_the_examples_alone() -> None:
    train, kept = clouds(8), clouds(8)
    net = classifier()
    optimizer = optimizers.SGD(net.parameters, 0.1)
    fit(net, train, losses.cross_entropy, optimizer, validation=train, **OPTIONS, rng=rng())
    assert all(np.array_equal(a, b) for a, b in zip(train, kept, strict=True))


def test_ten_examples_are_learnt_by_heart() -> None:
    x, y = (part[:10] for part in data.digits().train)
    net = layers.MLP([64, 32, 10], rng=rng())
    optimizer = optimizers.SGD(net.parameters, 0.2, momentum=0.9)
    loss = losses.cross_entropy
    history = fit(net, (x, y), loss, optimizer, epochs=200, batch_size=5, rng=rng())
    assert history.loss[-1] < 1e-3
    assert accuracy(net.predict(x), y) == 1


# What goes wrong.


@pytest.mark.parametrize(
    ("w", "train", "rate", "place"),
    [
        # z = 2 becomes −4e200 in one step, and its square is no longer finite in the next.
        (2.0, ONE, 1e200, "epoch 2, step 1, at learning rate 1e.200"),
        (2.0, (np.ones((2, 1)), np.ones((2, 1))), 1e200, "epoch 1, step 2, at learning rate 1e.2"),
        (2.0, ONE, lambda t: 1e200 / (1 + t), "epoch 2, step 1, at learning rate 5e.199"),
        # z = 1 becomes −2e200 · 1e200, which is itself no longer finite.
        (1e-200, (np.full((1, 1), 1e200), np.zeros((1, 1))), 1.0, "epoch 2, step 1.*rate 1:"),
    ],
    ids=["loss", "in the epoch", "schedule", "scores"],
)
def test_a_loss_that_is_no_longer_finite_says_where_and_warns_of_nothing(
    w: float, train: Examples, rate: Any, place: str
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(FloatingPointError, match=place):
            run(line(w), train, rate, epochs=9, batch_size=1)


@pytest.mark.parametrize(
    ("w", "rate", "place"),
    [(2.0, 1e200, "epoch 1.*learning rate 1e.200"), (1e200, 0.1, "learning rate 0.1")],
    ids=["after a step", "before the first"],
)
def test_a_validation_loss_that_is_not_finite_is_told_too(
    w: float, rate: float, place: str
) -> None:
    with pytest.raises(FloatingPointError, match=place):
        run(line(w), ONE, rate, validation=ONE)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"epochs": 0}, ValueError, "epochs must be at least 1, got 0"),
        ({"epochs": 2.5}, TypeError, "epochs must be a whole number, got 2.5"),
        ({"batch_size": 0}, ValueError, "batch_size must be at least 1, got 0"),
        ({"rng": 0}, TypeError, "rng must be .*Generator, got 0"),
        ({"stop": EarlyStopping()}, ValueError, r"pass validation=\(x, y\)"),
        ({"train": (np.ones((2, 1)), np.ones((1, 1)))}, ValueError, r"\(2, 1\) and \(1, 1\)"),
        ({"train": (np.ones((2, 3)), np.ones((2, 1)))}, ValueError, r"\(n, 1\), got \(2, 3\)"),
        ({"train": (np.ones((0, 1)), np.ones((0, 1)))}, ValueError, "at least one example"),
        ({"validation": (np.ones((2, 1)), np.ones((3, 1)))}, ValueError, r"\(2, 1\).*\(3, 1\)"),
        ({"validation": (np.ones((2, 3)), np.ones((2, 1)))}, ValueError, r"\(2, 3\)"),
        ({"validation": (np.ones((0, 1)), np.ones((0, 1)))}, ValueError, "at least one example"),
    ],
)
def test_bad_input_is_refused_before_anything_moves(
    change: Any, error: type[Exception], words: str
) -> None:
    net = line(w=2.0)
    with pytest.raises(error, match=words):
        run(net, **({"train": ONE, "rate": 0.1} | change))
    assert net.parameters.tolist() == [2.0, 0.0]


def test_an_optimizer_of_other_parameters_is_refused() -> None:
    hidden = layers.Dense(2, 3, rng=rng())
    early = optimizers.SGD(hidden.parameters, 0.1)  # then the layer moves into the network
    net = layers.Sequential(hidden, layers.ReLU())
    for optimizer in (early, optimizers.SGD(net.parameters.copy(), 0.1)):
        with pytest.raises(ValueError, match=r"make it from net\.parameters"):
            fit(net, clouds(8), losses.cross_entropy, optimizer, **OPTIONS, rng=rng())


@pytest.mark.parametrize(("patience", "error"), [(0, ValueError), (1.5, TypeError)])
def test_bad_patience_is_refused(patience: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=f"patience must be .*{patience}"):
        EarlyStopping(patience)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"train": np.ones((2, 1))}, r"train must be a pair \(x, y\) of arrays, got ndarray"),
        ({"penalty": 0.1}, r"such as penalties\.l2\(1e-4\), got 0\.1"),
        (
            {"penalty": penalties.l2},
            r"with its strength|such as penalties\.l2\(1e-4\), got <function l2",
        ),
        (
            {"penalty": penalties.elastic_net},
            r"such as penalties\.l2\(1e-4\), got <function elastic",
        ),
        ({"penalty": np.ones(2)}, r"such as penalties\.l2\(1e-4\), got array"),
        ({"stop": 3}, "stop must be an EarlyStopping, got 3"),
        ({"after_epoch": 3}, "after_epoch must be a function of the history, got 3"),
    ],
)
def test_what_is_of_the_wrong_kind_is_told(change: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        run(line(w=2.0), **({"train": ONE, "rate": 0.1, "validation": ONE} | change))


@pytest.mark.parametrize("bad", ["label", "nan"])
def test_bad_examples_are_refused_before_anything_moves_and_by_their_own_row(bad: str) -> None:
    x, y = clouds(8)
    net = classifier()
    start = net.parameters.copy()
    if bad == "label":
        y[6] = 99
    else:
        x[6, 1] = np.nan
    optimizer = optimizers.SGD(net.parameters, 0.1)
    with pytest.raises(ValueError, match=r"at \[6"):
        fit(net, (x, y), losses.cross_entropy, optimizer, **OPTIONS, rng=rng())
    assert np.array_equal(net.parameters, start)


def test_the_best_weights_are_put_back_when_the_loss_overflows() -> None:
    net = line(w=2.0)
    with pytest.raises(FloatingPointError):
        run(net, ONE, 1e200, validation=ONE, epochs=9, stop=EarlyStopping(5))
    assert np.isfinite(net.parameters).all()


@pytest.mark.parametrize("stop", [None, EarlyStopping(5)])
def test_the_weights_of_the_start_are_put_back_when_the_first_epoch_overflows(stop: Any) -> None:
    net = line(w=2.0)
    twice = np.ones((2, 1)), np.ones((2, 1))
    with pytest.raises(FloatingPointError, match="in epoch 1, step 2"):
        run(net, twice, 1e200, batch_size=1, validation=ONE, stop=stop)
    assert (net.parameters.tolist() == [2.0, 0.0]) == (stop is not None)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"net": 3}, "net must be a layer"),
        ({"loss": 0.5}, "loss must be one of litgrad.losses"),
        ({"optimizer": 0.1}, r"such as SGD\(net.parameters, 0.1\), got 0.1"),
    ],
)
def test_swapped_arguments_are_told(change: Any, words: str) -> None:
    net = classifier()
    given = {
        "net": net,
        "train": clouds(8),
        "loss": losses.cross_entropy,
        "optimizer": optimizers.SGD(net.parameters, 0.1),
    }
    with pytest.raises(TypeError, match=words):
        fit(**(given | change), **OPTIONS, rng=rng())
