"""Laws of what the strategies draw: in every domain, finite, and printed as code that records the same graph."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Op, Value
from autograd.graph import nodes
from autograd.testing import strategies
from autograd.testing.strategies import TABLE, Network, Program, Ref

mine = Op("mine_of_the_strategies", value=lambda x: x * x, slopes=lambda z, x: (2 * x,), doc="Of a test: a square.")
KINDS = st.lists(st.sampled_from([float, int, Fraction]), min_size=1, max_size=3, unique=True)
drawn = KINDS.flatmap(lambda kinds: strategies.graphs([*TABLE, mine], kinds=kinds, min_steps=3))


def same(a: Any, b: Any) -> bool:
    return type(a) is type(b) and (a.hex() == b.hex() if isinstance(a, float) else a == b)


@given(drawn)
def test_every_step_has_inputs_in_its_domain_and_a_finite_value(program: Program) -> None:
    results = program.run(program.inputs)
    for z, (op, args) in zip(results[len(program.inputs) :], program.steps, strict=True):
        assert abs(z) <= 1e6
        assert all(op.domain[0] <= results[a.place] <= op.domain[1] for a in args if isinstance(a, Ref))
        assert any(isinstance(a, Ref) for a in args)


@given(drawn)
def test_every_step_leads_to_the_output(program: Program) -> None:
    leaves = program.values()
    results = program.run(leaves)
    assert set(results[len(leaves) :]) <= set(nodes(results[-1]))


@given(drawn)
def test_the_printed_code_records_the_same_graph(program: Program) -> None:
    names: dict[str, Any] = {"mine_of_the_strategies": mine}
    exec(repr(program), names)
    ours, pasted = nodes(program(*program.values())), nodes(names["output"])
    assert [(v.op, v.name, len(v.parents)) for v in ours] == [(v.op, v.name, len(v.parents)) for v in pasted]
    assert all(same(v.data, w.data) for v, w in zip(ours, pasted, strict=True))
    places = [{v: i for i, v in enumerate(graph)} for graph in (ours, pasted)]
    parents = [[[place[p] for p in v.parents] for v in place] for place in places]
    assert parents[0] == parents[1]


@given(drawn)
def test_values_and_numbers_give_the_same_result(program: Program) -> None:
    recorded, plain = program(*program.values()), program(*program.inputs)
    assert same(recorded.data if isinstance(recorded, Value) else recorded, plain)


@given(strategies.expressions(min_steps=3))
def test_an_expression_uses_each_result_once(program: Program) -> None:
    uses = Counter(a.place for _, args in program.steps for a in args if isinstance(a, Ref))
    assert all(uses[k] == 1 for k in range(len(program.inputs), len(program.inputs) + len(program.steps) - 1))


@given(strategies.graphs(["mul"], within=None, inputs=st.just(1e300), min_steps=3))
def test_without_bounds_overflow_is_allowed_and_nan_is_not(program: Program) -> None:
    assert not any(math.isnan(z) for z in program.run(program.inputs))


@pytest.mark.parametrize("op", [*TABLE, mine], ids=repr)
@given(data=st.data())
def test_inputs_of_an_operation_have_a_finite_value(op: Op, data: st.DataObject) -> None:
    args = data.draw(strategies.inputs_of(op, [float, int]))
    assert len(args) == op.arity or (op.arity is None and 1 <= len(args) <= 5)
    assert all(op.domain[0] <= x <= op.domain[1] for x in args)
    assert math.isfinite(op(*args)) if isinstance(op(*args), float) else True


@given(data=st.data(), low=st.floats(-1e6, 1e6), width=st.floats(1e-6, 1e6), kinds=KINDS)
def test_values_are_strictly_inside_a_domain(data: st.DataObject, low: float, width: float, kinds: list[type]) -> None:
    domain = data.draw(st.sampled_from([(low, low + width), (-math.inf, low), (low, math.inf), (-math.inf, math.inf)]))
    if int in kinds and domain == (low, low + width) and width <= 2:
        kinds = [float]  # there may be no whole number
    x = data.draw(strategies.values(domain, kinds))
    assert domain[0] < x < domain[1] and type(x) in kinds


@pytest.mark.parametrize("op", TABLE, ids=repr)
@given(data=st.data())
def test_edges_are_in_the_domain_with_its_ends(op: Op, data: st.DataObject) -> None:
    assert op.domain[0] <= data.draw(strategies.edges(op)) <= op.domain[1]


@given(strategies.networks())
def test_a_network_fits_its_data_and_its_code_makes_it_again(network: Network) -> None:
    names: dict[str, Any] = {}
    exec(repr(network), names)
    assert same(names["loss"].data, network.loss().data)
    assert names["model"].state_dict() == network.model.state_dict()
    assert isinstance(network.model, nn.MLP) and len(network.inputs) == len(network.targets)
