"""Rosenblatt's delta rule (lecture row L2)."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, isfinite
from typing import Any

from ..checks import whole
from ..initializers import Seed, generator
from ..settings import ABOVE_0, clean
from ..shapes import column, rows
from ..words import counted
from .learning import Correction, Learning, written
from .unit import ThresholdUnit, Weights

Data = list[tuple[int, list[Any], Any]]
"""The number of each row, the row with x0 before it, and its target."""


class Perceptron(ThresholdUnit):
    """A threshold unit that learns by Rosenblatt's delta rule (lecture row L2; Rosenblatt 1958).

    >>> unit = Perceptron(2, low=0)
    >>> learning = unit.fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])       # AND
    >>> learning.converged, unit.weights
    (True, (-3, 2, 1))
    >>> print(learning.corrections[0])
    epoch 1, row 0: said 1 to (0, 0), which is 0; step (-1, 0, 0) to w = (-1, 0, 0)
    """

    def fit(
        self,
        inputs: Any,
        targets: Any,
        lr: Any = 1,
        batch: bool = False,
        until: int = 0,
        max_epochs: int = 1000,
        seed: Seed = None,
    ) -> Learning:
        """Correct the weights, epoch by epoch, until at most ``until`` rows are said wrong, or it cannot go on.

        A step is +lr (y - ŷ) x, with x0 = 1: towards what should have been said. (The slides print it with a minus sign,
        which climbs.) Whole numbers and Fractions stay exact. The unit keeps the last weights; to take the best line
        instead, write ``unit.weights = learning.best``.

        Args:
            inputs: a batch of rows.
            targets: 1 or ``low`` for each row.
            lr: the size of a step, above 0.
            batch: one step an epoch from the sum over all rows, instead of one after each row.
            until: how many errors are few enough. In terms of E = ½ Σ (y - ŷ)² each is 2, or ½ with low=0.
            max_epochs: how often to go through the data at most.
            seed: where each epoch takes the rows in a new random order: a whole number or a ``random.Random``.

        Returns:
            A :class:`Learning`. It ends without converging at ``max_epochs``, or when an epoch begins with weights that an
            earlier one began with: with the rows in the same order all must repeat. So it does on XOR, and as the rule finds
            a line wherever there is one, this proves that there is none (L6), as long as the numbers are exact.

        Raises:
            ValueError: ragged or empty data, nan or inf in it, another width than the unit's, a target that it
                never says, or an lr that is not above 0.
            OverflowError: the weights grew out of the floats' range; they stay what they were before that epoch.

        >>> learning = Perceptron(2).fit([[0, 0], [0, 1], [1, 0], [1, 1]], [-1, 1, 1, -1])          # XOR
        >>> learning.converged, learning.reason
        (False, 'epoch 4 began as epoch 3 did, so that all would repeat: the rows are not linearly separable')
        """
        clean(f"{type(self).__name__}: lr", lr, ABOVE_0)  # checked only: a Fraction stays one
        until, max_epochs = whole("until", until, 0), whole("max_epochs", max_epochs, 0)
        data, order = self._checked(inputs, targets), None if seed is None else generator(seed)
        start = best = now = self.weights
        errors = [self._errors(now, data)]
        fewest, corrections, seen, reason = errors[0], list[Correction](), dict[Any, int](), ""
        while errors[-1] > until and not reason:
            epoch = len(errors)
            begun = seen.setdefault(tuple((type(w), w) for w in now), epoch)  # 1 and 1.0 do not go on alike
            if begun < epoch and not order:
                reason = f"epoch {epoch} began as epoch {begun} did, so that all would repeat"
                reason += "" if any(isinstance(w, float) for w in now) else ": the rows are not linearly separable"
            elif epoch > max_epochs:
                reason = f"{counted(errors[-1], 'error')} left after {max_epochs} epochs, the limit"
            else:
                for correction in self._epoch(now, order.sample(data, len(data)) if order else data, lr, batch, epoch):
                    corrections.append(correction)
                    now = correction.weights
                    if (wrong := self._errors(now, data, fewest + 1)) <= fewest:
                        best, fewest = now, wrong
                errors.append(self._errors(now, data))
                self.weights = now
        done = not reason
        reason = reason or f"{counted(errors[-1], 'error')} after epoch {len(errors) - 1}"
        return Learning(done, reason, tuple(corrections), tuple(errors), start, best, fewest)

    def _checked(self, inputs: Any, targets: Any) -> Data:
        """Each row's number, the row with x0 before it, and its target."""
        table, wanted = rows(inputs), column(targets, "the targets")
        if len(table[0]) != self.in_features:
            raise ValueError(self._misfit(table[0]))
        if len(wanted) != len(table):
            raise ValueError(f"there are {len(table)} rows and {len(wanted)} targets: give one target for each row")
        for k, y in enumerate(wanted):
            if y not in (1, self.low):
                other = "Perceptron(..., low=0)" if y == 0 else "low=-1" if y == -1 else "another target"
                raise ValueError(f"this unit says {self.low} or 1; the target of row {k} is {y!r}: take {other}")
        return [(k, [1, *row], y) for k, (row, y) in enumerate(zip(table, wanted, strict=True))]

    def _say(self, weights: Weights, x: list[Any]) -> Any:
        """What :meth:`row` says, on plain numbers and many times faster."""
        total: Any = 0
        for w, v in zip(weights, x, strict=True):
            total += w * v
        return 1 if total >= 0 else self.low if total < 0 else total

    def _errors(self, weights: Weights, data: Data, stop: float = inf) -> int:
        """How many rows these weights get wrong; ``stop`` is as good as more."""
        wrong = 0
        for _, x, y in data:
            wrong += self._say(weights, x) != y
            if wrong >= stop:
                break
        return wrong

    def _epoch(self, weights: Weights, data: Data, lr: Any, batch: bool, epoch: int) -> Iterator[Correction]:
        """The corrections of one pass over the data."""
        total: Weights = (0,) * len(weights)
        for k, x, y in data:
            said = self._say(weights, x)
            if said == y:
                continue
            step = tuple(lr * (y - said) * v for v in x)
            if batch:
                total = _sum(total, step)
            else:
                weights = _sum(weights, step)
                yield Correction(epoch, k, tuple(x[1:]), y, said, step, weights)
        if batch:
            yield Correction(epoch, None, None, None, None, total, _sum(weights, total))


def _sum(a: Weights, b: Weights) -> Weights:
    total = tuple(v + w for v, w in zip(a, b, strict=True))
    if any(isinstance(v, float) and not isfinite(v) for v in total):
        raise OverflowError(f"the weights became {written(total)}: take a smaller lr, or scale the inputs")
    return total
