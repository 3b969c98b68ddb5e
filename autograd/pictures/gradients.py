"""What stands under a wire: a gradient, taken apart into the contributions it is the sum of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .. import story
from ..intrinsics import Number

SHOWN = 6
"""A sum of more terms is drawn with its first ones, "…" and its last one."""
UNKNOWN = "–"
"""What stands for a number that was not computed."""


class Term(NamedTuple):
    """One contribution: the wire it comes along, its number, and the product it is (gradient · local gradient)."""

    wire: int
    number: str
    product: str


class Gradient(NamedTuple):
    """A gradient in words: ``symbol = rest + terms = total``.

    ``rest`` is the part that no wire of this picture brought: it was there before this pass, or came from beyond the
    picture. It is empty where there is none. ``known`` is False as long as the backward pass has not come here;
    ``part_of`` names the gradient that this is one contribution to; ``given`` is one that came from beyond the graph,
    and always carries its symbol. ``total`` is empty in a picture of formulas. ``note`` is for those who listen.
    """

    symbol: str
    terms: tuple[Term, ...]
    rest: str
    total: str
    known: bool
    part_of: str = ""
    given: bool = False
    note: str = ""

    def text(self, full: bool, height: Mapping[int, float]) -> str:
        """The line under the wire, in full (``∂L/∂x = 5 · 3 = 15``) or short (``15``).

        The terms stand in the order of their wires from top to bottom.
        """
        if len(self.terms) == 1:
            parts = [self.terms[0].product if full else self.terms[0].number]
        else:
            parts = [term.number for term in sorted(self.terms, key=lambda term: -height[term.wire])]
        summed = added([self.rest, *parts] if self.rest else parts)
        words = [summed] if summed and summed != self.total else []
        symbol = [self.symbol] if self.given or (full and self.symbol and not self.rest) else []
        return " = ".join(filter(None, [*symbol, *words, self.total]))

    def sentence(self, height: Mapping[int, float]) -> str:
        """The gradient for those who listen, with a word about the part that no wire brings."""
        rest = f" ({self.rest} of it came earlier, or from beyond this picture)" if self.rest else ""
        part = f"part of {self.part_of}: " if self.part_of else ""
        return part + self.text(True, height) + rest + (f" ({self.note})" if self.note else "")


def added(parts: Sequence[str]) -> str:
    """The parts of a sum with their signs between them; of a long sum only the first ones and the last.

    >>> added(["3", "−2", "6"])
    '3 − 2 + 6'
    """
    return story.added([*parts[: SHOWN - 2], "…", parts[-1]] if len(parts) > SHOWN else parts)


def remainder(total: Number, parts: Sequence[Number]) -> Number | None:
    """What the total holds beside its parts: 0 where they are all of it (but for rounding), None where nobody can tell.

    >>> remainder(24, [3, 3, 6]), remainder(0.3, [0.1, 0.2]), remainder(math.nan, [1])
    (12, 0, None)
    """
    try:
        missing = total - sum(parts)
        if not isinstance(missing, float):  # whole numbers and fractions are exact
            return missing
        size = sum(abs(float(x)) for x in (total, *parts))
    except OverflowError:  # a whole number too big for a float, beside a float
        return None
    if math.isfinite(size):
        return 0 if abs(missing) <= 1e-9 * size else missing
    together = sum(parts)
    return 0 if together == total or (together != together and total != total) else None
