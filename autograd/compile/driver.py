"""The loop of a training over its batches: what stands around a compiled loss and compiled updates.

For each batch the rows are gathered, the loss's program is summed over them, and each group's update moves its parameters.
It is written twice: here on NumPy's arrays, and in :mod:`.native` for machine code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .extras import numpy
from .program import Program
from .updates import Group


class Data:
    """Examples as two tables of floats, inputs and targets, and how they are cut into batches.

    Args:
        x, y: tables with as many rows; a row of both together is what the loss's program takes.
        size: how many rows make a batch; the last one of an epoch may have less.
        order: the rows' places, one epoch after the other; None for all epochs as they lie.
    """

    def __init__(self, x: Any, y: Any, size: int, order: Any = None) -> None:
        self.x, self.y, self.size, self.count = x, y, size, len(x)
        self.batches = -(-len(x) // size)
        self.advance = 0 if order is None else len(x)
        self.order = numpy().arange(len(x)) if order is None else order

    def places(self, batch: int) -> Any:
        """The rows of a batch, counted over all epochs."""
        epoch, k = divmod(batch, self.batches)
        at = epoch * self.advance
        return self.order[at + k * self.size : at + min(k * self.size + self.size, self.count)]


class Driver:
    """The loop on arrays.

    Args:
        program: of one row: the slopes of the loss by the first parameters, the loss, and scores to be added up.
        moved: how many parameters are moved, the first ones.
        make: the emitter.

    Attributes:
        p: the parameters of now.
        sums: the program's results, summed over the latest batch.
        averages: whether a batch's loss is the mean of those of its rows, or else their sum.
    """

    def __init__(self, program: Program, moved: int, make: Callable[[Program], Any]) -> None:
        np = numpy()
        self.program, self.moved, self.averages = program, moved, True
        self.p, self.sums = np.zeros(program.parameters), np.zeros(len(program.results))
        self.wanted = np.array([float(g.outcome) for g in program.guards])
        self.groups: list[Group] = []
        self._make, self._code, self._updates = make, make(program), []

    def use(self, groups: Sequence[Group]) -> None:
        """Take the groups to move from now on."""
        self.groups = list(groups)
        self._updates = [(self._make(g.parts.shared), self._make(g.parts.own)) for g in groups]

    def run(self, data: Data, first: int, last: int, report: Any) -> int:
        """The steps for batches first to last, not included, counted over epochs; gives the batch that it came to.

        It stops at a batch in which a branch was not the recorded one, or loss or gradient are not finite: then ``sums``
        are that batch's, and it moved nothing.

        Args:
            report: a table with a line for each batch from the first: it gets the loss, the square of the gradient's length
                and the scores' sums.
        """
        np = numpy()
        for batch in range(first, last):
            rows = data.places(batch)
            self.sum(np.concatenate([data.x[rows], data.y[rows]], axis=1))
            divisor, line, scores = self.divisor(len(rows)), report[batch - first], len(self.program.outputs)
            with np.errstate(all="ignore"):
                gradient = self.sums[: self.moved] / divisor
                line[:2] = self.sums[self.moved] / divisor, gradient @ gradient
            line[2:] = self.sums[self.moved + 1 : scores]
            if not np.isfinite(line[:2]).all() or (self.sums[scores:] != self.wanted * len(rows)).any():
                return batch
            self.move(divisor)
        return last

    def divisor(self, count: int) -> float:
        """By what the sums over so many rows are divided."""
        return float(count) if self.averages else 1.0

    def sum(self, rows: Any) -> None:
        """The program's results summed over rows of inputs and targets together."""
        with numpy().errstate(all="ignore"):
            self.sums[:] = self._code.rows(rows, self.p.tolist()).sum(axis=0)

    def move(self, divisor: float) -> None:
        """The step of all groups along ``sums``."""
        for group, (shared, own) in zip(self.groups, self._updates):
            chosen = slice(group.start, group.stop)
            group.rows[:, 1], group.hyper[1] = self.sums[chosen], divisor
            known = shared.run([], group.hyper.tolist())
            group.rows[:] = own.rows(group.rows, known)
            group.hyper[2:] = known[: len(group.hyper) - 2]
            self.p[chosen] = group.rows[:, 0]
