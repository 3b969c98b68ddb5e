"""Rows of numbers as images: pictures, and what a first layer looks for (lecture row L23)."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, isfinite, sqrt
from typing import Any

from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from ..checks import whole
from ..layers import Linear
from ..module import Module
from ..shapes import nested
from ..words import counted
from .canvas import LOOK, WIDTH, dress, number, panels, told

# From dark to light throughout, so that the sign of a number can be read in grey, too.
SIGNED = LinearSegmentedColormap.from_list("signed", ["#00304f", "#0072b2", "#a9b1b8", "#f5b183", "#fff3e6"])
INK = LinearSegmentedColormap.from_list("ink", [LOOK.ground, LOOK.ink])


def images(
    rows: Any,
    shape: tuple[int, int] = (8, 8),
    *,
    titles: Sequence[Any] = (),
    signed: bool | None = None,
    label: str = "",
    ax: Any = None,
) -> Figure:
    """Rows of numbers as images side by side, all on one scale (lecture row L23).

    Args:
        rows: for each image its numbers or Values, line by line, such as the inputs of ``nn.datasets.digits()``.
        shape: lines and columns of each image.
        titles: what to write above each.
        signed: True shows negative numbers dark and positive ones light, False 0 as paper and the largest as ink. By
            default True where a number is negative.
        label: what the numbers are; written at the scale.
        ax: axes to draw on, one for each image.

    Raises:
        ValueError: no rows, another length than the shape has, another number of titles than of rows, or a number that is
            not finite.

    >>> plot = images([[0, 1, 1, 0], [1, 0, 0, 1]], shape=(2, 2), titles=["falling", "rising"])
    >>> print(plot.alt)
    2 images of 2 x 2: falling, rising. Light is 0, dark is 1.
    """
    height, width = (whole("a side of shape", side) for side in shape)
    shown = [[number(v) for v in row] for row in nested(rows)]
    titles = list(map(str, titles))
    if not shown:
        raise ValueError("there are no rows to show: an image is a row of numbers, as in [[0, 1, 1, 0]]")
    for k, row in enumerate(shown):
        if len(row) != height * width:
            raise ValueError(
                f"images of {height} x {width} have {height * width} numbers, and row {k} has {len(row)}: give shape="
            )
        if not all(map(isfinite, row)):
            raise ValueError(f"row {k} has a number that is inf or nan: there is nothing to show")
    if titles and len(titles) != len(shown):
        raise ValueError(f"there are {len(shown)} images and {len(titles)} titles: give one for each, or none")
    most = max(abs(v) for row in shown for v in row) or 1.0
    signed = any(v < 0 for row in shown for v in row) if signed is None else signed
    across = min(len(shown), max(4, ceil(sqrt(len(shown)))))
    axes = panels(ax, len(shown), columns=across, height=0.85 * WIDTH / max(across, 3) * max(0.4, min(height / width, 2.5)))
    for one, row, title in zip(axes, shown, titles or [""] * len(shown)):
        dress(one, title, grid=False)
        lines = [row[i : i + width] for i in range(0, len(row), width)]
        colors, least = (SIGNED, -most) if signed else (INK, 0.0)
        picture = one.imshow(lines, cmap=colors, vmin=least, vmax=most, interpolation="nearest")
        one.set_xticks([])
        one.set_yticks([])
        one.spines[:].set(visible=True, color=LOOK.constant)  # where the paper ends
    if signed or label:
        bar = axes[0].figure.colorbar(picture, ax=axes, label=label, shrink=0.8)
        bar.ax.tick_params(labelcolor=LOOK.ink)
    named = f": {', '.join(titles)}" if titles else ""
    scale = "Dark is negative, light positive" if signed else f"Light is 0, dark is {most:.4g}"
    return told(axes[0], f"{counted(len(shown), 'image')} of {height} x {width}{named}. {scale}.")


def weights(layer: Module, shape: tuple[int, int] = (8, 8), *, units: int = 16, ax: Any = None) -> Figure:
    """The weights of each unit of a first layer as an image of the inputs (lecture row L23).

    Dark is negative, light positive, on one scale for all units.

    Args:
        layer: a Linear layer, or a model, whose first Linear layer is shown.
        shape: rows and columns of the images that the layer takes, row by row.
        units: the most units to show: the first ones.
        ax: axes to draw on, one for each unit shown.

    Raises:
        ValueError: no Linear layer, another number of inputs than the shape has, a weight that is not finite.

    >>> import nn
    >>> plot = weights(nn.MLP(6, [4, 1], seed=0), shape=(2, 3))
    >>> print(plot.alt)
    The weights of 4 of 4 units as images of 2 x 3: dark is negative, light positive.
    """
    first = next((part for _, part in layer.named_modules() if isinstance(part, Linear)), None)
    if first is None:
        raise ValueError(f"there is no Linear layer in {type(layer).__name__}: its weights are no images")
    height, width = (whole("a side of shape", side) for side in shape)
    if height * width != first.in_features:
        raise ValueError(
            f"images of {height} x {width} have {height * width} numbers, and Linear({first.describe()}) takes "
            f"{first.in_features}: give their shape=(rows, columns)"
        )
    shown = [[number(w) for w in unit] for unit in first.weight[: whole("units", units)]]
    if not all(isfinite(w) for unit in shown for w in unit):
        raise ValueError("a weight is inf or nan: there is nothing to show; did the training diverge?")
    titles = [f"unit {k + 1}" for k in range(len(shown))]
    figure = images(shown, (height, width), titles=titles, signed=True, label="weight", ax=ax)
    words = f"The weights of {len(shown)} of {first.out_features} units as images of {height} x {width}"
    return told(figure.axes[0], f"{words}: dark is negative, light positive.")
