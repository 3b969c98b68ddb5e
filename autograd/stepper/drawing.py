"""One drawing for all frames: every element in its place, with the frame it is known from, and the states of each frame.

Graphviz lays out and draws once, with room for all that any frame shows; so nothing can move from frame to frame.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from math import ceil
from typing import NamedTuple

from ..pictures import dot
from ..pictures.build import scene
from ..pictures.gradients import Gradient
from ..pictures.layout import laid_out
from ..pictures.neuron import neurons, wanted
from ..pictures.scene import Scene, Wire, Words
from ..pictures.sizes import PILL_SIZE, VALUE_SIZE, weight_gradient
from ..pictures.source import source
from ..pictures.svg import dressed
from ..pictures.text import width
from ..pictures.theme import Theme
from ..story import Story
from .frames import Fact, Frame
from .parts import Part, Partial, Places, as_told, partial_sums, timed

BOLD = 0.1
"""How much wider bold letters are, at most."""
ALWAYS_DRAWN = ("fwd", "tap")
"""The kinds that are drawn in grey before they are known; other kinds are not drawn before."""

_GROUP = re.compile(r'<g id="[^"-]*-(\w+)" class="(?:node|edge)[^"]*">.*?</g>\n', re.DOTALL)


class Drawing(NamedTuple):
    """All frames in one: Graphviz's SVG, the parts by id, and what is the same in all figures made of it."""

    svg: str
    parts: dict[str, Part]
    theme: Theme
    scale: float

    def figure(self, title: str, description: str) -> tuple[str, tuple[int, int]]:
        """The figure with all parts in it, and its size."""
        mark = hashlib.sha256(f"{self.svg}{title}{description}".encode()).hexdigest()[:10]
        titles = {id: part.element.title for id, part in self.parts.items()}
        return dressed(self.svg, prefix=f"s{mark}", scale=self.scale, title=title, description=description, titles=titles)

    def timed(self, figure: str) -> str:
        """The figure with the time of each part in its classes, for the script of the page."""

        def told(group: re.Match[str]) -> str:
            since, until, used = self.parts[group[1]][1:]
            names = [f"k{since}"] if since else []
            names += [f"a{k}" for k in used]
            names += [] if until is None else ["passing", f"u{until}"]
            return re.sub(r'class="[^"]*', lambda kind: " ".join([kind[0], *names]), group[0], count=1)

        return _GROUP.sub(told, figure)

    def frame(self, k: int, title: str, description: str) -> str:
        """The figure of one frame, with the looks of each part written into it."""
        figure, _ = self.figure(title, description)

        def looked(group: re.Match[str]) -> str:
            part = self.parts[group[1]]
            return _looks(group[0], part.element.kind, part.state(k), self.theme)

        return _GROUP.sub(looked, figure)


def drawing(
    story: Story,
    frames: Sequence[Frame],
    by: str,
    theme: Theme,
    scale: float,
    timeout: float | None,
    notes: Mapping[Fact, str] | None = None,
) -> Drawing:
    """Lay out and draw a graph for all of its frames; ``notes`` stand behind the values and gradients they are about."""
    plain = scene(story.order, story.digits, story)
    drawn = neurons(plain, story.order, story.digits, everywhere=False) if wanted(story.order) else plain
    places = Places(plain, drawn, story)
    drawn = _worded(drawn, story, places, notes or {})
    order = as_told(story, places, by)
    partial = partial_sums(drawn, story, places, order) if by == "edge" else {}
    layout = laid_out(_roomy(drawn, order, partial, places), True, timeout)
    parts = timed(drawn, layout, story, frames, places, order, partial)
    text = source([part.element for part in parts], layout.corners, theme)
    svg = dot.run(text, "svg", engine="neato", timeout=timeout).decode().replace("\r\n", "\n")
    return Drawing(svg, {part.element.id: part for part in parts}, theme, scale)


def _worded(drawn: Scene, story: Story, places: Places, notes: Mapping[Fact, str]) -> Scene:
    """The scene in words for stepping: each value with the name that the captions use; and in the pills ``∂z/∂x = 3``, for
    the captions tell the formulas, and the picture is a third narrower. A note stands where a whole number does."""
    whole = {places.trunk.get(v, wire): v for v, wires in places.uses.items() for wire in wires}

    def noted(kind: str, wire: int, text: str) -> str:
        note = notes.get(Fact(kind, whole[wire])) if wire in whole else None
        return f"{text} {note}" if note and text else text

    def summed(gradient: Gradient | None, wire: int) -> Gradient | None:
        text = gradient and noted("gradient", wire, gradient.total)
        if not gradient or not text or text == gradient.total:
            return gradient
        return gradient._replace(total=text, terms=gradient.terms if len(gradient.terms) > 1 else ())

    pills = {
        wire: f"{story.local_symbol(v, i)} = {story.number(story.locals[v][i])}" for (v, i), wire in places.input.items()
    }

    def worded(wire: Wire) -> Wire:
        local = wire.local and wire.local._replace(text=pills[wire.id])
        weight = wire.weight
        if weight is not None and weight.local is not None:
            gradient = summed(weight.gradient, weight.wire)
            weight = weight._replace(local=weight.local._replace(text=pills[weight.wire]), gradient=gradient)
        value = noted("value", wire.id, wire.value.long)
        return wire._replace(value=Words(value, value), gradient=summed(wire.gradient, wire.id), local=local, weight=weight)

    return drawn._replace(wires=tuple(map(worded, drawn.wires)))


def _roomy(drawn: Scene, order: Mapping[int, float], partial: Partial, places: Places) -> Scene:
    """The scene with dummies as wide as the widest that each wire will ever carry, in bold: its layout fits all frames."""
    sums = {places.trunk[v]: [text for _, text in stages] for v, stages in partial.items()}

    def roomy(wire: Wire) -> Wire:
        texts = [wire.value.short, *sums.get(wire.id, [])]
        if wire.gradient is not None:
            texts.append(wire.gradient.text(False, order))
        dummy = _dummy(texts, VALUE_SIZE)
        local = wire.local and wire.local._replace(text=_dummy([wire.local.text], PILL_SIZE))
        weight = wire.weight
        if weight is not None and weight.local is not None and weight.gradient is not None:
            under = [weight.local.text, weight_gradient(weight.gradient, False)]
            weight = weight._replace(local=weight.local._replace(text=_dummy(under, PILL_SIZE)), gradient=None)
        return wire._replace(value=Words(dummy, dummy), gradient=None, local=local, weight=weight)

    return drawn._replace(wires=tuple(map(roomy, drawn.wires)))


def _dummy(texts: Sequence[str], size: int) -> str:
    """A text as wide as the widest of these in bold."""
    return "0" * ceil(max(width(text, size) for text in texts) * (1 + BOLD) / width("0", size))


def _looks(group: str, kind: str, state: str, theme: Theme) -> str:
    """An element as it looks in one state, for a figure that no style sheet and no script goes with."""
    if state == "off":
        if kind not in ALWAYS_DRAWN:
            return ""
        grey = re.sub(r"<title>[^<]*</title>", "", group).replace(f'="{theme.forward}"', f'="{theme.idle}"')
        return re.sub(r'(<path [^>]*stroke-width=")2"', r'\g<1>1.5"', grey)
    if state == "hot":
        group = group.replace("<text ", '<text font-weight="bold" ')
        if kind in ("fwd", "bwd", "tangent"):
            return re.sub(r'(<path [^>]*stroke-width=")2"', r'\g<1>3.5"', group)
        if kind == "op":
            filled = group.replace(f'fill="{theme.operation}"', f'fill="{theme.active}"', 1)
            return filled.replace('stroke-width="1.5"', 'stroke-width="3"', 1)
        if kind == "plot":
            return group.replace('stroke-width="1.5"', 'stroke-width="3"', 1)
        if kind == "local":
            return group.replace(f'<path fill="{theme.pill}"', f'<path stroke-width="3" fill="{theme.active}"', 1)
    return group
