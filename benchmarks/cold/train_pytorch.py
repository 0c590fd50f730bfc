"""Train on the digits with PyTorch."""

import torch
from digits import report, test, train
from settings import BATCH, EPOCHS, HIDDEN, MOMENTUM, RATE
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
x, y = map(torch.from_numpy, train)
net = nn.Sequential(nn.Linear(64, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 10))
optimizer = torch.optim.SGD(net.parameters(), lr=RATE, momentum=MOMENTUM)
for _ in range(EPOCHS):
    for rows in torch.randperm(len(x)).split(BATCH):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
        optimizer.step()
with torch.no_grad():
    report(net(torch.from_numpy(test[0])).argmax(1).numpy())
