"""The figures on compiled programs: each workload on all engines that are there, by turns, and what is promised of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from measure import Bench, Ratio, Result, check_agreement, duration, medians

PEERS = {"jax": "jax", "torch": "torch", "numpy": "numpy", "casadi": "casadi", "ddx": "ddx", "micrograd": "micrograd"}
ROUNDS = 5


@dataclass(frozen=True)
class Promise:
    """One side's time against another's: at most `bound` times it, or where `speed`, at least `bound` times as fast.

    Without a bound it is for information.
    """

    ours: str
    other: str
    bound: float | None = None
    speed: bool = False

    @property
    def target(self) -> str:
        if self.bound is None:
            return ""
        if self.speed:
            return f">= {self.bound:,g}x {self.other}'s speed" if self.bound != 1 else f"faster than {self.other}"
        return f"<= {self.bound:g}x {self.other}'s time" if self.bound != 1 else f"at most {self.other}'s time"

    def result(self, title: str, taken: dict[str, list[float]]) -> Result:
        """A line of the table: where speed counts, how many times as fast; otherwise, how many times the time."""
        pair = (self.ours, self.other) if self.bound is not None and not self.speed else (self.other, self.ours)
        ratio = Ratio(*[taken[side] for side in pair])
        measured = f"{ratio}: " + " / ".join(duration(median(taken[side])) for side in pair)
        reached = None
        if self.bound is not None:
            reached = ratio.value >= self.bound if self.speed else ratio.value <= self.bound
        about = f"{title}, {self.ours}" + f" beside {self.other}" * (self.bound is None)
        return Result(about, self.target, measured, reached, facts(title, taken))


def facts(title: str, taken: dict[str, list[float]]) -> dict[str, Any]:
    """What is kept of a workload, and plotted."""
    return {"workload": title, "seconds": taken}


def faster(other: str, bound: float = 1, ours: str = "ours") -> Promise:
    return Promise(ours, other, bound, speed=True)


def within(bound: float, other: str = "c", ours: str = "ours") -> Promise:
    return Promise(ours, other, bound)


@dataclass(frozen=True)
class Contest:
    """A workload, its size (in full and quick), and what is promised of it."""

    title: str
    program: str
    promises: Sequence[Promise]
    size: Sequence[tuple[str, int, int]] = ()

    @property
    def sides(self) -> list[str]:
        """Every engine once, ours first."""
        return list(dict.fromkeys([p.ours for p in self.promises] + [p.other for p in self.promises]))


DEMO = "compiled_demo.py"
CONTESTS: dict[str, list[Contest]] = {
    "compiled-demo": [
        Contest(
            "demo step, 100 samples",
            DEMO,
            [
                within(1.3),
                faster("jax", 3),
                faster("torch", 25),
                faster("torch-compiled", 20),
                faster("numpy"),
                faster("micrograd", 10_000),
                within(1.3, "c-many", "ours-many"),
                faster("jax-many", 1.2, "ours-many"),
            ],
            [("samples", 100, 5), ("many", 200, 4)],
        ),
        Contest(
            "demo step, 1000 samples",
            DEMO,
            [within(1.3), faster("jax"), faster("torch"), within(1.3, "c-many", "ours-many")],
            [("samples", 1000, 20), ("many", 50, 4)],
        ),
    ],
    "compiled-digits": [
        Contest(
            "MLP 64-32-10, batch 32",
            "compiled_digits.py",
            [within(1.5), faster("jax"), faster("numpy"), faster("torch"), within(1.5, "c-many", "ours-many")],
            [("samples", 32, 3), ("many", 100, 4)],
        ),
    ],
    "compiled-rosenbrock": [
        Contest(
            "Rosenbrock, n = 1000",
            "compiled_rosenbrock.py",
            [
                *(within(1.5, ours=way) for way in ("ours", "ours-batch")),
                *(faster(other) for other in ("jax", "casadi", "ddx", "numpy", "torch")),
            ],
            [("size", 1000, 10)],
        ),
    ],
    "compiled-residual": [
        Contest(
            "Jacobian 2 x 15, 100,000 rows",
            "compiled_residual.py",
            [
                *(within(1.5, ours=way) for way in ("ours", "ours-out")),
                *(faster("ddx", ours=way) for way in ("ours", "ours-out")),
                *(faster(other) for other in ("jax", "casadi", "torch")),
            ],
            [("rows", 100_000, 50)],
        ),
    ],
    "compiled-gpt": [
        Contest(
            "microgpt's step, 7 letters",
            "compiled_gpt.py",
            [within(1), faster("jax", 5), faster("torch"), within(1, "c-many", "ours-many")],
            [("letters", 7, 1), ("many", 100, 4)],
        ),
    ],
    "compiled-xor": [
        Contest(
            "online XOR step, 2-2-1",
            "compiled_xor.py",
            [
                faster("casadi"),
                faster("jax"),
                faster("torch"),
                Promise("ours", "c"),
                within(1.5, "c-many", "ours-many"),
                Promise("ours-many", "jax-many"),
            ],
            [("many", 20_000, 40)],
        ),
    ],
}


def missing(bench: Bench, side: str) -> str | None:
    """Why an engine cannot take part."""
    name = side.split("-")[0]
    if name == "c":
        return None if shutil.which("gcc") else "gcc is not installed"
    if name in PEERS:
        return None if bench.has(PEERS[name]) else f"{PEERS[name]} is not installed"
    return None


def needs() -> str | None:
    """What our side lacks to compile."""
    lacking = [name for name in ("numpy", "llvmlite") if find_spec(name) is None]
    return f"{' and '.join(lacking)} not installed: pip install 'glassgrad[fast]'" if lacking else None


def contest(bench: Bench, game: Contest) -> list[Result]:
    """All engines by turns, each in a process of its own; then they must agree; then the lines of the table."""
    reasons = {side: missing(bench, side) for side in game.sides}
    size: list[object] = [word for name, full, quick in game.size for word in (f"--{name}", bench.pick(full, quick))]
    if bench.quick:
        size += ["--times", 1, "--least", 0]
    sides: dict[str, list[dict[str, Any]]] = {side: [] for side, reason in reasons.items() if reason is None}
    for _ in range(bench.pick(ROUNDS, 1)):
        for side, runs in sides.items():
            python = bench.peers_python if side.split("-")[0] in PEERS else None
            runs.append(bench.run(game.program, side, *size, python=python, GLASSGRAD_CACHE="off"))
    check_agreement(sides)
    taken = {side: medians(runs) for side, runs in sides.items()}
    results = []
    for promise in game.promises:
        if reason := reasons[promise.other]:
            results.append(Result(f"{game.title}, {promise.ours}", promise.target, f"skipped: {reason}", None))
        else:
            results.append(promise.result(game.title, taken))
    return results


def chain(bench: Bench) -> list[Result]:
    """A long chain without a pattern: what an operation takes, and what it takes to get there."""
    count = bench.pick(100_000, 500)
    quick = ["--times", 1, "--least", 0] if bench.quick else []
    sides: dict[str, list[dict[str, Any]]] = {"ours": [], "floats": []}
    for _ in range(bench.pick(3, 1)):
        for side, runs in sides.items():
            runs.append(bench.run("compiled_chain.py", side, "--operations", count, *quick, GLASSGRAD_CACHE="off"))
    check_agreement(sides)
    taken, first = medians(sides["ours"]), [run["first"] for run in sides["ours"]]
    title, told = f"chain of {count:,}", {"ours": taken, "floats": medians(sides["floats"]), "first": first}
    measured = f"{duration(median(taken))} ({duration(median(told['floats']))} in Python, on floats)"
    return [
        Result(f"{title}, an operation", "<= 5 ns", measured, median(taken) <= 5e-9, told),
        Result(f"{title}, to record and compile", "<= 500 ms", duration(median(first)), median(first) <= 0.5),
    ]


def start(bench: Bench) -> list[Result]:
    """The first call, from nothing; and again in another process, where its code is found on disk."""
    results = []
    for kind, nodes, about, limit in (
        ("demo", 0, "demo step", 0.06),
        ("network", 50_000, "MLP of {:,} nodes", 0.15),
        ("irregular", 10_000, "irregular graph of {:,} nodes", 0.3),
        ("gpt", 0, "microgpt's loss and gradient", 0.5),
    ):
        count = bench.pick(nodes, min(nodes, 500))
        first, again = [], []
        for _ in range(bench.pick(ROUNDS, 1)):
            with TemporaryDirectory() as folder:
                for found in (first, again):
                    run = bench.run("compiled_start.py", kind, "--nodes", count, GLASSGRAD_CACHE=folder)
                    found.append(run["first"])
        measured = f"{duration(median(first))}, with code on disk {duration(median(again))}"
        title = f"first call, {about.format(count)}"
        told = {"first": first, "again": again}
        results.append(Result(title, f"<= {duration(limit)}", measured, median(first) <= limit, told))
    with TemporaryDirectory() as folder:
        run = lambda: bench.run("compiled_start.py", "reload", GLASSGRAD_CACHE=folder)["first"]
        made, found = run(), [run() for _ in range(bench.pick(ROUNDS, 1))]
    measured = f"{duration(median(found))}, compiled in {duration(made)}"
    title = "microgpt's loss and gradient, code found on disk"
    return [*results, Result(title, "<= 5 ms", measured, median(found) <= 0.005, {"again": found})]


def threads(bench: Bench) -> list[Result]:
    """One thread and two, by turns in the same process, on the wall's clock."""
    title = f"demo step, {bench.pick(100_000, 100):,} samples"
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores < 2:
        return [Result(f"{title}, two threads", ">= 1.6x one's speed", "skipped: there is one core", None)]
    size = ["--samples", bench.pick(100_000, 100), *(["--times", 1, "--many", 2] if bench.quick else [])]
    runs = [bench.run("compiled_threads.py", *size, GLASSGRAD_CACHE="off") for _ in range(bench.pick(ROUNDS, 1))]
    sides = {side: [run[side] for run in runs] for side in ("one", "two")}
    check_agreement(sides)
    told = Promise("two", "one", 1.6, speed=True).result(title, {side: medians(found) for side, found in sides.items()})
    return [replace(told, figure=f"{title}, two threads", facts=sides)]


def figure(name: str) -> Callable[[Bench], list[Result]]:
    """The function that takes a figure."""

    def taking(bench: Bench) -> list[Result]:
        if reason := needs():
            return [Result(name, "skipped", reason, None)]
        if name in OTHERS:
            return OTHERS[name](bench)
        return [result for game in CONTESTS[name] for result in contest(bench, game)]

    return taking


OTHERS = {"compiled-chain": chain, "compiled-start": start, "compiled-threads": threads}
COMPILED = {name: figure(name) for name in (*CONTESTS, *OTHERS)}
