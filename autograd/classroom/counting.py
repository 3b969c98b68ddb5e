"""paths: a gradient as the sum over all ways to the output, and how many multiplications each way of summing takes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any, NamedTuple

from ..backward import ieee_sum, product
from ..learn.lesson import Lesson
from ..learn.phrases import chain_factors
from ..pictures.text import visible
from ..story import Share, added, equation, multiplied
from ..value import Value


class Path(NamedTuple):
    """One way from a node to the output.

    Attributes:
        nodes: the nodes on it, from the one that was asked for to the output.
        shares: the uses on it, in the same order.
        product: what is given at the output, times all local gradients on the way.
        text: this product, with symbols and numbers.
    """

    nodes: tuple[Value, ...]
    shares: tuple[Share, ...]
    product: Any
    text: str


class Counts(NamedTuple):
    """How many multiplications by a local gradient each way of computing takes, on the same graph.

    Attributes:
        each_path: all paths from the leaf that was asked for, one after the other.
        forward: forward mode for that leaf, which carries d(node)/d(leaf) along.
        forward_all: forward mode for every leaf, one run each.
        reverse_all: reverse mode, which has the gradients of all leaves in one run.
        leaves: how many leaves get a gradient.
    """

    each_path: int
    forward: int
    forward_all: int
    reverse_all: int
    leaves: int


class Paths:
    """All paths from a leaf to the output, where there are not too many to list; how many there are is exact in any case.

    Attributes:
        count: how many paths there are.
        edges: how many edges lie on them.
        total: the sum of their products, the gradient.
        counts: multiplications, as :class:`Counts`.
        listed: the paths; empty, where there are more than ``most``.
    """

    def __init__(self, lesson: Lesson, leaf: Value, most: int) -> None:
        self._lesson, self._leaf, self._most = lesson, leaf, most
        self.count, self.edges, self.counts = _counted(lesson, leaf)
        found: list[list[Share]] = [[]] if leaf is lesson.root else lesson.paths(leaf, most)
        self.listed = tuple([_path(lesson, leaf, path) for path in found])
        self.total = reduce(ieee_sum, [path.product for path in self.listed]) if found else lesson.gradients[leaf]

    def text(self) -> str:
        """The paths, their sum and the counts, in words."""
        lesson, symbol, counts = self._lesson, self._lesson.symbol(self._leaf), self.counts
        name = lesson.names[self._leaf]
        lines = [f"{_many(self.count, 'path')} over {_many(self.edges, 'edge')} from {name} to {lesson.names[lesson.root]}"]
        if self.listed:
            for path in self.listed:
                lines.append(f"  {' → '.join(lesson.names[v] for v in path.nodes)}: {path.text}")
            sums = added([lesson.number(path.product) for path in self.listed])
            lines.append(f"Their sum: {equation(symbol, sums, lesson.number(self.total))}")
        else:
            lines.append(f"More than {self._most}: too many to list. Their sum: {symbol} = {lesson.number(self.total)}")
        every = f"for all {counts.leaves} leaves" if counts.leaves != 1 else "for the one leaf"
        return "\n".join(
            [
                *lines,
                "Multiplications by a local gradient",
                f"  path by path, for {name}: {counts.each_path}",
                f"  forward mode, for {name}: {counts.forward}",
                f"  forward mode, {every}, one run each: {counts.forward_all}",
                f"  reverse mode, {every} in one run: {counts.reverse_all}",
            ]
        )

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Paths from {self._lesson.names[self._leaf]!r}: {self.count} over {_many(self.edges, 'edge')}>"


def paths(output: Value, leaf: Value | str, *, grad: Any = 1, most: int = 20, digits: int = 4) -> Paths:
    """The gradient d(output)/d(leaf) as the sum over all paths of the products of their local gradients.

    There may be very many paths over few edges, which is why a backward pass sums up node by node: the count is exact, but
    more than ``most`` are not listed. Nothing is computed into ``.grad``.

    Args:
        output: what the gradient is a gradient of.
        leaf: the Value that is asked about, or its name in the graph; a computed one is allowed, too.
        grad: the gradient that is given at the output.
        most: how many paths to list.
        digits: how many significant digits a float shows.

    Raises:
        TypeError: one of them is no Value.
        ValueError: the output does not depend on the leaf.
        StaleError: a leaf's data was assigned after the output was computed from it.

    >>> a = Value(3, "a")
    >>> b = a + a
    >>> b.name = "b"
    >>> print(paths(b * a, a))
    3 paths over 4 edges from a to v1
      a → b → v1: ∂L/∂v1 · ∂v1/∂b · ∂b/∂a (use 1) = 1 · 3 · 1 = 3
      a → b → v1: ∂L/∂v1 · ∂v1/∂b · ∂b/∂a (use 2) = 1 · 3 · 1 = 3
      a → v1: ∂L/∂v1 · ∂v1/∂a = 1 · 6 = 6
    Their sum: ∂L/∂a = 3 + 3 + 6 = 12
    Multiplications by a local gradient
      path by path, for a: 5
      forward mode, for a: 4
      forward mode, for the one leaf, one run each: 4
      reverse mode, for the one leaf in one run: 4
    """
    for what, v, kind in (("output", output, Value), ("leaf", leaf, Value | str)):
        if not isinstance(v, kind):
            raise TypeError(f"paths takes two Values, the output and a leaf; the {what} is {visible(repr(v))}")
    lesson = Lesson(output, grad, digits)
    leaf = lesson.asked(leaf)
    assert isinstance(leaf, Value)
    if leaf not in lesson.gradients:
        remedy = lesson.twin(leaf) or ": there is no path; why(output, leaf) says more"
        raise ValueError(f"the output does not depend on {leaf!r}{remedy}")
    lesson.tell_apart([leaf])
    return Paths(lesson, leaf, most)


def _path(lesson: Lesson, leaf: Value, path: Sequence[Share]) -> Path:
    factors = chain_factors(lesson, path) or [(lesson.symbol(leaf), lesson.seed)]
    result = reduce(product, [lesson.seed, *(s.local for s in path)])
    symbols = " · ".join(symbol for symbol, _ in factors)
    numbers = reduce(multiplied, [lesson.number(number) for _, number in factors])
    text = equation(symbols, numbers, lesson.number(result))
    return Path((leaf, *(s.child for s in path)), tuple(path), result, text)


def _counted(lesson: Lesson, leaf: Value) -> tuple[int, int, Counts]:
    """How many paths and edges there are, without walking the paths: counts add up along the order of the graph."""
    leaves = [v for v in lesson.order if v.op is None and v.requires_grad]
    bit = {v: 1 << i for i, v in enumerate(dict.fromkeys([leaf, *leaves]))}
    below = dict.fromkeys(lesson.order, 0)  # for each node, on which leaves it rests, as bits
    ways = dict.fromkeys(lesson.order, 0)  # how many paths lead to it from the leaf, and how many edges they have together
    steps = dict.fromkeys(lesson.order, 0)
    for v, own in bit.items():
        below[v] = own
    ways[leaf] = 1
    forward = forward_all = reverse_all = 0
    asked, live = bit[leaf], sum(bit[v] for v in leaves)
    for v in lesson.inner:
        for p in v.parents:
            below[v] |= below[p]
            forward += bool(below[p] & asked)
            forward_all += (below[p] & live).bit_count()
            reverse_all += bool(below[p] & live)
            if v is not leaf:
                ways[v] += ways[p]
                steps[v] += steps[p] + ways[p]
    root = lesson.root
    return ways[root], forward, Counts(steps[root], forward, forward_all, reverse_all, len(leaves))


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
