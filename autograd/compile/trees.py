"""Numbers in nested lists and arrays, on the way in and out of a compiled function."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from ..derivatives import _map as mapped
from ..intrinsics import checked, to_float
from ..value import Value
from .extras import numpy

REAL = "biuf"
"""NumPy's letters for real numbers."""


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


def directions_of(v: tuple[Any, ...]) -> tuple[Any, ...]:
    """What was given as v, if it was: one direction for each argument.

    >>> directions_of(()), directions_of((3,)), directions_of(((3, 4),))
    ((), (3,), (3, 4))
    """
    return v[0] if v and isinstance(v[0], tuple) else v


def shapes(arguments: Sequence[Any]) -> list[Any]:
    """The shapes of arrays; None for what is none."""
    return [getattr(x, "shape", None) for x in arguments]


def rows(arguments: Sequence[Any], names: Sequence[str] = ()) -> tuple[Any, tuple[Any, ...]]:
    """Arguments with the batch as their first axis: one array of rows, and the shape of each argument without the batch.

    An array of floats that lies in one piece is used where it is, whether it may be written to or not.

    Args:
        names: what errors call the last of the arguments.

    Raises:
        TypeError: an argument has no numbers.
        ValueError: an argument has no rows, or one has more rows than another.
    """
    np = numpy()
    called = [f"argument {i + 1} of a batch" for i in range(len(arguments) - len(names))]
    arrays = [_array(np, a, name) for a, name in zip(arguments, (*called, *names))]
    counts = [len(a) for a in arrays]
    if len(set(counts)) > 1:
        raise ValueError(f"the arguments have {', '.join(map(str, counts))} rows: give each as many")
    flat_rows = [a.reshape(len(a), -1 if a.size else _size(a.shape[1:])) for a in arrays]
    together = flat_rows[0] if len(flat_rows) == 1 else np.concatenate(flat_rows, axis=1)
    return np.ascontiguousarray(together, dtype=np.float64), tuple([a.shape[1:] for a in arrays])


def _array(np: Any, a: Any, name: str) -> Any:
    try:
        found = np.asarray(a)
    except ValueError as error:
        raise ValueError(f"{name} must be even, as an array is: {error}") from None
    if found.dtype.kind not in REAL:
        raise unreal(name, found)
    if found.ndim == 0:
        raise ValueError(f"{name} is one number, {a!r}: give one for each row; for one sample, call it")
    return found


def unreal(name: str, found: Any) -> TypeError:
    """What to say of an array whose items are not all plain real numbers: the first that is none, and what to write.

    >>> from fractions import Fraction
    >>> unreal("x", numpy().array([[1, 2], [3, Fraction(1, 2)]]))
    TypeError('x must be plain real numbers; x[1][1] is Fraction(1, 2): write float(...)')
    """
    np = numpy()
    for place in np.ndindex(found.shape):
        item = found[place]
        item = item.item() if isinstance(item, np.generic) else item
        if np.asarray(item).dtype.kind not in REAL:
            at = "".join([f"[{k}]" for k in place])
            if isinstance(item, Value):
                remedy = "give its data"
            else:
                remedy = "write float(...)" if hasattr(item, "__float__") or isinstance(item, str) else "give a number"
            short = name.removeprefix("the ").removesuffix(" of a batch")
            return TypeError(f"{name} must be plain real numbers; {short}{at} is {item!r:.80}: {remedy}")
    return TypeError(f"{name} must be plain real numbers, got an array of {found.dtype}: write .astype(float)")


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


def mapped_once(function: Any, tree: Any) -> Any:
    """A list or tuple with the function of each item."""
    items = [function(t) for t in tree]
    return items if isinstance(tree, list) else tuple(items)


class Leaf(NamedTuple):
    """Some neighbours among the numbers of a result, which make an array of a shape, or a number."""

    start: int
    stop: int
    shape: tuple[int, ...]


def layout(tree: Any) -> Any:
    """A tree whose leaves are 0, with what numbers become of each even list.

    >>> layout((0, [[0, 0], [0, 0]]))
    (Leaf(start=0, stop=1, shape=()), Leaf(start=1, stop=5, shape=(2, 2)))
    """
    at = 0

    def take(tree: Any) -> Any:
        nonlocal at
        shape = _even(tree)
        if shape is None:
            return mapped_once(take, tree)
        start, at = at, at + _size(shape)
        return Leaf(start, at, shape)

    return take(tree)


def laid(layout: Any, found: Any) -> Any:
    """The columns of an array of results: an array for each leaf, with the batch as first axis."""
    if not isinstance(layout, Leaf):
        return mapped_once(lambda part: laid(part, found), layout)
    return found[:, layout.start : layout.stop].reshape(len(found), *layout.shape)


def laid_one(layout: Any, found: Any) -> Any:
    """The results of one sample: an array for each leaf that has a shape, or else a float."""
    if not isinstance(layout, Leaf):
        return mapped_once(lambda part: laid_one(part, found), layout)
    start, stop, shape = layout
    if not shape:
        return found.item(start)
    return found[start:stop] if len(shape) == 1 else found[start:stop].reshape(shape)


def filled(layout: Any, out: Any, rows: int) -> list[tuple[Leaf, Any]]:
    """The arrays that results are to be put into, with the leaves that they are for.

    Raises:
        TypeError: one is not an array, or not of floats.
        ValueError: one has another shape, or does not lie in one piece that may be written to.
    """
    np = numpy()
    if not isinstance(layout, Leaf):
        if not isinstance(out, (list, tuple)) or len(out) != len(layout):
            raise TypeError(f"out must be a tuple of {len(layout)}, as the results are, got {type(out).__name__}")
        return [pair for part, given in zip(layout, out) for pair in filled(part, given, rows)]
    if not isinstance(out, np.ndarray) or out.dtype != np.float64:
        kind = f"an array of {out.dtype}" if isinstance(out, np.ndarray) else type(out).__name__
        raise TypeError(f"out must be an array of float64, got {kind}")
    if out.shape != (rows, *layout.shape):
        raise ValueError(f"out must have the shape of the results, {(rows, *layout.shape)}, got {out.shape}")
    if not (out.flags.c_contiguous and out.flags.writeable):
        raise ValueError("out must lie in one piece, row after row, and be writable: give an array as numpy.empty makes it")
    return [(layout, out)]


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
