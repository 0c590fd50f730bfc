"""Timing: contenders take turns, so that what disturbs one disturbs all."""

import gc
import itertools
import random
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

Clock = Callable[[], float]
CLOCKS: dict[str, Clock] = {"wall": time.perf_counter, "cpu": time.process_time}
"""All contenders use one thread, so that on a busy machine CPU time is the better measure."""


class Turn(NamedTuple):
    """What a contender does when its turn comes, and how many steps that is."""

    run: Callable[[], object]
    steps: int


FEWEST = 5
"""Rounds, however long they take."""

Times = Mapping[str, list[float]]
"""Seconds a step of each contender, one entry a round."""


def many(run: Callable[[], object], repeats: int) -> Turn:
    """A turn of several steps, because one alone may be too short to time."""

    def turn() -> None:
        for _ in range(repeats):
            run()

    return Turn(turn, repeats)


def interleave(turns: Mapping[str, Turn], seconds: float, clock: Clock) -> Times:
    """Rounds in which each contender has one turn, in an order drawn anew each time."""
    gc.collect()
    gc.freeze()  # nobody pays for looking through the modules of the others
    times: dict[str, list[float]] = {name: [] for name in turns}
    order = random.Random(0)
    end = time.perf_counter() + seconds
    for played in itertools.count():
        if played >= FEWEST and time.perf_counter() > end:
            break
        for name in order.sample(list(turns), len(turns)):
            run, steps = turns[name]
            start = clock()
            run()
            times[name].append((clock() - start) / steps)
    gc.unfreeze()
    return times


def ratio(times: Times, name: str, reference: str) -> float:
    """How many times as long one takes as the other: the median over the rounds."""
    pairs = zip(times[name], times[reference], strict=True)
    return statistics.median(one / other for one, other in pairs)


def median(values: Iterable[float]) -> float:
    """The median; of times, what is left when the disturbed rounds are set aside."""
    return statistics.median(values)
