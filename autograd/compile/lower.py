"""Lowering: the row of each recorded operation, run on symbols, down to primitives.

A row is all that is known of an operation, here too: nothing in this package names tanh's slope or softmax. Your own rows
are lowered like those of the table.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..derivatives import _flat as flat
from ..value import Value
from .program import Guard, Program, needed
from .record import Recording
from .symbols import Builder, Symbol


class Counts(NamedTuple):
    """What became of a recording: operations recorded, those needed, those folded into constants; instructions written,
    shared with an equal one, and dropped."""

    recorded: int
    needed: int
    folded: int
    written: int
    shared: int
    dropped: int


def lower(recording: Recording) -> tuple[Program, Counts]:
    """A recording as a program.

    Raises:
        RowError: a row of your own computes with something else than operations and functions of autograd.intrinsics.

    >>> from .record import record
    >>> program, _ = lower(record(lambda x: (x * 2) ** 2, (1.0,)))
    >>> [i.op for i in program.instructions]
    ['input', 'constant', 'mul', 'mul']
    """
    builder = Builder()
    known: dict[Value, Any] = {v: builder.source("input", i) for i, v in enumerate(recording.inputs)}
    known.update((v, builder.source("parameter", i)) for i, v in enumerate(recording.parameters))
    results = flat(recording.result)
    wanted = _wanted(recording, results)
    folded = 0
    for v, (op, parents) in recording.made_by.items():
        if v in wanted:
            args = [known.get(p, p._data) for p in parents]
            symbol = next((a for a in args if isinstance(a, Symbol)), None)
            known[v] = v._data if symbol is None else symbol.apply(op, args)  # Python's own result is the constant
            folded += symbol is None
    outputs = [builder.place(known.get(v, v._data)) for v in results]
    guards: dict[int, Guard] = {}
    for v, outcome, line in recording.branches:
        if isinstance(known[v], Symbol):
            place = builder.place(known[v])
            guards.setdefault(place, Guard(place, outcome, line))
    kept, moved = needed(builder.instructions, [*outputs, *guards])
    program = Program(
        kept,
        len(recording.inputs),
        len(recording.parameters),
        tuple([moved[k] for k in outputs]),
        tuple([Guard(moved[g.place], g.outcome, g.line) for g in guards.values()]),
    )
    written = len(builder.instructions)
    return program, Counts(len(recording.made_by), len(wanted), folded, written, builder.shared, written - len(kept))


def _wanted(recording: Recording, results: list[Value]) -> set[Value]:
    """The recorded nodes that the results and the branches rest on."""
    found = {v for v in (*results, *(v for v, _, _ in recording.branches)) if v in recording.made_by}
    for v, (_, parents) in reversed(recording.made_by.items()):
        if v in found:
            found.update(p for p in parents if p in recording.made_by)
    return found
