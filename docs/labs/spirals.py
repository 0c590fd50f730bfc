# ---
# description: A published network for three spiral arms, reproduced from its data and its start to the fourth decimal.
# picture: figures/spirals-7.svg
# ---

# %% [markdown]
# # Spirals
#
# In 2015 Andrej Karpathy wrote a case study for the Stanford course CS231n: the smallest network that does something a linear classifier cannot. This lab repeats it with the book's library, to the digit. For that it must first recover something that the notes do not print: which random numbers they used.
#
# ## The published result
#
# Three classes of 100 points each lie on three spiral arms. A linear classifier with softmax gets 49% of the points right. A network with one hidden layer of 100 ReLU neurons gets 98%. The notes also print the cost along the way. All that we compare with stands here.

# %%
# A. Karpathy, "Putting it together: Minimal Neural Network Case
# Study", CS231n, Stanford University, 2015: the cost before a step.
LINEAR = {0: 1.096956, 10: 0.917265, 100: 0.787938, 190: 0.786302}
LINEAR_ACCURACY, NETWORK_ACCURACY = 0.49, 0.98
NETWORK = {
    0: 1.098744,
    1000: 0.294946,
    2000: 0.259301,
    3000: 0.248310,
    4000: 0.246170,
    5000: 0.245649,
    6000: 0.245491,
    7000: 0.245400,
    8000: 0.245335,
    9000: 0.245292,
}

# %% [markdown]
# ## The data
#
# Each point has a radius and an angle. Along an arm the radius grows from 0 to 1 and the angle grows by 4, a bit less than two thirds of a turn. The next arm begins at the angle where the last one ended. Noise in the angle, normal with standard deviation 0.2, roughens the arms.
#
# The random numbers come from `RandomState(0)`, the generator that NumPy had in 2015. Why the seed is 0 is shown below.

# %% alt="Three spiral arms of 100 points, each with a color and a marker of its own. They begin together at the origin and wind around each other clockwise."
import matplotlib.pyplot as plt
import numpy as np
from litgrad import initializers, layers, losses, plots, training


def spirals(noise):
    y = np.repeat(np.arange(3), 100)
    radius = np.tile(np.linspace(0, 1, 100), 3)
    angle = 4 * (y + radius) + 0.2 * noise
    return radius[:, None] * np.c_[np.sin(angle), np.cos(angle)], y


legacy = np.random.RandomState(0)
x, y = spirals(legacy.randn(300))
ax = plots.panels(size=(4.5, 3.4))[0]
for k in range(3):
    arm, color = x[y == k], plots.SERIES[k]
    ax.plot(*arm.T, "os^"[k], ms=4, color=color, label=f"class {k}")
ax.set(aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
ax.legend(loc=(0, 1), ncols=3, frameon=False)
plt.show()

# %% [markdown]
# ## The model and its training
#
# A classifier gives a score $z_k$ to each class $k$. Softmax turns the scores into probabilities, and cross-entropy, averaged over all $N = 300$ points, is the cost $C$. An L2 penalty on the weights $w$ is added; the biases pay nothing:
#
# $$
# C + \tfrac{\lambda}{2} \lVert w \rVert_2^2, \qquad \lambda = 0.001 .
# $$
#
# From here on, *the cost* means this sum. Training is full-batch descent with the learning rate $\eta = 1$.

# %%
STRENGTH, RATE = 1e-3, 1.0


def train(net, x, y, steps):
    """Train, and return before each step: the cost, and C alone."""
    history = []
    for _ in range(steps):
        loss, pullback = losses.cross_entropy(net.forward(x), y)
        weights = net.parameters * net.weight_mask
        penalty = STRENGTH / 2 * (weights @ weights)
        history.append((loss + penalty, loss))
        net.backward(pullback())
        gradient = net.gradient + STRENGTH * weights
        net.parameters -= RATE * gradient
    return history


# %% [markdown]
# ## Which random numbers?
#
# The linear classifier has a single dense layer, 2 inputs to 3 scores. Its cost has one valley, so descent forgets where it began, and the cost that it settles at is a fingerprint of the data. Generate data with a few seeds, start from weights 0, and compare the cost at step 190.

# %%
small = initializers.normal(0.01)
rng = np.random.default_rng(0)
for seed in range(4):
    trial, _ = spirals(np.random.RandomState(seed).randn(300))
    linear = layers.Dense(2, 3, rng=rng)
    linear.W = np.zeros((2, 3))
    cost = train(linear, trial, y, 191)[190][0]
    print(f"seed {seed}: cost {cost:.6f}")
    assert (abs(cost - LINEAR[190]) < 1e-6) == (seed == 0)
print(f"published {LINEAR[190]:.6f}")

# %% [markdown]
# With seed 0 six decimals agree: these are the published points. The first costs still remember the start, six weights of size 0.01 from the same generator. Of the draws after the data the fourth fits, as if its cell had been run four times. (So run the cells of this lab in order, and each once.)

# %%
print("          step 0    step 10   step 100  step 190")
for draw in range(1, 5):
    linear = layers.Dense(2, 3, rng=rng)
    linear.W = 0.01 * legacy.randn(2, 3)
    costs = [cost for cost, _ in train(linear, x, y, 200)]
    print(f"draw {draw}  ", *(f"{costs[i]:.6f} " for i in LINEAR))
print("published", *(f"{cost:.6f} " for cost in LINEAR.values()))
for step, cost in LINEAR.items():
    assert abs(costs[step] - cost) < 1e-6
accuracy = training.accuracy(linear.predict(x), y)
assert round(accuracy, 2) == LINEAR_ACCURACY
print(f"accuracy {accuracy:.0%}, published {LINEAR_ACCURACY:.0%}")

# %% [markdown]
# ## What a linear classifier can do
#
# Two classes meet where their scores are equal. Each score is linear in $x_1$ and $x_2$, so the border is a straight line. Where two of the three borders cross, all three scores are equal, so the third passes there too. Each class gets one wedge, and no wedge follows an arm around the center.

# %% alt="The plane in three wedges with straight borders that meet near the origin. Each arm runs through wedges that are not its own."
ax = plots.boundary(linear.predict, x, y)
ax.legend(loc=(0, 1), ncols=3, frameon=False)
plt.show()

# %% [markdown]
# ## The network
#
# Now 2 inputs, 100 ReLU neurons, 3 scores: 603 parameters. The weights start at size 0.01, from the next numbers of `legacy`, and the biases at 0. Training takes 10,000 steps.

# %% alt="The network's borders at six moments. At step 30 they are almost the three straight lines of the linear classifier. By step 300 they bend, by step 400 they reach around the center, and at step 10,000 three arms hold nearly all points."
START = 0.01 * legacy.randn(2, 100), 0.01 * legacy.randn(100, 3)


def published_start():
    hidden = layers.Dense(2, 100, rng=rng)
    output = layers.Dense(100, 3, rng=rng)
    hidden.W, output.W = START
    net = layers.Sequential(hidden, layers.ReLU(), output)
    return net, hidden, output


net, hidden, output = published_start()
print("parameters:", net.parameters.size)
history: list[tuple[float, float]] = []
for steps in (30, 200, 300, 400, 1000, 10000):
    history += train(net, x, y, steps - len(history))
    share = training.accuracy(net.predict(x), y)
    ax = plots.boundary(net.predict, x, y)
    ax.legend(loc=(0, 1), ncols=3, frameon=False)
    ax.figure.set_label(f"after {steps} steps: {share:.0%} right")
plt.show()
assert round(share, 2) == NETWORK_ACCURACY

# %% [markdown]
# At first the network does what the linear classifier does. Then the borders bend, one corner at a time. Here is the cost beside the published one.

# %%
cost, alone = np.transpose(history)
print("step   published    ours  difference")
for step, theirs in NETWORK.items():
    gap = abs(cost[step] - theirs)
    assert gap < 0.00005
    if step != 5000:
        print(f"{step:4}    {theirs:.6f}  {cost[step]:.4f}  {gap:.4f}")

# %% [markdown]
# All ten published costs are within 0.00005 of ours, and the accuracy is the same. (Step 5000 is checked but not shown: its cost lies so close to a midpoint that our rounded fourth decimal could depend on the machine.)
#
# ## The cost, step by step

# %% alt="The cost over the steps, with a logarithmic step axis. It stays at 1.1 for ten steps, drops below the level at which the linear classifier ends, rests there until about step 250, then falls in a jagged line to 0.25. Ten dots, the published costs, lie on the curve. Without the penalty it ends at 0.11."
shown = np.unique(np.geomspace(1, 10000, 300).astype(int)) - 1
ax = plots.curves(
    {
        "network": np.c_[shown + 1, cost[shown]],
        "network, C alone": np.c_[shown + 1, alone[shown]],
        "linear classifier": np.c_[np.arange(200) + 1, costs],
    }
)
dots = [(step + 1, theirs) for step, theirs in NETWORK.items()]
ax.plot(*np.transpose(dots), "o", color=plots.INK, label="published")
ax.set(xscale="log", xlabel="step, counted from 1", ylabel="cost")
ax.legend(frameon=False)
plt.show()
rises = np.diff(cost) > 0
assert not rises[:100].any()
print(f"first 100 steps that raise the cost: {rises[:100].sum()}")
print(f"share of all steps that raise it: {rises.mean():.1f}")
print(f"the end: {alone[-1]:.2f} + {cost[-1] - alone[-1]:.2f} penalty")

# %% [markdown]
# More than half of the final cost is penalty: the network fits the points better than its cost says. And the curve is jagged.
#
# /// mistake | A cost that rises means that the program is wrong
# A small enough learning rate would prevent it, and $\eta = 1$ is not small here. After a smooth beginning, four steps in ten raise the cost, some of them steeply, and still the borders end where they should. A cost that rises from the *first* step would be a reason to look for a wrong sign.
# ///
#
# ## What the hidden neurons do
#
# A ReLU neuron is 0 on one side of a straight line and grows on the other. Call the line, $w_1 x_1 + w_2 x_2 + b = 0$, the neuron's *bend line*. Only there can the network's borders turn. Elsewhere they are straight.

# %% alt="Left: the bend lines at the start, a hundred straight lines through the origin in all directions. Right: the bend lines after training, over the network's borders. They lie in about twenty bundles, off the origin, and the borders have their corners where they cross a bend line."


def draw_bends(W, b, ax):
    size = np.hypot(*W)
    nearest = -b * W / size**2  # the line's nearest point to the origin
    along = 3 * np.array([-W[1], W[0]]) / size
    ends = np.stack([nearest - along, nearest + along], axis=1)
    ax.plot(*ends, color=plots.INK, linewidth=0.4)
    ax.set(xlim=(-1, 1), ylim=(-1, 1), aspect="equal")


left, right = plots.panels(2, size=(7, 3.8))
draw_bends(START[0], np.zeros(100), left)
left.set(xlabel="$x_1$", ylabel="$x_2$")
plots.boundary(net.predict, x, y, ax=right)
right.legend().remove()
for marks in right.get_lines():  # only the borders stay
    marks.remove()
draw_bends(hidden.W, hidden.b, right)
plt.show()

# %% [markdown]
# All biases start at 0, so at first every bend line runs through the origin. Training moves them away from it, and then something happens that nobody asked for: they gather in bundles. Neurons that share a bend line, and are on at the same side of it, can be merged. Divide the weights and the bias of each by the length of its weights, and multiply its output weights by that length. Nothing changes, because $\mathrm{ReLU}(c z) = c\, \mathrm{ReLU}(z)$ for $c > 0$. Now the neurons are the same, and one with the sum of their output weights replaces them all. How many are left?

# %%
size = np.hypot(*hidden.W)
unit = np.vstack([hidden.W, hidden.b]) / size
votes = size[:, None] * output.W
a = np.maximum(0, np.c_[x, np.ones(300)] @ unit)
z = net.predict(x)
assert np.allclose(a @ votes + output.b, z)  # the same network

on = (a > 0).sum(axis=0)
never, always = np.sum(on == 0), np.sum(on == 300)
left_over = np.flatnonzero((on > 0) & (on < 300))
print(f"never on {never}, always {always}, ", end="")
print(f"with a bend between the points {len(left_over)}")
scores = output.b + a[:, on == 300] @ votes[on == 300]
kept = []
while len(left_over):
    strongest = np.abs(votes[left_over]).sum(axis=1).argmax()
    kept.append(left_over[strongest])
    gap = np.abs(unit[:, left_over].T - unit[:, kept[-1]])
    same = gap.max(axis=1) < 0.015
    vote = votes[left_over[same]].sum(axis=0)
    scores += np.outer(a[:, kept[-1]], vote)
    left_over = left_over[~same]
print("different bend lines:", len(kept))
assert len(kept) < 25
assert np.array_equal(scores.argmax(axis=1), z.argmax(axis=1))

# %% [markdown]
# Twenty neurons in place of 86 put all 300 points in the same classes. (Neurons that are never on do nothing, and those that are always on bend nothing: together they are one linear map.)
#
# ## Five other spirals
#
# How much of the published result is luck? Five more runs draw their own noise and their own start. To save time they stop after 4,000 steps; from there on the published cost falls by less than 0.001. The last column tests the network that was trained on the published points: how many of the new points does it get right?


# %%
def show(name, linear, net, cost, new=""):
    print(f"{name:9}  {linear:>7.0%}  {net:>7.0%}  {cost:.4f}  {new}")


def learn(layout, steps):
    trial = layers.MLP(layout, rng=rng, initializer=small)
    final, _ = train(trial, points, labels, steps)[-1]
    return training.accuracy(trial.predict(points), labels), final


print("           softmax  network  cost    on new points")
show("published", LINEAR_ACCURACY, NETWORK_ACCURACY, NETWORK[4000])
show("ours", accuracy, training.accuracy(z, y), cost[4000])
for seed in range(5):
    rng = np.random.default_rng(seed)
    points, labels = spirals(rng.normal(size=300))
    trained = training.accuracy(net.predict(points), labels)
    linear_share, _ = learn([2, 3], 200)
    share, final = learn([2, 100, 3], 4001)
    show(f"seed {seed}", linear_share, share, final, f"{trained:.0%}")
    assert abs(linear_share - LINEAR_ACCURACY) < 0.06
    assert abs(share - NETWORK_ACCURACY) < 0.02
    assert abs(final - NETWORK[4000]) < 0.005
    assert trained > 0.95

# %% [markdown]
# The network's results vary little, and it does as well on points that it has never seen: it learned the arms, not the points.
#
# ## What explains the differences
#
# The five linear classifiers all do better than the published one. Is that a fault? Draw more points and see how rare 49% is.

# %%
low = 0
for seed in range(100):
    rng = np.random.default_rng(seed)
    points, labels = spirals(rng.normal(size=300))
    low += learn([2, 3], 200)[0] <= accuracy
print(f"as low as the published one: {low} of 100")
assert low > 0

# %% [markdown]
# So the published draw was an unlucky one, though not out of reach.
#
# What is left between the published run and ours, on the same data from the same start, is rounding. Another processor adds the same numbers in another order, and the last bits differ. Descent at this learning rate makes small differences grow, as a nudge shows. Move a *single* parameter by a millionth:

# %%
nudged, layer, _ = published_start()
layer.W[0, 0] += 1e-6
for step, (other, _) in enumerate(train(nudged, x, y, 1001)):
    if step in {0, 100, 1000}:
        print(f"step {step:4}: {cost[step]:.4f}, nudged {other:.4f}")
assert abs(other - cost[1000]) > 0.01

# %% [markdown]
# After 100 steps there is nothing to see. After 1,000 the cost is another one. Rounding errors in double precision are billions of times smaller than this nudge, so four decimals survive. In single precision they would not.
#
# ## What it teaches
#
# A linear classifier fails here, however long it trains. One hidden layer is enough, because its neurons let the borders turn. A published number can be checked to the digit when its data, its start and its steps are known, and a cost with one valley can even tell which data it was. With another start or other points, expect other digits and the same picture.
#
# Things to try:
#
# - **No penalty.** Set `STRENGTH = 0`. How low does the cost fall, and how many different bend lines are left? What did the penalty have to do with the bundles?
# - **Fewer neurons.** If 20 bend lines do the work, are 20 neurons enough? And 10? Try several starts: to *find* the lines seems to need more neurons than to *have* them.
# - **A smaller rate.** With `RATE = 0.1` the jags disappear. What is the price?
#
# ## Further reading
#
# - Andrej Karpathy, "Putting it together: minimal neural network case study", notes of the course CS231n, Stanford University, 2015. The published result.
# - Kevin J. Lang and Michael J. Witbrock, "Learning to tell two spirals apart", *Proceedings of the 1988 Connectionist Models Summer School*, 52–59, Morgan Kaufmann, 1988. Where the spirals come from.
# - Guido Montúfar, Razvan Pascanu, Kyunghyun Cho and Yoshua Bengio, "On the number of linear regions of deep neural networks", *Advances in Neural Information Processing Systems* 27, 2014. Into how many pieces bend lines can cut the input.
