"""``check_gradients`` and ``check_operation``: what they accept, what they say, and which witness they ask."""

import math
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

import autograd
from autograd import Op, Value, exp, log, no_grad, relu, sigmoid, tanh
from autograd import intrinsics as m
from autograd.testing import GradientError, check_gradients, check_operation, digits
from autograd.testing.differences import DIFFERENCES, differences, extrapolate
from autograd.testing.oracles import CHAIN, EXACT, MPMATH, Oracle
from autograd.testing.report import distance, right
from autograd.testing.rounded import Rounded
from autograd.testing.series import MOST_BITS, Irrational, Rationals, Series, Unknown


@pytest.fixture
def without_mpmath(monkeypatch):
    monkeypatch.setattr(digits, "context", lambda: None)


@pytest.fixture
def black_box():
    return Op("of_math", value=lambda x: math.sin(x), slopes=lambda z, x: (math.cos(x),), doc="Of a test.")


def test_the_best_witness_is_asked():
    assert check_gradients(lambda x, y: x * y / (1 + x * x), 2, Fraction(1, 3)).oracle == EXACT
    assert check_gradients(lambda x, y: x * y / (1 + x * x), 0.1, 2.5).oracle == EXACT
    assert check_gradients(lambda x: x.exp(), 0.5).oracle == MPMATH
    assert check_gradients(lambda x: x.sqrt(), Fraction(9, 4)).oracle == MPMATH
    assert check_gradients(relu, 0.0).oracle == CHAIN


def test_without_mpmath_differences_judge(without_mpmath):
    report = check_gradients(lambda x, y: (x * y).tanh() + x.exp() / y, 0.5, 2.0)
    assert report.oracle == DIFFERENCES and report.comparisons > 15
    wrong = Op("wrong_sinh", value=m.sinh, slopes=lambda z, x: (m.cosh(x) * 1.0005,), doc="Of a test.")
    with pytest.raises(GradientError, match="extrapolated differences") as caught:
        check_gradients(lambda x: tanh(wrong(x)), 0.5)
    assert caught.value.op is wrong
    assert check_gradients(lambda x: relu(x.sinh()), 0.0).comparisons


def test_rows_that_compute_with_math_or_numpy_are_judged_by_differences(black_box):
    report = check_gradients(black_box, 0.7)
    assert report.oracle == DIFFERENCES and report.unchecked
    numpys = Op("of_numpy", value=lambda x: np.sin(x), slopes=lambda z, x: (1.001 * np.cos(x),), doc="Of a test.")
    with pytest.raises(GradientError) as caught:
        check_gradients(lambda x: numpys(x) * 2, 0.7)
    assert caught.value.op is numpys
    assert check_operation(black_box, points=3).oracle == DIFFERENCES


def test_a_row_that_cancels_is_not_accused():
    row = Op(
        "plain_softplus",
        value=lambda x: math.log(1 + math.exp(x)),
        slopes=lambda z, x: (1 / (1 + math.exp(-x)),),
        doc="Of a test.",
    )
    for x in (-35.0, -30.0, -25.0, -20.0, 3.0):
        check_gradients(row, x)
    wrong = Op("rough", value=row.value, slopes=lambda z, x: (1.01 / (1 + math.exp(-x)),), doc="Of a test.")
    with pytest.raises(GradientError):
        check_gradients(wrong, -25.0)


def test_a_row_whose_value_raises_is_told_what_to_write():
    row = Op("raising", value=lambda x: math.exp(x), slopes=lambda z, x: (z,), doc="Of a test.")
    with pytest.raises(GradientError, match=r"it raised OverflowError.*be it inf\. autograd's exp") as caught:
        check_operation(row)
    assert caught.value.mode == "value" and caught.value.at == (1000,)


def test_a_wrong_slope_comes_before_what_is_wrong_of_second_order():
    """At 0, where checks begin, the slope of x³ would be right by chance."""
    cube = Op("plain_cube", value=lambda x: x * x * x, slopes=lambda z, x: (3 * x,), doc="Of a test.")
    swapped = Op("swapped", value=lambda x, y: x * y, slopes=lambda z, x, y: (x, y), doc="Of a test.")
    for row in (cube, swapped):
        with pytest.raises(GradientError) as caught:
            check_operation(row)
        assert caught.value.mode == "local slope"
    double = Op("double", value=lambda x: 2 * x, slopes=lambda z, x: (3,), doc="Of a test.")
    second = Op("second", value=lambda x: x * x, slopes=lambda z, x: (double(x),), doc="Of a test.")
    with pytest.raises(GradientError) as caught:
        check_operation(second)
    assert caught.value.mode.startswith("second order") and caught.value.at == (0,)


def test_far_off_is_said_as_a_number():
    wrong = Op("far", value=lambda x: x * x, slopes=lambda z, x: (3 * x,), doc="Of a test.")
    with pytest.raises(GradientError, match="off by 2; rounding"):
        check_gradients(wrong, 2)
    report = check_operation(
        Op("near", value=lambda x: log(1 + exp(x)), slopes=lambda z, x: (sigmoid(x),), doc="Of a test.")
    )
    assert "ulp, by its formula's own rounding" in str(report)


def test_a_function_without_a_name_is_called_f():
    with pytest.raises(GradientError, match=r"check_gradients\(f, 1\.5\)"):
        check_gradients(lambda x: x * x.detach(), 1.5)


def test_the_error_says_all_there_is_to_know():
    wrong = Op("said", value=lambda x, y: x * y, slopes=lambda z, x, y: (y, 2 * x), doc="Of a test.")
    with pytest.raises(GradientError) as caught:
        check_gradients(lambda a, b: wrong(a, b) + 1, Fraction(1, 2), 3)
    error = caught.value
    assert isinstance(error, AssertionError)
    assert (error.op, error.at, error.input) == (wrong, (Fraction(1, 2), 3), 1)
    assert (error.expected, error.got, error.oracle) == (Fraction(1, 2), 1, EXACT)
    assert error.ulps == 0.5 / math.ulp(0.5)
    text = str(error)
    assert text.startswith("d(said)/d(y) is wrong (local slope)\n") and "expected   1/2 " in text
    namespace: dict = {}
    for line in error.reproduce.splitlines()[:-1]:
        assert line in (
            "from fractions import Fraction",
            "from autograd.op import find",
            "from autograd.testing import check_gradients",
        )
        module, name = line.split()[1], line.split()[3]
        namespace[name] = getattr(__import__(module, fromlist=[name]), name)
    assert error.reproduce.splitlines()[-1] == "check_gradients(find('said'), Fraction(1, 2), 3)"
    with pytest.raises(GradientError):
        namespace["check_gradients"](namespace["find"]("said"), Fraction(1, 2), 3)


def test_members_of_a_family_and_infinities_are_pasted_as_they_are():
    from autograd.op import find
    from autograd.testing.report import called, pasted

    assert pasted(find("power", (3,)), [math.inf]).splitlines()[0] == "from math import inf, nan"
    assert "find('power', (3,))" in pasted(find("power", (3,)), [1])
    assert called(find("power", (3,))) == "'power' (3,)"


def test_a_tolerance_may_be_given():
    nearly = Op("nearly", value=lambda x: x * x, slopes=lambda z, x: (2.0001 * x,), doc="Of a test.")
    with pytest.raises(GradientError):
        check_gradients(nearly, 0.5)
    assert check_gradients(nearly, 0.5, tolerance=1e-3).comparisons


def test_lists_several_outputs_and_models():
    assert check_gradients(lambda xs: autograd.softmax(xs), [0.1, 0.2, 0.3]).comparisons > 50
    w, b = Value(0.5, "w"), Value(0.25, "b")
    w.grad = 7
    before = w.serial
    loss = tanh(w * 2 + b)
    with no_grad():
        assert check_gradients(lambda: (tanh(w * 2 + b) - 1) ** 2, wrt=[w, b]).comparisons
    assert (w.data, w.grad, b.grad, w.serial) == (0.5, 7, None, before)
    loss.backward()  # nothing became stale
    assert check_gradients(lambda x: 3, 1).comparisons
    assert check_gradients(lambda x: x, 2).comparisons
    assert check_gradients(lambda x: x * 2, Value(3, "x")).oracle == EXACT


def test_what_is_no_question_is_refused():
    with pytest.raises(ValueError, match="nothing to differentiate"):
        check_gradients(lambda: Value(1))
    with pytest.raises(ValueError, match="is computed"):
        check_gradients(lambda x: x, Value(1) * 2)
    with pytest.raises(TypeError, match="return statement missing"):
        check_gradients(lambda x: None, 1)


def test_names_in_messages():
    def loss(weight, bias):
        return weight.detach() * bias

    with pytest.raises(GradientError, match=r"d\(output\)/d\(weight\)"):
        check_gradients(loss, 2.0, 3.0)
    with pytest.raises(GradientError, match=r"d\(output\)/d\(mine\)") as caught:
        check_gradients(loss, Value(2.0, "mine"), 3.0)
    assert "Value(2.0), 3.0)" in caught.value.reproduce
    with pytest.raises(GradientError, match=r"d\(output\)/d\(x1\)") as caught:
        check_gradients(lambda xs: xs[0] * xs[1].detach(), [1.0, 2.0])
    assert "[1.0, 2.0])" in caught.value.reproduce


def test_branches_are_followed_and_what_softmax_subtracts_is_no_stray():
    assert check_gradients(lambda x: x if x > 0 else 2 * x, 3.0).comparisons
    assert check_gradients(lambda x: x * 2 if x > 0 else x + x, 0.0).comparisons

    def shifted(x, y):
        top = max(x.data, y.data)
        return ((x - top).exp() + (y - top).exp()).log() + top

    assert check_gradients(shifted, 1.0, 2.0).comparisons


def test_outside_the_floats_nothing_is_claimed():
    assert check_gradients(lambda x: x.exp(), 1000.0).comparisons == 0
    assert check_gradients(lambda x: x.log(), -1.0).comparisons == 0
    assert check_gradients(lambda x: x.sqrt(), 0.0).unchecked
    assert check_gradients(lambda x: x / x, 5e-324).unchecked


@pytest.mark.parametrize("place", [0, 1])
def test_an_input_without_a_witness_hides_no_other(place):
    """A power of a negative number has a slope in the base, and none in the exponent."""
    slopes = (lambda z, x, y: (2 * y * x ** (y - 1), 0), lambda z, y, x: (0, 2 * y * x ** (y - 1)))[place]
    values = (lambda x, y: m.power(x, y), lambda y, x: m.power(x, y))
    doubled = Op("doubled_power", value=values[place], slopes=slopes, doc="Of a test.")
    with pytest.raises(GradientError) as caught:
        check_gradients(doubled, *((-2.0, 3.0), (3.0, -2.0))[place])
    assert (caught.value.input, caught.value.expected, caught.value.got) == (place, 12, 24)
    assert (caught.value.mode, caught.value.op) == ("local slope", doubled)


def test_corners_have_the_documented_slope():
    assert check_gradients(lambda x: abs(x) * 3 + relu(x), 0).comparisons
    assert check_gradients(lambda x, y: autograd.maximum(x, y, x) * 2, 1.5, 1.5).comparisons
    between = Op(
        "between",
        value=abs,
        slopes=lambda z, x: (m.where(x > 0, 1, m.where(x < 0, -1, 0.25)),),
        corners=(0,),
        doc="Of a test.",
    )
    assert check_gradients(between, 0.0).comparisons
    both = Op(
        "both_corners",
        value=lambda x, y: abs(x) + abs(y),
        slopes=lambda z, x, y: (autograd.sign(x), autograd.sign(y)),
        doc="Of a test.",
    )
    assert check_gradients(both, 0.0, 0.0).comparisons


def test_a_large_graph_is_checked_by_its_parts():
    ws = [Value(0.01 * i) for i in range(40)]

    def loss():
        z = Value(0.5, requires_grad=False)
        for _ in range(9):
            for w in ws:
                z = z * w.tanh() + w * 0.1
        return z

    report = check_gradients(loss, wrt=ws, second_order=False)
    assert report.comparisons > 300 and not report.unchecked
    assert check_gradients(loss, wrt=ws).comparisons > report.comparisons


def test_the_laws_of_a_row_are_told_apart():
    def broken(law, name, **row):
        with pytest.raises(GradientError) as caught:
            check_operation(Op(name, doc="Of a test.", **row))
        assert caught.value.mode == law, str(caught.value)
        return str(caught.value)

    slope = {"slopes": lambda z, x: (2 * x,)}
    assert "nan" in broken("nan", "eats_nan", value=lambda x: m.where(x * x >= 0, x * x, 0.5), **slope)
    assert "outside its domain" in broken("domain", "no_domain", value=lambda x: x * x, domain=(0, 5), **slope)
    assert "slope is a float" in broken("exactness", "inexact", value=lambda x: x * x, slopes=lambda z, x: (2.0 * x,))
    assert "must return a tuple" in broken("formula", "two_slopes", value=lambda x: x, slopes=lambda z, x: (1, 1))
    naive = broken("value", "naive_value", value=lambda x: x * x * (1.001 if type(x) is float else 1), **slope)
    assert "check_gradients(find('naive_value'" in naive

    def no_text(z, x):
        if not isinstance(x, (int, float, Fraction, Value)):
            raise ValueError("no text")
        return (2 * x,)

    assert "no text" in broken("formula", "no_formula", value=lambda x: x * x, slopes=no_text)


NEAR = [(-2000, -100), (-60, -31), (31, 60), (100, 2000), (-1e-8, -1e-10), (1e-10, 1e-8)]
NEAR += [(k - 0.25, k + 0.25) for k in (-25, -10, -2, -1, -0.5, 0.5, 1, 2, 3, 10, 25)]
BESIDE = [(7, 7 + 1e-14), (7 - 1e-14, 7), (7 + 1e-7, 7 + 1e-5), (7 - 1e-5, 7 - 1e-7)]
FAR = [(0, 1e-320), (1e-315, 1e-300), (1e-210, 1e-190), (1e-30, 1e-10), (1e10, 1e30), (1e190, 1e210), (1e290, 1e308)]
FAR += [(-1e-320, 0), (-1e-190, -1e-210), (-1e30, -1e10), (-1e210, -1e190), (-1e308, -1e290), (700, 720), (-750, -740)]


@pytest.mark.parametrize("place, wide", [*((place, False) for place in NEAR + BESIDE), *((place, True) for place in FAR)])
def test_the_check_of_a_row_looks_near_and_far_and_beside_corners(place, wide):
    low, high = place
    wrong = Op(
        "wrong_in_a_place",
        value=lambda x: 2 * x,
        slopes=lambda z, x: (m.where(x > low, m.where(x < high, 3, 2), 2),),
        corners=(7,),
        doc="Of a test.",
    )
    with pytest.raises(GradientError) as caught:
        check_operation(wrong, points=0, wide=wide)
    assert low < caught.value.at[0] < high


def test_what_is_wrong_on_fractions_only_is_told_like_the_rest():
    def slope(x):  # of fractions, a constant: there the second derivative is 0 instead of 2
        return Value(2 * x.data) if isinstance(x, Value) and type(x.data) is Fraction else 2 * x

    wrong = Op("wrong_on_fractions", value=lambda x: x * x, slopes=lambda z, x: (slope(x),), doc="Of a test.")
    with pytest.raises(GradientError, match=r"d²\(output\)/d\(x\)d\(x\) is wrong") as caught:
        check_operation(wrong)
    assert type(caught.value.at[0]) is Fraction and caught.value.expected == 2
    assert "check_gradients(find('wrong_on_fractions'), " in caught.value.reproduce


def test_of_a_wrong_second_derivative_the_row_inside_the_slope_is_blamed():
    inner = Op("inner_row", value=m.cos, slopes=lambda z, x: (autograd.sin(x),), doc="Of a test.")
    outer = Op("outer_row", value=m.sin, slopes=lambda z, x: (inner(x),), doc="Of a test.")
    with pytest.raises(GradientError, match="second order") as caught:
        check_gradients(lambda x: 2 * outer(x), 0.5)
    assert caught.value.op is inner


def test_what_cancelling_leaves_of_a_mixed_derivative_accuses_nobody():
    check_gradients(lambda x, y: tanh(autograd.exp(-(y * y))) + x, 0.0, 0.0)  # the mixed one is 0; its terms are not

    def half(x):  # its slope is right, but forgets that it depends on x: a tiny second derivative is missing
        return Value(x.data * 2.0**-400) if isinstance(x, Value) else x * 2.0**-400

    row = Op("forgets", value=lambda x, y: x * y * 2.0**-400, slopes=lambda z, x, y: (half(y), half(x)), doc="Of a test.")
    with pytest.raises(GradientError, match="second order"):
        check_gradients(lambda x, y: row(x, y) + autograd.exp(x) + autograd.exp(y), 0.5, 0.25)


def test_a_witness_that_knows_nothing_accuses_nobody():
    from autograd.testing.report import allowance

    assert allowance(1.0, Oracle(lambda xs: xs[0]).along([1.0], [1]), Fraction(2), math.inf, 0.0, None) == math.inf


def test_an_input_that_does_not_matter_may_be_nan():
    assert check_operation(autograd.op.OPS["where"], points=2).comparisons


def test_the_same_seed_gives_the_same_report():
    assert check_operation(tanh, points=3, seed=5) == check_operation(tanh, points=3, seed=5)
    assert "numbers agree with mpmath" in str(check_operation(tanh, points=1))
    assert "unchecked" in str(check_operation(autograd.log, points=1))


def test_series_arithmetic():
    field = Rationals()
    x = Series(3, 1, 0, field)
    for z, a, b, c in [
        (2 - x, -1, -1, 0),
        (6 / x, 2, Fraction(-2, 3), Fraction(2, 9)),
        (x**3, 27, 27, 9),
        (x**-1, Fraction(1, 3), Fraction(-1, 9), Fraction(1, 27)),
        (x**0, 1, 0, 0),
        (abs(-x), 3, 1, 0),
    ]:
        assert (z.a, z.b, z.c) == (a, b, c)
    assert x.is_nonzero() and not field.tie and x >= 3 and field.tie and not x <= 3
    with pytest.raises(Unknown):
        1 / Series(0, 1, 0, field)
    with pytest.raises(Unknown):
        Series(-1, 1, 0, field) ** Series(0.5, 1, 0, field)
    with pytest.raises(Unknown):
        Series(0, 1, 0, field) ** 0.5
    with pytest.raises(Unknown):
        Series(math.nan, 0, 0, field)
    for irrational in (lambda: x**0.5, lambda: 2**x, lambda: Series(2**MOST_BITS, 0, 0, field), lambda: x.intrinsic("exp")):
        with pytest.raises(Irrational):
            irrational()


def test_digits_know_poles_overflow_and_tails():
    along = Oracle(lambda xs: autograd.exp(xs[0])).along
    assert along([2.0**30], [1]) is None and along([-(2.0**30)], [1]).slope == 0
    oracle = Oracle(lambda xs: autograd.sinh(xs[0]))
    assert oracle.along([2.0**30], [1]) is None and oracle.along([0.5], [1]).oracle == MPMATH, "it is asked again"
    assert Oracle(lambda xs: autograd.log(xs[0])).along([0.0], [1]) is None
    assert Oracle(lambda xs: autograd.acos(xs[0])).along([1.0], [1]) is None
    far = Oracle(lambda xs: autograd.log(xs[0] + 1e300)).along([1e300], [1])
    assert abs(float(far.slope) * 2e300 - 1) < 1e-15
    assert Oracle(lambda xs: autograd.log2(xs[0])).along([8.0], [1]).value == 3
    assert Oracle(lambda xs: autograd.exp(autograd.exp(xs[0]))).along([9.0], [1]).value == math.inf
    assert Oracle(lambda xs: xs[0]).along([math.nan], [1]) is None
    tail = Oracle(lambda xs: 1 + autograd.erf(xs[0])).along([-20.0], [1])
    assert float(tail.slope) == pytest.approx(2 / math.sqrt(math.pi) * math.exp(-400), rel=1e-13)


def test_mpmath_that_is_missing_is_no_error(monkeypatch):
    digits.context.cache_clear()
    monkeypatch.setitem(sys.modules, "mpmath", None)
    assert digits.context() is None
    digits.context.cache_clear()


def test_differences_find_corners_and_domains():
    corner = differences(lambda xs: abs(xs[0]), [0.0], [1])
    assert corner.corner and corner.slope == pytest.approx(1)
    smooth = differences(lambda xs: xs[0] ** 3, [2.0], [1])
    assert abs(smooth.slope - 12) <= smooth.slope_error < 1e-9 and abs(smooth.second - 12) <= smooth.second_error
    assert differences(lambda xs: math.nan, [2.0], [1]) is None
    assert extrapolate([], 2) == (0.0, math.inf)


def test_rounded_numbers_bound_their_error():
    third = Rounded(1) / 3
    for z, true in [
        (third + third, Fraction(2, 3)),
        (1 - third, Fraction(2, 3)),
        (2 * third**2, Fraction(2, 9)),
        (abs(-third), Fraction(1, 3)),
        (1 / third, 3),
    ]:
        assert abs(Fraction(z.x) - true) <= z.e < 1e-15
    assert (2**third).e > 0 and third**third > 0 and Rounded(2**60 + 1).e > 0
    assert third == third and third != 1 and third >= third and third <= 1 and third < 1 and third.is_nonzero() and third
    assert math.isnan((1 / Rounded(0)).e)


def test_what_is_known_is_forgotten_before_it_grows_large(monkeypatch):
    monkeypatch.setattr(digits, "REMEMBERED", 2)
    digits._known.clear()
    assert check_gradients(lambda x: x.exp() * x.sin(), 0.5).comparisons
    assert len(digits._known) <= 2


def test_two_precisions_agree_in_more_digits_than_floats_have():
    for x in (Fraction(3), Fraction(-3), Fraction(3, 2**900)):
        assert digits.agree(x, x) and digits.agree(x, x * (1 + Fraction(1, 2**90)))
        assert not digits.agree(x, x * (1 + Fraction(1, 2**60))) and not digits.agree(x, -x)
    assert digits.agree(math.inf, math.inf) and not digits.agree(math.inf, Fraction(1))


def test_what_counts_as_right():
    assert distance(math.inf, Fraction(10) ** 400) == 0 and distance(math.nan, Fraction(1)) == math.inf
    assert right(math.inf, Fraction(10) ** 400, 0) and not right(math.inf, Fraction(1), 0)
    assert right(1.7976931348623157e308, math.inf, 0) and not right(1.0, math.inf, 0) and not right(math.nan, Fraction(1), 0)


def test_strategies_are_loaded_when_asked_for(monkeypatch):
    code = "import sys, autograd.testing; print('hypothesis' in sys.modules, 'mpmath' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False False\n"
    import autograd.testing

    monkeypatch.delattr(autograd.testing, "strategies", raising=False)  # where another test has asked for them
    monkeypatch.setitem(sys.modules, "autograd.testing.strategies", math)
    assert autograd.testing.strategies is math
    with pytest.raises(AttributeError, match="nothing"):
        autograd.testing.nothing
