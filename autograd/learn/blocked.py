"""Why a gradient is exactly 0: what lets nothing through."""

from __future__ import annotations

from ..backward import masked
from ..story import Share, equation
from ..value import Value
from .lesson import Lesson
from .phrases import local, made, multiplication, point, total
from .probe import Probe

Blame = tuple[str, Value, str]
"""A reason, the node, and words to follow the gradient's value."""
SHOWN = 3
"""So many other nodes that block are named, too."""


def blocked(lesson: Lesson, wrt: Value) -> Blame | None:
    """What makes a gradient 0: the nearest nodes that let nothing through, on every way to the output."""
    if lesson.gradients[wrt]:
        return None
    blocks: dict[Value, Blame] = {}
    queue, seen = [wrt], {wrt}
    for v in queue:
        shares = lesson.shares[v]
        if v is lesson.root:
            blocks[v] = ("seed", v, "0 was given at the output.")
        elif any(s.number for s in shares):
            blocks[v] = ("cancel", v, f"contributions to {lesson.symbol(v)} cancel: {total(lesson, v)}.")
            continue
        for s in shares:
            if not masked(s.child, s.upstream) and s.local and not s.upstream:
                if s.child not in seen:
                    seen.add(s.child)
                    queue.append(s.child)
            elif s.child not in blocks:
                blocks[s.child] = _block(lesson, s) if len(blocks) <= SHOWN else ("…", s.child, "")
    (reason, node, words), *others = blocks.values()
    also = [f"{lesson.names[b[1]]} ({b[0]})" for b in others[:SHOWN]] + ["…"] * (len(others) > SHOWN)
    return reason, node, f", for {words}" + (f" Every other way is blocked, too: {', '.join(also)}." if also else "")


def _block(lesson: Lesson, share: Share) -> Blame:
    """What makes one contribution 0."""
    child, place = share.child, share.position
    who, p = made(lesson, child), lesson.names[child.parents[place]]
    if masked(child, share.upstream):
        words = f"{who} is nan, at {point(lesson, child)}, and was left out later: a nan left out sends back 0."
        return "masked", child, words
    if share.local:
        return "underflow", child, f"a product became too small for a float: {multiplication(lesson, share)} = 0, at {who}."
    probe = Probe(child, place)
    reason, at, other = probe.zero()
    here, q = equation(p, lesson.number(child.parents[place].data)), child.parents[other]
    known = equation(lesson.names[q], lesson.number(q.data))
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
