"""The loop of a training over its batches: what stands around a compiled loss and compiled updates.

For each batch the rows are gathered, the loss's program is summed over them, and each group's update moves its parameters.
It is written twice: here on NumPy's arrays, and in :mod:`.loop` for machine code.
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

    Attributes:
        count: how many rows there are.
        sizes: how many are in each batch of an epoch.
        advance: how far an epoch's order is behind that of the one before.

    >>> import numpy
    >>> data = Data(numpy.zeros((5, 2)), numpy.zeros((5, 1)), 2)
    >>> data.sizes, data.places(4)
    ([2, 2, 1], array([2, 3]))
    """

    def __init__(self, x: Any, y: Any, size: int, order: Sequence[int] | None = None) -> None:
        np = numpy()
        self.x, self.y, self.size, self.count = x, y, size, len(x)
        self.sizes = [min(size, self.count - k) for k in range(0, self.count, size)]
        self.advance = 0 if order is None else self.count
        self.order = np.arange(self.count, dtype="int64") if order is None else np.array(order, dtype="int64")

    def shuffled(self, order: Sequence[int]) -> Data:
        """The same examples in this order, of one epoch or several."""
        return Data(self.x, self.y, self.size, order)

    def places(self, batch: int) -> Any:
        """The rows of a batch, counted over all epochs."""
        epoch, k = divmod(batch, len(self.sizes))
        at = epoch * self.advance + k * self.size
        return self.order[at : at + self.sizes[k]]


class Driver:
    """The loop on arrays.

    Args:
        program: of one row: the slopes of the loss by the first parameters, the loss, and scores to be added up.
        moved: how many parameters are moved, the first ones.
        make: the emitter.

    Attributes:
        whole: whether Ctrl-C cannot cut a run in two.
        p: the parameters of now.
        code: what the emitter made of the program.
        before: those that are moved, before the latest step.
        sums: the program's results, summed over the latest batch.
        averages: whether a batch's loss is the mean of those of its rows, or else their sum.
        train: the address of machine code that is the whole loop, 0 where there is none.
    """

    whole = False
    train: int | None = 0

    def __init__(self, program: Program, moved: int, make: Callable[..., Any]) -> None:
        np = numpy()
        self.program, self.moved, self.averages = program, moved, True  # asked when new data come
        self.p: Any = np.zeros(program.parameters)
        self.sums: Any = np.zeros(len(program.results))
        self.before = np.zeros(moved)
        self.wanted = np.array([float(g.outcome) for g in program.guards])
        self.groups: list[Group] = []
        self._make, self.code = make, make(program)
        self._updates: list[tuple[Any, Any]] = []

    def use(self, groups: Sequence[Group]) -> None:
        """Take the groups to move from now on."""
        self.groups = list(groups)
        self._updates = [(self._make(g.parts.shared), self._make(g.parts.own)) for g in groups]

    def run(self, data: Data, first: int, last: int, report: Any) -> int:
        """The steps for batches first to last, not included, counted over epochs; gives the batch that it came to.

        It stops at a batch in which a branch was not the recorded one, or loss or gradient are not finite: then ``sums``
        are that batch's, and it moved nothing.

        Args:
            report: a table with a line for each batch from the first: it gets the loss, the gradient's length and the
                sums of scores.
        """
        np = numpy()
        for batch in range(first, last):
            rows = data.places(batch)
            together = np.concatenate([data.x[rows], data.y[rows]], axis=1)
            with np.errstate(all="ignore"):
                self.sums[:] = self.code.rows(together, self.p.tolist()).sum(axis=0)
            divisor, line, scores = self.divisor(len(rows)), report[batch - first], len(self.program.outputs)
            with np.errstate(all="ignore"):
                gradient = self.sums[: self.moved] / divisor
                line[:2] = self.sums[self.moved] / divisor, np.sqrt(gradient @ gradient)
            line[2:] = self.sums[self.moved + 1 : scores]
            if not np.isfinite(line[:2]).all() or self.strays(len(rows)):
                return batch
            self.move(divisor)
        return last

    def strays(self, count: int) -> str:
        """The line of a branch that was not the recorded one in some of so many rows, which were summed up; "" if none."""
        others = self.sums[len(self.program.outputs) :] != self.wanted * count
        return self.program.guards[others.argmax()].line if others.any() else ""

    def divisor(self, count: int) -> float:
        """By what the sums over so many rows are divided."""
        return float(count) if self.averages else 1.0

    def move(self, divisor: float) -> None:
        """The step of all groups along ``sums``."""
        np = numpy()
        self.before[:] = self.p[: self.moved]
        for group, (shared, own) in zip(self.groups, self._updates):
            chosen, group.hyper[1] = slice(group.start, group.stop), divisor
            known = shared.run([], group.hyper.tolist())
            found = own.rows(np.stack([self.p[chosen], self.sums[chosen], *group.memory], axis=1), known)
            group.hyper[2:] = known[: len(group.hyper) - 2]
            self.p[chosen], group.memory[:] = found[:, 0], found[:, 1:].T
