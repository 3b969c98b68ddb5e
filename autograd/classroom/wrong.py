"""Well-known wrong backward passes, each a few lines: what they compute, on the numbers of the right one, and from what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..backward import ieee_sum, product
from ..stepper.frames import Fact
from ..story import Story, added, equation, factor, multiplied
from ..value import Value
from .again import remade, slopes
from .mistakes import subtracts

MOST_TERMS = 8
MOST_VISITS = 100_000
"""A recursion without an order visits a node once for each path that leads there."""


class Wrong(NamedTuple):
    """What a wrong pass has in the place of the right numbers, which are the story's; ``told`` says more about it.

    ``how`` says how a number came about, ``4 + 8 = 12``, where there is more to say than the number.
    """

    story: Story
    gradients: dict[Value, Any]
    values: dict[Value, Any]
    how: dict[Fact, str]
    told: str = ""


def recursive_backward(story: Story) -> Wrong:
    """Each node passes on what it has as soon as something arrives, before the rest has come."""
    visits = dict.fromkeys(story.order, 0)
    visits[story.root] = 1
    for v in reversed(story.inner):
        for p in v.parents:
            visits[p] += visits[v]
    if sum(visits.values()) > MOST_VISITS:
        raise ValueError(
            f"without an order, this backward pass would visit nodes {sum(visits.values()):,} times: take a smaller graph"
        )
    found: dict[Value, Any] = dict.fromkeys(story.order, 0)
    found[story.root] = story.gradients[story.root]
    arrived: dict[Value, list[str]] = {}
    stack = [(story.root, 0)]  # the recursion, without Python's
    while stack:
        v, i = stack.pop()
        if i < len(v.parents):
            p = v.parents[i]
            sent = product(story.locals[v][i], found[v])
            found[p] = ieee_sum(found[p], sent)
            arrived.setdefault(p, []).append(story.number(sent))
            stack += [(v, i + 1), (p, 0)]
    how = {v: equation(_sum(parts), story.number(found[v])) for v, parts in arrived.items()}
    return Wrong(story, found, {}, _gradients(how))


def assigned(story: Story) -> Wrong:
    """``=`` in the place of ``+=``: only the last contribution is left."""
    found, parts = _swept(story, join=lambda old, new: new)
    numbers = {v: [story.number(sent) for _, _, sent in sends.values()] for v, sends in parts.items()}
    how = {v: f"{told[-1]}, the last of {_listed(told, ', ')}" for v, told in numbers.items() if len(told) > 1}
    return Wrong(story, found, {}, _gradients(_products(story, found, parts) | how))


def not_zeroed(story: Story) -> Wrong:
    """A second backward pass adds to what the first one left on the leaves."""
    twice = {v: ieee_sum(g, g) if v.op is None else g for v, g in story.gradients.items()}
    how = {v: equation(_sum([story.number(g)] * 2), story.number(twice[v])) for v, g in story.gradients.items()}
    return Wrong(story, twice, {}, _gradients(how))


def wrong_subtraction(story: Story) -> Wrong:
    """The slope of a − b by b is taken for 1."""

    def local(v: Value, i: int) -> Any:
        slope = story.locals[v][i]
        return -slope if v.op is not None and v.op.name == "sub" and subtracts(v.op, i) else slope

    found, parts = _swept(story, local)
    return Wrong(story, found, {}, _gradients(_products(story, found, parts)))


def no_upstream(story: Story) -> Wrong:
    """Local gradients are added up without the gradient that arrives from above."""
    found, parts = _swept(story, send=lambda local, upstream: local)
    return Wrong(story, found, {}, _gradients(_added(story, found, parts, lambda local, upstream: story.number(local))))


def stale(story: Story) -> Wrong:
    """A leaf is assigned after the forward pass: local gradients mix its new number with values made from the old one."""
    leaf = next((v for v in story.order if v.op is None and v.requires_grad), story.order[0])
    made = remade(story.root, {leaf: ieee_sum(leaf.data, 1)})
    right = Story(made[story.root], story.seed, story.digits, shown=story.shown)
    values = {made[v]: v.data for v in story.inner} | {made[v]: made[v].data for v in story.order if v.op is None}

    def local(v: Value, i: int) -> Any:
        assert v.op is not None
        return slopes(v.op, values[v], [values[p] for p in v.parents])[i]

    found, parts = _swept(right, local)
    how = _gradients(_products(right, found, parts))
    how |= {Fact("value", v): f"{right.number(old)}, made when {story.value(leaf)}" for v, old in values.items()}
    told = f" Here {story.value(leaf)} became {right.number(made[leaf].data)}."
    return Wrong(right, found, values, how, told)


Parts = dict[Value, dict[tuple[Value, int], tuple[Any, Any, Any]]]
"""What arrived at each node, by its uses: local gradient, upstream gradient, and what was sent."""


def _swept(
    story: Story,
    local: Callable[[Value, int], Any] | None = None,
    send: Callable[[Any, Any], Any] = product,
    join: Callable[[Any, Any], Any] = ieee_sum,
) -> tuple[dict[Value, Any], Parts]:
    """A backward pass in the right order, in which one part may be another; and what arrived at each node."""
    found = {story.root: story.gradients[story.root]}
    parts: Parts = {}
    for v in reversed(story.inner):
        for i, p in enumerate(v.parents):
            slope = story.locals[v][i] if local is None else local(v, i)
            sent = send(slope, found[v])
            found[p] = join(found[p], sent) if p in found else sent
            parts.setdefault(p, {})[v, i] = slope, found[v], sent
    return found, parts


def _products(story: Story, found: dict[Value, Any], parts: Parts) -> dict[Value, str]:
    """``6 · 2 = 12``, for each node: upstream times local gradient, added up."""
    return _added(story, found, parts, lambda local, upstream: multiplied(story.number(upstream), story.number(local)))


def _added(story: Story, found: dict[Value, Any], parts: Parts, told: Callable[[Any, Any], str]) -> dict[Value, str]:
    """What arrived, told of local and upstream gradient, in the order of the uses, as in the right pass's sum."""
    how = {}
    for v, sends in parts.items():
        terms = [told(*sends[s.child, s.position][:2]) for s in story.shares[v]]
        how[v] = equation(added(terms), story.number(found[v]))
    return how


def _gradients(how: dict[Value, str]) -> dict[Fact, str]:
    return {Fact("gradient", v): told for v, told in how.items()}


def _sum(parts: list[str]) -> str:
    """``−8 + (−8)``: each number as it arrived."""
    return _listed([parts[0], *map(factor, parts[1:])], " + ")


def _listed(parts: list[str], between: str) -> str:
    """One after another; of many, the first and the last."""
    return between.join([*parts[:4], "…", parts[-1]] if len(parts) > MOST_TERMS else parts)
