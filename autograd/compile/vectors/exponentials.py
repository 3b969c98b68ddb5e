"""eˣ and its kin: exp, expm1, sinh, cosh, tanh.

All rest on x = k·ln 2 + r with a whole k and |r| ≤ ½ ln 2, so that eˣ = 2ᵏ·eʳ: some terms of Taylor's series give eʳ, and 2ᵏ
is a matter of exponent bits. Each x is first brought within bounds beyond which the result is 0, a limit or infinite.
"""

from __future__ import annotations

from math import factorial
from typing import Final, NamedTuple

from .lanes import Vector, fma, polynomial, where, within

LN2: Final = (0.6931471803691238, 1.9082149292705877e-10)
"""ln 2 in two pieces: the first has 32 bits, so that k times it is exact; the second is the rest."""

LOG2E: Final = 1.4426950408889634
"""1 / ln 2."""

WHOLE: Final = 1.5 * 2.0**52
"""A float near this has its last bit worth 1: adding it rounds to a whole number, which the low bits then spell."""

TAYLOR: Final = [1 / factorial(n) for n in range(14)]
"""1/n!: what follows the last adds less than 2⁻⁵⁷."""

TINY: Final = 2.0**-55
"""Below this expm1 and sinh are x up to rounding, and half of a subnormal x would lose a digit."""


class Split(NamedTuple):
    """x = k·ln 2 + r + rest; ``counted`` is k + WHOLE, ``rest`` is what r lost by rounding."""

    counted: Vector
    k: Vector
    r: Vector
    rest: Vector


def split(x: Vector) -> Split:
    """A number by the nearest multiple of ln 2."""
    high, low = LN2
    counted = fma(x, LOG2E, WHOLE)
    k = counted - WHOLE
    near = fma(k, -high, x)  # exact: the leading digits cancel
    r = fma(k, -low, near)
    return Split(counted, k, r, fma(k, -low, near - r))


def power_of_two(counted: Vector, less: int = 0) -> Vector:
    """2ᵏ⁻ˡᵉˢˢ, from k + WHOLE; the exponent must be that of a normal number."""
    return ((counted.bits + (1023 - less)) << 52).floats


def beyond(r: Vector, rest: Vector) -> Vector:
    """What eʳ⁺ʳᵉˢᵗ is more than 1 + r, for a small r: rest + r²/2! + r³/3! + …."""
    return fma(r * r, polynomial(r, TAYLOR[2:]), rest)


def exp(x: Vector) -> Vector:
    """2ᵏ·eʳ."""
    counted, k, r, _ = split(within(-746, x, 710))
    return scaled(polynomial(r, TAYLOR), counted, k)


def scaled(y: Vector, counted: Vector, k: Vector) -> Vector:
    """y·2ᵏ, by two factors: a result beyond the normal numbers is rounded once, in the last product."""
    shifted = fma(k, 0.5, WHOLE)  # half of k, to a whole number
    other = counted - (shifted - WHOLE)
    return y * power_of_two(shifted) * power_of_two(other)


def expm1(x: Vector) -> Vector:
    """2ᵏ·(eʳ - 1) + (2ᵏ - 1), computed as twice its half, which never overflows."""
    counted, _, r, rest = split(within(-40, x, 710))
    scale = power_of_two(counted, 1)
    half = fma(scale, r, scale - 0.5) + scale * beyond(r, rest)
    return where(abs(x) < TINY, x, half + half)


def sinh(x: Vector) -> Vector:
    """sinh(k·ln 2 + r) = sinh(k·ln 2)·cosh r + cosh(k·ln 2)·sinh r, computed as twice its half."""
    (s, c), (sinh_r, cosh_r_less_1) = _hyperbolic(x)
    half = s + fma(s, cosh_r_less_1, c * sinh_r)
    return where(abs(x) < TINY, x, (half + half).signed_as(x))


def cosh(x: Vector) -> Vector:
    """cosh(k·ln 2 + r) = cosh(k·ln 2)·cosh r + sinh(k·ln 2)·sinh r, computed as twice its half."""
    (s, c), (sinh_r, cosh_r_less_1) = _hyperbolic(x)
    half = c + fma(c, cosh_r_less_1, s * sinh_r)
    return half + half


def _hyperbolic(x: Vector) -> tuple[tuple[Vector, Vector], tuple[Vector, Vector]]:
    """For |x| = k·ln 2 + r: half of sinh and cosh of k·ln 2; and sinh r, cosh r - 1."""
    counted, k, r, rest = split(within(0, abs(x), 710.6))
    up = power_of_two(counted, 2)
    down = where(k > 60, 0, power_of_two(WHOLE - k, 2))
    square = r * r
    sinh_r = r + fma(square * r, polynomial(square, TAYLOR[3::2]), rest)
    return (up - down, up + down), (sinh_r, square * polynomial(square, TAYLOR[2::2]))


def tanh(x: Vector) -> Vector:
    """With t = 2|x|: 1 - w, where w = 2 / (eᵗ + 1), and then what the rounding of w took away.

    The result h has (eᵗ + 1)·h = eᵗ - 1. With h = 1 - w this misses eᵗ·w + w - 2, and w/2 of that is what h lacks.
    """
    size = abs(x)
    counted, _, r, rest = split(within(0, size + size, 40))
    scale, more = power_of_two(counted), beyond(r, rest)
    w = 2 / fma(scale, r + more, scale + 1)
    scaled = scale * w
    missing = fma(scaled, r, fma(scale + 1, w, -2)) + scaled * more
    return fma(missing, w * 0.5, 1 - w).signed_as(x)
