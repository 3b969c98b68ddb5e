"""A nest of loops as LLVM's text: each step computes a tile of samples side by side.

A slot of the schedule holds one number for each sample of the tile, next to each other, so that every operation is one of
whole vectors whatever the program's shape. Of a sum of many rows, a few are added up at once: each operand that they share
is loaded once, and no addition waits for the one before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from .inner import changed, leaves, turned
from .program import CONDITIONS, FUNCTIONS
from .rolled import SUMS, Nest, Nests, Operand
from .rows import Rows
from .sums import lengthwise
from .writer import Step

SMALL: Final = 8
"""Nests of at most so many operations are written out, without loops."""

ROWS: Final = 4
"""Rows of a nest that are computed together."""

COLUMNS: Final = 4
"""So many columns are written out, without a loop."""

LINES: Final[dict[str, str]] = {
    "add": "fadd {t} {0}, {1}",
    "sub": "fsub {t} {0}, {1}",
    "mul": "fmul {t} {0}, {1}",
    "div": "fdiv {t} {0}, {1}",
    "neg": "fneg {t} {0}",
    "abs": "call {t} @llvm.fabs.{s}({t} {0})",
    "pow": "call {t} @{v}pow({t} {0}, {t} {1})",
    "where": "select {b} {0}, {t} {1}, {t} {2}",
    "lt": "fcmp olt {t} {0}, {1}",
    "le": "fcmp ole {t} {0}, {1}",
    "eq": "fcmp oeq {t} {0}, {1}",
    "ne": "fcmp une {t} {0}, {1}",
    "and": "and {b} {0}, {1}",
    "or": "or {b} {0}, {1}",
    **{name: f"call {{t}} @{{v}}{name}({{t}} {{0}})" for name in FUNCTIONS},
    "sqrt": "call {t} @llvm.sqrt.{s}({t} {0})",
}
"""Each primitive as a line of LLVM, on vectors t, with truths b; s is what LLVM calls its own functions of t, v what ours
begin with."""

TRUTHS: Final = {"where": 1, "and": 2, "or": 2}
"""How many of the first operands are truths."""


def is_single(nest: Nest) -> bool:
    """Whether a nest is so small that it is no loop, but its operations one by one."""
    return nest.points <= SMALL


def are_single(nests: Nests) -> Any:
    """The same of each of many."""
    return nests.points <= SMALL


def touched(operand: Operand, sizes: Sequence[int]) -> set[int]:
    """The slots that an operand stands for in all of a nest."""
    found = {operand.first}
    for size, stride in zip(sizes, operand.strides):
        if stride:
            found = {slot + k * stride for slot in found for k in range(size)}
    return found


def widened(nest: Nest, width: int) -> tuple[Nest | None, Nest | None]:
    """A nest of which one loop takes so many steps at once, for its operands are neighbours or the same; and what is left.

    >>> x, y = Operand("lane", 0, (1,)), Operand("lane", 10, (1,))
    >>> wide, rest = widened(Nest("exp", (10,), y, (x,)), 4)
    >>> wide.sizes, wide.out, rest.sizes, rest.out.first
    ((2,), Operand(kind='lane', first=10, strides=(4,), wide=1, inner=None), (2,), 18)
    """
    loops = range(len(nest.sizes) - (nest.op in SUMS))  # terms are added one by one
    for k in reversed(loops if width > 1 and not is_single(nest) else ()):
        whole = nest.sizes[k] // width
        if whole and nest.out.strides[k] in (-1, 1) and all(o.strides[k] in (-1, 0, 1) for o in leaves(*nest.operands)):
            break
    else:
        return None, nest
    if -1 in {o.strides[k] for o in leaves(*nest.operands)}:
        nest = turned(nest, k)

    def resized(size: int, change: Callable[[Operand, int], Operand]) -> Nest:
        sizes = (*nest.sizes[:k], size, *nest.sizes[k + 1 :])
        operands = [changed(o, lambda o: change(o, o.strides[k])) for o in nest.operands]
        return Nest(nest.op, sizes, change(nest.out, nest.out.strides[k]), tuple(operands))

    def widen(o: Operand, stride: int) -> Operand:
        return o._replace(strides=(*o.strides[:k], stride * width, *o.strides[k + 1 :]), wide=stride)

    left = nest.sizes[k] - whole * width
    rest = resized(left, lambda o, stride: o._replace(first=o.first + stride * whole * width)) if left else None
    return resized(whole, widen), rest


class Part(Rows):
    """Some nests of a schedule as a function."""

    def load(self, operand: Operand, point: Sequence[Step]) -> list[str]:
        """The tile's numbers of an operand; those of an inner nest are computed."""
        if operand.inner is None:
            return super().load(operand, point)
        return self.computed(operand.inner.op, [self.load(o, point) for o in operand.inner.operands])

    def some(self, operand: Operand, point: Sequence[Step], count: int) -> str:
        """The same of one vector, of which only so many numbers are there."""
        if operand.inner is None:
            return super().some(operand, point, count)
        return self.computed(operand.inner.op, [[self.some(o, point, count)] for o in operand.inner.operands])[0]

    # ------------------------------------------------------------------------------------------------ nests
    def nest(self, nest: Nest) -> None:
        """An operation at all points of its loops; of one sample, of several steps at once where that can be."""
        wide, rest = widened(nest, self.shape.along)
        long = lengthwise(nest, self.shape.along) if wide is None and self.shape.along > 1 and self.shape.free else None
        if wide is not None:
            with self.wide(self.shape.along):
                self._loops(wide)
        if long is not None:
            self._loops(long, self.shape.along)
        elif rest is not None and is_single(rest):
            self._single(rest)
        elif rest is not None:
            self._loops(rest)
        if not is_single(nest) and nest.operands[0] == nest.out:
            for slot in touched(nest.out, nest.sizes):  # what was known of a sum that went on is no longer so
                self.known.pop(("lane", slot, (), 0), None)

    def _single(self, nest: Nest) -> None:
        """Each operation on a line of its own."""
        *outer, columns = (1, *nest.sizes)
        points: list[list[Step]] = [[]]
        for size in outer:
            points = [[*point, ("", k)] for point in points for k in range(size)]
        for point in points:
            self._block(nest, [point[1:] if nest.sizes else point], columns, True)

    def _loops(self, nest: Nest, together: int = 0) -> None:
        """Loops around blocks of rows; of a long sum's, if ``together`` says how many."""
        *outer, rows, columns = (1, 1, *nest.sizes)
        self._outer(nest, outer, [], rows, columns, together)

    def _outer(self, nest: Nest, sizes: list[int], point: list[Step], rows: int, columns: int, together: int) -> None:
        """The outer loops, then blocks: rows of the innermost one, or where these are few, of some steps around it."""
        at_once = together or (ROWS if columns > 1 else 1)
        few = len(sizes) == 1 and not together and 2 * rows <= at_once
        if sizes and (sizes[0] == 1 or not few):

            def inside(variable: str, _: list[str]) -> list[str]:
                self._outer(nest, sizes[1:], [*point, (variable, 0)], rows, columns, together)
                return []

            self.loop(sizes[0], 1, [], inside) if sizes[0] > 1 else inside("", [])
            return
        inner = range(rows if sizes else 1)
        size, step = (sizes or [rows])[0], at_once // len(inner)
        whole = size // step * step

        def block(variable: str, places: range) -> list[str]:
            points = [[*point, (variable, k), ("", row)] for k in places for row in inner]
            points = [(p if sizes else p[:-1])[-len(nest.sizes) + 1 :] if len(nest.sizes) > 1 else [] for p in points]
            self.side_by_side(nest, points) if together else self._block(nest, points, columns, False)
            return []

        if whole > step:
            self.loop(whole, step, [], lambda variable, _: block(variable, range(step)))
        elif whole:
            block("", range(step))
        if whole < size:
            block("", range(whole, size))

    def _block(self, nest: Nest, rows: list[list[Step]], columns: int, written_out: bool) -> None:
        """Some rows of a nest, all their columns."""
        has_columns = len(nest.sizes) > 0
        summed = nest.op in SUMS

        def point(row: list[Step], column: Step) -> list[Step]:
            return [*row, column] if has_columns else row

        begin = [self.load(nest.operands[0], point(row, ("", 0))) for row in rows] if summed else []
        q = len(self.shape.vectors)
        operands = nest.operands[1:] if summed else nest.operands
        still = [o for o in leaves(*operands) if not has_columns or o.strides[-1] == 0]
        for row in rows:
            for operand in still:
                self.load(operand, point(row, ("", 0)))

        def column(step: Step, sums: list[str]) -> list[str]:
            found = []
            for k, row in enumerate(rows):
                at = point(row, step)
                loaded = [self.load(o, at) for o in operands]
                if summed:
                    found += self.added(sums[k * q : k * q + q], loaded)
                else:
                    self.store(nest.out, at, self.computed(nest.op, loaded), written_out)
            return found

        sums = [vector for row in begin for vector in row]
        if written_out or columns <= COLUMNS:
            for k in range(columns):
                sums = column(("", k), sums)
        else:
            sums = self.in_chains(column, sums, columns)
        for k, row in enumerate(rows if summed else ()):
            self.store(nest.out, point(row, ("", 0)), sums[k * q : k * q + q], written_out)

    def computed(self, op: str, operands: list[list[str]]) -> list[str]:
        """A primitive of each vector."""
        if op == "fma":
            return self.added(operands[0], operands[1:])
        return operands[0] if op == "copy" else [self._one(op, each) for each in zip(*operands)]

    def _one(self, op: str, operands: Sequence[str]) -> str:
        shape, truths = self.shape, TRUTHS.get(op, 0)
        names = [self.truth(name) if k < truths else name for k, name in enumerate(operands)]
        found = self.line(LINES[op].format(*names, t=shape.type, b=shape.truth, s=shape.suffix, v=shape.prefix))
        if op not in CONDITIONS:
            return found
        number = self.line(f"uitofp {shape.truth} {found} to {shape.type}")
        self.truths[number] = found
        return number

    def truth(self, number: str) -> str:
        """What a number of 1 or 0 stands for."""
        if number not in self.truths:
            zero = "0.0" if self.shape.width == 1 else "zeroinitializer"
            self.truths[number] = self.line(f"fcmp une {self.shape.type} {number}, {zero}")
        return self.truths[number]
