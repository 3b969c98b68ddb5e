"""A compiled function is the eager one: every row in every emitter, random graphs, batches of any size, any branch."""

import math

import emitters
import numpy as np
import pytest
from emitters import agrees, bounds
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
import nn.perceptron  # noqa: F401 - its row is compiled too
from autograd import Op, Value, grad, sigmoid
from autograd.compile.arrays import NAMES
from autograd.compile.c import TEMPLATES as C
from autograd.compile.lower import lower
from autograd.compile.nests import LINES
from autograd.compile.program import PRIMITIVES
from autograd.compile.python import MEANING
from autograd.compile.record import record
from autograd.compile.source import TEMPLATES as PYTHON
from autograd.intrinsics import where
from autograd.op import FAMILIES, OPS, find
from autograd.testing import strategies
from autograd.testing.strategies import TABLE

OWN = [
    Op(
        "compile_swish",
        value=lambda x: x * sigmoid(2 * x),
        slopes=lambda z, x: (sigmoid(2 * x) + 2 * z * sigmoid(-2 * x),),
        doc="Of a test.",
    ),
    Op(
        "compile_choices",
        value=lambda x, y: where((x > 0) & (y < 1) | (x == -1), x**2, where(x != y, 2**x, (x < y) + 0.5)),
        slopes=lambda z, x, y: (y, x),
        doc="Of a test.",
    ),
]
OWN_FAMILIES = [find("threshold", (-1,)), find("power", (1,)), find("power", (0,)), find("power", (1.5,))]
ROWS = [*dict.fromkeys([*TABLE, *OWN, *OWN_FAMILIES])]


def test_no_row_is_left_out():
    named = {op.name for op in ROWS}
    assert {name for name, op in OPS.items() if not op.doc.startswith("Of a test")} <= named
    assert {name for name in FAMILIES if not name.endswith("_tests")} <= named


@pytest.mark.parametrize("table", [MEANING, LINES, C, PYTHON, {**NAMES, "erf": ""}])
def test_every_emitter_knows_every_primitive(table):
    assert set(table) == set(PRIMITIVES)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """For each row: its program of value and gradient, and all that runs it."""
    folder = tmp_path_factory.mktemp("compiled")
    programs = []
    for op in ROWS:
        program, _ = lower(record(op, (0.5,) * (op.arity or 3), "gradient"))
        assert program.guards == ()  # a row never asks how a comparison came out
        programs.append(program)
    ways = [[make(program).rows for program in programs] for make in emitters.RUNS]
    ways.append(emitters.python_functions(programs, folder))
    return {op: (program, [way[i] for way in ways]) for i, (op, program) in enumerate(zip(ROWS, programs))}


@pytest.fixture(scope="module")
def in_c(compiled, tmp_path_factory):
    """The same as C, compiled without a warning."""
    if emitters.GCC is None:
        pytest.skip("no gcc here: the C sources are not compiled")
    functions = emitters.c_functions([program for program, _ in compiled.values()], tmp_path_factory.mktemp("c"))
    return dict(zip(compiled, functions))


def eager(function, numbers):
    """Value and gradient, by the engine."""
    leaves = [Value(float(x)) for x in numbers]
    z = function(*leaves)
    return [float(g.data) for g in (z, *grad(z, leaves, create_graph=True, materialize_grads=True))]


def check(ways, program, function, samples):
    inputs = np.array(samples, dtype=float)
    for rows in ways:
        for sample, got in zip(samples, rows(inputs, [])):
            allowed = bounds(program, sample)
            for g, want, bound in zip(got, eager(function, sample), allowed):
                assert agrees(g, want, bound), (rows, sample, got, eager(function, sample), allowed)


each_row = pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name + "".join(map(str, op.params)))


def samples_of(op, program):
    numbers = st.lists(strategies.values(op.domain), min_size=program.inputs, max_size=program.inputs)
    return st.lists(numbers, min_size=1, max_size=3)


@each_row
@settings(max_examples=25)
@given(data=st.data())
def test_every_row_in_every_emitter(compiled, op, data):
    program, ways = compiled[op]
    check(ways, program, op, data.draw(samples_of(op, program)))


@each_row
@settings(max_examples=25)
@given(data=st.data())
def test_every_row_in_c(compiled, in_c, op, data):
    program, _ = compiled[op]
    check([in_c[op]], program, op, data.draw(samples_of(op, program)))


SPECIAL = (0.0, 1.0, -1.0, 2.0, -3.0, math.inf, -math.inf, math.nan, 1000.0, -1000.0)


CORRECTED = ("silu", "gelu", "logsumexp", "log_softmax", "cross_entropy")
"""On floats these rows know a limit at infinity; their formula, which is what is compiled, gives nan there."""


def special(op, program):
    ends = list(SPECIAL) if program.inputs > 1 else [0.0]
    return [[*[x] * (program.inputs - 1), y] if program.inputs > 1 else [x] for x in SPECIAL for y in ends]


def check_alike(first, other, samples):
    for sample, a, b in zip(samples, first.tolist(), other.tolist()):
        for x, y in zip(a, b):
            assert x == y or (x != x and y != y) or abs(x - y) <= 1e-12 * (abs(x) + 1), (sample, a, b)


@each_row
def test_where_python_raises_every_emitter_answers_as_ieee_754_does(compiled, op):
    """Poles, overflow, outside the domain, nan: the same infinities and nans as each other, and as the row."""
    program, ways = compiled[op]
    samples = special(op, program)
    first, *others = [rows(np.array(samples), []) for rows in ways]
    for other in others:
        check_alike(first, other, samples)
    for sample, (value, *_) in zip(samples, first.tolist()):
        want = float(op.evaluate(tuple(sample)))
        if op.name in CORRECTED and value != value and math.inf in map(abs, sample):
            continue
        assert value == want or (value != value and want != want) or abs(value - want) <= 1e-12 * (abs(want) + 1), sample


@each_row
def test_c_answers_as_ieee_754_does(compiled, in_c, op):
    program, (first, *_) = compiled[op]
    samples = special(op, program)
    check_alike(first(np.array(samples), []), in_c[op](np.array(samples), []), samples)


@pytest.mark.parametrize("backend", ["python", "arrays", "llvm"])
@settings(max_examples=40)
@given(program=strategies.graphs(within=1e3), count=st.sampled_from([0, 1, 7, 8, 9]), data=st.data())
def test_random_graphs(backend, program, count, data):
    fast = autograd.compile(program, backend=backend)
    n = len(program.inputs)
    more = data.draw(st.lists(st.lists(st.floats(-4, 4), min_size=n, max_size=n), min_size=count, max_size=count))
    lowered, _ = lower(record(program, program.inputs, "gradient"))
    rows = np.array(more, dtype=float).reshape(count, n)
    values, gradients = fast.batch.value_and_grad(*[rows[:, i] for i in range(n)])
    gradients = [gradients] if n == 1 else gradients
    singles = [([*map(float, program.inputs)], fast.value_and_grad(*program.inputs))]
    batch = [(more[k], (values[k], tuple(g[k] for g in gradients))) for k in range(count)]
    for sample, (value, gradient) in singles + batch:
        got = [value, *(gradient if isinstance(gradient, tuple) else (gradient,))]
        want, allowed = eager(program, sample), bounds(lowered, sample)
        assert all(agrees(g, w, e) for g, w, e in zip(got, want, allowed)), (sample, got, want, allowed)


EXACT = [
    "add",
    "sub",
    "mul",
    "div",
    "neg",
    "abs",
    "relu",
    "maximum",
    "minimum",
    "sqrt",
    "sum",
    "dot",
    "where",
    "step",
    "sign",
]


@pytest.mark.parametrize("backend", ["python", "arrays", "llvm"])
@settings(max_examples=60)
@given(program=strategies.graphs(EXACT, within=None))
def test_correctly_rounded_operations_agree_to_the_bit(backend, program):
    fast = autograd.compile(program, backend=backend)
    value, gradient = fast.value_and_grad(*program.inputs)
    got = [value, *(gradient if isinstance(gradient, tuple) else (gradient,))]
    want = eager(program, program.inputs)
    assert all(a == b or (a != a and b != b) for a, b in zip(got, want, strict=True)), (got, want)


@settings(max_examples=40)
@given(program=strategies.graphs(["add", "mul", "tanh", "sub", "power", "where", "exp", "div"], within=50.0), data=st.data())
def test_second_derivatives(program, data):
    n = len(program.inputs)
    v = tuple(data.draw(st.lists(st.floats(-2, 2), min_size=n, max_size=n)))
    value, got = autograd.compile(program, backend="python").hvp(*program.inputs, v=v if n > 1 else v[0])
    expected_value, want = autograd.hvp(program, tuple(map(float, program.inputs)), v)
    lowered, _ = lower(record(program, tuple(map(float, program.inputs)), "hvp"))
    allowed = bounds(lowered, [*map(float, program.inputs), *v])
    for g, w, e in zip((got,) if n == 1 else got, want, allowed[1:]):
        assert agrees(g, w, 4 * e), (g, w, e)
    assert agrees(value, expected_value, allowed[0])


def branching(x, y):
    """Seven ways, one of which depends on a computed number."""
    if x > y:
        return x * y if x * y > 1 else y - x
    if x <= -1:
        return autograd.exp(x) if y >= 2 else x / y
    return max(x, y) + min(x, y) * 3


@pytest.mark.parametrize("backend", ["python", "arrays", "llvm"])
@given(points=st.lists(st.tuples(st.floats(-3, 3), st.floats(-3, 3)), max_size=9))
def test_a_call_takes_its_own_branch(backend, points):
    fast = autograd.compile(branching, backend=backend)
    want = [branching(Value(x), Value(y)).data for x, y in points]
    X = np.array(points, dtype=float).reshape(len(points), 2)
    assert np.allclose(fast.batch(X[:, 0], X[:, 1]), want, rtol=1e-14, atol=0)
    assert [fast(x, y) for x, y in points] == pytest.approx(want, rel=1e-14, abs=0)


@settings(max_examples=50)
@given(x=st.floats(-3, 3), w=st.floats(-3, 3))
def test_what_is_left_out_receives_nothing(x, w):
    """As eager does: a nan that ``where`` leaves out gets the gradient 0, not 0 times nan; to the second order."""

    def f(x, w):
        return (
            autograd.where(x > w, autograd.log(x - w) * w, x * w)
            + autograd.where(w > 0, autograd.sqrt(w) ** 3, 0)
            + autograd.where(x <= w, x, autograd.log(x - w))
        )

    fast = autograd.compile(f, backend="llvm")
    assert np.allclose(fast.value_and_grad(x, w)[1], eager(f, (x, w))[1:], rtol=1e-12, equal_nan=True)
    if x > w or w <= 0:
        assert fast.value_and_grad(x, w)[0] == pytest.approx(f(Value(x), Value(w)).data)
