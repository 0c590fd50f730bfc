"""litgrad: how neural networks learn, in a library small enough to read.

An operation returns its value and its pullback; the rest follows from that.
`litgrad.plots` is not loaded here, because it needs Matplotlib.
"""

from litgrad import data as data
from litgrad import descent as descent
from litgrad import gradcheck as gradcheck
from litgrad import graph as graph
from litgrad import initializers as initializers
from litgrad import layers as layers
from litgrad import losses as losses
from litgrad import ops as ops
from litgrad import optimizers as optimizers
from litgrad import penalties as penalties
from litgrad import schedules as schedules
from litgrad import training as training
