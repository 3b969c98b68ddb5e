"""Losses: one number that says how far a model's outputs are from the targets. PyTorch's names, arguments and numbers.

>>> from autograd import Value
>>> from nn.losses import MSELoss
>>> criterion = MSELoss()
>>> criterion([[Value(1.0)], [Value(3.0)]], [[1.0], [5.0]])
Value(2.0, op=mean)
"""

from __future__ import annotations

from .binary import BCELoss, BCEWithLogitsLoss, HingeLoss
from .classes import CrossEntropyLoss, NLLLoss
from .distances import HuberLoss, L1Loss, MSELoss
from .loss import Loss

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "HingeLoss",
    "HuberLoss",
    "L1Loss",
    "Loss",
    "MSELoss",
    "NLLLoss",
]
