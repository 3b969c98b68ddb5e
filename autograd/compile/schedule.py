"""Scheduling: the loops that a scalar program unrolled are found again.

Elements of the same kind that wait for equally many others make a group; each group's numbers get neighbouring slots; and
where slots and operands advance evenly, a stretch of the group becomes a nest of loops. No pattern here knows of networks:
a layer, its gradient and its transpose come out as nests because their numbers advance evenly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from .fuse import NOTHING, UNIFORM, Element, fuse
from .program import SOURCES, Program

SUMS = ("sum", "dot")


class Operand(NamedTuple):
    """Where a nest reads or writes: a kind of memory, a first index, and how far each loop advances it.

    The kinds: "lane" (a slot of the sample), "parameter", "constant", "result". If it is ``wide``, it stands for as many
    neighbours as a vector holds: those after it (1), or before it (-1).
    """

    kind: str
    first: int
    strides: tuple[int, ...]
    wide: int = 0

    def at(self, point: Sequence[int]) -> int:
        """The index at a point of the loops."""
        return self.first + sum([stride * k for stride, k in zip(self.strides, point)])


class Nest(NamedTuple):
    """An operation on each point of nested loops, the outermost first; the last loop of a sum adds up.

    Attributes:
        op: a primitive, "copy", "sum" or "dot".
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


class Schedule(NamedTuple):
    """A program as nests, each after what it needs.

    Attributes:
        nests: the steps.
        slots: how many numbers each sample has, its inputs the first.
        inputs: how many of them are inputs.
        constants: the numbers that never change.
        results: how many results there are.
        groups: how many kinds of elements there were.
    """

    nests: tuple[Nest, ...]
    slots: int
    inputs: int
    constants: tuple[float, ...]
    results: int
    groups: int


def schedule(program: Program) -> Schedule:
    """A program as nests of loops.

    >>> from .lower import lower
    >>> from .record import record
    >>> def layer(w, x):
    ...     return [w[j][0] * x[0] + w[j][1] * x[1] for j in range(3)]
    >>> program, _ = lower(record(layer, ([[0.0] * 2] * 3, [0.0] * 2)))
    >>> (nest,) = schedule(program).nests
    >>> nest.op, nest.sizes, nest.out.kind, nest.out.strides
    ('dot', (3, 2), 'result', (1, 0))
    """
    memory = _Memory(program)
    groups = _groups(program, fuse(program))
    nests: list[Nest] = []
    for group in groups:
        memory.add([element for element in group if element.result is None])
        nests += _nests(group, memory)
    return Schedule(tuple(nests), memory.slots, program.inputs, tuple(memory.constants), len(program.results), len(groups))


def _groups(program: Program, elements: Sequence[Element]) -> list[list[Element]]:
    """Elements of the same operation, with operands of the same kind and group, at the same depth: they are independent."""
    depth = [0] * len(program.instructions)
    group_of: list[int] = [-1 - (i.op in UNIFORM) for i in program.instructions]
    numbers: dict[tuple[object, ...], int] = {}
    groups: list[list[Element]] = []
    levels: list[int] = []
    for element in elements:
        op, place, columns, result = element
        level = 1 + max([depth[k] for column in columns for k in column if k != NOTHING])
        ends = [(group_of[c[0]], group_of[c[-1]]) if c[0] != NOTHING else NOTHING for c in columns]
        key = (level, op, result is None, len(columns[-1]), *ends)
        number = numbers.setdefault(key, len(groups))
        if number == len(groups):
            groups.append([])
            levels.append(level)
        groups[number].append(element)
        if op != "copy":
            depth[place], group_of[place] = level, number
    return [groups[number] for number in sorted(range(len(groups)), key=levels.__getitem__)]


class _Memory:
    """Where each number of a program stands."""

    def __init__(self, program: Program) -> None:
        self.slots = program.inputs
        self.constants: list[float] = [-0.0]
        self.where: dict[int, tuple[str, int]] = {NOTHING: ("constant", 0)}
        for place, (op, operands, number) in enumerate(program.instructions):
            if op == "constant":
                self.where[place] = op, len(self.constants)
                self.constants.append(number)
            elif op in SOURCES:
                self.where[place] = "lane" if op == "input" else op, operands[0]

    def add(self, group: Sequence[Element]) -> None:
        """Neighbouring slots for a group's numbers."""
        for element in group:
            self.where[element.place] = "lane", self.slots
            self.slots += 1


_Point = tuple[tuple[Any, ...], tuple[int, ...]]
"""The kinds of memory and the loops so far, as (size, *strides), and the first indices."""


def _nests(group: Sequence[Element], memory: _Memory) -> list[Nest]:
    """The loops of a group."""
    op = group[0].op
    stretches: list[list[_Point]] = [[]]  # of each sum the first stretch; then the second, which goes on; and so on
    copies: list[Element] = []
    for element in group:
        out = memory.where[element.place] if element.result is None else ("result", element.result)
        if op in SUMS:
            found = _stretches(element, out, memory)
            if len(found) > 1 and element.result is not None:  # a result cannot be gone on with
                memory.add([element._replace(result=None)])
                found = _stretches(element, memory.where[element.place], memory)
                copies.append(Element("copy", element.place, ((element.place,),), element.result))
            stretches += [[] for _ in range(len(found) - len(stretches))]
            for points, point in zip(stretches, found):
                points.append(point)
        else:
            places = [out, *[memory.where[c[0]] for c in element.columns]]
            stretches[0].append(((tuple([kind for kind, _ in places]),), tuple([index for _, index in places])))
    return [nest for points in stretches for nest in _rolled(op, points)] + (_nests(copies, memory) if copies else [])


def _rolled(op: str, points: list[_Point]) -> list[Nest]:
    """Points that advance evenly as loops, and loops that do as loops around them, as often as anything does."""
    while True:
        merged = _merged(points)
        if len(merged) == len(points):
            break
        points = merged
    nests = []
    for (kinds, *loops), firsts in points:
        strides = list(zip(*[loop[1:] for loop in loops])) if loops else [()] * len(firsts)
        out, *operands = [Operand(*o) for o in zip(kinds, firsts, strides)]
        nests.append(Nest(op, tuple([loop[0] for loop in loops]), out, tuple(operands)))
    return nests


def _stretches(element: Element, out: tuple[str, int], memory: _Memory) -> list[_Point]:
    """A sum as loops over evenly advancing terms, each going on where the one before it ended."""
    (begin,), *columns = element.columns
    where = memory.where
    kinds = [where[column[0]][0] for column in columns]  # those of all their terms
    indices = [[where[k][1] for k in column] for column in columns]
    start, at, count = where[begin], 0, len(columns[0])
    found: list[_Point] = []
    while at < count:
        strides, end = _even(indices, at)
        found.append(
            (((out[0], start[0], *kinds), (end - at, 0, 0, *strides)), (out[1], start[1], *[c[at] for c in indices]))
        )
        start, at = out, end
    return found


def _even(columns: Sequence[list[int]], at: int) -> tuple[tuple[int, ...], int]:
    """How far columns advance from a row to the next, and up to where they go on like that."""
    count = len(columns[0])
    if at + 1 == count:
        return (0,) * len(columns), count
    strides = tuple([c[at + 1] - c[at] for c in columns])
    if at == 0 and all(c == _range(c[0], s, count) for c, s in zip(columns, strides)):  # most are: told at once
        return strides, count
    end = at + 2
    while end < count and all(c[end] - c[end - 1] == s for c, s in zip(columns, strides)):
        end += 1
    return strides, end


def _range(first: int, stride: int, count: int) -> list[int]:
    return list(range(first, first + stride * count, stride)) if stride else [first] * count


def _merged(points: list[_Point]) -> list[_Point]:
    """Neighbours of the same loops that advance evenly, as one more loop around them."""
    found: list[_Point] = []
    at, count = 0, len(points)
    while at < count:
        shape, first = points[at]
        end = at + 1
        if end < count and points[end][0] == shape:
            strides = _difference(first, points[end][1])
            end += 1
            while end < count and points[end][0] == shape and _difference(points[end - 1][1], points[end][1]) == strides:
                end += 1
            shape = shape[0], (end - at, *strides), *shape[1:]
        found.append((shape, first))
        at = end
    return found


def _difference(a: Sequence[int], b: Sequence[int]) -> tuple[int, ...]:
    return tuple([y - x for x, y in zip(a, b)])
