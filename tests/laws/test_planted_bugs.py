"""The checks find every planted bug and name its row; and they find nothing in rows that are right."""

from fractions import Fraction

import pytest
from planted import BUGS

from autograd import Value, backward, derivatives, tanh
from autograd.op import FAMILIES, OPS, find
from autograd.testing import GradientError, check_gradients, check_operation

MEMBERS = {
    "power": [(2,), (3,), (-1,), (0.5,), (1.5,), (-0.3,), (20,), (-12.25,), (0,), (1,)],
    "leaky_relu": [(0.1,), (2,)],
    "elu": [(1,), (0.5,), (3.0,)],
    "softmax": [(0,), (2,)],
    "log_softmax": [(1,)],
    "cross_entropy": [(1,)],
}
TABLE = [op for op in OPS.values() if not op.doc.startswith("Of a test")]
TABLE += [find(name, params) for name in FAMILIES for params in MEMBERS.get(name, [])]
bugs = pytest.mark.parametrize("bug", [pytest.param(bug, id=bug.op.name) for bug in BUGS])


def test_there_are_at_least_forty():
    assert len({bug.op.name for bug in BUGS}) == len(BUGS) >= 50


@bugs
def test_a_planted_bug_is_found_at_its_point_and_its_row_is_blamed(bug):
    with pytest.raises(GradientError) as caught:
        check_gradients(bug.op, *bug.point)
    assert caught.value.op is bug.op and tuple(caught.value.at) == bug.point
    assert f"find({bug.op.name!r})" in caught.value.reproduce


@bugs
def test_a_planted_bug_is_found_by_the_check_of_the_row_without_a_point(bug):
    with pytest.raises(GradientError) as caught:
        check_operation(bug.op, inputs=len(bug.point))
    assert caught.value.op is bug.op


@bugs
def test_a_planted_bug_is_found_inside_a_function(bug):
    squash = (lambda x: x * x) if any(isinstance(x, Fraction) for x in bug.point) else tanh

    def function(*xs):
        return 2 * squash(bug.op(*xs) / 8) + sum(squash(x) for x in xs)

    with pytest.raises(GradientError) as caught:
        check_gradients(function, *bug.point)
    assert caught.value.op is bug.op


@pytest.mark.parametrize("op", [pytest.param(op, id=op.name + "".join(map(str, op.params))) for op in TABLE])
def test_no_row_of_the_table_raises_a_false_alarm(op):
    report = check_operation(op, points=12, wide=op.name not in ("gelu", "erf"))
    assert report.comparisons > 100 and report.unchecked < report.comparisons
    assert report.ulps <= 8


PASSES = {
    "the last use wins": ("_sweep", lambda p, sent: sent),
    "the first use wins": ("_sweep", lambda p, sent: p.grad or sent),
    "each use counts half": ("_sweep", lambda p, sent: p.grad + sent * 0.5),
}


@pytest.mark.parametrize("name", PASSES)
def test_a_pass_that_accumulates_wrongly_is_found_and_no_row_is_blamed(name, monkeypatch):
    def sweep(order):
        for v in order:
            for p, d in zip(v.parents, v.local_grads):
                p.grad = PASSES[name][1](p, d * v.grad)

    monkeypatch.setattr(backward, "_sweep", sweep)
    with pytest.raises(GradientError, match="backward") as caught:
        check_gradients(lambda x: x * x + x.sin() * x, 0.7)
    if name != "each use counts half":
        assert caught.value.op is None and "each row is right" in caught.value.hint


def test_a_reverse_mode_that_forgets_a_use_is_found(monkeypatch):
    monkeypatch.setattr(derivatives, "ieee_sum", lambda a, b: b)
    with pytest.raises(GradientError, match="reverse mode, grad") as caught:
        check_gradients(lambda x: x * x + x, 3)
    assert caught.value.op is None and caught.value.expected == 7


def test_a_forward_mode_that_is_wrong_is_found(monkeypatch):
    from autograd.testing import whole

    push = derivatives._push
    monkeypatch.setattr(whole, "_push", lambda *a: [2 * t for t in push(*a)])
    with pytest.raises(GradientError, match="forward mode") as caught:
        check_gradients(lambda x: x * x + x, 3)
    assert (caught.value.got, caught.value.expected) == (14, 7)


def test_what_a_gradient_does_not_go_through_is_found():
    for f in (lambda x: x * x.detach(), lambda x: x * x.data, lambda x: Value(x.data) * x):
        with pytest.raises(GradientError, match="function and graph"):
            check_gradients(f, 3.0)
