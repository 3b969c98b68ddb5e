"""The best witness there is for a slope: exact fractions, else mpmath, else differences that know their error.

All three see *values* only, never a row's slopes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from . import digits
from .differences import Exact, Taylor, differences
from .series import Irrational, Rationals, Unknown, along

Function = Callable[[Sequence[Any]], Any]
"""A function of a list of numbers of any kind."""
EXACT, MPMATH, CHAIN = "exact fractions", "mpmath, 50 digits or more", "the chain rule over checked slopes"


class Oracle:
    """Asks for Taylor coefficients of one function, and remembers which witness could answer.

    >>> from fractions import Fraction
    >>> t = Oracle(lambda xs: xs[0] * xs[0]).along([Fraction(1, 3)], [1])
    >>> t.slope, t.second, t.oracle
    (Fraction(2, 3), Fraction(2, 1), 'exact fractions')
    """

    def __init__(self, function: Function) -> None:
        self.function = function
        self._witnesses: list[Callable[[Sequence[Any], Sequence[Any]], Taylor | None]] = [self._exactly, self._digits]

    def along(self, point: Sequence[Any], direction: Sequence[Any]) -> Taylor | None:
        """The function at ``point + ε·direction``, ε > 0; None where it has no derivative, or no number."""
        if not all(not isinstance(x, float) or math.isfinite(x) for x in point):
            return None
        while self._witnesses:
            try:
                return self._witnesses[0](point, direction)
            except Unknown:
                return None
            except (Irrational, TypeError, AttributeError):  # not rational; or written with math or NumPy, on floats only
                del self._witnesses[0]
        return differences(self.function, point, direction)

    def _exactly(self, point: Sequence[Any], direction: Sequence[Any]) -> Taylor:
        field = Rationals()
        z = along(self.function, point, direction, field)
        return Taylor(z.a, z.b, 2 * z.c, 0.0, 0.0, EXACT, field.tie)

    def _digits(self, point: Sequence[Any], direction: Sequence[Any]) -> Taylor | None:
        mp = digits.context()
        if mp is None:
            raise Irrational
        before: list[Exact] | None = None
        believed = False
        for bits in digits.PRECISIONS:
            if believed and bits < digits.PRECISIONS[-1]:
                continue
            field = digits.Digits(mp, bits)
            z = along(self.function, point, direction, field)
            parts = [field.fraction(part) for part in (z.a, z.b, 2 * z.c)]
            if before is not None and all(map(digits.agree, before, parts)):
                believed = True
                if bits == digits.PRECISIONS[-1] or all(abs(part) > digits.LEAST for part in parts[: 2 + any(direction)]):
                    value, slope, second = parts
                    return Taylor(value, slope, second, 0.0, 0.0, MPMATH, field.tie)
            before = parts
        return None


def both_sides(oracle: Oracle, point: Sequence[Any], direction: Sequence[Any]) -> tuple[Taylor, Taylor] | None:
    """The function on both sides of a point along a direction; slopes on the left are those for walking to the right."""
    right = oracle.along(point, direction)
    if right is None or not right.corner:
        return None if right is None else (right, right)
    left = oracle.along(point, [-d for d in direction])
    return None if left is None else (right, left._replace(slope=-left.slope))


def smooth(ahead: Taylor, behind: Taylor) -> bool:
    """Whether the slopes of both sides are one, to all the digits that the witness has."""
    if digits.agree(ahead.slope, behind.slope):
        return True
    return bool(abs(ahead.slope - behind.slope) <= ahead.slope_error + behind.slope_error)
