"""Where a nan may be lost on the way: which nodes' nans an output need not show.

An eager backward pass sends nothing into a nan that was left out, as in ``where(x > 0, x.log(), 0)`` at x < 0 (see
:func:`autograd.backward.masked`). A recording cannot know where that will be; it asks here where it *can* be, and records
the question for those nodes alone. Plain networks have none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from ..op import Op
from ..value import Value
from .program import FUNCTIONS
from .symbols import Builder, Symbol


@lru_cache(maxsize=4096)
def carried(op: Op, count: int) -> int:
    """The inputs whose nan makes the value nan for certain, as a bit for each.

    >>> from autograd import relu
    >>> from autograd.op import find
    >>> bin(carried(find("add"), 2)), bin(carried(relu, 1)), bin(carried(find("where"), 3))
    ('0b11', '0b1', '0b0')
    """
    builder = Builder()
    inputs = [builder.source("input", i) for i in range(count)]
    z = inputs[0].apply(op, inputs)
    if not isinstance(z, Symbol):
        return 0
    z_place = builder.place(z)
    nan: list[int] = []  # for each instruction: the inputs whose nan makes it nan, or if it is a condition, true
    false: list[int] = []  # the inputs whose nan makes a condition false
    for name, operands, _ in builder.instructions:
        sure, never = 0, 0
        if name == "input":
            sure = 1 << operands[0]
        elif name in ("lt", "le", "eq"):
            never = nan[operands[0]] | nan[operands[1]]
        elif name == "and":
            sure, never = nan[operands[0]] & nan[operands[1]], false[operands[0]] | false[operands[1]]
        elif name == "or":
            sure, never = nan[operands[0]] | nan[operands[1]], false[operands[0]] & false[operands[1]]
        elif name == "where":
            c, a, b = operands
            sure = (nan[c] & nan[a]) | (false[c] & nan[b]) | (nan[a] & nan[b])
        elif name == "pow":
            sure = _of_power(nan, operands, [builder.number(k) for k in operands])
        elif name != "constant":  # ne is true of a nan; the rest give nan for nan
            assert name in FUNCTIONS or name in ("add", "sub", "mul", "div", "neg", "abs", "ne"), name
            for k in operands:
                sure |= nan[k]
        nan.append(sure)
        false.append(never)
    return nan[z_place]


def _of_power(nan: Sequence[int], operands: Sequence[int], numbers: Sequence[float | None]) -> int:
    """nan**0 and 1**nan are 1."""
    (x, y), (base, exponent) = operands, numbers
    sure = nan[x] & nan[y]
    if exponent:
        sure |= nan[x]
    if base is not None and base != 1:
        sure |= nan[y]
    return sure


def hidden(roots: Iterable[Value], inner: Sequence[Value]) -> set[Value]:
    """The computed nodes whose nan need not reach any root.

    >>> from autograd import where
    >>> x = Value(2.0)
    >>> y = x.log()
    >>> z = where(x > 0, y, 0)
    >>> hidden([z], [y, z]) == {y}
    True
    """
    shown = set(roots)
    for v in reversed(inner):
        if v in shown and v.op is not None:
            bits = carried(v.op, len(v.parents))
            shown.update(p for i, p in enumerate(v.parents) if bits >> i & 1)
    return {v for v in inner if v not in shown}
