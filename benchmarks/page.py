"""The page docs/about/performance.md: its words stand here, its numbers come from the run."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from report import Section, Table

PAGE = """\
---
description: How long litgrad takes, beside PyTorch, scikit-learn, JAX and bare NumPy.
numbers: benchmarks/run.py
---

# Performance

litgrad is written to be read. This page shows what that costs: how long it takes
beside what you would use instead, and beside the least that NumPy needs for the
same work. `make bench` measured it and wrote this page, with every number in it.

- {machine}
- {versions}
{note}
The contenders of a table took turns in one process, in an order drawn anew in each
round. A time is the median over the rounds. A ratio is the median of the ratios
within each round, so it may differ a little from the ratio of two times.
Everything ran on one thread. {clock}

## What was to be reached

{score} Limits that plain NumPy, written by hand for this one network, does not reach
itself have been dropped: 8 times as fast as PyTorch, 4 as scikit-learn, 14 as autograd.

{targets}

## One training step

Forward pass, softmax cross-entropy, backward pass, and an update with momentum
0.9: with the same starting weights and the same random batches, all on one pass
over about 1,437 examples, of at least 4 and at most 64 batches. After the first
pass the parameters of every library were compared with litgrad's, and the run
would have stopped at a difference above {limit float64} in float64, or {limit float32} in
float32, of the longest way that a parameter had gone. The largest was {apart float64}
in float64 and {apart float32} in float32. The ratio says how many times as long as
litgrad the others take: above 1 they are slower.

### 64-32-10, batch 32

{step0}

### 784-128-10, batch 64

{step1}

### 784-512-512-10, batch 256

{step2}

{scan}

What each of them does:

- **litgrad**: `layers.MLP`, `losses.cross_entropy`, `optimizers.SGD`, the loop of
  the book. This includes its checks of all input.
- **PyTorch eager**: `nn.Sequential`, `F.cross_entropy`, `torch.optim.SGD`.
- **scikit-learn**: `MLPClassifier.partial_fit` on all batches of a pass at once,
  with `alpha=0`, and `shuffle` and `nesterovs_momentum` off. It checks its input
  and encodes the labels once in a pass, and computes a penalty that is zero.
- **autograd**: NumPy code under `value_and_grad`, with an update in place.
- **JAX jit**: a compiled step for each batch, which gives up its old parameters
  for the new ones, with synchronous dispatch, so that it stays on one thread.
  Compilation is not counted, here and below.
- **JAX lax.scan**: the whole pass as one compiled program.
- **NumPy by hand**: litgrad's operations written out in one loop, without layers and
  without a check. What litgrad takes above it is the price of the abstraction.
- **Bare matrix products**: `np.dot(out=)` for the values, for the gradients of the
  weights, and for those of all inputs but the first. It learns nothing, and is
  the floor for anything that multiplies with NumPy. Libraries that bring their
  own matrix product can be below it.

PyTorch and JAX had the batches as their own arrays, and autograd and JAX the labels
as one-hot rows, before the clock started. NumPy multiplied with
{blas}.

## Width and batch

The same step for 64-W-10 in float32. First litgrad's time, in microseconds:

{sweep}

How many times as long PyTorch takes:

{sweep_pytorch}

How many times as long scikit-learn takes:

{sweep_sklearn}

{behind}

## The graph

One operation, forward and backward, on float64 arrays of 8×8 and on single numbers.
`×` is how many times as long as `graph.Variable` the others take. In PyTorch the
old gradient is dropped before each backward pass. With autograd it is `make_vjp`
for one input or for both, and its gradients are checked to be litgrad's.

{operations}

The network of micrograd's demo, 2-16-16-1 on 100 points of the moons, with hinge loss
and L2: one full step. Before that, loss and parameters agreed to 1e-6 for three steps.
micrograd and the engine that the chapter on graphs builds make a node for every number.
`litgrad.graph` makes one for every array, and `litgrad.layers` makes none.

{moons}

## From a cold start

Whole processes, from start to exit: imports, the digits read from one file with
NumPy, and training of 64-{HIDDEN}-10 in float32 for {EPOCHS} epochs with batch {BATCH},
learning rate {RATE} and momentum {MOMENTUM}. The programs ran in turn, {rounds} times
each, after one time that is not counted. Every one was checked to be right on at
least 97% of the 360 test images. Starting weights are those that each library's
users would get. Memory is the largest resident set of the process.

{cold}
"""

CLOCKS = {
    "wall": "The clock is wall time,\nand the process had {share} of a core.",
    "cpu": "The clock is CPU time,\nbecause the machine was busy with other things, too.",
}


def write(path: Path, section: Section, *, clock: str, quick: bool) -> None:
    """Put the results into the page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(section, clock=clock, quick=quick), encoding="utf-8")


def render(section: Section, *, clock: str, quick: bool) -> str:
    """The page as text."""
    tables = {name: "\n".join(table.lines()) for name, table in section.tables.items()}
    facts = section.facts
    head = ["", "limit", "measured", "met"]
    met = sum(target.met for target in section.targets)
    networks = [name.removeprefix("step ") for name in tables if name.startswith("step ")]
    scans = [f"{facts[f'scan {name}']} on {name}" for name in networks]
    steps = {f"step{i}": tables[f"step {name}"] for i, name in enumerate(networks)}
    return PAGE.format(
        machine=f"{datetime.now(UTC):%B %-d, %Y}; {machine()}",
        versions=versions(),
        note="\n**This was a quick run, and its numbers are rough.**\n" if quick else "",
        clock=CLOCKS[clock].format(**facts),
        score=f"{met} of {len(section.targets)} are met.",
        targets="\n".join(Table([head, *(target.row() for target in section.targets)]).lines()),
        scan=f"JAX with `lax.scan` takes, as a fraction of litgrad's time in float32:\n"
        f"{', '.join(scans)}.",
        sweep=tables["sweep litgrad"],
        sweep_pytorch=tables["sweep PyTorch eager"],
        sweep_sklearn=tables["sweep scikit-learn"],
        behind=behind(facts),
        operations=tables["operations"],
        moons=tables["moons"],
        cold=tables["cold"],
        **steps,
        **facts,
    )


def behind(facts: dict[str, str]) -> str:
    """Where litgrad is behind in the sweep."""
    sentences = []
    for peer in ("PyTorch eager", "scikit-learn"):
        where = facts[f"behind {peer}"]
        sentences.append(
            f"litgrad is behind {peer} at {where}."
            if where
            else f"litgrad is behind {peer} nowhere in this table."
        )
    return "\n".join(sentences)


def machine() -> str:
    """The processor, its cores, and the system."""
    processor = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text(encoding="utf-8").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        processor = names[0] if names else processor
    return f"{processor} ({os.cpu_count()} cores), {platform.system()} {platform.machine()}"


def versions() -> str:
    """Python and all that was measured."""
    python = f"Python {platform.python_version()}"
    names = ["numpy", "torch", "scikit-learn", "autograd", "jax", "micrograd"]
    return ", ".join([python, *(f"{name} {version(name)}" for name in names)])
