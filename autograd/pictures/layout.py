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
from .scene import Cluster, Scene
from .sizes import CLUSTER_SIZE, LANE_WIDTH, MARGIN, PILL_GAP, PILL_HEIGHT, Room, pill_width, room, size
from .text import width

ALONG = {"LR": 1 + 0j, "RL": -1 + 0j, "TB": -1j, "BT": 1j}
"""Where a picture can run to, and which way that is."""
PORTS = {"LR": ("w", "e"), "RL": ("e", "w"), "TB": ("n", "s"), "BT": ("s", "n")}
"""Where a wire begins and ends then: its west, east, north or south."""
WORDS = 17.5
"""How far the middle of a text is from the centre line."""
MANY = 200
"""With more wires, Graphviz is told to search less for the shortest ones: two thirds of the time, as good to read."""


class Layout(NamedTuple):
    """Places, y upwards: each box, each wire's centre line, its words and its pill, and the corners of the whole.

    ``weights`` are the places of weights, ``ends`` the centre lines from there on; ``frames`` the corners of clusters.
    """

    boxes: dict[str, complex]
    sizes: dict[str, tuple[float, float]]
    lines: dict[int, Path]
    words: dict[int, complex]
    pills: dict[int, complex]
    weights: dict[int, complex]
    ends: dict[int, Path]
    rooms: dict[int, Room]
    corners: tuple[complex, complex]
    frames: dict[str, tuple[complex, complex]]
    along: complex

    @property
    def heights(self) -> dict[int, float]:
        """How high each wire is, or how far to the left, which orders the branches of a fan-out as one reads them."""
        if self.along.imag:
            return {wire: -place.real for wire, place in self.words.items()}
        return {wire: place.imag for wire, place in self.words.items()}

    def beside(self, place: complex, wide: float, value: bool) -> complex:
        """Where a text stands: a value above its wire and a gradient below it, or right and left of an upright one."""
        side = 1 if value else -1
        return place + side * (LANE_WIDTH + 4 + wide / 2 if self.along.imag else 1j * WORDS)


def laid_out(scene: Scene, formulas: bool, timeout: float | None, direction: str = "LR") -> Layout:
    """Lay out a scene, with room for its formulas and pills or for its numbers alone. ``direction`` is a key of ALONG."""
    along = ALONG[direction]
    level = {wire.id: room(wire, formulas) for wire in scene.wires}
    rooms = {id: place.upright for id, place in level.items()} if along.imag else level
    sizes = {box.id: size(box) for box in scene.boxes}
    answer = dot.run(skeleton(scene, sizes, rooms, direction), "json0", engine="dot", timeout=timeout)
    try:
        placed = json.loads(answer)
    except ValueError:
        raise dot.DrawingError(f"{dot.find()} did not write JSON as Graphviz does") from None

    texts = {wire.id: wire.weight.text for wire in scene.wires if wire.weight}
    names = [item["name"] for item in placed["objects"]]
    centres = {item["name"]: _points(item["pos"])[0] for item in placed["objects"] if "pos" in item}
    frames = {
        item["name"].removeprefix("cluster_"): (corners[0], corners[1])
        for item in placed["objects"]
        if "pos" not in item
        for corners in [_points(item["bb"])]
    }
    into: dict[str, Path] = {}
    out_of: dict[str, Path] = {}
    for edge in placed["edges"]:
        tail, head = names[edge["tail"]], names[edge["head"]]
        half, wire = (out_of, tail) if tail.startswith("w") else (into, head)
        half[wire] = _points(edge["pos"])

    lines, words, pills, weights, ends = {}, {}, {}, {}, {}
    for id, place in rooms.items():
        name = f"w{id}"
        before, after = into[name], out_of[name]
        lines[id] = joined(before, straight(before[-1], after[0]), after)
        start = centres[name] - along * place.width / 2  # the words stand where the wire begins, a pill where it ends
        words[id] = start + along * place.block / 2
        pills[id] = start + along * (place.width - place.pill / 2)
        if place.weight:
            weights[id] = start + along * (place.block + PILL_GAP + place.weight / 2)
            edge = weights[id] + along * (PILL_HEIGHT if along.imag else pill_width(texts[id])) / 2
            ends[id] = joined(straight(edge, after[0]), after)
    _, _, right, top = map(float, placed["bb"].split(","))
    corners = _corners(complex(right, top), lines)
    return Layout(centres, sizes, lines, words, pills, weights, ends, level, corners, frames, along)


def _corners(top: complex, lines: dict[int, Path]) -> tuple[complex, complex]:
    """The lower left and the upper right corner: a margin round the layout, and round control points far outside it.

    They hold whatever the picture shows; whole numbers, so that pixels at the edge are whole.
    """
    xs = [point.real for line in lines.values() for point in line]
    ys = [point.imag for line in lines.values() for point in line]
    low = complex(min(-MARGIN, floor(min(xs) - LANE_WIDTH)), min(-MARGIN, floor(min(ys) - LANE_WIDTH)))
    right = max(round(top.real) + MARGIN, ceil(max(xs) + LANE_WIDTH))
    return low, complex(right, max(round(top.imag) + MARGIN, ceil(max(ys) + LANE_WIDTH)))


def skeleton(scene: Scene, sizes: dict[str, tuple[float, float]], rooms: dict[int, Room], direction: str) -> str:
    """The DOT source of the skeleton: sizes and connections, no words at all."""
    hurry = " nslimit=1" if len(scene.wires) > MANY else ""
    entry, exit = PORTS[direction]
    if scene.clusters:
        hurry += " newrank=true"
    separation = f"ranksep={_separation(scene) / 72:.4f} nodesep={22 / 72:.4f}"
    lines = [
        "digraph skeleton {",
        f"graph [rankdir={direction} splines=true {separation}{hurry}]",
        'node [shape=box fixedsize=true label=""]',
        "edge [arrowhead=none]",
    ]
    for box in scene.boxes:
        wide, high = sizes[box.id]
        if box.kind == "group":  # it has a second rim
            wide, high = wide + 8, high + 8
        shape = " shape=circle" if box.kind in ("op", "join", "tap") else ""
        lines.append(f"{box.id} [width={wide / 72:.4f} height={high / 72:.4f}{shape}]")
    upright = direction in ("TB", "BT")
    for wire in scene.wires:
        place = rooms[wire.id]
        wide, high = (place.height, place.width) if upright else (place.width, place.height)
        lines.append(f"w{wire.id} [width={wide / 72:.4f} height={high / 72:.4f}]")
        lines.append(f"{wire.tail} -> w{wire.id}:{entry}")
        lines.append(f"w{wire.id}:{exit} -> {wire.head}")
    return "\n".join([*lines, *_clusters(scene), "}", ""])


def _clusters(scene: Scene) -> list[str]:
    """Each cluster with its boxes, the wires that begin and end in it, and those with a weight in it.

    Its title is as wide as so many letters.
    """
    if not scene.clusters:
        return []
    frames = scene.around()
    members: dict[str, list[str]] = {cluster.id: [] for cluster in scene.clusters}
    below: dict[str, list[Cluster]] = {}
    for cluster in scene.clusters:
        below.setdefault(cluster.inside, []).append(cluster)
    for box in scene.boxes:
        if box.inside:
            members[box.inside].append(box.id)
    for wire in scene.wires:
        if wire.weight is not None:
            frame = wire.weight.inside
        else:
            frame = next(id for id in frames[wire.tail] if id in frames[wire.head])
        if frame:
            members[frame].append(f"w{wire.id}")
    lines: list[str] = []
    rest = [(cluster, False) for cluster in reversed(below.get("", []))]
    while rest:
        cluster, closes = rest.pop()
        if closes:
            lines.append("}")
            continue
        letters = "n" * ceil(width(cluster.text, CLUSTER_SIZE) / width("n", CLUSTER_SIZE))
        lines.append(
            f'subgraph cluster_{cluster.id} {{ margin=14 label="{letters}" fontname=Helvetica fontsize={CLUSTER_SIZE}'
        )
        lines.append("; ".join(members[cluster.id]))
        rest.append((cluster, True))
        rest += [(inner, False) for inner in reversed(below.get(cluster.id, []))]
    return lines


def _separation(scene: Scene) -> int:
    """The room between ranks: more where wires fan out, or where many of them meet."""
    inputs = max(Counter(wire.head for wire in scene.wires).values())
    uses = max(Counter(wire.tail for wire in scene.wires if wire.leaves_dot).values(), default=0)
    fan_in = 26 + 8 * max(0, inputs - 2)
    fan_out = 40 + 4 * max(0, uses - 3) if uses else 0
    return min(72, max(fan_in, fan_out))


def _points(text: str) -> Path:
    """The points that Graphviz writes as ``x,y x,y``."""
    numbers = map(float, text.replace(",", " ").split())
    return list(map(complex, numbers, numbers))
