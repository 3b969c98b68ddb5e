"""A neuron as people know it: weights on the wires, and the activation as a little plot with its operating point."""

from __future__ import annotations

import re
from fractions import Fraction
from math import inf, nan, tanh
from xml.etree import ElementTree

import pytest
from unit.test_draw import HOSTILE, SVG, groups, kinds, loss, texts, titles

import autograd
from autograd import Op, Value, dot, draw, scope
from autograd.op import FUNCTIONS, OPS, find
from autograd.pictures.plot import AXIS, HALF_HEIGHT, HALF_WIDTH, plotted


def neuron(activation: str = "tanh", backward: bool = True) -> Value:
    """o = tanh(w₁x₁ + w₂x₂ + b), the lecture's neuron: n = 0.8814."""
    x1, x2 = Value(2.0, "x₁", requires_grad=False), Value(0.0, "x₂", requires_grad=False)
    w1, w2, b = Value(-3.0, "w₁"), Value(1.0, "w₂"), Value(6.8813735870195432, "b")
    n = dot([w1, w2], [x1, x2], b)
    n.name = "n"
    o: Value = getattr(autograd, activation)(n)
    o.name = "o"
    if backward:
        o.backward()
    return o


def numbers(text: str) -> list[float]:
    return [float(x) for x in re.findall(r"-?\d+\.?\d*", text)]


def test_weights_stand_on_the_wires_of_their_inputs() -> None:
    picture = draw(neuron())
    assert texts(picture, "weight") == ["w₁ = −3", "w₂ = 1"]
    assert texts(picture, "const") == ["x₁", "x₂"]
    assert texts(picture, "leaf") == ["b"]
    assert texts(picture, "op") == ["Σ"]
    assert texts(picture, "wgrad") == ["∂o/∂w₁ = 1", "∂o/∂w₂ = 0"]
    assert texts(picture, "slope") == ["slope 0.5"]
    assert texts(picture, "name") == ["tanh"]
    assert texts(picture, "grad") == ["0.5", "0.5", "1"]
    count = kinds(picture)
    assert (count["fwd"], count["bwd"], count["plot"], count["curve"], count["tangent"]) == (5, 5, 1, 1, 1)
    assert (count["axis"], count["guide"], count["point"]) == (2, 2, 1)


def test_a_weights_gradient_is_24_below_its_pill_and_its_lane_ends_there() -> None:
    drawn = groups(draw(neuron()))
    pill = next(group for cls, group in drawn.values() if cls == "node weight")
    words = pill.find(f"{SVG}text")
    under = next(group for cls, group in drawn.values() if cls == "node wgrad").find(f"{SVG}text")
    assert words is not None and under is not None
    assert float(under.attrib["y"]) - float(words.attrib["y"]) == pytest.approx(24)
    assert under.attrib["x"] == words.attrib["x"]
    path = pill.find(f"{SVG}path")
    assert path is not None
    right = max(numbers(path.attrib["d"])[::2])
    (wire,) = [id for id, title in titles(draw(neuron())).items() if id[0] == "b" and title.startswith("∂o/∂w₁")]
    head = drawn[wire][1].find(f"{SVG}polygon")
    assert head is not None
    assert min(numbers(head.attrib["points"])[::2]) - right == pytest.approx(3, abs=1)  # as at any box: the rim is 2 wide


def test_a_weight_tells_all_of_its_gradient() -> None:
    told = titles(draw(neuron()))
    assert "w₁ = −3; ∂o/∂w₁ = 0.5 · 2 = 1" in told.values()
    assert "o = tanh(n) = 0.7071; slope there 0.5; ∂o/∂o = 1" in told.values()
    full = draw(neuron(), "all")
    assert "∂o/∂w₁ = 0.5 · 2 = 1" in texts(full, "wgrad")
    assert "∂n/∂w₁ = x₁ = 2" in texts(full, "local")


def test_stages_of_a_neuron() -> None:
    forward, local, pending = draw(neuron(), "forward"), draw(neuron(), "local"), draw(neuron(backward=False))
    assert kinds(forward)["tangent"] == kinds(forward)["slope"] == kinds(forward)["bwd"] == 0
    assert kinds(forward)["guide"] == 2 and kinds(forward)["curve"] == 1
    assert texts(local, "slope") == ["slope 0.5"]
    assert "∂n/∂w₂ = x₂ = 0" in texts(local, "local")
    assert kinds(draw(neuron(), "backward"))["guide"] == 0
    assert [cls for cls, _ in groups(pending).values() if "wgrad" in cls] == ["node wgrad pending"] * 2
    assert kinds(forward)["wgrad"] == kinds(local)["wgrad"] == 0
    assert forward.size == local.size == draw(neuron(), "all").size


def test_the_curve_goes_through_the_rows_values() -> None:
    drawn = groups(draw(neuron()))
    curve = next(group for cls, group in drawn.values() if cls == "edge curve").find(f"{SVG}path")
    assert curve is not None
    points = numbers(curve.attrib["d"])
    xs, ys = points[::2][::3], points[1::2][::3]
    assert len(xs) == 13
    middle = ys[6]
    for x, y in zip(xs, ys, strict=True):
        at = (x - xs[6]) * 3 / HALF_WIDTH
        assert middle - y == pytest.approx(tanh(at) / tanh(3) * HALF_HEIGHT, abs=0.05)
    ellipse = next(group for cls, group in drawn.values() if cls == "node point").find(f"{SVG}ellipse")
    assert ellipse is not None
    assert float(ellipse.attrib["cx"]) - xs[6] == pytest.approx(0.8813735870195432 * HALF_WIDTH / 3, abs=0.02)
    assert middle - float(ellipse.attrib["cy"]) == pytest.approx(0.70710678 / tanh(3) * HALF_HEIGHT, abs=0.02)


def test_corners_and_jumps_stay_sharp() -> None:
    relu = plotted(find("relu"), 1.0, 1.0, 1, "relu", "")
    (curve,) = relu.curves
    assert len(curve) == 12 * 3 + 1
    half = curve[: 6 * 3 + 1]
    assert all(abs(point.imag - AXIS) < 1e-4 for point in half)
    rising = [(point.imag - AXIS) / point.real for point in curve[7 * 3 :]]
    assert all(abs(slope - rising[0]) < 1e-4 for slope in rising)
    (step,) = plotted(find("step"), 0.5, 1, 0, "step", "").curves
    assert len(step) == 13 * 3 + 1  # and the way up
    assert {round(point.imag - AXIS) for point in step[::3]} == {0, round(HALF_HEIGHT)}


def test_a_plot_leaves_out_what_is_not_finite() -> None:
    log = plotted(find("log"), 2.0, 0.6931471805599453, 0.5, "log", "slope 0.5")
    assert all(point.real >= 0 and abs(point.imag - AXIS) <= HALF_HEIGHT + 1 for curve in log.curves for point in curve)
    assert log.slope_at.real < 0  # the curve is on the right
    for x in (inf, nan):
        nowhere = plotted(find("exp"), x, x, x, "exp", "")
        assert nowhere.point is None and nowhere.tangent is None and nowhere.guides == ()
    assert plotted(find("exp"), 10**400, inf, inf, "exp", "").point is None
    steep = plotted(find("sqrt"), 0.0, 0.0, inf, "sqrt", "")
    assert steep.tangent is None and steep.point is not None
    flat = plotted(find("relu"), -9.0, 0.0, 0, "relu", "")
    assert flat.point is not None and abs(flat.point.real + HALF_WIDTH / 1.25) < 1e-9


def test_a_tangent_stays_in_the_plot() -> None:
    for x in (-2.9, -1.0, 2.9):
        exp = plotted(find("exp"), x, 2.718281828**x, 2.718281828**x, "exp", "")
        assert exp.tangent is not None
        assert all(abs(point.imag - AXIS) <= 1.15 * HALF_HEIGHT + 1e-9 for point in exp.tangent)


def test_the_slope_stands_where_the_curve_is_not() -> None:
    assert plotted(find("tanh"), 0.0, 0.0, 1, "tanh", "slope 1").slope_at.real > 0
    assert plotted(find("neg"), 1.0, -1.0, -1, "neg", "slope −1").slope_at.real < 0


def test_an_operation_of_ones_own_is_plotted_and_may_fail() -> None:
    def fails(x: float) -> float:
        raise ArithmeticError(x)

    own = Op("own_activation", value=lambda x: x * x * x, slopes=lambda z, x: (3 * x * x,))
    bad = Op("bad_activation", value=fails, slopes=lambda z, x: (0,))
    split = Op("split_activation", value=lambda x: 1 / x, slopes=lambda z, x: (-1 / x / x,), corners=(0,))
    try:
        x = Value(0.5, "x")
        picture = draw(own(dot([Value(2.0, "w")], [x])))
        assert texts(picture, "name") == ["own_activation"]
        assert plotted(bad, 0.0, 0.0, 0, "bad", "").curves == ()
        assert len(plotted(split, 1.0, 1.0, -1, "split", "").curves) >= 1
    finally:
        for op in (own, bad, split):
            del OPS[op.name], FUNCTIONS[op.name]


def test_which_weights_are_on_the_wires() -> None:
    shared, x, y = Value(2.0, "s"), Value(3.0, "x"), Value(4.0, "y")
    a, b = dot([shared, 5], [x, y], 1), dot([shared], [y])
    z = a * b
    z.backward()
    picture = draw(z)
    assert texts(picture, "weight") == ["5"]  # a constant is its number; what is shared has a box, and its sum
    assert [cls for cls, _ in groups(picture).values() if "weight" in cls] == ["node weight const"]
    assert "s" in texts(picture, "leaf")
    assert sorted(texts(picture, "leaf")) == ["s", "x", "y"]


def test_an_input_that_gets_a_gradient_has_its_lane_beyond_the_weight() -> None:
    x, w = Value(3.0, "x"), Value(2.0, "w")
    z = dot([w], [x])
    z.backward()
    picture = draw(z)
    assert kinds(picture)["bwd"] == 2  # from the output, and through the weight to x
    assert texts(picture, "grad") == ["2", "1"]
    assert texts(picture, "wgrad") == ["∂v1/∂w = 3"]
    constants = draw(dot([Value(2.0, "w", requires_grad=False)], [Value(1.0, "x", requires_grad=False)]))
    assert kinds(constants)["bwd"] == 1


def test_repeated_inputs_keep_their_order() -> None:
    x = Value(3.0, "x")
    z = dot([Value(1.0, "u"), Value(2.0, "v")], [x, x], x)
    z.backward()
    picture = draw(z)
    assert sorted(texts(picture, "weight")) == ["u = 1", "v = 2"]
    assert kinds(picture)["fwd"] == 1 + 3 + 1


def test_which_nodes_are_plots() -> None:
    x = Value(0.5, "x")
    plain = draw(x.tanh().exp())
    assert kinds(plain)["plot"] == 0
    assert draw(x.tanh().exp(), plots=None).svg == plain.svg == draw(x.tanh().exp(), plots=False).svg
    assert kinds(draw(x.tanh().exp(), plots=True))["plot"] == 2
    off = draw(neuron(), plots=False)
    assert kinds(off)["plot"] == kinds(off)["weight"] == 0
    after = dot([Value(2.0, "w")], [x]).tanh().exp()
    assert texts(draw(after), "name") == ["tanh"]


def test_whole_numbers_and_fractions_have_plots() -> None:
    z = dot([Value(Fraction(1, 3), "w")], [Value(3, "x")]).relu()
    z.backward()
    assert texts(draw(z), "wgrad") + texts(draw(z), "slope") == ["∂v2/∂w = 3", "slope 1"]
    huge = dot([Value(10**60, "w")], [Value(1, "x")], 1).relu()
    ElementTree.fromstring(draw(huge).svg)
    power = dot([Value(Fraction(12345678901, 1000000007), "w")], [Value(1, "x")], 0) ** 2
    power.backward()
    assert texts(draw(power), "slope") == []  # wider than the plot


def test_the_perceptron_of_the_lecture() -> None:
    picture = draw(neuron("step", backward=False), "forward", reserve="both")
    assert texts(picture, "name") == ["step"]
    assert texts(picture, "val") == ["2", "0", "6.881", "n = 0.8814", "1"]
    assert "step(n) = 1" in picture.alt


def test_to_the_left() -> None:
    right, left = draw(neuron()), draw(neuron(), direction="RL")
    assert kinds(right) == kinds(left)
    assert right.size == left.size

    def lanes(picture: autograd.pictures.Picture) -> list[tuple[float, float]]:
        found = []
        drawn = groups(picture)
        for id, (cls, group) in drawn.items():
            path = group.find(f"{SVG}path")
            if cls in ("edge fwd", "edge bwd") and path is not None and id[1:] == "6":
                found.append((numbers(path.attrib["d"])[1], numbers(path.attrib["d"])[0]))
        return found

    (fwd, bwd), (dwf, dwb) = lanes(right), lanes(left)
    assert fwd[0] < bwd[0] and dwf[0] < dwb[0]  # the value above, the gradient below
    assert fwd[1] < bwd[1] and dwf[1] > dwb[1]
    with pytest.raises(ValueError, match="direction is one of"):
        draw(loss(), direction="up")


def test_a_neuron_in_a_scope_has_a_frame() -> None:
    x, w = Value(2.0, "x", requires_grad=False), Value(0.5, "w")
    with scope("neuron"):
        o = dot([w], [x]).tanh()
    o.backward()
    picture = draw(o)
    assert texts(picture, "weight") == ["w = 0.5"]
    assert texts(picture, "caption") == ["neuron"]


@pytest.mark.parametrize("name", HOSTILE[:12])
def test_hostile_names_of_weights(name: str) -> None:
    def picture(name: str) -> autograd.pictures.Picture:
        z = dot([Value(2.0, name)], [Value(1.0, "x")]).tanh()
        z.backward()
        return draw(z, "all")

    assert kinds(picture(name)) == kinds(picture("tame"))


def test_a_neuron_whose_input_is_infinite_has_no_operating_point() -> None:
    z = dot([Value(inf, "w")], [Value(1.0, "x")]).tanh()
    z.backward()
    picture = draw(z)
    assert kinds(picture)["point"] == kinds(picture)["tangent"] == 0
    assert texts(picture, "slope") == ["slope 0"]
    assert titles(picture)["n4"].startswith("v2 = tanh(v1) = 1; slope there 0") or "slope there 0" in picture.svg


@pytest.mark.parametrize("direction", ["TB", "BT"])
@pytest.mark.parametrize("show", ["both", "all"])
def test_upright(direction: str, show: str) -> None:
    picture, level = draw(neuron(), show, direction=direction), draw(neuron(), show)
    assert kinds(picture) == kinds(level)
    assert titles(picture) == titles(level)
    drawn = groups(picture)

    def middle(id: str) -> tuple[float, float]:
        words = drawn[id][1].find(f"{SVG}text")
        assert words is not None
        return float(words.attrib["x"]), float(words.attrib["y"])

    last = max(int(id[1:]) for id in drawn if re.fullmatch(r"f\d+", id))
    lanes = [numbers(next(drawn[f"{kind}{last}"][1].iter(f"{SVG}path")).attrib["d"]) for kind in "fb"]
    assert lanes[0][0] > lanes[1][0]  # the value right of the gradient, and beside the lanes
    assert middle(f"v{last}")[0] > lanes[0][0] > lanes[1][0] > middle(f"g{last}")[0]
    down = lanes[0][-1] > lanes[0][1]
    assert down == (direction == "TB")
    (weight,) = [id for id, (cls, _) in drawn.items() if "weight" in cls and "w₁" in "".join(drawn[id][1].itertext())]
    assert middle(f"h{weight[1:]}")[0] < middle(weight)[0]
    if show == "all":
        assert middle(f"q{weight[1:]}")[0] > middle(weight)[0]


def test_the_terms_of_a_fan_out_read_from_left_to_right() -> None:
    x = Value(1, "x")
    z = x * 2 + x * 3 + x * 5
    z.backward()
    picture = draw(z, direction="TB")
    trunk = next(t for t in texts(picture, "grad") if "=" in t)
    branches = []
    for id, (cls, group) in groups(picture).items():
        words = group.find(f"{SVG}text")
        if cls == "node grad" and words is not None and titles(picture)[f"b{id[1:]}"].startswith("part of"):
            branches.append((float(words.attrib["x"]), words.text or ""))
    assert trunk == " + ".join(words for _, words in sorted(branches)) + " = 10"
