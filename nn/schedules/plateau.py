"""Rates by what the loss does."""

from __future__ import annotations

from math import inf

from ..optim import Optimizer
from ..settings import NUMBER, clean
from .schedule import Schedule


class ReduceLROnPlateau(Schedule):
    """The rate times ``factor`` when the loss got no better for more than ``patience`` epochs: call ``step(loss)``.

    Args:
        optimizer: as for :class:`Schedule`.
        mode: ``"min"`` where less is better, as of a loss; ``"max"``, as of an accuracy.
        factor: above 0 and below 1.
        patience: how many epochs in a row may be no better.
        threshold: by how much the best must be beaten: a share of it, or in ``threshold_mode="abs"`` an amount.
        cooldown: how many epochs don't count after a reduction.
        min_lr: the least rate.
        eps: a change of the rate that is not above this is not made.

    A loss of nan is no better.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> optimizer = SGD([Value(1.0)], lr=1.0)
    >>> schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    >>> for loss in (3.0, 2.0, 2.0, 2.0):
    ...     schedule.step(loss)
    >>> optimizer.lr
    0.5
    """

    settings = ("mode", "factor", "patience", "threshold", "threshold_mode", "cooldown", "min_lr", "eps")
    memory = ("last_epoch", "best", "num_bad_epochs", "cooldown_counter")
    mode: str
    factor: float
    patience: int
    threshold: float
    threshold_mode: str
    cooldown: int
    min_lr: float
    eps: float

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float = 0.0,
        eps: float = 1e-8,
    ) -> None:
        when = {"mode": mode, "patience": patience, "threshold": threshold, "threshold_mode": threshold_mode}
        super().__init__(optimizer, **when, factor=factor, cooldown=cooldown, min_lr=min_lr, eps=eps)
        self.best = inf if mode == "min" else -inf
        self.num_bad_epochs = self.cooldown_counter = 0

    def rate(self, base: float, epoch: int) -> float:
        """The first rate."""
        return base

    def step(self, loss: float | None = None) -> None:
        """Go on to the next epoch, knowing the loss of the last."""
        if loss is None:
            raise TypeError("ReduceLROnPlateau looks at the loss: write schedule.step(loss)")
        current = clean("ReduceLROnPlateau: the loss", getattr(loss, "data", loss), NUMBER)
        self.last_epoch += 1
        if self._beaten(current):
            self.best, self.num_bad_epochs = current, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter, self.num_bad_epochs = self.cooldown_counter - 1, 0
        if self.num_bad_epochs > self.patience:
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
            for group in self.optimizer.param_groups:
                reduced = max(group["lr"] * self.factor, self.min_lr)
                if group["lr"] - reduced > self.eps:
                    group["lr"] = reduced

    def _beaten(self, loss: float) -> bool:
        upward = 1 if self.mode == "max" else -1
        margin = upward * self.threshold
        bar = self.best * (1 + margin) if self.threshold_mode == "rel" else self.best + margin
        return loss * upward > bar * upward
