"""Laws of stepping: nothing moves, everything becomes known once, the numbers are right, and names do no harm."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from fractions import Fraction
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from graphs import exact_gradient, programs, record
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value, formula, steps, where
from autograd.pictures.gradients import SHOWN
from autograd.stepper import Steps
from autograd.stepper.frames import Fact
from autograd.story import Story

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    '"', "\\", "\\N", "<b>", '<x>]; evil [URL="javascript:alert(1)"]', "</text><script>alert(1)</script>", "]]>", "&#60;",
    "{a|b}", "a:b", "", "\x00", "\x1b[31m", "\ud800", "\u202e", "x" * 100_000, "e" + "\u0301" * 50, "</script>", "<!--",
    "</details>", "</style>", "--></svg>", "'", " onload=alert(1) ", "{title}", " = ", "\u2028", "𝕏",
]  # fmt: skip
every = st.sampled_from(["node", "edge"])


def moved(svg: str) -> dict[str, list[tuple[str, ...]]]:
    """The coordinates of every shape and text, by the element's id without the figure's prefix."""
    tree = ElementTree.fromstring(svg)
    where = ("x", "y", "cx", "cy", "rx", "ry", "d", "points", "width", "height", "viewBox", "transform", "font-size")
    found = {"": [tuple(tree.attrib.get(k, "") for k in where)]}
    for group in tree.iter(f"{SVG}g"):
        shapes = [shape for shape in group if shape.tag not in (f"{SVG}title", f"{SVG}g")]
        found[group.attrib["id"].partition("-")[2]] = [tuple(s.attrib.get(k, "") for k in where) for s in shapes]
    return found


def facts(found: Steps, root: Value) -> list[Fact]:
    """What there is to know."""
    story = Story(root)
    values = [Fact("value", v) for v in story.order]
    gradients = [Fact("gradient", v) for v in story.order if v.requires_grad]
    uses = [(v, i) for v in story.inner for i, p in enumerate(v.parents) if p.requires_grad]
    return values + gradients + [Fact(kind, v, i) for kind in ("local", "share") for v, i in uses]


@settings(max_examples=25)
@given(programs(max_steps=7), every)
def test_nothing_moves(program: object, by: str) -> None:
    _, results = record(program)
    found = steps(results[-1], by=by)
    figure, _ = found._drawing.figure("", "")
    whole = moved(figure)
    for k in range(len(found)):
        for id, places in moved(found.svg(k)).items():
            assert places == whole[id]


@settings(max_examples=60)
@given(programs(max_steps=9), every)
def test_everything_becomes_known_once(program: object, by: str) -> None:
    _, results = record(program)
    found = steps(results[-1], by=by)
    known = Counter(fact for frame in found for fact in frame.known)
    assert known == Counter(facts(found, results[-1]))


@settings(max_examples=25)
@given(programs(max_steps=7), every)
def test_every_element_is_shown_from_its_time_on(program: object, by: str) -> None:
    _, results = record(program)
    found = steps(results[-1], by=by)
    shown = [set(moved(found.svg(k))) for k in range(len(found))]
    for id, part in found._drawing.parts.items():
        drawn = [id in ids for ids in shown]
        begins = 0 if part.element.kind in ("fwd", "tap") else part.since
        ends = len(found) if part.until is None or part.element.kind == "tap" else part.until
        assert drawn == [begins <= k < ends for k in range(len(found))]
        assert part.until is None or part.since < part.until < len(found)
    assert not any(part.state(len(found) - 1) == "off" for part in found._drawing.parts.values() if part.until is None)


@settings(max_examples=60)
@given(programs(max_steps=9), every)
def test_the_last_captions_hold_the_exact_gradients(program: object, by: str) -> None:
    leaves, results = record(program)
    told = {frame.known[-1].node: frame.caption for frame in steps(results[-1], by=by) if frame.known[-1].kind == "gradient"}
    for leaf, gradient in zip(leaves, exact_gradient(program), strict=True):
        if leaf in told:
            assert told[leaf].endswith(f" {formula.number(gradient)}")


floats = st.one_of(st.floats(), st.sampled_from([0.0, 1e308, 5e-324]), st.integers(-3, 3), st.just(10**400))


@settings(max_examples=40)
@given(st.lists(floats, min_size=2, max_size=2), st.one_of(st.floats(), st.integers(-3, 3)), every)
def test_numbers_of_every_kind(numbers: list[float], grad: float, by: str) -> None:
    x, y = Value(numbers[0], "x"), Value(numbers[1], "y")
    root = (x * y + x).tanh() * where(x > 0, x.log(), y / x)
    found = steps(root, grad, by=by)
    assert Counter(fact for frame in found for fact in frame.known) == Counter(facts(found, root))
    for k in (0, len(found) // 2, len(found) - 1):
        ElementTree.fromstring(found.svg(k))
    assert all(len(frame.caption) <= 1000 for frame in found)


@settings(max_examples=60)
@given(programs(max_steps=9))
def test_running_totals_add_up(program: object) -> None:
    _, results = record(program)
    for frame in steps(results[-1], by="edge"):
        summed = re.search(r"(?:so far|in all) 0 (.*?)(?: = ([^=]*))?$", frame.caption)
        if summed and "…" not in frame.caption:
            terms = [Fraction(t) for t in re.sub(r" ?([+-]) ", r" \1", summed[1].replace("−", "-")).split()]
            assert sum(terms) == Fraction((summed[2] or summed[1].strip("+ ")).replace("−", "-"))


@given(programs(max_steps=9), st.sampled_from([1, 5, Fraction(1, 2)]))
def test_no_symbol_means_two_numbers(program: object, grad: Fraction) -> None:
    _, results = record(program)
    story = Story(results[-1], grad)
    meant = {story.symbol(v): story.gradients[v] for v in story.order if v.requires_grad}
    assert len(meant) == sum(v.requires_grad for v in story.order)
    for v in story.inner:
        assert len({story.local_symbol(v, i) for i in range(len(v.parents))}) == len(v.parents)
        for i, slope in enumerate(story.locals[v]):
            assert meant.setdefault(story.local_symbol(v, i), slope) == slope


@settings(max_examples=40)
@given(programs(max_steps=7), every)
def test_a_sum_is_told_and_drawn_in_one_order(program: object, by: str) -> None:
    _, results = record(program)
    story = Story(results[-1])
    found = steps(results[-1], by=by)
    for k, frame in enumerate(found):
        fact = frame.known[-1]
        if fact.kind != "gradient" or not 1 < len(story.shares[fact.node]) <= SHOWN:
            continue
        if by == "node":
            told = " = ".join(frame.caption.split(" = ")[-2:])
        else:
            words = frame.caption.partition(", in all 0 ")[2]
            told = words.removeprefix("+ ") if words.startswith("+") else words.replace("− ", "−", 1)
        shown = [text.replace("\xa0", " ") for text in re.findall(r"<text [^>]*>([^<]*)</text>", found.svg(k))]
        assert told in shown


class Tags(HTMLParser):
    """Collects elements and attributes as a browser's parser finds them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))


def named(name: str) -> Value:
    x = Value(2, name)
    z = x * x + 3
    z.name = name + "'"
    return z


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_are_text(name: str) -> None:
    found, tame = steps(named(name), 5, by="edge"), steps(named("x"), 5, by="edge")
    pages = found.html(), tame.html()
    assert Tags(pages[0]).found == Tags(pages[1]).found
    assert Tags(found.details()).found == Tags(tame.details()).found
    scripts = [re.findall(r"<script>(.*?)</script>", text, re.DOTALL) for text in pages]
    assert scripts[0] == scripts[1] and len(scripts[0]) == 1
    assert "sha256-" + base64.b64encode(hashlib.sha256(scripts[0][0].encode()).digest()).decode() in pages[0]
    for k in range(len(found)):
        tags = [[e.tag for e in ElementTree.fromstring(s.svg(k)).iter()] for s in (found, tame)]
        assert tags[0] == tags[1]
    text = found.text()
    assert len(text.splitlines()) == len(found) and text.isprintable() is False  # line ends, and nothing else
    assert all(line.isprintable() for line in text.splitlines())
    assert len(pages[0]) < 60_000
    bundle = found._repr_mimebundle_()["text/html"]
    assert [tag for tag, _ in Tags(bundle).found] == ["iframe"]


@settings(max_examples=40)
@given(st.text(max_size=30))
def test_any_name_is_text(name: str) -> None:
    assert Tags(steps(named(name)).html()).found == Tags(steps(named("x")).html()).found
