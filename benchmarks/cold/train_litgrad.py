"""Train on the digits with litgrad."""

import numpy as np
from settings import BATCH, EPOCHS, HIDDEN, MOMENTUM, RATE

from litgrad import data, layers, losses, optimizers, training

digits = data.digits(np.float32)
rng = np.random.default_rng(0)
net = layers.MLP([64, HIDDEN, 10], rng=rng, dtype=np.float32)
optimizer = optimizers.SGD(net.parameters, RATE, momentum=MOMENTUM)
training.fit(
    net, digits.train, losses.cross_entropy, optimizer, epochs=EPOCHS, batch_size=BATCH, rng=rng
)
x, y = digits.test
print(training.accuracy(net.predict(x), y))
