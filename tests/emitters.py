"""Every way to run a compiled program, as a function of rows and parameters; and how far each result may be off."""

import ctypes
import importlib.util
import itertools
import math
import shutil
import subprocess
from functools import partial

import numpy as np

from autograd.compile.arrays import ArrayCode
from autograd.compile.c import c_source
from autograd.compile.llvm import LlvmCode
from autograd.compile.machine import assembled
from autograd.compile.program import SOURCES
from autograd.compile.python import MEANING, PythonCode
from autograd.compile.source import python_source
from autograd.compile.vectors import functions
from autograd.testing.rounded import Rounded

GCC = shutil.which("gcc")
STRICT = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-O1", "-shared", "-fPIC"]
RUNS = (PythonCode, ArrayCode, LlvmCode, partial(LlvmCode, few=0), partial(LlvmCode, strict=True, few=0))
_numbers = itertools.count()


def c_functions(programs, folder):
    """The programs as C, compiled without a warning and loaded."""
    number = next(_numbers)
    file, library = folder / f"p{number}.c", folder / f"p{number}.so"
    file.write_text("\n".join(c_source(program, f"f{i}") for i, program in enumerate(programs)), "ascii")
    subprocess.run([GCC, *STRICT, str(file), "-o", str(library), "-lm"], check=True)
    loaded = ctypes.CDLL(str(library))
    return [_c_rows(getattr(loaded, f"f{i}"), program) for i, program in enumerate(programs)]


def _c_rows(function, program):
    double = ctypes.POINTER(ctypes.c_double)

    def rows(inputs, parameters):
        found = np.empty((len(inputs), len(program.outputs)))
        p = np.array(parameters, dtype=float)
        for x, y in zip(np.ascontiguousarray(inputs, dtype=float), found, strict=True):
            missed = function(*[a.ctypes.data_as(double) for a in (x, p, y)])
            assert missed == 0, missed
        return found

    return rows


def python_functions(programs, folder):
    """The programs as Python text, written to a file and imported."""
    name = f"written{next(_numbers)}"
    file = folder / f"{name}.py"
    texts = [python_source(program, [], f"f{i}") for i, program in enumerate(programs)]
    file.write_text("\n\n".join(texts), "utf-8")
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [_python_rows(getattr(module, f"f{i}")) for i in range(len(programs))]


def _python_rows(function):
    def rows(inputs, parameters):
        return np.array([function(row, tuple(parameters)) for row in inputs.tolist()])

    return rows


MAP = """
define void @map(ptr %x, ptr %y, ptr %z, i64 %n) {{
start:
  br label %next
next:
  %i = phi i64 [ 0, %start ], [ %j, %next ]
  %xi = getelementptr double, ptr %x, i64 %i
  %yi = getelementptr double, ptr %y, i64 %i
  %zi = getelementptr double, ptr %z, i64 %i
  %a = load {type}, ptr %xi, align 8
  %b = load {type}, ptr %yi, align 8
  %c = call {type} @v.{name}({arguments})
  store {type} %c, ptr %zi, align 8
  %j = add i64 %i, {width}
  %more = icmp ult i64 %j, %n
  br i1 %more, label %next, label %end
end:
  ret void
}}"""


def vector_function(name, width, fused=True):
    """One of ``autograd.compile.vectors``, as a function of arrays; the last vector is filled up with ones."""
    vectors = functions([name], width, fused)
    double = f"<{width} x double>"
    arguments = f"{double} %a, {double} %b" if name == "pow" else f"{double} %a"
    text = MAP.format(type=double, name=name, arguments=arguments, width=width)
    engine, (address,) = assembled("\n".join([*sorted(vectors.declared), vectors.text, text]), ["map"])
    call = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 3, ctypes.c_int64)(address)

    def mapped(x, y=()):
        count = -(-len(x) // width) * width
        given = np.ones((3, count))
        given[0, : len(x)], given[1, : len(y)] = x, y
        call(*[row.ctypes.data for row in given], count)
        return given[2, : len(x)]

    mapped.engine = engine  # lives as long as the function
    return mapped


def bounds(program, inputs, parameters=()):
    """By how much rounding may move each output at one sample; nan where nothing is known."""
    known = []
    for op, operands, number in program.instructions:
        if op in SOURCES:
            x = number if op == "constant" else (inputs if op == "input" else parameters)[operands[0]]
            known.append(Rounded(float(x)))
            continue
        try:
            known.append(MEANING[op](*[known[k] for k in operands]))
        except (ArithmeticError, ValueError):
            known.append(Rounded(math.nan, math.nan))
    return [known[k].e for k in program.outputs]


def agrees(got, want, bound):
    """Whether two results are the same up to rounding: what running error analysis allows, and some last bits."""
    if got == want or (got != got and want != want):
        return True
    if not (math.isfinite(bound) and math.isfinite(want)):
        return not math.isfinite(bound)
    return abs(got - want) <= 4 * bound + 8 * math.ulp(want)
