"""What a picture shows: the lecture's rows L15 and L16, fan-out, constants, numbers of all kinds, and hostile names."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from math import inf, nan
from pathlib import Path
from xml.etree import ElementTree

import pytest

import autograd
from autograd import Value, dot, gelu, maximum
from autograd.pictures import Picture, draw
from autograd.pictures.theme import THEMES

SVG = "{http://www.w3.org/2000/svg}"
LIGHT = THEMES["light"]


def product(backward: bool = True) -> Value:
    """Lecture row L15: z = x·y; dL/dz = 5 is given."""
    x, y = Value(2, name="x"), Value(3, name="y")
    z = x * y
    z.name = "z"
    if backward:
        z.backward(5)
    return z


def loss(backward: bool = True) -> Value:
    """Lecture row L16: loss = (x·w − y)²."""
    x, w, y = Value(1, "x", requires_grad=False), Value(1, "w"), Value(2, "y", requires_grad=False)
    guess = x * w
    guess.name = "ŷ"
    s = guess - y
    s.name = "s"
    square = s**2
    square.name = "loss"
    if backward:
        square.backward()
    return square


def shared(passes: int = 1) -> Value:
    """b = a + a; c = b·a at a = 3: the gradient of a is 3 + 3 + 6."""
    a = Value(3, name="a")
    for _ in range(passes):
        b = a + a
        b.name = "b"
        c = b * a
        c.name = "c"
        c.backward()
    return c


def groups(picture: Picture) -> dict[str, tuple[str, ElementTree.Element]]:
    """Each element by its id (without the figure's prefix): its class and its XML."""
    root = ElementTree.fromstring(picture.svg)
    prefix = root.attrib["aria-labelledby"].split("-")[0]
    found = {}
    for group in root.iter(f"{SVG}g"):
        assert group.attrib["id"].startswith(prefix + "-")
        found[group.attrib["id"].removeprefix(prefix + "-")] = (group.attrib["class"], group)
    return found


def text(group: ElementTree.Element) -> str:
    return "".join(t.text or "" for t in group.iter(f"{SVG}text"))


def texts(picture: Picture, kind: str) -> list[str]:
    """The texts of all elements of a class, in order of their ids."""
    return [text(group) for cls, group in groups(picture).values() if cls.split()[1:2] == [kind]]


def titles(picture: Picture) -> dict[str, str]:
    found = {id: group.find(f"{SVG}title") for id, (_, group) in groups(picture).items()}
    return {id: title.text or "" for id, title in found.items() if title is not None}


def kinds(picture: Picture) -> Counter[str]:
    return Counter(cls.split()[1] for cls, _ in groups(picture).values() if " " in cls)


def coordinates(group: ElementTree.Element) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Where an element's shapes are."""
    where = ("x", "y", "cx", "cy", "rx", "ry", "d", "points")
    return [(e.tag, tuple((k, v) for k, v in e.attrib.items() if k in where)) for e in group]


# ---------------------------------------------------------------- the lecture's pictures


def test_l16_shows_values_above_and_gradients_below() -> None:
    picture = draw(loss())
    assert kinds(picture) == {
        "const": 2,
        "leaf": 1,
        "op": 3,
        "out": 1,
        "fwd": 6,
        "bwd": 4,
        "val": 6,
        "grad": 4,
    }
    assert texts(picture, "const") == ["x", "y"]
    assert texts(picture, "op") == ["×", "−", "( )²"]
    assert texts(picture, "out") == ["loss"]
    assert texts(picture, "val") == ["1", "1", "2", "ŷ = 1", "s = −1", "1"]
    assert texts(picture, "grad") == ["−2", "−2", "−2", "1"]


def test_l16_has_the_sizes_of_the_lecture_figure() -> None:
    picture = draw(loss())
    assert picture.size == (899, 255)
    drawn = groups(picture)
    words = next(g for _, g in drawn.values() if text(g) == "ŷ = 1").find(f"{SVG}text")
    assert words is not None
    assert (words.attrib["x"], words.attrib["y"], words.attrib["font-size"]) == ("277.36", "-134.56", "16.00")
    circle = drawn["n4"][1].find(f"{SVG}ellipse")
    assert circle is not None
    assert [circle.attrib[k] for k in ("cx", "cy", "rx")] == ["197.36", "-121.86", "22"]


def test_l15_in_stages() -> None:
    z = product()
    stages = {show: draw(z, show) for show in ("forward", "local", "backward", "all", "both")}
    pills = ["∂z/∂x = y = 3", "∂z/∂y = x = 2"]
    steps = ["∂L/∂x = 5 · 3 = 15", "∂L/∂y = 5 · 2 = 10", "∂L/∂z = 5"]
    shown = {show: [texts(p, kind) for kind in ("val", "local", "grad")] for show, p in stages.items()}
    assert shown == {
        "forward": [["2", "3", "z = 6"], [], []],
        "local": [["2", "3", "z = 6"], pills, ["∂L/∂z = 5"]],
        "backward": [[], pills, steps],
        "all": [["2", "3", "z = 6"], pills, steps],
        "both": [["2", "3", "z = 6"], [], ["15", "10", "∂L/∂z = 5"]],
    }
    assert {texts(p, "out")[0] for p in stages.values()} == {"… L"}
    assert "∂" not in stages["forward"].alt + "".join(t for id, t in titles(stages["forward"]).items() if id != "out")
    assert all(cls == "edge fwd idle" for cls, _ in groups(stages["backward"]).values() if " fwd" in cls)


@pytest.mark.parametrize("make", [product, loss, shared])
def test_stages_share_their_geometry(make) -> None:  # type: ignore[no-untyped-def]
    node = make()
    stages = [draw(node, show) for show in ("all", "backward", "local", "forward")]
    stages.append(draw(node, "both", reserve="all"))
    box = [re.search('viewBox="[^"]*"', p.svg) for p in stages]
    assert len({m[0] for m in box if m}) == 1
    whole = groups(stages[0])
    for stage in stages[1:]:
        for id, (_, group) in groups(stage).items():
            here, there = coordinates(group), coordinates(whole[id][1])
            if id[0] == "j":  # its + is there only where something adds up
                here, there = here[:1], there[:1]
            assert id == "graph" or here == there, id


def test_a_stage_of_the_small_picture() -> None:
    small, forward = draw(loss()), draw(loss(), "forward", reserve="both")
    assert small.size == forward.size
    assert texts(small, "val") == texts(forward, "val")
    assert texts(forward, "grad") == []
    with pytest.raises(ValueError, match="reserve='both' leaves no room"):
        draw(loss(), "all", reserve="both")


def test_before_the_backward_pass_a_dash_in_the_muted_colour() -> None:
    picture = draw(loss(backward=False))
    assert set(texts(picture, "grad")) == {"–"}
    drawn = [(cls, ElementTree.tostring(g, encoding="unicode")) for cls, g in groups(picture).values()]
    pending = [xml for cls, xml in drawn if cls in ("edge bwd pending", "node grad pending")]
    assert len(pending) == 8
    assert all(LIGHT.muted in xml and LIGHT.backward not in xml for xml in pending)
    assert "Backward: not computed." in picture.alt


def test_zero_is_0_and_not_a_dash() -> None:
    x = Value(2, name="x")
    (x * 0).backward()
    assert texts(draw(x * 0 + x), "grad")[-1] == "–"
    z = x * 0
    x.zero_grad()
    z.backward()
    assert texts(draw(z), "grad") == ["0", "1"]


# ---------------------------------------------------------------- fan-out and accumulation


def test_fan_out_shows_its_sum() -> None:
    picture = draw(shared())
    assert "3 + 3 + 6 = 12" in texts(picture, "grad")
    assert texts(picture, "join") == ["+"]
    assert picture.size == (1072, 285)
    told = titles(picture)
    assert told["b1"] == "∂L/∂a = 3 + 3 + 6 = 12"
    assert told["b2"] == "part of ∂L/∂a: 3 · 1 = 3"
    assert told["j1"] == "a is used 3 times; ∂L/∂a = 3 + 3 + 6 = 12"


def test_the_output_gets_another_name_where_its_own_would_be_unclear() -> None:
    small, full, forward = draw(shared()), draw(shared(), "all"), draw(shared(), "forward")
    assert texts(small, "out") == texts(forward, "out") == ["c"]  # no gradient is one of L there
    assert texts(full, "out") == ["L = c"] and full.size == forward.size
    assert titles(full)["out"] == "output: c, here also called L"
    assert "Backward: ∂L/∂c = 1 (L = c), ∂L/∂b = 1 · 3 = 3, ∂L/∂a = " in full.alt
    assert {"∂L/∂c = 1", "∂L/∂b = 1 · 3 = 3", "∂L/∂a = 3 + 3 + 6 = 12"} <= set(texts(full, "grad"))
    assert "∂c/∂a = b = 6" in texts(full, "local")
    assert texts(draw(shared(), symbols=True), "out") == ["L = c"]
    z = dot([shared()], [1]) + 0  # nothing unclear: c is used once
    assert texts(draw(z, "all"), "out") == ["v2"]


def test_with_weights_the_small_picture_tells_the_other_name_too() -> None:
    x = Value(2.0, "x")
    z = dot([Value(3.0, "w")], [x], x)
    z.name = "z"
    z.backward()
    assert texts(draw(z), "wgrad") == ["∂L/∂w = 2"] and texts(draw(z), "out") == ["L = z"]


def test_a_nan_output_is_not_called_given() -> None:
    x = Value(-1.0, "x")
    z = x.log()
    z.name = "z"
    z.backward()
    assert texts(draw(z, "all"), "out") == ["L = z"] and texts(draw(z, "all"), "grad")[-1] == "∂L/∂z = nan"


def test_terms_stand_in_the_order_of_their_branches() -> None:
    a, b, c = (Value(n, name) for n, name in ((1, "a"), (2, "b"), (3, "c")))
    z = a * b + a * c + a * 5
    z.backward()
    picture = draw(z)
    drawn = groups(picture)
    trunk = next(t for t in texts(picture, "grad") if "+" in t)
    branches = []
    for id, (cls, group) in drawn.items():
        where = group.find(f"{SVG}text")
        if cls == "node grad" and where is not None and titles(picture)[f"b{id[1:]}"].startswith("part of ∂"):
            branches.append((float(where.attrib["y"]), text(group)))
    assert trunk == " + ".join(t for _, t in sorted(branches)) + " = 10"


def test_repeated_operands_are_two_edges() -> None:
    x = Value(3, name="x")
    z = x * x
    z.backward()
    picture = draw(z)
    assert kinds(picture)["fwd"] == 4  # a trunk, two branches and the way out
    assert "3 + 3 = 6" in texts(picture, "grad")
    assert texts(draw(z, "all"), "local") == ["∂v1/∂x (use 1) = x = 3", "∂v1/∂x (use 2) = x = 3"]


def test_negative_terms_are_subtracted() -> None:
    x = Value(3, name="x")
    z = x * 2 - x * 5
    z.backward()
    assert "2 − 5 = −3" in texts(draw(z), "grad") or "−5 + 2 = −3" in texts(draw(z), "grad")
    assert "1 · 2 = 2" in texts(draw(z, "all"), "grad")
    assert "−1 · 5 = −5" in texts(draw(z, "all"), "grad")
    y = x * -4
    y.backward()
    assert "−3 + 1 · (−4) = −7" in texts(draw(y, "all"), "grad")


def test_a_long_sum_is_cut() -> None:
    x = Value(1, name="x")
    z = autograd.sum([x * n for n in range(1, 10)])
    z.backward()
    trunk = next(t for t in texts(draw(z), "grad") if "…" in t)
    assert re.fullmatch(r"\d \+ \d \+ \d \+ \d \+ … \+ \d = 45", trunk)


def test_a_title_cuts_the_formula_and_not_the_value() -> None:
    title = draw(autograd.sum([Value(1, f"a rather long name {n}") for n in range(30)])).title
    assert title.startswith("v1 = a rather long name 0 + a") and len(title) < 300
    assert title.endswith("… = 30: forward and backward pass")


def test_what_an_earlier_pass_left_stands_first() -> None:
    picture = draw(shared(2))
    assert "12 + 3 + 3 + 6 = 24" in texts(picture, "grad")
    assert "12 of it came earlier, or from beyond this picture" in titles(picture)["n1"]
    x = Value(2, name="x")
    z = x * 3
    z.backward()
    z.backward()
    assert texts(draw(z), "grad") == ["3 + 3 = 6", "1"]


def test_an_earlier_gradient_and_no_pass_yet() -> None:
    x = Value(2, name="x")
    (x * 3).backward()
    picture = draw(x * 4)
    assert texts(picture, "grad") == ["3 + – = 3", "–"]
    assert groups(picture)["b1"][0] == "edge bwd pending"


def test_a_gradient_that_was_forgotten() -> None:
    c = shared()
    a = c.parents[1]
    a.grad = None
    assert texts(draw(c), "grad")[:4] == ["–", "–", "–", "–"]


def test_a_part_of_a_graph_says_what_came_from_beyond() -> None:
    x = Value(2, name="x")
    u = x * x
    u.name = "u"
    z = u * 2
    (z + u * 3).backward()
    assert "3 + 2 = 5" in texts(draw(z), "grad")


def test_a_shared_constant_has_a_dot_without_plus() -> None:
    c, x, y = Value(2.5, "c", requires_grad=False), Value(1, "x"), Value(2, "y")
    z = c * x + c * y
    z.backward()
    picture = draw(z)
    assert kinds(picture)["tap"] == 1
    assert kinds(picture)["join"] == 0
    assert titles(picture)["j1"] == "c is used 2 times"


def test_the_dot_has_no_plus_in_the_forward_stage() -> None:
    assert kinds(draw(shared(), "forward"))["tap"] == 1


# ---------------------------------------------------------------- names and numbers


def test_an_unnamed_constant_is_its_number_once() -> None:
    x = Value(2, name="x")
    picture = draw(x + Fraction(22, 7))
    assert texts(picture, "const") == ["22/7"]
    assert texts(picture, "val") == ["2", "36/7"]
    assert titles(picture)["f2"] == "22/7"


def test_unnamed_nodes_get_names_only_beside_formulas() -> None:
    x = Value(3, name="x")
    y = (x * x) * 2
    y.backward()
    assert "9" in texts(draw(y), "val")
    assert "v1 = 9" in texts(draw(y, "all"), "val")
    assert texts(draw(y), "out") == ["v2"]


def test_what_follows_does_not_take_a_name_that_is_there() -> None:
    x = Value(2, name="L")
    z = x * 3
    z.backward(5)
    assert texts(draw(z), "out") == ["… J"]
    names = [Value(1, n) for n in ("L", "J", "E", "loss", "L′")]
    total = autograd.sum(names)
    total.backward(2)
    assert texts(draw(total), "out") == ["… L1"]


@pytest.mark.parametrize(
    ("value", "drawn"),
    [(nan, "nan"), (inf, "∞"), (-inf, "−∞"), (0.1 + 0.2, "0.3"), (-0.0, "0"), (10**30, "1" + "0" * 30)],
)
def test_numbers(value: float, drawn: str) -> None:
    x = Value(value, name="x")
    z = x * 1
    z.backward()
    assert texts(draw(z), "val")[0] == drawn
    ElementTree.fromstring(draw(z, "all").svg)


def test_long_numbers_show_their_first_digits() -> None:
    long = Fraction(10**35 + 1, 3 * 10**34 + 7)
    assert texts(draw(Value(long, "x") * 1), "val")[0] == "3.333"
    assert texts(draw(Value(7**120, "x") * 1), "val")[0] == "2.581e101"


def test_digits() -> None:
    x = Value(2 / 3, name="x")
    assert texts(draw(x * 1, digits=2), "val")[0] == "0.67"


def test_nan_gradients_are_not_taken_apart_wrongly() -> None:
    x = Value(2.0, name="x")
    y = x * x
    y.backward()
    x.grad = nan
    assert "nan" in texts(draw(y), "grad")
    y.grad = nan  # of a node that is not nan: it was given
    assert texts(draw(y), "out") == ["… L"]
    huge = Value(10**400, name="huge")
    z = huge * huge
    z.backward()
    huge.grad = 0.5
    assert "0.5" in texts(draw(z), "grad")


def test_a_product_too_big_for_a_float() -> None:
    x = Value(1, name="x")
    z = x * 10**400
    z.backward(1)
    z.grad = 0.5
    x.grad = nan
    assert texts(draw(z), "grad")[0] == "nan"


def test_a_single_leaf_and_a_single_constant() -> None:
    x = Value(3, name="x")
    assert kinds(draw(x)) == {"leaf": 1, "out": 1, "fwd": 1, "bwd": 1, "val": 1, "grad": 1}
    assert "Forward" not in draw(x).alt
    c = Value(3, requires_grad=False)
    assert kinds(draw(c)) == {"const": 1, "out": 1, "fwd": 1}


def test_all_parents_constant() -> None:
    z = Value(2, requires_grad=False) * 3
    z.backward()
    assert kinds(draw(z, "all")) == {"const": 2, "op": 1, "out": 1, "fwd": 3, "bwd": 1, "val": 1, "grad": 1}


def test_nodes_of_many_inputs() -> None:
    ws = [Value(n, f"w{n}") for n in range(10)]
    xs = [Value(n, f"x{n}", requires_grad=False) for n in range(10)]
    n = dot(ws, xs, Value(1, "b"))
    z = maximum(n, *ws)
    z.backward()
    picture = draw(z, "all")
    assert texts(picture, "op")[0] == "Σ"
    assert kinds(picture)["fwd"] == 21 + 11 + 10 + 1  # inputs of both, trunks of the ws, the way out
    circle = next(g for cls, g in groups(picture).values() if cls == "node op").find(f"{SVG}ellipse")
    assert circle is not None
    assert circle.attrib["rx"] == "27"


def test_a_long_formula_leaves_its_pill() -> None:
    x = Value(0.5, name="a_rather_long_name_for_an_input")
    z = gelu(x)
    z.backward()
    pill = texts(draw(z, "all"), "local")[0]
    assert re.fullmatch(r"∂v1/∂a_rather_long_name_for_an_input = 0\.8675", pill)
    assert len(next(t for t in titles(draw(z, "all")).values() if t.startswith("local gradient"))) > len(pill)


def test_a_deep_chain() -> None:
    x = v = Value(1.0, name="x")
    for _ in range(150):
        v = v * 1.01 + 1
    v.backward()
    assert x.grad is not None
    picture = draw(v, max_nodes=1000)
    assert kinds(picture)["op"] == 300
    assert "and 260 more" in picture.alt


HOSTILE = [
    'q"uo\\te',
    "\\N",
    "\\",
    '\\"',
    "<b>",
    "<>",
    '<x>]; evil [URL="javascript:alert(1)"]',
    "</text><script>alert(1)</script>",
    "]]>",
    "-->",
    "&#60;",
    "&amp;",
    "{a|b}",
    "a:b",
    "",
    " ",
    "  two  spaces ",
    "\x00\x1b\t\n\x7f\x85",
    "\ud800",
    "\ufffe",
    "\u202eabc",
    "x" * 100_000,
    "a" + "\u0301" * 50,
    "名前",
    "🙂",
    "node",
    "n1",
    "digraph",
    "%s {0} $x",
    "'",
]
VERBATIM = [n for n in HOSTILE if n.isprintable() and 0 < len(n) <= 40 and n == n.strip()]


@pytest.mark.parametrize("show", ["both", "all"])
def test_hostile_names_are_text(show: str) -> None:
    def sample(names: list[str]) -> Picture:
        v = Value(0, name="start")
        for name in names:
            v = v + Value(1, name=name)
            v.name = name
        v.backward(2)
        return draw(v, show)

    hostile, tame = sample(HOSTILE), sample([f"name{n}" for n in range(len(HOSTILE))])
    assert kinds(hostile) == kinds(tame)
    tags = Counter(e.tag for e in ElementTree.fromstring(hostile.svg).iter())
    assert tags == Counter(e.tag for e in ElementTree.fromstring(tame.svg).iter())
    assert {tag.removeprefix(SVG) for tag in tags} == {
        "svg",
        "title",
        "desc",
        "rect",
        "g",
        "path",
        "polygon",
        "ellipse",
        "text",
    }
    for element in ElementTree.fromstring(hostile.svg).iter():
        assert not any(k.startswith("on") or "href" in k or k == "style" for k in element.attrib)
    drawn = [t.replace("\xa0", " ") for t in texts(hostile, "leaf")]
    assert set(VERBATIM) <= set(drawn)
    assert '""' in drawn
    assert '" "' in drawn
    assert r"\x00\x1b\t\n\x7f\x85" in drawn
    assert r"\ud800" in drawn
    assert r"\u202eabc" in drawn
    assert "x" * 39 + "…" in drawn
    assert "a" + "\u0301" * 4 + "…" in drawn
    assert hostile.dot.isprintable() or hostile.dot.replace("\n", "").isprintable()
    assert "<!--" not in hostile.svg
    assert "<!DOCTYPE" not in hostile.svg


def test_a_hostile_title_and_glyph() -> None:
    from autograd import Op
    from autograd.op import FUNCTIONS, OPS

    evil = Op("evil_glyph", value=lambda x: x * 2, slopes=lambda z, x: (2,), glyph='"]; <script>\x00')
    try:
        picture = draw(evil(Value(1, name="x")), title="</title><script>\x1b")
    finally:
        del OPS["evil_glyph"], FUNCTIONS["evil_glyph"]
    root = ElementTree.fromstring(picture.svg)
    assert texts(picture, "op") == ['"]; <script>'[:11] + "…"]
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == r"</title><script>\x1b"


# ---------------------------------------------------------------- the figure


def test_the_figure_is_accessible() -> None:
    picture = draw(loss())
    root = ElementTree.fromstring(picture.svg)
    assert root.attrib["role"] == "img"
    title, desc = root[0], root[1]
    assert (title.tag, desc.tag) == (f"{SVG}title", f"{SVG}desc")
    assert root.attrib["aria-labelledby"] == f"{title.attrib['id']} {desc.attrib['id']}"
    assert title.text == picture.title == "loss = s² = 1: forward and backward pass"
    assert desc.text == (
        "Forward: ŷ = x·w = 1, s = ŷ − y = −1, loss = s² = 1. Backward: ∂loss/∂loss = 1, "
        "∂loss/∂s = 1 · (−2) = −2, ∂loss/∂ŷ = −2 · 1 = −2, ∂loss/∂w = −2 · 1 = −2."
    )
    assert picture.alt == f"{title.text}. {desc.text}"
    told = titles(picture)
    assert told["n1"] == "x = 1, constant: no gradient"
    assert told["n5"] == "s = ŷ − y = −1; ∂loss/∂s = 1 · (−2) = −2"
    assert told["out"] == "output: loss"
    assert titles(draw(product()))["out"] == "what follows gives ∂L/∂z"
    for id, (cls, _) in groups(picture).items():
        assert id == "graph" or told.get(id) or cls.split()[1] in ("val", "grad"), id


def test_ids_are_unique_and_of_this_figure() -> None:
    one, other = draw(loss()), draw(product())
    ids = [re.findall(' id="([^"]*)"', p.svg) for p in (one, other)]
    assert len(set(ids[0] + ids[1])) == len(ids[0] + ids[1])


def test_the_ground_is_opaque_and_the_size_is_in_pixels() -> None:
    picture = draw(loss(), theme="dark", scale=2)
    root = ElementTree.fromstring(picture.svg)
    ground = root.find(f"{SVG}rect")
    assert ground is not None
    assert ground.attrib == {"width": "100%", "height": "100%", "fill": THEMES["dark"].ground}
    assert (root.attrib["width"], root.attrib["height"]) == ("1438", "408") == tuple(map(str, picture.size))


@pytest.mark.parametrize("theme", list(THEMES))
def test_each_theme_uses_its_own_colours_only(theme: str) -> None:
    picture = draw(shared(), "all", theme=theme)
    used = set(re.findall("#[0-9a-f]{6}", picture.svg))
    assert used <= set(THEMES[theme])
    assert "black" not in picture.svg


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", list(THEMES))
def test_contrast(name: str) -> None:
    t = THEMES[name]
    for words in (t.ink, t.muted, t.forward, t.backward):
        assert contrast(words, t.ground) >= 4.5
    for ground in (t.leaf, t.constant, t.operation):
        assert contrast(t.ink, ground) >= 4.5
    assert contrast(t.local, t.pill) >= 4.5
    assert contrast(t.idle, t.ground) >= 3


def test_forward_and_backward_differ_without_colour() -> None:
    drawn = groups(draw(loss()))
    dashes = {
        cls: {p.attrib.get("stroke-dasharray") for p in group.iter(f"{SVG}path")}
        for cls, group in drawn.values()
        if cls.startswith("edge")
    }
    assert dashes == {"edge fwd": {None}, "edge bwd": {"6 4"}}


SCRIPT = """
import sys
sys.path.insert(0, {folder!r})
from test_draw import draw, loss, product, shared
sys.stdout.buffer.write("".join(p.svg + p.dot for p in (draw(loss()), draw(product(), "all"), draw(shared()))).encode())
"""


def test_the_same_bytes_in_every_process() -> None:
    script = SCRIPT.format(folder=str(Path(__file__).parent))
    outputs = set()
    for seed in ("0", "1", "2", "77", "4294967295"):
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        assert done.stderr == b""
        outputs.add(done.stdout)
    assert outputs == {"".join(p.svg + p.dot for p in (draw(loss()), draw(product(), "all"), draw(shared()))).encode()}


# ---------------------------------------------------------------- refusals, and the way in


def test_too_many_nodes_are_refused_without_recursion() -> None:
    v = Value(1, name="x")
    for _ in range(50_000):
        v = -v
    with pytest.raises(ValueError, match=r"50001 nodes.*more than 500.*max_nodes=50001"):
        draw(v, collapse=False)
    with pytest.raises(ValueError, match=r"6 nodes.*max_nodes=6"):
        draw(loss(), max_nodes=3)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"show": "sideways"}, "show is one of forward, local, backward, both, all; got 'sideways'"),
        ({"theme": "pink"}, "theme is one of light, dark, print, cs231n; got 'pink'"),
        ({"reserve": "forward"}, "reserve is one of both, all"),
        ({"scale": 0}, "scale is a factor"),
        ({"scale": nan}, "scale is a factor"),
        ({"digits": 0}, "digits is a number"),
    ],
)
def test_wrong_arguments(options: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        draw(product(), **options)  # type: ignore[arg-type]


def test_only_a_value_is_drawn() -> None:
    with pytest.raises(TypeError, match=r"draw takes one Value.*got list"):
        draw([product()])  # type: ignore[arg-type]


def test_stale_data_is_not_drawn() -> None:
    z = product()
    z.parents[0].data = 7
    with pytest.raises(autograd.StaleError):
        draw(z)


def test_the_top_level_name_stays_a_function() -> None:
    script = "import autograd; z = autograd.Value(2) * 3; autograd.draw(z); print(autograd.draw(z).size)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "(491, 206)\n"


def test_graphviz_is_imported_when_first_used() -> None:
    script = "import sys, autograd, autograd.pictures; print(sorted(m for m in sys.modules if 'graphviz' in m))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_package_has_nothing_else() -> None:
    package = sys.modules["autograd.pictures"]
    assert package.Picture is Picture
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = package.nothing


ORDER = [
    "text",
    "theme",
    "lanes",
    "gradients",
    "plot",
    "scene",
    "sizes",
    "dot",
    "build",
    "neuron",
    "structure",
    "collapse",
    "outline",
    "symbols",
    "layout",
    "elements",
    "source",
    "svg",
    "picture",
    "options",
    "figure",
    "canvas",
    "overview_data",
    "overview_layers",
    "overview",
    "__init__",
]


def test_imports_go_one_way() -> None:
    folder = Path(autograd.__file__).parent / "pictures"
    assert {path.stem for path in folder.glob("*.py")} == set(ORDER)
    for place, name in enumerate(ORDER):
        for node in ast.walk(ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 1:
                for used in [node.module] if node.module else [alias.name for alias in node.names]:
                    assert used in ORDER[:place], f"{name} imports {used}"
