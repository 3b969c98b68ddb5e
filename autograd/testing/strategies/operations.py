"""Which operations: names, functions and rows, all as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from ...op import FAMILIES, OPS, RESERVED, Op, find

MEMBERS: Final[dict[str, tuple[Any, ...]]] = {
    "power": (2, 3, -1, 0.5),
    "leaky_relu": (0.1,),
    "elu": (1,),
    "softmax": (0,),
    "log_softmax": (0,),
    "cross_entropy": (0,),
}
"""Which members of a family are meant by its name alone."""

_FIRST = ("add", "sub", "mul", "div", "neg")
_ROWS = [OPS[name] for name in (*_FIRST, *(name for name in OPS if name in RESERVED and name not in _FIRST))]

TABLE: Final[tuple[Op, ...]] = (*_ROWS, *(find(name, (p,)) for name, params in MEMBERS.items() for p in params))
"""Every operation of the table, and the members of its families that are meant by a name alone."""

RATIONAL: Final[tuple[Op, ...]] = (
    *(OPS[name] for name in (*_FIRST, "sum", "mean", "dot", "abs", "relu", "maximum", "minimum")),
    *(find("power", (c,)) for c in (2, 3, -1)),
)
"""Operations that are exact on Fractions."""


def resolve(operations: Iterable[Op | str | Callable[..., Any]] | None) -> tuple[Op, ...]:
    """Rows, for rows, names ("mul") and public functions (``autograd.sum``); the whole table for None.

    Raises:
        ValueError: none is given, or a family of your own has no members yet: give one, such as ``my_family(2)``.
        LookupError: there is no operation of that name.

    >>> resolve(["mul", "leaky_relu"])
    (<operation mul>, <operation leaky_relu(0.1,)>)
    """
    if operations is None:
        return TABLE
    found: list[Op] = []
    for operation in operations:
        if isinstance(operation, Op):
            found.append(operation)
            continue
        name = operation if isinstance(operation, str) else getattr(operation, "__name__", repr(operation))
        if name in FAMILIES and name not in MEMBERS:
            raise ValueError(f"{name} is a family of operations: give a member of it, such as {name}(2)")
        found += [find(name, (p,)) for p in MEMBERS[name]] if name in MEMBERS else [find(name)]
    if not found:
        raise ValueError("there are no operations to draw from: give at least one")
    return tuple(found)
