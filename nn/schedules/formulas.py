"""Rates by formula: each schedule gives the rate of an epoch from the rate at first."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi

from ..optim import Optimizer
from .schedule import Schedule


class StepLR(Schedule):
    """The rate times gamma after every ``step_size`` epochs.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> schedule = StepLR(SGD([Value(1.0)], lr=1.0), step_size=2, gamma=0.5)
    >>> [schedule.rate(1.0, epoch) for epoch in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    settings = ("step_size", "gamma")
    step_size: int
    gamma: float

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        super().__init__(optimizer, step_size=step_size, gamma=gamma)

    def rate(self, base: float, epoch: int) -> float:
        """base · gamma to the number of full steps."""
        return base * self.gamma ** (epoch // self.step_size)


class MultiStepLR(Schedule):
    """The rate times gamma at each of the epochs ``milestones``.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> schedule = MultiStepLR(SGD([Value(1.0)], lr=1.0), milestones=[1, 3], gamma=0.5)
    >>> [schedule.rate(1.0, epoch) for epoch in range(5)]
    [1.0, 0.5, 0.5, 0.25, 0.25]
    """

    settings = ("milestones", "gamma")
    milestones: list[int]
    gamma: float

    def __init__(self, optimizer: Optimizer, milestones: list[int], gamma: float = 0.1) -> None:
        super().__init__(optimizer, milestones=milestones, gamma=gamma)

    def rate(self, base: float, epoch: int) -> float:
        """base · gamma to the number of milestones reached."""
        return base * self.gamma ** sum(milestone <= epoch for milestone in self.milestones)


class ExponentialLR(Schedule):
    """The rate times gamma after every epoch.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> schedule = ExponentialLR(SGD([Value(1.0)], lr=1.0), gamma=0.5)
    >>> [schedule.rate(1.0, epoch) for epoch in range(3)]
    [1.0, 0.5, 0.25]
    """

    settings = ("gamma",)
    gamma: float

    def __init__(self, optimizer: Optimizer, gamma: float) -> None:
        super().__init__(optimizer, gamma=gamma)

    def rate(self, base: float, epoch: int) -> float:
        """base · gamma to the epoch."""
        return base * self.gamma**epoch


class CosineAnnealingLR(Schedule):
    """Half a cosine: from the first rate down to ``eta_min`` in ``T_max`` epochs, then up again.

    The annealing of Loshchilov and Hutter (2017), without restarts.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> schedule = CosineAnnealingLR(SGD([Value(1.0)], lr=1.0), T_max=2, eta_min=0.5)
    >>> [schedule.rate(1.0, epoch) for epoch in range(3)]
    [1.0, 0.75, 0.5]
    """

    settings = ("T_max", "eta_min")
    T_max: int
    eta_min: float

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:
        super().__init__(optimizer, T_max=T_max, eta_min=eta_min)

    def rate(self, base: float, epoch: int) -> float:
        """eta_min + (base - eta_min) · (1 + cos(π epoch / T_max)) / 2."""
        return self.eta_min + (base - self.eta_min) * (1 + cos(pi * epoch / self.T_max)) / 2


class LinearLR(Schedule):
    """Warming up: from ``start_factor`` of the rate to ``end_factor`` of it in ``total_iters`` epochs, evenly.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> schedule = LinearLR(SGD([Value(1.0)], lr=1.0), start_factor=0.5, total_iters=2)
    >>> [schedule.rate(1.0, epoch) for epoch in range(4)]
    [0.5, 0.75, 1.0, 1.0]
    """

    settings = ("start_factor", "end_factor", "total_iters")
    start_factor: float
    end_factor: float
    total_iters: int

    def __init__(
        self, optimizer: Optimizer, start_factor: float = 1 / 3, end_factor: float = 1.0, total_iters: int = 5
    ) -> None:
        super().__init__(optimizer, start_factor=start_factor, end_factor=end_factor, total_iters=total_iters)

    def rate(self, base: float, epoch: int) -> float:
        """base · a factor on the straight line between both."""
        done = min(epoch, self.total_iters) / self.total_iters
        return base * (self.start_factor + (self.end_factor - self.start_factor) * done)


class LambdaLR(Schedule):
    """The first rate times a function of the epoch, of one's own. A state does not hold the function: give it again.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.5)
    >>> LambdaLR(optimizer, lambda epoch: 1 / (1 + epoch)).step()
    >>> optimizer.lr
    0.25
    """

    def __init__(self, optimizer: Optimizer, lr_lambda: Callable[[int], float]) -> None:
        if not callable(lr_lambda):
            raise TypeError(f"lr_lambda is a function of the epoch, such as lambda epoch: 0.9**epoch; got {lr_lambda!r}")
        self.lr_lambda = lr_lambda
        super().__init__(optimizer)

    def rate(self, base: float, epoch: int) -> float:
        """base · lr_lambda(epoch)."""
        return base * self.lr_lambda(epoch)
