"""Builds the scene of a graph: which boxes and wires there are, and what is said about each."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from .. import formula
from ..backward import masked, share
from ..intrinsics import Number
from ..story import Story, ending, gradient_given, multiplied, which_use
from ..value import Value
from .gradients import UNKNOWN, Gradient, Term, remainder
from .scene import Box, Pill, Scene, Wire, Words
from .text import LONGEST, visible

LONGEST_FORMULA = 24
"""A longer formula is left out of a local gradient's pill, which then shows the number alone."""
LONGEST_SENTENCE = 400
LONGEST_GLYPH = 12


class Use(NamedTuple):
    """A place where a value is used: an input of a node, or None where the picture ends."""

    node: Value | None
    position: int


def scene(order: list[Value], digits: int, story: Story | None = None, pills: bool = True) -> Scene:
    """The scene of a graph, given its nodes, inputs first and the output last; with the gradients of a story, if given.

    Without ``pills`` nobody will ask for the local gradients: writing out their formulas takes time.
    """
    builder = Builder(order, digits, story, pills)
    for node in order:
        builder.add(node)
    boxes, wires = tuple(builder.boxes), tuple(builder.wires)
    return Scene(boxes, wires, builder.sentence(order[-1]), tuple(builder.forward), tuple(builder.backward))


def unlettered(drawn: Scene) -> Scene:
    """The scene for a picture in which no gradient says its symbol: the output needs no other name there."""
    boxes = [box._replace(text=box.note) if box.kind == "out" and box.note else box for box in drawn.boxes]
    return drawn._replace(boxes=tuple(boxes))


class Builder:
    """A scene on its way, one node after the other; ``names`` and ``numbers`` say how each node is called and drawn."""

    def __init__(self, order: list[Value], digits: int, story: Story | None = None, pills: bool = True) -> None:
        self.pills = pills
        root = order[-1]
        labels = formula.labels(root)
        self.root, self.digits = root, digits
        self.names = {node: visible(labels[node]) for node in order}
        self.numbers = {node: self.number(node.data) for node in order}
        self.ids = {node: f"n{i}" for i, node in enumerate(order, 1)}
        self.local: dict[Value, tuple[Number, ...]] = {node: node.local_grads for node in order}
        self.slopes: dict[Value, tuple[str, ...]] = {}
        self.uses: dict[Value, list[Use]] = {node: [] for node in order}
        for node in order:
            for position, parent in enumerate(node.parents):
                self.uses[parent].append(Use(node, position))
        self.uses[root] = [Use(None, 0)]
        self.gradients = {v: v.grad for v in order} if story is None else story.gradients
        self.ending = ending(root, order, gradient_given(root), self.names) if story is None else story.ending
        self.of, self.ends_here = self.ending.of, not self.ending.goes_on
        self.boxes: list[Box] = []
        self.wires: list[Wire] = []
        self.terms: dict[int, Term] = {}  # by wire
        self.forward: list[str] = []
        self.backward: list[Gradient] = []

    def add(self, node: Value) -> None:
        """One node's box, and all wires that carry its value."""
        uses = self.uses[node]
        first = len(self.wires) + (1 if len(uses) == 1 else 2)  # before the branches of a fan-out comes its trunk
        gradient = self.gradient(node, range(first, first + len(uses))) if node.requires_grad else None
        self.box(node, gradient)
        start, words = self.ids[node], self.words(node)
        if len(uses) > 1:
            dot = f"j{start[1:]}"
            kind, text = ("tap", "") if gradient is None else ("join", "+")
            self.boxes.append(Box(dot, kind, text, f"{self.names[node]} is used {len(uses)} times", gradient))
            self.wire(node, start, dot, words, gradient)
            start, words = dot, Words(self.numbers[node], self.numbers[node])
        for wire, use in enumerate(uses, first):
            part = gradient if gradient is None or len(uses) == 1 else self.part(wire, gradient.symbol)
            if use.node is None:
                self.end(node)
                self.wire(node, start, "out", words, part)
            else:
                pill = None if part is None or not self.pills else self.pill(node, use.node, use.position)
                self.wire(node, start, self.ids[use.node], words, part, pill)

    def box(self, node: Value, gradient: Gradient | None) -> None:
        """The node's own box, and its sentences."""
        sentence = self.sentence(node)
        if node.op is None:
            kind, text = "leaf" if node.requires_grad else "const", self.names[node]
        else:
            kind, text = "op", visible(node.op.glyph, LONGEST_GLYPH)
            self.forward.append(sentence)
        if gradient is not None:
            self.backward.append(gradient)
        self.boxes.append(Box(self.ids[node], kind, text, sentence, gradient))

    def end(self, node: Value) -> None:
        """The dotted box where the picture ends: the output, or "… L" where a gradient came from beyond."""
        if self.ends_here:
            name, alias = self.names[node], self.ending.alias
            said = f", here also called {self.of}" if alias else ""
            self.boxes.append(Box("out", "out", alias or name, f"output: {name}{said}", note=name))
        else:
            self.boxes.append(Box("out", "out", f"… {self.of}", f"what follows gives {self.symbol(node)}"))

    def wire(
        self,
        node: Value,
        tail: str,
        head: str,
        words: Words,
        gradient: Gradient | None,
        pill: Pill | None = None,
    ) -> None:
        """A wire that carries the node's value."""
        name, number = self.names[node], self.numbers[node]
        title = number if name == number else f"{name} = {number}"
        self.wires.append(Wire(len(self.wires) + 1, tail, head, words, title, gradient, pill))

    def number(self, x: Number | None) -> str:
        """A number as everywhere else, but no longer than any name."""
        return _number(x, self.digits)

    def sentence(self, node: Value) -> str:
        """What a reader hears about a node: ``z = x·y = 6``."""
        name, value = self.names[node], self.numbers[node]
        if node.op is not None:
            made = formula.expression(node.op, [self.names[p] for p in node.parents])
            return f"{name} = {visible(made, LONGEST_SENTENCE // 2)} = {value}"  # the value is not cut off
        told = value if name == value else f"{name} = {value}"
        return told if node.requires_grad else f"{told}, constant: no gradient"

    def words(self, node: Value) -> Words:
        """The words above a wire: the number, and before it the name where no box beside it says the name."""
        number = self.numbers[node]
        if node.op is None:
            said = node.name is None and not node.requires_grad  # the box of an unnamed constant is its number
            return Words("", "") if said else Words(number, number)
        if node is self.root and self.ends_here:
            return Words(number, number)
        named = f"{self.names[node]} = {number}"
        return Words(number if node.name is None else named, named)

    def symbol(self, node: Value) -> str:
        """``∂L/∂x``."""
        return f"∂{self.of}/∂{self.names[node]}"

    def gradient(self, node: Value, wires: range) -> Gradient:
        """The gradient of a node as a sum over its uses, each of which is the end of one of the wires."""
        total, symbol = self.gradients[node], self.symbol(node)
        parts: list[Number] = []
        for wire, use in zip(wires, self.uses[node], strict=True):
            if use.node is None:  # what is given at the output is not a product
                known, given = total is not None, not self.ends_here
                return Gradient(symbol, (), "", self.number(total), known, given=given, note=self.ending.alias)
            share = self.share(node, use)
            if share is None or total is None:
                self.terms[wire] = Term(wire, UNKNOWN, UNKNOWN)
                continue
            parts.append(share[0])
            self.terms[wire] = Term(wire, self.number(share[0]), share[1])
        rest = None if total is None else remainder(total, parts)
        if rest is None:  # nothing to take apart, or nobody can tell what it is the sum of
            return Gradient(symbol, (), "", self.number(total), bool(parts))
        terms = tuple(self.terms[wire] for wire in wires)
        return Gradient(symbol, terms, self.number(rest) if rest else "", self.number(total), bool(parts))

    def share(self, node: Value, use: Use) -> tuple[Number, str] | None:
        """What one use of a node sends back, and the product that it is; None as long as it is not known."""
        assert use.node is not None
        upstream, local = self.gradients[use.node], self.local[use.node][use.position]
        if upstream is None:
            return None
        if masked(use.node, upstream):
            return 0, "0"
        return share(use.node, local, upstream), multiplied(self.number(upstream), self.number(local))

    def part(self, wire: int, whole: str) -> Gradient:
        """One branch's part of a gradient."""
        term = self.terms[wire]
        return Gradient("", (term,), "", term.number, term.number != UNKNOWN, part_of=whole)

    def pill(self, node: Value, child: Value, position: int) -> Pill | None:
        """The local gradient ``∂z/∂x = y = 3``; a formula that is long, or is the number, is left out."""
        if child not in self.slopes:
            assert child.op is not None
            names = [self.names[p] for p in child.parents]
            self.slopes[child] = formula.slopes(child.op, self.names[child], names)
        symbol = f"∂{self.names[child]}/∂{self.names[node]}{which_use(child, position)}"
        made, number = self.slopes[child][position], self.number(self.local[child][position])
        steps = [symbol, number] if made == number else [symbol, made, number]
        title = visible("local gradient " + " = ".join(steps), LONGEST_SENTENCE)
        return Pill(" = ".join([symbol, number] if len(made) > LONGEST_FORMULA else steps), title)


@lru_cache(maxsize=4096, typed=True)
def _number(x: Number | None, digits: int) -> str:
    """Most numbers stand in several places: above a wire, in its title, in the products that they are a factor of."""
    text = formula.number(x, digits)
    return text if len(text) <= LONGEST else visible(text)
