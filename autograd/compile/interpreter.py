"""The interpreter of a :class:`.tables.Table`: compiled in no time, whatever the table's length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .nests import Part
from .program import CONDITIONS
from .rolled import Operand
from .tables import BITS, CASES, WIDTH

ARITY: Final = {"where": 3, **dict.fromkeys(("div", "pow"), 2), **dict.fromkeys(CONDITIONS, 2)}
"""How many operands a primitive has, where it is not one."""

INTERPRETER: Final = """
define internal void @{name}.table(i64 %from, i64 %to, i64 %live, ptr %p, ptr %w, ptr %y) {{
entry:
  {masks}
  %first = getelementptr [{width} x i32], ptr @{name}.numbers, i64 %from
  %last = getelementptr [{width} x i32], ptr @{name}.numbers, i64 %to
  br label %loop
loop:
  %row = phi ptr [ %first, %entry ], [ %row1, %next ]
  %word = load i32, ptr %row
  %a.at = getelementptr i32, ptr %row, i64 1
  %b.at = getelementptr i32, ptr %row, i64 2
  %c.at = getelementptr i32, ptr %row, i64 3
  %a.32 = load i32, ptr %a.at
  %b.32 = load i32, ptr %b.at
  %c.32 = load i32, ptr %c.at
  %case = and i32 %word, {most}
  %out.32 = lshr i32 %word, {bits}
  %out = zext i32 %out.32 to i64
  %a = zext i32 %a.32 to i64
  %b = zext i32 %b.32 to i64
  %c = zext i32 %c.32 to i64
  switch i32 %case, label %next [ {targets} ]
  {cases}
next:
  %row1 = getelementptr [{width} x i32], ptr %row, i64 1
  %more = icmp ult ptr %row1, %last
  br i1 %more, label %loop, label %end
end:
  ret void
}}
"""


class Interpreter(Part):
    """The loop over a table's rows."""

    def whole(self, name: str, cases: Sequence[int]) -> str:
        """Its function, which knows these cases."""
        slot = Operand("lane", 0, (1,))
        for number in cases:
            case = CASES[number]
            self.known, self.truths = {}, {}
            self.lines.append(f"case{number}:")
            a, b, c, out = [[(f"%{operand}", 0)] for operand in ("a", "b", "c", "out")]
            if case == "result":
                self.store(slot._replace(kind="result"), out, self.load(slot, a), False)
            elif case in ("parameter", "constant"):
                self.store(slot, out, self.load(slot._replace(kind=case), a), False)
            elif case == "dot":
                factors = [self.load(slot, a), self.load(slot, b)]
                self.store(slot, out, self.added(self.load(slot, c), factors), False)
            else:
                operands = [self.load(slot, point) for point in (a, b, c)[: ARITY.get(case, 1)]]
                self.store(slot, out, self.computed(case, operands), False)
            self.lines.append("br label %next")
        targets = " ".join([f"i32 {number}, label %case{number}" for number in cases])
        masks = "\n  ".join(self._masks() if self.masked else [])
        body = "\n  ".join(self.lines)
        return INTERPRETER.format(
            name=name, width=WIDTH, bits=BITS, most=(1 << BITS) - 1, masks=masks, cases=body, targets=targets
        )
