"""A training's loop as machine code: what :mod:`.loop` reads, and the programs that it calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .driver import Data, Driver
from .extras import numpy
from .llvm import FEW, alone, together, written
from .loop import BOARD, OF_GROUP, train
from .machine import assembled
from .program import Program
from .schedule import schedule
from .updates import Group
from .writer import Shape


class Kernel:
    """A program as machine code, by the addresses of its functions.

    Which of them runs for how many rows is decided here.
    """

    def __init__(self, program: Program) -> None:
        self._schedule = schedule(program)
        self._made: dict[Shape, tuple[int, int, Any]] = {}

    def of(self, rows: int, sums: bool) -> tuple[int, Any]:
        """The function for about so many rows, which gives the results of each or their sums, and memory for it."""
        shape = alone(sums) if rows <= FEW else together(sums)
        if shape not in self._made:
            text, scratch = written(self._schedule, [shape])
            alive, addresses = assembled(text, ["sums" if sums else "rows"])
            self._made[shape] = addresses[0], numpy().zeros(scratch), alive
        return self._made[shape][:2]


class NativeDriver(Driver):
    """The same loop as machine code; see :class:`Driver`."""

    whole = True

    def __init__(self, program: Program, moved: int) -> None:
        super().__init__(program, moved, Kernel)
        self._train, self._alive = train()
        self._board = numpy().zeros(len(BOARD), dtype="int64")
        self._data: Data | None = None
        scores = len(program.outputs)
        self._set(p=self.p, sums=self.sums, moved=moved)
        self._set(before=self.before, found=self.sums[scores:], wanted=self.wanted, guards=len(self.wanted))
        self._set(told=scores - moved - 1, width=program.inputs)
        self._at = _address(self._board)
        self._report: Any = None

    def _set(self, **fields: Any) -> None:
        for name, field in fields.items():
            self._board[BOARD[name]] = field if isinstance(field, int) else _address(field)

    def use(self, groups: Sequence[Group]) -> None:
        """Take the groups to move from now on."""
        np = numpy()
        super().use(groups)
        lines, self._buffers = [], []
        for g, (shared, own) in zip(groups, self._updates):
            (once, memory), (each, more) = shared.of(1, False), own.of(len(g.rows), False)
            scratch, known = max(memory, more, key=len), np.empty(len(g.parts.shared.outputs) + 1)
            after = np.empty_like(g.rows)
            addresses = map(_address, (g.rows, after, g.hyper, g.hyper[2:], known, scratch))
            lines.append([once, each, *addresses, g.start, *g.rows.shape, g.rows.nbytes, g.hyper[2:].nbytes])
            self._buffers.append((known, after, scratch))
        self._lines = np.array(lines, dtype="int64").reshape(-1, sum(map(len, OF_GROUP)))
        self._set(groups=self._lines, some=len(lines))

    def run(self, data: Data, first: int, last: int, report: Any) -> int:
        """The steps for batches first to last."""
        if data is not self._data:
            size = min(data.size, data.count)
            self._batch = numpy().empty(size * self.program.inputs)
            kernel, scratch = self._code.of(size, True)
            self._set(kernel=kernel, scratch=scratch, data=self._batch, x=data.x, y=data.y, order=data.order)
            self._set(x_width=data.x.shape[1], y_width=data.y.shape[1], batches=len(data.sizes))
            self._set(count=data.count, size=data.size, advance=data.advance)
            self._set(averages=int(self.averages))
            self._data = data
        if report is not self._report:
            self._report, self._report_at = report, _address(report)
        reached: int = self._train(self._at, first, last, self._report_at)
        return reached


def _address(array: Any) -> int:
    address: int = array.ctypes.data
    return address
