"""Loops found again: a schedule means what its program means, to the bit, and so does the code of its tiles, at any size."""

import itertools
import random

import numpy as np
import pytest
from emitters import bounds
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value, tanh
from autograd.compile import inner, nests, tiles
from autograd.compile import schedule as scheduling
from autograd.compile.inner import inlined
from autograd.compile.llvm import LlvmCode, written
from autograd.compile.lower import lower
from autograd.compile.machine import assembled
from autograd.compile.python import MEANING, PythonCode
from autograd.compile.record import record
from autograd.compile.rolled import SUMS
from autograd.compile.schedule import schedule
from autograd.compile.writer import Shape
from autograd.intrinsics import ERRORS, ieee
from autograd.testing import strategies

EXACT = ["add", "sub", "mul", "div", "neg", "abs", "relu", "maximum", "sqrt", "sum", "dot", "where", "step", "sign"]


def network(sizes, activation=Value.relu, seed=0):
    """The squared error of a network in plain loops, of a sample of inputs and a target, and its gradient by the weights."""
    rng = random.Random(seed)
    weights = [[[Value(rng.uniform(-1, 1)) for _ in range(a + 1)] for _ in range(b)] for a, b in itertools.pairwise(sizes)]

    def loss(x, target):
        for k, layer in enumerate(weights, 1):
            x = [sum((w * v for w, v in zip(row[1:], x, strict=True)), row[0]) for row in layer]
            x = [activation(v) for v in x] if k < len(weights) else x
        return sum((v - target) ** 2 for v in x)

    return lower(record(loss, ([0.5] * sizes[0], 0.25), "parameter_gradient"))[0]


def applied(function, operands):
    try:
        return function(*operands)
    except ERRORS:
        return ieee(function, operands)


def meaning(scheduled, inputs, parameters):
    """The results of a schedule at one sample, step by step as it is defined."""
    memory = {
        "lane": dict(enumerate(inputs)),
        "parameter": parameters,
        "constant": scheduled.constants,
        "result": {},
    }

    def at(operand, point):
        return operand.kind, operand.first + sum(a * b for a, b in zip(operand.strides, point, strict=True))

    def read(operand, point):
        if operand.inner is not None:
            return computed(operand.inner, point)
        kind, index = at(operand, point)
        return memory[kind][index]

    def computed(nest, point):
        operands = [read(o, point) for o in nest.operands]
        if nest.op == "fma":
            return operands[0] + operands[1] * operands[2]
        return operands[0] if nest.op == "copy" else applied(MEANING[nest.op], operands)

    for nest in scheduled.nests:
        for point in itertools.product(*map(range, nest.sizes)):
            kind, index = at(nest.out, point)
            if nest.op in SUMS:
                sofar = read(nest.operands[0], point) if point[-1] == 0 else memory[kind][index]
                terms = [read(o, point) for o in nest.operands[1:]]
                memory[kind][index] = sofar + (terms[0] * terms[1] if len(terms) == 2 else terms[0])
            else:
                assert index not in memory[kind] or nest.operands[0] == nest.out  # only a sum goes on where it was
                memory[kind][index] = computed(nest, point)
    return [memory["result"][k] for k in range(scheduled.results)]


def scheduled_in_lines(program, large):
    """The schedule in which groups of so many numbers are large."""
    before, scheduling.LARGE = scheduling.LARGE, large
    try:
        return schedule(program)
    finally:
        scheduling.LARGE = before


def same(a, b):
    return all(x == y or (x != x and y != y) for x, y in zip(a, b, strict=True))


@settings(max_examples=60)
@given(program=strategies.graphs(EXACT, within=1e3), large=st.sampled_from([1, 2, 64]))
def test_a_schedule_means_what_its_program_means(program, large):
    inputs = list(map(float, program.inputs))
    lowered, _ = lower(record(program, tuple(inputs), "gradient"))
    assert same(meaning(scheduled_in_lines(lowered, large), inputs, []), PythonCode(lowered).run(inputs, []))


@settings(max_examples=25)
@given(sizes=st.lists(st.integers(1, 6), min_size=2, max_size=4), seed=st.integers(0, 99), deep=st.sampled_from([1, 8]))
def test_nests_inside_nests_mean_the_same(sizes, seed, deep):
    lowered, rng = network(sizes, seed=seed), random.Random(seed)
    inputs = [rng.uniform(-1, 1) for _ in range(lowered.inputs)]
    parameters = [rng.uniform(-1, 1) for _ in range(lowered.parameters)]
    scheduled = schedule(lowered)
    before, inner.DEEP = inner.DEEP, deep
    try:
        other = scheduled._replace(nests=inlined(scheduled.nests, lambda nest: False))
    finally:
        inner.DEEP = before
    assert same(meaning(other, inputs, parameters), meaning(scheduled, inputs, parameters))


def test_what_one_nest_computes_for_another_is_computed_there():
    def function(xs, ys):
        return [(x / y - x).exp() * 0.5 for x, y in zip(xs, ys[::-1], strict=True)]

    lowered, _ = lower(record(function, ([0.5] * 20, [0.25] * 20)))
    scheduled = schedule(lowered)
    (nest,) = inlined(scheduled.nests, nests.is_single)
    assert len(scheduled.nests) > 2 and {o.kind for o in inner.leaves(*nest.operands)} == {"lane", "constant"}
    (kept, *_) = inlined(scheduled.nests, lambda nest: True)
    assert kept == scheduled.nests[0]


@settings(max_examples=20, deadline=None)
@given(terms=st.integers(1, 60), back=st.booleans(), small=st.sampled_from([0, 8]))
def test_loops_that_run_against_each_other(terms, back, small):
    """What one nest computes is read from its end by the next one, and by a sum, of one sample and of several."""

    def function(xs, w):
        ys = [(x * w - 1.0) / w for x in xs]
        return [*[y * w for y in ys[::-1]], sum([a / w * b for a, b in zip(xs[:: -1 if back else 1], xs, strict=True)])]

    lowered, _ = lower(record(function, ([0.5] * terms, 2.0)))
    before, nests.SMALL = nests.SMALL, small
    try:
        codes = [LlvmCode(lowered, strict=strict, few=few) for strict in (True, False) for few in (0, 9)]
        inputs = np.random.default_rng(terms).uniform(1, 2, size=(9, terms + 1))
        one_by_one, side_by_side, *others = [code.rows(inputs, []) for code in codes]
    finally:
        nests.SMALL = before
    want = PythonCode(lowered).rows(inputs, [])
    assert (one_by_one == want).all() and (side_by_side == want).all()
    assert all(np.allclose(found, want, rtol=1e-14, atol=0) for found in others)


@settings(max_examples=25)
@given(sizes=st.lists(st.integers(1, 6), min_size=2, max_size=4), seed=st.integers(0, 99), large=st.sampled_from([1, 4, 64]))
def test_a_networks_schedule_means_what_its_program_means(sizes, seed, large):
    lowered, rng = network(sizes, seed=seed), random.Random(seed)
    inputs = [rng.uniform(-1, 1) for _ in range(lowered.inputs)]
    parameters = [rng.uniform(-1, 1) for _ in range(lowered.parameters)]
    scheduled = scheduled_in_lines(lowered, large)
    assert same(meaning(scheduled, inputs, parameters), PythonCode(lowered).run(inputs, parameters))
    lanes = [nest.out for nest in scheduled.nests if nest.out.kind == "lane" and nest.points >= large]
    assert large > 1 or all(out.first % scheduling.LINE == 0 for out in lanes if not any(out.strides))


@settings(max_examples=25)
@given(size=st.integers(1, 80), shape=st.integers(0, 1))
def test_neighbours_that_are_coupled(size, shape):
    """Rosenbrock's function, whose derivatives add up what comes from both sides, in one sample's loops and in tiles."""

    def function(x):
        return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in itertools.pairwise([*x, 0.5]))

    lowered, _ = lower(record(function, ([0.25] * size,), "gradient"))
    inputs = np.random.default_rng(size).normal(size=(3, size))
    strict, free = [LlvmCode(lowered, strict=s, few=9 * shape).rows(inputs, []) for s in (True, False)]
    want = PythonCode(lowered).rows(inputs, [])
    assert (strict == want).all() and np.allclose(free, want, rtol=1e-12, atol=1e-9)


def test_a_larger_network_has_no_more_nests():
    """What grows is how often loops run."""
    counts = {len(schedule(network([k, 2 * k, 2 * k, k])).nests) for k in (12, 16, 24)}
    assert len(counts) == 1


def test_layers_are_found_in_plain_loops():
    found = {(n.op, n.sizes) for n in schedule(network([3, 20, 10, 1])).nests}
    assert {("dot", (20, 3)), ("dot", (10, 20))} <= found  # forward
    assert ("dot", (20, 10)) in found or ("dot", (19, 10)) in found  # the transposed matrix, backward
    assert any(op == "mul" and np.prod(sizes) >= 180 for op, sizes in found)  # the outer product


SHAPES = [Shape(1, 1, sums, False) for sums in (False, True)]
SHAPES += [Shape(1, 1, sums, False, along) for along in (2, 4, 8) for sums in (False, True)]
SHAPES += [Shape(lanes * width, width, sums, False) for width in (2, 4, 8) for lanes in (1, 2, 3) for sums in (False, True)]


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=6)
@given(
    sizes=st.lists(st.integers(1, 9), min_size=2, max_size=3),
    counts=st.lists(st.integers(0, 50), min_size=1, max_size=3),
    small=st.sampled_from([0, 8, 100]),
    many=st.sampled_from([0, 4000]),
)
def test_tiles_of_any_shape_give_the_bits_of_each_sample(shape, sizes, counts, small, many):
    lowered = network(sizes)
    before = nests.SMALL, tiles.MANY
    nests.SMALL, tiles.MANY = small, many  # all in loops, as ever, or all written out; or the rest in a table
    try:
        text, scratch = written(schedule(lowered), [shape])
    finally:
        nests.SMALL, tiles.MANY = before
    _alive, (address,) = assembled(text, ["sums" if shape.sums else "rows"])
    code, rng = LlvmCode(lowered), np.random.default_rng(0)
    code._made[shape] = _alive, _function(address), scratch
    parameters = rng.normal(size=lowered.parameters).tolist()
    for count in counts:
        inputs = rng.normal(size=(count, lowered.inputs))
        each = PythonCode(lowered).rows(inputs, parameters)
        results = np.full(len(lowered.results) if shape.sums else each.shape, np.nan)
        code._call(shape, inputs.ctypes.data, parameters, results.ctypes.data, count)
        if shape.sums:
            assert np.allclose(results, each.sum(0), rtol=1e-13, atol=1e-13 * (1 + np.abs(each).sum()))
        else:
            assert (results == each).all()


def _function(address):
    from ctypes import CFUNCTYPE, c_int64, c_void_p

    return CFUNCTYPE(None, *[c_void_p] * 4, c_int64)(address)


@settings(max_examples=10)
@given(sizes=st.lists(st.integers(1, 12), min_size=2, max_size=3), count=st.integers(0, 40))
def test_products_that_are_added_unrounded_stay_within_rounding(sizes, count):
    lowered, rng = network(sizes, tanh), np.random.default_rng(count)
    inputs, parameters = rng.normal(size=(count, lowered.inputs)), rng.normal(size=lowered.parameters).tolist()
    want, found = PythonCode(lowered).rows(inputs, parameters), LlvmCode(lowered, few=0).rows(inputs, parameters)
    for sample, a, b in zip(inputs.tolist(), want, found, strict=True):
        assert all(abs(x - y) <= e for x, y, e in zip(a, b, bounds(lowered, sample, parameters), strict=True))
    total = LlvmCode(lowered, few=0).sums(inputs, parameters)
    assert np.allclose(total, want.sum(0), rtol=1e-12, atol=1e-12 * (1 + np.abs(want).sum()))


@pytest.mark.parametrize("lanes", [1, 2])
@settings(max_examples=40)
@given(program=strategies.graphs(within=1e3), count=st.integers(0, 5))
def test_a_table_gives_what_code_gives(lanes, program, count):
    """Every operation, in any graph: the interpreter and the code written out agree to the bit."""
    lowered, _ = lower(record(program, tuple(map(float, program.inputs)), "gradient"))
    shape = Shape(4 * (lanes > 1) or 1, 2 if lanes > 1 else 1, False, False)
    inputs = np.random.default_rng(count).normal(size=(count, lowered.inputs))
    found = []
    for many in (0, 4000):
        before, tiles.MANY = tiles.MANY, many
        try:
            text, scratch = written(schedule(lowered), [shape])
        finally:
            tiles.MANY = before
        alive, (address,) = assembled(text, ["rows"])
        code = LlvmCode(lowered)
        code._made[shape] = alive, _function(address), scratch
        results = np.full((count, len(lowered.results)), np.nan)
        code._call(shape, inputs.ctypes.data, [], results.ctypes.data, count)
        found.append(results)
    assert np.array_equal(*found, equal_nan=True)


def test_a_long_program_runs_from_a_table():
    def chain(x):
        for k in range(3000):
            x = x * x * 0.1 - 0.5 if k % 3 else x + 0.25
        return x

    lowered, _ = lower(record(chain, (0.3,)))
    text, _ = written(schedule(lowered), [Shape(1, 1, False, False)])
    assert text.count("\n") < 500
    assert LlvmCode(lowered).run([0.3], []) == PythonCode(lowered).run([0.3], []) == [chain(0.3)]
