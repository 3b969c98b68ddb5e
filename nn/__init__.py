"""Neural networks on scalars: units, layers, losses, optimizers, training, after PyTorch's names.

>>> import nn
>>> model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
>>> model
MLP(
  (0): Linear(2, 3)  # 9 parameters
  (1): Tanh()
  (2): Linear(3, 1)  # 4 parameters
)  # 13 parameters
"""

from __future__ import annotations

from .activations import (
    ELU,
    GELU,
    Identity,
    LeakyReLU,
    LogSoftmax,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Step,
    Tanh,
)
from .initializers import manual_seed
from .layers import MLP, Linear, Maxout, Neuron, Sequential
from .module import Module

__all__ = [
    "ELU",
    "GELU",
    "MLP",
    "Identity",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "Maxout",
    "Module",
    "Neuron",
    "ReLU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Step",
    "Tanh",
    "manual_seed",
]
