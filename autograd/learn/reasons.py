"""Why a gradient is zero, missing, tiny, huge or nan: the reason, and the node to blame."""

from __future__ import annotations

from typing import Any

from ..graph import nodes
from ..intrinsics import to_float
from ..pictures.text import visible
from ..story import Share, equation
from ..value import Value
from .blocked import blocked
from .infinite import not_finite
from .lesson import Lesson
from .phrases import Blame, along, at, local, made, point, strongest, total
from .probe import Probe

REASONS = {
    "constant": "it is a constant, which gets no gradient",
    "no_path": "the output was not computed from it",
    "nan": "a nan began at the node",
    "pole": "the node is at a point where its slope is infinite, as 1/x, log(x) and sqrt(x) at 0",
    "overflow": "at the node a value, a slope or a product became too large for a float",
    "underflow": "at the node a value, a slope or a product that is not 0 became too small for a float",
    "masked": "the node is nan and was left out, so that 0 comes back",
    "seed": "the gradient given at the output, which is the node, is 0, infinite or nan",
    "dead": "the node is on a side of its corner where its slope is 0, as relu below 0",
    "corner": "the node is exactly at its corner, where its slope is taken as 0",
    "saturated": "the node is far out, where its slope is nearly 0, as sigmoid's and tanh's",
    "flat": "the node's slope is 0 everywhere, as step's",
    "stationary": "the node's slope is 0 at this point, as at the bottom of a square",
    "zero": "the node multiplies it by 0",
    "infinite": "another input of the node is infinite",
    "unchosen": "the node chose another input, as maximum and where do",
    "cancel": "numbers that are not 0 add up to 0 (or nearly) at the node",
    "tiny": "small factors; the node has the smallest",
    "huge": "large factors; the node has the largest",
    "not_computed": "nothing is wrong, but no backward pass has reached it",
    "fine": "nothing is wrong; the node is the output",
}
"""Every reason, in one word, and what it says of the node."""

SMALL, TINY, HUGE, CANCELLED = 1e-2, 1e-6, 1e6, 1e-9
"""Below a hundredth, a saturated unit is worth a word; the others say what is tiny, huge, or a sum of nearly 0."""


class Why:
    """Why a gradient is what it is; ``str()`` gives the sentence.

    Attributes:
        reason: one word, a key of ``REASONS``.
        node: the Value to blame.
        text: the sentence.
        gradient: d(output)/d(wrt); None where there is none.

    >>> from autograd import Value, why
    >>> x = Value(0.0, name="x")
    >>> why(x.relu(), x)
    <Why 'corner': ∂v1/∂x = 0, for v1 = relu(x) is exactly at its corner, x = 0: ...>
    """

    def __init__(self, reason: str, node: Value, text: str, gradient: Any = None) -> None:
        self.reason, self.node, self.text, self.gradient = reason, node, text, gradient

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Why {self.reason!r}: {self.text}>"


def find(output: Value, wrt: Value | str | None, grad: Any, digits: int) -> Why:
    """What :func:`autograd.why` gives."""
    if not isinstance(output, Value) or not isinstance(wrt, Value | str):
        given = "only one" if wrt is None else repr(wrt if isinstance(output, Value) else output)
        two = "the output and the one whose gradient is in question, as in why(loss, w)"
        raise TypeError(f"why takes two Values, {two}; got {given}")
    lesson = Lesson(output, grad, digits)
    wrt = lesson.asked(wrt)
    assert isinstance(wrt, Value)
    if wrt not in lesson.gradients:
        return Why(*_no_path(lesson, wrt))
    head = equation(lesson.symbol(wrt), lesson.number(lesson.gradients[wrt]))
    if not wrt.requires_grad:
        text = f"{lesson.names[wrt]} is a constant, and constants keep no gradient: make it Value(..., requires_grad=True)."
        return Why("constant", wrt, f"{text} By the chain rule it would be {head}.")
    for look in LOOKS:
        blame = look(lesson, wrt)
        if blame is not None:
            reason, node, words = blame
            healthy = "Nothing is wrong: " if reason == "not_computed" else ""
            return Why(reason, node, f"{healthy}{head}{words}", lesson.gradients[wrt])
    return Why("fine", output, f"Nothing is wrong: {head}. {along(lesson, wrt)}", lesson.gradients[wrt])


def _no_path(lesson: Lesson, wrt: Value) -> Blame:
    root = lesson.root
    name = visible(wrt.name) if wrt.name is not None else f"this Value ({lesson.number(wrt.data)})"
    output, twin = lesson.names[root], lesson.twin(wrt)
    twins = [v for v in lesson.order if v.op is None and not v.requires_grad and (v.name, v.data) == (wrt.name, wrt.data)]
    if not wrt.requires_grad and wrt.name is not None:
        return "constant", wrt, f"{name} is a constant, and {output} was not computed from it either."
    if twins and wrt.name is not None:
        return "no_path", twins[0], f"{output} was computed from a constant copy of {name}, made by detach() or no_grad()."
    if root in nodes(wrt):
        return "no_path", root, f"{name} was computed from {output}, not {output} from {name}: exchange the two."
    if root.op is None:
        return "no_path", root, f"{output} is a leaf, not computed from {name}: was it made in no_grad(), or from .data?"
    return "no_path", root, f"No path leads from {name} to {output}, which was computed without it, or from its .data{twin}."


# ---------------------------------------------------------------------------------- looks: a blame, or None to go on


def _cancelled(lesson: Lesson, wrt: Value) -> Blame | None:
    parts = sum([abs(to_float(s.number)) for s in lesson.shares[wrt]])
    if abs(to_float(lesson.gradients[wrt])) >= CANCELLED * parts:
        return None
    return "cancel", wrt, f", for its contributions nearly cancel: {total(lesson, wrt)}."


def _weak(lesson: Lesson, wrt: Value) -> Blame | None:
    """A gradient that is small for a saturated unit, or for many small factors."""
    size, given = abs(to_float(lesson.gradients[wrt])), abs(to_float(lesson.seed))
    path = strongest(lesson, wrt)
    if size >= SMALL * given or not path:
        return None
    for s in path:
        steepest = Probe(s.child, s.position).steepest()
        if steepest is not None:
            words = f"its slope is {lesson.number(s.local)} at {point(lesson, s.child)}, and {lesson.number(steepest)}"
            return "saturated", s.child, f", for {made(lesson, s.child)} is saturated: {words} where it is steepest."
    if size >= TINY * given:
        return None
    least = min(path, key=lambda s: abs(to_float(s.local)))
    return "tiny", least.child, f", for {_factors(lesson, path, least, 'small', 'smallest')} {along(lesson, wrt)}"


def _huge(lesson: Lesson, wrt: Value) -> Blame | None:
    path = strongest(lesson, wrt)
    if abs(to_float(lesson.gradients[wrt])) <= HUGE * abs(to_float(lesson.seed)) or not path:
        return None
    most = max(path, key=lambda s: abs(to_float(s.local)))
    beyond = Probe(most.child, most.position).beyond_pole()
    if beyond is not None:
        who = f"{made(lesson, most.child)} is next to a pole{at(lesson, most.child, ', at')}"
        jump = f"its value jumps from {lesson.number(most.child.data)} to {lesson.number(beyond)} at the next float"
        return "pole", most.child, f", for {who}: {jump}."
    return "huge", most.child, f", for {_factors(lesson, path, most, 'large', 'largest')} {along(lesson, wrt)}"


def _factors(lesson: Lesson, path: list[Share], s: Share, size: str, most: str) -> str:
    """The factors on the way, of which one is named."""
    if len(path) == 1:
        return f"its one factor is {size}: {local(lesson, s)}{at(lesson, s.child, ', at')}."
    return f"{size} factors meet. The {most} is {local(lesson, s)}."


def _not_computed(lesson: Lesson, wrt: Value) -> Blame | None:
    if wrt.grad is not None:
        return None
    name, given = lesson.names[wrt], "" if lesson.seed == 1 else lesson.number(lesson.seed)
    words = f"{name}.grad is None only because no backward pass has reached {name} yet"
    return "not_computed", wrt, f". {words}: call backward({given}) of {lesson.names[lesson.root]}."


LOOKS = (not_finite, blocked, _cancelled, _weak, _huge, _not_computed)
