"""A program as portable C99, which includes nothing but math.h."""

from __future__ import annotations

from math import isfinite
from typing import Final

from .program import FUNCTIONS, Program
from .source import assignments

TEMPLATES: Final[dict[str, str]] = {
    "add": "{0} + {1}",
    "sub": "{0} - {1}",
    "mul": "{0} * {1}",
    "div": "{0} / {1}",
    "pow": "pow({0}, {1})",
    "neg": "-{0}",
    "abs": "fabs({0})",
    "where": "{0} ? {1} : {2}",
    "lt": "{0} < {1}",
    "le": "{0} <= {1}",
    "eq": "{0} == {1}",
    "ne": "{0} != {1}",
    "and": "{0} && {1}",
    "or": "{0} || {1}",
    **{name: f"{name}({{0}})" for name in FUNCTIONS},
}
"""Each primitive as C writes it."""


def literal(x: float) -> str:
    """A float as C writes it.

    >>> literal(-0.5), literal(float("-inf"))
    ('-0.5', '-INFINITY')
    """
    return repr(x) if isfinite(x) else "NAN" if x != x else "INFINITY" if x > 0 else "-INFINITY"


def c_source(program: Program, name: str = "value_and_gradient") -> str:
    """A program as a C function of inputs x and parameters p, which writes the results to y.

    It returns 0, or the number of the first branch that these inputs do not take as the recording did; y is then not to be
    used. y must not overlap x or p. Compile without -ffast-math, and with -ffp-contract=off where the compiler fuses (gcc
    -std=c99 does not).

    >>> from .lower import lower
    >>> from .record import record
    >>> program, _ = lower(record(lambda x: x.exp() + 1, (2.0,)))
    >>> print(c_source(program, "f").partition("int f")[2])
    (const double *x, const double *p, double *y)
    {
        const double v1 = exp(x[0]);
        const double v2 = v1 + 1.0;
        (void)x;
        (void)p;
        y[0] = v2;
        return 0;
    }
    <BLANKLINE>
    """
    lines, called = assignments(
        program,
        TEMPLATES,
        literal,
        lambda name, formula, truth: f"const {'int' if truth else 'double'} {name} = {formula};",
        comment="  /* {} */",
    )
    lines += ["(void)x;", "(void)p;"]
    lines += [f"y[{column}] = {called[place]};" for column, place in enumerate(program.outputs)]
    for number, guard in enumerate(program.guards, 1):
        line = guard.line.replace("*/", "* /").encode("ascii", "replace").decode()
        lines.append(f"if ({called[guard.place]} != {int(guard.outcome)}.0) return {number}; /* {line} */")
    lines.append("return 0;")
    body = "\n".join(f"    {line}" for line in lines)
    about = f"/* {program.inputs} inputs x, {program.parameters} parameters p, {len(program.outputs)} results y. */"
    return f"#include <math.h>\n\n{about}\nint {name}(const double *x, const double *p, double *y)\n{{\n{body}\n}}\n"
