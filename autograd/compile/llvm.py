"""A program as machine code, by llvmlite: straight-line scalar code for one sample, in a loop over the rows of a batch.

The program is written as LLVM's text. A long one is cut into parts of a few hundred instructions, for the time that LLVM
takes grows faster than a function's length; what a later part needs goes through memory. No rule of IEEE 754 is relaxed.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence
from contextlib import suppress
from ctypes import CDLL, CFUNCTYPE, c_int64, c_void_p, cast
from functools import cache
from typing import Any, Final

from .extras import llvmlite, numpy
from .program import CONDITIONS, FUNCTIONS, SOURCES, Instruction, Program

PART = 400
"""Instructions in a part."""

CODEGEN = 0
"""LLVM's level of code generation: straight-line code runs as fast at any level, and at 0 it is ready ten times sooner."""

LINES: Final[dict[str, str]] = {
    "add": "fadd double {0}, {1}",
    "sub": "fsub double {0}, {1}",
    "mul": "fmul double {0}, {1}",
    "div": "fdiv double {0}, {1}",
    "neg": "fneg double {0}",
    "abs": "call double @llvm.fabs.f64(double {0})",
    "sqrt": "call double @llvm.sqrt.f64(double {0})",
    "pow": "call double @pow(double {0}, double {1})",
    "where": "select i1 {0}, double {1}, double {2}",
    "lt": "fcmp olt double {0}, {1}",
    "le": "fcmp ole double {0}, {1}",
    "eq": "fcmp oeq double {0}, {1}",
    "ne": "fcmp une double {0}, {1}",
    "and": "and i1 {0}, {1}",
    "or": "or i1 {0}, {1}",
    **{name: f"call double @{name}(double {{0}})" for name in FUNCTIONS if name != "sqrt"},
}
"""Each primitive as a line of LLVM."""

LOOP = """
define void @rows(ptr %x, ptr %p, ptr %w, ptr %y, i64 %n) {{
start:
  %none = icmp eq i64 %n, 0
  br i1 %none, label %end, label %row
row:
  %i = phi i64 [ 0, %start ], [ %next, %row ]
  %xi = mul i64 %i, {inputs}
  %yi = mul i64 %i, {results}
  %xr = getelementptr double, ptr %x, i64 %xi
  %yr = getelementptr double, ptr %y, i64 %yi
{calls}
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, %n
  br i1 %more, label %row, label %end
end:
  ret void
}}
define void @sums(ptr %x, ptr %p, ptr %w, ptr %y, i64 %n) {{
start:
  call void @llvm.memset.p0.i64(ptr %y, i8 0, i64 {bytes}, i1 false)
  %yr = getelementptr double, ptr %w, i64 {kept}
  %none = icmp eq i64 %n, 0
  br i1 %none, label %end, label %row
row:
  %i = phi i64 [ 0, %start ], [ %next, %added ]
  %xi = mul i64 %i, {inputs}
  %xr = getelementptr double, ptr %x, i64 %xi
{calls}
  br label %add
add:
  %k = phi i64 [ 0, %row ], [ %k1, %add ]
  %from = getelementptr double, ptr %yr, i64 %k
  %to = getelementptr double, ptr %y, i64 %k
  %number = load double, ptr %from
  %sofar = load double, ptr %to
  %sum = fadd double %sofar, %number
  store double %sum, ptr %to
  %k1 = add i64 %k, 1
  %another = icmp ult i64 %k1, {results}
  br i1 %another, label %add, label %added
added:
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, %n
  br i1 %more, label %row, label %end
end:
  ret void
}}
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
"""
"""The results of each row; and their sums over all rows. ``w`` is memory for what passes from part to part."""


class LlvmCode:
    """A program as machine code.

    Raises:
        ImportError: llvmlite is not installed, or this system's C library lacks a function that the program calls.
    """

    name = "llvm"

    def __init__(self, program: Program) -> None:
        self.program = program
        text, self._kept = written(program)
        self._engine, address = _assembled(text)
        self._rows = CFUNCTYPE(None, c_void_p, c_void_p, c_void_p, c_void_p, c_int64)(address)

    def run(self, inputs: Sequence[float], parameters: Sequence[float]) -> list[float]:
        """The results for one sample."""
        results = array("d", bytes(8 * len(self.program.results)))
        self._call(array("d", inputs), parameters, results, 1)
        return results.tolist()

    def rows(self, inputs: Any, parameters: Sequence[float]) -> Any:
        """The results for each row of an array of floats, whose rows lie one after another."""
        results = numpy().empty((len(inputs), len(self.program.results)))
        self._call(inputs, parameters, results, len(inputs))
        return results

    def _call(self, inputs: Any, parameters: Sequence[float], results: Any, count: int) -> None:
        p, w = array("d", parameters), array("d", bytes(8 * self._kept))
        self._rows(*map(_address, (inputs, p, w, results)), count)


def _address(numbers: Any) -> int:
    address: int = numbers.buffer_info()[0] if isinstance(numbers, array) else numbers.ctypes.data
    return address


def written(program: Program) -> tuple[str, int]:
    """A program as LLVM's text, and how many numbers pass from part to part."""
    parts = [range(k, min(k + PART, len(program.instructions))) for k in range(0, len(program.instructions), PART)]
    kept: dict[int, int] = {}
    for part in parts:
        for place in part:
            op, operands, _ = program.instructions[place]
            for k in () if op in SOURCES else operands:
                if k < part.start and program.instructions[k].op not in SOURCES:
                    kept.setdefault(k, len(kept))
    results: dict[int, list[int]] = {}
    for column, place in enumerate(program.results):
        results.setdefault(place, []).append(column)
    names = sorted({i.op for i in program.instructions} & {*FUNCTIONS, "pow"} - {"sqrt"})
    declared = [f"declare double @{name}(double{', double' if name == 'pow' else ''})" for name in names]
    declared += ["declare double @llvm.fabs.f64(double)", "declare double @llvm.sqrt.f64(double)"]
    texts = [_Part(program, part, kept, results).text(f"part{n}") for n, part in enumerate(parts)]
    calls = [f"  call void @part{n}(ptr %xr, ptr %p, ptr %w, ptr %yr)" for n in range(len(parts))]
    results_ = len(program.results)
    loop = LOOP.format(inputs=program.inputs, results=results_, calls="\n".join(calls), kept=len(kept), bytes=8 * results_)
    return "\n".join([*declared, *texts, loop]), len(kept) + results_


class _Part:
    """A stretch of a program as one function: of the sample, the parameters, the kept numbers and the results."""

    def __init__(self, program: Program, part: range, kept: dict[int, int], results: dict[int, list[int]]) -> None:
        self.program, self.part, self.kept, self.results = program, part, kept, results
        self.lines: list[str] = []
        self.names: dict[int, str] = {}

    def text(self, name: str) -> str:
        for place in self.part:
            instruction = self.program.instructions[place]
            if instruction.op not in SOURCES:
                operands = [self.named(k) for k in instruction.operands]
                self.names[place] = self.line(LINES[instruction.op].format(*operands))
                if place in self.kept:
                    self.store("%w", self.kept[place], self.number(place, instruction))
            for column in self.results.get(place, ()):
                self.store("%y", column, self.named(place))
        body = "\n".join(f"  {line}" for line in self.lines)
        return f"define internal void @{name}(ptr %x, ptr %p, ptr %w, ptr %y) {{\n{body}\n  ret void\n}}"

    def named(self, place: int) -> str:
        """The operand that stands at a place: loaded once where it is not computed here."""
        if place not in self.names:
            instruction = self.program.instructions[place]
            if instruction.op == "constant":
                self.names[place] = f"0x{struct.pack('>d', instruction.number).hex().upper()}"
            elif instruction.op in SOURCES:
                self.names[place] = self.load("%x" if instruction.op == "input" else "%p", instruction.operands[0])
            else:
                loaded = self.load("%w", self.kept[place])
                truth = instruction.op in CONDITIONS
                self.names[place] = self.line(f"fcmp une double {loaded}, 0.0") if truth else loaded
        return self.names[place]

    def number(self, place: int, instruction: Instruction) -> str:
        """What is kept of an instruction: its number, or 1 or 0 for a truth."""
        truth = instruction.op in CONDITIONS
        return self.line(f"uitofp i1 {self.names[place]} to double") if truth else self.names[place]

    def line(self, text: str) -> str:
        name = f"%v{len(self.lines)}"
        self.lines.append(f"{name} = {text}")
        return name

    def load(self, base: str, index: int) -> str:
        return self.line(f"load double, ptr {self.line(f'getelementptr double, ptr {base}, i64 {index}')}")

    def store(self, base: str, index: int, number: str) -> None:
        at = self.line(f"getelementptr double, ptr {base}, i64 {index}")
        self.lines.append(f"store double {number}, ptr {at}")


LIBRARIES = (None, "libm.so.6", "ucrtbase")
"""Where C's functions of math.h are: in the running process, as on macOS; in glibc's file; in Windows' own."""


@cache
def ready() -> Any:
    """llvmlite, with this machine's code generator, and with the functions of math.h by name.

    Raises:
        ImportError: llvmlite is not installed, or a function of math.h is not found.
    """
    binding = llvmlite()
    with suppress(RuntimeError):  # newer versions do this by themselves, and say so
        binding.initialize()
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    missing = {*FUNCTIONS, "pow"}
    for library in LIBRARIES:
        with suppress(OSError, TypeError):
            functions = CDLL(library)
            for name in sorted(missing):
                if hasattr(functions, name):
                    binding.add_symbol(name, cast(getattr(functions, name), c_void_p).value)
                    missing.remove(name)
    if missing:
        raise ImportError(f"this system's C library has no {', '.join(sorted(missing))}, which machine code calls")
    return binding


def _assembled(text: str) -> tuple[Any, int]:
    """Machine code from LLVM's text: what keeps it alive, and the address of its loop."""
    binding = ready()
    module = binding.parse_assembly(text)
    target = binding.Target.from_default_triple().create_target_machine(
        cpu=binding.get_host_cpu_name(), features=binding.get_host_cpu_features().flatten(), opt=CODEGEN
    )
    engine = binding.create_mcjit_compiler(module, target)
    engine.finalize_object()
    return (engine, target), engine.get_function_address("rows")
