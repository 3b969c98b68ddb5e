"""Rows of samples as LLVM's text: inputs into slots, where samples lie side by side, and results from there into rows.

So many numbers at a time as a vector holds change places as rows and columns of a matrix do, in registers. To read or write
each by itself takes several times as long.
"""

from __future__ import annotations

from collections.abc import Callable

from .rolled import Operand
from .sums import Sums
from .writer import Step

SLOT = Operand("lane", 0, (1,))


class Rows(Sums):
    """A function that begins or ends with rows."""

    def take_inputs(self, written_out: bool) -> None:
        """The samples' rows, into slots; what is beyond the last one repeats it."""
        shape, count = self.shape, self.schedule.inputs
        if shape.lanes > 1 and count >= shape.width:
            last = self.line("sub i64 %live, 1")
            rows = [self.line(f"call i64 @llvm.umin.i64(i64 {last}, i64 {k})") for k in range(shape.lanes)]
            starts = [self.line(f"mul i64 {row}, {count}") for row in rows]
            self._groups(count, lambda step: self._take(starts, step, written_out), written_out)
            return
        if shape.lanes == 1 and not written_out:
            self.lines.append(f"call void @llvm.memcpy.p0.p0.i64(ptr %w, ptr %x, i64 {8 * count}, i1 false)")
            return
        places = ["%x"] if shape.lanes == 1 else [self._places(q) for q in shape.vectors]

        def one(step: Step) -> None:
            at = self.address("%x", SLOT, [step], 1)
            read = [self.line(f"load double, ptr {at}")] if shape.lanes == 1 else [self._gathered(at, p) for p in places]
            self.store(SLOT, [step], read, written_out)

        self.steps(count, 1, one, written_out)

    def give_results(self) -> None:
        """The results of all samples; if some are not there, by way of other memory."""
        shape, results = self.shape, self.schedule.results
        stage = self.schedule.slots * shape.lanes
        self.bases["lane"] = self.line(f"getelementptr double, ptr %w, i64 {stage}")
        spare = self.line(f"getelementptr double, ptr %w, i64 {stage + results * shape.lanes}")
        full = self.line(f"icmp eq i64 %live, {shape.lanes}")
        to = self.line(f"select i1 {full}, ptr %y, ptr {spare}")

        def give(step: Step) -> None:
            vectors = [self.load(SLOT, [(step[0], step[1] + k)]) for k in range(shape.width)]
            at = self.address(to, SLOT, [step], 1)
            for q in shape.vectors:
                for k, row in enumerate(self.turned([vector[q] for vector in vectors])):
                    place = self.line(f"getelementptr double, ptr {at}, i64 {(q * shape.width + k) * results}")
                    self.lines.append(f"store {shape.type} {row}, ptr {place}, align 8")

        self._groups(results, give, False)
        bytes = self.line(f"mul i64 %live, {8 * results}")
        some = self.line(f"select i1 {full}, i64 0, i64 {bytes}")
        self.lines.append(f"call void @llvm.memcpy.p0.p0.i64(ptr %y, ptr {spare}, i64 {some}, i1 false)")

    def _groups(self, count: int, body: Callable[[Step], None], written_out: bool) -> None:
        """As many at a time as a vector holds; the last ones with some of those before."""
        n = self.shape.width
        self.steps(count // n * n, n, body, written_out)
        if count % n:
            body(("", count - n))

    def steps(self, count: int, step: int, body: Callable[[Step], None], written_out: bool) -> None:
        """A loop, or all of it written out."""

        def inside(variable: str, _: list[str]) -> list[str]:
            body((variable, 0))
            return []

        if written_out or count <= step:
            for k in range(0, count, step):
                body(("", k))
        else:
            self.loop(count, step, [], inside)

    def _take(self, starts: list[str], step: Step, written_out: bool) -> None:
        """Some inputs of all samples."""
        shape, n = self.shape, self.shape.width
        from_ = self.address("%x", SLOT, [step], 1)
        rows = [self.line(f"getelementptr double, ptr {from_}, i64 {start}") for start in starts]
        rows = [self.line(f"load {shape.type}, ptr {row}, align 8") for row in rows]
        columns = [self.turned(rows[q * n : q * n + n]) for q in shape.vectors]
        for k, vectors in enumerate(zip(*columns)):
            self.store(SLOT, [(step[0], step[1] + k)], [*vectors], written_out)

    def _places(self, q: int) -> str:
        """How far from the first sample's row each sample's row of a vector is."""
        n, count = self.shape.width, self.schedule.inputs
        self.masked = True
        numbers = "<" + ", ".join(f"i64 {q * n + k}" for k in range(n)) + ">"
        last = self.line(f"sub <{n} x i64> %lives, {self.shape.splat('1', 'i64')}")
        row = self.line(f"select {self.shape.truth} %mask{q}, <{n} x i64> {numbers}, <{n} x i64> {last}")
        return self.line(f"mul <{n} x i64> {row}, {self.shape.splat(str(count), 'i64')}")

    def _gathered(self, at: str, places: str) -> str:
        """An input of several samples."""
        n, type = self.shape.width, self.shape.type
        from_ = self.line(f"getelementptr double, ptr {at}, <{n} x i64> {places}")
        given = f"<{n} x ptr> {from_}, i32 8, {self.shape.truth} {self.shape.splat('true', 'i1')}, {type} poison"
        return self.line(f"call {type} @llvm.masked.gather.{self.shape.suffix}.v{n}p0({given})")
