"""A scene: everything that a picture of a graph can ever show, in words and without geometry.

Each node of the graph becomes a box, each use of its value a wire. A value that is used more than once runs along one
trunk to a fan-out dot and from there along a branch to each use: backward, the dot is where the contributions add up.
"""

from __future__ import annotations

from typing import NamedTuple

from .gradients import Gradient
from .plot import Plot


class Box(NamedTuple):
    """Something that wires end at.

    ``kind`` is leaf, const, op, out (where the picture ends), join (a fan-out dot), tap (a dot without gradient), plot (an
    operation with its curve) or group (nodes collapsed into one box). ``note`` says how many those are, or in the last box
    the output's own name. ``inside`` is the id of the cluster it stands in, if it does.
    """

    id: str
    kind: str
    text: str
    title: str
    gradient: Gradient | None = None
    plot: Plot | None = None
    note: str = ""
    inside: str = ""


class Words(NamedTuple):
    """What stands above a wire: ``short`` beside bare numbers, ``long`` beside formulas, which need every name."""

    short: str
    long: str


class Pill(NamedTuple):
    """The local gradient at an operation's input, as it is drawn and as it is told."""

    text: str
    title: str


class Weight(NamedTuple):
    """A weight on the wire of the input that it is multiplied with; ``wire`` is the number that its own had before.

    ``inside`` is the cluster that it stands in, if it does.
    """

    text: str
    title: str
    gradient: Gradient | None
    local: Pill | None
    wire: int = 0
    inside: str = ""


class Wire(NamedTuple):
    """One value on its way from box to box, and its gradient on the way back (None for a constant).

    ``many`` is more than one for a bundle of values between collapsed boxes.
    """

    id: int
    tail: str
    head: str
    value: Words
    title: str
    gradient: Gradient | None
    local: Pill | None
    weight: Weight | None = None
    many: int = 1

    @property
    def leaves_dot(self) -> bool:
        """Whether it is a branch of a fan-out."""
        return self.tail.startswith("j")

    @property
    def enters_dot(self) -> bool:
        """Whether it is the trunk of a fan-out."""
        return self.head.startswith("j")


class Cluster(NamedTuple):
    """A frame round the boxes of an opened group; ``inside`` is the cluster that it stands in, if it does."""

    id: str
    text: str
    title: str
    inside: str = ""


class Scene(NamedTuple):
    """Boxes and wires in the order of the graph, inputs first, and the same in words: each pass step by step."""

    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]
    headline: str
    forward: tuple[str, ...]
    backward: tuple[Gradient, ...]
    clusters: tuple[Cluster, ...] = ()

    def around(self) -> dict[str, tuple[str, ...]]:
        """For each box the frames round it, from the innermost; the last one, with an empty id, is the picture."""
        frames: dict[str, tuple[str, ...]] = {"": ("",)}
        for cluster in self.clusters:  # outer ones first
            frames[cluster.id] = (cluster.id, *frames[cluster.inside])
        return {box.id: frames[box.inside] for box in self.boxes}
