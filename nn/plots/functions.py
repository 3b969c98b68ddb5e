"""Functions of one number: activations with their slopes, bumps that add up (lecture rows L9 and L10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from autograd import Value, grad, maximum, no_grad, sigmoid

from ..activations import activation
from ..approximator import approximate
from ..checks import interval, whole
from ..module import Module
from .canvas import LOOK, dress, evenly, key, number, panels, sampled, short, told

JUMP = 1e-6
"""So far from a corner its two sides are looked at."""


class LectureMaxout(Module):
    """max(−x/2, x − 3/2): the lecture's maxout of two lines, with weights that make a corner at x = 1."""

    corner = 1.0

    def forward(self, x: Any) -> Any:
        """The larger of the two lines."""
        return maximum(-x / 2, x - 1.5)


TITLES = {"LeakyReLU": "leaky ReLU", "LectureMaxout": "maxout: max(−x/2, x − 1.5)"}
LECTURE = ("step", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", LectureMaxout())


def activations(which: Sequence[str | Module] = LECTURE, *, reach: float = 4.0, points: int = 161, ax: Any = None) -> Figure:
    """Activations with their derivatives, as autograd computes them (lecture row L9).

    Where a derivative jumps, at a corner, a full dot marks the one that is taken there and a hollow dot the other.

    Args:
        which: names or modules; by default the lecture's.
        reach: from -reach to reach.
        points: at how many places.
        ax: axes to draw on, one for each activation.

    Raises:
        ValueError: no activation, one of an unknown name, or one that is no function of one number.

    >>> plot = activations(["relu", "gelu"])
    """
    modules = [activation(one) for one in ([which] if isinstance(which, (str, Module)) else which)]
    low, high = interval(-reach, reach, ("-reach", "reach"))
    if not modules:
        raise ValueError("there is nothing to draw: name at least one activation, such as ['tanh']")
    xs = evenly(low, high, whole("points", points, 2))
    shown = panels(ax, len(modules), columns=min(2, len(modules)), height=2.6)
    for ax, module in zip(shown, modules):
        _activation(ax, module, xs)
    key(shown[0])
    names = ", ".join(_title(module) for module in modules)
    return told(shown[0], f"Activations, each with its derivative, for x from {short(low)} to {short(high)}: {names}.")


def _activation(ax: Axes, module: Module, xs: list[float]) -> None:
    """One of them."""
    dress(ax, _title(module), "x")
    corner = getattr(module, "corner", 0.0)
    for place, (name, color, line) in enumerate((("f(x)", LOOK.forward, "-"), ("f′(x)", LOOK.backward, "--"))):
        sides = [(x, _at(module, x)[place]) for x in xs if x != corner]
        before, here, after = (_at(module, corner + d)[place] for d in (-JUMP, 0.0, JUMP))
        middle = [(corner, here)]
        if abs(after - before) > 100 * JUMP:
            middle = [(corner, before), (corner, float("nan")), (corner, after)]
            dot: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 6, "color": color, "zorder": 3}
            other = before if abs(here - after) < abs(here - before) else after
            ax.plot([corner], [other], **dot, markerfacecolor=LOOK.ground)
            ax.plot([corner], [here], **dot)
        curve = [p for p in sides if p[0] < corner] + middle + [p for p in sides if p[0] > corner]
        ax.plot(*zip(*curve), color=color, linestyle=line, linewidth=2.2, label=name)


def _at(module: Module, x: float) -> tuple[float, float]:
    """An activation and its derivative at x."""
    point = Value(x)
    value = module.forward(point)
    if not isinstance(value, Value):
        raise ValueError(f"{_title(module)} is no function of one number: it gives {value!r:.80}")
    return number(value), number(grad(value, [point], materialize_grads=True)[0])


def _title(module: Module) -> str:
    name = TITLES.get(type(module).__name__, type(module).__name__)
    return f"{name}, {module.describe()}".replace("_", " ").removesuffix(", ")


def bumps(
    f: Callable[[float], Any],
    low: float,
    high: float,
    count: int = 8,
    steepness: float | None = None,
    *,
    points: int = 241,
    ax: Axes | None = None,
) -> Figure:
    """Bumps adding up to a function: the network of :func:`nn.approximate`, seen from inside (lecture row L10).

    Args:
        f, low, high, count, steepness: as for :func:`nn.approximate`, ``count`` being the number of bumps.
        points: at how many places.
        ax: axes to draw on.

    Raises:
        ValueError: an empty range, no bumps, or f not finite somewhere.

    >>> import math
    >>> plot = bumps(math.sin, 0.0, 6.0, count=6, points=31)
    >>> print(plot.alt)
    6 bumps add up to a function between 0 and 6, each made of 2 sigmoid units. The largest error drawn is 0.4794.
    """
    model = approximate(f, low, high, count, steepness)
    low, high = interval(low, high)
    xs = evenly(low, high, whole("points", points, 2))
    wanted = sampled(f, [(x,) for x in xs], "the function")
    hidden, outer = model[0], model[2].state_dict()["weight"][0]
    with no_grad():
        layer = [[number(sigmoid(z)) for z in hidden([x])] for x in xs]
    parts = [[outer[i] * row[i] + outer[i + 1] * row[i + 1] for row in layer] for i in range(0, len(outer), 2)]
    total = [sum(heights) for heights in zip(*parts)]
    error = max(abs(y - z) for y, z in zip(wanted, total) if y == y)
    (ax,) = panels(ax)
    plural = "s"[: count != 1]
    dress(ax, f"{count} bump{plural}, {2 * count} sigmoid units: error up to {short(error)}", "x")
    for k, part in enumerate(parts):
        ax.fill_between(xs, part, color=LOOK.backward, alpha=0.12, linewidth=0)
        ax.plot(xs, part, color=LOOK.backward, linewidth=1.3, linestyle="--", label="_bump" if k else "the bumps")
    ax.plot(xs, wanted, color=LOOK.ink, linewidth=2, linestyle=":", label="f(x)")
    ax.plot(xs, total, color=LOOK.forward, linewidth=2.5, label="their sum: the network")
    key(ax)
    words = (
        f"{count} bump{plural} add up to a function between {short(low)} and {short(high)}, each made of 2 sigmoid units."
    )
    return told(ax, f"{words} The largest error drawn is {short(error)}.")
