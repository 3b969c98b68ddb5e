"""From a graph to a picture, one step after the other: scene, layout, elements, source, figure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from ..graph import nodes
from ..value import Value
from . import dot
from .build import scene, unlettered
from .collapse import collapses, planned
from .elements import SHOWS, Show, described, elements, headed
from .layout import ALONG, laid_out
from .neuron import neurons, wanted
from .options import checked_options, chosen
from .outline import outline
from .picture import Picture
from .scene import Scene
from .source import source
from .structure import FEW
from .svg import dressed
from .symbols import symbolic
from .text import visible
from .theme import THEMES

ROOMS = ("both", "all")


def figure(
    node: Value,
    show: str,
    *,
    theme: str,
    digits: int,
    scale: float,
    max_nodes: int,
    timeout: float | None,
    title: str | None,
    reserve: str | None,
    plots: bool | None,
    direction: str,
    collapse: bool | None,
    open: Sequence[str],
    depth: int | None,
    symbols: bool,
) -> Picture:
    """Draw the graph of a node; :func:`autograd.draw` says what the arguments mean."""
    if not isinstance(node, Value):
        raise TypeError(f"draw takes one Value, the output of the graph to be drawn; got {type(node).__name__}")
    shown = SHOWS[chosen("show", show, tuple(SHOWS))]
    chosen("theme", theme, tuple(THEMES))
    room = chosen("reserve", reserve or ("both" if show == "both" else "all"), ROOMS)
    if shown.pills and room == "both":
        raise ValueError(f"show={show!r} has local gradients, for which reserve='both' leaves no room: use 'all'")
    chosen("direction", direction, tuple(ALONG))
    if collapse is False and (open or depth is not None):
        raise ValueError("open and depth say how far to open what is collapsed: leave out collapse=False")
    checked_options(digits=digits, scale=scale, max_nodes=max_nodes, timeout=timeout, title=title, plots=plots)
    checked_options(collapse=collapse, open=open, depth=depth, symbols=symbols)
    order = nodes(node)
    plan = None
    opened = [open] if isinstance(open, str) else list(open)
    large = len(order) > max_nodes and not opened and depth is None  # what nobody asked to see as it is
    if collapses(order, opened, depth, collapse, max_nodes):
        plan = planned(order, opened, depth, FEW if collapse or large else max_nodes)
    boxes = len(order) if plan is None else plan.boxes
    if boxes > max_nodes:
        left = "" if plan is None else f" ({boxes} boxes, collapsed)"
        way = "collapse it with collapse=None" if collapse is False else "open less, group it with autograd.scope"
        raise ValueError(
            f"this graph has {len(order)} nodes{left}, and a picture of more than {max_nodes} is slow and hard to read: "
            f"{way}, draw one of its inner nodes instead, or insist with max_nodes={boxes}"
        )

    if symbols and plan is not None and plan.groups:
        raise ValueError("symbols=True writes a formula for every node, but here some are collapsed: draw a smaller part")
    if symbols:
        drawn = symbolic(order, plan, digits)
    else:
        pills = room == "all"
        drawn = scene(order, digits, pills=pills) if plan is None else outline(order, plan, digits, pills)
    if plots or (plots is None and wanted(order)):
        drawn = neurons(drawn, order, None if symbols else digits, everywhere=plots is True)
    formulas = room == "all"
    if not formulas and not symbols and not any(wire.weight for wire in drawn.wires):
        drawn = unlettered(drawn)
    if title is None:
        title = f"{drawn.headline}: {shown.purpose}"
    return pictured(drawn, shown, formulas, theme=theme, scale=scale, timeout=timeout, title=title, direction=direction)


def pictured(
    drawn: Scene,
    shown: Show,
    formulas: bool,
    *,
    theme: str,
    scale: float,
    timeout: float | None,
    title: str,
    direction: str = "LR",
    head: str = "",
) -> Picture:
    """What is to be shown of a scene, laid out and drawn; ``formulas`` leaves room for all that any picture shows.

    ``head`` is a line of words above it.
    """
    layout = laid_out(drawn, formulas, timeout, direction)
    parts, corners = elements(drawn, layout, shown, formulas), layout.corners
    if head:
        line, corners = headed(head, *corners)
        parts.append(line)
    text = source(parts, corners, THEMES[theme])
    svg = dot.run(text, "svg", engine="neato", timeout=timeout).decode().replace("\r\n", "\n")

    title = visible(title, 1000)
    description = described(drawn, shown, layout.heights)
    mark = hashlib.sha256(f"{text}{title}{description}".encode()).hexdigest()[:10]
    dressed_svg, size = dressed(
        svg,
        prefix=f"g{mark}",
        scale=scale,
        title=title,
        description=description,
        titles={part.id: part.title for part in parts},
    )
    alt = f"{title}. {description}"
    return Picture(svg=dressed_svg, dot=text, title=title, alt=alt, size=size, scale=scale, timeout=timeout)
