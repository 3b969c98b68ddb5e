"""How large things are, in picture units: 1/72 inch, one CSS pixel at scale 1."""

from __future__ import annotations

from typing import NamedTuple

from .gradients import SHOWN, Gradient
from .plot import PLOT_HEIGHT, PLOT_WIDTH
from .scene import Box, Wire
from .text import width

NAME_SIZE = 17
VALUE_SIZE = 16
PILL_SIZE = 14
PLUS_SIZE = 15

BOX_HEIGHT = 36
PILL_HEIGHT = 26
PILL_GAP = 8
WORDS_HEIGHT = 20
WIRE_HEIGHT = 57
WEIGHT_HEIGHT = 70
"""The height of a wire with a weight, whose gradient stands under its pill; and with its local gradient under that:"""
WEIGHT_HEIGHT_FORMULAS = 122
HEAD_SIZE = 15
NOTE_SIZE = 13
GROUP_WIDTH, GROUP_HEIGHT = 150.0, 76.0
CLUSTER_SIZE = 14
LANE_WIDTH = 9
"""From a wire's centre line to the outer edge of an arrow head on one of its lanes."""
MARGIN = 14
"""The empty margin round a picture."""


class Room(NamedTuple):
    """The room along a wire: a block for value and gradient, then perhaps a weight, then perhaps a pill."""

    block: float
    pill: float
    weight: float = 0.0
    height: float = WIRE_HEIGHT

    @property
    def width(self) -> float:
        """The width of all of it."""
        return self.block + sum(PILL_GAP + part for part in (self.weight, self.pill) if part)

    @property
    def upright(self) -> Room:
        """The same along a wire that runs up or down, which has its words beside it, and room on both sides for them."""
        block, weight, pill = WORDS_HEIGHT + 8, *(PILL_HEIGHT if part else 0 for part in (self.weight, self.pill))
        side = max(self.block + LANE_WIDTH, 2 * PILL_GAP + 2 * self.weight, self.pill / 2)
        return Room(block, pill, weight, 2 * side)


def room(wire: Wire, formulas: bool) -> Room:
    """How much room a wire needs for all that can stand along it, with its formulas and pill or with numbers alone."""
    texts = list(wire.value) if formulas else [wire.value.short]
    if wire.gradient is not None:
        texts += [longest(wire.gradient, full) for full in ((False, True) if formulas else (False,))]
    block = max(52.0, *(width(text, VALUE_SIZE) for text in texts)) + 10
    pill = pill_width(wire.local.text) if formulas and wire.local else 0.0
    if wire.weight is None:
        return Room(block, pill)
    told, local = wire.weight.gradient, wire.weight.local if formulas else None
    wide = pill_width(wire.weight.text)
    if told is not None:
        wide = max(wide, *(width(weight_gradient(told, full), PILL_SIZE) + 10 for full in {False, formulas}))
    if local is not None:
        wide = max(wide, pill_width(local.text))
    return Room(block, pill, wide, WEIGHT_HEIGHT if local is None else WEIGHT_HEIGHT_FORMULAS)


def pill_width(text: str) -> float:
    """The width of a pill with this text."""
    return width(text, PILL_SIZE) + 20


def weight_gradient(gradient: Gradient, full: bool) -> str:
    """What stands under a weight: its gradient with its symbol, for no box says its name there."""
    return gradient.text(True, {}) if full or not gradient.total else f"{gradient.symbol} = {gradient.total}"


def longest(gradient: Gradient, full: bool) -> str:
    """A text no narrower than the gradient's with its terms in any order; the layout will tell which."""
    text = gradient.text(full, {term.wire: float(len(term.number)) for term in gradient.terms})
    if len(gradient.terms) < 2:
        return text
    numbers = [term.number for term in gradient.terms]
    sign = "−" if any(number.startswith("−") for number in numbers) else ""  # "−2 + 3" is wider than "3 − 2"
    last = max(numbers, key=len) if len(numbers) >= SHOWN else ""  # of a long sum not all terms are shown
    return text + sign + last


def glyph_size(glyph: str) -> int:
    """The font size of an operation's glyph: 22, or less for three signs and more."""
    return 22 if len(glyph) < 3 else 17 if len(glyph) == 3 else 15


def size(box: Box) -> tuple[float, float]:
    """A box's width and height."""
    if box.kind == "tap":
        return 8, 8
    if box.kind == "join":
        return 16, 16
    if box.kind == "op":
        across = max(54.0 if box.text == "Σ" else 44.0, width(box.text, glyph_size(box.text)) + 12)
        return across, across
    if box.kind == "plot":
        return PLOT_WIDTH, PLOT_HEIGHT
    if box.kind == "group":
        told = max(width(line, NOTE_SIZE) for line in box.note.split("\n"))
        return max(GROUP_WIDTH, width(box.text, HEAD_SIZE) + 32, told + 32), GROUP_HEIGHT
    return max(46.0, width(box.text, NAME_SIZE) + 24), BOX_HEIGHT
