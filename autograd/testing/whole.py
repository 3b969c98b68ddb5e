"""A whole graph: every pass of the engine against the graph's values."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import inf, isfinite
from typing import Any

from ..backward import local_grads
from ..derivatives import _push, grad
from ..graph import inner_nodes
from ..intrinsics import to_float
from ..op import Op
from ..value import Value
from .differences import Exact, Taylor
from .digits import CANCELLED, agree
from .local import check_slopes, unit_vector
from .oracles import CHAIN, EXACT, Oracle, both_sides, smooth
from .report import BEYOND, GradientError, Mismatch, Tally, finite, pasted
from .rounded import Rounded
from .tape import Tape, alone, bounds

FEW = 30_000
"""Up to so many nodes times inputs, each input's derivative is asked of the whole graph; above, of its parts."""
SECOND = 12
"""By how many inputs of a large function second derivatives are taken, and of how many pairs."""
REVERSE, BACKWARD, RECORDED = "reverse mode, grad", "reverse mode, backward()", "reverse mode, grad with create_graph"
FORWARD, SECOND_REVERSE, SECOND_FORWARD = (
    "forward mode",
    "second order, reverse over reverse",
    "second order, forward over reverse",
)


class Whole:
    """The checks of one graph. ``names`` are the inputs' names in messages, ``paste`` the lines that reproduce."""

    def __init__(
        self, tape: Tape, tally: Tally, tolerance: float | None, second_order: bool, names: Sequence[str], paste: str
    ) -> None:
        self.tape, self.tally, self.tolerance = tape, tally, tolerance
        self.second_order, self.names, self.paste = second_order, names, paste
        self.n = len(tape.inputs)
        self.point = [v.data for v in tape.inputs]
        self.oracle = Oracle(tape)
        self.true: dict[Value, list[Exact | None]] = {}

    def run(self) -> None:
        """All checks, those of single rows first."""
        seen: dict[Any, list[Exact | None]] = {}
        for v in self.tape.nodes:
            assert v.op is not None
            args = tuple([p.data for p in v.parents])
            key = (v.op, *[(type(x), repr(x)) for x in args])
            if key not in seen:
                seen[key] = check_slopes(v.op, args, local_grads(v), self.tally, self.tolerance)
            self.true[v] = seen[key]
        data = [v.data for v in (*self.tape.nodes, *self.tape.leaves)]
        slopes = [slope for v in self.tape.nodes for slope in self.true[v] if slope is not None]
        if not all(map(finite, data)) or any(abs(s) >= BEYOND for s in slopes):
            self.tally.unchecked += self.n
            return
        taylors = self._first_order()
        if self.second_order:
            self._second_order(taylors)

    # ------------------------------------------------------------------------------------------------ first order
    def _first_order(self) -> list[Taylor | None]:
        rounding = bounds(lambda: grad(*self.tape.rounded(), materialize_grads=True), self.n)
        few = self.n * len(self.tape.nodes) <= FEW
        chain = None if few else self._chain()
        taylors: list[Taylor | None] = []
        for i in range(self.n):
            sides = both_sides(self.oracle, self.point, unit_vector(i, self.n)) if few else None
            if sides and smooth(*sides):
                same = agree(sides[0].second, sides[1].second)
                taylors.append(sides[0] if same else sides[0]._replace(second_error=inf))
            elif few and sides is None:
                taylors.append(None)
            else:
                chain = self._chain() if chain is None else chain
                taylors.append(chain[i])
        for mode, gradient in self._gradients(few):
            for i, got in gradient:
                t = taylors[i]
                if t is None or (mode == RECORDED and rounding[i] == inf):  # a formula that leaves the range of floats
                    self.tally.unchecked += 1
                    continue
                wrong = self.tally.compare(got, t, t.slope, t.slope_error, rounding[i], self.tolerance, False)
                if wrong:
                    raise self._error(mode, f"d(output)/d({self.names[i]})", wrong, i)
        return taylors

    def _gradients(self, few: bool) -> list[tuple[str, list[tuple[int, Any]]]]:
        """Every mode's gradient: (input, number) for each input it was asked for."""
        out, inputs = self.tape.output, self.tape.inputs
        some = range(self.n) if few else range(0, self.n, 1 + self.n // 8)
        found = [(REVERSE, list(enumerate(grad(out, inputs, materialize_grads=True))))]
        if out.requires_grad:
            found.append((BACKWARD, self._backward()))
        found.append((FORWARD, [(i, _push([out], [inputs[i]], [1], False)[0]) for i in some]))
        recorded = self._recorded()
        return found if recorded is None else [*found, (RECORDED, [(i, g.data) for i, g in enumerate(recorded)])]

    def _recorded(self) -> tuple[Value, ...] | None:
        """The gradient as Values; None where a slope is not made of operations."""
        try:
            return grad(self.tape.output, self.tape.inputs, create_graph=True, materialize_grads=True)
        except (TypeError, AttributeError):
            return None

    def _backward(self) -> list[tuple[int, Any]]:
        """What ``backward()`` puts into ``grad``; what was there is put back."""
        touched = list(dict.fromkeys((*self.tape.nodes, *self.tape.leaves, *self.tape.inputs)))
        before = [v.grad for v in touched]
        try:
            for v in touched:
                v.grad = None
            self.tape.output.backward()
            return [(i, 0 if v.grad is None else v.grad) for i, v in enumerate(self.tape.inputs) if v.requires_grad]
        finally:
            for v, g in zip(touched, before, strict=True):
                v.grad = g

    def _chain(self) -> list[Taylor | None]:
        """The gradient by a chain rule of its own, over the slopes that the witnesses gave: for corners and large graphs."""
        adjoints: dict[Value, Rounded | None] = {self.tape.output: Rounded(1.0)}
        for v in reversed(self.tape.nodes):
            g = adjoints[v]
            for p, slope in zip(v.parents, self.true[v], strict=True):
                old = adjoints.get(p, Rounded(0.0))
                known = g is not None and slope is not None and old is not None
                adjoints[p] = old + g * Rounded(slope) if known else None
        found = [adjoints.get(v, Rounded(0.0)) for v in self.tape.inputs]
        return [None if g is None or not isfinite(g.x + g.e) else _of_chain(g) for g in found]

    # ----------------------------------------------------------------------------------------------- second order
    def _second_order(self, taylors: Sequence[Taylor | None]) -> None:
        first = self._recorded()
        if first is None:
            self.tally.unchecked += self.n
            return
        pairs = self._pairs()
        rows = sorted({i for pair in pairs for i in pair})
        inputs = self.tape.inputs
        by_reverse = {i: grad(first[i], inputs, materialize_grads=True) for i in rows}
        by_forward = {i: _push(first, [inputs[i]], [1], False) for i in rows}
        rounding = self._second_rounding(rows)
        for i, j in pairs:
            t = self._second(i, j, taylors)
            for mode, got, a, b in (
                (SECOND_REVERSE, by_reverse[i][j], i, j),
                (SECOND_REVERSE, by_reverse[j][i], j, i),
                (SECOND_FORWARD, by_forward[j][i], i, j),
            ):
                wrong = None
                if t is None or inf in (t.second_error, rounding[a][b]):
                    self.tally.unchecked += 1
                else:
                    wrong = self.tally.compare(got, t, t.second, t.second_error, rounding[a][b], self.tolerance, False)
                if wrong:
                    raise self._error(mode, f"d²(output)/d({self.names[a]})d({self.names[b]})", wrong, a, first)

    def _pairs(self) -> list[tuple[int, int]]:
        if self.n <= 4:
            return [(i, j) for i in range(self.n) for j in range(i + 1)]
        dice = random.Random(0)
        some = range(self.n) if self.n <= SECOND else sorted(dice.sample(range(self.n), SECOND))
        mixed = [(i, j) for i, j in [dice.sample(some, 2) for _ in some]]
        return [*[(i, i) for i in some], *mixed]

    def _second(self, i: int, j: int, taylors: Sequence[Taylor | None]) -> Taylor | None:
        """The true second derivative: that along a direction, or of a pair by polarization."""
        one, other = [self._along(k, taylors) for k in (i, j)]
        if i == j or one is None or other is None:
            return one if i == j else None
        both = self.oracle.along(self.point, [(k == i) + (k == j) for k in range(self.n)])
        if both is None or both.corner or not all(isinstance(t.second, Fraction) for t in (one, other, both)):
            return None
        terms = [both.second, -one.second, -other.second]
        left = 0 if both.oracle == EXACT else sum(map(abs, terms)) * CANCELLED / 2  # where they are really 0
        known = both.second_error + one.second_error + other.second_error
        return both._replace(second=sum(terms) / 2, second_error=known + to_float(left))

    def _along(self, i: int, taylors: Sequence[Taylor | None]) -> Taylor | None:
        t = taylors[i]
        if self.n * len(self.tape.nodes) <= FEW:
            return t
        t = self.oracle.along(self.point, unit_vector(i, self.n))
        return None if t is None or t.corner else t

    def _second_rounding(self, rows: Sequence[int]) -> dict[int, list[float]]:
        def run(i: int) -> Callable[[], Sequence[Any]]:
            return lambda: grad(first[i], twins, materialize_grads=True)

        try:
            twin, twins = self.tape.rounded()
            first = grad(twin, twins, create_graph=True, materialize_grads=True)
        except (TypeError, AttributeError, ArithmeticError, ValueError):
            return {i: [float("nan")] * self.n for i in rows}
        return {i: bounds(run(i), self.n) for i in rows}

    # ------------------------------------------------------------------------------------------------------ blame
    def _error(self, mode: str, what: str, wrong: Mismatch, i: int, gradient: Sequence[Value] = ()) -> GradientError:
        op, at = self._blame(gradient)
        if op is None and gradient and len(self.tape.nodes) == 1:
            op, at = self.tape.nodes[0].op, [p.data for p in self.tape.nodes[0].parents]
        hint = (
            "" if op else "each row is right by itself: it is the pass that goes wrong, where it adds up or orders the uses"
        )
        paste = pasted(op, at) if op else self.paste
        return GradientError(mode, what, wrong, input=i, op=op, at=at, reproduce=paste, hint=hint)

    def _blame(self, gradient: Sequence[Value]) -> tuple[Op | None, Sequence[Any]]:
        """The first node, in the order of the graph, whose row is wrong by itself; and its inputs."""
        for v in inner_nodes(*gradient)[0]:  # of a second derivative: the nodes that the slopes are made of
            try:
                args = [p.data for p in v.parents]
                assert v.op is not None
                check_slopes(v.op, args, local_grads(v), Tally(), self.tolerance)
            except GradientError as error:
                return error.op, error.at
        if len(self.tape.nodes) > 1:
            for v in self.tape.nodes:
                assert v.op is not None
                args = [p.data for p in v.parents]
                try:
                    Whole(alone(v.op, args), Tally(), self.tolerance, bool(gradient), [""] * len(args), "").run()
                except GradientError as error:
                    if error.op is not None:
                        return error.op, error.at
        return None, ()


def _of_chain(g: Rounded) -> Taylor:
    return Taylor(Fraction(0), Fraction(g.x), Fraction(0), g.e, inf, CHAIN, True)
