"""Parts of sentences about a node, a use of it, and the way to the output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..intrinsics import to_float
from ..story import Share, added, equation, multiplied
from ..value import Value
from .lesson import Lesson

Blame = tuple[str, Value, str]
"""A reason, the node, and words to follow the gradient's value."""
LONGEST = 60
"""A longer formula is cut within a sentence."""


def cut(text: str) -> str:
    """A formula, not too long for a sentence."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def local(lesson: Lesson, s: Share) -> str:
    """A local gradient: ``∂z/∂x = y = 3``."""
    formula = cut(lesson.local_formula(s.child, s.position))
    return equation(lesson.local_symbol(s.child, s.position), formula, lesson.number(s.local))


def made(lesson: Lesson, v: Value) -> str:
    """``z = x·y``, without numbers."""
    return equation(lesson.names[v], cut(lesson.formula(v)))


def point(lesson: Lesson, v: Value) -> str:
    """Where a node is: ``x = 2, y = 3``; constants without a name are numbers in its formula already."""
    inputs = {p: equation(lesson.names[p], lesson.number(p.data)) for p in v.parents}
    return cut(", ".join([told for p, told in inputs.items() if p.requires_grad or p.name is not None]))


def at(lesson: Lesson, v: Value, before: str = " at") -> str:
    """`` at x = 2, y = 3``; empty where there is nothing to say."""
    place = point(lesson, v)
    return f"{before} {place}" if place else ""


def multiplication(lesson: Lesson, s: Share) -> str:
    """What a use sends back, as two factors: ``5 · 3``."""
    return multiplied(lesson.number(s.upstream), lesson.number(s.local))


def total(lesson: Lesson, v: Value) -> str:
    """The contributions to a node, and their sum."""
    parts = [lesson.number(s.number) for s in lesson.shares[v]]
    shown = [*parts[:4], "…", parts[-1]] if len(parts) > 6 else parts
    return equation(added(shown), lesson.number(lesson.gradients[v]))


def chain_factors(lesson: Lesson, path: Sequence[Share]) -> list[tuple[str, Any]]:
    """The factors along one path, from the output back: what is given there, and each local gradient; symbol and number."""
    given = [] if lesson.own else [(lesson.symbol(lesson.root), lesson.seed)]
    return given + [(lesson.local_symbol(s.child, s.position), s.local) for s in reversed(path)]


def strongest(lesson: Lesson, wrt: Value) -> list[Share]:
    """The uses on the way from wrt to the output that contributes most: the largest product of local gradients."""
    weight = {lesson.root: 1.0}
    best: dict[Value, Share] = {}
    for v in reversed(lesson.order):
        for s in lesson.shares[v]:
            product = abs(to_float(s.local)) * weight[s.child]
            if v not in best or product > weight[v]:
                best[v], weight[v] = s, product
    path: list[Share] = []
    v = wrt
    while v in best:
        path.append(best[v])
        v = best[v].child
    return path


def along(lesson: Lesson, wrt: Value) -> str:
    """A sentence about the way that contributes most."""
    path = strongest(lesson, wrt)
    if not path:
        return "It is the output itself."
    names = [lesson.names[v] for v in (wrt, *[s.child for s in path])]
    shown = names if len(names) <= 9 else [*names[:4], "…", *names[-4:]]
    alone = all(len(lesson.shares[v]) == 1 for v in (wrt, *[s.child for s in path[:-1]]))
    return f"{'It' if alone else 'Most of it'} comes along {' → '.join(shown)}."
