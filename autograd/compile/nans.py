"""Where a nan may be lost on the way: which nodes' nans an output need not show.

An eager backward pass sends nothing into a nan that was left out, as in ``where(x > 0, x.log(), 0)`` at x < 0 (see
:func:`autograd.backward.masked`). A recording cannot know where that will be; it asks here where it *can* be, and records
the question for those nodes alone. Plain networks have none.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import compress

from ..op import Op
from .program import FUNCTIONS
from .symbols import Builder, RowError, Symbol


@lru_cache(maxsize=4096)
def carried(op: Op, count: int) -> tuple[bool, ...]:
    """For each input, whether its nan makes the value nan for certain.

    >>> from autograd import relu
    >>> from autograd.op import find
    >>> carried(find("add"), 2), carried(relu, 1), carried(find("where"), 3)
    ((True, True), (True,), (False, False, False))
    """
    builder = Builder()
    inputs = [builder.source("input", i) for i in range(count)]
    z = None
    with suppress(RowError):  # as of a row that needs a number where there is only the name of one: nothing is certain
        z = inputs[0].apply(op, inputs)
    if not isinstance(z, Symbol):
        return (False,) * count
    z_place = builder.place(z)
    nan: list[int] = []  # for each instruction: the inputs, as bits, whose nan makes it nan, or if it is a condition, true
    false: list[int] = []  # the inputs whose nan makes a condition false
    for name, operands in zip(builder.ops, builder.operands):
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
    return tuple([bool(nan[z_place] >> i & 1) for i in range(count)])


def _of_power(nan: Sequence[int], operands: Sequence[int], numbers: Sequence[float | None]) -> int:
    """nan**0 and 1**nan are 1."""
    (x, y), (base, exponent) = operands, numbers
    sure = nan[x] & nan[y]
    if exponent:
        sure |= nan[x]
    if base is not None and base != 1:
        sure |= nan[y]
    return sure


class Shown:
    """The nodes whose nan reaches one of the roots for certain.

    >>> from autograd import Value, where
    >>> x = Value(2.0)
    >>> y = x.log()
    >>> z = where(x > 0, y, 0)
    >>> shown = Shown([z])
    >>> shown.hides(z, z.op, z.parents), shown.hides(y, y.op, y.parents)
    (False, True)
    """

    def __init__(self, roots: Iterable[Hashable]) -> None:
        self._nodes = set(roots)

    def hides(self, node: Hashable, op: Op, parents: Collection[Hashable]) -> bool:
        """Whether a node's nan may be lost on the way. To be asked of every node, each before its parents."""
        if node not in self._nodes:
            return True
        self._nodes.update(compress(parents, carried(op, len(parents))))
        return False
