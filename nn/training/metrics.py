"""Right or wrong, counted where a loss knows it; and the averages of an epoch."""

from __future__ import annotations

from collections.abc import Callable
from math import fsum, inf
from typing import Any

from autograd import where

from ..losses import BCELoss, BCEWithLogitsLoss, HingeLoss, NLLLoss
from ..shapes import flat, mapped

Metric = Callable[[Any, Any], Any]


def right_for(criterion: Any) -> Callable[[Any, Any], list[Any]] | None:
    """What counts as right under a loss: a function of one example's outputs and target, 1 or 0 for each; None if none is.

    Of several classes the largest output must be the label's; the others, output by output, on which side of 0 (of
    one half, for probabilities) prediction and target are. Numbers and Values serve alike, so that it compiles.

    >>> from nn.losses import HingeLoss
    >>> right_for(HingeLoss())([0.3, -0.2], [1, 1])
    [1, 0]
    """
    if isinstance(criterion, NLLLoss):
        return lambda p, t: [where(abs(_place(p) - (_place(t) if isinstance(t, list) else t)) < 0.5, 1, 0)]
    sides = {BCELoss: (0.5, 0.5), BCEWithLogitsLoss: (0.0, 0.5), HingeLoss: (0.0, 0.0)}
    for kind, (above, wanted_above) in sides.items():
        if isinstance(criterion, kind):
            return lambda p, t: [
                where(x > above, where(y > wanted_above, 1, 0), where(y > wanted_above, 0, 1))
                for x, y in zip(flat(p), flat(t), strict=True)
            ]
    return None


def accuracy_for(criterion: Any) -> Metric | None:
    """How examples are counted as right under a loss: ``metric(y_pred, y)``, the share from 0 to 1; None where none is.

    >>> from autograd import Value
    >>> from nn.losses import HingeLoss
    >>> accuracy_for(HingeLoss())([[Value(0.3)], [Value(0.2)]], [[1], [-1]])
    0.5
    """
    right = right_for(criterion)
    if right is None:
        return None

    def accuracy(y_pred: Any, y: Any) -> float:
        numbers = mapped(lambda v: v.data, y_pred)
        told = [one for p, t in zip(numbers, y, strict=True) for one in right(p, t)]
        return float(sum(told) / len(told))

    return accuracy


def _place(numbers: list[Any]) -> Any:
    """Where the largest stands, the first one of equals."""
    largest, place = numbers[0], 0
    for k, x in enumerate(numbers):
        place = where(x > largest, k, place)
        largest = where(x > largest, x, largest)
    return place


def as_float(x: Any) -> float:
    """A number or a Value as a float; one beyond all floats as inf.

    >>> as_float(10**400)
    inf
    """
    x = getattr(x, "data", x)
    try:
        return float(x)
    except OverflowError:
        return inf if x > 0 else -inf


class Tally:
    """Numbers of batches, on the way to one of an epoch."""

    def __init__(self, criterion: Any, metric: Metric | None) -> None:
        self.metric, self.sums = metric, getattr(criterion, "reduction", "mean") == "sum"
        self.sizes: list[int] = []
        self.losses: list[float] = []
        self.scores: list[float] = []
        self.norms: list[float] = []

    def add(self, loss: Any, norm: float, y_pred: Any, y: Any) -> None:
        """A batch's loss, the length of its gradient, and its score."""
        self.note(len(y), as_float(loss), norm, [] if self.metric is None else [as_float(self.metric(y_pred, y))])

    def note(self, size: int, loss: float, norm: float, scores: list[float]) -> None:
        """The same of so many examples, as plain numbers; the score in a list, which is empty where there is none."""
        self.norms.append(norm)
        self.sizes.append(size)
        self.losses.append(loss)
        self.scores += scores

    @property
    def loss(self) -> float:
        """The mean over all examples, or for a loss that sums, the sum."""
        return fsum(self.losses) if self.sums else self._mean(self.losses)

    @property
    def score(self) -> float | None:
        """The mean over all examples."""
        return self._mean(self.scores) if self.scores else None

    @property
    def norm(self) -> float:
        """The mean over the batches."""
        return fsum(self.norms) / len(self.norms)

    def _mean(self, numbers: list[float]) -> float:
        total = sum(self.sizes)
        return fsum(size / total * number for size, number in zip(self.sizes, numbers, strict=True))
