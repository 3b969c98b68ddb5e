"""The classroom, on random graphs of fractions: full marks for the solution, a name for every planted mistake, no mistake
punished twice; and paths whose products add up to the gradient."""

from __future__ import annotations

import contextlib
import json
from fractions import Fraction
from math import prod

import pytest
from graphs import exact_gradient, programs, record
from hypothesis import assume, example, given
from hypothesis import strategies as st

from autograd import Value, exp, grad, sigmoid, tanh
from autograd.classroom import Quiz, compare, lab, nudge, paths, quiz, working
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
    by_name = {blank.symbol.replace("∂", "d"): answer for blank, answer in zip(exercise.blanks, as_text)}
    for answers in (exercise.answers, by_number, as_text, by_name, json.dumps(as_text), json.dumps({"answers": as_text})):
        marks = again.mark(answers)
        assert marks and marks.points == marks.most == len(exercise.blanks) and marks.first_wrong is None
        assert all(mark.verdict == "right" and mark.mistakes == () for mark in marks)
    for as_answer in (exercise.to_json(), exercise.to_json(solution=True)):
        with pytest.raises(ValueError, match="no answers but an exercise"):
            again.mark(as_answer)


@given(program=few, hide=st.sampled_from(sorted(HIDE)), digits=st.integers(3, 6))
def test_what_is_rounded_to_the_digits_that_are_asked_for_is_right(program, hide, digits):
    exercise = asked(program, hide)
    assert exercise.mark({n: float(f"{float(x):.{digits}g}") for n, x in exercise.answers.items()})


@given(program=graphs(max_steps=6), hide=st.sampled_from(sorted(HIDE)))
def test_every_solution_gets_full_marks_with_functions_too(program, hide):
    exercise = asked(program, hide)
    assert exercise.mark(exercise.answers)
    assert Quiz.from_json(exercise.to_json()).answers == exercise.answers


def neuron(f, numbers):
    names = ("w1", "x1", "w2", "x2", "b", "t")
    w1, x1, w2, x2, b, t = (Value(n, name, requires_grad=name in ("w1", "w2", "b")) for n, name in zip(numbers, names))
    return (f(w1 * x1 + w2 * x2 + b) - t) ** 2


@pytest.mark.parametrize("f", [tanh, sigmoid])
@pytest.mark.parametrize("hide", ["gradients", "all"])
@given(numbers=st.lists(st.integers(-30, 30).map(lambda n: n / 10), min_size=6, max_size=6), data=st.data())
@example(numbers=[1.0, 2.0, -1.0, 3.0, -2.84, 1.0], data=None)  # tanh(−3.84) prints as −0.9991
def test_what_is_worked_out_from_the_printed_numbers_is_right(f, hide, numbers, data):
    """A reader who takes each number as the sheet prints it, or as he wrote it himself, rounded each time."""
    digits = data.draw(st.integers(4, 6)) if data else 4
    places = data.draw(st.integers(digits, 6)) if data else 4
    exercise = quiz(neuron(f, numbers), None, hide, digits=digits)
    answers = worked(exercise, {}, lambda x: float(f"{float(x):.{digits}g}"), lambda x: float(f"{float(x):.{places}g}"))
    assert exercise.mark(answers), (answers, exercise.answers)


@pytest.mark.parametrize("f", [tanh, sigmoid, exp])
@given(numbers=st.lists(st.integers(-12, 12).map(lambda n: n / 10), min_size=6, max_size=6), off=st.floats(-0.4, 0.4))
def test_a_wrong_value_of_a_function_is_not_punished_twice(f, numbers, off):
    exercise = quiz(neuron(f, numbers), None, "all")
    value = next(b for b in exercise.blanks if b.fact.kind == "value" and b.fact.node.op.name == f.name)
    marks = exercise.mark(worked(exercise, {value.number: off}))
    assert all(mark.point or mark is marks.first_wrong or hollow(exercise, marks.first_wrong, {}) for mark in marks), marks


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
        yield "multiplied", prod(shares)
    if any(v.op.name == "power" for v, *_ in uses):
        yield (
            "power-factor",
            sum(up * (local / v.op.params[0] if v.op.name == "power" else local) for v, _, up, local in uses),
        )
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
    marks = exercise.mark(exercise.answers | {blank.number: number})
    assert marks.first_wrong.blank is blank and not marks
    accepted = {name} | ({"assigned"} if name == "not-summed" else set())
    assert accepted & set(marks.first_wrong.mistakes), (name, marks.first_wrong)
    formulas = [part for v in exercise._story.inner for part in (exercise._story.formula(v), blank.symbol)]
    told = marks.first_wrong.text
    for known in sorted(formulas, key=len, reverse=True):
        told = told.replace(known, "")
    assert str(blank.answer) not in told or len(str(blank.answer)) < 3


# ---- follow-through


BY_VALUE = {"tanh": lambda z: 1 - z * z, "sigmoid": lambda z: z * (1 - z), "exp": lambda z: z}


def worked(exercise, wrong, printed=lambda x: x, rounded=lambda x: x, local=None):
    """What a reader writes who makes these mistakes (blank number -> what is added), and is consistent otherwise; who sees
    numbers as they are printed, rounds what he writes, and follows a rule of his own for local gradients."""
    answers, known = {}, {}
    story = exercise._story
    given_ones = {"value": lambda v, i: v.data, "gradient": lambda v, i: grad(story.root, [v])[0]}

    def number(kind, v, i=0):
        if (kind, v, i) in known:
            return known[kind, v, i]
        if kind == "local":
            return slope(v, i)
        return printed(given_ones[kind](v, i))

    def slope(v, i):
        if v.op.name in BY_VALUE:
            return BY_VALUE[v.op.name](number("value", v))
        inputs = tuple([number("value", p) for p in v.parents])
        return v.op.slopes_at(number("value", v), inputs)[i] if local is None else local(v, i)

    for blank in exercise.blanks:
        kind, v, i = fact(blank)
        if kind == "value":
            answer = v.op(*[number("value", p) for p in v.parents])
        elif kind == "local":
            answer = slope(v, i)
        else:
            answer = sum(number("local", c, j) * number("gradient", c) for c, j, _, _ in contributions(story.root, v))
        answers[blank.number] = known[kind, v, i] = rounded(answer + wrong.get(blank.number, 0))
    return answers


def hollow(exercise, mark, answers):
    """Whether a number is 0, or a copy of a gradient that arrives: nothing was worked out for it."""
    up = [
        blank
        for blank in exercise.blanks
        for s in exercise._story.shares[mark.blank.fact.node]
        if blank.fact[:2] == ("gradient", s.child)
    ]
    arrives = [answers[blank.number] for blank in up] + [1] * any(
        s.child is exercise._story.root for s in exercise._story.shares[mark.blank.fact.node]
    )
    return mark.answer == 0 or (mark.blank.fact.kind == "gradient" and mark.answer in arrives)


def repeats(mark):
    """Whether this one only repeats a wrong number, and earns nothing by itself."""
    return mark.mistakes == ("handed-on",)


@given(program=few, hide=st.sampled_from(sorted(HIDE)), data=st.data())
def test_no_mistake_is_punished_twice(program, hide, data):
    exercise = asked(program, hide)
    numbers = [blank.number for blank in exercise.blanks]
    off = st.fractions(-3, 3, max_denominator=4).filter(bool)
    wrong = data.draw(st.dictionaries(st.sampled_from(numbers), off, min_size=1, max_size=3))
    answers = worked(exercise, wrong)
    assume(all(max(abs(Fraction(x).numerator), Fraction(x).denominator) < 10**30 for x in answers.values()))
    marks = exercise.mark(answers)
    assert {mark.blank.number for mark in marks if not mark.point and not repeats(mark)} <= set(wrong)
    slip = marks.first_wrong
    if len(wrong) == 1:
        assert slip.blank.number == min(wrong) and slip.point == 0
        assert marks.points == marks.most - 1 or hollow(exercise, slip, answers)
    for mark in marks:
        assert (mark.verdict == "right") == (mark.answer == mark.blank.answer)
        assert marks.points == sum(marks.counts[verdict] for verdict in ("right", "follows"))


PARTNER = {"mul": lambda v, i: v.parents[i].data, "power": lambda v, i: v.local_grads[i] / v.op.params[0]}
RULES = {
    "swapped-factors": lambda v, i: PARTNER["mul"](v, i) if v.op.name == "mul" else v.local_grads[i],
    "power-factor": lambda v, i: PARTNER["power"](v, i) if v.op.name == "power" else v.local_grads[i],
    "subtraction-sign": lambda v, i: abs(v.local_grads[i]) if v.op.name in ("sub", "neg") else v.local_grads[i],
}


@given(program=few, hide=st.sampled_from(["local", "gradients", "backward"]), rule=st.sampled_from(sorted(RULES)))
def test_a_wrong_rule_followed_throughout_costs_one_point(program, hide, rule):
    exercise = asked(program, hide)
    answers = worked(exercise, {}, local=RULES[rule])
    marks = exercise.mark(answers)
    lost = [mark for mark in marks if not mark.point]
    assert all(rule in mark.mistakes or repeats(mark) for mark in lost) and (marks or lost)
    assert len(lost) <= 1 or any(hollow(exercise, mark, answers) for mark in lost)


@given(program=few, hide=st.sampled_from(["gradients", "backward"]))
def test_local_gradients_alone_throughout_cost_one_point(program, hide):
    exercise = asked(program, hide)
    story = exercise._story
    answers = {
        blank.number: blank.answer
        if blank.fact.kind == "local"
        else sum(local for *_, local in contributions(story.root, blank.fact.node))
        for blank in exercise.blanks
    }
    marks = exercise.mark(answers)
    lost = [mark for mark in marks if not mark.point]
    assert len(lost) <= 1 or any(hollow(exercise, mark, answers) for mark in lost)


@given(program=few, hide=st.sampled_from(sorted(HIDE)), seed=st.none() | st.integers(0, 99))
def test_zeros_earn_what_is_zero_and_nothing_more(program, hide, seed):
    exercise = asked(program, hide, seed)
    assert exercise.mark([0] * len(exercise.blanks)).points == sum(x == 0 for x in exercise.answers.values())


@given(program=few, seed=st.none() | st.integers(0, 99))
def test_ones_earn_what_is_one_and_nothing_more(program, seed):
    exercise = asked(program, "gradients", seed)
    assert exercise.mark([1] * len(exercise.blanks)).points == sum(x == 1 for x in exercise.answers.values())


@given(program=few, hide=st.sampled_from(sorted(HIDE)), number=st.sampled_from([1, 2, 5, -3]), data=st.data())
def test_one_number_everywhere_earns_no_more_than_one_slip_would(program, hide, number, data):
    """Where a number that only repeats a wrong one has its point, all that is worked out from it has: nothing is wrong."""
    exercise = asked(program, hide)
    left = data.draw(st.sets(st.sampled_from([blank.number for blank in exercise.blanks])))
    answers = {blank.number: number for blank in exercise.blanks if blank.number not in left}
    marks = exercise.mark(answers)
    by_fact = {mark.blank.fact: mark for mark in marks}
    for mark in marks:
        after = [
            by_fact[blank.fact]
            for blank in exercise.blanks
            if mark.blank.fact in working.rests_on(exercise._story, blank.fact)
        ]
        if mark.verdict == "follows" and not any(m.text.endswith("costs nothing more.") for m in marks):
            assert all(m.verdict in ("right", "follows") for m in after)


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
