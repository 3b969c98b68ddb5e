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
from .tape import GRADIENT, Tape
from .templates import Templates
from .tracer import seeded, sent


class Reverse:
    """The derivatives that a recording asks for.

    Args:
        tape: what was recorded.
        known: the reference of each number; of an output and of all before it, when it is differentiated.
        templates: what writes.
    """

    def __init__(self, tape: Tape, known: Sequence[int], templates: Templates) -> None:
        self.tape, self.known, self.templates = tape, known, templates
        self.leaves: dict[int, list[int]] = {}  # by output
        for _, output, leaves in tape.derivatives:
            self.leaves.setdefault(output, []).extend(leaves)
        self._adjoints: dict[int, dict[int, int]] = {}
        self._chosen: dict[frozenset[int], tuple[bytearray, bytearray]] = {}
        kinds = self._kinds() if self.leaves else set()
        self.carries = {(op, n): carried(op, n) for op, n in kinds if op is not None and op is not GRADIENT}
        self.hides = not all(map(all, self.carries.values()))  # most recordings have nothing that hides a nan

    def _kinds(self) -> set[tuple[Op | None, int]]:
        """The operations, each with how many parents it has."""
        return {*zip(self.tape.ops, map(len, self.tape.parents))}

    def gradient(self, output: int, leaves: Sequence[int]) -> list[int]:
        """The references of an output's derivatives, which are 0 where it does not depend on a leaf."""
        if output not in self._adjoints:
            self._adjoints[output] = self._pull(output)
        found = map(self._adjoints[output].get, leaves)
        return [self.templates.constant(0) if reference is None else reference for reference in found]

    def _depending(self, leaves: Sequence[int]) -> tuple[bytearray, bytearray]:
        """For each number, whether it depends on the leaves; and whether it sends them something."""
        key, tape = frozenset(leaves), self.tape
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
        tape, known, templates = self.tape, self.known, self.templates
        leaves, hides = self.leaves[output], self.hides
        depends, sends = self._depending(leaves)
        shown, waiting = bytearray(output + 1), bytearray(output + 1)
        shown[output], waiting[output], i = 1, sends[output], output + 1
        adjoints: list[int | None] = [None] * (max(output, *leaves) + 1)
        (adjoints[output],) = templates.write(write_seeded, "seed", [known[output]])
        while (i := waiting.rfind(1, 0, i)) >= 0:  # the youngest comes first
            op, parents, upstream = tape.ops[i], tape.parents[i], adjoints[i]
            assert op is not None
            assert upstream is not None
            hidden = hides and not shown[i]
            chosen = [depends[p] for p in parents]
            shares = templates.write(write_shares, (op, hidden, *chosen), [known[i], *[known[p] for p in parents], upstream])
            for p, share in zip(compress(parents, chosen), shares):
                before = adjoints[p]
                if before is None:
                    adjoints[p], waiting[p] = share, sends[p]
                else:
                    (adjoints[p],) = templates.write(write_sum, "sum", [before, share])
            if hides and not hidden:
                for p in compress(parents, self.carries[op, len(parents)]):
                    shown[p] = 1
        return {leaf: adjoint for leaf in leaves if (adjoint := adjoints[leaf]) is not None}


def _ask(op: Op, *args: Any) -> Any:
    return op(*args)


def write_seeded(builder: Builder, subject: str, args: Sequence[Any]) -> Sequence[Any]:
    """What an output starts from."""
    return [seeded(_ask, args[0], 1)]


def write_shares(builder: Builder, subject: tuple[Any, ...], args: Sequence[Any]) -> Sequence[Any]:
    """What a node sends to the chosen of its parents, given itself, its parents and its own gradient."""
    op, masked, *chosen = subject
    *node, g = args
    slopes = well_formed(op, builder.row(op, op.slopes, node), len(chosen))
    return [sent(_ask, masked, node[0], slope, g) for slope in compress(slopes, chosen)]


def write_sum(builder: Builder, subject: str, args: Sequence[Any]) -> Sequence[Any]:
    """Of what a node has received, and one share more."""
    return [ieee_sum(*args)]
