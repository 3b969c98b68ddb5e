"""Well-known wrong backward passes, each a few lines: what they compute, on the numbers of the right one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..backward import ieee_sum, product
from ..story import Story
from ..value import Value
from .again import remade, slopes
from .mistakes import subtracts

MOST_VISITS = 100_000
"""A recursion without an order visits a node once for each path that leads there."""


class Wrong(NamedTuple):
    """What a wrong pass has in the place of the right numbers, which are the story's; ``told`` says more about it."""

    story: Story
    gradients: dict[Value, Any]
    values: dict[Value, Any]
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
    stack = [(story.root, 0)]  # the recursion, without Python's
    while stack:
        v, i = stack.pop()
        if i < len(v.parents):
            p = v.parents[i]
            found[p] = ieee_sum(found[p], product(story.locals[v][i], found[v]))
            stack += [(v, i + 1), (p, 0)]
    return Wrong(story, found, {})


def assigned(story: Story) -> Wrong:
    """``=`` in the place of ``+=``: only the last contribution is left."""
    return Wrong(story, _swept(story, join=lambda old, new: new), {})


def not_zeroed(story: Story) -> Wrong:
    """A second backward pass adds to what the first one left on the leaves."""
    twice = {v: ieee_sum(g, g) if v.op is None else g for v, g in story.gradients.items()}
    return Wrong(story, twice, {})


def wrong_subtraction(story: Story) -> Wrong:
    """The slope of a − b by b is taken for 1."""

    def local(v: Value, i: int) -> Any:
        slope = story.locals[v][i]
        return -slope if v.op is not None and v.op.name == "sub" and subtracts(v.op, i) else slope

    return Wrong(story, _swept(story, local), {})


def no_upstream(story: Story) -> Wrong:
    """Local gradients are added up without the gradient that arrives from above."""
    return Wrong(story, _swept(story, send=lambda local, upstream: local), {})


def stale(story: Story) -> Wrong:
    """A leaf is assigned after the forward pass: local gradients mix its new number with values made from the old one."""
    leaf = next((v for v in story.order if v.op is None and v.requires_grad), story.order[0])
    made = remade(story.root, {leaf: ieee_sum(leaf.data, 1)})
    right = Story(made[story.root], story.seed, story.digits, shown=story.shown)
    values = {made[v]: v.data for v in story.inner} | {made[v]: made[v].data for v in story.order if v.op is None}

    def local(v: Value, i: int) -> Any:
        assert v.op is not None
        return slopes(v.op, values[v], [values[p] for p in v.parents])[i]

    told = f" Here {story.value(leaf)} became {right.number(made[leaf].data)}."
    return Wrong(right, _swept(right, local), values, told)


def _swept(
    story: Story,
    local: Callable[[Value, int], Any] | None = None,
    send: Callable[[Any, Any], Any] = product,
    join: Callable[[Any, Any], Any] = ieee_sum,
) -> dict[Value, Any]:
    """A backward pass in the right order, in which one part may be another."""
    found = {story.root: story.gradients[story.root]}
    for v in reversed(story.inner):
        for i, p in enumerate(v.parents):
            sent = send(story.locals[v][i] if local is None else local(v, i), found[v])
            found[p] = join(found[p], sent) if p in found else sent
    return found
