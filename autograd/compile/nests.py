"""A nest of loops as LLVM's text: each step computes a tile of samples side by side.

A slot of the schedule holds one number for each sample of the tile, next to each other, so that every operation is one of
whole vectors whatever the program's shape. Of a sum of many rows, a few are added up at once: each operand that they share
is loaded once, and no addition waits for the one before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from .program import CONDITIONS, FUNCTIONS
from .schedule import SUMS, Nest, Operand
from .writer import Step, Writer

SMALL: Final = 8
"""Nests of at most so many operations are written out, without loops."""

ROWS: Final = 4
"""Rows of a nest that are computed together."""

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
    ((2,), Operand(kind='lane', first=10, strides=(4,), wide=1), (2,), 18)
    """
    loops = range(len(nest.sizes) - (nest.op in SUMS))  # terms are added one by one
    for k in reversed(loops if width > 1 and not is_single(nest) else ()):
        whole = nest.sizes[k] // width
        if whole and nest.out.strides[k] in (-1, 1) and all(o.strides[k] in (-1, 0, 1) for o in nest.operands):
            break
    else:
        return None, nest

    def resized(size: int, change: Callable[[Operand, int], Operand]) -> Nest:
        sizes = (*nest.sizes[:k], size, *nest.sizes[k + 1 :])
        return Nest(
            nest.op, sizes, change(nest.out, nest.out.strides[k]), tuple([change(o, o.strides[k]) for o in nest.operands])
        )

    def widen(o: Operand, stride: int) -> Operand:
        return o._replace(strides=(*o.strides[:k], stride * width, *o.strides[k + 1 :]), wide=stride)

    left = nest.sizes[k] - whole * width
    rest = resized(left, lambda o, stride: o._replace(first=o.first + stride * whole * width)) if left else None
    return resized(whole, widen), rest


class Part(Writer):
    """Some nests of a schedule as a function."""

    def take_inputs(self) -> None:
        """The samples' rows, into slots; what is beyond the last one repeats it."""
        shape, count = self.shape, self.schedule.inputs
        slot = Operand("lane", 0, (1,))
        rows = ["%x"] if shape.lanes == 1 else [self._input_rows(q) for q in shape.vectors]

        def take(variable: str, beyond: int) -> list[str]:
            at = self.address("%x", Operand("input", 0, (1,)), [(variable, beyond)], 1)
            if shape.lanes == 1:
                vectors = [self.line(f"load double, ptr {at}")]
            else:
                n, t, everywhere = shape.width, shape.type, shape.splat("true", "i1")
                vectors = []
                for offsets in rows:
                    from_ = self.line(f"getelementptr double, ptr {at}, <{n} x i64> {offsets}")
                    vectors.append(
                        self.line(
                            f"call {t} @llvm.masked.gather.{shape.suffix}.v{n}p0(<{n} x ptr> {from_}, i32 8, "
                            f"{shape.truth} {everywhere}, {t} poison)"
                        )
                    )
            self.store(slot, [(variable, beyond)], vectors, not variable)
            return []

        if count > SMALL:
            self.loop(count, 1, [], lambda variable, _: take(variable, 0))
        else:
            for k in range(count):
                take("", k)

    def _input_rows(self, q: int) -> str:
        """How far from the first sample's row each sample's row of a vector is."""
        n, count = self.shape.width, self.schedule.inputs
        self.masked = True
        numbers = "<" + ", ".join(f"i64 {q * n + k}" for k in range(n)) + ">"
        last = self.line(f"sub <{n} x i64> %lives, {self.shape.splat('1', 'i64')}")
        row = self.line(f"select {self.shape.truth} %mask{q}, <{n} x i64> {numbers}, <{n} x i64> {last}")
        return self.line(f"mul <{n} x i64> {row}, {self.shape.splat(str(count), 'i64')}")

    # ------------------------------------------------------------------------------------------------ nests
    def nest(self, nest: Nest) -> None:
        """An operation at all points of its loops; of one sample, of several steps at once where that can be."""
        wide, rest = widened(nest, self.shape.along)
        if wide is not None:
            before = self.shape, self.known, self.truths
            self.shape, self.known, self.truths = self.shape._replace(width=self.shape.along), {}, {}
            self._loops(wide)
            self.shape, self.known, self.truths = before
        if rest is not None and is_single(rest):
            self._single(rest)
        elif rest is not None:
            self._loops(rest)
        if not is_single(nest) and nest.op in SUMS and nest.operands[0] == nest.out:
            for slot in touched(nest.out, nest.sizes):  # what was known of a sum that went on is no longer so
                self.known.pop(("lane", slot, (), 0), None)

    def _single(self, nest: Nest) -> None:
        """Each operation on a line of its own."""
        *outer, columns = (1, *nest.sizes)
        points: list[list[Step]] = [[]]
        for size in outer:
            points = [[*point, ("", k)] for point in points for k in range(size)]
        for point in points:
            self._block(nest, [point], columns, True)

    def _loops(self, nest: Nest) -> None:
        *outer, rows, columns = (1, 1, *nest.sizes)
        self._outer(nest, outer, [], rows, columns)

    def _outer(self, nest: Nest, sizes: Sequence[int], point: list[Step], rows: int, columns: int) -> None:
        """The outer loops, then blocks of rows."""
        if sizes and sizes[0] == 1:
            self._outer(nest, sizes[1:], [*point, ("", 0)], rows, columns)
        elif sizes:

            def inside(variable: str, _: list[str]) -> list[str]:
                self._outer(nest, sizes[1:], [*point, (variable, 0)], rows, columns)
                return []

            self.loop(sizes[0], 1, [], inside)
        else:
            together = ROWS if columns > 1 else 1
            whole = rows // together * together

            def block(variable: str, _: list[str]) -> list[str]:
                self._block(nest, [[*point, (variable, k)] for k in range(together)], columns, False)
                return []

            if whole > together:
                self.loop(whole, together, [], block)
            elif whole:
                block("", [])
            if rest := range(whole, rows):
                self._block(nest, [[*point, ("", k)] for k in rest], columns, False)

    def _block(self, nest: Nest, rows: list[list[Step]], columns: int, written_out: bool) -> None:
        """Some rows of a nest, all their columns."""
        rows = [row[-len(nest.sizes) + 1 :] if len(nest.sizes) > 1 else [] for row in rows]
        has_columns = len(nest.sizes) > 0
        summed = nest.op in SUMS

        def point(row: list[Step], column: Step) -> list[Step]:
            return [*row, column] if has_columns else row

        begin = [self.load(nest.operands[0], point(row, ("", 0))) for row in rows] if summed else []
        q = len(self.shape.vectors)
        operands = nest.operands[1:] if summed else nest.operands
        still = [o for o in operands if not has_columns or o.strides[-1] == 0]
        for row in rows:
            for operand in still:
                self.load(operand, point(row, ("", 0)))

        def column(step: Step, sums: list[str]) -> list[str]:
            found = []
            for k, row in enumerate(rows):
                at = point(row, step)
                loaded = [self.load(o, at) for o in operands]
                if summed:
                    found += self._added(sums[k * q : k * q + q], loaded)
                else:
                    self.store(nest.out, at, self._computed(nest.op, loaded), written_out)
            return found

        sums = [vector for row in begin for vector in row]
        if written_out or columns == 1:
            for k in range(columns):
                sums = column(("", k), sums)
        else:
            sums = self.loop(columns, 1, sums, lambda variable, names: column((variable, 0), names))
        for k, row in enumerate(rows if summed else ()):
            self.store(nest.out, point(row, ("", 0)), sums[k * q : k * q + q], written_out)

    def _added(self, sums: list[str], terms: list[list[str]]) -> list[str]:
        """One more term of a sum, or product of a dot product."""
        flags, type = "contract " * self.shape.fused, self.shape.type
        found = []
        for so_far, *factors in zip(sums, *terms):
            term = factors[0] if len(factors) == 1 else self.line(f"fmul {flags}{type} {factors[0]}, {factors[1]}")
            found.append(self.line(f"fadd {flags}{type} {so_far}, {term}"))
        return found

    def _computed(self, op: str, operands: list[list[str]]) -> list[str]:
        """A primitive of each vector."""
        return operands[0] if op == "copy" else [self._one(op, each) for each in zip(*operands)]

    def _one(self, op: str, operands: Sequence[str]) -> str:
        shape, truths = self.shape, TRUTHS.get(op, 0)
        names = [self._truth(name) if k < truths else name for k, name in enumerate(operands)]
        found = self.line(LINES[op].format(*names, t=shape.type, b=shape.truth, s=shape.suffix, v=shape.prefix))
        if op not in CONDITIONS:
            return found
        number = self.line(f"uitofp {shape.truth} {found} to {shape.type}")
        self.truths[number] = found
        return number

    def _truth(self, number: str) -> str:
        zero = "0.0" if self.shape.width == 1 else "zeroinitializer"
        return self.truths.get(number) or self.line(f"fcmp une {self.shape.type} {number}, {zero}")
