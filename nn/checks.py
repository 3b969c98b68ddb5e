"""Numbers that callers give: checked once, in one set of words."""

from __future__ import annotations

import math
from typing import Any

from autograd import Value


def finite(what: str, number: Any) -> float:
    """The number as a float, also out of a Value.

    Raises:
        TypeError: it is no number.
        ValueError: it is inf or nan, or beyond all floats.

    >>> finite("height", Value(3))
    3.0
    """
    try:
        found = float((number if isinstance(number, Value) else Value(number)).data)
    except TypeError as error:
        raise TypeError(f"{what}: {error}") from None
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise ValueError(f"{what} must be a finite number, got {found!r}")
    return found


def interval(low: Any, high: Any, names: tuple[str, str] = ("low", "high")) -> tuple[float, float]:
    """Both ends of a range as floats.

    Raises:
        ValueError: an end that is not finite, or a range that is empty or upside down.

    >>> interval(0, 1)
    (0.0, 1.0)
    """
    low, high = finite(names[0], low), finite(names[1], high)
    if not low < high:
        raise ValueError(f"{names[0]} must be below {names[1]}, got {low!r} and {high!r}")
    return low, high


def whole(what: str, number: Any, least: int = 1) -> int:
    """A whole number that is not too small.

    Raises:
        ValueError: it is not whole, or below the least.

    >>> whole("bumps", 8)
    8
    """
    if isinstance(number, bool) or not hasattr(number, "__index__") or number < least:
        raise ValueError(f"{what} is a whole number of {least} or more, got {number!r}")
    return int(number.__index__())
