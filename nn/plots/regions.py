"""Where classifiers decide: lines of perceptrons, regions of networks (lecture rows L1, L2, L6 and L12)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from autograd.pictures.theme import mixed

from ..checks import finite, whole
from ..datasets import Dataset
from ..perceptron import Learning, ThresholdUnit
from ..perceptron import boundary as line_of
from ..words import counted
from .canvas import LOOK, Plot, dress, evenly, key, panels, short, style, told
from .decisions import called, classes_of, margins_of, threshold_of

Box = tuple[tuple[float, float], tuple[float, float]]
"""(low, high) across, and (low, high) up."""

SHADES = (0.12, 0.32, 0.22)
"""How much of a class's colour its region has; neighbours differ, to be told apart in grey."""


def boundary(
    model: Callable[[Any], Any],
    data: Any,
    *,
    threshold: float | None = None,
    points: int = 61,
    ax: Axes | None = None,
) -> Figure:
    """The regions between which a classifier of two inputs decides, and the data (lecture rows L6 and L12).

    A model of one output decides between two classes: is it above the threshold? One of several takes the largest. A ring
    marks each point that is decided wrongly.

    Args:
        model: takes a batch of rows of two numbers; gives for each a number, or a list of one or several.
        data: a Dataset, or inputs and targets: 0 and 1, or -1 and 1; for several outputs 0, 1, 2, ... or one-hot rows.
        threshold: by default 0.5 for a model that ends with a sigmoid or says 0 or 1, else 0 (logits, tanh, -1 or 1).
        points: at how many places in each direction the model is asked.
        ax: axes to draw on.

    Raises:
        ValueError: inputs that are not two numbers, targets that are no classes, an output that is not finite.

    >>> import nn
    >>> plot = boundary(nn.MLP(2, [3, 1], seed=0), nn.datasets.xor_gate(), points=9)
    """
    data, box = _plane(data)
    xs, ys = (evenly(*ends, whole("points", points, 2)) for ends in box)
    level = threshold_of(model) if threshold is None else finite("threshold", threshold)
    said = margins_of(model, data.inputs, level)
    asked, middle = (model, level) if threshold is not None else _smooth(model, level)
    grid = margins_of(asked, [[x, y] for y in ys for x in xs], middle)
    classes = classes_of(data, len(said[0]))
    wrong = [row for row, margins, k in zip(data.inputs, said, classes) if max(margins) > margins[k]]
    (ax,) = panels(ax, height=5.0)
    right = f"{len(data) - len(wrong)} of {len(data)} points right"
    _dress(ax, data, box, f"Decision regions, {data.name}: {right}")
    for k in range(len(said[0])):
        table = [[margins[k] for margins in grid[i : i + len(xs)]] for i in range(0, len(grid), len(xs))]
        _region(ax, xs, ys, table, k)
    _scatter(ax, data, classes)
    if wrong:
        ring: dict[str, Any] = {"marker": "o", "markersize": 14, "markerfacecolor": "none", "markeredgecolor": LOOK.ink}
        ax.plot([x for x, _ in wrong], [y for _, y in wrong], linestyle="none", label="wrong", **ring)
    _key(ax)
    return told(ax, f"The regions of {len(said[0])} classes in the plane, with the data {data.name}. {right}.")


def perceptron(learning: Learning, data: Any, *, lines: int = 8, ax: Axes | None = None) -> Figure:
    """The line of a perceptron moving as it learns (lecture rows L1 and L2).

    Thin lines, the darker the later, are those on the way, each with the number of the correction that led to it; the thick
    one is the last, and the tinted side is where it says 1. Where learning did not converge, a dotted line is the best.

    Args:
        learning: what ``Perceptron.fit`` returned.
        data: the Dataset, or inputs and targets, that it learned from.
        lines: the most lines to draw; of more corrections some are left out, evenly.
        ax: axes to draw on.

    Raises:
        ValueError: a perceptron, or data, of other than two inputs.

    >>> import nn
    >>> data = nn.datasets.and_gate()
    >>> plot = perceptron(nn.Perceptron(2, low=0).fit(*data), data)
    """
    data, box = _plane(data)
    if len(learning.start) != 3:
        raise ValueError(f"a line needs a perceptron of two inputs; this one has {len(learning.start) - 1}")
    steps = [(k, weights) for k, weights in enumerate([learning.start, *(c.weights for c in learning.corrections)])]
    last = steps[-1][1]
    (ax,) = panels(ax, height=5.0)
    count = len(steps) - 1
    state = "converged" if learning.converged else "did not converge"
    title = f"Perceptron on {data.name}: {state} after {counted(count, 'correction')}"
    _dress(ax, data, box, title)
    (left, right), (bottom, top) = box
    table = [[float(last[0] + last[1] * x + last[2] * y) for x in (left, right)] for y in (bottom, top)]
    if any(last):
        _region(ax, [left, right], [bottom, top], table, 1, line=False)
    drawn = _thinned(steps, whole("lines", lines, 1))
    for place, (k, weights) in enumerate(drawn):
        ends, newest = _segment(weights, box), k == count
        if ends is not None:
            color = LOOK.ink if newest else mixed(LOOK.ground, LOOK.ink, 0.25 + 0.5 * place / len(drawn))
            look: dict[str, Any] = {"linewidth": 3.0} if newest else {"linewidth": 1.3, "linestyle": "--"}
            ax.plot(*ends, color=color, label=f"line after {k}" if newest else "_before", **look)
            _numbered(ax, ends, k)
    best = None if learning.converged else _segment(learning.best, box)
    if best is not None:
        ax.plot(*best, color=LOOK.backward, linewidth=4, linestyle=":", label=f"best line: {learning.best_errors} wrong")
    _scatter(ax, data, classes_of(data, 2))
    _key(ax)
    return told(ax, f"{title}. The line {_sentence(last)}; {learning.reason}.")


def _plane(data: Any) -> tuple[Dataset, Box]:
    """The data, and the box to draw: around all points, with a margin."""
    data = data if isinstance(data, Dataset) else Dataset(*data)
    if len(data.inputs[0]) != 2:
        raise ValueError(f"this picture is a plane: the data must have rows of 2 numbers, not of {len(data.inputs[0])}")
    box = []
    for places in zip(*data.inputs):
        low, high = float(min(places)), float(max(places))
        spare = 0.25 * (high - low) or 1.0
        box.append((low - spare, high + spare))
    return data, (box[0], box[1])


def _smooth(model: Callable[[Any], Any], level: float) -> tuple[Callable[[Any], Any], float]:
    """What to ask for the regions, and its level: of a threshold unit the score, or its rim would have steps."""
    if isinstance(model, ThresholdUnit) and any(model.weights):
        return lambda inputs: [model.score(row) for row in inputs], 0.0
    return model, level


def _dress(ax: Axes, data: Dataset, box: Box, title: str) -> None:
    across, up = data.features or ("x₁", "x₂")
    dress(ax, title, across, up, grid=False)
    ax.set_xlim(*box[0])
    ax.set_ylim(*box[1])


def _region(ax: Axes, xs: list[float], ys: list[float], table: list[list[float]], k: int, line: bool = True) -> None:
    """Where a class's margin is above 0, in a tint of its colour, with its rim."""
    least, most = min(map(min, table)), max(map(max, table))
    if most > 0:
        tint = mixed(LOOK.ground, style(k).color, SHADES[k % len(SHADES)])
        ax.contourf(xs, ys, table, levels=[0.0, most + 1.0], colors=[tint])
        if line and least < 0:
            ax.contour(xs, ys, table, levels=[0.0], colors=LOOK.ink, linewidths=1.5)


def _scatter(ax: Axes, data: Dataset, classes: list[int]) -> None:
    """The points of each class."""
    for k in sorted(set(classes)):
        chosen = [i for i, place in enumerate(classes) if place == k]
        xs, ys = ([float(data.inputs[i][axis]) for i in chosen] for axis in (0, 1))
        name = data.classes[k] if data.classes else f"y = {called(data.targets[chosen[0]])}"
        look: dict[str, Any] = {"color": style(k).color, "markeredgecolor": LOOK.ground, "markersize": 8}
        ax.plot(xs, ys, linestyle="none", marker=style(k).marker, label=name, **look)


def _key(ax: Axes) -> None:
    """The legend beside the plane, where it hides no point; inside axes of the user's own, which may have no room beside."""
    key(ax, **({"loc": "upper left", "bbox_to_anchor": (1.01, 1.0)} if isinstance(ax.figure, Plot) else {}))


def _thinned(steps: Sequence[Any], most: int) -> list[Any]:
    """At most so many of them, evenly, with the last."""
    count = len(steps)
    return [steps[k] for k in sorted({count - 1 - round(i * (count - 1) / max(most - 1, 1)) for i in range(most)})]


def _segment(weights: Sequence[Any], box: Box) -> tuple[list[float], list[float]] | None:
    """The part of a perceptron's line that lies in the box, as the x and the y of its ends; None where there is none."""
    found = line_of(weights)
    if found is None:
        return None
    point, along = ([float(v) for v in pair] for pair in found)
    first, last = -inf, inf
    for place, step, (low, high) in zip(point, along, box):
        if step:
            entry, leave = sorted(((low - place) / step, (high - place) / step))
            first, last = max(first, entry), min(last, leave)
        elif not low <= place <= high:
            return None
    if first >= last:
        return None
    return [point[0] + along[0] * t for t in (first, last)], [point[1] + along[1] * t for t in (first, last)]


def _numbered(ax: Axes, ends: tuple[list[float], list[float]], k: int) -> None:
    """A line's number, on it near an end: neighbours have theirs at different ends."""
    (x, y), (x_far, y_far) = sorted(zip(*ends), key=lambda end: (end[1], end[0]), reverse=k % 2 == 0)
    about: dict[str, Any] = {"facecolor": LOOK.ground, "edgecolor": "none", "pad": 0.8}
    place = x + 0.06 * (x_far - x), y + 0.06 * (y_far - y)
    ax.text(*place, str(k), color=LOOK.ink, fontsize=9, ha="center", va="center", bbox=about)


def _sentence(weights: Sequence[Any]) -> str:
    bias, first, second = map(float, weights)
    signed = [f"{'−' if w < 0 else '+'} {short(abs(w))}" for w in (second, bias)]
    return f"is {short(first)}·x₁ {signed[0]}·x₂ {signed[1]} = 0"
