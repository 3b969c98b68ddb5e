"""Sums of one sample as LLVM's text, where the order of additions is free: many terms at once.

Terms that are neighbours fill a vector, whose lanes are added up at the end, those of several sums together. Otherwise a sum
goes on in several chains. Either way no addition waits long for the one before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final

from .inner import changed, leaves, turned
from .rolled import SUMS, Nest, Operand
from .schedule import Schedule
from .writer import Shape, Step, Writer

LONG: Final = 16
"""Sums of at least so many terms are added in parts."""

CHAINS: Final = 4
"""So many additions should be under way."""


def lengthwise(nest: Nest, width: int) -> Nest | None:
    """A long sum whose terms are neighbours, or the products of neighbours with each other or with one number."""
    if nest.op not in SUMS or nest.sizes[-1] < max(LONG, width):
        return None
    if {o.strides[-1] for o in leaves(*nest.operands[1:])} in ({-1}, {-1, 0}):
        nest = turned(nest, len(nest.sizes) - 1)
    return nest if {o.strides[-1] for o in leaves(*nest.operands[1:])} in ({1}, {1, 0}) else None


def _lengthened(o: Operand, width: int) -> Operand:
    return o._replace(strides=(*o.strides[:-1], o.strides[-1] * width), wide=o.strides[-1])


def across(schedule: Schedule, width: int) -> str:
    """The function that adds up the lanes of as many vectors as they have lanes: each into a lane of its own."""
    part = Sums(schedule, Shape(1, width, False, False), set())
    vectors, apart = [f"%a{k}" for k in range(width)], 1
    arguments = ", ".join([f"{part.shape.type} {vector}" for vector in vectors])
    while apart < width:
        pairs = [part.mixed(a, b, apart) for a, b in zip(vectors[::2], vectors[1::2])]
        vectors = [total for a, b in pairs for total in part.added([a], [[b]])]
        apart *= 2
    body = "\n  ".join([*part.lines, f"ret {part.shape.type} {vectors[0]}"])
    return f"define internal {part.shape.type} @across{width}({arguments}) {{\n  {body}\n}}"


class Sums(Writer):
    """A function with sums."""

    @contextmanager
    def wide(self, width: int) -> Iterator[None]:
        """Inside, vectors hold so many numbers of the one sample."""
        before = self.shape, self.known, self.truths
        self.shape, self.known, self.truths = self.shape._replace(width=width), {}, {}
        yield
        self.shape, self.known, self.truths = before

    def added(self, sums: list[str], terms: list[list[str]]) -> list[str]:
        """One more term of each sum, or product of a dot product."""
        type, found = self.shape.type, []
        for so_far, *factors in zip(sums, *terms):
            if len(factors) == 2 and self.shape.fused:
                given = ", ".join([f"{type} {number}" for number in (*factors, so_far)])
                found.append(self.line(f"call {type} @llvm.fma.{self.shape.suffix}({given})"))
                continue
            term = factors[0] if len(factors) == 1 else self.line(f"fmul {type} {factors[0]}, {factors[1]}")
            found.append(self.line(f"fadd {type} {so_far}, {term}"))
        return found

    def nothing(self, count: int) -> list[str]:
        """Where so many sums begin: at -0.0, to which anything can be added unchanged."""
        return [self.shape.splat("-0.0")] * count

    def in_chains(self, column: Callable[[Step, list[str]], list[str]], sums: list[str], columns: int) -> list[str]:
        """A loop over the terms of some sums. If these are few and long, each goes on in several chains."""
        size = len(sums)
        chains = max(1, CHAINS // size) if size and self.shape.free and columns >= LONG else 1
        whole = columns // chains * chains

        def some(variable: str, names: list[str]) -> list[str]:
            return [name for k in range(chains) for name in column((variable, k), names[k * size : k * size + size])]

        names = self.loop(whole, chains, [*sums, *self.nothing((chains - 1) * size)], some)
        parts = [names[k : k + size] for k in range(0, len(names), size or 1)]
        while len(parts) > 1:
            parts = [self.added(a, [b]) for a, b in zip(parts[::2], parts[1::2])]
        for k in range(whole, columns):
            parts = [column(("", k), parts[0])]
        return parts[0] if parts else []

    def side_by_side(self, nest: Nest, rows: Sequence[list[Step]]) -> None:
        """Some rows of a long sum of neighbours: a vector of terms at once."""
        n = self.shape.along
        whole, over = divmod(nest.sizes[-1], n)
        terms = [changed(o, partial(_lengthened, width=n)) for o in nest.operands[1:]]
        begin, out = nest.operands[0], nest.out
        with self.wide(n):

            def column(variable: str, sums: list[str]) -> list[str]:
                return self.added(sums, [[self.load(o, [*row, (variable, 0)])[0] for row in rows] for o in terms])

            sums = self.loop(whole, 1, self.nothing(len(rows)), column)
            if over:
                last = [[self.some(o, [*row, ("", whole)], over) for row in rows] for o in terms]
                sums = [self.chosen(over, more, sum) for sum, more in zip(sums, self.added(sums, last))]
            if len(rows) == n and out.strides[-2] == 1 and begin.strides[-2] in (0, 1):
                at = [*rows[0], ("", 0)]
                before = self.load(begin._replace(wide=begin.strides[-2]), at)
                self.store(out._replace(wide=1), at, self.added(before, [[self.transposed(sums)]]), False)
                return
            add = f"call reassoc double @llvm.vector.reduce.fadd.{self.shape.suffix}(double {{}}, {self.shape.type} {{}})"
        for row, sum in zip(rows, sums):
            at = [*row, ("", 0)]
            self.store(out, at, [self.line(add.format(*self.load(begin, at), sum))], False)

    def transposed(self, vectors: list[str]) -> str:
        """As many vectors as they have lanes, each added up into a lane of its own."""
        type = self.shape.type
        return self.line(f"call {type} @across{len(vectors)}({', '.join([f'{type} {vector}' for vector in vectors])})")

    def turned(self, vectors: list[str]) -> list[str]:
        """As many vectors as they have lanes, as rows and columns of a matrix that change places."""
        apart = 1
        while apart < len(vectors):
            for k in range(len(vectors)):
                if not k & apart:
                    vectors[k], vectors[k + apart] = self.mixed(vectors[k], vectors[k + apart], apart)
            apart *= 2
        return vectors

    def mixed(self, a: str, b: str, apart: int) -> tuple[str, str]:
        """Of each two lanes so far apart the first ones, a's and then b's; and the second ones."""
        type, n = self.shape.type, self.shape.width
        found = []
        for part in (0, apart):
            lanes = [k + part if not k & apart else n + k - apart + part for k in range(n)]
            order = ", ".join(f"i32 {lane}" for lane in lanes)
            found.append(self.line(f"shufflevector {type} {a}, {type} {b}, <{n} x i32> <{order}>"))
        return found[0], found[1]
