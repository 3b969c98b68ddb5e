"""Both passes, told."""

import math

import pytest

from autograd import Value, relu, sigmoid, sum, where
from autograd.graph import nodes
from autograd.story import (
    LEFT_OUT,
    Story,
    added,
    ending,
    equation,
    factor,
    gradient_given,
    left_out,
    what_follows,
    which_use,
)  # fmt: skip


def test_l16_from_end_to_end():
    x, y, w = Value(1, "x", requires_grad=False), Value(2, "y", requires_grad=False), Value(1, "w")
    guess = x * w
    s = guess - y
    loss = s**2
    guess.name, s.name, loss.name = "ŷ", "s", "loss"
    story = Story(loss)
    assert [story.value(v) for v in story.inner] == ["ŷ = x·w = 1·1 = 1", "s = ŷ − y = 1 − 2 = −1", "loss = s² = (−1)² = 1"]
    assert [story.gradient(v) for v in reversed(story.inner)] == [
        "∂loss/∂loss = 1",
        "∂loss/∂s = ∂loss/∂loss · 2·s = 1 · (−2) = −2",
        "∂loss/∂ŷ = ∂loss/∂s · ∂s/∂ŷ = −2 · 1 = −2",
    ]
    assert story.local(loss, 0) == "∂loss/∂s = 2·s = −2"
    assert story.gradient(w) == "∂loss/∂w = ∂loss/∂ŷ · ∂ŷ/∂w = −2 · 1 = −2"
    assert loss.grad is None and w.grad is None


def test_a_shared_node_adds_its_shares():
    a = Value(3, "a")
    b = a + a
    b.name = "b"
    c = b * a
    c.name = "c"
    story = Story(c)
    symbols = "∂L/∂b · ∂b/∂a (use 1) + ∂L/∂b · ∂b/∂a (use 2) + ∂L/∂c · ∂c/∂a"
    assert story.gradient(a) == f"∂L/∂a = {symbols} = 3 · 1 + 3 · 1 + 1 · 6 = 3 + 3 + 6 = 12"
    assert (story.of, story.ending.alias) == ("L", "L = c")


def test_the_output_keeps_its_name_wherever_it_is_clear() -> None:
    x, y, k = Value(3, "x"), Value(2, "y"), Value(5, "k", requires_grad=False)
    clear = [x * y, x + 0, (x * x) * 2, (x * x) * (x + y), x, k * x + k]  # of a constant no gradient is told
    unclear = [x * x, x * x + x, x * y + y, (x * y) * y, Value(float("nan"), "n") * 2]
    assert [Story(z).ending.alias for z in clear] == [""] * len(clear)
    assert all(Story(z).ending.alias == f"L = {Story(z).names[z]}" for z in unclear)
    assert all(Story(z, 5).ending == ("L", True, "") for z in clear + unclear)
    assert Story(k * k).ending == ("v1", False, "") or Story(k * k).ending == ("25", False, "")


def test_the_rule_is_that_of_constants_too_where_they_are_asked_for() -> None:
    k = Value(5, "k", requires_grad=False)
    z = k * Value(3, "x") + k
    names = {z: "z"}
    assert ending(z, nodes(z), 1, names) == ("z", False, "") and ending(z, nodes(z), 1, names, [k]).alias == "L = z"


def test_the_gradient_given_as_far_as_one_can_tell() -> None:
    nan = Value(-1.0, "x").log()
    nan.backward(5)
    assert math.isnan(nan.grad) and gradient_given(nan) is None and gradient_given(Value(1)) is None
    z = Value(2, "x") * 3
    z.backward(5)
    assert gradient_given(z) == 5


def test_factors_stand_in_parentheses_where_they_must() -> None:
    z = Value(0.5, "x") - 1
    z.name = "z"
    y = -z
    y.name = "y"
    assert Story(y).gradient(z) == "∂y/∂z = ∂y/∂y · (−1) = 1 · (−1) = −1"
    assert [factor(text) for text in ("a − b", "1 if x > 0 else 2", "−2", "f(x)", "1e−5")] == [
        "(a − b)", "(1 if x > 0 else 2)", "(−2)", "f(x)", "1e−5",
    ]  # fmt: skip


def test_uses_are_counted_where_an_input_comes_again() -> None:
    x, y = Value(1, "x"), Value(2, "y")
    z = sum([x, y, x, x])
    assert [which_use(z, i) for i in range(4)] == [" (use 1)", "", " (use 2)", " (use 3)"]


def test_names_of_what_follows_leave_taken_ones_alone():
    z = Value(2, "L") * 3
    assert Story(z, grad=2).of == "J" and Story(z).of == "v1"
    assert Story(z, grad=2).symbol(z) == "∂J/∂v1"
    assert what_follows({"L", "J", "E", "L1"}) == "L2"


def test_digits_are_those_of_a_float():
    for digits in (0, -1, 18, 2.0, "3"):
        with pytest.raises(ValueError, match=r"digits is a number of digits from 1 to 17"):
            Story(Value(1), digits=digits)


def test_leaves_have_no_formula():
    x = Value(2, "x")
    story = Story(x)
    assert (story.formula(x), story.value(x), story.local_formula(x, 0), story.gradient(x)) == ("", "x = 2", "", "∂x/∂x = 1")


def test_a_masked_nan_sends_nothing():
    x = Value(-1.0, "x")
    story = Story(where(x > 0, x.log(), sigmoid(relu(x))))
    assert story.gradients[x] == 0 and not any(math.isnan(s.number) for s in story.shares[x])
    assert left_out(story.shares[x]) == LEFT_OUT and left_out(story.shares[story.root.parents[-1]]) == ""


def test_one_formula_of_the_leaves() -> None:
    a, b = Value(1, "a"), Value(2, "b")
    c = (a - b) * (a + b)
    assert Story(c).expanded() == "v3 = (a − b)·(a + b)" and Story(c).expanded(9) == "v3 = v1·v2"
    assert Story(c * b).expanded(12) == "v4 = v3·b" and Story(a).expanded() == "a"


def test_names_and_numbers_as_they_are_shown() -> None:
    x = Value(2.5, "x")
    story = Story(x * x, shown=str.upper)
    assert story.expanded() == "V1 = X²" or story.expanded() == "V1 = X·X"
    assert [story.share(s) for s in story.shares[x]] == [
        "∂L/∂V1 · ∂V1/∂X (use 1) = 1 · 2.5 = 2.5",
        "∂L/∂V1 · ∂V1/∂X (use 2) = 1 · 2.5 = 2.5",
    ]


def test_equations_and_sums():
    assert equation("a", "", "a", "b") == "a = b" and added([]) == "" and added(["−1", "−2"]) == "−1 − 2"
