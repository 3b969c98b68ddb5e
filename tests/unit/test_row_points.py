"""Where ``check_operation`` looks: at every fixed number of the domain, at its ends and corners, and all over at random."""

import math
from fractions import Fraction
from math import inf, nextafter

import pytest

from autograd import Op, Value, log
from autograd.op import find
from autograd.testing import GradientError, check_operation, rows

DOMAINS = [(-inf, inf), (0, inf), (-inf, 2.5), (-1, 1), (2, 50), (-1e9, 1e9)]


def looked(op, monkeypatch, **options):
    """The points at which a row is checked: on numbers, on fractions, with a nan among them."""
    found = {"point": [], "exact": [], "nan": []}
    for law, points in found.items():
        monkeypatch.setattr(rows, f"_check_{law}", lambda op, args, *_, points=points: points.append(tuple(args)))
    check_operation(op, **options)
    return found["point"], found["exact"], found["nan"]


def line(domain=(-inf, inf), corners=(), inputs=1):
    slopes = {1: lambda z, x: (1,), 2: lambda z, x, y: (1, 1), None: lambda z, *xs: (1,) * len(xs)}
    return Op(
        "of_the_row_points",
        value=lambda *xs: sum(xs),
        slopes=slopes[inputs],
        domain=domain,
        corners=corners,
        doc="Of a test.",
    )


def written(numbers):
    return {repr(x) for x in numbers}


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("domain", DOMAINS)
def test_every_fixed_number_of_the_domain_for_all_inputs_and_for_one_beside_others(domain, wide, monkeypatch):
    low, high = domain
    op = line(domain, inputs=2)
    points, *_ = looked(op, monkeypatch, points=0, wide=wide)
    fixed = [x for x in (*rows.EVERYDAY, *(rows.WIDE if wide else ())) if low <= x <= high]
    ends = [y for x, inwards in ((low, inf), (high, -inf)) if math.isfinite(x) for y in (x, nextafter(x, inwards))]
    equal, mixed = points[::2], points[1::2]
    assert written(p[0] for p in equal) == written(fixed + ends) and all(repr(x) == repr(y) for x, y in equal)
    assert all(repr(x) in map(repr, p) for (x, _), p in zip(equal, mixed, strict=True))
    assert {[*map(repr, p)].index(repr(x)) for (x, _), p in zip(equal, mixed, strict=True)} == {0, 1}
    assert all(low <= x <= high for p in points for x in p)


def test_small_whole_numbers_and_both_zeros_are_given_as_they_are(monkeypatch):
    points, *_ = looked(line(), monkeypatch, points=0)
    assert written(x for (x,) in points) >= written((-2, -1, 0, 1, 2, 3, -0.0, 0.0))


def test_corners_with_what_lies_beside_them(monkeypatch):
    points, *_ = looked(line(corners=(7,)), monkeypatch, points=0)
    at = [x for (x,) in points if 6 < x < 8]
    assert sorted(at) == [7 - 1e-6, nextafter(7, -inf), 7, nextafter(7, inf), 7 + 1e-6]


@pytest.mark.parametrize("domain", DOMAINS)
def test_random_points_are_all_over_the_domain(domain, monkeypatch):
    low, high = domain
    points, *_ = looked(line(domain), monkeypatch, points=2000)
    fixed = len(looked(line(domain), monkeypatch, points=0)[0])
    drawn = [x for (x,) in points[fixed:]]
    assert len(drawn) == 2000 and all(low <= x <= high for x in drawn)
    if high - low > 12:
        whole = {x for x in drawn if type(x) is int and abs(x) <= 6}
        assert whole >= {x for x in range(-6, 7) if low <= x <= high}
    if math.isfinite(high - low):
        tenths = {math.floor(10 * (x - low) / (high - low)) for x in drawn}
        assert tenths >= set(range(10))
        return
    origin = low if math.isfinite(low) else high if math.isfinite(high) else 0.0
    for inner, outer in ((0, 1e-3), (1e-3, 1), (1, 4), (4, 30)):
        at = [x - origin for x in drawn if type(x) is float and inner < abs(x - origin) < outer]
        assert len(at) > 60
        assert any(t > 0 for t in at) == (high == inf) and any(t < 0 for t in at) == (low == -inf)


@pytest.mark.parametrize("inputs, asked, sizes", [(1, None, {1}), (2, None, {2}), (None, None, {3, 5}), (None, 2, {2})])
def test_how_many_inputs_and_how_many_points(inputs, asked, sizes, monkeypatch):
    op = line(inputs=inputs)
    none, *_ = looked(op, monkeypatch, points=0, inputs=asked)
    thirty, exact, with_nan = looked(op, monkeypatch, inputs=asked)
    by_size = [[sum(len(p) == n for p in points) for n in sorted(sizes)] for points in (none, thirty)]
    assert [b - a for a, b in zip(*by_size, strict=True)] == [30, 10][: len(sizes)]
    assert {len(p) for p in exact} == {len(p) for p in with_nan} == sizes
    assert len(exact) == len(with_nan) == 5 * len(sizes)


def test_fractions_have_denominators_that_stay_readable(monkeypatch):
    exact = [x for seed in range(8) for p in looked(line(), monkeypatch, seed=seed)[1] for x in p]
    assert all(type(x) is Fraction and x.denominator <= 64 for x in exact)
    assert max(x.denominator for x in exact) > 32


def test_a_seed_decides_the_random_points(monkeypatch):
    first, again, other = (looked(line(), monkeypatch, seed=seed)[0] for seed in (1, 1, 2))
    assert first == again != other
    assert looked(line(), monkeypatch)[0] == looked(line(), monkeypatch, seed=0)[0]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_nan_that_is_lost_is_found_whichever_input_it_is(place):
    def value(*xs):
        xs = [0.5 if i == place and type(x) is float and x != x else x for i, x in enumerate(xs)]
        return xs[0] + xs[1] + xs[2]

    eats = Op("eats_a_nan", value=value, slopes=lambda z, x, y, t: (1, 1, 1), doc="Of a test.")
    with pytest.raises(GradientError, match="an input that is nan must give nan") as caught:
        check_operation(eats, points=1)
    assert caught.value.mode == "nan" and math.isnan(caught.value.at[place])
    assert sum(map(math.isnan, caught.value.at)) == 1


@pytest.mark.parametrize("outside", [-4, 4])
def test_a_number_outside_the_domain_is_found_on_either_side(outside):
    def value(x):
        return x if (type(x) is not float and type(x) is not int) or -3 <= x <= 3 or x * outside > 0 else math.nan

    op = Op("outside_its_domain", value=value, slopes=lambda z, x: (1,), domain=(-3, 3), doc="Of a test.")
    with pytest.raises(GradientError, match=f"it gives {outside} outside its domain from -3 to 3") as caught:
        check_operation(op, points=1)
    assert (caught.value.mode, caught.value.at) == ("domain", (outside,))


def test_an_error_names_the_inputs_as_the_row_does():
    wrong = Op("wrong_by_u", value=lambda t, u: t + u, slopes=lambda z, t, u: (1, 2), doc="Of a test.")
    many = Op(
        "wrong_by_the_last", value=lambda *xs: sum(xs), slopes=lambda z, *xs: (*(1 for _ in xs[1:]), 2), doc="Of a test."
    )
    for op, name in ((wrong, "u"), (many, "x2")):
        with pytest.raises(GradientError, match=rf"^d\({op.name}\)/d\({name}\) is wrong"):
            check_operation(op, points=1)


def test_a_second_derivative_that_is_wrong_is_told_with_the_names_of_the_row():
    def still(u):  # forgets that it depends on u
        return Value(u.data) if isinstance(u, Value) else u

    stiff = Op("stiff_by_u", value=lambda t, u: t * u, slopes=lambda z, t, u: (still(u), t), doc="Of a test.")
    with pytest.raises(GradientError, match=r"^d²\(output\)/d\((t\)d\(u|u\)d\(t)\) is wrong \(second order") as caught:
        check_operation(stiff, points=1)
    assert caught.value.op is stiff and "find('stiff_by_u')" in caught.value.reproduce


def test_a_value_that_is_wrong_is_told_with_its_point():
    class Odd(Op):
        """Of which the value on floats is not that of its formula."""

        def evaluate(self, args):
            return super().evaluate(args) * 1.01 if type(args[0]) is float and args[1] > 20 else super().evaluate(args)

    odd = Odd("odd_value", value=lambda x, y: x * y, slopes=lambda z, x, y: (y, x), doc="Of a test.")
    with pytest.raises(GradientError, match=r"^odd_value\(.*\) is wrong \(value\)") as caught:
        check_operation(odd, points=1)
    x, y = caught.value.at
    assert caught.value.mode == "value" and caught.value.got == 1.01 * (x * y) and y > 20


def test_what_has_no_value_is_not_compared():
    assert check_operation(log, points=1, wide=True).ulps < 8
    assert check_operation(find("power", (-1,)), points=1, wide=True).ulps < 8
