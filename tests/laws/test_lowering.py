"""Lowering by templates: whatever is constant, and however a derivative is asked for, the engine's numbers come out."""

import functools
import math
import operator
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import Op, Value, grad, sigmoid, where
from autograd import intrinsics as m
from autograd.compile import copies
from autograd.compile.lower import lower
from autograd.compile.python import PythonCode
from autograd.compile.record import record
from autograd.intrinsics import to_float
from autograd.op import find
from autograd.testing import strategies
from autograd.testing.strategies import TABLE

SMOOTH = ["add", "mul", "tanh", "exp", "log", "sqrt", "where", "maximum", "softplus", "pow", "power", "dot", "relu", "div"]
NUMBERS = (-1, 0, 1, 2, 3, -0.0, 0.0, 1.0, 2.0, 0.5, -7.25, 10**400, math.inf, math.nan, Fraction(1, 3), Fraction(3))
CORRECTED = ("silu", "gelu", "logsumexp", "log_softmax", "cross_entropy", "softmax")  # better on floats than by formula


def run(function, arguments, request="value", parameters=()):
    program, _ = lower(record(function, arguments, request))
    return program, PythonCode(program).run([float(x) for x in arguments], list(parameters))


def same(got, want):
    return all(a == b or (a != a and b != b) for a, b in zip(got, want, strict=True))


def close(got, want):
    return all(a == b or (a != a and b != b) or abs(a - b) <= 1e-12 * (1 + abs(b)) for a, b in zip(got, want, strict=True))


@pytest.mark.parametrize("op", TABLE, ids=lambda op: op.name)
@settings(max_examples=40)
@given(data=st.data())
def test_any_of_a_row_s_inputs_may_be_constant(op, data):
    """A constant is folded by Python, simplified away or kept: the value and the gradient are those of a recorded run."""
    count = op.arity or 3
    choices = st.one_of(st.none(), st.sampled_from(NUMBERS))
    fixed = data.draw(st.lists(choices, min_size=count, max_size=count).filter(lambda xs: None in xs))
    point = [data.draw(strategies.values(op.domain)) for x in fixed if x is None]

    def f(*xs):
        free = iter(xs)
        return op(*[next(free) if x is None else Value(x, requires_grad=False) for x in fixed])

    def by_values(*xs):
        z = f(*xs)
        return [z, *grad(z, xs, create_graph=True, materialize_grads=True)]

    try:
        want = run(by_values, point)[1]
    except TypeError:  # a Fraction with no exact result
        with pytest.raises(TypeError):
            run(f, point, "gradient")
        return
    got = run(f, point, "gradient")[1]
    assert close(got, want), (fixed, point, got)
    if op.name not in CORRECTED:
        assert close(got[:1], [to_float(f(*map(Value, point)).data)]), (fixed, point, got)


@settings(max_examples=150)
@given(program=strategies.graphs(SMOOTH, within=None))
def test_gradients_at_lowering_are_those_of_the_engine_to_the_bit(program):
    """One is written from templates, the other recorded on Values: the same products, added in the same order."""

    def by_values(*xs):
        z = program(*xs)
        return [z, *grad(z, xs, create_graph=True, materialize_grads=True)]

    lowered, got = run(program, program.inputs, "gradient")
    recorded, want = run(by_values, program.inputs)
    assert same(got, want)
    assert lowered.steps <= recorded.steps


@settings(max_examples=50)
@given(x=st.floats(-3, 3), w=st.floats(-3, 3))
def test_what_is_left_out_receives_nothing_in_either_way(x, w):
    def f(x, w):
        kept = where(x > w, autograd.log(x - w) * w, x * w) + where(w > 0, autograd.sqrt(w) ** 3, 0)
        return kept * where((x - w).detach() < 1, autograd.log(w), 2) + x.detach() * w

    def by_values(x, w):
        z = f(x, w)
        return [z, *grad(z, [x, w], create_graph=True)]

    assert same(run(f, (x, w), "gradient")[1], run(by_values, (x, w))[1])


def test_the_jacobian_of_many_outputs():
    def f(*xs):
        return [xs[i] * xs[i - 1] + autograd.sum(xs[:i]) for i in range(1, len(xs))] + [Value(2.0), xs[0]]

    xs = [0.5, -1.0, 2.0, 3.0]
    want = autograd.jacobian(lambda *xs: f(*xs), tuple(xs))
    assert autograd.compile(f, backend="python").jacobian(*xs) == [tuple(map(float, row)) for row in want]


def test_nodes_that_are_constants_to_the_engine_send_nothing():
    def f(x, y):
        with autograd.no_grad():
            still = x * y
        return still * x + still.detach() * y + where(x > y, x, y)

    _, got = run(f, (3.0, 2.0), "gradient")
    assert got == [33.0, 7.0, 6.0]


def test_a_condition_may_be_a_value():
    """Of a row that gives a condition itself, others may take the condition, or the 1 or 0 that it counts as."""
    above = Op("lowering_above", value=lambda x, y: x > y, slopes=lambda z, x, y: (0, 0), doc="Of a test.")
    f = lambda x, y: [above(x, y), where(above(x, y), x, y), above(x, y) + 1, where(above(x, y) * 1, 5, x)]
    program, got = run(f, (3.0, 2.0))
    assert got == [1.0, 3.0, 2.0, 5.0]
    assert PythonCode(program).run([2.0, 3.0], []) == [0.0, 3.0, 1.0, 2.0]
    assert [i.op for i in program.instructions].count("lt") == 1 and "ne" not in {i.op for i in program.instructions}


def test_a_row_that_needs_a_constant_s_number():
    """It is run for each number anew, and not refused because a name stood in for it."""
    chooses = Op(
        "lowering_chooses",
        value=lambda x, n: x * x if n > 1.5 else x + n * 0.5,
        slopes=lambda z, x, n: (2 * x if n > 1.5 else 1, 0),
        doc="Of a test.",
    )
    _, got = run(lambda x: [chooses(x, n) for n in (1.25, 1.75, 0.5, 1.25)], (3.0,))
    assert got == [3.625, 9.0, 3.25, 3.625]
    assert run(lambda x: chooses(x, 1.25), (3.0,), "gradient")[1] == [3.625, 1.0]
    with pytest.raises(autograd.compile.RowError, match="asks whether a condition holds"):
        run(lambda x: chooses(x, x), (3.0,))


def test_a_row_with_the_wrong_number_of_slopes():
    wrong = Op("lowering_wrong", value=lambda x, y: x * y, slopes=lambda z, x, y: (y,), doc="Of a test.")
    with pytest.raises(TypeError, match="'lowering_wrong' is wrong: slopes must return a tuple of 2 numbers"):
        run(lambda x: wrong(x, 2.0), (3.0,), "gradient")


def test_a_value_that_does_not_depend_on_its_input():
    one = find("power", (0,))
    assert run(lambda x: one(x) * 3, (2.0,), "gradient")[1] == [3.0, 0.0]
    assert run(lambda x: one(x) * x + one(one(x)), (2.0,), "gradient")[1] == [3.0, 1.0]
    assert run(lambda x: one(x) * one(x), (2.0,), "gradient")[1] == [1.0, 0.0]


def test_a_constant_whose_slope_python_cannot_tell():
    """1 - x**0 is 0, and the slope of 1/0 is by IEEE 754, though it is known before anything runs."""
    one = find("power", (0,))
    f = lambda x: 1 / (one(x) - 1)
    by_values = lambda x: [f(x), *grad(f(x), [x], create_graph=True)]
    assert same(run(f, (2.0,), "gradient")[1], run(by_values, (2.0,))[1])


def test_exact_constants_are_folded_as_python_does():
    thirds = lambda x: x * Value(Fraction(1, 3)) * 3 + Value(10**400) * Value(0) + Value(2**70) / Value(2**69)
    assert run(thirds, (1.0,))[1] == [3.0]


@pytest.mark.parametrize("op", [sigmoid, autograd.softplus, autograd.logsigmoid, autograd.silu], ids=lambda op: op.name)
def test_sigmoid_and_its_kin_take_one_exponential_with_their_slopes(op):
    assert [i.op for i in run(op, (0.5,), "gradient")[0].instructions].count("exp") == 1


def test_the_slope_of_tanh_takes_one_exponential():
    assert [i.op for i in run(autograd.tanh, (0.5,), "gradient")[0].instructions].count("exp") == 1


def derivative(f, order):
    def g(x):
        z = f(x)
        for _ in range(order):
            (z,) = grad(z, [x], create_graph=True)
        return z

    return g


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("order", range(4))
@pytest.mark.parametrize("op", [sigmoid, autograd.softplus, autograd.logsigmoid, autograd.silu], ids=lambda op: op.name)
def test_sigmoid_and_its_kin_take_one_exponential_with_all_their_derivatives(op, order, long, monkeypatch):
    """On lists and on arrays."""
    monkeypatch.setattr(copies, "LONG", 0 if long else 10**6)
    f = lambda x: [op(x), op(-x), derivative(op, order)(x), derivative(autograd.tanh, order)(x / -2)]
    got = [(i.op, i.operands) for i in run(f, (0.5,))[0].instructions]
    assert len([i for i in got if i[0] == "exp"]) == 1 + (order > 0)  # of |x|, and of |2(x / -2)|


@pytest.mark.parametrize("long", [False, True])
@given(x=strategies.values())
def test_signs_that_an_absolute_value_forgets_across_rows(long, x):
    smaller = lambda x: where(x < 0, x, -x)
    f = lambda x: [abs(-x), abs(smaller(x)), abs(-smaller(-x)), abs(where(x < 0, -x, 2)), abs(where(x < 0, 2 * x, -x))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copies, "LONG", 0 if long else 10**6)
        program, got = run(f, (x,))
    assert same(got, [to_float(z.data) for z in f(Value(x))])
    assert [i.op for i in program.instructions].count("abs") == 3


def sizes(x):
    smaller = lambda x: m.where(x < 0, x, -x)
    return [abs(-x), abs(smaller(x)), abs(-smaller(-x)), abs(x * -2), abs(-3 * x)]


def choices(x):
    return [abs(m.where(x < 0, x, -x * 2)), abs(m.where(x < 0, -x, 2)), abs(m.where(x < 0, 2 * x, -x))]


@pytest.mark.parametrize(("row", "count"), [(sizes, 3), (choices, 3)])
@given(x=strategies.values())
def test_signs_that_an_absolute_value_forgets(row, count, x):
    """Those that the same row gave it: the sizes are those of x, 2x and 3x, whose sign is chosen; no choice here is one."""
    value = lambda x: functools.reduce(operator.sub, row(x))
    total = Op("lowering_signs", value=value, slopes=lambda z, x: (z,), doc="Of a test.")
    program, (got,) = run(total, (x,))
    assert same([got], [to_float(total(Value(to_float(x))).data)])
    assert [i.op for i in program.instructions].count("abs") == count


def test_long_chains_of_signs_are_lowered_without_recursion():
    def value(x):
        for _ in range(20_000):
            x = -x
        return abs(x)

    program, got = run(Op("lowering_chain", value=value, slopes=lambda z, x: (z,), doc="Of a test."), (-3.0,))
    assert got == [3.0] and [i.op for i in program.instructions] == ["input", "abs"]


def test_equal_constants_are_folded_each_time():
    def f(x, y):
        a, b = Value(0.25), Value(0.75)
        return [x * y + a * b, a * b + x]

    program, counts = lower(record(f, (1.0, 2.0)))
    assert counts.folded == 2
    assert [i.op for i in program.instructions].count("mul") == 1


def test_long_chains_are_lowered_without_recursion():
    def f(x, y):
        for _ in range(20_000):
            x = x * y + 0.25
        return x

    program, (value, dx, dy) = run(f, (1.0, 0.5), "gradient")
    assert value == 0.5 and dx == 0.0 and dy == pytest.approx(1.0)
    assert program.steps < 130_000


def test_second_derivatives_of_an_own_row():
    swish = Op(
        "lowering_swish",
        value=lambda x: x * sigmoid(2 * x),
        slopes=lambda z, x: (sigmoid(2 * x) + 2 * z * sigmoid(-2 * x),),
        doc="Of a test.",
    )
    value, moved = autograd.compile(swish, backend="python").hvp(0.3, v=2.0)
    expected, want = autograd.hvp(swish, 0.3, 2.0)
    assert value == pytest.approx(expected) and moved == pytest.approx(want, rel=1e-12)
