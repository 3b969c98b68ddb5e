"""Lowering: the row of each recorded operation, run on symbols, down to primitives.

A row is all that is known of an operation, here too: nothing in this package names tanh's slope or softmax. Your own rows
are lowered like those of the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from ..collector import paused_collector
from ..derivatives import _flat as flat
from ..op import Op
from .alike import ROUNDS, Graph, NotPlain, alike, followed, graph_of, reached, slots
from .copies import instructions
from .extras import numpy
from .program import Guard, Program
from .record import Recording
from .reverse import Reverse
from .symbols import Builder
from .tape import Tape
from .templates import Special, Templates
from .together import Together


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
    roots = [*results, *[number for number, _, _ in recording.branches]]
    graph = graph_of(tape)
    wanted = _wanted(tape, graph, roots)
    templates = Templates(tape.inputs, len(tape.parameters))
    known = [*range(tape.inputs), *[0] * (len(tape.ops) - tape.inputs)]  # the reference of each number
    for place, number in enumerate(tape.oldest_first(), tape.inputs):
        known[number] = place
    for number, x in tape.constants.items():
        if wanted[number]:
            known[number] = templates.constant(x)
    folded, start = 0, 0
    if graph is not None:
        with suppress(NotPlain):
            folded, start = _on_arrays(tape, graph, wanted, known, templates), graph.end
    reverse = Reverse(tape, known, templates) if graph is None or not start else Together(tape, known, templates, graph)
    for first, output, leaves in [*tape.derivatives, (len(wanted), 0, [])]:
        for number in range(start, first):
            op, parents = tape.ops[number], tape.parents[number]
            if op is not None and wanted[number]:
                (known[number],) = templates.write(_value, (op, len(parents)), [known[p] for p in parents])
                folded += templates.is_constant(known[number])
        start = first + len(leaves)
        if any(wanted[first:start]):
            known[first:start] = reverse.gradient(output, leaves)
    outputs = [templates.place(known[number]) for number in results]
    asked = [(known[b], outcome, line) for b, outcome, line in recording.branches if not templates.is_constant(known[b])]
    branches = [Guard(templates.place(reference), outcome, line) for reference, outcome, line in asked]
    kept, places, distinct = instructions(templates, [*outputs, *[g.place for g in branches]])
    guards: dict[int, Guard] = {}
    for place, guard in zip(places[len(outputs) :], branches):
        guards.setdefault(place, guard._replace(place=place))
    program = Program(kept, tape.inputs, len(tape.parameters), tuple(places[: len(outputs)]), tuple(guards.values()))
    others = [*range(tape.inputs), *tape.parameters, *tape.constants]
    others += [number for first, _, leaves in tape.derivatives for number in range(first, first + len(leaves))]
    needed = wanted.count(1) - sum(map(wanted.__getitem__, others))
    counts = Counts(len(wanted) - len(others), needed, folded, distinct, templates.size - distinct, distinct - len(kept))
    return program, counts


def _wanted(tape: Tape, graph: Graph | None, roots: Sequence[int]) -> bytearray:
    """For each number, whether the roots rest on it."""
    if graph is not None:
        return bytearray(reached(graph.some(roots), graph.users, graph.parents))
    wanted = bytearray(len(tape.ops))
    for number in roots:
        wanted[number] = 1
    for number in range(len(wanted) - 1, -1, -1):
        if wanted[number]:
            for p in tape.parents[number]:
                wanted[p] = 1
    return wanted


def _on_arrays(tape: Tape, graph: Graph, wanted: bytearray, known: list[int], templates: Templates) -> int:
    """Write all nodes before the first derivative; how many of them were folded into constants."""
    np, size = numpy(), len(known)
    changing = ~graph.is_node
    changing[[*tape.constants]] = False
    constant = ~reached(changing, graph.parents, graph.users)
    is_node = graph.is_node & np.frombuffer(wanted, bool)
    is_node[graph.end :] = False
    for number in np.flatnonzero(is_node & constant).tolist():
        parents = tape.parents[number]
        (known[number],) = templates.write(_value, (tape.ops[number], len(parents)), [known[p] for p in parents])

    # Which template writes a node depends on what its arguments are, so it is found anew until no guess was wrong.
    nodes, references = np.flatnonzero(is_node & ~constant), np.array(known)
    stand_ins = {kind: templates.special(kind, 0, 0) for kind in ("condition", "truth")}
    for _ in range(ROUNDS):
        guess, steps, ends, to = references.copy(), np.zeros(size, "int64"), np.zeros(size, "int64"), np.arange(size)
        blocks, specials, conditions, of = [], [], np.zeros(size, "int64"), np.arange(size)
        for rows, parents in graph.by_count(nodes):
            codes, count = graph.codes[nodes[rows]], parents.shape[1]

            def subject(row: int, codes: Any = codes, count: int = count) -> Any:
                return graph.ops[codes[row]], count

            for template, same in alike(templates, _value, subject, [codes], guess[parents]):
                here, (slot,), beyond = nodes[rows[same]], template.results, count + len(template.constants)
                steps[here], ends[here], references[here] = len(template.steps), slot - beyond, 0
                blocks.append((template, here, parents[same]))
                if template.special:
                    ((_, kind, condition),) = template.special
                    specials.append((here, kind))
                    references[here], conditions[here] = stand_ins[kind], condition - beyond
                    if condition < count:  # it is that of an argument
                        of[here] = parents[same, condition]
                    if slot < beyond or not np.isin(references[of[here]], [*stand_ins.values()]).all():
                        raise NotPlain
                elif slot < count:
                    to[here] = parents[same, slot]
                elif slot < beyond:
                    references[here] = template.constants[slot - count]
                    if template.constants[slot - count] >= 0:
                        raise NotPlain
        if (references == guess).all():
            break
    else:
        raise NotPlain

    first = templates.size + np.cumsum(steps) - steps
    templates.size += int(steps.sum())
    references[nodes] = np.where(references[nodes] == 0, first[nodes] + ends[nodes], references[nodes])
    conditions = (first + conditions)[followed(of)]
    for here, kind in specials:
        references[here] = ~(len(templates.specials) + np.arange(len(here)))
        places = zip(conditions[here].tolist(), (first + ends)[here].tolist())
        templates.specials += [Special(kind, *place) for place in places]
    given = np.flatnonzero(to != np.arange(size))  # what is an argument itself
    references[given] = slots(templates, references[followed(to)[given]])
    for template, here, parents in blocks:
        if template.steps:
            template.blocks.append(np.column_stack([slots(templates, references[parents]), first[here]]))
    graph.known, known[:] = references, references.tolist()
    return sum(map(templates.is_constant, references[is_node & (references < 0)].tolist()))


def _value(builder: Builder, subject: tuple[Op, int], args: Sequence[Any]) -> Sequence[Any]:
    """An operation as a row to write; of constants alone, its own result."""
    return [subject[0](*args)]
