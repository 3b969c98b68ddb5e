"""Collapses by structure: what is made alike is one box, a chain of one operation is one, leaves join what they go to.

Very many leaves that go into closed boxes are gathered into boxes, too: by where they go, as far as possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ..op import Op
from ..ops import arithmetic
from ..value import Value

FEW = 40
"""About as many boxes are easy to read: scopes are opened automatically up to here, and structures no finer than this."""
FEW_CLOSED = 12
"""The same while some of the boxes are closed ones, which many wires run between."""
MOST_INPUTS = 12
"""So many leaves that go into closed boxes are drawn one by one. Of more of them, those that go to the same places are one
box, if they are at least so many:"""
ALIKE = 6
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
    mixed = _with_their_leaves(order, grouped, frozenset(group.name for group in plan.groups))
    places = _destinations(order, mixed, everywhere=True)
    return _named(mixed, _alike(mixed, places), taken, opened)


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


def _with_their_leaves(order: list[Value], plan: Plan, scopes: frozenset[str]) -> Plan:
    """Leaves without a name join the group that alone uses them: weights, and the numbers in a formula.

    A scope's box takes none, for it holds what was made in the scope; nor does a group that stands in another frame.
    """
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
            if place is not None and groups[place].name not in scopes and groups[place].inside == plan.alone[node]:
                groups[place].nodes.append(node)
                del alone[node]
    return Plan(groups, alone)


def inputs_together(order: list[Value], plan: Plan, taken: set[str], opened: frozenset[str]) -> Plan:
    """The plan with the leaves that go into closed boxes gathered, where there are very many of them."""
    places = _destinations(order, plan, everywhere=False)
    if len(places) <= MOST_INPUTS:
        return plan
    found = [(name, leaves) for name, leaves in _alike(plan, places) if len(leaves) >= ALIKE]
    gathered = {leaf for _, leaves in found for leaf in leaves}
    rest = [leaf for leaf in places if leaf not in gathered]
    if len(rest) > MOST_INPUTS:
        found += _alike(plan, dict.fromkeys(rest, frozenset()))
    return _named(plan, found, taken, opened)


def _destinations(order: list[Value], plan: Plan, everywhere: bool) -> dict[Value, frozenset[object]]:
    """Where the leaves that stand alone go: groups, by their names, and nodes; ``everywhere`` or into groups at least."""
    home = {node: group.name for group in plan.groups for node in group.nodes}
    goes: dict[Value, dict[object, None]] = {node: {} for node in plan.alone if node.op is None}
    for node in order:
        for parent in node.parents:
            if parent in goes:
                goes[parent][home.get(node, node)] = None
    names = set(home.values())
    return {leaf: frozenset(places) for leaf, places in goes.items() if everywhere or not names.isdisjoint(places)}


def _alike(plan: Plan, places: Mapping[Value, frozenset[object]]) -> list[tuple[str, list[Value]]]:
    """Leaves of the same kind that go to the same places, and a name for them: ``12 inputs of layer1``."""
    together: dict[object, list[Value]] = {}
    for leaf, goes in places.items():
        together.setdefault((plan.alone[leaf], leaf.requires_grad, goes), []).append(leaf)
    found = []
    for leaves in together.values():
        only = [place for place in places[leaves[0]] if isinstance(place, str)] if len(places[leaves[0]]) == 1 else []
        kind = "inputs" if leaves[0].requires_grad else "constants"
        found.append((f"{len(leaves)} {kind}{''.join(f' of {name}' for name in only)}", leaves))
    return found


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
            name = f"part {counts[kind]}" if kind == "part" else f"{kind} ({counts[kind]})"  # "× 2" would double something
        used.add(name)
        inside = alone[nodes[0]]
        if name in opened:
            alone |= dict.fromkeys(nodes, (*inside, name))
        else:
            groups.append(Group(name, nodes, inside))
            for node in nodes:
                del alone[node]
    return Plan(groups, alone)
