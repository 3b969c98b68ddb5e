"""Decides what a big graph is drawn as: which nodes stand for themselves, and which are collapsed into boxes.

First by scope: the nodes made under one ``with scope(...)`` become a box, unless it is opened; leaves that were made outside
stay outside, and only very many of them are gathered into boxes of their own. Then, for what is still too much, by
structure: nodes of equal construction (the same operation on equally made inputs, as for many samples or many neurons) are
one box, and a chain of one operation is one. If even that is too much, the graph is cut into parts by depth.

Every node is in exactly one place, and values between structures only ever flow forward.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..value import Value
from .structure import FEW, FEW_CLOSED, Group, Path, Plan, by_structure, inputs_together
from .text import visible

DEEPEST = 20
"""Scopes that are nested deeper than this count as one."""


def planned(order: list[Value], opened: Sequence[str], depth: int | None, limit: int) -> Plan:
    """What to draw a graph as; structures are collapsed where more than ``limit`` boxes would remain.

    Raises ValueError for a name in ``opened`` that the graph does not have.
    """
    paths = _paths(order)
    names = {".".join(path[:n]) for path in set(paths.values()) for n in range(1, len(path) + 1)}

    def by_scope(roots: frozenset[Path], depth: int) -> Plan:
        return inputs_together(order, _by_scope(order, paths, roots, depth), names, frozenset(opened))

    wanted = {tuple(name.split(".", DEEPEST)) for name in opened}
    if depth is None and not opened:
        plan = by_scope(frozenset(), 0)
        deepest = max(map(len, paths.values()), default=0)
        for deeper in range(1, deepest + 1):
            finer = by_scope(frozenset(), deeper)
            if finer.boxes > (FEW if not finer.groups else FEW_CLOSED):
                break
            plan = finer
    else:
        roots = frozenset(path[:n] for path in wanted for n in range(1, len(path) + 1))
        plan = by_scope(roots, depth or 0)
    if plan.boxes > limit:
        plan = by_structure(order, plan, names, frozenset(opened))
    names |= {group.name for group in plan.groups} | {name for path in plan.alone.values() for name in path}
    for name in opened:
        if name not in names:
            some = ", ".join(repr(visible(known_name)) for known_name in sorted(names)[:8]) or "none: it has no scopes"
            raise ValueError(f"there is nothing named {visible(name)!r} to open in this graph; what there is: {some}")
    return plan


def collapses(order: list[Value], opened: Sequence[str], depth: int | None, collapse: bool | None, most: int) -> bool:
    """Whether a graph is drawn collapsed: when asked to; else when it has scopes, or more than ``most`` nodes."""
    if collapse is not None:
        return collapse
    return bool(opened) or depth is not None or len(order) > most or any(node.scope is not None for node in order)


def _paths(order: list[Value]) -> dict[Value, Path]:
    """The scope of each node as a path."""
    split: dict[str | None, Path] = {None: ()}
    for node in order:
        if node.scope not in split:
            assert node.scope is not None
            split[node.scope] = tuple(node.scope.split(".", DEEPEST))
    return {node: split[node.scope] for node in order}


def _by_scope(order: list[Value], paths: dict[Value, Path], opened: frozenset[Path], depth: int) -> Plan:
    """Each scope that is not open is a group; a group of one node is that node."""
    closed: dict[Path, Path] = {}
    for path in paths.values():
        if path not in closed:
            prefixes = (path[:n] for n in range(depth + 1, len(path) + 1))
            closed[path] = next((prefix for prefix in prefixes if prefix not in opened), ())
    groups: dict[Path, list[Value]] = {}
    alone: dict[Value, Path] = {}
    for node in order:
        box = closed[paths[node]]
        if box:
            groups.setdefault(box, []).append(node)
        else:
            alone[node] = _names(paths[node])
    for box, nodes in groups.items():
        if len(nodes) == 1:
            alone[nodes[0]] = _names(box[:-1])
    found = [Group(".".join(box), nodes, _names(box[:-1])) for box, nodes in groups.items() if len(nodes) > 1]
    return Plan(found, alone)


def _names(path: Path) -> Path:
    """The full name of each scope on a path, from the outermost."""
    return tuple(".".join(path[:n]) for n in range(1, len(path) + 1))
