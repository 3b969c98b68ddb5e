"""Builds the scene of a collapsed graph: boxes for groups, frames for opened ones, and wires for all that flows between."""

from __future__ import annotations

from math import nan

from ..backward import share
from ..intrinsics import Number
from ..value import Value
from .build import Builder, Use
from .gradients import UNKNOWN, Gradient, Term, remainder
from .scene import Box, Cluster, Pill, Scene, Wire, Words
from .structure import Plan
from .text import visible

Places = list[Use]


def outline(order: list[Value], plan: Plan, digits: int, pills: bool) -> Scene:
    """The scene of a graph, collapsed as planned."""
    return Outline(order, plan, digits, pills).scene()


class Outline(Builder):
    """As any scene, but all uses of a value in one group are one, and what leaves a group for one place is one bundle."""

    def __init__(self, order: list[Value], plan: Plan, digits: int, pills: bool = True) -> None:
        super().__init__(order, digits, pills=pills)
        self.order, self.plan = order, plan
        self.group: dict[Value, int] = {node: i for i, group in enumerate(plan.groups) for node in group.nodes}
        self.ids.update({node: f"s{i + 1}" for node, i in self.group.items()})
        self.places: dict[tuple[Value, str], Places] = {}
        self.bundles: list[dict[str, list[Value]]] = [{} for _ in plan.groups]
        self.arriving: list[dict[Value, None]] = [{} for _ in plan.groups]
        for node in order:
            for use in self.uses[node]:
                self.note(node, use)
        for node in plan.alone:  # several uses in one group are one
            uses = {self.key(use): use for use in reversed(self.uses[node])}
            self.uses[node] = list(reversed(uses.values()))

    def key(self, use: Use) -> object:
        """What counts as one use: each input of a node that is drawn, and a whole group."""
        return use if use.node is None or use.node not in self.group else self.group[use.node]

    def note(self, node: Value, use: Use) -> None:
        """Remember where a value goes, if a group is at one of its ends."""
        here = self.group.get(node)
        there = None if use.node is None else self.group.get(use.node)
        if here is not None and here == there:
            return
        target = "out" if use.node is None else self.ids[use.node]
        if here is not None or there is not None:
            self.places.setdefault((node, target), []).append(use)
        if there is not None:
            self.arriving[there][node] = None
        if here is not None:
            values = self.bundles[here].setdefault(target, [])
            if not values or values[-1] is not node:
                values.append(node)

    def scene(self) -> Scene:
        """All boxes and wires, in the order of the graph."""
        frames = self.frames()
        drawn: set[int] = set()
        for node in self.order:
            i = self.group.get(node)
            if i is None:
                self.add(node)
            elif i not in drawn:
                drawn.add(i)
                self.add_group(i)
        inside = {f"s{i + 1}": frames[group.inside] for i, group in enumerate(self.plan.groups)}
        for node, path in self.plan.alone.items():
            inside[self.ids[node]] = inside[f"j{self.ids[node][1:]}"] = frames[path]
        boxes = tuple(box._replace(inside=inside.get(box.id, "")) for box in self.boxes)
        clusters = tuple(
            Cluster(id, visible(path[-1]), visible(f"{path[-1]}, opened"), frames[path[:-1]])
            for path, id in frames.items()
            if path
        )
        headline = f"{self.sentence(self.root)} ({len(self.order)} nodes)"
        return Scene(boxes, tuple(self.wires), headline, tuple(self.forward), tuple(self.backward), clusters)

    def frames(self) -> dict[tuple[str, ...], str]:
        """An id for each opened name, outer ones before inner ones."""
        found: dict[tuple[str, ...], str] = {(): ""}
        for path in [*self.plan.alone.values(), *(group.inside for group in self.plan.groups)]:
            for n in range(1, len(path) + 1):
                found.setdefault(path[:n], f"k{len(found)}")
        return found

    def add_group(self, i: int) -> None:
        """A closed box, and the bundles that leave it."""
        group = self.plan.groups[i]
        leaves = sum(node.op is None for node in group.nodes)
        going = len(dict.fromkeys(node for values in self.bundles[i].values() for node in values))
        kinds = "" if leaves in (0, len(group.nodes)) else f", {leaves} of them {'a leaf' if leaves == 1 else 'leaves'}"
        flows = f"{_values(len(self.arriving[i]))} in, {going} out" if self.arriving[i] else f"{_values(going)} out"
        name, note = visible(group.name), f"{len(group.nodes)} nodes{kinds}"
        sentence = f"{name}, collapsed: {note}; {flows}"
        self.forward.append(sentence)
        self.boxes.append(Box(f"s{i + 1}", "group", name, sentence, note=f"{note}\n{flows}"))
        for target, values in self.bundles[i].items():
            if len(values) == 1:
                self.single(values[0], f"s{i + 1}", target)
            else:
                self.bundle(values, f"s{i + 1}", target)

    def single(self, node: Value, tail: str, target: str) -> None:
        """One value on its way out of a group: as any wire."""
        places = self.places[node, target]
        wire = len(self.wires) + 1
        gradient = None
        if node.requires_grad:
            whole = target == "out"
            gradient = self.gradient(node, range(wire, wire + 1)) if whole else self.from_place(node, wire, places)
        if target == "out":
            self.end(node)
        only = places[0] if target[0] == "n" and len(places) == 1 else None
        pill = None
        if self.pills and gradient is not None and only is not None and only.node is not None:
            pill = self.pill(node, only.node, only.position)
        self.wire(node, tail, target, self.words(node), gradient, pill)

    def from_place(self, node: Value, wire: int, places: Places) -> Gradient:
        """The gradient of a value in a group, as far as it comes from one place."""
        symbol, total, share = self.symbol(node), self.gradients[node], self.share_of(places)
        elsewhere = len(self.uses[node]) > len(places)
        if share is None or total is None:
            term = Term(wire, UNKNOWN, UNKNOWN)
        else:
            term = Term(wire, self.number(share[0]), share[1])
        if elsewhere:
            return Gradient("", (term,), "", term.number, term.number != UNKNOWN, part_of=symbol)
        rest = None if total is None or share is None else remainder(total, [share[0]])
        if rest is None:
            return Gradient(symbol, (), "", self.number(total), total is not None and share is not None)
        return Gradient(symbol, (term,), self.number(rest) if rest else "", self.number(total), True)

    def bundle(self, values: list[Value], tail: str, target: str) -> None:
        """Several values on their way from a group to one place; their gradients are counted, not written out."""
        count = len(values)
        live = [node for node in values if node.requires_grad]
        gradient = None
        if live:
            known = sum(self.gradients[node] is not None for node in live)
            told = f"{known} grads" if known > 1 else "1 grad" if known else UNKNOWN
            gradient = Gradient("", (), "", told, known > 0)
        some = ", ".join(f"{self.names[node]} = {self.numbers[node]}" for node in values[:3])
        title = visible(f"{_values(count)}: {some}{', …' if count > 3 else ''}", 400)
        words = Words(_values(count), _values(count))
        self.wires.append(Wire(len(self.wires) + 1, tail, target, words, title, gradient, None, many=count))

    def share(self, node: Value, use: Use) -> tuple[Number, str] | None:
        """What comes back along a use, or from all uses in one group together."""
        if use.node is not None and use.node in self.group:
            return self.share_of(self.places[node, self.ids[use.node]])
        return super().share(node, use)

    def share_of(self, places: Places) -> tuple[Number, str] | None:
        """What several uses send back together."""
        if len(places) == 1:
            return super().share(self.root, places[0])
        total: Number = 0
        for use in places:
            assert use.node is not None
            upstream = self.gradients[use.node]
            if upstream is None:
                return None
            try:
                total += share(use.node, self.local[use.node][use.position], upstream)
            except OverflowError:  # a whole number too big for a float, beside a float
                total = nan
        return total, self.number(total)

    def pill(self, node: Value, child: Value, position: int) -> Pill | None:
        """No single local gradient belongs to a group."""
        return None if child in self.group else super().pill(node, child, position)


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count} values"
