"""What classifiers decide: the class of each row, and how often which was taken for which (lecture rows L12 and L23)."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from autograd import no_grad
from autograd.pictures.theme import mixed

from ..activations import Sigmoid, Step
from ..checks import finite
from ..datasets import Dataset
from ..module import Module
from ..shapes import flat, mapped
from ..words import counted
from .canvas import LOOK, dress, number, panels, told


def confusion(model: Callable[[Any], Any], data: Any, *, threshold: float | None = None, ax: Axes | None = None) -> Figure:
    """How often a classifier took which class for which: right answers are on the diagonal (lecture row L23).

    A row of the table for each class, a column for each answer; the darker a cell, the larger its share of its row.

    Args:
        model: takes a batch of rows; gives for each a number, or a list of one or several: see :func:`boundary`.
        data: a Dataset, or inputs and targets, as for :func:`boundary`; the rows may have any length.
        threshold: where a model of one output changes its mind: see :func:`boundary`.
        ax: axes to draw on.

    Raises:
        ValueError: targets that are no classes, an output that is not finite.

    >>> import nn
    >>> print(confusion(nn.ThresholdUnit(2, low=0), nn.datasets.xor_gate()).alt)
    How often each class of XOR was taken for which: 2 of 4 rows right. Most often 0 was taken for 1: 2 times.
    """
    data = data if isinstance(data, Dataset) else Dataset(*data)
    level = threshold_of(model) if threshold is None else finite("threshold", threshold)
    said = margins_of(model, data.inputs, level)
    classes = classes_of(data, len(said[0]))
    counts = [[0] * len(said[0]) for _ in said[0]]
    for k, margins in zip(classes, said, strict=True):
        counts[k][margins.index(max(margins))] += 1
    names = data.classes or _names(data, classes, len(counts))
    (ax,) = panels(ax, height=5.0)
    right = f"{sum(row[k] for k, row in enumerate(counts))} of {len(data)} rows right"
    dress(ax, f"Confusion, {data.name}: {right}", "taken for", "is", grid=False)
    for i, row in enumerate(counts):
        for k, count in enumerate(row):
            ink = LOOK.forward if i == k else LOOK.backward
            share = count / max(sum(row), 1)
            ax.fill(
                [k - 0.5, k + 0.5, k + 0.5, k - 0.5],
                [i - 0.5, i - 0.5, i + 0.5, i + 0.5],
                mixed(LOOK.ground, ink, 0.45 * share),
            )
            if count:
                ax.text(k, i, str(count), color=LOOK.ink, ha="center", va="center")
    ends = -0.5, len(counts) - 0.5
    ax.set(xlim=ends, ylim=ends[::-1], aspect="equal")
    ax.set_xticks(range(len(counts)), names)
    ax.set_yticks(range(len(counts)), names)
    wrong = [(count, -i, -k) for i, row in enumerate(counts) for k, count in enumerate(row) if count and i != k]
    worst = ""
    if wrong:
        count, i, k = max(wrong)
        worst = f" Most often {names[-i]} was taken for {names[-k]}: {counted(count, 'time')}."
    return told(ax, f"How often each class of {data.name} was taken for which: {right}.{worst}")


def _names(data: Dataset, classes: list[int], count: int) -> list[str]:
    """What the classes are called, where they have no names: by their targets, or by their places."""
    found = {k: called(y) for k, y in zip(classes, data.targets) if not isinstance(y, list) or len(y) == 1}
    return [found.get(k, str(k)) for k in range(count)]


def called(target: Any) -> str:
    """A target as text; of a row of one number, the number."""
    return str(target[0] if isinstance(target, list) and len(target) == 1 else target).replace("-", "−")


def threshold_of(model: Any) -> float:
    """Where a model of one output changes its mind."""
    last = [part for _, part in model.named_modules()][-1] if isinstance(model, Module) else None
    return 0.5 if isinstance(last, (Sigmoid, Step)) or getattr(last, "low", None) == 0 else 0.0


def margins_of(model: Callable[[Any], Any], inputs: list[list[Any]], level: float) -> list[list[float]]:
    """For each row by how much each class wins over the best other one."""
    with no_grad():
        outputs = [list(flat(mapped(number, row))) for row in model(inputs)]
    found = []
    for row, scores in zip(inputs, outputs, strict=True):
        if not all(abs(score) < inf for score in scores):
            raise ValueError(f"at {row} the model gives {scores}, which is not finite: there is no class to draw")
        if len(scores) == 1:
            found.append([level - scores[0], scores[0] - level])
        else:
            found.append([score - max(scores[:k] + scores[k + 1 :]) for k, score in enumerate(scores)])
    return found


def classes_of(data: Dataset, count: int) -> list[int]:
    """The class of each point."""
    found = []
    for k, y in enumerate(data.targets):
        label = y.index(max(y)) if isinstance(y, list) and len(y) > 1 else y[0] if isinstance(y, list) else y
        place = 0 if count == 2 and label == -1 else label
        if place not in range(count):
            wanted = "0 and 1, or -1 and 1" if count == 2 else f"0 to {count - 1}"
            raise ValueError(f"the target of row {k} is {y!r}: for {count} classes targets are {wanted}")
        found.append(int(place))
    return found
