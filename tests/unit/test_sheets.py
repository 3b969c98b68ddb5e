"""Sheets on paper: each blank says what its node is, long pictures stay readable, files say whose they are."""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise
from xml.etree import ElementTree

import lecture
import pytest

from autograd import Value, dot, relu, tanh
from autograd.classroom import quiz
from autograd.classroom.sheet import LYING, OVERLAP, READABLE, SMALLEST, STANDING

SVG = "{http://www.w3.org/2000/svg}"


def neuron():
    w1, w2, b = Value(1, "w1"), Value(2, "w2"), Value(3, "b")
    x1, x2, t = (Value(x, name, requires_grad=False) for x, name in ((2, "x1"), (1, "x2"), (1, "t")))
    loss = (relu(w1 * x1 + w2 * x2 + b) - t) ** 2
    loss.name = "loss"
    return loss


def chain(length):
    v = a = Value(2.0, "a")
    for _ in range(length):
        v = tanh(v * a)
    return v


def words(svg):
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


# ---- what a node is


def test_each_blank_says_what_its_node_is():
    exercise = quiz(neuron())
    lines = [line for line in exercise.text().splitlines() if not line.startswith(("Work out", "Give "))]
    assert lines[0] == "loss = (relu(w1·x1 + w2·x2 + b) − t)²"
    assert lines[1] == "Given: w1 = 1, w2 = 2, b = 3, x1 = 2, x2 = 1, t = 1, ∂loss/∂loss = 1."
    assert lines[2].startswith("Forward: v1 = w1·x1 = 2, v2 = w2·x2 = 2, ") and lines[2].endswith(", loss = v6² = 36.")
    assert "(3) ∂loss/∂v4 = ______, where v4 = v3 + b" in lines
    assert lines[-1].endswith("∂loss/∂w1 = ______")
    page = unescape(exercise.html())
    assert "<span>∂loss/∂v4 =</span><i></i><small>where v4 = v3 + b</small>" in page
    assert "<small>" not in exercise.html(solution=True) and ", where" not in exercise.text(solution=True)
    for name in re.findall(r"∂loss/∂(\w+) =", exercise.text()):
        assert any(word == name or word.startswith(f"{name} = ") for word in words(exercise.sheet.svg)), name


def test_what_is_asked_is_not_given():
    for hide in ("values", "all"):
        text = quiz(neuron(), hide=hide).text()
        assert "Forward: " not in text and "36" not in text and "= v6² = ______" in text
    assert "(1) ∂v1/∂w1 = ______, where v1 = w1·x1" in quiz(neuron(), hide="local").text()


def test_the_data_of_a_sheet_without_names_stand_in_it():
    out = dot([Value(0.5), Value(0.25)], [3.0, -7.0], 1.0) ** 2
    assert re.search(r"Forward: v3 = 1 \+ v1·3 \+ v2·\(−7\) = ", quiz(out).text())


# ---- on paper


def test_a_picture_that_paper_would_make_tiny_stands_upright():
    lying, standing = quiz(lecture.l15()), quiz(neuron(), hide="all")
    assert lying.sheet.size[0] > lying.sheet.size[1] and "max-height:185mm" not in lying.html()
    wide, high = standing.sheet.size
    assert wide < high and min(STANDING[0] / wide, STANDING[1] / high) >= SMALLEST
    assert "max-height:185mm" in standing.html() and "landscape" not in standing.html()
    assert standing.solution.size[0] < standing.solution.size[1]
    assert standing.html().count("<svg") == 1


@pytest.mark.parametrize("length", range(2, 9))
def test_sheet_and_solution_run_the_same_way(length):
    for hide in ("gradients", "all"):
        exercise = quiz(chain(length), hide=hide)
        ways = [wide > high for wide, high in (exercise.sheet.size, exercise.solution.size)]
        assert ways[0] == ways[1], (length, hide)


@pytest.mark.parametrize("length", [8, 14])
def test_a_picture_too_long_for_any_page_is_cut_into_bands(length):
    exercise = quiz(chain(length))
    page = exercise.html()
    figure = page[page.index("<figure>") + 8 : page.index("</figure>")]
    whole = exercise.sheet
    boxes = [[float(x) for x in box.split()] for box in re.findall(r'viewBox="([^"]*)"', figure)]
    assert len(boxes) > 1 and whole.svg.count("<svg") == 1
    across = float(re.search(r'viewBox="0.00 0.00 ([\d.]+)', whole.svg)[1])
    overlap = OVERLAP * across / whole.size[0]
    assert boxes[0][0] == 0 and abs(boxes[-1][0] + boxes[-1][2] - across) < 0.1
    for (left, _, wide, _), (following, _, _, _) in pairwise(boxes):
        assert left + wide - following == pytest.approx(overlap, abs=0.1)
    sizes = [int(wide) for wide in re.findall(r'<svg[^>]* width="(\d+)"', figure)]
    assert len(sizes) == len(boxes) and max(sizes) * READABLE <= LYING[0] + 1
    ids = re.findall(r'<use href="#([^"]*)"/>', figure)
    assert len(ids) == len(boxes) - 1 and all(f'<g id="{id}"' in figure for id in ids)
    assert figure.count('aria-hidden="true"') == len(ids) and figure.count('role="img"') == 1
    assert quiz(chain(length)).html() == page


def test_numbers_do_not_leave_their_brackets():
    assert "li span:first-child{white-space:nowrap}" in quiz(neuron()).html(solution=True)


def test_a_picture_as_a_file_says_whose_it_is(tmp_path):
    exercise, plain = quiz(neuron(), seed="<Ada> & co"), quiz(lecture.l15())

    def heads(exercise, solution=False):
        svg = exercise.encoded("a.svg", solution).decode()
        return [word for word in words(svg) if "Sheet" in word or "Name" in word or "Solution" in word]

    assert heads(exercise) == ["Name: " + 24 * "_" + " Sheet <Ada> & co"]
    assert heads(exercise, solution=True) == ["Solution Sheet <Ada> & co"] and heads(plain) == ["Name: " + 24 * "_"]
    assert not any("Sheet" in word for word in words(exercise.sheet.svg)) and "Sheet &lt;Ada&gt;" in exercise.html()
    long = quiz(Value(2, "x") * 3, seed="w" * 100).encoded("a.svg").decode()
    wide = int(re.search(r'width="(\d+)"', long)[1])
    assert wide > quiz(Value(2, "x") * 3).sheet.size[0] and ElementTree.fromstring(long) is not None


def test_the_solution_says_which_of_two_is_local_as_the_sheet_does():
    d = Value(3, "a") - 5
    loss = d**2
    d.name, loss.name = "d", "loss"
    solved, asked = (quiz(loss, hide="all").text(solution).splitlines() for solution in (True, False))
    assert "(4) local ∂loss/∂d = 2·d = −4" in solved
    names = [[line.partition(" =")[0] for line in lines if line.startswith("(")] for lines in (solved, asked)]
    assert names[0] == names[1] and len(set(names[0])) == len(names[0])


def test_another_name_for_the_output_is_explained():
    a = Value(3, "a")
    c = (a + a) * a
    c.name = "c"
    words = "Given: a = 3, L = c (another name for the output, to tell gradients from local gradients), ∂L/∂c = 1."
    assert words in quiz(c).text() and words in quiz(c).html()


def test_every_printed_page_says_whose_sheet_it_is():
    """Browsers print a group at the foot of a table on each page, where it may not be broken."""
    exercise = quiz(neuron(), seed="<Ada>")
    for solution in (False, True):
        page = exercise.html(solution)
        assert f"<footer><p>Sheet &lt;Ada&gt;: {exercise.title}</p></footer>" in page
        printed = page.partition("@media print{")[2].partition("</style>")[0]
        assert "body{display:table;" in printed and "footer{display:table-footer-group;break-inside:avoid}" in printed
    assert f"<footer><p>{quiz(neuron()).title}</p></footer>" in quiz(neuron()).html()
