"""Where everything goes: Graphviz lays out a skeleton of empty boxes, each as large as its words will ever be.

A wire is a node of its own in the skeleton, so that its words have room on both sides of it.
"""

from __future__ import annotations

import json
from collections import Counter
from math import ceil, floor
from typing import NamedTuple

from . import dot
from .lanes import Path, joined, straight
from .scene import Scene
from .sizes import LANE_WIDTH, MARGIN, WIRE_HEIGHT, Room, room, size

MANY = 200
"""With more wires, Graphviz is told to search less for the shortest ones: two thirds of the time, as good to read."""


class Layout(NamedTuple):
    """Places, y upwards: each box, each wire's centre line, its words and its pill, and the corners of the whole."""

    boxes: dict[str, complex]
    sizes: dict[str, tuple[float, float]]
    lines: dict[int, Path]
    words: dict[int, complex]
    pills: dict[int, complex]
    rooms: dict[int, Room]
    corners: tuple[complex, complex]

    @property
    def heights(self) -> dict[int, float]:
        """How high each wire is, which orders the branches of a fan-out from top to bottom."""
        return {wire: place.imag for wire, place in self.words.items()}


def laid_out(scene: Scene, formulas: bool, timeout: float | None) -> Layout:
    """Lay out a scene, with room for its formulas and pills or for its numbers alone."""
    rooms = {wire.id: room(wire, formulas) for wire in scene.wires}
    sizes = {box.id: size(box) for box in scene.boxes}
    answer = dot.run(skeleton(scene, sizes, rooms), "json0", engine="dot", timeout=timeout)
    try:
        placed = json.loads(answer)
    except ValueError:
        raise dot.DrawingError(f"{dot.find()} did not write JSON as Graphviz does") from None

    names = [item["name"] for item in placed["objects"]]
    centres = {item["name"]: _points(item["pos"])[0] for item in placed["objects"]}
    into: dict[str, Path] = {}
    out_of: dict[str, Path] = {}
    for edge in placed["edges"]:
        tail, head = names[edge["tail"]], names[edge["head"]]
        half, wire = (out_of, tail) if tail.startswith("w") else (into, head)
        half[wire] = _points(edge["pos"])

    lines, words, pills = {}, {}, {}
    for id, place in rooms.items():
        name = f"w{id}"
        before, after = into[name], out_of[name]
        lines[id] = joined(before, straight(before[-1], after[0]), after)
        left = centres[name] - place.width / 2
        words[id] = left + place.block / 2
        pills[id] = left + place.width - place.pill / 2
    _, _, right, top = map(float, placed["bb"].split(","))
    return Layout(centres, sizes, lines, words, pills, rooms, _corners(complex(right, top), lines))


def _corners(top: complex, lines: dict[int, Path]) -> tuple[complex, complex]:
    """The lower left and the upper right corner: a margin round the layout, and round control points far outside it.

    They hold whatever the picture shows; whole numbers, so that pixels at the edge are whole.
    """
    xs = [point.real for line in lines.values() for point in line]
    ys = [point.imag for line in lines.values() for point in line]
    low = complex(min(-MARGIN, floor(min(xs) - LANE_WIDTH)), min(-MARGIN, floor(min(ys) - LANE_WIDTH)))
    right = max(round(top.real) + MARGIN, ceil(max(xs) + LANE_WIDTH))
    return low, complex(right, max(round(top.imag) + MARGIN, ceil(max(ys) + LANE_WIDTH)))


def skeleton(scene: Scene, sizes: dict[str, tuple[float, float]], rooms: dict[int, Room]) -> str:
    """The DOT source of the skeleton: sizes and connections, no words at all."""
    hurry = " nslimit=1" if len(scene.wires) > MANY else ""
    separation = f"ranksep={_separation(scene) / 72:.4f} nodesep={22 / 72:.4f}"
    lines = [
        "digraph skeleton {",
        f"graph [rankdir=LR splines=true {separation}{hurry}]",
        'node [shape=box fixedsize=true label=""]',
        "edge [arrowhead=none]",
    ]
    for box in scene.boxes:
        wide, high = sizes[box.id]
        shape = " shape=circle" if box.kind in ("op", "join", "tap") else ""
        lines.append(f"{box.id} [width={wide / 72:.4f} height={high / 72:.4f}{shape}]")
    for wire in scene.wires:
        lines.append(f"w{wire.id} [width={rooms[wire.id].width / 72:.4f} height={WIRE_HEIGHT / 72:.4f}]")
        lines.append(f"{wire.tail} -> w{wire.id}:w")
        lines.append(f"w{wire.id}:e -> {wire.head}")
    return "\n".join([*lines, "}", ""])


def _separation(scene: Scene) -> int:
    """The room between ranks: more where wires fan out, or where many of them meet."""
    inputs = max(Counter(wire.head for wire in scene.wires).values())
    uses = max(Counter(wire.tail for wire in scene.wires if wire.leaves_dot).values(), default=0)
    fan_in = 26 + 8 * max(0, inputs - 2)
    fan_out = 40 + 4 * max(0, uses - 3) if uses else 0
    return min(72, max(fan_in, fan_out))


def _points(text: str) -> Path:
    """The points that Graphviz writes as ``x,y x,y``."""
    numbers = [float(number) for number in text.replace(",", " ").split()]
    return list(map(complex, numbers[::2], numbers[1::2]))
