"""Nested lists of numbers: what goes into a layer, comes out of it, and is compared by a loss."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from reprlib import repr as brief
from typing import Any

from autograd import Value


def nested(x: Any) -> Any:
    """Arrays and tables (of NumPy, PyTorch, pandas) as nested lists of numbers, tuples as lists; a number or a Value stays.

    >>> nested(((1, 2), (3, 4)))
    [[1, 2], [3, 4]]
    """
    if hasattr(x, "to_numpy"):
        x = x.to_numpy()
    if hasattr(x, "tolist"):
        return x.tolist()
    if isinstance(x, (list, tuple)):
        if x and (isinstance(x[0], (list, tuple)) or hasattr(x[0], "tolist")):  # the first tells: every call comes here
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


def rows(x: Any, what: str = "the inputs") -> list[list[Any]]:
    """Data checked: rows of plain finite numbers, all of one length, copied.

    Raises:
        ValueError: no rows, rows that are empty, of different lengths or no lists, or a number that is inf or nan.
        TypeError: something that is no number. All name the row.

    >>> rows([(1, 2), [3.0, 4.0]])
    [[1, 2], [3.0, 4.0]]
    """
    table = _listed(x, what, "rows, such as [[0, 1], [1, 0]]")
    for k, row in enumerate(table):
        if not isinstance(row, list) or not row:
            raise ValueError(f"row {k} of {what} is {brief(row)}: a row is a list of one number or more, as in [[0], [1]]")
        if len(row) != len(table[0]):
            raise ValueError(f"row {k} of {what} has length {len(row)}, row 0 has length {len(table[0])}: {brief(row)}")
    return [[_finite(v, f"row {k} of {what}, place {i}") for i, v in enumerate(row)] for k, row in enumerate(table)]


def column(x: Any, what: str = "the targets") -> list[Any]:
    """Data checked: a list of plain finite numbers, or rows of one each.

    Raises:
        ValueError, TypeError: as :func:`rows`.

    >>> column([1, 0]), column([[1], [0]])
    ([1, 0], [1, 0])
    """
    numbers = _listed(x, what, "numbers, such as [0, 1]")
    return [_finite(v[0] if isinstance(v, list) and len(v) == 1 else v, f"row {k} of {what}") for k, v in enumerate(numbers)]


def _listed(x: Any, what: str, such: str) -> list[Any]:
    found = nested(x)
    if not isinstance(found, list):
        raise TypeError(f"{what} are a list of {such}; got {brief(x)}")
    if not found:
        raise ValueError(f"{what} are empty: give a list of {such}")
    return found


def _finite(x: Any, where: str) -> Any:
    try:
        number = x if type(x) is float or type(x) is int else Value(x).data
    except TypeError as error:
        raise TypeError(f"{where}: {error}") from None
    if number != number or number in (inf, -inf):
        raise ValueError(f"{where} is {number}: data are finite numbers; leave that row out, or fill the gap")
    return number
