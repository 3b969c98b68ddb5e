"""Stepping: the frames in words, on one picture, in files and on a page."""

from __future__ import annotations

import html
import re
from itertools import pairwise
from math import inf, nan
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lecture import l15, l16, shared
from unit.test_neuron import neuron

import autograd
from autograd import Value, detect_anomaly, dot, mean, no_grad, stepper, steps, sum, where
from autograd.pictures.theme import THEMES, Theme
from autograd.stepper import page
from autograd.stepper.drawing import ALWAYS_DRAWN
from autograd.stepper.frames import INPUTS, LONGEST

SVG = "{http://www.w3.org/2000/svg}"


def captions(found: stepper.Steps) -> list[str]:
    return [frame.caption for frame in found]


# ---------------------------------------------------------------- words


def test_l15_from_end_to_end() -> None:
    found = steps(l15(), 5)
    assert captions(found) == [
        "Inputs: x = 2, y = 3. Nothing is computed yet.",
        "z = x·y = 2·3 = 6",
        "∂z/∂x = y = 3; ∂z/∂y = x = 2",
        "∂L/∂z = 5, which is given",
        "∂L/∂x = ∂L/∂z · ∂z/∂x = 5 · 3 = 15",
        "∂L/∂y = ∂L/∂z · ∂z/∂y = 5 · 2 = 10",
    ]
    assert [frame.phase for frame in found] == ["forward"] * 2 + ["local"] + ["backward"] * 3
    assert [frame.title for frame in found][3:] == ["Backward, where it starts", "Backward 1 of 2", "Backward 2 of 2"]


def test_l16_one_use_a_frame() -> None:
    found = steps(l16(), by="edge")
    assert len(found) == 11
    assert captions(found)[0] == "Inputs: w = 1. Constants: x = 1, y = 2. Nothing is computed yet."
    assert captions(found)[-4:] == [
        "∂loss/∂loss = 1: the gradient of anything by itself",
        "∂loss/∂s += ∂loss/∂loss · 2·s = 1 · (−2) = −2",
        "∂loss/∂ŷ += ∂loss/∂s · ∂s/∂ŷ = −2 · 1 = −2",
        "∂loss/∂w += ∂loss/∂ŷ · ∂ŷ/∂w = −2 · 1 = −2",
    ]
    assert found.title == "loss = (x·w − y)²"


def test_a_fan_out_accumulates() -> None:
    found = steps(shared(), by="edge")
    assert captions(found)[-5:] == [
        "∂L/∂c = 1 (L = c: another name for the output, to tell gradients from local gradients)",
        "∂L/∂b += ∂L/∂c · ∂c/∂b = 1 · 3 = 3",
        "∂L/∂a += ∂L/∂c · ∂c/∂a = 1 · 6 = 6, so far 0 + 6 = 6",
        "∂L/∂a += ∂L/∂b · ∂b/∂a (use 1) = 3 · 1 = 3, so far 0 + 6 + 3 = 9",
        "∂L/∂a += ∂L/∂b · ∂b/∂a (use 2) = 3 · 1 = 3, in all 0 + 6 + 3 + 3 = 12",
    ]
    assert captions(steps(shared()))[3] == "∂b/∂a (use 1) = 1; ∂b/∂a (use 2) = 1"
    assert captions(steps(shared()))[-1].endswith("= 3 · 1 + 3 · 1 + 1 · 6 = 3 + 3 + 6 = 12")
    assert len(steps(shared())) == 8 and len(found) == 12


@pytest.mark.parametrize(
    ("root", "seed", "told"),
    [
        (Value(2, "x"), nan, "∂L/∂x = nan, which is given: whatever is multiplied by nan is nan"),
        (Value(2, "x"), inf, "∂L/∂x = ∞, which is given: multiplied by 0 it is nan, by any other number infinite"),
        (Value(2, "x"), -inf, "∂L/∂x = −∞, which is given: multiplied by 0 it is nan, by any other number infinite"),
        (Value(2, "x"), 0, "∂L/∂x = 0, which is given"),
        (Value(nan, "x"), 5, "∂L/∂x = nan: a nan has nan gradients, whatever is given (here 5)"),
        (
            Value(nan, "x"),
            1,
            "∂L/∂x = nan: a nan has nan gradients "
            "(L = x: another name for the output, to tell gradients from local gradients)",
        ),
    ],
)
def test_where_the_backward_pass_starts(root: Value, seed: float, told: str) -> None:
    assert captions(steps(root, seed))[-1] == told


@pytest.mark.parametrize("by", ["node", "edge"])
def test_a_nan_that_was_left_out_is_remarked(by: str) -> None:
    x = Value(-1.0, "x")
    z = where(x > 0, x.log(), x * 3)
    remarked = [caption for caption in captions(steps(z, 2, by=by)) if "(a nan that was left out sends back 0)" in caption]
    assert len(remarked) == 1 and remarked[0].startswith("∂L/∂x ")


def test_no_gradient_is_touched() -> None:
    z = l15()
    z.backward(7)
    before = [v.grad for v in (z, *z.parents)]
    assert "5 · 3 = 15" in steps(z, 5).text()
    assert "5 · 3 = 15" in steps(z, 5).details()
    assert "15" in texts(steps(z, 5).svg(-1))
    assert [v.grad for v in (z, *z.parents)] == before == [7, 21, 14]


def test_a_single_leaf_and_a_constant() -> None:
    assert captions(steps(Value(2, "x"))) == [
        "Inputs: x = 2. Nothing is computed yet.",
        "∂x/∂x = 1: the gradient of anything by itself",
    ]
    with no_grad():
        z = l15()
    assert captions(steps(z)) == ["Constants: z = 6. Nothing is computed yet."]
    assert steps(z).svg(0).startswith("<svg")


def test_many_inputs_are_cut() -> None:
    found = steps(sum([Value(i, f"x{i}") for i in range(INPUTS + 5)]))
    assert found[0].caption.endswith(f"x{INPUTS - 1} = {INPUTS - 1}, and 5 more. Nothing is computed yet.")
    assert max(len(frame.caption) for frame in steps(sum([Value(1, "long" * 8)] * 90))) == LONGEST


def test_the_text_is_one_line_a_frame() -> None:
    lines = steps(l16()).text().splitlines()
    assert lines[2] == " 2  Forward 2 of 3: s = ŷ − y = 1 − 2 = −1" and len(lines) == 11


def test_source_lines_where_they_were_recorded() -> None:
    with detect_anomaly():
        x = Value(2, "x")
        z = x * 3
        found = steps(z)
        assert found[1].line.startswith("test_steps.py:") and found[1].line.endswith(": z = x * 3")
        assert steps(l15() + z)[2].line == f"lecture.py:{l15.__code__.co_firstlineno + 2}: z = x * y"
        code = compile("y = z + 1", "made <up>", "exec")
        space = {"z": z}
        exec(code, space)
        assert steps(space["y"])[2].line == "made <up>:1"
    assert [frame.line for frame in found].count("") == len(found) - 1
    assert f"  [{found[1].line}]" in found.text()
    assert f"<code>{found[1].line}</code>" in found.details()
    assert {frame.line for frame in steps(z)} == {""}


def test_it_is_a_sequence() -> None:
    found = steps(l15())
    assert found[-1] is found[5] and found[1:3] == (found[1], found[2]) and list(found) == list(found[:])
    assert repr(found) == "<Steps 'z = x·y', 6 frames>"
    for k in (6, -7):
        with pytest.raises(IndexError, match=f"there are steps 0 to 5; got {k}"):
            found.svg(k)
    assert found.svg(-6) == found.svg(0)


def test_values_of_one_name_are_told_apart() -> None:
    found = steps(Value(2, "x") * Value(3, "x"))
    assert found[0].caption.startswith("Inputs: x = 2, xʹ = 3.")
    assert found[2].caption == "∂v1/∂x = xʹ = 3; ∂v1/∂xʹ = x = 2"
    assert {"x", "xʹ"} <= set(texts(found.svg(-1)))


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"by": "leaf"}, "by is one of node, edge; got 'leaf'"),
        ({"theme": "pink"}, "theme is one of light, dark"),
        ({"digits": 0}, "digits from 1 to 17"),
        ({"max_nodes": 2}, r"3 nodes, and more than 2 .* insist with max_nodes=3"),
    ],
)
def test_bad_arguments_are_refused(options: dict[str, object], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        steps(l15(), **options)  # type: ignore[arg-type]


def test_no_value_is_refused() -> None:
    with pytest.raises(TypeError, match="steps takes one Value"):
        steps(3)  # type: ignore[arg-type]


def test_a_stale_graph_is_refused() -> None:
    z = l15()
    z.parents[0].data = 9
    with pytest.raises(autograd.StaleError):
        steps(z)


def test_the_class_is_found() -> None:
    assert isinstance(steps(l15()), stepper.Steps)
    with pytest.raises(AttributeError, match="Stps"):
        stepper.Stps  # type: ignore[attr-defined]


# ---------------------------------------------------------------- pictures


def texts(svg: str) -> list[str]:
    return ["".join(t.itertext()).replace("\xa0", " ") for t in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_a_frame_shows_what_is_known() -> None:
    found = steps(l16())
    shown = [texts(found.svg(k)) for k in range(len(found))]
    assert sorted(shown[0]) == sorted(
        ["x", "w", "×", "1", "1", "ŷ = –", "y", "−", "2", "s = –", "( )²", "–", "loss", *"––––"]
    )
    assert "ŷ = 1" in shown[1] and "s = –" in shown[1] and "s = −1" in shown[2]
    assert "∂ŷ/∂w = 1" in shown[4] and "∂s/∂ŷ = 1" not in shown[4]
    assert "−2" not in shown[7] and shown[8].count("−2") == 1 and shown[10].count("−2") == 3
    assert not any("–" in text for text in shown[10])


def test_sums_grow_in_the_picture() -> None:
    found = steps(shared(), by="edge")
    assert [next((t for t in texts(found.svg(k)) if " + " in t), "") for k in (9, 10, 11)] == [
        "",
        "6 + 3 = 9",
        "6 + 3 + 3 = 12",
    ]
    assert texts(found.svg(9)).count("6") == 2
    assert "L = c" in texts(found.svg(0))


def crossing() -> Value:
    """A value whose last use is drawn above its first."""
    a, b, c, x = (Value(n, name) for n, name in ((1, "a"), (2, "b"), (4, "c"), (1, "x")))
    return sum([a * x, (b * x) * (c * x)])


@pytest.mark.parametrize("by", ["node", "edge"])
@pytest.mark.parametrize("root", [shared(), crossing()], ids=["shared", "crossing"])
def test_the_words_and_the_wire_tell_a_sum_in_the_same_order(root: Value, by: str) -> None:
    found = steps(root, by=by)
    for k, frame in enumerate(found):
        sum_told = r"(?:so far|in all) 0 \+ (.*)$" if by == "edge" else r" = ([^·=]* \+ [^·=]* = .*)$"
        told = re.search(sum_told, frame.caption) if frame.phase == "backward" else None
        if told and " + " in told[1]:
            assert told[1] in texts(found.svg(k))


# ---------------------------------------------------------------- a neuron


def stands(found: stepper.Steps, k: int) -> set[str]:
    """What a frame shows of a neuron: kinds of elements, and the texts of what hangs on the wires."""
    shown: set[str] = set()
    for group in ElementTree.fromstring(found.svg(k)).iter(f"{SVG}g"):
        kind = group.attrib["class"].split()[1:2]
        if kind and kind[0] in ("plot", "curve", "axis", "point", "guide", "tangent"):
            shown |= set(kind)
        if kind and kind[0] in ("weight", "wgrad", "slope", "name"):
            shown.add("".join(text.text or "" for text in group.iter(f"{SVG}text")).replace("\xa0", " "))
    return shown


@pytest.mark.parametrize("by", ["node", "edge"])
def test_a_neuron_is_seen_to_compute(by: str) -> None:
    found = steps(neuron(), by=by)
    start = {"plot", "curve", "axis", "tanh", "w₁ = −3", "w₂ = 1"}
    dashes = {"∂o/∂w₁ = –", "∂o/∂w₂ = –"}
    titles = [frame.title for frame in found]
    computed, slope = titles.index("Forward 2 of 2"), titles.index("Backward, where it starts") - 1
    point, tangent = {"point", "guide"}, {"tangent", "slope 0.5"}
    assert [stands(found, k) for k in (0, computed - 1, computed, slope - 1, slope)] == [
        start | dashes,
        start | dashes,
        start | dashes | point,
        start | dashes | point,
        start | dashes | point | tangent,
    ]
    assert stands(found, len(found) - 1) == start | point | tangent | {"∂o/∂w₁ = 1", "∂o/∂w₂ = 0"}
    at = next(k for k, frame in enumerate(found) if frame.caption.startswith("∂o/∂w₁ "))
    before, after = texts(found.svg(at - 1)), texts(found.svg(at))
    assert "∂o/∂w₁ = –" in before and "∂o/∂w₁ = 1" not in before
    assert "∂o/∂w₁ = 1" in after and "∂o/∂w₁ = –" not in after and "∂o/∂w₂ = –" in after and "∂n/∂w₁ = 2" in after


def test_what_is_new_in_a_neuron_is_thick_or_bold() -> None:
    found = steps(neuron())
    plain, computed, weight = found.svg(0), found.svg(2), found.svg(7)
    assert 'stroke-width="3"' not in plain and computed.count('stroke-width="3"') == 1  # the rim of the plot
    lines = [line for line in weight.splitlines() if 'font-weight="bold"' in line]
    assert sorted(re.sub("<[^>]*>", "", line).replace("\xa0", " ") for line in lines) == ["∂n/∂w₁ = 2", "∂o/∂w₁ = 1"]
    assert weight.count('stroke-width="3.5"') == 1  # the lane back to the weight
    assert found.svg(4).count('stroke-width="3.5"') == 1  # the tangent
    first = ElementTree.fromstring(found.svg(0))
    told = " ".join(t.text or "" for g in first.iter(f"{SVG}g") for t in g.findall(f"{SVG}title"))
    assert "w₁ = −3" in told and "o = tanh(n)" in told and "0.7" not in told and "∂o/∂w₁" not in told


def test_an_input_of_a_neuron_that_gets_a_gradient() -> None:
    x, w = Value(2.0, "x"), Value(3.0, "w")
    found = steps(dot([w], [x], x).sigmoid(), 4, by="edge")
    ks = {name: next(k for k, f in enumerate(found) if f.caption.startswith(f"∂L/∂{name} +=")) for name in "wx"}
    ids = [set(re.findall(r'<g id="[^"]*-(\w+)"', found.svg(k))) for k in range(len(found))]
    lanes = {id for id, part in found._drawing.parts.items() if part.element.kind == "bwd"}
    assert not (ids[ks["w"]] - ids[ks["w"] - 1]) & lanes  # the lane is that of the input, and is not there yet
    assert (ids[ks["x"]] - ids[ks["x"] - 1]) & lanes


def test_a_neuron_of_constants() -> None:
    still = dot([Value(1.0, "w", requires_grad=False)], [Value(2.0, "x", requires_grad=False)]).tanh()
    found = steps(still * Value(3.0, "y"))
    assert stands(found, 0) == {"plot", "curve", "axis", "tanh", "w = 1"}  # no gradient under a constant
    assert stands(found, len(found) - 1) > {"point", "tangent"}


def test_what_is_new_is_thick_bold_and_filled() -> None:
    found = steps(l16())
    assert found.svg(0).count("font-weight") == 0 and "#868f98" in found.svg(0)
    forward, local, backward = found.svg(1), found.svg(4), found.svg(10)
    bold = [svg.count('font-weight="bold"') for svg in (forward, local, backward)]
    assert bold == [2, 1, 2]  # glyph and value; pill; pill that is used, and gradient
    assert forward.count('stroke-width="3.5"') == backward.count('stroke-width="3.5"') == 1
    assert [svg.count("#fff3c4") for svg in (forward, local, backward)] == [1, 1, 1]
    assert "#868f98" not in backward and "#b34700" not in local


@pytest.mark.parametrize("theme", ["dark", "print"])
def test_themes(theme: str) -> None:
    found = steps(l16(), theme=theme)
    assert "#0072b2" not in found.svg(3) and "#0072b2" not in found.html()
    assert "prefers-color-scheme" not in found.html() and "prefers-color-scheme" in steps(l16()).html()


def lightness(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_what_is_new_and_the_caption_can_be_read(theme: Theme) -> None:
    pairs = [(theme.ink, theme.active), (theme.local, theme.active), (theme.ink, theme.operation)]
    for words, ground in [*pairs, (theme.ink, theme.cluster), (theme.muted, theme.cluster), (theme.muted, theme.ground)]:
        high, low = sorted([lightness(words), lightness(ground)], reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5


def test_constants_that_fan_out_are_reached_at_the_start() -> None:
    two = Value(2, "k", requires_grad=False)
    found = steps(two * Value(1, "x") + two, by="edge")
    for k in (0, len(found) - 1):
        (dot,) = [g for g in ElementTree.fromstring(found.svg(k)).iter(f"{SVG}g") if g.attrib["class"] == "node tap"]
        assert dot.find(f"{SVG}ellipse").attrib["fill"] == "#0072b2"  # type: ignore[union-attr]


def test_titles_give_nothing_away() -> None:
    first = ElementTree.fromstring(steps(shared()).svg(0))
    titles = [t.text or "" for g in first.iter(f"{SVG}g") for t in g.findall(f"{SVG}title")]
    assert "b = a + a" in titles and "a = 3" in titles and not any("12" in t or "18" in t or "b = 6" in t for t in titles)


def test_each_figure_has_ids_of_its_own() -> None:
    found = steps(l15())
    ids = [re.findall(r' id="([^"]*)"', svg) for svg in (found.svg(0), found.svg(5), steps(l16()).svg(0))]
    assert len({id for group in ids for id in group}) == len([id for group in ids for id in group])
    assert found.svg(0) == steps(l15()).svg(0)
    assert 'role="img"' in found.svg(0)
    assert "<title" in found.svg(3) and "step 3 of 5, Backward, where it starts</title>" in found.svg(3)
    assert ">∂L" not in found.svg(0) and "∂z/∂z = 1: the gradient of anything by itself</desc>" in found.svg(3)


def test_partial_sums_have_room() -> None:
    xs = [Value(0.123456 * i, f"x{i}") for i in range(9)]
    w = Value(0.1, "w")
    found = steps(mean([x * w for x in xs]), by="edge")
    drawn = found._drawing
    sums = [part for part in drawn.parts.values() if part.element.id.startswith("z")]
    assert len(sums) == 8 and all(a.until == b.since for a, b in pairwise(sums))
    assert {part.element.kind for part in drawn.parts.values()} >= {"join", "tap", *ALWAYS_DRAWN}


# ---------------------------------------------------------------- pages


def test_the_page_is_complete_in_itself() -> None:
    text = steps(l16()).html()
    assert text.count("<style>") == text.count("<script>") == 1
    for kind in ("style", "script"):
        (content,) = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        assert page.hashed(content) in text
    assert not re.search(r"\bstyle=|\bon\w+=|javascript:|<a\b|<link|<img", text)
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
    assert text == steps(l16()).html()
    assert "default-src 'none'" in text and "unsafe" not in text


def test_the_page_of_a_large_graph_is_small() -> None:
    xs = [Value(i / 7, f"x{i}") for i in range(13)]
    ws = [Value(1 / (i + 1), f"w{i}") for i in range(12)]
    total = xs[0]
    for x, w in zip(xs[1:], ws, strict=True):
        total = total + x * w
    assert len(autograd.graph.nodes(total)) == 49
    for by in ("node", "edge"):
        assert len(steps(total.tanh(), by=by).html().encode()) < 400_000


def test_in_a_notebook() -> None:
    found = steps(l15())
    bundle = found._repr_mimebundle_()
    (frame,) = re.findall(r'srcdoc="([^"]*)" sandbox="allow-scripts"', bundle["text/html"])
    assert html.unescape(frame) == found.html()
    assert bundle["text/plain"] == found.text()


def test_details_is_a_list() -> None:
    tree = ElementTree.fromstring(steps(l15()).details().replace("<details open>", "<details>"))
    assert tree.tag == "details"
    assert len(tree.findall("ol/li")) == 6


# ---------------------------------------------------------------- files


def test_pages_and_folders(tmp_path: Path) -> None:
    found = steps(l15())
    found.save(tmp_path / "z.html")
    assert (tmp_path / "z.html").read_text(encoding="utf-8") == found.html()
    found.save(str(tmp_path / "new" / "frames") + "/")
    names = sorted(p.name for p in (tmp_path / "new" / "frames").iterdir())
    assert names == [f"step-0{k}.svg" for k in range(6)]
    assert (tmp_path / "new" / "frames" / "step-05.svg").read_text(encoding="utf-8") == found.svg(5)
    (tmp_path / "dotted.d").mkdir()
    found.save(tmp_path / "dotted.d")
    assert len(list((tmp_path / "dotted.d").iterdir())) == 6


def test_files_are_replaced_only_if_asked(tmp_path: Path) -> None:
    found = steps(l15())
    (tmp_path / "step-03.svg").write_text("precious")
    (tmp_path / "z.html").write_text("precious")
    for path in (tmp_path, tmp_path / "z.html"):
        with pytest.raises(FileExistsError, match="overwrite=True"):
            found.save(path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["step-03.svg", "z.html"]
    found.save(tmp_path, overwrite=True)
    assert (tmp_path / "step-03.svg").read_text(encoding="utf-8") == found.svg(3)


def test_steps_that_an_earlier_longer_run_left_are_removed(tmp_path: Path) -> None:
    longer, shorter = steps(l16()), steps(l15())
    longer.save(tmp_path)
    others = ["step-1.svg", "step-06.png", "step-06.svg.bak", "Step-06.svg", "step-٠٧.svg", "xstep-06.svg", "step-.svg"]
    for name in others:
        (tmp_path / name).write_text("precious")
    (tmp_path / "step-123.svg").write_text("of a run of more than a hundred steps")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        shorter.save(tmp_path)
    assert len(list(tmp_path.iterdir())) == len(longer) + len(others) + 1
    shorter.save(tmp_path, overwrite=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([f"step-0{k}.svg" for k in range(6)] + others)
    assert {(tmp_path / name).read_text() for name in others} == {"precious"}
    assert (tmp_path / "step-05.svg").read_text(encoding="utf-8") == shorter.svg(5)


def test_steps_of_another_length_are_not_mixed_in_unasked(tmp_path: Path) -> None:
    (tmp_path / "step-000.svg").write_text("precious")
    with pytest.raises(FileExistsError, match="a step of this or another run"):
        steps(l15()).save(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["step-000.svg"]


def test_of_a_left_over_link_only_the_link_is_removed(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("precious")
    folder = tmp_path / "frames"
    folder.mkdir()
    (folder / "step-77.svg").symlink_to(tmp_path / "real.txt")
    steps(l15()).save(folder, overwrite=True)
    assert not (folder / "step-77.svg").is_symlink() and (tmp_path / "real.txt").read_text() == "precious"


def test_links_are_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for overwrite in (False, True):
        with pytest.raises(NotADirectoryError, match="symbolic link"):
            steps(l15()).save(tmp_path / "link", overwrite=overwrite)
    assert not list((tmp_path / "real").iterdir())


def test_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.html for a page, or in / for a folder"):
        steps(l15()).save(tmp_path / "z.pdf")
    assert not list(tmp_path.iterdir())
