"""How large things are, in picture units: 1/72 inch, one CSS pixel at scale 1."""

from __future__ import annotations

from typing import NamedTuple

from .gradients import SHOWN, Gradient
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
LANE_WIDTH = 9
"""From a wire's centre line to the outer edge of an arrow head on one of its lanes."""
MARGIN = 14
"""The empty margin round a picture."""


class Room(NamedTuple):
    """The room along a wire: a block for value and gradient, then perhaps a pill."""

    block: float
    pill: float

    @property
    def width(self) -> float:
        """The width of all of it."""
        return self.block + (PILL_GAP + self.pill if self.pill else 0)


def room(wire: Wire, formulas: bool) -> Room:
    """How much room a wire needs for all that can stand along it, with its formulas and pill or with numbers alone."""
    texts = list(wire.value) if formulas else [wire.value.short]
    if wire.gradient is not None:
        texts += [longest(wire.gradient, full) for full in ((False, True) if formulas else (False,))]
    block = max(52.0, *(width(text, VALUE_SIZE) for text in texts)) + 10
    return Room(block, width(wire.local.text, PILL_SIZE) + 20 if formulas and wire.local else 0.0)


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
    return max(46.0, width(box.text, NAME_SIZE) + 24), BOX_HEIGHT
