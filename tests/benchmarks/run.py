"""Take the figures and print them as a table: python tests/benchmarks/run.py --help."""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import venv
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

from chart import plot
from figures import FIGURES, take
from measure import HERE, Bench, Disagreement, Result

ROOT = HERE.parent.parent
WORDS = {True: "yes", False: "NO", None: "-"}


def build_peers(bench: Bench) -> None:
    """The environment of the other engines: made if missing, then filled from peers.txt."""
    if not bench.peers_python.exists():
        venv.create(bench.peers, with_pip=False)
    options = [
        "--python",
        str(bench.peers_python),
        "install",
        "--quiet",
        "--no-deps",
        "-r",
        str(HERE / "peers.txt"),
    ]
    subprocess.run([*find_pip(), *options], check=True)


def find_pip() -> list[str]:
    """This Python's pip; or, in an environment without one, that of the Python which the environment came from."""
    for python in (sys.executable, getattr(sys, "_base_executable", sys.executable), "python3"):
        pip = [python, "-m", "pip"]
        if subprocess.run([*pip, "--version"], capture_output=True).returncode == 0:
            return pip
    sys.exit("pip is missing: install it (on Debian: apt install python3-pip), then run this again")


def cpu() -> str:
    """The processor's name, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def table(results: list[Result]) -> str:
    """Columns as wide as they need; it is Markdown, too."""
    rows: list[tuple[str, ...]] = [("figure", "target", "measured", "reached")]
    rows += [(r.figure, r.target, r.measured, WORDS[r.reached]) for r in results]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    )


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Take the figures; see README.md beside this file.")
    option = parser.add_argument
    names = ", ".join(FIGURES)
    option("--only", action="append", choices=FIGURES, metavar="NAME", help=f"one of {names}; may be repeated")
    option("--quick", action="store_true", help="everything once and small: does it run? These are no figures")
    option("--strict", action="store_true", help="exit code 1 where a figure is missed or skipped")
    option("--json", type=Path, metavar="FILE", help="write everything measured there")
    option("--plot", type=Path, metavar="FILE", help="draw the compiled workloads there, as an SVG")
    option("--build-peers", action="store_true", help="first make or update the peers' environment")
    option("--peers", type=Path, default=ROOT / ".venv-bench", metavar="FOLDER", help="where that is")
    option("--root", type=Path, default=ROOT, metavar="FOLDER", help="measure the package autograd in there")
    return parser.parse_args()


def main() -> int:
    options = parse()
    bench = Bench(options.root.resolve(), options.peers.absolute(), options.quick)
    if options.build_peers:
        build_peers(bench)
    machine = {"date": str(date.today()), "cpu": cpu(), "python": f"Python {platform.python_version()}"}
    print(", ".join(machine.values()), flush=True)
    results: list[Result] = []
    for name in options.only or FIGURES:
        print(f"taking {name} ...", file=sys.stderr, flush=True)
        try:
            results += take(name, bench)
        except Disagreement as error:
            print(f"{name}: the engines disagree: {error}", file=sys.stderr)
            return 1
    if options.quick:
        results = [replace(r, reached=None) for r in results]
    print(table(results))
    if options.json:
        options.json.write_text(json.dumps({**machine, "results": [asdict(r) for r in results]}, indent=1) + "\n")
    if options.plot:
        print(plot(results, options.plot, ", ".join(machine.values())), file=sys.stderr)
    if any(r.failed for r in results):
        return 1
    missed = any(r.target and not r.reached for r in results)
    return int(options.strict and not options.quick and missed)


if __name__ == "__main__":
    sys.exit(main())
