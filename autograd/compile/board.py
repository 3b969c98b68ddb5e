"""A table of addresses and whole numbers that machine code reads."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import Any


class Board:
    """Such a table.

    Args:
        places: where in it each name stands.
        fields: what is there at first; all else is 0.

    >>> board = Board({"a": 0, "b": 1}, b=7)
    >>> board.numbers.tolist()
    [0, 7]
    """

    def __init__(self, places: Mapping[str, int], **fields: Any) -> None:
        self.places, self.numbers = places, array("q", bytes(8 * len(places)))
        self.set(**fields)

    def set(self, **fields: Any) -> None:
        """Change fields: to a whole number, or to where the numbers of an array or of another board are."""
        for name, field in fields.items():
            field = getattr(field, "numbers", field)
            self.numbers[self.places[name]] = field.buffer_info()[0] if isinstance(field, array) else field

    @property
    def address(self) -> int:
        """Where it is."""
        return self.numbers.buffer_info()[0]
