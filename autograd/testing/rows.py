"""One row in all its laws: ``check_operation``."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import inf, isfinite, nan, nextafter
from typing import Any

from .. import formula
from ..backward import local_grads
from ..modes import recorded
from ..op import Op
from ..value import Value
from .oracles import Oracle
from .report import GradientError, Report, Tally, finite, pasted
from .rounded import Rounded, lift
from .tape import Tape, alone, bounds
from .whole import Whole

SIZES = (3, 5)
"""How many inputs an operation of any number of inputs is tried with."""
EVERYDAY = (0, 1, -1, 2, -2, 3, 0.5, -0.5, 0.0, -0.0, 1e-9, -1e-9, 10.0, -10.0, 25.0, -25.0, 40.0, -40.0, 1000, -1000)
WIDE = (5e-324, -5e-324, 1e-310, 1e-200, -1e-200, 1e-20, 1e20, -1e20, 1e200, -1e200, 1e300, -1e300, 710.0, -745.0)


@recorded
def check_operation(
    op: Op,
    *,
    points: int = 30,
    inputs: int | None = None,
    seed: int = 0,
    wide: bool = False,
    tolerance: float | None = None,
) -> Report:
    """Put one operation through all laws of a row: an error that says which is broken and where, or a short report.

    At points all over the domain (whole numbers, floats near 0, in the tails, at the ends and at the corners; equal inputs):
    the value is what the row's formula gives to 50 digits; slopes and second derivatives are right in every mode, also
    where one Value is given several times; on Fractions an exact value has exact slopes; a nan stays one, and outside the
    domain there is nothing but nan; formulas can be written as text and as LaTeX.

    Args:
        op: the operation; of a family, a member, as in ``find("power", (3,))``.
        points: how many random points, beside the fixed ones.
        inputs: of how many inputs, where the row takes any number; default: 3, then 5.
        seed: of the random points.
        wide: also try inputs near the smallest and the largest floats, where a plain formula may overflow on the way.
        tolerance: a relative error to allow, instead of the one that is earned.

    Raises:
        GradientError: a law is broken; its ``mode`` says which.

    >>> from autograd import Op
    >>> cube = Op("checked_cube", value=lambda x: x * x * x, slopes=lambda z, x: (3 * x * x,),
    ...           doc="Of a test: the third power.")
    >>> check_operation(cube).oracle
    'exact fractions'
    """
    tally = Tally()
    dice = random.Random(seed)
    later: GradientError | None = None
    sizes = SIZES if op.arity is None and inputs is None else (inputs or op.arity or 0,)
    for n in sizes:
        _check_formulas(op, n)
        count = points if n == sizes[0] else points // 3
        checks: list[tuple[Callable[..., None], Any]] = [
            (_check_point, args) for args in _points(op, n, count, wide, dice, n == sizes[0])
        ]
        for args in _points(op, n, 5, False, dice, False):
            checks += [(_check_exact, [Fraction(x).limit_denominator(64) for x in args]), (_check_nan, args)]
        for check, args in checks:
            try:
                check(op, args, tally, tolerance)
            except GradientError as error:
                if not error.mode.startswith("second order"):
                    raise
                later = later or error  # a slope that is wrong somewhere else says more
    if later is not None:
        raise later
    return tally.report()


def _points(op: Op, n: int, count: int, wide: bool, dice: random.Random, all_over: bool) -> Iterator[list[Any]]:
    """Lists of n inputs in the domain: fixed numbers all over, then random ones."""
    low, high = op.domain
    ends = [x for end, inner in ((low, high), (high, low)) if isfinite(end) for x in (end, nextafter(end, inner))]
    corners = [x for c in op.corners for x in (c, nextafter(c, inf), nextafter(c, -inf), c + 1e-6, c - 1e-6)]
    fixed = [x for x in (*corners, *ends, *EVERYDAY, *(WIDE if wide else ())) if low <= x <= high]

    def number() -> Any:
        kind = dice.randrange(6)
        if kind == 0:
            return dice.choice(fixed)
        if kind == 1 and high - low > 12:
            return round(min(max(dice.randint(-6, 6), low), high))
        if isfinite(high - low):
            return dice.uniform(low, high)
        spread = dice.choice((1e-3, 1.0, 4.0, 30.0))
        x = dice.uniform(-spread, spread)
        return low + abs(x) if isfinite(low) else high - abs(x) if isfinite(high) else x

    for x in fixed if all_over else ():
        yield [x] * n
        if n > 1:
            place = dice.randrange(n)
            yield [x if i == place else number() for i in range(n)]
    for _ in range(count):
        yield [number() for _ in range(n)]


def _check_point(op: Op, args: Sequence[Any], tally: Tally, tolerance: float | None) -> None:
    names = _names(op, len(args))
    paste = pasted(op, args)
    _check_value(op, args, tally, tolerance)
    Whole(alone(op, args), tally, tolerance, True, names, paste).run()
    if len(args) > 1 and all(x == args[0] for x in args):
        x = Value(args[0])
        Whole(Tape(op(*[x] * len(args)), [x]), tally, tolerance, True, ["the input given for all"], paste).run()


def _check_value(op: Op, args: Sequence[Any], tally: Tally, tolerance: float | None) -> None:
    try:
        z = op(*args)
    except (ArithmeticError, ValueError) as error:
        hint = f"it raised {error!r}: in its domain a value is a number, be it inf. autograd's exp, log, ... give one"
        raise _broken(op, args, "value", f"{op.name}{tuple(args)}", hint=hint) from error
    true = Oracle(lambda xs: op(*xs)).along(args, [0] * len(args)) if finite(z) else None
    if true is None:
        return
    rounding = bounds(lambda: [lift(op.value(*map(Rounded, args)))], 1)[0]
    wrong = tally.compare(z, true, true.value, 0.0, rounding, tolerance)
    if wrong:
        raise _broken(op, args, "value", f"{op.name}{tuple(args)}", mismatch=wrong)


def _check_exact(op: Op, args: Sequence[Fraction], tally: Tally, tolerance: float | None) -> None:
    try:
        z = op(*args)
        tape = alone(op, args)
        slopes = local_grads(tape.output)
    except (TypeError, ZeroDivisionError):  # no exact result, which the row says by itself
        return
    if isinstance(z, float):
        return
    for i, slope in enumerate(slopes):
        if isinstance(slope, float):
            what = f"the slope of {op.name} by input {i}"
            raise _broken(
                op, args, "exactness", what, hint=f"the value is exact, {z!r}, but the slope is a float, {slope!r}"
            )
    Whole(tape, tally, tolerance, True, _names(op, len(args)), pasted(op, args)).run()


def _check_nan(op: Op, args: Sequence[Any], *_: Any) -> None:
    for i in range(len(args)):
        at = [nan if i == j else x for j, x in enumerate(args)]
        z = op(*at)
        others = [op(*[x if i == j else y for j, y in enumerate(args)]) for x in (0.25, 0.75, 7.5)]
        if z == z and any(other != z for other in others):  # an input that does not matter may be nan
            raise _broken(op, at, "nan", f"the value of {op.name}", hint=f"an input that is nan must give nan, not {z!r}")
    low, high = op.domain
    for outside in (low - 1, high + 1):
        if len(args) == 1 and isfinite(outside) and op(outside) == op(outside):
            hint = f"it gives {op(outside)!r} outside its domain from {low} to {high}: there the value must be nan"
            raise _broken(op, [outside], "domain", f"the value of {op.name}", hint=hint)


def _check_formulas(op: Op, n: int) -> None:
    """The row runs on text and on LaTeX."""
    from ..learn import latex

    names = _names(op, n)
    pairs = [(latex.name(name), name) for name in names]
    written: dict[str, Callable[[], Any]] = {
        "formula": lambda: (formula.expression(op, names), *formula.slopes(op, "z", names)),
        "LaTeX": lambda: (latex.expression(op, pairs), *latex.slopes(op, ("z", "z"), pairs)),
    }
    for kind, write in written.items():
        try:
            texts = write()
        except Exception as error:
            raise _broken(op, (), kind, f"the {kind} of {op.name}", hint=f"writing it raised {error!r}") from error
        if len(texts) != n + 1:
            hint = f"slopes gives {len(texts) - 1} for {n} inputs: it must return a tuple of one an input"
            raise _broken(op, (), kind, f"the {kind} of {op.name}", hint=hint)


def _names(op: Op, n: int) -> list[str]:
    """What the row calls its inputs; x0, x1, ... where it takes any number of them."""
    return [op.inputs[i] if i < len(op.inputs) else f"x{i}" for i in range(n)]


def _broken(op: Op, at: Sequence[Any], law: str, what: str, **more: Any) -> GradientError:
    return GradientError(law, what, op=op, at=at, reproduce=pasted(op, at) if at else "", **more)
