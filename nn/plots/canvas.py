"""What all plots share: the figure, its axes, its colours. Nothing here or elsewhere touches pyplot's global state."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Callable, Sequence
from html import escape
from math import inf, isfinite
from typing import Any, NamedTuple

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from autograd import Value, no_grad
from autograd.files import write
from autograd.pictures.theme import THEMES

from ..words import counted

LOOK = THEMES["light"]
WIDTH = 7.2  # inches: 691 pixels of a browser, so that letters are as tall in a notebook as those around them
SUFFIXES = (".svg", ".png", ".pdf")


class Style(NamedTuple):
    """How a line or a class of points looks: three ways to tell it from others, so that none is told by colour alone."""

    color: str
    marker: str
    linestyle: Any


STYLES = (
    Style(LOOK.forward, "o", "-"),
    Style(LOOK.backward, "s", "--"),
    Style("#00684f", "^", "-."),
    Style(LOOK.local, "D", ":"),
    Style(LOOK.ink, "v", (0, (8, 2))),
    Style("#8a2c62", "P", (0, (1, 1))),
    Style(LOOK.muted, "X", (0, (6, 1, 1, 1, 1, 1))),
)


def style(k: int) -> Style:
    """The look of the k-th line or class; beyond the list colours come again, with other markers and lines."""
    others = k // len(STYLES)
    return Style(STYLES[k % len(STYLES)].color, *STYLES[(k + others) % len(STYLES)][1:])


class Plot(Figure):
    """A matplotlib figure that shows itself in a notebook, and says in ``alt`` what can be seen in it.

    >>> import nn
    >>> plot = nn.plots.cost_curve(lambda w: 7 * (w - 1) ** 2, 0, 2)
    >>> plot.alt
    'The cost E(w) for w from 0 to 2. The lowest drawn is 0 at w = 1.'
    """

    alt: str = ""

    @property
    def svg(self) -> str:
        """The figure as SVG: the same bytes for the same figure."""
        return self._written("svg").decode()

    def save(self, path: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Write it to a file; the suffix says how: ``.svg``, ``.png`` or ``.pdf``.

        The file appears complete or not at all. Raises FileExistsError where there is one already (unless
        ``overwrite=True``) and ValueError for another suffix. (``savefig`` is matplotlib's own, which overwrites.)
        """
        suffix = os.path.splitext(os.fspath(path))[1].lower()
        if suffix not in SUFFIXES:
            raise ValueError(f"cannot write {os.fspath(path)!r}: end its name in one of {', '.join(SUFFIXES)}")
        write(path, self._written(suffix[1:]), overwrite)

    def _written(self, form: str) -> bytes:
        file = io.BytesIO()
        dated: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
        with matplotlib.rc_context({"svg.hashsalt": "glassgrad"}):
            self.savefig(file, format=form, dpi=200, metadata=dated.get(form))
        return file.getvalue()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """For a notebook: an ``<img>`` survives in one that is not trusted, with its words."""
        data = base64.b64encode(self.svg.encode()).decode()
        image = f'<img alt="{escape(self.alt)}" src="data:image/svg+xml;base64,{data}">'
        return {"text/html": image, "text/plain": repr(self)}


def panels(ax: Any, count: int = 1, columns: int = 1, height: float = 4.3) -> list[Axes]:
    """The axes to draw on: those given, or of a new figure whose rows have that height in inches."""
    if ax is not None:
        given = list(ax.flat) if hasattr(ax, "flat") else list(ax) if isinstance(ax, (list, tuple)) else [ax]
        if len(given) != count or not all(isinstance(one, Axes) for one in given):
            needs = "matplotlib axes" if count == 1 else f"a list of {count} matplotlib axes"
            raise ValueError(f"this picture has {counted(count, 'part')}: ax must be {needs}, got {ax!r:.80}")
        return given
    rows = -(-count // columns)
    figure = Plot(figsize=(WIDTH, height * rows), layout="constrained", facecolor=LOOK.ground)
    return [figure.add_subplot(rows, columns, k + 1) for k in range(count)]


def dress(ax: Axes, title: str = "", across: str = "", up: str = "", grid: bool = True) -> None:
    """Title, labels, and as little else as will do."""
    ax.set_facecolor(LOOK.ground)
    ax.set_title(title, loc="left", fontsize=12, color=LOOK.ink)
    ax.set_xlabel(across, fontsize=11, color=LOOK.ink)
    ax.set_ylabel(up, fontsize=11, color=LOOK.ink)
    ax.tick_params(colors=LOOK.muted, labelcolor=LOOK.ink, labelsize=10)
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(LOOK.idle)
    ax.set_axisbelow(True)
    if grid:
        ax.grid(color=LOOK.constant, linewidth=0.8)


def key(ax: Axes, **options: Any) -> None:
    """The legend."""
    ax.legend(fontsize=10, labelcolor=LOOK.ink, facecolor=LOOK.ground, edgecolor=LOOK.rim, **options)


def told(ax: Axes, alt: str) -> Figure:
    """The figure of these axes, which now says what it shows."""
    figure: Figure = ax.figure.figure  # axes may lie in a part of a figure
    if isinstance(figure, Plot):
        figure.alt = alt
    return figure


def evenly(low: float, high: float, points: int) -> list[float]:
    """That many numbers from low to high.

    >>> evenly(0.0, 2.0, 5)
    [0.0, 0.5, 1.0, 1.5, 2.0]
    """
    return [low + (high - low) * i / (points - 1) for i in range(points)]


def number(x: Any) -> float:
    """A float of what a function gave, a number or a Value."""
    return float(x.data if isinstance(x, Value) else Value(x).data)


def sampled(function: Callable[..., Any], points: Sequence[tuple[float, ...]], what: str) -> list[float]:
    """The function at each point, nan where it is not finite.

    Raises:
        ValueError: it is finite nowhere.
    """
    with no_grad():
        found = [number(function(*point)) for point in points]
    if not any(map(isfinite, found)):
        raise ValueError(f"{what} is finite nowhere in this range: at {points[0]} it is {found[0]}")
    return [y if abs(y) < inf else float("nan") for y in found]


def short(x: float) -> str:
    """Four significant digits, with a true minus sign.

    >>> short(-0.25), short(2.0)
    ('−0.25', '2')
    """
    return f"{x:.4g}".replace("-", "−")
