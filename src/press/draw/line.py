"""Lines of a figure as SVG writes them: shorter, and the same to the eye."""

import re
from functools import lru_cache
from typing import Any

import numpy as np

_PART = re.compile("([MQCz])([^MQCz]*)")
OWN = {"M": 2, "Q": 4, "C": 6, "z": 0}
"""How many numbers are a command's own; what follows them are points of straight lines."""
LONG = 20
"""Straight lines in a row, from which on points are left out."""
FINE = 0.2
"""Points of type: a third of a pixel, where a figure is as wide as the page."""
SOON = 32


def short(d: str) -> str:
    """A line told from point to point, in tenths: finer than a screen, and half as long."""
    told, x, y, start = [], 0, 0, (0, 0)
    plain = d.replace("L", " ").replace(",", " ").replace("Z", "z")
    for command, rest in _PART.findall(plain):
        numbers, own = list(map(float, rest.split())), OWN[command]
        if command == "M" and len(numbers) >= 2 + 2 * LONG:
            numbers = _thin(np.array(numbers).view(complex)).view(float).tolist()
        point = [round(10 * number) for number in numbers]
        told.append(command + " ".join(map(tenths, point[:own])))
        x, y = point[own - 2 : own] or start
        start = (x, y) if command == "M" else start
        for x_then, y_then in zip(point[own::2], point[own + 1 :: 2], strict=True):
            told.append(f"l{tenths(x_then - x)} {tenths(y_then - y)}")
            x, y = x_then, y_then
    return "".join(told).replace(" -", "-")


def _thin(points: Any) -> Any:
    """The points of a line, complex numbers, but for those that only a finer screen would show.

    Between two points that stay, the farthest stays too if it is too far (Douglas and Peucker),
    in all of the line at once. What is not settled soon is also halved: so there are few rounds.
    """
    stays = np.zeros(len(points), bool)
    stays[[0, -1]] = True
    for round_ in range(len(points)):
        ends = np.flatnonzero(stays)
        part = np.cumsum(stays)[:-1] - 1
        way, ways = np.diff(points[ends])[part], points[:-1] - points[ends][part]
        along = (ways * way.conj()).real / np.maximum(abs(way) ** 2, 1e-9)  # 0 in a closed line
        far = abs(ways - np.clip(along, 0, 1) * way)
        farthest = np.flatnonzero((far > FINE) & (far == np.maximum.reduceat(far, ends[:-1])[part]))
        if not farthest.size:
            break
        parts, nth = np.unique(part[farthest], return_index=True)
        stays[farthest[nth]] = True
        if round_ > SOON:
            stays[(ends[parts] + ends[parts + 1]) // 2] = True
    return points[stays]


@lru_cache(10_000)
def tenths(number: int) -> str:
    """A number of tenths as SVG may write it: -0.5 is -.5."""
    return re.sub(r"^(-?)0\.", r"\1.", f"{number / 10:g}")
