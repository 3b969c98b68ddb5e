"""pow: 2 to the power of y·log₂|x|, which therefore must be known to some 64 bits.

So each number here is in two pieces, as computed and what rounding took from it: the error of a sum or a product is itself a
float, and exact (Knuth, Dekker).
"""

from __future__ import annotations

from math import inf
from typing import Final

from .exponentials import WHOLE, beyond, scaled
from .lanes import Vector, fma, polynomial, within
from .logarithms import NORMAL, split

THIRD: Final = (1 / 3, 1.850371707708594e-17)
TWO_LOG2E: Final = (2.8853900817779268, 4.0710547481862066e-17)
LN2: Final = (0.6931471805599453, 2.3190468138462996e-17)
"""1/3, 2 / ln 2 and ln 2 in two pieces: as rounded, and the rest."""

ATANH: Final = [1 / (2 * n + 1) for n in range(2, 13)]
"""1/5, 1/7, …: the series of the logarithm from its third term on."""

LARGE: Final = 2.0**31
"""Larger exponents are left to C."""

Pieces = tuple[Vector, Vector]


def pow(x: Vector, y: Vector) -> Vector:
    """2ᵏ·2ʳ, with the sign of x if y is odd. Zeros, subnormal numbers, infinities, nans and roots of x < 0 are left to C."""
    size = abs(x)
    high, low = _log2(size)
    power = y * high
    lost = fma(y, high, -power) + y * low
    power = within(-1100, power, 1100)
    counted = power + WHOLE
    k = counted - WHOLE
    r, rest = _plus(*_times((power - k, lost), LN2), 0)
    result = scaled(r + beyond(r, rest) + 1, counted, k)
    whole = y + WHOLE
    signed = (result.bits ^ ((whole.bits << 63) & x.bits)).floats
    common = (size > NORMAL) & (size < inf) & (abs(y) < LARGE) & ((x > 0) | (whole - WHOLE).equals(y))
    return x.lanes.left_to_c("pow", x, y, unless=common, result=signed)


def _log2(x: Vector) -> Pieces:
    """k + 2/ln 2·(s + s³/3 + s⁵/5 + …), with s = f / (2 + f), of x = 2ᵏ·(1 + f)."""
    k, f = split(x)
    d = f + 2
    inverse = 1 / d
    s = f * inverse
    s_rest = (fma(-s, d, f) - s * (f - (d - 2))) * inverse
    z = _times((s, s_rest), (s, s_rest))
    series = _plus(THIRD[0], z[0] * polynomial(z[0], ATANH), THIRD[1])
    cube = _times((s, s_rest), _times(z, series))
    atanh = _plus(s, cube[0], cube[1] + s_rest)
    fraction = _times(atanh, TWO_LOG2E)
    return _plus(k, fraction[0], fraction[1])


def _times(a: Pieces, b: Pieces | tuple[float, float]) -> Pieces:
    """A product, but for the product of the rests."""
    product = a[0] * b[0]
    return product, fma(a[0], b[0], -product) + fma(a[0], b[1], a[1] * b[0])


def _plus(a: Vector | float, b: Vector, rest: Vector | float) -> Pieces:
    """A sum, of which a is the greater number, or 0."""
    total = b + a
    return total, (a - total) + b + rest
