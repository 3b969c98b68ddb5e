"""What all schedules share: whose rates they set, the epoch, and their state."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any, ClassVar

from ..optim import Optimizer
from ..settings import FROM_0, clean, settled


class Schedule:
    """Sets the optimizer's learning rate for each epoch: from its making for epoch 0, then at each ``step()``.

    Derive from it and write ``rate``. One schedule owns the rates of one optimizer: what else sets them is overwritten.

    Args:
        optimizer: whose rates at this moment are the ones of epoch 0, before the formula.
        settings: what the formula takes; they become attributes.

    Attributes:
        last_epoch: the epoch that the rates are for.
        base_lrs: the rates that the optimizer's groups began with.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> class Harmonic(Schedule):
    ...     def rate(self, base, epoch):
    ...         return base / (1 + epoch)
    >>> optimizer = SGD([Value(1.0)], lr=0.5)
    >>> schedule = Harmonic(optimizer)
    >>> schedule.step()
    >>> optimizer.lr, schedule.get_last_lr()
    (0.25, [0.25])
    """

    settings: ClassVar[tuple[str, ...]] = ()
    memory: ClassVar[tuple[str, ...]] = ("last_epoch",)

    def __init__(self, optimizer: Optimizer, **settings: Any) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(self).__name__} takes an optimizer first, got {optimizer!r}")
        vars(self).update(settled(type(self).__name__, settings))
        self.optimizer = optimizer
        self.base_lrs = self.get_last_lr()
        self.last_epoch = 0
        self._set_rates(0)

    def rate(self, base: float, epoch: int) -> float:
        """The rate in an epoch, the first being 0, for a group that began with the rate ``base``."""
        raise NotImplementedError(f"{type(self).__name__} has no rate(self, base, epoch) yet: write one")

    def step(self, loss: float | None = None) -> None:
        """Go on to the next epoch. The loss is for :class:`ReduceLROnPlateau`; the others don't look at it."""
        self._set_rates(self.last_epoch + 1)
        self.last_epoch += 1

    def get_last_lr(self) -> list[float]:
        """The rate of each of the optimizer's groups."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def _set_rates(self, epoch: int) -> None:
        what = f"{type(self).__name__}: the rate of epoch {epoch}"
        rates = [clean(what, self._rate(base, epoch), FROM_0) for base in self.base_lrs]
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate

    def _rate(self, base: float, epoch: int) -> float:
        try:
            return self.rate(base, epoch)
        except OverflowError:
            return inf

    def state_dict(self) -> dict[str, Any]:
        """The settings, the first rates and the epoch, fit for JSON. The rates of now are in the optimizer's state.

        >>> from autograd import Value
        >>> from nn.optim import SGD
        >>> from nn.schedules import ExponentialLR
        >>> ExponentialLR(SGD([Value(1.0)], lr=0.5), gamma=0.9).state_dict()
        {'schedule': 'ExponentialLR', 'gamma': 0.9, 'last_epoch': 0, 'base_lrs': [0.5]}
        """
        names = (*self.settings, *self.memory, "base_lrs")
        copied = {name: list(x) if isinstance(x := getattr(self, name), list) else x for name in names}
        return {"schedule": type(self).__name__, **copied}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take all of a :meth:`state_dict`, or nothing. Load the optimizer's as well: it has the rates of now.

        Raises:
            ValueError: the state is of another schedule, for other groups, or damaged.
        """
        name, mine = type(self).__name__, self.state_dict()
        if not isinstance(state, Mapping) or state.get("schedule") != name or set(state) != set(mine):
            raise ValueError(f"this is no state of {name}: it has {', '.join(mine)}; got {state!r}")
        fresh = settled(name, {key: x for key, x in state.items() if key != "schedule"})
        if len(fresh["base_lrs"]) != len(self.base_lrs):
            raise ValueError(f"the state is for {len(fresh['base_lrs'])} groups, {name} has {len(self.base_lrs)}")
        vars(self).update(fresh)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.settings)})"
