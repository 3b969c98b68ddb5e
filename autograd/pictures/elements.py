"""The elements of a picture: each box, lane, text and pill of a scene in its place, and which of them to show.

An element says what it is (its kind) and how it stands (its state), not how it looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .lanes import Path, sides, trimmed
from .layout import Layout
from .scene import Scene, Wire
from .sizes import PILL_HEIGHT, VALUE_SIZE, WORDS_HEIGHT
from .text import width

LANE = 4
"""How far a lane is from the centre line."""
WORDS = 17.5
"""How far the middle of a text is from the centre line."""
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


def elements(scene: Scene, layout: Layout, show: Show, formulas: bool) -> list[Element]:
    """What a picture shows: boxes, lanes, then words. The same element has the same place in every one."""
    heights = layout.heights
    found: list[Element] = []
    for box in scene.boxes:
        kind, text, title = box.kind, box.text, box.title
        if box.gradient is not None and show.gradients:
            title += f"; {box.gradient.sentence(heights)}"
        elif kind == "join":  # nothing adds up in the forward pass
            kind, text = "tap", ""
        found.append(Item(box.id, kind, "", title, text, layout.boxes[box.id], *layout.sizes[box.id]))
    for wire in scene.wires:
        found += _lanes(wire, layout.lines[wire.id], show, heights)
    for wire in scene.wires:
        found += _words(wire, layout, show, formulas, heights)
    return found


def _sends_back(wire: Wire, show: Show) -> bool:
    """Whether a wire's gradient is shown: all of them, or the given one at the output."""
    return wire.gradient is not None and (show.gradients or (show.given and wire.head == "out"))


def _lanes(wire: Wire, line: Path, show: Show, heights: Mapping[int, float]) -> Iterator[Lane]:
    left, right = sides(line, LANE)
    path, arrow = _headed(left, not wire.enters_dot)
    state = "" if show.values else "idle"
    yield Lane(f"f{wire.id}", "fwd", state, wire.title, (wire.tail, wire.head), path, arrow)
    if wire.gradient is not None and _sends_back(wire, show):
        path, arrow = _headed(right[::-1], not wire.leaves_dot)
        state = "" if wire.gradient.known else "pending"
        title = wire.gradient.sentence(heights)
        yield Lane(f"b{wire.id}", "bwd", state, title, (wire.head, wire.tail), path, arrow)


def _headed(path: Path, head: bool) -> tuple[Path, complex | None]:
    """The path, shortened where an arrow head takes its end."""
    return (trimmed(path, HEAD), path[-1]) if head else (path, None)


def _words(wire: Wire, layout: Layout, show: Show, formulas: bool, heights: Mapping[int, float]) -> Iterator[Item]:
    middle = layout.words[wire.id]
    value = wire.value.long if formulas else wire.value.short
    if show.values and value:
        wide = width(value, VALUE_SIZE)
        yield Item(f"v{wire.id}", "val", "", "", value, middle + 1j * WORDS, wide, WORDS_HEIGHT)
    if wire.gradient is not None and _sends_back(wire, show):
        text = wire.gradient.text(formulas, heights)
        state = "" if wire.gradient.known else "pending"
        wide = width(text, VALUE_SIZE)
        yield Item(f"g{wire.id}", "grad", state, "", text, middle - 1j * WORDS, wide, WORDS_HEIGHT)
    if wire.local is not None and show.pills:
        at, wide = layout.pills[wire.id], layout.rooms[wire.id].pill
        yield Item(f"p{wire.id}", "local", "", wire.local.title, wire.local.text, at, wide, PILL_HEIGHT)


def described(scene: Scene, show: Show, heights: Mapping[int, float]) -> str:
    """What a picture shows, in a sentence for each pass."""
    told = []
    if show.values and scene.forward:
        told.append("Forward: " + _list(scene.forward))
    if show.gradients and any(gradient.known for gradient in scene.backward):
        told.append("Backward: " + _list([gradient.sentence(heights) for gradient in reversed(scene.backward)]))
    elif show.gradients:
        told.append("Backward: not computed.")
    return " ".join(told)


def _list(sentences: tuple[str, ...] | list[str]) -> str:
    more = [f"and {len(sentences) - TOLD} more"] if len(sentences) > TOLD else []
    return ", ".join([*sentences[:TOLD], *more]) + "."
