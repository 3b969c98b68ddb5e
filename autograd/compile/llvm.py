"""A program as machine code, by llvmlite: one sample at a time, or tiles of samples side by side.

No rule of IEEE 754 is relaxed but one, where ``fused`` says so: a product that is added need not be rounded before.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from ctypes import CFUNCTYPE, c_int64, c_void_p
from time import perf_counter
from typing import Any, Final

from ..collector import paused_collector
from .cache import usable
from .extras import numpy
from .fuse import OPS
from .machine import CODEGEN, HASTY, PATIENCE, assembled, ready, width
from .machine import fused as can_fuse
from .nests import are_single
from .program import FUNCTIONS, Program
from .progress import compiling
from .report import ms
from .schedule import Schedule, schedule
from .sums import across
from .threads import in_threads, parts
from .tiles import lines, tile
from .vectors import functions
from .vectors.lanes import literal
from .writer import Shape

LONG: Final = 1000
"""Code of more lines is made in haste at first, for one sample at a time."""

OFTEN: Final = 100
"""After so many calls it is made again, with care."""

FEW = 8
"""Up to so many rows, another compilation does not pay."""

DRIVER: Final = """
define void @{name}(ptr %x, ptr %p, ptr %memory, ptr %y, i64 %n) {{
start:
  %m = ptrtoint ptr %memory to i64
  %m63 = add i64 %m, 63
  %m64 = and i64 %m63, -64
  %w = inttoptr i64 %m64 to ptr
  %sums = getelementptr double, ptr %w, i64 {slots}
{begin}
  %none = icmp eq i64 %n, 0
  br i1 %none, label %end, label %tile
tile:
  %i = phi i64 [ 0, %start ], [ %next, %on ]
  %tiles = udiv i64 %i, {lanes}
  %place = urem i64 %tiles, {together}
  %skipped = mul i64 %place, {slots}
  %wt = getelementptr double, ptr %w, i64 %skipped
  %left = sub i64 %n, %i
  %last = icmp ult i64 %left, {lanes}
  %live = select i1 %last, i64 %left, i64 {lanes}
  %xi = mul i64 %i, {inputs}
  %yi = mul i64 %i, {row}
  %xr = getelementptr double, ptr %x, i64 %xi
  %yr = getelementptr double, ptr %y, i64 %yi
{calls}
  %next = add i64 %i, {lanes}
  %more = icmp ult i64 %next, %n
{after}
on:
  br i1 %more, label %tile, label %end
end:
{finish}
}}
"""
"""All tiles in turn; w is memory that begins where a vector may."""

AFTER: Final = """  %before = mul i64 %place, {lanes}
  %samples = add i64 %before, %live
  %filled = icmp eq i64 %place, {last}
  %over = xor i1 %more, true
  %ready = or i1 %filled, %over
  br i1 %ready, label %add, label %on
add:
{call}
  br label %on"""
"""The results of some tiles are added up."""

CLEAR: Final = "  call void @llvm.memset.p0.i64(ptr {at}, i8 0, i64 {bytes}, i1 false)"
ADD_UP: Final = """  br label %column
column:
  %k = phi i64 [ 0, %end ], [ %k1, %column ]
  %from = mul i64 %k, {width}
  %vector = getelementptr double, ptr %sums, i64 %from
  %numbers = load {type}, ptr %vector, align 8
  %sum = call reassoc double @llvm.vector.reduce.fadd.{suffix}(double -0.0, {type} %numbers)
  %to = getelementptr double, ptr %y, i64 %k
  store double %sum, ptr %to
  %k1 = add i64 %k, 1
  %another = icmp ult i64 %k1, {results}
  br i1 %another, label %column, label %done
done:
  ret void"""
"""The sums of each lane become the results."""


class LlvmCode:
    """A program as machine code, made when it is first needed.

    Args:
        program: what to run.
        strict: True rounds each product before it is added, as an eager run does.
        few: up to so many rows run one at a time.

    Attributes:
        threads: how many may run at once, if there are rows enough.
        progress: whether it is said that machine code is made, where that takes long.

    Raises:
        ImportError: llvmlite is not installed, or this system's C library lacks a function that the program calls.
    """

    name, threads, progress = "llvm", 1, False

    def __init__(self, program: Program, strict: bool = False, few: int = FEW) -> None:
        self.program, self.strict, self.few = program, strict, few
        self.schedule, self._alone = schedule(program), alone(sums=False, strict=strict)
        self._made: dict[Shape, tuple[Any, Any, int]] = {}
        self._hasty: dict[Shape, list[Any]] = {}  # code that was made in haste, and how often it was called
        self._free: dict[Shape, list[Any]] = {}  # memory that no call uses now
        self._seconds: dict[Shape, float] = {}
        ready()

    def run(self, inputs: Sequence[float], parameters: Sequence[float]) -> list[float]:
        """The results for one sample."""
        x, results = array("d", inputs), array("d", bytes(8 * len(self.program.results)))
        self._call(self._alone, x.buffer_info()[0], parameters, results.buffer_info()[0], 1)
        return results.tolist()

    def soon(self, rows: int | None = None) -> tuple[Any, Any, int] | None:
        """The code for one sample, or for so many rows, if it is made with care and keeps Python waiting for no longer than
        it should: what keeps it alive, the function, and how many numbers of memory it needs."""
        count, operations = 1 if rows is None else rows, len(self.program.instructions)
        shape = self._alone if rows is None else self._shape(rows, sums=False)
        takes_long = count * operations >= PATIENCE or len(parts(count, operations, shape.lanes, self.threads)) > 1
        return None if takes_long else self._made.get(shape)

    def rows(self, inputs: Any, parameters: Sequence[float], out: Any = None) -> Any:
        """The results for each row of an array of floats, whose rows lie one after another; put into another such one, if it
        is given."""
        results = numpy().empty((len(inputs), len(self.program.results))) if out is None else out
        shape = self._shape(len(inputs), sums=False)
        self._code(shape)  # before threads need it

        def some(part: slice) -> None:
            x, y = inputs[part].ctypes.data, results[part].ctypes.data
            self._call(shape, x, parameters, y, part.stop - part.start)

        in_threads(some, parts(len(inputs), len(self.program.instructions), shape.lanes, self.threads))
        return results

    def sums(self, inputs: Any, parameters: Sequence[float]) -> Any:
        """The results, added up over the rows of an array."""
        results, shape = numpy().empty(len(self.program.results)), self._shape(len(inputs), sums=True)
        self._call(shape, inputs.ctypes.data, parameters, results.ctypes.data, len(inputs))
        return results

    def about(self) -> list[str]:
        """How much of the program is in loops, for how many samples at once it was compiled, and where the code is kept."""
        return figures(self.schedule, self._seconds)

    def _shape(self, rows: int, sums: bool) -> Shape:
        return alone(sums, self.strict) if rows <= self.few else together(sums, self.strict)

    def _call(self, shape: Shape, inputs: int, parameters: Sequence[float], results: int, count: int) -> None:
        _, function, scratch = self._made.get(shape) or self._code(shape)
        p, free = array("d", parameters), self._free.setdefault(shape, [])
        try:
            w = free.pop()
        except IndexError:
            w = array("d", bytes(8 * scratch))
        function(inputs, p.buffer_info()[0], w.buffer_info()[0], results, count)
        free.append(w)

    def _code(self, shape: Shape) -> tuple[Any, Any, int]:
        """What keeps the code for a shape alive, the function, and how many numbers of memory it needs."""
        if shape in self._made:
            return self._made[shape]
        hasty = self._hasty.setdefault(shape, [None, 0])
        hasty[1] += 1
        if hasty[0] is None or hasty[1] > OFTEN:
            began = perf_counter()
            with compiling(self.progress) as tell:
                tell("loops for", len(self.program.instructions))
                in_haste = hasty[0] is None and shape.lanes == 1 and lines(self.schedule) > LONG
                text, scratch = written(self.schedule, [shape._replace(brief=in_haste)])
                tell("machine code for", len(self.program.instructions))
                engine, addresses = assembled(text, [_name(shape)], HASTY if in_haste else CODEGEN)
            self._free.pop(shape, None)  # other code may need more memory
            hasty[0] = engine, CFUNCTYPE(None, *[c_void_p] * 4, c_int64)(addresses[0]), scratch
            self._seconds[shape] = perf_counter() - began
            if not in_haste:
                self._made[shape] = hasty[0]
        made: tuple[Any, Any, int] = hasty[0]
        return made


def figures(scheduled: Schedule, seconds: Mapping[Shape, float]) -> list[str]:
    """What a report says of a schedule, and of its code for each shape, made in so many seconds."""
    place, sizes = usable(), scheduled.nests.points
    loops = sizes[~are_single(scheduled.nests)]
    return [
        f"{loops.sum()} steps in {len(loops)} nests of loops, {sizes.sum() - loops.sum()} left over",
        *[
            f"code for {shape.lanes} sample{'s side by side' if shape.lanes > 1 else ' at a time'}, "
            f"{'summed' if shape.sums else 'each'}: compiled in {ms(made_in)}"
            for shape, made_in in seconds.items()
        ],
        f"kept in {place}" if place else "not kept on disk",
    ]


def alone(sums: bool, strict: bool = False, fused: bool = False) -> Shape:
    """One sample at a time."""
    return Shape(1, 1, sums, fused and can_fuse(), width(), not strict)


def together(sums: bool, strict: bool = False) -> Shape:
    """As many samples side by side as suits this machine: two vectors, so that none waits for the one before it."""
    return Shape(2 * width(), width(), sums, not strict and can_fuse(), 1, not strict)


def _name(shape: Shape) -> str:
    return "sums" if shape.sums else "rows"


@paused_collector()
def written(scheduled: Schedule, shapes: Sequence[Shape]) -> tuple[str, int]:
    """A schedule as LLVM's text, and how many numbers of memory it needs.

    It defines ``@rows(ptr x, ptr p, ptr w, ptr y, i64 n)``, the results of each row, or ``@sums``, the results added up over
    the rows, or both: as the shapes say. x are rows of inputs one after another, p the parameters, w memory.
    """
    texts, declared = definitions(scheduled, shapes)
    scratch = 0
    for shape in shapes:
        made = tile(scheduled, shape, _name(shape))
        slots, results, each = made.slots * shape.lanes, scheduled.results, 1 if made.after else shape.sum_width
        clear = CLEAR.format(at="%sums" if each > 1 else "%y", bytes=8 * results * each)
        add_up = ADD_UP.format(width=each, type=shape.type, results=results, suffix=shape.suffix)
        after = AFTER.format(lanes=shape.lanes, last=made.together - 1, call=made.after) if made.after else "  br label %on"
        texts += made.texts
        texts.append(
            DRIVER.format(
                name=_name(shape),
                slots=slots,
                lanes=shape.lanes,
                together=made.together,
                inputs=scheduled.inputs,
                row=0 if shape.sums else results,
                calls="\n".join(made.calls),
                after=after,
                begin="\n".join([clear] * shape.sums + made.before),
                finish=add_up if shape.sums and each > 1 else "  ret void",
            )
        )
        staged = 2 * results * shape.lanes if shape.staged(results) else 0
        scratch = max(scratch, 8 + slots * made.together + results * each + staged)
    widths = {max(shape.width, shape.along) for shape in shapes}
    texts += [across(scheduled, n) for n in sorted(widths) if any(f"@across{n}(" in text for text in texts)]
    return "\n".join([*sorted(declared), *texts]), scratch


def definitions(scheduled: Schedule, shapes: Sequence[Shape]) -> tuple[list[str], set[str]]:
    """The constants and functions that the code may need, and the lines that declare C's functions and LLVM's own."""
    names = {OPS[op] for op in set(scheduled.nests.ops.tolist())} & {*FUNCTIONS, "pow"}
    constants = ", ".join(f"double {literal(c)}" for c in scheduled.constants)
    texts = [f"@constants = internal constant [{len(scheduled.constants)} x double] [{constants}]"]
    declared = {"declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)"}
    declared |= {"declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)", "declare i64 @llvm.umin.i64(i64, i64)"}
    for n in sorted({n for shape in shapes for n in (shape.width, shape.along)}):
        t, s = ("double", "f64") if n == 1 else (f"<{n} x double>", f"v{n}f64")
        declared |= {f"declare {t} @llvm.{kind}.{s}({t})" for kind in ("fabs", "sqrt")}
        declared.add(f"declare {t} @llvm.fma.{s}({t}, {t}, {t})")
        if n == 1:
            declared |= {f"declare double @{name}(double{', double' * (name == 'pow')})" for name in names - {"sqrt"}}
            continue
        vectors = functions(names, n, can_fuse())
        texts.append(vectors.text)
        declared |= vectors.declared
        declared.add(f"declare {t} @llvm.masked.gather.{s}.v{n}p0(<{n} x ptr>, i32, <{n} x i1>, {t})")
        declared.add(f"declare void @llvm.masked.scatter.{s}.v{n}p0({t}, <{n} x ptr>, i32, <{n} x i1>)")
        declared.add(f"declare double @llvm.vector.reduce.fadd.{s}(double, {t})")
        declared.add(f"declare {t} @llvm.masked.load.{s}.p0(ptr, i32, <{n} x i1>, {t})")
        declared.add(f"declare void @llvm.masked.store.{s}.p0({t}, ptr, i32, <{n} x i1>)")
    return texts, declared
