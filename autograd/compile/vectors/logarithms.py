"""log and its kin: log, log1p, log2, log10.

All rest on x = 2ᵏ·m with m from √½ to √2, so that log x = k·ln 2 + log m; and with f = m - 1 and s = f / (2 + f)
log m = log((1 + s)/(1 - s)) = 2s + 2s³/3 + 2s⁵/5 + …, whose terms fall fast, as s² < 0.03.
"""

from __future__ import annotations

from math import inf, nan
from typing import Final

from .exponentials import LN2
from .lanes import Vector, fma, polynomial, where

ATANH: Final = [2 / (2 * n + 1) for n in range(1, 11)]
"""2/3, 2/5, …: what follows the last is less than 2⁻⁵⁹ of the sum."""

ONE: Final = 0x3FF0000000000000
ROOT_HALF: Final = 0x3FE6A09E667F3BCD
MANTISSA: Final = 0x000FFFFFFFFFFFFF
"""The bits of 1 and of √½, and those of every mantissa."""

GRID: Final = 2.0**52
GRID_BITS: Final = 0x4330000000000000
"""Its bits, or-ed with a small whole number n, are those of 2⁵² + n."""

NORMAL: Final = 2.0**-1022
"""Numbers below this are subnormal: their exponent bits say nothing."""

LOG2_2, LOG2_E = (1.0, 0.0), (1.4426950408889634, 2.0355273740931033e-17)
LOG10_2, LOG10_E = (0.3010299955494702, 1.1451100898021838e-10), (0.4342944819032518, 1.098319650216765e-17)
"""log 2 and log e to two bases, each in two pieces; of log₁₀ 2 the first has 32 bits, so that k times it is exact."""


def log(x: Vector) -> Vector:
    """k·ln 2 + log m."""
    k, f = split(x)
    return _ends(x, _sum(k, f, k * LN2[1]))


def log1p(x: Vector) -> Vector:
    """log u + rest/u, where u = 1 + x was rounded and lacks the rest."""
    u = x + 1
    part = u - x
    rest = (1 - part) + (x - (u - part))  # exactly what u lacks (Knuth's two-sum)
    k, f = split(u)
    return _ends(u, _sum(k, f, fma(k, LN2[1], rest / u))).signed_as(x)


def log2(x: Vector) -> Vector:
    """k + log m · log₂ e: whole where it should be whole."""
    return _to_base(x, LOG2_2, LOG2_E)


def log10(x: Vector) -> Vector:
    """k·log₁₀ 2 + log m · log₁₀ e."""
    return _to_base(x, LOG10_2, LOG10_E)


def split(x: Vector) -> tuple[Vector, Vector]:
    """k and f of x = 2ᵏ·(1 + f)."""
    small = x < NORMAL
    shifted = where(small, x * 2.0**54, x).bits + (ONE - ROOT_HALF)
    k = ((shifted >> 52) | GRID_BITS).floats - where(small, GRID + 1023 + 54, GRID + 1023)
    return k, ((shifted & MANTISSA) + ROOT_HALF).floats - 1


def _tail(f: Vector) -> tuple[Vector, Vector]:
    """f²/2, and what log(1 + f) is more than f - f²/2: s·(f²/2 + 2s²/3 + 2s⁴/5 + …), as 2s is f - f²/2 + s·f²/2."""
    s = f / (f + 2)
    z = s * s
    half_square = f * 0.5 * f
    return half_square, s * fma(z, polynomial(z, ATANH), half_square)


def _sum(k: Vector, f: Vector, small: Vector) -> Vector:
    """k·ln 2 + log(1 + f), the small terms first."""
    half_square, more = _tail(f)
    return fma(k, LN2[0], f - (half_square - (more + small)))


def _to_base(x: Vector, two: tuple[float, float], e: tuple[float, float]) -> Vector:
    """The logarithm to another base, of which the logarithms of 2 and e are given; each sum in two pieces."""
    k, f = split(x)
    half_square, more = _tail(f)
    high = f - half_square
    low = ((f - high) - half_square) + more
    whole, part = k * two[0], high * e[0]
    total = whole + part
    lost = (whole - total) + part  # exact, as k·log 2 is 0 or the greater of the two
    return _ends(x, total + (lost + fma(k, two[1], fma(high, e[0], -part) + fma(high, e[1], low * e[0]))))


def _ends(x: Vector, y: Vector) -> Vector:
    """y; and what the logarithm is at the ends of its domain, and outside."""
    at_zero = where(x.equals(0), -inf, nan)
    return where((x > 0) & (x < inf), y, where(x.equals(inf), inf, at_zero))
