"""Arithmetic and choices: + - * /, neg, abs, sign, step, maximum, minimum, where."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import reduce
from typing import Any

from .. import precise
from ..intrinsics import nonzero, unit, where
from ..op import Op
from ..precise import careful

add = Op("add", glyph="+", spelled=True, value=operator.add, slopes=lambda z, x, y: (1, 1), doc="The sum x + y.")
sub = Op("sub", glyph="−", spelled=True, value=operator.sub, slopes=lambda z, x, y: (1, -1), doc="The difference x - y.")
mul = Op("mul", glyph="×", spelled=True, value=operator.mul, slopes=lambda z, x, y: (y, x), doc="The product x * y.")
div = Op(
    "div",
    glyph="÷",
    spelled=True,
    value=operator.truediv,
    slopes=lambda z, x, y: (unit(z) / y, careful(-z / y, precise.quotient_slope, x, y)),
    doc="The quotient x / y.",
)
neg = Op("neg", glyph="−", spelled=True, value=operator.neg, slopes=lambda z, x: (-1,), doc="The opposite, -x.")

step = Op(
    "step",
    value=lambda x: where(x > 0, 1, where(x <= 0, 0, x)),
    slopes=lambda z, x: (where(x > 0, 0, where(x <= 0, 0, x)),),
    corners={0: 0},
    doc="The threshold: 1 above 0, else 0; its slope is 0 everywhere.",
)
sign = Op(
    "sign",
    value=lambda x: where(x > 0, 1, where(x < 0, -1, where(x >= 0, 0, x))),
    slopes=lambda z, x: (where(x > 0, 0, where(x <= 0, 0, x)),),
    corners={0: 0},
    doc="-1, 0 or 1; its slope is 0 everywhere.",
)
absolute = Op("abs", glyph="| |", value=abs, slopes=lambda z, x: (sign(x),), corners={0: 0}, doc="|x|; the slope at 0 is 0.")


def _extreme(name: str, glyph: str, at_least: Callable[[Any, Any], Any], doc: str) -> Op:
    def value(*xs: Any) -> Any:
        # The last of equals wins; where neither is at least the other there is a nan, which the sum keeps.
        return reduce(lambda z, x: where(at_least(x, z), x, where(at_least(z, x), z, x + z)), xs)

    def slopes(z: Any, *xs: Any) -> tuple[Any, ...]:
        found: list[Any] = []
        later = None  # the best of the inputs to the right
        for x in reversed(xs):
            won = where(at_least(x, z), 1, 0)
            if later is not None:
                won = where(at_least(later, z), 0, won)
            found.append(where(at_least(z, z), won, z))  # a nan has nan slopes
            later = x if later is None else row(x, later)
        return tuple(reversed(found))

    row = Op(name, glyph=glyph, value=value, slopes=slopes, doc=doc)
    return row


maximum = _extreme("maximum", "max", operator.ge, "The largest input (maxout); of equal ones the last has slope 1.")
minimum = _extreme("minimum", "min", operator.le, "The smallest input; of equal ones the last has slope 1.")
choose = Op(
    "where",
    value=lambda c, x, y: where(nonzero(c), x, y),
    slopes=lambda z, c, x, y: (0, where(nonzero(c), 1, 0), where(nonzero(c), 0, 1)),
    doc="x where the condition c is not 0, else y; the condition has slope 0.",
)
