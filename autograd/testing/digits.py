"""mpmath's numbers as parts of a series: functions such as exp to as many digits as a question needs."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import inf
from typing import Any

from .series import Unknown

PRECISIONS = (170, 640, 1280, 1440)
"""Bits. 170 are 50 digits; two precisions in turn must agree, or the next is asked (in tails, where digits cancel)."""
LEAST = Fraction(1, 2**1150)
"""Far below all floats. What seems to be 0 is believed only at the highest precision: it may be what cancelling left."""
CANCELLED = Fraction(1, 2 ** (PRECISIONS[1] - PRECISIONS[0] + 70))
"""What a difference may keep of terms that cancel: an answer has 640 bits at least, and 170 agreed with it in 70."""
HUGE = 2.0**20
"""Beyond this, exp is out of every float's range, and mpmath would need as many bits to say so."""
REMEMBERED = 4096
_known: dict[tuple[str, Any, int], tuple[Any, Any, Any]] = {}  # directions and nodes ask for the same again and again
_FLAT = {"erf": (-1, 1), "tanh": (-1, 1), "exp": (0, None), "expm1": (-1, None), "sinh": (None, None), "cosh": (None, None)}


@lru_cache(maxsize=1)
def context() -> Any:
    """An mpmath context of our own, so that nobody's precision changes; None where mpmath is not installed."""
    try:
        from mpmath import MPContext
    except ImportError:
        return None
    return MPContext()


class Digits:
    """Real numbers of ``bits`` bits."""

    def __init__(self, mp: Any, bits: int) -> None:
        self.mp, self.bits, self.tie = mp, bits, False
        mp.prec = bits

    def number(self, x: Any) -> Any:
        """``x`` to this many bits; a complex number, an infinity or a nan has no series."""
        if isinstance(x, Fraction):
            x = self.mp.mpf(x.numerator) / x.denominator
        elif isinstance(x, int | float):
            x = self.mp.mpf(x)
        if isinstance(x, self.mp.mpc) or not self.mp.isfinite(x):
            raise Unknown("not a real number")
        return x

    def function(self, name: str, x: Any) -> tuple[Any, Any, Any]:
        """Value, slope and half the second derivative of an intrinsic, by differences with many spare digits."""
        key = (name, x, self.bits)
        if key not in _known:
            if len(_known) >= REMEMBERED:
                _known.clear()
            _known[key] = self._function(name, x)
        return _known[key]

    def _function(self, name: str, x: Any) -> tuple[Any, Any, Any]:
        if name in _FLAT and (abs(x) > HUGE or (name == "erf" and x * x > min(3 * self.bits, 800))):
            flat = _FLAT[name][int(x > 0)]
            if flat is None:
                raise Unknown("overflow")
            return self.number(flat), self.number(0), self.number(0)
        if name == "log2":
            return self._differences(lambda t: self.mp.log(t) / self.mp.ln2, x)
        return self._differences(getattr(self.mp, name), x)

    def power(self, x: Any, c: Any) -> tuple[Any, Any, Any]:
        """The same of x**c, for x > 0."""
        return self._differences(lambda t: t**c, x)

    def _differences(self, f: Callable[[Any], Any], x: Any) -> tuple[Any, Any, Any]:
        mp, bits = self.mp, self.bits
        h = mp.ldexp(min(abs(x), mp.one) or mp.one, -bits)
        with mp.workprec(3 * bits + 2 * abs(mp.mag(x) if x else 0)):
            below, at, above = [self.number(f(x + d)) for d in (-h, 0, h)]
            slope, half = (above - below) / (2 * h), (above - 2 * at + below) / (2 * h * h)
        return +at, +slope, +half

    def fraction(self, x: Any) -> Any:
        """``x`` exactly; as a float where it is far out of the floats' range."""
        sign, mantissa, exponent, bits = x._mpf_
        if mantissa and exponent + bits > 3000:
            return -inf if sign else inf
        if not mantissa or exponent + bits < -3000:
            return Fraction(0)
        return Fraction(-int(mantissa) if sign else int(mantissa)) * Fraction(2) ** exponent


def agree(x: Any, y: Any) -> bool:
    """Whether two precisions say the same, to far more digits than a float has; what is below all floats is 0."""
    if isinstance(x, float) or isinstance(y, float):
        return bool(x == y)
    return bool(abs(x - y) <= max(abs(y) / 2**70, LEAST))
