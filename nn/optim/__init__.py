"""Optimizers: what a step makes of each parameter and its gradient. PyTorch's names, options and numbers.

>>> from autograd import Value
>>> from nn.optim import SGD
>>> w = Value(3.0, "w")
>>> optimizer = SGD([w], lr=0.25)
>>> for _ in range(2):
...     optimizer.zero_grad()
...     (w**2).backward()
...     optimizer.step()
>>> w.data                                      # 3, 1.5, 0.75: each step halves it
0.75
"""

from __future__ import annotations

from .optimizer import Optimizer
from .rules import SGD, Adagrad, Adam, AdamW, RMSprop

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop"]
