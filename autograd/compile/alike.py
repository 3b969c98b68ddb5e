"""Lowering on arrays: operations that are alike are written together, as one block of a template's copies.

A long recording has many nodes of few kinds. Which template writes a node depends on its operation and on what is special
among its arguments, so nodes are grouped by these; then where each one is written follows from how many steps those before
it have. It is what :mod:`.lower` and :mod:`.reverse` do node by node, several times as fast, in the same order.

Where something special is computed, such as a condition, there is :exc:`NotPlain`, and they do it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, count
from typing import Any, Final

from .extras import numbered, numpy
from .tape import Tape
from .templates import UNSURE, Row, Template, Templates

LONG: Final = 300
"""Of fewer nodes, arrays take longer than lists."""

KINDS: Final = 256
"""More kinds of nodes than this are not looked at one by one."""

ROUNDS: Final = 12
"""How often all nodes look at their neighbours; then one after another is looked at."""


class NotPlain(Exception):
    """Something is in the way: kinds are too many, or numbers of a special kind where none are expected."""


class Graph:
    """A tape as arrays.

    Attributes:
        ops: the different operations.
        codes: for each number its operation's place among them.
        counts: how many parents it has.
        starts: where they begin among all parents.
        parents: the parents of all, one after another.
        users: whose parent that is.
        is_node: whether it is computed.
        cut: whether it is a constant to the engine.
        end: the first number from which on derivatives are asked for.
        known: the reference of each number before it, once it is written.
    """

    def __init__(self, tape: Tape) -> None:
        np, size = numpy(), len(tape.ops)
        codes = dict(zip(dict.fromkeys(tape.ops), count()))
        self.ops = list(codes)
        self.codes = np.fromiter(map(codes.__getitem__, tape.ops), "int64", size)
        self.counts = np.fromiter(map(len, tape.parents), "int64", size)
        self.starts = np.cumsum(self.counts) - self.counts
        self.parents = np.fromiter(chain.from_iterable(tape.parents), "int64", int(self.counts.sum()))
        self.users = np.repeat(np.arange(size), self.counts)
        self.is_node = self.counts > 0
        self.cut = self.some(tape.cut)
        self.known = np.zeros(0, "int64")
        self.end = tape.derivatives[0][0] if tape.derivatives else size

    def by_count(self, numbers: Any) -> Iterator[tuple[Any, Any]]:
        """Those with equally many parents, by their places in a row of numbers, and a row of parents for each."""
        np, counts = numpy(), self.counts[numbers]
        for n in numbered(counts)[0].tolist():
            rows = np.flatnonzero(counts == n)
            yield rows, self.parents[self.starts[numbers[rows]][:, None] + np.arange(n)]

    def some(self, numbers: Any) -> Any:
        """For each number, whether it is one of these."""
        found = numpy().zeros(len(self.codes), bool)
        found[numbers if isinstance(numbers, numpy().ndarray) else [*numbers]] = True
        return found


def graph_of(tape: Tape) -> Graph | None:
    """A tape as arrays, if it is long."""
    with suppress(ImportError):
        return Graph(tape) if len(tape.ops) >= LONG else None
    return None


def reached(at_first: Any, froms: Any, tos: Any) -> Any:
    """For each number, whether some edges, each from one number to another, lead to it from what is marked at first.

    All are guessed to be; then each looks at its neighbours, until nothing changes. In a graph without circles only one
    answer fits, so it is the right one; and mostly the guess is nearly right. If not, edges are followed one by one.

    Args:
        at_first: the marks.
        froms, tos: the edges in order, all of them up or all down.
    """
    np = numpy()
    guess = np.ones(len(at_first), bool)
    for _ in range(ROUNDS):
        found = at_first.copy()
        found[tos[guess[froms]]] = True
        if (found == guess).all():
            return found
        guess = found
    marks = bytearray(at_first)
    for start, end in zip(*[numbers[:: 1 if (tos > froms).all() else -1].tolist() for numbers in (froms, tos)]):
        if marks[start]:
            marks[end] = 1
    return np.frombuffer(marks, bool)


def followed(to: Any) -> Any:
    """Where each way ends, if one goes from a number to the next."""
    while ((further := to[to]) != to).any():
        to = further
    return to


def alike(
    templates: Templates, row: Row, subject: Callable[[int], Any], columns: Sequence[Any], args: Any
) -> Iterator[tuple[Template, Any]]:
    """The templates that write a row for arguments, each with the arguments for which it does.

    Args:
        templates: where they are.
        row: what is written.
        subject: the subject for arguments, by their place.
        columns: numbers from 0 on for each; where these are the same, the subjects are.
        args: references, a row of them for each.
    """
    np, is_special = numpy(), args < 0
    kinds = np.zeros(args.shape, "int64")
    if is_special.any():
        codes = {"condition": 1, "truth": 2, "number": 3}
        of_special = np.array([codes.get(special.kind) or 3 - special.kind for special in templates.specials])
        kinds[is_special] = of_special[~args[is_special]]

    def found(rows: Any, exact: bool) -> Template | None:
        first = int(rows[0])
        return templates.found(row, subject(first), args[first].tolist(), exact)

    for rows in _parts([*columns, *kinds.T]):
        parts = [(found(rows, False), rows)]
        if parts[0][0] is UNSURE:  # each constant by itself, then
            parts = [(found(rows[part], True), rows[part]) for part in _parts((-args[rows]).clip(0).T)]
        for template, part in parts:
            if template is None:
                raise NotPlain
            yield template, part


def slots(templates: Templates, references: Any) -> Any:
    """Where a template finds them, as :meth:`.templates.Templates.slots` tells."""
    is_special = references < 0
    if is_special.any():
        of_special = numpy().array([special.slot for special in templates.specials])
        references[is_special] = of_special[~references[is_special]]
    return references


def _parts(columns: Sequence[Any]) -> Iterator[Any]:
    """The rows with the same numbers in all columns, for each such numbers."""
    np = numpy()
    labels = np.zeros(len(columns[0]), "int64")
    for column in columns:
        _, labels = numbered(labels * (int(column.max()) + 1) + column)
        if labels.max() > KINDS:
            raise NotPlain
    for label in range(int(labels.max()) + 1):
        yield np.flatnonzero(labels == label)
