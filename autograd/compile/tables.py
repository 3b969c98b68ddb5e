"""Steps that no loop holds, as a table of numbers: what is too long to be compiled runs at once instead.

A row names an operation, where its result goes, and up to three operands, all of them slots. What all samples share gets
slots of its own, filled once. The interpreter is a loop over the rows, whose body has a case for each operation. Sums,
differences and products are one case, a·b + c, to the bit: of fewer cases the processor guesses the next one more often.
"""

from __future__ import annotations

from typing import Any, Final

from .extras import numbered, numpy
from .fuse import NUMBERS, OPS
from .rolled import SUMS, Nests
from .schedule import CONSTANT, LANE, PARAMETER, RESULT, Schedule

NOTHING, ONE, MINUS_ONE = 5, 6, 7
"""Columns behind the five of a nest: the constants -0.0, 1 and -1."""

PRODUCTS: Final = {
    "add": (2, ONE, 3),
    "sub": (3, MINUS_ONE, 2),
    "mul": (2, 3, NOTHING),
    "neg": (2, MINUS_ONE, NOTHING),
    "copy": (2, ONE, NOTHING),
    "sum": (2, ONE, 1),
    "dot": (2, 3, 1),
}
"""What is a·b + c: the columns of a, b and c."""

CASES: Final = (*OPS, "result")
"""What a row may ask for, by number: to fill from a parameter or a constant, a primitive, "dot" for a·b + c; "result" gives
one."""

BITS: Final = 6
"""A row's first number is the case, in so many bits, and above them the result's slot: a text would be gigabytes long before
there is no room for it."""

WIDTH: Final = 4
"""Numbers in a row: that one, and the operands."""


class Table:
    """Nests as rows, point by point.

    Args:
        schedule: what they are of; its slots are taken.
        nests: these.

    Attributes:
        rows: first those that fill.
        cases: what occurs in them.
        ends: for each nest, the first row after it.
        filled: how many rows fill.
        slots: how many slots there are now.
    """

    def __init__(self, schedule: Schedule, nests: Nests) -> None:
        np = numpy()
        of = np.repeat(np.arange(len(nests)), nests.points)
        left = np.arange(len(of)) - (np.cumsum(nests.points) - nests.points)[of]
        at, inner = nests.firsts[of], left % nests.sizes[0][of]
        for size, strides in zip(nests.sizes, nests.strides):
            left, step = np.divmod(left, size[of])
            at += strides[of] * step[:, None]
        ops, kinds = nests.ops[of], nests.kinds[of]
        is_sum, is_result = np.isin(ops, [NUMBERS[op] for op in SUMS]), kinds[:, 0] == RESULT
        out = np.where(is_result, schedule.slots, at[:, 0])  # a result passes through a slot
        results, goes_on = at[:, 0].copy(), is_sum & (inner > 0)
        at[goes_on, 1], kinds[goes_on, 1] = out[goes_on], LANE

        cases, all_at, all_kinds = np.arange(len(OPS)), at, kinds
        at, kinds = at[:, 2:].copy(), kinds[:, 2:].copy()
        for op, found in PRODUCTS.items():
            cases[NUMBERS[op]], rows = NUMBERS["dot"], np.flatnonzero(ops == NUMBERS[op])
            at[rows] = np.hstack([all_at[rows], np.tile([0, 1, 2], (len(rows), 1))])[:, found]
            kinds[rows] = np.hstack([all_kinds[rows], np.full((len(rows), 3), CONSTANT)])[:, found]
        self.slots, fills = schedule.slots + 1, []
        for kind in (PARAMETER, CONSTANT):
            here = kinds == kind
            used, places = numbered(at[here])
            at[here] = self.slots + places
            fills.append(_rows(np.full(len(used), kind), self.slots + np.arange(len(used)), used))
            self.slots += len(used)

        gives = np.flatnonzero(is_result & (~is_sum | (inner == nests.sizes[0][of] - 1)))
        given = _rows(np.full(len(gives), CASES.index("result")), results[gives], out[gives])
        rows = np.concatenate([np.column_stack([out << BITS | cases[ops], at]), given])
        order = np.argsort(np.concatenate([np.arange(len(of)), gives]), kind="stable")  # a result right after its number
        self.rows = np.concatenate([*fills, rows[order]]).astype("uint32")
        self.cases = numbered(self.rows[:, 0] & (1 << BITS) - 1)[0].tolist()
        self.filled = len(self.rows) - len(rows)
        self.ends = self.filled + np.cumsum(nests.points + np.bincount(of[gives], minlength=len(nests)))

    def text(self, name: str) -> str:
        """All of it as a constant of LLVM."""
        numbers = self.rows.tobytes()
        letters = "\\" * bool(numbers) + numbers.hex("\\")
        return f'@{name} = internal constant [{len(numbers)} x i8] c"{letters}", align 8'


def _rows(cases: Any, out: Any, operand: Any) -> Any:
    """Rows with one operand."""
    nothing = numpy().zeros(len(cases), "int64")
    return numpy().column_stack([out << BITS | cases, operand, nothing, nothing])
