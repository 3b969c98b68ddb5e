"""What a first layer looks for: its weights as images (lecture row L23)."""

from __future__ import annotations

from math import ceil, isfinite, sqrt
from typing import Any

from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from ..checks import whole
from ..layers import Linear
from ..module import Module
from .canvas import LOOK, WIDTH, dress, number, panels, told

# From dark to light throughout, so that the sign of a weight can be read in grey, too.
SIGNED = LinearSegmentedColormap.from_list("signed", ["#00304f", "#0072b2", "#a9b1b8", "#f5b183", "#fff3e6"])


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
    rows, columns = (whole("a side of shape", side) for side in shape)
    if rows * columns != first.in_features:
        raise ValueError(
            f"images of {rows} x {columns} have {rows * columns} numbers, and Linear({first.describe()}) takes "
            f"{first.in_features}: give their shape=(rows, columns)"
        )
    shown = [[number(w) for w in unit] for unit in first.weight[: whole("units", units)]]
    if not all(isfinite(w) for unit in shown for w in unit):
        raise ValueError("a weight is inf or nan: there is nothing to show; did the training diverge?")
    most = max(abs(w) for unit in shown for w in unit) or 1.0
    across = min(len(shown), max(4, ceil(sqrt(len(shown)))))
    axes = panels(ax, len(shown), columns=across, height=0.85 * WIDTH / max(across, 3) * max(0.4, min(rows / columns, 2.5)))
    for k, (one, unit) in enumerate(zip(axes, shown)):
        dress(one, f"unit {k + 1}", grid=False)
        image = [unit[i : i + columns] for i in range(0, len(unit), columns)]
        picture = one.imshow(image, cmap=SIGNED, vmin=-most, vmax=most, interpolation="nearest")
        one.set_xticks([])
        one.set_yticks([])
    bar = axes[0].figure.colorbar(picture, ax=axes, label="weight", shrink=0.8)
    bar.ax.tick_params(labelcolor=LOOK.ink)
    words = f"The weights of {len(shown)} of {first.out_features} units as images of {rows} x {columns}"
    return told(axes[0], f"{words}: dark is negative, light positive.")
