"""Training in JAX and in PyTorch: a loss in operations that both know by the same names, and gradient descent or Adam.

A loss is a function of the module (jax.numpy or torch), the parameters as a list of arrays, the number of steps before, and
the data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from contest import Player

Arrays = list[Any]


class Rule(NamedTuple):
    """Gradient descent with weight decay, or Adam."""

    rate: float
    decay: float = 0.0
    betas: tuple[float, float] | None = None  # Adam's
    eps: float = 1e-8


def cut(flat: Sequence[float], shapes: Sequence[tuple[int, ...]]) -> Arrays:
    """Parameters in a row as arrays of these shapes."""
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return [part.reshape(shape) for part, shape in zip(np.split(np.array(flat), ends[:-1]), shapes, strict=True)]


def joined(arrays: Sequence[Any]) -> list[float]:
    """The other way round."""
    return [float(number) for a in arrays for number in np.asarray(a).reshape(-1)]


def jax() -> Any:
    """JAX on floats of 64 bits."""
    import jax as found

    found.config.update("jax_enable_x64", True)
    return found


def jax_training(
    loss: Callable[..., Any], start: Arrays, data: Sequence[Any], rule: Rule, checked: int, many: int = 0
) -> Player:
    """One jitted program for the whole step; or with many, for so many of them in a scan. The first few are checked."""
    j = jax()
    numpy = j.numpy
    data = [numpy.asarray(d) for d in data]

    def step(state: Any, *data: Any) -> tuple[Any, Any]:
        count, p, mean, square = state
        found, g = j.value_and_grad(lambda p: loss(numpy, p, count, *data))(p)
        count = count + 1
        if rule.betas is None:
            moved = [w - rule.rate * (s + rule.decay * w) for w, s in zip(p, g, strict=True)]
            return (count, moved, mean, square), found
        one, two = rule.betas
        mean = [m + (1 - one) * (s - m) for m, s in zip(mean, g, strict=True)]
        square = [two * q + (1 - two) * s * s for q, s in zip(square, g, strict=True)]
        size = [numpy.sqrt(q / (1 - two**count)) + rule.eps for q in square]
        moved = [w - rule.rate * m / (1 - one**count) / q for w, m, q in zip(p, mean, size, strict=True)]
        return (count, moved, mean, square), found

    def fresh() -> Any:
        p = [numpy.asarray(a) for a in start]
        zeros = [numpy.zeros_like(a) for a in p] if rule.betas else []
        return numpy.asarray(0), p, zeros, zeros

    one = j.jit(step)
    losses, state = [], fresh()
    gradients = joined(j.jit(j.grad(lambda p, *data: loss(numpy, p, 0, *data)))(state[1], *data))
    for _ in range(checked):
        state, found = one(state, *data)
        losses.append(float(found))
    run = one
    if many:
        run = j.jit(lambda state, *data: j.lax.scan(lambda state, _: step(state, *data), state, None, length=many))
        state, found = run(fresh(), *data)
        losses = [float(number) for number in found[:checked]]
    kept = [state]

    def call() -> None:
        kept[0], found = run(kept[0], *data)
        found.block_until_ready()

    return Player(call, losses, gradients, many or 1)


def torch_training(
    loss: Callable[..., Any], start: Arrays, data: Sequence[Any], rule: Rule, checked: int, compiled: bool = False
) -> Player:
    """PyTorch as users write it: zero_grad, backward, step. Compiled, the loss takes every step for the first."""
    import torch

    torch.set_num_threads(1)
    data = [torch.as_tensor(d) for d in data]
    p = [torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in start]
    if rule.betas:
        optimizer: Any = torch.optim.Adam(p, lr=rule.rate, betas=rule.betas, eps=rule.eps)
    else:
        optimizer = torch.optim.SGD(p, lr=rule.rate, weight_decay=rule.decay)
    count = 0
    run: Any = torch.compile(lambda p, *data: loss(torch, p, 0, *data)) if compiled else None

    def call() -> float:
        nonlocal count
        optimizer.zero_grad()
        found = run(p, *data) if compiled else loss(torch, p, count, *data)
        found.backward()
        optimizer.step()
        count += 1
        return float(found.detach())

    gradients = joined(torch.autograd.grad(loss(torch, p, 0, *data), p))
    return Player(call, [call() for _ in range(checked)], gradients)
