"""A schedule as LLVM's text: its nests of loops, each step of which computes a tile of samples side by side.

A slot of the schedule holds one number for each sample of the tile, next to each other, so that every operation is one of
whole vectors whatever the program's shape. Of a sum of many rows, a few are added up at once: each operand that they share
is loaded once, and no addition waits for the one before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final, NamedTuple

from .program import CONDITIONS, FUNCTIONS
from .schedule import SUMS, Nest, Operand, Schedule
from .tables import CASES, WIDTH, Table
from .writer import Shape, Step, Writer

SMALL: Final = 8
"""Nests of at most so many operations are written out, without loops."""

ROWS: Final = 4
"""Rows of a nest that are computed together."""

MANY: Final = 4000
"""If more operations than this would be written out, they run from a table instead."""

CALL: Final = "  call void @{0}{1}(ptr %xr, i64 %live, ptr %p, ptr %w, ptr %yr)"
INTERPRET: Final = "  call void @{0}.table(i64 {1}, i64 {2}, i64 %live, ptr %p, ptr %w, ptr %yr)"

PART: Final = 400
"""Operations, each loop's body a few, in one function: the time that LLVM takes grows faster than a function's length."""

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


class Tile(NamedTuple):
    """The text that computes one tile.

    Attributes:
        texts: functions and constants.
        before: what is called once, before the first tile.
        calls: what is called for each tile.
        slots: how many slots there are.
    """

    texts: list[str]
    before: list[str]
    calls: list[str]
    slots: int


def tile(schedule: Schedule, shape: Shape, name: str) -> Tile:
    """A schedule as functions of LLVM, whose names begin with the name given."""
    single = sum([nest.points for nest in schedule.nests if nest.points <= SMALL])
    return _with_table(schedule, shape, name) if single > MANY else _written_out(schedule, shape, name)


def _written_out(schedule: Schedule, shape: Shape, name: str) -> Tile:
    """Everything is code."""
    chunks = _chunks(schedule.nests)
    kept = _kept(chunks, schedule.inputs)
    texts = []
    for number, chunk in enumerate(chunks):
        part = Part(schedule, shape, kept)
        if number == 0:
            part.take_inputs()
        for nest in chunk:
            part.nest(nest)
        texts.append(part.text(f"{name}{number}"))
    return Tile(texts, [], [CALL.format(name, number) for number in range(len(texts))], schedule.slots)


def _with_table(schedule: Schedule, shape: Shape, name: str) -> Tile:
    """Loops are code, and what is between them is in a table."""
    table = Table(schedule.slots)
    stretches: list[tuple[int, int] | list[Nest]] = [[]]
    for is_single, nests in groupby(schedule.nests, key=lambda nest: nest.points <= SMALL):
        if is_single:
            start = len(table.rows) // WIDTH
            for nest in nests:
                table.add(nest)
            stretches.append((start, len(table.rows) // WIDTH))
        else:
            stretches += _chunks([*nests])
    schedule = schedule._replace(slots=table.slots)
    everything = set(range(table.slots))
    texts, calls, filled = [table.text(f"{name}.rows")], [], table.filled
    for stretch in stretches:
        if isinstance(stretch, tuple):
            calls.append(INTERPRET.format(name, *[filled + k for k in stretch]))
            continue
        part = Part(schedule, shape, everything)
        if not calls:
            part.take_inputs()
        for nest in stretch:
            part.nest(nest)
        calls.append(CALL.format(name, len(texts)))
        texts.append(part.text(f"{name}{len(texts)}"))
    interpreter = Interpreter(schedule, shape, everything)
    used = {*table.rows[::WIDTH], *table.fills[::WIDTH]}
    texts.append(interpreter.whole(name, sorted(used)))
    before = [INTERPRET.replace("%live", "1").replace("%yr", "%y").format(name, 0, filled)] if filled else []
    return Tile(texts, before, calls, table.slots)


def _chunks(nests: Sequence[Nest]) -> list[list[Nest]]:
    """The nests of each part."""
    chunks: list[list[Nest]] = [[]]
    weight = 0
    for nest in nests:
        weight += min(nest.points, 2 * SMALL)
        if weight > PART:
            chunks.append([])
            weight = 0
        chunks[-1].append(nest)
    return chunks


def _kept(chunks: Sequence[Sequence[Nest]], inputs: int) -> set[int]:
    """The slots that must be in memory, for a loop or another part reads them; the others are names in the text."""
    kept: set[int] = set()
    here = set(range(inputs))  # what is written out in this part
    for chunk in chunks:
        for nest in chunk:
            small = nest.points <= SMALL
            for operand in nest.operands:
                if operand.kind == "lane":
                    touched = _touched(operand, nest.sizes)
                    kept |= touched - here if small else touched
            if small and nest.out.kind == "lane":
                here |= _touched(nest.out, nest.sizes)
        here = set()
    return kept


def _touched(operand: Operand, sizes: Sequence[int]) -> set[int]:
    found = {operand.first}
    for size, stride in zip(sizes, operand.strides):
        if stride:
            found = {slot + k * stride for slot in found for k in range(size)}
    return found


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
        """An operation at all points of its loops."""
        *outer, rows, columns = (1, 1, *nest.sizes)
        if nest.points <= SMALL:
            points: list[list[Step]] = [[]]
            for size in (*outer, rows):
                points = [[*point, ("", k)] for point in points for k in range(size)]
            for point in points:
                self._block(nest, [point], columns, True)
        else:
            self._outer(nest, outer, [], rows, columns)
            if nest.op in SUMS and nest.operands[0] == nest.out:
                for slot in _touched(nest.out, nest.sizes):  # what was known of a sum that went on is no longer so
                    self.known.pop(("lane", slot, ()), None)

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


class Interpreter(Part):
    """The loop over a table's rows."""

    def whole(self, name: str, cases: Sequence[int]) -> str:
        """Its function, which knows these cases."""
        slot = Operand("lane", 0, (1,))
        for number in cases:
            case = CASES[number]
            self.known, self.truths = {}, {}
            self.lines.append(f"case{number}:")
            a, b, c, out = [[(f"%{operand}", 0)] for operand in ("a", "b", "c", "out")]
            if case == "result":
                self.store(slot._replace(kind="result"), out, self.load(slot, a), False)
            elif case in ("parameter", "constant", "copy"):
                self.store(slot, out, self.load(slot._replace(kind="lane" if case == "copy" else case), a), False)
            elif case == "dot":
                factors = [self.load(slot, b), self.load(slot, c)]
                self.store(slot, out, self._added(self.load(slot, a), factors), False)
            else:
                operands = [self.load(slot, point) for point in (a, b, c)[: ARITY.get(case, 1)]]
                self.store(slot, out, self._computed(case, operands), False)
            self.lines.append("br label %next")
        targets = " ".join([f"i32 {number}, label %case{number}" for number in cases])
        masks = "\n  ".join(self._masks() if self.masked else [])
        return INTERPRETER.format(name=name, width=WIDTH, masks=masks, cases="\n  ".join(self.lines), targets=targets)


ARITY: Final = {"where": 3, **dict.fromkeys(("add", "sub", "mul", "div", "pow"), 2), **dict.fromkeys(CONDITIONS, 2)}
"""How many operands a primitive has, where it is not one."""

INTERPRETER: Final = """
define internal void @{name}.table(i64 %from, i64 %to, i64 %live, ptr %p, ptr %w, ptr %y) {{
entry:
  {masks}
  br label %loop
loop:
  %k = phi i64 [ %from, %entry ], [ %k1, %next ]
  %row = getelementptr [{width} x i32], ptr @{name}.rows, i64 %k
  %case = load i32, ptr %row
  %out.at = getelementptr i32, ptr %row, i64 1
  %a.at = getelementptr i32, ptr %row, i64 2
  %b.at = getelementptr i32, ptr %row, i64 3
  %c.at = getelementptr i32, ptr %row, i64 4
  %out.32 = load i32, ptr %out.at
  %a.32 = load i32, ptr %a.at
  %b.32 = load i32, ptr %b.at
  %c.32 = load i32, ptr %c.at
  %out = zext i32 %out.32 to i64
  %a = zext i32 %a.32 to i64
  %b = zext i32 %b.32 to i64
  %c = zext i32 %c.32 to i64
  switch i32 %case, label %next [ {targets} ]
  {cases}
next:
  %k1 = add i64 %k, 1
  %more = icmp ult i64 %k1, %to
  br i1 %more, label %loop, label %end
end:
  ret void
}}
"""
