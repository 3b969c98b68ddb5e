"""Laws of what the strategies draw: in every domain, finite, and printed as code that records the same graph."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import nn
from autograd import Op, Value
from autograd.graph import nodes
from autograd.op import find
from autograd.testing import strategies
from autograd.testing.strategies import TABLE, Network, Program, Ref, Step
from autograd.testing.strategies.graphs import build
from autograd.testing.strategies.networks import ACTIVATIONS
from autograd.testing.strategies.numbers import affordable, usable

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


# ---------------------------------------------------------------- how far what is drawn reaches


def drawn_from(strategy: st.SearchStrategy[Any], count: int = 300) -> list[Any]:
    """Many examples, the same every time."""
    found: list[Any] = []

    @settings(max_examples=count, phases=[Phase.generate], derandomize=True, database=None, deadline=None)
    @given(strategy)
    def collect(example: Any) -> None:
        found.append(example)

    collect()
    return found


def test_floats_are_of_every_size_and_mostly_of_everyday_size() -> None:
    xs = drawn_from(strategies.values(), 600)
    for sign in (1, -1):
        near = [sign * x for x in xs if sign * x > 0]
        for low, high in ((0, 1e-50), (1e-3, 1), (1, 40), (40, 800), (800, 1.8e308)):
            assert any(low < x <= high for x in near), (low, high)
    assert sum(abs(x) <= 40 for x in xs) > len(xs) / 3 < sum(1e-5 < abs(x) <= 800 for x in xs)


@pytest.mark.parametrize("domain", [(-1, 1), (0, math.inf), (-math.inf, 0), (2, 3), (100, 5000)])
def test_fractions_are_everywhere_near_0_and_have_denominators_to_a_thousand(domain: tuple[float, float]) -> None:
    low, high = domain
    near, far = max(low, -100.0), min(high, low + 100.0 if low > 0 else 100.0)
    xs = drawn_from(strategies.values(domain, [Fraction]))
    assert all((type(x) is Fraction and near < x < far) or x in (near, far) for x in xs)
    assert 200 < max(x.denominator for x in xs) <= 1000
    tenths = {int(10 * (float(x) - near) / (far - near)) for x in xs}
    assert tenths >= set(range(10))


@pytest.mark.parametrize("domain", [(0, 1e-5), (1 / 3, 1 / 3 + 1e-9), (0.0005, 0.0015)])
def test_fractions_are_found_in_narrow_domains_too(domain: tuple[float, float]) -> None:
    xs = drawn_from(strategies.values(domain, [Fraction]), 60)
    assert all(domain[0] < x < domain[1] for x in xs) and len(set(xs)) >= 1


@pytest.mark.parametrize("domain, ends", [
    ((-math.inf, math.inf), (-999, 999)), ((0, math.inf), (1, 999)), ((-math.inf, 0), (-999, -1)), ((-2.5, 2.5), (-2, 2)),
    ((5000, math.inf), (5001, 5999)), ((-math.inf, -5000.5), (-6000, -5001)),
])  # fmt: skip
def test_whole_numbers_reach_both_ends(domain: tuple[float, float], ends: tuple[int, int]) -> None:
    xs = drawn_from(strategies.values(domain, [int]))
    near = (ends[1] - ends[0]) // 10
    assert 0 <= min(xs) - ends[0] <= near >= ends[1] - max(xs) >= 0 and {type(x) for x in xs} == {int}


@pytest.mark.parametrize("kinds", [[float], [float, int, Fraction]])
def test_inputs_of_an_operation_are_of_the_kinds_asked_for_in_every_number_and_equal_at_times(kinds: list[type]) -> None:
    sets = drawn_from(strategies.inputs_of(find("maximum"), kinds))
    assert {type(x) for xs in sets for x in xs} == set(kinds)
    apart = {len(xs) for xs in sets if len(set(map(repr, xs))) > 1}
    assert (apart, {len(xs) for xs in sets if len(set(map(repr, xs))) == 1}) == ({2, 3, 4, 5}, {1, 2, 3, 4, 5})
    pairs = drawn_from(strategies.inputs_of(find("add"), kinds), 50)
    assert {len(xs) for xs in pairs} == {2} and {repr(x) == repr(y) for x, y in pairs} == {True, False}


def test_edges_are_among_the_inputs_unless_they_are_left_out() -> None:
    op = Op(
        "edgy_of_the_strategies", value=lambda x: x, slopes=lambda z, x: (1,), domain=(-1, 8), corners=(5,), doc="Of a test."
    )
    special = {-1, math.nextafter(-1, 0), 8, math.nextafter(8, 0), 5, math.nextafter(5, 0), math.nextafter(5, 9), 5e-324}
    assert {x for (x,) in drawn_from(strategies.inputs_of(op, [float, int]))} >= special
    inside = {x for (x,) in drawn_from(strategies.inputs_of(op, [float, int], edge=False))}
    assert all(-1 < x < 8 for x in inside) and not special & inside & {-1, 8}


@pytest.mark.parametrize("kinds", [[int], [float, int, Fraction]])
def test_graphs_reach_every_size_and_operation_and_constant_and_go_no_further(kinds: list[type]) -> None:
    programs = drawn_from(strategies.graphs(["add", "mul", "sum"], kinds=kinds), 400)
    assert {len(p.inputs) for p in programs} == {1, 2, 3, 4}
    assert {len(p.steps) for p in programs} == set(range(1, 13))
    assert {op.name for p in programs for op, _ in p.steps} == {"add", "mul", "sum"}
    assert {len(args) for p in programs for op, args in p.steps if op.name == "sum"} == {1, 2, 3, 4}
    numbers = {float: {2.0, -1.0, 0.5, 3.0, 0.1}, int: {2, -1, 3}, Fraction: {Fraction(1, 2), Fraction(-1), Fraction(2, 3)}}
    given_ = {repr(a) for p in programs for _, args in p.steps for a in args if not isinstance(a, Ref)}
    assert given_ == {repr(x) for kind in kinds for x in numbers[kind]}
    assert {type(x) for p in programs for x in p.inputs} == set(kinds)
    sizes = [abs(z) for p in programs for z in p.run(p.inputs)]
    assert 1e4 < max(sizes) <= 1e6 and max(abs(x) for p in programs for x in p.inputs) in (3, 4)


def test_any_earlier_result_is_used_and_most_often_the_latest() -> None:
    programs = drawn_from(strategies.graphs(["add", "mul"], min_steps=10, kinds=[int], constants=False, within=None), 150)
    back: Counter[int] = Counter()
    for p in programs:
        for k, (_, args) in enumerate(p.steps, len(p.inputs)):
            back.update(k - 1 - a.place for a in args if isinstance(a, Ref) and k >= 8)
    assert set(back) >= set(range(9))
    assert back[0] == max(back.values()) > sum(back.values()) / 4
    twice = [p for p in programs if any(len(args) == 2 and args[0] == args[1] for _, args in p.steps)]
    assert len(programs) / 10 < len(twice) < len(programs)


@pytest.mark.parametrize("some", [strategies.graphs, strategies.expressions])
def test_limits_that_are_given_are_kept(some: Any) -> None:
    limits = {"max_inputs": 2, "min_steps": 2, "max_steps": 3, "within": 10.0, "kinds": [int]}
    programs = drawn_from(some(["add", "mul", "neg"], **limits), 150)
    assert {len(p.inputs) for p in programs} == {1, 2} and max(len(p.steps) for p in programs) == 3
    assert {abs(z) for p in programs for z in p.run(p.inputs)} >= {0, 1, 2, 3, 9}
    assert all(abs(z) <= 10 for p in programs for z in p.run(p.inputs)[len(p.inputs) :])


MUL, NEG, LOG, ADD = find("mul"), find("neg"), find("log"), find("add")


@pytest.mark.parametrize("plan, steps", [
    # of the results that nothing has used, the latest is 0 back; those that were used come after them
    ([(MUL, 0, 1)], [(MUL, 2, 1)]),
    ([(NEG, 0), (MUL, 0, 3)], [(NEG, 2), (MUL, 3, 2)]),
    ([(MUL, 0, 0), (NEG, 1)], [(NEG, 1)]),
    ([(MUL, 7, 1)], [(MUL, 1, 1)]),  # further back than there are: round and round
    ([(LOG, 0)], [(LOG, 2)]), ([(LOG, 1)], [(LOG, 0)]),  # only what is in the domain
    ([(NEG, 0), (NEG, 0), (LOG, 0)], [(NEG, 2), (NEG, 3), (LOG, 4)]),
    ([(NEG, 0), (LOG, 0), (LOG, 0)], [(LOG, 0)]),
    ([], []),
])  # fmt: skip
def test_a_plan_is_carried_out_from_the_latest_result_backwards(plan: list[Any], steps: list[Any]) -> None:
    def carried_out(rows: list[Any]) -> list[Step]:
        return [Step(op, tuple(map(Ref, places))) for op, *places in rows]

    program = build((0.5, -2.0, 3.0), carried_out(plan), True, 1e6)
    if (len(program.steps) == len(steps) and steps != [(LOG, 0)]) or not steps:
        assert list(program.steps) == carried_out(steps)


def test_networks_reach_every_size_and_go_no_further() -> None:
    networks = drawn_from(strategies.networks(), 300)
    assert {n.in_features for n in networks} == {1, 2, 3} and {len(n.sizes) for n in networks} == {1, 2, 3}
    assert {size for n in networks for size in n.sizes} == {1, 2, 3, 4} == {len(n.inputs) for n in networks}
    assert {n.activation for n in networks} == set(ACTIVATIONS)
    for n in networks:
        assert len(n.inputs) == len(n.targets)
        assert {len(row) for row in n.inputs} == {n.in_features} and {len(row) for row in n.targets} == {n.sizes[-1]}
    numbers = [x for n in networks for row in (*n.inputs, *n.targets) for x in row]
    assert min(numbers) == -4 and max(numbers) == 4
    seeds = {n.seed for n in networks}
    assert min(seeds) == 0 and 60_000 < max(seeds) <= 2**16 and len(seeds) > 20
    small = drawn_from(strategies.networks(max_features=1, max_layers=1, max_width=1, max_batch=1, activations=["relu"]), 50)
    assert {(n.in_features, n.sizes, len(n.inputs), n.activation) for n in small} == {(1, (1,), 1, "relu")}
    wide = drawn_from(strategies.networks(outputs=7, max_width=2), 50)
    assert {n.sizes[-1] for n in wide} == {7} and {s for n in wide for s in n.sizes[:-1]} == {1, 2}


@pytest.mark.parametrize(
    "base, exponent", [(2, 1000), (Fraction(-3, 2), 1000), (2.0, 10**6), (3, 0.5), (10**300, 4), (0, 4000)]
)
def test_powers_that_can_be_computed_are_affordable(base: Any, exponent: Any) -> None:
    for op, args in ((find("pow"), (base, exponent)), (find("power", (exponent,)), (base,))):
        assert affordable(op, args) and affordable(find("mul"), (10**5000, 10**5000))


@pytest.mark.parametrize("base, exponent", [(2, 3000), (2, -3000), (Fraction(1, 2), 3000), (10**300, 5), (3, 10**9)])
def test_powers_of_thousands_of_digits_are_not(base: Any, exponent: Any) -> None:
    for op, args in ((find("pow"), (base, exponent)), (find("power", (exponent,)), (base,))):
        assert not affordable(op, args) and not usable(op, args)
