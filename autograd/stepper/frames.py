"""The frames: both passes over a graph as a list of small steps, in words. No picture is needed for this."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isinf
from typing import Any, NamedTuple

from ..backward import ieee_sum
from ..pictures.text import visible
from ..story import ANOTHER_NAME, OF_NAN, Share, Story, added, equation, left_out
from ..value import Value

LONGEST = 1000
"""A longer caption is cut, and ends in "…"."""
LONGEST_LINE = 200
INPUTS = 20
"""The most inputs that the first caption tells."""


class Fact(NamedTuple):
    """Something that a step makes known: a node's "value" or "gradient", or at one of a node's inputs the "local"
    gradient there or the "share" that it sends back."""

    kind: str
    node: Value
    position: int = 0


class Frame(NamedTuple):
    """One step.

    Attributes:
        title: where it is, such as ``Forward 1 of 3``.
        caption: what happens, in symbols, then in numbers.
        phase: ``forward``, ``local`` or ``backward``.
        line: the source line that made the node, where it was recorded (see :func:`autograd.steps`); else empty.
        known: what becomes known in this step; it stays known from here on.
        used: the local gradients that this step uses.
    """

    title: str
    caption: str
    phase: str
    line: str = ""
    known: tuple[Fact, ...] = ()
    used: tuple[Fact, ...] = ()


def frames(story: Story, by: str, lines: dict[Value, str]) -> tuple[Frame, ...]:
    """All steps: the inputs, forward, local gradients, the given gradient, backward, until everything is known."""
    root, single = story.root, by == "edge"
    uses = [Fact("local", v, i) for v in story.inner for i, p in enumerate(v.parents) if p.requires_grad]
    local = [(use,) for use in uses] if single else grouped(uses)
    forward = [Frame("", story.value(v), "forward", _line(lines, v), (Fact("value", v),)) for v in story.inner]
    told = [Frame("", _local(story, group), "local", known=group) for group in local]
    back = list(_each_use(story) if single else _each_node(story))
    whole = [Frame("Start", _inputs(story), "forward", known=tuple(Fact("value", v) for v in story.order if v.op is None))]
    whole += _counted("Forward", forward)
    whole += _counted("Local gradient" if single else "Local gradients", told)
    if root.requires_grad:
        whole.append(Frame("Backward, where it starts", _given(story), "backward", known=(Fact("gradient", root),)))
    whole += _counted("Backward", back)
    return tuple(frame._replace(caption=visible(frame.caption, LONGEST)) for frame in whole)


def grouped(uses: Sequence[Fact]) -> list[tuple[Fact, ...]]:
    """Facts in groups of the same node, in their order."""
    groups: dict[Value, list[Fact]] = {}
    for use in uses:
        groups.setdefault(use.node, []).append(use)
    return [tuple(group) for group in groups.values()]


def arrivals(story: Story) -> Iterator[tuple[Share, Value, list[Any]]]:
    """Every share in the order in which it arrives, with its receiver and that one's running totals so far."""
    found: dict[Value, list[Any]] = {v: [] for v in story.order}
    for v in reversed(story.inner):
        for position, p in enumerate(v.parents):
            if p.requires_grad:
                share = next(s for s in story.shares[p] if s.child is v and s.position == position)
                totals = found[p]
                totals.append(ieee_sum(totals[-1], share.number) if totals else share.number)
                yield share, p, totals


def _each_node(story: Story) -> Iterator[Frame]:
    """A frame for each gradient, told when it is complete."""
    for _, p, totals in arrivals(story):
        shares = story.shares[p]
        if len(totals) == len(shares):
            known = tuple(Fact("share", s.child, s.position) for s in shares)
            yield _back(story.gradient(p) + _remark(shares), (*known, Fact("gradient", p)))


def _each_use(story: Story) -> Iterator[Frame]:
    """A frame for each ``+=``."""
    arrived: dict[Value, list[str]] = {}
    for share, p, totals in arrivals(story):
        caption = f"{story.symbol(p)} += {story.share(share)}{_remark([share])}"
        known = [Fact("share", share.child, share.position)]
        parts = arrived.setdefault(p, ["0"])
        parts.append(story.number(share.number))
        complete = len(totals) == len(story.shares[p])
        if len(story.shares[p]) > 1:
            so_far = "in all" if complete else "so far"
            caption += f", {so_far} {equation(added(parts), story.number(totals[-1]))}"
        if complete:
            known.append(Fact("gradient", p))
        yield _back(caption, tuple(known))


def _back(caption: str, known: tuple[Fact, ...]) -> Frame:
    used = tuple(fact._replace(kind="local") for fact in known if fact.kind == "share")
    return Frame("", caption, "backward", known=known, used=used)


def _counted(name: str, steps: list[Frame]) -> list[Frame]:
    return [step._replace(title=f"{name} {i} of {len(steps)}") for i, step in enumerate(steps, 1)]


def _line(lines: dict[Value, str], v: Value) -> str:
    return visible(lines[v], LONGEST_LINE) if v in lines else ""


def _local(story: Story, group: tuple[Fact, ...]) -> str:
    return "; ".join(dict.fromkeys(story.local(fact.node, fact.position) for fact in group))


def _remark(shares: Sequence[Share]) -> str:
    remark = left_out(shares)
    return f" ({remark})" if remark else ""


def _given(story: Story) -> str:
    """The gradient at the output, and why it is what it is."""
    seed, nan = story.seed, story.root.data != story.root.data
    if seed == 1:
        words = f": {OF_NAN}" if nan else "" if story.ending.alias else ": the gradient of anything by itself"
    elif nan:
        words = f": {OF_NAN}, whatever is given (here {story.number(seed)})"
    elif seed != seed:
        words = ", which is given: whatever is multiplied by nan is nan"
    else:
        words = ", which is given" + (": multiplied by 0 it is nan, by any other number infinite" if isinf(seed) else "")
    alias = f" ({story.ending.alias}: {ANOTHER_NAME})" if story.ending.alias else ""
    return f"{story.gradient(story.root)}{words}{alias}"


def _inputs(story: Story) -> str:
    told = []
    for kind, wanted in (("Inputs", True), ("Constants", False)):
        values = [story.value(v) for v in story.order if v.op is None and v.requires_grad == wanted]
        if values:
            more = [f"and {len(values) - INPUTS} more"] if len(values) > INPUTS else []
            told.append(f"{kind}: {', '.join(dict.fromkeys([*values[:INPUTS], *more]))}.")
    return " ".join([*told, "Nothing is computed yet."])
