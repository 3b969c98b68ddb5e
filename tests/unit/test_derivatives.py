"""grad and its kin: shapes, options, errors. What holds for every graph is in laws/test_graphs.py."""

import math
from collections import namedtuple
from fractions import Fraction

import pytest

from autograd import Op, Value, dot, grad, hessian, hvp, jacobian, jvp, no_grad, tanh, vjp, where


def rosenbrock(x, y):
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def test_the_hessian_of_rosenbrock_is_exact_on_fractions():
    x, y = Fraction(1, 3), Fraction(-2, 7)
    expected = ((2 - 400 * (y - x**2) + 800 * x**2, -400 * x), (-400 * x, 200))
    assert hessian(rosenbrock, (x, y)) == expected
    assert all(isinstance(h, (int, Fraction)) for row in hessian(rosenbrock, (x, y)) for h in row)


def test_the_third_derivative_of_tanh():
    for x in (0.0, 0.5, -2.0, 20.0):
        v = Value(x)
        d = tanh(v)
        for _ in range(3):
            (d,) = grad(d, v, create_graph=True)
        t, s = math.tanh(x), 1 / math.cosh(x) ** 2
        assert d.data == pytest.approx(s * (6 * t * t - 2), rel=1e-13)


def test_several_outputs_add_up():
    x = Value(3)
    assert grad([x * x, 2 * x], [x]) == (8,)
    assert grad([x * x, 2 * x], [x], [10, 1]) == (62,)
    y = x * x
    assert grad([y, y], [x, y]) == (12, 2)
    with pytest.raises(ValueError, match="3 numbers for 1 outputs"):
        grad(y, [x], [1, 2, 3])


def test_an_input_without_a_path():
    x, y = Value(3), Value(4, name="lonely")
    with pytest.raises(ValueError, match="does not depend on .*lonely.*allow_unused"):
        grad(x * x, [x, y])
    assert grad(x * x, [x, y], allow_unused=True) == (6, None)
    assert grad(x * x, [x, y], materialize_grads=True) == (6, 0)
    first, second = grad(x * x, [x, y], create_graph=True, materialize_grads=True)
    assert first.data == 6 and second.data == 0 and not second.requires_grad


def test_computed_nodes_are_inputs_too():
    x = Value(2.0)
    y = x * x
    assert grad(y * y, y) == (8.0,)


def test_a_nan_has_nan_derivatives_in_both_modes():
    x = Value(-1.0)
    assert math.isnan(grad(x.log(), x)[0])
    assert math.isnan(grad(x.log(), x, create_graph=True)[0].data)
    assert math.isnan(jvp(lambda v: v.log(), -1.0)[1])
    assert math.isnan(jvp(lambda v: v * 0 + math.nan, 2.0)[1])


def test_an_input_that_stays_makes_no_nan_at_an_infinite_slope():
    def f(x, y):
        return x.sqrt() + y * y

    assert jacobian(f, (0.0, 3.0)) == (math.inf, 6.0)
    for zero in (0, 0.0, -0.0, Fraction(0)):
        assert jvp(f, (0.0, 3.0), (zero, 1)) == (9.0, 6.0)
        assert hvp(f, (0.0, 3.0), (zero, 1))[1][1] == 2
    assert jvp(f, (0.0, 3.0), (1, 0))[1] == math.inf and math.isnan(jvp(f, (0.0, 3.0), (math.nan, 0))[1])
    _, moved = jvp(f, (0.0, 3.0), (Value(0, requires_grad=False), 1), create_graph=True)
    assert moved.data == 6.0
    still = Value(0)  # a direction to be differentiated by is kept, whatever it is
    _, moved = jvp(f, (4.0, 3.0), (still, 1), create_graph=True)
    assert (moved.data, grad(moved, still)) == (6.0, (0.25,))


def test_shapes_follow_inputs_and_outputs():
    def f(ws, b):
        return [dot(ws, [1, 2], b), ws[0] * b]

    inputs = ([3, 4], 5)
    assert jacobian(f, inputs) == [([1, 2], 1), ([5, 0], 3)]
    assert vjp(f, inputs, [1, 10]) == ([16, 15], ([51, 2], 31))
    assert jvp(f, inputs, ([1, 0], 2)) == ([16, 15], [3, 11])
    assert jacobian(lambda x: x * x, 3) == 6
    assert jacobian(lambda xs: xs[0] * xs[1], [3, 4]) == [4, 3]
    assert hessian(lambda xs: xs[0] * xs[1], [3, 4]) == [[0, 1], [1, 0]]
    assert hvp(lambda x: x**3, 2) == (8, 12)


def test_derivatives_are_recorded_inside_no_grad_too():
    with no_grad():
        assert hessian(lambda x: x**3, 2) == 12 and jacobian(lambda x: x**3, 2) == 12
        assert vjp(lambda x: x**3, 2)[1] == jvp(lambda x: x**3, 2)[1] == 12 and hvp(lambda x: x**3, 2)[1] == 12
        x = Value(2)
        assert (x * x).op is None
    y = x**3
    with no_grad():
        (slope,) = grad(y, x, create_graph=True)
    assert grad(slope, x) == (12,)


def test_one_value_may_be_given_twice():
    x = Value(3)
    assert jvp(lambda a, b: a * b, (x, x), (1, 0)) == (9, 3)
    assert vjp(lambda a, b: a * b, (x, x)) == (9, (3, 3))
    assert hessian(lambda a, b: a * b * b, (x, x)) == ((0, 6), (6, 6))
    left, right = vjp(lambda a, b: a * b, (x, x), create_graph=True)[1]
    assert grad(left, x) == grad(right, x) == (1,)


def test_a_row_with_the_wrong_number_of_slopes_is_named_at_any_order():
    for slopes in (lambda z, x, y: (y,), lambda z, x, y: 2 * y):
        op = Op("half_a_row", value=lambda x, y: x * y, slopes=slopes, doc="Of a test.")
        x = Value(2)
        with pytest.raises(TypeError, match="row of operation 'half_a_row' is wrong: slopes must return a tuple of 2"):
            grad(op(x, 3), x, create_graph=True)


def test_powers_of_negative_numbers_have_second_derivatives():
    ((dxx, dxy), (dyx, _)) = hessian(lambda x, y: x**y, (-2.0, 3.0))
    assert dxx == pytest.approx(-12) and math.isnan(dxy) and math.isnan(dyx)
    assert hessian(lambda x: x ** Value(3.0, requires_grad=False), -2.0) == pytest.approx(-12)


def test_a_masked_nan_has_second_derivatives():
    x = Value(-1.0)
    (slope,) = grad(where(x > 0, x.log(), 0.0), x, create_graph=True)
    assert slope.data == 0 and grad(slope, x, materialize_grads=True) == (0,)
    assert hessian(lambda v: where(v > 0, v.sqrt(), 0), -1.0) == 0
    assert hvp(lambda v: where(v > 0, v.sqrt(), 0), -1.0) == (0, 0)
    assert jvp(lambda v: 5, Value(1.0), 1, create_graph=True)[1].data == 0


def test_named_tuples_keep_their_type():
    point = namedtuple("point", "x y")
    assert jacobian(lambda x, y: x * y, point(2, 3)) == point(3, 2)
    assert isinstance(jacobian(lambda x, y: x * y, point(2, 3)), point)


def test_wrong_arguments_say_what_is_wanted():
    x = Value(1)
    for call in (lambda: grad(3, x), lambda: grad(x, None), lambda: grad(x, [1])):
        with pytest.raises(TypeError, match="is a Value or a list of Values, got"):
            call()


def test_functions_may_ignore_inputs_or_give_plain_numbers():
    assert jacobian(lambda x, y: x, (1, 2)) == (1, 0)
    assert jvp(lambda x: 5, 1) == (5, 0)
    assert vjp(lambda x: 5, 1) == (5, 0)
    with pytest.raises(TypeError, match="returned None"):
        jacobian(lambda x: None, 1)


def test_v_must_fit():
    with pytest.raises(ValueError, match="v has 1 numbers for 2 inputs"):
        jvp(lambda x, y: x * y, (1, 2), 1)
    with pytest.raises(ValueError, match="one output is needed here, this one gives a list of 2"):
        hessian(lambda x: [x, x], 1)


def test_create_graph_goes_on_from_there():
    x = Value(3.0)
    slope = jacobian(lambda v: v**3, x, create_graph=True)
    assert grad(slope, x) == (18.0,)
    _, moved = jvp(lambda v: v**3, x, 1, create_graph=True)
    assert grad(moved, x) == (18.0,)
    _, twice = hvp(lambda v: v**3, x, 1, create_graph=True)
    assert grad(twice, x) == (6.0,)
    assert grad(hessian(lambda v: v**3, x, create_graph=True), x) == (6.0,)
    value, pulled = vjp(lambda v: v**3, x, create_graph=True)
    assert isinstance(value, Value) and grad(pulled, x) == (18.0,)


def test_forward_mode_passes_a_given_tangent_of_an_inner_node():
    x = Value(2.0)
    _, moved = jvp(lambda v: v + v.exp() * v, x, 1)
    assert moved == pytest.approx(1 + 3 * math.exp(2))
