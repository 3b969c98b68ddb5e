"""Steps that no loop holds, as a table of numbers: what is too long to be compiled runs at once instead.

A row names an operation, where its result goes, and up to three operands, all of them slots. What all samples share gets
slots of its own, filled once. The interpreter is a loop over the rows, whose body has a case for each operation.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import product
from typing import Final

from .program import PRIMITIVES
from .schedule import SUMS, Nest, Operand

CASES: Final = (*PRIMITIVES, "copy", "dot", "result", "parameter", "constant")
"""What a row may ask for, by number. "dot" adds a product to its first operand; "result" gives one; the last two fill."""

WIDTH: Final = 5
"""Numbers in a row: the case, the result, the operands."""


class Table:
    """Rows, as they are written.

    Args:
        slots: the slots that are taken; more are taken here, the first one for what goes straight to a result.
    """

    def __init__(self, slots: int) -> None:
        self.passing, self.slots = slots, slots + 1
        self.fills = array("i")
        self.rows = array("i")
        self._uniform: dict[tuple[str, int], int] = {}

    def add(self, nest: Nest) -> None:
        """The rows of a nest, point by point."""
        for point in product(*map(range, nest.sizes)):
            out = nest.out.at(point)
            to = self.passing if nest.out.kind == "result" else out
            if nest.op in SUMS:
                first = self._slot(nest.operands[0], point) if point[-1] == 0 else to
                self._row("dot" if nest.op == "dot" else "add", to, first, *self._slots(nest.operands[1:], point))
            else:
                self._row(nest.op, to, *self._slots(nest.operands, point))
            if nest.out.kind == "result" and (nest.op not in SUMS or point[-1] == nest.sizes[-1] - 1):
                self._row("result", out, to)

    def _slots(self, operands: Sequence[Operand], point: Sequence[int]) -> list[int]:
        return [self._slot(operand, point) for operand in operands]

    def _slot(self, operand: Operand, point: Sequence[int]) -> int:
        index = operand.at(point)
        if operand.kind == "lane":
            return index
        slot = self._uniform.setdefault((operand.kind, index), self.slots)
        if slot == self.slots:
            self.slots += 1
            self.fills.extend((CASES.index(operand.kind), slot, index, 0, 0))
        return slot

    def _row(self, case: str, *numbers: int) -> None:
        self.rows.extend((NUMBERS[case], *numbers, *(0,) * (WIDTH - 1 - len(numbers))))

    def text(self, name: str) -> str:
        """All of it as a constant of LLVM, the fills first."""
        found = self.fills + self.rows
        letters = "".join([f"\\{byte:02X}" for byte in found.tobytes()])
        return f'@{name} = internal constant [{len(found) * found.itemsize} x i8] c"{letters}", align 8'

    @property
    def filled(self) -> int:
        """How many rows fill."""
        return len(self.fills) // WIDTH


NUMBERS: Final = {case: number for number, case in enumerate(CASES)}
