"""Slopes from floats alone, for rows that compute with ``math`` or NumPy, and where mpmath is not installed.

Differences over shrinking steps, extrapolated to the step 0 (Richardson; the choice of the best entry of the table, and
its error estimate, are Ridders's, Advances in Engineering Software 4, 1982).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import frexp, inf, isfinite, ldexp
from typing import Any, NamedTuple

from ..intrinsics import to_float

Exact = Any
"""A Fraction; a float only for an infinity. (Typed as Any: the two do not compare to a type checker.)"""
DIFFERENCES = "extrapolated differences"
STEPS = range(2, 24)
"""Steps of 2**-2 to 2**-23 of the input's size."""


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


def differences(function: Callable[[Sequence[Any]], Any], point: Sequence[Any], direction: Sequence[Any]) -> Taylor | None:
    """The Taylor coefficients of a function of floats on one side of a point; None where it is not finite."""
    start = [to_float(x) for x in point]

    steps = [to_float(d) for d in direction]

    def f(t: float) -> float:
        return to_float(function([x + t * d for x, d in zip(start, steps, strict=True)]))

    sizes = [abs(x / d) for x, d in zip(start, steps, strict=True) if d and x]
    scale = ldexp(1.0, max(-1000, min(900, frexp(min(sizes))[1]))) if sizes else 1.0
    middle = f(0.0)
    right, left, central, bend = [], [], [], []
    for k in STEPS:
        h = ldexp(scale, -k)
        above, below = f(h), f(-h)
        noise = 4e-16 * max(abs(above), abs(below), abs(middle)) + 5e-324
        if isfinite(above - below):
            right.append(((above - middle) / h, noise / h))
            left.append(((middle - below) / h, noise / h))
            central.append(((above - below) / h / 2, noise / h))
            bend.append(((above - middle - (middle - below)) / h / h, 4 * noise / h / h))
    if not central or not isfinite(middle):
        return None
    (ahead, ahead_error), (behind, behind_error) = extrapolate(right, 1), extrapolate(left, 1)
    if abs(ahead - behind) > 10 * (ahead_error + behind_error):
        return Taylor(Fraction(middle), _exact(ahead), Fraction(0), 10 * ahead_error, inf, DIFFERENCES, True)
    slope, slope_error = extrapolate(central, 2)
    second, second_error = extrapolate(bend, 2)
    return Taylor(Fraction(middle), _exact(slope), _exact(second), 10 * slope_error, 10 * second_error, DIFFERENCES, False)


def _exact(x: float) -> Fraction | float:
    return Fraction(x) if isfinite(x) else x
