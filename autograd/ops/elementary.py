"""Powers, exponentials, logarithms, trigonometric and hyperbolic functions, erf."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan
from typing import Any

from .. import intrinsics as m
from .. import precise
from ..intrinsics import unit, where
from ..op import Op, family
from ..precise import TWO_OVER_SQRT_PI, careful


@family("power")
def power(c: Any) -> Op:
    """x**c for a plain number c: a parameter, not an input, so that x**2 stays exact and has one edge."""
    if c == 0:
        slopes: Callable[..., Any] = lambda z, x: (0,)
    elif c == 2:
        slopes = lambda z, x: (2 * x,)
    elif c in range(-8, 9):
        slopes = lambda z, x: (c * m.power(x, c - 1),)
    elif c - 1 + 1 == c:
        slopes = lambda z, x: (careful(c * m.power(x, c - 1), precise.power_slope, x, c),)
    else:  # c - 1 would round: go down from z, but at 0
        slopes = lambda z, x: (
            careful(c * where(abs(x) > 0, z / where(abs(x) > 0, x, 1), m.power(x, c - 1)), precise.power_slope, x, c),
        )
    return Op(
        "power",
        params=(c,),
        glyph=f"( ){superscript(c)}",
        spelled=True,
        value=lambda x: m.power(x, c),
        slopes=slopes,
        domain=(-inf if c % 1 == 0 else 0, inf),
        doc=f"The power x**{m.brief(c)}.",
    )


def superscript(c: Any) -> str:
    """``c`` as an exponent: ² or ⁻¹ where it is a whole number; else ^0.5, or ^(1/3), of which x^1/3 would be another.

    >>> [superscript(c) for c in (-2, 2.0, 0.5, -1 / 3, 1e-20, 10**50)]
    ['⁻²', '²', '^0.5', '^(−0.3333)', '^(1e−20)', '^(about 2**166)']
    """
    if isinstance(c, float) and c.is_integer() and abs(c) < 1e6:
        c = int(c)
    text = m.brief(c)
    if isinstance(c, int) and not text.startswith("about"):
        return text.translate(SUPERSCRIPTS)
    mantissa, e, exponent = (f"{c:.4g}" if isinstance(c, float) else text).partition("e")
    text = (mantissa + (f"e{int(exponent)}" if e else "")).replace("-", "−")
    return f"^{text}" if text.replace(".", "").isdigit() else f"^({text})"


SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def _pow_slopes(z: Any, x: Any, y: Any) -> tuple[Any, Any]:
    # What is not chosen is computed too: at 0 it is computed elsewhere, as fractions have no 1/0 and no log(0).
    somewhere, base = abs(x) + abs(y) > 0, abs(x) > 0
    by_x = where(somewhere, y * m.power(x, where(somewhere, y - 1, 0)), 0)
    by_y = where(base, z * log(where(base, x, 1)), where(y < 0, -inf, 0))
    return careful(by_x, precise.power_slope, x, y), careful(by_y, precise.exponent_slope, x, y)


pow = Op(
    "pow",
    glyph="xʸ",
    spelled=True,
    value=m.power,
    slopes=_pow_slopes,
    domain=(0, inf),
    doc="The power x**y with both as inputs; 0**0 is 1, with slopes 0.",
)

LOG_2, LOG_10 = 0.6931471805599453, 2.302585092994046

exp = Op("exp", value=m.exp, slopes=lambda z, x: (z,), doc="The exponential, e**x.")
expm1 = Op("expm1", value=m.expm1, slopes=lambda z, x: (exp(x),), doc="exp(x) - 1, exact near 0.")
log: Op = Op(
    "log", value=m.log, slopes=lambda z, x: (where(x >= 0, 1 / x, nan),), domain=(0, inf), doc="The natural logarithm."
)
log1p = Op(
    "log1p",
    value=m.log1p,
    slopes=lambda z, x: (where(x >= -1, 1 / (1 + x), nan),),
    domain=(-1, inf),
    doc="log(1 + x), exact near 0.",
)
log2 = Op(
    "log2",
    value=m.log2,
    slopes=lambda z, x: (where(x >= 0, 1 / LOG_2 / x, nan),),
    domain=(0, inf),
    doc="The logarithm to base 2.",
)
log10 = Op(
    "log10",
    value=m.log10,
    slopes=lambda z, x: (where(x >= 0, 1 / LOG_10 / x, nan),),
    domain=(0, inf),
    doc="The logarithm to base 10.",
)
sqrt = Op(
    "sqrt",
    glyph="√",
    value=m.sqrt,
    slopes=lambda z, x: (unit(z) / (2 * z),),
    domain=(0, inf),
    doc="The square root; the slope at 0 is inf.",
)
sin = Op("sin", value=m.sin, slopes=lambda z, x: (cos(x),), doc="The sine of x radians.")
cos: Op = Op("cos", value=m.cos, slopes=lambda z, x: (-sin(x),), doc="The cosine of x radians.")
tan = Op("tan", value=m.tan, slopes=lambda z, x: (1 + z * z,), doc="The tangent of x radians.")
asin = Op(
    "asin",
    value=m.asin,
    slopes=lambda z, x: (1 / sqrt((1 - x) * (1 + x)),),
    taught=lambda z, x: (1 / sqrt(1 - x**2),),
    domain=(-1, 1),
    doc="The arc sine, in radians from -π/2 to π/2.",
)
acos = Op(
    "acos",
    value=m.acos,
    slopes=lambda z, x: (-1 / sqrt((1 - x) * (1 + x)),),
    taught=lambda z, x: (-1 / sqrt(1 - x**2),),
    domain=(-1, 1),
    doc="The arc cosine, in radians from 0 to π.",
)


def _atan_slope(z: Any, x: Any) -> tuple[Any]:
    far = abs(x) > 1  # there 1 + x*x could overflow: 1/(1 + x²) = r/(x + r) with r = 1/x
    y = where(far, x, 1)
    near = where(far, 1, x)
    return (where(far, 1 / y / (y + 1 / y), 1 / (1 + near * near)),)


atan = Op(
    "atan",
    value=m.atan,
    slopes=_atan_slope,
    taught=lambda z, x: (1 / (1 + x**2),),
    doc="The arc tangent, in radians from -π/2 to π/2.",
)
sinh = Op("sinh", value=m.sinh, slopes=lambda z, x: (cosh(x),), doc="The hyperbolic sine.")
cosh: Op = Op("cosh", value=m.cosh, slopes=lambda z, x: (sinh(x),), doc="The hyperbolic cosine.")

erf = Op(
    "erf",
    value=m.erf,
    slopes=lambda z, x: (TWO_OVER_SQRT_PI * careful(exp(-x * x), precise.gauss, x),),
    doc="The error function.",
)
