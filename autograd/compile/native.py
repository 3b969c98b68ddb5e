"""A training's loop as machine code: what :mod:`.loop` reads, and the programs that it calls."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import c_void_p, cast
from time import perf_counter
from typing import Any, Final

from .columns import Made, columns, made
from .driver import Data, Driver
from .extras import numpy
from .llvm import FEW, LONG, OFTEN, alone, figures, together, written
from .loop import BOARD, OF_GROUP, train
from .machine import CODEGEN, HASTY
from .program import Program
from .progress import compiling
from .schedule import schedule
from .updates import Group
from .writer import Shape

LARGE: Final = 1_000_000
"""Batches of so many operations are worth code that is made with care, however few they are."""


class Kernel:
    """A program as machine code, by the addresses of its functions.

    Which of them runs for how many rows is decided here.

    Attributes:
        progress: whether it is said that machine code is made, where that takes long.
    """

    name, progress = "llvm", False

    def __init__(self, program: Program) -> None:
        self._schedule, self._operations = schedule(program), len(program.instructions)
        self._made: dict[tuple[Shape, int], Made] = {}  # by level, too
        self._seconds: dict[Shape, float] = {}

    def sums(self, rows: int, level: int = CODEGEN) -> Made:
        """The function for about so many rows, which gives their results' sums; in haste only if it is long."""
        return self._of(self.shape(rows), level)

    @staticmethod
    def shape(rows: int) -> Shape:
        """How it runs for so many rows."""
        return alone(sums=rows > 1, fused=True) if rows <= FEW else together(sums=True)

    def one(self) -> Made:
        """The function for one row."""
        return self._of(alone(sums=False))

    def about(self) -> list[str]:
        """What a report says of it."""
        return figures(self._schedule, self._seconds)

    def _of(self, shape: Shape, level: int = CODEGEN) -> Made:
        if (shape, level) not in self._made:
            began = perf_counter()
            with compiling(self.progress) as tell:
                tell("machine code for", self._operations)
                text, scratch = written(self._schedule, [shape])
                at = level if text.count("\n") > LONG else CODEGEN
                code = made(text, scratch, "sums" if shape.sums else "rows", at)
            self._made[shape, level] = self._made[shape, at] = code
            self._seconds[shape] = perf_counter() - began
        return self._made[shape, level]


class NativeDriver(Driver):
    """The same loop as machine code; see :class:`Driver`.

    Attributes:
        train, at: the addresses of the loop, once it is made with care, and of the table that it reads: see
            :data:`.loop.TRAIN`.
    """

    whole = True

    def __init__(self, program: Program, moved: int) -> None:
        super().__init__(program, moved, Kernel)
        self._batches, self._level = 0, HASTY
        self._board = numpy().zeros(len(BOARD), dtype="int64")
        self._data: Data | None = None
        scores = len(program.outputs)
        self._set(p=self.p, sums=self.sums, moved=moved)
        self._set(before=self.before, found=self.sums[scores:], wanted=self.wanted, guards=len(self.wanted))
        self._set(told=scores - moved - 1, width=program.inputs)
        self.at = address(self._board)
        self._report: Any = None

    def _set(self, **fields: Any) -> None:
        for name, field in fields.items():
            self._board[BOARD[name]] = field if isinstance(field, int) else address(field)

    def use(self, groups: Sequence[Group]) -> None:
        """Take the groups to move from now on."""
        np = numpy()
        self.groups, self._buffers = list(groups), []
        lines = []
        for g in groups:
            once, each = Kernel(g.parts.shared).one(), columns(g.parts.own)
            known, scratch = np.empty(len(g.parts.shared.outputs) + 1), max(once.scratch, each.scratch, key=len)
            read = np.array([address(c) for c in (self.p[g.start :], self.sums[g.start :], *g.memory)], dtype="int64")
            written = np.delete(read, 1)  # the gradient's column stays
            addresses = map(address, (read, written, g.hyper, g.hyper[2:], known, scratch))
            lines.append([once.address, each.address, *addresses, g.stop - g.start, g.hyper[2:].nbytes])
            self._buffers.append((once, each, read, written, known, scratch))
        self._lines = np.array(lines, dtype="int64").reshape(-1, sum(map(len, OF_GROUP)))
        self._set(groups=self._lines, some=len(lines))

    def run(self, data: Data, first: int, last: int, report: Any) -> int:
        """The steps for batches first to last."""
        if data is not self._data or self._level == HASTY:
            self.prepare(data, last - first)
        if report is not self._report:
            self._report, self._report_at = report, address(report)
        reached: int = self._train(self.at, first, last, self._report_at)
        return reached

    def prepare(self, data: Data, batches: int) -> None:
        """Have code for so many batches of these data: the first few are not worth code that is made with care, if small."""
        before, self._batches = self._level, self._batches + batches
        small = min(data.size, data.count) * len(self.program.instructions) < LARGE
        self._level = HASTY if small and self._batches <= OFTEN else CODEGEN
        if data is not self._data or self._level != before:
            self._take(data)

    def _take(self, data: Data) -> None:
        """Have these data from now on."""
        size = min(data.size, data.count)
        self._batch = numpy().empty(size * self.program.inputs)
        self._train, self._part, self._alive = train(self._level)
        self.train = 0 if self._level == HASTY else cast(self._train, c_void_p).value
        kernel, scratch, _ = self.code.sums(size, self._level)
        self._set(kernel=kernel, scratch=scratch, data=self._batch, x=data.x, y=data.y, order=data.order)
        self._set(x_width=data.x.shape[1], y_width=data.y.shape[1], batches=len(data.sizes))
        self._set(count=data.count, size=data.size, advance=data.advance)
        self._set(averages=int(self.averages))
        self._data = data


def address(array: Any) -> int:
    """Where an array's numbers are."""
    found: int = array.ctypes.data
    return found
