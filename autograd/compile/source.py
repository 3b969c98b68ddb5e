"""A program as the text of a Python function that imports nothing but math: to read, to keep, to take elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Final

from .program import CONDITIONS, FUNCTIONS, SOURCES, Program

TEMPLATES: Final[dict[str, str]] = {
    "add": "{0} + {1}",
    "sub": "{0} - {1}",
    "mul": "{0} * {1}",
    "div": "div({0}, {1})",
    "pow": "pow_({0}, {1})",
    "neg": "-{0}",
    "abs": "abs({0})",
    "where": "{1} if {0} else {2}",
    "lt": "{0} < {1}",
    "le": "{0} <= {1}",
    "eq": "{0} == {1}",
    "ne": "{0} != {1}",
    "and": "{0} and {1}",
    "or": "{0} or {1}",
    **{name: f"math.{name}({{0}})" for name in FUNCTIONS},
    **{name: f"{name}({{0}})" for name in ("exp", "expm1", "sinh", "cosh", "log", "log2", "log10", "log1p", "sqrt")},
    **{name: f"{name}({{0}})" for name in ("sin", "cos", "tan", "asin", "acos")},
}
"""Each primitive as Python writes it."""

NAN: Final = "false for nan alone"
"""What is to be said of v <= v."""

_OVERFLOWS = """
def {name}(x):
    try:
        return math.{name}(x)
    except OverflowError:
        return {beyond}
"""
_HAS_A_DOMAIN = """
def {name}(x):
    return math.{name}(x) if {inside} else {outside}
"""
HELPERS: Final[dict[str, str]] = {
    "div": """
def div(x, y):
    if y != 0:
        return x / y
    return math.nan if x == 0 or x != x else math.copysign(math.inf, x) * math.copysign(1.0, y)
""",
    "pow": """
def pow_(x, y):
    try:
        z = x**y
    except (OverflowError, ZeroDivisionError):
        return math.copysign(math.inf, x) if y % 2 == 1 else math.inf
    return math.nan if isinstance(z, complex) else z
""",
    **{name: _OVERFLOWS.format(name=name, beyond="math.inf") for name in ("exp", "expm1", "cosh")},
    "sinh": _OVERFLOWS.format(name="sinh", beyond="math.copysign(math.inf, x)"),
    **{
        name: _HAS_A_DOMAIN.format(name=name, inside="x > 0", outside="-math.inf if x == 0 else math.nan")
        for name in ("log", "log2", "log10")
    },
    "log1p": _HAS_A_DOMAIN.format(name="log1p", inside="x > -1", outside="-math.inf if x == -1 else math.nan"),
    "sqrt": _HAS_A_DOMAIN.format(name="sqrt", inside="x >= 0", outside="math.nan"),
    **{name: _HAS_A_DOMAIN.format(name=name, inside="-1 <= x <= 1", outside="math.nan") for name in ("asin", "acos")},
    **{
        name: _HAS_A_DOMAIN.format(name=name, inside="abs(x) < math.inf", outside="math.nan")
        for name in ("sin", "cos", "tan")
    },
}
"""What answers as IEEE 754 does where Python would raise."""


def literal(x: float) -> str:
    """A float as Python writes it.

    >>> literal(0.5), literal(float("-inf"))
    ('0.5', '-math.inf')
    """
    return repr(x) if isfinite(x) else "math.nan" if x != x else "math.inf" if x > 0 else "-math.inf"


def assignments(
    program: Program,
    templates: Mapping[str, str],
    constant: Callable[[float], str],
    line: Callable[[str, str, bool], str],
    comment: str = "  # {}",
) -> tuple[list[str], list[str]]:
    """A line for each step, and what each place is called; ``line`` is given a name, its formula, whether it is a truth."""
    called: list[str] = []
    lines: list[str] = []
    for op, operands, number in program.instructions:
        if op in SOURCES:
            called.append(constant(number) if op == "constant" else f"{'x' if op == 'input' else 'p'}[{operands[0]}]")
            continue
        formula = templates[op].format(*[_operand(called[k]) for k in operands])
        called.append(f"v{len(lines) + 1}")
        odd = op == "le" and operands[0] == operands[1]
        lines.append(line(called[-1], formula, op in CONDITIONS) + (comment.format(NAN) if odd else ""))
    return lines, called


def _operand(text: str) -> str:
    return f"({text})" if text.startswith("-") else text


def python_source(program: Program, parameters: Sequence[float], name: str = "value_and_gradient") -> str:
    """A program as a Python function of a list of inputs, which returns the list of results.

    Args:
        program: what to write.
        parameters: their numbers now, which become the default of the function's second argument.
        name: what the function is called.

    >>> from .lower import lower
    >>> from .record import record
    >>> program, _ = lower(record(lambda x: x.exp() + 1, (2.0,)))
    >>> print(python_source(program, [], "f").partition("def f")[2])
    (x, p=()):
        v1 = exp(x[0])
        v2 = v1 + 1.0
        return [v2]
    <BLANKLINE>
    """
    lines, called = assignments(program, TEMPLATES, literal, lambda name, formula, _: f"    {name} = {formula}")
    for guard in program.guards:
        lines.append(f"    if {called[guard.place]} != {int(guard.outcome)}:")
        lines.append(f"        raise ValueError({f'this branch was not recorded: {guard.line}'!r})")
    used = {i.op for i in program.instructions}
    helpers = [text.strip("\n") for op, text in HELPERS.items() if op in used]
    defaults = "".join(f"{literal(p)}, " for p in parameters).strip()
    results = ", ".join([called[k] for k in program.outputs])
    body = "\n".join([f"def {name}(x, p=({defaults})):", *lines, f"    return [{results}]"])
    return "\n\n\n".join(["import math", *helpers, body]) + "\n"
