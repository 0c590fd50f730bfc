# ---
# description: A published run of 100 steps on two moons, reproduced in all its costs, and what its last number is made of.
# picture: figures/moons-10.svg
# ---

# %% [markdown]
# # Moons
#
# In 2020 Andrej Karpathy published micrograd, an engine for backpropagation of about a hundred lines. Its demo trains a small network to tell two moons apart and prints the cost before each of 100 steps. This lab repeats the run with the book's library. All 100 costs agree. Then it asks what the last of them, printed in all its digits, says about the network.
#
# ## The published result
#
# The network has 2 inputs, two hidden layers of sixteen ReLU neurons, and one output. At the start it gets half of the 100 points right, at the end all.

# %%
# A. Karpathy, micrograd, demo.ipynb, GitHub, 2020: the cost before
# steps 0 to 99, here to six decimals, and two of them in full.
PUBLISHED = """
    0.895844 1.723591 0.742901 0.770564 0.369279 0.313545 0.281423
    0.268887 0.256715 0.270486 0.245070 0.250991 0.215610 0.230904
    0.201522 0.225745 0.194480 0.210895 0.159831 0.184537 0.189775
    0.190727 0.117337 0.121735 0.126157 0.160491 0.187472 0.167418
    0.095866 0.087788 0.117313 0.093401 0.124545 0.079840 0.077275
    0.076613 0.106105 0.090628 0.106719 0.052257 0.060160 0.085967
    0.051121 0.052401 0.045307 0.072111 0.033342 0.031432 0.036585
    0.048291 0.098751 0.054491 0.033927 0.052615 0.032503 0.028883
    0.041392 0.018987 0.025238 0.020797 0.032597 0.017863 0.023009
    0.022079 0.029433 0.016252 0.028469 0.013994 0.015552 0.033891
    0.014230 0.013255 0.012300 0.012676 0.020594 0.011845 0.016013
    0.025458 0.014383 0.011699 0.012319 0.014121 0.011665 0.011589
    0.010990 0.010989 0.010988 0.010987 0.010986 0.010985 0.010984
    0.010984 0.010983 0.010982 0.010981 0.010981 0.010980 0.010979
    0.010979 0.010978"""
AT_84, LAST = 0.010990299347735226, 0.010978370135492717
# The share of right answers before these steps, in percent.
RIGHT = {0: 50, 1: 81, 4: 84, 10: 91, 25: 95, 40: 100, 50: 96, 99: 100}

# %% [markdown]
# ## The data
#
# The points come from scikit-learn's `make_moons(100, noise=0.1)`. Fifty lie at even steps on the upper half of a circle, and fifty on the lower half of another. Then the points are shuffled, and each coordinate gets normal noise of size $0.1$. The demo had called `np.random.seed(1337)` before. `RandomState(1337)` draws the same numbers, without scikit-learn.

# %% alt="A hundred points on two half circles, one open below and one open above. The end of each lies inside the bend of the other."
import matplotlib.pyplot as plt
import numpy as np
from litgrad import data, graph, layers, losses, plots

legacy = np.random.RandomState(1337)
angle = np.linspace(0, np.pi, 50)
upper = np.c_[np.cos(angle), np.sin(angle)]
lower = np.array([1.0, 0.5]) - upper
order = legacy.permutation(100)
x = np.r_[upper, lower][order] + legacy.normal(scale=0.1, size=(100, 2))
y = np.repeat([0, 1], 50)[order]

ax = plots.panels(size=(4.5, 3))[0]
for k in range(2):
    moon, color = x[y == k], plots.SERIES[k]
    ax.plot(*moon.T, "os"[k], ms=4, color=color, label=f"class {k}")
ax.set(aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
ax.legend(loc=(0, 1), ncols=3, frameon=False)
plt.show()

# %% [markdown]
# ## The model
#
# The weights come from Python's own generator, `random`, seeded with 1337, too: uniform between −1 and 1, neuron by neuron. A neuron is a column of $W$. The biases start at 0. Python and NumPy's `RandomState` share one algorithm and differ in how they turn a seed into a first state. Given a list, `RandomState` does it in Python's way.


# %%
def published_start():
    chance = np.random.RandomState([1337])  # as random.seed(1337)
    rng = np.random.default_rng(0)  # what it draws is replaced
    net = layers.MLP([2, 16, 16, 1], rng=rng)
    for layer in net.layers:
        if isinstance(layer, layers.Dense):
            inputs, outputs = layer.W.shape
            layer.W = chance.uniform(-1, 1, (outputs, inputs)).T
    return net


net = published_start()
print("parameters:", net.parameters.size)

# %% [markdown]
# ## Training
#
# The [hinge loss](../chapters/losses.md#four-losses-side-by-side) asks each point for a margin of 1. The margin is the score, with its sign turned for class 0. To the mean of the hinge losses the demo adds $\alpha = 0.0001$ times the sum of the squares of *all* parameters, biases included:
#
# $$
# \frac1N \sum_i \max(0,\ 1 - \text{margin}_i) + \alpha\, \lVert \theta \rVert_2^2 .
# $$
#
# There is no ½ in front, so the slope of the penalty is $2\alpha\theta$, and in the [book's notation](../chapters/penalties.md#a-price-on-large-weights) its strength is $\lambda = 2\alpha$. The learning rate falls evenly, $\eta_t = 1 - 0.9\, t/100$.

# %%
ALPHA, STEPS = 1e-4, 100
sign = 2 * y - 1


def rate(step):
    return 1 - 0.9 * step / STEPS


def train(net, x, y, first=0, last=STEPS):
    """Train, and return before each step: cost, hinge loss, scores."""
    history = []
    for step in range(first, last):
        scores = net.forward(x)
        hinge, pullback = losses.hinge(scores, y)
        cost = hinge + ALPHA * (net.parameters @ net.parameters)
        history.append((cost, hinge, scores.ravel()))
        net.backward(pullback())
        gradient = net.gradient + 2 * ALPHA * net.parameters
        net.parameters -= rate(step) * gradient
    return history


# %% [markdown]
# Watch the boundary. The network says class 1 where its score is positive.

# %% alt="The border between the classes at six moments. Before the first step all points are on one side. After 1 step a bent border cuts off most of one moon. It bends further, and after 40 steps it winds between the moons. At the end it keeps about the same distance from both."
history: list[tuple[float, float, np.ndarray]] = []
for steps in (0, 1, 5, 20, 40, 100):
    history += train(net, x, y, len(history), steps)
    ax = plots.boundary(net.predict, x, y)
    ax.legend(loc=(0, 1), ncols=3, frameon=False)
    share = np.mean((net.predict(x).ravel() > 0) == (y == 1))
    ax.figure.set_label(f"after {steps} steps: {share:.0%} right")
plt.show()

cost = np.array([row[0] for row in history])
hinge = np.array([row[1] for row in history])
margins = np.array([sign * row[2] for row in history])

# %% [markdown]
# ## Theirs and ours

# %%
theirs = np.array(PUBLISHED.split(), dtype=float)
print("step  published      ours  right, published  ours")
for step, percent in RIGHT.items():
    right = np.mean((history[step][2] > 0) == (y == 1))
    assert round(100 * right) == percent
    print(f"{step:4}   {theirs[step]:.6f}  {cost[step]:.6f}", end="")
    print(f"              {percent:3}%  {right:4.0%}")
assert np.allclose(cost, theirs, rtol=0, atol=6e-7)  # all 100
assert abs(cost[99] - LAST) < 1e-12
print(f"the last cost, published: {LAST:.13f}")
print(f"                    ours: {cost[99]:.13f}")

# %% [markdown]
# All 100 costs agree to every digit that is given above. The last one agrees to twelve decimals at least; the assertion leaves some room for processors that add in another order.
#
# ## The same run as a graph
#
# micrograd knows no layers. It builds a [graph](../chapters/graphs.md) with a node for every number, and walks it backward. With litgrad's engine the nodes are whole arrays, so there are few of them. Both carry the same numbers.

# %%
arrays = []
for layer in published_start().layers:
    if isinstance(layer, layers.Dense):
        arrays += [layer.W.copy(), layer.b.copy()]
for step in range(STEPS):
    W1, b1, W2, b2, W3, b3 = nodes = [graph.Variable(a) for a in arrays]
    a1 = (x @ W1 + b1).relu()
    a2 = (a1 @ W2 + b2).relu()
    total = graph.apply(losses.hinge, a2 @ W3 + b3, y)
    for node in nodes:
        total = total + ALPHA * (node * node).sum()
    assert abs(total.value - cost[step]) < 1e-10
    total.backward()
    for i, node in enumerate(nodes):
        arrays[i] -= rate(step) * node.gradient
weights = sum(array.size for array in arrays[::2])
print("same cost in all", step + 1, "steps")
print(f"products of one weight and one number: {weights * len(x):,}")

# %% [markdown]
# The last line counts what micrograd has to make a node for in each step, for the products alone. As an array each layer is one product.
#
# ## What the cost is made of

# %% alt="The cost over the steps on a logarithmic scale, with its two parts. The hinge loss falls from 0.9 in a jagged line and ends at step 84, where it becomes 0. The penalty stays almost level near 0.01 throughout. The cost runs along the hinge loss at first and along the penalty at the end."
shown = np.flatnonzero(hinge)
ax = plots.curves(
    {
        "cost": np.c_[range(STEPS), cost],
        "hinge loss": np.c_[shown, hinge[shown]],
        "penalty": np.c_[range(STEPS), cost - hinge],
    },
    log=True,
)
ax.plot(theirs, ".", color=plots.INK, ms=4, label="published")
ax.set(xlabel="step", ylim=(3e-4, 3))
ax.legend(frameon=False)
plt.show()

free = np.flatnonzero(hinge == 0)
print("hinge loss exactly 0 before steps", free[0], "to", free[-1])
assert np.array_equal(free, range(free[0], STEPS))

# %% [markdown]
# From step 84 on every margin is above 1, so the hinge loss is 0, and not only in rounded numbers. Then its gradient is 0, too. Only the penalty is left, and a step of descent on the penalty multiplies every parameter by $1 - 2\alpha\eta$. The cost is multiplied by the square of that. So the last published numbers must follow from one another, without any network.

# %%
value = LAST
for step in range(98, free[0] - 1, -1):
    value /= (1 - 2 * ALPHA * rate(step)) ** 2
print(f"step {free[0]}, worked out from the last: {value:.13f}")
print(f"step {free[0]}, published:                {AT_84:.13f}")
assert abs(value - AT_84) < 1e-15
share = 1 - hinge[99] / cost[99]
print(f"share of the penalty in the last cost: {share:.0%}")

# %% [markdown]
# Of the digits of the published cost, none tells how well the network fits the points. They measure the size of its parameters.
#
# /// mistake | The cost is still falling, so the network is still learning
# From step 84 on the cost falls every time, and what falls is the penalty. Every parameter shrinks by the same share. The points do nothing until a margin drops below 1 again. Look at the parts of a cost before you read its sum.
# ///
#
# ## The margin
#
# A right answer is a positive margin. The hinge loss wants 1. On the map this is a street: its middle is where the score is 0, its curbs are where the score is −1 and 1, and training goes on until no point is left inside.

# %% alt="The border of the trained network winds between the moons, with a dashed line on each side where the score is plus or minus 1. No point lies between the dashed lines, and several points of both moons lie right beside them."
ax = plots.boundary(net.predict, x, y)
ax.legend(loc=(0, 1), ncols=3, frameon=False)
across = np.linspace(*ax.get_xlim(), 151)
up = np.linspace(*ax.get_ylim(), 101)
grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
ax.contour(
    *(across, up, net.predict(grid).reshape(101, 151)),
    levels=[-1, 1],
    colors=plots.INK,
    linewidths=0.8,
    linestyles="dashed",
)
plt.show()

# %% [markdown]
# Here are the margins of all points, in ascending order, before three of the steps.

# %% alt="The margins of the 100 points in ascending order, before three steps. At step 5 a seventh of them is negative. At step 40 none is, but the curve begins at 0. At step 99 it begins just above 1 and rises slowly from there."
lines = {f"step {step}": np.sort(margins[step]) for step in (5, 40, 99)}
ax = plots.curves(lines)
ax.axhline(1, color=plots.MUTED, linewidth=0.8)
ax.set(xlabel="point, by margin", ylabel="margin")
plt.show()

for step in (5, 40, 99):
    smallest, below = margins[step].min(), np.sum(margins[step] < 1)
    print(f"step {step:2}: smallest margin {smallest:5.2f}, ", end="")
    print(f"below 1: {below:2} points")

# %% [markdown]
# Before step 40 all points are right, and still the hinge loss is not 0: twelve of them have a margin below 1. That is why training goes on to widen the street after the last mistake is gone.
#
# ## Other moons
#
# Five more runs draw their own points (`data.moons` draws the angles, too) and their own start. Each network is then tested on 10,000 new points.


# %%
def uniform(shape, rng):
    return rng.uniform(-1, 1, shape)


def show(name, final, share, unseen=""):
    print(f"{name:9}  {final:9.3f}  {share:>5}  {unseen:>13}")


def right_on(net, x, y):
    return np.mean((net.predict(x).ravel() > 0) == (y == 1))


new = data.moons(10_000, rng=np.random.default_rng(100))
print("           last cost  right  on new points")
show("published", LAST, f"{RIGHT[99]}%")
unseen = right_on(net, *new)
show("ours", cost[99], f"{right_on(net, x, y):.0%}", f"{unseen:.0%}")
for seed in range(5):
    rng = np.random.default_rng(seed)
    points, labels = data.moons(100, rng=rng)
    other = layers.MLP([2, 16, 16, 1], rng=rng, initializer=uniform)
    final = train(other, points, labels)[-1][0]
    share = right_on(other, points, labels)
    unseen = right_on(other, *new)
    show(f"seed {seed}", final, f"{share:.0%}", f"{unseen:.0%}")
    assert 0.008 < final < 0.03
    assert share == 1
    assert unseen > 0.95

# %% [markdown]
# The result was no luck. Other draws end in much the same way, and the networks are right on nearly all points that they have never seen.
#
# ## What explains the difference
#
# There is next to none, and that needs an explanation as well. In the lab on [spirals](spirals.py) a nudge of one millionth to one weight changes the cost visibly within 1,000 steps. Here, nudge each of a few dozen parameters in turn.

# %%
worst = 0.0
for i in range(0, 337, 12):
    nudged = published_start()
    nudged.parameters[i] += 1e-6
    costs = [row[0] for row in train(nudged, x, y)]
    worst = max(worst, np.abs(costs - cost).max())
assert worst < 1e-4
print("largest change of any cost below 0.0001:", worst < 1e-4)

# %% [markdown]
# A hundred steps are too few for a small error to grow large. Rounding errors are billions of times smaller than the nudge.
#
# ## What it teaches
#
# A run can be repeated to the last digit if its data, its start and its rule are known. But more digits do not make a number more telling. This one is all penalty. The hinge loss stops asking once each margin is 1, and then only the decay of the weights remains.
#
# Things to try:
#
# - **No penalty.** Set `ALPHA = 0`. What does the cost become once all margins are above 1, and what do the parameters do from then on?
# - **More steps.** Let the run go on at the last rate. The weights shrink, and so does every margin. What happens when the first one reaches 1?
# - **Another loss.** Replace the hinge loss by `losses.binary_cross_entropy`. Does it ever become 0? Does training ever come to rest?
#
# ## Further reading
#
# - Andrej Karpathy, *micrograd*, github.com/karpathy/micrograd, 2020. The engine, and the published run in `demo.ipynb`.
# - Corinna Cortes and Vladimir Vapnik, "Support-vector networks", *Machine Learning* 20, 273–297, 1995. The margin, and why a wide one is worth having.
# - Fabian Pedregosa and others, "Scikit-learn: machine learning in Python", *Journal of Machine Learning Research* 12, 2825–2830, 2011. The library whose moons these are.
