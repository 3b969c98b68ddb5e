"""erf, the area under the bell curve."""

from __future__ import annotations

from math import factorial, pi, sqrt
from typing import Final

from .exponentials import beyond, power_of_two, split
from .lanes import Vector, fma, polynomial, where

SERIES: Final = [2 / sqrt(pi) * (-1) ** n / (factorial(n) * (2 * n + 1)) for n in range(18)]
"""Taylor's series of erf x / x in x²: at x = 1, what follows the last is less than 2⁻⁵⁷."""

TAIL: Final = [
    0.2108063640611436,
    -0.37173673394897294,
    0.2517131932174488,
    -0.12503305237891782,
    0.03992253907546523,
    -0.003993701160123029,
    -0.0026423659518134547,
    0.0008759152875774328,
    0.0002283799633257643,
    -0.00012887483134837842,
    -3.4175718896856294e-05,
    1.8596747731144528e-05,
    7.499735050763299e-06,
    -2.2328516517555215e-06,
    -1.587633893127344e-06,
]
"""exp(x²)·erfc x as a polynomial in (x - 2.5)/(x + 2.5), for x from 1 to 6: the interpolation at Chebyshev's points."""


def erf(x: Vector) -> Vector:
    """Up to 1 by the series, from there on 1 - exp(-x²)·tail; from 6 on it is 1."""
    size = abs(x)
    square = size * size
    size = where(size > 6, 6, size)
    tail = polynomial((size - 2.5) / (size + 2.5), TAIL)
    counted, _, r, rest = split(-(size * size))
    scale = power_of_two(counted)
    far = 1 - scale * fma(r + beyond(r, rest), tail, tail)
    return where(size > 1, far, x * polynomial(square, SERIES)).signed_as(x)
