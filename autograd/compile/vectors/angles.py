"""Functions of angles, and back: sin, cos, tan, atan, asin, acos.

An angle is brought within ±π/4 by taking away k·π/2; the last two bits of k say which of ±sin and ±cos is wanted. A ratio is
brought within ±tan π/8 by the tangent's addition theorem. Taylor's series do the rest.
"""

from __future__ import annotations

from math import factorial
from typing import Final

from .exponentials import WHOLE
from .lanes import Vector, fma, polynomial, where

FAR: Final = 1e4
"""Up to here, k times the first two pieces of π/2 is exact. Beyond, C's functions are called."""

HALF_PI: Final = (1.5707963267941523, 7.443547480380993e-13, 1.0562999066987428e-23)
"""π/2 in three pieces, of 40 and 36 bits and the rest."""

HALF, HALF_REST = 1.5707963267948966, 6.123233995736766e-17
"""π/2 in two pieces: as rounded, and the rest."""

SIN: Final = [(-1) ** n / factorial(2 * n + 1) for n in range(1, 9)]
COS: Final = [(-1) ** n / factorial(2 * n) for n in range(2, 9)]
"""From -r³/3! and from r⁴/4! on: what follows the last is less than 2⁻⁵⁸ of the sum."""

ATAN: Final = [(-1) ** n / (2 * n + 1) for n in range(1, 21)]
"""From -t³/3 on: what follows the last is less than 2⁻⁵⁷ of the sum."""

TAN_PI_8: Final = 0.41421356237309503


def sin(x: Vector) -> Vector:
    """±sin r or ±cos r."""
    k, sin_r, cos_r = _turned(x)
    y = where(x.equals(0), x, _signed(where((k & 1).equals(0), sin_r, cos_r), k))
    return x.lanes.left_to_c("sin", x, unless=abs(x) < FAR, result=y)


def cos(x: Vector) -> Vector:
    """The sine of a quarter turn more."""
    k, sin_r, cos_r = _turned(x)
    y = _signed(where((k & 1).equals(0), cos_r, sin_r), k + 1)
    return x.lanes.left_to_c("cos", x, unless=abs(x) < FAR, result=y)


def tan(x: Vector) -> Vector:
    """sin r / cos r, or after a quarter turn -cos r / sin r."""
    k, sin_r, cos_r = _turned(x)
    even = (k & 1).equals(0)
    y = where(x.equals(0), x, where(even, sin_r, -cos_r) / where(even, cos_r, sin_r))
    return x.lanes.left_to_c("tan", x, unless=abs(x) < FAR, result=y)


def atan(x: Vector) -> Vector:
    """The angle of the ratio |x| to 1."""
    return _angle(abs(x), x.lanes.splat(1)).signed_as(x)


def asin(x: Vector) -> Vector:
    """The angle of the ratio |x| to √(1 - x²)."""
    size = abs(x)
    return _angle(size, _other_side(x)).signed_as(x)


def acos(x: Vector) -> Vector:
    """The angle of the ratio √(1 - x²) to |x|, or what it lacks of π."""
    angle = _angle(_other_side(x), abs(x))
    return where(x < 0, 2 * HALF - angle + 2 * HALF_REST, angle)


def _turned(x: Vector) -> tuple[Vector, Vector, Vector]:
    """The bits of k, and sin r and cos r, of x = k·π/2 + r."""
    first, second, third = HALF_PI
    counted = fma(x, 1 / (first + second), WHOLE)
    k = counted - WHOLE
    near = fma(k, -first, x)  # exact
    nearer = fma(k, -second, near)
    r = fma(k, -third, nearer)
    rest = fma(k, -third, nearer - r) + fma(k, -second, near - nearer)  # what rounding took from both
    z = r * r
    half = z * 0.5
    most = 1 - half
    cos_r = most + (((1 - most) - half) + fma(z * z, polynomial(z, COS), -(r * rest)))
    return counted.bits, r + fma(r * z, polynomial(z, SIN), rest * most), cos_r


def _signed(y: Vector, k: Vector) -> Vector:
    """y with its sign turned in the second half of a turn."""
    return (y.bits ^ ((k & 2) << 62)).floats


def _other_side(x: Vector) -> Vector:
    """√(1 - x²)."""
    return x.lanes.call("sqrt", fma(-x, x, 1))


def _angle(y: Vector, x: Vector) -> Vector:
    """The angle whose tangent is y / x, neither below 0: π/4·n + atan t for n = 0, 1 or 2, with |t| ≤ tan π/8."""
    above, beyond = y > x * TAN_PI_8, y > x * (1 / TAN_PI_8)
    t = where(beyond, -x, where(above, y - x, y)) / where(beyond, y, where(above, y + x, x))
    z = t * t
    base = where(beyond, HALF, where(above, HALF / 2, 0))
    rest = where(beyond, HALF_REST, where(above, HALF_REST / 2, 0))
    return base + (t + fma(t * z, polynomial(z, ATAN), rest))
