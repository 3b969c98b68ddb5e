"""A function of LLVM as it is written: its lines and loops, and what it reads from memory and keeps there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from .rolled import Operand
from .schedule import Schedule
from .vectors.lanes import literal

MOST: Final = 4096
"""Of more results than this, a tile's would take too much memory twice."""


class Shape(NamedTuple):
    """How many samples a tile has, and how many of them a vector holds.

    Attributes:
        lanes: samples in a tile, a multiple of width; or 1.
        width: numbers in a vector; 1 for plain numbers.
        sums: whether results are added up over all samples, or given for each.
        fused: whether a product is added without rounding it first.
        along: for one sample, how many steps of a loop may be computed as one vector.
        free: whether a sum's terms may be added in another order.
        brief: whether the text is to be short rather than its code fast; the numbers are the same.
    """

    lanes: int
    width: int
    sums: bool
    fused: bool
    along: int = 1
    free: bool = False
    brief: bool = False

    @property
    def vectors(self) -> range:
        """The vectors of a tile."""
        return range(max(1, self.lanes // self.width))

    @property
    def sum_width(self) -> int:
        """For how many samples each result is summed apart."""
        return 1 if self.lanes == 1 else self.width

    def staged(self, results: int) -> bool:
        """Whether so many results of a tile go to memory beside the slots first, and then into rows: see :mod:`.rows`."""
        return not self.sums and self.lanes > 1 and self.width <= results <= MOST

    @property
    def type(self) -> str:
        """A vector's type."""
        return "double" if self.width == 1 else f"<{self.width} x double>"

    @property
    def truth(self) -> str:
        """The type of a comparison's outcome."""
        return "i1" if self.width == 1 else f"<{self.width} x i1>"

    @property
    def suffix(self) -> str:
        """What LLVM calls functions of this type."""
        return "f64" if self.width == 1 else f"v{self.width}f64"

    @property
    def prefix(self) -> str:
        """What the names of functions begin with: C's own, or those of :mod:`.vectors`."""
        return "" if self.width == 1 else "v."

    def splat(self, element: str, type: str = "double") -> str:
        """The same constant in each lane."""
        return element if self.width == 1 else "<" + ", ".join([f"{type} {element}"] * self.width) + ">"


Step = tuple[str, int]
"""A loop's variable, or "" for none, and how far beyond it."""

Place = tuple[int, tuple[tuple[str, int], ...]]
"""An index, and beside it loops' variables, each with how far it advances."""


class Writer:
    """A function of LLVM as it is written."""

    arguments = "ptr %x, i64 %live, ptr %p, ptr %w, ptr %y"

    def __init__(self, schedule: Schedule, shape: Shape, kept: set[int]) -> None:
        self.schedule, self.shape, self.kept = schedule, shape, kept
        self.lines: list[str] = []
        self.block = "entry"
        self.count = 0
        self.masked = False
        self.bases = {"lane": "%w", "parameter": "%p", "constant": "@constants"}  # where operands are
        self.known: dict[Any, list[str]] = {}  # what was loaded or computed where this is written, by its address
        self.truths: dict[str, str] = {}  # the truth that a number stands for

    def text(self, name: str) -> str:
        """The whole function."""
        head = ["entry:"]
        if self.masked:
            head += self._masks()
        body = "\n  ".join([*head, *self.lines, "ret void"])
        return f"define internal void @{name}({self.arguments}) {{\n{body}\n}}"

    def _masks(self) -> list[str]:
        """Which samples of each vector are there: the last tile may not be full."""
        n, head = self.shape.width, []
        head.append(f"%live.0 = insertelement <{n} x i64> poison, i64 %live, i64 0")
        head.append(f"%lives = shufflevector <{n} x i64> %live.0, <{n} x i64> poison, <{n} x i32> zeroinitializer")
        for q in self.shape.vectors:
            numbers = "<" + ", ".join(f"i64 {q * n + k}" for k in range(n)) + ">"
            head.append(f"%mask{q} = icmp ult <{n} x i64> {numbers}, %lives")
        return head

    # ------------------------------------------------------------------------------------------------ lines and loops
    def name(self) -> str:
        """A new one."""
        self.count += 1
        return f"%v{self.count}"

    def line(self, text: str) -> str:
        """The name of what a line computes."""
        name = self.name()
        self.lines.append(f"{name} = {text}")
        return name

    def loop(
        self, count: int | str, step: int, carried: list[str], body: Callable[[str, list[str]], list[str]]
    ) -> list[str]:
        """A loop of a variable from 0 to count by step, which carries vectors from turn to turn."""
        self.count += 1
        label, before, type = f"l{self.count}", self.block, self.shape.type
        outside, outside_truths = self.known, self.truths
        self.known, self.truths = dict(outside), dict(outside_truths)
        self.lines += [f"br label %{label}", f"{label}:"]
        self.block = label
        variable, start = f"%i{self.count}", len(self.lines)
        names = [self.name() for _ in carried]
        after = body(variable, names)
        next_, again = self.line(f"add nuw nsw i64 {variable}, {step}"), self.name()
        heads = [f"{variable} = phi i64 [ 0, %{before} ], [ {next_}, %{self.block} ]"]
        for name, first, then in zip(names, carried, after):
            heads.append(f"{name} = phi {type} [ {first}, %{before} ], [ {then}, %{self.block} ]")
        self.lines[start:start] = heads
        self.lines += [f"{again} = icmp ult i64 {next_}, {count}", f"br i1 {again}, label %{label}, label %{label}.end"]
        self.lines.append(f"{label}.end:")
        self.block = f"{label}.end"
        self.known, self.truths = outside, outside_truths
        return after

    # ------------------------------------------------------------------------------------------------ memory
    def address(self, base: str, operand: Operand, point: Sequence[Step], scale: int, beyond: int = 0) -> str:
        """A pointer to where an operand stands at a point of a nest."""
        return self._at(base, self._index(operand, point), scale, beyond)

    def _at(self, base: str, place: Place, scale: int, beyond: int) -> str:
        index, moving = place
        at, offset = base, index * scale + beyond
        for variable, stride in moving:
            if stride > 0:  # in one line, as a table's row and column
                at = self.line(f"getelementptr [{stride * scale} x double], ptr {at}, i64 {variable}, i64 {offset}")
                offset = 0
            else:
                back = self.line(f"mul nsw i64 {variable}, {stride * scale}")
                at = self.line(f"getelementptr double, ptr {at}, i64 {back}")
        return self.line(f"getelementptr double, ptr {at}, i64 {offset}") if offset or not moving else at

    @staticmethod
    def _index(operand: Operand, point: Sequence[Step]) -> Place:
        index, moving = operand.first, []
        for stride, (variable, beyond) in zip(operand.strides, point):
            index += stride * beyond
            if variable and stride:
                moving.append((variable, stride))
        return index, tuple(moving)

    def load(self, operand: Operand, point: Sequence[Step]) -> list[str]:
        """The tile's numbers of an operand: a vector for each few samples."""
        place = self._index(operand, point)
        key = (operand.kind, *place, operand.wide)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self._loaded(operand, place)
        return found

    def _loaded(self, operand: Operand, place: Place) -> list[str]:
        shape, (index, moving) = self.shape, place
        if operand.kind == "constant" and not moving and not operand.wide:
            return [shape.splat(literal(self.schedule.constants[index]))] * len(shape.vectors)
        scale = shape.lanes if operand.kind == "lane" else 1
        at = self._at(self.bases[operand.kind], place, scale, self._ahead(operand))
        if operand.wide < 0:
            return [self.reversed(self.line(f"load {shape.type}, ptr {at}, align 8"))]
        if operand.wide or (operand.kind == "lane" and shape.lanes > 1):
            return [self.line(f"load {shape.type}, ptr {self.further(at, q)}, align 8") for q in shape.vectors]
        return [self.spread(self.line(f"load double, ptr {at}"))] * len(shape.vectors)

    def some(self, operand: Operand, point: Sequence[Step], count: int) -> str:
        """The same of one vector, of which only so many numbers are there."""
        if not operand.wide:
            return self.load(operand, point)[0]
        type, at = self.shape.type, self.address(self.bases[operand.kind], operand, point, 1)
        given = f"ptr {at}, i32 8, {self.shape.truth} {self.first(count)}, {type} zeroinitializer"
        return self.line(f"call {type} @llvm.masked.load.{self.shape.suffix}.p0({given})")

    def chosen(self, count: int, vector: str, other: str) -> str:
        """So many numbers of a vector, and then those of another."""
        type = self.shape.type
        return self.line(f"select {self.shape.truth} {self.first(count)}, {type} {vector}, {type} {other}")

    def first(self, count: int) -> str:
        """The mask of so many numbers of a vector."""
        return "<" + ", ".join(f"i1 {'true' if k < count else 'false'}" for k in range(self.shape.width)) + ">"

    def further(self, at: str, q: int) -> str:
        """A pointer to the tile's vector of that number."""
        return at if q == 0 else self.line(f"getelementptr double, ptr {at}, i64 {q * self.shape.width}")

    def spread(self, number: str) -> str:
        """The same number in each lane."""
        if self.shape.width == 1:
            return number
        t, n = self.shape.type, self.shape.width
        first = self.line(f"insertelement {t} poison, double {number}, i64 0")
        return self.line(f"shufflevector {t} {first}, {t} poison, <{n} x i32> zeroinitializer")

    def _ahead(self, operand: Operand) -> int:
        """How far from an operand its vector begins in memory."""
        return 1 - self.shape.width if operand.wide < 0 else 0

    def reversed(self, vector: str) -> str:
        """The numbers of a vector from the last to the first."""
        t, n = self.shape.type, self.shape.width
        order = "<" + ", ".join(f"i32 {n - 1 - k}" for k in range(n)) + ">"
        return self.line(f"shufflevector {t} {vector}, {t} poison, <{n} x i32> {order}")

    def store(self, operand: Operand, point: Sequence[Step], vectors: list[str], written_out: bool) -> None:
        """Keep a tile's numbers; results are added up, or written for each sample."""
        shape, ahead = self.shape, self._ahead(operand)
        if operand.wide < 0:
            vectors = [self.reversed(v) for v in vectors]
        if operand.kind == "lane":
            key = (operand.kind, *self._index(operand, point), operand.wide)
            if not operand.wide:
                self.known[key] = vectors
            if written_out and key[1] not in self.kept:
                return
            at = self.address("%w", operand, point, shape.lanes, ahead)
            for q, v in enumerate(vectors):
                self.lines.append(f"store {shape.type} {v}, ptr {self.further(at, q)}, align 8")
        elif shape.sums:
            base, beyond = ("%y", 0) if shape.lanes == 1 else ("%w", self.schedule.slots * shape.lanes)
            at = self.address(base, operand, point, shape.sum_width, beyond + ahead)
            so_far = self.line(f"load {shape.type}, ptr {at}, align 8")
            for q, v in enumerate(vectors):
                more = self.line(f"fadd {shape.type} {so_far}, {v}")
                if shape.lanes > 1:
                    more = self.line(f"select {shape.truth} {self.mask(q)}, {shape.type} {more}, {shape.type} {so_far}")
                so_far = more
            self.lines.append(f"store {shape.type} {so_far}, ptr {at}, align 8")
        elif shape.staged(self.schedule.results):
            at = self.address("%w", operand, point, shape.lanes, self.schedule.slots * shape.lanes)
            for q, v in enumerate(vectors):
                self.lines.append(f"store {shape.type} {v}, ptr {self.further(at, q)}, align 8")
        else:
            at = self.address("%y", operand, point, 1, ahead)
            for q, v in enumerate(vectors):
                self._scatter(at, q, v)

    def mask(self, q: int) -> str:
        """Which samples of a vector count."""
        self.masked = True
        return f"%mask{q}"

    def _scatter(self, at: str, q: int, vector: str) -> None:
        """One result of each sample, into the samples' rows."""
        shape, row = self.shape, self.schedule.results
        if shape.lanes == 1:
            self.lines.append(f"store {shape.type} {vector}, ptr {at}, align 8")
            return
        rows = "<" + ", ".join(f"i64 {(q * shape.width + k) * row}" for k in range(shape.width)) + ">"
        to = self.line(f"getelementptr double, ptr {at}, <{shape.width} x i64> {rows}")
        self.lines.append(
            f"call void @llvm.masked.scatter.{shape.suffix}.v{shape.width}p0({shape.type} {vector}, "
            f"<{shape.width} x ptr> {to}, i32 8, {shape.truth} {self.mask(q)})"
        )
