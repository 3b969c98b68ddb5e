"""The tape: what was recorded, with numbers in place of Values. Whatever follows works on it and knows no Values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..op import Op
from ..value import Value

Made = tuple[Op, tuple[Value, ...]]
"""What a node was made by: an operation, of these."""

GRADIENT = Op("gradient", value=lambda z, x: 0.0, slopes=lambda y, z, x: (0, 0), params=("of a recording",), doc="Recorded.")
"""The derivative of the first by the second: lowering works it out, a recording has no number for it."""


class Tape:
    """Leaves and nodes in order of appearance: what a node was computed from has smaller numbers than the node.

    Args:
        inputs: the leaves that are numbered first.
        constant: whether another leaf is the same in every run, or else a parameter; it may refuse.

    Attributes:
        ops: for each number the operation; None for a leaf.
        parents: for each number the numbers that it was computed from.
        inputs: how many inputs there are.
        parameters: the parameters by number, in order of first use.
        constants: the constants' plain numbers by number.
        cut: the nodes that are constants to the engine.
        derivatives: those of them that lowering works out: the first number of some, the output, and by what.

    >>> x = Value(3.0)
    >>> y = x * 2.0
    >>> tape = Tape([x], lambda v: not v.requires_grad)
    >>> tape.extend([y], {})
    >>> tape.numbers[y], tape.ops, tape.parents, tape.constants
    (2, [None, None, <operation mul>], [(), (), (0, 1)], {1: 2.0})
    """

    def __init__(self, inputs: Sequence[Value], constant: Callable[[Value], bool]) -> None:
        self.ops: list[Op | None] = [None] * len(inputs)
        self.parents: list[tuple[int, ...]] = [()] * len(inputs)
        self.inputs = len(inputs)
        self.parameters: dict[int, Value] = {}
        self.constants: dict[int, Any] = {}
        self.cut: set[int] = set()
        self.derivatives: list[tuple[int, int, list[int]]] = []
        self._oldest_first: list[int] = []
        self.numbers = _Numbers(self, constant, inputs)

    def oldest_first(self) -> list[int]:
        """The parameters' numbers by age, so that what was made as the rows of a table lies in rows."""
        if len(self._oldest_first) < len(self.parameters):
            self._oldest_first = sorted(self.parameters, key=lambda number: self.parameters[number].serial)
        return self._oldest_first

    def extend(self, nodes: Iterable[Value], cut: Mapping[Value, Made]) -> None:
        """Append nodes; ``cut`` has what those were made by that are constants to the engine."""
        numbers, ops, parents = self.numbers, self.ops, self.parents
        for v in nodes:
            op, y = v.op, v._y
            if y is not None:
                parents.append((numbers[v._x], numbers[y]))
            elif op is not None:
                parents.append(tuple([numbers[p] for p in v.parents]))
            else:
                op, computed_from = cut[v]
                parents.append(tuple([numbers[p] for p in computed_from]))
                self.cut.add(len(ops))
                if op is GRADIENT:
                    output, leaf = parents[-1]
                    self.derivatives.append((len(ops), output, [leaf]))
            numbers[v] = len(ops)
            ops.append(op)

    def derive(self, output: int, leaves: list[int]) -> list[int]:
        """Append the derivatives of an output by leaves."""
        new = range(len(self.ops), len(self.ops) + len(leaves))
        self.derivatives.append((len(self.ops), output, leaves))
        self.ops += [GRADIENT] * len(leaves)
        self.parents += [(output, leaf) for leaf in leaves]
        self.cut.update(new)
        return [*new]


class _Numbers(dict[Value, int]):
    """The number of each Value. What is met for the first time is a leaf."""

    def __init__(self, tape: Tape, constant: Callable[[Value], bool], inputs: Sequence[Value]) -> None:
        super().__init__((v, i) for i, v in enumerate(inputs))
        # Parts of the tape instead of the tape: without a cycle, both are freed at once.
        self._ops, self._parents, self._constant = tape.ops, tape.parents, constant
        self._parameters, self._constants = tape.parameters, tape.constants
        self._equal: dict[Any, int] = {}  # equal constants share a number

    def __missing__(self, v: Value) -> int:
        new = len(self._ops)
        if self._constant(v):
            x = v._data
            self[v] = number = self._equal.setdefault(exactly(x), new)
            self._constants[number] = x
        else:
            self[v] = number = new
            self._parameters[number] = v
        if number == new:
            self._ops.append(None)
            self._parents.append(())
        return number


def exactly(x: Any) -> Any:
    """What only the same number of the same kind has: 1 is not 1.0, and 0.0 is not -0.0."""
    return type(x), x or str(x)
