"""Slopes from floats alone: as precise as floats allow, and never more wrong than they say."""

import math
from fractions import Fraction

import pytest

from autograd.testing.differences import DIFFERENCES, differences, extrapolate

FUNCTIONS = [  # f, f', f''
    (math.exp, math.exp, math.exp),
    (math.sin, math.cos, lambda x: -math.sin(x)),
    (math.atan, lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2),
]


@pytest.mark.parametrize("f, slope, second", FUNCTIONS)
@pytest.mark.parametrize("x", [0.3, 0.5, 1.3, -2.0, 3.0])
def test_differences_are_precise_and_know_their_error(f, slope, second, x):
    t = differences(lambda xs: f(xs[0]), [x], [1])
    assert t.oracle == DIFFERENCES and not t.corner and t.value == Fraction(f(x))
    assert abs(t.slope - Fraction(slope(x))) <= t.slope_error < 2e-10
    assert abs(t.second - Fraction(second(x))) <= t.second_error < 2e-8


def test_along_a_direction():
    t = differences(lambda xs: xs[0] * xs[0] * xs[1], [1.5, 2.0], [1, -2])
    assert abs(float(t.slope) - (2 * 1.5 * 2.0 - 2 * 1.5**2)) <= t.slope_error < 1e-10
    assert abs(float(t.second) - (2 * 2.0 - 8 * 1.5)) <= t.second_error < 1e-7


@pytest.mark.parametrize("x", [0.0, 0.25, 3.0])
def test_at_a_corner_the_side_that_the_direction_shows(x):
    for direction in (1, -1):
        t = differences(lambda xs: abs(xs[0] - x) + xs[0], [x], [direction])
        assert t.corner and t.second == 0 and t.second_error == math.inf
        assert abs(float(t.slope) - (2 if direction == 1 else 0)) <= t.slope_error < 1e-10


@pytest.mark.parametrize("order", [1, 2])
def test_a_series_in_powers_of_the_step_has_its_limit_found(order):
    quotients = [(3 + 5 * 2.0 ** (-order * k) - 7 * 4.0 ** (-order * k), 1e-15) for k in range(12)]
    limit, error = extrapolate(quotients, order)
    assert abs(limit - 3) <= error < 1e-13
    assert error >= 2e-15, "not surer than the noise allows"


def test_extrapolation_stops_where_noise_takes_over():
    quotients = [(1 + 2.0**-k + (-1) ** k * 1e-16 * 4.0**k, 1e-16 * 4.0**k) for k in range(20)]
    limit, error = extrapolate(quotients, 1)
    assert abs(limit - 1) <= error < 1e-11
