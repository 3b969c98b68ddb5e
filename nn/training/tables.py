"""Examples as tables of floats, which compiled code reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd

from ..losses import NLLLoss

REAL = "biuf"
"""NumPy's letters for real numbers."""

Tables = tuple[Any, Any]
"""Inputs and targets as arrays of floats, in their own shapes, with the examples as first axis."""


def package() -> Any:
    """``autograd.compile``, which is loaded when it is first used."""
    return autograd.compile


def shape(numbers: Any) -> tuple[int, ...]:
    """The shape of an array, or of nested lists if they are even.

    >>> shape([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    (3, 2)
    """
    found: tuple[int, ...] = ()
    while isinstance(numbers, (list, tuple)) and numbers:
        found, numbers = (*found, len(numbers)), numbers[0]
    return (*found, *getattr(numbers, "shape", ()))


def tables(criterion: Any, inputs: Any, targets: Any, classes: Callable[[Any], int]) -> Tables:
    """Inputs and targets as arrays of floats that lie in one piece; those that are so already are not copied.

    Args:
        criterion: the loss; for one of classes, labels become rows of one 1 among zeros.
        inputs, targets: arrays or nested lists, with as many examples.
        classes: how many there are, given the inputs; asked for labels only.

    Raises:
        TypeError, ValueError: they are not even tables of real numbers, have different lengths, or are empty; or a label is
            none.

    >>> import nn
    >>> tables(nn.CrossEntropyLoss(), [[0.5], [1.5]], [2, 0], lambda x: 3)[1]
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    x, y = _array("inputs", inputs), _array("targets", targets)
    if len(x) != len(y):
        raise ValueError(f"there are {len(x)} rows of inputs and {len(y)} targets: give one target for each row")
    if not len(x):
        raise ValueError("the batch is empty: give one row or more")
    if isinstance(criterion, NLLLoss) and y.ndim == 1:
        y = _one_hot(y, classes(x))
    return tuple([a if a.dtype == float and a.flags.c_contiguous else a.astype(float, order="C") for a in (x, y)])


def finite(data: Any, places: Any) -> None:
    """Look for inf and nan among examples, where the loss of a batch, or its gradient, is none.

    Args:
        data: the tables of all examples.
        places: the rows of the batch.

    Raises:
        ValueError: there is one.
    """
    np = package().extras.numpy()
    for what, table in (("inputs", data.x), ("targets", data.y)):
        rows = table[places]
        for k, place in np.argwhere(~np.isfinite(rows))[:1].tolist():
            raise ValueError(
                f"row {places[k]} of the {what}, place {place}, is {rows[k, place]}, and so the loss or its gradient is no "
                "number. The step was not taken; leave out such examples"
            )


def _array(what: str, numbers: Any) -> Any:
    np = package().extras.numpy()
    try:
        found = np.asarray(numbers)
    except ValueError as error:
        raise ValueError(f"the {what} must be even, as a table is: {error}") from None
    if found.dtype.kind not in REAL:
        raise package().trees.unreal(f"the {what}", found)
    if found.ndim == 0:
        raise ValueError(f"the {what} are one number, {numbers!r}: give a list with one item for each example")
    return found


def _one_hot(labels: Any, classes: int) -> Any:
    np = package().extras.numpy()
    wrong = np.flatnonzero((labels < 0) | (labels >= classes)) if labels.dtype.kind in "iu" else range(1)
    if len(wrong):
        k = int(wrong[0])
        raise ValueError(
            f"a label is a whole number from 0 to {classes - 1}, for there are {classes} classes; target[{k}] is "
            f"{labels[k].item()!r}{'' if labels.dtype.kind in 'iu' else ': write int(...), or .astype(int) of an array'}"
        )
    return (labels[:, None] == np.arange(classes)).astype(float)
