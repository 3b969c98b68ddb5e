"""Areas above a level, lines at a level, and ticks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, floor, isfinite, log10

Point = tuple[float, float]
Corner = tuple[float, float, float]


def cells(xs: Sequence[float], ys: Sequence[float], table: Sequence[Sequence[float]]) -> list[list[list[Corner]]]:
    """The cells of a grid, row by row: each cell's corners in turn, with their heights; none where a height is missing."""
    found = []
    for j in range(len(ys) - 1):
        sides = [
            [(xs[i + a], ys[j + b], table[j + b][i + a]) for a, b in ((0, 0), (1, 0), (1, 1), (0, 1))]
            for i in range(len(xs) - 1)
        ]
        found.append([corners for corners in sides if all(isfinite(z) for _, _, z in corners)])
    return found


def areas(rows: list[list[list[Corner]]], level: float) -> Iterator[list[Point]]:
    """What is at the level or above, as polygons; neighbours in a row that are wholly above are one."""
    for row in rows:
        whole: list[Point] = []
        for corners in row:
            part = above(corners, level)
            if len(part) == 4 and all(z >= level for _, _, z in corners):
                if whole and whole[1] == part[0]:
                    whole[1:3] = part[1:3]
                    continue
                part, whole = whole, part
            if len(part) > 2:
                yield part
        if whole:
            yield whole


def crossing(one: Corner, other: Corner, level: float) -> Point:
    """Where the level is between two corners."""
    share = (level - one[2]) / (other[2] - one[2])
    return one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])


def above(corners: list[Corner], level: float) -> list[Point]:
    """The part of a cell that is at the level or above, as the corners of a polygon; fewer than three: none."""
    found: list[Point] = []
    for one, other in zip(corners, corners[1:] + corners[:1]):
        if one[2] >= level:
            found.append(one[:2])
        if (one[2] >= level) != (other[2] >= level):
            found.append(crossing(one, other, level))
    return found


def at(corners: list[Corner], level: float) -> list[tuple[Point, Point]]:
    """The lines of a level through a cell."""
    sides = zip(corners, corners[1:] + corners[:1])
    found = [crossing(one, other, level) for one, other in sides if (one[2] >= level) != (other[2] >= level)]
    return list(zip(found[::2], found[1::2]))


def ticks(low: float, high: float, most: int, log: bool = False) -> list[float]:
    """Round numbers between two numbers: at most so many, or the powers of ten."""
    low, high = min(low, high), max(low, high)
    if log:
        powers = range(ceil(log10(low) - 1e-9), floor(log10(high) + 1e-9) + 1)
        return [10.0**k for k in powers if (k - powers[0]) % -(-len(powers) // most) == 0]
    for exponent in range(floor(log10((high - low) / most)) - 1, 400):
        for digits in (10, 20, 25, 50):
            step = digits * 10.0 ** (exponent - 1)
            first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
            if last - first < most:
                return [round(k * step, 12 - exponent) for k in range(first, last + 1)]
    return []


def words(places: Sequence[float]) -> list[str]:
    """Ticks as text, all with as many decimals."""
    digits = max((len(f"{place:.6g}".partition(".")[2]) for place in places), default=0)
    if any("e" in f"{place:.6g}" for place in places):
        return [f"{place:.3g}".replace("-", "−") for place in places]
    return [f"{place:.{digits}f}".replace("-", "−") for place in places]
