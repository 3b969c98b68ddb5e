"""Costs over one weight or two, and the ways down (lecture rows L3, L4, L20 and L21)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from math import isfinite
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from autograd import Value
from autograd.pictures.theme import mixed

from ..checks import finite, interval, whole
from ..shapes import column, rows
from .canvas import LOOK, Style, dress, evenly, key, panels, sampled, short, style, told

LEVELS = 12
Range = Sequence[float]
Point = tuple[float, ...]
Way = Sequence[Sequence[float]]
Maker = Callable[[list[Value]], Any]
"""Makes an optimizer, given its parameters."""


def descend(function: Callable[..., Any], start: Sequence[float], optimizer: Maker, steps: int) -> tuple[Point, ...]:
    """The way of an optimizer down a function: the start, and the point after each step (lecture row L4).

    Args:
        function: of as many Values as the start has numbers; gives the cost, a Value.
        start: where it begins.
        optimizer: makes the optimizer, given the parameters: ``lambda p: nn.SGD(p, lr=0.1)``.
        steps: how many. It stops early where a number would no longer be finite.

    Returns:
        A tuple of points, each a tuple of floats.

    >>> import nn
    >>> descend(lambda w: (w - 1) ** 2, [0.0], lambda p: nn.SGD(p, lr=0.25), steps=3)
    ((0.0,), (0.5,), (0.75,), (0.875,))
    """
    parameters = [Value(finite(f"start[{k}]", x), f"w{k + 1}") for k, x in enumerate(column(start, "the start"))]
    driver, way = optimizer(parameters), [tuple(p.data for p in parameters)]
    for _ in range(whole("steps", steps, 0)):
        driver.zero_grad()
        cost = function(*parameters)
        if not isinstance(cost, Value):
            raise TypeError(f"the function must compute its cost from the Values it is given; it gave {cost!r:.80}")
        cost.backward()
        driver.step()
        point = tuple(p.data for p in parameters)
        if not all(map(isfinite, point)):
            break
        way.append(point)
    return tuple(way)


def cost_curve(
    cost: Callable[[float], Any],
    low: float,
    high: float,
    path: Sequence[Any] | None = None,
    *,
    name: str = "w",
    points: int = 201,
    ax: Axes | None = None,
) -> Figure:
    """A cost over its weight (lecture row L3), and the way of a descent on it (L4).

    Args:
        cost: of one number.
        low, high: from where to where.
        path: the weights that a descent went through: from :func:`descend`, or what a history watched.
        name: what the weight is called.
        points: at how many places the curve is computed.
        ax: axes to draw on.

    Raises:
        ValueError: an empty range, or a cost that is finite nowhere in it.

    >>> plot = cost_curve(lambda w: 7 * (w - 1) ** 2, 0, 2, path=[0.0, 0.5, 0.75])
    """
    low, high = interval(low, high)
    xs = evenly(low, high, whole("points", points, 2))
    ys = sampled(cost, [(x,) for x in xs], "the cost")
    (ax,) = panels(ax)
    dress(ax, f"Cost over the weight {name}", name, f"E({name})")
    ax.plot(xs, ys, color=LOOK.forward, linewidth=2.5, label=f"E({name})")
    least = min((y, x) for x, y in zip(xs, ys) if y == y)
    alt = f"The cost E({name}) for {name} from {short(low)} to {short(high)}. "
    alt += f"The lowest drawn is {short(least[0])} at {name} = {short(least[1])}."
    if path is not None:
        way = column(path, "the points of the path")
        costs = sampled(cost, [(w,) for w in way], "the cost on the path")
        _draw_way(ax, "descent", list(zip(way, costs)), style(1))
        key(ax)
        alt += f" A descent goes from {short(way[0])} to {short(way[-1])}."
    return told(ax, alt)


def cost_surface(
    cost: Callable[[float, float], Any],
    across: Range | None = None,
    up: Range | None = None,
    path: Iterable[Sequence[float]] | Mapping[str, Iterable[Sequence[float]]] | None = None,
    *,
    names: tuple[str, str] = ("w", "b"),
    points: int = 61,
    ax: Axes | None = None,
) -> Figure:
    """A cost over two weights as a map with lines of equal cost, and the ways of descents on it (lecture rows L4 and L20).

    The lines are not evenly spaced in cost: they lie closer near the lowest one.

    Args:
        cost: of two numbers.
        across, up: (low, high) of the first weight and of the second; by default, what the paths reach.
        path: the points that a descent went through (from :func:`descend`, or ``zip`` of what a history watched), or several
            such by name: ``{"all": ..., "one at a time": ...}``.
        names: what the weights are called.
        points: at how many places in each direction the cost is computed.
        ax: axes to draw on.

    Raises:
        ValueError: an empty range, none and no path, points that are not two numbers, a cost that is finite nowhere.

    >>> plot = cost_surface(lambda w, b: w**2 + 4 * b**2, (-2, 2), (-1, 1), path=[(1.5, 0.8), (1.0, 0.2)])
    """
    ways = _ways(path)
    ranges = _extent(across, ways, 0, "across"), _extent(up, ways, 1, "up")
    xs, ys = (evenly(*ends, whole("points", points, 2)) for ends in ranges)
    zs = sampled(cost, [(x, y) for y in ys for x in xs], "the cost")
    (ax,) = panels(ax, height=5.0)
    title = f"Cost over {names[0]} and {names[1]}"
    dress(ax, title, names[0], names[1], grid=False)
    low, high = min(z for z in zs if z == z), max(z for z in zs if z == z)
    if low < high:  # else it is flat, and has no lines
        levels = [low + (high - low) * (k / LEVELS) ** 3 for k in range(LEVELS + 1)]
        table = [zs[k : k + len(xs)] for k in range(0, len(zs), len(xs))]
        shades = [mixed(LOOK.ground, LOOK.forward, 0.6 * k / LEVELS) for k in range(LEVELS)]
        ax.contourf(xs, ys, table, levels=levels, colors=shades)
        lines = ax.contour(xs, ys, table, levels=levels[1:-1], colors=LOOK.muted, linewidths=0.7)
        ax.clabel(lines, levels[2:-1:2], fmt="%.3g", fontsize=8, colors=LOOK.ink)
    for k, (name, way) in enumerate(ways.items()):
        _draw_way(ax, name, way, style(1 if len(ways) == 1 else k))
    ax.set_xlim(*ranges[0])
    ax.set_ylim(*ranges[1])
    if ways:
        key(ax)
    ends = [f"{name} ends at {_point(way[-1])}" for name, way in ways.items()]
    return told(ax, f"{title}, from {short(low)} to {short(high)}." + (f" {'; '.join(ends)}." if ends else ""))


def descents(
    function: Callable[..., Any],
    start: Sequence[float],
    optimizers: Mapping[str, Maker],
    steps: int = 50,
    *,
    across: Range | None = None,
    up: Range | None = None,
    names: tuple[str, str] = ("w₁", "w₂"),
    ax: Any = None,
) -> Figure:
    """Optimizers side by side: their ways from one start over one surface, and their cost after each step (L20, L21).

    Args:
        function: of two Values.
        start: two numbers.
        optimizers: for each name what makes the optimizer, given the parameters.
        steps: how many each may take.
        across, up, names: as for :func:`cost_surface`.
        ax: two axes to draw on.

    >>> import nn
    >>> ways = {"SGD": lambda p: nn.SGD(p, lr=0.9), "momentum": lambda p: nn.SGD(p, lr=0.1, momentum=0.8)}
    >>> plot = descents(lambda x, y: x**2 / 20 + y**2, (-7.0, 2.0), ways, steps=30)
    """
    if not isinstance(optimizers, Mapping) or not optimizers:
        raise ValueError(f'optimizers is a dict such as {{"SGD": lambda p: nn.SGD(p, lr=0.1)}}, got {optimizers!r:.80}')
    ways = {name: descend(function, start, make, steps) for name, make in optimizers.items()}
    surface, curves = panels(ax, 2, height=4.4)
    figure = cost_surface(function, across, up, ways, names=names, ax=surface)
    dress(curves, "Cost after each step", "step", "cost")
    costs = {name: sampled(function, way, f"the cost of {name}") for name, way in ways.items()}
    for k, (name, ys) in enumerate(costs.items()):
        color, marker, line = style(k)
        look: dict[str, Any] = {"color": color, "linestyle": line, "marker": marker, "markersize": 5}
        curves.plot(range(len(ys)), ys, label=name, markevery=_every(ys), **look)
    if all(y > 0 for ys in costs.values() for y in ys):
        curves.set_yscale("log")
    key(curves)
    return figure


def _ways(path: Any) -> dict[str, list[list[float]]]:
    named = {} if path is None else path if isinstance(path, Mapping) else {"descent": path}
    ways = {}
    for name, points in named.items():
        ways[str(name)] = rows(list(points), f"the points of {name}")
        if len(ways[str(name)][0]) != 2:
            raise ValueError(f"the points of {name} are pairs of numbers on this map, got {ways[str(name)][0]}")
    return ways


def _extent(ends: Range | None, ways: Mapping[str, list[list[float]]], k: int, name: str) -> tuple[float, float]:
    """The range of one weight: as asked for, or what all paths reach and a little more."""
    if ends is not None:
        if len(ends) != 2:
            raise ValueError(f"{name} is (low, high), got {ends!r}")
        return interval(ends[0], ends[1], (f"the low end of {name}", f"the high end of {name}"))
    reached = [point[k] for point in chain.from_iterable(ways.values())]
    if not reached:
        raise ValueError(f"say from where to where: {name}=(low, high), or give a path")
    spare = 0.15 * (max(reached) - min(reached)) or 1.0
    return interval(min(reached) - spare, max(reached) + spare)


def _draw_way(ax: Axes, name: str, way: Way, look: Style) -> None:
    """A line with a dot at each step, hollow at the start, large at the end."""
    xs, ys = [point[0] for point in way], [point[1] for point in way]
    color, marker, line = look
    ax.plot(
        xs, ys, color=color, linestyle=line, linewidth=1.8, marker=marker, markersize=4, markevery=_every(way), label=name
    )
    ax.plot(xs[:1], ys[:1], color=color, marker=marker, markersize=9, markerfacecolor=LOOK.ground, markeredgewidth=2)
    ax.plot(xs[-1:], ys[-1:], color=color, marker=marker, markersize=9, markeredgecolor=LOOK.ground)


def _every(way: Sequence[Any]) -> int:
    """Which markers are drawn, so that there is a line to be seen between them."""
    return -(-len(way) // 30)


def _point(point: Sequence[float]) -> str:
    return f"({', '.join(map(short, point))})"
