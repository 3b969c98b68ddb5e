"""The compiled workloads as bars: each engine's time for a step, on a logarithmic scale."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from measure import Result, duration

OURS, OTHERS = "#0f766e", "#94a3b8"


def bars(results: Sequence[Result]) -> dict[str, dict[str, float]]:
    """For each workload the engines and their medians, the fastest first."""
    found = {r.facts["workload"]: r.facts["seconds"] for r in results if "workload" in r.facts}
    return {
        title: dict(sorted(((side, median(taken)) for side, taken in sides.items()), key=lambda pair: pair[1]))
        for title, sides in found.items()
    }


def plot(results: Sequence[Result], path: Path, about: str) -> str:
    """Draw them, if there are any and matplotlib is installed; says what became of it."""
    workloads = bars(results)
    if not workloads:
        return "no compiled workload was taken: nothing to plot"
    try:
        import matplotlib
    except ImportError:
        return "matplotlib is not installed: no plot (pip install 'glassgrad[plot]')"
    matplotlib.use("svg")
    from matplotlib import pyplot

    with matplotlib.rc_context({"svg.hashsalt": "bench", "font.size": 9}):
        heights = [len(sides) + 1.5 for sides in workloads.values()]
        figure, axes = pyplot.subplots(
            len(workloads), 1, figsize=(7, 0.24 * sum(heights)), height_ratios=heights, squeeze=False, layout="constrained"
        )
        for axis, (title, sides) in zip(axes[:, 0], workloads.items(), strict=True):
            draw(axis, title, sides)
        figure.suptitle(f"Processor time of a step, on a logarithmic scale ({about})", fontsize=9)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None})
        pyplot.close(figure)
    return f"plotted to {path}"


def draw(axis: Any, title: str, sides: dict[str, float]) -> None:
    """One workload."""
    names, times = list(sides), list(sides.values())
    axis.barh(names, times, color=[OURS if name.startswith("ours") else OTHERS for name in names], height=0.7)
    axis.set_xscale("log")
    axis.set_xlim(min(times) / 3, max(times) * 6)
    axis.invert_yaxis()
    axis.set_title(title, loc="left", fontsize=9, fontweight="bold")
    axis.xaxis.set_visible(False)
    axis.spines[:].set_visible(False)
    axis.tick_params(length=0)
    for place, taken in enumerate(times):
        axis.annotate(duration(taken), (taken, place), (3, 0), textcoords="offset points", va="center")
