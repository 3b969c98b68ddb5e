"""A program as machine code, by llvmlite: one sample at a time, or tiles of samples side by side.

No rule of IEEE 754 is relaxed but one, where ``fused`` says so: a product that is added need not be rounded before.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from ctypes import CFUNCTYPE, c_int64, c_void_p
from time import perf_counter
from typing import Any, Final

from .cache import folder
from .extras import numpy
from .machine import assembled, fused, ready, width
from .nests import is_single
from .program import FUNCTIONS, Program
from .schedule import Schedule, schedule
from .tiles import tile
from .vectors import functions
from .vectors.lanes import literal
from .writer import Shape

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
  %i = phi i64 [ 0, %start ], [ %next, %tile ]
  %left = sub i64 %n, %i
  %last = icmp ult i64 %left, {lanes}
  %live = select i1 %last, i64 %left, i64 {lanes}
  %xi = mul i64 %i, {inputs}
  %yi = mul i64 %i, {results}
  %xr = getelementptr double, ptr %x, i64 %xi
  %yr = getelementptr double, ptr %y, i64 %yi
{calls}
  %next = add i64 %i, {lanes}
  %more = icmp ult i64 %next, %n
  br i1 %more, label %tile, label %end
end:
{finish}
}}
"""
"""All tiles in turn; w is memory that begins where a vector may."""

CLEAR: Final = "  call void @llvm.memset.p0.i64(ptr %sums, i8 0, i64 {bytes}, i1 false)"
ADD_UP: Final = """  br label %column
column:
  %k = phi i64 [ 0, %end ], [ %k1, %column ]
  %from = mul i64 %k, {width}
  %vector = getelementptr double, ptr %sums, i64 %from
  %numbers = load {type}, ptr %vector, align 8
  %sum = {sum}
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

    Raises:
        ImportError: llvmlite is not installed, or this system's C library lacks a function that the program calls.
    """

    name = "llvm"

    def __init__(self, program: Program, strict: bool = False, few: int = FEW) -> None:
        self.program, self.strict, self.few = program, strict, few
        self.schedule = schedule(program)
        self._made: dict[Shape, tuple[Any, Any, int]] = {}
        self._seconds: dict[Shape, float] = {}
        ready()

    def run(self, inputs: Sequence[float], parameters: Sequence[float]) -> list[float]:
        """The results for one sample."""
        results = array("d", bytes(8 * len(self.program.results)))
        self._call(alone(sums=False), array("d", inputs), parameters, results, 1)
        return results.tolist()

    def rows(self, inputs: Any, parameters: Sequence[float]) -> Any:
        """The results for each row of an array of floats, whose rows lie one after another."""
        results = numpy().empty((len(inputs), len(self.program.results)))
        self._call(self._shape(len(inputs), sums=False), inputs, parameters, results, len(inputs))
        return results

    def sums(self, inputs: Any, parameters: Sequence[float]) -> Any:
        """The results, added up over the rows of an array."""
        results = numpy().empty(len(self.program.results))
        self._call(self._shape(len(inputs), sums=True), inputs, parameters, results, len(inputs))
        return results

    def about(self) -> list[str]:
        """How much of the program is in loops, for how many samples at once it was compiled, and where the code is kept."""
        place, sizes = folder(), [nest.points for nest in self.schedule.nests]
        loops = [nest.points for nest in self.schedule.nests if not is_single(nest)]
        return [
            f"{sum(loops)} steps in {len(loops)} nests of loops, {sum(sizes) - sum(loops)} left over",
            *[
                f"code for {shape.lanes} sample{'s side by side' if shape.lanes > 1 else ' at a time'}, "
                f"{'summed' if shape.sums else 'each'}: compiled in {1000 * seconds:.3g} ms"
                for shape, seconds in self._seconds.items()
            ],
            f"kept in {place}" if place else "not kept on disk",
        ]

    def _shape(self, rows: int, sums: bool) -> Shape:
        return alone(sums) if rows <= self.few else together(sums, self.strict)

    def _call(self, shape: Shape, inputs: Any, parameters: Sequence[float], results: Any, count: int) -> None:
        _, function, scratch = self._code(shape)
        p, w = array("d", parameters), array("d", bytes(8 * scratch))
        function(*map(_address, (inputs, p, w, results)), count)

    def _code(self, shape: Shape) -> tuple[Any, Any, int]:
        """What keeps the code for a shape alive, the function, and how many numbers of memory it needs."""
        if shape not in self._made:
            began = perf_counter()
            text, scratch = written(self.schedule, [shape])
            engine, addresses = assembled(text, [_name(shape)])
            self._made[shape] = engine, CFUNCTYPE(None, *[c_void_p] * 4, c_int64)(addresses[0]), scratch
            self._seconds[shape] = perf_counter() - began
        return self._made[shape]


def _address(numbers: Any) -> int:
    address: int = numbers.buffer_info()[0] if isinstance(numbers, array) else numbers.ctypes.data
    return address


def alone(sums: bool) -> Shape:
    """One sample at a time."""
    return Shape(1, 1, sums, False, width())


def together(sums: bool, strict: bool = False) -> Shape:
    """As many samples side by side as suits this machine: two vectors, so that none waits for the one before it."""
    return Shape(2 * width(), width(), sums, not strict)


def _name(shape: Shape) -> str:
    return "sums" if shape.sums else "rows"


def written(scheduled: Schedule, shapes: Sequence[Shape]) -> tuple[str, int]:
    """A schedule as LLVM's text, and how many numbers of memory it needs.

    It defines ``@rows(ptr x, ptr p, ptr w, ptr y, i64 n)``, the results of each row, or ``@sums``, the results added up over
    the rows, or both: as the shapes say. x are rows of inputs one after another, p the parameters, w memory.
    """
    texts, declared = _called(scheduled, shapes)
    constants = ", ".join(f"double {literal(c)}" for c in scheduled.constants)
    texts.append(f"@constants = internal constant [{len(scheduled.constants)} x double] [{constants}]")
    scratch = 0
    for shape in shapes:
        made = tile(scheduled, shape, _name(shape))
        slots, results, each = made.slots * shape.lanes, scheduled.results, shape.sum_width
        add = f"call reassoc double @llvm.vector.reduce.fadd.{shape.suffix}(double -0.0, {shape.type} %numbers)"
        add_up = ADD_UP.format(
            width=each, type=shape.type, results=results, sum=add if each > 1 else "fadd double %numbers, -0.0"
        )
        texts += made.texts
        texts.append(
            DRIVER.format(
                name=_name(shape),
                slots=slots,
                lanes=shape.lanes,
                inputs=scheduled.inputs,
                results=results,
                calls="\n".join(made.calls),
                begin="\n".join([CLEAR.format(bytes=8 * results * each)] * shape.sums + made.before),
                finish=add_up if shape.sums else "  ret void",
            )
        )
        scratch = max(scratch, 8 + slots + results * each)
    return "\n".join([*sorted(declared), *texts]), scratch


def _called(scheduled: Schedule, shapes: Sequence[Shape]) -> tuple[list[str], set[str]]:
    """The functions that the code may call, and the lines that declare C's and LLVM's own."""
    names = {nest.op for nest in scheduled.nests} & {*FUNCTIONS, "pow"}
    texts, declared = [], {"declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)"}
    for n in sorted({n for shape in shapes for n in (shape.width, shape.along)}):
        t, s = ("double", "f64") if n == 1 else (f"<{n} x double>", f"v{n}f64")
        declared |= {f"declare {t} @llvm.{kind}.{s}({t})" for kind in ("fabs", "sqrt")}
        if n == 1:
            declared |= {f"declare double @{name}(double{', double' * (name == 'pow')})" for name in names - {"sqrt"}}
            continue
        vectors = functions(names, n, fused())
        texts.append(vectors.text)
        declared |= vectors.declared
        declared.add(f"declare {t} @llvm.masked.gather.{s}.v{n}p0(<{n} x ptr>, i32, <{n} x i1>, {t})")
        declared.add(f"declare void @llvm.masked.scatter.{s}.v{n}p0({t}, <{n} x ptr>, i32, <{n} x i1>)")
        declared.add(f"declare double @llvm.vector.reduce.fadd.{s}(double, {t})")
    return texts, declared
