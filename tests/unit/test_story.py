"""Both passes, told."""

import math

import pytest

from autograd import Value, relu, sigmoid, where
from autograd.story import Story, added, equation, what_follows


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
        "∂loss/∂s = ∂loss/∂loss · ∂loss/∂s = 1 · (−2) = −2",
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
    expected = "∂c/∂a = ∂c/∂b · ∂b/∂a + ∂c/∂b · ∂b/∂a + ∂c/∂c · ∂c/∂a = 3 · 1 + 3 · 1 + 1 · 6 = 3 + 3 + 6 = 12"
    assert story.gradient(a) == expected


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


def test_one_formula_of_the_leaves() -> None:
    a, b = Value(1, "a"), Value(2, "b")
    c = (a - b) * (a + b)
    assert Story(c).expanded() == "v3 = (a − b)·(a + b)" and Story(c).expanded(9) == "v3 = v1·v2"
    assert Story(c * b).expanded(12) == "v4 = v3·b" and Story(a).expanded() == "a"


def test_names_and_numbers_as_they_are_shown() -> None:
    x = Value(2.5, "x")
    story = Story(x * x, shown=str.upper)
    assert story.expanded() == "V1 = X²" or story.expanded() == "V1 = X·X"
    assert [story.share(s) for s in story.shares[x]] == ["∂V1/∂V1 · ∂V1/∂X = 1 · 2.5 = 2.5"] * 2


def test_equations_and_sums():
    assert equation("a", "", "a", "b") == "a = b" and added([]) == "" and added(["−1", "−2"]) == "−1 − 2"
