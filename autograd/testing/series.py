"""A number with an infinitesimal: what a function does right beside a point, from its values alone.

``Series(a, b, c)`` stands for ``a + b·ε + c·ε²``, with ε positive and smaller than every number. A row's *value* runs on
it as on any number, and the result's b is the slope, c half the second derivative. No slope of any row is asked, so this
is an independent witness. Comparisons look at ε where numbers are equal; at a corner, ε and -ε give its two slopes.

The parts of a series are exact Fractions, or mpmath's numbers of many digits, where functions such as exp are known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Protocol

from ..op import Op

MOST_BITS = 40_000
"""Fractions with longer numerators are given up: mpmath goes on."""


class Unknown(Exception):
    """No series here: outside the domain, at a pole, or at a point where a root or power has no series."""


class Irrational(Exception):
    """Not a function of + - × ÷ alone, or one whose fractions grow too long."""


class Field(Protocol):
    """The numbers that parts of a series are; ``tie`` says that ε decided a comparison."""

    tie: bool

    def number(self, x: Any) -> Any:
        """A plain number as one of these."""

    def function(self, name: str, x: Any) -> tuple[Any, Any, Any]:
        """Value, slope and half the second derivative of an intrinsic."""

    def power(self, x: Any, c: Any) -> tuple[Any, Any, Any]:
        """The same of x**c, for an exponent that is no whole number."""


class Rationals:
    """Exact fractions."""

    def __init__(self) -> None:
        self.tie = False

    def number(self, x: Any) -> Fraction:
        """``x``, exactly; floats are fractions, too."""
        try:
            exact = Fraction(x)
        except (ValueError, OverflowError):
            raise Unknown(f"{x} is no fraction") from None
        if exact.numerator.bit_length() + exact.denominator.bit_length() > MOST_BITS:
            raise Irrational
        return exact

    def function(self, name: str, x: Any) -> tuple[Any, Any, Any]:
        """There are none."""
        raise Irrational

    def power(self, x: Any, c: Any) -> tuple[Any, Any, Any]:
        """There are none."""
        raise Irrational


class Series:
    """a + b·ε + c·ε²: a kind of number on which rows run.

    >>> from autograd.ops import activations
    >>> field = Rationals()
    >>> y = activations.relu(Series(0, 1, 0, field)) * 3          # just above the corner at 0
    >>> y.a, y.b, field.tie
    (Fraction(0, 1), Fraction(3, 1), True)
    """

    __slots__ = ("a", "b", "c", "field")

    def __init__(self, a: Any, b: Any, c: Any, field: Field) -> None:
        self.field = field
        self.a, self.b, self.c = field.number(a), field.number(b), field.number(c)

    def _with(self, parts: tuple[Any, Any, Any]) -> Series:
        return Series(*parts, self.field)

    def lift(self, x: Any) -> Series:
        """A plain number as a series of the same field."""
        return x if isinstance(x, Series) else Series(x, 0, 0, self.field)

    def _compose(self, parts: tuple[Any, Any, Any]) -> Series:
        """g(self), given g's value, slope and half its second derivative at a."""
        value, slope, half = parts
        return self._with((value, slope * self.b, slope * self.c + half * self.b * self.b))

    # the three hooks of a kind of number
    def apply(self, op: Op, args: Sequence[Any]) -> Any:
        """An operation is its row's value."""
        return op.value(*[self.lift(a) for a in args])

    def intrinsic(self, name: str) -> Series:
        """A function of ``math``, by name."""
        return self._compose(self.field.function(name, self.a))

    def is_nonzero(self) -> bool:
        """Whether it differs from 0, be it by an infinitesimal."""
        return bool(self._sign() != 0)

    def __add__(self, other: Any) -> Series:
        o = self.lift(other)
        return self._with((self.a + o.a, self.b + o.b, self.c + o.c))

    def __neg__(self) -> Series:
        return self._with((-self.a, -self.b, -self.c))

    def __sub__(self, other: Any) -> Series:
        return self + -self.lift(other)

    def __rsub__(self, other: Any) -> Series:
        return self.lift(other) - self

    def __mul__(self, other: Any) -> Series:
        o = self.lift(other)
        return self._with((self.a * o.a, self.a * o.b + self.b * o.a, self.a * o.c + self.b * o.b + self.c * o.a))

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Any) -> Series:
        o = self.lift(other)
        if not o.a:
            raise Unknown("a pole")
        a = self.a / o.a
        b = (self.b - a * o.b) / o.a
        return self._with((a, b, (self.c - a * o.c - b * o.b) / o.a))

    def __rtruediv__(self, other: Any) -> Series:
        return self.lift(other) / self

    def __pow__(self, other: Any) -> Series:
        o = self.lift(other)
        if o.b or o.c:
            if not self.a > 0:
                raise Unknown("a power with a changing exponent, of a number that is not positive")
            return (o * self.intrinsic("log")).intrinsic("exp")
        if o.a == int(o.a) and abs(o.a) < 1024:
            return self._whole_power(int(o.a))
        if not self.a > 0:
            raise Unknown("a fractional power of a number that is not positive")
        return self._compose(self.field.power(self.a, o.a))

    def _whole_power(self, n: int) -> Series:
        z = self.lift(1)
        for bit in bin(abs(n))[2:]:
            z = z * z * self if bit == "1" else z * z
        return z if n >= 0 else 1 / z

    def __rpow__(self, other: Any) -> Series:
        return self.lift(other) ** self

    def __abs__(self) -> Series:
        return -self if self._sign() < 0 else self

    def _sign(self) -> Any:
        """The first part that is not 0 decides."""
        if not self.a and (self.b or self.c):
            self.field.tie = True
        return self.a or self.b or self.c

    def __gt__(self, other: Any) -> bool:
        return bool((self - other)._sign() > 0)

    def __lt__(self, other: Any) -> bool:
        return bool((self - other)._sign() < 0)

    def __ge__(self, other: Any) -> bool:
        return bool((self - other)._sign() >= 0)

    def __le__(self, other: Any) -> bool:
        return bool((self - other)._sign() <= 0)


def along(function: Callable[[Sequence[Any]], Any], point: Sequence[Any], direction: Sequence[Any], field: Field) -> Series:
    """``function(point + ε·direction)``.

    >>> z = along(lambda xs: xs[0] * xs[1], [2, 3], [1, 0], Rationals())
    >>> z.a, z.b
    (Fraction(6, 1), Fraction(3, 1))
    """
    z = function([Series(x, d, 0, field) for x, d in zip(point, direction, strict=True)])
    return z if isinstance(z, Series) else Series(z, 0, 0, field)
