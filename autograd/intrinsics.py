"""The functions that operations are written with, on plain numbers: int, float and Fraction.

Every function here keeps two promises:

* **Exact stays exact.** Python's own rules decide the kind of a result (``2 * 3`` is an int). Where a Fraction has no
  exact result, the function raises a ``TypeError`` that names the remedy.
* **Floats follow IEEE 754.** ``exp(1000)`` is inf, ``1 / 0`` is inf, ``log(-1)`` is nan; nothing raises. Python raises in
  these places, so a formula runs bare first (which costs nothing) and, if it raised, once more on :class:`Ieee` numbers.

Any other kind of number (text, an array) that is passed in answers for itself, through its methods ``intrinsic(name)``
and, for a condition, ``where(a, b)``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import copysign, inf, isqrt, nan
from numbers import Integral, Rational, Real
from types import NoneType
from typing import Any

Number = int | float | Fraction

ERRORS = (ArithmeticError, ValueError)
"""What Python raises where IEEE 754 has an answer."""


def checked(x: Any) -> Number:
    """``x`` as an int, a float or a Fraction; a ``TypeError`` that names the remedy for everything else.

    bools and NumPy scalars count as the numbers they are.

    >>> checked(True), checked(0.5)
    (1, 0.5)
    """
    if type(x) is float or type(x) is int or type(x) is Fraction:
        number: Number = x
        return number
    if isinstance(x, Integral):
        return int(x)
    if isinstance(x, Rational):
        return Fraction(int(x.numerator), int(x.denominator))
    if isinstance(x, Real):
        return float(x)
    kind = type(x)
    if kind.__module__ == "numpy" and getattr(x, "shape", None) == ():
        return checked(x.item())  # numpy.bool is not registered as a number
    shown = repr(x) if isinstance(x, (str, complex, NoneType)) and len(repr(x)) < 40 else f"a {kind.__name__}"
    raise TypeError(f"expected an int, a float or a Fraction, got {shown}: {_remedy(x)}")


def _remedy(x: Any) -> str:
    if isinstance(x, str):
        return "convert it first, for example with float(...)"
    if x is None:
        return "is a return statement, or a call of backward(), missing?"
    if isinstance(x, complex):
        return "complex numbers are not differentiated here; use .real and .imag as two values"
    if hasattr(x, "__len__"):
        return "Values are scalars; apply the operation to each element, as in [f(v) for v in values]"
    if hasattr(x, "detach"):
        return "use its .data for the bare number, or .detach() for a constant"
    return "convert it first, for example with float(...) or fractions.Fraction(...)"


def shown(x: Number) -> str:
    """``repr(x)``, or the size of a number that is too long for Python to write down.

    >>> shown(0.5), shown(10**5000)
    ('0.5', 'about 2**16609')
    """
    try:
        return repr(x)
    except ValueError:  # only exact numbers are that long
        return _size(x)


def brief(x: Any) -> str:
    """A number as messages say it: ``1/3``, or its size where it is longer than 30 digits or so.

    >>> brief(Fraction(1, 3)), brief(Fraction(1, 10**50))
    ('1/3', 'about 2**-166')
    """
    long = isinstance(x, (int, Fraction)) and x.numerator.bit_length() + x.denominator.bit_length() > 100
    return _size(x) if long else str(x)


def _size(x: Any) -> str:
    return f"about {'-' if x < 0 else ''}2**{x.numerator.bit_length() - x.denominator.bit_length()}"


def to_float(x: Number) -> float:
    """``float(x)``, but an int or Fraction beyond the largest float becomes inf, as IEEE 754 rounds it."""
    try:
        return float(x)
    except OverflowError:
        return inf if x > 0 else -inf


class Ieee(float):
    """A float that answers as IEEE 754 does where Python raises. Formulas run on it after an exception, never before.

    >>> float(1 / Ieee(0)), float(Ieee(-8) ** (1 / 3))
    (inf, nan)
    """

    __slots__ = ()

    def __add__(self, other: Any) -> Ieee:
        return Ieee(float.__add__(self, to_float(other)))

    def __sub__(self, other: Any) -> Ieee:
        return Ieee(float.__sub__(self, to_float(other)))

    def __rsub__(self, other: Any) -> Ieee:
        return Ieee(to_float(other) - float(self))

    def __mul__(self, other: Any) -> Ieee:
        return Ieee(float.__mul__(self, to_float(other)))

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Ieee:
        return Ieee(-float(self))

    def __abs__(self) -> Ieee:
        return Ieee(abs(float(self)))

    def __truediv__(self, other: Any) -> Ieee:
        x, y = float(self), to_float(other)
        if y:
            return Ieee(x / y)
        return Ieee(nan if x == 0 or x != x else copysign(inf, x) * copysign(1, y))

    def __rtruediv__(self, other: Any) -> Ieee:
        return Ieee(to_float(other)) / self

    def __pow__(self, other: Any, _: None = None) -> Ieee:
        x, y = float(self), to_float(other)
        try:
            z: Any = x**y
        except (OverflowError, ZeroDivisionError):
            z = copysign(inf, x) if y % 2 == 1 else inf
        return Ieee(nan if isinstance(z, complex) else z)

    def __rpow__(self, other: Any, _: None = None) -> Ieee:
        return Ieee(to_float(other)) ** self


def ieee(formula: Callable[..., Any], args: Sequence[Number]) -> Any:
    """``formula(*args)`` once more, on numbers that do not raise. Fractions have no infinity: they keep the exception.

    >>> ieee(lambda x, y: x / y, (1, 0))
    inf
    """
    if any(isinstance(a, Fraction) for a in args) and not any(isinstance(a, float) for a in args):
        raise ZeroDivisionError(
            f"no exact result at ({', '.join(map(brief, args))}): fractions have no infinity; use floats, which do"
        )
    z = formula(*[Ieee(to_float(a)) for a in args])
    return tuple(map(float, z)) if type(z) is tuple else float(z)


_POLES: dict[tuple[str, float], float] = {("log", 0): -inf, ("log2", 0): -inf, ("log10", 0): -inf, ("log1p", -1): -inf}


def _intrinsic(name: str) -> Callable[[Any], Any]:
    """A function of ``math``, for every kind of number."""
    on_float = getattr(math, name)

    def call(x: Any) -> Any:
        if type(x) is float:
            return on_float(x)
        if hasattr(x, "intrinsic"):
            return x.intrinsic(name)
        if isinstance(x, Fraction):
            raise TypeError(
                f"{name}({brief(x)}) has no exact result: use a float, {name}({to_float(x)!r}), or leave exact arithmetic"
            )
        if type(x) is not Ieee:
            return on_float(x)  # may raise: the caller then runs the formula again, on Ieee numbers
        try:
            return Ieee(on_float(x))
        except OverflowError:
            return Ieee(copysign(inf, x) if name == "sinh" else inf)
        except ValueError:
            return Ieee(_POLES.get((name, x), nan))

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"``math.{name}`` for any kind of number."
    return call


exp, expm1, log, log1p, log2, log10 = map(_intrinsic, ("exp", "expm1", "log", "log1p", "log2", "log10"))
sin, cos, tan, asin, acos, atan = map(_intrinsic, ("sin", "cos", "tan", "asin", "acos", "atan"))
sinh, cosh, tanh, erf = map(_intrinsic, ("sinh", "cosh", "tanh", "erf"))
_float_sqrt = _intrinsic("sqrt")


def sqrt(x: Any) -> Any:
    """The square root; exact for a Fraction that is a square.

    >>> sqrt(Fraction(9, 4)), sqrt(2.25)
    (Fraction(3, 2), 1.5)
    """
    if isinstance(x, Fraction) and x >= 0:
        root = Fraction(isqrt(x.numerator), isqrt(x.denominator))
        if root * root == x:
            return root
    return _float_sqrt(x)


def where(condition: Any, a: Any, b: Any) -> Any:
    """``a`` where the condition holds, else ``b``. Both are already computed: formulas choose, they do not branch."""
    if type(condition) is bool:
        return a if condition else b
    return condition.where(a, b) if hasattr(condition, "where") else a if condition else b


def nonzero(x: Any) -> Any:
    """The condition that ``x`` is not 0 (a nan is not)."""
    return x.is_nonzero() if hasattr(x, "is_nonzero") else bool(x)


def power(x: Any, y: Any) -> Any:
    """``x ** y``; nan instead of a complex number, an error instead of a silent float where a Fraction was given."""
    if type(x) is Fraction and type(y) is Fraction and y.denominator == 2:
        return sqrt(x) ** y.numerator
    z = x**y
    if type(z) is complex:
        return nan
    if type(z) is float and (type(x) is Fraction or type(y) is Fraction) and type(x) is not float and type(y) is not float:
        raise TypeError(f"({brief(x)})**({brief(y)}) has no exact result: use a float, as in {to_float(x)!r}**({brief(y)})")
    return z


def unit(like: Any) -> Any:
    """1 in the number system of ``like``, so that ``unit(z) / 3`` is exact where z is.

    >>> unit(Fraction(1, 2)) / 3, unit(0.5) / 4
    (Fraction(1, 3), 0.25)
    """
    if type(like) is float:
        return 1
    if hasattr(like, "lift"):  # a kind of number with more digits than floats
        return like.lift(1)
    return Fraction(1) if type(getattr(like, "data", like)) is Fraction else 1
