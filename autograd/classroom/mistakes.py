"""Known mistakes: the numbers that they give, and what is said about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import reduce
from itertools import combinations
from typing import Any

from ..backward import ieee_sum, product
from ..intrinsics import to_float
from ..learn.numerals import ENOUGH, same
from ..op import Op
from ..stepper.frames import Fact
from ..story import Story
from ..value import Value
from .working import Term, Working, total

MISTAKES = {
    "assigned": "this is one contribution alone: add up what each use of the value sends back",
    "not-summed": "contributions are missing: add up what each use of the value sends back",
    "multiplied": "the contributions are multiplied: add them up",
    "no-upstream": "this is the local gradient alone: multiply it by the gradient that arrives from above",
    "no-local": "this is the gradient that arrives from above: multiply it by the local gradient",
    "subtraction-sign": "the sign of a subtraction",
    "swapped-factors": "the factors of a product are swapped",
    "power-factor": "the factor of a power is missing",
    "value-for-gradient": "this is a value of the forward pass, not a gradient",
    "rounded": f"rounded too far: give at least {ENOUGH} digits",
    "handed-on": "this only repeats a wrong number, and nothing that is worked out from it is right",
}
"""The mistakes that are known by name, and what is said about them."""

RULES = (
    "assigned",
    "not-summed",
    "multiplied",
    "no-upstream",
    "subtraction-sign",
    "swapped-factors",
    "power-factor",
    "rounded",
)
"""Wrong rules that a reader may follow throughout: each costs once. A number only copied from elsewhere costs each time."""

MOST_USES = 4
"""Of a sum of more contributions, only those that lack one, or are one, are looked for."""


def mistakes(working: Working, fact: Fact) -> dict[str, list[Any]]:
    """The numbers that each known mistake would give here; they may include the right one.

    >>> from autograd import Value
    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> mistakes(Working(Story((x * y)**2)), Fact("gradient", x))["swapped-factors"]
    [24]
    """
    return {"value": _in_value, "local": _in_local, "gradient": _in_gradient}[fact.kind](working, fact.node, fact.position)


def named(workings: Sequence[Working], fact: Fact, answer: Any) -> tuple[str, ...]:
    """The known mistakes that give this number."""
    found = {
        name for working in workings for name, xs in mistakes(working, fact).items() if any(same(answer, x) for x in xs)
    }
    return tuple([name for name in MISTAKES if name in found])


def words(story: Story, fact: Fact, names: Sequence[str]) -> str:
    """What is said about them, in the names of the graph.

    >>> from autograd import Value
    >>> s = Value(3, "s")
    >>> story = Story(s**2)
    >>> words(story, Fact("gradient", s), ["power-factor"])
    'the factor of a power is missing: by s, the derivative of s² is 2·s'
    """
    some = [name for name in names if name != "value-for-gradient" or "power-factor" not in names]
    return "; or: ".join(MISTAKES[name] + _place(story, fact, name) for name in some)


def _place(story: Story, fact: Fact, name: str) -> str:
    """Where in the graph: the operation, and its derivative."""
    if name not in _PLACES:
        return ""
    v = fact.node
    if fact.kind == "value":
        return f": it is {story.formula(v)}" + (", in this order" if len(v.parents) > 1 else "")
    uses = [(v, fact.position)] if fact.kind == "local" else [(s.child, s.position) for s in story.shares[v]]
    child, i = next(use for use in uses if _PLACES[name](*use))
    slope = "the other factor" if name == "swapped-factors" else story.local_formula(child, i)  # which may be the answer
    return f": by {story.names[child.parents[i]]}, the derivative of {story.formula(child)} is {slope}"


def _in_value(working: Working, v: Value, _: int) -> dict[str, list[Any]]:
    inputs = working.inputs(v)
    if v.op is not None and v.op.name == "sub":
        a, b = inputs
        return {"subtraction-sign": [b - a, ieee_sum(a, b)]}
    return {"subtraction-sign": inputs} if v.op is not None and v.op.name == "neg" else {}


def _in_local(working: Working, v: Value, position: int) -> dict[str, list[Any]]:
    own = working.number("value", v.parents[position])
    local = working.derived(v)[0][position]
    found = {}
    if _subtracts(v, position):
        found["subtraction-sign"] = [-local]
    if _multiplies(v, position):
        found["swapped-factors"] = [own]
    if _raises(v, position):
        found["power-factor"] = [_without_factor(v, local)]
    return found | {"value-for-gradient": [working.number("value", v), own]}


def _in_gradient(working: Working, v: Value, _: int) -> dict[str, list[Any]]:
    terms = working.terms(v)
    parts = [term.sent() for term in terms]
    own = working.number("value", v)
    found: dict[str, list[Any]] = {}
    if len(terms) > 1:
        found["assigned"] = parts
        found["not-summed"] = [total(some) for some in _some(parts)]
        found["multiplied"] = [reduce(product, parts)]
    found["no-upstream"] = [total(term.local for term in terms)]
    found["no-local"] = [total(term.upstream for term in terms)]
    found["subtraction-sign"] = _changed(terms, _subtracts, lambda term: -term.local)
    found["swapped-factors"] = _changed(terms, _multiplies, lambda term: own)
    found["power-factor"] = _changed(terms, _raises, lambda term: _without_factor(term.share.child, term.local))
    found["value-for-gradient"] = [own]
    return found


def _some(parts: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Sums of two or more that lack something; one alone has a name of its own."""
    for size in range(2, len(parts)) if len(parts) <= MOST_USES else (len(parts) - 1,):
        yield from combinations(parts, size)


def _changed(terms: Sequence[Term], where: Callable[[Value, int], bool], local: Callable[[Term], Any]) -> list[Any]:
    """The sum with another local gradient in some places, all of them or one; nothing, where there are no such places."""
    places = [i for i, term in enumerate(terms) if where(term.share.child, term.share.position)]
    ways = [places] * bool(places) + [[i] for i in places if len(places) > 1]
    return [total(t.sent(local(t)) if i in way else t.sent() for i, t in enumerate(terms)) for way in ways]


def _without_factor(v: Value, local: Any) -> Any:
    """The slope of a power without the exponent before it: s of 2·s."""
    exponent = v.op.params[0] if v.op is not None else 1
    if isinstance(local, float) or isinstance(exponent, float):
        return to_float(local) / to_float(exponent)
    return Fraction(local) / exponent


def subtracts(op: Op | None, position: int) -> bool:
    """Whether an input is subtracted."""
    return op is not None and (op.name, position) in (("sub", 1), ("neg", 0))


def _subtracts(v: Value, position: int) -> bool:
    return subtracts(v.op, position)


def _multiplies(v: Value, position: int) -> bool:
    """Whether an input is one of the two factors of a product, also within a sum of products."""
    name = v.op.name if v.op is not None else ""
    return name == "mul" or (name == "dot" and position < len(v.parents) // 2 * 2)


def _raises(v: Value, _: int) -> bool:
    """Whether an input is raised to a fixed power, other than 0."""
    return v.op is not None and v.op.name == "power" and v.op.params[0] != 0


_PLACES = {"subtraction-sign": _subtracts, "swapped-factors": _multiplies, "power-factor": _raises}
"""Which inputs of an operation a mistake is about."""
