"""A Value where a plain number is asked for: the error says what to write instead."""

import math

import pytest

import autograd
from autograd import Op, Value, grad
from autograd.op import FUNCTIONS, OPS

HINT = r"Value\(1.0, name='x'\) is no plain number: write autograd.sin\(x\) in the place of math.sin\(x\).*with x.data"


@pytest.mark.parametrize("ask", [float, math.sin, math.tanh, lambda x: math.isclose(x, 1)])
def test_math_and_float_name_the_remedy(ask):
    with pytest.raises(TypeError, match=HINT):
        ask(Value(1.0, "x"))


def test_numbers_of_numpy_are_still_taken():
    np = pytest.importorskip("numpy")
    x = Value(2.0, "x")
    assert (np.float64(3) * x).data == 6 and (x * np.float64(3)).data == 6 and np.array([x], dtype=object)[0] is x
    with pytest.raises(TypeError, match="is no plain number"):
        np.asarray([x], dtype=float)


def test_compile_still_says_it_in_its_own_words():
    with pytest.raises(autograd.compile.TraceError, match="turns a Value into a plain number while it is recorded"):
        autograd.compile(math.tanh)(1.0)
    with pytest.raises(TypeError, match=HINT):
        float(Value(1.0, "x"))


def test_a_row_whose_slopes_are_made_of_math_is_named():
    sine = Op("sine_of_math", value=lambda x: math.sin(x), slopes=lambda z, x: (math.cos(x),), doc="Of a test.")
    try:
        x = Value(1.0, "x")
        z = sine(x)
        assert grad(z, [x]) == (math.cos(1.0),)
        with pytest.raises(TypeError, match=r"the slopes of operation 'sine_of_math' cannot be differentiated.*" + HINT):
            grad(z, [x], create_graph=True)
    finally:
        del OPS["sine_of_math"], FUNCTIONS["sine_of_math"]


def test_a_source_says_what_a_comparison_with_itself_is_for():
    fast = autograd.compile(lambda x, y: autograd.relu(x) * y)
    fast(1.0, 2.0)
    python, c = fast.source(), fast.c_source()
    assert "v4 = v3 <= v3  # false for nan alone\n" in python and "= v3 <= v3;  /* false for nan alone */\n" in c
    assert python.count("nan alone") == c.count("nan alone") == 1
