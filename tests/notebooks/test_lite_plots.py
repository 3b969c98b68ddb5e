"""The site's stand-in for matplotlib draws every plot: the same bytes in every process, and areas of the right size."""

import importlib.util
import json
import os
import subprocess
import sys
from math import isclose
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
LITE = ROOT / "notebooks" / "lite"
SVG = "{http://www.w3.org/2000/svg}"
DRAWN = """
import json, sys
import nn, matplotlib
assert not hasattr(matplotlib, "__version__"), "the stand-in is asked, not matplotlib"
plots, data, xor = nn.plots, nn.datasets.and_gate(labels=(-1, 1)), nn.datasets.xor_gate()
unit, model = nn.ThresholdUnit(2), nn.MLP(2, [4, 1], activation="tanh", seed=0)
unit.weights = -3, 2, 2
fitted = nn.fit(model, xor.columns(), loss=nn.BCEWithLogitsLoss(), optimizer=nn.Adam(model.parameters(), lr=0.1), epochs=30)
own = plots.Plot(figsize=(7.2, 3.2), layout="constrained")
ax = own.subplots()
ax.plot([0, 1, 2], [1, float("nan"), 1], ":", label="<k> & 2")
logs = plots.Plot(figsize=(7.2, 3.2))
logs.add_subplot().loglog([1e-9, 0.01, 0], [1e-3, 10, 1], "s", markersize=4)
logs.axes[0].grid(alpha=0.3)
ax.set_xlabel("x")
ax.legend()
bowl = lambda w, b: w**2 + 4 * b**2
found = {
    "boundary": plots.boundary(unit, data), "model": plots.boundary(model, xor),
    "perceptron": plots.perceptron(nn.Perceptron(2).fit(*data), data), "activations": plots.activations(),
    "bumps": plots.bumps(lambda x: x**2, 0, 1, 6), "cost": plots.cost_curve(lambda w: 7 * (w - 1) ** 2, 0, 2, path=[0, 0.5]),
    "surface": plots.cost_surface(bowl, (-2, 2), (-1, 1), path=[(1.5, 0.8), (1.0, 0.2)]), "history": fitted.plot(log=True),
    "images": plots.images([[0, 1, 1, 0], [1, 0, 0, 1]], shape=(2, 2), titles=["falling", "rising"]),
    "weights": plots.weights(nn.MLP(6, [4, 1], seed=0), shape=(2, 3)), "confusion": plots.confusion(model, xor), "own": own,
    "logs": logs,
}
try:
    own._written("png")
except ValueError as error:
    found["png"] = str(error)
json.dump({name: getattr(plot, "svg", plot) for name, plot in found.items()}, sys.stdout)
"""


def drawn(seed):
    """All plots, in a process of their own."""
    environment = {**os.environ, "PYTHONPATH": f"{LITE}{os.pathsep}{ROOT}", "PYTHONHASHSEED": seed}
    run = subprocess.run([sys.executable, "-c", DRAWN], env=environment, capture_output=True, text=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def plots():
    return drawn("1")


def test_every_plot_is_drawn_and_always_the_same(plots):
    assert drawn("2") == plots
    assert plots.pop("png") == "a plot is not written as png in the browser: end its name in .svg"
    for name, svg in plots.items():
        root = ElementTree.fromstring(svg)
        assert {element.tag for element in root.iter()} <= {SVG + tag for tag in ("svg", "g", "path", "text", "clipPath")}
        assert len(svg) < 200_000 and "nan" not in svg and "inf" not in svg, name


def test_what_is_written_on_them(plots):
    said = {name: [text.text for text in ElementTree.fromstring(svg).iter(SVG + "text")] for name, svg in plots.items()}
    assert {"Decision regions, AND: 4 of 4 points right", "x1", "x2", "y = −1", "y = 1", "0.0", "1.2"} <= set(
        said["boundary"]
    )
    assert {"0.037", "w", "b", "descent"} <= set(said["surface"])
    assert said["confusion"].count("2") == 2
    assert "<k> & 2" in said["own"] and {"falling", "rising"} <= set(said["images"]) and "weight" in said["weights"]
    assert {"1e-09", "10", "0.001"} <= set(said["logs"]) and plots["logs"].count("Z") == 2 + 2, "ground, clip, two markers"


spec = importlib.util.spec_from_file_location("lite_levels", LITE / "matplotlib" / "levels.py")
levels = importlib.util.module_from_spec(spec)
spec.loader.exec_module(levels)


def size(polygon):
    """Its area."""
    turns = zip(polygon, polygon[1:] + polygon[:1])
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in turns)) / 2


@given(st.integers(1, 9), st.integers(1, 9), st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2))
def test_what_is_above_and_what_is_below_are_the_whole(columns, rows, a, b, level):
    xs, ys = [k / columns for k in range(columns + 1)], [k / rows for k in range(rows + 1)]
    table = [[a * x + b * y for x in xs] for y in ys]
    above = list(levels.areas(levels.cells(xs, ys, table), level))
    below = list(levels.areas(levels.cells(xs, ys, [[-z for z in row] for row in table]), -level))
    whole = sum(map(size, above + below))
    flat = all(z == level for row in table for z in row)
    assert isclose(whole, 2 if flat else 1, abs_tol=1e-9)
    lines = [line for row in levels.cells(xs, ys, table) for cell in row for line in levels.at(cell, level)]
    assert all(isclose(a * x + b * y, level, abs_tol=1e-9) for line in lines for x, y in line)


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(2, 9))
def test_ticks_are_few_round_and_inside(low, length, most):
    high = low + length
    found = levels.ticks(low, high, most)
    assert 1 <= len(found) <= most and all(low - 1e-6 * length <= x <= high + 1e-6 * length for x in found)
    assert len(levels.words(found)) == len(found)


def test_words_of_ticks():
    assert levels.words([-0.5, 0, 0.25]) == ["−0.50", "0.00", "0.25"]
    assert levels.words([0.0, 2e7]) == ["0", "2e+07"]
    assert levels.ticks(0.5, 2000, 9, log=True) == [1.0, 10.0, 100.0, 1000.0]
