"""Numbers as people write them: read from text, and compared with the right ones."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from math import isclose, isfinite
from typing import Any

from ..intrinsics import Number, checked, to_float
from ..value import Value

LONGEST = 40
"""The most signs of a number that is read."""
ENOUGH = 3
"""How many significant digits of a number without end are asked for."""
CLOSE = 1e-3
"""How far, relatively, a number worked out by hand may be off in any case: it was rounded on the way."""
NOTHING = 1e-6
"""How far from 0 counts as 0, where the right number is that small."""
HALF = 1 + 1e-4
"""A number that ends in 5 may be rounded up and down, also where the computer has it a little more or less."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]+/[0-9]+|(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]{1,3})?)")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+|(?:,[0-9]{3})+)")
_REMEDY = "is not a number: write 2, −0.5 or 1/3"


def readings(x: Any) -> tuple[Number, ...]:
    """What a number may mean, as people and programs write it: a Value, an int, a float, a fraction, or text such as
    ``−2/3``, ``0,5``, ``.5`` or ``$4$``; first what it says with a decimal point. ``1,000`` is 1 or 1000.

    None, ``...`` and empty text are no number yet: (). A ValueError for all else, and for what is too long to be meant.

    >>> readings("−2 / 3"), readings(" 0,5 "), readings("1,000"), readings("1.000.000"), readings("")
    ((Fraction(-2, 3),), (0.5,), (1.0, 1000), (1000000,), ())
    """
    if x is None or x is ... or (isinstance(x, str) and not x.strip()):
        return ()
    if isinstance(x, str):
        text = re.sub(r"\s+(?=/)|(?<=/)\s+", "", x.strip().strip("$").strip().replace("−", "-"))
        thousands = bool(_THOUSANDS.fullmatch(text))
        ways: list[Number] = [int(re.sub("[.,]", "", text))] if thousands else []
        if not thousands or len(re.findall("[.,]", text)) == 1:
            if len(text) > LONGEST or not _NUMBER.fullmatch(text) or re.search("/0+$", text):
                raise ValueError(f"{x if len(x) <= LONGEST else x[:LONGEST] + '…'!r} {_REMEDY}")
            whole = text.lstrip("+-").isdigit()
            ways.insert(0, Fraction(text) if "/" in text else int(text) if whole else float(text.replace(",", ".")))
        return tuple(map(_finite, ways))
    if isinstance(x, bool):
        raise ValueError(f"{x} {_REMEDY}")
    try:
        return (_finite(checked(x.data if isinstance(x, Value) else x)),)
    except TypeError:
        raise ValueError(f"a {type(x).__name__} {_REMEDY}") from None


def read(x: Any) -> Number | None:
    """The first of the :func:`readings`, or None where there is no number yet.

    >>> read("1/3"), read("1.000"), read(...)
    (Fraction(1, 3), 1.0, None)
    """
    return next(iter(readings(x)), None)


def fits(x: Number) -> bool:
    """Whether a number can be written down: finite, and of no more than 40 signs."""
    return isfinite(x) if isinstance(x, float) else max(abs(x.numerator), x.denominator) < 10**LONGEST


def _finite(x: Number) -> Number:
    if not fits(x):
        raise ValueError("this number is infinite, or too long to be meant: write one of at most 40 signs")
    return x


def same(answer: Number, right: Number) -> bool:
    """Whether an answer is right: exactly, or where one of the two is a decimal, as far as its first 3 digits tell.

    >>> same(-0.177, -0.17745), same(-0.18, -0.17745), same(0.667, Fraction(2, 3)), same(7, Fraction(701, 100))
    (True, False, True, False)
    """
    if isinstance(answer, float) or isinstance(right, float):
        return near(to_float(answer), to_float(right))
    return bool(answer == right)


def near(answer: float, right: float) -> bool:
    """Whether two floats are one but for rounding by hand: to 3 digits, or by 1 in 1,000."""
    if answer == right or not (isfinite(answer) and isfinite(right)):
        return answer == right
    rounding = 0.5 * 10.0 ** (Decimal(right).adjusted() - ENOUGH + 1) if right else 0.0
    return isclose(answer, right, rel_tol=CLOSE, abs_tol=max(NOTHING, rounding * HALF))


def rounded_too_far(answer: Number, right: Number) -> bool:
    """Whether a decimal is the right one, rounded to fewer than 3 digits.

    >>> rounded_too_far(0.62, 0.6225), rounded_too_far(0.61, 0.6225), rounded_too_far(1, 0.6225)
    (True, False, False)
    """
    if not isinstance(answer, float) or answer == 0 or not isfinite(answer):
        return False
    digits = Decimal(repr(answer)).as_tuple()
    unit = 10.0 ** int(digits.exponent)
    return len(digits.digits) < ENOUGH and abs(answer - to_float(right)) <= 0.5 * unit * (1 + 1e-9)


def off(answer: Number, right: Number) -> str:
    """What is wrong with a number that is not right, in words that do not tell the right one."""
    if rounded_too_far(answer, right):
        return f"is rounded too far: give at least {ENOUGH} digits"
    a, b = to_float(answer), to_float(right)
    if b != 0 and near(-a, b):
        return "has the right size, but not the right sign"
    if a * b < 0:
        return "has neither the right sign nor the right size"
    if b >= 0:
        return "is too small" if a < b else "is too large"
    if a == 0:
        return "is too small in size"
    return "is too near 0" if abs(a) < abs(b) else "is too far from 0"
