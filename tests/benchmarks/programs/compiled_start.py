"""The first call of compiled functions, from nothing to its result: recording, lowering, compiling. Processor time.

What Python imports for it is there before.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from clock import report
from contest import stay_on_one_core

import autograd
import nn
from autograd import Value, tanh


def demo(nodes: int) -> Callable[[], Any]:
    """micrograd's demo as a training step."""
    from compiled_demo import DECAY, RATE, problem

    rows, labels, _ = problem(100)
    model = nn.MLP(2, [16, 16, 1], activation="relu", seed=0)
    step = nn.compile(model, nn.HingeLoss(), nn.SGD(model.parameters(), lr=RATE, weight_decay=DECAY))
    x, y = np.array(rows), np.array(labels)[:, None]
    return lambda: step(x, y)


def network(nodes: int) -> Callable[[], Any]:
    """The output of a network of tanh neurons in plain Python and its gradient by the weights: about 5 nodes a weight."""
    rng = random.Random(9)
    width = int((nodes / 14) ** 0.5)
    layers = [[[Value(rng.gauss(0, width**-0.5)) for _ in range(width)] for _ in range(width)] for _ in range(3)]

    def score(row: list[Any]) -> Any:
        for layer in layers:
            row = [tanh(sum(w * x for w, x in zip(weights, row, strict=True))) for weights in layer]
        return sum(row)

    fast, row = autograd.compile(score), [rng.random() for _ in range(width)]
    return lambda: fast.value_and_grad(row, wrt="parameters")


def irregular(nodes: int) -> Callable[[], Any]:
    """A graph in which each node takes two of all those before it, as the dice fall."""
    rng = random.Random(10)
    choices = [(rng.randrange(3), rng.randrange(k + 8), rng.randrange(k + 8)) for k in range(nodes)]

    def function(x: list[Any]) -> list[Any]:
        known = list(x)
        for kind, i, j in choices:
            a, b = known[i], known[j]
            known.append(a + b if kind == 0 else a - b if kind == 1 else tanh(a * b))
        return known[-100:]

    fast = autograd.compile(function)
    return lambda: fast([0.1 * k for k in range(8)])


def document() -> Any:
    """microgpt's loss of a document, compiled."""
    from compiled_gpt import SHAPES, document_loss, first_weights

    rest = (Value(w) for w in first_weights())
    w = {name: [[next(rest) for _ in range(fan_in)] for _ in range(out)] for name, (out, fan_in) in SHAPES.items()}
    return autograd.compile(lambda tokens: document_loss(w, tokens))


def gpt(nodes: int) -> Callable[[], Any]:
    """microgpt's document of seven letters, loss and gradient."""
    from compiled_gpt import TOKENS

    fast = document()
    return lambda: fast.value_and_grad(TOKENS, wrt="parameters")


def reload(nodes: int) -> Callable[[], Any]:
    """The machine code of that: compiled with care the first time, then read from disk and linked."""
    from compiled_gpt import TOKENS

    from autograd.compile.llvm import alone, written
    from autograd.compile.machine import assembled
    from autograd.compile.schedule import schedule

    fast = document()
    fast.value_and_grad(TOKENS, wrt="parameters")
    text, _ = written(schedule(fast.report().entries[0].program), [alone(sums=False)])
    return lambda: assembled(text, ["rows"])


KINDS = {"demo": demo, "network": network, "irregular": irregular, "gpt": gpt, "reload": reload}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--nodes", type=int, default=1000)
    options = parser.parse_args()

    stay_on_one_core()
    small = autograd.compile(lambda x: x * x)
    small(1.0)  # loads NumPy and llvmlite
    small.batch(np.ones(20))
    call = KINDS[options.kind](options.nodes)
    start = time.process_time()
    call()
    middle = time.process_time()
    call()
    report(first=middle - start, second=time.process_time() - middle)


if __name__ == "__main__":
    main()
