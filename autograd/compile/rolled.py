"""Loops found again: points that advance evenly become a loop, and loops that do get a loop around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple, overload

from .extras import numpy
from .fuse import OPS, changes

SUMS: Final = ("sum", "dot")

OF_ONE: Final = {"sum": "add", "dot": "fma"}
"""What a sum of one term is."""

KINDS: Final = ("lane", "parameter", "constant", "result", "")
"""Where an operand is, by number; the last one is nowhere."""


class Operand(NamedTuple):
    """Where a nest reads or writes: a kind of memory, a first index, and how far each loop advances it.

    The kinds: "lane" (a slot of the sample), "parameter", "constant", "result". If it is ``wide``, it stands for as many
    neighbours as a vector holds: those after it (1), or before it (-1). One with an ``inner`` nest is not read: that nest's
    operation computes it.
    """

    kind: str
    first: int
    strides: tuple[int, ...]
    wide: int = 0
    inner: Nest | None = None


class Nest(NamedTuple):
    """An operation on each point of nested loops, the outermost first; the last loop of a sum adds up.

    Attributes:
        op: a primitive, "copy", "sum" or "dot"; or "fma", a number and a product.
        sizes: how often each loop runs.
        out: where the results go.
        operands: what is read; for a sum, first where it begins, which is "lane" and the same as out where it goes on.
    """

    op: str
    sizes: tuple[int, ...]
    out: Operand
    operands: tuple[Operand, ...]

    @property
    def points(self) -> int:
        """How many operations it is."""
        count = 1
        for size in self.sizes:
            count *= size
        return count


class Nests(Sequence[Nest]):
    """Nests, as arrays with a row for each. What stands in five columns is the result, a sum's begin, three operands.

    Args:
        ops: what they do, by number.
        kinds, firsts: of the five, by number; their first indices.
        sizes, strides: for each loop from the innermost on, how often it runs, and how far it advances the five. A loop that
            runs once is none.
    """

    def __init__(self, ops: Any, kinds: Any, firsts: Any, sizes: list[Any], strides: list[Any]) -> None:
        self.ops, self.kinds, self.firsts, self.sizes, self.strides = ops, kinds, firsts, sizes, strides

    @cached_property
    def points(self) -> Any:
        """How many operations each is."""
        return numpy().prod(self.sizes, axis=0)

    def part(self, rows: Any) -> Nests:
        """Some of them, by a slice or an array."""
        columns = self.ops[rows], self.kinds[rows], self.firsts[rows]
        return Nests(*columns, [s[rows] for s in self.sizes], [s[rows] for s in self.strides])

    def __len__(self) -> int:
        return len(self.ops)

    @overload
    def __getitem__(self, place: int) -> Nest: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Nest]: ...

    def __getitem__(self, place: int | slice) -> Nest | Sequence[Nest]:
        return self._nests[place]

    def __iter__(self) -> Iterator[Nest]:
        return iter(self._nests)

    @cached_property
    def _nests(self) -> list[Nest]:
        strides = numpy().stack(self.strides, axis=1)[:, ::-1].transpose(0, 2, 1).tolist()
        sizes = numpy().stack(self.sizes, axis=1)[:, ::-1].tolist()
        rows = zip(self.ops.tolist(), sizes, self.kinds.tolist(), self.firsts.tolist(), strides)
        return [_nest(OPS[op], *row) for op, *row in rows]


def _nest(op: str, sizes: list[int], kinds: list[int], firsts: list[int], strides: list[list[int]]) -> Nest:
    op = OF_ONE.get(op, op) if sizes[-1] == 1 else op
    loops = [k for k, size in enumerate(sizes) if size > 1]
    found = zip(map(KINDS.__getitem__, kinds), firsts, strides)
    out, *operands = [Operand(kind, first, tuple([s[k] for k in loops])) for kind, first, s in found if kind]
    return Nest(op, tuple([sizes[k] for k in loops]), out, tuple(operands))


def rolled(keys: Any, ops: Any, kinds: Any, firsts: Any, size: Any, strides: Any) -> Nests:
    """Points in a row, and loops, as nests: whatever neighbours advance evenly, as often as anything does.

    Args:
        keys: rows of numbers; neighbours with other keys are kept apart.
        ops, kinds, firsts: see :class:`Nests`.
        size, strides: the innermost loops.
    """
    np = numpy()
    alike = ~changes(np.concatenate([keys, ops[None], kinds.T, size[None], strides.T]))[1:]
    sizes, all_strides = [size], [strides]
    while True:
        starts, size, strides = even(alike, firsts)
        if len(starts) == len(ops):
            break
        ops, kinds, firsts = ops[starts], kinds[starts], firsts[starts]
        sizes, all_strides = [*(s[starts] for s in sizes), size], [*(s[starts] for s in all_strides), strides]
        alike = alike[starts[1:] - 1] & ~changes(np.concatenate([size[None], strides.T]))[1:]
    return Nests(ops, kinds, firsts, sizes, all_strides)


def even(joined: Any, columns: Any) -> tuple[Any, Any, Any]:
    """The longest even stretches, from the first row on: where each starts, how many rows it has, and how far they advance.

    Args:
        joined: for each row but the last, whether the next one may follow it.
        columns: the rows of indices.

    >>> np = numpy()
    >>> starts, sizes, strides = even(np.ones(5, bool), np.array([[1], [2], [3], [7], [9], [12]]))
    >>> starts.tolist(), sizes.tolist(), strides.ravel().tolist()
    ([0, 3, 5], [3, 2, 1], [1, 2, 0])
    """
    np = numpy()
    count = len(columns)
    advance = columns[1:] - columns[:-1]
    stops = np.ones(count, bool)  # where the next row does not go on as the row before it did
    stops[1:-1] = ~(joined[1:] & (advance[1:] == advance[:-1]).all(1))
    rows = np.arange(count)
    next_stop = np.minimum.accumulate(np.where(stops, rows, count)[::-1])[::-1]
    ends = rows + 1
    ends[:-1][joined] = next_stop[1:][joined] + 1
    blocks = np.flatnonzero(np.append(True, ~joined)[:count])  # no stretch goes beyond a block
    limits, more = np.append(blocks[1:], count)[: len(blocks)], []
    for block, limit in zip(*[column[ends[blocks] < limits].tolist() for column in (blocks, limits)]):
        at = int(ends[block])
        while at < limit:
            more.append(at)
            at = int(ends[at])
    found = np.sort(np.concatenate([blocks, np.array(more, "int64")])) if more else blocks
    sizes, strides = ends[found] - found, np.zeros((len(found), columns.shape[1]), "int64")
    several = sizes > 1
    strides[several] = advance[found[several]]
    return found, sizes, strides
