"""Big graphs in few boxes: by scopes, by structure, by depth; opened by name; nothing lost on the way."""

from __future__ import annotations

import builtins
import re
from contextlib import nullcontext
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from unit.test_draw import HOSTILE, SVG, groups, kinds, loss, text, texts, titles

import autograd
from autograd import Value, draw, scope
from autograd.graph import nodes
from autograd.pictures import Picture
from autograd.pictures.text import width


def mlp(sizes: list[int], samples: int, scoped: bool = True, neurons: bool = False, targets: bool = True) -> Value:
    """micrograd's demo: plain sums of products, many samples through one net; all scopes or none."""

    def named(name: str, wanted: bool = True):  # type: ignore[no-untyped-def]
        return scope(name) if scoped and wanted else nullcontext()

    state = 1

    def noise() -> float:
        nonlocal state
        state = state * 48271 % 2147483647
        return state / 2147483647 - 0.5

    net = [[([Value(noise()) for _ in range(a)], Value(0.0)) for _ in range(b)] for a, b in pairwise(sizes)]
    losses = []
    for _ in range(samples):
        x = [Value(noise(), requires_grad=False) for _ in range(sizes[0])]
        for k, layer in enumerate(net, 1):
            out = []
            for j, (w, b) in enumerate(layer, 1):
                with named(f"layer{k}"), named(f"neuron{j}", neurons):
                    out.append(builtins.sum((wi * xi for wi, xi in zip(w, x, strict=True)), b).tanh())
            x = out
        with named("loss"):
            losses.append((x[0] - Value(1.0, requires_grad=False)) ** 2)
    with named("loss"):
        total: Value = builtins.sum(losses) * (1 / samples)
    total.name = "loss"
    total.backward()
    return total


def counted(picture: Picture) -> int:
    """How many nodes a picture accounts for."""
    inside = sum(int(note.split()[0]) for note in texts(picture, "note") if " nodes" in note)
    count = kinds(picture)
    return inside + sum(count[kind] for kind in ("leaf", "const", "op", "plot", "weight"))


def frames(picture: Picture) -> list[str]:
    assert kinds(picture)["caption"] == sum(cls == "cluster" for cls, _ in groups(picture).values())
    return texts(picture, "caption")


# ---------------------------------------------------------------- scopes


def test_scopes_become_boxes() -> None:
    total = mlp([2, 4, 4, 1], 3)
    picture = draw(total)
    notes = iter(texts(picture, "note"))
    assert dict(zip(texts(picture, "head"), zip(notes, notes, strict=True), strict=True)) == {
        "12 inputs of layer1": ("12 nodes", "12 values out"),
        "20 inputs of layer2": ("20 nodes", "20 values out"),
        "6 constants of layer1": ("6 nodes", "6 values out"),
        "layer1": ("60 nodes", "18 values in, 12 out"),
        "layer2": ("108 nodes", "32 values in, 12 out"),
        "layer3": ("27 nodes", "17 values in, 3 out"),
        "loss": ("15 nodes, 5 of them leaves", "3 values in, 1 out"),
    }
    assert kinds(picture)["leaf"] == 5  # the third layer's weights and bias
    bundles = [t for t in texts(picture, "val") if " values" in t]
    assert sorted(bundles) == ["12 values"] * 3 + ["20 values", "3 values", "6 values"]
    assert sorted(t for t in texts(picture, "grad") if " grads" in t) == ["12 grads"] * 3 + ["20 grads", "3 grads"]
    assert counted(picture) == len(nodes(total)) == 253
    assert "layer1, collapsed: 60 nodes; 18 values in, 12 out" in picture.alt
    assert "(253 nodes)" in picture.title
    assert "loss, collapsed: 15 nodes, 5 of them leaves; 3 values in, 1 out" in titles(picture).values()


def layers(inside: bool, count: int = 4, **options: object) -> Picture:
    """Two layers, the first one of ``count`` units; its weights are made in its scope, or belong to nothing."""
    x = Value(2.0, "x", requires_grad=False)
    out = []
    for n in range(count):
        w, b = Value(n + 1.0, f"w{n}"), Value(0.5, f"b{n}")
        if inside:
            w.scope = b.scope = "layer1"
        with scope("layer1"):
            out.append(autograd.dot([w], [x], b).tanh())
    with scope("layer2"):
        z = autograd.sum(out).tanh()
    z.backward()
    return draw(z, **options)  # type: ignore[arg-type]


def test_inputs_that_were_made_outside_stay_outside() -> None:
    closed = layers(False, depth=0)
    assert texts(closed, "leaf") == ["w0", "b0", "w1", "b1", "w2", "b2", "w3", "b3"]
    assert texts(closed, "const") == ["x"]
    assert "9 values in, 4 out" in texts(closed, "note")
    assert counted(closed) == 9 + 8 + 2
    many = layers(False, 7, depth=0)
    assert texts(many, "leaf") == [] and texts(many, "const") == ["x"]
    assert texts(many, "head") == ["14 inputs of layer1", "layer1", "layer2"]
    assert texts(many, "note") == [
        "14 nodes",
        "14 values out",
        "14 nodes",
        "15 values in, 7 out",
        "2 nodes",
        "7 values in, 1 out",
    ]
    opened = layers(False, 7, open=["14 inputs of layer1"])
    assert len(texts(opened, "leaf")) == 14 and frames(opened) == ["14 inputs of layer1"]


def test_very_many_inputs_of_different_places_are_gathered_too() -> None:
    xs = [Value(n, f"x{n}") for n in range(20)]
    parts = []
    for n, x in enumerate(xs):
        with scope(f"part{n}"):
            parts.append((x * 2).tanh())
    with scope("whole"):
        z = autograd.sum(parts) * 1
    picture = draw(z, depth=0)
    assert texts(picture, "leaf") == [] and "20 inputs" in texts(picture, "head")
    assert counted(picture) == len(nodes(z))


def frame(picture: Picture, name: str) -> tuple[float, float, float, float]:
    """The corners of the frame with this name."""
    clusters = [group for cls, group in groups(picture).values() if cls == "cluster"]
    drawn = clusters[frames(picture).index(name)].find(f"{SVG}path")
    assert drawn is not None
    numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", drawn.attrib["d"])]
    return min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2])


def within(picture: Picture, id: str, name: str) -> bool:
    """Whether a box is drawn inside a frame; it must not stand half way."""
    x0, y0, x1, y1 = places(picture)[id]
    left, top, right, bottom = frame(picture, name)
    inside = left < x0 and x1 < right and top < y0 and y1 < bottom
    assert inside or x1 < left or x0 > right or y1 < top or y0 > bottom
    return inside


@pytest.mark.parametrize("plots", [True, False])
def test_inputs_of_a_scope_are_in_its_box_and_in_its_frame(plots: bool) -> None:
    closed = layers(True, 2, depth=0)
    assert texts(closed, "leaf") == [] and "8 nodes, 4 of them leaves" in texts(closed, "note")
    assert "1 value in, 2 out" in texts(closed, "note")
    for inside in (True, False):
        opened = layers(inside, 2, open=["layer1"], plots=plots)
        drawn = groups(opened)
        found = {
            text(group).split(" ")[0]: id for id, (cls, group) in drawn.items() if re.match("node (leaf|const|weight)", cls)
        }
        assert set(found) == {"w0", "b0", "w1", "b1", "x"}
        assert kinds(opened)["weight"] == (2 if plots else 0)
        for name, id in found.items():
            assert within(opened, id, "layer1") == (inside and name != "x"), name


def test_a_weight_from_outside_is_no_pill_on_a_wire_inside() -> None:
    w = Value(3.0, "w")
    with scope("box"):
        x = Value(2.0, "x", requires_grad=False)
        z = autograd.dot([w], [x]).tanh()
    picture = draw(z, depth=1)
    assert texts(picture, "leaf") == ["w"] and kinds(picture)["weight"] == 0
    assert not within(picture, "n1", "box") and within(picture, "n2", "box")


def test_structures_take_no_leaves_into_another_scope() -> None:
    w = [Value(float(n)) for n in range(30)]
    x = Value(1.0, "x")
    with scope("layer1"):
        hidden = [(x * wi).tanh() for wi in w]
    z = autograd.sum(hidden)
    picture = draw(z, max_nodes=20, depth=1)
    assert "31 inputs of ×" in texts(picture, "head")
    assert counted(picture) == len(nodes(z))


def rivers() -> Value:
    """Frames that wires cross everywhere."""
    vs, state = [Value(1.0, f"x{n}") for n in range(3)], 5
    for _ in range(30):
        state = state * 48271 % 2147483647
        with scope(["left", "middle layer", "right", "left.inner part"][state % 4]):
            a, b = vs[-1 - state // 7 % min(8, len(vs))], vs[state // 100 % len(vs)]
            vs.append(a * b if state // 11 % 2 else a + b)
    z: Value = autograd.sum(vs[-6:])
    return z


def test_no_wire_crosses_the_name_of_a_frame() -> None:
    for picture in (draw(rivers(), depth=2), draw(mlp([2, 4, 1], 1, neurons=True), depth=2), layers(True, depth=1)):
        captions = []
        for cls, group in groups(picture).values():
            if cls == "node caption":
                (words,) = group.findall(f"{SVG}text")
                half = width(text(group), 14) / 2
                x, y = float(words.attrib["x"]), float(words.attrib["y"])
                captions.append((x - half, y - 12, x + half, y + 3))
        assert captions
        for cls, group in groups(picture).values():
            if cls.startswith(("edge fwd", "edge bwd")):
                path = group.find(f"{SVG}path")
                assert path is not None
                for point in along(path.attrib["d"]):
                    assert not any(a < point.real < c and b < point.imag < d for a, b, c, d in captions), text(group)


def along(d: str) -> list[complex]:
    """Points on a path, close to each other."""
    numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", d)]
    points = list(map(complex, numbers[::2], numbers[1::2]))
    found = []
    for i in range(0, len(points) - 1, 3):
        p, q, r, s = points[i : i + 4]
        for n in range(101):
            t = n / 100
            found.append((1 - t) ** 3 * p + 3 * (1 - t) ** 2 * t * q + 3 * (1 - t) * t * t * r + t**3 * s)
    return found


def test_a_collapsed_box_has_a_double_rim_and_bundles_are_wide() -> None:
    drawn = groups(draw(mlp([2, 4, 4, 1], 3)))
    box = next(group for cls, group in drawn.values() if cls == "node group")
    assert len(list(box.iter(f"{SVG}path"))) == 2
    widths = {
        cls: {path.attrib["stroke-width"] for path in group.iter(f"{SVG}path")}
        for cls, group in drawn.values()
        if cls.startswith("edge")
    }
    assert widths == {"edge fwd many": {"4.5"}, "edge bwd many": {"3.5"}, "edge fwd": {"2"}, "edge bwd": {"2"}}


def test_open_and_depth() -> None:
    total = mlp([2, 4, 4, 1], 3, neurons=True)
    one = draw(total, open=["layer3"])
    assert frames(one) == ["layer3"]
    assert "layer3.neuron1" in texts(one, "head")
    inner = draw(total, open="layer3.neuron1")
    assert frames(inner) == ["layer3", "layer3.neuron1"]
    assert kinds(inner)["op"] == 27
    deep = draw(total, depth=1)
    assert sorted(frames(deep)) == ["layer1", "layer2", "layer3", "loss"]
    assert texts(deep, "head").count("layer2.neuron3") == 1
    assert texts(draw(total, depth=0), "head") == texts(draw(total), "head")
    for picture in (one, inner, deep):
        assert counted(picture) == 253
    assert {len(set(titles(p))) for p in (one, inner, deep)} == {len(titles(p)) for p in (one, inner, deep)}


def test_small_graphs_are_open_with_frames() -> None:
    x, w = Value(2.0, "x", requires_grad=False), Value(3.0, "w")
    with scope("net"):
        with scope("inner"):
            y = x * w
        z = y + 1
    z.backward()
    picture = draw(z)
    assert frames(picture) == ["net", "net.inner"]
    assert kinds(picture)["group"] == 0
    assert counted(picture) == len(nodes(z)) == 5
    closed = draw(z, depth=0)
    assert texts(closed, "head") == ["net"] and counted(closed) == 5


def test_a_scope_of_one_node_is_that_node() -> None:
    x = Value(2.0, "x", requires_grad=False)
    with scope("lonely"):
        y = x.tanh()
    assert kinds(draw(y.exp(), depth=0))["group"] == 0


def test_what_leaves_a_box_alone_is_a_wire_like_any_other() -> None:
    x = Value(2.0, "x")
    with scope("box"):
        y = x * 3
        y.name = "y"
        u = y.tanh() * 2
    z = (y + x) * u
    z.backward()
    picture = draw(z, "all", depth=0)
    assert texts(picture, "head") == ["box"]
    assert "y = 6" in texts(picture, "val")
    assert any(t.startswith("part of ∂v") or t.startswith("part of ∂") for t in titles(picture).values())
    assert counted(picture) == len(nodes(z))
    forward = draw(x * 1, collapse=True)
    assert counted(forward) == 3


def test_several_uses_in_one_box_are_one_wire() -> None:
    x = Value(3, "x")
    with scope("box"):
        y = x * x + x
    z = y * 2 + x
    z.backward()
    picture = draw(z, depth=0)
    assert texts(picture, "grad")[0] in ("14 + 1 = 15", "1 + 14 = 15")
    assert (kinds(picture)["join"], kinds(picture)["group"]) == (1, 1)
    assert "part of ∂L/∂x: 14" in titles(picture).values()
    z.zero_grad()
    assert "–" in texts(draw(z, depth=0), "grad")


def test_shares_from_a_box_before_the_backward_pass_and_of_all_sizes() -> None:
    big = Value(10**400, "big")
    with scope("box"):
        y = big * 1 + big
        other = y * 1
    with scope("next"):
        t = (y * 2 + y) * 1
    z = t + other
    assert "–" in texts(draw(z, depth=0), "grad")
    z.backward()
    ElementTree.fromstring(draw(z, "all", depth=0).svg)
    y.grad, t.grad = 0.5, 1
    for p in t.parents[0].parents:
        p.grad = 0.5
    big.grad = 0.5
    ElementTree.fromstring(draw(z, "all", depth=0).svg)
    for node in nodes(z):
        if node.op is not None:
            node.grad = 0.5
    ElementTree.fromstring(draw(z, "all", depth=0).svg)


def test_constants_leave_a_box_without_gradient() -> None:
    with scope("data"):
        xs = [Value(float(n), requires_grad=False) for n in range(3)]
        one = Value(1.0, requires_grad=False)
    z = autograd.sum(xs) + one * Value(2.0, "w")
    z.backward()
    picture = draw(z, depth=0)
    assert "3 values" in texts(picture, "val")
    assert kinds(picture)["bwd many"] == 0
    assert counted(picture) == len(nodes(z))


def test_alike_leaves_beside_boxes_are_one_box() -> None:
    total = mlp([2, 4, 1], 4)
    assert "8 constants of layer1" in texts(draw(total), "head")
    few = mlp([2, 4, 1], 2)
    assert kinds(draw(few))["const"] == 4
    assert texts(draw(mlp([1, 2, 1], 6)), "head") == ["6 constants of layer1", "loss", "layer1", "layer2"]


def test_gradients_that_were_not_computed() -> None:
    total = mlp([2, 4, 1], 3)
    total.zero_grad()
    picture = draw(total)
    assert set(texts(picture, "grad")) == {"–"}
    assert any(cls == "edge bwd many pending" for cls, _ in groups(picture).values())


# ---------------------------------------------------------------- structure


def test_what_is_alike_becomes_a_box() -> None:
    total = mlp([2, 16, 16, 1], 10, scoped=False)
    picture = draw(total)
    assert texts(picture, "head") == ["× + tanh", "× + tanh (2)", "× + tanh (3)", "− ( )²", "+ ×"]
    assert counted(picture) == len(nodes(total))
    again = draw(mlp([2, 16, 16, 1], 10, scoped=False))
    assert again.svg == picture.svg


def test_a_structure_opens_by_its_name() -> None:
    total = mlp([2, 4, 1], 20, scoped=False)
    closed = draw(total)
    assert "− ( )²" in texts(closed, "head") or "( )²" in texts(closed, "head")
    name = texts(closed, "head")[-2]
    opened = draw(total, open=[name])
    assert frames(opened) == [name]
    assert counted(opened) == counted(closed) == len(nodes(total))
    assert kinds(opened)["op"] > kinds(closed)["op"]


def test_a_long_chain_is_one_box() -> None:
    v = Value(1, name="x")
    for _ in range(50_000):
        v = -v
    picture = draw(v)
    assert texts(picture, "head") == ["−"] and texts(picture, "leaf") == ["x"]
    assert texts(picture, "note") == ["50000 nodes", "1 value in, 1 out"]


def test_few_structures_keep_their_operations() -> None:
    xs = [Value(float(n), f"x{n}") for n in range(60)]
    z = autograd.sum([(x * x).tanh() for x in xs])
    z.backward()
    picture = draw(z, collapse=True)
    assert texts(picture, "head") == ["60 inputs of ×", "×", "tanh"]
    assert counted(picture) == len(nodes(z))
    assert kinds(draw(z))["op"] == 121  # up to max_nodes all is drawn, unless asked


def test_a_graph_without_structure_is_cut_into_parts() -> None:
    functions = [autograd.tanh, autograd.sin, autograd.cos, autograd.exp, autograd.sigmoid]
    v, state = Value(0.1, "x"), 7
    for _ in range(700):
        state = state * 48271 % 2147483647
        v = functions[state % 5](v)
    v.backward()
    picture = draw(v)
    assert texts(picture, "head") == [f"part {n}" for n in range(1, 13)]
    assert counted(picture) == 701
    assert all(x.startswith(("0", "1", "2", "−", "–")) or "e" in x for x in texts(picture, "val"))
    assert frames(draw(v, open=["part 3"])) == ["part 3"]


def test_an_operation_of_many_kinds_is_named_by_its_last() -> None:
    xs = [Value(float(n) + 1) for n in range(300)]
    outs = [((x + 1 - 2) / 3 * 4).tanh().exp().sin().cos().sqrt().abs().relu().sigmoid().log() for x in xs]
    z = autograd.sum(outs)
    assert "… tanh" in texts(draw(z), "head")


def test_structure_and_scopes_together() -> None:
    total = mlp([2, 8, 1], 120, neurons=True)
    total = builtins.sum([total * n for n in range(300)])
    picture = draw(total)
    assert {"layer1", "layer2", "loss"} <= set(texts(picture, "head"))
    assert any(head.startswith(("×", "+")) for head in texts(picture, "head"))
    assert counted(picture) == len(nodes(total))


# ---------------------------------------------------------------- refusals


def test_what_cannot_be_opened() -> None:
    total = mlp([2, 4, 1], 3)
    with pytest.raises(ValueError, match=r"nothing named 'layer9' to open.*'layer1', 'layer2', 'loss'"):
        draw(total, open=["layer9"])
    with pytest.raises(ValueError, match="none: it has no scopes"):
        draw(loss(), open=["x"])
    with pytest.raises(ValueError, match="leave out collapse=False"):
        draw(total, open=["layer1"], collapse=False)
    with pytest.raises(ValueError, match="depth is how many levels"):
        draw(total, depth=-1)


def test_too_many_boxes_even_when_collapsed() -> None:
    z = Value(0.0, "x")
    for n in range(30):
        with scope(f"s{n}"):
            z = (z + 1).tanh()
    with pytest.raises(ValueError, match=r"91 nodes \(\d+ boxes, collapsed\).*open less.*max_nodes=\d+"):
        draw(z, max_nodes=20)
    total = mlp([2, 16, 1], 30, scoped=False)
    with pytest.raises(ValueError, match=r"nodes \(\d+ boxes, collapsed\)"):
        draw(total, open=["× + tanh"] if "× + tanh" in texts(draw(total), "head") else [texts(draw(total), "head")[0]])
    with pytest.raises(ValueError, match="collapse it with collapse=None"):
        draw(total, collapse=False)


# ---------------------------------------------------------------- hostile names


@pytest.mark.parametrize("name", [name for name in HOSTILE if name])
def test_hostile_scope_names_are_text(name: str) -> None:
    def picture(name: str, **options: object) -> Picture:
        x = Value(2.0, "x")
        with scope(name):
            y = x * x + 1
        with scope("other"):
            z = (y * 3).tanh()
        z.backward()
        return draw(z, **options)  # type: ignore[arg-type]

    for options in ({"depth": 0}, {"depth": 20}, {"open": [name]}):
        hostile, tame = (
            picture(name, **options),
            picture("tame", **{**options, **({"open": ["tame"]} if "open" in options else {})}),
        )
        tags = [[e.tag for e in ElementTree.fromstring(p.svg).iter()] for p in (hostile, tame)]
        if "." not in name:
            assert tags[0] == tags[1]
            assert kinds(hostile) == kinds(tame)
        assert counted(hostile) == counted(tame) == 7
        assert not re.search("<script|javascript:|on[a-z]+=", re.sub(r"<(title|desc|text)\b[^>]*>[^<]*<", "<", hostile.svg))
        assert hostile.dot.replace("\n", "").isprintable()


def test_deep_scopes_and_empty_parts_of_names() -> None:
    x = Value(2.0, "x")
    with scope("." * 1000):
        y = x * x + 1
    picture = draw(y, depth=0)
    assert counted(picture) == 4
    assert counted(draw(y, depth=50)) == 4


def test_a_collapsed_neuron_and_an_open_one() -> None:
    x, w = Value(2.0, "x", requires_grad=False), Value(0.5, "w")
    with scope("first"):
        h = autograd.dot([w], [x]).tanh()
    with scope("second"):
        y = autograd.dot([Value(2.0, "u")], [h]).tanh()
    y.backward()
    picture = draw(y, open=["second"])
    assert texts(picture, "head") == ["first"] and kinds(picture)["plot"] == 1
    assert kinds(picture)["weight"] == 0 and texts(picture, "op") == ["Σ"]  # its input comes from a closed box
    assert counted(picture) == len(nodes(y))


def test_a_whole_number_too_big_for_its_neighbour() -> None:
    x = Value(2, "x")
    with scope("box"):
        y = (x * 10**400) * 1 + x * 0.5 * 1
    z = y + x
    for node in nodes(z):
        node.grad = 1
    assert "nan" in draw(z, "all", depth=0).svg


# ---------------------------------------------------------------- the look of it


def places(picture: Picture) -> dict[str, tuple[float, float, float, float]]:
    """The corners of every box and every text."""
    found = {}
    for id, (cls, group) in groups(picture).items():
        kind = cls.split()[1] if " " in cls else ""
        points: list[tuple[float, float]] = []
        for shape in group:
            if shape.tag == f"{SVG}ellipse":
                x, y, r = (float(shape.attrib[k]) for k in ("cx", "cy", "rx"))
                points += [(x - r, y - r), (x + r, y + r)]
            elif shape.tag in (f"{SVG}polygon", f"{SVG}path"):
                numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", shape.attrib.get("points") or shape.attrib["d"])]
                points += list(zip(numbers[::2], numbers[1::2], strict=True))
        if points and kind in ("group", "leaf", "const", "op", "plot", "weight", "out"):
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            found[id] = (min(xs), min(ys), max(xs), max(ys))
    return found


def overlaps(picture: Picture) -> list[tuple[str, str]]:
    """Pairs of boxes that cover each other."""
    boxes = list(places(picture).items())
    return [
        (a, b)
        for i, (a, (x0, y0, x1, y1)) in enumerate(boxes)
        for b, (x2, y2, x3, y3) in boxes[i + 1 :]
        if min(x1, x3) - max(x0, x2) > 0.1 and min(y1, y3) - max(y0, y2) > 0.1
    ]


def test_no_boxes_overlap() -> None:
    for picture in (
        draw(mlp([2, 4, 4, 1], 3)),
        draw(mlp([2, 4, 4, 1], 3, neurons=True), depth=1),
        draw(mlp([2, 8, 1], 10, scoped=False), collapse=True),
    ):
        assert overlaps(picture) == []
        assert len(places(picture)) >= 5
