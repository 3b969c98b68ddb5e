"""How far numbers are from numbers: squared, absolute, and Huber's blend of both."""

from __future__ import annotations

from typing import Any

from autograd import minimum

from .loss import Loss


class MSELoss(Loss):
    """(x - t)², the squared error.

    Args:
        reduction: ``"mean"`` is the lecture's 1/|D| Σ (x - t)² (L13), and ``"half_sum"`` its ½ Σ (x - t)², whose slope is
            x - t (L3); or ``"sum"``, ``"none"``.

    >>> from autograd import Value
    >>> outputs = [[Value(0.0)], [Value(0.0)], [Value(0.0)]]        # of the line w x, at w = 0 (L3)
    >>> MSELoss("half_sum")(outputs, [[1.0], [2.0], [3.0]]).data
    7.0
    """

    reductions = ("mean", "sum", "half_sum", "none")

    def each(self, x: Any, t: Any) -> Any:
        """(x - t)²."""
        return (x - t) ** 2


class L1Loss(Loss):
    """abs(x - t), the distance; its slope at 0 is 0.

    >>> from autograd import Value
    >>> L1Loss()([Value(1.0), Value(5.0)], [2.0, 2.0]).data
    2.0
    """

    def each(self, x: Any, t: Any) -> Any:
        """abs(x - t)."""
        return abs(x - t)


class HuberLoss(Loss):
    """½ (x - t)² nearer than delta, and from there on a straight line, delta · (abs(x - t) - ½ delta) (Huber 1964).

    Args:
        delta: above 0.
        reduction: as for :class:`Loss`.

    >>> from autograd import Value
    >>> HuberLoss(delta=1.0, reduction="none")([Value(0.5), Value(3.0)], [0.0, 0.0])
    [Value(0.125, op=mul), Value(2.5, op=mul)]
    """

    settings = ("delta",)
    delta: float

    def __init__(self, delta: float = 1.0, reduction: str = "mean") -> None:
        super().__init__(reduction, delta=delta)

    def each(self, x: Any, t: Any) -> Any:
        """Both in one: c · (abs(x - t) - ½ c), where c is the smaller of abs(x - t) and delta."""
        distance = abs(x - t)
        near = minimum(distance, self.delta)
        return near * (distance - near / 2)
