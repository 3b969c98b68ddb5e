"""A training step of 64-32-10 neurons on a batch of 32: tanh, softmax, cross-entropy, gradient descent.

The images are made up: 64 numbers from 0 to 1, in sixteenths as in the 8x8 digits.
"""

from __future__ import annotations

import random
from argparse import Namespace
from typing import Any

import numpy as np
from arrays import Rule, cut, jax_training, torch_training
from contest import Player, c_function, play, slopes

IN, HIDDEN, OUT = 64, 32, 10
SHAPES: list[tuple[int, ...]] = [(IN, HIDDEN), (HIDDEN,), (HIDDEN, OUT), (OUT,)]  # a weight's first index is its input
RATE, CHECKED = 0.1, 4


def problem(samples: int, seed: int = 4) -> tuple[Any, Any, list[float]]:
    """Images, labels and the first weights."""
    rng = random.Random(seed)
    x = np.array([[rng.randrange(17) / 16 for _ in range(IN)] for _ in range(samples)])
    labels = np.array([rng.randrange(OUT) for _ in range(samples)])
    weights: list[float] = []
    for fan_in, out in (SHAPES[0], SHAPES[2]):
        weights += [rng.gauss(0, fan_in**-0.5) for _ in range(fan_in * out)] + [0.0] * out
    return x, labels, weights


def ours(options: Namespace, many: int = 0) -> Player:
    from ours import descent, weights_of

    import nn

    x, labels, weights = problem(options.samples)
    model = nn.MLP(IN, [HIDDEN, OUT], activation="tanh")
    rest, parameters = iter(weights_of(model)), []
    for fan_in, out in (SHAPES[0], SHAPES[2]):
        by_neuron = [[next(rest) for _ in range(fan_in)] for _ in range(out)]
        parameters += [p for column in zip(*by_neuron, strict=True) for p in column] + [next(rest) for _ in range(out)]
    data = x, np.eye(OUT)[labels]
    return descent(model, nn.CrossEntropyLoss(), parameters, weights, data, RATE, 0.0, CHECKED, many)


def in_c(options: Namespace, many: int = 0) -> Player:
    x, labels, weights = problem(options.samples)
    p = np.array(weights)
    steps = c_function("digits", "steps", None, len(x), x, labels, RATE, p)
    losses = [steps(1)]
    gradients = slopes(weights, p, RATE)
    losses += [steps(1) for _ in range(CHECKED - 1)]
    count = many or 1
    return Player(lambda: steps(count), losses, gradients, count)


def loss(m: Any, p: Any, _: Any, x: Any, chosen: Any) -> Any:
    """For JAX and PyTorch."""
    z = m.tanh(x @ p[0] + p[1]) @ p[2] + p[3]
    return m.mean(m.log(m.sum(m.exp(z), 1)) - m.sum(z * chosen, 1))


def arrays(options: Namespace) -> tuple[Any, ...]:
    x, labels, weights = problem(options.samples)
    return loss, cut(weights, SHAPES), [x, np.eye(OUT)[labels]], Rule(RATE), CHECKED


def by_hand(options: Namespace) -> Player:
    """NumPy, the backward pass written out."""
    x, labels, weights = problem(options.samples)
    p = cut(weights, SHAPES)
    rows = np.arange(len(x))
    first: list[float] = []

    def step() -> float:
        w1, b1, w2, b2 = p
        h = np.tanh(x @ w1 + b1)
        z = h @ w2 + b2
        e = np.exp(z)
        total = e.sum(1)
        loss = (np.log(total) - z[rows, labels]).mean()
        d = e / total[:, None]
        d[rows, labels] -= 1
        d /= len(x)
        back = d @ w2.T * (1 - h * h)
        g = x.T @ back, back.sum(0), h.T @ d, d.sum(0)
        if not first:
            first.extend(number for part in g for number in part.reshape(-1).tolist())
        for w, slope in zip(p, g, strict=True):
            w -= RATE * slope
        return float(loss)

    return Player(step, [step() for _ in range(CHECKED)], first)


ENGINES = {
    "ours": ours,
    "ours-many": lambda options: ours(options, options.many),
    "c": in_c,
    "c-many": lambda options: in_c(options, options.many),
    "jax": lambda options: jax_training(*arrays(options)),
    "torch": lambda options: torch_training(*arrays(options)),
    "numpy": by_hand,
}

if __name__ == "__main__":
    play(__doc__, ENGINES, samples=32, many=100)
