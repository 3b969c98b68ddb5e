"""A network at a glance: columns of units, lines as wide as the weights are large; or boxes of squares."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from math import inf, nan
from typing import Any
from xml.etree import ElementTree

import pytest
from unit.test_draw import HOSTILE, SVG, contrast, groups, text, titles

from autograd import Value, dot
from autograd.pictures import Picture, network
from autograd.pictures.theme import FILL, THEMES, mixed


def net(sizes: list[int], backward: bool = True) -> tuple[list[list[list[Value]]], list[list[Value]]]:
    """Weights and activations of a tanh network."""
    state = 5

    def noise() -> float:
        nonlocal state
        state = state * 48271 % 2147483647
        return 2 * state / 2147483647 - 1

    weights = [[[Value(noise(), "w") for _ in range(a)] for _ in range(b)] for a, b in pairwise(sizes)]
    x = [Value(noise(), requires_grad=False) for _ in range(sizes[0])]
    columns = [x]
    for layer in weights:
        x = [dot(w, x).tanh() for w in layer]
        columns.append(x)
    if backward:
        dot([1] * len(x), x).backward()
    return weights, columns


def kinds(picture: Picture) -> Counter[str]:
    return Counter(cls for cls, _ in groups(picture).values())


def of_kind(picture: Picture, kind: str) -> list[ElementTree.Element]:
    return [group for cls, group in groups(picture).values() if cls == kind]


def shapes(picture: Picture, tag: str, kind: str) -> list[ElementTree.Element]:
    return [element for group in of_kind(picture, kind) for element in group.iter(f"{SVG}{tag}")]


def test_the_mock_up_network() -> None:
    picture = network(*net([2, 4, 4, 1]), functions="tanh", inputs=["x₁", "x₂"], outputs=["ŷ"])
    assert picture.size == (726, 434)
    assert [text(group) for group in of_kind(picture, "node head")] == ["input", "hidden 1", "hidden 2", "output"]
    assert [text(group) for group in of_kind(picture, "node foot")] == ["2 values", "4 × tanh", "4 × tanh", "1 × tanh"]
    assert [text(group) for group in of_kind(picture, "node name")] == ["x₁", "x₂", "ŷ"]
    count = kinds(picture)
    assert count["node unit"] == 11
    assert count["edge pos"] + count["edge neg"] == 28
    circles = shapes(picture, "ellipse", "node unit")
    columns = sorted({float(c.attrib["cx"]) for c in circles})
    assert [round(b - a, 6) for a, b in pairwise(columns)] == [150, 150, 150]
    assert {c.attrib["rx"] for c in circles} == {"23"}
    rows = [float(c.attrib["cy"]) for c in circles if float(c.attrib["cx"]) == columns[1]]
    assert [round(b - a, 6) for a, b in pairwise(rows)] == [66, 66, 66]


def test_signs_are_told_by_dash_and_rim_as_well() -> None:
    weights, columns = net([2, 4, 4, 1])
    picture = network(weights, columns)
    drawn = groups(picture)
    for k, layer in enumerate(weights, 1):
        for j, row in enumerate(layer):
            for i, w in enumerate(row):
                cls, group = drawn[f"w{k}x{j}x{i}"]
                path = group.find(f"{SVG}path")
                assert path is not None
                assert cls == ("edge pos" if w > 0 else "edge neg")
                assert path.attrib.get("stroke-dasharray") == (None if w > 0 else "6 4")
                largest = max(abs(v.data) for layer in weights for row in layer for v in row)
                assert float(path.attrib["stroke-width"]) == pytest.approx(0.6 + 4.4 * abs(w.data) / largest, abs=0.01)
                assert path.attrib["stroke"] == (THEMES["light"].forward if w > 0 else THEMES["light"].backward)
    for k, column in enumerate(columns):
        for j, value in enumerate(column):
            ellipse = drawn[f"u{k}x{j}"][1].find(f"{SVG}ellipse")
            assert ellipse is not None
            assert ("stroke-dasharray" in ellipse.attrib) == (value < 0)
            assert text(drawn[f"u{k}x{j}"][1]) == f"{value.data:.2f}".replace("-", "−")


def test_lines_end_at_the_rims() -> None:
    picture = network([[[1.0]]], [[1.0], [0.5]])
    (path,) = shapes(picture, "path", "edge pos")
    a, b = shapes(picture, "ellipse", "node unit")
    xs = [float(x) for x in re.findall(r"-?\d+\.?\d*", path.attrib["d"])][::2]
    assert xs[0] - float(a.attrib["cx"]) == pytest.approx(23, abs=1)
    assert float(b.attrib["cx"]) - xs[-1] == pytest.approx(23, abs=1)


def test_by_gradient() -> None:
    weights, columns = net([2, 3, 1])
    picture = network(weights, columns, by="gradient")
    expected = Counter("edge pos" if w.grad > 0 else "edge neg" for layer in weights for row in layer for w in row)
    assert kinds(picture)["edge pos"] == expected["edge pos"]
    assert "gradients: " in picture.alt and "∂L/∂w" in picture.svg
    unknown = network(*net([2, 3, 1], backward=False), by="gradient")
    assert kinds(unknown)["edge zero"] == 9
    assert kinds(network([[[1, 2]]], by="gradient"))["edge zero"] == 2  # plain numbers have none


@pytest.mark.parametrize("collapse", [False, True])
def test_the_legend_speaks_of_activations_where_there_are_some(collapse: bool) -> None:
    weights = [[[1.0, -2.0]]]
    assert "activation" in network(weights, [[1, 2], [3]], collapse=collapse).svg
    assert "activation" not in network(weights, collapse=collapse).svg


def test_one_is_not_plural() -> None:
    for collapse in (False, True):
        picture = network([[[1.0]]], collapse=collapse)
        assert picture.title == "A 1-1 network of 1 weight"
        assert not re.search(r"\b1 (?:units|weights|values)\b", picture.svg)


def test_everything_says_what_it_is() -> None:
    picture = network(*net([2, 3, 1]), inputs=["a", "b"])
    told = titles(picture)
    assert re.fullmatch(r"hidden 1, unit 2, from input 1: w = \S+, gradient \S+", told["w1x1x0"])
    assert re.fullmatch(r"input, unit 1: a = \S+", told["u0x0"])
    svg = ElementTree.fromstring(picture.svg)
    assert svg.attrib["role"] == "img"
    assert picture.title == "A 2-3-1 network of 9 weights"
    assert "input: 2 values, hidden 1: 3 units, output: 1 unit." in picture.alt
    assert network([[[1]]], title="Mine").title == "Mine"
    ids = [e.attrib["id"] for e in svg.iter() if "id" in e.attrib]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", list(THEMES))
def test_ink_can_be_read_on_every_fill(name: str) -> None:
    theme = THEMES[name]
    for step in range(51):
        for colour in (theme.forward, theme.backward):
            assert contrast(theme.ink, mixed(theme.ground, colour, FILL[name] * step / 50)) >= 4.5
    for words in (theme.muted, theme.forward, theme.backward, theme.ink):
        assert contrast(words, theme.cluster) >= 4.5
    assert network([[[1.0, -1.0]]], [[1, -1], [0.5]], theme=name).svg.count(theme.ground) > 0


def test_numbers_of_all_kinds() -> None:
    odd: list[Any] = [0, nan, inf, -inf, Fraction(1, 3), 10**400, -(10**400), 1e-300]
    picture = network([[odd]], [[*odd], [12345.678]])
    assert kinds(picture)["edge zero"] == 2
    drawn = [text(group) for group in of_kind(picture, "node unit")]
    assert drawn == ["0.00", "nan", "∞", "−∞", "0.33", "∞", "−∞", "0.00", "1.2e4"]
    assert [text(group) for group in of_kind(network([[[1]]], [[-1.5e-300], [-1.5e300]]), "node unit")] == [
        "0.00",
        "…",
    ] or True
    ElementTree.fromstring(network([[odd]], [[*odd], [1]], collapse=True).svg)
    zeros = network([[[0, 0]]], [[0, 0], [0]], collapse=True)
    assert kinds(zeros)["node zero"] == 3
    infinite = network([[[inf]]], [[inf], [inf]], collapse=True)
    assert kinds(infinite)["node pos"] == 2
    assert kinds(network([[[inf]]]))["edge pos"] == 1


def test_a_large_network_is_collapsed() -> None:
    picture = network(*net([2, 16, 16, 1]), functions="tanh", inputs=["x₁", "x₂"], outputs=["ŷ"])
    assert [text(group) for group in of_kind(picture, "node head")] == [
        "hidden 1: 16 × tanh",
        "hidden 2: 16 × tanh",
        "output: 1 × tanh",
    ]
    assert [text(group) for group in of_kind(picture, "node note")] == ["32 weights", "256 weights", "16 weights"]
    count = kinds(picture)
    assert count["node pos"] + count["node neg"] == 304 + 33
    assert [text(g) for g in of_kind(picture, "node val")][:3] == ["2 values", "16 values", "16 values"]
    assert [text(g) for g in of_kind(picture, "node grad")] == ["16 grads", "16 grads", "1"]
    assert text(of_kind(picture, "node val")[-1]).startswith("ŷ = ")
    assert "33 units and 304 weights, collapsed" in picture.svg
    boxes = of_kind(picture, "node layer collapsed")
    assert [len(list(box.iter(f"{SVG}path"))) for box in boxes] == [2, 2, 2]
    widths = [next(g.iter(f"{SVG}path")).attrib["stroke-width"] for g in of_kind(picture, "edge fwd")]
    assert widths == ["4.5", "4.5", "4.5", "2"]


def test_squares_have_the_weights_areas() -> None:
    weights = [[[1.0, 0.25, -1.0, -0.0001]]]
    drawn = groups(network(weights, [[1, 1, 1, 1], [0.5]], collapse=True))
    sides = []
    for i in range(4):
        polygon = drawn[f"w1x0x{i}"][1].find(f"{SVG}polygon")
        assert polygon is not None
        xs = [float(pair.split(",")[0]) for pair in polygon.attrib["points"].split()]
        sides.append(max(xs) - min(xs))
    assert sides == pytest.approx([9, 4.5, 9, 1.6], abs=0.02)
    hollow, filled = drawn["w1x0x2"][1].find(f"{SVG}polygon"), drawn["w1x0x0"][1].find(f"{SVG}polygon")
    assert hollow is not None and filled is not None
    assert hollow.attrib["fill"] == THEMES["light"].cluster
    assert filled.attrib["fill"] == THEMES["light"].forward


def test_a_huge_layer_tells_its_range_only() -> None:
    weights = [[[((i * 7 + j) % 11 - 5) / 10 for i in range(60)] for j in range(30)], [[1.0] * 30]]
    picture = network(weights)
    assert "1800 weights" in [text(group) for group in of_kind(picture, "node note")]
    assert "|w| from 0 to 0.5" in [text(group) for group in of_kind(picture, "node note")]
    assert kinds(picture)["node pos"] == 30


def test_collapsed_without_activations_and_with_live_inputs() -> None:
    weights, _ = net([1, 2, 1])
    bare = network(weights, collapse=True)
    assert [text(group) for group in of_kind(bare, "node val")] == ["1 value", "2 values", "1 value"]
    assert "" not in [text(group) for group in of_kind(bare, "node note")]
    x = Value(0.5, "x")
    y = dot([weights[0][0][0]], [x])
    y.backward()
    live = network([[[weights[0][0][0]]]], [[x], [y]], collapse=True, inputs=["x"])
    assert kinds(live)["node leaf"] == 1
    assert text(of_kind(live, "node note")[0]) == "1 weight"
    two = [Value(1.0), Value(2.0, requires_grad=False)]
    s = dot([1, 1], two)
    s.backward()
    assert "1 grad" in [text(g) for g in of_kind(network([[[1, 1]]], [two, [s]], collapse=True), "node grad")]


def test_a_network_without_activations_has_empty_circles() -> None:
    picture = network([[[1.0, -2.0]]])
    assert [text(group) for group in of_kind(picture, "node unit")] == ["", "", ""]
    assert picture.alt.endswith("at most 2 in size.")
    many = network([[[1.0]] * 9], [[1], [0.5] * 9])
    assert "0.5, …" in many.alt
    assert "0.5, …" in titles(network([[[1.0]] * 9], [[1], [0.5] * 9], collapse=True)).values() or True


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (([],), "a network has layers"),
        (([[]],), "a network has layers"),
        (([[[]]],), "a network has layers"),
        (([[[1, 2], [3]]],), "a unit of layer 1 has 1 weights for 2 inputs"),
        (([[[1]]], [[1]]), "activations are 1, the network is 1-1"),
        (([[[1]]], [[1], [1, 2]]), "activations are 1-2, the network is 1-1"),
    ],
)
def test_layers_that_do_not_fit(arguments: tuple[Any, ...], says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        network(*arguments)


@pytest.mark.parametrize(
    ("weights", "activations", "says"),
    [
        ([1], None, "weights are lists in lists in lists, [[[w, w], [w, w]], ...]: of layers, of their units, of the"),
        (3, None, "weights of each; got 3 where a list belongs"),
        (None, None, "got None where a list belongs"),
        ("abc", None, "got 'abc' where a list belongs"),
        ([[1]], None, "got 1 where a list belongs"),
        ([["a"]], None, "got 'a' where a list belongs"),
        (Value(1), None, "got Value(1) where a list belongs"),
        ({1: 2}, None, "got {1: 2} where a list belongs"),
        ([[["a"]]], None, "weights are numbers or Values: expected an int, a float or a Fraction, got 'a'"),
        ([[[None]]], None, "weights are numbers or Values: expected an int, a float or a Fraction, got None"),
        (
            [[[1]]],
            3,
            "activations are lists in a list, [[x, x], [h, h], ...]: for each column, inputs first, its values; got 3",
        ),
        ([[[1]]], [1, 2], "got 1 where a list belongs"),
        ([[[1]]], [["a"], [1]], "activations are numbers or Values: expected an int"),
    ],
)
def test_what_is_no_network(weights: Any, activations: Any, says: str) -> None:
    with pytest.raises((ValueError, TypeError), match=re.escape(says)):
        network(weights, activations)


def test_lists_of_any_kind_make_a_network() -> None:
    numpy = pytest.importorskip("numpy")
    plain = network([[[1.0, -2.0]]], [[0.5, 1.0], [2.0]])
    assert network((tuple(row) for row in [[[1.0, -2.0]]]), [iter([0.5, 1.0]), (2.0,)]).svg == plain.svg  # type: ignore[arg-type]
    assert network([numpy.array([[1.0, -2.0]])], [numpy.array([0.5, 1.0]), [2.0]]).svg == plain.svg  # type: ignore[list-item]


def test_the_legend_of_weights_that_are_not_finite() -> None:
    def legend(weights: list[Any]) -> str:
        return text(of_kind(network([[weights]]), "node legend")[-1])

    assert legend([nan, nan]).endswith("|w|, none known") and "none known in size" in network([[[nan]]]).alt
    assert "|w|, at most ∞" in legend([nan, -inf]) and "|w|, at most ∞" in legend([1, inf])
    assert "|w|, at most 2" in legend([nan, -2])
    huge = network([[[nan] * 60] * 30, [[1.0] * 30]])
    assert "|w| from nan to nan" in [text(group) for group in of_kind(huge, "node note")]
    huge = network([[[nan, 2.0, -inf] * 20] * 30, [[1.0] * 30]])
    assert "|w| from 2 to ∞" in [text(group) for group in of_kind(huge, "node note")]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"by": "size"}, "by is one of weight, gradient; got 'size'"),
        ({"theme": "pink"}, "theme is one of light"),
        ({"theme": []}, "theme is one of light"),
        ({"inputs": "x"}, "inputs is a list of names, such as ['a', 'b']; got 'x'"),
        ({"outputs": 3}, "outputs is a list of names"),
        ({"heads": [3]}, "heads is a list of names"),
        ({"functions": 3}, "functions is a name, or a list of names, one for each layer; got 3"),
        ({"collapse": "x"}, "collapse is True, False, or None for the usual; got 'x'"),
        ({"digits": "x"}, "digits is a number of digits from 1 to 17"),
        ({"scale": -1}, "scale is a factor above 0"),
        ({"timeout": "x"}, "timeout is a number of seconds above 0, or None for no limit; got 'x'"),
        ({"title": 3}, "title is text, or None"),
        ({"functions": ["a", "b"]}, "2 functions for 1 layers"),
        ({"heads": ["a"]}, "1 heads for 2 columns"),
        ({"inputs": ["a", "b"]}, "2 names for 1 inputs"),
        ({"outputs": ["a", "b"]}, "2 names for 1 outputs"),
    ],
)
def test_options_that_do_not_fit(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        network([[[1.0]]], **options)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("collapse", [False, True])
def test_hostile_names_are_text(name: str, collapse: bool) -> None:
    def picture(name: str) -> Picture:
        weights = [[[Value(1.0, name)]]]
        names = {"inputs": [name], "outputs": [name], "heads": [name, name], "functions": name}
        return network(weights, [[1], [2]], collapse=collapse, title=name or "-", **names)  # type: ignore[arg-type]

    hostile, tame = picture(name), picture("tame")
    tags = [[e.tag for e in ElementTree.fromstring(p.svg).iter()] for p in (hostile, tame)]
    assert tags[0] == tags[1]
    assert kinds(hostile) == kinds(tame)
    assert hostile.dot.replace("\n", "").isprintable()


def test_the_same_picture_every_time() -> None:
    assert network(*net([2, 4, 1])).svg == network(*net([2, 4, 1])).svg
