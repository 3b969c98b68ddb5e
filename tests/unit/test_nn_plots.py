"""Plots: what is drawn is asserted on the artists' numbers; how it looks was looked at."""

import math
import random
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import matplotlib
import pytest
from matplotlib.figure import Figure

import nn
from autograd import Value, exp, log
from autograd.installing import extra
from nn import plots
from nn.plots import canvas
from nn.plots.functions import LectureMaxout
from nn.plots.pixels import SIGNED
from nn.plots.regions import _thinned

ROOT = Path(nn.__file__).parents[1]
AND = nn.datasets.and_gate()
XOR = nn.datasets.xor_gate()


def curve(ax, label):
    """The points of a line by its label, as two lists."""
    (line,) = (line for line in ax.lines if line.get_label() == label)
    xs, ys = line.get_data()
    return list(map(float, xs)), list(map(float, ys))


def labels(ax):
    return [line.get_label() for line in ax.lines if not line.get_label().startswith("_")]


def parabola(w):
    return 7 * (w - 1) ** 2


def bowl(x, y):
    return x**2 / 20 + y**2


def sgd(lr, **options):
    return lambda p: nn.SGD(p, lr=lr, **options)


def solved_xor():
    """The lecture's weights (L11)."""
    model = nn.MLP(2, [2, 1], activation="sigmoid", output="sigmoid", init="zeros")
    state = {"0.weight": [[5, 5], [-7, -7]], "0.bias": [-8, 3], "2.weight": [[-11, -11]], "2.bias": [6]}
    model.load_state_dict(state)
    return model


# -- the package


def test_matplotlib_is_loaded_when_first_used_and_pyplot_never():
    code = """
import sys, nn
assert "matplotlib" not in sys.modules
nn.plots.cost_curve(lambda w: w * w, -1, 1)
assert "matplotlib" in sys.modules and "matplotlib.pyplot" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_without_matplotlib_the_remedy_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=re.escape(extra("plot"))):
        _ = plots.boundary


def test_the_package_lists_what_it_has():
    assert plots.__all__ == sorted(plots.__all__) and set(plots.__all__) <= set(dir(plots))
    for name in plots.__all__:
        assert getattr(plots, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'piechart'"):
        _ = plots.piechart


# -- the figure


def test_a_figure_shows_itself_with_its_words():
    plot = plots.cost_curve(parabola, 0, 2)
    shown = plot._repr_mimebundle_()
    assert shown["text/html"].startswith(
        '<img alt="The cost E(w) for w from 0 to 2. The lowest drawn is 0 at w = 1." src="data:'
    )
    assert shown["text/plain"] == repr(plot)


def test_words_are_text_in_the_page():
    plot = plots.cost_curve(parabola, 0, 2, name='"><script>')
    assert "<script>" not in plot._repr_mimebundle_()["text/html"]


def test_the_same_figure_has_the_same_bytes():
    first, second = (plots.descents(bowl, (-7, 2), {"a": sgd(0.9), "b": sgd(0.1)}, 5).svg for _ in range(2))
    assert first == second and "<svg" in first and "dc:date" not in first


@pytest.mark.parametrize("suffix, head", [("svg", b"<?xml"), ("png", b"\x89PNG"), ("PDF", b"%PDF")])
def test_saving(tmp_path, suffix, head):
    path = tmp_path / f"plot.{suffix}"
    plot = plots.cost_curve(parabola, 0, 2)
    plot.save(path)
    data = path.read_bytes()
    assert data.startswith(head)
    with pytest.raises(FileExistsError, match="pass overwrite=True"):
        plot.save(path)
    plot.save(path, overwrite=True)
    assert path.read_bytes() == data


def test_only_known_formats_are_written(tmp_path):
    with pytest.raises(ValueError, match=r"cannot write .*plot.txt.*: end its name in one of .svg, .png, .pdf"):
        plots.cost_curve(parabola, 0, 2).save(tmp_path / "plot.txt")
    assert not list(tmp_path.iterdir())


def test_drawing_on_axes_of_ones_own():
    figure = Figure()
    upper, lower = figure.subplots(2)
    assert plots.cost_curve(parabola, 0, 2, ax=upper) is figure
    assert plots.boundary(solved_xor(), XOR, points=5, ax=lower) is figure
    assert labels(upper) == ["E(w)"] and "y = 0" in labels(lower)


def test_drawing_on_a_part_of_a_figure():
    figure = Figure()
    part, _ = figure.subfigures(1, 2)
    assert plots.cost_curve(parabola, 0, 2, ax=part.subplots()) is figure


@pytest.mark.parametrize("axes", [None, "one", "three"])
def test_several_parts_take_as_many_axes(axes):
    given = {None: [], "one": Figure().subplots(), "three": Figure().subplots(3)}[axes]
    with pytest.raises(ValueError, match="this picture has 2 parts: ax must be a list of 2 matplotlib axes"):
        plots.activations(["relu", "tanh"], ax=given)
    figure = Figure()
    assert plots.activations(["relu", "tanh"], ax=figure.subplots(1, 2)) is figure


def test_what_is_no_axes_is_told():
    with pytest.raises(ValueError, match="1 part: ax must be matplotlib axes, got 'here'"):
        plots.cost_curve(parabola, 0, 2, ax="here")


def test_a_style_is_told_by_more_than_its_colour():
    looks = [canvas.style(k) for k in range(21)]
    assert len({(look.color, look.marker) for look in looks}) == 21
    first = looks[:7]
    assert len({look.color for look in first}) == len({look.marker for look in first}) == 7
    assert len({str(look.linestyle) for look in first}) == 7
    assert (first[0].color, first[1].color) == ("#0072b2", "#b34700")


@pytest.mark.parametrize("k", range(7))
def test_each_colour_can_be_seen_on_the_ground(k):
    def light(color):
        parts = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    assert 1.05 / (light(canvas.style(k).color) + 0.05) >= 4.5


# -- costs (L3, L4, L20, L21)


def test_the_curve_is_the_cost():
    figure = plots.cost_curve(parabola, -1, 3, points=9)
    xs, ys = curve(figure.axes[0], "E(w)")
    assert xs == [-1 + k / 2 for k in range(9)] and ys == [parabola(x) for x in xs]
    assert figure.axes[0].get_xlabel() == "w" and figure.axes[0].get_ylabel() == "E(w)"


@pytest.mark.parametrize("path", [[0.0, 0.5, 0.75], ((0.0,), (0.5,), (0.75,))])
def test_the_path_lies_on_the_curve(path):
    figure = plots.cost_curve(parabola, 0, 2, path=path)
    assert curve(figure.axes[0], "descent") == ([0.0, 0.5, 0.75], [7.0, 1.75, 0.4375])
    assert figure.alt.endswith("A descent goes from 0 to 0.75.")


def test_a_cost_has_gaps_where_it_is_not_finite():
    xs, ys = curve(plots.cost_curve(lambda w: log(w) ** 2, -1, 1, points=5).axes[0], "E(w)")
    assert [math.isfinite(y) for y in ys] == [False, False, False, True, True] and xs[2] == 0


def test_a_cost_may_compute_with_values():
    _, ys = curve(plots.cost_curve(lambda w: Value(2.0) * w, 0, 1, points=3).axes[0], "E(w)")
    assert ys == [0, 1, 2]


def test_descending_is_what_the_optimizer_does():
    way = plots.descend(lambda w: (w - 1) ** 2, [0], sgd(0.25), 3)
    assert way == ((0.0,), (0.5,), (0.75,), (0.875,))
    assert plots.descend(bowl, (3, 4), sgd(0.1), 0) == ((3.0, 4.0),)


def test_descending_stops_where_numbers_end():
    way = plots.descend(lambda w: exp(w * w), [3.0], sgd(1.0), 10)
    assert 0 < len(way) < 11 and all(math.isfinite(w) for (w,) in way)


def test_a_surface_is_a_map_of_the_cost():
    path = [(1.5, 0.8), (1.0, 0.2), (0.5, 0.0)]
    figure = plots.cost_surface(lambda w, b: w**2 + 4 * b**2, (-3, 3), (-1, 1), path)
    ax = figure.axes[0]
    filled, lines = ax.collections[:2]
    assert list(filled.levels) == pytest.approx([13 * (k / 12) ** 3 for k in range(13)])
    assert list(lines.levels) == pytest.approx([13 * (k / 12) ** 3 for k in range(1, 12)])
    for level, found in zip(lines.levels, lines.get_paths()):
        assert len(found.vertices) > 8
        for w, b in found.vertices:
            assert w**2 + 4 * b**2 == pytest.approx(level, abs=0.02)
    assert curve(ax, "descent") == ([1.5, 1.0, 0.5], [0.8, 0.2, 0.0])
    assert ax.get_xlim() == (-3, 3) and ax.get_ylim() == (-1, 1)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("w", "b")
    assert figure.alt == "Cost over w and b, from 0 to 13. descent ends at (0.5, 0)."


def test_start_and_end_of_a_path_are_marked():
    ax = plots.cost_surface(bowl, (-2, 2), (-1, 1), [(1.5, 0.8), (1.0, 0.2)]).axes[0]
    _, start, end = ax.lines
    assert (list(start.get_xdata()), start.get_markerfacecolor()) == ([1.5], "#ffffff")
    assert (list(end.get_xdata()), end.get_markerfacecolor()) == ([1.0], "#b34700")


def test_several_paths_have_their_names_and_looks():
    ways = {"all": zip([1.0, 0.5], [1.0, 0.5]), "one": [(1.0, -1.0), (0.0, 0.0), (0.1, 0.1)]}
    ax = plots.cost_surface(bowl, path=ways, points=5).axes[0]
    assert labels(ax) == ["all", "one"]
    first, second = (line for line in ax.lines if line.get_label()[0] != "_")
    assert first.get_color() != second.get_color()
    assert first.get_linestyle() != second.get_linestyle() and first.get_marker() != second.get_marker()
    assert ax.get_xlim() == pytest.approx((-0.15, 1.15)) and ax.get_ylim() == pytest.approx((-1.3, 1.3))


def test_a_path_that_stays_has_room_about_it():
    ax = plots.cost_surface(bowl, path=[(3, 4)], points=5).axes[0]
    assert ax.get_xlim() == (2, 4) and ax.get_ylim() == (3, 5)


def test_a_flat_surface_has_no_lines():
    figure = plots.cost_surface(lambda w, b: 1.0, (0, 1), (0, 1))
    assert not figure.axes[0].collections and figure.axes[0].get_legend() is None
    assert figure.alt == "Cost over w and b, from 1 to 1."


def test_a_surface_with_a_hole():
    assert plots.cost_surface(lambda w, b: log(w) ** 2 + b, (-1, 1), (0, 1), points=9).axes[0].collections


def test_descents_side_by_side():
    optimizers = {"plain": sgd(0.9), "momentum": sgd(0.1, momentum=0.8)}
    figure = plots.descents(bowl, (-7, 2), optimizers, 20, across=(-8, 8), up=(-3, 3))
    surface, costs = figure.axes
    for name, make in optimizers.items():
        way = plots.descend(bowl, (-7, 2), make, 20)
        assert curve(surface, name) == tuple(list(part) for part in zip(*way))
        assert curve(costs, name) == (list(range(21)), [bowl(*point) for point in way])
    assert surface.get_xlim() == (-8, 8) and surface.get_ylim() == (-3, 3)
    assert costs.get_yscale() == "log"


def test_costs_of_zero_have_no_logarithm():
    _, costs = plots.descents(lambda x, y: x**2 + y**2, (1, 1), {"newton": sgd(0.5)}, 2).axes
    assert costs.get_yscale() == "linear" and curve(costs, "newton")[1] == [2, 0, 0]


@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda: plots.cost_curve(parabola, 1, 1), ValueError, "low must be below high"),
        (lambda: plots.cost_curve(parabola, 0, math.inf), ValueError, "high must be a finite number, got inf"),
        (
            lambda: plots.cost_curve(lambda w: log(w), -2, -1),
            ValueError,
            r"the cost is finite nowhere .* \(-2.0,\) it is nan",
        ),
        (lambda: plots.cost_curve(lambda w: None, 0, 1), TypeError, "expected an int, a float or a Fraction"),
        (lambda: plots.cost_curve(parabola, 0, 1, points=1), ValueError, "points is a whole number of 2 or more"),
        (lambda: plots.cost_curve(parabola, 0, 1, path=[]), ValueError, "the points of the path are empty"),
        (lambda: plots.cost_curve(parabola, 0, 1, path=[math.nan]), ValueError, "row 0 of the points of the path is nan"),
        (lambda: plots.cost_surface(bowl), ValueError, r"say from where to where: across=\(low, high\), or give a path"),
        (lambda: plots.cost_surface(bowl, (0, 1), (1, 0)), ValueError, "the low end of up must be below the high end of up"),
        (lambda: plots.cost_surface(bowl, (0, 1, 2), (0, 1)), ValueError, r"across is \(low, high\), got \(0, 1, 2\)"),
        (
            lambda: plots.cost_surface(bowl, path=[(1, 2, 3)]),
            ValueError,
            r"descent are pairs of numbers on this map, got \[1, 2",
        ),
        (lambda: plots.cost_surface(bowl, path={"mine": []}), ValueError, "the points of mine are empty"),
        (lambda: plots.descents(bowl, (1, 1), []), ValueError, r"optimizers is a dict such as .* got \[\]"),
        (lambda: plots.descend(bowl, (1, math.inf), sgd(0.1), 1), ValueError, "row 1 of the start is inf"),
        (lambda: plots.descend(bowl, (1, 1), sgd(0.1), -1), ValueError, "steps is a whole number of 0 or more, got -1"),
        (lambda: plots.descend(lambda w: 2.0, [1], sgd(0.1), 1), TypeError, "from the Values it is given; it gave 2.0"),
    ],
)
def test_bad_costs_are_told(call, error, words):
    with pytest.raises(error, match=words):
        call()


# -- functions (L9, L10)

NAMES = ["step", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "silu", "gelu"]


@pytest.mark.parametrize("name", NAMES)
def test_an_activation_and_its_slope(name):
    (ax,) = plots.activations([name], reach=3, points=12).axes  # 12: not at the corner itself
    module = nn.activations.activation(name)
    for x, y in zip(*curve(ax, "f(x)")):
        assert x == 0 or y == module(x)
    xs, slopes = curve(ax, "f′(x)")
    h = 1e-5
    for x, slope in zip(xs, slopes):
        assert x == 0 or slope == pytest.approx((module(x + h) - module(x - h)) / (2 * h), abs=1e-8)


@pytest.mark.parametrize(
    "name, place, taken, other",
    [("relu", 0.0, 0.0, 1.0), ("leaky_relu", 0.0, 0.1, 1.0), (LectureMaxout(), 1.0, 1.0, -0.5)],
)
def test_the_slope_at_a_corner_is_marked(name, place, taken, other):
    (ax,) = plots.activations(name, reach=3).axes
    hollow, full = (line for line in ax.lines if line.get_label().startswith("_"))
    assert list(zip(*hollow.get_data())) == [(place, pytest.approx(other))] and hollow.get_markerfacecolor() == "#ffffff"
    assert list(zip(*full.get_data())) == [(place, pytest.approx(taken))] and full.get_markerfacecolor() == "#b34700"
    xs, slopes = curve(ax, "f′(x)")
    at = [slope for x, slope in zip(xs, slopes) if x == place]
    assert len(at) == 3 and math.isnan(at[1]) and sorted(at[::2]) == pytest.approx(sorted([taken, other]))


def test_the_step_jumps_itself():
    (ax,) = plots.activations("step").axes
    hollow, full = (line for line in ax.lines if line.get_label().startswith("_"))
    assert (list(hollow.get_ydata()), list(full.get_ydata())) == ([1], [0])
    assert hollow.get_markeredgecolor() == full.get_markeredgecolor() == "#0072b2"


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "elu", "softplus"])
def test_what_is_smooth_has_no_marks(name):
    (ax,) = plots.activations(name).axes
    assert labels(ax) == [line.get_label() for line in ax.lines] == ["f(x)", "f′(x)"]


def test_the_lectures_activations():
    figure = plots.activations(points=9)
    assert [ax.get_title(loc="left") for ax in figure.axes] == [
        "Step",
        "Sigmoid",
        "Tanh",
        "ReLU",
        "leaky ReLU, negative slope=0.1",
        "ELU, alpha=1.0",
        "Softplus",
        "maxout: max(−x/2, x − 1.5)",
    ]
    assert "leaky ReLU" in figure.alt
    assert len(figure.axes[0].get_legend().get_texts()) == 2


def test_bumps_add_up():
    figure = plots.bumps(math.sin, 0, 6, 5, points=25)
    (ax,) = figure.axes
    parts = [list(map(float, line.get_ydata())) for line in ax.lines if line.get_label() in ("the bumps", "_bump")]
    xs, total = curve(ax, "their sum: the network")
    assert len(parts) == 5 and total == pytest.approx([sum(heights) for heights in zip(*parts)])
    model = nn.approximate(math.sin, 0, 6, 5)
    assert total == pytest.approx([model([x])[0].data for x in xs])
    assert curve(ax, "f(x)") == (xs, [math.sin(x) for x in xs])
    k, cell = 20 / 1.2, 1.2
    second = [math.sin(1.8) * (nn.Sigmoid()(k * (x - cell)) - nn.Sigmoid()(k * (x - 2 * cell))) for x in xs]
    assert parts[1] == pytest.approx(second)
    error = max(abs(math.sin(x) - y) for x, y in zip(xs, total))
    assert ax.get_title(loc="left") == f"5 bumps, 10 sigmoid units: error up to {error:.4g}"


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: plots.activations([]), "nothing to draw: name at least one activation"),
        (lambda: plots.activations("swoosh"), "there is no activation 'swoosh'"),
        (lambda: plots.activations("softmax"), "takes a row of numbers"),
        (lambda: plots.activations([Constant()]), "Constant is no function of one number: it gives 1.0"),
        (lambda: plots.activations(reach=0), "-reach must be below reach"),
        (lambda: plots.bumps(math.sin, 1, 0), "low must be below high"),
        (lambda: plots.bumps(math.sin, 0, 1, 0), "bumps is a whole number of 1 or more"),
    ],
)
def test_bad_functions_are_told(call, words):
    with pytest.raises(ValueError, match=words):
        call()


class Constant(nn.Module):
    def forward(self, x):
        return 1.0


# -- regions (L1, L2, L6, L12)


def regions(ax):
    """For each filled region its path, which knows what it contains."""
    return [region.get_paths()[0] for region in ax.collections if region.filled]


def test_regions_are_where_the_model_decides():
    model = solved_xor()
    figure = plots.boundary(model, XOR)
    zero, one = regions(figure.axes[0])
    rng = random.Random(0)
    for _ in range(200):
        x = [rng.uniform(-0.2, 1.2), rng.uniform(-0.2, 1.2)]
        (out,) = (v.data for v in model(x))
        if abs(out - 0.5) > 0.1:
            assert one.contains_point(x) == (out > 0.5) and zero.contains_point(x) == (out < 0.5)
    assert figure.axes[0].get_title(loc="left") == "Decision regions, XOR: 4 of 4 points right"


def test_the_rim_is_where_the_model_is_undecided():
    model = solved_xor()
    rims = [lines for lines in plots.boundary(model, XOR).axes[0].collections if not lines.filled]
    vertices = [point for lines in rims for path in lines.get_paths() for point in path.vertices.tolist()]
    assert len(vertices) > 50 and all(abs(model(point)[0].data - 0.5) < 0.03 for point in vertices)


def test_points_stand_where_the_data_are():
    ax = plots.boundary(solved_xor(), XOR, points=5).axes[0]
    assert curve(ax, "y = 0") == ([0, 1], [0, 1]) and curve(ax, "y = 1") == ([0, 1], [1, 0])
    assert {line.get_marker() for line in ax.lines} == {"o", "s"}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x1", "x2")


def test_the_legend_hides_no_point_of_the_plane():
    learning = nn.Perceptron(2, low=0).fit(*XOR)
    for figure in (plots.boundary(solved_xor(), XOR, points=5), plots.perceptron(learning, XOR)):
        figure.draw_without_rendering()
        (ax,) = figure.axes
        legend, plane = ax.get_legend().get_window_extent(), ax.get_window_extent()
        assert plane.x1 <= legend.x0 and legend.x1 <= figure.bbox.x1
    ax = Figure().subplots()
    plots.boundary(solved_xor(), XOR, points=5, ax=ax)
    ax.figure.draw_without_rendering()
    assert ax.get_legend().get_window_extent().x1 <= ax.get_window_extent().x1


def test_wrong_points_have_a_ring():
    model = nn.MLP(2, [1], init="zeros")
    model.load_state_dict({"0.weight": [[1.0, 0.0]], "0.bias": [-0.5]})  # x1 alone
    figure = plots.boundary(model, ([[0, 0], [0, 1], [1, 0], [1, 1]], [-1, 1, 1, 1]), points=5)
    assert curve(figure.axes[0], "wrong") == ([0], [1])
    assert "y = −1" in labels(figure.axes[0]) and "3 of 4 points right" in figure.alt


def half_plane(unit, data, **options):
    """For a model that looks at x1 only, where its region begins."""
    vertices = regions(plots.boundary(unit, data, points=41, **options).axes[0])[1].vertices
    return min(x for x, _ in vertices.tolist())


ROWS = [[-3.0, -3.0], [-3.0, 3.0], [3.0, -3.0], [3.0, 3.0]]


@pytest.mark.parametrize(
    "model, options, begins",
    [
        (nn.Sequential(nn.Linear(2, 1, init="zeros")), {}, 0.0),
        (nn.Sequential(nn.Linear(2, 1, init="zeros"), nn.Sigmoid()), {}, 0.0),
        (nn.Sequential(nn.Linear(2, 1, init="zeros"), nn.Sigmoid()), {"threshold": 0.75}, math.log(3)),
        (nn.Sequential(nn.Linear(2, 1, init="zeros"), nn.Tanh()), {}, 0.0),
        (nn.Sequential(nn.Linear(2, 1, init="zeros")), {"threshold": 0.5}, 0.5),
    ],
)
def test_the_threshold_fits_the_output(model, options, begins):
    model.load_state_dict({"0.weight": [[1.0, 0.0]], "0.bias": [0.0]})
    assert half_plane(model, (ROWS, [0, 0, 1, 1]), **options) == pytest.approx(begins, abs=0.02)


@pytest.mark.parametrize(
    "model",
    [nn.ThresholdUnit(2), nn.ThresholdUnit(2, low=0), nn.Neuron(2, "step", init="zeros"), lambda x: [a for a, _ in x]],
)
def test_models_that_give_bare_numbers(model):
    if isinstance(model, nn.Module):
        model.load_state_dict({"weight": [1.0, 0.0], "bias": 0.0})
    assert half_plane(model, (ROWS, [0, 0, 1, 1])) == pytest.approx(0.0, abs=0.12)


@pytest.mark.parametrize("low", [-1, 0])
def test_the_rim_of_a_threshold_unit_is_straight(low):
    unit = nn.ThresholdUnit(2, low=low)
    unit.weights = -3, 2, 2
    ax = plots.boundary(unit, nn.datasets.and_gate(labels=(low, 1)), points=7).axes[0]
    rims = [path.vertices.tolist() for lines in ax.collections if not lines.filled for path in lines.get_paths()]
    assert rims and all(x + y == pytest.approx(1.5) for rim in rims for x, y in rim)
    assert [region.contains_point((1, 1)) for region in regions(ax)] == [False, True]


def test_a_point_on_the_rim_of_a_threshold_unit_is_said_to_be_1():
    unit = nn.ThresholdUnit(2)
    unit.weights = -1, 1, 0
    assert curve(plots.boundary(unit, ([[1, 0], [1, 1], [0, 0]], [-1, 1, -1]), points=3).axes[0], "wrong") == ([1], [0])


def test_a_threshold_unit_without_a_line_has_one_region():
    for weights, says in (((0, 0, 0), 1), ((-1, 0, 0), 0)):
        unit = nn.ThresholdUnit(2)
        unit.weights = weights
        ax = plots.boundary(unit, nn.datasets.and_gate(labels=(-1, 1)), points=3).axes[0]
        (region,) = regions(ax)
        (tint,) = (found.get_facecolor()[0] for found in ax.collections)
        assert region.contains_point((0.5, 0.5)) and (tint[0] > tint[2]) == says  # 1 is red, the other blue
    unit.weights = -1, 1, 0
    assert not regions(plots.boundary(unit, nn.datasets.and_gate(labels=(-1, 1)), threshold=2, points=3).axes[0])[1:]


@pytest.mark.parametrize("targets", [[0, 1, 2], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]])
def test_several_classes_take_the_largest(targets):
    model = nn.MLP(2, [3], init="zeros")
    model.load_state_dict({"0.weight": [[1, 0], [-1, 1], [-1, -1]], "0.bias": [0, 0, 0]})
    data = nn.datasets.Dataset([[2, 0], [-2, 2], [-2, -2]], targets, features=("across", "up"))
    ax = plots.boundary(model, data, points=31).axes[0]
    found = regions(ax)
    assert [[region.contains_point(x) for region in found] for x in data.inputs] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("across", "up") and len(labels(ax)) == 3
    assert len({region.get_facecolor().tobytes() for region in ax.collections if region.filled}) == 3


def test_classes_are_called_by_their_names():
    data = nn.datasets.Dataset([[0, 0], [1, 1]], [0, 1], classes=("cat", "dog"))
    assert labels(plots.boundary(lambda x: [a - 0.5 for a, _ in x], data, points=3).axes[0]) == ["cat", "dog"]


def test_one_class_everywhere_has_no_rim():
    ax = plots.boundary(lambda x: [1.0] * len(x), ([[0, 0]], [[1]]), points=3).axes[0]
    assert len(ax.collections) == 1 and "y = 1" in labels(ax)


def test_boundaries_leave_no_gradients():
    model = nn.MLP(2, [2, 1], seed=0)
    plots.boundary(model, XOR, points=3)
    assert all(p.grad is None for p in model.parameters())


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: plots.boundary(solved_xor(), ([[1, 2, 3]], [0])), "the data must have rows of 2 numbers, not of 3"),
        (lambda: plots.boundary(solved_xor(), ([], [])), "the inputs are empty"),
        (lambda: plots.boundary(solved_xor(), ([[0, math.inf]], [0])), "is inf: data are finite numbers"),
        (lambda: plots.boundary(nn.Linear(3, 1), XOR), r"Linear\(3, 1\) takes rows of 3 numbers, got 2"),
        (
            lambda: plots.boundary(solved_xor(), ([[0, 0]], [2])),
            "row 0 is 2: for 2 classes targets are 0 and 1, or -1 and 1",
        ),
        (lambda: plots.boundary(nn.Linear(2, 3), ([[0, 0]], [-1])), "row 0 is -1: for 3 classes targets are 0 to 2"),
        (lambda: plots.boundary(lambda x: [math.nan] * len(x), XOR), r"the model gives \[nan\], which is not finite"),
        (lambda: plots.boundary(solved_xor(), XOR, threshold=math.nan), "threshold must be a finite number"),
        (lambda: plots.boundary(solved_xor(), XOR, points=1), "points is a whole number of 2 or more"),
        (lambda: plots.perceptron(nn.Perceptron(3).fit([[1, 2, 3]], [1]), XOR), "two inputs; this one has 3"),
        (lambda: plots.perceptron(learned(AND), AND, lines=0), "lines is a whole number of 1 or more"),
        (lambda: plots.perceptron(learned(AND), ([[1]], [1])), "the data must have rows of 2 numbers, not of 1"),
    ],
)
def test_bad_data_are_told(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def learned(data, **options):
    return nn.Perceptron(2, low=0, **options).fit(*data)


def segments(ax):
    """The lines on the way and the last one, by their numbers' order."""
    return [line for line in ax.lines if line.get_label().startswith(("_before", "line after"))]


def test_the_lines_are_those_of_the_corrections():
    learning = learned(AND, init="normal", seed=1)
    figure = plots.perceptron(learning, AND, lines=100)
    ax = figure.axes[0]
    numbers = [int(text.get_text()) for text in ax.texts]
    assert numbers == sorted(numbers) and numbers[-1] == len(learning.corrections) and len(numbers) > 3
    weights = [learning.start, *(c.weights for c in learning.corrections)]
    for k, line in zip(numbers, segments(ax), strict=True):
        bias, first, second = weights[k]
        for x, y in zip(*line.get_data()):
            assert bias + first * x + second * y == pytest.approx(0, abs=1e-9)
            assert min(abs(x + 0.25), abs(x - 1.25), abs(y + 0.25), abs(y - 1.25)) < 1e-9
            assert -0.2500001 < x < 1.2500001 and -0.2500001 < y < 1.2500001
    widths = [line.get_linewidth() for line in segments(ax)]
    assert max(widths[:-1]) < widths[-1] and segments(ax)[-1].get_label() == f"line after {numbers[-1]}"
    assert all(earlier.get_color() > later.get_color() for earlier, later in pairwise(segments(ax)))  # darker and darker


def test_lines_that_miss_the_picture_are_not_drawn():
    learning = learned(AND)  # begins with weights of 0, which have no line
    ax = plots.perceptron(learning, AND, lines=100).axes[0]
    assert 0 not in [int(text.get_text()) for text in ax.texts]


@pytest.mark.parametrize("weights", [(5, 1, 0), (5, 0, 1), (-5, 1, 1), (5, 1, 1)])
def test_a_line_beside_the_data_is_not_drawn(weights):
    unit = nn.Perceptron(2, low=0)
    unit.weights = weights
    learning = unit.fit([[0, 0], [1, 1]], [int(weights[0] > 0)] * 2)
    assert not segments(plots.perceptron(learning, ([[0, 0], [1, 1]], [1, 0])).axes[0])


def test_the_tinted_side_is_where_it_says_one():
    unit, data = nn.Perceptron(2, low=0), (AND.inputs, [0, 0, 1, 1])
    unit.weights = -1, 4, -2
    (region,) = regions(plots.perceptron(unit.fit(*data), data).axes[0])
    rng = random.Random(1)
    for _ in range(100):
        x = [rng.uniform(-0.2, 1.2), rng.uniform(-0.2, 1.2)]
        assert region.contains_point(x) == bool(unit(x).data)


def test_many_corrections_are_thinned_evenly():
    learning = learned(XOR)
    ax = plots.perceptron(learning, XOR, lines=1).axes[0]
    assert [text.get_text() for text in ax.texts] == [str(len(learning.corrections))]
    assert _thinned(list(range(101)), 5) == [0, 25, 50, 75, 100]
    assert _thinned([7], 5) == [7]


def test_what_does_not_converge_shows_its_best_line():
    learning = learned(XOR, init="normal", seed=3)
    figure = plots.perceptron(learning, XOR)
    assert learning.best != learning.corrections[-1].weights
    xs, ys = curve(figure.axes[0], f"best line: {learning.best_errors} wrong")
    bias, first, second = learning.best
    assert [bias + first * x + second * y for x, y in zip(xs, ys)] == pytest.approx([0, 0])
    assert "did not converge" in figure.alt and learning.reason in figure.alt


def test_a_perceptron_that_knew_it_all():
    unit = nn.Perceptron(2, low=0)
    unit.weights = -3, 2, 2
    figure = plots.perceptron(unit.fit(*AND), AND)
    assert labels(figure.axes[0])[0] == "line after 0"
    assert figure.alt.startswith("Perceptron on AND: converged after 0 corrections. The line is 2·x₁ + 2·x₂ − 3 = 0; ")


def test_one_that_never_says_anything_else_has_no_line():
    learning = nn.Perceptron(2).fit([[0, 0], [1, 1]], [1, 1])
    ax = plots.perceptron(learning, ([[0, 0], [1, 1]], [1, 1])).axes[0]
    assert not segments(ax) and not ax.collections


# -- decisions (L23)


def confused(model, data, **options):
    """The numbers in the cells of the table, by (row, column), and the figure."""
    figure = plots.confusion(model, data, **options)
    cells = {(text.get_position()[1], text.get_position()[0]): int(text.get_text()) for text in figure.axes[0].texts}
    return cells, figure


def ticks(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def test_confusion_counts_which_was_taken_for_which():
    said = [0, 1, 1, 2, 0, 2]
    model = lambda x: [[float(k == said[int(row[0])]) for k in range(3)] for row in x]
    data = nn.datasets.Dataset([[k] for k in range(6)], [0, 0, 0, 2, 2, 2], name="six", classes=("ant", "bee", "cat"))
    cells, figure = confused(model, data)
    assert cells == {(0, 0): 1, (0, 1): 2, (2, 0): 1, (2, 2): 2}
    ax = figure.axes[0]
    assert ticks(ax.xaxis) == ticks(ax.yaxis) == ["ant", "bee", "cat"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("taken for", "is") and ax.get_ylim() == (2.5, -0.5)
    assert ax.get_title(loc="left") == "Confusion, six: 3 of 6 rows right"
    assert figure.alt.endswith("3 of 6 rows right. Most often ant was taken for bee: 2 times.")


def test_cells_are_the_darker_the_larger_their_share_of_the_row():
    said = [0, 1, 1, 1]
    figure = plots.confusion(
        lambda x: [[1 - said[int(k)], said[int(k)]] for (k,) in x], ([[0], [1], [2], [3]], [0, 0, 0, 1])
    )
    reds = [patch.get_facecolor()[0] for patch in figure.axes[0].patches]
    assert len(reds) == 4 and reds[2] == 1.0  # no 1 was taken for a 0: paper
    assert reds[3] < reds[0] < 1.0  # all of a row is darker than a third of one
    assert figure.axes[0].patches[1].get_facecolor()[2] < 1.0


def test_a_model_of_one_output_is_asked_on_which_side_it_is():
    rows, targets = [[-2], [0.5], [2], [3]], [-1, -1, 1, 1]
    cells, figure = confused(lambda x: [row[0] for row in x], (rows, targets))
    assert cells == {(0, 0): 1, (0, 1): 1, (1, 1): 2} and ticks(figure.axes[0].xaxis) == ["−1", "1"]
    assert figure.alt.endswith("Most often −1 was taken for 1: 1 time.")
    cells, figure = confused(lambda x: [row[0] for row in x], (rows, [[y] for y in targets]), threshold=1)
    assert cells == {(0, 0): 2, (1, 1): 2} and ticks(figure.axes[0].xaxis) == ["−1", "1"]
    assert figure.alt.endswith("4 of 4 rows right.")
    _, figure = confused(lambda x: [[1, 0]] * len(x), ([[0], [1]], [[1, 0], [1, 0]]))
    assert ticks(figure.axes[0].xaxis) == ["0", "1"]


def test_confusion_leaves_no_gradients_and_draws_on_given_axes():
    model, ax = solved_xor(), Figure().subplots()
    assert plots.confusion(model, XOR, ax=ax) is ax.figure
    assert all(p.grad is None for p in model.parameters())


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: plots.confusion(nn.Linear(2, 3), ([[0, 0]], [3])), "the target of row 0 is 3: for 3 classes"),
        (lambda: plots.confusion(solved_xor(), XOR, threshold=math.inf), "threshold must be a finite number"),
    ],
)
def test_what_has_no_classes_is_told(call, words):
    with pytest.raises(ValueError, match=words):
        call()


# -- images (L23)


def test_rows_are_shown_as_images():
    rows = [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0]]
    figure = plots.images(rows, (2, 3), titles=[7, "b"])
    shown = [ax.images[0] for ax in figure.axes]
    assert [image.get_array().tolist() for image in shown] == [[[0, 1, 2], [3, 4, 5]], [[5, 4, 3], [2, 1, 0]]]
    assert {image.get_clim() for image in shown} == {(0, 5)}
    assert shown[0].get_cmap()(0.0)[0] == 1.0 and max(shown[0].get_cmap()(1.0)[:3]) < 0.2  # paper, and ink
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["7", "b"]
    assert figure.alt == "2 images of 2 x 3: 7, b. Light is 0, dark is 5."
    assert all(spine.get_visible() for ax in figure.axes for spine in ax.spines.values())


def test_signed_images_have_0_in_the_middle_and_a_scale():
    for figure in (plots.images([[Value(-2.0), 1]], (1, 2), label="slope"), plots.images([[2, 1]], (1, 2), signed=True)):
        image = figure.axes[0].images[0]
        assert image.get_clim() == (-2, 2) and image.get_cmap() == SIGNED and len(figure.axes) == 2
        assert figure.alt == "1 image of 1 x 2. Dark is negative, light positive."
    assert plots.images([[-2.0, 1]], (1, 2), signed=False).axes[0].images[0].get_clim() == (0, 2)
    assert plots.images([[2, 1]], (1, 2), label="ink").axes[1].get_ylabel() == "ink"


def test_images_are_drawn_on_given_axes():
    axes = Figure().subplots(1, 2)
    assert plots.images([[0, 1], [1, 0]], (1, 2), ax=axes) is axes[0].figure


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: plots.images([]), "there are no rows to show"),
        (lambda: plots.images([[0] * 64, [1, 2]]), "images of 8 x 8 have 64 numbers, and row 1 has 2: give shape="),
        (lambda: plots.images([[0, math.inf]], (1, 2)), "row 0 has a number that is inf or nan"),
        (lambda: plots.images([[0, 1]], (1, 2), titles="ab"), "there are 1 images and 2 titles"),
        (lambda: plots.images([[0, 1]], (2, 0)), "a side of shape is a whole number of 1 or more"),
    ],
)
def test_bad_images_are_told(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_images_are_the_weights():
    layer = nn.Linear(6, 3, seed=0)
    figure = plots.weights(layer, shape=(2, 3))
    images = [ax.images[0] for ax in figure.axes[:3]]
    for image, unit in zip(images, layer.state_dict()["weight"]):
        assert image.get_array().tolist() == [unit[:3], unit[3:]]
    most = max(abs(w) for unit in layer.state_dict()["weight"] for w in unit)
    assert {image.get_clim() for image in images} == {(-most, most)}
    assert [ax.get_title(loc="left") for ax in figure.axes[:3]] == ["unit 1", "unit 2", "unit 3"]
    assert figure.axes[3].get_ylabel() == "weight"


def test_the_first_layer_of_a_model_is_shown_in_part():
    figure = plots.weights(nn.MLP(64, [20, 10], seed=0), units=5)
    assert len(figure.axes) == 6 and figure.alt.startswith("The weights of 5 of 20 units as images of 8 x 8")


def test_weights_of_zero_are_in_the_middle():
    image = plots.weights(nn.Linear(4, 1, init="zeros"), shape=(2, 2)).axes[0].images[0]
    assert image.get_clim() == (-1, 1)


def test_the_scale_goes_from_dark_to_light():
    greys = [0.299 * r + 0.587 * g + 0.114 * b for r, g, b, _ in SIGNED([k / 20 for k in range(21)])]
    assert all(earlier < later for earlier, later in pairwise(greys))


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: plots.weights(nn.Linear(6, 1)), r"8 x 8 have 64 numbers, and Linear\(6, 1\) takes 6: give their shape="),
        (lambda: plots.weights(nn.Tanh()), "there is no Linear layer in Tanh"),
        (lambda: plots.weights(nn.Linear(6, 1), shape=(0, 6)), "a side of shape is a whole number of 1 or more"),
        (lambda: plots.weights(nn.Linear(6, 1), shape=(2, 3), units=0), "units is a whole number of 1 or more"),
        (lambda: plots.weights(broken(), shape=(1, 2)), "a weight is inf or nan"),
    ],
)
def test_bad_layers_are_told(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def broken():
    layer = nn.Linear(2, 1)
    layer.load_state_dict({"weight": [[math.nan, 1.0]], "bias": [0.0]})
    return layer


# -- progress (L19, L22)


def recorded():
    return nn.History(
        loss=[4.0, 2.0, 1.0],
        accuracy=[0.5, None, 1.0],
        gradient_norm=[8.0, 4.0, 2.0],
        lr=[0.1, 0.1, 0.05],
        validation_loss=[5.0, 3.0, 2.0],
        validation_accuracy=[0.25, 0.5, 0.75],
        watched={"w": [0.0, 1.0, 2.0], "row": [[1, 2], [3, 4], [5, 6]], "nothing": []},
    )


def test_a_history_shows_what_was_recorded():
    figure = plots.history(recorded())
    parts = {ax.get_title(loc="left"): ax for ax in figure.axes}
    assert list(parts) == ["Loss", "Accuracy", "Length of the gradient", "Learning rate", "Watched parameters"]
    assert curve(parts["Loss"], "training") == ([1, 2, 3], [4, 2, 1])
    assert curve(parts["Loss"], "validation") == ([1, 2, 3], [5, 3, 2])
    assert curve(parts["Accuracy"], "validation") == ([1, 2, 3], [0.25, 0.5, 0.75])
    shares = curve(parts["Accuracy"], "training")[1]
    assert shares[::2] == [0.5, 1.0] and math.isnan(shares[1])
    assert curve(parts["Length of the gradient"], "gradient")[1] == [8, 4, 2]
    assert curve(parts["Learning rate"], "lr")[1] == [0.1, 0.1, 0.05]
    watched = parts["Watched parameters"]
    assert labels(watched) == ["w", "row[0]", "row[1]"] and curve(watched, "row[1]")[1] == [2, 4, 6]
    assert figure.alt == "3 epochs of training. The loss goes from 4 to 1."
    assert parts["Loss"].get_legend() and not parts["Learning rate"].get_legend()
    assert parts["Length of the gradient"].lines[0].get_color() == "#b34700"


def test_a_small_history_has_two_parts():
    history = nn.History(loss=[1.0], accuracy=[None], gradient_norm=[2.0], lr=[0.1])
    figure = history.plot()
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["Loss", "Length of the gradient"]
    assert figure.alt.startswith("1 epoch of training")


def test_a_logarithmic_scale():
    scales = {ax.get_title(loc="left"): ax.get_yscale() for ax in plots.history(recorded(), log=True).axes}
    assert scales.pop("Loss") == scales.pop("Length of the gradient") == "log" and set(scales.values()) == {"linear"}


def test_a_long_history_has_few_markers():
    history = nn.History(loss=[1.0] * 500, accuracy=[0.5] * 500, gradient_norm=[1.0] * 500, lr=[0.1] * 500)
    figure = plots.history(history)
    assert figure.axes[0].lines[0].get_markevery() == (0, 42)


def test_an_empty_history_is_told():
    with pytest.raises(ValueError, match="this history has no epochs"):
        plots.history(nn.History())


def test_nothing_changes_matplotlibs_settings():
    before = dict(matplotlib.rcParams)
    _ = plots.bumps(math.sin, 0, 1, 2, points=5).svg
    assert dict(matplotlib.rcParams) == before
