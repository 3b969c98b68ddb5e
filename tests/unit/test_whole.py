"""A whole graph under check: every input in every mode, those too that do not matter."""

import pytest

from autograd import Op, Value, acos, exp, sqrt
from autograd.graph import nodes
from autograd.testing import GradientError, check_gradients, whole
from autograd.testing.tape import Tape


def test_an_input_that_does_not_matter_has_slope_0_in_every_mode():
    assert check_gradients(lambda x, y: x * x, 2.0, 3.0).ulps == 0
    assert check_gradients(lambda x, y: x.exp(), 2.0, 3).unchecked == 0


def test_a_small_graph_is_checked_by_every_input_in_every_mode():
    def numbers(n):
        xs = [0.5 + i for i in range(n)]
        return check_gradients(lambda xs: sum(x * x for x in xs), xs, second_order=False).comparisons

    assert numbers(17) - numbers(9) == 8 * (numbers(2) - numbers(1))


@pytest.mark.parametrize(
    "still", [lambda: sqrt(Value(0)), lambda: Value(0.0) ** 0.5 + 1, lambda: acos(Value(-1.0, requires_grad=False))]
)
def test_a_constant_may_be_where_its_operation_has_no_slope(still):
    """Only that slope has no witness; the function's derivatives have one, and second derivatives too."""
    report = check_gradients(lambda x: exp(x * 3) * (still() + 2), 0.5)
    alone = check_gradients(lambda x: exp(x * 3) * (Value(still().data) + 2), 0.5)
    assert (report.unchecked, alone.unchecked) == (1, 0) and report.comparisons >= alone.comparisons
    assert check_gradients(lambda x: x * x + sqrt(x * 0), 0.5).unchecked > 4  # what depends on an input is no constant
    wrong = Op("wrong", value=lambda x: x * x, slopes=lambda z, x: (3 * x,), doc="Of a test: its slope is wrong.")
    with pytest.raises(GradientError, match=r"d\(wrong\)/d\(x\) is wrong"):
        check_gradients(lambda x: wrong(x) + still(), 0.5)


def test_a_tape_wants_a_number_for_each_input():
    x, y = Value(2), Value(3)
    tape = Tape(x * y, [x, y])
    assert tape([5, 7]) == 35
    for numbers in ([5], [5, 6, 7]):
        with pytest.raises(ValueError, match="zip"):
            tape(numbers)


PASSES = ["reverse mode, grad", "forward mode", "reverse mode, backward()", "grad with create_graph"]


def polynomial(*xs):
    """Of which every first and every second derivative is another, and none is 0."""
    return sum((i + 2) * x * x for i, x in enumerate(xs)) + sum(xs) * sum(xs) / 2


@pytest.mark.parametrize("few", [whole.FEW, 0])
@pytest.mark.parametrize("n", [1, 2, 4])
@pytest.mark.parametrize("mode", PASSES)
def test_a_pass_that_is_wrong_in_one_input_is_told_with_its_name_and_that_input(mode, n, few, monkeypatch):
    """Of a graph that is few enough to be asked as a whole, and of one that is asked by its parts."""
    monkeypatch.setattr(whole, "FEW", few)
    grad, push, backward = whole.grad, whole._push, Value.backward

    def spoiled(numbers):
        return [2 * x if k == wrong else x for k, x in enumerate(numbers)]

    def wrong_grad(output, inputs, *args, create_graph=False, **options):
        found = grad(output, inputs, *args, create_graph=create_graph, **options)
        return tuple(spoiled(found) if create_graph == ("create_graph" in mode) else found)

    def wrong_push(outputs, inputs, direction, create_graph):
        return [2 * t if inputs[0].name == f"x{wrong}" else t for t in push(outputs, inputs, direction, create_graph)]

    def wrong_backward(self):
        backward(self)
        for v in nodes(self):
            v.grad = 2 * v.grad if v.name == f"x{wrong}" else v.grad

    if mode == "forward mode":
        monkeypatch.setattr(whole, "_push", wrong_push)
    elif "backward" in mode:
        monkeypatch.setattr(Value, "backward", wrong_backward)
    else:
        monkeypatch.setattr(whole, "grad", wrong_grad)
    point = [Value(3 * i + 1, f"x{i}") for i in range(n)]
    for wrong in range(n):
        with pytest.raises(GradientError) as caught:
            check_gradients(polynomial, *point)
        error = caught.value
        assert mode in error.mode and error.what == f"d(output)/d(x{wrong})" and error.input == wrong
        assert error.op is None and error.got == 2 * error.expected and "each row is right by itself" in error.hint
        assert error.reproduce.startswith("check_gradients(polynomial, Value(1)")


@pytest.mark.parametrize("n, of_itself, mixed", [(1, 1, 0), (2, 2, 1), (4, 4, 6), (5, 5, 3), (14, 12, 0)])
@pytest.mark.parametrize("mode", ["reverse over reverse", "forward over reverse"])
def test_second_derivatives_are_checked_by_every_input_and_by_pairs(n, of_itself, mixed, mode, monkeypatch):
    """All of them of up to four inputs; of more, those of twelve inputs by themselves, and some pairs."""
    grad, push = whole.grad, whole._push
    found = {}

    def wrong_grad(output, inputs, *args, create_graph=False, **options):
        rows = grad(output, inputs, *args, create_graph=create_graph, **options)
        if create_graph and (inputs == values or not seen):
            seen[:] = [*rows]
        of = [k for k, g in enumerate(seen) if g is output] if not create_graph and "reverse over" in mode else []
        return tuple([2 * x if (k, *of) == wrong else x for k, x in enumerate(rows)]) if of else rows

    def wrong_push(outputs, inputs, direction, create_graph):
        moved = push(outputs, inputs, direction, create_graph)
        if len(moved) < n or outputs[0] is not (seen or [None])[0] or "forward over" not in mode:
            return moved
        return [2 * t if (i, values.index(inputs[0])) == wrong else t for i, t in enumerate(moved)]

    monkeypatch.setattr(whole, "grad", wrong_grad)
    monkeypatch.setattr(whole, "_push", wrong_push)
    for wrong in [(i, j) for i in range(n) for j in (range(n) if n <= 5 else [i])]:
        values, seen = [Value(i + 1, f"x{i}") for i in range(n)], []
        try:
            check_gradients(polynomial, *values)
        except GradientError as error:
            found[wrong] = error
    for (i, j), error in found.items():
        assert error.mode == f"second order, {mode}" and error.got == 2 * error.expected
        assert error.what in (f"d²(output)/d(x{i})d(x{j})", f"d²(output)/d(x{j})d(x{i})")
    assert sum(i == j for i, j in found) == of_itself
    assert len({frozenset(pair) for pair in found if pair[0] != pair[1]}) >= mixed
