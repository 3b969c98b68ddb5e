"""A graph computed again without the limits of floats: where a float lost what the number was."""

from __future__ import annotations

from math import isinf

from ..formula import approximate
from ..story import Share
from ..value import Value
from .lesson import Lesson
from .phrases import Blame, at, made
from .wide import FLOATS_ONLY, Wide, evaluated

SMALLEST, LEAST = 5e-324, 2.0**-1022
"""The smallest float, and the smallest with all its digits."""


class Exact:
    """Values and gradients of a lesson's graph in numbers of any size.

    Attributes:
        values, gradients: of each node.
        rough: whether a node was computed with floats; else it is exact already.
        locals: for each computed node, the slope by each input.
    """

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self.values: dict[Value, Wide] = {}
        self.rough: dict[Value, bool] = {}
        self.locals: dict[Value, list[Wide]] = {}
        for v in lesson.order:
            xs = [self.values[p] for p in v.parents]
            self.rough[v] = isinstance(v.data, float) or any(self.rough[p] for p in v.parents)
            self.values[v] = evaluated(v.op, xs) if v.op and self.rough[v] else Wide.of(v.data)
            self.locals[v] = self._slopes(v, xs)
        nothing = Wide.of(0)
        self.gradients = dict.fromkeys(lesson.order, nothing)
        self.gradients[lesson.root] = Wide.of(lesson.seed)
        for v in reversed(lesson.inner):
            for p, local in zip(v.parents, self.locals[v], strict=True):
                self.gradients[p] += self._sent(v, local)

    def _slopes(self, v: Value, xs: list[Wide]) -> list[Wide]:
        try:
            slopes = v.op.slopes(self.values[v], *xs) if v.op else ()
        except FLOATS_ONLY:
            slopes = self.lesson.locals[v]
        return [Wide.of(slope) for slope in slopes]

    def _sent(self, v: Value, local: Wide) -> Wide:
        masked = self.values[v].number.is_nan() and not self.gradients[v]
        return Wide.of(0) if masked else local * self.gradients[v]

    def local(self, s: Share) -> Wide:
        """The slope of one use."""
        return self.locals[s.child][s.position]

    def number(self, s: Share) -> Wide:
        """What one use sends back."""
        return self._sent(s.child, self.local(s))

    def lost(self, v: Value) -> bool:
        """Whether a float has not one digit of what its number is."""
        x, number = v.data, self.values[v]
        if not self.rough[v] or x != x or not number.is_real:
            return False
        return isinf(x) or abs(Wide.of(x) - number) > abs(number) / 2

    def origin(self, *nodes: Value) -> Value | None:
        """The first of all values that were lost on the way to these nodes; None if none of them is lost."""
        found = None
        while (lost := next(filter(self.lost, nodes), None)) is not None:
            found, nodes = lost, lost.parents
        return found

    def loss(self, v: Value) -> Blame:
        """Why a value was lost: a reason, the node, and the words."""
        lesson, number = self.lesson, self.values[v]
        where = f"{made(lesson, v)}{at(lesson, v)}"
        told = self.told(number)
        if isinf(v.data):
            return "overflow", v, f"{where} overflowed to {lesson.number(v.data)}: {told} is too large for a float."
        if abs(number) < LEAST:
            return "underflow", v, f"{where} underflowed to {lesson.number(v.data)}: {told} is too small for a float."
        words = f"{where} lost all its digits to rounding: it should be {told}, and is {lesson.number(v.data)}."
        return "cancel", v, words

    def told(self, number: Wide) -> str:
        """A wide number in words; "it", where not even its exponent is known."""
        if number.is_beyond:
            return "it"
        return f"about {self.lesson.script.number(approximate(number.number, self.lesson.digits))}"
