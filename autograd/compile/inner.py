"""Nests inside nests: what one nest computes only for another one is computed there, and never kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from .extras import numpy
from .rolled import SUMS, Nest, Nests, Operand

DEEP: Final = 8
"""So many nests are in each other at most."""

LANE: Final = 0


def changed(operand: Operand, change: Callable[[Operand], Operand]) -> Operand:
    """An operand, and those of its inner nest, with a change."""
    inner = operand.inner
    operand = change(operand)
    if inner is None:
        return operand
    return operand._replace(inner=inner._replace(operands=tuple([changed(o, change) for o in inner.operands])))


def leaves(*operands: Operand) -> Iterator[Operand]:
    """What is read for operands: themselves, or the operands of their inner nests."""
    for operand in operands:
        if operand.inner is None:
            yield operand
        else:
            yield from leaves(*operand.inner.operands)


def turned(nest: Nest, loop: int) -> Nest:
    """The same nest, with one loop from its end to its beginning.

    >>> turned(Nest("neg", (5,), Operand("lane", 0, (1,)), (Operand("lane", 9, (-1,)),)), 0).operands
    (Operand(kind='lane', first=5, strides=(1,), wide=0, inner=None),)
    """

    def turn(o: Operand) -> Operand:
        stride = o.strides[loop]
        strides = (*o.strides[:loop], -stride, *o.strides[loop + 1 :])
        return o._replace(first=o.first + stride * (nest.sizes[loop] - 1), strides=strides)

    return nest._replace(out=turn(nest.out), operands=tuple([changed(o, turn) for o in nest.operands]))


def inlined(nests: Nests, stays: Callable[[Nest], bool]) -> list[Nest]:
    """Nests of which those that compute numbers for one other alone, point by point, are inside that one.

    Args:
        stays: whether a nest is to stay as it is.
    """
    lows, highs = _ranges(nests)
    found: list[Nest | None] = [None]  # so that place 0 is none
    makers: dict[Any, int] = {}  # the places, by what is written and in which loops
    depth = [0]
    for nest in nests:
        operands, deepest = [], 0
        for operand in nest.operands:
            place = makers.get(_region(operand, nest.sizes), 0) if operand.kind == "lane" else 0
            maker = found[place]
            if maker is not None and depth[place] < DEEP and _once(maker, lows, highs):
                operand = operand._replace(kind="inner", inner=_along(maker, operand))
                found[place], deepest = None, max(deepest, depth[place] + 1)
            operands.append(operand)
        if not stays(nest) and nest.out.kind == "lane" and nest.op not in SUMS and 0 not in nest.out.strides:
            makers[_region(nest.out, nest.sizes)] = len(found)
        found.append(nest._replace(operands=tuple(operands)))
        depth.append(deepest)
    return [nest for nest in found if nest is not None]


def _ranges(nests: Nests) -> tuple[Any, Any]:
    """The first and the last slot of everything that is read; two terms of a sum may lie far apart, and count as two."""
    np = numpy()
    inner, *outer = [strides * (sizes[:, None] - 1) for sizes, strides in zip(nests.sizes, nests.strides)]
    lows = nests.firsts + sum([np.minimum(span, 0) for span in outer])
    highs = nests.firsts + sum([np.maximum(span, 0) for span in outer])
    is_read, two = nests.kinds == LANE, nests.sizes[0][:, None] == 2
    is_read[:, 0] = False
    second = is_read & two
    low = np.concatenate([(lows + np.where(two, 0, np.minimum(inner, 0)))[is_read], (lows + inner)[second]])
    return low, np.concatenate([(highs + np.where(two, 0, np.maximum(inner, 0)))[is_read], (highs + inner)[second]])


def _region(operand: Operand, sizes: tuple[int, ...]) -> Any:
    """What tells slots and loops apart, in whatever direction they run."""
    back = sum([stride * (size - 1) for stride, size in zip(operand.strides, sizes) if stride < 0])
    return operand.first + back, tuple(map(abs, operand.strides)), sizes


def _once(nest: Nest, lows: Any, highs: Any) -> bool:
    """Whether what a nest writes is read by one operand only."""
    low, strides, sizes = _region(nest.out, nest.sizes)
    high = low + sum([stride * (size - 1) for stride, size in zip(strides, sizes)])
    return int(((lows <= high) & (highs >= low)).sum()) == 1


def _along(nest: Nest, operand: Operand) -> Nest:
    """A nest whose loops run as those do in which the operand stands for its results."""
    for loop, (stride, other) in enumerate(zip(nest.out.strides, operand.strides)):
        if stride != other:
            nest = turned(nest, loop)
    return nest
