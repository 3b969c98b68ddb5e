"""Collapses by structure: what is made alike is one box, a chain of one operation is one, leaves join what they go to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..op import Op
from ..ops import arithmetic
from ..value import Value

FEW = 40
"""About as many boxes are easy to read: scopes are opened automatically up to here, and structures no finer than this."""
FEW_CLOSED = 12
"""The same while some of the boxes are closed ones, which many wires run between."""
PARTS = 12
"""Into so many parts a graph without structure is cut."""
ARITHMETIC = frozenset({arithmetic.add, arithmetic.sub, arithmetic.mul, arithmetic.div, arithmetic.neg})
"""What a layer is computed with before its activation: joined to what follows, where a graph is long."""

Path = tuple[str, ...]


class Group(NamedTuple):
    """A closed box: its name, by which it can be opened, its nodes, and the path of opened names that it stands in."""

    name: str
    nodes: list[Value]
    inside: Path


class Plan(NamedTuple):
    """Groups, and for each node that is drawn itself the path of opened names that it stands in."""

    groups: list[Group]
    alone: dict[Value, Path]

    @property
    def boxes(self) -> int:
        """How many boxes there will be."""
        return len(self.groups) + len(self.alone)


def by_structure(order: list[Value], plan: Plan, taken: set[str], opened: frozenset[str]) -> Plan:
    """Group the computed nodes that stand alone by how they are made; then the leaves by where they go."""
    home: dict[Value, int] = {node: -1 - i for i, group in enumerate(plan.groups) for node in group.nodes}
    kinds: dict[object, int] = {}
    members: list[list[Value]] = []
    levels: dict[Value, int] = {}
    for node in order:
        if node in home:
            continue
        if node.op is None:
            home[node] = -1 - len(plan.groups) - node.requires_grad
            continue
        parents = node.parents
        levels[node] = 1 + max(levels.get(p, 0) for p in parents)
        made = (plan.alone[node], node.op, tuple([home[p] for p in parents]), len(set(parents)))
        kind = kinds.setdefault(made, len(kinds))
        if kind == len(members):
            members.append([])
        members[kind].append(node)
        home[node] = kind
    out = _outgoing(order, home, len(members))
    wholes = _chains(members, plan.alone, out, frozenset())
    if len(wholes) > FEW_CLOSED:
        wholes = _chains(members, plan.alone, out, ARITHMETIC)
    if len(wholes) > FEW:
        found = [("part", nodes) for nodes in _parts(levels, plan.alone)]
    else:
        found = [(_made_of(nodes), nodes) for nodes in wholes]
    grouped = _named(plan, found, taken, opened)
    return leaves_together(order, _with_their_leaves(order, grouped), taken, opened, 2)


def _outgoing(order: list[Value], home: dict[Value, int], count: int) -> list[set[int]]:
    """Where the values of each kind go: kinds, and groups as negative numbers; the output goes out of the picture."""
    out: list[set[int]] = [set() for _ in range(count)]
    for node in order:
        for parent in node.parents:
            if home[parent] >= 0:
                out[home[parent]].add(home[node])
    if home[order[-1]] >= 0:
        out[home[order[-1]]].add(count)
    return out


def _made_of(nodes: list[Value]) -> str:
    """The operations of a group: ``× + tanh``; of more than three only the last."""
    glyphs = list(dict.fromkeys(node.op.glyph for node in nodes if node.op is not None))
    return " ".join(glyphs) if len(glyphs) <= 3 else f"… {glyphs[-1]}"


def _chains(
    members: list[list[Value]], alone: dict[Value, Path], out: list[set[int]], joins: frozenset[Op]
) -> list[list[Value]]:
    """Join each kind to the one kind it goes to, if that is the same operation, or if the kind's own one is in ``joins``.

    As a kind has no other way out, no other way leads from one to the other, and none leads back.

    Kinds are numbered inputs first, so that from the last one on, what a kind goes to is settled before the kind itself.
    """
    whole = list(range(len(members) + 1))
    for kind in reversed(range(len(members))):
        heads = {whole[k] if k >= 0 else k for k in out[kind]}
        head = next(iter(heads))
        if len(heads) == 1 and 0 <= head < len(members):
            first = members[kind][0]
            same = all(members[k][0].op is first.op for k in out[kind])
            if (same or first.op in joins) and alone[first] == alone[members[head][0]]:
                whole[kind] = head
    together: dict[int, list[Value]] = {}
    for kind, nodes in enumerate(members):
        together.setdefault(whole[kind], []).extend(nodes)
    return list(together.values())


def _parts(levels: dict[Value, int], alone: dict[Value, Path]) -> list[list[Value]]:
    """Cut by depth into parts of about the same number of nodes; whatever is used in a part comes from it or before it."""
    counts: dict[int, int] = {}
    for level in levels.values():
        counts[level] = counts.get(level, 0) + 1
    share = len(levels) / PARTS
    part, seen = {}, 0
    for level in sorted(counts):
        part[level] = int(seen / share)
        seen += counts[level]
    together: dict[tuple[Path, int], list[Value]] = {}
    for node, level in levels.items():
        together.setdefault((alone[node], part[level]), []).append(node)
    return list(together.values())


def _with_their_leaves(order: list[Value], plan: Plan) -> Plan:
    """Leaves without a name join the group that alone uses them: weights, and the numbers in a formula."""
    home = {node: i for i, group in enumerate(plan.groups) for node in group.nodes}
    places: dict[Value, set[int | None]] = {}
    for node in order:
        for parent in node.parents:
            places.setdefault(parent, set()).add(home.get(node))
    alone = dict(plan.alone)
    groups = [group._replace(nodes=list(group.nodes)) for group in plan.groups]
    for node in plan.alone:
        found = places.get(node, set())
        if node.op is None and node.name is None and len(found) == 1:
            (place,) = found
            if place is not None:
                groups[place].nodes.append(node)
                del alone[node]
    return Plan(groups, alone)


def leaves_together(order: list[Value], plan: Plan, taken: set[str], opened: frozenset[str], least: int) -> Plan:
    """Leaves of the same kind that go to the same places are one box, if there are at least so many of them."""
    home: dict[Value, object] = {node: i for i, group in enumerate(plan.groups) for node in group.nodes}
    goes: dict[Value, dict[object, None]] = {node: {} for node in plan.alone if node.op is None}
    for node in order:
        for parent in node.parents:
            if parent in goes:
                goes[parent][home.get(node, node)] = None
    together: dict[object, list[Value]] = {}
    for leaf, places in goes.items():
        together.setdefault((plan.alone[leaf], leaf.requires_grad, frozenset(places)), []).append(leaf)
    found = [
        ("leaves" if nodes[0].requires_grad else "constants", nodes) for nodes in together.values() if len(nodes) >= least
    ]
    return _named(plan, found, taken, opened)


def _named(plan: Plan, found: Iterable[tuple[str, list[Value]]], taken: set[str], opened: frozenset[str]) -> Plan:
    """The plan with new groups, each under a name of its own; those that are opened become frames instead."""
    groups, alone = list(plan.groups), dict(plan.alone)
    counts: dict[str, int] = {}
    used = taken | {group.name for group in groups} | {name for path in alone.values() for name in path}
    for kind, nodes in found:
        if len(nodes) == 1:
            continue
        name = kind
        while name == kind == "part" or name in used:
            counts[kind] = counts.get(kind, 0 if kind == "part" else 1) + 1
            name = f"{kind} {counts[kind]}"
        used.add(name)
        inside = alone[nodes[0]]
        if name in opened:
            alone |= dict.fromkeys(nodes, (*inside, name))
        else:
            groups.append(Group(name, nodes, inside))
            for node in nodes:
                del alone[node]
    return Plan(groups, alone)
