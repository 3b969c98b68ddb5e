"""A network too large for lines: each layer is a box in which weights are squares and activations circles."""

from __future__ import annotations

from math import isnan, nan, sqrt
from typing import Any

from ..formula import number
from ..value import Value
from .canvas import Canvas
from .overview_data import FOOT_TEXT, HEAD_TEXT, Layer, Net, counted, data, plain
from .sizes import NAME_SIZE
from .source import at
from .text import width

CELL = 11.0
SIDE = 9.0
SMALLEST = 1.6
MOST = 1500
"""A layer with more weights than this shows its numbers only."""
GAP = 94.0
FLOOR = 42.0
"""Where the tallest box stands; the words under the boxes are below."""
WORDS = 14
SHORTEST, NARROWEST = 122.0, 150.0


def collapsed(canvas: Canvas, net: Net) -> tuple[float, float]:
    """The boxes of the layers and what flows between them. Returns the size of all."""
    theme, layers = net.theme, net.layers
    sizes = [_size(layer) for layer in layers[1:]]
    middle = FLOOR + max(high for _, high in sizes) / 2
    inputs, last = layers[0], layers[-1]
    start, end = _name(inputs, "x"), _name(last, "ŷ")
    wide = max(46.0, width(start, NAME_SIZE) + 24)
    constant = not any(isinstance(v, Value) and v.requires_grad for v in inputs.values)
    look = f'shape=box penwidth=1.5 fontsize={NAME_SIZE} color="{theme.ink}" fontcolor="{theme.ink}"'
    kind, fill = ("const", f'style=filled fillcolor="{theme.constant}"')
    if not constant:
        kind, fill = "leaf", f'style="rounded,filled" fillcolor="{theme.leaf}"'
    x = 18.0
    canvas.shape("l0", kind, complex(x + wide / 2, middle), (wide, 36), f"{look} {fill}", start, _column(inputs, net))
    x += wide
    for k, (layer, (wide, high)) in enumerate(zip(layers[1:], sizes), 1):
        gap = max(GAP, _flow(canvas, net, k - 1, x, middle))
        x += gap
        _layer(canvas, net, k, layer, complex(x + wide / 2, middle), (wide, high))
        x += wide
    x += max(GAP, _flow(canvas, net, len(layers) - 1, x, middle))
    wide = max(46.0, width(end, NAME_SIZE) + 24)
    out = f'shape=box style="dotted,filled" penwidth=1.5 fontsize={NAME_SIZE} color="{theme.muted}"'
    out += f' fillcolor="{theme.ground}" fontcolor="{theme.ink}"'
    canvas.shape(f"l{len(layers)}", "out", complex(x + wide / 2, middle), (wide, 36), out, end, _column(last, net))
    x += wide + 18
    units = sum(len(layer.values) for layer in layers[1:])
    what = "weights" if net.by == "weight" else "gradients of weights"
    circles = ", circles: activations" if net.filled else ""
    foot = f"squares: {what}{circles}; filled > 0, hollow < 0, area ~ size."
    foot += f" {counted(units, 'unit')} and {counted(net.weights, 'weight')}, collapsed"
    canvas.words("foot", complex(max(x, width(foot, FOOT_TEXT) + 28) / 2, 18), foot, FOOT_TEXT, theme.muted, "foot")
    return max(x, width(foot, FOOT_TEXT) + 28), 2 * (middle - FLOOR) + FLOOR + 12


def _count(layer: Layer) -> int:
    return sum(map(len, layer.weights))


def _note(layer: Layer) -> str:
    return counted(_count(layer), "weight")


def _title(layer: Layer) -> str:
    return f"{layer.head}: {layer.foot}"


def _size(layer: Layer) -> tuple[float, float]:
    """A layer's box: as wide as its rows of squares, as high as its units."""
    text = max(width(_title(layer), HEAD_TEXT), width(_note(layer), FOOT_TEXT)) + 32
    if _count(layer) > MOST:
        return max(NARROWEST, text), SHORTEST
    wide = (len(layer.weights[0]) + 2) * CELL + 28
    return max(NARROWEST, text, wide), max(SHORTEST, len(layer.weights) * CELL + 78)


def _layer(canvas: Canvas, net: Net, k: int, layer: Layer, centre: complex, size: tuple[float, float]) -> None:
    """A layer's box, with all its weights and activations."""
    theme = net.theme
    look = f'shape=box style="rounded,filled" peripheries=2 penwidth=1.5 color="{theme.ink}" fillcolor="{theme.cluster}"'
    canvas.shape(f"l{k}", "layer collapsed", centre, size, look, "", f"{_title(layer)}, {_note(layer)}, collapsed")
    top = centre + 0.5j * size[1]
    canvas.words(f"h{k}", top - 21j, _title(layer), HEAD_TEXT, theme.ink, "head")
    canvas.words(f"n{k}", top - 39j, _note(layer), FOOT_TEXT, theme.muted, "note")
    if _count(layer) > MOST:
        sizes = [abs(net.size(w)) for row in layer.weights for w in row if not isnan(net.size(w))] or [nan]
        told = f"|{net.symbol}| from {number(min(sizes), net.digits)} to {number(max(sizes), net.digits)}"
        canvas.words(f"r{k}", top - 75j, told[:60], FOOT_TEXT, theme.muted, "note")
        return
    rows, columns = len(layer.weights), len(layer.weights[0])
    before = net.layers[k - 1]
    middle = (top.imag - 56 + centre.imag - size[1] / 2 + 12) / 2
    corner = complex(centre.real - (columns + 2) * CELL / 2 + CELL / 2, middle + (rows - 1) * CELL / 2)
    largest = net.largest
    reach = max((abs(plain(v)) for v in layer.values), default=0.0)
    for j, row in enumerate(layer.weights):
        for i, weight in enumerate(row):
            place = corner + complex(i * CELL, -j * CELL)
            _mark(canvas, net, f"w{k}x{j}x{i}", "box", place, net.size(weight), largest, net.told(j, i, layer, before))
        value = layer.values[j]
        if value is not None:
            told = f"{layer.head}, unit {j + 1}: {number(data(value), net.digits)}"
            _mark(
                canvas,
                net,
                f"u{k}x{j}",
                "circle",
                corner + complex((columns + 1) * CELL, -j * CELL),
                plain(value),
                reach,
                told,
            )


def _mark(canvas: Canvas, net: Net, id: str, shape: str, place: complex, size: float, largest: float, told: str) -> None:
    """A square or circle whose area is a number's size: filled above 0, hollow below, a grey dot for nothing."""
    theme = net.theme
    if isnan(size) or size == 0:
        across, look = SMALLEST, f'style=filled color="{theme.idle}" fillcolor="{theme.idle}"'
    else:
        share = min(1.0, abs(size) / largest) if largest else 1.0
        across = max(SMALLEST, SIDE * sqrt(share if share == share else 1.0))
        fill = f'style=filled color="{theme.forward}" fillcolor="{theme.forward}"'
        look = fill if size > 0 else f'style=filled color="{theme.backward}" fillcolor="{theme.cluster}"'
    kind = "pos" if size > 0 else "neg" if size < 0 else "zero"
    canvas.shape(id, kind, place, (across, across), f"shape={shape} penwidth=1 {look}", "", told)


def _flow(canvas: Canvas, net: Net, k: int, x: float, middle: float) -> float:
    """What flows from a column to the next box, values above and gradients below. Returns the room that it takes."""
    theme, layer = net.theme, net.layers[k]
    count = len(layer.values)
    grads = [v.grad for v in layer.values if isinstance(v, Value) and v.requires_grad and v.grad is not None]
    value = f"{count} values"
    gradient = f"{len(grads)} grads" if len(grads) != 1 else "1 grad"
    if count == 1:
        only = layer.values[0]
        name = layer.names[0] if layer.names else ""
        shown = "1 value" if only is None else number(data(only), net.digits)
        value = f"{name} = {shown}" if name and only is not None else shown
        gradient = number(grads[0], net.digits) if grads else ""
    room = max(GAP, width(value, WORDS) + 36, width(gradient, WORDS) + 36)
    ends = x + (4 if k else 0), x + room - (4 if k + 1 < len(net.layers) else 0)
    centre = complex(x + room / 2, middle)
    canvas.words(f"v{k}", centre + 21j, value, WORDS, theme.forward, "val")
    pair = (f"l{k}", f"l{k + 1}")
    wide = 4.5 if count > 1 else 2
    look = f'penwidth={wide} color="{theme.forward}" arrowhead=normal'
    told = f"{layer.head}: {value}"
    canvas.line(f"f{k}", "fwd", pair, look, told, _lane(ends, middle + 5))
    if grads:
        wide = 3.5 if count > 1 else 2
        look = f'penwidth={wide} style=dashed color="{theme.backward}" arrowhead=normal'
        canvas.words(f"g{k}", centre - 21j, gradient, WORDS, theme.backward, "grad")
        canvas.line(f"b{k}", "bwd", pair[::-1], look, f"{layer.head}: {gradient} back", _lane(ends[::-1], middle - 5))
    return room


def _lane(ends: tuple[float, float], y: float) -> str:
    """A straight lane with room for its arrow head."""
    start, tip = complex(ends[0], y), complex(ends[1], y)
    end = tip - 10 * (tip - start) / abs(tip - start)
    third = (end - start) / 3
    return f"e,{at(tip)} {at(start, start + third, end - third, end)}"


def _name(layer: Layer, usual: str) -> str:
    """The name of a column of inputs or outputs: its only one, or the usual."""
    return layer.names[0] if len(layer.names) == 1 else usual


def _column(layer: Layer, net: Net) -> str:
    some: list[Any] = [number(data(value), net.digits) for value in layer.values[:8]]
    return f"{layer.head}: {', '.join(some)}{', …' if len(layer.values) > 8 else ''}"
