"""The graph as data: who is older, in which order, and whether it still holds.

One invariant carries all of it. A node's ``serial`` is the time of its last write, and a node is younger than the
parents it was computed from. Sorting by serial is therefore a topological order; and where a parent is *younger* than
its child, its data was assigned after the child was computed: the child is stale.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from operator import attrgetter
from typing import TYPE_CHECKING

from .intrinsics import shown

if TYPE_CHECKING:
    from .value import Value

tick = count(1).__next__
"""The next serial."""

last_write = 0
"""The serial of the latest assignment to any leaf's data; nothing computed later than this can be stale."""

last_freeze = 0
"""The serial of the latest assignment to any leaf's ``requires_grad``."""

serial = attrgetter("serial")


class StaleError(RuntimeError):
    """The data of a node was assigned after others were computed from it, so that their values no longer hold."""


def inner_nodes(*roots: Value) -> tuple[list[Value], list[Value]]:
    """The computed nodes that the roots rest on (roots included), oldest first, and their leaves, oldest first."""
    found = dict.fromkeys(roots)  # a dict keeps the order of discovery, a set would not
    stack = list(found)
    while stack:
        for p in stack.pop().parents:
            if p not in found:
                found[p] = None
                stack.append(p)
    inner = [v for v in found if v.op is not None]
    leaves = [v for v in found if v.op is None]
    return sorted(inner, key=serial), sorted(leaves, key=serial)


def nodes(*roots: Value) -> list[Value]:
    """Every node of the graph once, inputs before outputs: the leaves, then the computed nodes, each oldest first.

    >>> from autograd import Value
    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> z = x * y
    >>> nodes(z) == [x, y, z]
    True
    """
    inner, leaves = inner_nodes(*roots)
    return leaves + inner


def leaves(*roots: Value) -> list[Value]:
    """The leaves that the roots rest on, oldest first: inputs, parameters and constants.

    >>> from autograd import Value
    >>> x = Value(2, name="x")
    >>> leaves(x * x + 1)
    [Value(2, name='x'), Value(1, requires_grad=False)]
    """
    return inner_nodes(*roots)[1]


def check_fresh(inner: Iterable[Value]) -> None:
    """Raise a :class:`StaleError` if a node's parent was assigned after the node was computed from it."""
    for v in inner:
        for p in v.parents:
            if p.serial > v.serial:
                who = f"{p.name} = {shown(p.data)}" if p.name else f"a leaf, {shown(p.data)},"
                raise StaleError(
                    f"{who} was assigned after a node was computed from it "
                    f"({v.op.name if v.op else ''} gave {shown(v.data)}): run the forward pass once more"
                )
