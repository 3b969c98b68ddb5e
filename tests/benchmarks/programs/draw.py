"""How long a picture takes: of a small graph against the bare calls of dot, of a larger one, of a huge one collapsed; and
how large a player is. The ratio is of wall times, all else is processor time, Graphviz's included."""

from __future__ import annotations

import argparse
import builtins
import random
import resource
import subprocess
import time
from itertools import pairwise
from typing import Any

from clock import report

from autograd import Value, draw, scope, steps
from autograd.graph import nodes
from autograd.pictures import dot


def shared(count: int) -> Value:
    """A random graph of about so many nodes, each made of two recent ones: deep, and full of shared values."""
    rng = random.Random(0)
    pool = [Value(k * 0.1, f"x{k}") for k in range(6)]
    while len(nodes(pool[-1])) < count:
        a, b = rng.choice(pool[-8:]), rng.choice(pool[-12:])
        pool.append(rng.choice([a * b, a + b, a - b]))
    pool[-1].backward()
    return pool[-1]


def network(sizes: list[int], samples: int) -> Value:
    """The loss of a network written with plain sums of products, each layer in a scope of its own."""
    rng = random.Random(0)
    net = [[([Value(rng.uniform(-1, 1)) for _ in range(a)], Value(0.0)) for _ in range(b)] for a, b in pairwise(sizes)]
    losses = []
    for _ in range(samples):
        x = [Value(rng.uniform(-1, 1), requires_grad=False) for _ in range(sizes[0])]
        for k, layer in enumerate(net, 1):
            with scope(f"layer{k}"):
                x = [builtins.sum((wi * xi for wi, xi in zip(w, x, strict=True)), b).tanh() for w, b in layer]
        losses.append((x[0] - 1) ** 2)
    loss = builtins.sum(losses, Value(0.0, requires_grad=False))
    loss.backward()
    return loss


def wall(step: Any) -> float:
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def processor(step: Any) -> float:
    """Of this process and of the Graphviz that it ran; the clock of os.times ticks too coarsely for a small picture."""
    start = spent()
    step()
    return spent() - start


def spent() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def against_dot(graph: Value, repeat: int) -> dict[str, Any]:
    """A picture and, in turn with it, the same calls of Graphviz alone, as one would type them."""
    calls: list[tuple[list[str], bytes]] = []
    run = dot.run

    def listen(source: str, format: str, *, engine: str, timeout: float | None) -> bytes:
        command = [dot.find(), f"-K{engine}", f"-T{format}", *(["-n2"] if engine == "neato" else [])]
        calls.append((command, source.encode()))
        return run(source, format, engine=engine, timeout=timeout)

    dot.run = listen  # type: ignore[assignment]
    draw(graph)
    dot.run = run

    def bare() -> None:
        for command, source in calls:
            subprocess.run(command, input=source, capture_output=True, check=True)

    pairs = [(wall(lambda: draw(graph)), wall(bare)) for _ in range(repeat)]
    return {"ours": [ours for ours, _ in pairs], "bare": [alone for _, alone in pairs]}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("ratio", "network", "shared", "collapsed", "player"))
    parser.add_argument("--nodes", type=int, default=50)
    parser.add_argument("--repeat", type=int, default=1)
    options = parser.parse_args()
    if options.what == "ratio":
        graph = shared(options.nodes)
        report(nodes=len(nodes(graph)), **against_dot(graph, options.repeat))
    elif options.what == "player":
        graph = shared(options.nodes)
        report(nodes=len(nodes(graph)), bytes=len(steps(graph).html().encode()))
    else:
        if options.what == "shared":
            graph = shared(options.nodes)
        elif options.what == "network":
            graph = network([7, 10, 7, 1], 1)
        else:
            graph = network([2, 16, 16, 1], max(1, options.nodes // 650))
        whole = None if options.what == "collapsed" else False
        draw(graph, collapse=whole, max_nodes=1000)
        taken = [processor(lambda: draw(graph, collapse=whole, max_nodes=1000)) for _ in range(options.repeat)]
        report(nodes=len(nodes(graph)), seconds=taken)


if __name__ == "__main__":
    main()
