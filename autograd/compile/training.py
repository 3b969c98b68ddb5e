"""Training as a compiled program: a loss for one row of data, its gradient, and the steps of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .. import graph
from ..derivatives import grad
from ..graph import tick
from ..intrinsics import to_float
from ..value import Value
from .driver import Data, Driver
from .extras import numpy
from .llvm import LlvmCode
from .lower import lower
from .record import record
from .updates import Group, Update, reordered
from .variants import BACKENDS, fastest


class Training:
    """A loss over rows of data, with parameters that are moved along its gradient: one native call for many batches.

    Args:
        loss: of one row of inputs and one of targets; gives a Value, or a list of it and of scores that are added up beside.
        x, y: such rows as plain numbers, to record it.
        wanted: the parameters to be moved, if the loss depends on them.
        backend: as for :func:`autograd.compile`.

    Attributes:
        moved: those of them that it depends on, in their order.

    Raises:
        TraceError: the loss reads a number of a Value, where a recording has none.
    """

    def __init__(self, loss: Callable[[Any, Any], Any], x: Any, y: Any, wanted: Sequence[Value], backend: str | None) -> None:
        make = fastest() if backend is None else BACKENDS[backend]
        self.moved: list[Value] = []

        def row(x: Any, y: Any) -> list[Any]:
            found = loss(x, y)
            told = list(found) if isinstance(found, (list, tuple)) else [found]
            slopes = grad(told[0], wanted, create_graph=True, allow_unused=True)
            self.moved = [p for p, slope in zip(wanted, slopes) if slope is not None]
            return [slope for slope in slopes if slope is not None] + told

        recording = record(row, (x, y))
        program, self.counts = lower(recording)
        rest = [p for p in recording.parameters if p not in set(self.moved)]
        self.parameters = self.moved + rest
        program = reordered(program, recording.parameters, self.parameters)
        if make is LlvmCode:
            from .native import NativeDriver

            self.driver: Driver = NativeDriver(program, len(self.moved))
        else:
            self.driver = Driver(program, len(self.moved), make)
        self._seen = -1  # the serial of the latest write to any leaf that was taken over

    # -- the parameters' numbers
    def pull(self) -> None:
        """Take over the numbers of all parameters, if any leaf was written to since the last time."""
        if graph.last_write != self._seen:
            self.driver.p[:] = [to_float(p._data) for p in self.parameters]
            for group in self.driver.groups:
                group.rows[:, 0] = self.driver.p[group.start : group.stop]
            self._seen = graph.last_write

    def push(self) -> None:
        """Give the parameters that were moved their new numbers."""
        now = tick()
        for p, p._data in zip(self.moved, self.driver.p.tolist()):
            p.serial = now
        graph.last_write = self._seen = now

