"""The loss of one example, which is what a compiled step records; a batch's is made of such."""

from __future__ import annotations

from collections.abc import Callable
from math import fsum
from typing import Any

import autograd
from autograd import no_grad

from ..losses import Loss
from ..module import Module
from .metrics import as_float, right_for


class Rows:
    """A model and its criterion, one example at a time.

    Args:
        model, criterion: what is trained, and by what.
        scored: whether to count what is right, as the accuracy of :func:`nn.fit` does.

    Attributes:
        averages: whether the loss of several examples is the mean of each one's, or else the sum.
        splits: whether this was found out already.
        shares: how many outputs of an example are right or wrong.
    """

    def __init__(self, model: Module, criterion: Callable[[Any, Any], Any], scored: bool) -> None:
        self.model, self.criterion = model, criterion
        self.right = right_for(criterion) if scored else None
        self.splits, self._seen, self.shares = False, False, 1
        self.averages = getattr(criterion, "reduction", "mean") == "mean"
        self._classes: dict[Any, int] = {}

    def loss(self, x: Any, y: Any) -> list[Any]:
        """The loss of one example, and how many of its outputs are right, if that is asked for."""
        predicted = self.model([x])
        loss = self.criterion(predicted, [y])
        if self.right is None:
            return [loss]
        right = self.right(predicted[0], y)
        self.shares = len(right)
        return [loss, autograd.sum(right)]

    def classes(self, inputs: Any) -> int:
        """How many outputs the model gives for such inputs: as many classes are there."""
        shape = inputs.shape[1:]
        if shape not in self._classes:
            with no_grad():
                self._classes[shape] = len(self.model(inputs[:1].tolist())[0])
        return self._classes[shape]

    def look(self, xs: list[Any], ys: list[Any]) -> None:
        """Find out whether the loss of a batch is the mean of its examples', or their sum, on a few.

        Raises:
            ValueError: it is neither.
        """
        alone = len(xs) == 1
        if alone and self._seen:
            return
        xs, ys = (xs * 2, ys * 2) if alone else (xs, ys)  # of one alone, at least, that it is the same twice
        with no_grad():
            each = [as_float(self.criterion(self.model([x]), [y])) for x, y in zip(xs, ys)]
            together = as_float(self.criterion(self.model(xs), ys))
        total, size = fsum(each), fsum(map(abs, each))
        fits = [abs(together - one) <= 1e-9 * size for one in (total, total / len(xs))]
        if not any(fits) and size < float("inf"):
            raise ValueError(
                f"a step compiles for a loss that is the mean or the sum of its examples' losses. Those of {len(xs)} "
                f"examples are {', '.join(f'{x:.6g}' for x in each)}, and {together:.6g} for all at once: let each "
                "example's loss depend on that example alone, without random numbers, or train without compiling"
            )
        self._seen = True
        if alone:
            return
        if fits[0] == fits[1]:  # all are 0, say: then a loss of ours does as it says, and another one is tried again
            self.splits = getattr(type(self.criterion), "forward", None) is Loss.forward
        else:
            self.splits, self.averages = True, fits[1]
