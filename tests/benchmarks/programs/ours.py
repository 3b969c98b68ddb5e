"""Training with our engine, compiled: ``nn.compile``, one step a call or many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from contest import Player, slopes

import nn
from autograd import Value


def weights_of(model: nn.Module) -> list[Value]:
    """Each layer's weights, neuron after neuron, then its biases."""
    layers: list[Any] = [module for module in model if isinstance(module, nn.Linear)]
    return [p for layer in layers for part in (*layer.weight, layer.bias) for p in part]


def fill(parameters: Sequence[Value], numbers: Sequence[float]) -> None:
    for p, number in zip(parameters, numbers, strict=True):
        p.data = float(number)


def descent(
    model: nn.Module,
    criterion: Callable[[Any, Any], Any],
    parameters: Sequence[Value],
    weights: Sequence[float],
    data: tuple[Any, Any],
    rate: float,
    decay: float,
    checked: int,
    many: int = 0,
    threads: int = 1,
) -> Player:
    """Gradient descent on full batches; the gradient is what the first step moved the parameters by."""
    fill(parameters, weights)
    step = nn.compile(model, criterion, nn.SGD(model.parameters(), lr=rate, weight_decay=decay), threads=threads)
    x, y = (np.array(part, dtype=float) for part in data)
    losses = [step(x, y)]
    moved = slopes(weights, [p.data for p in parameters], rate)
    gradients = [slope - decay * w for slope, w in zip(moved, weights, strict=True)]
    losses += step.many(x, y, checked - 1) if many else [step(x, y) for _ in range(checked - 1)]
    call = (lambda: step.many(x, y, many)) if many else (lambda: step(x, y))
    return Player(call, losses, gradients, many or 1)
