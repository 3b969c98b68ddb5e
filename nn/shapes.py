"""Nested lists of numbers: what goes into a layer, comes out of it, and is compared by a loss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def nested(x: Any) -> Any:
    """Arrays (NumPy's, PyTorch's) as nested lists of plain numbers, tuples as lists; a number or a Value stays.

    >>> nested(((1, 2), (3, 4)))
    [[1, 2], [3, 4]]
    """
    if hasattr(x, "tolist"):
        return x.tolist()
    if isinstance(x, (list, tuple)):
        if x and (
            isinstance(x[0], (list, tuple)) or hasattr(x[0], "tolist")
        ):  # the first tells: this is on every call's way
            return [nested(item) for item in x]
        return x if isinstance(x, list) else list(x)
    return x


def shape(x: Any, what: str = "the data") -> tuple[int, ...]:
    """The sizes of a nested list, outermost first, as an array would have; () for a number.

    Raises:
        ValueError: its rows have different lengths.

    >>> shape([[1, 2, 3], [4, 5, 6]]), shape(7)
    ((2, 3), ())
    """
    if not isinstance(x, list):
        return ()
    shapes = [shape(item, what) for item in x]
    for k, other in enumerate(shapes):
        if other != shapes[0]:
            raise ValueError(f"{what} must be even: item 0 has shape {shapes[0]}, item {k} has shape {other}: {x[k]!r}")
    return (len(x), *(shapes[0] if shapes else ()))


def flat(x: Any) -> Iterator[Any]:
    """The numbers of a nested list, in order.

    >>> list(flat([[1, 2], [3]]))
    [1, 2, 3]
    """
    if isinstance(x, list):
        for item in x:
            yield from flat(item)
    else:
        yield x


def mapped(function: Any, x: Any) -> Any:
    """The function of each number of a nested list, nested as before.

    >>> mapped(abs, [[-1], [2]])
    [[1], [2]]
    """
    return [mapped(function, item) for item in x] if isinstance(x, list) else function(x)
