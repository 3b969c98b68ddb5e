"""Laws of collapsed pictures: whatever the graph and its scopes, every node is counted once and nothing covers another."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from unit.test_collapse import counted, overlaps
from unit.test_draw import HOSTILE, groups, kinds, titles

from autograd import Value, dot, draw, maximum, scope
from autograd.graph import nodes
from autograd.pictures import structure
from autograd.pictures.collapse import planned

names = st.one_of(
    st.sampled_from(["a", "b", "net.layer1", "net.layer2", "net", "net.layer1.neuron1", "..", "a."]),
    st.sampled_from([name for name in HOSTILE if name and len(name) < 1000]),
)
operations = st.sampled_from(
    [
        lambda a, b: a + b,
        lambda a, b: a * b,
        lambda a, b: a * a,
        lambda a, b: a.tanh(),
        lambda a, b: maximum(a, b, a),
        lambda a, b: dot([a, b], [b, 3], 1),
        lambda a, b: a - 1,
    ]
)


@st.composite
def graphs(draw_: st.DrawFn) -> Value:
    """A graph with scopes of all kinds, also round leaves; perhaps with a backward pass."""
    values = []
    some = draw_(st.lists(names, min_size=1, max_size=4))
    where = st.one_of(st.none(), st.sampled_from(some))
    for _ in range(draw_(st.integers(1, 4))):
        values.append(made(draw_(where), lambda: Value(draw_(st.integers(-3, 3)), requires_grad=draw_(st.booleans()))))
    for _ in range(draw_(st.integers(0, 25))):
        recent = st.sampled_from(values[-6:])
        a, b, operation = draw_(recent), draw_(st.sampled_from(values)), draw_(operations)
        values.append(made(draw_(where), lambda a=a, b=b, operation=operation: operation(a, b)))
    if draw_(st.booleans()) and values[-1].requires_grad:
        values[-1].backward(draw_(st.integers(-2, 3)))
    return values[-1]


def made(name, make):  # type: ignore[no-untyped-def]
    if name is None:
        return make()
    with scope(name):
        return make()


@settings(max_examples=60)
@given(graphs(), st.sampled_from(["forward", "both", "all"]), st.data())
def test_every_node_is_counted_once(root: Value, show: str, data: st.DataObject) -> None:
    order = nodes(root)
    scopes = sorted({node.scope for node in order if node.scope is not None})
    options = {
        "collapse": data.draw(st.sampled_from([None, True])),
        "depth": data.draw(st.one_of(st.none(), st.integers(0, 3))),
        "open": data.draw(st.lists(st.sampled_from(scopes), max_size=2)) if scopes else [],
    }
    picture = draw(root, show, **options)
    assert counted(picture) == len(order)
    assert overlaps(picture) == []
    ids = list(groups(picture))
    assert len(ids) == len(set(ids))
    assert draw(root, show, **options).svg == picture.svg
    assert kinds(picture)["out"] == 1


@settings(max_examples=200)
@given(graphs(), st.integers(0, 12), st.integers(1, 6), st.integers(0, 2))
def test_a_plan_has_every_node_in_one_place(root: Value, limit: int, few: int, depth: int) -> None:
    order = nodes(root)
    saved = structure.FEW, structure.FEW_CLOSED
    structure.FEW, structure.FEW_CLOSED = few, few
    try:
        plan = planned(order, [], depth, limit)
    finally:
        structure.FEW, structure.FEW_CLOSED = saved
    placed = [node.serial for group in plan.groups for node in group.nodes] + [node.serial for node in plan.alone]
    assert sorted(placed) == sorted(node.serial for node in order)
    labels = [group.name for group in plan.groups]
    assert len(labels) == len(set(labels))
    assert all(len(group.nodes) > 1 for group in plan.groups)
    assert plan.boxes == len(plan.groups) + len(plan.alone)


@settings(max_examples=200)
@given(graphs(), st.integers(1, 8))
def test_values_between_structures_flow_forward(root: Value, few: int) -> None:
    order = nodes(root)
    for node in order:
        node.scope = None
    saved = structure.FEW, structure.FEW_CLOSED
    structure.FEW, structure.FEW_CLOSED = few, few
    try:
        plan = planned(order, [], 0, 0)
    finally:
        structure.FEW, structure.FEW_CLOSED = saved
    home: dict[Value, object] = {node: i for i, group in enumerate(plan.groups) for node in group.nodes}
    into: dict[object, set[object]] = {}
    for node in order:
        into.setdefault(home.get(node, node), set()).update(home.get(p, p) for p in node.parents)
    for place, sources in into.items():
        sources.discard(place)
    while into:  # peel off what nothing is left before: a circle would never peel
        free = [place for place, sources in into.items() if not sources]
        assert free
        for place in free:
            del into[place]
        for sources in into.values():
            sources.difference_update(free)


@settings(max_examples=40)
@given(graphs())
def test_what_flows_adds_up(root: Value) -> None:
    """The values that a box says go out are at least those of any wire that leaves it, and wires name their values."""
    picture = draw(root, depth=0, collapse=True)
    for id, title in titles(picture).items():
        if id[0] == "s":
            assert re.search(r"; (\d+ values? in, )?\d+ (values? )?out$", title), title
