"""The perceptron: a unit that says yes or no, and Rosenblatt's rule that teaches it (lecture rows L1, L2 and L6)."""

from __future__ import annotations

from .learning import Correction, Learning
from .rule import Perceptron
from .unit import ThresholdUnit, boundary, threshold

__all__ = ["Correction", "Learning", "Perceptron", "ThresholdUnit", "boundary", "threshold"]
