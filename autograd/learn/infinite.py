"""Why a gradient is nan or infinite: where that began."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..story import Share
from ..value import Value
from .exact import Exact
from .lesson import Lesson
from .phrases import Blame, at, local, made, multiplication, point, total


def _is_nan(x: Any) -> bool:
    return bool(x != x)


def _is_inf(x: Any) -> bool:
    return isinstance(x, float) and x in (float("inf"), float("-inf"))


class NotFinite(NamedTuple):
    """What may be wrong with a number, and the words for a sum and a product of others that are not."""

    reason: str
    wrong: Callable[[Any], bool]
    sum: str
    product: str


NOT_FINITE = (
    NotFinite("nan", _is_nan, ", for infinite contributions to {} meet: {}.", ", for {} sends back {}, which is nan."),
    NotFinite(
        "overflow",
        _is_inf,
        ", for the contributions to {} have a sum too large for a float: {}.",
        ", for {} sends back {}, a product too large for a float.",
    ),
)


def not_finite(lesson: Lesson, wrt: Value) -> Blame | None:
    """Where a nan or an infinity began."""
    found = next((k for k in NOT_FINITE if k.wrong(lesson.gradients[wrt])), None)
    if found is None:
        return None
    root = lesson.root
    if found.reason == "nan" and _is_nan(root.data):
        return _began(Exact(lesson), root, found)
    v, share = _first(lesson, wrt, found.wrong)
    if v is root:
        return "seed", v, ", for that is what was given at the output."
    if share is None:
        return found.reason, v, found.sum.format(lesson.symbol(v), total(lesson, v))
    exact = Exact(lesson)
    if any(found.wrong(p.data) for p in (share.child, *share.child.parents)):
        return _began(exact, share.child, found)
    if found.wrong(share.local):
        return _slope(exact, share, found)
    words = found.product.format(made(lesson, share.child), multiplication(lesson, share))
    return found.reason, share.child, words + (_before(exact, share.child) if found.reason == "nan" else "")


def _first(lesson: Lesson, wrt: Value, wrong: Callable[[Any], bool]) -> tuple[Value, Share | None]:
    """The gradient nearest to the output that is wrong, and what was sent to it so; None where only the sum is wrong."""
    v = wrt
    while v is not lesson.root:
        share = next((s for s in lesson.shares[v] if wrong(s.number)), None)
        if share is None or not wrong(share.upstream):
            return v, share
        v = share.child
    return v, None


def _began(exact: Exact, v: Value, found: NotFinite) -> Blame:
    """The first node below v, v included, whose value is wrong."""
    lesson, wrong = exact.lesson, found.wrong
    if not wrong(v.data):
        v = next(p for p in v.parents if wrong(p.data))
    while (source := next((p for p in v.parents if wrong(p.data)), None)) is not None:
        v = source
    number = lesson.number(v.data)
    if v.op is None:
        return found.reason, v, f", for {lesson.names[v]} was given as {number}."
    origin = exact.origin(v)
    if origin is not None:
        reason, node, words = exact.loss(origin)
        return reason, node, f", for {words}" + (f" So {made(lesson, v)} became {number}." if node is not v else "")
    if found.reason == "overflow" and exact.values[v].is_pole:
        words = f"is at a pole, {point(lesson, v)}: its value there is {number}, and its slope infinite."
        return "pole", v, f", for {made(lesson, v)} {words}"
    where = f"{made(lesson, v)} is the first that became {number}{at(lesson, v, ', at')}"
    return found.reason, v, f", for {where}.{_before(exact, v)}"


def _slope(exact: Exact, share: Share, found: NotFinite) -> Blame:
    """A slope that is wrong, where no value is."""
    lesson, child, number = exact.lesson, share.child, exact.local(share)
    where = f"{local(lesson, share)}{at(lesson, child, ', at')}"
    if found.reason == "nan":
        return "nan", child, f", for a slope is nan: {where}."
    origin = exact.origin(child, *child.parents)
    if origin is not None:
        reason, node, words = exact.loss(origin)
        return reason, node, f", for {words} So the slope of {made(lesson, child)} became infinite."
    if number.is_real:
        words = f"the slope of {made(lesson, child)}{at(lesson, child)} overflowed: {exact.told(number)}"
        return "overflow", child, f", for {words} is too large for a float."
    words = f"{made(lesson, child)} is at a pole, {point(lesson, child)}: its slope is infinite there"
    return "pole", child, f", for {words}, {local(lesson, share)}."


def _before(exact: Exact, v: Value) -> str:
    """A sentence about the value that was lost before a nan; often there is none."""
    origin = exact.origin(v, *v.parents)
    return "" if origin is None else f" Before that {exact.loss(origin)[2]}"
