"""The witnesses of the gradient checks, by themselves: digits, series, rounded floats, differences, and what is forgiven."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from math import inf
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograd.intrinsics import to_float
from autograd.testing.differences import differences
from autograd.testing.digits import HUGE, Digits, context
from autograd.testing.report import BEYOND, distance, right
from autograd.testing.rounded import Rounded
from autograd.testing.series import Irrational, Rationals, Series, Unknown

MP = context()
FUNCTIONS: dict[str, tuple[float, float, Callable[[Any], Any], Callable[[Any], Any]]] = {  # domain, slope, second slope
    "exp": (-inf, inf, MP.exp, MP.exp),
    "expm1": (-inf, inf, MP.exp, MP.exp),
    "log": (0, inf, lambda x: 1 / x, lambda x: -1 / x**2),
    "log1p": (-1, inf, lambda x: 1 / (1 + x), lambda x: -1 / (1 + x) ** 2),
    "log2": (0, inf, lambda x: 1 / (x * MP.ln2), lambda x: -1 / (x**2 * MP.ln2)),
    "log10": (0, inf, lambda x: 1 / (x * MP.ln10), lambda x: -1 / (x**2 * MP.ln10)),
    "sin": (-inf, inf, MP.cos, lambda x: -MP.sin(x)),
    "cos": (-inf, inf, lambda x: -MP.sin(x), lambda x: -MP.cos(x)),
    "tan": (-1.5, 1.5, lambda x: MP.sec(x) ** 2, lambda x: 2 * MP.tan(x) * MP.sec(x) ** 2),
    "asin": (-0.999, 0.999, lambda x: 1 / MP.sqrt(1 - x * x), lambda x: x / MP.sqrt(1 - x * x) ** 3),
    "acos": (-0.999, 0.999, lambda x: -1 / MP.sqrt(1 - x * x), lambda x: -x / MP.sqrt(1 - x * x) ** 3),
    "atan": (-inf, inf, lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2),
    "sinh": (-inf, inf, MP.cosh, MP.sinh),
    "cosh": (-inf, inf, MP.sinh, MP.cosh),
    "tanh": (-inf, inf, lambda x: MP.sech(x) ** 2, lambda x: -2 * MP.tanh(x) * MP.sech(x) ** 2),
    "erf": (-inf, inf, lambda x: 2 / MP.sqrt(MP.pi) * MP.exp(-x * x), lambda x: -4 * x / MP.sqrt(MP.pi) * MP.exp(-x * x)),
    "sqrt": (0, inf, lambda x: 1 / (2 * MP.sqrt(x)), lambda x: -1 / (4 * MP.sqrt(x) ** 3)),
}
sizes = st.floats(-20, 20) | st.builds(
    lambda m, e, s: s * m * 2.0**e, st.floats(1, 2), st.integers(-1074, 4), st.sampled_from([1, -1])
)


def judged(parts: tuple[Any, Any, Any], f: Callable[[Any], Any], slope: Any, second: Any, x: float, bits: int) -> None:
    """Value, slope and half the second derivative, each right to about so many bits, of what it is a difference of."""
    with MP.workprec(4 * bits + 6000):
        t = MP.mpf(x)
        true = [f(t), slope(t), second(t) / 2]
        h = MP.ldexp(min(abs(t), 1) or MP.mpf(1), -bits)
        for k, (got, expected) in enumerate(zip(parts, true, strict=True)):
            noise = abs(true[0]) * MP.mpf(2) ** (-3 * bits - 2 * abs(MP.mag(t) if t else 0)) / h**k
            assert abs(got - expected) <= MP.mpf(2) ** (3 - bits) * abs(expected) + 8 * noise + MP.mpf(2) ** (-2 * bits), k


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=20)
@given(x=sizes, bits=st.sampled_from([170, 640]))
def test_every_function_has_the_slopes_of_the_textbook_to_all_its_digits(name: str, x: float, bits: int) -> None:
    low, high, slope, second = FUNCTIONS[name]
    assume(low < x < high and not (name == "erf" and abs(x) > 15))
    f = (lambda t: MP.log(t) / MP.ln2) if name == "log2" else getattr(MP, name)
    field = Digits(MP, bits)
    parts = field.function(name, field.number(x))
    judged(parts, f, slope, second, x, bits)
    assert field.function(name, field.number(x)) == parts, "and again, from memory"


@settings(max_examples=40)
@given(x=st.floats(1e-300, 1e300), c=st.floats(-5, 5), bits=st.sampled_from([170, 640]))
def test_powers_too(x: float, c: float, bits: int) -> None:
    field = Digits(MP, bits)
    judged(
        field.power(field.number(x), field.number(c)),
        lambda t: t**c,
        lambda t: c * t ** (MP.mpf(c) - 1),
        lambda t: MP.mpf(c) * (MP.mpf(c) - 1) * t ** (MP.mpf(c) - 2),
        x,
        bits,
    )  # fmt: skip


@pytest.mark.parametrize("name, below, above", [
    ("exp", 0, None), ("expm1", -1, None), ("tanh", -1, 1), ("erf", -1, 1), ("sinh", None, None), ("cosh", None, None),
])  # fmt: skip
@pytest.mark.parametrize("x", [1.5 * HUGE, 1e300])
def test_far_out_functions_are_flat_or_out_of_range(name: str, below: int | None, above: int | None, x: float) -> None:
    field = Digits(MP, 170)
    for t, limit in ((-x, below), (x, above)):
        if limit is None:
            with pytest.raises(Unknown):
                field.function(name, field.number(t))
        else:
            assert field.function(name, field.number(t)) == (limit, 0, 0)


@given(m=st.integers(-(2**60), 2**60), e=st.integers(-2900, 2900), far=st.integers(3100, 9000))
def test_a_number_of_many_bits_is_a_fraction_exactly(m: int, e: int, far: int) -> None:
    field = Digits(MP, 170)
    assert field.fraction(MP.ldexp(m, e)) == Fraction(m) * Fraction(2) ** e
    assert field.fraction(MP.ldexp(m, -far)) == 0
    assert field.fraction(MP.ldexp(m, far)) == (m and math.copysign(inf, m))
    for x in (m, Fraction(m, 2**40), float(m)):
        assert field.fraction(field.number(x)) == x
    for nothing in (inf, -inf, math.nan, MP.mpc(1, 2)):
        with pytest.raises(Unknown):
            field.number(nothing)


# ---------------------------------------------------------------- series
parts = st.fractions(-5, 5, max_denominator=6)
series = st.builds(lambda a, b, c: Series(a, b, c, Rationals()), parts, parts, parts)


def three(z: Series) -> tuple[Any, Any, Any]:
    return z.a, z.b, z.c


def times(x: tuple[Any, ...], y: tuple[Any, ...]) -> tuple[Any, ...]:
    """The product of two polynomials in ε, without what is smaller than ε²."""
    return tuple(sum(x[i] * y[k - i] for i in range(k + 1)) for k in range(3))


@given(x=series, y=series, n=st.integers(0, 9))
def test_series_are_polynomials_without_what_is_smaller_than_a_square(x: Series, y: Series, n: int) -> None:
    assert three(x + y) == tuple(map(sum, zip(three(x), three(y), strict=True)))
    assert three(x - y) == tuple(a - b for a, b in zip(three(x), three(y), strict=True))
    assert three(x * y) == times(three(x), three(y)) and three(-x) == tuple(-a for a in three(x))
    if y.a:
        assert times(three(x / y), three(y)) == three(x)
    product: tuple[Any, ...] = (1, 0, 0)
    for _ in range(n):
        product = times(product, three(x))
    assert three(x**n) == product
    if x.a:
        assert times(three(x**-n), product) == (1, 0, 0)
    for z, true in ((2 + x, x + 2), (2 - x, -(x - 2)), (2 * x, x * 2), (2 ** Series(n, 0, 0, Rationals()), x.lift(2**n))):
        assert three(z) == three(true)


@given(x=series, y=series, equal=st.integers(0, 3))
def test_series_are_ordered_by_the_first_part_that_differs(x: Series, y: Series, equal: int) -> None:
    y = Series(*three(x)[:equal], *three(y)[equal:], x.field)
    a, b = three(x), three(y)
    assert (x > y, x < y, x >= y, x <= y) == (a > b, a < b, a >= b, a <= b)
    assert x.field.tie == (a[0] == b[0] and a != b)
    assert x.is_nonzero() == any(a) and three(abs(x)) == (a if a > (0, 0, 0) else tuple(-t for t in a))


def test_whole_powers_are_exact_up_to_a_thousand_and_fractional_ones_need_many_digits() -> None:
    x = Series(Fraction(1, 2), 1, 0, Rationals())
    assert (x**1023).a == Fraction(1, 2**1023) and (x**-1023).b == -1023 * 2**1024
    for power in (lambda: x**1024, lambda: x**-1024, lambda: x**0.5):
        with pytest.raises(Irrational):
            power()


# ---------------------------------------------------------------- floats that know their error
@given(x=st.floats(-1e3, 1e3), y=st.floats(0.01, 1e3), dx=st.floats(0, 1e-3), dy=st.floats(0, 1e-3), t=st.floats(-1, 1))
def test_a_rounded_result_bounds_its_error_and_not_much_more(x: float, y: float, dx: float, dy: float, t: float) -> None:
    """For every truth within the error of the inputs, the true result is within the error of the result."""
    a, b = Rounded(x, dx), Rounded(y, dy)
    true_a, true_b = Fraction(x) + Fraction(dx) * Fraction(t), Fraction(y) - Fraction(dy) * Fraction(t)
    for z, true, most in (
        (a + b, true_a + true_b, dx + dy),
        (a - b, true_a - true_b, dx + dy),
        (a * b, true_a * true_b, dx * (y + dy) + abs(x) * dy),
        (a / b, true_a / true_b, (dx + abs(x / y) * dy) / (y - dy)),
        (-a, -true_a, dx),
        (abs(a), abs(true_a), dx),
    ):
        assert abs(Fraction(z.x) - true) <= Fraction(z.e)
        assert z.e <= most * (1 + 1e-9) + abs(z.x) * 2.0**-52 + 1e-322
    assert ((a > b), (a < b), (a >= b), (a <= b), (a == b), bool(a)) == (x > y, x < y, x >= y, x <= y, x == y, bool(x))


@pytest.mark.parametrize(
    "name, slope", [("exp", math.exp), ("sin", math.cos), ("log", lambda x: 1 / x), ("sqrt", lambda x: 0.5 / math.sqrt(x))]
)
@given(x=st.floats(0.1, 20), e=st.sampled_from([0.0, 1e-12, 1e-8, 1e-5]))
def test_a_rounded_function_moves_as_its_slope_says(name: str, slope: Callable[[float], float], x: float, e: float) -> None:
    z = Rounded(x, e).intrinsic(name)
    assert z.x == getattr(math, name)(x)
    curved = 20 * e * e * (abs(z.x) + 100)
    assert abs(slope(x)) * e - curved <= z.e <= 2.1 * abs(slope(x)) * e + curved + abs(z.x) * 2.0**-50
    power, other = Rounded(x, e) ** 3, Rounded(2.0) ** Rounded(x, e)
    assert 3 * x * x * e <= power.e <= 6.1 * x * x * e + power.x * 2.0**-49 + curved * x**3
    assert other.x * math.log(2) * e * 0.99 <= other.e <= other.x * (2.9 * e + 2.0**-49)


@given(x=st.floats(0.05, 1) | st.floats(1, 20), y=st.floats(-3, 3), e=st.floats(0, 2), t=st.sampled_from([-1.0, 0.5, 1.0]))
def test_a_power_bounds_what_its_exponent_may_be_off(x: float, y: float, e: float, t: float) -> None:
    z = Rounded(x) ** Rounded(y, e)
    assert z.x == x**y and abs(x ** (y + e * t) - z.x) <= z.e + 1e-13 * z.x
    assert z.e <= 2 * max(abs(x ** (y + e) - z.x), abs(x ** (y - e) - z.x)) + 1e-13 * z.x


# ---------------------------------------------------------------- differences
@pytest.mark.parametrize("scale", [2.0**k for k in (-900, -60, 0, 60, 800)])
@given(x=st.floats(0.2, 3), sign=st.sampled_from([1, -1]))
def test_differences_do_not_depend_on_the_unit(scale: float, x: float, sign: int) -> None:
    t = differences(lambda xs: math.sin(xs[0] / scale), [sign * x * scale], [1])
    assert t is not None and not t.corner
    assert abs(float(t.slope) * scale - math.cos(x)) <= t.slope_error * scale < 1e-8
    both = differences(lambda xs: math.sin(xs[0] / scale) + xs[1], [x * scale, 1e-3 * x * scale], [1, 0])
    assert (
        both is not None
        and both.slope == differences(lambda xs: math.sin(xs[0] / scale) + 1e-3 * x * scale, [x * scale], [1]).slope
    )  # type: ignore[union-attr]


@given(x=st.floats(1e-3, 0.3))
def test_differences_come_as_near_to_the_end_of_a_domain_as_they_must(x: float) -> None:
    t = differences(lambda xs: math.log(xs[0]) if xs[0] > 0 else math.nan, [x], [1])
    assert t is not None and abs(float(t.slope) * x - 1) <= t.slope_error * x < 1e-7


# ---------------------------------------------------------------- what is forgiven
finite_floats = st.floats(allow_nan=False, allow_infinity=False)


@given(x=finite_floats, k=st.integers(0, 40), spare=st.integers(0, 40))
def test_what_is_off_by_so_much_is_right_within_so_much(x: float, k: int, spare: int) -> None:
    true = Fraction(x) + k * Fraction(math.ulp(x))
    assume(abs(true) < BEYOND)
    assert right(x, true, spare * Fraction(math.ulp(x))) == (k <= spare)
    assert distance(x, true) / 2 <= k <= 2 * distance(x, true)
    assert distance(to_float(true), true) <= 0.5


@given(beyond=st.fractions(1, 1000), sign=st.sampled_from([1, -1]))
def test_an_overflow_is_right_where_the_truth_is_out_of_range(beyond: Fraction, sign: int) -> None:
    true = sign * beyond * 2**1024
    assert right(sign * inf, true, 0) and not right(-sign * inf, true, 0) and not right(math.nan, true, 0)
    assert not right(sign * inf, true / 2**20, 0) or abs(true / 2**20) >= BEYOND
    least = Fraction(2) ** 1024 - Fraction(2) ** 970  # from here on, rounding gives inf
    assert right(sign * inf, sign * least, 0) and not right(sign * inf, sign * least * (1 - Fraction(1, 2**40)), 0)
    assert right(true, sign * inf, 0) and not right(-true, sign * inf, 0) and not right(sign * 1.0, sign * inf, 0)
