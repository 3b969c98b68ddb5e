"""A figure: axes in rows and columns, written as SVG."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, BinaryIO

from . import svg
from .axes import Axes

SIZE, SMALL, PAD = 12.0, 10.0, 6.0
"""Of titles and of other words, and the room round them, in points."""


class Figure:
    """What is drawn on, so many inches wide and high."""

    def __init__(self, figsize: tuple[float, float], layout: str = "", facecolor: str = "#ffffff") -> None:
        self.size = figsize[0] * 72, figsize[1] * 72
        self.ground = facecolor
        self.cells: list[tuple[Axes, int, int, int]] = []
        self.bar: tuple[Any, str, Axes] | None = None

    @property
    def figure(self) -> Figure:
        """Itself: what axes lie in may be a part of a figure."""
        return self

    @property
    def axes(self) -> list[Axes]:
        """All of them."""
        return [cell[0] for cell in self.cells]

    def add_subplot(self, rows: int = 1, columns: int = 1, place: int = 1) -> Axes:
        """New axes in a grid; places are counted from 1."""
        self.cells.append((Axes(self), rows, columns, place - 1))
        return self.cells[-1][0]

    def subplots(self) -> Axes:
        """New axes that fill it."""
        return self.add_subplot()

    def colorbar(self, picture: Any, ax: Any, label: str, shrink: float) -> Any:
        """What the colours of an image say, at the right of all axes."""
        beside = Axes(self)
        self.bar = picture, label, beside
        return SimpleNamespace(ax=beside)

    def savefig(self, file: BinaryIO, format: str, dpi: float, metadata: Any = None) -> None:
        """Write it. Raises ValueError for anything but SVG."""
        if format != "svg":
            raise ValueError(f"a plot is not written as {format} in the browser: end its name in .svg")
        wide, high = self.size
        free = wide - (60.0 if self.bar else 0.0)
        parts = [svg.shape(f"M0 0H{wide:g}V{high:g}H0Z", self.ground)]
        for number, (ax, rows, columns, place) in enumerate(self.cells):
            row, column = divmod(place, columns)
            cell = column * free / columns, row * high / rows, free / columns, high / rows
            parts.append(self._axes(ax, cell, f"c{number}"))
        if self.bar:
            parts.append(self._colors(*self.bar))
        file.write(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" width="{wide:g}pt" '
            f'height="{high:g}pt" font-family="DejaVu Sans, Verdana, sans-serif">{"".join(parts)}</svg>\n'.encode()
        )

    def _axes(self, ax: Axes, cell: tuple[float, float, float, float], name: str) -> str:
        """One plot in its cell."""
        left, top, wide, high = cell
        outside = bool(ax.legend_at and "bbox_to_anchor" in ax.legend_at and ax.known)
        down, up = ax.y.marks(high - 60, 30), ax.x.marks(wide - 60, 55)
        left += PAD + (svg.wide(down[1], SMALL) + PAD if down[1] else 0) + (SMALL + PAD) * bool(ax.y.label)
        right = cell[0] + wide - PAD - ((svg.wide([k for k, _ in ax.known], SMALL) + 44) if outside else 0)
        bottom = top + high - PAD - (SMALL + PAD) * bool(up[1]) - (SMALL + PAD) * bool(ax.x.label)
        top += PAD + (SIZE + PAD) * bool(ax.title)
        if ax.equal:
            (x0, x1), (y0, y1) = ax.x.limits(), ax.y.limits()
            unit = min((right - left) / abs(x1 - x0), (bottom - top) / abs(y1 - y0))
            spare = right - left - unit * abs(x1 - x0), bottom - top - unit * abs(y1 - y0)
            left, right, top, bottom = left + spare[0] / 2, right - spare[0] / 2, top + spare[1] / 2, bottom - spare[1] / 2

        def place(point: tuple[float, float]) -> tuple[float, float]:
            return left + ax.x.share(point[0]) * (right - left), bottom - ax.y.share(point[1]) * (bottom - top)

        low = ax.x.limits()[0], ax.y.limits()[0]
        parts, box = [], svg.path([(left, top), (right, top), (right, bottom), (left, bottom)], closed=True)
        for k, x in enumerate(up[0]):
            spot = place((x, low[1]))[0]
            if ax.lines:
                parts.append(svg.shape(svg.path([(spot, top), (spot, bottom)]), "none", ax.lines, 0.8))
            parts.append(svg.shape(svg.path([(spot, bottom), (spot, bottom + 3.5)]), "none", ax.muted, 0.8))
            parts.append(svg.text(up[1][k], (spot, bottom + 5 + SMALL / 2), SMALL, ax.ink))
        for k, y in enumerate(down[0]):
            spot = place((low[0], y))[1]
            if ax.lines:
                parts.append(svg.shape(svg.path([(left, spot), (right, spot)]), "none", ax.lines, 0.8))
            parts.append(svg.shape(svg.path([(left - 3.5, spot), (left, spot)]), "none", ax.muted, 0.8))
            parts.append(svg.text(down[1][k], (left - 6, spot), SMALL, ax.ink, "end"))
        parts.append(f'<clipPath id="{name}"><path d="{box}"/></clipPath><g clip-path="url(#{name})">')
        parts += [drawn(place) for _, drawn in sorted(ax.drawn, key=lambda pair: pair[0])]
        parts.append("</g>")
        sides = {"left": (left, top, left, bottom), "bottom": (left, bottom, right, bottom)}
        sides |= {"right": (right, top, right, bottom), "top": (left, top, right, top)}
        for side, (x0, y0, x1, y1) in sides.items():
            if ax.spines.seen[side]:
                parts.append(svg.shape(svg.path([(x0, y0), (x1, y1)]), "none", ax.spines.color[side], 0.8))
        middle = (left + right) / 2, (top + bottom) / 2
        titled = (middle[0], "middle") if ax.equal and not up[0] else (left, "start")
        parts.append(svg.text(ax.title, (titled[0], top - PAD - SIZE / 4), SIZE, ax.ink, titled[1]) if ax.title else "")
        parts.append(svg.text(ax.x.label, (middle[0], cell[1] + high - PAD - SMALL / 2), 11, ax.ink) if ax.x.label else "")
        parts.append(svg.text(ax.y.label, (cell[0] + PAD + 5, middle[1]), 11, ax.ink, turn=True) if ax.y.label else "")
        if ax.legend_at is not None and ax.known:
            parts.append(self._key(ax, (left, top, right, bottom), outside))
        return "".join(parts)

    def _key(self, ax: Axes, box: tuple[float, float, float, float], outside: bool) -> str:
        """The key, beside the axes or in a corner."""
        _, top, right, _ = box
        wide, high = svg.wide([k for k, _ in ax.known], SMALL) + 40, 16.0 * len(ax.known) + 6
        x, y = (right + 4, top) if outside else self._corner(ax, box, wide, high)
        look = ax.legend_at or {}
        frame = svg.path([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)], closed=True)
        parts = [
            svg.shape(frame, look.get("facecolor", "#ffffff"), look.get("edgecolor", "#cccccc"), 0.8, fill_opacity="0.85")
        ]
        for k, (said, sample) in enumerate(ax.known):
            line = y + 11 + 16 * k
            parts += [sample((x + 6, line)), svg.text(said, (x + 32, line), SMALL, ax.ink, "start")]
        return "".join(parts)

    def _corner(self, ax: Axes, box: tuple[float, float, float, float], wide: float, high: float) -> tuple[float, float]:
        """Where a key of that size hides the fewest points."""
        left, top, right, bottom = box
        reached = list(zip(ax.x.reached, ax.y.reached))
        there = [(left + ax.x.share(x) * (right - left), bottom - ax.y.share(y) * (bottom - top)) for x, y in reached]
        corners = [(x, y) for y in (top + 4, bottom - 4 - high) for x in (right - 4 - wide, left + 4)]
        return min(corners, key=lambda at: sum(at[0] < x < at[0] + wide and at[1] < y < at[1] + high for x, y in there))

    def _colors(self, picture: Any, label: str, beside: Axes) -> str:
        """The colours of an image and their numbers."""
        cmap, least, most = picture
        x, top, bottom = self.size[0] - 56, 0.1 * self.size[1], 0.9 * self.size[1]
        parts = []
        for k in range(64):
            y = bottom - (bottom - top) * (k + 1) / 64
            color = cmap((k + 0.5) / 64)
            parts.append(
                svg.shape(f"M{svg.number(x)} {svg.number(y)}h10v{svg.number((bottom - top) / 64)}h-10Z", color, color, 0.3)
            )
        beside.y.ends = least, most
        for place, said in zip(*beside.y.marks(bottom - top, 30)):
            y = bottom - beside.y.share(place) * (bottom - top)
            parts.append(svg.text(said, (x + 13, y), SMALL, "#1b1b1b", "start"))
        parts.append(svg.text(label, (self.size[0] - 6, (top + bottom) / 2), SMALL, "#1b1b1b", turn=True) if label else "")
        return "".join(parts)
