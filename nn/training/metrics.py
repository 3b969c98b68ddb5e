"""Right or wrong, counted where a loss knows it; and the averages of an epoch."""

from __future__ import annotations

from collections.abc import Callable
from math import fsum, inf
from typing import Any

from ..losses import BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, HingeLoss, NLLLoss
from ..shapes import flat

Metric = Callable[[Any, Any], Any]


def accuracy_for(criterion: Any) -> Metric | None:
    """How examples are counted as right under a loss: ``metric(y_pred, y)``, the share from 0 to 1; None where none is.

    Of several classes the largest output must be the label's; the others, output by output, on which side of 0 (of
    one half, for probabilities) prediction and target are.

    >>> from autograd import Value
    >>> from nn.losses import HingeLoss
    >>> accuracy_for(HingeLoss())([[Value(0.3)], [Value(0.2)]], [[1], [-1]])
    0.5
    """
    if isinstance(criterion, (CrossEntropyLoss, NLLLoss)):
        return _largest
    sides = {BCELoss: (0.5, 0.5), BCEWithLogitsLoss: (0.0, 0.5), HingeLoss: (0.0, 0.0)}
    for kind, (above, wanted_above) in sides.items():
        if isinstance(criterion, kind):
            return lambda y_pred, y: _share(
                [(p.data > above) == (t > wanted_above) for p, t in zip(flat(y_pred), flat(y), strict=True)]
            )
    return None


def _largest(y_pred: Any, y: Any) -> float:
    wanted = [_place(t) if isinstance(t, list) else t for t in y]
    return _share([_place([v.data for v in row]) == t for row, t in zip(y_pred, wanted, strict=True)])


def _place(numbers: list[Any]) -> int:
    """Where the largest stands, the first one of equals."""
    return numbers.index(max(numbers))


def _share(right: list[bool]) -> float:
    return sum(right) / len(right)


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
        self.norms.append(norm)
        self.sizes.append(len(y))
        self.losses.append(as_float(loss))
        if self.metric is not None:
            self.scores.append(as_float(self.metric(y_pred, y)))

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
