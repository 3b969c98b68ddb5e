"""Slopes from floats alone, for rows that compute with ``math`` or NumPy, and where mpmath is not installed.

Differences over shrinking steps, extrapolated to the step 0 (Richardson; the choice of the best entry of the table, and
its error estimate, are Ridders's, Advances in Engineering Software 4, 1982). How much a function rounds by itself is
measured (after Moré and Wild, SIAM J. Sci. Comput. 33, 2011).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import comb, frexp, inf, isfinite, ldexp, sqrt
from typing import Any, NamedTuple

from ..intrinsics import to_float

Exact = Any
"""A Fraction; a float only for an infinity. (Typed as Any: the two do not compare to a type checker.)"""
DIFFERENCES = "extrapolated differences"
STEPS = range(2, 24)
"""Steps of 2**-2 to 2**-23 of the input's size."""
CLOSE = range(46, 2, -4)
"""So close, in powers of 2 of the input's size, lie the points at which the noise is measured, if it shows there."""

TINY, FEW = 2.0**-20, 12
"""What has fewer values than this about a smaller input than that may be a staircase of long steps: there is no witness."""


class Taylor(NamedTuple):
    """A function just beside a point: value, slope and second derivative along a direction, and how sure that is."""

    value: Exact
    slope: Exact
    second: Exact
    slope_error: float
    second_error: float
    oracle: str
    corner: bool
    """Whether ε decided a comparison, so that the other side may differ."""


def extrapolate(quotients: Sequence[tuple[float, float]], order: int) -> tuple[float, float]:
    """The limit of difference quotients over halved steps, and an estimate of its error.

    Args:
        quotients: each with the error that rounding alone may give it.
        order: the first power of the step in its error, and the step from one to the next: 2 for central differences.

    >>> limit, error = extrapolate([(1 + 4.0**-k, 1e-16) for k in range(8)], 2)
    >>> abs(limit - 1) <= error < 1e-12
    True
    """
    best, error = 0.0, inf
    row: list[float] = []
    for q, noise in quotients:
        above, row = row, [q]
        for k, older in enumerate(above, 1):
            factor = 2.0 ** (order * k)
            row.append((factor * row[-1] - older) / (factor - 1))
            doubt = abs(row[-1] - older) + 2 * noise  # row[-1] is nearer still to row[-2]
            if doubt < error:
                best, error = row[-1], doubt
    return best, error


def noise(f: Callable[[float], float], step: float) -> float:
    """How far rounding moves the values of a function: what is left of points in a row when all that is smooth is taken off.

    A function that cancels, such as log(1 + exp(x)) for x far below 0, rounds much more than its own size tells; it looks
    like a staircase from near, so that the points are taken further apart until they lie on several steps.

    Args:
        f: the function, of the distance from a point.
        step: the largest distance of interest, with its sign.

    >>> from math import exp, log
    >>> 1e-17 < noise(lambda t: log(1 + exp(t - 25)), 32.0) < 1e-15
    True
    """
    found = 0.0
    for k in CLOSE:
        row = [f(i * ldexp(step, -k)) for i in range(1, 9)]
        heights = {abs(b - a) for a, b in pairwise(row) if a != b and isfinite(b - a)}
        if heights and not found and (k < CLOSE[0] or len({*row}) < len(row)):
            found = min(heights)  # of the stairs
        if len({*row}) > len(row) // 2:
            break
    for order in range(1, len(row) - 1):
        row = [b - a for a, b in pairwise(row)]
        if order > 2 and all(map(isfinite, row)):  # what bends is gone by now
            found = max(found, sqrt(sum(x * x for x in row) / len(row) / comb(2 * order, order)))
    return found


def differences(function: Callable[[Sequence[Any]], Any], point: Sequence[Any], direction: Sequence[Any]) -> Taylor | None:
    """The Taylor coefficients of a function of floats on one side of a point; None where it is not finite."""
    start = [to_float(x) for x in point]

    steps = [to_float(d) for d in direction]

    def f(t: float) -> float:
        return to_float(function([x + t * d for x, d in zip(start, steps, strict=True)]))

    sizes = [abs(x / d) for x, d in zip(start, steps, strict=True) if d and x]
    scale = ldexp(1.0, max(-1000, min(900, frexp(min(sizes))[1]))) if sizes else 1.0
    middle = f(0.0)
    rough = 3 * max(noise(f, scale), noise(f, -scale))
    right, left, central, bend = [], [], [], []
    heights: set[float] = set()
    for k in STEPS:
        h = ldexp(scale, -k)
        above, below = f(h), f(-h)
        doubt = max(rough, 4e-16 * max(abs(above), abs(below), abs(middle)), 5e-324)
        if isfinite(above - below):
            heights.update((above, below))
            right.append(((above - middle) / h, doubt / h))
            left.append(((middle - below) / h, doubt / h))
            central.append(((above - below) / h / 2, doubt / h))
            bend.append(((above - middle - (middle - below)) / h / h, 4 * doubt / h / h))
    if not central or not isfinite(middle) or (scale < TINY and len(heights) < FEW):
        return None
    (ahead, ahead_error), (behind, behind_error) = extrapolate(right, 1), extrapolate(left, 1)
    if abs(ahead - behind) > 10 * (ahead_error + behind_error):
        return Taylor(Fraction(middle), _exact(ahead), Fraction(0), 10 * ahead_error, inf, DIFFERENCES, True)
    slope, slope_error = extrapolate(central, 2)
    second, second_error = extrapolate(bend, 2)
    return Taylor(Fraction(middle), _exact(slope), _exact(second), 10 * slope_error, 10 * second_error, DIFFERENCES, False)


def _exact(x: float) -> Fraction | float:
    return Fraction(x) if isfinite(x) else x
