"""Answers to exercises: what is right passes, what is wrong is told apart, and the answer is never given away."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autograd import Value
from autograd.learn import check

numbers = st.integers(-1000, 1000) | st.floats(-1e6, 1e6) | st.fractions(-100, 100, max_denominator=50)


@given(x=numbers)
def test_what_is_right_passes_also_rounded_and_as_a_value(x):
    assert check(x, x) and check(x, Value(x)) and check([x, x], (x, Value(x)))
    assert check(float(f"{float(x):.5g}"), x)


@given(x=numbers, y=numbers)
def test_what_is_wrong_does_not_and_does_not_give_the_answer_away(x, y):
    assume(abs(x - y) > 0.01 * max(abs(x), abs(y), 1))
    verdict = check(y, x)
    assert not verdict
    assert repr(x) not in repr(verdict).replace(repr(y), "")


@pytest.mark.parametrize(
    "answer, right, text",
    [
        (..., 3, "Write your answer in place of the dots, and run this cell again."),
        (2, 3, "Not yet: 2 is too small."),
        (4, 3, "Not yet: 4 is too large."),
        (-3, 3, "Not yet: -3 has the right size, but not the right sign."),
        ("three", 3, "Not yet: 'three' is not a number."),
        (True, 1, "Not yet: True is not a number."),
        (None, 1, "Not yet: None is not a number."),
        (Fraction(1, 3), 0.3333, "Right."),
        ([1], [1, 2], "The answer is a list of 2: you gave [1]."),
        (1, [1, 2], "The answer is a list of 2: you gave 1."),
        ([1, -2], [1, 2], "Not yet: number 2 of your answer, -2, has the right size, but not the right sign."),
        ([1, 3], [1, 2], "Not yet: number 2 of your answer, 3, is too large."),
        (" XOR ", "xor", "Right."),
        ("and", "xor", "Not yet: 'and' is not it."),
        (False, True, "Not yet: False is not it."),
        (True, True, "Right."),
        (float("nan"), 3, "Not yet: nan is not a number."),
    ],
)
def test_what_it_says(answer, right, text):
    assert repr(check(answer, right)) == text
