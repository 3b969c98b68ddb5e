"""A float that knows how wrong it may be: the engine runs on it, and each result brings its own tolerance.

Running error analysis (Wilkinson): every operation adds half a unit in the last place to what it inherits. The tolerance
of a check is thereby earned: a formula that cancels is forgiven what cancels, and nothing more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from math import inf, nan
from typing import Any

from .. import intrinsics
from ..intrinsics import Ieee, to_float
from ..op import Op

UNIT = 2.0**-53
LEAST = 5e-324


class Rounded:
    """``x``, which may be wrong by up to ``e``.

    >>> third = Rounded(1.0) / 3
    >>> abs(third - 1 / 3).e < 1e-15
    True
    """

    __slots__ = ("e", "x")

    def __init__(self, x: Any, e: float = 0.0) -> None:
        self.x = to_float(x)
        self.e = e if type(x) is float or x == self.x else e + math.ulp(self.x)

    def _made(self, x: float, inherited: float) -> Rounded:
        return Rounded(float(x), inherited + (abs(x) * UNIT + LEAST if abs(x) < inf else nan))

    def apply(self, op: Op, args: Sequence[Any]) -> Any:
        """An operation is its row's value."""
        return op.value(*map(lift, args))

    def intrinsic(self, name: str) -> Rounded:
        """A function of ``math``: its error is how far it moves within the number's own."""
        return self._moved(lambda t: _at(name, t), 2)

    def _moved(self, f: Callable[[float], float], units: int) -> Rounded:
        z = f(self.x)
        moved = max(abs(f(self.x + self.e) - z), abs(f(self.x - self.e) - z)) if self.e else 0.0
        return self._made(z, 2 * moved + units * UNIT * abs(z))

    def is_nonzero(self) -> bool:
        """Whether the float is not 0."""
        return self.x != 0

    def __add__(self, other: Any) -> Rounded:
        o = lift(other)
        return self._made(self.x + o.x, self.e + o.e)

    def __neg__(self) -> Rounded:
        return Rounded(-self.x, self.e)

    def __sub__(self, other: Any) -> Rounded:
        return self + -lift(other)

    def __rsub__(self, other: Any) -> Rounded:
        return lift(other) - self

    def __mul__(self, other: Any) -> Rounded:
        o = lift(other)
        return self._made(self.x * o.x, abs(self.x) * o.e + abs(o.x) * self.e + self.e * o.e)

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Any) -> Rounded:
        o = lift(other)
        z = float(Ieee(self.x) / o.x)
        room = abs(o.x) - o.e
        return self._made(z, (self.e + abs(z) * o.e) / room if room > 0 else nan)

    def __rtruediv__(self, other: Any) -> Rounded:
        return lift(other) / self

    def __pow__(self, other: Any) -> Rounded:
        o = lift(other)
        z = self._moved(lambda t: float(Ieee(t) ** o.x), 2)
        most = o.x + (o.e if self.x > 1 else -o.e)  # to this side it moves further
        moved = abs(float(Ieee(self.x) ** most) - z.x) if o.e else 0.0
        return Rounded(z.x, z.e + 2 * moved)

    def __rpow__(self, other: Any) -> Rounded:
        return lift(other) ** self

    def __abs__(self) -> Rounded:
        return Rounded(abs(self.x), self.e)

    def __bool__(self) -> bool:
        return bool(self.x)

    def __eq__(self, other: object) -> bool:
        return bool(self.x == lift(other).x)

    __hash__ = None  # type: ignore[assignment]

    def __gt__(self, other: Any) -> bool:
        return self.x > lift(other).x

    def __lt__(self, other: Any) -> bool:
        return self.x < lift(other).x

    def __ge__(self, other: Any) -> bool:
        return self.x >= lift(other).x

    def __le__(self, other: Any) -> bool:
        return self.x <= lift(other).x


def _at(name: str, x: float) -> float:
    return float(getattr(intrinsics, name)(Ieee(x)))


def lift(x: Any) -> Rounded:
    """A plain number as one without an error."""
    return x if isinstance(x, Rounded) else Rounded(x)
