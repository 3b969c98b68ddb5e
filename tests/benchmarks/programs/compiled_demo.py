"""micrograd's demo step on compiled code: 2-16-16-1 neurons (relu), two moons, max-margin loss and 1e-4 L2, full batches.

The L2 penalty is in the update, as weight decay; the loss that is told is without it.
"""

from __future__ import annotations

from argparse import Namespace
from typing import Any

import numpy as np
from arrays import Rule, cut, jax_training, torch_training
from contest import Player, c_function, play, slopes
from demo import RATE, first_weights, make_engine, two_moons

DECAY, CHECKED = 2e-4, 4
SHAPES: list[tuple[int, ...]] = [(16, 2), (16,), (16, 16), (16,), (1, 16), (1,)]


def in_order(numbers: list[Any]) -> list[Any]:
    """From the demo's order, each neuron's bias behind its weights, to that of SHAPES."""
    rest, ordered = iter(numbers), []
    for out, fan_in in [shape for shape in SHAPES if len(shape) == 2]:
        rows = [[next(rest) for _ in range(fan_in + 1)] for _ in range(out)]
        ordered += [w for row in rows for w in row[:-1]] + [row[-1] for row in rows]
    return ordered


def problem(samples: int) -> tuple[list[list[float]], list[float], list[float]]:
    """Points, labels, and the first weights."""
    moons = two_moons(samples)
    return [row for row, _ in moons], [float(label) for _, label in moons], in_order(first_weights())


def ours(options: Namespace, many: int = 0) -> Player:
    from ours import descent, weights_of

    import nn

    rows, labels, weights = problem(options.samples)
    model = nn.MLP(2, [16, 16, 1], activation="relu")
    data = rows, [[label] for label in labels]
    return descent(model, nn.HingeLoss(), weights_of(model), weights, data, RATE, DECAY, CHECKED, many)


def in_c(options: Namespace, many: int = 0) -> Player:
    """Samples side by side, filled up to whole vectors."""
    rows, labels, weights = problem(options.samples)
    tiles = -(-len(rows) // 8)
    table = np.zeros((4, 8 * tiles))
    table[:, : len(rows)] = *np.array(rows).T, labels, np.ones(len(rows))
    p = np.array(weights)
    steps = c_function("demo", "steps", None, tiles, len(rows), table[:2], table[2], table[3], RATE, DECAY, p)
    losses = [steps(1)]
    gradients = [slope - DECAY * w for slope, w in zip(slopes(weights, p, RATE), weights, strict=True)]
    losses += [steps(1) for _ in range(CHECKED - 1)]
    count = many or 1
    return Player(lambda: steps(count), losses, gradients, count)


def loss(m: Any, p: Any, _: Any, x: Any, y: Any) -> Any:
    """For JAX and PyTorch."""
    h = m.clip(x @ p[0].T + p[1], 0, None)
    h = m.clip(h @ p[2].T + p[3], 0, None)
    return m.mean(m.clip(1 - y * (h @ p[4].T + p[5]), 0, None))


def arrays(options: Namespace) -> tuple[Any, ...]:
    rows, labels, weights = problem(options.samples)
    return loss, cut(weights, SHAPES), [np.array(rows), np.array(labels)[:, None]], Rule(RATE, DECAY), CHECKED


def by_hand(options: Namespace) -> Player:
    """NumPy, the backward pass written out."""
    _, p, (x, y), _, _ = arrays(options)
    first: list[float] = []

    def step() -> float:
        w1, b1, w2, b2, w3, b3 = p
        h1 = np.maximum(x @ w1.T + b1, 0)
        h2 = np.maximum(h1 @ w2.T + b2, 0)
        margin = np.maximum(1 - y * (h2 @ w3.T + b3), 0)
        d = (margin > 0) * -y / len(x)
        d2 = d @ w3 * (h2 > 0)
        d1 = d2 @ w2 * (h1 > 0)
        g = d1.T @ x, d1.sum(0), d2.T @ h1, d2.sum(0), d.T @ h2, d.sum(0)
        if not first:
            first.extend(number for part in g for number in part.reshape(-1).tolist())
        for w, slope in zip(p, g, strict=True):
            w -= RATE * (slope + DECAY * w)
        return float(margin.mean())

    return Player(step, [step() for _ in range(CHECKED)], first)


def micrograd(options: Namespace) -> Player:
    """Its own network. The penalty is in its loss: it is taken out of what is told."""
    moons = two_moons(options.samples)
    rows, labels = [row for row, _ in moons], [label for _, label in moons]
    engine = make_engine("micrograd", first_weights())
    places = in_order(list(range(len(first_weights()))))

    def step() -> float:
        penalty = DECAY / 2 * sum(p.data**2 for p in engine.parameters)
        return engine.step(rows, labels) - penalty

    losses, slopes = [step()], engine.gradients()
    losses += [step() for _ in range(CHECKED - 1)]
    gradients = [slopes[k] - DECAY * w for k, w in zip(places, problem(1)[2], strict=True)]
    return Player(lambda: engine.step(rows, labels), losses, gradients)


ENGINES = {
    "micrograd": micrograd,
    "ours": ours,
    "ours-many": lambda options: ours(options, options.many),
    "c": in_c,
    "c-many": lambda options: in_c(options, options.many),
    "jax": lambda options: jax_training(*arrays(options)),
    "jax-many": lambda options: jax_training(*arrays(options), many=options.many),
    "torch": lambda options: torch_training(*arrays(options)),
    "torch-compiled": lambda options: torch_training(*arrays(options), compiled=True),
    "numpy": by_hand,
}

if __name__ == "__main__":
    play(__doc__, ENGINES, samples=100, many=200)
