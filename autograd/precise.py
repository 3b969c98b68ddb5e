"""Corrections for floats: the same formulas, without the digits that plain arithmetic loses.

A row of the table states a slope as a formula, for every kind of number. Where the formula is right but rounds badly on
floats (near overflow and underflow, or where two terms cancel) the row wraps it: ``careful(formula, function, *args)``
gives ``function(formula, *args)`` on floats and ``formula`` on everything else.

Two tricks recur. *Error-free sums and products* (Knuth, Dekker) give the rounding error of ``a + b`` or ``a * b`` as a
float of its own, which is then applied to first order. *Splitting a power* ``x**y`` as ``x**(y/2) * x**(y/2)`` keeps the
halves in range where the whole is not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from functools import reduce
from itertools import chain, starmap
from math import copysign, frexp, fsum, inf, isfinite, ldexp, nan
from typing import Any

from .intrinsics import ERRORS, Ieee, brief, to_float

TINY = 2.0**-1021
"""Below this a float may be subnormal and hold fewer digits."""


def careful(formula: Any, function: Callable[..., float], *args: Any) -> Any:
    """``formula``, or on floats the better ``function(formula, *args)``."""
    if not isinstance(formula, float) or any(hasattr(a, "apply") for a in args):
        return formula
    return type(formula)(function(float(formula), *[to_float(a) for a in args]))


def rounding_error(total: float, a: float, b: float) -> float:
    """What the float sum ``total = a + b`` lacks: ``total + rounding_error(...)`` is a + b exactly (Knuth's two-sum)."""
    part = total - a
    return (a - (total - part)) + (b - part)


def product_error(product: float, a: float, b: float) -> float:
    """What the float ``product = a * b`` lacks (Dekker); the factors must stay below 1e300."""
    a_high = 134217729.0 * a
    a_high -= a_high - a
    b_high = 134217729.0 * b
    b_high -= b_high - b
    a_low, b_low = a - a_high, b - b_high
    return a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)


def exp_of_difference(a: float, b: float) -> tuple[float, float]:
    """exp(a - b) for a <= b, and what it lacks: the rounding of a large difference would cost hundreds of ulp.

    >>> exp_of_difference(1.0, 1.0)
    (1.0, 0.0)
    """
    d = a - b
    z = math.exp(d)
    return z, z * rounding_error(d, a, -b) if isfinite(d) else 0.0


def gauss(formula: float, x: float) -> float:
    """exp(-x²): the square's rounding error, up to 2e-14 before the exp, is applied after it."""
    if not abs(x) < 40:  # exp(-1600) is 0
        return formula
    square = x * x
    z = math.exp(-square)
    return z - z * product_error(square, x, x)


def quotient_slope(formula: float, x: float, y: float) -> float:
    """-x / y²: formed from mantissas where the quotient x / y is out of the normal range."""
    z = x / y if y else inf
    if TINY < abs(z) < inf or not (x and y and isfinite(x) and isfinite(y)):
        return formula
    (m, e), (n, f) = frexp(x), frexp(y)
    return scaled(-m / n / n, e - 2 * f)


def scaled(x: float, exponent: int) -> float:
    """x * 2**exponent, inf where that overflows."""
    try:
        return ldexp(x, exponent)
    except OverflowError:
        return copysign(inf, x)


def power_slope(formula: float, x: float, y: float) -> float:
    """y * x**(y-1): y - 1 rounds, which the power magnifies by log(x); and the power may leave the range too early."""
    if not (isfinite(x) and isfinite(y)) or x == 0:
        return formula
    less = y - 1
    lost = rounding_error(less, y, -1.0) * math.log(abs(x))
    correction = 1 + lost if abs(lost) < 0.001 else 1.0  # more only where the power is 0 or inf anyway
    p = _power(x, less)
    if TINY < abs(p) < inf or p != p:
        return p * correction * y
    half = _power(abs(x), less / 2)
    sign = -1.0 if x < 0 and less % 2 == 1 else 1.0
    return sign * (half * y * half) * correction


def exponent_slope(formula: float, x: float, y: float) -> float:
    """x**y * log(x): the power may leave the range before the product."""
    z = _power(x, y)
    if TINY < abs(z) < inf or not (0 < x < inf and isfinite(y)):
        return formula
    half = _power(x, y / 2)
    return half * math.log(x) * half


def _power(x: float, y: float) -> float:
    try:
        z: Any = x**y
    except ERRORS:
        return float(Ieee(x) ** y)
    return nan if isinstance(z, complex) else z


SILU_ROOT = (-1.2784645427610737, -1.0946994183093437e-16)
"""Where the slope of silu is 0, as an unevaluated sum of two floats."""


def silu(formula: float, x: float) -> float:
    """x σ(x), which is x exp(x) where σ(x) alone would underflow."""
    if x == -inf:
        return -0.0
    return _times_exp(x, x) if -1500 < x < -700 else formula


def silu_slope(formula: float, x: float) -> float:
    """σ(x) + x σ(x) σ(-x) = (1 + x + exp(x)) / (2 + 2 cosh(x)). The numerator cancels near its root r; with d = x - r it is
    d - (1 + r) expm1(d), which does not."""
    if not -1500 < x < 1:
        return float(x > 0) if abs(x) == inf else formula
    if x < -700:
        return _times_exp(1 + x, x)
    d = (x - SILU_ROOT[0]) - SILU_ROOT[1]
    top = d - (1 + SILU_ROOT[0]) * math.expm1(d) if abs(d) < 0.15 else (1 + x) + math.exp(x)
    return top / (2 * (1 + math.cosh(x)))


def _times_exp(factor: float, x: float) -> float:
    """factor * exp(x), where exp(x) may underflow before the product does."""
    half = math.exp(x / 2)
    return factor * half * half


INVERSE_SQRT2 = (0.7071067811865476, -4.833646656726457e-17)
TWO_OVER_SQRT_PI = 2 / math.sqrt(math.pi)
INVERSE_SQRT_2PI = (0.3989422804014327, -2.49232720227773e-17)
LIFTED = (1.6948481345591569e-18, -5.818450398972531e-35)
"""exp(-40) / sqrt(2π); this and the constant above as unevaluated sums of two floats."""


def normal_density(x: float, factor: float = 1.0) -> float:
    """φ(x) = exp(-x²/2) / sqrt(2π), times a factor that may lift it out of the subnormal range."""
    high, low = _density(x, factor)
    return high + low


def _density(x: float, factor: float) -> tuple[float, float]:
    """The same in two parts, for a sum in which it cancels."""
    if not abs(x) < 60:
        return (factor * 0.0 if x == x else x), -0.0
    square = x * x
    lift = 40.0 if square > 1200 else 0.0  # keeps the exponential normal; the difference is exact, both being about 600
    high, low = LIFTED if lift else INVERSE_SQRT_2PI
    scale = factor * high
    lost = product_error(scale, factor, high) + factor * low - scale * (product_error(square, x, x) / 2)
    z = math.exp(lift - square / 2)
    return z * scale, z * lost + product_error(z * scale, z, scale)


def normal_share(x: float) -> float:
    """Φ(x), the share of the normal distribution below x, with all its digits in the lower tail too."""
    t = -x * INVERSE_SQRT2[0]
    share = math.erfc(t) / 2
    if not 0.4 < t < 30:
        return share
    lost = product_error(t, -x, INVERSE_SQRT2[0]) - x * INVERSE_SQRT2[1]
    return share - TWO_OVER_SQRT_PI / 2 * math.exp(-t * t) * lost


def _mills(x: float) -> float:
    """Φ(x) |x| / φ(x) far below 0, by its asymptotic series."""
    term = total = 1.0
    for n in range(1, 16, 2):
        term *= -n / (x * x)
        total += term
    return total


def gelu(formula: float, x: float) -> float:
    """x Φ(x)."""
    if x == -inf:
        return -0.0
    return x * normal_share(x) if x > -37 else -normal_density(x, _mills(x))


GELU_ROOT = (-0.7517915246935645, 1.4956759177009883e-17)
"""Where the slope of gelu is 0, as an unevaluated sum of two floats."""

GAUSS_LEGENDRE = (  # nodes in (0, 1) and weights, from the roots of the Legendre polynomial of degree 8
    (0.019855071751231884, 0.05061426814518813),
    (0.10166676129318664, 0.11119051722668724),
    (0.2372337950418355, 0.15685332293894363),
    (0.4082826787521751, 0.181341891689181),
    (0.591717321247825, 0.181341891689181),
    (0.7627662049581645, 0.15685332293894363),
    (0.8983332387068134, 0.11119051722668724),
    (0.9801449282487681, 0.05061426814518813),
)


def gelu_slope(formula: float, x: float) -> float:
    """Φ(x) + x φ(x). The terms cancel near the root r; there it is the integral of its slope φ(t)(2 - t²) from r to x."""
    d = (x - GELU_ROOT[0]) - GELU_ROOT[1]
    if not isfinite(x):
        return float(x > 0) if x == x else x
    if x < -37:
        return normal_density(x, x * (1 - _mills(x) / (x * x)))
    if not abs(d) < 0.65:
        return fsum((normal_share(x), *_density(x, x)))  # the terms cancel in part, beside the root's neighbourhood
    return fsum(d * w * normal_density(t) * (2 - t * t) for t, w in ((x - d * (1 - s), w) for s, w in GAUSS_LEGENDRE))


def normalized_exponentials(xs: Sequence[Any]) -> list[tuple[float, float]]:
    """exp(x - top) of each number, top being the largest, in two parts: softmax's numerators."""
    floats = _floats(xs)
    top = max(floats)
    return [exp_of_difference(x, top) for x in floats]


def paired_exponentials(i: int, xs: Sequence[Any]) -> list[tuple[float, float]]:
    """exp(x + x_i - 2 top) of each number, in two parts: the products of softmax's numerators, rounded as one."""
    floats = _floats(xs)
    top = max(floats)
    own = floats[i] - top

    def pair(x: float) -> tuple[float, float]:
        d = x - top
        z = math.exp(d + own)
        terms = (own, floats[i], -top), (d, x, -top), (d + own, d, own)
        return z, z * sum(starmap(rounding_error, terms)) if isfinite(d + own) else 0.0

    return list(map(pair, floats))


def exact_sum(parts: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """The sum of numbers in two parts, in two parts."""
    terms = list(chain(*parts))
    total = fsum(terms)
    return total, fsum([-total, *terms])


def quotient(x: tuple[float, float], y: tuple[float, float]) -> float:
    """x / y of numbers in two parts: rounded twice in all."""
    return (x[0] + (x[1] - x[0] / y[0] * y[1])) / y[0]


def logsumexp(xs: Sequence[Any]) -> float:
    """log(Σ exp(x)), as the largest input plus log1p of the rest."""
    floats = _floats(xs)
    top = max(floats)
    if top in (inf, -inf) and not any(x != x for x in floats):
        return top
    rest = _log_rest(floats, top)
    z = top + rest
    return z if not abs(z) < rest / 2 else _log_of_nearly_one(floats)


def _log_of_nearly_one(floats: list[float]) -> float:
    """log(Σ exp(x)) where the sum is near 1, as of log-probabilities: what cancels takes digits below the largest's."""
    digits = 50 - math.floor(math.log10(-max(floats)))
    context = Context(prec=digits)
    return float(context.ln(reduce(context.add, [context.exp(Decimal(x)) for x in floats if x > -3 * digits])))


def log_share(i: int, xs: Sequence[Any]) -> float:
    """log softmax(xs)[i]: two parts of one sign, so that nothing cancels."""
    floats = _floats(xs)
    top = max(floats)
    return (floats[i] - top) - _log_rest(floats, top)


def _log_rest(floats: list[float], top: float) -> float:
    """log(Σ exp(x - top)): the largest term is 1 and goes into log1p, so that a small rest keeps its digits."""
    weights = normalized_exponentials(floats)
    weights[floats.index(top) if top == top else 0] = (0.0 if top == top else top, 0.0)
    return math.log1p(fsum(chain(*weights)))


def _floats(xs: Sequence[Any]) -> list[float]:
    for x in xs:
        if isinstance(x, Fraction):
            raise TypeError(f"exp({brief(x)}) has no exact result: use floats, or leave exact arithmetic")
    return [to_float(x) for x in xs]
