"""An operation is one row: one of the reader's own works everywhere at once."""

import functools
import math
from fractions import Fraction

import numpy as np
import oracle
import pytest

import autograd
from autograd import Op, Value, draw, explain, family, formula, grad, sigmoid
from autograd import intrinsics as m
from autograd.op import FAMILIES, FUNCTIONS, find
from autograd.table import table


@pytest.fixture(scope="module")
def swish():
    return Op(
        "my_swish",
        value=lambda x: x * sigmoid(x),
        slopes=lambda z, x: (sigmoid(x) * (1 + x * sigmoid(-x)),),
        glyph="swish",
        doc="Of a test: x times its sigmoid.",
    )


def test_an_own_operation_works_on_numbers_and_values(swish):
    assert swish(2.0) == pytest.approx(autograd.silu(2.0))
    x = Value(2.0)
    swish(x).backward()
    assert x.grad == pytest.approx(autograd.silu(Value(2.0)).local_grads[0])


def test_an_own_operation_has_higher_derivatives(swish):
    x = Value(0.5)
    for f in (swish, autograd.silu):
        (first,) = grad(f(x), [x], create_graph=True)
        (second,) = grad(first, [x], create_graph=True)
        assert grad(second, [x]) == pytest.approx(grad(grad(grad(autograd.silu(x), x, 1, True)[0], x, 1, True)[0], x))


def test_an_own_operation_is_drawn_and_told(swish):
    x = Value(2.0, name="x")
    z = swish(x)
    z.backward()
    assert ">swish<" in draw(z).svg
    assert formula.expression(swish, ["x"]) == "my_swish(x)"
    assert formula.slopes(swish, "z", ["x"]) == ("sigmoid(x)·(1 + x·sigmoid(−x))",)
    assert "my_swish(x)" in table(z)
    assert FUNCTIONS["my_swish"] is swish is find("my_swish")


def test_an_own_family():
    @family("my_scale")
    def my_scale(factor):
        return Op(
            "my_scale",
            params=(factor,),
            value=lambda x: factor * x,
            slopes=lambda z, x: (factor,),
            doc="Of a test: a multiple.",
        )

    assert my_scale(3) is my_scale(3) is find("my_scale", (3,))
    assert my_scale(Fraction(1, 3))(Value(6)).data == 2
    assert repr(my_scale(3)) == "<operation my_scale(3,)>"
    del FAMILIES["my_scale"]


def test_an_own_formula_can_be_spelled_out():
    decay = Op(
        "my_decay",
        value=lambda x: x * m.exp(-x),
        slopes=lambda z, x: ((1 - x) * autograd.exp(-x),),
        spelled=True,
        doc="Of a test: x exp(-x).",
    )
    assert formula.expression(decay, ["t"]) == "t·exp(−t)"
    assert formula.slopes(decay, "z", ["t"]) == ("(1 − t)·exp(−t)",)


def test_slopes_that_compute_with_floats_get_a_name():
    wave = Op("my_wave", value=lambda x: math.sin(x), slopes=lambda z, x: (math.cos(x),), doc="Of a test.")
    atan2 = Op("my_atan2", value=math.atan2, slopes=lambda z, y, x: (np.sin(x), np.cos(y)), doc="Of a test.")
    assert formula.slopes(wave, "z", ["x"]) == ("my_wave′(x)",)
    assert formula.slopes(atan2, "z", ["y", "x"]) == ("my_atan2′₁(y, x)", "my_atan2′₂(y, x)")
    x = Value(0.0, name="x")
    assert "∂v1/∂x = my_wave′(x) = 1" in table(wave(x)) and "∂v1/∂x" in draw(wave(x), "all").svg
    assert "my\\_wave" in explain(wave(x), x, format="latex").latex


def test_a_name_is_taken_once_and_is_a_name():
    with pytest.raises(ValueError, match="already.*another name"):
        Op("tanh", value=lambda x: x, slopes=lambda z, x: (1,))
    with pytest.raises(ValueError, match="another name"):
        Op("softmax", value=lambda x: x, slopes=lambda z, x: (1,))
    with pytest.raises(ValueError, match="identifier.*'my op'"):
        Op("my op", value=lambda x: x, slopes=lambda z, x: (1,))


def test_the_names_of_the_table_are_taken_and_ones_own_may_be_defined_again():
    for name in ("add", "mul", "neg", "power", "sum", "softmax"):
        with pytest.raises(ValueError, match="another name"):
            Op(name, value=lambda x: x, slopes=lambda z, x: (1,))
    Op("again", value=lambda x: 2 * x, slopes=lambda z, x: (2,), doc="Of a test.")
    op = Op("again", value=lambda x: 3 * x, slopes=lambda z, x: (3,), doc="Of a test.")
    assert FUNCTIONS["again"] is op and op(1) == 3


def test_a_row_must_give_numbers():
    numpys = Op("numpys", value=lambda x: np.sin(x), slopes=lambda z, x: (np.cos(x),), doc="Of a test.")
    z = numpys(Value(0.5))
    assert type(z.data) is float and type(z.sigmoid().data) is float
    for wrong in ("text", None):
        op = Op("no_number", value=lambda x, wrong=wrong: wrong, slopes=lambda z, x: (1,), doc="Of a test.")
        with pytest.raises(TypeError, match="row of operation 'no_number' is wrong: its value must be a number"):
            op(Value(1))
    with pytest.raises(TypeError, match="must be a function or lambda"):
        Op("partly", value=lambda x: x, slopes=functools.partial(lambda z, x: (1,)))


def test_numpy_scalars_are_numbers_to_every_operation():
    for op in (*oracle.UNARY, *oracle.BINARY):
        args = [np.float64(0.5)] * find(op).arity if find(op).arity else [np.float64(0.5)] * 2
        assert type(find(op)(*args)) in (float, int), op


def test_the_number_of_inputs_is_checked():
    with pytest.raises(TypeError, match="tanh takes 1 number, got 2"):
        autograd.tanh(1, 2)
    with pytest.raises(TypeError, match="pow takes 2 numbers, got 1"):
        find("pow")(1)
    with pytest.raises(TypeError, match="got 'a'"):
        autograd.tanh("a")
    for name, params in (("nope", ()), ("nope", (1,)), ("power", ())):
        with pytest.raises(LookupError, match=f"no operation named '{name}'"):
            find(name, params)


def test_an_operation_can_be_called_on_a_subclass_of_float():
    assert autograd.tanh(np.float64(0.5)) == autograd.tanh(0.5)
