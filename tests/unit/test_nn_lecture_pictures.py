"""The lecture's pictures, each drawn from the public API in three lines or fewer (rows L1 to L23)."""

import math

import pytest
from matplotlib.figure import Figure

import nn


def is_drawn(figure):
    """It has parts with something in them, says what it shows, and can be written."""
    parts = [ax for ax in figure.axes if ax.get_title(loc="left")]
    assert isinstance(figure, Figure) and parts and figure.alt
    assert all(ax.lines or ax.images for ax in parts)
    assert "<svg" in figure.svg


@pytest.mark.parametrize("data", [nn.datasets.and_gate(), nn.datasets.or_gate(), nn.datasets.xor_gate()], ids=repr)
def test_l1_the_line_moves_as_a_perceptron_learns(data):
    learning = nn.Perceptron(2, low=0).fit(*data)
    is_drawn(nn.plots.perceptron(learning, data))


def test_l3_the_cost_over_one_weight():
    X, y = nn.datasets.line(slope=1)
    figure = nn.plots.cost_curve(lambda w: sum((b - w * a) ** 2 for (a,), (b,) in zip(X, y)) / 2, -1, 3)

    is_drawn(figure)
    cost = dict(zip(*figure.axes[0].lines[0].get_data()))
    assert (cost[0.0], cost[1.0], cost[2.0]) == (7.0, 0.0, 7.0)


def test_l4_gradient_descent_on_its_surface():
    cost = lambda w, b: sum((y - w * x - b) ** 2 for x, y in ((1, 2), (2, 4), (3, 6))) / 2
    path = nn.plots.descend(cost, (-0.5, 2.5), lambda p: nn.SGD(p, lr=0.05), steps=60)
    is_drawn(nn.plots.cost_surface(cost, (-1, 4), (-3, 3), path))


def test_l4_gradient_descent_on_its_curve():
    cost = lambda w: 7 * (w - 1) ** 2
    path = nn.plots.descend(cost, [-0.5], lambda p: nn.SGD(p, lr=0.02), steps=12)
    is_drawn(nn.plots.cost_curve(cost, -1, 3, path))


@pytest.mark.parametrize("data", [nn.datasets.and_gate((-1, 1)), nn.datasets.or_gate((-1, 1))], ids=repr)
def test_l6_what_a_line_separates(data):
    unit = nn.Perceptron(2)
    unit.fit(*data)
    figure = nn.plots.boundary(unit, data)

    is_drawn(figure)
    assert "4 of 4 points right" in figure.alt


def test_l6_what_no_line_separates():
    unit, data = nn.Perceptron(2, low=0), nn.datasets.xor_gate()
    unit.fit(*data)
    figure = nn.plots.boundary(unit, data)

    is_drawn(figure)
    assert "4 of 4" not in figure.alt


def test_l9_every_activation_with_its_derivative():
    figure = nn.plots.activations()

    is_drawn(figure)
    assert len(figure.axes) == 8


@pytest.mark.parametrize("count", [4, 16])
def test_l10_bumps_add_up_to_a_function(count):
    is_drawn(nn.plots.bumps(lambda x: math.sin(x) + 0.3 * x, 0, 7, count))


def test_l12_what_a_network_separates():
    model, data = nn.MLP(2, [4, 1], activation="tanh", seed=0), nn.datasets.xor_gate()
    nn.fit(model, data.columns(), loss=nn.BCEWithLogitsLoss(), optimizer=nn.Adam(model.parameters(), lr=0.1), epochs=60)
    figure = nn.plots.boundary(model, data)

    is_drawn(figure)
    assert "4 of 4 points right" in figure.alt


def test_l19_a_training_draws_itself():
    model, data = nn.Linear(1, 1, seed=0), nn.datasets.line()
    history = nn.fit(model, data, loss=nn.MSELoss(), optimizer=nn.SGD(model.parameters(), lr=0.05), epochs=5)
    is_drawn(history.plot())


def test_l20_batches_of_different_sizes():
    data, mse, watch = nn.datasets.line(), nn.MSELoss(), ("weight[0][0]", "bias[0]")
    cost = lambda w, b: sum((b + w * x - y) ** 2 for (x,), (y,) in zip(*data)) / 3

    def way(size):
        model = nn.Linear(1, 1, seed=0)
        sgd = nn.SGD(model.parameters(), lr=0.03)
        return zip(*nn.fit(model, data, loss=mse, optimizer=sgd, epochs=30, batch_size=size, watch=watch).watched.values())

    is_drawn(nn.plots.cost_surface(cost, path={"all": way(None), "two at a time": way(2), "one at a time": way(1)}))


def test_l20_l21_optimizers_side_by_side():
    valley = lambda x, y: x**2 / 20 + y**2
    ways = {"SGD": lambda p: nn.SGD(p, lr=0.9), "momentum": lambda p: nn.SGD(p, lr=0.1, momentum=0.85), "Adam": nn.Adam}
    is_drawn(nn.plots.descents(valley, (-7, 2), ways, steps=40))


def test_l23_what_the_first_layer_looks_for():
    model = nn.MLP(64, [16, 10], seed=0)
    figure = nn.plots.weights(model)

    is_drawn(figure)
    assert len(figure.axes) == 16 + 1
