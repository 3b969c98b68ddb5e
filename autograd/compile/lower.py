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
from .copies import instructions
from .program import Guard, Program
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
        known[i] = templates.source("input", i)
    for i, number in enumerate(tape.oldest_first()):
        known[number] = templates.source("parameter", i)
    for number, x in tape.constants.items():
        if wanted[number]:
            known[number] = templates.constant(x)
    reverse = Reverse(tape, known, templates)
    folded = 0
    direct: dict[Any, list[int]] = {}  # the copies of what writes one primitive of two numbers, as most are
    for number, op, parents in compress(zip(count(), tape.ops, tape.parents), wanted):
        if op is None:
            continue
        if len(parents) == 2:
            if op is GRADIENT:
                known[number] = reverse.gradient(*parents)
                continue
            x, y = known[parents[0]], known[parents[1]]
            is_plain = x >= 0 <= y
            kind = op if is_plain else (op, min(x, 0), min(y, 0))
            copies = direct.get(kind)
            if copies is not None:
                known[number] = place = templates.size
                copies += (x, y, place) if is_plain else (*templates.slots([x, y]), place)
                templates.size = place + 1
                continue
        subject = op, len(parents)
        (known[number],) = templates.write(_value, subject, [known[p] for p in parents])
        if len(parents) == 2 and templates.latest.is_direct:
            direct[kind] = templates.latest.copies
        folded += templates.is_constant(known[number])
    outputs = [templates.place(known[number]) for number in results]
    asked = [(known[b], outcome, line) for b, outcome, line in recording.branches if not templates.is_constant(known[b])]
    branches = [Guard(templates.place(reference), outcome, line) for reference, outcome, line in asked]
    kept, moved, distinct = instructions(templates, [*outputs, *[g.place for g in branches]])
    guards: dict[int, Guard] = {}
    for guard in branches:
        guards.setdefault(moved[guard.place], guard._replace(place=moved[guard.place]))
    program = Program(kept, tape.inputs, len(tape.parameters), tuple([moved[k] for k in outputs]), tuple(guards.values()))
    nodes = [w for op, w in zip(tape.ops, wanted) if op is not None and op is not GRADIENT]
    counts = Counts(len(nodes), sum(nodes), folded, distinct, templates.size - distinct, distinct - len(kept))
    return program, counts


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
