"""Where functions end, jump or have corners: what value and slopes are there, row by row, the same in every mode.

Values follow IEEE 754 and C's Annex F; slopes are limits, or at corners the one that the operation documents.
"""

import math
from fractions import Fraction
from math import inf, nan

import pytest

from autograd import Value, grad, jvp
from autograd.op import OPS, find

TINY, HUGE, SMALL = 5e-324, 1.7976931348623157e308, 2.2250738585072014e-308

EDGES = [  # operation, inputs, value, slopes
    ("neg", (0.0,), -0.0, (-1,)),
    ("neg", (inf,), -inf, (-1,)),
    ("add", (inf, -inf), nan, (1, 1)),
    ("add", (-0.0, 0.0), 0.0, (1, 1)),
    ("add", (-0.0, -0.0), -0.0, (1, 1)),
    ("add", (HUGE, HUGE), inf, (1, 1)),
    ("sub", (inf, inf), nan, (1, -1)),
    ("sub", (1.0, 1.0), 0.0, (1, -1)),
    ("mul", (0.0, inf), nan, (inf, 0.0)),
    ("mul", (-0.0, 3.0), -0.0, (3.0, -0.0)),
    ("mul", (TINY, 0.5), 0.0, (0.5, TINY)),
    ("mul", (HUGE, 2.0), inf, (2.0, HUGE)),
    ("div", (1.0, 0.0), inf, (inf, -inf)),
    ("div", (-1.0, 0.0), -inf, (inf, inf)),
    ("div", (1.0, -0.0), -inf, (-inf, -inf)),
    ("div", (0.0, 0.0), nan, (inf, nan)),
    ("div", (1.0, inf), 0.0, (0.0, -0.0)),
    ("div", (0.0, 5.0), 0.0, (0.2, -0.0)),
    ("div", (1.0, TINY), inf, (inf, -inf)),
    ("div", (SMALL, 1e200), 0.0, (1e-200, -0.0)),
    ("div", (1e-200, 1e-200), 1.0, (1e200, -1e200)),
    ("exp", (-inf,), 0.0, (0.0,)),
    ("exp", (0.0,), 1.0, (1.0,)),
    ("exp", (710.0,), inf, (inf,)),
    ("exp", (-745.2,), 0.0, (0.0,)),
    ("exp", (-745.1,), TINY, (TINY,)),
    ("expm1", (-0.0,), -0.0, (1.0,)),
    ("expm1", (-inf,), -1.0, (0.0,)),
    ("expm1", (TINY,), TINY, (1.0,)),
    ("log", (0.0,), -inf, (inf,)),
    ("log", (-0.0,), -inf, (-inf,)),
    ("log", (1.0,), 0.0, (1.0,)),
    ("log", (inf,), inf, (0.0,)),
    ("log", (-1.0,), nan, (nan,)),
    ("log", (-inf,), nan, (nan,)),
    ("log1p", (-1.0,), -inf, (inf,)),
    ("log1p", (-0.0,), -0.0, (1.0,)),
    ("log1p", (-2.0,), nan, (nan,)),
    ("log2", (8.0,), 3.0, (1 / (8 * math.log(2)),)),
    ("log2", (TINY,), -1074.0, (inf,)),
    ("log10", (1000.0,), 3.0, (1 / (1000 * math.log(10)),)),
    ("sqrt", (0.0,), 0.0, (inf,)),
    ("sqrt", (-0.0,), -0.0, (-inf,)),
    ("sqrt", (inf,), inf, (0.0,)),
    ("sqrt", (-1.0,), nan, (nan,)),
    ("sqrt", (TINY,), 2.2227587494850775e-162, (2.2494568972715982e161,)),
    ("sin", (-0.0,), -0.0, (1.0,)),
    ("sin", (inf,), nan, (nan,)),
    ("cos", (0.0,), 1.0, (-0.0,)),
    ("cos", (-inf,), nan, (nan,)),
    ("tan", (-0.0,), -0.0, (1.0,)),
    ("tan", (inf,), nan, (nan,)),
    ("asin", (1.0,), math.pi / 2, (inf,)),
    ("asin", (-1.0,), -math.pi / 2, (inf,)),
    ("asin", (1.5,), nan, (nan,)),
    ("acos", (1.0,), 0.0, (-inf,)),
    ("acos", (-1.0,), math.pi, (-inf,)),
    ("acos", (-2.0,), nan, (nan,)),
    ("atan", (inf,), math.pi / 2, (0.0,)),
    ("atan", (-0.0,), -0.0, (1.0,)),
    ("atan", (1e200,), math.pi / 2, (0.0,)),
    ("sinh", (711.0,), inf, (inf,)),
    ("sinh", (-0.0,), -0.0, (1.0,)),
    ("cosh", (0.0,), 1.0, (0.0,)),
    ("cosh", (-inf,), inf, (-inf,)),
    ("tanh", (inf,), 1.0, (0.0,)),
    ("tanh", (-inf,), -1.0, (0.0,)),
    ("tanh", (-0.0,), -0.0, (1.0,)),
    ("tanh", (TINY,), TINY, (1.0,)),
    ("erf", (inf,), 1.0, (0.0,)),
    ("erf", (-0.0,), -0.0, (2 / math.sqrt(math.pi),)),
    ("sigmoid", (0.0,), 0.5, (0.25,)),
    ("sigmoid", (inf,), 1.0, (0.0,)),
    ("sigmoid", (-inf,), 0.0, (0.0,)),
    ("sigmoid", (-745.0,), TINY, (TINY,)),
    ("sigmoid", (800.0,), 1.0, (0.0,)),
    ("softplus", (inf,), inf, (1.0,)),
    ("softplus", (-inf,), 0.0, (0.0,)),
    ("softplus", (0.0,), math.log(2), (0.5,)),
    ("softplus", (1e300,), 1e300, (1.0,)),
    ("logsigmoid", (inf,), 0.0, (0.0,)),
    ("logsigmoid", (-inf,), -inf, (1.0,)),
    ("logsigmoid", (-1e300,), -1e300, (1.0,)),
    ("silu", (inf,), inf, (1.0,)),
    ("silu", (-inf,), -0.0, (0.0,)),
    ("silu", (0.0,), 0.0, (0.5,)),
    ("gelu", (inf,), inf, (1.0,)),
    ("gelu", (-inf,), -0.0, (0.0,)),
    ("gelu", (0.0,), 0.0, (0.5,)),
    ("relu", (0.0,), 0, (0,)),
    ("relu", (-0.0,), 0, (0,)),
    ("relu", (TINY,), TINY, (1,)),
    ("relu", (-inf,), 0, (0,)),
    ("relu", (inf,), inf, (1,)),
    ("leaky_relu 0.1", (0.0,), 0.0, (0.1,)),
    ("leaky_relu 0.1", (-inf,), -inf, (0.1,)),
    ("elu 3", (0.0,), 0.0, (3.0,)),
    ("elu 3", (-inf,), -3.0, (0.0,)),
    ("elu 1", (0.0,), 0.0, (1.0,)),
    ("abs", (0.0,), 0.0, (0,)),
    ("abs", (-0.0,), 0.0, (0,)),
    ("abs", (-inf,), inf, (-1,)),
    ("sign", (0.0,), 0, (0,)),
    ("sign", (-inf,), -1, (0,)),
    ("step", (0.0,), 0, (0,)),
    ("step", (TINY,), 1, (0,)),
    ("power 0", (0.0,), 1.0, (0.0,)),
    ("power 0", (nan,), 1.0, (0.0,)),
    ("power 0", (inf,), 1.0, (0.0,)),
    ("power 1", (-inf,), -inf, (1.0,)),
    ("power 2", (0.0,), 0.0, (0.0,)),
    ("power 2", (-0.0,), 0.0, (-0.0,)),
    ("power 2", (1e200,), inf, (2e200,)),
    ("power 3", (-inf,), -inf, (inf,)),
    ("power -1", (0.0,), inf, (-inf,)),
    ("power -1", (-0.0,), -inf, (-inf,)),
    ("power -2", (0.0,), inf, (-inf,)),
    ("power 0.5", (0.0,), 0.0, (inf,)),
    ("power 0.5", (-2.0,), nan, (nan,)),
    ("power 0.5", (inf,), inf, (0.0,)),
    ("power 1.5", (0.0,), 0.0, (0.0,)),
    ("pow", (0.0, 0.0), 1.0, (0.0, 0.0)),
    ("pow", (0.0, 2.0), 0.0, (0.0, 0.0)),
    ("pow", (0.0, 1.0), 0.0, (1.0, 0.0)),
    ("pow", (0.0, -1.0), inf, (-inf, -inf)),
    ("pow", (0.0, -0.5), inf, (-inf, -inf)),
    ("pow", (-2.0, 3.0), -8.0, (12.0, nan)),
    ("pow", (-2.0, 0.5), nan, (nan, nan)),
    ("pow", (-2e-103, 4.0), 0.0, (-3.2e-308, nan)),
    ("pow", (1.0, inf), 1.0, (inf, 0.0)),
    ("pow", (2.0, -inf), 0.0, (nan, 0.0)),
    ("maximum", (1.0, 1.0), 1.0, (0, 1)),
    ("maximum", (inf, -inf), inf, (1, 0)),
    ("maximum", (nan, 1.0), nan, (nan, nan)),
    ("minimum", (1.0, 1.0), 1.0, (0, 1)),
    ("minimum", (-inf, nan), nan, (nan, nan)),
    ("logsumexp", (-inf, -inf), -inf, (nan, nan)),
    ("logsumexp", (inf, 0.0), inf, (nan, nan)),
    ("logsumexp", (1000.0, 1000.0), 1000.0 + math.log(2), (0.5, 0.5)),
    ("logsumexp", (-1000.0, 0.0), 0.0, (0.0, 1.0)),
    ("softmax 0", (0.0, -inf), 1.0, (0.0, -0.0)),
    ("softmax 0", (-800.0, 0.0), 0.0, (0.0, -0.0)),
    ("log_softmax 0", (0.0, 800.0), -800.0, (1.0, -1.0)),
    ("cross_entropy 0", (800.0, 0.0), 0.0, (-0.0, 0.0)),
    ("cross_entropy 0", (0.0, 1e308), 1e308, (-1.0, 1.0)),
]


def operation(name):
    name, *parameters = name.split()
    return (
        find(name, tuple(int(p) if p.lstrip("-").isdigit() else float(p) for p in parameters)) if parameters else OPS[name]
    )


def same(x, y):
    """The same float, the sign of 0 counting."""
    return (x != x and y != y) or (x == y and math.copysign(1, x) == math.copysign(1, y))


def near(x, y):
    return (x != x and y != y) or x == y or abs(x - y) <= 2 * math.ulp(y) < math.inf


@pytest.mark.parametrize("name, inputs, value, slopes", EDGES, ids=lambda x: str(x).replace(" ", ""))
def test_value_and_slopes_at_the_edges(name, inputs, value, slopes):
    op = operation(name)
    xs = [Value(x) for x in inputs]
    z = op(*xs)
    assert same(float(op(*inputs)), float(value)) or (near(op(*inputs), value) and value != 0), op(*inputs)
    assert same(z.data, op(*inputs))
    assert all(map(near, z.local_grads, slopes)) and len(slopes) == len(z.local_grads), z.local_grads
    reverse = grad(z, xs)
    if value == value:  # a nan value seeds its passes with nan
        assert all(map(near, reverse, slopes)), reverse
        for i in range(len(xs)):
            direction = [float(i == j) for j in range(len(xs))]
            _, forward = jvp(op, tuple(inputs), tuple(direction))
            assert near(forward, slopes[i]), forward
    else:
        assert all(g != g for g in reverse)


@pytest.mark.parametrize("x, y", [(Fraction(0), Fraction(0)), (Fraction(0), 0), (0, Fraction(0)), (0, 0)])
def test_zero_to_the_zero_is_one_with_slopes_zero_for_exact_numbers_too(x, y):
    xs = Value(x), Value(y)
    z = xs[0] ** xs[1]
    assert z.data == 1 and z.local_grads == grad(z, xs) == (0, 0)
    assert [grad(slope, xs, materialize_grads=True) for slope in grad(z, xs, create_graph=True)] == [(0, 0), (0, 0)]


@pytest.mark.parametrize("y, slope", [(1, 1), (2, 0), (Fraction(1), 1), (Fraction(7, 1), 0)])
def test_zero_to_a_positive_power_has_exact_slopes(y, slope):
    """The slope in the exponent is 0 there; elsewhere it has a logarithm in it, which is no fraction."""
    base, exponent = Value(Fraction(0)), Value(y)
    z = base**exponent
    assert (z.data, grad(z, [base, exponent])) == (0, (slope, 0))
    assert all(type(g) in (int, Fraction) for g in z.local_grads)
    with pytest.raises(TypeError, match="no exact result"):
        grad(Value(Fraction(2)) ** exponent, exponent)


def test_the_table_is_as_long_as_it_should_be():
    assert len(EDGES) >= 80
    assert len({(name, inputs) for name, inputs, _, _ in EDGES if nan not in inputs}) >= 80
