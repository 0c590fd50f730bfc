"""Train on the digits with scikit-learn."""

from digits import report, test, train
from settings import BATCH, EPOCHS, HIDDEN, MOMENTUM, RATE
from sklearn.neural_network import MLPClassifier

net = MLPClassifier(
    (HIDDEN,),
    solver="sgd",
    alpha=0,
    batch_size=BATCH,
    learning_rate_init=RATE,
    max_iter=EPOCHS,
    momentum=MOMENTUM,
    nesterovs_momentum=False,
    random_state=0,
)
report(net.fit(*train).predict(test[0]))
