"""Numbers in nested lists and arrays, on the way in and out of a compiled function."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from ..derivatives import _map as mapped
from ..intrinsics import checked, to_float
from ..value import Value
from .extras import numpy


class ValuesGiven(TypeError):
    """There are Values where plain numbers belong."""


def read(tree: Any, found: list[float]) -> Any:
    """Append the numbers of nested lists and arrays to a list, as floats; gives their :func:`outline`.

    Raises:
        TypeError: something in it is not a number.

    >>> numbers = []
    >>> read([1, [2, (3,)]], numbers), numbers
    ((0, (0, (0,))), [1.0, 2.0, 3.0])
    """
    if type(tree) is float:
        found.append(tree)
        return 0
    if isinstance(tree, (list, tuple)):
        if {*map(type, tree)} == {float}:  # most are, and may be long
            found.extend(tree)
            return even(len(tree))
        return tuple([read(t, found) for t in tree])
    if getattr(tree, "shape", ()):
        return read(tree.tolist(), found)
    if isinstance(tree, Value):
        raise ValuesGiven("derivatives of a compiled function take plain numbers: give the data of the Values")
    found.append(to_float(checked(tree)))
    return 0


@lru_cache(maxsize=256)
def even(*shape: int) -> Any:
    """The outline of an array.

    >>> even(), even(2, 3)
    (0, ((0, 0, 0), (0, 0, 0)))
    """
    return (even(*shape[1:]),) * shape[0] if shape else 0


def nested(tree: Any) -> Any:
    """The numbers of nested lists and arrays, as floats in lists and tuples."""
    return mapped(lambda x: nested(x.tolist()) if getattr(x, "shape", ()) else to_float(checked(x)), tree)


def shaped(tree: Any, numbers: Iterator[float]) -> Any:
    """The next numbers in the shape of a tree whose leaves are 0.

    >>> shaped((0, [0, 0]), iter([1.0, 2.0, 3.0]))
    (1.0, [2.0, 3.0])
    """
    if not isinstance(tree, (list, tuple)):
        return next(numbers)
    if type(tree) is list and tree.count(0) == len(tree):  # most are, and may be long
        return list(islice(numbers, len(tree)))
    items = [shaped(t, numbers) for t in tree]
    return tree._make(items) if hasattr(tree, "_make") else type(tree)(items)


def outline(tree: Any) -> Any:
    """What two arguments of the same shape share: 0 for a number, a tuple for a list.

    >>> outline([1.0, [2.0, 3.0]])
    (0, (0, 0))
    """
    return tuple([outline(t) for t in tree]) if isinstance(tree, (list, tuple)) else 0


def rows(arguments: Sequence[Any]) -> tuple[Any, tuple[Any, ...]]:
    """Arguments with the batch as their first axis: one array of rows, and the shape of each argument without the batch.

    An array of floats that lies in one piece is used where it is, whether it may be written to or not.

    Raises:
        TypeError: an argument has no numbers.
        ValueError: an argument has no rows, or one has more rows than another.
    """
    np = numpy()
    arrays = [_array(np, a, i) for i, a in enumerate(arguments)]
    counts = [len(a) for a in arrays]
    if len(set(counts)) > 1:
        raise ValueError(f"the arguments have {', '.join(map(str, counts))} rows: give each as many")
    flat_rows = [a.reshape(len(a), -1 if a.size else _size(a.shape[1:])) for a in arrays]
    together = flat_rows[0] if len(flat_rows) == 1 else np.concatenate(flat_rows, axis=1)
    return np.ascontiguousarray(together, dtype=np.float64), tuple([a.shape[1:] for a in arrays])


def _array(np: Any, a: Any, place: int) -> Any:
    try:
        found = np.asarray(a)
    except ValueError as error:
        raise ValueError(f"argument {place + 1} of a batch must be even, as an array is: {error}") from None
    if found.dtype.kind not in "biuf":
        raise TypeError(f"argument {place + 1} of a batch must be real numbers, got an array of {found.dtype}")
    if found.ndim == 0:
        raise ValueError(
            f"argument {place + 1} of a batch is one number, {a!r}: give one for each row; for one sample, call it"
        )
    return found


def _size(shape: Sequence[int]) -> int:
    size = 1
    for n in shape:
        size *= n
    return size


def sample(numbers: Iterator[float], shape: Sequence[int]) -> Any:
    """The next numbers as a nested list of a shape.

    >>> sample(iter([1.0, 2.0, 3.0, 4.0]), (2, 2))
    [[1.0, 2.0], [3.0, 4.0]]
    """
    return [sample(numbers, shape[1:]) for _ in range(shape[0])] if shape else next(numbers)


def columns(tree: Any, found: Any) -> Any:
    """The columns of an array of results, in a tree's shape: an array for each even list, with the batch as first axis."""
    at = 0

    def take(tree: Any) -> Any:
        nonlocal at
        shape = _even(tree)
        if shape is None:
            return mapped_once(take, tree)
        start, at = at, at + _size(shape)
        return found[:, start:at].reshape(len(found), *shape)

    return take(tree)


def mapped_once(function: Any, tree: Any) -> Any:
    """A list or tuple with the function of each item."""
    items = [function(t) for t in tree]
    return items if isinstance(tree, list) else tuple(items)


def _even(tree: Any) -> tuple[int, ...] | None:
    """The shape of a number or of nested lists of one length each; None of anything else."""
    if not isinstance(tree, (list, tuple)):
        return ()
    if type(tree) is list and tree.count(0) == len(tree):
        return (len(tree),)
    shapes = [_even(t) for t in tree]
    if not isinstance(tree, list) or None in shapes or len(set(shapes)) > 1:
        return None
    return (len(tree), *((shapes[0] if shapes else None) or ()))
