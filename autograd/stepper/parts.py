"""Where each fact stands in the picture, and from when to when each element of it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..pictures.elements import SHOWS, WORDS, Element, Item, elements
from ..pictures.gradients import UNKNOWN
from ..pictures.layout import Layout
from ..pictures.scene import Scene, Wire
from ..pictures.sizes import VALUE_SIZE, WORDS_HEIGHT
from ..pictures.text import width
from ..story import Story, equation
from ..value import Value
from .frames import Fact, Frame, arrivals

Partial = dict[Value, list[tuple[int, str]]]
"""For each value that fans out, one stage after the other: the wire that brings a share, and the sum so far."""

PLOTTED = {"value": ("point", "guide1", "guide2"), "local": ("tangent", "slope")}
"""What a plot shows of the facts about its node."""
STANDS_IN = {"val": "x", "grad": "y", "wgrad": "r"}
"""The kinds of words that a dash stands in for until they are known, and how its id begins."""


class Part(NamedTuple):
    """An element and its time: known from frame ``since`` on, and, where another element takes its place, ``until`` then.

    ``used`` are the frames that use it.
    """

    element: Element
    since: int = 0
    until: int | None = None
    used: tuple[int, ...] = ()

    def state(self, k: int) -> str:
        """How it stands in a frame: off (not known yet, or no more), hot (known now, or used now), or plain: empty."""
        if k < self.since or (self.until is not None and k >= self.until):
            return "off"
        return "hot" if (k == self.since > 0 and self.element.state != "pending") or k in self.used else ""


class Places:
    """Where a fact stands in a scene: its wires by their number, as in the ``plain`` scene.

    As ``drawn``, a weight may stand on the wire of its input: then ``moved`` leads from what its own wire would have shown
    to what shows it.
    """

    def __init__(self, plain: Scene, drawn: Scene, story: Story) -> None:
        self.box = {v: f"n{i}" for i, v in enumerate(story.order, 1)}
        self.node = {id: v for v, id in self.box.items()}
        self.trunk: dict[Value, int] = {}
        self.uses: dict[Value, list[int]] = {v: [] for v in story.order}
        for wire in plain.wires:
            v = self.node["n" + wire.tail[1:]]
            if wire.enters_dot:
                self.trunk[v] = wire.id
            else:
                self.uses[v].append(wire.id)
        # A constant's dot adds nothing up: it stays as it is.
        self.tap = {v: f"{'t' if v.requires_grad else 'j'}{self.box[v][1:]}" for v in self.trunk}
        self.input = {
            (share.child, share.position): wire for v in story.order for wire, share in zip(self.uses[v], story.shares[v])
        }
        self.moved: dict[str, str] = {}
        for wire in drawn.wires:
            if wire.weight is not None:
                # The lane back ends at the weight; or it leads on to the input, whose share comes later, and is shown then.
                self.moved |= {f"{a}{wire.weight.wire}": f"{b}{wire.id}" for a, b in zip("pgb", "qhb", strict=True)}

    def ids(self, fact: Fact) -> list[str]:
        """The elements that show a fact, if they are there: a plot shows its point, and then its slope."""
        plotted = [f"{self.box[fact.node]}{part}" for part in PLOTTED.get(fact.kind, ())]
        return plotted + [self.moved.get(id, id) for id in self._ids(fact)]

    def _ids(self, fact: Fact) -> list[str]:
        v = fact.node
        if fact.kind == "local":
            return [f"p{self.input[v, fact.position]}"]
        if fact.kind == "share":
            wire = self.input[v, fact.position]
            return [f"b{wire}", f"g{wire}"]
        wires = [self.trunk[v]] if v in self.trunk else []
        if fact.kind == "value":
            dots = [self.tap[v]] if wires else []
            return dots + [f"{letter}{wire}" for wire in [*wires, *self.uses[v]] for letter in "fv"]
        dots = [f"j{self.box[v][1:]}"] if wires else []
        return dots + [f"{letter}{wire}" for wire in wires or self.uses[v] for letter in "bg"]


def as_told(story: Story, places: Places, by: str) -> dict[int, float]:
    """The order in which the captions tell the terms of a sum: numbers for the wires, the highest for the first."""
    if by == "node":
        return {wire: -wire for wire in places.input.values()}
    return {places.input[share.child, share.position]: -k for k, (share, _, _) in enumerate(arrivals(story))}


def partial_sums(drawn: Scene, story: Story, places: Places, order: Mapping[int, float]) -> Partial:
    """The sums on the trunks, before they are complete."""
    wires = {wire.id: wire for wire in drawn.wires}
    found: Partial = {}
    arrived: dict[Value, set[int]] = {}
    for share, p, totals in arrivals(story):
        if len(totals) < len(story.shares[p]):
            wire = places.input[share.child, share.position]
            arrived.setdefault(p, set()).add(wire)
            whole = wires[places.trunk[p]].gradient
            assert whole is not None
            terms = tuple(term for term in whole.terms if term.wire in arrived[p])
            sum_so_far = whole._replace(terms=terms, total=story.number(totals[-1]))
            found.setdefault(p, []).append((wire, sum_so_far.text(False, order)))
    return found


def timed(
    drawn: Scene,
    layout: Layout,
    story: Story,
    frames: Sequence[Frame],
    places: Places,
    order: Mapping[int, float],
    partial: Partial,
) -> list[Part]:
    """Every element, and those that stand in for it while it is not known: with its time."""
    since: dict[str, int] = {}
    used: dict[str, list[int]] = {}
    for k, frame in enumerate(frames):
        for fact in frame.known:
            since.update(dict.fromkeys(places.ids(fact), k))
            if fact.kind == "value" and fact.node.op is not None:
                used[places.box[fact.node]] = [k]
        for fact in frame.used:
            for id in places.ids(fact):
                used.setdefault(id, []).append(k)

    wires = {wire.id: wire for wire in drawn.wires}
    parts: list[Part] = []
    for p, stages in partial.items():  # the lane to a sum is there as soon as the sum holds something
        trunk = places.trunk[p]
        times = [since[f"g{wire}"] for wire, _ in stages] + [since[f"g{trunk}"]]
        since[f"b{trunk}"] = since[f"j{places.box[p][1:]}"] = times[0]
        used[f"b{trunk}"] = times[1:]
        below = layout.words[trunk] - WORDS * 1j
        for i, (_, text) in enumerate(stages):
            sum_so_far = Item(f"z{trunk}x{i}", "grad", "", "", text, below, width(text, VALUE_SIZE), WORDS_HEIGHT)
            parts.append(Part(sum_so_far, times[i], times[i + 1]))

    found: list[Part] = []
    for element in elements(drawn, layout, SHOWS["all"], False, order):
        id, start = element.id, since.get(element.id, 0)
        element = element._replace(title=_title(element, story, places, wires))
        if isinstance(element, Item) and element.kind == "join":
            tap = element._replace(id=f"t{id[1:]}", kind="tap", text="")
            found.append(Part(tap, since[tap.id], start))
        found.append(Part(element, start, None, tuple(used.get(id, ()))))
        if isinstance(element, Item) and element.kind in STANDS_IN and start:
            named, equals, _ = element.text.rpartition(" = ") if element.kind != "grad" else ("", "", "")
            begun = partial and element.kind == "grad" and wires[int(id[1:])].enters_dot
            until = since[f"b{id[1:]}"] if begun else start
            text = f"{named}{equals}{UNKNOWN}"
            stand_in = element._replace(id=STANDS_IN[element.kind] + id[1:], state="pending", title="", text=text)
            found.append(Part(stand_in, 0, until))
    return found + parts


def _title(element: Element, story: Story, places: Places, wires: dict[int, Wire]) -> str:
    """A title that gives nothing away before its time: formulas, but numbers only where they are known."""
    if element.id in places.node:
        v = places.node[element.id]
        return equation(story.names[v], story.formula(v)) if v.op is not None else story.value(v)
    if element.kind == "fwd":
        return story.names[places.node["n" + wires[int(element.id[1:])].tail[1:]]]
    return element.title.partition("; ")[0] if element.kind in ("join", "tap", "weight") else element.title
