"""Laws of pictures: whatever the graph and its names, everything is drawn once, as text, in its place."""

from __future__ import annotations

import re
from collections import Counter
from math import isfinite
from xml.etree import ElementTree

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograd import Value, dot, maximum
from autograd.graph import nodes
from autograd.pictures import draw
from autograd.pictures.elements import SHOWS
from autograd.pictures.gradients import added, remainder
from autograd.pictures.lanes import joined, sides, straight, trimmed
from autograd.pictures.text import LONGEST, MARKS, visible, width

SVG = "{http://www.w3.org/2000/svg}"

numbers = st.one_of(st.integers(-5, 5), st.floats(), st.fractions(max_denominator=30))
names = st.one_of(st.none(), st.text(max_size=5), st.sampled_from(["x", "a b", "<b>", "\\N", '"', "&lt;", "n1", "\x00"]))
operations = st.sampled_from(
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a * b,
        lambda a, b: -a,
        lambda a, b: a * a,
        lambda a, b: a.relu(),
        lambda a, b: maximum(a, b, a),
        lambda a, b: dot([a, b], [b, b], 1),
        lambda a, b: a + 1,
    ]
)


@st.composite
def graphs(draw_: st.DrawFn) -> Value:
    """A graph with shared nodes, constants, and names of all kinds; perhaps with one or two backward passes."""
    values = [
        Value(draw_(numbers), draw_(names), requires_grad=draw_(st.booleans())) for _ in range(draw_(st.integers(1, 3)))
    ]
    for _ in range(draw_(st.integers(0, 7))):
        a, b = draw_(st.sampled_from(values)), draw_(st.sampled_from(values))
        node = draw_(operations)(a, b)
        node.name = draw_(names)
        values.append(node)
    for _ in range(draw_(st.integers(0, 2))):
        root = draw_(st.sampled_from(values))
        if root.requires_grad:
            root.backward(draw_(st.integers(-2, 5)))
    return values[-1]


def elements(svg: str) -> list[tuple[str, str, str]]:
    """Class, title and text of every element."""
    found = []
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        title = group.find(f"{SVG}title")
        words = "".join(t.text or "" for t in group.findall(f"{SVG}text"))
        found.append((group.attrib["class"], "" if title is None else title.text or "", words))
    return found


@settings(max_examples=60)
@given(graphs(), st.sampled_from(list(SHOWS)), st.sampled_from(["light", "dark", "print"]))
def test_every_node_and_every_edge_is_drawn_once(root: Value, show: str, theme: str) -> None:
    order = nodes(root)
    uses = Counter(p for node in order for p in node.parents)
    fans = [node for node in order if uses[node] > 1]
    drawn = elements(draw(root, show, theme=theme, plots=False).svg)
    count = Counter(cls.split()[1] for cls, _, _ in drawn if " " in cls)
    assert count["leaf"] + count["const"] + count["op"] == len(order)
    assert count["leaf"] == sum(node.op is None and node.requires_grad for node in order)
    assert count["join"] + count["tap"] == len(fans)
    assert count["fwd"] == sum(uses.values()) + len(fans) + 1
    if SHOWS[show].gradients:
        live = sum(uses[node] + (node in fans) for node in order if node.requires_grad) + root.requires_grad
        assert count["bwd"] == count["grad"] == live
    if SHOWS[show].pills:
        assert count["local"] == sum(uses[node] for node in order if node.requires_grad)


@settings(max_examples=40)
@given(graphs())
def test_stages_do_not_move(root: Value) -> None:
    def places(show: str) -> dict[str, list[tuple[str, ...]]]:
        svg = ElementTree.fromstring(draw(root, show, reserve="all").svg)
        where = ("x", "y", "cx", "cy", "d", "points", "width", "height", "viewBox")
        found = {"": [tuple(svg.attrib.get(k, "") for k in where)]}
        for group in svg.iter(f"{SVG}g"):
            id = group.attrib["id"].partition("-")[2]
            shapes = [e for e in group if not (id[0] == "j" and e.tag.endswith("text")) and e.tag != f"{SVG}g"]
            found[id] = [tuple(e.attrib.get(k, "") for k in where) for e in shapes]
        return found

    whole = places("all")
    for show in ("forward", "local", "backward", "both"):
        for id, where in places(show).items():
            assert id == "graph" or where == whole[id]


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_any_name_is_drawn_as_text(name: str) -> None:
    hostile, tame = draw(Value(1, name) * 2), draw(Value(1, "x") * 2)
    (leaf,) = [words for cls, _, words in elements(hostile.svg) if cls == "node leaf"]
    assert leaf.replace("\xa0", " ") == visible(name)
    assert [cls for cls, _, _ in elements(hostile.svg)] == [cls for cls, _, _ in elements(tame.svg)]
    tags = [[e.tag for e in ElementTree.fromstring(p.svg).iter()] for p in (hostile, tame)]
    assert tags[0] == tags[1]
    assert hostile.dot.count("\n") == tame.dot.count("\n")


@given(st.text())
def test_what_is_visible(name: str) -> None:
    shown = visible(name)
    assert shown.isprintable()
    assert shown
    assert len(shown) <= LONGEST + 2
    assert shown[0] != " " != shown[-1]
    assert visible(shown.strip('"')) is not None
    if name.isprintable() and 0 < len(name) <= LONGEST and name == name.strip():
        marks = re.search(rf"[\u0300-\u036f]{{{MARKS + 1}}}", name)
        assert shown == name or marks or "…" in shown


@given(st.text(alphabet=st.characters(categories=["Mn"]), min_size=MARKS + 1, max_size=60))
def test_stacks_of_marks_are_cut(marks: str) -> None:
    assert len(visible("a" + marks)) <= LONGEST


@given(st.text(max_size=30), st.text(max_size=30))
def test_widths_add_up(a: str, b: str) -> None:
    assert abs(width(a + b, 16) - width(a, 16) - width(b, 16)) < 1e-9
    assert 0 <= width(a, 16) <= 16.3 * len(a)


points = st.builds(complex, st.floats(-500, 500), st.floats(-500, 500))
paths = st.builds(
    lambda first, *rest: joined(first, *([first[-1], *r] for r in rest)),
    st.lists(points, min_size=4, max_size=4),
    st.lists(points, min_size=3, max_size=3),
)


@given(paths, st.floats(1, 20))
def test_a_trimmed_path_ends_where_the_arrow_begins(path: list[complex], length: float) -> None:
    short = trimmed(path, length)
    assert short[0] == path[0]
    assert len(short) % 3 == 1
    assert len(short) <= len(path)
    line = trimmed(straight(path[0], path[-1]), length)
    far = abs(path[-1] - path[0])
    assume(far > 2 * length)
    assert abs(abs(line[-1] - path[-1]) - length) < far / 100


def test_a_path_shorter_than_its_arrow_stays_a_path() -> None:
    assert trimmed([0j, 0j, 0j, 0j], 10) == [0j, 0j, 0j, 0j]
    assert len(trimmed(joined(straight(0j, 1 + 0j), straight(1 + 0j, 2 + 0j)), 10)) == 4


@given(paths, st.floats(1, 10))
def test_both_sides_are_as_far_apart_as_twice_the_shift(path: list[complex], by: float) -> None:
    left, right = sides(path, by)
    assert len(left) == len(right) == len(path)
    for a, b in zip(left, right, strict=True):
        assert abs(abs(a - b) - 2 * by) < 1e-6 or abs(a - b) < 1e-6  # no direction: no side
    assert all(isfinite(z.real) and isfinite(z.imag) for z in left)


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=6))
def test_a_sum_reads_back(terms: list[int]) -> None:
    text = added([str(t).replace("-", "−") for t in terms])
    read = [int(t) for t in re.sub(r" ([+-]) ", r" \1", text.replace("−", "-")).split()]
    assert read == terms


@given(st.lists(st.integers(-9, 9)), st.integers(-99, 99))
def test_a_remainder_completes_the_sum(parts: list[int], total: int) -> None:
    assert remainder(total, parts) == total - sum(parts)
    assert remainder(float(total), [float(p) for p in parts]) == total - sum(parts)
