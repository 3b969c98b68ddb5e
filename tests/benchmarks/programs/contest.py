"""What the programs about compiled code share: an engine's call and what it found first, its clock, and C."""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from ctypes import CDLL, c_double, c_long, c_void_p
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from clock import report

C = Path(__file__).resolve().parent.parent / "c"
# Those on errors and traps change no number: without them gcc takes roots and maxima one at a time. Of OpenMP only "simd".
FLAGS = ("-std=c17", "-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-fopenmp-simd", "-shared", "-fPIC")


class Player(NamedTuple):
    """An engine that is ready.

    Attributes:
        call: what is timed.
        losses, gradients: what it found, untimed: all engines must find the same.
        steps: how many steps a call makes.
        facts: what else it has to tell.
    """

    call: Callable[[], object]
    losses: Sequence[float]
    gradients: Sequence[float]
    steps: int = 1
    facts: dict[str, Any] = {}  # noqa: RUF012


def play(about: str | None, engines: dict[str, Callable[[argparse.Namespace], Player]], **sizes: int) -> None:
    """Make one engine and time it: the processor time of a step, on one core, several times."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("engine", choices=engines)
    parser.add_argument("--times", type=int, default=5, help="how often to time")
    parser.add_argument("--least", type=float, default=0.02, help="seconds that each of these takes, about, by repetition")
    for name, size in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=size)
    options = parser.parse_args()
    stay_on_one_core()
    player = engines[options.engine](options)
    calls = 1
    while clocked(player.call, calls) < options.least / 2:
        calls *= 2
    taken = [clocked(player.call, calls) / (calls * player.steps) for _ in range(options.times)]
    report(seconds=taken, losses=list(player.losses), gradients=list(player.gradients), **player.facts)


def clocked(call: Callable[[], object], calls: int) -> float:
    """The processor time of so many calls."""
    start = time.process_time()
    for _ in range(calls):
        call()
    return time.process_time() - start


def stay_on_one_core() -> None:
    """The last of those that the process may use; where a system knows no such thing, libraries are still asked for it."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    os.environ["JAX_PLATFORMS"] = "cpu"


@cache
def library(name: str) -> CDLL:
    """A program of the folder c, compiled here and now."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / f"{name}.so"
        subprocess.run(["gcc", *FLAGS, str(C / f"{name}.c"), "-o", str(made), "-lm"], check=True)
        return CDLL(str(made))


def c_function(name: str, function: str, *arguments: Any, gives: Any = c_double) -> Callable[..., Any]:
    """A C function with its arguments fixed: whole numbers, floats, arrays (kept alive). None stays open, for a number."""
    kinds = {int: c_long, float: c_double, type(None): c_long}
    found = getattr(library(name), function)
    found.argtypes = [kinds.get(type(a), c_void_p) for a in arguments]
    found.restype = gives
    fixed = [a if isinstance(a, (int, float, type(None))) else a.ctypes.data for a in arguments]
    if None not in fixed:
        return lambda keep=arguments: found(*fixed)
    place = fixed.index(None)
    before, after = fixed[:place], fixed[place + 1 :]
    return lambda number, keep=arguments: found(*before, number, *after)


def slopes(before: Iterable[float], after: Iterable[float], rate: float) -> list[float]:
    """The gradient along which a step of gradient descent went."""
    return [(float(a) - float(b)) / rate for a, b in zip(before, after, strict=True)]
