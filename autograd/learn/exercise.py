"""Answers to exercises, checked: right, or what may have gone wrong, without giving the answer away."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any, NamedTuple

from ..intrinsics import to_float
from ..value import Value
from .numerals import NOTHING, near, off, read


class Verdict(NamedTuple):
    """What :func:`check` found; true where the answer is right, and shown as a sentence."""

    right: bool
    text: str

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return self.text


def check(answer: Any, right: Any, close: float | None = None) -> Verdict:
    """Compare an answer with the right one, and say what is wrong with it, without saying what is right.

    Args:
        answer: a number, also as text such as ``"1/4"`` or ``"0,5"``; a word; or a list of them; ``...`` for none yet.
        right: the same of the right answer; Values count by their data.
        close: the relative distance that rounding may cost; default: what is right in its first 3 digits is right.

    >>> check(..., 15)
    Write your answer in place of the dots, and run this cell again.
    >>> check(15, 15)
    Right.
    >>> check(-15, 15)
    Not yet: -15 has the right size, but not the right sign.
    >>> check([15, 9], [15, 10])
    Not yet: number 2 of your answer, 9, is too small.
    >>> check("1/4", 0.25), check(-0.0288, -0.028846), check(0.62, 0.6225)
    (Right., Right., Not yet: 0.62 is rounded too far: give at least 3 digits.)
    """
    if answer is ...:
        return Verdict(False, "Write your answer in place of the dots, and run this cell again.")
    answer, right = _plain(answer), _plain(right)
    if not isinstance(right, list):
        return _verdict(repr(answer), fault(answer, right, close))
    if not isinstance(answer, list) or len(answer) != len(right):
        return Verdict(False, f"The answer is a list of {len(right)}: you gave {answer!r}.")
    faults = [fault(mine, true, close) for mine, true in zip(answer, right)]
    k = next((k for k, fault in enumerate(faults) if fault), 0)
    return _verdict(f"number {k + 1} of your answer, {answer[k]!r},", faults[k]) if faults else _verdict("", None)


def _plain(x: Any) -> Any:
    if isinstance(x, (list, tuple)):
        return [_plain(item) for item in x]
    x = x.data if isinstance(x, Value) else x
    return x.strip().lower() if isinstance(x, str) else x


def _verdict(what: str, fault: str | None) -> Verdict:
    return Verdict(fault is None, "Right." if fault is None else f"Not yet: {what} {fault}.")


def fault(answer: Any, right: Any, close: float | None) -> str | None:
    """What is wrong with one number or word; None if nothing is."""
    if not isinstance(right, Real) or isinstance(right, bool):
        return None if answer == right else "is not it"
    number, true = _number(answer), _number(right)
    if number is None or true is None:
        return "is not a number"
    a, b = to_float(number), to_float(true)
    if near(a, b) if close is None else math.isclose(a, b, rel_tol=close, abs_tol=min(close * 1e-3, NOTHING)):
        return None
    return off(number, true)


def _number(x: Any) -> Any:
    """A number, also one that is infinite, or written as text."""
    if isinstance(x, str):
        try:
            return read(x)
        except ValueError:
            return None
    return x if isinstance(x, Real) and not isinstance(x, bool) and x == x else None
