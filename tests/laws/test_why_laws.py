"""Laws of ``why``: what a float lost is never called a property of the function, and the node to blame is to blame."""

import math
from fractions import Fraction

import graphs
import mpmath as mp
import oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, why
from autograd.graph import nodes
from autograd.learn.wide import Wide, evaluated
from autograd.op import OPS, find
from autograd.testing import strategies

extreme = st.one_of(
    st.sampled_from([1e-200, -3e-170, 1e-310, 5e-324, 1e-20, 1.0, -2.0, 0.5, 1e16, -1e150, 3e200, 0.0]),
    st.floats(-1e-100, 1e-100),
    st.floats(-1e3, 1e3),
    st.floats(allow_nan=False, allow_infinity=False),
)
NUMERIC = {"underflow", "overflow", "cancel"}
SMALLEST = Fraction(5e-324)


programs = strategies.graphs(
    ["add", "sub", "mul", "neg", *(find("power", (c,)) for c in (2, 3, 4))],
    inputs=extreme,
    max_inputs=3,
    max_steps=6,
    within=None,
    constants=False,
)
"""Few inputs of any size, and steps that may underflow, overflow, and cancel."""


def questions(program):
    """Every result as an output, with each input: the answer, its exact gradient, and the float that it explains."""
    leaves, results = graphs.record(program)
    for i, x in enumerate(leaves):
        seeded = map(graphs.Dual, map(Fraction, program.inputs), graphs.unit(i, len(leaves)))
        exact = program.run(list(seeded), graphs.on_duals)
        for output, dual in list(zip(results, exact, strict=True))[len(leaves) :]:
            if x in nodes(output):
                output.zero_grad()
                output.backward()
                yield why(output, x), dual.t, x.grad, x


def goes_wrong(v, x):
    """Whether floats lose a number at this node, from the floats that it is given: its value, a slope, a product, a sum."""
    if not all(map(math.isfinite, [p.data for p in v.parents])):
        return False
    inputs = tuple(Fraction(p.data) for p in v.parents)
    if v.op is not None:
        value = v.op.evaluate(inputs)
        slopes = v.op.slopes_at(value, inputs)
        pairs = [(value, v.data), *zip(slopes, v.local_grads, strict=True)]
        pairs += [(Fraction(d) * Fraction(v.grad), d * v.grad) for d in v.local_grads if math.isfinite(d * v.grad)]
        if any(far(true, number) for true, number in pairs):
            return True
    return v is x or v.op is None


def far(true, number):
    """Whether a float is not the number, not even nearly."""
    return math.isinf(number) or abs(true - Fraction(number)) > abs(true) / 4


@given(programs)
def test_what_floats_lost_is_never_the_function_s(program):
    for answer, exact, number, x in questions(program):
        if number == 0 and exact != 0:
            assert answer.reason in NUMERIC, (answer, exact)
            if answer.reason == "underflow":
                assert goes_wrong(answer.node, x), answer
        elif math.isinf(number):
            assert answer.reason == "overflow", answer  # sums and products have no poles


@given(graphs.programs(max_steps=8))
def test_small_fractions_never_underflow(program):
    leaves, results = graphs.record(program)
    exact = dict(zip(leaves, graphs.exact_gradient(program), strict=True))
    for leaf in set(leaves) & set(nodes(results[-1])):
        if exact[leaf] == 0:
            assert why(results[-1], leaf).reason in {"cancel", "zero", "stationary"}


ROWS = [pytest.param(op, df, id=op.name + "".join(map(str, op.params))) for op, f, df in oracle.one_input()]
special = st.sampled_from([0.0, 1.0, -1.0, -800.0, 800.0, 1e200, 1e-200])
STRUCTURAL = {"dead", "corner", "flat", "stationary", "zero", "infinite", "unchosen"}


@pytest.mark.parametrize("op, slope", ROWS)
@given(data=st.data())
def test_every_row_at_every_point(op, slope, data):
    number = data.draw(st.one_of(oracle.floats_in(*op.domain), special))
    x = Value(number, "x")
    z = op(x)
    (local,) = z.local_grads
    try:
        exact = slope(mp.mpf(number))
    except ZeroDivisionError:
        exact = mp.inf
    except OverflowError:  # too far out for mpmath
        return
    if isinstance(exact, mp.mpc) or mp.isnan(exact) or number in op.corners:
        return
    answer = why(z, x)
    if local == 0 and exact != 0:
        assert answer.reason in {"underflow", "saturated"} and answer.node is z, answer
    elif local == 0:
        assert answer.reason in STRUCTURAL, answer
    elif math.isinf(local):
        assert answer.reason == ("overflow" if mp.isfinite(exact) else "pole") and answer.node is z, answer


@pytest.mark.parametrize("op", [p.values[0] for p in ROWS], ids=[p.id for p in ROWS])
@given(data=st.data())
def test_wide_numbers_agree_with_floats(op, data):
    number = data.draw(oracle.floats_in(*op.domain))
    close(evaluated(op, [Wide.of(number)]), op.evaluate((number,)))


@pytest.mark.parametrize("name", ["logsumexp", "softmax", "log_softmax", "cross_entropy", "dot"])
@given(numbers=st.lists(st.floats(-50, 50), min_size=5, max_size=5))
def test_wide_numbers_of_many_inputs(name, numbers):
    op = OPS[name] if name in OPS else find(name, (1,))
    wide = [Wide.of(x) for x in numbers]
    z, w = op.evaluate(tuple(numbers)), evaluated(op, wide)
    close(w, z)
    for a, b in zip(op.slopes(w, *wide), op.slopes_at(z, tuple(numbers)), strict=True):
        close(Wide.of(a), b)


def close(wide, number):
    """They are the same number, as far as floats can tell."""
    assert float(wide) == pytest.approx(number, rel=1e-9, abs=1e-13, nan_ok=True)
