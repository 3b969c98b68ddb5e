"""How far every operation's value and slopes are from the truth: the worst of many points over the whole domain.

The truth is ``tests/oracle.py``'s, at 60 digits. ``make accuracy`` runs this, with ``tests`` on the path; README.md beside it
holds the table.
"""

from __future__ import annotations

import argparse
import json
import math
import pathlib
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


def worst(index: int, points: int, seed: int) -> tuple[str, list[tuple[float, str]]]:
    """The worst error in ulp, and where: of the value, then of each slope (all inputs of a list count as one)."""
    case = list(cases())[index]
    rng = random.Random(f"{case.name} {seed}")
    one_list = case.draw is logits
    found = [(0.0, "")] * (2 if one_list else 1 + len(case.draw(rng)))
    for _ in range(points):
        xs = case.draw(rng)
        z = case.op.evaluate(tuple(xs))
        exact = [mp.mpf(x) for x in xs]
        got = (z, *case.op.slopes_at(z, tuple(xs)))
        for k, (ours, true) in enumerate(zip(got, (case.value(*exact), *case.slopes(*exact)), strict=True)):
            error = oracle.ulps(ours, true)
            place = min(k, len(found) - 1)
            if error > found[place][0]:
                found[place] = error, ", ".join(map(repr, xs))
    return case.name, found


def main() -> None:
    """Sweep, print the table, and fail where an output is off by more than the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=20_000, help="how many an output")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", action="append", help="an operation's name; may be repeated")
    parser.add_argument("--json", type=pathlib.Path, help="write all results here")
    options = parser.parse_args()
    chosen = [k for k, case in enumerate(cases()) if not options.only or case.op.name in options.only]
    results: dict[str, list[tuple[float, str]]] = {}
    bad = 0
    print("| operation | value: ulp | at | slope: ulp | at |\n| --- | --- | --- | --- | --- |")
    with ProcessPoolExecutor() as pool:
        jobs = [pool.submit(worst, k, options.points, options.seed) for k in chosen]
        for job in jobs:
            name, found = job.result()
            results[name] = found
            bad += sum(error > LIMIT for error, _ in found)
            print(f"| {name} | " + " | ".join(f"{error:.2f} | {at}" for error, at in found) + " |", flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))
    outputs = sum(map(len, results.values()))
    print(f"\n{outputs - bad} of {outputs} outputs within {LIMIT:g} ulp, at {options.points:,} points each")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
