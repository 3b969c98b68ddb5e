"""One reader's way through an exercise: what is right given the numbers before, and what known mistakes would give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from itertools import combinations
from typing import Any, NamedTuple

from ..backward import ieee_sum, product
from ..intrinsics import to_float
from ..learn.exercise import CLOSE, fault
from ..op import Op
from ..stepper.frames import Fact, arrivals
from ..story import Share, Story
from ..value import Value
from .again import evaluated, slopes
from .blanks import truth

MISTAKES = {
    "assigned": "this is the last contribution alone: was = written in the place of +=?",
    "not-summed": "contributions are missing: add up what each use of the value sends back",
    "no-upstream": "this is the local gradient alone: multiply it by the gradient that arrives from above",
    "no-local": "this is the gradient that arrives from above: multiply it by the local gradient",
    "subtraction-sign": "the sign of a subtraction: by its second input, a − b has the derivative −1",
    "swapped-factors": "the factors of a product are swapped: by x, the derivative of x·y is y",
    "value-for-gradient": "this is a value of the forward pass, not a gradient",
}
"""The mistakes that are known by name, and what is said about them."""

MOST_USES = 4
"""Of a sum of more contributions, only those that lack one, or are one, are looked for."""


class Term(NamedTuple):
    """One use's part in a gradient, in the reader's numbers."""

    share: Share
    upstream: Any
    local: Any

    def sent(self, local: Any = None) -> Any:
        """What it sends back; with another local gradient, if one is given."""
        return product(self.local if local is None else local, self.upstream)


class Working:
    """The numbers that a reader goes on with: his own where he wrote one, else the right ones.

    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> z = x * y
    >>> working = Working(Story(z + y))
    >>> working.known[Fact("gradient", z)] = 10
    >>> working.expected(Fact("gradient", x)), working.mistakes(Fact("gradient", x))["swapped-factors"]
    ([30, 30], [20])
    """

    def __init__(self, story: Story) -> None:
        self.story = story
        self.known: dict[Fact, Any] = {}
        self.last = {p: share for share, p, _ in arrivals(story)}  # the use whose contribution comes last

    def number(self, kind: str, node: Value, position: int = 0) -> Any:
        """A number as this reader has it."""
        fact = Fact(kind, node, position)
        return self.known[fact] if fact in self.known else truth(self.story, fact)

    def expected(self, fact: Fact) -> list[Any]:
        """What is right given the numbers before: the first of these, or what another right way from there would give."""
        v = fact.node
        if fact.kind == "value":
            assert v.op is not None
            return [evaluated(v.op, self.inputs(v))]
        if fact.kind == "local":
            return [local[fact.position] for local in self.derived(v)]
        locals = [[term.local for term in self.terms(v)]]
        locals += [[self.derived(s.child)[0][s.position] for s in self.story.shares[v]]]
        return [total(map(Term.sent, self.terms(v), way)) for way in locals]

    def inputs(self, v: Value) -> list[Any]:
        """The values of a node's inputs."""
        return [self.number("value", p) for p in v.parents]

    def derived(self, v: Value) -> list[tuple[Any, ...]]:
        """The local gradients of a node, from its value as the reader has it, and as it would be if computed now."""
        assert v.op is not None
        inputs = self.inputs(v)
        return [slopes(v.op, z, inputs) for z in (self.number("value", v), evaluated(v.op, inputs))]

    def terms(self, v: Value) -> list[Term]:
        """The contributions to a gradient."""
        return [
            Term(s, self.number("gradient", s.child), self.number("local", s.child, s.position))
            for s in self.story.shares[v]
        ]

    def mistakes(self, fact: Fact) -> dict[str, list[Any]]:
        """The numbers that each known mistake would give here; they may include the right one."""
        return {"value": self._in_value, "local": self._in_local, "gradient": self._in_gradient}[fact.kind](fact)

    def named(self, fact: Fact, answer: Any) -> tuple[str, ...]:
        """The known mistakes that give this number."""
        return tuple([name for name, numbers in self.mistakes(fact).items() if any(same(answer, x) for x in numbers)])

    def _in_value(self, fact: Fact) -> dict[str, list[Any]]:
        op, inputs = fact.node.op, self.inputs(fact.node)
        if op is not None and op.name == "sub":
            a, b = inputs
            return {"subtraction-sign": [b - a, ieee_sum(a, b)]}
        return {"subtraction-sign": inputs} if op is not None and op.name == "neg" else {}

    def _in_local(self, fact: Fact) -> dict[str, list[Any]]:
        v, position = fact.node, fact.position
        found = {}
        if subtracts(v.op, position):
            found["subtraction-sign"] = [-self.number("local", v, position)]
        own = self.number("value", v.parents[position])
        if multiplies(v, position):
            found["swapped-factors"] = [own]
        return found | {"value-for-gradient": [self.number("value", v), own]}

    def _in_gradient(self, fact: Fact) -> dict[str, list[Any]]:
        v, terms = fact.node, self.terms(fact.node)
        parts = [term.sent() for term in terms]
        own = self.number("value", v)
        found: dict[str, list[Any]] = {}
        if len(terms) > 1:
            last = [s is self.last.get(v) for s in self.story.shares[v]].index(True) if v in self.last else 0
            found["assigned"] = [parts[last]]
            found["not-summed"] = [total(some) for some in _some(parts, last)]
        found["no-upstream"] = [total(term.local for term in terms)]
        found["no-local"] = [total(term.upstream for term in terms)]
        found["subtraction-sign"] = _changed(terms, lambda s: subtracts(s.child.op, s.position), lambda term: -term.local)
        found["swapped-factors"] = _changed(terms, lambda s: multiplies(s.child, s.position), lambda term: own)
        found["value-for-gradient"] = [own]
        return found


def _some(parts: Sequence[Any], last: int) -> Iterator[Sequence[Any]]:
    """Sums that lack something, but for the last contribution alone, which has a name of its own."""
    few = range(1, len(parts)) if len(parts) <= MOST_USES else (1, len(parts) - 1)
    for size in few:
        for chosen in combinations(range(len(parts)), size):
            if chosen != (last,):
                yield [parts[i] for i in chosen]


def _changed(terms: Sequence[Term], where: Callable[[Share], bool], local: Callable[[Term], Any]) -> list[Any]:
    """The sum with another local gradient in some places, all of them or one; nothing, where there are no such places."""
    places = [i for i, term in enumerate(terms) if where(term.share)]
    ways = [places] * bool(places) + [[i] for i in places if len(places) > 1]
    return [total(t.sent(local(t)) if i in way else t.sent() for i, t in enumerate(terms)) for way in ways]


def total(parts: Iterable[Any]) -> Any:
    """The sum."""
    return reduce(ieee_sum, parts)


def subtracts(op: Op | None, position: int) -> bool:
    """Whether an input is subtracted."""
    return op is not None and (op.name, position) in (("sub", 1), ("neg", 0))


def multiplies(v: Value, position: int) -> bool:
    """Whether an input is one of the two factors of a product, also within a sum of products."""
    name = v.op.name if v.op is not None else ""
    return name == "mul" or (name == "dot" and position < len(v.parents) // 2 * 2)


def same(a: Any, b: Any) -> bool:
    """Whether two numbers are one: exactly, or where one is a float, but for rounding by hand."""
    if isinstance(a, float) or isinstance(b, float):
        return fault(to_float(a), to_float(b), CLOSE) is None
    return bool(a == b)
