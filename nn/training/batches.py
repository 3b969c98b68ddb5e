"""The data of a training: checked before anything is changed, then cut into batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from autograd import Value, no_grad

from ..datasets import Dataset
from ..module import Module

Examples = tuple[list[Any], list[Any]]


def examples(data: Any, what: str = "the data") -> Examples:
    """Inputs and targets as lists of the same length.

    Args:
        data: a pair of inputs, one row of numbers for each example, and targets; or what unpacks to one, such as a Dataset.
        what: what errors call it.

    Raises:
        TypeError: it is no pair, or holds what is no number.
        ValueError: it is empty, ragged or not finite, or the two have different lengths.

    >>> examples(([[1.0], [2.0]], (3, 4)))
    ([[1.0], [2.0]], [3, 4])
    """
    if not isinstance(data, Dataset):
        try:
            inputs, targets = data
        except (TypeError, ValueError):
            raise TypeError(f"{what} must be a pair (inputs, targets) or a Dataset, got {type(data).__name__}") from None
        try:
            data = Dataset(inputs, targets)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{what}: {error}") from None
    return data.inputs, data.targets


def rehearse(model: Module, criterion: Callable[[Any, Any], Any], data: Examples, what: str = "the data") -> None:
    """One example through the model, all targets through the loss: wrong sizes and labels show before training."""
    inputs, targets = data
    try:
        with no_grad():
            y_pred = model(inputs[:1])
            if not isinstance(y_pred, list) or len(y_pred) != 1:
                raise ValueError(f"for a batch of one row the model must give a list of one result, and gave {y_pred!r:.80}")
            different = list({repr(t): t for t in targets}.values())  # one output meets them all: each once is enough
            try:
                loss = criterion(y_pred * len(different), different)
            except Exception:
                loss = criterion(y_pred * len(inputs), targets)  # to say which one it is
    except Exception as error:
        error.add_note(f"This came to light on {what}, before training; nothing was changed.")
        raise
    if not isinstance(loss, Value):
        raise TypeError(f"the loss of {what} must be one Value, got {loss!r:.80}: is its reduction 'mean' or 'sum'?")


def batches(data: Examples, size: int | None, seed: int | None, epoch: int) -> Iterator[Examples]:
    """The batches of an epoch: all at once in their order, or cut from an order that seed and epoch alone decide.

    A seed of None leaves them in their order.

    >>> [x for x, y in batches(([[1], [2], [3]], [1, 2, 3]), 2, seed=0, epoch=0)]
    [[[2], [1]], [[3]]]
    """
    inputs, targets = data
    if size is None:
        yield data
        return
    order = range(len(inputs)) if seed is None else shuffled(len(inputs), seed, epoch)
    for start in range(0, len(order), size):
        chosen = order[start : start + size]
        yield [inputs[k] for k in chosen], [targets[k] for k in chosen]


def shuffled(count: int, seed: int, epoch: int) -> list[int]:
    """The places of all examples, in the order of an epoch.

    >>> shuffled(4, seed=0, epoch=1)
    [3, 2, 1, 0]
    """
    order = list(range(count))
    Random(f"{seed}, {epoch}").shuffle(order)
    return order
