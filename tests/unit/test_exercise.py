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
        ("1/4", 0.25, "Right."),
        ("0,5", Fraction(1, 2), "Right."),
        ("1/0", 1, "Not yet: '1/0' is not a number."),
        ("", 1, "Not yet: '' is not a number."),
        (-0.0288, -0.028846, "Right."),
        (0.62, 0.6225, "Not yet: 0.62 is rounded too far: give at least 3 digits."),
        (-24, -12, "Not yet: -24 is too far from 0."),
        (-6, -12, "Not yet: -6 is too near 0."),
        (5, -12, "Not yet: 5 has neither the right sign nor the right size."),
        (float("inf"), float("inf"), "Right."),
        (float("inf"), 3.0, "Not yet: inf is too large."),
        (1e-7, 0, "Right."),
        (1e-5, 0, "Not yet: 1e-05 is too large."),
        (10**400, 3, f"Not yet: {10**400} is too large."),
        ("and", "xor", "Not yet: 'and' is not it."),
        (False, True, "Not yet: False is not it."),
        (True, True, "Right."),
        (float("nan"), 3, "Not yet: nan is not a number."),
    ],
)
def test_what_it_says(answer, right, text):
    assert repr(check(answer, right)) == text


def test_how_close_may_be_said():
    assert check(1.0001, 1) and not check(1.0001, 1, close=1e-6) and check(1.09, 1, close=0.1)
    assert repr(check(0.62, 0.6225, close=1e-6)) == "Not yet: 0.62 is rounded too far: give at least 3 digits."
    assert repr(check(1.0001, 1.00012, close=1e-6)) == "Not yet: 1.0001 is too small."
