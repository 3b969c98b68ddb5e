"""nudge and compare: two passes over one graph side by side, and how well the gradients foretold what moved."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from math import isfinite
from typing import Any

from .. import formula
from ..backward import ieee_sum, product
from ..graph import StaleError
from ..intrinsics import checked, to_float
from ..pictures.build import Builder
from ..pictures.elements import SHOWS
from ..pictures.figure import pictured
from ..pictures.gradients import Gradient
from ..pictures.options import chosen
from ..pictures.picture import Picture
from ..pictures.scene import Scene
from ..pictures.text import visible
from ..pictures.theme import THEMES
from ..story import Story, added, equation, factor, multiplied
from ..table import aligned
from ..value import Value
from .again import remade
from .working import total


class Comparison:
    """Two passes over the same graph, before and after some of its leaves moved.

    In a notebook it shows its picture; ``print`` gives it in words.

    Attributes:
        moved: the names of the leaves that moved, and by how much.
        predicted: the change of the output that the gradients before foretold: the sum of gradient · step.
        actual: how much the output changed.
    """

    def __init__(self, before: Story, after: Story, pairs: dict[Value, Value]) -> None:
        self._before, self._after, self._pairs = before, after, pairs
        steps = [(v, _less(pairs[v].data, v.data)) for v in before.order if v.op is None]
        self._steps = [(v, step) for v, step in steps if step != 0]
        self.moved = {before.names[v]: step for v, step in self._steps}
        # The gradients are those of what was given at the output: for the output itself, what 1 there sends back.
        one = before if before.seed == 1 else Story(before.root, 1, before.digits)
        self._slopes = one.gradients
        self.predicted = total([0, *(product(self._slopes[v], step) for v, step in self._steps)])
        self.actual = _less(after.root.data, before.root.data)

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """For each node its name, its value and its gradient, as ``2 → 3`` where they moved."""
        for v, w in self._pairs.items():
            if v.op is not None or v.name is not None or v.requires_grad:
                gradient = self.arrow(self._before.gradients[v], self._after.gradients[w]) if v.requires_grad else ""
                yield self._before.names[v], self.arrow(v.data, w.data), gradient

    def arrow(self, a: Any, b: Any) -> str:
        """``2 → 3``, or the number where it is the same."""
        a, b = self._before.number(a), self._before.number(b)
        return a if a == b else f"{a} → {b}"

    def text(self) -> str:
        """What moved, node by node, and the predicted change of the output beside the actual one."""
        story = self._before
        name = story.names[story.root]
        table = aligned([("node", "value", f"gradient ∂{story.of}/∂node"), *self.rows()], (False, False, False))
        return "\n".join([*table, "", *self._words(name)])

    def _words(self, name: str) -> list[str]:
        number = self._before.number
        if not self._steps:
            return ["No leaf moved."]
        products = [multiplied(number(self._slopes[v]), number(step)) for v, step in self._steps]
        told = added(products) if len(products) <= 6 else f"the sum of {len(products)} gradients · steps"
        missed = _less(self.actual, self.predicted)
        ends = self._difference(self._after.root.data, self._before.root.data)
        lines = [
            f"Predicted change of {name}: {equation(told, number(self.predicted))}",
            f"Actual change of {name}: {equation(ends, number(self.actual))}",
        ]
        return [*lines, f"The straight line misses {number(missed)}." if missed != 0 else "The prediction is exact."]

    def _difference(self, a: Any, b: Any) -> str:
        """``48.024 − 48``: with digits as far as those that are shown of the difference."""
        digits = self._before.digits
        if isinstance(self.actual, float) and isfinite(self.actual) and self.actual:
            last = int(Decimal(f"{self.actual:.{digits}g}").normalize().as_tuple().exponent)
            first = max(Decimal(to_float(x)).adjusted() for x in (a, b))
            digits = min(17, max(digits, first - last + 1))
        a, b = (self._before.shown(formula.number(x, digits)) for x in (a, b))
        return f"{a} − {factor(b)}"

    @cached_property
    def picture(self) -> Picture:
        """The graph with each number before and after."""
        return self.drawn()

    def drawn(self, theme: str = "light", timeout: float | None = 30.0) -> Picture:
        """The picture in one of the themes of :func:`autograd.draw`."""
        chosen("theme", theme, tuple(THEMES))
        scene = _Moved(self, self._before, self._after, self._pairs).scene()
        number = self._before.number
        title = f"{scene.headline}: predicted change {number(self.predicted)}, actual change {number(self.actual)}"
        return pictured(scene, SHOWS["both"], False, theme=theme, scale=1.25, timeout=timeout, title=title)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        number = self._before.number
        return f"<Comparison: predicted {number(self.predicted)}, actual {number(self.actual)}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """The picture for a notebook."""
        return self.picture._repr_mimebundle_() | {"text/plain": self.text()}


class _Moved(Builder):
    """The scene of a graph whose numbers stand as ``2 → 3`` where they moved."""

    def __init__(self, both: Comparison, before: Story, after: Story, pairs: dict[Value, Value]) -> None:
        super().__init__(before.order, before.digits, before)
        self.both, self.before, self.after, self.pairs = both, before, after, pairs
        self.numbers = {v: both.arrow(v.data, pairs[v].data) for v in before.order}

    def gradient(self, node: Value, wires: range) -> Gradient:
        """A gradient before and after, not taken apart."""
        whole = super().gradient(node, wires)
        self.terms |= {wire: term._replace(number="", product="") for wire, term in self.terms.items() if wire in wires}
        total = self.both.arrow(self.before.gradients[node], self.after.gradients[self.pairs[node]])
        return Gradient("" if not whole.given else whole.symbol, (), "", total, True, given=whole.given, note=whole.symbol)

    def scene(self) -> Scene:
        """All boxes and wires."""
        for node in self.before.order:
            self.add(node)
        headline = self.sentence(self.root)
        return Scene(tuple(self.boxes), tuple(self.wires), headline, tuple(self.forward), tuple(self.backward))


def nudge(output: Value, leaf: Value | str, by: Any, *, digits: int = 4) -> Comparison:
    """Move one leaf a little: the change that the gradient predicts, gradient · by, beside the recomputed one.

    The graph is computed again from its operations, and stays as it is.

    Args:
        output: what changes.
        leaf: what is moved, or its name in the graph.
        by: how far.
        digits: how many significant digits a float shows.

    Raises:
        TypeError: ``output`` or ``leaf`` is no Value, or ``by`` is no number.
        ValueError: the leaf is computed, or the output does not depend on it.
        StaleError: a leaf's data was assigned after the output was computed from it.

    >>> x, y, w = Value(2, "x", requires_grad=False), Value(4, "y", requires_grad=False), Value(1, "w")
    >>> moved = nudge((w * x - y)**2, w, 0.5)
    >>> moved.predicted, moved.actual
    (-4.0, -3.0)
    >>> print(moved.text().partition("\\n\\n")[2])
    Predicted change of v3: −8 · 0.5 = −4
    Actual change of v3: 1 − 4 = −3
    The straight line misses 1.
    """
    _values("nudge", output)
    by = checked(by)
    story = Story(output, 1, digits, shown=visible)
    leaf = story.asked(leaf)
    _values("nudge", leaf)
    assert isinstance(leaf, Value)
    if leaf not in story.gradients or leaf.op is not None:
        what = "is computed, and moves only as its leaves do" if leaf.op is not None else "is nothing the output depends on"
        remedy = story.twin(leaf) or ": nudge a leaf of the output's graph"
        raise ValueError(f"{leaf!r} {what}{remedy}")
    pairs = remade(output, {leaf: ieee_sum(leaf.data, by)})
    return Comparison(story, Story(pairs[output], 1, digits, shown=visible), pairs)


def compare(before: Value, after: Value, *, grad: Any = 1, digits: int = 4) -> Comparison:
    """Two passes over the same graph side by side: what moved, and the predicted change of the output beside the actual.

    Keep the graph before a step with ``copy.deepcopy(loss)``, for its leaves move with the step.

    Args:
        before, after: the outputs of two graphs of the same shape and operations.
        grad: the gradient that is given at both outputs.
        digits: how many significant digits a float shows.

    Raises:
        TypeError: one of them is no Value.
        ValueError: the graphs differ in more than their numbers.
        StaleError: a leaf's data was assigned after an output was computed from it, such as by a step after ``before``.

    >>> from copy import deepcopy
    >>> w = Value(1, "w")
    >>> loss = lambda: (2 * w - 4)**2
    >>> before = deepcopy(loss())
    >>> w.data -= 0.125 * -8             # one step of gradient descent
    >>> step = compare(before, loss())
    >>> step.moved, step.predicted, step.actual
    ({'w': 1.0}, -8.0, -4.0)
    """
    _values("compare", before, after)
    try:
        first = Story(before, grad, digits, shown=visible)
    except StaleError as error:
        moved = str(error).partition(": run")[0]
        raise StaleError(f"{moved}: before the step, keep the graph with before = copy.deepcopy(loss)") from None
    second = Story(after, grad, digits, shown=visible)
    return Comparison(first, second, _paired(first, after))


def _paired(story: Story, after: Value) -> dict[Value, Value]:
    """Each node of a graph with the one that stands in its place in another; leaves may be of another age there."""
    found = {story.root: after}
    stack = [story.root]
    while stack:
        v = stack.pop()
        w = found[v]
        alike = v.op is w.op and v.requires_grad == w.requires_grad and len(v.parents) == len(w.parents)
        if not alike:
            here, there = (x.op.name if x.op is not None else "a leaf" for x in (v, w))
            raise ValueError(
                f"these graphs differ in more than their numbers: {story.names[v]} is {here} before and {there} after"
            )
        for p, q in zip(v.parents, w.parents):
            if found.setdefault(p, q) is not q:
                raise ValueError(f"these graphs differ in more than their numbers: {story.names[p]} is shared in one only")
            stack.append(p)
    return {v: found[v] for v in story.order}


def _values(what: str, *values: Any) -> None:
    for v in values:
        if not isinstance(v, Value):
            raise TypeError(f"{what} takes two Values of recorded graphs; got {visible(repr(v))}")


def _less(a: Any, b: Any) -> Any:
    return ieee_sum(a, -b)
