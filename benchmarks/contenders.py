"""Contenders: one training step, as each library's users would write it.

Each function takes the same task and returns what one pass over its batches
runs, and the parameters as they are. A step is the forward pass, the softmax
cross-entropy, the backward pass and an update with momentum. Batches are
handed out as each library wants them, before any clock starts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import autograd
import autograd.numpy as anp
import jax
import jax.numpy as jnp
import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier
from torch import nn

from litgrad import layers, losses, optimizers

Array = NDArray[Any]
RATE, MOMENTUM = 1e-3, 0.9

torch.set_num_threads(1)
jax.config.update("jax_enable_x64", True)  # noqa: FBT003  allows float64, and float32 stays
# One thread, as for all others; it is the faster setting for small networks, too.
jax.config.update("jax_cpu_enable_async_dispatch", False)  # noqa: FBT003


@dataclass(frozen=True)
class Task:
    """The network, where its weights start, and the batches: the same for all."""

    sizes: tuple[int, ...]
    batch: int
    dtype: Any
    weights: list[Array]
    """W, b, W, b, …"""
    batches: list[tuple[Array, Array]]


class Contender(NamedTuple):
    """One pass over the batches, and all parameters in one vector."""

    run: Callable[[], object]
    parameters: Callable[[], Array]


def with_litgrad(task: Task) -> Contender:
    """The loop of the book: an MLP, a loss, an optimizer."""
    net = layers.MLP(task.sizes, rng=np.random.default_rng(0), dtype=task.dtype)
    net.parameters = flat(task.weights)
    optimizer = optimizers.SGD(net.parameters, RATE, momentum=MOMENTUM)

    def run() -> None:
        for x, y in task.batches:
            _, pullback = losses.cross_entropy(net.forward(x), y)
            net.backward(pullback())
            optimizer.step(net.gradient)

    return Contender(run, lambda: net.parameters)


def with_pytorch(task: Task) -> Contender:
    """Eager mode: nn.Sequential, F.cross_entropy, torch.optim.SGD."""
    chain: list[nn.Module] = []
    for inputs, outputs in pairwise(task.sizes):
        chain += [nn.Linear(inputs, outputs), nn.ReLU()]
    net = nn.Sequential(*chain[:-1]).to(torch.from_numpy(task.weights[0]).dtype)
    with torch.no_grad():
        for parameter, start in zip(net.parameters(), task.weights, strict=True):
            parameter.copy_(torch.from_numpy(start.T))
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE, momentum=MOMENTUM)
    batches = [(torch.from_numpy(x), torch.from_numpy(y)) for x, y in task.batches]

    def run() -> None:
        for x, y in batches:
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x), y).backward()
            optimizer.step()

    return Contender(run, lambda: flat([p.detach().numpy().T for p in net.parameters()]))


def with_sklearn(task: Task) -> Contender:
    """MLPClassifier.partial_fit: one call a pass, so that its checks are paid once a pass."""
    net = MLPClassifier(
        task.sizes[1:-1],
        solver="sgd",
        alpha=0,
        batch_size=task.batch,
        learning_rate_init=RATE,
        shuffle=False,
        momentum=MOMENTUM,
        nesterovs_momentum=False,
    )
    x = np.concatenate([x for x, _ in task.batches])
    y = np.concatenate([y for _, y in task.batches])
    net.partial_fit(x, y, classes=np.arange(task.sizes[-1]))  # makes the arrays
    for array, start in zip(net.coefs_, task.weights[::2], strict=True):
        array[...] = start
    for array, start in zip(net.intercepts_, task.weights[1::2], strict=True):
        array[...] = start
    for velocity in net._optimizer.velocities:  # noqa: SLF001  there is no other way
        velocity[...] = 0

    def parameters() -> Array:
        pairs = zip(net.coefs_, net.intercepts_, strict=True)
        return flat([array for pair in pairs for array in pair])

    return Contender(lambda: net.partial_fit(x, y), parameters)


def with_autograd(task: Task) -> Contender:
    """HIPS autograd: NumPy code and its gradient, updated in place."""
    parameters = [array.copy() for array in task.weights]
    velocities = [np.zeros_like(array) for array in parameters]
    batches = [(x, one_hot(y, task)) for x, y in task.batches]

    def loss(parameters: list[Any], x: Array, y: Array) -> Any:
        for W, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
            x = anp.maximum(anp.dot(x, W) + b, 0)
        z = anp.dot(x, parameters[-2]) + parameters[-1]
        z = z - anp.max(z, axis=1, keepdims=True)
        return (anp.sum(anp.log(anp.sum(anp.exp(z), axis=1))) - anp.sum(z * y)) / len(y)

    loss_and_gradients = autograd.value_and_grad(loss)

    def run() -> None:
        for x, y in batches:
            _, gradients = loss_and_gradients(parameters, x, y)
            for i, gradient in enumerate(gradients):
                velocities[i] *= MOMENTUM
                velocities[i] += gradient
                parameters[i] -= RATE * velocities[i]

    return Contender(run, lambda: flat(parameters))


def with_jax(task: Task) -> Contender:
    """A step compiled by jit and called once a batch; the old parameters are given up."""
    step = jax.jit(jax_step, donate_argnums=0)
    state = jax_start(task)
    batches = [(jnp.asarray(x), jnp.asarray(one_hot(y, task))) for x, y in task.batches]

    def run() -> None:
        nonlocal state
        for batch in batches:
            state, _ = step(state, batch)
        jax.block_until_ready(state)

    return Contender(run, lambda: flat(state[0]))


def with_jax_scan(task: Task) -> Contender:
    """The whole pass compiled as one program by jit and lax.scan."""
    epoch = jax.jit(lambda state, batches: jax.lax.scan(jax_step, state, batches), donate_argnums=0)
    state = jax_start(task)
    x = jnp.asarray(np.stack([x for x, _ in task.batches]))
    y = jnp.asarray(np.stack([one_hot(y, task) for _, y in task.batches]))

    def run() -> None:
        nonlocal state
        state, _ = epoch(state, (x, y))
        jax.block_until_ready(state)

    return Contender(run, lambda: flat(state[0]))


def jax_start(task: Task) -> tuple[list[Any], list[Any]]:
    """The parameters and their velocities."""
    return (
        [jnp.array(array) for array in task.weights],
        [jnp.zeros_like(array) for array in task.weights],
    )


def jax_loss(parameters: list[Any], x: Any, y: Any) -> Any:
    """The network and its softmax cross-entropy."""
    for W, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
        x = jax.nn.relu(x @ W + b)
    z = x @ parameters[-2] + parameters[-1]
    return -jnp.sum(jax.nn.log_softmax(z) * y) / len(y)


def jax_step(state: Any, batch: Any) -> Any:
    """One step, in the form that lax.scan asks for."""
    parameters, velocities = state
    loss, gradients = jax.value_and_grad(jax_loss)(parameters, *batch)
    velocities = [MOMENTUM * v + g for v, g in zip(velocities, gradients, strict=True)]
    parameters = [p - RATE * v for p, v in zip(parameters, velocities, strict=True)]
    return (parameters, velocities), loss


def products(task: Task) -> Contender:
    """The floor: only the matrix products of a step, written into arrays that are there."""
    weights = task.weights[::2]
    values = [np.ones((task.batch, size), task.dtype) for size in task.sizes]
    deltas = [np.ones_like(value) for value in values]
    gradients = [np.empty_like(W) for W in weights]

    def run() -> None:
        for batch, _ in task.batches:
            values[0] = batch
            for x, W, z in zip(values, weights, values[1:], strict=False):
                np.dot(x, W, out=z)
            for i in reversed(range(len(weights))):
                np.dot(values[i].T, deltas[i + 1], out=gradients[i])
                if i:
                    np.dot(deltas[i + 1], weights[i].T, out=deltas[i])

    return Contender(run, lambda: flat(task.weights))


def by_hand(task: Task) -> Contender:
    """The honest floor of an abstraction: the same operations in plain NumPy, without a check.

    Parameters, gradients and velocities lie in one vector each, as in litgrad, so that the
    update is a handful of calls.
    """
    parameters = flat(task.weights)
    gradient, velocity = np.zeros_like(parameters), np.zeros_like(parameters)
    step = np.empty_like(parameters)
    weights, slopes = views(parameters, task), views(gradient, task)
    rows = np.arange(task.sizes[-1])[:, None]
    each, classes = np.ones(task.batch, task.dtype), np.ones(len(rows), task.dtype)
    tiny = np.finfo(task.dtype).tiny
    depth = len(task.sizes) - 1

    def run() -> None:
        costs: list[Any] = []
        for played, (x, y) in enumerate(task.batches):
            values = [x]
            for i in range(depth):
                z = values[-1].dot(weights[2 * i])
                z += weights[2 * i + 1]
                values.append(np.maximum(z, 0) if i < depth - 1 else z)
            hot = (rows == y).astype(task.dtype)
            shifted = values[-1].T.copy()
            shifted -= np.maximum.reduce(shifted)
            e = np.exp(shifted)
            total = classes.dot(e)
            costs.append((each.dot(np.log(total)) - np.vdot(shifted, hot)) / len(y))
            e /= total
            e -= hot
            e *= 1 / len(y)
            dz = e.T
            for i in reversed(range(depth)):
                values[i].T.dot(dz, out=slopes[2 * i])
                each.dot(dz, out=slopes[2 * i + 1])
                if i:
                    dz = np.sign(values[i]) * dz.dot(weights[2 * i].T)
            np.multiply(velocity, MOMENTUM, out=velocity)
            np.add(velocity, gradient, out=velocity)
            if played % 16 == 0:
                velocity[np.abs(velocity) < tiny] = 0
            np.subtract(parameters, np.multiply(RATE, velocity, out=step), out=parameters)

    return Contender(run, parameters.copy)


def views(vector: Array, task: Task) -> list[Array]:
    """W, b, W, b, … as parts of one vector."""
    ends = np.cumsum([array.size for array in task.weights])[:-1]
    parts = np.split(vector, ends)
    return [part.reshape(W.shape) for part, W in zip(parts, task.weights, strict=True)]


def one_hot(labels: Array, task: Task) -> Array:
    """Labels as rows with a 1 at the class."""
    return np.eye(task.sizes[-1], dtype=task.dtype)[labels]


def flat(arrays: list[Any]) -> Array:
    """All arrays in one vector."""
    return np.concatenate([np.ravel(array) for array in arrays])
