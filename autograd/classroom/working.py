"""One reader's way through an exercise: the numbers that he goes on with, and what is right given these."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from math import isclose
from typing import Any, NamedTuple

from ..backward import ieee_sum, product
from ..intrinsics import to_float
from ..op import Op
from ..stepper.frames import Fact
from ..story import Share, Story
from ..value import Value
from .again import evaluated, slopes
from .blanks import truth


class Term(NamedTuple):
    """One use's part in a gradient, in the reader's numbers."""

    share: Share
    upstream: Any
    local: Any

    def sent(self, local: Any = None) -> Any:
        """What it sends back; with another local gradient, if one is given."""
        return product(self.local if local is None else local, self.upstream)


class Working:
    """The numbers that a reader goes on with: his own where they are wrong, else the right ones.

    Args:
        known: the numbers that he wrote.
        wrong: which of these are not the right ones.
        exactly: right numbers count as they are; otherwise as far as they can be read: as the reader rounded them, and as
            the sheet prints them.

    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> z = x * y
    >>> up = Fact("gradient", z)
    >>> Working(Story(z + y), {up: 10}, {up}).expected(Fact("gradient", x))
    [30, 30, 30]
    """

    def __init__(
        self, story: Story, known: dict[Fact, Any] | None = None, wrong: set[Fact] | None = None, exactly: bool = True
    ) -> None:
        self.story, self.exactly = story, exactly
        self.known = {} if known is None else known
        self.wrong = set() if wrong is None else wrong

    def number(self, kind: str, node: Value, position: int = 0) -> Any:
        """A number as this reader has it."""
        fact = Fact(kind, node, position)
        if fact in self.known and (fact in self.wrong or not self.exactly):
            return self.known[fact]
        right = truth(self.story, fact)
        return right if self.exactly else printed(right, self.story.digits)

    def expected(self, fact: Fact) -> list[Any]:
        """What is right given the numbers before: the first of these, or what another right way from there would give."""
        v = fact.node
        if fact.kind == "value":
            assert v.op is not None
            return [evaluated(v.op, self.inputs(v))]
        if fact.kind == "local":
            return [local[fact.position] for local in self.derived(v)]
        locals = [[term.local for term in self.terms(v)]]
        locals += [[self.derived(s.child)[way][s.position] for s in self.story.shares[v]] for way in (0, -1)]
        return [total(map(Term.sent, self.terms(v), way)) for way in locals]

    def inputs(self, v: Value) -> list[Any]:
        """The values of a node's inputs."""
        return [self.number("value", p) for p in v.parents]

    def derived(self, v: Value) -> list[tuple[Any, ...]]:
        """The local gradients of a node, from its value as the reader has it, and as it would be if computed now; and of a
        function, as its value alone tells them."""
        assert v.op is not None
        inputs, z = self.inputs(v), self.number("value", v)
        found = [slopes(v.op, at, inputs) for at in (z, evaluated(v.op, inputs))]
        if len(inputs) == 1 and isinstance(z, float):
            found.append((by_value(v.op, z, to_float(inputs[0])),))
        return found

    def terms(self, v: Value) -> list[Term]:
        """The contributions to a gradient."""
        return [
            Term(s, self.number("gradient", s.child), self.number("local", s.child, s.position))
            for s in self.story.shares[v]
        ]


def rests_on(story: Story, fact: Fact) -> list[Fact]:
    """The numbers that one is worked out from.

    >>> x = Value(2, name="x")
    >>> [(f.kind, f.position) for f in rests_on(Story(x * 3), Fact("gradient", x))]
    [('gradient', 0), ('local', 0)]
    """
    v = fact.node
    if fact.kind == "gradient":
        return [f for s in story.shares[v] for f in (Fact("gradient", s.child), Fact("local", s.child, s.position))]
    own = [Fact("value", v)] if fact.kind == "local" else []
    return own + [Fact("value", p) for p in v.parents]


def printed(x: Any, digits: int) -> Any:
    """A number as the sheet shows it: a float with so many significant digits.

    >>> printed(-0.99912345, 4)
    -0.9991
    """
    return float(f"{x:.{digits}g}") if isinstance(x, float) else x


def by_value(op: Op, z: float, x: float) -> float:
    """The slope of a function where its value is z, which is not quite, or not at all, its value at x: as 1 − z² is for
    tanh, whatever form its row has. To second order in z, which is all there is to tanh, sigmoid and exp.

    >>> from autograd.ops import activations
    >>> round(by_value(activations.tanh, 0.5, 2.0), 4), round(by_value(activations.sigmoid, 0.5, 2.0), 4)
    (0.75, 0.25)
    >>> by_value(activations.relu, 0.5, -1.0)
    0.0
    """
    h = 1e-3 * max(1.0, abs(x))

    def slope(at: float) -> float:
        return to_float(slopes(op, evaluated(op, [at]), [at])[0])

    def change(at: float) -> float:  # of the slope, as z changes
        return (slope(at + h) - slope(at - h)) / (2 * h * slope(at))

    off = z - to_float(evaluated(op, [x]))
    try:
        return slope(x) + change(x) * off + (change(x + h) - change(x - h)) / (2 * h * slope(x)) * off**2 / 2
    except ArithmeticError:  # it is flat there: the value tells nothing
        return slope(x)


def alike(a: Any, b: Any) -> bool:
    """Whether two computed numbers are one but for rounding by the computer.

    >>> alike(0.1 + 0.2, 0.3), alike(1, 1.001)
    (True, False)
    """
    return isclose(to_float(a), to_float(b), rel_tol=1e-9, abs_tol=1e-12)


def total(parts: Iterable[Any]) -> Any:
    """The sum."""
    return reduce(ieee_sum, parts)
