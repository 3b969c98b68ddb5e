"""A training's loop as machine code, with the rows of each batch in several threads."""

from __future__ import annotations

from functools import partial
from typing import Any

from .driver import Data
from .extras import numpy
from .loop import train
from .machine import HASTY
from .native import NativeDriver, address
from .program import Program
from .threads import in_threads, parts


class ParallelDriver(NativeDriver):
    """The same loop: where a batch has rows enough, each thread sums over some of them.

    The sums are the same in every run; with another number of threads, they are added in another order.

    Args:
        threads: how many run at once.
    """

    whole = False

    def __init__(self, program: Program, moved: int, threads: int) -> None:
        super().__init__(program, moved)
        self._threads = threads
        self._shares: dict[int, list[tuple[int, int, int, int, int]]] = {}

    def run(self, data: Data, first: int, last: int, report: Any) -> int:
        """The steps for batches first to last."""
        if data is not self._data or self._level == HASTY:
            self.prepare(data, last - first)
        if len(self._shares[data.sizes[0]]) == 1:  # all others are no larger
            return super().run(data, first, last, report)
        for batch in range(first, last):
            epoch, k = divmod(batch, len(data.sizes))
            begin, shares = epoch * data.advance + k * data.size, self._shares[data.sizes[k]]
            in_threads(partial(self._summed, begin), shares)
            self.sums[:] = self._sums[: len(shares)].sum(axis=0)
            if super().run(data, batch, batch + 1, report[batch - first :]) == batch:
                return batch
        return last

    def _summed(self, begin: int, share: tuple[int, int, int, int, int]) -> None:
        """A thread's sums over its rows of the batch that begins there."""
        start, count, *places = share
        self._part(self.at, begin + start, count, *places)

    def _take(self, data: Data) -> None:
        """Have these data from now on."""
        self._set(summed=0)
        super()._take(data)
        np, largest = numpy(), data.sizes[0]
        kernel, tile = self.code.sums(largest, self._level), self.code.shape(largest).lanes
        self._sums = np.zeros((self._threads, len(self.program.results)))
        self._memory = [np.zeros_like(kernel.scratch) for _ in self._sums]
        row, batch = self._batch.itemsize * self.program.inputs, address(self._batch)
        self._shares = {}
        for size in {*data.sizes}:
            cut = parts(size, len(self.program.instructions), tile, self._threads)
            self._shares[size] = [
                (part.start, part.stop - part.start, batch + part.start * row, address(memory), address(sums))
                for part, memory, sums in zip(cut, self._memory, self._sums)
            ]
        if len(self._shares[largest]) > 1:
            self._set(summed=1)
            self._train, self._part, self._alive = train(self._level)  # which asks whether they are summed
