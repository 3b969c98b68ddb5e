"""Why a gradient is exactly 0: what lets nothing through."""

from __future__ import annotations

from functools import reduce
from operator import add

from ..backward import masked
from ..story import Share, equation
from ..value import Value
from .exact import SMALLEST, Exact
from .lesson import Lesson
from .phrases import Blame, at, local, made, multiplication, total
from .probe import Probe

SHOWN = 3
"""So many other nodes that block are named, too."""


def blocked(lesson: Lesson, wrt: Value) -> Blame | None:
    """What makes a gradient 0: the nearest nodes that let nothing through, on every way to the output.

    Where the number itself is not 0, only those ways count on which something should come back.
    """
    if lesson.gradients[wrt]:
        return None
    exact = Exact(lesson)
    real = exact.gradients[wrt].is_real
    blocks: dict[Value, Blame] = {}
    queue, seen = [wrt], {wrt}
    for v in queue:
        shares = [s for s in lesson.shares[v] if not real or exact.number(s).is_real]
        through = [s for s in shares if s.number]
        if v is lesson.root:
            blocks[v] = ("seed", v, "0 was given at the output.")
        elif through and (not real or reduce(add, map(exact.number, through)).is_real):
            rounded = f", by rounding: it should be {exact.told(exact.gradients[v])}" if real else ""
            blocks[v] = ("cancel", v, f"contributions to {lesson.symbol(v)} cancel: {total(lesson, v)}{rounded}.")
            continue
        for s in shares:
            if s.number:
                continue
            if not masked(s.child, s.upstream) and s.local and not s.upstream:
                if s.child not in seen:
                    seen.add(s.child)
                    queue.append(s.child)
            elif s.child not in blocks:
                blocks[s.child] = _block(lesson, exact, s) if len(blocks) <= SHOWN else ("…", s.child, "")
    (reason, node, words), *others = blocks.values()
    also = [f"{lesson.names[b[1]]} ({b[0]})" for b in others[:SHOWN]] + ["…"] * (len(others) > SHOWN)
    return reason, node, f", for {words}" + (f" Every other way is blocked, too: {', '.join(also)}." if also else "")


def _block(lesson: Lesson, exact: Exact, share: Share) -> Blame:
    """What makes one contribution 0."""
    child = share.child
    if exact.number(share).is_real and (masked(child, share.upstream) or not share.local):
        blame = _lost(lesson, exact, share)
        if blame is not None:
            return blame
    if masked(child, share.upstream):
        words = f"{made(lesson, child)} is nan{at(lesson, child)} and was left out later: a nan left out sends back 0."
        return "masked", child, words
    if share.local:
        product = f"{multiplication(lesson, share)} = 0, at {made(lesson, child)}"
        return "underflow", child, f"a product became too small for a float: {product}."
    return _level(lesson, share)


def _lost(lesson: Lesson, exact: Exact, share: Share) -> Blame | None:
    """What made a float of 0 from a slope that is not 0; None if it is neither a value before it nor the slope's size."""
    child = share.child
    origin = exact.origin(*child.parents)
    if origin is None and share.local == 0:
        probe = Probe(child, share.position)
        if probe.zero().reason == "saturated" and probe.bounded():
            return _level(lesson, share)
        origin = exact.origin(child)
    if origin is not None:
        return exact.loss(origin)
    if abs(exact.local(share)) < SMALLEST:
        return _small(lesson, share, exact.told(exact.local(share)))
    return None


def _small(lesson: Lesson, share: Share, told: str) -> Blame:
    where = f"{made(lesson, share.child)}{at(lesson, share.child)}"
    return "underflow", share.child, f"the slope of {where} underflowed to 0: {told} is too small for a float."


def _level(lesson: Lesson, share: Share) -> Blame:
    """What a row does where its slope is 0."""
    child, place = share.child, share.position
    who, p = made(lesson, child), lesson.names[child.parents[place]]
    here = equation(p, lesson.number(child.parents[place].data))
    probe = Probe(child, place)
    reason, at, other = probe.zero()
    q = child.parents[other]
    known = equation(lesson.names[q], lesson.number(q.data))
    if reason == "saturated" and not probe.bounded():
        return _small(lesson, share, "it")
    if reason == "corner":
        below, above = map(lesson.number, probe.sides())
        words = f"{who} is exactly at its corner, {here}: its slope is {below} below it, {above} above, and 0 there."
    elif reason == "unchosen":
        tie = ": of equal inputs one gets all" if q.data == child.parents[place].data else ""
        words = f"{who} did not choose {here}, but {known}{tie}."
    else:
        words = {
            "dead": f"{who} is dead: its slope is 0 at {here}, and stays 0 until {p} = {lesson.number(at)}.",
            "saturated": f"{who} is saturated: at {here} its slope is too small for a float.",
            "stationary": f"{who} is level at {here}: its slope is 0 just there.",
            "flat": f"{who} has slope 0 by {p} everywhere.",
            "zero": f"{who} multiplies {p} by 0: {local(lesson, share)}.",
            "infinite": f"{who} has an infinite input, {known}.",
        }[reason]
    return reason, child, words
