"""Which of several classes: cross-entropy of logits, and of log-probabilities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd
from autograd import Value, cross_entropy, dot, where

from ..shapes import flat, shape
from .loss import PROBABILITIES, Loss, place, values


class NLLLoss(Loss):
    """-x[t], where x are the log-probabilities of the classes (see LogSoftmax) and the label t, counted from 0, is right.

    Shape: rows of one number a class, and a list of one label a row; or one row and its label. What stands for the other
    classes gets no gradient. Instead of a label, a row of probabilities serves as well: one a class, and 1 in sum. The loss
    is then -Σ t x.

    Raises:
        ValueError: as for :class:`Loss`; or a label is no whole number, or none of the classes; or probabilities are not
            from 0 to 1, or not 1 in sum.

    >>> from autograd import Value
    >>> NLLLoss()([[Value(-1.0), Value(-2.0)]], [1]).data
    2.0
    """

    def each(self, x: Any, t: Any) -> Any:
        """The loss of one row."""
        return weighed(t, lambda c: -x[c]) if isinstance(t, list) else -x[t]

    def pairs(self, input: Any, target: Any) -> tuple[list[Any], list[Any], Any]:
        """The rows, and what is right for each."""
        sizes = self.sizes(input)
        if len(sizes) not in (1, 2):
            raise ValueError(f"{type(self).__name__} takes rows of one number a class, or one row; the outputs are {sizes}")
        rows, ts, like = (input, target, [0] * len(input)) if len(sizes) == 2 else ([input], [target], 0)
        self.check_right(sizes, target, ts)
        return [values(row) for row in rows], ts, like

    def check_right(self, sizes: tuple[int, ...], target: Any, ts: list[Any]) -> None:
        """Raise an error if a row's target is neither one of its classes nor a probability for each."""
        found = shape(target, "the targets")
        if found == sizes:
            return self._check_shares(sizes, ts)
        if found != sizes[:-1]:
            raise ValueError(self.misfit("labels of such outputs", sizes[:-1], target))
        classes = range(sizes[-1])
        for k, t in enumerate(ts):
            if isinstance(t, bool) or not hasattr(t, "__index__") or t not in classes:
                raise ValueError(
                    f"{type(self).__name__}: a label is a whole number from 0 to {classes[-1]}, "
                    f"for there are {len(classes)} classes; {place('target', k, sizes[:-1])} is {t!r}"
                )

    def _check_shares(self, sizes: tuple[int, ...], ts: list[Any]) -> None:
        self.check("target", list(flat(ts)), sizes, PROBABILITIES)
        for k, row in enumerate(ts):
            total = autograd.sum(values(row))
            if abs(total - 1) > 1e-4:
                raise ValueError(
                    f"{type(self).__name__}: the probabilities of a row are 1 in sum; those of "
                    f"{place('target', k, sizes[:-1])} are {total.data!r} (several right classes at once: BCEWithLogitsLoss)"
                )


def weighed(shares: list[Any], loss: Callable[[int], Any]) -> Any:
    """The losses of the classes, each as much as its share; those without one are left out, for theirs may be infinite."""
    if any(isinstance(s, Value) for s in shares):  # which are left out, is known only when it runs
        return autograd.sum([where(s > 0, s * loss(c), 0) for c, s in enumerate(shares)])
    kept = [c for c, s in enumerate(shares) if s]
    return dot([shares[c] for c in kept], [loss(c) for c in kept])


class CrossEntropyLoss(NLLLoss):
    """-log softmax(x)[t], where x are the logits of the classes and the label t, counted from 0, is right.

    Args:
        label_smoothing: how much of the right answer is spread evenly over all classes, from 0 to 1.
        reduction: as for :class:`Loss`; the mean is over rows.

    Shape: rows of one logit a class, and labels or probabilities as for :class:`NLLLoss`. Of probabilities t the loss is
    -Σ t log softmax(x), and inf where two logits are further apart than the largest float.

    Raises:
        ValueError: as for :class:`NLLLoss`.

    >>> from autograd import Value
    >>> logits = [[Value(0.0), Value(0.0)]]
    >>> CrossEntropyLoss()(logits, [1])
    Value(0.6931471805599453, op=mean)
    >>> CrossEntropyLoss()(logits, [[0.25, 0.75]]).data
    0.6931471805599453
    """

    settings = ("label_smoothing",)
    label_smoothing: float

    def __init__(self, label_smoothing: float = 0.0, reduction: str = "mean") -> None:
        super().__init__(reduction, label_smoothing=label_smoothing)

    def each(self, x: Any, t: Any) -> Any:
        """The loss of one row."""
        spread = self.label_smoothing
        if isinstance(t, list):
            shares = t
        elif spread:
            shares = [int(c == t) for c in range(len(x))]
        else:
            return cross_entropy(x, t)
        if spread:
            shares = [s * (1 - spread) + spread / len(x) for s in shares]
        return weighed(shares, lambda c: cross_entropy(x, c))
