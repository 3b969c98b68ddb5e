"""Colours between colours."""

from __future__ import annotations

from collections.abc import Sequence


class LinearSegmentedColormap:
    """From 0 to 1 through the given colours."""

    def __init__(self, colors: Sequence[str]) -> None:
        self.colors = [tuple(int(color[k : k + 2], 16) for k in (1, 3, 5)) for color in colors]

    @classmethod
    def from_list(cls, name: str, colors: Sequence[str]) -> LinearSegmentedColormap:
        """A map by its colours, evenly spaced."""
        return cls(colors)

    def __call__(self, share: float) -> str:
        """The colour at a share from 0 to 1."""
        place = min(max(share, 0.0), 1.0) * (len(self.colors) - 1)
        k = min(int(place), len(self.colors) - 2)
        mixed = (round(a + (b - a) * (place - k)) for a, b in zip(self.colors[k], self.colors[k + 1]))
        return "#" + "".join(f"{part:02x}" for part in mixed)
