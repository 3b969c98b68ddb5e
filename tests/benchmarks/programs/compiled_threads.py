"""The demo's step on one thread and on two, by turns in one process. Wall time: the threads' processor times add up."""

from __future__ import annotations

import argparse
import time

from clock import report
from compiled_demo import DECAY, problem
from contest import Player
from demo import RATE
from ours import descent, weights_of

import nn

CHECKED = 3


def made(samples: int, many: int, threads: int) -> Player:
    """The same training from the start."""
    rows, labels, weights = problem(samples)
    model = nn.MLP(2, [16, 16, 1], activation="relu")
    data = rows, [[label] for label in labels]
    return descent(model, nn.HingeLoss(), weights_of(model), weights, data, RATE, DECAY, CHECKED, many, threads)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, size in (("samples", 100_000), ("many", 5), ("times", 9)):
        parser.add_argument(f"--{name}", type=int, default=size)
    options = parser.parse_args()
    sides = {name: made(options.samples, options.many, threads) for threads, name in enumerate(("one", "two"), 1)}
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(options.times):
        for name, player in sides.items():
            start = time.perf_counter()
            player.call()
            taken[name].append((time.perf_counter() - start) / player.steps)
    report(**{name: {"seconds": taken[name], "losses": p.losses, "gradients": p.gradients} for name, p in sides.items()})


if __name__ == "__main__":
    main()
