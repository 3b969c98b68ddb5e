"""Nodes that are alike are lowered together, on arrays: it gives the program that lowering one by one gives."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import Op, Value, where
from autograd import intrinsics as m
from autograd.compile import alike, together
from autograd.compile.lower import lower
from autograd.compile.program import COMMUTATIVE, SOURCES
from autograd.compile.record import record
from autograd.testing import strategies

MADE = (
    *(
        lambda a, b: a + b,
        lambda a, b: a * b,
        lambda a, b: a - b,
        lambda a, b: a / b,
        lambda a, b: a * 1,
        lambda a, b: a / 3,
    ),
    *(lambda a, b: where(a > b, a, b), lambda a, b: a.detach() * b, lambda a, b: autograd.relu(a)),
    *(lambda a, b: autograd.tanh(a), lambda a, b: autograd.dot([a, b], [b, b]), lambda a, b: a**0 + autograd.maximum(a, b)),
    *(lambda a, b: a**0 * 2 + b, lambda a, b: (a > b) * a, lambda a, b: where((a > b) * 1, a.exp(), 3)),
)
ABOVE = Op("alike_above", value=lambda x, y: x > y, slopes=lambda z, x, y: (y, -x), doc="Of a test.")
SECOND = Op("alike_second", value=lambda x, y: y, slopes=lambda z, x, y: (0, 1), doc="Of a test.")
REQUESTS = st.sampled_from(["value", "gradient", "jacobian", "hvp"])


def arranged(program):
    """The instructions with the constants first, by their bits: in which order these are met is the only difference."""
    given = program.instructions
    bits = {place: struct.pack("d", number) for place, number in given.numbers.items()}
    order = sorted(bits, key=bits.__getitem__) + [place for place in range(len(given.ops)) if place not in bits]
    moved = {place: k for k, place in enumerate(order)}
    found = []
    for place in order:
        op, operands = given.ops[place], given.operands[place]
        if op not in SOURCES:
            operands = [moved[k] for k in operands]
            operands = sorted(operands) if op in COMMUTATIVE else operands
        found.append((op, *operands, bits.get(place)))
    guards = [g._replace(place=moved[g.place]) for g in program.guards]
    return found, [moved[k] for k in program.outputs], guards


def lowered(recording, long, limits=None):
    with pytest.MonkeyPatch.context() as patch:
        for name, limit in {"LONG": long, **(limits or {})}.items():
            patch.setattr(alike, name, limit)
            if name == "ROUNDS":
                patch.setattr("autograd.compile.lower.ROUNDS", limit)
        patch.setattr(together, "LONG", 0)
        return lower(recording)


def check(recording, **limits):
    one_by_one, counts = lowered(recording, 10**9)
    at_once, same = lowered(recording, 0, limits)
    assert arranged(at_once) == arranged(one_by_one)
    assert counts[:3] == same[:3]


@settings(max_examples=150)
@given(program=strategies.graphs(None, within=None), request=REQUESTS)
def test_one_by_one_and_together_give_the_same_program(program, request):
    check(record(program, program.inputs, request))


@settings(max_examples=150)
@given(
    choices=st.lists(st.tuples(st.integers(0, len(MADE) - 1), st.integers(0, 30), st.integers(0, 30)), max_size=30),
    outputs=st.integers(1, 3),
    request=st.sampled_from(["value", "jacobian"]),
)
def test_whatever_is_constant_shared_or_left_out(choices, outputs, request):
    """Constants of all kinds, also computed ones; nodes with several users, some equal, some unused; what is cut off, and
    what hides a nan."""

    def f(x, y):
        known = [x, y, Value(2, requires_grad=False), Value(0.1, requires_grad=False), Value(1, requires_grad=False)]
        for kind, i, j in choices:
            known.append(MADE[kind](known[i % len(known)], known[j % len(known)]))
        return known[-outputs:]

    check(record(f, (0.5, 2.0), request))


@pytest.mark.parametrize("limits", [{"KINDS": 1}, {"ROUNDS": 0}, {"ROUNDS": 1}, {"ROUNDS": 2}])
def test_what_cannot_be_done_together_is_done_one_by_one(limits):
    def f(x, y):
        for _ in range(5):
            x.exp().exp().exp()
            x = autograd.tanh(x * y) + 0.25 / y
        return x * 3

    check(record(f, (0.5, 2.0), "gradient"), **limits)


def test_sums_that_send_a_gradient_on_as_it_is():
    """From one to the next, with steps of others in between."""

    def f(x, y):
        first = x * y + x + y
        second = autograd.tanh(first) + y
        return first + 1 + autograd.tanh(second) + x

    def g(x, y):
        first = x * y + x + y + x
        return first + autograd.tanh(x)

    check(record(f, (0.5, 2.0), "gradient"))
    check(record(g, (0.5, 2.0), "gradient"))


def test_kinds_of_shares_may_be_too_many_where_those_of_nodes_are_not():
    w, v = Value(3.0), Value(-0.5)
    check(record(lambda x: x * w * v, (0.5,), "parameter_gradient"), KINDS=0)


def test_a_node_whose_number_is_special_sends_its_gradient_on():
    check(record(lambda x, y: ABOVE(x, y) * x + ABOVE(y, x**0) + (x**0) ** 3, (0.5, 2.0), "gradient"))


def test_a_row_that_gives_an_argument_back():
    """Which may be a constant, so that what follows differs."""
    check(record(lambda x, y: SECOND(x, y) * SECOND(y, x * y), (0.5, 2.0), "gradient"))
    check(record(lambda x, y: SECOND(x, 7.5) * SECOND(y, x * y), (0.5, 2.0), "gradient"))
    check(record(lambda x, y: SECOND(x, x > y) * SECOND(y, x * y), (0.5, 2.0), "gradient"))
    check(record(lambda x, y: SECOND(x, ABOVE(x, y)) * y, (0.5, 2.0), "gradient"))


def test_a_row_that_gives_a_constant():
    quarter = Op("alike_quarter", value=lambda x: m.where(x < 0, 0.25, 0.25), slopes=lambda z, x: (0,), doc="Of a test.")
    check(record(lambda x, y: quarter(x) * y + x, (0.5, 2.0), "gradient"))


def test_branches():
    def f(x, y):
        return x * y if x * y < 3 and y > 1 else x

    check(record(f, (0.5, 2.0), "gradient"))


def test_without_numpy_it_is_done_one_by_one(monkeypatch):
    def missing():
        raise ImportError("numpy is needed here")

    recording = record(lambda x: x * x + 1.5, (2.0,))
    want = arranged(lower(recording)[0])
    monkeypatch.setattr(alike, "LONG", 0)
    monkeypatch.setattr(alike, "numpy", missing)
    assert arranged(lower(recording)[0]) == want
