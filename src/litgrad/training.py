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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from litgrad import _check, data
from litgrad._types import Array, Examples, Loss, Penalty, Pullback
from litgrad.layers import Layer
from litgrad.optimizers import Optimizer


class Epoch(NamedTuple):
    """What one epoch came to; NaN is what was not measured. The penalty is in no loss."""

    loss: float
    accuracy: float = math.nan
    validation_loss: float = math.nan
    validation_accuracy: float = math.nan


@dataclass
class History:
    """What each epoch came to.

    Training loss and accuracy are means over the epoch's examples, each seen
    with the weights of its moment. Those of validation come at the epoch's
    end. There is accuracy where labels are integers, and else an empty list.
    """

    epochs: list[Epoch] = field(default_factory=list)
    stopped: str = "after all epochs"
    """Why training ended: also 'early' or 'by Ctrl-C'."""

    @property
    def loss(self) -> list[float]:
        """The training loss of every epoch."""
        return self._column("loss")

    @property
    def accuracy(self) -> list[float]:
        """The training accuracy of every epoch."""
        return self._column("accuracy")

    @property
    def validation_loss(self) -> list[float]:
        """The validation loss of every epoch."""
        return self._column("validation_loss")

    @property
    def validation_accuracy(self) -> list[float]:
        """The validation accuracy of every epoch."""
        return self._column("validation_accuracy")

    def _column(self, name: str) -> list[float]:
        return [x for epoch in self.epochs if not math.isnan(x := getattr(epoch, name))]


@dataclass(frozen=True)
class EarlyStopping:
    """Stop when the validation loss has not improved for so many epochs.

    >>> EarlyStopping(patience=3).epochs([5.0, 4.0, 4.5, 4.2, 4.1, 3.0])
    5
    """

    patience: int = 5

    def __post_init__(self) -> None:
        _check.count("patience", self.patience)

    def is_due(self, losses: Sequence[float]) -> bool:
        """Whether to stop after these epochs."""
        return bool(losses) and len(losses) - 1 - int(np.argmin(losses)) >= self.patience

    def epochs(self, losses: Sequence[float]) -> int:
        """After how many epochs training stops, if these are their losses."""
        due = (n for n in range(1, len(losses) + 1) if self.is_due(losses[:n]))
        return next(due, len(losses))


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


def _correct(scores: Array, labels: NDArray[Any]) -> float:
    """How many examples are classified as labelled: NaN if these are no labels."""
    if labels.dtype.kind not in "iu":
        return math.nan
    if scores.size == len(scores):
        return float(np.count_nonzero((scores.reshape(-1) > 0) == labels))
    return float(np.count_nonzero(scores.argmax(axis=1) == labels))


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
) -> History:
    """Train a network, and return what each epoch came to.

    Ctrl-C ends the training and keeps the history so far. With `stop`, the
    weights of the epoch with the lowest validation loss are put back.

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
    _check_fit(net, loss, optimizer, validation, penalty, stop)
    history = History()
    best = net.parameters.copy()
    try:
        # An overflow is told with its place, instead of by a warning.
        with np.errstate(over="ignore", invalid="ignore"):
            for name, pair in (("train", train), ("validation", validation)):
                # Bad examples are refused before a step, and by their own row.
                if pair is not None:
                    _check.examples(name, pair)
                _evaluate(net, pair, loss, optimizer, f"{name} before training")
            for epoch in range(1, epochs + 1):
                batches = data.batches(*train, size=batch_size, rng=rng)
                trained = _run_epoch(net, batches, loss, optimizer, penalty, epoch)
                seen = _evaluate(net, validation, loss, optimizer, f"validation of epoch {epoch}")
                history.epochs.append(Epoch(*trained, *seen))
                if stop is not None and np.argmin(history.validation_loss) == epoch - 1:
                    best[:] = net.parameters
                if progress:
                    _show(history.epochs[-1], epoch, epochs)
                if stop is not None and stop.is_due(history.validation_loss):
                    history.stopped = "early"
                    break
    except KeyboardInterrupt:
        history.stopped = "by Ctrl-C"
    finally:
        if stop is not None and history.epochs:
            net.parameters = best
        if progress and sys.stderr.isatty():
            sys.stderr.write("\n")
    return history


def _check_fit(
    net: Any,
    loss: Any,
    optimizer: Any,
    validation: Examples | None,
    penalty: Penalty | None,
    stop: EarlyStopping | None,
) -> None:
    """Refuse what does not belong together, before anything moves."""
    if not isinstance(net, Layer):
        raise TypeError(f"net must be a layer or a network, got {net!r}")
    if not callable(loss):
        raise TypeError(f"loss must be one of litgrad.losses, got {loss!r}")
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"optimizer must be an Optimizer, such as SGD(net.parameters, 0.1), got {optimizer!r}"
        )
    if penalty is not None and not callable(penalty):
        raise TypeError(f"penalty must be one of litgrad.penalties, got {penalty!r}")
    if stop is not None and not isinstance(stop, EarlyStopping):
        raise TypeError(f"stop must be an EarlyStopping, got {stop!r}")
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
) -> tuple[float, float]:
    """The loss and accuracy of one pass, in which each batch moves the network a step."""
    total, correct, examples = 0.0, 0.0, 0
    for step, (x, y) in enumerate(batches, start=1):
        scores = net.forward(x)
        value, pullback = _finite(loss, scores, y, optimizer, (epoch, step))
        net.backward(pullback(), input_gradient=False)
        gradient = net.gradient
        if penalty is not None:
            gradient = gradient + penalty(net.parameters * net.weight_mask)[1]()
        optimizer.step(gradient)
        total += value * len(x)
        correct += _correct(scores, y)
        examples += len(x)
    return total / examples, correct / examples


def _evaluate(
    net: Layer, examples: Examples | None, loss: Loss, optimizer: Optimizer, place: str
) -> tuple[float, float]:
    """The loss and accuracy of the network as it is."""
    if examples is None:
        return math.nan, math.nan
    x, y = examples
    scores = net.predict(x)
    value, _ = _finite(loss, scores, y, optimizer, place)
    return value, _correct(scores, np.asarray(y)) / len(scores)


def _finite(
    loss: Loss,
    scores: Array,
    y: NDArray[Any],
    optimizer: Optimizer,
    place: str | tuple[int, int],
) -> tuple[float, Pullback]:
    """The loss and its pullback, if what the network said is still finite."""
    if np.isfinite(scores).all():
        value, pullback = loss(scores, y)
        if math.isfinite(value):
            return float(value), pullback
    if not isinstance(place, str):
        place = f"epoch {place[0]}, step {place[1]}"
    raise FloatingPointError(
        f"the loss is not finite in {place}, at learning rate {optimizer.rate:g}: "
        "try a smaller learning rate"
    )


def _show(result: Epoch, epoch: int, epochs: int) -> None:
    """A bar on the terminal's last line, if standard error is a terminal."""
    if not sys.stderr.isatty():
        return
    done = 30 * epoch // epochs
    numbers = f"loss {result.loss:.4f}"
    if not math.isnan(result.validation_loss):
        numbers += f"  validation {result.validation_loss:.4f}"
    bar = "━" * done + " " * (30 - done)
    sys.stderr.write(f"\r{bar} {epoch}/{epochs}  {numbers}")
    sys.stderr.flush()
