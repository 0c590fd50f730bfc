# ---
# description: How fast each layer of a deep network learns, measured beside the published speeds, and why one layer in between costs a factor of five.
# picture: figures/vanishing-7.svg
# ---

# %% [markdown]
# # Vanishing
#
# In chapter 5 of his online book, Michael Nielsen asked why deep networks are hard to train, and measured it: how fast does each hidden layer learn? The early ones hardly at all. This lab repeats the measurement, finds the factor behind it, and then tries what helps.
#
# ## The published result
#
# Sigmoid networks with two, three and four hidden layers of 30 neurons, at the start and after some steps. The chapter prints the four-layer speeds as 0.003, 0.017, 0.070 and 0.285. With more digits they stand in the files behind its figures.

# %%
# M. A. Nielsen, "Neural Networks and Deep Learning", Determination
# Press, 2015, chapter 5: speed of each hidden layer, first to last.
# Printed for four layers: 0.003, 0.017, 0.070, 0.285. All digits:
# fig/norms_during_training_{2,3,4}_layers.json in its repository.
AT_START = {
    2: [0.0657, 0.3092],
    3: [0.0118, 0.0600, 0.2831],
    4: [0.0030, 0.0171, 0.0695, 0.2851],
}
LATER = {  # four hidden layers, after so many steps
    10: [2.66e-4, 1.48e-3, 8.40e-3, 3.66e-2],
    30: [2.87e-5, 1.04e-4, 5.85e-4, 2.49e-3],
    499: [8.21e-6, 2.61e-5, 1.83e-4, 9.25e-4],
}

# %% [markdown]
# ## The data
#
# He used 1,000 images of MNIST. MNIST is a download, and no program of this book needs one. So we take 1,000 of the book's own digits, which are smaller: 8×8 pixels. The random numbers differ as well. What can agree, then, is the size of the speeds and not their digits.
#
# ## The network and its speeds
#
# Weights start normal with variance $1/n$, where $n$ is the number of inputs, and biases normal with variance 1. There are ten sigmoid outputs, each a yes-or-no question with its own log loss. The cost is their sum, averaged over the images. The *speed* of a layer is the norm of the slope of the cost in its biases: how far a step of $\eta = 1$ would move them.

# %%
import matplotlib.pyplot as plt
import numpy as np
from litgrad import (
    data,
    layers,
    losses,
    ops,
    optimizers,
    plots,
    training,
)

images, labels = data.digits().train
x, y = images[:1000], labels[:1000]
new = images[1000:], labels[1000:]
print(f"{len(x):,} images to learn from, {len(new[1])} others")


# %%
def ten_questions(z, y):
    """Is it a 0? A 1? … The sum of ten losses, and its pullback."""
    yes = np.eye(10, dtype=int)[y]
    loss, pull = losses.binary_cross_entropy(z.ravel(), yes.ravel())
    return 10 * loss, lambda: pull(10.0).reshape(z.shape)


def normal(c):
    """Weights of variance c/n."""
    return lambda shape, rng: rng.normal(
        0, (c / shape[0]) ** 0.5, shape
    )


def dense(net):
    return [
        part for part in net.layers if isinstance(part, layers.Dense)
    ]


# %%
def network(hidden, seed, kind=layers.Sigmoid, c=1.0, *, biases=True):
    rng = np.random.default_rng(seed)
    net = layers.MLP(
        [64] + [30] * hidden + [10],
        activation=kind,
        rng=rng,
        initializer=normal(c),
    )
    for layer in dense(net) if biases else ():
        layer.b = rng.normal(size=layer.b.shape)
    return net


def speeds(net):
    """The cost, and the speed of each hidden layer."""
    cost, pullback = ten_questions(net.forward(x), y)
    net.backward(pullback())
    *hidden, _ = dense(net)
    return cost, [float(np.linalg.norm(part.db)) for part in hidden]


# %% alt="The speed of four hidden layers at the start, on a logarithmic scale. Ten thin gray lines, one for each of our networks, rise from about 0.003 in the first layer to about 0.3 in the fourth, nearly straight. Their mean and the published dots lie among them."
ax = plots.panels()[0]
for hidden, published in AT_START.items():
    runs = [speeds(network(hidden, seed))[1] for seed in range(10)]
    ours = np.mean(np.array(runs), axis=0)
    print(f"{hidden} hidden layers")
    print("  published:", *(f"{speed:.4f}" for speed in published))
    print("  ours:     ", *(f"{speed:.4f}" for speed in ours))
    assert np.all(np.abs(ours / published - 1) < 0.3)
    assert np.all(np.min(runs, axis=0) < published)
    assert np.all(np.max(runs, axis=0) > published)
layer = np.arange(1, 5)
for run in runs:
    ax.plot(layer, run, color=plots.MUTED, linewidth=0.6)
plots.curves({"mean of ours": ours}, log=True, ax=ax)
ax.plot(layer, published, "o", color=plots.INK, label="published")
ax.set(xlabel="hidden layer", ylabel="speed", xticks=layer)
ax.legend(frameon=False)
plt.show()

# %% [markdown]
# Ours are means over ten networks. All nine published speeds are within 30% of them, and each lies between the smallest and the largest of our ten. The last hidden layer learns a hundred times as fast as the first.
#
# ## One in five
#
# Other images, another size, other random numbers, and nearly the same speeds. Why? Go back through one layer. A neuron hears the sum $\sum_k dz_k W_{jk}$, and multiplies it by its slope $\sigma'(z)$. With 30 neurons and weights of variance $1/30$ the sum keeps its size, as in the chapter on [depth](../chapters/depth.md#backward-through-one-layer). So a layer multiplies the speed by the typical size of $\sigma'(z)$, the root of its mean square.
#
# At the start $z$ has the variance 1 from its bias, and from its weights that of 30 terms $w a$, which is the mean of $a^2$. This mean depends on the variance of $z$ again. So repeat until it settles.

# %%
rng = np.random.default_rng(0)
draws, variance = rng.normal(size=100_000), 1.0
for _ in range(10):
    a, pullback = ops.sigmoid(np.sqrt(variance) * draws)
    variance = 1 + float(np.mean(a**2))
factor = np.sqrt(np.mean(pullback(np.ones_like(a)) ** 2))
print(f"variance of z {variance:.2f}, factor {factor:.2f}")

logs = np.log(runs)
for behind in (2, 1, 0):
    measured = np.exp(np.mean(logs[:, behind] - logs[:, behind + 1]))
    print(f"layer {behind + 1} over layer {behind + 2}: ", end="")
    theirs = published[behind] / published[behind + 1]
    print(f"ours {measured:.2f}, published {theirs:.2f}")
    assert abs(measured / factor - 1) < 0.1
    assert abs(theirs / factor - 1) < 0.25

# %% [markdown]
# The images do not occur in this factor, and neither does their size. Each layer further back learns at a fifth of the speed.
#
# ## While it trains
#
# The published run goes on for 500 full-batch steps with $\eta = 0.1$ and an L2 penalty with $\lambda = 0.005$. Ours are the typical values (geometric means) of three networks.

# %% alt="The speeds of four hidden layers over 500 steps, both scales logarithmic. They begin far apart, all fall together by a factor of about a hundred between steps 5 and 40, and then stay nearly level, in the same order. Dots, the published speeds, lie close to the curves, most of them a little below."
walks = []
for seed in range(3):
    net = network(4, seed)
    walk = []
    for _ in range(500):
        cost, now = speeds(net)
        walk.append(now)
        decay = 0.005 * net.parameters * net.weight_mask
        net.parameters -= 0.1 * (net.gradient + decay)
    walks.append(walk)
ours = np.exp(np.mean(np.log(walks), axis=0))
shown = np.unique(np.geomspace(1, 500, 80).astype(int)) - 1
curves = {
    f"layer {i + 1}": np.c_[shown + 1, ours[shown, i]] for i in range(4)
}
ax = plots.curves(curves, log=True)
for steps, published in {0: AT_START[4], **LATER}.items():
    dots = ax.plot([steps + 1] * 4, published, "o", color=plots.INK)[0]
    print(f"after {steps:3} steps")
    print("  published:", *(f"{speed:8.1e}" for speed in published))
    print("  ours:     ", *(f"{speed:8.1e}" for speed in ours[steps]))
    assert np.all(np.abs(np.log(ours[steps] / published)) < np.log(2.5))
dots.set_label("published")
ax.legend(frameon=False)
ax.set(xscale="log", xlabel="step, counted from 1", ylabel="speed")
plt.show()

# %% [markdown]
# Over four powers of ten our speeds are within a factor of 2.5 of the published ones. They all collapse. Has the network arrived?

# %%
share = np.bincount(y) / len(y)
blind = -np.sum(share * np.log(share) + (1 - share) * np.log(1 - share))
print(f"cost {cost:.2f}, without looking at the image {blind:.2f}")
print(f"right: {training.accuracy(net.predict(x), y):.0%}")
assert abs(cost - blind) < 0.01
first, before = dense(net)[0].W, dense(network(4, seed))[0].W
assert np.corrcoef(first.ravel(), before.ravel())[0, 1] > 0.99

print("what is left of the differences between images:")
a, spread = x, []
for part in network(8, 0).layers:
    a = part.predict(a)
    if isinstance(part, layers.Sigmoid):
        spread.append(float(np.sqrt(np.mean(a.var(axis=0)))))
print(*(f"{size:.0e}" for size in spread))
assert np.allclose(np.diff(np.log(spread)), np.log(factor), atol=0.4)

# %% [markdown]
# It has learned how frequent each digit is, and nothing else. The last lines say why it goes no further. They send the images forward through eight hidden layers, untrained, and measure how much the activations differ from image to image. A small difference also passes weights that keep its size, and a slope: again a fifth in each layer. So the last layers get to see nearly the same for all images, and the first ones hear nearly nothing.
#
# /// mistake | A small slope means that a layer is nearly right
# Near a minimum it does. But the first layer of this network still holds its random start, only shrunk by the penalty (the correlation is above 0.99). Its slope is small because little comes through from the other end. Look at the cost, and at the answers, before you trust a slope.
# ///
#
# ## It is slow, not stuck
#
# Small steps are steps. Take many more of them: batches of 10, so 100 in each pass over the images, and $\eta = 0.5$.


# %%
def train(net, optimizer, epochs, size):
    """Cost and speeds on all 1,000 images, before and after each pass."""
    rng, costs, walk = np.random.default_rng(0), [], []
    for _ in range(epochs + 1):
        cost, now = speeds(net)
        costs.append(cost)
        walk.append(now)
        training.fit(
            net,
            (x, y),
            ten_questions,
            optimizer,
            epochs=1,
            batch_size=size,
            rng=rng,
        )
    return np.array(costs), np.array(walk)


# %%
def draw(costs, walk, chosen):
    left, axes = plots.panels(2)
    passes = np.arange(len(costs))
    curves = {
        f"layer {i}": np.c_[passes, walk[:, i - 1]] for i in chosen
    }
    plots.curves(curves, log=True, ax=left)
    left.set(xlabel="pass", ylabel="speed")
    plots.curves(np.c_[passes, costs], ax=axes)
    axes.set(xlabel="pass", ylabel="cost", ylim=(0, 4))
    return left


# %% alt="Left: the speeds of four layers over 80 passes, on a logarithmic scale. They fall, stay apart for about twenty passes, then rise, meet, and stay close together. Right: the cost, level at 3.3 for as long, and then falling in stairs to nearly 0."
plateaus = []
for hidden in (2, 3, 4, 5):
    net = network(hidden, 0)
    sgd = optimizers.SGD(net.parameters, 0.5)
    costs, walk = train(net, sgd, 80, 10)
    plateaus.append(int(np.flatnonzero(costs < 3)[0]))
    print(f"{hidden} hidden layers: cost 3 after {plateaus[-1]} passes")
    if hidden == 4:
        draw(costs, walk, (1, 2, 3, 4))
        assert walk[8, 3] / walk[8, 0] > 10
        assert np.median(walk[40:, 3] / walk[40:, 0]) < 2
        assert training.accuracy(net.predict(x), y) > 0.9
plt.show()
assert np.all(np.divide(plateaus[1:], plateaus[:-1]) > 2)

# %% [markdown]
# With four hidden layers next to nothing happens for about twenty passes. Then the first layer wakes up, the speeds come together, and the cost falls in stairs. A vanishing gradient is a plateau at the *start*. This network leaves it, but each further layer makes it about three times as long.
#
# ## What helps
#
# Five recipes, each with 1 to 16 hidden layers of 30 neurons, and 20 passes with batches of 20. Each gets its own best rate out of a few. The accuracy is that on the other digits. (The rates are chosen on the same digits, which flatters all five recipes alike.)

# %%
SGD, ADAM = optimizers.SGD, optimizers.Adam
RECIPES: dict[str, tuple] = {
    "sigmoid 1/n": (layers.Sigmoid, 1.0, SGD),
    "sigmoid 1/n, Adam": (layers.Sigmoid, 1.0, ADAM),
    "ReLU 1/n": (layers.ReLU, 1.0, SGD),
    "tanh 1/n": (layers.Tanh, 1.0, SGD),
    "ReLU 2/n": (layers.ReLU, 2.0, SGD),
}
RATES: dict[type, list[float]] = {
    SGD: [1.0, 0.2, 0.05, 0.01],
    ADAM: [0.01, 0.003, 0.001],
}


def prepare(recipe, hidden, rate):
    kind, c, method = RECIPES[recipe]
    net = network(hidden, 0, kind, c, biases=kind is layers.Sigmoid)
    return net, method(net.parameters, rate)


# %%
def attempt(recipe, hidden, rate):
    net, optimizer = prepare(recipe, hidden, rate)
    try:
        training.fit(
            net,
            (x, y),
            ten_questions,
            optimizer,
            epochs=20,
            batch_size=20,
            rng=np.random.default_rng(0),
        )
    except FloatingPointError:  # it has blown up
        return 0.0
    return training.accuracy(net.predict(new[0]), new[1])


# %% alt="The accuracy on new digits over the number of hidden layers, 1 to 16, for five recipes. All begin above 0.9. The sigmoid falls to chance between two and eight layers, with Adam a little later. ReLU with 1/n holds up to eight layers and is near chance at sixteen. Tanh and ReLU with 2/n are still well above one half at sixteen."
depths = 1, 2, 4, 8, 16
best, lines = {}, {}
for recipe, (_, _, method) in RECIPES.items():
    for hidden in depths:
        shares = {r: attempt(recipe, hidden, r) for r in RATES[method]}
        top = max(shares, key=lambda r: shares[r])
        best[recipe, hidden] = shares[top], top
    row = [best[recipe, hidden][0] for hidden in depths]
    assert row[0] > 0.88
    lines[recipe] = np.c_[depths, row]
ax = plots.curves(lines, marker="o")
ax.set(
    xscale="log", xlabel="hidden layers", ylabel="right on new digits"
)
ax.set_xticks(depths, [str(hidden) for hidden in depths])
ax.minorticks_off()
plt.show()
accuracy = {name: dict(line) for name, line in lines.items()}
sigmoid, adam, small, tanh, he = accuracy.values()
assert sigmoid[4] < 0.5 < adam[4]
assert adam[8] < 0.4
assert small[16] < 0.4 < min(tanh[16], he[16])
assert min(tanh[8], he[8]) > 0.75
shallow = max(row[n] for row in accuracy.values() for n in (1, 2))
deep = max(row[n] for row in accuracy.values() for n in (4, 8, 16))
assert deep < shallow + 0.02

# %% alt="Five frames, each with the speeds of layers 1, 3, 6 and 8 of a network with eight hidden layers and its cost. Sigmoid: the speeds lie powers of ten apart and the cost stays level. With Adam they begin so, but after ten passes the early layers have caught up and the cost falls a little. ReLU with 1/n: the speeds are closer, and after five level passes the cost falls. Tanh and ReLU with 2/n: the speeds lie together from the start and the cost falls at once."
for recipe in RECIPES:
    net, optimizer = prepare(recipe, 8, best[recipe, 8][1])
    costs, walk = train(net, optimizer, 20, 20)
    left = draw(costs, walk, (1, 3, 6, 8))
    left.set(ylim=(1e-9, 1e4))
    left.figure.set_label(recipe)
    apart = walk[0, 7] / walk[0, 0]
    print(f"{recipe:18} layer 8 over layer 1: about {apart:.0e}")
    assert (apart > 1e4) == ("sigmoid" in recipe)
    assert (apart < 100) == ("sigmoid" not in recipe)
plt.show()

# %% [markdown]
# - **Adam** divides each slope by its usual size, so layers that hear little still move. That carries the sigmoid from two hidden layers to four, not to eight: what does not come forward cannot be learned from.
# - **ReLU with $1/n$** loses a factor of $\sqrt{1/2}$ in each layer in place of a fifth. That can be borne over eight layers, not over sixteen.
# - **Tanh with $1/n$ and ReLU with $2/n$** (He) keep both directions near a factor of 1, and learn at once with eight layers. Sixteen were too many even for them, from this one start and at these few rates: in narrow layers the factors scatter.
#
# No deeper network gets more than two points above the shallow ones: digits of 8×8 pixels need no depth. What the recipes change is how much depth they can bear.
#
# ## What it teaches
#
# A published measurement can hold without its data. The speeds of the layers are a property of the random start, and one number explains them: the typical slope of a layer, a fifth for this sigmoid. Speeds that differ by powers of ten mean that the early layers stay random, and then the cost stands still, until they wake up. A start that keeps the factor near 1 removes the plateau.
#
# Things to try:
#
# - **No random biases.** With `biases=False` the sigmoids start nearer to their steepest place. What is the factor now? Predict it, then measure.
# - **Weights four times as large.** Give the sigmoid `c=16` and no biases. How many layers can it have now?
# - **Wider layers.** Replace 30 by 100. Which of the sixteen-layer networks profit, and why only they?
#
# ## Further reading
#
# - Michael A. Nielsen, *Neural Networks and Deep Learning*, Determination Press, 2015. Chapter 5 has the published figures; its code is on GitHub, under `mnielsen/neural-networks-and-deep-learning`.
# - Sepp Hochreiter, "Untersuchungen zu dynamischen neuronalen Netzen", diploma thesis, Technische Universität München, 1991. The first analysis of vanishing gradients.
# - Yoshua Bengio, Patrice Simard and Paolo Frasconi, "Learning long-term dependencies with gradient descent is difficult", *IEEE Transactions on Neural Networks* 5, 157–166, 1994.
# - Xavier Glorot and Yoshua Bengio, "Understanding the difficulty of training deep feedforward neural networks", *Proceedings of AISTATS*, 249–256, 2010. The plateau of deep sigmoid networks, layer by layer.
# - Kaiming He, Xiangyu Zhang, Shaoqing Ren and Jian Sun, "Delving deep into rectifiers: surpassing human-level performance on ImageNet classification", *IEEE International Conference on Computer Vision*, 1026–1034, 2015.
