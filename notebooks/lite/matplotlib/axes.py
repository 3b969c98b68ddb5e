"""Axes: what is drawn on them, kept until the figure knows how large they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import isfinite, log10
from typing import Any

from . import svg
from .levels import areas, at, cells, ticks, words

Point = tuple[float, float]
Drawn = Callable[[Callable[[Point], Point]], str]
SPARE = 0.05
CYCLE = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd")
"""The colours of lines that are given none."""


class Spines:
    """The sides of axes: which are seen, in which colour."""

    def __init__(self) -> None:
        self.sides: Sequence[str] = "left", "bottom", "right", "top"
        self.color = dict.fromkeys(self.sides, "#000000")
        self.seen = dict.fromkeys(self.sides, True)

    def __getitem__(self, sides: list[str] | slice) -> Spines:
        part = Spines()
        part.color, part.seen, part.sides = self.color, self.seen, self.sides if isinstance(sides, slice) else sides
        return part

    def set_visible(self, visible: bool) -> None:
        """Show or hide them."""
        self.seen.update(dict.fromkeys(self.sides, visible))

    def set_color(self, color: str) -> None:
        """Colour them."""
        self.color.update(dict.fromkeys(self.sides, color))

    def set(self, visible: bool, color: str) -> None:
        """Both."""
        self.set_visible(visible)
        self.set_color(color)


class Axis:
    """One direction: from where to where, what is written along it."""

    def __init__(self) -> None:
        self.ends: Point | None = None
        self.reached: list[float] = []
        self.given: tuple[list[float], list[str]] | None = None
        self.label, self.log = "", False

    def reach(self, numbers: Iterable[float]) -> None:
        """Make room for numbers."""
        self.reached += [float(x) for x in numbers if isfinite(x) and (x > 0 or not self.log)]

    def limits(self) -> Point:
        """From where to where."""
        if self.ends:
            return self.ends
        low, high = min(self.reached, default=0.0), max(self.reached, default=1.0)
        if self.log:
            by = (high / low) ** SPARE if high > low else 10.0
            return low / by, high * by
        spare = SPARE * (high - low) or 0.05 * abs(high) or 0.05
        return low - spare, high + spare

    def marks(self, length: float, apart: float) -> tuple[list[float], list[str]]:
        """Where ticks are on an axis of this length, and what they say."""
        if self.given is not None:
            return self.given
        places = ticks(*self.limits(), max(2, min(9, int(length / apart))), self.log)
        return places, [f"{place:g}" for place in places] if self.log else words(places)

    def share(self, x: float) -> float:
        """How far along a number is, from 0 to 1."""
        low, high = self.limits()
        if self.log:
            low, high, x = log10(low), log10(high), log10(x) if x > 0 else float("nan")
        return (x - low) / (high - low)


class Axes:
    """One plot."""

    def __init__(self, figure: Any) -> None:
        self.figure = figure
        self.x, self.y = Axis(), Axis()
        self.spines = Spines()
        self.drawn: list[tuple[float, Drawn]] = []
        self.known: list[tuple[str, Callable[[Point], str]]] = []
        self.title, self.ink, self.muted, self.lines, self.equal = "", "#000000", "#000000", "", False
        self.legend_at: dict[str, Any] | None = None

    def _add(self, drawn: Drawn, zorder: float) -> None:
        self.drawn.append((zorder, drawn))

    def plot(self, xs: Iterable[float], ys: Iterable[float], linestyle: Any = "-", **look: Any) -> None:
        """A line with markers."""
        points = list(zip(xs, ys))
        kind, line = (linestyle, "none") if linestyle in svg.MARKERS else (look.get("marker"), linestyle)
        self.x.reach(x for x, _ in points)
        self.y.reach(y for _, y in points)
        color, width = look.get("color") or CYCLE[len(self.known) % len(CYCLE)], look.get("linewidth", 1.5)
        every = look.get("markevery", 1)
        first, step = every if isinstance(every, tuple) else (0, every)
        fill, rim = look.get("markerfacecolor", color), look.get("markeredgecolor", color)
        dot = {"size": look.get("markersize", 6), "fill": fill, "rim": rim, "width": look.get("markeredgewidth", 1.0)}

        def drawn(place: Callable[[Point], Point]) -> str:
            there = [place(point) for point in points]
            parts, run = [], []
            for point in [*there, (float("nan"),) * 2]:
                if all(map(isfinite, point)):
                    run.append(point)
                elif run:
                    parts, run = [*parts, svg.path(run)], []
            found = ""
            if line != "none" and parts:
                found = svg.shape("".join(parts), "none", color, width, stroke_linejoin="round", **svg.dashes(line, width))
            marked = [p for p in there[first::step] if all(map(isfinite, p))] if kind else []
            return found + "".join(svg.marker(kind, p, **dot) for p in marked)

        def sample(spot: Point) -> str:
            x, y = spot
            found = ""
            if line != "none":
                found = svg.shape(svg.path([(x, y), (x + 20, y)]), "none", color, width, **svg.dashes(line, width))
            return found + (svg.marker(kind, (x + 10, y), **dot) if kind else "")

        self._add(drawn, look.get("zorder", 2))
        if look.get("label", "_")[:1] not in "_":
            self.known.append((look["label"], sample))

    def loglog(self, xs: Iterable[float], ys: Iterable[float], linestyle: Any = "-", **look: Any) -> None:
        """A line with markers; every power of ten is as wide, and as high, as the other."""
        self.x.log = self.y.log = True
        self.plot(xs, ys, linestyle, **look)

    def fill(self, xs: Sequence[float], ys: Sequence[float], color: str, alpha: float = 1.0) -> None:
        """An area."""
        self.x.reach(xs)
        self.y.reach(ys)
        opacity = {"fill_opacity": svg.number(alpha)} if alpha < 1 else {}
        self._add(lambda place: svg.shape(svg.path(map(place, zip(xs, ys)), closed=True), color, **opacity), 1)

    def fill_between(self, xs: Sequence[float], ys: Sequence[float], color: str, alpha: float, linewidth: float) -> None:
        """The area between a line and 0."""
        self.fill([xs[0], *xs, xs[-1]], [0.0, *ys, 0.0], color, alpha)

    def contourf(self, xs: Any, ys: Any, table: Any, levels: Sequence[float], colors: Sequence[str]) -> None:
        """Areas from one level to the next. Each is drawn over the one below; nothing is higher than the last level."""
        self.x.reach(xs)
        self.y.reach(ys)

        def drawn(place: Callable[[Point], Point]) -> str:
            found, rows = [], cells(xs, ys, table)
            for level, color in zip(levels, colors):
                way = "".join(svg.path(map(place, area), closed=True) for area in areas(rows, level))
                found.append(svg.shape(way, color, color, 0.5) if way else "")  # its own rim hides the seams
            return "".join(found)

        self._add(drawn, 1)

    def contour(self, xs: Any, ys: Any, table: Any, levels: Sequence[float], colors: str, linewidths: float) -> Any:
        """Lines of levels; returns them, for ``clabel``."""
        corners = [corners for row in cells(xs, ys, table) for corners in row]
        lines = {level: [line for one in corners for line in at(one, level)] for level in levels}

        def drawn(place: Callable[[Point], Point]) -> str:
            ways = ("".join(svg.path(map(place, line)) for line in found) for found in lines.values())
            return "".join(svg.shape(way, "none", colors, linewidths, stroke_linecap="round") for way in ways if way)

        self._add(drawn, 2)
        return lines

    def clabel(self, lines: Any, levels: Sequence[float], fmt: str, fontsize: float, colors: str) -> None:
        """A number on the line of each of these levels."""
        for level in levels:
            if lines[level]:
                (spot, _) = lines[level][len(lines[level]) // 2]
                self.text(*spot, fmt % level, colors, fontsize=fontsize, bbox={"facecolor": "#ffffff"})

    def text(self, x: float, y: float, said: str, color: str, fontsize: float = 10, bbox: Any = None, **place: str) -> None:
        """Words round a point."""
        halo = bbox["facecolor"] if bbox else ""
        self._add(lambda placed: svg.text(said, placed((x, y)), fontsize, color, halo=halo), 3)

    def imshow(self, table: Any, cmap: Any, vmin: float, vmax: float, interpolation: str) -> Any:
        """An image, from the top down; returns what ``colorbar`` needs."""
        ends = (-0.5, len(table[0]) - 0.5), (len(table) - 0.5, -0.5)
        self.x.ends, self.y.ends, self.equal = *ends, True

        def drawn(place: Callable[[Point], Point]) -> str:
            found = []
            for j, row in enumerate(table):
                for i, value in enumerate(row):
                    box = [place((i + a, j + b)) for a, b in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5))]
                    color = cmap((value - vmin) / (vmax - vmin))
                    found.append(svg.shape(svg.path(box, closed=True), color, color, 0.3))
            return "".join(found)

        self._add(drawn, 1)
        return cmap, vmin, vmax

    def set(self, xlim: Point, ylim: Point, aspect: str) -> None:
        """Limits, and as wide as high."""
        self.x.ends, self.y.ends, self.equal = xlim, ylim, aspect == "equal"

    def set_xlim(self, low: float, high: float) -> None:
        """From where to where."""
        self.x.ends = low, high

    def set_ylim(self, low: float, high: float) -> None:
        """From where to where."""
        self.y.ends = low, high

    def set_yscale(self, scale: str) -> None:
        """Every power of ten as high as the other."""
        self.y.log = scale == "log"
        self.y.reached = [y for y in self.y.reached if y > 0 or not self.y.log]

    def set_xticks(self, places: Iterable[float], labels: Iterable[str] = ()) -> None:
        """Where ticks are, and what they say."""
        self.x.given = list(places), list(labels)

    def set_yticks(self, places: Iterable[float], labels: Iterable[str] = ()) -> None:
        """Where ticks are, and what they say."""
        self.y.given = list(places), list(labels)

    def set_title(self, title: str, loc: str, fontsize: float, color: str) -> None:
        """What is written above."""
        self.title, self.ink = title, color

    def set_xlabel(self, label: str, fontsize: float = 11, color: str = "") -> None:
        """What is written below."""
        self.x.label = label

    def set_ylabel(self, label: str, fontsize: float = 11, color: str = "") -> None:
        """What is written at the side."""
        self.y.label = label

    def tick_params(self, labelcolor: str, colors: str = "", labelsize: float = 10) -> None:
        """The colour of ticks."""
        self.muted = colors or self.muted

    def set_facecolor(self, color: str) -> None:
        """The ground is the figure's."""

    def set_axisbelow(self, below: bool) -> None:
        """The grid is always below."""

    def grid(self, color: str = "#e4e4e4", linewidth: float = 0.8, alpha: float = 1.0) -> None:
        """Lines at the ticks."""
        self.lines = color

    def legend(self, **look: Any) -> None:
        """The key: in the corner with the least in it, or beside the plot."""
        self.legend_at = look
