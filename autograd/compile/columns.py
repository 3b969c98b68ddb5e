"""A program over columns as machine code: each input, and each result, has an array of its own, whose places are samples.

So an optimizer's numbers are kept: parameters, gradients, and each thing that is remembered. They are read where they lie,
and written in place: a place's results rest on nothing of other places.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from .extras import numpy
from .llvm import definitions
from .machine import CODEGEN, assembled, width
from .nests import Part
from .program import Program
from .rolled import Operand
from .schedule import Schedule, schedule
from .tiles import kept
from .writer import Shape

VECTORS: Final = 2
"""Vectors of places computed together: a power of 2."""

TILES: Final = """
define void @columns(ptr %x, ptr %p, ptr %w, ptr %y, i64 %n) {{
start:
  %last = and i64 %n, {less_one}
  %full = sub i64 %n, %last
  %none = icmp eq i64 %full, 0
  br i1 %none, label %rest, label %tile
tile:
  %i = phi i64 [ 0, %start ], [ %next, %tile ]
  call void @full(ptr %x, i64 %i, i64 {lanes}, ptr %p, ptr %w, ptr %y)
  %next = add i64 %i, {lanes}
  %more = icmp ult i64 %next, %full
  br i1 %more, label %tile, label %rest
rest:
  %over = icmp eq i64 %last, 0
  br i1 %over, label %end, label %some
some:
  call void @some(ptr %x, i64 %full, i64 %last, ptr %p, ptr %w, ptr %y)
  br label %end
end:
  ret void
}}
"""
"""Full tiles in turn, and then some places that are left."""


class Tile(Part):
    """A tile of places: all of them, or as many as are left."""

    arguments = "ptr %x, i64 %at, i64 %live, ptr %p, ptr %w, ptr %y"

    def __init__(self, schedule: Schedule, shape: Shape, full: bool) -> None:
        super().__init__(schedule, shape, kept([schedule.nests], schedule.inputs))
        self._full = full
        for k in range(schedule.inputs):
            at = self.line(f"getelementptr ptr, ptr %x, i64 {k}")
            self.store(Operand("lane", 0, (1,)), [("", k)], [self._read(at, q) for q in shape.vectors], True)
        for nest in schedule.nests:
            self.nest(nest)

    def _read(self, column: str, q: int) -> str:
        """A vector of a column."""
        type, at = self.shape.type, self._place(column, q)
        if self._full:
            return self.line(f"load {type}, ptr {at}, align 8")
        mask = f"{self.shape.truth} {self.mask(q)}"
        return self.line(
            f"call {type} @llvm.masked.load.{self.shape.suffix}.p0(ptr {at}, i32 8, {mask}, {type} zeroinitializer)"
        )

    def _scatter(self, column: str, q: int, vector: str) -> None:
        """A vector into a column."""
        type, at = self.shape.type, self._place(column, q)
        if self._full:
            self.lines.append(f"store {type} {vector}, ptr {at}, align 8")
        else:
            given = f"{type} {vector}, ptr {at}, i32 8, {self.shape.truth} {self.mask(q)}"
            self.lines.append(f"call void @llvm.masked.store.{self.shape.suffix}.p0({given})")

    def _place(self, column: str, q: int) -> str:
        """A pointer to the tile's vector of that number."""
        first = self.line(f"load ptr, ptr {column}")
        return self.further(self.line(f"getelementptr double, ptr {first}, i64 %at"), q)


class Made(NamedTuple):
    """Machine code: its address, memory for it, and what keeps it alive; its name, and the text that it was made of."""

    address: int
    scratch: Any
    alive: Any
    name: str
    text: str


def made(text: str, scratch: int, name: str, level: int = CODEGEN) -> Made:
    """The function named, of LLVM's text, and so many numbers of memory."""
    alive, (address,) = assembled(text, [name], level)
    return Made(address, numpy().zeros(scratch), alive, name, text)


def columns(program: Program) -> Made:
    """A program's code.

    It is called with a table of addresses to read from, the parameters, memory, a table of addresses to write to, and how
    many places there are. Every product is rounded, as in an eager run.
    """
    scheduled, n = schedule(program), width()
    shape = Shape(VECTORS * n, n, False, False)
    texts, declared = definitions(scheduled, [shape])
    tiles = [Tile(scheduled, shape, full).text(name) for name, full in (("full", True), ("some", False))]
    text = "\n".join([*sorted(declared), *texts, *tiles, TILES.format(lanes=shape.lanes, less_one=shape.lanes - 1)])
    return made(text, scheduled.slots * shape.lanes, "columns")
