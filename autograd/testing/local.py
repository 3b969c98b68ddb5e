"""The slopes of one row at one point, against its own value."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from ..op import Op
from .differences import Exact, Taylor
from .oracles import Oracle, both_sides, smooth
from .report import GradientError, Mismatch, Tally, finite, pasted
from .rounded import Rounded, lift
from .tape import bounds


def unit_vector(i: int, n: int) -> list[int]:
    """The direction of input i.

    >>> unit_vector(1, 3)
    [0, 1, 0]
    """
    return [int(i == j) for j in range(n)]


def check_slopes(
    op: Op, args: Sequence[Any], got: Sequence[Any], tally: Tally, tolerance: float | None
) -> list[Exact | None]:
    """The true slopes of an operation, if those it ``got`` are right; None where there is no witness.

    At a corner the truth is the slope that the row documents, or else any between those of the two sides.

    Raises:
        GradientError: which slope is wrong.
    """
    n = len(args)
    if not _finite(op, args):
        tally.unchecked += n
        return [None] * n
    oracle = Oracle(lambda xs: op(*xs))
    rounding = _rounding(op, args)
    true: list[Exact | None] = []
    corner = False
    for i in range(n):
        sides = both_sides(oracle, args, unit_vector(i, n))
        if sides is None:
            tally.unchecked += 1
            true.append(None)
            continue
        expected = _slope(op, args, got[i], *sides)
        corner |= not smooth(*sides)
        wrong = tally.compare(got[i], sides[0], expected, sides[0].slope_error, rounding[i], tolerance)
        if wrong:
            raise local_error(op, args, i, wrong)
        true.append(expected)
    if corner and n > 1:
        _check_together(op, args, got, oracle, sum(rounding), tally, tolerance)
    return true


def local_error(op: Op, args: Sequence[Any], i: int, wrong: Mismatch) -> GradientError:
    """The error that names the row."""
    name = op.inputs[i] if i < len(op.inputs) else f"x{i}"
    what = f"d({op.name})/d({name})"
    return GradientError("local slope", what, wrong, input=i, op=op, at=args, reproduce=pasted(op, args))


def _finite(op: Op, args: Sequence[Any]) -> bool:
    return all(map(finite, (*args, op(*args))))


def _slope(op: Op, args: Sequence[Any], got: Any, ahead: Taylor, behind: Taylor) -> Exact:
    if isinstance(op.corners, dict) and len(args) == 1 and args[0] in op.corners:
        return Fraction(op.corners[args[0]])
    if smooth(ahead, behind) or got != got:
        return ahead.slope
    low, high = sorted((ahead.slope, behind.slope))
    return low if got < low else high if got > high else Fraction(got)


def _rounding(op: Op, args: Sequence[Any]) -> list[float]:
    def run() -> Sequence[Any]:
        numbers = [Rounded(a) for a in args]
        slopes: Sequence[Any] = op.slopes(lift(op.value(*numbers)), *numbers)
        return slopes

    return bounds(run, len(args))


def _check_together(
    op: Op, args: Sequence[Any], got: Sequence[Any], oracle: Oracle, rounding: float, tally: Tally, tolerance: float | None
) -> None:
    """Where several inputs tie, each slope may be one of two; moving all of them at once shows whether they fit together."""
    sides = both_sides(oracle, args, [1] * len(args))
    if sides is None or not smooth(*sides):
        return
    wrong = tally.compare(sum(got), sides[0], sides[0].slope, sides[0].slope_error, rounding, tolerance, False)
    if wrong:
        raise GradientError(
            "local slopes",
            f"the sum of the slopes of {op.name} by all its inputs",
            wrong,
            op=op,
            at=args,
            reproduce=pasted(op, args),
            hint="inputs tie here: the slopes of those that tie must add up as they do when all move together",
        )
