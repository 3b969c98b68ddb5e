"""Numbers whose exponent has no end: what a graph's values would be if floats neither underflowed nor overflowed.

A row runs on these as it runs on text: they are one more kind of number. The standard library's decimals do the work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from fractions import Fraction
from functools import lru_cache, reduce
from math import nan
from operator import add
from typing import Any

from .. import intrinsics
from ..intrinsics import ERRORS, Ieee
from ..op import Op
from ..precise import TWO_OVER_SQRT_PI

EXACT, SERIES, FLOAT = 1900, 40, 13
"""How many digits can be relied on: of arithmetic, of exp and its kin, of what only floats have, such as sin.

The sum of any two floats is exact: they lie within 632 powers of ten, and none has more than 767 digits.
"""
FAINT = Decimal("1e-20")
"""Below this, sin(x) and its like are x."""
BEYOND = 10**15
"""No exponent that was computed as it should is larger."""
_arithmetic = Context(prec=EXACT + 100, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])
_series = Context(prec=SERIES + 20, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])
_TINIEST, _LARGEST = Decimal((0, (1,), MIN_EMIN)), Decimal((0, (9,), MAX_EMAX))

_SERIES: dict[str, Callable[[Decimal], Decimal]] = {
    "exp": _series.exp,
    "expm1": lambda x: _series.subtract(_series.exp(x), 1),
    "log": _series.ln,
    "log2": lambda x: _series.divide(_series.ln(x), _series.ln(2)),
    "log10": _series.log10,
    "log1p": lambda x: _series.ln(_arithmetic.add(x, 1)),
    "sqrt": _series.sqrt,
    "sinh": lambda x: _series.divide(_series.subtract(_series.exp(x), _series.exp(x.copy_negate())), 2),
    "cosh": lambda x: _series.divide(_series.add(_series.exp(x), _series.exp(x.copy_negate())), 2),
    "tanh": lambda x: _tanh(_series.exp(_series.multiply(-2, x.copy_abs()))).copy_sign(x),
}
FLOATS_ONLY = (TypeError, AttributeError, *ERRORS)
"""What a row raises that is written for floats and nothing else."""
_LIKE_X = ("expm1", "log1p", "sinh", "tanh", "sin", "tan", "asin", "atan")
"""Functions that are x near 0."""


class Wide:
    """A number of any size. Of a sum that is smaller than the digits to rely on, nothing is left: it is 0.

    >>> tiny = Wide.of(1e-200) * 1e-200
    >>> float(tiny), tiny.is_real, float(tiny * 1e200), (1 + tiny - 1).is_real
    (0.0, True, 1e-200, True)
    """

    __slots__ = ("digits", "number")

    def __init__(self, number: Decimal, digits: int = EXACT) -> None:
        self.number, self.digits = number, digits

    @classmethod
    def of(cls, x: Any, digits: int = EXACT) -> Wide:
        """A number of any kind as a wide one."""
        if isinstance(x, Wide):
            return x
        if isinstance(x, Fraction):
            return cls(_arithmetic.divide(x.numerator, x.denominator), digits)
        return cls(_arithmetic.create_decimal(x), digits)

    @property
    def is_real(self) -> bool:
        """Whether it is not 0, infinite or nan."""
        return bool(self.number) and self.number.is_finite()

    @property
    def is_pole(self) -> bool:
        """Whether it is infinite, and not just to floats."""
        return self.number.is_infinite() and self.digits > FLOAT

    @property
    def is_beyond(self) -> bool:
        """Whether it stands for all numbers that even a decimal is too small for, or too large."""
        return self.is_real and not -BEYOND < self.number.adjusted() < BEYOND

    def __float__(self) -> float:
        return float(self.number)

    def __bool__(self) -> bool:
        return bool(self.number)

    def _with(self, other: Any, work: Callable[[Decimal, Decimal], Decimal], digits: int = EXACT) -> Wide:
        other = Wide.of(other)
        a, b = self.number, other.number
        return Wide(_kept(work(a, b), a, b), min(self.digits, other.digits, digits))

    def __add__(self, other: Any) -> Wide:
        other = Wide.of(other)
        a, b, digits = self.number, other.number, min(self.digits, other.digits)
        total = _arithmetic.add(a, b)
        if a and b and total.is_finite() and total.adjusted() < max(a.adjusted(), b.adjusted()) - digits:
            total = Decimal(0)
        return Wide(total, digits)

    def __sub__(self, other: Any) -> Wide:
        return self + -Wide.of(other)

    def __rsub__(self, other: Any) -> Wide:
        return Wide.of(other) - self

    def __mul__(self, other: Any) -> Wide:
        return self._with(other, _arithmetic.multiply)

    def __truediv__(self, other: Any) -> Wide:
        return self._with(other, _arithmetic.divide)

    def __rtruediv__(self, other: Any) -> Wide:
        return Wide.of(other) / self

    def __pow__(self, other: Any) -> Wide:
        y = Wide.of(other)
        if not y:
            return Wide.of(1)
        whole = y.number.is_finite() and y.number == y.number.to_integral_value()
        return self._with(y, _arithmetic.power) if whole else self._with(y, _series.power, SERIES)

    def __rpow__(self, other: Any) -> Wide:
        return Wide.of(other) ** self

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Wide:
        return Wide(self.number.copy_negate(), self.digits)

    def __abs__(self) -> Wide:
        return Wide(self.number.copy_abs(), self.digits)

    def _order(self, other: Any) -> Decimal:
        return _arithmetic.compare(self.number, Wide.of(other).number)  # nan where one is nan

    def __lt__(self, other: Any) -> bool:
        return self._order(other) == -1

    def __gt__(self, other: Any) -> bool:
        return self._order(other) == 1

    def __le__(self, other: Any) -> bool:
        return self._order(other) in (-1, 0)

    def __ge__(self, other: Any) -> bool:
        return self._order(other) in (0, 1)

    def intrinsic(self, name: str) -> Wide:
        """A function of ``math``, by name; one that only floats have has no more than their digits."""
        x = self.number
        if abs(self) < FAINT and name in _LIKE_X:
            return self
        if abs(self) < FAINT and name == "erf":
            return self * Wide.of(TWO_OVER_SQRT_PI)
        if name in _SERIES:
            z = _SERIES[name](x)
            return Wide(z if name.startswith("log") else _kept(z, x), min(self.digits, SERIES))
        return Wide.of(float(getattr(intrinsics, name)(Ieee(float(x)))), min(self.digits, FLOAT))

    def apply(self, op: Op, args: Sequence[Any]) -> Wide:
        """A row on wide numbers."""
        return evaluated(op, [Wide.of(a) for a in args])


def evaluated(op: Op, xs: Sequence[Wide]) -> Wide:
    """The value of a row; by floats, where it is written for nothing else."""
    if op.name == "softmax":
        weights = _exponentials(tuple([x.number for x in xs]))
        chosen: Wide = weights[op.params[0]]
        return chosen / reduce(add, weights)
    try:
        z = op.value(*xs)
        return Wide.of(z, FLOAT if isinstance(z, float) else EXACT)
    except FLOATS_ONLY:
        pass
    try:
        return Wide.of(op.evaluate(tuple(map(float, xs))), FLOAT)
    except ERRORS:
        return Wide.of(nan)


def _kept(z: Decimal, *inputs: Decimal) -> Decimal:
    """A result; where it leaves even the range of decimals it becomes their largest or smallest number."""
    if not all(x.is_finite() for x in inputs) or not all(inputs):
        return z
    return _LARGEST.copy_sign(z) if z.is_infinite() else z or _TINIEST.copy_sign(z)


def _tanh(e: Decimal) -> Decimal:
    return _arithmetic.divide(_arithmetic.subtract(1, e), _arithmetic.add(1, e))


@lru_cache(maxsize=4)
def _exponentials(numbers: tuple[Decimal, ...]) -> list[Wide]:
    """What softmax divides by its sum, computed once for all outputs of one point."""
    top = Wide(reduce(_arithmetic.max, numbers))
    return [(Wide(x) - top).intrinsic("exp") for x in numbers]
