"""Random and mutated input to everything that takes input: ``make fuzz``.

Every input is made from its index and the seed, so that a finding can be tried again: ``--start INDEX --count 1``.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent)]

MOST_FINDINGS = 10


def work(
    seed: str, first: int, stride: int, count: int | None, seconds: float, only: str | None
) -> tuple[Counter[str], list[str]]:
    """Try every ``stride``-th input, in a folder of its own; how many of each target, and what was found."""
    import guard
    import targets

    sys.dont_write_bytecode = True
    warnings.simplefilter("error")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="glassgrad-fuzz-")).resolve()
    os.chdir(folder)
    targets.warm()
    guard.install()
    tried: Counter[str] = Counter()
    findings: list[str] = []
    end = time.monotonic() + seconds
    index = first
    try:
        while (count is None or index < count) and time.monotonic() < end and len(findings) < MOST_FINDINGS:
            try:
                tried[targets.case(seed, index, only)] += 1
            except BaseException:  # also what no program should catch: SystemExit, KeyboardInterrupt
                chosen = f" --only {only}" if only else ""
                findings.append(f"--seed {seed} --start {index} --count 1{chosen}\n{traceback.format_exc(limit=-12)}")
            index += stride
    finally:
        os.chdir(HERE)
        shutil.rmtree(folder, ignore_errors=True)
    return tried, findings


def main() -> None:
    """Fuzz for some time, or some number of inputs; print what was tried, and fail where something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long at most, if no count is given")
    parser.add_argument("--count", type=int, help="how many inputs, however long it takes")
    parser.add_argument("--start", type=int, default=0, help="the first input's index")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--only", choices=["value", "expression", "command", "model", "exercise", "labels"])
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    jobs = min(options.jobs, options.count or options.jobs)
    seconds = options.seconds if options.count is None else float("inf")
    last = None if options.count is None else options.start + options.count
    begun = time.monotonic()
    tried: Counter[str] = Counter()
    findings: list[str] = []
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        parts = [pool.submit(work, options.seed, options.start + k, jobs, last, seconds, options.only) for k in range(jobs)]
        for part in parts:
            some, found = part.result()
            tried += some
            findings += found
    for finding in findings:
        print(finding, file=sys.stderr)
    each = ", ".join(f"{name} {n:,}" for name, n in sorted(tried.items()))
    print(f"{tried.total():,} inputs in {time.monotonic() - begun:.0f} s ({each}); {len(findings)} findings")
    sys.exit(bool(findings))


if __name__ == "__main__":
    main()
