"""Draws a neuron as people know it: weights as pills on the wires into Σ, the activation after it as a little plot.

This only rewrites a scene. Of a ``dot`` with n weights, the first n inputs are the weights, the next n what they are
multiplied with, and the last one is the bias. A weight that is used nowhere else becomes a pill on its partner's wire; one
that is shared keeps a box and a wire of its own, so that its sum of contributions can be seen.
"""

from __future__ import annotations

from collections import Counter

from .. import formula
from ..backward import local_grads
from ..ops import sums
from ..value import Value
from .plot import PLOT_WIDTH, plotted
from .scene import Box, Scene, Weight, Wire
from .sizes import PILL_SIZE
from .text import visible, width


def wanted(order: list[Value]) -> bool:
    """Whether a graph has a neuron in it: a ``dot``."""
    return any(node.op is sums.dot for node in order)


def neurons(scene: Scene, order: list[Value], digits: int | None, everywhere: bool) -> Scene:
    """The scene with weights on their wires, and with plots of the activations.

    A plot is drawn for a function of one input that is applied to a ``dot``; with ``everywhere`` for every function of one
    input.
    """
    ids = {node: f"n{i}" for i, node in enumerate(order, 1)}
    uses = Counter(parent for node in order for parent in node.parents)
    uses[order[-1]] += 1
    boxes = {box.id: box for box in scene.boxes}
    into: dict[str, list[Wire]] = {}
    for wire in scene.wires:
        into.setdefault(wire.head, []).append(wire)
    around = scene.around()
    gone: set[str] = set()
    weights: dict[int, Weight] = {}
    for node in order:
        if ids[node] not in boxes:  # it is collapsed
            continue
        if node.op is sums.dot and all(ids[parent] in boxes for parent in node.parents):
            wires = _inputs(node, into[ids[node]], ids)
            count = len(wires) // 2
            for weight, own, partner in zip(node.parents, wires[:count], wires[count:]):
                box = boxes[ids[weight]]
                if weight.op is None and uses[weight] == 1 and _fits(box, around[partner.tail], around[partner.head]):
                    gone |= {box.id, f"w{own.id}"}
                    weights[partner.id] = Weight(_says(box, own), box.title, box.gradient, own.local, own.id, box.inside)
        elif node.op is not None and len(node.parents) == 1 and node.op.arity == 1:
            (source,) = node.parents
            if everywhere or source.op is sums.dot:
                boxes[ids[node]] = _plot(boxes[ids[node]], node, digits)
    kept = tuple(box for box in boxes.values() if box.id not in gone)
    wires_left = tuple(wire._replace(weight=weights.get(wire.id)) for wire in scene.wires if f"w{wire.id}" not in gone)
    return scene._replace(boxes=kept, wires=wires_left)


def _inputs(node: Value, arriving: list[Wire], ids: dict[Value, str]) -> list[Wire]:
    """The wires into a node in the order of its inputs: from a value that is used twice there come two, in order."""
    by_tail: dict[str, list[Wire]] = {}
    for wire in arriving:
        by_tail.setdefault(wire.tail, []).append(wire)
    found = []
    for parent in node.parents:
        own = ids[parent]
        found.append(by_tail[own if own in by_tail else f"j{own[1:]}"].pop(0))
    return found


def _fits(weight: Box, tail: tuple[str, ...], head: tuple[str, ...]) -> bool:
    """Whether a weight can stand on a wire: in the frame that the wire is in, or in one that the wire goes into."""
    common = next(frame for frame in tail if frame in head)
    return weight.inside in head[: head.index(common) + 1]


def _says(box: Box, wire: Wire) -> str:
    """``w = −3``, or the number alone where it has no name."""
    return box.text if not wire.value.short else f"{box.text} = {wire.value.short}"


def _plot(box: Box, node: Value, digits: int | None) -> Box:
    """An operation's box as a plot of it; without digits its slope is not written in it."""
    assert node.op is not None
    (slope,) = local_grads(node)
    told = formula.number(slope, digits or 4)
    said = f"slope {told}"
    if digits is None or width(said, PILL_SIZE) > PLOT_WIDTH - 20:
        said = ""
    plot = plotted(node.op, node.parents[0].data, node.data, slope, visible(node.op.name, 24), said)
    return box._replace(kind="plot", text="", title=f"{box.title}; slope there {visible(told)}", plot=plot)
