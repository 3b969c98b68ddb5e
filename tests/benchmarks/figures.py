"""The figures, one function each: what runs, how often, and what is compared with what."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from statistics import median

from compiled import COMPILED
from measure import Bench, Failed, Ratio, Result, check_agreement, duration, medians

CHAIN, SHORT_CHAIN = 1_000_000, 10_000
NEEDS = {"demo": "micrograd", "demo-off": "micrograd", "microgpt": "strands_microgpt"}


def against(result: str, bound: float, ours: list[float], theirs: list[float], who: str) -> Result:
    """Ours is to be at least `bound` times as fast as theirs."""
    ratio = Ratio(theirs, ours)
    measured = f"{ratio}: {duration(median(theirs))} / {duration(median(ours))}"
    target = f">= {bound:g}x {who}'s speed" if bound != 1 else f"faster than {who}"
    reached = ratio.value >= bound if bound != 1 else ratio.value > 1
    return Result(result, target, measured, reached, {"ours": ours, who: theirs})


def demo(bench: Bench, collector: str = "on") -> list[Result]:
    """micrograd's demo step, the collector as Python sets it."""
    with_xad = collector == "on" and bench.has("xad")
    names = ["micrograd", "plain", "dot"] + ["nn", *["xad"] * with_xad] * (collector == "on")
    size = ["--collector", collector, "--samples", bench.pick(100, 5), "--steps", bench.pick(4, 1)]
    sides: dict[str, list[dict[str, list[float]]]] = {name: [] for name in names}
    for _ in range(bench.pick(9, 1)):
        for name in names:
            sides[name].append(bench.run_peer("demo.py", name, *size))
    check_agreement(sides)
    taken = {name: medians(runs) for name, runs in sides.items()}
    bounds = {"plain": 12, "dot": 40, "nn": 35} if collector == "on" else {"plain": 1.6, "dot": 4.5}
    about = f"demo step, collector {collector}"
    results = [
        against(f"{about}, {name}", bound, taken[name], taken["micrograd"], "micrograd") for name, bound in bounds.items()
    ]
    if with_xad:
        results.append(against(f"{about}, dot", 1, taken["dot"], taken["xad"], "xad"))
    elif collector == "on":
        results.append(Result(f"{about}, dot", "faster than xad", "skipped: xad is not installed", None))
    return results


def demo_off(bench: Bench) -> list[Result]:
    """The same step with the collector switched off: what the engines themselves cost."""
    return demo(bench, "off")


def microgpt(bench: Bench) -> list[Result]:
    """microgpt's own program, its training steps with its Value and with ours."""
    sides: dict[str, list[dict[str, list[float]]]] = {"microgpt": [], "ours": []}
    for _ in range(bench.pick(9, 1)):
        for name, runs in sides.items():
            runs.append(bench.run_peer("microgpt.py", name, "--steps", bench.pick(9, 1)))
    check_agreement(sides)
    ours, theirs = medians(sides["ours"]), medians(sides["microgpt"])
    return [against("microgpt's step, collector on", 1.2, ours, theirs, "microgpt")]


def xor(bench: Bench) -> list[Result]:
    """The XOR net through nn: shown, not promised."""
    runs = [bench.run("xor.py", "--steps", bench.pick(300, 20)) for _ in range(bench.pick(5, 1))]
    taken = medians(runs)
    measured = f"{1 / median(taken):,.0f} ({duration(median(taken))} a step)"
    return [Result("XOR net 2-4-1, Adam, steps a second", "", measured, None, {"seconds": taken})]


def digits(bench: Bench) -> list[Result]:
    """The 8x8 digits, trained eagerly: how many of the images that it never saw it knows, and how long that takes."""
    about, target = "digits, 64-32-10, test accuracy", ">= 95 %"
    if find_spec("sklearn") is None:
        return [Result(about, target, "skipped: scikit-learn is not installed", None)]
    facts = bench.run("digits.py", "--epochs", bench.pick(15, 1))
    measured = f"{facts['accuracy']:.1%} after {duration(facts['seconds'])}"
    return [Result(about, target, measured, facts["accuracy"] >= 0.95, facts)]


def node(bench: Bench) -> list[Result]:
    """One product, against a method written by hand."""
    sides: dict[str, list[dict[str, list[float]]]] = {"by-hand": [], "ours": []}
    for _ in range(bench.pick(25, 1)):
        for name, runs in sides.items():
            runs.append(bench.run("one_node.py", name, "--nodes", bench.pick(200_000, 1000), "--steps", 3))
    check_agreement(sides)
    ours, by_hand = medians(sides["ours"]), medians(sides["by-hand"])
    ratio = Ratio(ours, by_hand)
    measured = f"{ratio}: {duration(median(ours))} / {duration(median(by_hand))}"
    facts = {"ours": ours, "by hand": by_hand}
    return [Result("one node, x * y", "<= 1.3x by hand", measured, ratio.value <= 1.3, facts)]


def import_time(bench: Bench) -> list[Result]:
    """`import autograd`: a whole process's wall time less a bare one's, and what it brings along."""

    environment = bench.environment(PYTHONDONTWRITEBYTECODE="")

    def python(code: str) -> str:
        command = [sys.executable, "-c", code]
        return subprocess.run(command, env=environment, cwd=bench.root, check=True, stdout=subprocess.PIPE, text=True).stdout

    def wall(code: str) -> float:
        start = time.perf_counter()
        python(code)
        return time.perf_counter() - start

    wall("import autograd")  # writes the byte code, once
    bare, whole = [], []
    for _ in range(bench.pick(41, 3)):
        bare.append(wall("pass"))
        whole.append(wall("import autograd"))
    extra = median(whole) - median(bare)
    code = "import sys; old = set(sys.modules); import autograd; print(*set(sys.modules) - old)"
    new = {name.split(".")[0] for name in python(code).split()}
    foreign = sorted(new - set(sys.stdlib_module_names) - {"autograd"})
    brought = ", ".join(foreign) or "standard library only"
    measured = f"{duration(extra)}: {duration(median(whole))} - {duration(median(bare))} bare"
    return [
        Result("import autograd", "<= 60 ms", measured, extra <= 0.06, {"bare": bare, "whole": whole}),
        Result("modules it imports", "standard library only", brought, not foreign),
    ]


def memory(bench: Bench) -> list[Result]:
    """Bytes per inner node of a long chain, and what is left for the collector when it is dropped."""
    count = bench.pick(CHAIN, 2000)
    facts = bench.run("chain.py", "memory", "--nodes", count)
    size = f"{facts['forward']:.1f}, with gradients {facts['with gradients']:.1f}"
    left = f"{facts['cyclic objects']} ({facts['left']:.2f} bytes a node left)"
    return [
        Result(f"bytes per node, chain of {count:,}", "<= 176", size, facts["with gradients"] <= 176, facts),
        Result("cyclic objects after del", "0", left, facts["cyclic objects"] == 0),
    ]


def chain(bench: Bench) -> list[Result]:
    """What one does with a graph, at a hundred times the size: against one small chain, and a hundred held at once."""
    long, short = bench.pick(CHAIN, 20_000), bench.pick(SHORT_CHAIN, 2000)
    results = []
    for collector in ("off", "on"):

        def per_node(nodes: int, chains: int = 1, processes: int = 1, collector: str = collector) -> dict[str, float]:
            size = ("--collector", collector, "--nodes", nodes, "--chains", chains)
            runs = [bench.run("chain.py", "time", *size)["passes"] for _ in range(processes)]
            return {phase: median(run[phase] for run in runs) / (nodes * chains) for phase in runs[0]}

        one, small, many = [], [], []
        for _ in range(bench.pick(5, 1)):
            small.append(per_node(short, processes=bench.pick(9, 1)))
            one.append(per_node(long))
            many.append(per_node(short, chains=long // short))
        for phase in one[0]:
            times = [[run[phase] for run in runs] for runs in (one, small, many)]
            alone, at_once = Ratio(times[0], times[1]), Ratio(times[0], times[2])
            measured = f"{alone}: {duration(median(times[0]))} / {duration(median(times[1]))} a node"
            measured += f"; {at_once.value:.2f}x of {long // short} at once"
            facts = dict(zip((f"{long}", f"{short}", f"{long // short} times {short}"), times, strict=True))
            about = f"chain, {phase}, collector {collector}"
            if collector == "off":
                target, reached = f"<= 1.5x from {short:,} to {long:,}", alone.value <= 1.5
            else:  # Python's own work on a growing heap: shown, not promised
                target, reached = "", None
            results.append(Result(about, target, measured, reached, facts))
    return results


def growth(bench: Bench) -> list[Result]:
    """Small graphs by the thousand, the collector off."""
    steps, mebi = bench.pick(100_000, 200), 2**20
    ours = bench.run("growth.py", "ours", "--steps", steps)
    measured = f"{ours['growth'] / mebi:.2f} MiB"
    if bench.has("micrograd"):
        fewer = bench.pick(1000, 200)
        theirs = bench.run_peer("growth.py", "micrograd", "--steps", fewer)
        check_agreement({"micrograd": [theirs], "ours": [ours]})
        scaled = theirs["growth"] / mebi * steps / fewer
        measured += f" (micrograd {scaled:.0f} MiB, from {fewer:,} steps times {steps // fewer})"
    about = f"growth, {steps:,} steps of 62 nodes"
    return [Result(about, "<= 1 MiB", measured, ours["growth"] <= mebi, {"bytes": ours["growth"]})]


def bits(bench: Bench) -> list[Result]:
    """One program in many processes, each with a hash seed of its own."""
    runs = [bench.run("bits.py", PYTHONHASHSEED=str(seed)) for seed in range(bench.pick(40, 3))]
    patterns, pictures = {tuple(run["gradients"]) for run in runs}, {run["svg"] for run in runs}
    about = f"{len(runs)} processes"
    drawn = f"{len(pictures)}" if None not in pictures else "autograd.draw is missing"
    return [
        Result(f"bit patterns in {about}", "1", f"{len(patterns)}", len(patterns) == 1),
        Result(f"SVG pictures in {about}", "1", drawn, len(pictures) == 1 and None not in pictures),
    ]


def pictures(bench: Bench) -> list[Result]:
    """Pictures: how long they take, and how large a player is."""
    ratio = bench.run("draw.py", "ratio", "--nodes", 50, "--repeat", bench.pick(41, 1))
    taken = Ratio(ratio["ours"], ratio["bare"])
    measured = f"{taken}: {duration(median(ratio['ours']))} / {duration(median(ratio['bare']))}"
    results = [Result(f"picture of {ratio['nodes']} nodes", "<= 1.2x dot alone", measured, taken.value <= 1.2, ratio)]
    for what, nodes, repeat, about, limit in (
        ("network", 500, bench.pick(9, 1), "picture of a network's {} nodes", 0.5),
        ("shared", bench.pick(500, 60), bench.pick(5, 1), "picture of {} deep, shared nodes", None),
        ("collapsed", bench.pick(65_000, 700), bench.pick(5, 1), "collapsed picture of {:,} nodes", 3),
    ):
        facts = bench.run("draw.py", what, "--nodes", nodes, "--repeat", repeat)
        middle = median(facts["seconds"])
        measured = f"{duration(middle)} ({duration(min(facts['seconds']))} to {duration(max(facts['seconds']))})"
        target, reached = (f"<= {limit} s", middle <= limit) if limit else ("", None)
        results.append(Result(about.format(facts["nodes"]), target, measured, reached, facts))
    player = bench.run("draw.py", "player", "--nodes", bench.pick(50, 10))
    size = player["bytes"] / 1000
    return [*results, Result(f"player of {player['nodes']} nodes", "<= 400 kB", f"{size:.1f} kB", size <= 400, player)]


FIGURES: dict[str, Callable[[Bench], list[Result]]] = {
    "demo": demo,
    "demo-off": demo_off,
    "microgpt": microgpt,
    "xor": xor,
    "digits": digits,
    "node": node,
    "import": import_time,
    "memory": memory,
    "chain": chain,
    "growth": growth,
    "bits": bits,
    "pictures": pictures,
    **COMPILED,
}


def take(name: str, bench: Bench) -> list[Result]:
    """A figure's lines; one line that says why where it could not be taken. Disagreement is not caught."""
    if name in NEEDS and not bench.has(NEEDS[name]):
        return [Result(name, "skipped", f"{NEEDS[name]} is not installed (--build-peers)", None)]
    try:
        return FIGURES[name](bench)
    except Failed as error:
        return [Result(name, "failed", str(error), False, failed=True)]
