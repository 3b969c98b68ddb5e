"""Reverse mode at lowering: a gradient as more instructions, written by templates of each row's slopes.

The same sums in the same order as those of :func:`autograd.derivatives.pull`, of which nothing is recorded on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Any

from ..backward import ieee_sum, well_formed
from ..op import Op
from .nans import carried
from .symbols import Builder
from .tape import Tape
from .templates import Templates
from .tracer import GRADIENT, seeded, sent

Edge = tuple[int, int, bool]
"""Of a parent that receives something: its place among the parents; where that something is (see :class:`.Template`); and
whether its nan is shown because the node's is."""


class Reverse:
    """The derivatives that a recording asks for.

    Args:
        tape: what was recorded.
        known: the reference of each number; of an output and of all before it, when it is differentiated.
        templates: what writes.
    """

    def __init__(self, tape: Tape, known: Sequence[int], templates: Templates) -> None:
        self._tape, self._known, self._templates = tape, known, templates
        self._leaves: dict[int, list[int]] = {}  # by output
        for op, parents in zip(tape.ops, tape.parents):
            if op is GRADIENT:
                self._leaves.setdefault(parents[0], []).append(parents[1])
        self._adjoints: dict[int, dict[int, int]] = {}
        self._chosen: dict[frozenset[int], tuple[bytearray, bytearray]] = {}
        kinds = {*zip(tape.ops, map(len, tape.parents))} if self._leaves else set()
        self._carries = {(op, n): carried(op, n) for op, n in kinds if op is not None and op is not GRADIENT}
        self._hides = not all(map(all, self._carries.values()))  # most recordings have nothing that hides a nan

    def gradient(self, output: int, leaf: int) -> int:
        """The reference of d(output)/d(leaf), which is 0 where the output does not depend on it."""
        if output not in self._adjoints:
            self._adjoints[output] = self._pull(output)
        found = self._adjoints[output].get(leaf)
        return self._templates.constant(0) if found is None else found

    def _depending(self, leaves: Sequence[int]) -> tuple[bytearray, bytearray]:
        """For each number, whether it depends on the leaves; and whether it sends them something."""
        key, tape = frozenset(leaves), self._tape
        if key not in self._chosen:
            depends, sends = bytearray(len(tape.ops)), bytearray(len(tape.ops))
            for leaf in key:
                depends[leaf] = 1
            for i, parents in enumerate(tape.parents):
                for p in parents:
                    if depends[p] and i not in tape.cut:
                        depends[i] = sends[i] = 1
                        break
            self._chosen[key] = depends, sends
        return self._chosen[key]

    def _pull(self, output: int) -> dict[int, int]:
        """The references of the adjoints of the leaves, by number."""
        tape, known, templates = self._tape, self._known, self._templates
        ops, parents_of, sums = tape.ops, tape.parents, templates.sum.copies
        leaves, hides, carries = self._leaves[output], self._hides, self._carries
        depends, sends = self._depending(leaves)
        shown, waiting = bytearray(output + 1), bytearray(output + 1)
        shown[output], waiting[output], i = 1, sends[output], output + 1
        adjoints: list[int | None] = [None] * (max(output, *leaves) + 1)
        (adjoints[output],) = templates.write(_seeded, "seed", [known[output]])
        ready: dict[Any, tuple[list[int], int, list[Edge]]] = {}  # copies, how many steps, edges; by kind
        while (i := waiting.rfind(1, 0, i)) >= 0:  # the youngest comes first
            op, parents, upstream = ops[i], parents_of[i], adjoints[i]
            assert op is not None
            assert upstream is not None
            hidden = hides and not shown[i]
            if len(parents) == 2:
                x, y = parents
                kind: Any = op, hidden, depends[x], depends[y]
                slots = [known[i], known[x], known[y], upstream]
            else:
                kind = op, hidden, *[depends[p] for p in parents]
                slots = [known[i], *[known[p] for p in parents], upstream]
            found, first = ready.get(kind), templates.size
            if found is not None and min(slots) >= 0:
                copies, steps, edges = found
                if steps:
                    copies += slots
                    copies.append(first)
                    templates.size = first + steps
            else:
                slots = templates.write(_shares, kind, slots)
                reached = [k for k, chosen in enumerate(kind[2:]) if chosen]
                carried = [hides and not hidden and carries[op, len(parents)][k] for k in reached]
                template = templates.plain.get(kind)
                if template is not None and template.ends is not None:
                    ready[kind] = template.copies, len(template.steps), [*zip(reached, template.ends, carried)]
                edges = [*zip(reached, range(-len(slots), 0), carried)]
            for k, end, shows in edges:
                p, share = parents[k], first + end if end >= 0 else slots[end]
                if shows:
                    shown[p] = 1
                before = adjoints[p]
                if before is None:
                    adjoints[p], waiting[p] = share, sends[p]
                elif before >= 0 <= share:
                    adjoints[p] = place = templates.size
                    sums += before, share, place
                    templates.size = place + 1
                else:
                    (adjoints[p],) = templates.write(_sum, "sum", [before, share])
        return {leaf: adjoint for leaf in leaves if (adjoint := adjoints[leaf]) is not None}


def _ask(op: Op, *args: Any) -> Any:
    return op(*args)


def _seeded(builder: Builder, subject: str, args: Sequence[Any]) -> Sequence[Any]:
    return [seeded(_ask, args[0], 1)]


def _shares(builder: Builder, subject: tuple[Any, ...], args: Sequence[Any]) -> Sequence[Any]:
    """What a node sends to the chosen of its parents, given itself, its parents and its own gradient."""
    op, masked, *chosen = subject
    *node, g = args
    slopes = well_formed(op, builder.row(op, op.slopes, node), len(chosen))
    return [sent(_ask, masked, node[0], slope, g) for slope in compress(slopes, chosen)]


def _sum(builder: Builder, subject: str, args: Sequence[Any]) -> Sequence[Any]:
    return [ieee_sum(*args)]
