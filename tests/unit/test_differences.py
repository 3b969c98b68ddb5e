"""Slopes from floats alone: as precise as floats allow, and never more wrong than they say."""

import math
from fractions import Fraction

import mpmath
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograd.testing.differences import DIFFERENCES, differences, extrapolate, noise

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


ROUGH = [  # as plain code writes them, where terms cancel; and the same for mpmath
    (lambda x: math.log(1 + math.exp(x)), lambda x: mpmath.log(1 + mpmath.exp(x))),
    (lambda x: 1 - math.cos(x), lambda x: 1 - mpmath.cos(x)),
    (lambda x: math.sqrt(1 + x * x) - 1, lambda x: mpmath.sqrt(1 + x * x) - 1),
    (lambda x: 1 / (1 + math.exp(-x)) - 0.5, lambda x: 1 / (1 + mpmath.exp(-x)) - 0.5),
    (lambda x: x**5 - 5 * x**4 + 10 * x**3 - 10 * x * x + 5 * x - 1, lambda x: (mpmath.mpf(x) - 1) ** 5),
    (math.tanh, mpmath.tanh),
]


@given(st.sampled_from(ROUGH), st.floats(-30, 30) | st.floats(-1e-3, 1e-3) | st.floats(-1e-6, 1e-6))
@example(ROUGH[0], -25.0)
@example(ROUGH[1], 3.826975498596674e-06)
@example(ROUGH[3], -0.0021976540611986575)
def test_a_function_that_rounds_more_than_its_size_tells_is_known_by_its_values(pair, x):
    rough, true = pair
    t = differences(lambda xs: rough(xs[0]), [x], [1])
    if t is not None and not t.corner and math.isfinite(t.slope_error):
        with mpmath.workdps(60):
            slope, second = [mpmath.diff(true, mpmath.mpf(x), n, h=mpmath.mpf(2) ** -60) for n in (1, 2)]
            assert abs(mpmath.mpf(t.slope.numerator) / t.slope.denominator - slope) <= t.slope_error
            assert abs(mpmath.mpf(t.second.numerator) / t.second.denominator - second) <= t.second_error


def test_what_is_smooth_is_no_noise():
    assert noise(lambda t: 1.0, 1.0) == 0
    assert noise(lambda t: math.exp(1 + t), 1.0) < 1e-15
    assert noise(lambda t: (1 + t) ** 6 * 1e30, 1.0) < 1e16
    assert noise(lambda t: math.inf if t > 1e-13 else t, 1.0) < 1e-15
    assert noise(lambda t: math.nan, 1.0) == noise(lambda t: math.inf if t > 0.01 else 1.0, 1.0) == 0
    stairs = noise(lambda t: round((2 + t) * 1e6) / 1e6, 1.0)
    assert 3e-7 < stairs < 3e-6
