"""How far every operation's value and slopes are from the truth: the worst of many points over the whole domain.

The truth is ``tests/oracle.py``'s, at 60 digits. ``make accuracy`` runs this, with ``tests`` on the path; README.md beside
it holds the table.
"""

from __future__ import annotations

import argparse
import importlib
import math
import multiprocessing
import random
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import mpmath as mp
import oracle

from autograd.op import OPS, Op, find

LIMIT = 4.0
"""The most units in the last place that a value or a slope may be off."""

FLAT = 2000.0
"""Beyond this, functions made of exponentials are 0, inf or linear, which 60 digits no longer tell: see the edge table."""

EXPONENTIAL = {"exp", "expm1", "sinh", "cosh", "tanh", "erf", "sigmoid", "softplus", "logsigmoid", "silu", "gelu", "elu"}


@dataclass(frozen=True)
class Case:
    """An operation with its oracle: what draws its inputs, its value, and its slopes as a tuple."""

    op: Op
    draw: Callable[[random.Random], Sequence[float]]
    value: Callable[..., Any]
    slopes: Callable[..., Sequence[Any]]

    @property
    def name(self) -> str:
        """As in the table: the operation and its parameters."""
        return " ".join([self.op.name, *map(str, self.op.params)])


def anything(rng: random.Random, low: float, high: float) -> float:
    """A float of an open interval, of any size: most where functions do something, some beside the interval's ends."""
    while True:
        kind = rng.random()
        if kind < 0.35:
            x = rng.uniform(max(low, -40.0), min(high, 40.0))
        elif kind < 0.6:
            x = rng.uniform(max(low, -3.0), min(high, 3.0))
        elif kind < 0.75:
            x = rng.uniform(max(low, -800.0), min(high, 800.0))
        elif kind < 0.9:
            x = struct.unpack("d", struct.pack("Q", rng.getrandbits(64)))[0]
        else:  # close to an end, to 0 or to 1, from either side
            end = rng.choice([e for e in (low, high, 0.0, 1.0, -1.0) if math.isfinite(e)])
            x = end + rng.choice([-1, 1]) * 10 ** rng.uniform(-320, 0)
        if low < x < high:
            return x


def cases() -> Iterator[Case]:
    """All of them."""
    for op, f, df in oracle.one_input():

        def draw(rng: random.Random, op: Op = op) -> Sequence[float]:
            while True:
                x = anything(rng, *op.domain)
                x = math.fmod(x, FLAT) if op.name in EXPONENTIAL else x
                if x not in op.corners and not (x == 0 and op.name == "power"):
                    return (x,)

        yield Case(op, draw, f, lambda x, df=df: (df(x),))
    for name in ("add", "sub", "mul", "div"):
        yield Case(OPS[name], pairs, *oracle.BINARY[name])
    yield Case(OPS["pow"], powers, *oracle.BINARY["pow"])
    yield Case(OPS["logsumexp"], logits, *oracle.NARY["logsumexp"])
    for name in ("softmax", "log_softmax", "cross_entropy"):
        yield Case(find(name, (0,)), logits, *oracle.FAMILIES[name](0))


def pairs(rng: random.Random) -> Sequence[float]:
    """Two numbers, neither 0."""
    return anything(rng, -math.inf, math.inf) or 1.0, anything(rng, -math.inf, math.inf) or 1.0


def powers(rng: random.Random) -> Sequence[float]:
    """A base and an exponent whose power is spread over the whole range of floats."""
    x = anything(rng, 0.0, math.inf)
    return x, rng.uniform(-750, 720) / math.log(x) if x != 1 and rng.random() < 0.7 else rng.uniform(-100, 100)


def logits(rng: random.Random) -> Sequence[float]:
    """A few logits; half of the time log-probabilities, whose logsumexp cancels."""
    width = rng.choice([1, 5, 40, 700])
    xs = [rng.uniform(-width, width) for _ in range(rng.randint(1, 6))]
    whole = OPS["logsumexp"].evaluate(tuple(xs)) if rng.random() < 0.5 else 0.0
    return [x - whole for x in xs]


def ours(case: Case, points: list[Sequence[float]]) -> list[tuple[float, ...]]:
    """The value and the slopes at each point."""
    found = []
    for xs in points:
        z = case.op.evaluate(tuple(xs))
        found.append((z, *case.op.slopes_at(z, tuple(xs))))
    return found


def worst(index: int, count: int, seed: int, peers: Sequence[str]) -> tuple[str, dict[str, list[tuple[float, str]]]]:
    """For each engine the worst error in ulp, and where: of the value, then of each slope (those of a list count as one)."""
    case = list(cases())[index]
    rng = random.Random(f"{case.name} {seed}")
    points = [case.draw(rng) for _ in range(count)]
    results = {"ours": ours(case, points)}
    for peer in peers:
        theirs = importlib.import_module("peers").evaluate(peer, case.name, points)
        results.update({peer: theirs} if theirs else {})
    outputs = 2 if case.draw is logits else 1 + len(points[0])
    found = {engine: [(0.0, "")] * outputs for engine in results}
    for n, xs in enumerate(points):
        exact = [mp.mpf(x) for x in xs]
        truth = (case.value(*exact), *case.slopes(*exact))
        for engine, got in results.items():
            for k, (theirs, true) in enumerate(zip(got[n], truth, strict=True)):
                error, place = oracle.ulps(float(theirs), true), min(k, outputs - 1)
                if error > found[engine][place][0]:
                    found[engine][place] = error, ", ".join(map(repr, xs))
    return case.name, found


def shown(error: float) -> str:
    """An error in ulp, for the table."""
    return "all digits" if error > 2**52 else f"{error:.2f}" if error < 1000 else f"{error:.1e}"


def main() -> None:
    """Sweep, print the table, and fail where an output is off by more than the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=20_000, help="how many an output")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", action="append", help="an operation's name; may be repeated")
    parser.add_argument(
        "--peer", action="append", default=[], choices=["torch", "jax"], help="another engine, on the same points"
    )
    options = parser.parse_args()
    chosen = [k for k, case in enumerate(cases()) if not options.only or case.op.name in options.only]
    engines = ["ours", *options.peer]
    bad, total = dict.fromkeys(engines, 0), dict.fromkeys(engines, 0)
    print("| output | " + " | ".join(engines) + " | our worst is at |\n| --- |" + " --- |" * (len(engines) + 1))
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        jobs = [pool.submit(worst, k, options.points, options.seed, options.peer) for k in chosen]
        for job in jobs:
            name, found = job.result()
            for k, (error, at) in enumerate(found["ours"]):
                output = name if k == 0 else f"{name}, slope" + f" {k}" * (len(found["ours"]) > 2)
                row = [shown(found[engine][k][0]) if engine in found else "–" for engine in engines]
                print(f"| {output} | " + " | ".join(row) + f" | {at if error > 0.51 else ''} |", flush=True)
            for engine, errors in found.items():
                bad[engine] += sum(error > LIMIT for error, _ in errors)
                total[engine] += len(errors)
    print(f"\nWithin {LIMIT:g} ulp, at {options.points:,} points an output:")
    for engine in engines:
        print(f"- {engine}: {total[engine] - bad[engine]} of {total[engine]} outputs")
    sys.exit(bad["ours"] > 0)


if __name__ == "__main__":
    main()
