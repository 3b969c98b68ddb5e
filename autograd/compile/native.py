"""A training's loop as machine code: what :mod:`.loop` reads, and the programs that it calls."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import c_void_p, cast
from time import perf_counter
from typing import Any, Final

from .columns import Made, columns, made
from .driver import Data, Driver
from .extras import numpy
from .joined import Programs, joined
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

TINY: Final = 500
"""If a batch has less operations, calls and loops around them take as long: then it is all one piece of code."""

STAYS: Final = ("x_width", "y_width", "width", "moved", "told", "guards", "averages", "some", "summed")
"""Numbers of a training that are the same for all data, as a rule."""


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
        self._programs: list[Programs] = []
        self._joined: dict[tuple[int, ...], tuple[Any, Any]] = {}
        self._pieces = 0

    def _set(self, **fields: Any) -> None:
        for name, field in fields.items():
            self._board[BOARD[name]] = field if isinstance(field, int) else address(field)

    def use(self, groups: Sequence[Group]) -> None:
        """Take the groups to move from now on."""
        np = numpy()
        self.groups, self._buffers, self._programs, self._joined = list(groups), [], [], {}
        lines = []
        for g in groups:
            once, each = Kernel(g.parts.shared).one(), columns(g.parts.own)
            known, scratch = np.empty(len(g.parts.shared.outputs) + 1), max(once.scratch, each.scratch, key=len)
            read = np.array([address(c) for c in (self.p[g.start :], self.sums[g.start :], *g.memory)], dtype="int64")
            written = np.delete(read, 1)  # the gradient's column stays
            addresses = map(address, (read, written, g.hyper, g.hyper[2:], known, scratch))
            lines.append([once.address, each.address, *addresses, g.stop - g.start, len(g.hyper) - 2])
            self._buffers.append((once, each, read, written, known, scratch))
            self._programs.append((once, each, {"many": g.stop - g.start, "kept.numbers": len(g.hyper) - 2}))
        self._lines = np.array(lines, dtype="int64").reshape(-1, sum(map(len, OF_GROUP)))
        self._data = None  # to be taken over anew
        self._set(groups=self._lines, some=len(lines), given=0)

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
        kernel = self.code.sums(size, self._level)
        self._set(kernel=kernel.address, scratch=kernel.scratch, data=self._batch, x=data.x, y=data.y, order=data.order)
        self._set(x_width=data.x.shape[1], y_width=data.y.shape[1], batches=len(data.sizes))
        self._set(count=data.count, size=data.size, advance=data.advance)
        self._set(averages=int(self.averages))
        if self._level == CODEGEN and self._programs and size * len(self.program.instructions) < TINY:
            self._in_one_piece(kernel, size == 1)
        self.train = 0 if self._level == HASTY else cast(self._train, c_void_p).value
        self._set(train=self.train, given=id(data) if self.train else 0)
        self._data = data

    def _in_one_piece(self, kernel: Made, single: bool) -> None:
        """Have the loop with the programs that it calls, for single rows or for any; not if they change too often."""
        known = {name: int(self._board[BOARD[name]]) for name in STAYS + ("size",) * single}
        key = kernel.address, *known.values()
        if key not in self._joined and self._batches >= OFTEN * self._pieces:
            self._joined[key] = joined(kernel, self._programs, known)
            self._pieces += 1
        self._train, self._alive = self._joined.get(key, (self._train, self._alive))


def address(array: Any) -> int:
    """Where an array's numbers are."""
    found: int = array.ctypes.data
    return found
