"""Training: epochs of batches, what they did to the loss, and when to stop.

By hand, a batch (x, y) is four lines; `fit` repeats them and keeps the count:

    loss, pullback = losses.cross_entropy(net.forward(x), y)
    net.backward(pullback())
    optimizer.step(net.gradient)
    print(loss)
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from litgrad import _check, data, penalties
from litgrad._types import Array, Examples, Loss, Penalty
from litgrad.layers import Layer
from litgrad.optimizers import Optimizer

PART = 1024
"""So many examples are predicted at once: enough to be fast, and small beside large data."""


@dataclass
class History:
    """What each epoch came to; the penalty is in no loss.

    Training loss and accuracy are means over the epoch's examples, each seen
    with the weights of its moment. Those of validation come at the epoch's
    end. There is accuracy where the targets are labels, one class index for
    each example, and else an empty list.
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    stopped: str = "after all epochs"
    """Why training ended: also 'early' or 'by Ctrl-C'."""


@dataclass(frozen=True)
class EarlyStopping:
    """Stop when the validation loss has not improved for so many epochs.

    >>> EarlyStopping(patience=3).epochs([5.0, 4.0, 4.5, 4.2, 4.1, 3.0])
    5
    """

    patience: int = 5

    def __post_init__(self) -> None:
        _check.count("patience", self.patience)

    def epochs(self, losses: Iterable[float]) -> int:
        """After how many epochs training stops, if these are their losses."""
        n, best, lowest = 0, 0, math.inf
        for n, loss in enumerate(losses, start=1):
            if loss < lowest or n == 1:
                best, lowest = n, loss
            if n - best >= self.patience:
                break
        return n


def accuracy(prediction: ArrayLike, labels: ArrayLike) -> float:
    """The fraction of examples whose predicted class is the label.

    The class is the largest of several scores, or whether a single one is
    positive: a logit is, where its probability is above ½.

    >>> accuracy(np.array([[0.1, 2.0], [3.0, 1.0]]), np.array([1, 1]))
    0.5
    """
    scores = _check.floats("prediction", prediction)
    if scores.ndim not in {1, 2} or scores.shape[1:] == (0,):
        raise ValueError(f"prediction must have shape (n,) or (n, classes), got {scores.shape}")
    _check.one_hot(labels, len(scores), 2 if scores.size == len(scores) else scores.shape[1])
    return _correct(scores, np.asarray(labels)) / len(scores)


def evaluate(net: Layer, examples: Examples, loss: Loss) -> tuple[float, float]:
    """The loss and the accuracy of a network as it is; NaN is an accuracy without labels.

    >>> from litgrad import layers, losses
    >>> net = layers.Dense(2, 1, rng=np.random.default_rng(0))
    >>> value, right = evaluate(net, data.xor(), losses.binary_cross_entropy)
    """
    x, y = _check.examples("examples", examples)
    x = _check.floats("x", x)
    parts = [net.predict(x[start : start + PART]) for start in range(0, len(x), PART)]
    scores = parts[0] if len(parts) == 1 else np.concatenate(parts)
    value, _ = _value(loss, scores, y)
    try:
        return value, accuracy(scores, y)
    except (TypeError, ValueError):  # the targets are no labels
        return value, math.nan


def _value(loss: Loss, scores: Array, y: NDArray[Any]) -> tuple[float, Any]:
    """The loss and its pullback; NaN if what the network said is not finite."""
    if not _check.ordinary(scores) and not np.isfinite(scores).all():
        return math.nan, None
    value, pullback = loss(scores, y)
    return float(value), pullback


def _correct(scores: Array, labels: NDArray[Any]) -> int:
    """How many examples are classified as labelled."""
    found = scores.ravel() > 0 if scores.size == len(scores) else scores.argmax(axis=1)
    return int(np.count_nonzero(found == labels))


def fit(
    net: Layer,
    train: Examples,
    loss: Loss,
    optimizer: Optimizer,
    *,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    validation: Examples | None = None,
    penalty: Penalty | None = None,
    stop: EarlyStopping | None = None,
    progress: bool = False,
    after_epoch: Callable[[History], object] | None = None,
) -> History:
    """Train a network, and return what each epoch came to.

    Ctrl-C ends the training and keeps the history so far. With `stop`, the
    weights of the epoch with the lowest validation loss are put back.
    `after_epoch` is called with the history so far.

    >>> from litgrad import layers, losses, optimizers
    >>> net = layers.MLP([2, 8, 1], rng=np.random.default_rng(0))
    >>> history = fit(net, data.xor(), losses.binary_cross_entropy,
    ...               optimizers.Adam(net.parameters, 0.1), epochs=50, batch_size=4,
    ...               rng=np.random.default_rng(0))
    >>> history.accuracy[-1]
    1.0
    """
    _check.count("epochs", epochs)
    _check.count("batch_size", batch_size)
    _check.generator(rng)
    _check_fit(net, loss, optimizer, validation, penalty, stop, after_epoch)
    progress = progress and _can_show()
    history = History()
    best, lowest, waited = net.parameters.copy(), math.inf, 0
    try:
        # An overflow is told with its place, instead of by a warning.
        with np.errstate(over="ignore", invalid="ignore"):
            # Bad examples are refused before a step, and by their own row.
            start = "before training"
            labelled = not math.isnan(_look("train", train, net, loss, optimizer, start)[1])
            _look("validation", validation, net, loss, optimizer, start)
            for epoch in range(1, epochs + 1):
                batches = data.batches(*train, size=batch_size, rng=rng)
                trained = _run_epoch(
                    net, batches, loss, optimizer, penalty, epoch, labelled=labelled
                )
                seen = _look("validation", validation, net, loss, optimizer, f"after epoch {epoch}")
                _record(history, *trained, *seen)
                if progress:
                    _show(history, epochs)
                if after_epoch is not None:
                    after_epoch(history)
                if stop is not None:
                    waited += 1
                    if seen[0] < lowest:
                        best[:], lowest, waited = net.parameters, seen[0], 0
                    if waited == stop.patience:
                        history.stopped = "early"
                        break
    except KeyboardInterrupt:
        history.stopped = "by Ctrl-C"
    finally:
        if stop is not None:
            net.parameters[:] = best
        if progress:
            sys.stderr.write("\n")
    return history


def _check_fit(
    net: Any, loss: Any, optimizer: Any, validation: Any, penalty: Any, stop: Any, after: Any
) -> None:
    """Refuse what does not belong together, before anything moves."""
    own = vars(penalties).values()
    for fits, wanted, given in (
        (isinstance(net, Layer), "net must be a layer or a network", net),
        (callable(loss), "loss must be one of litgrad.losses", loss),
        (
            isinstance(optimizer, Optimizer),
            "optimizer must be one such as SGD(net.parameters, 0.1)",
            optimizer,
        ),
        (
            penalty is None or (callable(penalty) and penalty not in own),
            "penalty must have its strength, such as penalties.l2(1e-4)",
            penalty,
        ),
        (stop is None or isinstance(stop, EarlyStopping), "stop must be an EarlyStopping", stop),
        (after is None or callable(after), "after_epoch must be a function of the history", after),
    ):
        if not fits:
            raise TypeError(f"{wanted}, got {given!r}")
    if stop is not None and validation is None:
        raise ValueError("early stopping watches the validation loss: pass validation=(x, y)")
    if optimizer.parameters is not net.parameters:
        raise ValueError(
            "the optimizer moves other parameters than this network's: "
            "make it from net.parameters, after the network is complete"
        )


def _run_epoch(
    net: Layer,
    batches: Iterable[Examples],
    loss: Loss,
    optimizer: Optimizer,
    penalty: Penalty | None,
    epoch: int,
    *,
    labelled: bool,
) -> tuple[float, float]:
    """The loss and accuracy of one pass, in which each batch moves the network a step."""
    total, correct, examples = 0.0, 0, 0
    for step, (x, y) in enumerate(batches, start=1):
        scores = net.forward(x)
        value, pullback = _value(loss, scores, y)
        if not math.isfinite(value):
            raise _diverged(f"in epoch {epoch}, step {step}", optimizer)
        net.backward(pullback())
        gradient = net.gradient
        if penalty is not None:
            gradient = gradient + penalty(net.parameters * net.weight_mask)[1]()
        optimizer.step(gradient)
        total += value * len(x)
        correct += _correct(scores, y) if labelled else 0
        examples += len(x)
    return total / examples, correct / examples if labelled else math.nan


def _look(
    name: str, examples: Any, net: Layer, loss: Loss, optimizer: Optimizer, when: str
) -> tuple[float, float]:
    """The loss and accuracy on examples, if there are any; the loss is finite."""
    if examples is None:
        return math.nan, math.nan
    value, right = evaluate(net, _check.examples(name, examples), loss)
    if not math.isfinite(value):
        raise _diverged(f"in {name} {when}", optimizer)
    return value, right


def _diverged(place: str, optimizer: Optimizer) -> FloatingPointError:
    return FloatingPointError(
        f"the loss is not finite {place}, at learning rate {optimizer.rate:g}: try a smaller rate"
    )


def _record(history: History, *results: float) -> None:
    """Add an epoch to the four lists; NaN is what was not measured."""
    for column, result in zip(vars(history).values(), results, strict=False):
        if not math.isnan(result):
            column.append(result)


def _can_show() -> bool:
    """Whether a bar can be seen: standard error is a terminal, or a notebook shows it."""
    return sys.stderr is not None and (sys.stderr.isatty() or "ipykernel" in sys.modules)


def _show(history: History, epochs: int) -> None:
    """A bar that overwrites the last one."""
    epoch, seen = len(history.loss), history.validation_loss
    numbers = f"loss {history.loss[-1]:.4f}" + (f"  validation {seen[-1]:.4f}" if seen else "")
    sys.stderr.write(f"\r{'━' * (30 * epoch // epochs):30} {epoch}/{epochs}  {numbers}")
    sys.stderr.flush()
