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

from . import datasets, plots
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
from .approximator import approximate, bump, error_bound
from .collapse import collapse
from .history import History
from .initializers import manual_seed
from .layers import Linear, Maxout, Neuron
from .loaders import from_arrays, load_csv
from .losses import BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, HingeLoss, HuberLoss, L1Loss, Loss, MSELoss, NLLLoss
from .module import Module
from .optim import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop
from .perceptron import Correction, Learning, Perceptron, ThresholdUnit
from .schedules import CosineAnnealingLR, ExponentialLR, LambdaLR, LinearLR, MultiStepLR, ReduceLROnPlateau, Schedule, StepLR
from .sequential import MLP, Sequential
from .storage import load, load_state, save, save_state, to_torch
from .training import CompiledStep, DivergedError, compile, fit

__all__ = [
    "ELU",
    "GELU",
    "MLP",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "BCELoss",
    "BCEWithLogitsLoss",
    "CompiledStep",
    "Correction",
    "CosineAnnealingLR",
    "CrossEntropyLoss",
    "DivergedError",
    "ExponentialLR",
    "HingeLoss",
    "History",
    "HuberLoss",
    "Identity",
    "L1Loss",
    "LambdaLR",
    "LeakyReLU",
    "Learning",
    "Linear",
    "LinearLR",
    "LogSoftmax",
    "Loss",
    "MSELoss",
    "Maxout",
    "Module",
    "MultiStepLR",
    "NLLLoss",
    "Neuron",
    "Optimizer",
    "Perceptron",
    "RMSprop",
    "ReLU",
    "ReduceLROnPlateau",
    "Schedule",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Step",
    "StepLR",
    "Tanh",
    "ThresholdUnit",
    "approximate",
    "bump",
    "collapse",
    "compile",
    "datasets",
    "error_bound",
    "fit",
    "from_arrays",
    "load",
    "load_csv",
    "load_state",
    "manual_seed",
    "plots",
    "save",
    "save_state",
    "to_torch",
]
