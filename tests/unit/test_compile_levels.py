"""Long code is made in haste at first: when it is made with care, and that this changes no bit."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
import nn
from autograd import Value, tanh
from autograd.compile import llvm, native, tiles
from autograd.compile import threads as threading
from autograd.compile.lower import lower
from autograd.compile.machine import CODEGEN, HASTY
from autograd.compile.record import record
from autograd.testing import strategies

pytest.importorskip("llvmlite")


@pytest.fixture
def levels(monkeypatch):
    """The levels that code is made at."""
    found, assembled = [], llvm.assembled
    monkeypatch.setattr(llvm, "LONG", -1)
    monkeypatch.setattr(llvm, "OFTEN", 3)
    monkeypatch.setattr(
        llvm, "assembled", lambda text, names, level: (found.append(level), assembled(text, names, level))[1]
    )
    return found


def test_what_is_called_often_is_made_again(levels):
    fast = autograd.compile(lambda xs: autograd.sum([tanh(x) * x for x in xs]), backend="llvm")
    found = [fast.value_and_grad([0.5, -2.0, 3.0]) for _ in range(3)]
    assert levels == [HASTY]
    found += [fast.value_and_grad([0.5, -2.0, 3.0]) for _ in range(3)]
    assert levels == [HASTY, CODEGEN]
    assert found == [found[0]] * 6


def test_batches_and_short_code_are_never_made_in_haste(levels, monkeypatch):
    fast = autograd.compile(lambda x: x * x, backend="llvm")
    assert fast.batch(np.arange(40.0)).tolist() == [x * x for x in range(40)] and levels == [CODEGEN]
    monkeypatch.setattr(llvm, "LONG", 100_000)
    assert fast(3) == 9.0 and levels == [CODEGEN, CODEGEN]


def both(program, inputs, parameters):
    """The results of code made at either level; in haste also with what is in no loop in a table, and some loops."""
    found = []
    for long, many, points in ((-1, 10**9, 0), (-1, -1, 0), (-1, -1, 10**9), (10**9, -1, 0)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(llvm, "LONG", long)
            patch.setattr(tiles, "MANY_IN_BRIEF", many)
            patch.setattr(tiles, "IN_BRIEF", points)
            found.append(llvm.LlvmCode(program).run(inputs, parameters))
    return np.array(found)


@settings(max_examples=30)
@given(program=strategies.graphs(within=1e3))
def test_both_levels_give_the_same_bits(program):
    lowered, _ = lower(record(program, tuple(map(float, program.inputs)), "gradient"))
    found = both(lowered, list(map(float, program.inputs)), [])
    for other in found[1:]:
        assert np.array_equal(found[0].view("int64"), other.view("int64")) or np.array_equal(found[0], other, equal_nan=True)


@settings(max_examples=10)
@given(sizes=st.lists(st.integers(1, 40), min_size=2, max_size=3), seed=st.integers(0, 99))
def test_so_do_long_sums(sizes, seed):
    rng = np.random.default_rng(seed)
    weights = [[[Value(w) for w in row] for row in rng.normal(size=(b, a)).tolist()] for a, b in pairwise(sizes)]

    def score(x):
        for layer in weights:
            x = [tanh(sum(w * v for w, v in zip(row, x, strict=True))) for row in layer]
        return sum(x)

    recording = record(score, (rng.normal(size=sizes[0]).tolist(),), "parameter_gradient")
    program, _ = lower(recording)
    found = both(program, rng.normal(size=sizes[0]).tolist(), [p.data for p in recording.parameters])
    assert (found == found[0]).all()


def trained(rows, threads, many, often):
    """A training's losses and weights, and the levels of its code, batch by batch."""
    rng, levels = np.random.default_rng(rows), []
    x, y = rng.normal(size=(rows, 3)), rng.normal(size=(rows, 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "LONG", 0)
        patch.setattr(native, "OFTEN", often)
        patch.setattr(threading, "WORTH", 1)
        model = nn.MLP(3, [9, 1], activation="tanh", seed=0)
        step = nn.compile(model, nn.MSELoss(), nn.Adam(model.parameters(), lr=0.01), backend="llvm", threads=threads)
        losses = []
        for _ in range(6):
            losses += step.many(x, y, 2) if many else [step(x, y), step(x, y)]
            levels.append(step.training.driver._level)
    return losses, [p.data for p in model.parameters()], levels


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("rows", [1, 5, 40])
def test_the_first_batches_of_a_training_run_on_hasty_code(rows, threads):
    losses, weights, levels = trained(rows, threads, False, 5)
    assert levels[0] == HASTY
    assert levels[-1] == CODEGEN
    for many, often in ((True, 5), (False, 0), (True, 0), (True, 100)):
        others = trained(rows, threads, many, often)
        assert others[:2] == (losses, weights)
        assert set(others[2]) <= {HASTY, CODEGEN} if often == 5 else {CODEGEN if often == 0 else HASTY}


def test_a_training_of_many_batches_begins_with_care():
    model = nn.Linear(2, 1, seed=0)
    step = nn.compile(model, nn.MSELoss(), nn.SGD(model.parameters(), lr=0.1), backend="llvm")
    step.many([[1.0, 2.0]], [[1.0]], native.OFTEN + 1)
    assert step.training.driver._level == CODEGEN


def test_a_training_of_large_batches_begins_with_care(monkeypatch):
    monkeypatch.setattr(native, "LARGE", 300)
    model = nn.Linear(2, 1, seed=0)
    step = nn.compile(model, nn.MSELoss(), nn.SGD(model.parameters(), lr=0.1), backend="llvm")
    for rows, level in ((2, HASTY), (200, CODEGEN)):
        step([[1.0, 2.0]] * rows, [[1.0]] * rows)
        assert step.training.driver._level == level


def test_short_code_of_a_training_is_made_once(monkeypatch):
    found, made = [], native.made
    monkeypatch.setattr(native, "made", lambda *given: (found.append(given[-1]), made(*given))[1])
    monkeypatch.setattr(native, "OFTEN", 1)
    model = nn.Linear(2, 1, seed=0)
    step = nn.compile(model, nn.MSELoss(), nn.SGD(model.parameters(), lr=0.1), backend="llvm")
    for _ in range(3):
        step([[1.0, 2.0]], [[1.0]])
    assert found.count(HASTY) == 0
    assert step.training.driver._level == CODEGEN
