"""Scheduling: the loops that a scalar program unrolled are found again.

Elements of the same kind that wait for equally many others make a group; each group's numbers get neighbouring slots; and
where slots and operands advance evenly, a stretch of the group becomes a nest of loops. No pattern here knows of networks:
a layer, its gradient and its transpose come out as nests because their numbers advance evenly.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..collector import paused_collector
from .extras import numpy
from .fuse import NUMBERS, Elements, Steps, changes, fuse, steps
from .program import ABSENT, SOURCES, Program, columns
from .rolled import KINDS, SUMS, Nest, Nests, Operand, even, rolled

__all__ = ["SUMS", "Nest", "Nests", "Operand", "Schedule", "schedule"]

FEW = 1000
"""Chains of no more elements are looked at like other programs."""

LARGE, LINE = 64, 8
"""Groups of at least so many numbers begin where a line of the processor's cache does, which holds so many."""

LANE, PARAMETER, CONSTANT, RESULT, NOWHERE = range(len(KINDS))


class Schedule(NamedTuple):
    """A program as nests, each after what it needs.

    Attributes:
        nests: the steps.
        slots: how many numbers each sample has, its inputs the first.
        inputs: how many of them are inputs.
        constants: the numbers that never change, the first of them -0.0, 1 and -1.
        results: how many results there are.
        groups: how many kinds of elements there were.
    """

    nests: Nests
    slots: int
    inputs: int
    constants: tuple[float, ...]
    results: int
    groups: int


@paused_collector()
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
    np = numpy()
    found = steps(program)
    elements = fuse(found, np.array(program.results, "int64"))
    if _follow(elements):
        groups = np.arange(len(elements.ops))
    else:
        levels, groups = _groups(elements, found)
        order = np.lexsort((groups, levels))
        elements, groups = Elements._make([*[column[order] for column in elements[:-1]], elements.table]), groups[order]
    kinds, indices, slots = _memory(program, found, elements, groups)
    points, slots = _points(elements, groups, kinds, indices, slots)
    constants = (-0.0, 1.0, -1.0, *columns(program.instructions).numbers.values())
    return Schedule(rolled(*points), slots, program.inputs, constants, len(program.results), len(set(groups.tolist())))


def _follow(elements: Elements) -> bool:
    """Whether most elements wait for the one before them, so that there is nothing to group."""
    before = elements.places[:-1, None]
    waits = elements.table[elements.starts[1:]] == before
    return len(waits) > FEW and bool((waits.any(1) | (elements.begins[1:] == before[:, 0])).mean() > 0.9)


def _groups(elements: Elements, found: Steps) -> tuple[Any, Any]:
    """For each element, how many others it waits for one after another, and the number of its group.

    In a group are elements of the same operation and length, with operands of the same groups, which wait for equally many:
    they are independent of each other.
    """
    np = numpy()
    input, none, nothing = -1, -3, -4
    levels = [0] * (len(found.ops) + 2)
    groups = np.where(found.ops == NUMBERS["input"], input, input - 1).tolist()
    groups += [none, nothing]  # found behind the last place, and by ABSENT
    numbers: dict[tuple[int, ...], int] = {}
    copy = NUMBERS["copy"]
    found_levels, found_groups = [], []
    x, y, z = [column.tolist() for column in elements.table.T]
    level_of, ops = levels.__getitem__, elements.ops * 2 + (elements.results == ABSENT)
    columns = ops, elements.places, elements.begins, elements.starts, elements.counts
    for op, place, begin, start, count in zip(*[column.tolist() for column in columns]):
        a, b = x[start], y[start]
        if count == 1:
            c = z[start]
            level = 1 + max(levels[begin], levels[a], levels[b], levels[c])
            key: tuple[int, ...] = level, op, groups[begin], groups[a], groups[b], groups[c]
        else:
            end = start + count
            level = 1 + max(levels[begin], max(map(level_of, x[start:end])), max(map(level_of, y[start:end])))
            last = groups[x[end - 1]], groups[y[end - 1]]
            key = level, op, count, groups[begin], groups[a], groups[b], *last
        group = numbers.setdefault(key, len(numbers))
        found_levels.append(level)
        found_groups.append(group)
        if op >> 1 != copy:
            levels[place], groups[place] = level, group
    return np.array(found_levels, "int64"), np.array(found_groups, "int64")


def _memory(program: Program, found: Steps, elements: Elements, groups: Any) -> tuple[Any, Any, int]:
    """The kind of memory and the index of each place, and how many slots there are: a group's numbers are neighbours. Large
    groups come first."""
    np = numpy()
    ops, _, indices = found
    kinds = np.append(np.where(ops < len(SOURCES), ops, LANE), [CONSTANT, NOWHERE])  # as SOURCES and KINDS begin
    is_constant = ops == NUMBERS["constant"]
    indices = np.append(np.where(is_constant, np.cumsum(is_constant) + 2, indices), [0, 0])
    in_slots = elements.results == ABSENT
    places, begins = elements.places[in_slots], changes(groups[None, in_slots])
    starts = np.flatnonzero(begins)
    sizes = np.diff(np.append(starts, len(places)))
    large = sizes >= LARGE
    room, order = np.where(large, -(-sizes // LINE) * LINE, sizes), np.argsort(~large, kind="stable")
    begin, first = -(-program.inputs // LINE) * LINE, np.empty_like(starts)
    first[order] = begin + np.cumsum(room[order]) - room[order]
    indices[places] = np.arange(len(places)) + (first - starts)[np.cumsum(begins) - 1]
    return kinds, indices, begin + int(room.sum())


def _points(elements: Elements, groups: Any, kinds: Any, indices: Any, slots: int) -> tuple[tuple[Any, ...], int]:
    """What :func:`.rolled.rolled` takes, and how many slots there are then.

    A sum is a loop over terms that advance evenly, and then another that goes on where the first one ended, and so on.
    """
    np = numpy()
    counts, is_result = elements.counts, elements.results != ABSENT
    of = np.repeat(np.arange(len(counts)), counts)  # the element of each row of operands
    rows = elements.table[np.arange(len(of)) + np.repeat(elements.starts - np.cumsum(counts) + counts, counts)]
    starts, sizes, strides = even(of[1:] == of[:-1], indices[rows])
    of, rows = of[starts], rows[starts]
    first = changes(of[None])
    stretches = np.arange(len(of)) - np.flatnonzero(first)[np.cumsum(first) - 1]

    kind, at = np.where(is_result, RESULT, LANE), np.where(is_result, elements.results, indices[elements.places])
    parted = np.flatnonzero(is_result & (np.bincount(of, minlength=len(counts)) > 1))  # a result cannot be gone on with
    more = len(parted)
    kind[parted], at[parted] = LANE, slots + np.arange(more)
    begins, loops = elements.begins[of], np.flatnonzero(sizes > 1)
    advance = np.zeros((len(of), 5), "int64")  # most often of nothing but 0, which takes no time
    advance[loops, 2:] = strides[loops]
    begin_kinds, begins_at = np.where(first, kinds[begins], kind[of]), np.where(first, indices[begins], at[of])
    columns = (
        np.cumsum(changes(groups[None]))[of] * (len(of) + 1) + stretches,
        elements.ops[of],
        np.column_stack([kind[of], begin_kinds, kinds[rows]]),
        np.column_stack([at[of], begins_at, indices[rows]]),
        sizes,
        advance,
    )
    if not more and (columns[0][1:] >= columns[0][:-1]).all():
        return (columns[0][None], *columns[1:]), slots
    none = np.zeros(more, "int64")
    copies = (
        np.cumsum(changes(groups[None]))[parted] * (len(of) + 1) + len(of),  # after the sums of their group
        none + NUMBERS["copy"],
        none[:, None] + [RESULT, NOWHERE, LANE, NOWHERE, NOWHERE],
        np.column_stack([elements.results[parted], none, at[parted], none, none]),
        none + 1,
        np.zeros((more, 5), "int64"),
    )
    order = np.argsort(np.concatenate([columns[0], copies[0]]), kind="stable")
    keys, *rest = [np.concatenate(pair)[order] for pair in zip(columns, copies)]
    return (keys[None], *rest), slots + more
