"""What a row says about itself is true: its domain, its corners, and how it looks."""

import math
from fractions import Fraction
from math import inf, isfinite, nextafter

import mpmath as mp
import oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.op import OPS, RESERVED, find

MEMBERS = [
    *(find("power", (c,)) for c in (-2, -0.5, 0, 0.5, 1, 2, 3.5)),
    *(find("leaky_relu", (c,)) for c in (0, 0.01, -2)),
    *(find("elu", (c,)) for c in (0.5, 1, 2)),
]
ROWS = [op for op in (*OPS.values(), *MEMBERS) if op.arity == 1 and not op.doc.startswith("Of a test")]
NAMES = [op.name + "".join(map(str, op.params)) for op in ROWS]
GLYPHS = {
    **{"add": "+", "sub": "−", "mul": "×", "div": "÷", "neg": "−", "pow": "xʸ", "sqrt": "√", "abs": "| |", "sum": "Σ"},
    **{"dot": "Σ", "logsumexp": "lse", "sigmoid": "σ", "maximum": "max", "minimum": "min"},
}
SPELLED = {"add", "sub", "mul", "div", "neg", "pow", "sum", "dot"}
"""What a formula writes as arithmetic, not as name(x)."""
one_input = pytest.mark.parametrize("op", ROWS, ids=NAMES)


@one_input
def test_the_domain_is_where_the_value_is_a_number(op):
    low, high = op.domain
    assert low < high
    for end, inwards in ((low, high), (high, low)):
        if isfinite(end):
            inside, outside = nextafter(end, inwards), nextafter(end, -inf if inwards > end else inf)
            assert math.isfinite(op(inside)) and math.isnan(op(outside)), end


def test_the_bases_of_a_power_are_those_that_have_every_power():
    pow = OPS["pow"]
    low, high = pow.domain
    for base in (low, nextafter(low, inf), 0.5, 1.0, 2.0):
        assert all(isfinite(pow(base, y)) for y in (0.5, 1.0, 0.1)), base
    assert math.isnan(pow(nextafter(low, -inf), 0.5)) and high == inf


@pytest.mark.parametrize("name", ["step", "sign"])
@pytest.mark.parametrize("x", [-inf, -2.5, -5e-324, -0.0, 0.0, Fraction(0), 0, Fraction(1, 3), 5e-324, 1, inf])
def test_a_threshold_gives_whole_numbers_for_every_kind_of_number(name, x):
    z, (slope,) = OPS[name](x), OPS[name].slopes_at(OPS[name](x), (x,))
    assert (type(z), z) == (int, (x > 0) - (name == "sign" and x < 0)) and (type(slope), slope) == (int, 0)


def test_what_is_taught_is_what_is_computed():
    """The form that formulas show is the textbook's, and the same derivative: of those that are computed otherwise."""
    other = [op for op in ROWS if op.taught is not op.slopes]
    assert {op.name for op in other} == {"tanh", "sigmoid", "asin", "acos", "atan"}
    for op in other:
        for x in (-0.96875, -0.5, 0.0, 0.25, 0.75, 2.5, -3.0):
            z = op(x)
            if isfinite(z):
                assert op.taught(z, x) == pytest.approx(op.slopes_at(z, (x,)), rel=1e-12), (op, x)


@one_input
def test_everywhere_in_the_domain_is_a_number(op):
    for x in (-1e3, -3.5, -1.0, -0.5, 0.0, 0.5, 1.0, 3.5, 1e3):
        inside = op.domain[0] <= x <= op.domain[1]
        assert math.isnan(op(x)) != inside, x


@one_input
def test_corners_are_where_value_or_slope_jumps_and_the_slope_there_is_the_one_promised(op):
    def both(x):
        z = op.evaluate((x,))
        return z, *op.slopes_at(z, (x,))

    h = 1e-9
    for x in (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0):
        left, right = both(x - h), both(x + h)
        if all(abs(t) < 1e3 for t in (*left, *right)):  # not a pole, nor an end of the domain
            assert (x in op.corners) == any(abs(a - b) > 1e-3 for a, b in zip(left, right)), x
    for corner, slope in op.corners.items() if isinstance(op.corners, dict) else ():
        for number in (corner, float(corner), -float(corner)):
            assert both(number)[1] == slope


@given(x=st.floats(1e-60, 1e60) | st.floats(-1e60, -1e-60), y=st.floats(1e-60, 1e60) | st.floats(-1e60, -1e-60))
def test_a_quotient_far_from_the_ends_of_the_range_has_the_slopes_of_the_textbook(x, y):
    """Corrections begin where they are needed: elsewhere the numbers are those of the formula that pictures show."""
    z = x / y
    assert OPS["div"].slopes_at(z, (x, y)) == (1 / y, -z / y)


@given(m=st.floats(1, 2), y=st.floats(1.01, 1e3), e=st.integers(-1074, -1040), sign=st.sampled_from([1, -1]))
def test_a_quotient_among_the_subnormals_has_slopes_that_are_rounded_once(m, y, e, sign):
    """Where x / y has lost its digits already, the slope has all that there is room for."""
    x = sign * m * 2.0**e * y * y
    _, slope = OPS["div"].slopes_at(x / y, (x, y))
    assert oracle.ulps(slope, -mp.mpf(x) / mp.mpf(y) ** 2) <= 0.501


@pytest.mark.parametrize("n", range(-11, 12))
@given(x=st.floats(0.5, 1) | st.floats(-1, -0.5), e=st.integers(-1080, -1015) | st.integers(-1080, 1030))
def test_a_whole_power_has_the_slope_of_the_textbook_where_that_is_right_among_the_subnormals_too(n, x, e):
    """Up to 8, n·xⁿ⁻¹ as it stands is off by 4 ulp at most: such a power needs no correction, and gets none."""
    x *= 2.0 ** (max(min(e / (n - 1), 1000), -1000) if n != 1 else 0)
    op = find("power", (n,))
    (slope,) = op.slopes_at(op.evaluate((x,)), (x,))
    assert oracle.ulps(slope, n * mp.mpf(x) ** (n - 1)) <= 4
    if abs(n) <= 8 and math.isfinite(slope):
        assert slope == (n * x ** (n - 1) if n else 0)


def test_how_each_row_looks():
    rows = [op for op in OPS.values() if op.name in RESERVED]
    assert {op.name: op.glyph for op in rows if op.glyph != op.name} == GLYPHS
    assert {op.name for op in rows if op.spelled} == SPELLED
    assert all(op.doc.endswith(".") for op in (*rows, *MEMBERS))
    glyphs = [find(name, (1,)).glyph for name in ("softmax", "log_softmax", "cross_entropy", "power", "elu")]
    assert glyphs == ["softmax 1", "log p1", "CE", "( )¹", "elu"]
