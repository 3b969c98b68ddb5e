"""One step of training, and one look at data that are not learned from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import hypot, inf, isfinite
from typing import Any

from autograd import Value, no_grad

from ..history import History
from ..module import Module
from .batches import Examples
from .checkpoint import Run
from .interrupts import unbroken
from .metrics import Metric, Tally, as_float

Criterion = Callable[[Any, Any], Any]


class DivergedError(ArithmeticError):
    """A loss or a gradient became inf or nan; the model has the weights of the last loss that was a number.

    Attributes:
        history: the epochs before.
    """

    history: History


class Step:
    """One step of training: the lines that every training loop of PyTorch is made of (L22)."""

    def __init__(self, run: Run, criterion: Criterion) -> None:
        self.run, self.criterion = run, criterion
        self.before: list[Any] = []
        """The weights before the last step: the last loss that was a number is theirs."""

    def __call__(self, x: Any, y: Any, tally: Tally) -> None:
        """The step for a batch. All of it, or none: no half step is left behind.

        Raises:
            DivergedError: the loss or the gradient is no finite number.
        """
        model, criterion, optimizer = self.run.model, self.criterion, self.run.optimizer
        optimizer.zero_grad()
        y_pred = model(x)
        loss = criterion(y_pred, y)
        if not isfinite(as_float(loss)):
            self.run.put_back(self.before)
            raise diverged(self.run, "loss", loss.data, len(tally.sizes))
        loss.backward()
        norm = gradient_norm(optimizer.parameters)
        if not isfinite(norm):
            raise diverged(self.run, "gradient's length", norm, len(tally.sizes))
        tally.add(loss, norm, y_pred, y)
        before = self.run.weights()
        with unbroken():
            try:
                optimizer.step()
            except BaseException:
                self.run.put_back(before)
                raise
            self.before = before


def diverged(run: Run, what: str, number: Any, batches: int, epochs: int = 0) -> DivergedError:
    """The error to raise when a number of the loss or the gradient is inf or nan, after so many epochs and batches."""
    error = DivergedError(
        f"the {what} became {as_float(number)} in epoch {len(run.history) + epochs + 1}, batch {batches + 1}, "
        f"at lr = {run.optimizer.lr:g}; the model has the weights of the last loss that was a number. "
        "Try a lower lr, smaller weights to begin with, or data of a smaller scale; "
        "`with autograd.detect_anomaly():` around it finds the operation where it began"
    )
    error.history = run.history
    return error


def gradient_norm(parameters: Sequence[Value]) -> float:
    """The length of the gradient, √(Σ (∂loss/∂p)²); a parameter without a gradient counts as 0.

    >>> x, y = Value(1.0), Value(1.0)
    >>> (3 * x + 4 * y).backward()
    >>> gradient_norm([x, y])
    5.0
    """
    try:
        return hypot(*[p.grad or 0 for p in parameters])
    except OverflowError:  # an int or a Fraction beyond all floats
        return inf


def evaluate(model: Module, criterion: Criterion, data: Examples, metric: Metric | None) -> Tally:
    """The loss and the score on data that are not learned from; nothing is recorded for a backward pass."""
    tally, training = Tally(criterion, metric), model.training
    model.eval()
    try:
        with no_grad():
            y_pred = model(data[0])
            tally.add(criterion(y_pred, data[1]), 0.0, y_pred, data[1])
    finally:
        model.train(training)
    return tally
