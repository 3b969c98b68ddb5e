"""Reverse mode at lowering: a gradient as more instructions, written by templates of each row's slopes.

The same sums in the same order as those of :func:`autograd.derivatives.pull`, of which nothing is recorded on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import compress
from typing import Any

from ..backward import well_formed
from ..op import Op
from .nans import Shown, carried
from .symbols import Builder
from .tape import Tape
from .templates import Templates
from .tracer import GRADIENT, seeded, sent


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
        self._chosen: dict[frozenset[int], list[tuple[bool, ...]]] = {}
        kinds = {*zip(tape.ops, map(len, tape.parents))} if self._leaves else {}  # most have none that hides a nan
        self._hides = not all(all(carried(op, n)) for op, n in kinds if op is not None and op is not GRADIENT)

    def gradient(self, output: int, leaf: int) -> int:
        """The reference of d(output)/d(leaf), which is 0 where the output does not depend on it."""
        if output not in self._adjoints:
            self._adjoints[output] = self._pull(output)
        found = self._adjoints[output].get(leaf)
        return self._templates.constant(0) if found is None else found

    def _receivers(self, leaves: Sequence[int]) -> list[tuple[bool, ...]]:
        """For each number, which of its parents depend on the leaves: nothing else receives a share."""
        key, tape = frozenset(leaves), self._tape
        if key not in self._chosen:
            depends = [i in key for i in range(len(tape.ops))]
            self._chosen[key] = found = []
            for i, parents in enumerate(tape.parents):
                chosen = tuple([depends[p] for p in parents])
                if True in chosen:
                    if i in tape.cut:
                        chosen = ()
                    else:
                        depends[i] = True
                found.append(chosen)
        return self._chosen[key]

    def _pull(self, output: int) -> dict[int, int]:
        """The references of the adjoints by number."""
        ops, parents_of, known = self._tape.ops, self._tape.parents, self._known
        templates, receivers, shown = self._templates, self._receivers(self._leaves[output]), Shown([output])
        adjoints = {output: templates.write(_seeded, "seed", [known[output]])[0]}
        waiting = [-output] if True in receivers[output] else []  # the youngest comes first
        while waiting:
            i = -heappop(waiting)
            op, parents, chosen = ops[i], parents_of[i], receivers[i]
            assert op is not None
            subject = op, self._hides and shown.hides(i, op, parents), chosen
            shares = templates.write(_shares, subject, [known[i], *[known[p] for p in parents], adjoints[i]])
            for p, share in zip(compress(parents, chosen), shares):
                before = adjoints.get(p)
                if before is not None:
                    adjoints[p] = templates.add(before, share)
                else:
                    adjoints[p] = share
                    if True in receivers[p]:
                        heappush(waiting, -p)
        return adjoints


def _ask(op: Op, *args: Any) -> Any:
    return op(*args)


def _seeded(builder: Builder, subject: str, args: Sequence[Any]) -> Sequence[Any]:
    return [seeded(_ask, args[0], 1)]


def _shares(builder: Builder, subject: tuple[Op, bool, tuple[bool, ...]], args: Sequence[Any]) -> Sequence[Any]:
    """What a node sends to the chosen of its parents, given itself, its parents and its own gradient."""
    op, masked, chosen = subject
    *node, g = args
    slopes = well_formed(op, builder.row(op, op.slopes, node), len(chosen))
    return [sent(_ask, masked, node[0], slope, g) for slope in compress(slopes, chosen)]
