"""Data to learn from: built in, seeded, nothing to download.

>>> import nn
>>> X, y = nn.datasets.two_moons(100, seed=1)
>>> len(X), sorted(set(y))
(100, [0, 1])
"""

from __future__ import annotations

from .dataset import Dataset
from .pictures import digits
from .toys import and_gate, blobs, circles, line, or_gate, spirals, two_moons, xor_gate

__all__ = ["Dataset", "and_gate", "blobs", "circles", "digits", "line", "or_gate", "spirals", "two_moons", "xor_gate"]
