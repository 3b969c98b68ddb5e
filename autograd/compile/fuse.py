"""Fusing: chains of additions become sums, and sums of products become dot products, each one element of a schedule.

Nothing is reordered: a chain is added from left to right, as it was written, so a fused program gives the same bits.
"""

from __future__ import annotations

from itertools import chain
from typing import Any, Final, NamedTuple

from .copies import Packed
from .extras import numpy
from .program import ABSENT, CODES, SOURCES, Program, columns

OPS: Final = (*CODES, "copy", "sum", "dot")
"""What an element may do, by number; "copy" is of what is a result and something else besides."""

NUMBERS: Final = {op: number for number, op in enumerate(OPS)}

_FIRST, _SECOND, _NEITHER = range(3)


class Elements(NamedTuple):
    """The numbers to compute, operands before what uses them: a column for each attribute.

    Places are those of the program's instructions, and one beyond them: the number -0.0, to which anything can be added
    unchanged. There a sum begins that begins with its first product.

    Attributes:
        ops: by number.
        places: where each number stands in the program.
        results: which result it is, if it is nothing else.
        begins: for a sum, where it begins.
        starts, counts: its rows in the table of operands. A primitive has one row; a sum has one for each term; a dot
            product has one for each product, with its factors.
        table: three operands in a row.
    """

    ops: Any
    places: Any
    results: Any
    begins: Any
    starts: Any
    counts: Any
    table: Any


class Steps(NamedTuple):
    """A program's instructions as columns: the primitives by number, three operands each, and the indices of sources."""

    ops: Any
    operands: Any
    indices: Any


def steps(program: Program) -> Steps:
    """A program's instructions as columns."""
    np = numpy()
    instructions = columns(program.instructions)
    if isinstance(instructions, Packed):
        ops, operands = instructions.codes, instructions.table.copy()
    else:
        given = instructions.operands
        ops = np.fromiter(map(NUMBERS.__getitem__, instructions.ops), "int64", len(given))
        counts = np.fromiter(map(len, given), "int64", len(given))
        operands = np.full((len(given), 3), ABSENT)
        operands[np.arange(3) < counts[:, None]] = np.fromiter(chain.from_iterable(given), "int64", int(counts.sum()))
    is_source = ops < len(SOURCES)
    indices = operands[:, 0].copy()
    operands[is_source] = ABSENT
    return Steps(ops, operands, indices)


def fuse(found: Steps, results: Any) -> Elements:
    """The elements of instructions that have these results, operands before what uses them.

    >>> from .lower import lower
    >>> from .record import record
    >>> program, _ = lower(record(lambda b, w, x: b + w[0] * x[0] + w[1] * x[1], (1.0, [2.0, 3.0], [4.0, 5.0])))
    >>> elements = fuse(steps(program), numpy().array(program.results))
    >>> [OPS[op] for op in elements.ops], elements.begins.tolist(), elements.table.tolist()
    (['dot'], [0], [[1, 3, -1], [2, 4, -1]])
    """
    np = numpy()
    ops, operands, _ = found
    count = len(ops)
    uses = np.bincount(operands[operands >= 0], minlength=count) + np.bincount(results, minlength=count)
    once = uses == 1
    product = (ops == NUMBERS["mul"]) & once  # so that a sum may do the multiplication
    sums, last, inside = _sums(ops, operands, once, product)
    computed = ops >= len(SOURCES)
    is_alone = computed & (ops != NUMBERS["add"])
    is_alone[inside] = False
    alone = np.flatnonzero(is_alone)
    which = np.full(count, ABSENT)
    which[results] = np.arange(len(results))
    which[~(computed & once)] = ABSENT
    copied = np.flatnonzero(which[results] == ABSENT)
    copies = np.full((len(copied), 3), ABSENT)
    copies[:, 0] = results[copied]

    def primitives(kinds: Any, places: Any, results: Any, start: int) -> Elements:
        n = len(places)
        return Elements(kinds, places, results, np.full(n, ABSENT), np.arange(start, start + n), np.ones(n, "int64"), None)

    rows = len(alone) + len(sums.table)
    parts = (
        primitives(ops[alone], alone, which[alone], 0),
        sums._replace(results=which[sums.places], starts=sums.starts + len(alone)),
        primitives(np.full(len(copied), NUMBERS["copy"]), results[copied], copied, rows),
    )
    order = np.argsort(np.concatenate([alone, last, np.full(len(copied), count)]), kind="stable")
    columns = [np.concatenate(column)[order] for column in list(zip(*parts))[:-1]]
    return Elements._make([*columns, np.concatenate([operands[alone], sums.table, copies])])


def _sums(ops: Any, operands: Any, once: Any, product: Any) -> tuple[Elements, Any, Any]:
    """Chains as sums and dot products, one after another, each with factors of the same kinds; for each of these the place
    of its chain's last addition; and the products that are computed so."""
    np = numpy()
    nothing = len(ops)
    adds = np.flatnonzero(ops == NUMBERS["add"])
    a, b = operands[adds, 0], operands[adds, 1]
    both = product[a] & product[b]
    begun, side = _chains(nothing, adds, np.where(once[a], a, ABSENT), np.where(once[b], b, ABSENT), both)
    flipped = (side == _NEITHER) & product[a] & ~both
    begin = np.where(both, nothing, np.where(flipped, b, a))  # of a chain that begins here
    more = np.flatnonzero((side == _NEITHER) & both)  # the first of two products is a term of its own
    terms = np.concatenate([np.where((side == _SECOND) | flipped, a, b), a[more]])
    places = np.concatenate([adds, a[more]])
    begun = np.concatenate([begun, begun[more]])
    order = np.lexsort((places, begun))
    terms, places, begun = terms[order], places[order], begun[order]

    kinds = np.append(np.where(ops < len(SOURCES), ops, NUMBERS["input"]), ABSENT)
    multiplied = product[terms]
    x, y = np.where(multiplied, operands[terms, 0], terms), np.where(multiplied, operands[terms, 1], ABSENT)
    swapped = multiplied & (kinds[x] == NUMBERS["input"]) & (kinds[y] != NUMBERS["input"])
    x, y = np.where(swapped, y, x), np.where(swapped, x, y)  # what all samples share comes first

    starts = np.flatnonzero(changes(np.stack([begun, kinds[x], kinds[y]])))
    ends = np.append(starts[1:], len(terms))[: len(starts)]
    found, last = places[ends - 1], places[np.searchsorted(begun, begun[starts], "right") - 1]
    begins = np.where(changes(begun[None, starts]), begin[np.searchsorted(adds, begun[starts])], np.roll(found, 1))
    table = np.stack([x, y, np.full(len(x), ABSENT)], axis=1)
    elements = Elements(
        np.where(multiplied[starts], NUMBERS["dot"], NUMBERS["sum"]), found, None, begins, starts, ends - starts, table
    )
    return elements, last, terms[multiplied]


def changes(rows: Any) -> Any:
    """For each column, whether it differs from the one before it; the first one does.

    >>> changes(numpy().array([[1, 1, 1, 2], [5, 5, 6, 6]])).tolist()
    [True, False, True, True]
    """
    np = numpy()
    found = np.ones(rows.shape[1], bool)
    found[1:] = (rows[:, 1:] != rows[:, :-1]).any(0)
    return found


def _chains(count: int, adds: Any, a: Any, b: Any, both: Any) -> tuple[Any, Any]:
    """For each addition the place where its chain began, and which operand it goes on with: the longer sum that is left."""
    np = numpy()
    is_sum = np.zeros(count + 1, bool)  # with a place for what is absent
    is_sum[adds] = True
    first, second = is_sum[a], is_sum[b]
    if not (first & second).any():
        root = np.arange(count)
        root[adds] = np.where(first, a, np.where(second, b, adds))
        while (root[root] != root).any():
            root = root[root]
        return root[adds], np.where(first, _FIRST, np.where(second, _SECOND, _NEITHER))
    lengths, begun, sides = [0] * (count + 1), [0] * (count + 1), []
    for place, x, y, two in zip(adds.tolist(), a.tolist(), b.tolist(), both.tolist()):
        first, second = lengths[x], lengths[y]
        if first > second:
            lengths[place], begun[place], side = first + 1, begun[x], _FIRST
        elif second:
            lengths[place], begun[place], side = second + 1, begun[y], _SECOND
        else:
            lengths[place], begun[place], side = 1 + two, place, _NEITHER
        sides.append(side)
    return np.array(begun, "int64")[adds], np.array(sides, "int64")
