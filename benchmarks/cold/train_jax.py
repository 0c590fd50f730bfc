"""Train on the digits with JAX: a compiled step, called once a batch."""

import jax
import jax.numpy as jnp
import numpy as np
from digits import report, test, train
from settings import BATCH, EPOCHS, HIDDEN, MOMENTUM, RATE

rng = np.random.default_rng(0)
x, y = train
state = [
    (rng.normal(0, np.sqrt(2 / i), (i, o)).astype(np.float32), np.zeros(o, np.float32))
    for i, o in [(64, HIDDEN), (HIDDEN, 10)]
]
state = state, jax.tree.map(np.zeros_like, state)


def forward(parameters, x):
    """The logits."""
    (W1, b1), (W2, b2) = parameters
    return jax.nn.relu(x @ W1 + b1) @ W2 + b2


def loss(parameters, x, y):
    """Softmax cross-entropy."""
    y = jax.nn.one_hot(y, 10)
    return -jnp.sum(jax.nn.log_softmax(forward(parameters, x)) * y) / len(y)


@jax.jit
def step(state, x, y):
    """One step of gradient descent with momentum."""
    parameters, velocities = state
    gradients = jax.grad(loss)(parameters, x, y)
    velocities = jax.tree.map(lambda v, g: MOMENTUM * v + g, velocities, gradients)
    parameters = jax.tree.map(lambda p, v: p - RATE * v, parameters, velocities)
    return parameters, velocities


for _ in range(EPOCHS):
    order = rng.permutation(len(x))
    for rows in np.split(order, range(BATCH, len(x), BATCH)):
        state = step(state, x[rows], y[rows])
report(np.argmax(forward(state[0], test[0]), 1))
