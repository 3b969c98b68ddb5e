"""Laws that every operation of the table obeys, each on its whole domain."""

import math
from fractions import Fraction

import mpmath as mp
import oracle
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograd import Value, grad
from autograd.op import FAMILIES, FUNCTIONS, OPS, find
from autograd.testing import check_gradients, strategies
from autograd.testing.digits import Digits, context
from autograd.testing.series import Series

ONE_INPUT = [pytest.param(op, f, df, id=op.name + "".join(map(str, op.params))) for op, f, df in oracle.one_input()]
ULPS = 4
ALGEBRAIC = {"neg", "log", "log2", "log10", "log1p", "sqrt", "atan", "relu", "abs", "sign", "step", "power", "leaky_relu"}
anything = st.floats() | st.integers(-(10**400), 10**400) | st.sampled_from([0, -0.0, 5e-324, 1.7e308, math.inf, math.nan])
logits = st.lists(st.floats(-700, 700), min_size=1, max_size=6)


def test_every_operation_has_an_oracle():
    ours = {op.name for op in OPS.values() if not op.doc.startswith("Of a test")}
    assert ours == {*oracle.UNARY, *oracle.BINARY, *oracle.NARY}
    assert {name for name in FAMILIES if not name.endswith("_tests")} == set(oracle.FAMILIES)


def at(op, *args):
    """The value and the slopes at plain numbers."""
    z = op.evaluate(args)
    return z, op.slopes_at(z, args)


def near_a_corner(op, x):
    return any(abs(x - c) < 1e-300 for c in op.corners)


@pytest.mark.parametrize("op, f, df", ONE_INPUT)
@settings(max_examples=60)
@given(data=st.data())
def test_value_and_slope_are_right_to_the_last_bits(op, f, df, data):
    x = data.draw(oracle.floats_in(*op.domain))
    assume(not near_a_corner(op, x))
    assume(x != 0 or op.name != "power")  # a pole, or a corner: see the edge table below
    assume(abs(x) < 1e6 or op.name in ALGEBRAIC)  # the oracle would need as many digits as the exponential has
    z, (d,) = at(op, x)
    assert oracle.ulps(z, f(mp.mpf(x))) <= ULPS
    assert oracle.ulps(d, df(mp.mpf(x))) <= ULPS


@pytest.mark.parametrize("name", ["add", "sub", "mul", "div"])
@settings(max_examples=300)
@given(x=oracle.floats_in(-math.inf, math.inf), y=oracle.floats_in(-math.inf, math.inf))
def test_arithmetic_is_right_to_the_last_bits(name, x, y):
    assume(y != 0)
    z, slopes = at(OPS[name], x, y)
    f, df = oracle.BINARY[name]
    assert oracle.ulps(z, f(mp.mpf(x), mp.mpf(y))) <= 0.5
    for d, true in zip(slopes, df(mp.mpf(x), mp.mpf(y))):
        assert oracle.ulps(d, true) <= 2


@settings(max_examples=500)
@given(x=oracle.floats_in(0, math.inf), log_z=st.floats(-750, 720), y=st.floats(-100, 100))
def test_a_power_of_two_inputs_is_right_to_the_last_bits(x, log_z, y):
    if x != 1:
        y = log_z / math.log(x)  # the whole range of results, and beyond
    assume(y != 0)
    z, (dx, dy) = at(OPS["pow"], x, y)
    f, df = oracle.BINARY["pow"]
    true_dx, true_dy = df(mp.mpf(x), mp.mpf(y))
    assert oracle.ulps(z, f(mp.mpf(x), mp.mpf(y))) <= ULPS
    assert oracle.ulps(dx, true_dx) <= ULPS
    assert oracle.ulps(dy, true_dy) <= ULPS


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "cross_entropy"])
@given(xs=logits, data=st.data())
def test_the_softmax_family_keeps_its_digits(name, xs, data):
    i = data.draw(st.integers(0, len(xs) - 1))
    with mp.workdps(700):  # the logarithm of a share near 1
        f, df = oracle.FAMILIES[name](i)
        exact = [mp.mpf(x) for x in xs]
        z, slopes = at(find(name, (i,)), *xs)
        assert oracle.ulps(z, f(*exact)) <= ULPS
        for d, true in zip(slopes, df(*exact), strict=True):
            assert oracle.ulps(d, true) <= ULPS


@given(xs=logits)
def test_logsumexp_of_log_probabilities_keeps_its_digits(xs):
    whole = OPS["logsumexp"].evaluate(tuple(xs))
    shares = [x - whole for x in xs]  # whose logsumexp is nearly 0
    assert oracle.ulps(OPS["logsumexp"].evaluate(tuple(shares)), oracle.NARY["logsumexp"][0](*map(mp.mpf, shares))) <= ULPS


@given(xs=logits)
def test_logsumexp_has_softmax_as_slopes(xs):
    z, slopes = at(OPS["logsumexp"], *xs)
    assert oracle.ulps(z, oracle.NARY["logsumexp"][0](*map(mp.mpf, xs))) <= ULPS
    assert slopes == tuple(find("softmax", (i,))(*xs) for i in range(len(xs)))


@pytest.mark.parametrize("op", [pytest.param(OPS[name], id=name) for name in (*oracle.UNARY, *oracle.BINARY, *oracle.NARY)])
@settings(max_examples=200)
@given(data=st.data())
def test_no_number_raises(op, data):
    numbers = anything if op.name != "pow" else st.floats() | st.integers(-20, 20)  # whole powers of giants never end
    args = data.draw(st.lists(numbers, min_size=op.arity or 3, max_size=op.arity or 3))
    z, slopes = at(op, *args)
    assert isinstance(z, (int, float)) and len(slopes) == len(args)
    assert all(isinstance(d, (int, float)) for d in slopes)
    if z != z and op.arity == 1 and op.name != "neg":
        assert slopes[0] != slopes[0], "a nan has a nan slope"


@pytest.mark.parametrize("op, f, df", ONE_INPUT)
@given(data=st.data())
def test_a_nan_stays_a_nan(op, f, df, data):
    z, (d,) = at(op, math.nan)
    assert z != z
    if op.name != "neg":
        assert d != d


RATIONAL = [
    "add",
    "sub",
    "mul",
    "div",
    "neg",
    "abs",
    "sign",
    "step",
    "relu",
    "maximum",
    "minimum",
    "where",
    "sum",
    "mean",
    "dot",
]
fractions = st.fractions(-100, 100, max_denominator=50)


@pytest.mark.parametrize("name", RATIONAL)
@given(data=st.data())
def test_rational_operations_are_exact_on_fractions(name, data):
    op = OPS[name]
    n = 2 if name in oracle.BINARY else op.arity or 3
    args = tuple(data.draw(st.lists(fractions, min_size=n, max_size=n)))
    assume(name != "div" or args[1] != 0)
    z, slopes = at(op, *args)
    f, df = {**oracle.UNARY, **oracle.BINARY, **oracle.NARY}[name]
    assert isinstance(z, (int, Fraction)) and all(isinstance(d, (int, Fraction)) for d in slopes)
    assert abs(oracle.exactly(z) - f(*map(oracle.exactly, args))) < mp.mpf(10) ** -50
    assume(not op.corners or args[0] != 0)
    true = df(*map(oracle.exactly, args))
    for d, t in zip(slopes, true if isinstance(true, tuple) else (true,), strict=True):
        assert abs(oracle.exactly(d) - t) < mp.mpf(10) ** -50


@given(x=fractions, n=st.integers(-6, 6))
def test_whole_powers_are_exact_on_fractions(x, n):
    assume(x != 0)
    z, (d,) = at(find("power", (n,)), x)
    assert z == x**n and d == n * x ** (n - 1)
    assert isinstance(d, (int, Fraction))


@pytest.mark.parametrize("name", sorted({*oracle.UNARY} - {*RATIONAL} - {"sqrt"}))
def test_what_has_no_exact_result_says_so_and_names_the_remedy(name):
    with pytest.raises(TypeError, match=r"no exact result.*float"):
        OPS[name](Fraction(1, 3))


SEVERAL = [
    *((OPS[name], oracle.NARY[name]) for name in ("mean", "dot", "logsumexp")),
    *((find(name, (1,)), oracle.FAMILIES[name](1)) for name in ("softmax", "log_softmax", "cross_entropy")),
]


@pytest.mark.parametrize("op, both", [pytest.param(op, both, id=op.name) for op, both in SEVERAL])
@settings(max_examples=10)
@given(xs=st.lists(st.floats(-3, 3), min_size=3, max_size=3))
def test_a_value_runs_on_numbers_of_another_kind_too(op, both, xs):
    """On numbers of 50 digits, each with an infinitesimal: the value has these digits, and the slope comes with it."""
    field = Digits(context(), 170)
    for i, true in enumerate(both[1](*map(mp.mpf, xs))):
        z = op.value(*[Series(x, int(i == j), 0, field) for j, x in enumerate(xs)])
        for got, expected in ((z.a, both[0](*map(mp.mpf, xs))), (z.b, true)):
            assert abs(oracle.exactly(field.fraction(got)) - expected) < mp.mpf(10) ** -40


@pytest.mark.parametrize("op, f, df", ONE_INPUT)
@settings(max_examples=30)
@given(data=st.data())
def test_second_derivatives_come_from_the_same_row(op, f, df, data):
    low, high = op.domain
    x = data.draw(st.floats(max(low + 0.05, -4), min(high - 0.05, 4)))
    assume(abs(x) > 0.01)
    v = Value(x)
    (first,) = grad(op(v), [v], create_graph=True)
    (second,) = grad(first, [v], materialize_grads=True)
    v2 = Value(x)
    op(v2).backward()
    assert first.data == pytest.approx(v2.grad, rel=1e-14)
    assert second == pytest.approx(float(mp.diff(f, x, 2)), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", ["add", "sub", "mul", "div", "pow", "maximum", "minimum"])
@given(x=st.floats(0.1, 4), y=st.floats(0.1, 4))
def test_mixed_second_derivatives_come_from_the_same_row(name, x, y):
    assume(abs(x - y) > 1e-3)
    a, b = Value(x), Value(y)
    for i, first in enumerate(grad(OPS[name](a, b), [a, b], create_graph=True)):
        for j, second in enumerate(grad(first, [a, b], materialize_grads=True)):
            orders = tuple(int(k == i) + int(k == j) for k in range(2))
            true = float(mp.diff(oracle.BINARY[name][0], (x, y), orders))
            assert second == pytest.approx(true, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", ["logsumexp", "softmax", "log_softmax", "cross_entropy", "mean", "dot", "where"])
@given(xs=st.lists(st.floats(-3, 3), min_size=3, max_size=3))
def test_second_derivatives_of_many_inputs_come_from_the_same_row(name, xs):
    assume(name != "where" or abs(xs[0]) > 0.01)
    op = OPS[name] if name in OPS else find(name, (1,))
    f, _ = oracle.NARY[name] if name in OPS else oracle.FAMILIES[name](1)
    vs = [Value(x) for x in xs]
    for i, first in enumerate(grad(op(*vs), vs, create_graph=True)):
        if not isinstance(first, Value):
            continue
        for j, second in enumerate(grad(first, vs, materialize_grads=True)):
            orders = tuple(int(k == i) + int(k == j) for k in range(3))
            assert second == pytest.approx(float(mp.diff(f, tuple(xs), orders)), rel=1e-8, abs=1e-10)


@pytest.mark.parametrize("op", strategies.TABLE, ids=repr)
@settings(max_examples=25)
@given(data=st.data())
def test_every_row_is_right_to_the_second_order_wherever_it_has_a_value(op, data):
    """In tails and beside corners too, in every mode, as far as rounding that is counted allows."""
    inputs = data.draw(strategies.inputs_of(op, [float, int]))
    assume(all(abs(x) < 2**1024 for x in inputs))
    check_gradients(op, *inputs)


@pytest.mark.parametrize("name", ["relu", "step", "sign", "abs", "leaky_relu 0.1"])
@given(x=st.floats(-3, 3) | st.sampled_from([0, 0.0, -0.0]))
def test_slopes_that_are_flat_between_corners_have_no_slope(name, x):
    name, *params = name.split()
    v = Value(x)
    (first,) = grad(find(name, tuple(map(float, params)))(v), [v], create_graph=True)
    assert grad(first, [v], materialize_grads=True) == (0,)


def test_the_documented_slopes_at_corners():
    corners = {"relu": 0, "step": 0, "abs": 0, "sign": 0}
    for name, slope in corners.items():
        assert OPS[name].slopes_at(OPS[name](0.0), (0.0,)) == (slope,)
    assert find("leaky_relu", (0.1,)).slopes_at(0.0, (0.0,)) == (0.1,)
    assert find("elu", (3,)).slopes_at(0.0, (0.0,)) == (3,)
    assert OPS["maximum"].slopes_at(2, (2, 1, 2)) == (0, 0, 1)
    assert OPS["minimum"].slopes_at(1, (1, 1, 2)) == (0, 1, 0)
    assert OPS["pow"].slopes_at(1.0, (0.0, 0.0)) == (0, 0)
    assert find("power", (0,)).slopes_at(1, (0,)) == (0,)
    assert find("power", (0.5,)).slopes_at(0.0, (0.0,)) == (math.inf,)
    assert find("power", (0.1,)).slopes_at(0.0, (0.0,)) == (math.inf,)


def test_every_row_says_what_it_does_and_every_function_has_a_sentence():
    for op in [*OPS.values(), *(find(name, (1,)) for name in FAMILIES)]:
        assert op.doc.endswith("."), op
        assert op.glyph
    for name, function in FUNCTIONS.items():
        assert function.doc if hasattr(function, "doc") else function.__doc__, name
