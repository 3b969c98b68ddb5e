"""The classroom, on random graphs of fractions: full marks for the solution, a name for every planted mistake, no mistake
punished twice; and paths whose products add up to the gradient."""

from __future__ import annotations

import contextlib
import json
from fractions import Fraction

import pytest
from graphs import exact_gradient, programs, record
from hypothesis import assume, given
from hypothesis import strategies as st

from autograd import Value, grad
from autograd.classroom import Quiz, compare, lab, nudge, paths, quiz
from autograd.classroom.blanks import HIDE
from autograd.graph import nodes
from autograd.testing.strategies import graphs

few = programs(max_steps=6)


def asked(program, hide, seed=None):
    """An exercise about a program; a program whose result has nothing to work out is another one's business."""
    result = record(program)[1][-1]
    try:
        return quiz(result, seed, hide)
    except ValueError as error:
        assume("nothing to work out" not in str(error) and "too long" not in str(error))
        raise


def fact(blank):
    return blank.fact.kind, blank.fact.node, blank.fact.position


# ---- the solution


@given(program=few, hide=st.sampled_from(sorted(HIDE)), seed=st.none() | st.integers(0, 99))
def test_every_solution_gets_full_marks(program, hide, seed):
    exercise = asked(program, hide, seed)
    again = Quiz.from_json(exercise.to_json(solution=True))
    assert again.answers == exercise.answers and again.to_json() == exercise.to_json()
    by_number = {blank.number: blank.answer for blank in exercise.blanks}
    as_text = [str(answer) for answer in exercise.answers.values()]
    for answers in (exercise.answers, by_number, as_text, exercise.to_json(solution=True), json.dumps(as_text)):
        marks = again.mark(answers)
        assert marks and marks.points == marks.most == len(exercise.blanks) and marks.first_wrong is None
        assert all(mark.verdict == "right" and mark.mistakes == () for mark in marks)


@given(program=graphs(max_steps=6), hide=st.sampled_from(sorted(HIDE)))
def test_every_solution_gets_full_marks_with_functions_too(program, hide):
    exercise = asked(program, hide)
    assert exercise.mark(exercise.answers)
    assert Quiz.from_json(exercise.to_json()).answers == exercise.answers


# ---- mistakes


def contributions(story_root, node):
    """(child, position, upstream, local) of each use, oldest child first."""
    order = nodes(story_root)
    found = []
    for v in order:
        for i, (p, local) in enumerate(zip(v.parents, v.local_grads)):
            if p is node:
                found.append((v, i, grad(story_root, [v])[0], local))
    return found


def planted(root, node):
    """Known mistakes in one gradient, each with the number it gives, worked out once more."""
    uses = contributions(root, node)
    youngest_first = sorted(uses, key=lambda use: (-use[0].serial, use[1]))
    shares = [upstream * local for _, _, upstream, local in youngest_first]
    yield "no-upstream", sum(use[3] for use in uses)
    yield "no-local", sum(use[2] for use in uses)
    yield "value-for-gradient", node.data
    if len(uses) > 1:
        yield "assigned", shares[-1]
        yield "not-summed", shares[0]
        yield "not-summed", sum(shares[1:])
    if any(v.op.name == "sub" and i == 1 for v, i, _, _ in uses):
        yield (
            "subtraction-sign",
            sum(up * (abs(local) if v.op.name == "sub" else local if v.op.name != "neg" else 1) for v, _, up, local in uses),
        )
    if any(v.op.name == "mul" for v, *_ in uses) and not any(v.op.name == "dot" for v, *_ in uses):
        yield "swapped-factors", sum(up * (node.data if v.op.name == "mul" else local) for v, _, up, local in uses)


@given(program=few, hide=st.sampled_from(["gradients", "backward", "all"]), data=st.data())
def test_every_planted_mistake_is_named(program, hide, data):
    exercise = asked(program, hide)
    gradients = [blank for blank in exercise.blanks if blank.fact.kind == "gradient"]
    assume(gradients)
    blank = data.draw(st.sampled_from(gradients))
    name, number = data.draw(st.sampled_from(list(planted(exercise._story.root, blank.fact.node))))
    assume(number != blank.answer)
    if name == "not-summed":
        last = dict(planted(exercise._story.root, blank.fact.node)).get("assigned")
        assume(number != last or len(contributions(exercise._story.root, blank.fact.node)) > 2)
    marks = exercise.mark(exercise.answers | {blank.number: number})
    assert marks.first_wrong.blank is blank and not marks
    accepted = {name} | ({"assigned"} if name == "not-summed" else set())
    assert accepted & set(marks.first_wrong.mistakes), (name, marks.first_wrong)
    assert str(blank.answer) not in marks.first_wrong.text.replace(blank.symbol, "") or len(str(blank.answer)) < 3


# ---- follow-through


def worked(exercise, wrong):
    """What a reader writes who makes these mistakes (blank number -> what is added), and is consistent otherwise."""
    answers, known = {}, {}
    story = exercise._story

    def number(kind, v, i=0):
        if (kind, v, i) in known:
            return known[kind, v, i]
        return {"value": lambda: v.data, "local": lambda: v.local_grads[i], "gradient": lambda: grad(story.root, [v])[0]}[
            kind
        ]()

    for blank in exercise.blanks:
        kind, v, i = fact(blank)
        if kind == "value":
            answer = v.op(*[number("value", p) for p in v.parents])
        elif kind == "local":
            answer = v.op.slopes_at(number("value", v), tuple([number("value", p) for p in v.parents]))[i]
        else:
            answer = sum(number("local", c, j) * number("gradient", c) for c, j, _, _ in contributions(story.root, v))
        answers[blank.number] = known[kind, v, i] = answer + wrong.get(blank.number, 0)
    return answers


@given(program=few, hide=st.sampled_from(sorted(HIDE)), data=st.data())
def test_no_mistake_is_punished_twice(program, hide, data):
    exercise = asked(program, hide)
    numbers = [blank.number for blank in exercise.blanks]
    off = st.fractions(-3, 3, max_denominator=4).filter(bool)
    wrong = data.draw(st.dictionaries(st.sampled_from(numbers), off, min_size=1, max_size=3))
    answers = worked(exercise, wrong)
    assume(all(max(abs(Fraction(x).numerator), Fraction(x).denominator) < 10**30 for x in answers.values()))
    marks = exercise.mark(answers)
    assert {mark.blank.number for mark in marks if not mark.point} <= set(wrong)
    first = min(wrong)
    if len(wrong) == 1:
        assert marks.first_wrong.blank.number == first and marks.points == marks.most - 1
    for mark in marks:
        assert (mark.verdict == "right") == (mark.answer == mark.blank.answer)


@given(program=few, hide=st.sampled_from(sorted(HIDE)), data=st.data())
def test_what_is_left_out_costs_itself_only(program, hide, data):
    exercise = asked(program, hide)
    left = data.draw(st.sets(st.sampled_from([blank.number for blank in exercise.blanks])))
    marks = exercise.mark({number: answer for number, answer in exercise.answers.items() if number not in left})
    assert marks.points == marks.most - len(left) and marks.first_wrong is None
    assert [mark.blank.number for mark in marks if mark.verdict == "missing"] == sorted(left)


# ---- JSON from anywhere

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["mul", "power", "1/3", "pow"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)


@given(program=few, key=st.sampled_from(["nodes", "hide", "grad", "seed", "digits", "quiz"]), junk=anything, data=st.data())
def test_a_changed_exercise_is_read_or_refused(program, key, junk, data):
    changed = json.loads(asked(program, "all").to_json())
    if key == "nodes":
        row = data.draw(st.sampled_from(changed["nodes"]))
        row[data.draw(st.sampled_from(["name", "number", "op", "params", "inputs", "scope", "constant"]))] = junk
    else:
        changed[key] = junk
    try:
        exercise = Quiz.from_json(json.dumps(changed))
    except ValueError:
        return
    assert exercise.mark(exercise.answers)


@given(program=few, junk=anything)
def test_any_answer_is_marked_or_refused(program, junk):
    exercise = asked(program, "all")
    marks = exercise.mark({1: junk})
    assert marks[0].verdict in ("right", "follows", "wrong", "missing") and not any(mark.mistakes for mark in marks[1:])
    with contextlib.suppress(ValueError, TypeError):
        exercise.mark(json.dumps(junk))


# ---- paths


def walked(root, leaf):
    """Every path from the leaf to the root, by recursion: lists of local gradients."""
    if root is leaf:
        return [[]]
    return [[*way, local] for p, local in zip(root.parents, root.local_grads) for way in walked(p, leaf)]


def rests_on(v, leaf):
    return v is leaf or any(rests_on(p, leaf) for p in v.parents)


@given(program=few, seed=st.fractions(-3, 3, max_denominator=3), data=st.data())
def test_paths_add_up_to_the_gradient_and_are_counted(program, seed, data):
    leaves, results = record(program)
    root, live = results[-1], [v for v in leaves if rests_on(results[-1], v)]
    assume(live)
    leaf = data.draw(st.sampled_from(live))
    ways = walked(root, leaf)
    found = paths(root, leaf, grad=seed, most=10_000)
    assert found.count == len(found.listed) == len(ways)
    assert sum(path.product for path in found.listed) == found.total == exact_gradient(program)[leaves.index(leaf)] * seed
    products = sorted(path.product for path in found.listed)
    expected = []
    for way in ways:
        number = Fraction(seed)
        for local in way:
            number *= local
        expected.append(number)
    assert products == sorted(expected)
    edges = [(p, v) for v in nodes(root) for p in v.parents]
    counts = found.counts
    assert counts.each_path == sum(map(len, ways))
    assert counts.forward == found.edges == sum(rests_on(p, leaf) for p, _ in edges)
    assert counts.forward_all == sum(rests_on(p, each) for p, _ in edges for each in live)
    assert counts.reverse_all == sum(any(rests_on(p, each) for each in live) for p, _ in edges)
    assert counts.leaves == len(live)
    few_listed = paths(root, leaf, grad=seed, most=len(ways) - 1)
    assert few_listed.listed == () and (few_listed.count, few_listed.total) == (found.count, found.total)


# ---- the lab, against passes written with Python's recursion


def by_recursion(root):
    grads = dict.fromkeys(nodes(root), 0)
    grads[root] = 1

    def back(v):
        for p, local in zip(v.parents, v.local_grads):
            grads[p] += local * grads[v]
            back(p)

    back(root)
    return grads


def by_assignment(root):
    grads = {root: 1}
    for v in sorted((v for v in nodes(root) if v.op), key=lambda v: -v.serial):
        for p, local in zip(v.parents, v.local_grads):
            grads[p] = local * grads[v]
    return grads


@given(
    program=few, way=st.sampled_from([("recursive-backward", by_recursion), ("assign-instead-of-accumulate", by_assignment)])
)
def test_the_lab_runs_the_wrong_pass_it_names(program, way):
    name, run = way
    _leaves, results = record(program)
    root = results[-1]
    found, wrong = lab(name, root), run(root)
    live = [v for v in nodes(root) if v.op is None and v.requires_grad]
    assert list(found.wrong.values()) == [wrong[v] for v in live]
    assert list(found.right.values()) == list(grad(root, live)) if live else not found.right
    parted = {v for v in wrong if v.requires_grad and wrong[v] != grad(root, [v])[0]}
    assert (found.first is None) == (not parted)
    if parted:
        assert found.first in parted and "✗" in found[found.first_step].caption
        assert not any("✗" in frame.caption for frame in found[: found.first_step])


# ---- nudges


@given(program=few, by=st.fractions(-2, 2, max_denominator=4), data=st.data())
def test_a_nudge_is_predicted_by_the_gradient_and_computed_again(program, by, data):
    leaves, results = record(program)
    i = data.draw(st.integers(0, len(leaves) - 1))
    assume(rests_on(results[-1], leaves[i]))
    moved = nudge(results[-1], leaves[i], by)
    inputs = [x + by * (j == i) for j, x in enumerate(program.inputs)]
    assert moved.predicted == exact_gradient(program)[i] * by
    assert moved.actual == program(*inputs) - program(*program.inputs)
    other = record(type(program)(tuple(inputs), program.steps))[1][-1]
    both = compare(results[-1], other)
    assert (both.predicted, both.actual, both.text()) == (moved.predicted, moved.actual, moved.text())


@pytest.mark.parametrize("seed", range(100))
def test_drawn_numbers_of_the_lectures_exercise_are_neither_trivial_nor_large(seed):
    x, y, w = Value(2, "x", requires_grad=False), Value(4, "y", requires_grad=False), Value(1, "w")
    exercise = quiz((w * x - y) ** 2, seed, "all")
    assert exercise.to_json() == quiz((w * x - y) ** 2, str(seed), "all").to_json()
    story = exercise._story
    for v in story.order:
        assert v.data not in (0, 1, -1) and abs(v.data) < 1000 and Fraction(v.data).denominator <= 9
        assert story.gradients[v] != 0
