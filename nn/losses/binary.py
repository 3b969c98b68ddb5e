"""Yes or no: binary cross-entropy of probabilities and of logits, and the margin of scores."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Value, dot, relu, softplus

from .loss import PROBABILITIES, Kind, Loss


class HingeLoss(Loss):
    """relu(1 - t x): 0 once the score x has the sign of its target t = ±1 and a margin of 1 to spare (micrograd's loss).

    >>> from autograd import Value
    >>> HingeLoss()([Value(2.0), Value(0.5)], [1, -1]).data
    0.75
    """

    targets = ("-1 or 1", lambda t: -1 <= t <= 1 <= abs(t))

    def each(self, x: Any, t: Any) -> Any:
        """relu(1 - t x)."""
        return relu(1 - t * x)


class BCEWithLogitsLoss(Loss):
    """Binary cross-entropy of logits, -t log σ(x) - (1 - t) log(1 - σ(x)), with all its digits at any x.

    Args:
        pos_weight: how many times the first term, that of the positive examples, counts: 0 or more.
        reduction: as for :class:`Loss`.

    Targets are 0 or 1, or a probability between.

    >>> from autograd import Value
    >>> BCEWithLogitsLoss()([Value(0.0), Value(1e308)], [1, 1]).data        # log(2) / 2
    0.34657359027997264
    """

    targets = PROBABILITIES
    settings = ("pos_weight",)
    pos_weight: float

    def __init__(self, pos_weight: float = 1.0, reduction: str = "mean") -> None:
        super().__init__(reduction, pos_weight=pos_weight)

    def each(self, x: Any, t: Any) -> Any:
        """-log σ(x) is softplus(-x), and -log(1 - σ(x)) is softplus(x); a term that counts 0 times is left out."""
        if isinstance(t, Value) or 0 < t < 1:
            return dot([self.pos_weight * t, 1 - t], [softplus(-x), softplus(x)])
        if t == 0:
            return softplus(x)
        return softplus(-x) if self.pos_weight == 1 else self.pos_weight * softplus(-x)


class BCELoss(Loss):
    """Binary cross-entropy of probabilities, -t log p - (1 - t) log(1 - p). For logits, BCEWithLogitsLoss keeps more digits.

    As in PyTorch a logarithm is -100 at least, and its slope at most 1e12: a p of 0 that should be 1 has the loss 100, and
    a gradient that still pulls it up. (Nearer than 1e-12 to 0 or 1 PyTorch's slopes are not quite these.)

    Targets are 0 or 1, or a probability between.

    Raises:
        ValueError: an output is below 0 or above 1. A nan passes, into the loss.

    >>> from autograd import Value
    >>> BCELoss()([Value(0.5), Value(0.0)], [1, 0]).data
    0.34657359027997264
    """

    targets = PROBABILITIES

    def each(self, p: Any, t: Any) -> Any:
        """A term that counts 0 times is left out."""
        if isinstance(t, Value) or 0 < t < 1:
            return -dot([t, 1 - t], [_log(p), _log_of_rest(p)])
        return -_log(p) if t == 1 else -_log_of_rest(p)

    def pairs(self, input: Any, target: Any) -> tuple[list[Any], list[Any], Any]:
        """As for all losses, with probabilities as outputs."""
        ps, ts, like = super().pairs(input, target)
        self.check("output", ps, self.sizes(input), MAY_BE_PROBABILITIES)
        return ps, ts, like


MAY_BE_PROBABILITIES: Kind = (f"{PROBABILITIES[0]} (end the model with a sigmoid)", lambda p: not (p < 0 or p > 1))
STEEPEST = 1e12


def _log(p: Value) -> Any:
    """log p; where its slope 1/p would be above the steepest, a straight line through this p instead."""
    if p <= 1 / STEEPEST:
        here = p.detach()
        return (p - here) * STEEPEST + autograd.maximum(autograd.log(here), -100)
    return p.log()


def _log_of_rest(p: Value) -> Any:
    """log(1 - p), in the same way."""
    here = p.detach()
    if 1 - here <= 1 / STEEPEST:
        return (here - p) * STEEPEST + autograd.maximum(autograd.log1p(-here), -100)
    return (-p).log1p()
