"""What a check says: a short report where all is right, a :class:`GradientError` where something is wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ..intrinsics import shown, to_float
from ..op import Op
from .differences import DIFFERENCES, Exact, Taylor
from .oracles import CHAIN, EXACT, MPMATH

BEYOND = Fraction(2) ** 1024 * (1 - Fraction(1, 2**50))
"""From here on an overflow to inf is right."""
SPARE_ULPS = 8
"""What the engine's own functions may be off by, and what two roundings of constants cost."""


FAR = 1e4
"""Beyond so many ulp they are no longer counted in words."""


class Report(NamedTuple):
    """What was compared, and how well it agreed."""

    oracle: str
    """The witness: exact fractions, mpmath, or extrapolated differences (the weakest that was needed)."""
    comparisons: int
    """How many numbers were compared."""
    ulps: float
    """The worst value or local slope, in units in the last place. (What is added up may cancel, however right its parts.)"""
    unchecked: int
    """How many had no witness: outside the domain, at a pole, or where the value is not finite."""

    def __str__(self) -> str:
        skipped = f"; {self.unchecked} unchecked, for want of a witness" if self.unchecked else ""
        why = ", by its formula's own rounding" if self.ulps > FAR else ""
        return f"{self.comparisons} numbers agree with {self.oracle}; the worst is off by {self.ulps:.2g} ulp{why}{skipped}"


class Mismatch(NamedTuple):
    """A number that is not what was expected."""

    got: Any
    expected: Exact
    allowed: Exact
    oracle: str


class Tally:
    """Collects a report."""

    def __init__(self) -> None:
        self.oracles: dict[str, None] = {}
        self.comparisons = self.unchecked = 0
        self.ulps = 0.0

    def compare(
        self,
        got: Any,
        taylor: Taylor,
        expected: Exact,
        error: float,
        rounding: float,
        tolerance: float | None,
        counted: bool = True,
    ) -> Mismatch | None:
        """None where a number is right, else what is wrong about it. The ulps of what is ``counted`` enter the report."""
        allowed = allowance(got, taylor, expected, error, rounding, tolerance)
        if not right(got, expected, allowed):
            return Mismatch(got, expected, allowed, taylor.oracle)
        self.comparisons += 1
        self.oracles[taylor.oracle] = None
        if counted and taylor.oracle != DIFFERENCES:
            self.ulps = max(self.ulps, distance(got, expected))
        return None

    def report(self) -> Report:
        """The report of everything that was counted."""
        weakest = max(self.oracles, key=(EXACT, CHAIN, MPMATH, DIFFERENCES).index, default=EXACT)
        return Report(weakest, self.comparisons, self.ulps, self.unchecked)


class GradientError(AssertionError):
    """A derivative that is wrong.

    Attributes:
        mode: how it was computed: local slope, backward(), reverse mode, forward mode, second order.
        what: the derivative, as in ``d(output)/d(x)``.
        input: the place of the input among all, from 0; None where it is not about one.
        expected, got: the numbers; ``ulps`` is their distance in units in the last place.
        op: the operation whose row is to blame, ``at`` its inputs; None where no row is.
        oracle: who says so.
        reproduce: a few lines to paste.
    """

    def __init__(
        self,
        mode: str,
        what: str,
        mismatch: Mismatch | None = None,
        *,
        input: int | None = None,
        op: Op | None = None,
        at: Sequence[Any] = (),
        reproduce: str = "",
        hint: str = "",
    ) -> None:
        self.mode, self.what, self.mismatch, self.input = mode, what, mismatch, input
        self.op, self.at, self.reproduce, self.hint = op, tuple(at), reproduce, hint
        self.got: Any = mismatch.got if mismatch else None
        self.expected: Exact = mismatch.expected if mismatch else None
        self.oracle = mismatch.oracle if mismatch else ""
        self.ulps = distance(mismatch.got, mismatch.expected) if mismatch else math.nan
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [f"{self.what} is wrong ({self.mode})"]
        if self.mismatch:
            explained = to_float(self.mismatch.allowed)
            lines += [
                f"  expected   {_number(self.expected)}   ({self.oracle})",
                f"  got        {_number(self.got)}   off by {_off(self)}; rounding explains {explained:.2g} at most",
            ]
        if self.op is not None:
            lines.append(f"  blame      the row of {called(self.op)}, at {tuple(self.at)!r}")
        if self.hint:
            lines.append(f"  hint       {self.hint}")
        if self.reproduce:
            lines += ["  reproduce", *(f"    {line}" for line in self.reproduce.splitlines())]
        return "\n".join(lines)


def finite(x: Any) -> bool:
    """Whether a number is neither inf nor nan; whole numbers of any size are."""
    return not isinstance(x, float) or math.isfinite(x)


def called(op: Op) -> str:
    """The operation's name, with the parameters of a member of a family."""
    return repr(op.name) if not op.params else f"'{op.name}' {op.params!r}"


def pasted(op: Op, inputs: Sequence[Any], prelude: str = "") -> str:
    """Lines that check one operation at one point."""
    name = f"find({op.name!r}, {op.params!r})" if op.params else f"find({op.name!r})"
    return "\n".join(
        [
            *(["from fractions import Fraction"] if any(isinstance(x, Fraction) for x in inputs) else []),
            *(["from math import inf, nan"] if not all(map(finite, inputs)) else []),
            "from autograd.op import find",
            "from autograd.testing import check_gradients",
            f"check_gradients({name}, {', '.join(map(shown, inputs))})",
        ]
    )


def _off(error: GradientError) -> str:
    """The distance in ulp, where that says something to a reader, else as a number."""
    if error.ulps <= FAR or not finite(error.got) or not finite(error.expected):
        return f"{error.ulps:.2g} ulp"
    return f"{to_float(abs(Fraction(error.got) - Fraction(error.expected))):.2g}"


def _number(x: Any) -> str:
    if isinstance(x, Fraction) and (x.denominator == 1 or x.denominator.bit_length() > 20):
        return shown(x.numerator) if x.denominator == 1 else f"{to_float(x)!r}"
    return str(x) if isinstance(x, Fraction) else shown(x)


def distance(got: Any, expected: Exact) -> float:
    """How far apart, in units in the last place of the expected float.

    >>> distance(1.0 + 2**-52, Fraction(1))
    1.0
    """
    near = to_float(expected)
    if got != got or not math.isfinite(near) or not math.isfinite(to_float(got)):
        return 0.0 if to_float(got) == near else math.inf
    return to_float(abs(Fraction(got) - Fraction(expected)) / Fraction(math.ulp(near)))


def allowance(got: Any, taylor: Taylor, expected: Exact, error: float, rounding: float, tolerance: float | None) -> Exact:
    """How far ``got`` may be from what is expected: by rounding, by the witness's own error, or by the user's word."""
    if not math.isfinite(to_float(expected)):
        return 0.0
    if tolerance is not None:
        return Fraction(tolerance) * abs(Fraction(expected))
    if not math.isfinite(error):
        return math.inf
    if not isinstance(got, float):
        return Fraction(error) if taylor.oracle == EXACT else Fraction(error) + abs(Fraction(expected)) / 2**50
    if not math.isfinite(rounding):
        rounding = 1e-6 * abs(to_float(expected))
    return 2 * Fraction(rounding) + Fraction(error) + SPARE_ULPS * Fraction(math.ulp(to_float(expected)))


def right(got: Any, expected: Exact, allowed: Exact) -> bool:
    """Whether a number is what is expected, within what is allowed; overflow is right where the truth is out of range."""
    if got != got:
        return False
    if isinstance(got, float) and math.isinf(got):
        return bool((got > 0) == (expected > 0) and abs(expected) >= BEYOND)
    if isinstance(expected, float):  # an infinity
        return bool((got > 0) == (expected > 0) and abs(Fraction(got)) >= BEYOND)
    return bool(abs(Fraction(got) - expected) <= allowed)
