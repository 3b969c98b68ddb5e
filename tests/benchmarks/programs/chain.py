"""One long chain of nodes: its passes, its copies and its end, in time and memory per node."""

from __future__ import annotations

import argparse
import copy
import gc
import pickle
import time
import tracemalloc
from typing import Any

from clock import report, set_collector

from autograd import Value


def chain(nodes: int) -> tuple[Any, Any]:
    """x, and z = w + x, then * x, + w, * x, + w ...: every node a sum or a product of two floats."""
    w, x = Value(1e-3), Value(0.999)
    z = w + x
    for _ in range(1, nodes // 2):
        z = z * x + w
    return x, z if nodes % 2 else z * x


def passes(nodes: int, chains: int = 1) -> dict[str, float]:
    """The seconds of each thing that one does with a graph, over all the chains, which are held together."""
    clock, taken = time.process_time, {}
    start = clock()
    made = [chain(nodes) for _ in range(chains)]
    taken["forward"] = clock() - start
    start = clock()
    for _, z in made:
        z.backward()
    taken["backward"] = clock() - start
    assert all(x.grad == made[0][0].grad != 0 for x, _ in made)
    for name, twin_of in (("pickle", lambda z: pickle.loads(pickle.dumps(z))), ("deepcopy", copy.deepcopy)):
        start = clock()
        twins = [twin_of(z) for _, z in made]
        taken[name] = clock() - start
        for (_, z), twin in zip(made, twins, strict=True):
            assert twin is not z
            assert (twin.data, twin.grad, twin.op.name) == (z.data, z.grad, z.op.name)
        del twin, twins
    del z
    start = clock()
    made.clear()
    taken["del"] = clock() - start
    return taken


def memory(nodes: int) -> dict[str, float]:
    """Bytes per node as Python's allocator counts them, and what only the collector could free."""
    gc.collect()
    gc.disable()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    _, z = chain(nodes)
    built, _ = tracemalloc.get_traced_memory()
    z.backward()
    passed, _ = tracemalloc.get_traced_memory()
    del z
    left, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {
        "forward": (built - before) / nodes,
        "with gradients": (passed - before) / nodes,
        "left": (left - before) / nodes,
        "cyclic objects": gc.collect(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["time", "memory"])
    parser.add_argument("--collector", choices=["on", "off"], default="on")
    parser.add_argument("--nodes", type=int, default=1_000_000)
    parser.add_argument("--chains", type=int, default=1)
    options = parser.parse_args()

    if options.what == "memory":
        report(**memory(options.nodes))
        return
    set_collector(options.collector)
    passes(100)  # untimed: imports and first calls
    report(passes=passes(options.nodes, options.chains))


if __name__ == "__main__":
    main()
