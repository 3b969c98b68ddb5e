"""A recorded graph that runs again on any kind of number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, isfinite
from typing import Any

from ..graph import check_fresh, inner_nodes
from ..op import Op
from ..value import Value, node
from .rounded import Rounded, lift
from .series import Unknown


class Tape:
    """What was computed from some inputs, as a function of a list of numbers of any kind.

    >>> from fractions import Fraction
    >>> x = Value(2)
    >>> Tape(x * x + 1, [x])([Fraction(1, 3)])
    Fraction(10, 9)
    """

    def __init__(self, output: Value, inputs: Sequence[Value]) -> None:
        self.output, self.inputs = output, list(inputs)
        self.nodes, self.leaves = inner_nodes(output)
        check_fresh(self.nodes)

    def __call__(self, numbers: Sequence[Any]) -> Any:
        """The output, when the inputs are these numbers."""
        make = getattr(numbers[0], "lift", _same)
        known: dict[Value, Any] = {v: make(v.data) for v in self.leaves}
        known.update(zip(self.inputs, numbers, strict=True))
        for v in self.nodes:
            assert v.op is not None
            try:
                known[v] = v.op(*[known[p] for p in v.parents])
            except Unknown:
                if v in self._moving():
                    raise
                known[v] = make(v.data)  # a constant, such as sqrt(0), may be where the operation has no slope
        return known[self.output]

    def _moving(self) -> set[Value]:
        """The nodes that depend on the inputs."""
        moving = set(self.inputs)
        for v in self.nodes:
            if not moving.isdisjoint(v.parents):
                moving.add(v)
        return moving

    def rounded(self) -> tuple[Value, list[Value]]:
        """The same graph once more, on floats that know their error: the output and the inputs."""
        twins: dict[Value, Value] = {}
        for v in dict.fromkeys((*self.inputs, *self.leaves)):
            twins[v] = Value(0, requires_grad=v.requires_grad)
            twins[v]._data = Rounded(v.data)  # type: ignore[assignment]
        for v in self.nodes:
            assert v.op is not None
            parents = tuple([twins[p] for p in v.parents])
            data: Any = lift(v.op.value(*[p.data for p in parents]))
            twins[v] = node(data, v.op, parents)
        return twins[self.output], [twins[v] for v in self.inputs]


def _same(x: Any) -> Any:
    return x


def alone(op: Op, args: Sequence[Any]) -> Tape:
    """One operation on inputs of its own."""
    inputs = [Value(x) for x in args]
    return Tape(op(*inputs), inputs)


def bounds(run: Callable[[], Sequence[Any]], count: int) -> list[float]:
    """The errors of the results of a run on rounded numbers: inf where it leaves the range of floats on the way, nan where
    nothing is known, since a row computes with floats alone."""
    try:
        return [_error(z) for z in run()]
    except (TypeError, AttributeError, ArithmeticError, ValueError):
        return [float("nan")] * count


def _error(z: Any) -> float:
    z = z.data if isinstance(z, Value) else z
    error = z.e if isinstance(z, Rounded) else 0.0  # a constant
    return error if isfinite(error) else inf
