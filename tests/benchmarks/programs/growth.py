"""How much a process grows over many steps of a small graph, the collector off: what is never freed."""

from __future__ import annotations

import argparse
import gc
import resource
import sys
from pathlib import Path

from clock import report

ROUNDS = 20  # three nodes each, and two leaves: 62


def resident() -> int:
    """The memory that this process holds now; where the system does not tell, the most it ever held."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=["micrograd", "ours"])
    parser.add_argument("--steps", type=int, default=10_000)
    options = parser.parse_args()

    if options.engine == "ours":
        from autograd import Value
    else:
        from micrograd.engine import Value

    def step() -> list[float]:
        x, w = Value(0.5), Value(0.25)
        z = x
        for _ in range(ROUNDS):
            z = (z * w + x).relu()
        z.backward()
        return [z.data, x.grad, w.grad]

    gc.disable()
    for _ in range(100):
        loss, *gradients = step()
    before = resident()
    for _ in range(options.steps):
        step()
    growth = resident() - before
    report(growth=growth, losses=[loss], gradients=gradients)


if __name__ == "__main__":
    main()
