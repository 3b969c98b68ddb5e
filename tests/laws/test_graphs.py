"""Laws over random graphs with shared nodes, exact on fractions."""

import copy
import pickle
from fractions import Fraction

import pytest
from graphs import exact_gradient, fractions, often, programs, record
from hypothesis import assume, given
from hypothesis import strategies as st

from autograd import Op, StaleError, Value, grad, hvp, jacobian, jvp, no_grad, vjp
from autograd.graph import nodes

AnyProgram = programs()


def grads(leaves):
    return [0 if v.grad is None else v.grad for v in leaves]


@often
@given(AnyProgram)
def test_backward_is_the_exact_gradient(program):
    leaves, results = record(program)
    results[-1].backward()
    assert grads(leaves) == exact_gradient(program)
    assert all(type(v.grad) in (int, Fraction) for v in leaves if v.grad is not None)


@often
@given(AnyProgram, fractions)
def test_backward_is_linear_in_its_seed(program, seed):
    leaves, results = record(program)
    results[-1].backward(seed)
    assert grads(leaves) == [seed * g for g in exact_gradient(program)]


@often
@given(AnyProgram, st.data())
def test_passes_over_shared_and_visited_nodes_add_up_on_leaves(program, data):
    leaves, results = record(program)
    places = data.draw(st.lists(st.integers(0, len(results) - 1), min_size=1, max_size=4))
    for place in places:
        results[place].backward()
    expected = [0] * len(leaves)
    for place in places:
        expected = [a + b for a, b in zip(expected, exact_gradient(program, place))]
    assert grads(leaves) == expected


@often
@given(AnyProgram)
def test_grad_agrees_with_backward_and_touches_nothing(program):
    leaves, results = record(program)
    answer = grad(results[-1], leaves, materialize_grads=True)
    assert list(answer) == exact_gradient(program)
    assert all(v.grad is None for v in nodes(results[-1]))
    again = grad(results[-1], leaves, create_graph=True, materialize_grads=True)
    assert [v.data for v in again] == list(answer)


@often
@given(AnyProgram, st.data())
def test_forward_mode_agrees_with_reverse_mode(program, data):
    direction = data.draw(st.lists(fractions, min_size=len(program.inputs), max_size=len(program.inputs)))
    output, moved = jvp(program, program.inputs, direction)
    same, gradient = vjp(program, program.inputs)
    assert output == same and list(gradient) == exact_gradient(program)
    assert moved == sum(g * d for g, d in zip(gradient, direction))
    assert jacobian(program, program.inputs) == gradient


@often
@given(programs(max_steps=6), st.data())
def test_second_derivatives_are_exact_and_symmetric(program, data):
    n = len(program.inputs)
    u, v = (data.draw(st.lists(fractions, min_size=n, max_size=n)) for _ in range(2))
    _, hu = hvp(program, program.inputs, u)
    _, hv = hvp(program, program.inputs, v)
    assert sum(a * b for a, b in zip(hu, v)) == sum(a * b for a, b in zip(hv, u))


@often
@given(AnyProgram)
def test_copies_are_equal_and_apart(program):
    leaves, results = record(program)
    results[-1].backward()
    for twin in (copy.deepcopy(results), pickle.loads(pickle.dumps(results))):
        assert [(v.data, v.grad, v.name, v.op) for v in twin] == [(v.data, v.grad, v.name, v.op) for v in results]
        place = {id(v): i for i, v in enumerate(twin)}
        if program.steps:  # what was shared is shared in the copy, and with nothing of the original
            theirs = [[place.get(id(p)) for p in v.parents] for v in twin]
            ours = {id(v): i for i, v in enumerate(results)}
            assert theirs == [[ours.get(id(p)) for p in v.parents] for v in results]
        twin[-1].zero_grad()
        twin[-1].backward()
        assert grads(twin[: len(leaves)]) == [g if v.grad is not None else 0 for g, v in zip(exact_gradient(program), twin)]
        assert grads(leaves) == exact_gradient(program)


@often
@given(AnyProgram, st.data())
def test_an_assignment_below_is_noticed_and_one_beside_is_not(program, data):
    leaves, results = record(program)
    assume(results[-1].op is not None)
    changed = data.draw(st.sampled_from(leaves))
    changed.data = 1
    if changed in nodes(results[-1]):
        with pytest.raises(StaleError, match=rf"^{changed.name} = 1 was assigned.*run the forward pass once more"):
            results[-1].backward()
        with pytest.raises(StaleError):
            grad(results[-1], leaves)
    else:
        results[-1].backward()
        assert grads(leaves) == exact_gradient(program)


class Interrupt(BaseException):
    """Stands for Ctrl-C."""


countdown = [0]


def _tick(z, x):
    countdown[0] -= 1
    if countdown[0] == 0:
        raise Interrupt
    return (1,)


fuse = Op("fuse_of_the_graph_laws", value=lambda x: x, slopes=_tick, doc="Of a test: interrupts a backward pass.")


@often
@given(AnyProgram, st.integers(1, 30))
def test_an_interrupt_leaves_every_gradient_as_it_was(program, when):
    countdown[0] = 0
    leaves = [Value(x) for x in program.inputs]
    results = program.run(leaves, lambda op, args: fuse(op(*args)))
    results[-1].backward(2)
    before = [v.grad for v in nodes(results[-1])]
    countdown[0] = when
    try:
        results[-1].backward(3)
    except Interrupt:
        assert [v.grad for v in nodes(results[-1])] == before
    else:
        assert grads(leaves) == [5 * g for g in exact_gradient(program)]


@often
@given(AnyProgram)
def test_no_grad_gives_the_same_numbers_and_no_graph(program):
    leaves, results = record(program)
    with no_grad():
        bare = program.run(leaves)
    assert [v.data for v in bare] == [v.data for v in results]
    assert all(v.op is None and not v.requires_grad for v in bare[len(leaves) :])


@often
@given(AnyProgram)
def test_serials_are_a_topological_order(program):
    _, results = record(program)
    for v in nodes(results[-1]):
        assert all(p.serial < v.serial for p in v.parents)
    assert len(set(map(id, nodes(results[-1])))) == len(nodes(results[-1]))
