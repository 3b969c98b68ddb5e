"""A program in pure Python: it runs with nothing installed, and it is the plainest statement of what a program means."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, Final

from .. import intrinsics
from ..intrinsics import ERRORS, ieee
from .extras import numpy
from .program import FUNCTIONS, SOURCES, Program

MEANING: Final[dict[str, Callable[..., Any]]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": intrinsics.power,
    "neg": operator.neg,
    "abs": abs,
    "where": lambda condition, a, b: a if condition else b,
    "lt": operator.lt,
    "le": operator.le,
    "eq": operator.eq,
    "ne": operator.ne,
    "and": operator.and_,
    "or": operator.or_,
    **{name: getattr(intrinsics, name) for name in FUNCTIONS},
}
"""Each primitive, on floats."""


class PythonCode:
    """A program that runs in Python, instruction by instruction: always strictly.

    >>> from .lower import lower
    >>> from .record import record
    >>> program, _ = lower(record(lambda x: 1 / x, (2.0,)))
    >>> PythonCode(program).run([0.0], [])
    [inf]
    """

    name, threads, progress = "python", 1, False  # more threads would wait for each other

    def __init__(self, program: Program, strict: bool = True) -> None:
        self.program = program
        self._start: list[Any] = [i.number for i in program.instructions]
        sources = [(place, i) for place, i in enumerate(program.instructions) if i.op in SOURCES]
        self._inputs = [(place, i.operands[0]) for place, i in sources if i.op == "input"]
        self._parameters = [(place, i.operands[0]) for place, i in sources if i.op == "parameter"]
        steps = [(place, i) for place, i in enumerate(program.instructions) if i.op not in SOURCES]
        self._steps = [(place, MEANING[i.op], i.operands) for place, i in steps]

    def run(self, inputs: Sequence[float], parameters: Sequence[float]) -> list[float]:
        """The results for one sample."""
        known = self._start.copy()
        for place, k in self._inputs:
            known[place] = inputs[k]
        for place, k in self._parameters:
            known[place] = parameters[k]
        for place, function, operands in self._steps:
            args = [known[k] for k in operands]
            try:
                known[place] = function(*args)
            except ERRORS:  # where Python raises, IEEE 754 has an answer
                known[place] = ieee(function, args)
        return [known[k] for k in self.program.results]

    def soon(self, rows: int | None = None) -> None:
        """There is no machine code."""

    def about(self) -> list[str]:
        """Nothing to add."""
        return []

    def rows(self, inputs: Any, parameters: Sequence[float], out: Any = None) -> Any:
        """The results for each row of an array; put into another one, if it is given."""
        found = numpy().empty((len(inputs), len(self.program.results))) if out is None else out
        for row, numbers in enumerate(inputs.tolist()):
            found[row] = self.run(numbers, parameters)
        return found
