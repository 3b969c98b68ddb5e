"""The elements of a picture: each box, lane, text and pill of a scene in its place, and which of them to show.

An element says what it is (its kind) and how it stands (its state), not how it looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import NamedTuple

from .lanes import Path, sides, trimmed
from .layout import WORDS as WORDS
from .layout import Layout
from .plot import PLOT_WIDTH, Plot
from .scene import Box, Scene, Weight, Wire
from .sizes import (
    CLUSTER_SIZE,
    HEAD_SIZE,
    MARGIN,
    NOTE_SIZE,
    PILL_HEIGHT,
    PILL_SIZE,
    VALUE_SIZE,
    WORDS_HEIGHT,
    pill_width,
    weight_gradient,
)
from .text import width

LANE = 4
"""How far a lane is from the centre line."""
LANE_OF_MANY = 5
"""The same for the wider lanes of many values."""
HEAD = 10
"""The length of an arrow head."""
TOLD = 40
"""The most steps of a pass that a description tells."""


class Show(NamedTuple):
    """What a picture shows of its scene; ``purpose`` names it in the title."""

    purpose: str
    values: bool = False
    pills: bool = False
    given: bool = False
    gradients: bool = False


SHOWS = {
    "forward": Show("forward pass", values=True),
    "local": Show("forward pass and local gradients", values=True, pills=True, given=True),
    "backward": Show("backward pass", pills=True, given=True, gradients=True),
    "both": Show("forward and backward pass", values=True, given=True, gradients=True),
    "all": Show("forward and backward pass, step by step", values=True, pills=True, given=True, gradients=True),
}
"""What ``draw(show=...)`` can show."""


class Item(NamedTuple):
    """Something centred at a point. ``kind`` is that of a box, or val, grad (words), or local (a pill).

    ``state`` is empty, or "pending" for a gradient that was not computed.
    """

    id: str
    kind: str
    state: str
    title: str
    text: str
    at: complex
    width: float
    height: float


class Lane(NamedTuple):
    """A line between two boxes, its ``ends``. ``kind`` is fwd or bwd; ``arrow`` is the tip of its head, if it has one.

    ``state`` is empty, "pending" (a gradient that was not computed) or "idle" (a value that is not shown).
    """

    id: str
    kind: str
    state: str
    title: str
    ends: tuple[str, str]
    path: Path
    arrow: complex | None


Element = Item | Lane


def elements(
    scene: Scene, layout: Layout, show: Show, formulas: bool, terms: Mapping[int, float] | None = None
) -> list[Element]:
    """What a picture shows: boxes, lanes, then words. The same element has the same place in every one.

    The terms of a sum stand in the order of their wires from top to bottom, or from the highest number in ``terms`` down.
    """
    heights = layout.heights if terms is None else terms
    found: list[Element] = list(_frames(scene, layout))
    for box in scene.boxes:
        kind, text, title = box.kind, box.text if box.kind != "group" else "", box.title
        if box.gradient is not None and show.gradients:
            title += f"; {box.gradient.sentence(heights)}"
        elif kind == "join":  # nothing adds up in the forward pass
            kind, text = "tap", ""
        if kind == "out" and not show.given and box.note:  # no gradient that would be one of L
            text = box.note
        found.append(Item(box.id, kind, "", title, text, layout.boxes[box.id], *layout.sizes[box.id]))
    for box in scene.boxes:
        if box.plot is not None:
            found += _curves(box.id, box.plot, layout.boxes[box.id], show)
        if box.kind == "group":
            found += _notes(box, layout.boxes[box.id])
    for wire in scene.wires:
        found += _lanes(wire, layout, show, heights)
    for wire in scene.wires:
        found += _words(wire, layout, show, formulas, heights)
    return found


def _sends_back(wire: Wire, show: Show) -> bool:
    """Whether a wire's gradient is shown: all of them, or the given one at the output."""
    return wire.gradient is not None and (show.gradients or (show.given and wire.head == "out"))


def _lanes(wire: Wire, layout: Layout, show: Show, heights: Mapping[int, float]) -> Iterator[Lane]:
    many = wire.many > 1
    upper, lower = _sides(layout.lines[wire.id], layout, many)
    path, arrow = _headed(upper, not wire.enters_dot)
    state = "" if show.values else "idle"
    yield Lane(f"f{wire.id}", _kind("fwd", many), state, wire.title, (wire.tail, wire.head), path, arrow)
    gradient = wire.gradient
    if gradient is None and wire.weight is not None and show.gradients:  # it ends at the weight: data gets no gradient
        gradient = wire.weight.gradient
        lower = _sides(layout.ends[wire.id], layout, many)[1]
    elif not _sends_back(wire, show):
        return
    if gradient is not None:
        path, arrow = _headed(lower[::-1], not wire.leaves_dot or wire.gradient is None)
        state = "" if gradient.known else "pending"
        title = gradient.sentence(heights)
        yield Lane(f"b{wire.id}", _kind("bwd", many), state, title, (wire.head, wire.tail), path, arrow)


def _kind(kind: str, many: bool) -> str:
    return f"{kind} many" if many else kind


def _sides(line: Path, layout: Layout, many: bool) -> tuple[Path, Path]:
    """The lane of the value, which is the upper or the right one, and that of the gradient."""
    left, right = sides(line, LANE_OF_MANY if many else LANE)
    return (right, left) if layout.along in (-1, 1j) else (left, right)


def _frames(scene: Scene, layout: Layout) -> Iterator[Item]:
    """The frames of the clusters, outer ones first, each with its name at its top, where no wire crosses it if possible."""
    for cluster in scene.clusters:
        low, high = layout.frames[cluster.id]
        size = high - low
        middle = (low + high) / 2
        yield Item(cluster.id, "cluster", "", cluster.title, "", middle, size.real, size.imag)
        wide = width(cluster.text, CLUSTER_SIZE)
        aside = size.real / 2 - 12 - wide / 2  # as far as the name may go from the middle
        steps = [sign * step * 8.0 for step in range(int(max(0.0, aside) / 8) + 1) for sign in (1, -1)]
        wires = _between(layout, high.imag - 24, high.imag)
        free = (x for x in steps if all(abs(middle.real + x - wire) > wide / 2 + 2 * LANE for wire in wires))
        at = complex(middle.real + next(free, 0.0), high.imag - 12)
        yield Item(f"{cluster.id}name", "caption", "", "", cluster.text, at, wide, WORDS_HEIGHT)


def _between(layout: Layout, low: float, high: float) -> list[float]:
    """Where centre lines of wires are between two heights, from left to right: closer together than any name is wide."""
    found = []
    for line in layout.lines.values():
        for i in range(0, len(line) - 1, 3):
            a, b, c, d = line[i : i + 4]
            tops = a.imag, b.imag, c.imag, d.imag
            if min(tops) < high and max(tops) > low:
                pieces = max(1, int(abs(b - a) + abs(c - b) + abs(d - c)) // 4)
                for t in (n / pieces for n in range(pieces + 1)):
                    s = 1 - t
                    point = s**3 * a + 3 * s * s * t * b + 3 * s * t * t * c + t**3 * d
                    if low < point.imag < high:
                        found.append(point.real)
    return found


def _curves(id: str, plot: Plot, at: complex, show: Show) -> Iterator[Element]:
    """What stands in the box of an activation: its curve and, at the operating point, guides and the tangent."""

    def line(name: str, kind: str, path: Path) -> Lane:
        return Lane(f"{id}{name}", kind, "", "", (id, id), [at + point for point in path], None)

    for i, axis in enumerate(plot.axes, 1):
        yield line(f"axis{i}", "axis", axis)
    for i, curve in enumerate(plot.curves, 1):
        yield line(f"curve{i}", "curve", curve)
    wide = width(plot.name, PILL_SIZE)
    left = at + complex(18 - PLOT_WIDTH / 2 + wide / 2, 51.5)
    yield Item(f"{id}name", "name", "", "", plot.name, left, wide, WORDS_HEIGHT)
    if show.values:
        for i, guide in enumerate(plot.guides, 1):
            yield line(f"guide{i}", "guide", guide)
    if show.pills or show.gradients:
        if plot.tangent is not None:
            yield line("tangent", "tangent", plot.tangent)
        if plot.slope:
            wide = width(plot.slope, PILL_SIZE)
            most = PLOT_WIDTH / 2 - 10 - wide / 2  # a long one moves away from the rim
            where = at + complex(max(-most, min(most, plot.slope_at.real)), plot.slope_at.imag)
            yield Item(f"{id}slope", "slope", "", "", plot.slope, where, wide, WORDS_HEIGHT)
    if plot.point is not None:
        yield Item(f"{id}point", "point", "", "", "", at + plot.point, 10, 10)


def _notes(box: Box, at: complex) -> Iterator[Item]:
    """What stands in a collapsed box: its name, and under it what it holds."""
    yield Item(f"{box.id}head", "head", "", "", box.text, at + 20j, width(box.text, HEAD_SIZE), WORDS_HEIGHT)
    for i, line in enumerate(box.note.split("\n"), 1):
        down = at + 1j * (18 - 18 * i)
        yield Item(f"{box.id}note{i}", "note", "", "", line, down, width(line, NOTE_SIZE), WORDS_HEIGHT)


def headed(text: str, low: complex, high: complex) -> tuple[Item, tuple[complex, complex]]:
    """A line of words above a picture with these corners, and the corners of both."""
    wide = width(text, HEAD_SIZE)
    at = complex(low.real + MARGIN + wide / 2, high.imag + WORDS_HEIGHT / 2)
    right = max(high.real, ceil(at.real + wide / 2) + MARGIN)
    line = Item("headline", "head", "", "", text, at, wide, WORDS_HEIGHT)
    return line, (low, complex(right, high.imag + 2 * WORDS_HEIGHT))


def _headed(path: Path, head: bool) -> tuple[Path, complex | None]:
    """The path, shortened where an arrow head takes its end."""
    return (trimmed(path, HEAD), path[-1]) if head else (path, None)


def _words(wire: Wire, layout: Layout, show: Show, formulas: bool, heights: Mapping[int, float]) -> Iterator[Item]:
    middle = layout.words[wire.id]
    value = wire.value.long if formulas else wire.value.short
    if show.values and value:
        wide = width(value, VALUE_SIZE)
        yield Item(f"v{wire.id}", "val", "", "", value, layout.beside(middle, wide, True), wide, WORDS_HEIGHT)
    if wire.gradient is not None and _sends_back(wire, show):
        text = wire.gradient.text(formulas, heights)
        state = "" if wire.gradient.known else "pending"
        wide = width(text, VALUE_SIZE)
        yield Item(f"g{wire.id}", "grad", state, "", text, layout.beside(middle, wide, False), wide, WORDS_HEIGHT)
    if wire.local is not None and show.pills:
        at, wide = layout.pills[wire.id], layout.rooms[wire.id].pill
        yield Item(f"p{wire.id}", "local", "", wire.local.title, wire.local.text, at, wide, PILL_HEIGHT)
    if wire.weight is not None:
        yield from _weight(wire.id, wire.weight, layout, show, formulas)


def _weight(id: int, weight: Weight, layout: Layout, show: Show, formulas: bool) -> Iterator[Item]:
    """A weight on its wire, its gradient under it, and its local gradient under that; or to its left and right."""
    gradient, at, upright = weight.gradient, layout.weights[id], layout.along.imag
    aside = pill_width(weight.text) / 2 + 6
    state, title = ("", weight.title) if gradient is not None else ("const", weight.title)
    if gradient is not None and show.gradients:
        title += f"; {gradient.sentence({})}"
    yield Item(f"u{id}", "weight", state, title, weight.text, at, pill_width(weight.text), PILL_HEIGHT)
    if gradient is not None and show.gradients:
        text = weight_gradient(gradient, formulas)
        state = "" if gradient.known else "pending"
        wide = width(text, PILL_SIZE)
        where = at - (aside + wide / 2 if upright else 24j)
        yield Item(f"h{id}", "wgrad", state, "", text, where, wide, WORDS_HEIGHT)
    if weight.local is not None and show.pills:
        text = weight.local.text
        wide = pill_width(text)
        where = at + (aside + wide / 2 if upright else -48j)
        yield Item(f"q{id}", "local", "", weight.local.title, text, where, wide, PILL_HEIGHT)


def described(scene: Scene, show: Show, heights: Mapping[int, float]) -> str:
    """What a picture shows, in a sentence for each pass."""
    told = []
    if show.values and scene.forward:
        told.append("Forward: " + _list(scene.forward[:TOLD], len(scene.forward)))
    if show.gradients and any(gradient.known for gradient in scene.backward):
        sentences = [gradient.sentence(heights) for gradient in scene.backward[: -TOLD - 1 : -1]]
        told.append("Backward: " + _list(sentences, len(scene.backward)))
    elif show.gradients:
        told.append("Backward: not computed.")
    return " ".join(told)


def _list(sentences: Sequence[str], count: int) -> str:
    more = [f"and {count - TOLD} more"] if count > TOLD else []
    return ", ".join([*sentences, *more]) + "."
