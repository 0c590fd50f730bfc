"""litgrad: how neural networks learn, in a library small enough to read.

An operation returns its value and its pullback; the rest follows from that.
`litgrad.plots` is not loaded here, because it needs Matplotlib.
"""

from litgrad import (
    data,
    descent,
    gradcheck,
    graph,
    initializers,
    layers,
    losses,
    ops,
    optimizers,
    penalties,
    schedules,
    training,
)

__all__ = [
    "data",
    "descent",
    "gradcheck",
    "graph",
    "initializers",
    "layers",
    "losses",
    "ops",
    "optimizers",
    "penalties",
    "schedules",
    "training",
]
