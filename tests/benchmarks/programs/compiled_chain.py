"""A chain of operations without a pattern, each on the one before it and on one of eight numbers: recorded and compiled.

Beside the time of an operation it tells the processor time of the first call: recording, lowering, compiling.
"""

from __future__ import annotations

import random
import time
from argparse import Namespace
from typing import Any

from contest import Player, play

START = [0.3, -0.7, 1.1, 0.9, -0.4, 0.6, -1.3, 0.2]


def chain(operations: int, seed: int = 8) -> Any:
    """The function: sums, differences, products and quotients as the dice fall, kept near 1."""
    rng = random.Random(seed)
    choices = [(rng.randrange(4), rng.randrange(len(START))) for _ in range(operations)]

    def function(x: list[Any]) -> Any:
        y = x[0]
        for kind, k in choices:
            if kind == 0:
                y = y + x[k]
            elif kind == 1:
                y = x[k] - y
            elif kind == 2:
                y = y * x[k]
            else:
                y = y / 1.5
        return y

    return function


def ours(options: Namespace) -> Player:
    import autograd

    function = chain(options.operations)
    fast = autograd.compile(function)
    start = time.process_time()
    value = fast(START)
    first = time.process_time() - start
    return Player(lambda: fast(START), [value], [], options.operations, {"first": first})


def eager(options: Namespace) -> Player:
    """Floats in a Python loop."""
    function = chain(options.operations)
    return Player(lambda: function(START), [function(START)], [], options.operations)


ENGINES = {"ours": ours, "floats": eager}

if __name__ == "__main__":
    play(__doc__, ENGINES, operations=100_000)
