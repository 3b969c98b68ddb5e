"""What templates wrote becomes the same instructions on lists and on arrays: each once, in order, and only those needed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value, relu, where
from autograd.compile import copies, extras, repeats
from autograd.compile.fuse import steps
from autograd.compile.lower import lower
from autograd.compile.program import Instructions
from autograd.compile.record import record
from autograd.compile.updates import reordered
from autograd.testing import strategies

REQUESTS = st.sampled_from(["value", "gradient", "jacobian"])


def columns(program):
    given = program.instructions
    numbers = {place: repr(number) for place, number in given.numbers.items()}
    return list(given.ops), list(given.operands), numbers, program._replace(instructions=())


def in_both_ways(recording, rounds=repeats.ROUNDS, mixed=repeats.MIXED):
    """A recording's programs with their counts: on lists, and on arrays."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copies, "LONG", 10**9)
        lists = lower(recording)
        patch.setattr(copies, "LONG", 0)
        patch.setattr(repeats, "ROUNDS", rounds)
        patch.setattr(repeats, "MIXED", mixed)
        return lists, lower(recording)


def check(recording, **options):
    (lists, counts), (arrays, same) = in_both_ways(recording, **options)
    assert columns(lists) == columns(arrays)
    assert counts == same
    assert list(lists.instructions) == list(arrays.instructions)
    different = [(op, operands) for op, operands in zip(*columns(arrays)[:2], strict=True) if op != "constant"]
    assert len(different) == len(set(different))
    return arrays


@settings(max_examples=150)
@given(program=strategies.graphs(None, within=None), request=REQUESTS)
def test_lists_and_arrays_give_the_same_program(program, request):
    check(record(program, program.inputs, request))


@settings(max_examples=60)
@given(choices=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 40), st.integers(0, 40)), max_size=40), request=REQUESTS)
def test_whatever_is_equal_is_there_once(choices, request):
    """Few operations on few numbers: many come twice, some only because what they rest on does."""

    def f(x, y):
        known = [x, y]
        for kind, i, j in choices:
            a, b = known[i % len(known)], known[j % len(known)]
            known.append([a + b, a * b, b - a, where(a > b, a, b), relu(a), a / 1.5, a][kind])
        return known[-5:]

    for rounds in (repeats.ROUNDS, 1):
        check(record(f, (0.5, -1.25), "jacobian" if request == "gradient" else request), rounds=rounds)


def test_chains_that_are_equal_all_along():
    def f(x, y):
        a = b = x
        for k in range(40):
            a, b = a * y + k, y * b + k
        return a - b

    program = check(record(f, (1.0, 0.5)))
    assert program.steps == 81
    assert isinstance(program.instructions, copies.Packed)
    assert not isinstance(check(record(f, (1.0, 0.5)), rounds=20).instructions, copies.Packed)


def test_keys_that_meet_by_accident_are_noticed():
    f = lambda x, y: (x + y) * (x - y)
    assert not isinstance(check(record(f, (1.0, 0.5)), mixed=(0, 0, 0, 0)).instructions, copies.Packed)


def test_columns_of_both_kinds_are_alike():
    w = [Value(float(k)) for k in range(4)]
    recording = record(lambda x: w[2] * x * w[0] + relu(w[1] * x) + w[3], (2.0,), "parameter_gradient")
    (lists, _), (arrays, _) = in_both_ways(recording)
    assert isinstance(lists.instructions, Instructions)
    after = [Value(9.0), *reversed(w)]
    for a, b in [(lists, arrays), [reordered(p, recording.parameters, after) for p in (lists, arrays)]]:
        assert columns(a) == columns(b)
        is_step = steps(a).ops >= 3
        assert (steps(a).ops == steps(b).ops).all()
        assert (steps(a).operands == steps(b).operands).all()
        assert (steps(a).indices == steps(b).indices)[~is_step & (steps(a).ops != 2)].all()
    assert [i.operands for i in reordered(arrays, recording.parameters, after).instructions if i.op == "parameter"] == [
        (4,), (3,), (2,), (1,)
    ]  # fmt: skip


def test_without_numpy_lists_serve(monkeypatch):
    def missing():
        raise ImportError("numpy is needed here")

    recording = record(lambda x: x * x + 1.5, (2.0,))
    want = columns(lower(recording)[0])
    monkeypatch.setattr(copies, "LONG", 0)
    monkeypatch.setattr(copies, "numpy", missing)
    assert columns(lower(recording)[0]) == want
    assert extras.numpy is not missing


def test_long_chains_on_one_argument_are_found_at_once(monkeypatch):
    """Columns of a table share what rests on the index: one step after another for each row."""
    table = [[Value(i + j / 8) for j in range(3)] for i in range(12)]
    recording = record(lambda k, x: [entry * x for entry in autograd.lookup(table, k)], (3.0, 0.5), "jacobian")
    assert isinstance(check(recording, rounds=6).instructions, copies.Packed)
    monkeypatch.setattr(copies, "MANY", 10**9)
    assert not isinstance(check(recording, rounds=6).instructions, copies.Packed)
