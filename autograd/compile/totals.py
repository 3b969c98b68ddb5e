"""Results that are added up over samples, as LLVM's text: after some tiles, for all of them at once.

What a result rests on lies ready in each tile's memory. So a few results are kept in registers while a loop goes over the
tiles, and what results share is loaded once: the gradient of a layer's weights is the product of two matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby, product
from operator import itemgetter
from typing import Final

from .inner import turned
from .nests import Part, is_single
from .rolled import OF_ONE, SUMS, Nest, Operand
from .writer import Step

ROWS: Final = 2
"""So many rows of results are added up together, of each as many as a vector holds."""

Point = tuple[Nest, list[Step]]
"""A result: one of a nest's."""


class Totals(Part):
    """The results of some tiles, added to what is there."""

    arguments = "ptr %memory, i64 %samples, ptr %p, ptr %y"

    def of(self, nests: Sequence[Nest]) -> None:
        """All results."""
        lanes, few = self.shape.lanes, []
        up = self.line(f"add i64 %samples, {lanes - 1}")
        self.lines.append(f"%tiles = udiv i64 {up}, {lanes}")
        for nest in nests:
            if is_single(nest):
                points = product(*[[("", k) for k in range(size)] for size in nest.sizes[: _outer(nest)]])
                few += [(self._index(nest.out, point)[0], (nest, [*point])) for point in points]
            else:
                self._loops_of_totals(nest)
        few.sort(key=itemgetter(0))
        beside = [at - k for k, (at, _) in enumerate(few)]  # the same for neighbours
        groups = [[point for _, (_, point) in found] for _, found in groupby(zip(beside, few), itemgetter(0))]
        n = self.shape.width
        groups = [group[k : k + n] for group in groups for k in range(0, len(group), n)]
        for k in range(0, len(groups), ROWS):
            self._totals(groups[k : k + ROWS])

    def _loops_of_totals(self, nest: Nest) -> None:
        """Loops around blocks: some steps of a loop whose results are neighbours, of some rows."""
        loops, few = range(_outer(nest)), nest.op not in SUMS
        across = max(loops, key=lambda k: (abs(nest.out.strides[k]) == 1, k), default=0)
        if loops and nest.out.strides[across] == -1:
            nest = turned(nest, across)

        def around(left: Sequence[int], rows: list[dict[int, Step]]) -> None:
            if left:
                loop, *others = left

                def inside(steps: list[Step]) -> None:
                    around(others, [{**row, loop: step} for row in rows for step in steps])

                self._steps(nest.sizes[loop], 1 if others or not few else ROWS, inside)
            elif loops:
                self._steps(nest.sizes[across], self.shape.width, lambda steps: block(rows, steps))
            else:
                block(rows, [("", 0)])

        def block(rows: list[dict[int, Step]], steps: list[Step]) -> None:
            self._totals([[(nest, [{**row, across: step}[k] for k in loops]) for step in steps] for row in rows])

        around([k for k in loops if k != across], [{}])

    def _steps(self, size: int, together: int, body: Callable[[list[Step]], None]) -> None:
        """So many steps of a loop, some at a time."""
        whole = size // together * together

        def inside(variable: str, _: list[str]) -> list[str]:
            body([(variable, k) for k in range(together)])
            return []

        if whole > together:
            self.loop(whole, together, [], inside)
        elif whole:
            inside("", [])
        if whole < size:
            body([("", k) for k in range(whole, size)])

    def _totals(self, groups: Sequence[Sequence[Point]]) -> None:
        """Groups of results, each added up over all tiles, and then to what is there."""
        points = [one for group in groups for one in group]
        sums = self.loop("%tiles", 1, self.nothing(len(points)), lambda tile, names: self._tile(tile, points, names))
        for group in groups:
            self._add(group, sums[: len(group)])
            sums = sums[len(group) :]

    def _tile(self, tile: str, points: Sequence[Point], sums: list[str]) -> list[str]:
        """The sums with a tile's samples, vector by vector; those that are not there are left out."""
        lanes, n, found = self.shape.lanes, self.shape.width, list(sums)
        memory, before = [self.line(f"mul i64 {tile}, {step}") for step in (self.schedule.slots * lanes, lanes)]
        self.bases["lane"] = self.line(f"getelementptr double, ptr %memory, i64 {memory}")
        left = self.line(f"sub i64 %samples, {before}")
        one = self.line(f"insertelement <{n} x i64> poison, i64 {left}, i64 0")
        all_left = self.line(f"shufflevector <{n} x i64> {one}, <{n} x i64> poison, <{n} x i32> zeroinitializer")
        terms = [self._terms(*point) for point in points]
        for q in self.shape.vectors:
            numbers = "<" + ", ".join(f"i64 {q * n + k}" for k in range(n)) + ">"
            mask = self.line(f"icmp ult <{n} x i64> {numbers}, {all_left}")
            for k, (conditions, products) in enumerate(terms):
                sofar, type, truth, counts = found[k], self.shape.type, self.shape.truth, mask
                for factors in products:
                    (sofar,) = self.added([sofar], [[factor[q]] for factor in factors])
                if conditions:
                    counts = self.line(f"and {truth} {mask}, {self.truth(conditions[q])}")
                found[k] = self.line(f"select {truth} {counts}, {type} {sofar}, {type} {found[k]}")
        return found

    def _terms(self, nest: Nest, point: list[Step]) -> tuple[list[str], list[list[list[str]]]]:
        """What is to be added for a result: under which condition, if any; and terms, or the factors of products. Each is of
        all vectors of a tile."""
        if nest.op in OF_ONE.values():
            before, *more = [self.load(o, point) for o in nest.operands]
            return [], [[before], more]
        if nest.op not in SUMS:
            if nest.op == "where" and self._nothing(nest.operands[2]):
                return self.load(nest.operands[0], point), [self._factors("copy", nest.operands[1:2], point)]
            return [], [self._factors(nest.op, nest.operands, point)]
        begin, *factors = nest.operands

        def column(variable: str, sums: list[str]) -> list[str]:
            return self.added(sums, [self.load(o, [*point, (variable, 0)]) for o in factors])

        return [], [[self.loop(nest.sizes[-1], 1, self.load(begin, [*point, ("", 0)]), column)]]

    def _factors(self, op: str, operands: Sequence[Operand], point: list[Step]) -> list[list[str]]:
        """An operation's result, or if it is a product its factors."""
        inner = operands[0].inner
        if op == "copy" and inner is not None:
            op, operands = inner.op, inner.operands
        loaded = [self.load(o, point) for o in operands]
        return loaded if op == "mul" else [self.computed(op, loaded)]

    def _nothing(self, operand: Operand) -> bool:
        """Whether an operand is 0."""
        return operand.kind == "constant" and not any(operand.strides) and self.schedule.constants[operand.first] == 0

    def _add(self, group: Sequence[Point], sums: list[str]) -> None:
        """Each vector's sum to a result, or where they are neighbours to all at once."""
        n, type, suffix = self.shape.width, self.shape.type, self.shape.suffix
        indices = [self._index(nest.out, point) for nest, point in group]
        (start, moving), (nest, point) = indices[0], group[0]
        if len(group) == 1 or indices != [(start + k, moving) for k in range(len(group))]:
            for (nest, point), sum in zip(group, sums):
                at = self.address("%y", nest.out, point, 1)
                before = self.line(f"load double, ptr {at}")
                total = self.line(f"call reassoc double @llvm.vector.reduce.fadd.{suffix}(double {before}, {type} {sum})")
                self.lines.append(f"store double {total}, ptr {at}")
            return
        at, mask = self.address("%y", nest.out, point, 1), f"{self.shape.truth} {self.first(len(group))}"
        total = self.transposed([*sums, *self.nothing(n - len(group))])
        before = self.line(f"call {type} @llvm.masked.load.{suffix}.p0(ptr {at}, i32 8, {mask}, {type} poison)")
        (total,) = self.added([before], [[total]])
        self.lines.append(f"call void @llvm.masked.store.{suffix}.p0({type} {total}, ptr {at}, i32 8, {mask})")


def _outer(nest: Nest) -> int:
    """How many of a nest's loops go over results."""
    return len(nest.sizes) - (nest.op in SUMS)
