"""A network at a glance: units in columns, filled by activation, and lines between them as wide as the weights are large."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite, isnan
from typing import Any

from ..formula import number
from .canvas import Canvas
from .options import checked_options, chosen
from .overview_data import CIRCLE_TEXT, FOOT_TEXT, HEAD_TEXT, UNITS, Net, checked_layers, counted, data, plain
from .overview_layers import collapsed
from .picture import Picture
from .text import width
from .theme import FILL, THEMES, mixed

COLUMN, ROW, CIRCLE = 150.0, 66.0, 46.0
MANY_WEIGHTS = 40
"""A layer with more weights than this is collapsed."""
BY = ("weight", "gradient")


def network(
    weights: Sequence[Sequence[Sequence[Any]]],
    activations: Sequence[Sequence[Any]] | None = None,
    *,
    functions: str | Sequence[str] = UNITS,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    heads: Sequence[str] = (),
    by: str = "weight",
    collapse: bool | None = None,
    theme: str = "light",
    digits: int = 3,
    scale: float = 1.25,
    timeout: float | None = 30.0,
    title: str | None = None,
) -> Picture:
    """Draw a network of layers: columns of units, filled by their activation, and lines as wide as the weights are large.

    A negative weight's line is dashed, a unit below 0 has a dashed rim. Layers with more than 40 weights are collapsed into
    boxes, in which each weight is a square and each activation a circle, filled above 0 and hollow below.

    Args:
        weights: for each layer a list of its units, and for each unit the list of its weights, one for each input: numbers
            or Values.
        activations: for each column, inputs first, the list of its values: numbers or Values. None leaves circles empty.
        functions: the activation function's name, for all layers or one for each; it stands under the columns.
        inputs, outputs: names of the inputs and outputs, which stand beside them.
        heads: titles of the columns, instead of input, hidden 1, ..., output.
        by: "weight", or "gradient": lines as wide as the weights' gradients, of which the sign is shown too.
        collapse: True or False, instead of by size.
        theme, digits, scale, timeout, title: as for :func:`autograd.draw`.

    Raises:
        ValueError: layers that do not fit together, or an argument that is not as described above.
        TypeError: a weight or an activation that is no number.
        RuntimeError: Graphviz is missing, failed or took too long.

    >>> network([[[0.5, -1.0]], [[2.0], [-0.5]]], [[1, 2], [0.3], [0.6, -0.1]], functions="tanh")
    <Picture 'A 2-1-2 network of 4 weights', 705 x 269>
    """
    chosen("by", by, BY)
    chosen("theme", theme, THEMES)
    checked_options(functions=functions, inputs=inputs, outputs=outputs, heads=heads, collapse=collapse)
    checked_options(digits=digits, scale=scale, timeout=timeout, title=title)
    layers = checked_layers(weights, activations, functions, inputs, outputs, heads)
    net = Net(layers, by, THEMES[theme], FILL[theme], digits)
    if collapse is None:
        collapse = any(sum(map(len, layer.weights)) > MANY_WEIGHTS for layer in layers)
    if title is None:
        title = f"A {net.shape} network of {counted(net.weights, 'weight')}"
    canvas = Canvas(net.theme)
    size = collapsed(canvas, net) if collapse else _columns(canvas, net)
    return canvas.picture(size, scale, timeout, title, _described(net))


def _columns(canvas: Canvas, net: Net) -> tuple[float, float]:
    """The columns of circles, the lines between them, heads, feet and the legend. Returns the size of all."""
    theme, layers = net.theme, net.layers
    tallest = max(len(layer.values) for layer in layers)
    middle, top = 86 + (tallest - 1) * ROW / 2, 86 + (tallest - 1) * ROW
    before = max((width(name, HEAD_TEXT) for name in layers[0].names), default=0.0)
    after = max((width(name, HEAD_TEXT) for name in layers[-1].names), default=0.0)
    left, right = max(65.0, before + 49), max(65.0, after + 49)
    spread = max(COLUMN, max(width(text, HEAD_TEXT) for layer in layers for text in (layer.head, layer.foot)) + 16)
    left, right = max(left, spread / 2 - 10), max(right, spread / 2 - 10)
    reach = max((abs(plain(v)) for layer in layers for v in layer.values if isfinite(plain(v))), default=1.0)
    for k, layer in enumerate(layers):
        x = left + k * spread
        canvas.words(f"h{k}", complex(x, top + 44), layer.head, HEAD_TEXT, theme.ink, "head")
        canvas.words(f"t{k}", complex(x, 52), layer.foot, FOOT_TEXT, theme.muted, "foot")
        for j, value in enumerate(layer.values):
            place = complex(x, middle + ((len(layer.values) - 1) / 2 - j) * ROW)
            name = layer.names[j] if layer.names else ""
            told = f"{layer.head}, unit {j + 1}: {name + ' = ' if name else ''}{number(data(value), net.digits)}"
            look = f"shape=circle penwidth=1.5 fontsize={CIRCLE_TEXT} {_filled(net, plain(value), max(1.0, reach))}"
            canvas.shape(f"u{k}x{j}", "unit", place, (CIRCLE, CIRCLE), look, _short(value), told)
            if name:
                aside = CIRCLE / 2 + 12 + width(name, HEAD_TEXT) / 2
                canvas.words(f"m{k}x{j}", place + (aside if k else -aside), name, HEAD_TEXT, theme.ink, "name")
    largest = net.largest
    for k, (source, layer) in enumerate(pairwise(layers), 1):
        for j, row in enumerate(layer.weights):
            for i, weight in enumerate(row):
                kind, look = _line(net, net.size(weight), largest)
                told = net.told(j, i, layer, source)
                canvas.line(f"w{k}x{j}x{i}", kind, (f"u{k - 1}x{i}", f"u{k}x{j}"), look, told)
    wide = _legend(canvas, net, largest)
    return max(left + (len(layers) - 1) * spread + right, wide), top + 62


def _short(value: Any) -> str:
    """A number that fits into a circle: two decimals, or two digits, or "…"; its title says all of it."""
    if value is None:
        return ""
    x = plain(value)
    texts = (f"{x:.2f}".replace("-", "−") if isfinite(x) else number(x), number(x, 2))
    return next((text for text in texts if width(text, CIRCLE_TEXT) <= CIRCLE - 5), "…")


def _filled(net: Net, value: float, reach: float) -> str:
    """How a circle looks: more of the sign's colour for a larger activation, a dashed rim below 0."""
    theme = net.theme
    share = 0.0 if isnan(value) else net.shade * min(1.0, abs(value) / reach)
    fill = mixed(theme.ground, theme.forward if value >= 0 else theme.backward, share)
    style = "filled,dashed" if value < 0 else "filled"
    return f'style="{style}" color="{theme.ink}" fillcolor="{fill}" fontcolor="{theme.ink}"'


def _line(net: Net, size: float, largest: float) -> tuple[str, str]:
    """The kind and the look of a weight's line: dotted where there is nothing to tell."""
    theme = net.theme
    if isnan(size) or size == 0:
        return "zero", f'penwidth=1 style=dotted color="{theme.idle}"'
    wide = 0.6 + 4.4 * min(1.0, abs(size) / largest if largest else 1.0)
    if size > 0:
        return "pos", f'penwidth={wide:.2f} color="{theme.forward}"'
    return "neg", f'penwidth={wide:.2f} style=dashed color="{theme.backward}"'


def _legend(canvas: Canvas, net: Net, largest: float) -> float:
    """What lines and fills mean, along the bottom. Returns where it ends."""
    theme, x = net.theme, 30.0
    for id, sign, look in (
        ("plus", ">", f'color="{theme.forward}"'),
        ("minus", "<", f'style=dashed color="{theme.backward}"'),
    ):
        text = f"{net.symbol} {sign} 0"
        wide = width(text, CIRCLE_TEXT)
        canvas.words(id, complex(x + 42 + wide / 2, 18), text, CIRCLE_TEXT, theme.ink, "legend")
        path = f"{x:.2f},18 {x + 11:.2f},18 {x + 21:.2f},18 {x + 32:.2f},18"
        canvas.line(f"{id}line", "legend", (id, id), f"penwidth=3 {look}", path=path)
        x += 42 + wide + 22
    text = f"width: |{net.symbol}|, {net.most}" + ("; fill: activation, dashed rim below 0" if net.filled else "")
    wide = width(text, FOOT_TEXT)
    canvas.words("legend", complex(x + wide / 2, 18), text, FOOT_TEXT, theme.muted, "legend")
    return x + wide + 22


def _described(net: Net) -> str:
    """The network in words."""
    columns = ", ".join(f"{layer.head}: {layer.foot}" for layer in net.layers)
    sizes = [net.size(w) for layer in net.layers for row in layer.weights for w in row]
    signs = f"{sum(s > 0 for s in sizes)} above 0, {sum(s < 0 for s in sizes)} below"
    last = net.layers[-1]
    out = ", ".join(number(data(value), net.digits) for value in last.values[:8])
    ends = f" {last.head}: {out}{', …' if len(last.values) > 8 else ''}." if last.values[0] is not None else ""
    what = "weights" if net.by == "weight" else "gradients"
    return f"{columns}. {what}: {signs}, {net.most} in size.{ends}"
