"""Lowering: the row of each recorded operation, run on symbols, down to primitives.

A row is all that is known of an operation, here too: nothing in this package names tanh's slope or softmax. Your own rows
are lowered like those of the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress, count
from typing import Any, NamedTuple

from ..collector import paused_collector
from ..derivatives import _flat as flat
from ..op import Op
from .program import Guard, Program, needed
from .record import Recording
from .reverse import Reverse
from .symbols import Builder
from .tape import Tape
from .templates import Templates
from .tracer import GRADIENT


class Counts(NamedTuple):
    """What became of a recording: operations recorded, those needed, those folded into constants; instructions written,
    shared with an equal one, and dropped."""

    recorded: int
    needed: int
    folded: int
    written: int
    shared: int
    dropped: int


@paused_collector()
def lower(recording: Recording) -> tuple[Program, Counts]:
    """A recording as a program.

    Raises:
        RowError: a row of your own computes with something else than operations and functions of autograd.intrinsics.

    >>> from .record import record
    >>> program, _ = lower(record(lambda x: (x * 2) ** 2, (1.0,)))
    >>> [i.op for i in program.instructions]
    ['input', 'constant', 'mul', 'mul']
    """
    tape, results = recording.tape, flat(recording.result)
    wanted = _wanted(tape, [*results, *[number for number, _, _ in recording.branches]])
    templates = Templates()
    known = [0] * len(tape.ops)  # the reference of each number
    for i in range(tape.inputs):
        known[i] = templates.builder.source("input", i).place
    for i, number in enumerate(tape.oldest_first()):
        known[number] = templates.builder.source("parameter", i).place
    for number, x in tape.constants.items():
        if wanted[number]:
            known[number] = templates.constant(x)
    reverse = Reverse(tape, known, templates)
    folded = 0
    write, plain = templates.write, templates.plain.get
    for number, op, parents in compress(zip(count(), tape.ops, tape.parents), wanted):
        if op is None:
            continue
        if op is GRADIENT:
            known[number] = reverse.gradient(*parents)
            continue
        subject = op, len(parents)
        if len(parents) == 2:  # most are two numbers, and one primitive
            x, y = parents
            x, y, template = known[x], known[y], plain(subject)
            if x >= 0 <= y and template is not None and template.direct is not None:
                known[number] = template.direct((x, y))
                continue
        known[number] = reference = write(_value, subject, [known[p] for p in parents])[0]
        folded += templates.is_constant(reference)
    outputs = [templates.place(known[number]) for number in results]
    guards: dict[int, Guard] = {}
    for number, outcome, line in recording.branches:
        reference = known[number]
        if not templates.is_constant(reference):
            place = templates.place(reference)
            guards.setdefault(place, Guard(place, outcome, line))
    builder = templates.builder
    kept, moved = needed(builder.instructions, [*outputs, *guards])
    program = Program(
        kept,
        tape.inputs,
        len(tape.parameters),
        tuple([moved[k] for k in outputs]),
        tuple([g._replace(place=moved[g.place]) for g in guards.values()]),
    )
    written = len(builder.ops)
    nodes = [w for op, w in zip(tape.ops, wanted) if op not in (None, GRADIENT)]
    return program, Counts(len(nodes), sum(nodes), folded, written, builder.shared, written - len(kept))


def _wanted(tape: Tape, roots: Iterable[int]) -> bytearray:
    """For each number, whether the roots rest on it."""
    wanted = bytearray(len(tape.ops))
    for number in roots:
        wanted[number] = 1
    for number in range(len(wanted) - 1, -1, -1):
        if wanted[number]:
            for p in tape.parents[number]:
                wanted[p] = 1
    return wanted


def _value(builder: Builder, subject: tuple[Op, int], args: Sequence[Any]) -> Sequence[Any]:
    """An operation as a row to write; of constants alone, its own result."""
    return [subject[0](*args)]
