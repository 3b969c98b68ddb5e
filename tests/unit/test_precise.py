"""The parts of the corrected formulas, each by itself: exact where they promise it, and without a bias elsewhere."""

import math
import random
from fractions import Fraction
from statistics import fmean

import mpmath as mp
import oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import precise
from autograd.op import OPS

moderate = st.floats(-1e140, 1e140).filter(lambda x: x == 0 or abs(x) > 1e-100)


@given(a=moderate, b=moderate)
def test_sums_and_products_know_their_rounding_error_exactly(a, b):
    assert Fraction(a + b) + Fraction(precise.rounding_error(a + b, a, b)) == Fraction(a) + Fraction(b)
    assert Fraction(a * b) + Fraction(precise.product_error(a * b, a, b)) == Fraction(a) * Fraction(b)


def density(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


PARTS = [
    pytest.param(precise.normal_density, density, low, high, id=f"density {low} to {high}")
    for low, high in ((-34.6, -30), (-3, 3), (-36.5, -34.7))
] + [
    pytest.param(precise.normal_share, oracle.normal_share, -30, -20, id="share, tail"),
    pytest.param(precise.normal_share, oracle.normal_share, -5, -1.5, id="share"),
    pytest.param(lambda x: precise.gauss(math.exp(-x * x), x), lambda x: mp.exp(-x * x), -26, -5, id="gauss"),
    pytest.param(precise._mills, lambda x: oracle.normal_share(x) * abs(x) / density(x), -45, -37, id="mills"),
]


@pytest.mark.parametrize("function, truth, low, high", PARTS)
def test_errors_are_rounding_and_fall_to_both_sides(function, truth, low, high):
    """A constant that lacks its second half is off by a good part of an ulp always, which 4 ulp would forgive."""
    dice = random.Random(1)
    errors = []
    for x in [dice.uniform(low, high) for _ in range(200)]:
        true = truth(mp.mpf(x))
        errors.append(float((function(x) - true) / true) * 2**53)
    assert abs(fmean(errors)) < 0.25
    assert max(map(abs, errors)) < 5


def test_a_factor_lifts_the_density():
    for x in (-37.5, -38.0, -38.5):
        true = density(mp.mpf(x)) * mp.mpf(1e30)
        assert oracle.ulps(precise.normal_density(x, 1e30), true) <= 2


@given(data=st.data())
def test_a_quotient_of_numbers_in_two_parts_is_rounded_twice_in_all(data):
    pairs = []
    for _ in range(2):
        high = data.draw(st.floats(1e-10, 1e10))
        pairs.append((high, math.ulp(high) * data.draw(st.floats(-0.5, 0.5))))
    x, y = pairs
    truth = (Fraction(x[0]) + Fraction(x[1])) / (Fraction(y[0]) + Fraction(y[1]))
    assert abs(Fraction(precise.quotient(x, y)) - truth) <= Fraction(math.ulp(float(truth))) * Fraction(101, 100)


@given(st.lists(st.tuples(moderate, moderate), min_size=1, max_size=5))
def test_a_sum_of_numbers_in_two_parts_lacks_nothing_that_a_float_can_hold(parts):
    high, low = precise.exact_sum(parts)
    truth = sum(Fraction(part) for pair in parts for part in pair)
    assert high == float(truth) and low == float(truth - Fraction(high))


def test_where_a_power_leaves_the_range_of_floats_its_slopes_need_not():
    for x, y in ((1e-200, 2.0), (1e200, 1.8), (3e-5, 71.5), (1e-308, 1.05), (2.0, -1080.0), (1.5, 1750.0)):
        _, df = oracle.BINARY["pow"]
        for ours, true in zip(OPS["pow"].slopes_at(OPS["pow"](x, y), (x, y)), df(mp.mpf(x), mp.mpf(y)), strict=True):
            assert oracle.ulps(ours, true) <= 4


@pytest.mark.parametrize("x", range(1, 13))
@pytest.mark.parametrize("y", range(1, 8))
def test_powers_of_small_whole_numbers_have_exact_slopes(x, y):
    """Splitting a power into halves is for the ends of the range: sqrt(3)² is not 3."""
    slope, _ = OPS["pow"].slopes_at(float(x**y), (float(x), float(y)))
    assert slope == y * x ** (y - 1)


def test_the_second_parts_of_a_quotient_count():
    dice = random.Random(2)
    errors = []
    for _ in range(200):
        x, y = [(high, math.ulp(high) * sign) for sign in (-0.49, 0.49) for high in [dice.uniform(1, 2)]]
        truth = (Fraction(x[0]) + Fraction(x[1])) / (Fraction(y[0]) + Fraction(y[1]))
        errors.append(float((Fraction(precise.quotient(x, y)) - truth) / truth) * 2**53)
    assert abs(fmean(errors)) < 0.15
