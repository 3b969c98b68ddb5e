"""Sheets, marks, the lab, paths and nudges: what they show, say and refuse."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import lecture
import pytest

from autograd import Op, StaleError, Value, dot, elu, exp, log, relu, scope, sigmoid, tanh
from autograd.classroom import Quiz, compare, grades, lab, nudge, paths, quiz
from autograd.classroom.again import MAX_BITS, evaluated, slopes
from autograd.classroom.blanks import HIDE
from autograd.classroom.laboratory import VARIANTS
from autograd.classroom.mistakes import MISTAKES
from autograd.classroom.working import Working
from autograd.command.cli import main
from autograd.graph import nodes
from autograd.learn.numerals import read, readings, same
from autograd.op import FUNCTIONS, OPS, find
from autograd.stepper.frames import Fact
from autograd.story import Story

SVG = "{http://www.w3.org/2000/svg}"


def l17():
    x, y, w = Value(2, "x", requires_grad=False), Value(4, "y", requires_grad=False), Value(1, "w")
    guess = w * x
    s = guess - y
    loss = s**2
    guess.name, s.name, loss.name = "ŷ", "s", "loss"
    return loss


# ---- sheets


def test_the_lectures_exercise():
    exercise = quiz(l17())
    assert exercise.answers == {1: -4, 2: -4, 3: -8} and exercise.blanks[-1].symbol == "∂loss/∂w"
    assert str(exercise).endswith("(3) ∂loss/∂w = ______") and repr(exercise) == "<Quiz 'loss = (w·x − y)²', 3 blanks>"
    assert exercise.text(solution=True).endswith("(3) ∂loss/∂w = ∂loss/∂ŷ · ∂ŷ/∂w = −4 · 2 = −8")


def primes():
    """Numbers that are recognized wherever they stand."""
    a, b, c = Value(101, "a"), Value(103, "b"), Value(107, "c", requires_grad=False)
    p = a * b
    z = (p - c) * p
    z.name = "z"
    return z


@pytest.mark.parametrize("hide", sorted(HIDE))
def test_a_sheet_does_not_tell_what_it_asks_for(hide):
    exercise = quiz(primes(), hide=hide)
    texts = [exercise.sheet.svg, exercise.html(), exercise.text(), exercise.sheet.alt, exercise.to_json(), repr(exercise)]
    given = {1, -1, *([] if hide in ("values", "all") else [v.data for v in exercise._story.order]), 101, 103, 107}
    hidden = {str(n) for n in set(exercise.answers.values()) - given}
    for number in hidden:
        for text in texts:
            assert not re.search(rf"(?<![\d.#]){number}(?![\d.])", text), (number, hide)
        assert number.replace("-", "−") in exercise.solution.svg and number.replace("-", "−") in exercise.html(solution=True)
    for blank in exercise.blanks:
        assert f"({blank.number}) ______" in exercise.sheet.svg and f"({blank.number})" in exercise.html()


def test_a_sheet_prints_and_asks_nothing_of_any_server():
    for node in (l17(), lecture.shared(), tanh(dot([Value(1, "v"), Value(2, "w")], [3, 4], Value(5, "b")))):
        for hide in ("gradients", "all"):
            page = quiz(node, 3, hide).html()
            policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
            assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy
            assert "<script" not in page and 'src="' not in page and "url(" not in page and "style=" not in page
            assert "@media print" in page and 'lang="en"' in page and 'role="img"' in page
            assert list(re.findall(r"https?://[^\"]*", page)) == ["http://www.w3.org/2000/svg"]
    assert "landscape" not in quiz(lecture.l15()).html() and "landscape" in quiz(l17(), hide="all").html()


def test_black_and_white():
    colours = {c for svg in (quiz(l17(), hide="all").sheet.svg,) for c in re.findall(r"#([0-9a-f]{6})", svg)}
    assert all(c[:2] == c[2:4] == c[4:] for c in colours)
    assert "#0072b2" in quiz(l17()).picture(theme="light").svg
    with pytest.raises(ValueError, match="theme is one of"):
        quiz(l17()).picture(theme="pink")


def test_hostile_names_are_text():
    name = '<script>alert(1)</script>"\n\u202e&'
    a, b = Value(2, name), Value(3, "b")
    exercise = quiz(a * b, seed=name, hide="all")
    for page in (exercise.html(), exercise.html(solution=True)):
        assert "<script" not in page and "\u202e" not in page
        assert ElementTree.fromstring(page[page.index("<svg") : page.index("</svg>") + 6]) is not None
    assert "\n\u202e" not in exercise.text() and "\u202e" not in str(exercise.mark(["x"] * 5))
    assert Quiz.from_json(exercise.to_json()).html() == exercise.html()
    assert "\u202e" not in str(paths(a * b, a)) + str(lab("stale-data", a * b)) + str(nudge(a * b, a, 1))


def test_files(tmp_path):
    exercise = quiz(l17(), "Ada", "all")
    for suffix in (".html", ".svg", ".txt", ".json"):
        for solution in (False, True):
            path = tmp_path / f"{solution}{suffix}"
            exercise.save(path, solution)
            assert path.read_bytes() and ("Sheet Ada" in path.read_text("utf-8")) == (suffix in (".html", ".svg"))
            with pytest.raises(FileExistsError):
                exercise.save(path, solution)
            exercise.save(path, solution, overwrite=True)
    with pytest.raises(ValueError, match=r"end its name in one of .html, .svg"):
        exercise.save(tmp_path / "a.pdf")
    assert exercise._repr_mimebundle_().keys() == {"text/html", "image/svg+xml", "text/plain"}


def test_numbers_are_the_graphs_own_or_drawn():
    x = Value(0.1, "x")
    assert quiz(x * 3 + 1).text().splitlines()[3] == "Given: x = 0.1, ∂v2/∂v2 = 1."
    drawn = quiz(x * 0.5 + 1, seed=1, hide="values")
    assert all(isinstance(n, Fraction) for n in drawn.answers.values()) and drawn.seed == "1"
    assert len({quiz(l17(), seed).to_json() for seed in range(40)}) > 30
    rough = quiz(exp(x * log(Value(2, "y"))), seed=3)
    assert all(isinstance(n, float) for n in rough.answers.values())
    assert quiz(Value(5, "v") * 2, grad=3).text().splitlines()[3] == "Given: v = 5, ∂L/∂v1 = 3."


def test_inputs_may_keep_their_numbers():
    loss = l17()
    y = next(v for v in nodes(loss) if v.name == "y")
    for kept in ("y", y, ["y"], [y]):
        sheets = [quiz(loss, seed, fixed=kept).text() for seed in range(20)]
        assert all("y = 4," in sheet for sheet in sheets) and len(set(sheets)) > 10
    assert quiz(l17(), " Ada ").to_json() == quiz(l17(), "Ada").to_json() != quiz(l17(), "ada").to_json()


def test_functions_are_drawn_where_they_are_not_flat_and_relus_are_sometimes_dead():
    x, w, b, y = (Value(0.1, name) for name in "xwby")
    for f, most in ((tanh, 2.0), (sigmoid, 2.6)):
        for seed in range(20):
            exercise = quiz((f(w * x + b) - y) ** 2, seed)
            numbers = {v.name: v.data for v in exercise._story.order if v.name}
            z = numbers["w"] * numbers["x"] + numbers["b"]
            assert abs(z) <= most and all(len(str(n)) <= 4 for n in numbers.values()), numbers
    dead = [relu_input(quiz((relu(w * x + b) - y) ** 2, seed)) < 0 for seed in range(40)]
    assert 2 <= sum(dead) <= 20
    assert all(relu_input(quiz(relu(x * x + 1), seed)) > 0 for seed in range(20))


def test_operations_that_are_exact_in_places_only():
    x = Value(1, "x")
    assert {quiz(elu(x) * 3, seed)._story.order[0].data > 0 for seed in range(20)} == {True, False}
    late = Op("late", value=lambda x: x * x, slopes=lambda z, x: (2 * x if x < 3 else exp(x),), doc="Exact below 3.")
    try:
        assert all(quiz(late(x) * 3, seed)._story.order[0].data < 3 for seed in range(20))
    finally:
        del OPS["late"], FUNCTIONS["late"]


def relu_input(exercise):
    return next(v.parents[0].data for v in exercise._story.order if v.op and v.op.name == "relu")


def test_a_class_has_different_sheets():
    a, c = Value(3, "a"), Value(2, "c")
    for make, least in ((lambda: (a + a) * a, 18), (lambda: ((a + a) / (a + c)) * a, 25), (l17, 30)):
        assert len({str(quiz(make(), f"student {i}").answers) for i in range(40)}) >= least


def test_scopes_come_along():
    with scope("layer1"):
        a = Value(2, "w")
    node = a * Value(3, "w")
    assert "layer1.w" in quiz(node).text() and "layer1.w" in Quiz.from_json(quiz(node).to_json()).text()


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: quiz(3), TypeError, "quiz takes one Value, the output of a graph; got int"),
        (lambda: quiz(Value(3)), ValueError, "there is nothing to work out in this graph"),
        (lambda: quiz(l17(), hide="nothing"), ValueError, "hide is one of values, local, gradients, backward, all"),
        (lambda: quiz(Value(0.0) / Value(0.0)), ValueError, "infinite, nan or too long"),
        (lambda: quiz(Value(10**30, "x") ** 2), ValueError, "infinite, nan or too long"),
        (lambda: quiz(log(-(Value(2, "x") ** 2)), seed=1), ValueError, "none of 64 sets of small numbers fits this graph"),
        (
            lambda: quiz((Value(2, "x") - 100).sqrt(), seed=1),
            ValueError,
            "Change the numbers in the formula, hold inputs fixed",
        ),
        (lambda: quiz(1 / (Value(2, "x") * 0), seed=1), ValueError, "none of 64 sets"),
        (lambda: quiz(l17(), seed="x" * 101), ValueError, "a seed is a number or a name of at most 100 signs; got 101"),
        (lambda: quiz(l17(), seed=" "), ValueError, "a seed is a number or a name of at most 100 signs; got 0"),
        (lambda: quiz(l17(), seed=7.0), TypeError, "a seed is a whole number or a name, such as 7 or 'Ada'; got 7.0"),
        (lambda: quiz(l17(), seed=True), TypeError, "a seed is a whole number or a name, such as 7 or 'Ada'; got True"),
        (lambda: quiz(l17(), fixed="q"), ValueError, "'q' is no input of this graph, to hold fixed: its inputs are x, y, w"),
        (lambda: quiz(Value(2) * 3, fixed="q"), ValueError, "to hold fixed: it has no named inputs"),
        (lambda: Quiz.from_json(None), TypeError, "the exercises are JSON, a text; got None"),
        (lambda: quiz(sum([Value(i) for i in range(80)])), ValueError, "nodes, and more than 60 are not worked out by hand"),
        (lambda: lab("nothing"), ValueError, "name is one of recursive-backward"),
        (lambda: lab("stale-data", 3), TypeError, "lab takes a name and one Value"),
        (lambda: lab("stale-data", theme="pink"), ValueError, "theme is one of"),
        (lambda: lab("stale-data", sum([Value(i) for i in range(80)])), ValueError, "more than 100 cannot be followed"),
        (lambda: paths(3, 4), TypeError, "the output is 3"),
        (lambda: paths(l17(), 4), TypeError, "the leaf is 4"),
        (lambda: paths(l17(), Value(4)), ValueError, "there is no path"),
        (lambda: nudge(l17(), 4, 1), TypeError, "nudge takes two Values"),
        (lambda: nudge(l17(), Value(4), 1), ValueError, "is nothing the output depends on: nudge a leaf"),
        (lambda: nudge(l17(), l17(), 1), ValueError, "is computed, and moves only as its leaves do"),
        (lambda: nudge(Value(2), Value(2), "a"), TypeError, "expected an int"),
        (lambda: compare(l17(), 3), TypeError, "compare takes two Values"),
        (lambda: compare(l17(), lecture.l15()), ValueError, "loss is power before and mul after"),
        (lambda: compare(lecture.l15(), Value(3)), ValueError, "z is mul before and a leaf after"),
    ],
)
def test_what_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_a_stale_graph_is_refused():
    w = Value(1, "w")
    loss = w * 2
    w.data = 3
    for make in (lambda: quiz(loss), lambda: lab("stale-data", loss), lambda: paths(loss, w), lambda: nudge(loss, w, 1)):
        with pytest.raises(StaleError):
            make()


# ---- answers


@pytest.mark.parametrize(
    "text, number",
    [
        ("−8", -8),
        (" -2/3 ", Fraction(-2, 3)),
        ("0,5", 0.5),
        ("1e-3", 0.001),
        (".33", 0.33),
        ("5.", 5.0),
        ("$4$", 4),
        (" $ -1 / 3 $ ", Fraction(-1, 3)),
        ("1.000.000", 1000000),
        ("", None),
        (None, None),
        (..., None),
        (Value(3), 3),
        (0.5, 0.5),
        (Fraction(1, 3), Fraction(1, 3)),
    ],
)
def test_numbers_are_read(text, number):
    assert read(text) == number and type(read(text)) is type(number)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "2*2",
        "1,000.5",
        "$",
        ".",
        "1/0",
        "1/00",
        "1" * 41,
        "open(1)",
        "٣",
        "inf",
        "nan",
        True,
        [1],
        float("inf"),
        10**41,
        "1e999",
        "1e",
    ],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="number"):
        read(text)
    mark = quiz(l17()).mark([text])[0]
    assert mark.verdict == "wrong" and mark.answer is None and "write" in mark.text


def test_a_thousand_may_have_a_comma():
    w = Value(10, "w")
    assert readings("1,000") == readings("1.000") == (1.0, 1000) and readings("-12,345,678") == (-12345678,)
    assert readings("1,00") == (1.0,) and readings("0,500") == (0.5,)
    big, small = quiz(w**3 * Fraction(10, 3)), quiz(w * Fraction(1, 10))
    assert big.mark(["10/3", "1,000"]) and big.mark(["10/3", "1.000"]).points == 2
    assert quiz(w * 1).mark(["1,000"]) and quiz(w * 1).mark(["1.000"])
    assert str(small.mark(["1,000"])).endswith("; it was read as 1 and as 1000.")


def test_blanks_answer_to_many_names():
    q, p = Value(2, "q"), Value(3, "p")
    loss = q * (q + p)
    loss.name = "loss"
    exercise = quiz(loss)
    right = exercise.answers[2]
    for name in ("2", "(2)", " 2 ", "∂L/∂q", "dL/dq", "∂loss/∂q", "dloss / dq", "q"):
        assert exercise.mark({name: right})[1].verdict == "right", name
    everything = quiz(loss, hide="all")
    assert everything.mark({"∂loss/∂q": 5, "∂L/∂q": 7})[-2].verdict == "right" and everything.mark({"q": 7})[-2].answer == 7
    with pytest.raises(
        ValueError, match=r"no blank ∂J/∂q: they are numbered from 1 to 3: \(1\) ∂L/∂v1, \(2\) ∂L/∂q, \(3\) ∂L/∂p"
    ):
        exercise.mark({"∂J/∂q": 7})
    with pytest.raises(ValueError, match="no blank ∂z/∂x"):  # ∂L/∂z is 5: another number
        quiz(lecture.l15(), grad=5).mark({"∂z/∂x": 3})
    with pytest.raises(ValueError, match=r"1 to 46: \(1\) v1, .*\(12\) [^,]*, …"):
        quiz(sum(Value(i, "x") for i in range(9)) ** 2, hide="all").mark({"y": 1})


def test_answers_come_in_many_forms():
    exercise = quiz(l17())
    for answers in (
        [-4, -4, -8],
        (-4.0, "-4", "−8"),
        {1: -4, 2: -4, 3: -8},
        {"1": -4, "(2)": -4, "∂loss/∂w": -8},
        '{"answers": {"1": -4, "2": -4, "3": -8}}',
        b"[-4, -4, -8]",
        {"answers": ["-8/2", -4.001, -8]},
    ):
        marks = exercise.mark(answers)
        assert marks and marks.points == 3, answers
    assert len(marks) == 3 and marks[0].blank.number == 1 and repr(marks) == str(marks)
    refused = ((["1"] * 4, "4 answers to 3"), ({7: 1}, "no blank 7"), ("x", "not JSON"), ("[" * 10**6, "too many brackets"))
    for answers, message in refused:
        with pytest.raises(ValueError, match=message):
            exercise.mark(answers)
    with pytest.raises(ValueError, match="more than 1,000,000 signs"):
        exercise.mark(" " * 10**6 + "[]")
    with pytest.raises(TypeError, match="got 3"):
        exercise.mark(3)


def test_marks_in_words_and_as_json():
    marks = quiz(l17(), hide="all").mark(["2", "6", 36, 2, 1, 12, 12, 12, 24])
    assert [mark.verdict for mark in marks] == ["right", "wrong", "follows", "right", "right"] + ["follows"] * 4
    assert marks.points == 8 and not marks and marks.first_wrong.mistakes == ("subtraction-sign",)
    assert str(marks).splitlines()[2] == ("(2) s = 6: wrong. The sign of a subtraction: it is ŷ − y, in this order.")
    assert quiz(-Value(2, "x") * 3, hide="values").mark([2])[0].text.endswith("The sign of a subtraction: it is −x.")
    told = json.loads(marks.to_json())
    assert {key: told[key] for key in ("name", "title", "seed", "right", "follows", "wrong", "missing")} == {
        "name": None,
        "title": "loss = (w·x − y)²",
        "seed": None,
        "right": 3,
        "follows": 5,
        "wrong": 1,
        "missing": 0,
    }
    assert told["points"] == 8 and told["most"] == 9 and told["marks"][1]["mistakes"] == ["subtraction-sign"]
    assert json.loads(quiz(l17()).mark([]).to_json())["marks"][0]["answer"] is None
    assert str(quiz(l17()).mark([-4, -4, -9])).endswith("(3) ∂loss/∂w = −9: wrong. −9 is too far from 0.")
    assert str(quiz(l17()).mark([-4, -4, Fraction(-80001, 10000)])).endswith("wrong. −80001/10000 is too far from 0.")


def test_rounding_is_told_from_what_is_wrong():
    z = Value(0.5, "w") * 3 - 1
    p = sigmoid(z)
    p.name = "p"
    exercise = quiz((p - 1) ** 2)
    assert exercise.mark(["-0.755", "-0.755", "-0.177", "-0.177", -0.532]) and exercise.mark(exercise.answers)
    marks = exercise.mark(["-0.76", "-0.76", "-0.18", "-0.177", "-0.53"])
    assert [mark.verdict for mark in marks] == ["wrong", "follows", "follows", "right", "follows"] and marks.points == 4
    assert str(marks).splitlines()[1].endswith(" = −0.76: rounded too far. Give at least 3 digits.")
    assert str(marks).splitlines()[3].endswith(" = −0.18: as in (1), and costs nothing more.")
    assert marks[0].mistakes == ("rounded",) and "0.75" not in str(marks)
    third = quiz(Value(1, "x") / 3)
    assert third.mark(["0.333"]) and third.mark(["1/3"]) and third.mark([0.33])[0].mistakes == ("rounded",)


def test_a_reader_goes_on_with_right_numbers_exactly_or_as_they_are_written():
    x, y = Value(2.0, "x"), Value(1 / 3, "y")
    z = x * y
    up = Fact("gradient", z)
    story = Story(z * 1)
    assert Working(story, {up: 1.01}).expected(Fact("gradient", x)) == [1 / 3] * 3
    assert Working(story, {up: 1.01}, exactly=False).expected(Fact("gradient", x)) == [0.3333 * 1.01] * 3
    assert Working(story, {up: 3.0}, {up}).expected(Fact("gradient", x)) == [1.0] * 3


def test_a_half_may_be_rounded_either_way():
    """0.75·(1 − 0.75) = 0.1875 and 0.55·(1 − 0.55) = 0.2475, worked out from a value as it was written."""
    for z, value, slopes_ in ((1.1, 0.75, (0.187, 0.1875, 0.188)), (0.2, 0.55, (0.247, 0.2475, 0.248))):
        s = sigmoid(Value(z, "z"))
        s.name = "s"
        for slope in slopes_:
            assert quiz(s, hide="all").mark([value, slope, slope]), slope
        assert quiz(s, hide="all").mark([value, slopes_[0] - 0.001, slopes_[0] - 0.001]).points == 2
    assert same(0.188, 0.1875) and same(0.187, 0.1875) and same(2.35, 2.345) and same(2.34, 2.345) and not same(1.01, 1.016)


def test_a_mistake_made_again_costs_once():
    a, b = [Value(i, f"a{i}") for i in (2, 3, 4)], [Value(i, f"b{i}") for i in (5, 6, 7)]
    loss = dot(a, b) ** 2
    up = 2 * (10 + 18 + 28)
    swapped = {f"a{i}": up * i for i in (2, 3, 4)} | {f"b{i}": up * i for i in (5, 6, 7)}
    marks = quiz(loss).mark({"1": up} | swapped)
    assert marks.points == 6 and marks[1].mistakes == ("swapped-factors",)
    assert marks[1].text.endswith(
        "The factors of a product are swapped: by a2, the derivative of a2·b5 + a3·b6 + a4·b7 is the other factor."
    )
    assert [mark.text.rpartition(": ")[2] for mark in marks[2:]] == ["as in (2), and costs nothing more."] * 5
    alone = quiz(loss).mark({"1": up} | {f"a{i}": i + 3 for i in (2, 3, 4)} | {f"b{i}": i - 3 for i in (5, 6, 7)})
    assert alone.points == 6 and alone.first_wrong.mistakes == ("no-upstream",)
    a, b, c, d = (Value(n, name) for n, name in zip((3, 6, 5, 7), "abcd"))
    two = quiz(a * b * 2 + c * d * 2)
    others = {blank.number: blank.answer for blank in two.blanks if blank.symbol[-1] not in "abc"}
    which = two.mark(others | {"a": 6, "b": 3, "c": 10})  # 6 is either mistake, 3 says which, and 10 is the other one
    assert [mark.verdict for mark in which if mark.answer != mark.blank.answer] == ["wrong", "follows", "wrong"]
    copied = quiz(loss).mark({"1": up} | dict.fromkeys(swapped, up))  # nothing was worked out: each costs
    assert copied.points == 1


def test_what_only_repeats_a_wrong_number_earns_with_what_is_worked_out_from_it():
    x, w1, w2, y = (Value(n, name) for n, name in ((3, "x"), (1, "w1"), (2, "w2"), (2, "y")))
    exercise = quiz((relu(w1 * x) * w2 - y) ** 2)
    assert list(exercise.answers.values()) == [8, 8, -8, 16, 24, 16, 48, 16] and exercise.blanks[2].symbol.endswith("∂y")
    slip = exercise.mark([6, 6, -6, 12, 18, 12, 36, 12])
    assert slip.points == 7 and slip.counts == {"right": 0, "follows": 7, "wrong": 1, "missing": 0}
    assert exercise.mark([6] * 8).points == exercise.mark([0] * 8).points == exercise.mark([1] * 8).points == 0
    assert exercise.mark([6, 6]).points == 0 and exercise.mark([6, 6, -6, 12]).points == 3
    assert exercise.mark([6, 6])[1].mistakes == ("handed-on",)
    assert (
        "This only repeats a wrong number, and nothing that is worked out from it is right." in exercise.mark([6, 6])[1].text
    )
    zero = exercise.mark({4: 0, 6: 0, 7: 0, 8: 0})
    assert zero.points == 0 and zero[6].mistakes == ("handed-on",)
    skipped = exercise.mark([6, None, -6, 12, 18, "?", 36, 12])
    assert [m.verdict for m in skipped] == [
        "wrong",
        "missing",
        "follows",
        "follows",
        "follows",
        "wrong",
        "follows",
        "follows",
    ]


def test_a_lost_factor_costs_once_where_the_wrong_number_happens_to_be_one():
    def neuron(w, x, b, y):
        w, x, b, y = (Value(n, s, requires_grad=s in "wb") for n, s in ((w, "w"), (x, "x"), (b, "b"), (y, "y")))
        d = w * x + b - y
        d.name = "d"
        return quiz(d**2)

    one, other = neuron(1, 2, 3, 4), neuron(1, 2, 4, 3)
    assert [b.symbol.split("/∂")[1] for b in one.blanks] == [b.symbol.split("/∂")[1] for b in other.blanks]
    slip, same_slip = one.mark([1, 1, 1, 1, 2]), other.mark([3, 3, 3, 3, 6])
    assert slip.points == same_slip.points == 4 and "power-factor" in slip[0].mistakes
    assert one.mark([1] * 5).points == one.mark([0] * 5).points == 0 and other.mark([1] * 5).points == 0
    assert one.mark([1, 1, 1, 1, None]).points == one.mark([1, 1, 1, 1, 7]).points == 0  # nothing was worked out


def first(node, answers, hide="gradients"):
    return quiz(node, hide=hide).mark(answers).first_wrong.mistakes


def test_each_mistake_has_a_name():
    a, b = Value(3, "a"), Value(5, "b")
    found = set()
    for node, answers, name, hide in (
        (lecture.shared(), {"∂L/∂a": 3}, "assigned", "gradients"),
        (lecture.shared(), {"∂L/∂a": 9}, "not-summed", "gradients"),
        (lecture.shared(), {"∂L/∂a": 3 * 3 * 6}, "multiplied", "gradients"),
        (l17(), [-2, -2, -4], "power-factor", "gradients"),
        (a**3, {"local ∂v1/∂a": 9}, "power-factor", "local"),
        (a**2.5, {"local ∂v1/∂a": 3**1.5}, "power-factor", "local"),
        (tanh(Value(0.5, "x")) * 2, {"∂v2/∂x": 1.6}, "rounded", "gradients"),
        (l17(), [5, 5, 5], "handed-on", "gradients"),
        (l17(), [-4, -4, 2], "no-upstream", "gradients"),
        (l17(), [-4, -4, -4], "no-local", "gradients"),
        (l17(), [-4, -4, 1], "value-for-gradient", "gradients"),
        (-a * b, {"local ∂v2/∂v1": -3}, "swapped-factors", "all"),
        (-a * b, {"∂v1/∂a": 1}, "subtraction-sign", "all"),
        (-a * b, {"v1": 3}, "subtraction-sign", "all"),
        (-a * b, {"∂v2/∂a": 5}, "subtraction-sign", "gradients"),
        ((b - a) * b, {"v1": -2}, "subtraction-sign", "values"),
        ((b - a) * b, {"v1": 8}, "subtraction-sign", "values"),
        (a**2, {"local ∂v1/∂a": 9}, "value-for-gradient", "local"),
        (dot([a], [b], 1) * 2, {"∂v2/∂a": 6}, "swapped-factors", "gradients"),
    ):
        named = {x for mark in quiz(node, hide=hide).mark(answers) for x in mark.mistakes}
        assert name in (named if name == "handed-on" else first(node, answers, hide)), (name, hide)
        found.add(name)
    assert found == set(MISTAKES)
    assert first(exp(Value(1.0, "x")), [7.0]) == () == first(a * b, {"v1": 16}, "values")


def test_sums_of_many_contributions():
    a = Value(2, "a")
    parts = [a * n for n in (3, 50, 700, 11000, 130000)]
    node = sum(parts)
    for p, name in zip(parts, "pqrst"):
        p.name = name
    total = 3 + 50 + 700 + 11000 + 130000
    assert first(node, {quiz(node).blanks[-1].symbol: total - 50}) == ("not-summed",)
    assert first(node, {quiz(node).blanks[-1].symbol: 700}) == ("assigned",)
    assert first(node, {quiz(node).blanks[-1].symbol: 3})[0] == "assigned"


def test_a_wrong_value_of_a_function_is_followed_through_both_ways():
    x = Value(0.5, "x")
    y = exp(x * 2)
    exercise = quiz(y, hide="all")
    wrong = exercise.mark({"v1": 2, "v2": 7.389, "local ∂v2/∂v1": 7.389, "∂v1/∂x": 2, "∂v2/∂v1": 7.389, "∂v2/∂x": 14.778})
    assert [mark.verdict for mark in wrong] == ["wrong", "follows", "right", "follows", "follows", "follows"]


def test_numbers_of_any_size_are_met_with_floats():
    big = 10**39
    assert evaluated(find("pow"), (big, big)) == float("inf") and evaluated(find("power", (10**30,)), (2,)) == float("inf")
    assert evaluated(find("mul"), (2**MAX_BITS, 2)) == float("inf") and slopes(find("exp"), 1, (0,)) == (1,)
    square = quiz(Value(2, "x") ** Value(3, "y"), hide="all")
    assert square.mark([big] * 5).points < 5


# ---- JSON


def changed(**changes):
    data = json.loads(quiz(l17()).to_json())
    for key, value in changes.items():
        if key == "row":
            data["nodes"][3] = value
        else:
            data[key] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    "text, message",
    [
        ("3", "this is no exercise"),
        (changed(quiz=2), "this is no exercise"),
        (changed(nodes=[]), "a list of 1 to 60 rows"),
        (changed(nodes=[{}] * 61), "a list of 1 to 60 rows"),
        (changed(nodes={}), "a list of 1 to 60 rows"),
        (changed(row=3), "node 3 of the graph is wrong: a node is an object"),
        (changed(row={"name": 3}), "a name is text"),
        (changed(row={"number": None}), "a leaf has a number"),
        (changed(row={"number": "__import__('os')"}), "is not a number"),
        (changed(row={"op": "mul", "params": [], "inputs": [0, 4]}), "inputs are places of nodes before it"),
        (changed(row={"op": "mul", "params": [], "inputs": [0, True]}), "inputs are places of nodes before it"),
        (changed(row={"op": "mul", "params": [], "inputs": [0]}), "takes another number of inputs"),
        (changed(row={"op": "sum", "params": [], "inputs": []}), "takes another number of inputs"),
        (changed(row={"op": "system", "params": [], "inputs": [0]}), "there is no operation named 'system'"),
        (changed(row={"op": "softmax", "params": [9], "inputs": [0, 1]}), "node 3 of the graph is wrong"),
        (changed(row={"op": "mul"}), "node 3 of the graph is wrong: inputs are places"),
        (
            changed(row={"op": "mul", "inputs": [0, 1]}),
            "node 3 of the graph is wrong: the parameters of an operation are a list",
        ),
        (changed(row={"op": "mul", "inputs": [0, 1], "params": 2}), "the parameters of an operation are a list of numbers"),
        (
            changed(row={"op": "power", "inputs": [0], "params": [None]}),
            "the parameters of an operation are a list of numbers",
        ),
        (changed(grad=None), "a grad that is no number"),
        (changed(seed=3), "a seed that is not a short text"),
        (changed(hide=3), "hide is one of"),
        (changed(digits=99), "digits is a number of digits"),
        (changed(nodes=[{"number": "1/2"}, {"op": "tanh", "params": [], "inputs": [0]}]), "cannot be computed"),
    ],
)
def test_what_is_no_exercise_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        Quiz.from_json(text)


def test_an_exercise_that_would_take_for_ever_is_refused_at_once():
    rows = [{"number": 10**30, "name": "x"}]
    rows += [{"op": "pow", "params": [], "inputs": [i, i]} for i in range(50)]
    with pytest.raises(ValueError, match="node 1 of the graph is wrong: its value is infinite, nan or too long"):
        Quiz.from_json(changed(nodes=rows))
    half = [{"number": "1/2"}, {"op": "power", "params": [10**39], "inputs": [0]}]
    with pytest.raises(ValueError, match="infinite, nan or too long"):
        Quiz.from_json(changed(nodes=half))


# ---- the lab


@pytest.mark.parametrize("name", VARIANTS)
def test_each_wrong_pass_shows_itself_on_its_own_graph(name):
    found = lab(name)
    assert found.first is not None and found.wrong != found.right and found.first_step > 0
    assert str(found) == found.summary() and found.summary().startswith(f"{name}: ") and "First at" in str(found)
    assert repr(found) == f"<Lab {name!r} on {found.title!r}, {len(found)} steps>"
    at = found[found.first_step]
    assert at.caption.count("✗") == 1 and "here they part" in at.caption
    texts = [
        "".join(text.itertext())
        for text in ElementTree.fromstring(found.svg(found.first_step)).iter(f"{SVG}text")
        if "✗" in "".join(text.itertext())
    ]
    assert len(texts) >= 1
    assert "✗" not in "".join(ElementTree.fromstring(found.svg(found.first_step - 1)).itertext())
    assert found.html().count("✗") >= 2


def test_the_lab_leaves_the_graph_as_it_is():
    loss = l17()
    loss.backward()
    before = repr(loss.parents), loss.data
    lab("stale-data", loss)
    lab("forgot-zero-grad", loss)
    assert (repr(loss.parents), loss.data) == before


def test_numbers_that_agree():
    found = lab("wrong-subtraction", lecture.l15())
    assert found.first is None and found.first_step == 0 and "it has the right numbers" in str(found)
    assert not any("✗" in frame.caption for frame in found)
    constant = lab("stale-data", Value(2, "c", requires_grad=False) * 3)
    assert constant.right == {} and constant.first is not None


def test_a_neuron_has_its_marks_at_the_weights():
    found = lab("forgot-zero-grad", tanh(dot([Value(0.5, "w1"), Value(2.0, "w2")], [1.5, 2.5], Value(1.0, "b"))))
    assert len(re.findall("✗", found.svg(-1))) >= 3


def test_the_recursion_refuses_what_takes_for_ever():
    x = Value(1.0, "x")
    for _ in range(40):
        x = x + x
    with pytest.raises(ValueError, match="would visit nodes .* times: take a smaller graph"):
        lab("recursive-backward", x)


def test_wrong_passes_by_hand():
    assert lab("recursive-backward").wrong == {"a": 12} and lab("recursive-backward").right == {"a": 8}
    assert lab("assign-instead-of-accumulate").wrong == {"a": 3}
    assert lab("forgot-zero-grad").wrong == {"w": -16} and lab("forgot-the-upstream").wrong == {"w": 2}
    assert lab("wrong-subtraction").wrong == {"w": 8}
    stale = lab("stale-data")
    assert stale.wrong == {"w": -20} and stale.right == {"w": -12} and "Here w = 1 became 2." in str(stale)


# ---- paths


def test_many_paths_are_counted_and_not_listed():
    x = Value(Fraction(1), "x")
    y = x
    for _ in range(200):
        y = y + y
    found = paths(y, x)
    assert found.count == 2**200 == found.total and found.edges == 400 and found.listed == ()
    assert "too many to list" in str(found) and repr(found).startswith("<Paths from 'x': 16069")
    assert found.counts.reverse_all == found.counts.forward == 400 and found.counts.each_path == 200 * 2**200


def test_paths_from_the_output_and_from_an_inner_node():
    loss = l17()
    assert paths(loss, loss).count == 1 and paths(loss, loss, grad=5).total == 5
    assert "1 path over 0 edges from loss to loss" in str(paths(loss, loss))
    guess = loss.parents[0].parents[0]
    found = paths(loss, guess)
    assert found.count == 1 and found.total == -4 and [v.name for v in found.listed[0].nodes] == ["ŷ", "s", "loss"]
    assert paths(loss, next(v for v in guess.parents if v.name == "x")).total == -4


# ---- nudges and comparisons


def test_compare_says_what_moved():
    w, b = Value(1, "w"), Value(0, "b")
    x, y = Value(2, "x", requires_grad=False), Value(4, "y", requires_grad=False)
    loss = lambda: (w * x + b - y) ** 2
    before = deepcopy(loss())
    same = compare(before, loss())
    assert same.moved == {} and same.predicted == same.actual == 0 and "No leaf moved." in str(same)
    w.data, b.data = Fraction(5, 4), Fraction(1, 8)
    step = compare(before, loss())
    assert step.moved == {"w": Fraction(1, 4), "b": Fraction(1, 8)}
    assert step.predicted == Fraction(-5, 2) and step.actual == Fraction(11, 8) ** 2 - 4
    assert "−8 · 1/4 − 4 · 1/8 = −5/2" in str(step) and "1 → 5/4" in str(step)
    assert repr(step) == "<Comparison: predicted −5/2, actual −135/64>"
    texts = [t.text for t in ElementTree.fromstring(step.picture.svg).iter(f"{SVG}text")]
    assert "1 → 5/4" in texts and "4 → 121/64" in texts
    assert "predicted change −5/2, actual change −135/64" in step.picture.title
    assert step._repr_mimebundle_()["text/plain"] == str(step)
    assert compare(before, loss(), grad=2).predicted == step.predicted
    with pytest.raises(ValueError, match="theme is one of"):
        step.drawn(theme="pink")


def test_compare_pictures_a_given_gradient_and_shared_values():
    a = Value(3, "a")
    b = a + a
    before = deepcopy(b * a)
    a.data = 4
    after = (a + a) * a
    both = compare(before, after, grad=2)
    svg = both.picture.svg
    assert "24 → 32" in svg and "∂L/∂v2 = 2" in svg and "18 → 32" in svg
    with pytest.raises(ValueError, match="is shared in one only"):
        compare(before, (a + Value(4)) * a)
    many = [Value(i, f"x{i}") for i in range(8)]
    first = deepcopy(sum(many))
    for v in many:
        v.data += 1
    assert "the sum of 8 gradients · steps = 8" in str(compare(first, sum(many)))


def test_a_linear_prediction_is_exact():
    w = Value(3, "w")
    assert "The prediction is exact." in str(nudge(w * 2, w, Fraction(1, 2)))
    assert nudge(w * 2, w, 1).actual == 2


# ---- the command line


@pytest.fixture
def run(capsys):
    def call(*argv):
        code = main(argv)
        return (code, *capsys.readouterr())

    return call


L17 = ("ŷ = x*w; s = ŷ - y; loss = s**2", "x=2", "w=1", "y=4", "--wrt", "w")


def test_the_command_makes_sheets(run, tmp_path):
    assert run("quiz", *L17)[1].endswith("(3) ∂loss/∂w = ______\n")
    sheet, solution = tmp_path / "sheet.html", tmp_path / "solution.json"
    code, out, _ = run("quiz", *L17, "--seed", "7", "--hide", "all", "-o", str(sheet), "--solution", str(solution))
    assert code == 0 and out == f"wrote {sheet}\nwrote {solution}\n" and "Sheet 7" in sheet.read_text("utf-8")
    exercise = Quiz.from_json(solution.read_text("utf-8"))
    assert exercise.seed == "7" and exercise.hide == "all" and exercise.mark(exercise.answers)
    code, _, err = run("quiz", *L17, "-o", str(sheet))
    assert code == 2 and "add --force" in err
    assert run("quiz", *L17, "-o", str(sheet), "--force")[0] == 0
    assert run("quiz", *L17, "--solution", str(tmp_path / "s.txt"))[1].startswith("wrote")
    code, _, err = run("quiz", *L17, "-o", str(tmp_path / "a.pdf"))
    assert code == 2 and "end its name in one of" in err and err.count("\n") == 1


def test_the_command_writes_both_files_or_none(run, tmp_path):
    sheet, taken = tmp_path / "sheet.html", tmp_path / "solution.html"
    taken.write_text("mine")
    for solution, remedy in ((taken, "add --force"), (tmp_path / "solution.pdf", "end its name in one of")):
        code, out, err = run("quiz", *L17, "-o", str(sheet), "--solution", str(solution))
        assert code == 2 and not out and remedy in err
        assert not sheet.exists() and taken.read_text() == "mine"


def test_the_command_marks_answers(run, tmp_path):
    sheet, answers, marks = (tmp_path / name for name in ("sheet.json", "answers.json", "marks.json"))
    assert run("quiz", *L17, "-o", str(sheet))[0] == 0
    answers.write_text('{"∂loss/∂s": "4", "∂loss/∂ŷ": 4, "3": "16/2"}', "utf-8")
    code, out, err = run("mark", str(sheet), str(answers))
    assert (code, err) == (0, "") and out.splitlines()[0] == "2 of 3 points"
    assert out.splitlines()[1].startswith("(1) ∂loss/∂s = 4: wrong.") and out.endswith(
        "right, given the numbers before it.\n"
    )
    assert run("mark", str(sheet), str(answers), "-o", str(marks)) == (0, f"wrote {marks}\n", "")
    assert json.loads(marks.read_text("utf-8"))["points"] == 2
    assert json.loads(run("mark", str(sheet), str(answers), "--format", "json")[1])["most"] == 3
    code, _, err = run("mark", str(sheet), str(answers), "-o", str(marks))
    assert code == 2 and "add --force" in err
    code, _, err = run("mark", str(sheet), str(answers), "-o", "marks.pdf")
    assert code == 2 and "end it in .txt, .json or .csv" in err


@pytest.mark.parametrize(
    "sheet, answers, message",
    [
        (b"[1]", b"[]", "sheet.json: this is no exercise"),
        (b"\xff", b"[]", "sheet.json: the exercises are not JSON"),
        (None, b"[1, 2, 3, 4]", "answers.json: there are 4 answers to 3 blanks"),
        (None, b"3", "answers.json: answers are a list, a dict by number or symbol"),
        (None, b'{"\x1b[31m": 1}', "answers.json: the answers are not JSON"),
        (None, b'{"\\u001b[31m": 1}', "answers.json: there is no blank"),
        (None, b" " * 10**6 + b"[]", "answers.json: the answers have more than 1,000,000 signs"),
        (None, b"[" * 10**5, "answers.json: the answers have too many brackets"),
    ],
)
def test_what_cannot_be_marked_is_one_line(run, tmp_path, sheet, answers, message):
    (tmp_path / "sheet.json").write_bytes(quiz(l17()).to_json().encode() if sheet is None else sheet)
    (tmp_path / "answers.json").write_bytes(answers)
    code, out, err = run("mark", str(tmp_path / "sheet.json"), str(tmp_path / "answers.json"))
    assert (code, out) == (2, "") and message in err and err.count("\n") == 1 and "\x1b" not in err


@pytest.fixture
def classroom(run, tmp_path, monkeypatch):
    """Exercises of their own for two, and answers of both."""
    monkeypatch.chdir(tmp_path)
    for folder in ("sheets", "answers"):
        (tmp_path / folder).mkdir()
    for name, solution in (("Ada", "Ada"), ("Grace", "2")):
        assert run("quiz", *L17, "--seed", name, "--solution", f"sheets/{solution}.json")[0] == 0
    files = {"Ada": Path("sheets/Ada.json"), "Grace": Path("sheets/2.json")}
    return {name: list(json.loads(file.read_text("utf-8"))["answers"].values()) for name, file in files.items()}


def test_the_command_marks_a_class(run, classroom):
    Path("class.json").write_text(json.dumps(classroom | {"Alan": [1]}), "utf-8")
    code, out, err = run("mark", "sheets", "class.json", "-o", "grades.csv")
    assert (code, out, err) == (0, "wrote grades.csv\n", "")
    assert Path("grades.csv").read_text("utf-8").splitlines() == [
        "student,points,most,right,follows,wrong,missing,first wrong,mistakes,problem",
        "Ada,3,3,3,0,0,0,,,",
        'Alan,,,,,,,,,"there is no exercise for this name: they are for Grace, Ada"',
        "Grace,3,3,3,0,0,0,,,",
    ]
    code, _, err = run("mark", "sheets", "class.json", "-o", "grades.csv")
    assert code == 2 and "grades.csv exists: add --force" in err
    told = json.loads(run("mark", "sheets/*.json", "class.json", "--format", "json")[1])
    assert {name: (m["name"], m["seed"], m["points"]) for name, m in told["marks"].items()} == {
        "Ada": ("Ada", "Ada", 3),
        "Grace": ("Grace", "Grace", 3),
    }
    Path("answers/Ada.json").write_text(json.dumps(classroom["Ada"]))
    Path("answers/2.json").write_text("[1, 2")
    lines = run("mark", "sheets", "answers")[1].splitlines()
    assert lines[2].startswith("2 ") and "the answers are not JSON" in lines[2] and lines[3].split()[:3] == ["Ada", "3", "3"]
    table = run("mark", "sheets/Ada.json", "answers/Ada.json", "answers/2.json", "class.json")
    assert table[0] == 2 and "class.json: Ada has answers in another file, too" in table[2]
    assert run("mark", "sheets/Ada.json", "class.json")[1].count("\n") == 5
    assert run("mark", "sheets/Ada.json", "answers/Ada.json", "--format", "csv")[1].splitlines()[1] == "Ada,3,3,3,0,0,0,,,"
    assert json.loads(run("mark", "sheets/Ada.json", "answers/Ada.json", "--format", "json")[1])["name"] == "Ada"


def test_what_a_class_cannot_be_marked_with(run, classroom):
    Path("class.json").write_text(json.dumps(classroom))
    Path("empty").mkdir()
    Path("sheets/Ada2.json").write_text(Path("sheets/Ada.json").read_text("utf-8"), "utf-8")
    for words, message in (
        (("sheets", "class.json"), "sheets/Ada2.json: Ada has two exercises: give each student one"),
        (("empty", "class.json"), "empty has no .json files"),
        (("sheets", "none.json"), "none.json cannot be read"),
        (("class.json", "class.json"), "class.json: this is no exercise"),
        (("sheets/Ada.json", "sheets/Ada.json"), "sheets/Ada.json: these are no answers but an exercise"),
        (("sheets/*.json",), "the following arguments are required: ANSWERS.json"),
    ):
        code, out, err = run("mark", *words)
        assert (code, out) == (2, "") and message in err and err.count("\n") == 1, err


def test_a_sheet_and_its_solution_are_two_files(run, tmp_path):
    same = str(tmp_path / "same.json")
    code, out, err = run("quiz", *L17, "-o", same, "--solution", same)
    assert (code, out) == (2, "") and "-o and --solution name the same file" in err and not list(tmp_path.iterdir())
    kept = run("quiz", *L17, "--seed", "7", "--fixed", "y, x")[1]
    assert "x = 2, w = " in kept and "y = 4" in kept
    code, _, err = run("quiz", *L17, "--seed", "7", "--fixed", "q")
    assert code == 2 and "'q' is no input of this graph, to hold fixed: its inputs are x, w, y" in err


def test_grades(tmp_path):
    ada, grace = (quiz(l17(), name) for name in ("Ada", "Grace"))
    answers = {"Ada ": ada.answers, "=Grace": [1, None, 2], "Alan": 3}
    found = grades({"Ada": ada, "=Grace": grace, "Alan": ada}, answers)
    assert found.marks["Ada"].name == "Ada" and found.marks["Ada"].seed == "Ada" and found.problems.keys() == {"Alan"}
    assert "'=Grace,0,3,0,0,2,1,1," in found.csv() and "got 3" in found.csv() and repr(found) == str(found)
    assert grades([ada, grace], {"Grace": []}).marks["Ada"].counts == {"right": 0, "follows": 0, "wrong": 0, "missing": 3}
    assert grades(ada, {"a": ada.answers, "b": []}).rows()[1][:3] == ("b", "0", "3")
    for suffix in (".csv", ".txt", ".json"):
        path = tmp_path / f"grades{suffix}"
        found.save(path)
        assert "Ada" in path.read_text("utf-8") and path.read_bytes().endswith(b"\n")
        with pytest.raises(FileExistsError):
            found.save(path)
    with pytest.raises(ValueError, match=r"end its name in one of .csv, .txt, .json"):
        found.save(tmp_path / "grades.xlsx")


def test_files_that_cannot_be_read(run, tmp_path):
    for path in (tmp_path / "none.json", tmp_path / "*.json", "a\0b.json"):
        code, out, err = run("mark", str(path), str(path))
        assert (code, out) == (2, "") and "cannot be read: " in err and err.count("\n") == 1
