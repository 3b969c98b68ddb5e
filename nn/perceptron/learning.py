"""What a perceptron did to learn: each correction, and a table of them (lecture row L2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..words import counted
from .unit import Weights


@dataclass(frozen=True)
class Correction:
    """One step of the weights.

    Attributes:
        epoch: in which pass over the data, from 1.
        index: the row that was said wrong, from 0; None for a step from the whole data (``batch=True``), which also has no
            input, target and output.
        input, target, output: that row, its right answer, and what the unit said.
        step: what was added to (w0, w1, ...).
        weights: (w0, w1, ...) after it.

    >>> print(Correction(1, 3, (1, 1), 1, -1, (2, 2, 2), (0, 2, 2)))
    epoch 1, row 3: said -1 to (1, 1), which is 1; step (2, 2, 2) to w = (0, 2, 2)
    """

    epoch: int
    index: int | None
    input: tuple[Any, ...] | None
    target: int | None
    output: int | None
    step: Weights
    weights: Weights

    def __str__(self) -> str:
        which = "all rows" if self.input is None else f"row {self.index}"
        wrong = "" if self.input is None else f" said {self.output} to {written(self.input)}, which is {self.target};"
        return f"epoch {self.epoch}, {which}:{wrong} step {written(self.step)} to w = {written(self.weights)}"


@dataclass(frozen=True, repr=False)
class Learning:
    """What :meth:`Perceptron.fit` did; prints as a table of its corrections.

    Attributes:
        converged: whether few enough errors were left.
        reason: why it ended, in words.
        corrections: each step of the weights, in order.
        errors: how many rows were wrong before the first epoch, after it, after the second, ...
        start: the weights before the first correction.
        best: the weights with the fewest errors on the way, the latest of equals: the pocket (Gallant 1990).
        best_errors: how many rows these get wrong.
    """

    converged: bool
    reason: str
    corrections: tuple[Correction, ...]
    errors: tuple[int, ...]
    start: Weights
    best: Weights
    best_errors: int

    @property
    def epochs(self) -> int:
        """How often it went through the data."""
        return len(self.errors) - 1

    def __repr__(self) -> str:
        return (
            f"<Learning: converged={self.converged}, {self.epochs} epochs, {len(self.corrections)} corrections, "
            f"best {written(self.best)} with {counted(self.best_errors, 'error')}>"
        )

    def __str__(self) -> str:
        head = ["epoch", "row", "x", "y", "ŷ", "step", "w"]
        lines = [
            [str(c.epoch), *(["all", "", "", ""] if c.input is None else _cells(c)), written(c.step), written(c.weights)]
            for c in self.corrections
        ]
        if len(lines) > _SHOWN:
            cut = [["…", "", "", "", "", f"{len(lines) - _SHOWN} more", "…"]]
            lines = [*lines[: _SHOWN // 2], *cut, *lines[-_SHOWN // 2 :]]
        table = [head, *lines]
        widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
        told = ["   ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in table]
        best = f"best w = {written(self.best)}: {counted(self.best_errors, 'error')}"
        return "\n".join([*told, f"{'' if self.converged else 'not '}converged: {self.reason}", best])


_SHOWN = 40  # so many corrections of a long table


def _cells(c: Correction) -> list[str]:
    return [str(c.index), written(c.input or ()), str(c.target), str(c.output)]


def written(numbers: Sequence[Any]) -> str:
    """Numbers in parentheses, floats with four digits."""
    return f"({', '.join(f'{v:.4g}' if isinstance(v, float) else str(v) for v in numbers)})"
