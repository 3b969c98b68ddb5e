"""A schedule as functions of LLVM that compute a tile of samples: loops as code, the rest as code too, or as a table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final, NamedTuple

from .interpreter import Interpreter
from .nests import SMALL, Part, is_single, touched
from .schedule import Nest, Schedule
from .tables import WIDTH, Table
from .writer import Shape

MANY: Final = 4000
"""If more operations than this would be written out, they run from a table instead."""

CALL: Final = "  call void @{0}{1}(ptr %xr, i64 %live, ptr %p, ptr %w, ptr %yr)"
INTERPRET: Final = "  call void @{0}.table(i64 {1}, i64 {2}, i64 %live, ptr %p, ptr %w, ptr %yr)"

PART: Final = 400
"""Operations, each loop's body a few, in one function: the time that LLVM takes grows faster than a function's length."""


class Tile(NamedTuple):
    """The text that computes one tile.

    Attributes:
        texts: functions and constants.
        before: what is called once, before the first tile.
        calls: what is called for each tile.
        slots: how many slots there are.
    """

    texts: list[str]
    before: list[str]
    calls: list[str]
    slots: int


def tile(schedule: Schedule, shape: Shape, name: str) -> Tile:
    """A schedule as functions of LLVM, whose names begin with the name given."""
    single = sum([nest.points for nest in schedule.nests if is_single(nest)])
    return _with_table(schedule, shape, name) if single > MANY else _written_out(schedule, shape, name)


def _written_out(schedule: Schedule, shape: Shape, name: str) -> Tile:
    """Everything is code."""
    chunks = _chunks(schedule.nests)
    kept = _kept(chunks, schedule.inputs)
    texts = []
    for number, chunk in enumerate(chunks):
        part = Part(schedule, shape, kept)
        if number == 0:
            part.take_inputs()
        for nest in chunk:
            part.nest(nest)
        texts.append(part.text(f"{name}{number}"))
    return Tile(texts, [], [CALL.format(name, number) for number in range(len(texts))], schedule.slots)


def _with_table(schedule: Schedule, shape: Shape, name: str) -> Tile:
    """Loops are code, and what is between them is in a table."""
    table = Table(schedule.slots)
    stretches: list[tuple[int, int] | list[Nest]] = [[]]
    for single, nests in groupby(schedule.nests, key=is_single):
        if single:
            start = len(table.rows) // WIDTH
            for nest in nests:
                table.add(nest)
            stretches.append((start, len(table.rows) // WIDTH))
        else:
            stretches += _chunks([*nests])
    schedule = schedule._replace(slots=table.slots)
    everything = set(range(table.slots))
    texts, calls, filled = [table.text(f"{name}.rows")], [], table.filled
    for stretch in stretches:
        if isinstance(stretch, tuple):
            calls.append(INTERPRET.format(name, *[filled + k for k in stretch]))
            continue
        part = Part(schedule, shape, everything)
        if not calls:
            part.take_inputs()
        for nest in stretch:
            part.nest(nest)
        calls.append(CALL.format(name, len(texts)))
        texts.append(part.text(f"{name}{len(texts)}"))
    interpreter = Interpreter(schedule, shape, everything)
    used = {*table.rows[::WIDTH], *table.fills[::WIDTH]}
    texts.append(interpreter.whole(name, sorted(used)))
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


def _kept(chunks: Sequence[Sequence[Nest]], inputs: int) -> set[int]:
    """The slots that must be in memory, for a loop or another part reads them; the others are names in the text."""
    kept: set[int] = set()
    here = set(range(inputs))  # what is written out in this part
    for chunk in chunks:
        for nest in chunk:
            small = is_single(nest)
            for operand in nest.operands:
                if operand.kind == "lane":
                    slots = touched(operand, nest.sizes)
                    kept |= slots - here if small else slots
            if small and nest.out.kind == "lane":
                here |= touched(nest.out, nest.sizes)
        here = set()
    return kept
