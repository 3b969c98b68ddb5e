"""How figures are taken: programs in processes of their own, taking turns; medians and their ratio."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent
PROGRAMS = HERE / "programs"


class Failed(Exception):
    """A program ended with an error; the message is the last line that it wrote."""


class Disagreement(Exception):
    """Two engines gave different losses or gradients, so their speeds cannot be compared."""


@dataclass(frozen=True)
class Result:
    """One line of the table. Without a target it is for information; `failed` where a program broke."""

    figure: str
    target: str
    measured: str
    reached: bool | None
    facts: dict[str, Any] = field(default_factory=dict)
    failed: bool = False


@dataclass(frozen=True)
class Bench:
    """Where things are, and how patient we are."""

    root: Path  # the folder with the package `autograd` that is measured
    peers: Path  # the environment with the other engines
    quick: bool = False  # one round of everything, small: does it run at all?

    def pick(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    @property
    def peers_python(self) -> Path:
        return self.peers / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def environment(self, **more: str) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.root), **more}

    def run(self, program: str, *arguments: object, python: Path | None = None, **more: str) -> dict[str, Any]:
        """The facts that a program reports."""
        command = [str(python or sys.executable), str(PROGRAMS / program), *map(str, arguments)]
        done = subprocess.run(command, env=self.environment(**more), cwd=self.root, capture_output=True, text=True)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
            raise Failed(f"{program} {' '.join(map(str, arguments))}: {last}")
        facts: dict[str, Any] = json.loads(done.stdout)
        return facts

    def has(self, peer: str) -> bool:
        """Whether the peers' environment is there, and has this module."""
        look = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({peer!r}) is None)"
        command = [str(self.peers_python), "-c", look]
        return self.peers_python.exists() and subprocess.run(command).returncode == 0

    def run_peer(self, program: str, *arguments: object) -> dict[str, Any]:
        """The same in the peers' environment: where a peer takes part, every side runs there."""
        return self.run(program, *arguments, python=self.peers_python)


def check_agreement(sides: Mapping[str, Sequence[Mapping[str, Any]]], relative: float = 1e-9) -> None:
    """Every run has the first one's gradients, and its losses (later ones may drift a little)."""
    (first, (reference, *_)), *_ = sides.items()
    for name, runs in sides.items():
        for run in runs:
            for what, tolerance in (("gradients", relative), ("losses", 1e3 * relative)):
                if len(run[what]) != len(reference[what]):
                    counts = f"{len(run[what])}, {first} {len(reference[what])}"
                    raise Disagreement(f"number of {what}: {name} has {counts}")
                for k, (a, b) in enumerate(zip(run[what], reference[what], strict=True)):
                    if not math.isclose(a, b, rel_tol=tolerance, abs_tol=1e-12):
                        raise Disagreement(f"{what}[{k}]: {name} has {a!r}, {first} {b!r}")


def medians(runs: Sequence[Mapping[str, Any]]) -> list[float]:
    """Each process's median step."""
    return [median(run["seconds"]) for run in runs]


@dataclass(frozen=True)
class Ratio:
    """How many times one side's medians are another's: all together, and pair by pair as they ran."""

    slower: Sequence[float]
    faster: Sequence[float]

    @property
    def value(self) -> float:
        return median(self.slower) / median(self.faster)

    @property
    def pairs(self) -> list[float]:
        return [a / b for a, b in zip(self.slower, self.faster, strict=True)]

    def __str__(self) -> str:
        return f"{self.value:.2f}x ({min(self.pairs):.2f} to {max(self.pairs):.2f})"


def duration(seconds: float) -> str:
    """Four digits and a unit that fits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if abs(seconds) >= size:
            return f"{seconds / size:.4g} {unit}"
    return f"{seconds * 1e9:.4g} ns"
