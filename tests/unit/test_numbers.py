"""The numbers beneath: kinds, IEEE 754 arithmetic that never raises, corrections for floats."""

import math
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from autograd import intrinsics, precise
from autograd.intrinsics import Ieee

numbers = st.floats() | st.integers(-(10**320), 10**320)


def same(a, b):
    return a == b or (a != a and b != b)


@given(st.floats(), st.floats())
def test_ieee_agrees_with_python_wherever_python_answers(x, y):
    for f in (
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a * b,
        lambda a, b: a / b,
        lambda a, b: a**b,
        lambda a, b: -a,
        lambda a, b: abs(a),
    ):
        try:
            expected = f(x, y)
        except ArithmeticError:
            continue
        if not isinstance(expected, complex):
            for got in (f(Ieee(x), y), f(x, Ieee(y)), f(Ieee(x), Ieee(y))):
                assert same(float(got), expected)


@given(numbers, numbers)
def test_ieee_never_raises(x, y):
    a = Ieee(intrinsics.to_float(x))
    for z in (a + y, a - y, a * y, a / y, a**y, y + a, y - a, y * a, y / a, y**a, -a, abs(a)):
        assert type(z) is Ieee


def test_poles_and_signs():
    assert float(1 / Ieee(0.0)) == math.inf and float(1 / Ieee(-0.0)) == -math.inf and math.isnan(Ieee(0) / 0)
    assert (
        float(Ieee(0.0) ** -1) == math.inf and float(Ieee(-0.0) ** -1) == -math.inf and float(Ieee(-0.0) ** -2) == math.inf
    )
    assert float(Ieee(-1e300) ** 3) == -math.inf and math.isnan(Ieee(-8) ** (1 / 3))
    assert float(intrinsics.log(Ieee(0))) == -math.inf and float(intrinsics.sinh(Ieee(-1000))) == -math.inf
    assert float(intrinsics.exp(Ieee(2))) == math.exp(2)


@given(st.floats(-1e150, 1e150), st.floats(-1e150, 1e150))
def test_rounding_errors_are_exact(a, b):
    assert Fraction(a + b) + Fraction(precise.rounding_error(a + b, a, b)) == Fraction(a) + Fraction(b)


@given(st.floats(-1e100, 1e100), st.floats(-1e100, 1e100))
def test_product_errors_are_exact(a, b):
    if a == 0 or b == 0 or abs(a * b) > 1e-200:
        assert Fraction(a * b) + Fraction(precise.product_error(a * b, a, b)) == Fraction(a) * Fraction(b)


def test_corrections_at_the_ends_of_the_range():
    assert precise.scaled(-1.0, 5000) == -math.inf
    assert precise.normal_density(100.0) == 0 and math.isnan(precise.normal_density(math.nan))
    assert precise.gauss(0.0, 1e9) == 0.0
