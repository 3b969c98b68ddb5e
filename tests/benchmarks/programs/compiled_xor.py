"""Online gradient descent on XOR: 2-2-1 neurons, tanh, squared error, one sample a step."""

from __future__ import annotations

import random
from argparse import Namespace
from typing import Any

import numpy as np
from arrays import Rule, cut, jax_training, torch_training
from contest import Player, c_function, play, slopes

ROWS, LABELS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [-1.0, 1.0, 1.0, -1.0]
SHAPES: list[tuple[int, ...]] = [(2, 2), (2,), (1, 2), (1,)]
RATE, CHECKED = 0.1, 8


def first_weights(seed: int = 6) -> list[float]:
    rng = random.Random(seed)
    return [rng.uniform(-1, 1) for _ in range(9)]


def network_loss(tanh: Any, p: Any, x: Any, y: Any) -> Any:
    """In plain Python: for CasADi."""
    a = tanh(p[0] * x[0] + p[1] * x[1] + p[4])
    b = tanh(p[2] * x[0] + p[3] * x[1] + p[5])
    return (tanh(p[6] * a + p[7] * b + p[8]) - y) ** 2


def ours(options: Namespace, many: int = 0) -> Player:
    """Checked sample by sample; many steps take them in the same order."""
    from ours import fill, weights_of

    import nn

    model = nn.MLP(2, [2, 1], activation="tanh", output="tanh")
    parameters, weights = weights_of(model), first_weights()
    fill(parameters, weights)
    step = nn.compile(model, nn.MSELoss(), nn.SGD(model.parameters(), lr=RATE))
    x, y = np.array(ROWS), np.array(LABELS)[:, None]
    losses = [step(x[:1], y[:1])]
    gradients = slopes(weights, [p.data for p in parameters], RATE)
    losses += [step(x[k % 4 : k % 4 + 1], y[k % 4 : k % 4 + 1]) for k in range(1, CHECKED)]
    if many:
        return Player(lambda: step.many(x, y, many // 4, batch_size=1, seed=None), losses, gradients, many)
    one = x[:1].copy(), y[:1].copy()
    return Player(lambda: step(*one), losses, gradients)


def in_c(options: Namespace, many: int = 0) -> Player:
    weights = first_weights()
    losses = []
    for count in range(1, CHECKED + 1):  # C's loop always begins with the first sample
        p = np.array(weights)
        losses.append(c_function("xor", "steps", count, np.array(ROWS), np.array(LABELS), RATE, p)())
        if count == 1:
            gradients = slopes(weights, p, RATE)
    count = many or 1
    return Player(c_function("xor", "steps", count, np.array(ROWS), np.array(LABELS), RATE, p), losses, gradients, count)


def loss(m: Any, p: Any, count: Any, x: Any, y: Any) -> Any:
    """For JAX and PyTorch: the sample whose turn it is."""
    k = count % 4
    out = m.tanh(p[2] @ m.tanh(p[0] @ x[k] + p[1]) + p[3])
    return ((out - y[k]) ** 2).sum()


def arrays(options: Namespace) -> tuple[Any, ...]:
    return loss, cut(first_weights(), SHAPES), [np.array(ROWS), np.array(LABELS)], Rule(RATE), CHECKED


def in_casadi(options: Namespace) -> Player:
    """CasADi's virtual machine on buffers that lie ready; one step a call."""
    import casadi

    p, x, y = casadi.SX.sym("p", 9), casadi.SX.sym("x", 2), casadi.SX.sym("y")
    value = network_loss(casadi.tanh, p, x, y)
    g = casadi.gradient(value, p)
    function = casadi.Function("step", [p, x, y], [p - RATE * g, value, g])
    buffer, run = function.buffer()
    weights, rows, labels = np.array(first_weights()), np.array(ROWS), np.array(LABELS)
    one, label, told, slope = rows[0].copy(), labels[:1].copy(), np.zeros(1), np.zeros(9)
    for k, given in enumerate((weights, one, label)):
        buffer.set_arg(k, memoryview(given))
    for k, result in enumerate((weights, told, slope)):
        buffer.set_res(k, memoryview(result))
    losses, gradients = [], []
    for step in range(CHECKED):
        one[:], label[:] = rows[step % 4], labels[step % 4]
        run()
        losses.append(float(told[0]))
        gradients.append(slope.tolist())
    keep = buffer, weights, one, label, told, slope
    return Player(lambda: keep and run(), losses, gradients[0])


ENGINES = {
    "ours": ours,
    "ours-many": lambda options: ours(options, options.many),
    "c": in_c,
    "c-many": lambda options: in_c(options, options.many),
    "jax": lambda options: jax_training(*arrays(options)),
    "jax-many": lambda options: jax_training(*arrays(options), many=options.many),
    "torch": lambda options: torch_training(*arrays(options)),
    "casadi": in_casadi,
}

if __name__ == "__main__":
    play(__doc__, ENGINES, many=20_000)
