"""Scenes with formulas in the place of numbers: ``ŷ = x·w`` above a wire, ``∂L/∂ŷ · x`` below it."""

from __future__ import annotations

from .. import formula, story
from ..value import Value
from .build import Builder, Use
from .gradients import Gradient, Term
from .outline import Outline
from .scene import Pill, Scene, Words
from .structure import Plan
from .text import LONGEST, visible


def symbolic(order: list[Value], plan: Plan | None, digits: int) -> Scene:
    """The scene of a graph in formulas; ``plan`` may open scopes, but not collapse anything."""
    if plan is not None:
        return Framed(order, plan, digits).scene()
    builder = Symbols(order, digits)
    for node in order:
        builder.add(node)
    boxes, wires = tuple(builder.boxes), tuple(builder.wires)
    return Scene(boxes, wires, builder.sentence(order[-1]), tuple(builder.forward), tuple(builder.backward))


class Symbols(Builder):
    """As any scene, but in formulas. What is heard, the titles of its elements, still tells the numbers of the nodes."""

    def words(self, node: Value) -> Words:
        """``ŷ = x·w``; nothing for a leaf, whose box says its name."""
        if node.op is None:
            return Words("", "")
        made = formula.expression(node.op, [self.names[p] for p in node.parents])
        text = visible(f"{self.names[node]} = {made}")
        return Words(text, text)

    def wire(
        self, node: Value, tail: str, head: str, words: Words, gradient: Gradient | None, pill: Pill | None = None
    ) -> None:
        """A branch of a fan-out carries the name of its value."""
        if tail.startswith("j"):
            words = Words(self.names[node], self.names[node])
        super().wire(node, tail, head, words, gradient, pill)

    def gradient(self, node: Value, wires: range) -> Gradient:
        """A gradient as the sum of what its uses send back: ``∂L/∂ŷ · x``."""
        symbol = self.symbol(node)
        terms = []
        for wire, use in zip(wires, self.uses[node], strict=True):
            if use.node is None:
                total, given = "1" if self.ends_here else "", not self.ends_here
                return Gradient(symbol, (), "", total, True, given=given, note=self.ending.alias)
            product = self.product(use)
            self.terms[wire] = Term(wire, product, product)
            terms.append(self.terms[wire])
        return Gradient(symbol, tuple(terms), "", "", True)

    def product(self, use: Use) -> str:
        """Upstream gradient times local gradient, without factors of 1."""
        assert use.node is not None
        upstream, slope = self.symbol(use.node), self.slope(use.node, use.position)
        if use.node is self.root and self.ends_here:  # its own gradient is 1
            return visible(slope, 2 * LONGEST)
        if slope in ("1", "−1"):
            return slope.replace("1", upstream)
        return visible(story.multiplied(upstream, slope), 2 * LONGEST)

    def slope(self, child: Value, position: int) -> str:
        """The formula of a local gradient."""
        if child not in self.slopes:
            assert child.op is not None
            self.slopes[child] = formula.slopes(child.op, self.names[child], [self.names[p] for p in child.parents])
        return self.slopes[child][position]

    def pill(self, node: Value, child: Value, position: int) -> Pill | None:
        """The local gradient, ``∂z/∂x = y``."""
        symbol = f"∂{self.names[child]}/∂{self.names[node]}{story.which_use(child, position)}"
        text = f"{symbol} = {self.slope(child, position)}"
        return Pill(visible(text, 2 * LONGEST), visible(f"local gradient {text}", 400))


class Framed(Symbols, Outline):
    """The same with frames round opened scopes."""
