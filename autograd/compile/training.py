"""Training as a compiled program: a loss for one row of data, its gradient, and the steps of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from .. import graph
from ..graph import tick
from ..intrinsics import to_float
from ..modes import tracer as current
from ..value import Value
from .driver import Data, Driver
from .entrance import objects_are_as_expected
from .extras import numpy
from .lent import Lent
from .llvm import LlvmCode
from .machine import PATIENCE
from .native import NativeDriver
from .parallel import ParallelDriver
from .program import Program
from .record import Recording
from .report import counted, ms
from .updates import Group, Update, reordered
from .variants import BACKENDS, entered, fastest


class Training:
    """A loss over rows of data, with parameters that are moved along its gradient: one native call for many batches.

    Args:
        loss: of one row of inputs and one of targets; gives a Value, or a list of it and of scores that are added up beside.
        x, y: such rows as plain numbers, to record it.
        wanted: the parameters to be moved, if the loss depends on them.
        backend, progress: as for :func:`autograd.compile`.
        threads: how many sum over the rows of a batch at once, as machine code, if it has rows enough.

    Attributes:
        entry: what a report says of the loss and its gradient.
        moved: those of them that it depends on, in their order.
        lent: their Values, which get new numbers when somebody asks.

    Raises:
        TraceError: the loss reads a number of a Value, where a recording has none.

    >>> import numpy
    >>> w = Value(1.0, "w")
    >>> training = Training(lambda x, y: (w * x[0] - y) ** 2, [1.0], 2.0, [w], "arrays")
    >>> training.use([(lambda lr, w, g: [w - lr * g], [()])])
    >>> training.set_rates([0.25])
    >>> data = Data(numpy.ones((2, 1)), numpy.full((2, 1), 2.0), 2)
    >>> training.pull(), training.run(data, 0, 1, training.report(1)), w.data
    (True, 1, 1.5)
    """

    def __init__(
        self,
        loss: Callable[[Any, Any], Any],
        x: Any,
        y: Any,
        wanted: Sequence[Value],
        backend: str | None = None,
        progress: bool = False,
        threads: int = 1,
    ) -> None:
        make: Any = fastest() if backend is None else BACKENDS[backend]
        self.moved: list[Value] = []

        def row(x: Any, y: Any) -> list[Any]:
            found = loss(x, y)
            told = list(found) if isinstance(found, (list, tuple)) else [found]
            reached = set(graph.leaves(told[0]))
            self.moved = [p for p in wanted if p in reached and p.requires_grad]
            return [*current.get().gradient(told[0], self.moved), *told]

        def driver(recording: Recording, program: Program) -> Driver:
            rest = [p for p in recording.parameters if p not in set(self.moved)]
            self.parameters = self.moved + rest
            program = reordered(program, recording.parameters, self.parameters)
            if make is LlvmCode:
                natively = (program, len(self.moved))
                return NativeDriver(*natively) if threads == 1 else ParallelDriver(*natively, threads)
            return Driver(program, len(self.moved), make)

        _, entry = entered(row, (x, y), "value", driver, progress)
        self.driver: Driver = entry.code
        self.driver.code.progress = progress
        self.entry = entry._replace(request="loss and gradient", program=self.driver.program, code=self.driver.code)
        self.using = 0.0  # seconds that it took to compile the updates
        self.wanted, self._free = list(wanted), [p.requires_grad for p in wanted]
        self.lent = Lent(self.moved, lambda: self.driver.p[: len(self.moved)].tolist())
        self.seen = [-1]  # the time of the latest write to any leaf that was taken over

    def use(self, updates: Sequence[tuple[Update, Sequence[Sequence[float]]]]) -> None:
        """Move parameters by these updates from now on, each those that follow: as many as there are rows of memory.

        Raises:
            TraceError: an update cannot be recorded. Then nothing changes.
        """
        if not updates and not self.driver.groups:
            return
        groups, start, began = [], 0, perf_counter()
        for update, remembered in updates:
            groups.append(Group(update, start, remembered))
            start = groups[-1].stop
        self.driver.use(groups)
        self.using = perf_counter() - began

    def about(self) -> list[str]:
        """What a report says of the updates, in lines."""
        told = []
        for g in self.driver.groups:
            each, together = (counted(program.steps, "instruction") for program in (g.parts.own, g.parts.shared))
            told.append(f"update of {counted(g.stop - g.start, 'parameter')}: {each} for each, {together} for all together")
        return [*told, f"  {self.entry.code.name}: recorded and compiled in {ms(self.using)}"] if told else []

    def remember(self, memory: Sequence[Sequence[Sequence[float]]]) -> bool:
        """Exchange what the updates remember; False if they are not for such memory."""
        groups = self.driver.groups
        return len(groups) == len(memory) and all(group.remember(rows) for group, rows in zip(groups, memory))

    def set_rates(self, rates: Sequence[float]) -> None:
        """The learning rates of the updates."""
        for group, rate in zip(self.driver.groups, rates):
            group.hyper[0] = rate

    def remembered(self) -> list[list[list[float]]]:
        """What each update remembers now, a row for each of its parameters."""
        return [group.remembered().tolist() for group in self.driver.groups]

    def report(self, batches: int) -> Any:
        """A table that :meth:`run` fills: the loss, the gradient's length and the scores' sums of each batch."""
        return numpy().zeros((batches, len(self.driver.program.outputs) - len(self.moved) + 1))

    def run(self, data: Data, first: int, last: int, report: Any) -> int:
        """Batches first to last: see :meth:`.driver.Driver.run`. The parameters get their numbers, also on Ctrl-C."""
        with self.lent.lock:
            try:
                return self.driver.run(data, first, last, report)
            finally:
                if self.driver.groups:
                    self.push()

    def step(self, data: Data, line: Any) -> bool:
        """The first batch alone, in the shortest way; False where there is more to do: then nothing was moved.

        Args:
            line: a report of one batch.
        """
        return graph.last_write == self.seen[0] and self.driver.whole and self.run(data, 0, 1, line) == 1

    def is_straight(self, data: Data) -> bool:
        """Whether machine code can take the next step for such data by itself: see :class:`.shortcut.Shortcut`."""
        soon = data.count * len(self.driver.program.instructions) < PATIENCE
        return soon and self.lent.away and self.driver.whole and bool(self.driver.train) and objects_are_as_expected()

    def gradient(self, divisor: float) -> list[float]:
        """The gradient of the latest batch by the moved parameters."""
        found: list[float] = (self.driver.sums[: len(self.moved)] / divisor).tolist()
        return found

    def put_back(self) -> None:
        """Undo the latest step of the parameters."""
        self.driver.p[: len(self.moved)] = self.driver.before
        self.push()

    def moved_outside(self) -> None:
        """Take over numbers that somebody else's step made of those here."""
        before = self.driver.p[: len(self.moved)].copy()
        self.pull()
        self.driver.before[:] = before

    def pull(self) -> bool:
        """Take over the parameters' numbers, if any leaf was written to since the last time.

        Returns:
            False if parameters were frozen or freed, so that this training is not the right one any more.
        """
        if graph.last_write != self.seen[0]:
            if [p.requires_grad for p in self.wanted] != self._free:
                return False
            self.driver.p[:] = [to_float(p._data) for p in self.parameters]
            self.driver.before[:] = self.driver.p[: len(self.moved)]
            self.seen[0] = graph.last_write
        return True

    def push(self) -> None:
        """The parameters that were moved have new numbers."""
        now, seen = tick(), graph.last_write == self.seen[0]  # if others wrote meanwhile, pull() shall notice
        self.lent.renew(now)
        if seen:
            self.seen[0] = now
