"""A schedule as functions of LLVM that compute a tile of samples: loops as code, the rest as code too, or as a table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

from .extras import numpy
from .fuse import NUMBERS, changes
from .inner import inlined, leaves
from .interpreter import Interpreter
from .nests import SMALL, Part, are_single, is_single, touched
from .program import FUNCTIONS
from .rolled import SUMS, Nest, Nests
from .rows import Rows
from .schedule import Schedule
from .sums import LONG
from .tables import Table
from .totals import Totals
from .writer import Shape

MANY: Final = 4000
"""If more operations than this would be written out, they run from a table instead."""

MANY_IN_BRIEF: Final = 500
"""The same, where the text is to be brief."""

IN_BRIEF: Final = 128
"""Then loops of at most so many operations are in the table, too."""

CALL: Final = "  call void @{0}{1}(ptr %xr, i64 %live, ptr %p, ptr %wt, ptr %yr)"
TOTALS: Final = "  call void @{0}.totals(ptr %w, i64 %samples, ptr %p, ptr %y)"
INTERPRET: Final = "  call void @{0}.table(i64 {1}, i64 {2}, i64 %live, ptr %p, ptr %w, ptr %yr)"

MEMORY: Final = 1 << 17
"""Tiles of about so many bytes are computed before their results are added up: some of what a processor's cache holds."""

PART: Final = 400
"""Operations, each loop's body a few, in one function: the time that LLVM takes grows faster than a function's length."""


class Tile(NamedTuple):
    """The text that computes one tile.

    Attributes:
        texts: functions and constants.
        before: what is called once, before the first tile.
        calls: what is called for each tile.
        slots: how many slots there are.
        after: what adds up the results of some tiles, if the calls do not.
        together: how many tiles that is.
    """

    texts: list[str]
    before: list[str]
    calls: list[str]
    slots: int
    after: str = ""
    together: int = 1


def lines(schedule: Schedule) -> int:
    """About how many lines of text a schedule becomes for one sample at a time, if all of it is written out."""
    single = are_single(schedule.nests)
    return int(4 * schedule.nests.points[single].sum() + 30 * (~single).sum())


def tile(schedule: Schedule, shape: Shape, name: str) -> Tile:
    """A schedule as functions of LLVM, whose names begin with the name given."""
    some = tabled(schedule.nests, shape)
    many = MANY_IN_BRIEF if shape.brief else MANY
    in_table = schedule.nests.points[some].sum() > many
    made = _with_table(schedule, shape, name, some) if in_table else _written_out(schedule, shape, name)
    if not shape.staged(schedule.results):
        return made
    rows = Rows(schedule._replace(slots=made.slots), shape, set())
    rows.give_results()
    return made._replace(texts=[*made.texts, rows.text(f"{name}.out")], calls=[*made.calls, CALL.format(name, ".out")])


def _written_out(schedule: Schedule, shape: Shape, name: str) -> Tile:
    """Everything is code."""
    nests = inlined(schedule.nests, is_single)
    totals = [nest for nest in nests if nest.out.kind == "result"] if shape.sums and shape.lanes > 1 else []
    chunks = _chunks([nest for nest in nests if nest.out.kind != "result"] if totals else nests)
    in_memory = kept([*chunks, totals], schedule.inputs)
    texts = []
    for number, chunk in enumerate(chunks):
        part = Part(schedule, shape, in_memory)
        if number == 0:
            part.take_inputs(schedule.inputs <= SMALL)
        for nest in chunk:
            part.nest(nest)
        texts.append(part.text(f"{name}{number}"))
    calls = [CALL.format(name, number) for number in range(len(texts))]
    if not totals:
        return Tile(texts, [], calls, schedule.slots)
    added = Totals(schedule, shape, in_memory)
    added.of(totals)
    together = max(1, MEMORY // (8 * schedule.slots * shape.lanes or 1))
    return Tile([*texts, added.text(f"{name}.totals")], [], calls, schedule.slots, TOTALS.format(name), together)


def tabled(nests: Nests, shape: Shape) -> Any:
    """Which nests are in the table, if there is one: small ones, and in brief others for which it gives the same numbers."""
    if not shape.brief:
        return are_single(nests)
    np, ops = numpy(), nests.ops
    reordered = np.isin(ops, [NUMBERS[op] for op in SUMS]) & (nests.sizes[0] >= LONG)
    called = np.isin(ops, [NUMBERS[op] for op in (*FUNCTIONS, "pow")])  # on vectors, functions are others than C's
    return are_single(nests) | ((nests.points <= IN_BRIEF) & ~reordered & ~called)


def _with_table(schedule: Schedule, shape: Shape, name: str, single: Any) -> Tile:
    """Some nests are in a table, and what is between them is code."""
    nests = schedule.nests
    table = Table(schedule, nests.part(single))
    ends = [table.filled, *table.ends.tolist()]
    before = [0, *single.cumsum().tolist()]  # so many in the table
    stretches: list[tuple[int, int] | list[Nest]] = [[]]
    bounds = [*changes(single[None]).nonzero()[0].tolist(), len(nests)]
    for start, end in pairwise(bounds):
        if single[start]:
            stretches.append((ends[before[start]], ends[before[end]]))
        else:
            stretches += _chunks([*nests.part(slice(start, end))])
    schedule = schedule._replace(slots=table.slots)
    everything = set(range(table.slots))
    texts, calls, filled = [table.text(f"{name}.numbers")], [], table.filled
    for stretch in stretches:
        if isinstance(stretch, tuple):
            calls.append(INTERPRET.format(name, *stretch))
            continue
        part = Part(schedule, shape, everything)
        if not calls:
            part.take_inputs(schedule.inputs <= SMALL)
        for nest in stretch:
            part.nest(nest)
        calls.append(CALL.format(name, len(texts)))
        texts.append(part.text(f"{name}{len(texts)}"))
    interpreter = Interpreter(schedule, shape, everything)
    texts.append(interpreter.whole(name, table.cases))
    before = [INTERPRET.replace("%live", "1").replace("%yr", "%y").format(name, 0, filled)] if filled else []
    return Tile(texts, before, calls, table.slots)


def _chunks(nests: Sequence[Nest]) -> list[list[Nest]]:
    """The nests of each part."""
    chunks: list[list[Nest]] = [[]]
    weight = 0
    for nest in nests:
        weight += min(nest.points, 2 * SMALL)
        if weight > PART:
            chunks.append([])
            weight = 0
        chunks[-1].append(nest)
    return chunks


def kept(chunks: Sequence[Sequence[Nest]], inputs: int) -> set[int]:
    """The slots that must be in memory, for a loop or another part reads them; the others are names in the text."""
    found: set[int] = set()
    here = set(range(inputs))  # what is written out in this part
    for chunk in chunks:
        for nest in chunk:
            small = is_single(nest)
            for operand in leaves(*nest.operands):
                if operand.kind == "lane":
                    slots = touched(operand, nest.sizes)
                    found |= slots - here if small else slots
            if small and nest.out.kind == "lane":
                here |= touched(nest.out, nest.sizes)
        here = set()
    return found
