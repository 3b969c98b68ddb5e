"""A program on NumPy arrays: each instruction is one array operation over many rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from .extras import numpy
from .program import SOURCES, Program, last_uses
from .python import PythonCode

BLOCK = 2048
"""Rows computed at once: a few numbers for each of them still fit into the processor's cache."""

NAMES: Final[dict[str, str]] = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "div": "divide",
    "pow": "power",
    "neg": "negative",
    "abs": "absolute",
    "where": "where",
    "lt": "less",
    "le": "less_equal",
    "eq": "equal",
    "ne": "not_equal",
    "and": "logical_and",
    "or": "logical_or",
    **{name: name for name in ("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "tan")},
    **{name: name for name in ("sinh", "cosh", "tanh")},
    **{"asin": "arcsin", "acos": "arccos", "atan": "arctan"},
}
"""What NumPy calls each primitive. erf it does not have."""


class ArrayCode(PythonCode):
    """A program over arrays; a single sample runs in Python, which is quicker than arrays of one."""

    name = "arrays"

    def __init__(self, program: Program, strict: bool = True) -> None:
        super().__init__(program, strict)
        np = numpy()
        self._functions = {op: getattr(np, name) for op, name in NAMES.items()}
        each: Any = np.frompyfunc(math.erf, 1, 1)
        self._functions["erf"] = lambda x: np.asarray(each(x), dtype=float)
        # An exponent that is one number would take shortcuts: sqrt for 0.5, which differs at -inf.
        self._functions["pow"] = lambda x, y: np.power(x, y + np.zeros_like(x))
        self._forget = last_uses(program)

    def rows(self, inputs: Any, parameters: Sequence[float], out: Any = None) -> Any:
        """The results for each row: a new array, whatever the results are, or the one that is given."""
        np = numpy()
        found = np.empty((len(inputs), len(self.program.results))) if out is None else out
        with np.errstate(all="ignore"):
            for start in range(0, len(inputs), BLOCK):
                self._block(inputs[start : start + BLOCK], parameters, found[start : start + BLOCK])
        return found

    def _block(self, inputs: Any, parameters: Sequence[float], found: Any) -> None:
        known: list[Any] = []
        for (op, operands, number), ends in zip(self.program.instructions, self._forget):
            if op == "input":
                known.append(inputs[:, operands[0]])
            elif op in SOURCES:
                known.append(parameters[operands[0]] if op == "parameter" else number)
            else:
                known.append(self._functions[op](*[known[k] for k in operands]))
            for k in ends:
                known[k] = None
        for column, k in enumerate(self.program.results):
            found[:, column] = known[k]
