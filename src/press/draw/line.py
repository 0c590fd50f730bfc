"""Lines of a figure as SVG writes them: shorter, and the same to the eye."""

import re

import numpy as np

_LINE = re.compile(r"M[^MLQCz]*(?:L[^MLQCz]*){20,}")
FINE = 0.2
"""Points of type: a third of a pixel, where a figure is as wide as the page."""


def short(d: str) -> str:
    """A line told from point to point, in tenths: finer than a screen, and half as long."""
    told, x, y, start = "", 0, 0, (0, 0)
    for command, numbers in re.findall("([MLQCz])([^MLQCz]*)", _LINE.sub(_thin, d)):
        point = [round(float(number) * 10) for number in numbers.split()]
        if command == "L":
            told += f"l{tenths(point[0] - x)} {tenths(point[1] - y)}"
        else:
            told += command + " ".join(map(tenths, point))
        x, y = point[-2:] or start
        start = (x, y) if command == "M" else start
    return told.replace(" -", "-")


def _thin(line: re.Match[str]) -> str:
    """A line with the points alone that are farther from it than a screen shows.

    Between two points that stay, the farthest stays too if it is too far (Douglas and Peucker).
    """
    points = np.array(re.findall(r"[\d.-]+", line[0]), float).reshape(-1, 2)
    stays, pairs = {0, len(points) - 1}, [(0, len(points) - 1)]
    for first, last in pairs:  # it grows meanwhile
        way, ways = points[last] - points[first], points[first + 1 : last] - points[first]
        length = np.hypot(*way)
        if length:
            far = np.abs(way[0] * ways[:, 1] - way[1] * ways[:, 0]) / length
        else:  # a closed line
            far = np.hypot(*ways.T)
        if far.size and far.max() > FINE:
            farthest = first + 1 + int(far.argmax())
            stays.add(farthest)
            pairs += (first, farthest), (farthest, last)
    return "M" + "L".join(f"{x} {y} " for x, y in points[sorted(stays)])


def tenths(number: int) -> str:
    """A number of tenths as SVG may write it: -0.5 is -.5."""
    return re.sub(r"^(-?)0\.", r"\1.", f"{number / 10:g}")
