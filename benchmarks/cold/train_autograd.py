"""Train on the digits with HIPS autograd."""

import autograd
import autograd.numpy as np
from digits import report, test, train
from numpy.random import default_rng
from settings import BATCH, EPOCHS, HIDDEN, MOMENTUM, RATE

rng = default_rng(0)
x, y = train
one_hot = np.eye(10, dtype=np.float32)[y]
parameters = []
for i, o in [(64, HIDDEN), (HIDDEN, 10)]:
    parameters.append(rng.normal(0, np.sqrt(2 / i), (i, o)).astype(np.float32))
    parameters.append(np.zeros(o, np.float32))
velocities = [np.zeros_like(p) for p in parameters]


def forward(parameters, x):
    """The logits."""
    W1, b1, W2, b2 = parameters
    return np.dot(np.maximum(np.dot(x, W1) + b1, 0), W2) + b2


@autograd.grad
def gradients(parameters, x, y):
    """Softmax cross-entropy, of which grad makes the gradients."""
    z = forward(parameters, x)
    z = z - np.max(z, axis=1, keepdims=True)
    return (np.sum(np.log(np.sum(np.exp(z), axis=1))) - np.sum(z * y)) / len(y)


for _ in range(EPOCHS):
    order = rng.permutation(len(x))
    for rows in np.split(order, range(BATCH, len(x), BATCH)):
        for i, g in enumerate(gradients(parameters, x[rows], one_hot[rows])):
            velocities[i] *= MOMENTUM
            velocities[i] += g
            parameters[i] -= RATE * velocities[i]
report(forward(parameters, test[0]).argmax(1))
