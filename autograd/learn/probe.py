"""What a row does around a point, found by trying it there: no operation is known by its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, isfinite, isinf, nan, nextafter
from sys import float_info
from typing import Any, NamedTuple

from ..intrinsics import ERRORS, to_float
from ..value import Value

TRIED = (-1e3, -10.0, -3.0, -1.0, -0.5, -1e-3, 0.0, 1e-3, 0.5, 1.0, 3.0, 10.0, 1e3)
"""Where else a slope is looked at."""
NEAR = 2.0**-20
"""How far a neighbour is, beside the size of the number."""
JUMP = NEAR**2
"""A slope that appears with more than this appears at once; with less, it has grown from 0."""
TAIL = 0.01
"""A unit is saturated where its slope is at most this share of the steepest, and its value has a limit on that side."""


class Finding(NamedTuple):
    """What makes a slope zero: a reason, and where the slope begins, or which other input it is about."""

    reason: str
    at: float = 0.0
    other: int = 0


class Probe:
    """One input of a computed node: the slope by it, at its point and elsewhere."""

    def __init__(self, node: Value, position: int) -> None:
        self.op: Any = node.op
        self.position = position
        limit = float_info.max
        self.args = [to_float(p.data) for p in node.parents]
        self.x = min(max(self.args[position], -limit), limit)
        self.near = max(abs(self.x), 1.0) * NEAR

    def slope(self, at: float, place: int | None = None) -> float:
        """The slope by this input where it, or the input at another place, is ``at``."""
        args = self._moved(at, self.position if place is None else place)
        return _tried(lambda: self.op.slopes_at(self.op.evaluate(args), args)[self.position])

    def value(self, at: float) -> float:
        """The value where this input is ``at``."""
        return _tried(lambda: self.op.evaluate(self._moved(at, self.position)))

    def _moved(self, at: float, place: int) -> tuple[float, ...]:
        return *self.args[:place], at, *self.args[place + 1 :]

    def zero(self) -> Finding:
        """Why this slope is exactly 0."""
        others = [j for j in range(len(self.args)) if j != self.position]
        for j in others:
            if self.args[j] == 0 and 0 < abs(self.slope(JUMP, j)) <= TAIL * abs(self.slope(1.0, j)):
                return Finding("zero", other=j)  # a slope that grows with the other input is that of a product
            if not isfinite(self.args[j]) and _live(self.slope(1.0, j)):
                return Finding("infinite", other=j)
        chosen = self._chosen(others)
        edge = self._edge()
        if edge is not None:
            at, slope = edge
            if abs(slope) > JUMP:
                side = "corner" if at == self.x else "dead"
                return Finding(side if chosen is None else "unchosen", at, chosen or 0)
            return Finding("stationary" if abs(at - self.x) <= self.near else "saturated", at)
        if any(_live(self.slope(t, j)) for j in others for t in TRIED):
            return Finding("stationary" if chosen is None else "unchosen", other=chosen or 0)
        return Finding("flat")

    def _edge(self) -> tuple[float, float] | None:
        """From here towards the nearest place with a slope: the last place without one, and the slope right behind it."""
        h = self.near
        places = [self.x - h, self.x + h, self.x / 2, self.x * 2, *TRIED]
        live = [t for t in sorted(places, key=lambda t: abs(t - self.x)) if isfinite(t) and _live(self.slope(t))]
        if not live:
            return None
        zero, beyond = self.x, live[0]
        while True:
            middle = zero / 2 + beyond / 2
            if middle in (zero, beyond):
                return zero, self.slope(beyond)
            if _live(self.slope(middle)):
                beyond = middle
            else:
                zero = middle

    def _chosen(self, others: Sequence[int]) -> int | None:
        """The other input that the value equals and that has all of the slope."""
        z = self.op.evaluate(tuple(self.args))
        slopes = self.op.slopes_at(z, tuple(self.args))
        return next((j for j in others if self.args[j] == z and slopes[j] == 1), None)

    def sides(self) -> tuple[float, float]:
        """The slopes just below and just above."""
        return self.slope(self.x - self.near), self.slope(self.x + self.near)

    def bounded(self) -> bool:
        """Whether the slope is infinite nowhere: exp and 1/x are no units that saturate, though they level out."""
        return not any(isinf(self.slope(t)) for t in TRIED)

    def beyond_pole(self) -> float | None:
        """The value at the next float, where a pole lies between: it is huge, as here, but of the other sign."""
        z = self.value(self.x)
        for end in (-inf, inf):
            beyond = self.value(nextafter(self.x, end))
            if z * beyond < 0 and min(abs(z), abs(beyond)) > 1 / float_info.epsilon:
                return beyond
        return None

    def steepest(self) -> float | None:
        """The steepest slope of a unit that is saturated here; None if it is not."""
        if len(self.args) > 1 or not isfinite(self.value(inf if self.x > 0 else -inf)):
            return None
        steepest = max([abs(s) for s in map(self.slope, TRIED) if isfinite(s)], default=0.0)
        return steepest if abs(self.slope(self.x)) <= TAIL * steepest and self.bounded() else None


def _tried(number: Callable[[], Any]) -> float:
    """A number; inf or nan where a row of the reader's own raises instead."""
    try:
        return to_float(number())
    except OverflowError:
        return inf
    except ERRORS:
        return nan


def _live(slope: float) -> bool:
    return isfinite(slope) and slope != 0
