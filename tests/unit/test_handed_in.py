"""What a class hands in: files of students' answers, names however long, and what contradicts itself."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from autograd import Value
from autograd.classroom import grades, nudge, paths, quiz
from autograd.command.cli import main
from autograd.learn.numerals import off


def loss_of(seed=None):
    return quiz((Value(2, "x", requires_grad=False) * Value(1, "w") - 4) ** 2, seed)


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """The command, in a folder with exercises of their own for two."""
    monkeypatch.chdir(tmp_path)
    Path("sheets").mkdir()
    for name in ("Ada", "Grace"):
        loss_of(name).save(f"sheets/{name}.json")

    def call(*argv):
        code = main(argv)
        return (code, *capsys.readouterr())

    return call


ADA = [str(answer) for answer in loss_of("Ada").answers.values()]


# ---- files of a class


@pytest.mark.parametrize(
    "answers, problem",
    [
        (None, "answers are a list, a dict by number or symbol, or JSON of these; got nothing"),
        (5, "answers are a list, a dict by number or symbol, or JSON of these; got 5"),
        (True, "answers are a list, a dict by number or symbol, or JSON of these; got True"),
        ("absent", "the answers are not JSON: Expecting value in line 1, column 1, at absent: mend it there"),
        ("", "the answers are not JSON: Expecting value in line 1, column 1, at the end: mend it there"),
    ],
)
def test_what_one_student_did_not_hand_in_stands_in_one_row(run, answers, problem):
    for given, marked in ((ADA, ["Ada"]), (None, [])):  # also where nobody handed in a list
        Path("cl.json").write_text(json.dumps({"Ada": given, "Grace": answers}))
        code, out, err = run("mark", "sheets", "cl.json", "--format", "json")
        found = json.loads(out)
        assert (
            (code, err) == (0, "") and list(found["marks"]) == marked and {*marked, *found["problems"]} == {"Ada", "Grace"}
        )
        assert found["problems"]["Grace"].startswith(problem)


@pytest.mark.parametrize(
    "text, message",
    [
        (
            '{"Ada": [1, 2',
            "cl.json: the answers are not JSON: Expecting ',' delimiter in line 1, column 14, at the end: mend",
        ),
        ('{"Ada":\n[1, 2],}', "cl.json: the answers are not JSON: "),
        ("", "cl.json: the answers are not JSON: Expecting value in line 1, column 1, at the end: mend it there"),
        ("{}", "cl.json: there are no answers of Ada or Grace in it: write them by student, "),
        ("null", "cl.json: there are no answers of Ada or Grace in it: write them by student, "),
        ("[1, 2]", "cl.json: there are no answers of Ada or Grace in it: write them by student, "),
        ('{"1": 3}', "cl.json: there are no answers of Ada or Grace in it: write them by student, "),
    ],
)
def test_a_file_that_is_no_class_is_an_error(run, text, message):
    Path("cl.json").write_text(text)
    code, out, err = run("mark", "sheets", "cl.json")
    assert (code, out) == (2, "") and message in err and err.count("\n") == 1


def test_one_students_broken_file_is_a_problem_in_his_row(run):
    Path("answers").mkdir()
    Path("answers/Ada.json").write_text(json.dumps(ADA))
    Path("answers/Grace.json").write_text("[1, 2,")
    Path("answers/Alan.json").write_text("[1]")
    code, out, _ = run("mark", "sheets", "answers", "--format", "json")
    found = json.loads(out)
    assert code == 0 and found["marks"]["Ada"]["points"] == 3 and found["problems"].keys() == {"Alan", "Grace"}
    Path("answers/Alan.json").write_text("[1, 2,")  # whose exercise there is none for: it may have been a class
    assert run("mark", "sheets", "answers")[0] == 2
    assert run("mark", "sheets/Ada.json", "answers")[1].count("not JSON") == 2  # one exercise for all


def test_what_is_no_number_in_a_students_own_file_is_wrong_there(run):
    Path("Ada.json").write_text(json.dumps({"1": ADA[0], "2": [3]}))
    found = json.loads(run("mark", "sheets", "Ada.json", "--format", "json")[1])
    assert found["marks"]["Ada"]["points"] == 1 and not found["problems"] and found["marks"].keys() == {"Ada", "Grace"}


# ---- names


def test_no_name_is_cut_where_it_tells_who_it_is(tmp_path):
    names = ["Ada " + "Maria " * 14 + last for last in ("Byron", "King")]
    sheets = [loss_of(name) for name in names]
    found = grades(sheets, {names[0]: ADA, names[1]: []})
    assert [row[0] for row in found.rows()] == names and all(name in found.csv() and name in str(found) for name in names)
    assert list(json.loads(found.to_json())["marks"]) == names
    for name, sheet in zip(names, sheets):
        assert f"Sheet {name}" in sheet.html() and f"Sheet {name}" in sheet.encoded("a.svg").decode().replace("\xa0", " ")
    assert grades(sheets[0], {"\x1b" * 50: []}).rows()[0][0] == "\\x1b" * 50


def test_a_space_in_a_seeds_name_is_no_other_name(run):
    Path("sheets/Ada.json").rename("sheets/1.json")
    for name in ("Ada", " Ada", "Ada "):
        Path("cl.json").write_text(json.dumps({name: ADA}))
        found = json.loads(run("mark", "sheets", "cl.json", "--format", "json")[1])
        assert found["marks"]["Ada"]["points"] == 3 and not found["problems"] and len(found["marks"]) == 2


# ---- contradictions


def test_two_answers_to_one_blank_are_refused():
    exercise = loss_of("Ada")
    w = exercise.blanks[-1].symbol.replace("∂", "d")
    with pytest.raises(ValueError, match=rf"blank 3 has two answers, 20 as {w} and 21 as w: leave one out"):
        exercise.mark({w: 20, "w": 21})
    with pytest.raises(ValueError, match="blank 1 has two answers, -14 as 1 and 3 as 1: leave one out"):
        exercise.mark({1: -14, "1": 3})
    assert "too long to be meant" in str(exercise.mark({"w": 10**5000}))
    assert exercise.mark({w: ADA[2], "w": f" {ADA[2]} "}).points == 1
    for text in ('{"1": -14, "1": 3}', '{"answers": {"1": -14, "1": 3}}'):
        with pytest.raises(
            ValueError, match="the answers contradict themselves: 1 is there twice, as -14 and as 3: leave one out"
        ):
            exercise.mark(text)
    assert exercise.mark(f'{{"1": "{ADA[0]}", "1": "{ADA[0]}"}}').points == 1


def test_a_student_has_one_exercise_and_answers_once(run):
    ada, grace = loss_of("Ada"), loss_of("Grace")
    found = grades([ada, grace], {"Ada": ADA, "Ada ": [], "Grace": grace.answers, " Alan": [], "Alan": []})
    assert found.problems == {
        "Ada": "there are answers of 'Ada' and of 'Ada ', which is the same name: give each student's once",
        "Alan": "there is no exercise for this name: they are for Ada, Grace",
    }
    assert found.marks.keys() == {"Grace"}
    for two in ([ada, quiz(Value(2, "x") * 3, "Ada")], {"Ada": ada, "Ada ": grace}):
        with pytest.raises(ValueError, match="Ada has two exercises: give each student one"):
            grades(two, {"Ada": ADA})
    assert grades({" Ada": ada}, {"Ada": ADA}).marks["Ada"].points == 3
    for text, key in (('{"Ada": [1], "Ada": [2]}', "Ada"), ('{"Ada": {"1": 2, "1": 3}}', "1")):
        Path("cl.json").write_text(text)
        code, out, err = run("mark", "sheets", "cl.json")
        assert (code, out) == (2, "") and f"cl.json: the answers contradict themselves: {key} is there twice, as " in err
    Path("cl.json").write_text(json.dumps({"Ada": ADA, "Ada ": []}))
    assert "there are answers of 'Ada' and of 'Ada '" in run("mark", "sheets", "cl.json")[1]


# ---- wording


def test_nothing_is_too_near_itself():
    exercise = quiz((Value(1, "w") - 2) ** 2)
    assert str(exercise.mark([0, -2])).splitlines()[1].endswith(" = 0: wrong. 0 is too small in size.")
    assert off(-1, -2) == "is too near 0" and off(0.0, -2.0) == off(Fraction(0), -2) == "is too small in size"


@pytest.mark.parametrize(
    "call, got",
    [
        (lambda w: nudge(w * 2, 4, 1), "got 4"),
        (lambda w: nudge(w * 2, None, 1), "got None"),
        (lambda w: paths(3, w), "the output is 3"),
        (lambda w: paths(w * 2, None), "the leaf is None"),
    ],
)
def test_what_is_of_another_kind_is_named(call, got):
    with pytest.raises(TypeError, match=got):
        call(Value(1, "w"))
