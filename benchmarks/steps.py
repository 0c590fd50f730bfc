"""One training step, by all contenders and for three networks; then by width and batch."""

import sys
import time
from collections.abc import Iterable
from itertools import pairwise

import contenders
import numpy as np
from contenders import Contender, Task
from report import Section, Table, Target, number, progress, small
from threadpoolctl import threadpool_info
from timing import CLOCKS, Clock, Times, Turn, interleave, median, ratio

LITGRAD, PYTORCH, SKLEARN = "litgrad", "PyTorch eager", "scikit-learn"
JIT, SCAN = "JAX jit, called once a step", "JAX lax.scan, called once a pass"
FLOOR = "bare matrix products"
HAND = "NumPy by hand"
MAKERS = {
    LITGRAD: contenders.with_litgrad,
    PYTORCH: contenders.with_pytorch,
    SKLEARN: contenders.with_sklearn,
    "autograd": contenders.with_autograd,
    JIT: contenders.with_jax,
    SCAN: contenders.with_jax_scan,
    HAND: contenders.by_hand,
    FLOOR: contenders.products,
}
NETWORKS = [((64, 32, 10), 32), ((784, 128, 10), 64), ((784, 512, 512, 10), 256)]
WIDTHS = [16, 64, 256, 1024, 4096]
BATCHES = [1, 32, 256, 1437]
LATE = 500
"""The pass that must take as long as the first: what fades in the meantime may not slow it down."""
TOLERANCE = {"float64": 1e-6, "float32": 1e-3}
"""How far parameters may be from litgrad's, as a fraction of the longest way that one went."""


def main(seconds: float, clock: Clock) -> None:
    """Spend so long on each network and dtype, and half of it on each width and batch."""
    section = Section()
    wall, cpu = time.perf_counter(), time.process_time()
    farthest = {"float64": 0.0, "float32": 0.0}
    for sizes, batch in NETWORKS:
        times = {}
        for dtype in ("float32", "float64"):
            task = make_task(sizes, batch, dtype)
            times[dtype], apart = measure(task, MAKERS, seconds, clock)
            farthest[dtype] = max(farthest[dtype], apart)
        name = "-".join(map(str, sizes))
        section.tables[f"step {name}"] = step_table(times)
        section.targets += step_targets(name, times["float32"])
        section.targets.append(late_target(name, make_task(sizes, batch, "float32"), clock))
        scan = ratio(times["float32"], SCAN, LITGRAD)
        section.facts[f"scan {name}"] = number(scan)
        progress(f"{name}: {median(times['float32'][LITGRAD]) * 1e6:.1f} µs")
    sweep(section, seconds / 2, clock)
    for dtype in ("float32", "float64"):
        section.facts[f"limit {dtype}"] = small(TOLERANCE[dtype])
        section.facts[f"apart {dtype}"] = small(farthest[dtype])
    share = (time.process_time() - cpu) / (time.perf_counter() - wall)
    section.facts["share"] = f"{share:.0%}"
    section.facts["blas"] = blas()
    section.send()


def make_task(sizes: tuple[int, ...], batch: int, dtype: str) -> Task:
    """A network with random weights, and about as many random examples as there are digits."""
    rng = np.random.default_rng(0)
    weights = []
    for inputs, outputs in pairwise(sizes):
        weights.append(rng.normal(0, np.sqrt(2 / inputs), (inputs, outputs)).astype(dtype))
        weights.append(rng.normal(0, 0.1, outputs).astype(dtype))
    batches = [
        (rng.random((batch, sizes[0])).astype(dtype), rng.integers(sizes[-1], size=batch))
        for _ in range(min(max(1437 // batch, 4), 64))
    ]
    return Task(sizes, batch, np.dtype(dtype), weights, batches)


def measure(task: Task, names: Iterable[str], seconds: float, clock: Clock) -> tuple[Times, float]:
    """The times of all, once it is certain that they do the same, and how far they differ."""
    made = {name: MAKERS[name](task) for name in names}
    for contender in made.values():  # this also compiles what is to be compiled
        contender.run()
    apart = disagreement(task, made)
    turns = {name: Turn(contender.run, len(task.batches)) for name, contender in made.items()}
    return interleave(turns, seconds, clock), apart


def disagreement(task: Task, made: dict[str, Contender]) -> float:
    """How far the parameters of any contender are from litgrad's; no report if too far."""
    start = contenders.flat(task.weights)
    end = made[LITGRAD].parameters().copy()
    way = np.abs(end - start).max()
    apart = {
        name: float(np.abs(contender.parameters() - end).max() / way)
        for name, contender in made.items()
        if name != FLOOR
    }
    far = {name: x for name, x in apart.items() if not x <= TOLERANCE[task.dtype.name]}
    if far:
        sys.exit(f"not the same arithmetic, so nothing to compare: {far} in {task.sizes}")
    return max(apart.values())


def step_table(times: dict[str, Times]) -> Table:
    """Microseconds a step, and how many times litgrad's time that is."""
    rows = [["", *(f"{d}{unit}" for d in times for unit in (", µs", ", × litgrad"))]]
    for name in MAKERS:
        row = [name]
        for of in times.values():
            row += [number(median(of[name]) * 1e6), number(ratio(of, name, LITGRAD))]
        rows.append(row)
    return Table(rows)


def step_targets(name: str, times: Times) -> list[Target]:
    """What was to be reached with this network in float32."""
    targets = []
    if name == "64-32-10":
        what = f"{name}: times as fast as {JIT}"
        targets.append(Target(what, 1, ratio(times, JIT, LITGRAD)))
        over = ratio(times, LITGRAD, HAND)
        what = f"{name}: time over that of NumPy by hand"
        targets.append(Target(what, 1.35, over, at_most=True))
    most = {"64-32-10": 4, "784-128-10": 1.35, "784-512-512-10": 1.12}[name]
    floor = ratio(times, LITGRAD, FLOOR)
    what = f"{name}: time over that of the bare products"
    return [*targets, Target(what, most, floor, at_most=True)]


def late_target(name: str, task: Task, clock: Clock) -> Target:
    """The time of a late pass over that of the first: each is one of a few, in turn.

    The passes of two networks of the same weights are timed side by side: one is new, and
    one has been trained for so many passes before.
    """
    old = contenders.with_litgrad(task)
    for _ in range(LATE - 1):
        old.run()
    ratios = []
    for _ in range(9):
        new = contenders.with_litgrad(task)
        new.run()  # what is needed once, such as memory, is there
        seconds = []
        for contender in (new, old):
            start = clock()
            contender.run()
            seconds.append(clock() - start)
        ratios.append(seconds[1] / seconds[0])
    return Target(f"{name}: pass {LATE} over the first", 1.05, median(ratios), at_most=True)


def sweep(section: Section, seconds: float, clock: Clock) -> None:
    """64-W-10 in float32, for all widths and batches."""
    head = ["width", *(f"batch {batch:,}" for batch in BATCHES)]
    took = [head]
    gains: dict[str, dict[tuple[int, int], float]] = {PYTORCH: {}, SKLEARN: {}}
    for width in WIDTHS:
        took.append([f"{width:,}"])
        for batch in BATCHES:
            task = make_task((64, width, 10), batch, "float32")
            times, _ = measure(task, [LITGRAD, *gains], seconds, clock)
            took[-1].append(number(median(times[LITGRAD]) * 1e6))
            for peer, of in gains.items():
                of[width, batch] = ratio(times, peer, LITGRAD)
        progress(f"64-{width}-10")
    section.tables["sweep litgrad"] = Table(took)
    for peer, of in gains.items():
        rows = [[f"{w:,}", *(number(of[w, b]) for b in BATCHES)] for w in WIDTHS]
        section.tables[f"sweep {peer}"] = Table([head, *rows])
        behind = [place for place, gain in of.items() if gain < 1]
        section.facts[f"behind {peer}"] = ", ".join(
            f"width {w:,} with batch {b:,} ({number(of[w, b])})" for w, b in behind
        )
        what = f"64-W-10, every width and batch: times as fast as {peer}, at the worst"
        section.targets.append(Target(what, 1, min(of.values())))


def blas() -> str:
    """The library that multiplies for NumPy, and the processor that it is tuned for."""
    found = next(info for info in threadpool_info() if "numpy" in info["filepath"])
    return f"{found['internal_api']} {found['version']}, with its kernel {found['architecture']}"


if __name__ == "__main__":
    main(float(sys.argv[1]), CLOCKS[sys.argv[2]])
