"""Reasons, each planted on a small graph, with the node to blame."""

import math
from fractions import Fraction
from math import inf, nan, pi

import pytest

from autograd import (
    Op,
    Value,
    asin,
    cos,
    cross_entropy,
    dot,
    elu,
    erf,
    exp,
    expm1,
    log,
    log1p,
    maximum,
    minimum,
    no_grad,
    relu,
    sigmoid,
    sign,
    softmax,
    sqrt,
    step,
    tan,
    tanh,
    where,
    why,
)
from autograd.graph import nodes
from autograd.intrinsics import where as choose
from autograd.learn import Why
from autograd.learn.reasons import REASONS
from autograd.learn.wide import Wide

tent = Op(
    "tent",
    value=lambda x: choose(abs(x) < 1, 1 - abs(x), 0),
    slopes=lambda z, x: (choose(abs(x) < 1, -sign(x), 0),),
    doc="Of a test: a row without a word about its corners.",
)
squash = Op("squash", value=lambda x: tanh(x), slopes=lambda z, x: (1 - z * z,), doc="Of a test: tanh with a rough slope.")
triple = Op("triple", value=lambda x, y, w: x * y * w, slopes=lambda z, x, y, w: (y * w, x * w, x * y), doc="Of a test.")
blind = Op("blind", value=lambda x: choose(x > 0, x, 7), slopes=lambda z, x: (1,), doc="Of a test: it takes a nan for 7.")
ramp = Op(
    "ramp",
    value=lambda x, y: choose(x > 0, x, 0) * y,
    slopes=lambda z, x, y: (choose(x > 0, 1, 0) * y, choose(x > 0, x, 0)),
    doc="Of a test: relu times y.",
)
steep = Op(
    "steep",
    value=lambda x: x * math.exp(x),
    slopes=lambda z, x: ((1 + x) * math.exp(x),),
    doc="Of a test: it computes with floats only.",
)
endless = Op("endless", value=lambda x: float("inf") * math.exp(x), slopes=lambda z, x: (z,), doc="Of a test: infinite.")
broken = Op("broken", value=lambda x: x, slopes=lambda z, x: (x * nan,), doc="Of a test: a nan slope.")


def asked(make, *numbers, grad=1):
    """The answer about the first of x, y, w, and the nodes of the graph by their names."""
    inputs = [Value(x, name) for x, name in zip(numbers, "xyw", strict=False)]
    output = make(*inputs)
    answer = why(output, inputs[0], grad)
    assert all(v.grad is None for v in nodes(output))
    assert answer.reason in REASONS and str(answer) == answer.text == answer.text.strip()
    return answer


def blamed(answer, op):
    return answer.node.op is not None and answer.node.op.name == op


@pytest.mark.parametrize(
    "reason, op, make, numbers, words",
    [
        ("dead", "relu", lambda x: relu(x) * 2, [-3], "relu(x) is dead: its slope is 0 at x = −3, and stays 0 until x = 0."),
        ("dead", "relu", lambda x: relu(x * 2), [Fraction(-1, 3)], "its slope is 0 at v1 = −2/3"),
        ("dead", "tent", tent, [3.0], "stays 0 until x = 1."),
        ("dead", "relu", relu, [-inf], "is dead"),
        ("corner", "relu", lambda x: relu(x) * 2, [0], "corner, x = 0: its slope is 0 below it, 1 above, and 0 there."),
        ("corner", "abs", abs, [0.0], "its slope is −1 below it, 1 above"),
        ("corner", "tent", tent, [0.0], "its slope is 1 below it, −1 above"),
        ("flat", "step", step, [2.0], "step(x) has slope 0 by x everywhere."),
        ("flat", "sign", sign, [0], "everywhere"),
        ("flat", "where", lambda x, y: where(x, y, 5), [0, 3], "by x everywhere"),
        ("saturated", "sigmoid", sigmoid, [-1000.0], "at x = −1000 its slope is too small for a float."),
        ("saturated", "tanh", lambda x: tanh(x) * 5, [500.0], "too small for a float"),
        ("saturated", "sigmoid", sigmoid, [10.0], "its slope is 4.54e−5 at x = 10, and 0.25 where it is steepest."),
        ("saturated", "tanh", lambda x: tanh(x) * 0.5, [-6.0], "and 1 where it is steepest"),
        ("saturated", "elu", lambda x: elu(x) / 3, [-20.0], "2.061e−9"),
        ("saturated", "squash", squash, [30.0], "too small"),
        ("saturated", "squash", squash, [7.0], "3.326e−6 at x = 7"),
        ("saturated", "softmax", lambda x: softmax([x, 1000.0])[1], [0.0], "is saturated"),
        ("saturated", "cross_entropy", lambda x: cross_entropy([x, -1000.0], 0), [0.0], "is saturated"),
        ("saturated", "sigmoid", sigmoid, [inf], "is saturated"),
        ("stationary", "power", lambda x: x**2, [0], "x² is level at x = 0: its slope is 0 just there."),
        ("stationary", "power", lambda x: x**3, [0.0], "level"),
        ("stationary", "cos", cos, [0.0], "level"),
        ("zero", "mul", lambda x, y: x * y, [3, 0], "x·y multiplies x by 0: ∂v1/∂x = y = 0."),
        ("zero", "mul", lambda x, y: x * y, [1, 0], "multiplies x by 0"),
        ("zero", "mul", lambda x: x * x, [0], "multiplies x by 0"),
        ("zero", "div", lambda x: 0 / x, [3.0], "multiplies x by 0"),
        ("zero", "dot", lambda x, y: dot([x, y], [0, 2]), [1, 2], "multiplies x by 0"),
        ("zero", "triple", triple, [1.0, 0.0, 7.0], "multiplies x by 0"),
        ("infinite", "div", lambda x, y: x / y, [1.0, inf], "has an infinite input, y = ∞."),
        ("unchosen", "maximum", maximum, [1, 2], "maximum(x, y) did not choose x = 1, but y = 2."),
        ("unchosen", "maximum", maximum, [2, 2], "did not choose x = 2, but y = 2: of equal inputs one gets all."),
        ("unchosen", "minimum", minimum, [1.0, 0.0], "but y = 0."),
        ("unchosen", "where", lambda x, y: where(0, x, y), [2, 3], "did not choose x = 2, but y = 3."),
        ("unchosen", "where", lambda x: where(0, x, 7), [2], "but 7."),
        ("cancel", None, lambda x: x - x, [2], "contributions to ∂v1/∂x cancel: 1 − 1 = 0."),
        ("cancel", None, lambda x: x * 1e16 + x - x * 1e16, [2.0], "cancel"),
        ("cancel", None, lambda x: x * 1.1e9 - x * 1.1e9 * (1 - 1e-12), [2.0], "nearly cancel"),
        ("underflow", "mul", lambda x: x * 1e-200 * 1e-200, [2.0], "1e−200 · 1e−200 = 0, at v1 = x·(1e−200)."),
        ("underflow", "exp", exp, [-800.0], "exp(x) at x = −800 underflowed to 0: about 3.668e−348 is too small for a"),
        ("underflow", "exp", lambda x: exp(-(x**2)) * 3, [40.0], "v3 = exp(v2) at v2 = −1600 underflowed to 0"),
        ("underflow", "expm1", expm1, [-800.0], "the slope of v1 = expm1(x) at x = −800 underflowed to 0: about 3.668e−348"),
        ("underflow", "power", lambda x: x**3, [1e-200], "v1 = x³ at x = 1e−200 underflowed to 0: about 1e−600 is"),
        ("underflow", "power", lambda x: x**2 * x**2, [1e-200], "v1 = x² at x = 1e−200 underflowed to 0: about 1e−400"),
        ("underflow", "power", lambda x: (x**2) ** 2, [1e-200], "v1 = x² at"),
        ("underflow", "mul", lambda x, y: y * y * x, [1.0, 1e-200], "v1 = y·y at y = 1e−200 underflowed to 0"),
        ("underflow", "mul", lambda x, y: exp(y) * 0.0 + y * y * x, [1.0, 1e-200], "y·y at y = 1e−200 underflowed to 0"),
        ("underflow", "power", lambda x: x**400, [0.1], "underflowed"),
        ("underflow", "div", lambda x: 1 / x, [1e200], "the slope of v1 = 1/x at x = 1e200 underflowed to 0: about −1e−400"),
        ("underflow", "steep", steep, [-800.0], "the slope of v1 = steep(x) at x = −800 underflowed to 0: it is too small"),
        ("underflow", "exp", lambda x: exp(-exp(x)) * x, [50.0], "v3 = exp(v2) at v2 = −5.185e21 underflowed to 0"),
        ("underflow", "power", lambda x, y: sqrt(x**2 + y**2), [1e-200, 0.0], "So the slope of v4 = sqrt(v3) became inf"),
        ("underflow", "power", lambda x: 1 / x**2, [1e-200], "1e−400 is too small for a float. So v2 = 1/v1 became ∞."),
        ("cancel", "sub", lambda x, y: ((1 + y) - 1) * x, [2.0, 1e-20], "v1 − 1 at v1 = 1 lost all its digits to rounding"),
        ("cancel", "sub", lambda x, y: relu((1e16 + y) - 1e16) * x, [2.0, 0.5], "it should be about 0.5, and is 0."),
        ("unchosen", "maximum", lambda x, y: maximum(y + x, y), [1e-20, 1.0], "did not choose v1 = 1, but y = 1: of eq"),
        ("overflow", "exp", lambda x: exp(x) * 2, [1000.0], "exp(x) at x = 1000 overflowed to ∞: about 1.97e434 is too"),
        ("overflow", "exp", lambda x: exp(exp(x)), [1000.0], "v1 = exp(x) at x = 1000 overflowed to ∞"),
        ("overflow", "exp", lambda x: exp(exp(exp(x))), [6.0], "at v2 = 1.61e175 overflowed to ∞: it is too large"),
        ("overflow", "div", lambda x: 1 / x, [1e-310], "v1 = 1/x at x = 1e−310 overflowed to ∞: about 1e310 is too large"),
        ("overflow", "div", lambda x: 1 / x, [1e-200], "slope of v1 = 1/x at x = 1e−200 overflowed: about −1e400 is too"),
        ("overflow", "mul", lambda x: 1 / (x * x), [1e200], "v1 = x·x at x = 1e200 overflowed to ∞"),
        ("overflow", "endless", endless, [2.0], "v1 = endless(x) is the first that became ∞, at x = 2."),
        ("overflow", "mul", lambda x: x * 1e200 * 1e200, [1e-300], "1e200 · 1e200"),
        ("overflow", None, lambda x: x * 1e308 + x * 1e308, [0.1], "have a sum too large for a float: 1e308 + 1e308 = ∞."),
        ("overflow", "mul", lambda x: x * 1e308 * 10.0 * 1e5, [0.0001], "too large"),
        ("overflow", "y", lambda x, y: x * y, [2.0, inf], "y was given as ∞."),
        ("pole", "sqrt", lambda x: sqrt(x) * 3, [0.0], "sqrt(x) is at a pole, x = 0: its slope is infinite there, ∂v1/∂x"),
        ("pole", "power", lambda x: x**0.5, [0], "at a pole, x = 0: its slope is infinite there"),
        ("pole", "asin", asin, [1.0], "at a pole, x = 1"),
        ("pole", "div", lambda x: 1 / x, [0.0], "1/x is at a pole, x = 0: its value there is ∞, and its slope infinite."),
        ("pole", "div", lambda x: 1 / x, [0], "v1 = 1/x is at a pole, x = 0"),
        ("pole", "div", lambda x, y: x * (1 / y), [2.0, 0.0], "v1 = 1/y is at a pole, y = 0"),
        ("pole", "power", lambda x: x**-1, [0.0], "v1 = x⁻¹ is at a pole, x = 0"),
        ("pole", "log", log, [0.0], "v1 = log(x) is at a pole, x = 0: its value there is −∞, and its slope infinite."),
        ("pole", "log", lambda x: log(log(x)), [1.0], "v2 = log(v1) is at a pole, v1 = 0"),
        ("pole", "log1p", log1p, [-1.0], "at a pole, x = −1"),
        ("pole", "pow", lambda x, y: x**y, [0.0, -1.0], "v1 = x^y is at a pole, x = 0, y = −1"),
        ("pole", "tan", tan, [pi / 2], "next to a pole, at x = 1.571: its value jumps from 1.633e16 to −6.218e15"),
        ("nan", "log", lambda x: log(x) * 2 + x, [-1.0], "v1 = log(x) is the first that became nan, at x = −1."),
        ("nan", "y", lambda x, y: x * y, [1.0, nan], "y was given as nan."),
        ("nan", "mul", lambda x, y: (x * y) * 0.0, [1.0, inf], "v2 = v1·0 is the first that became nan"),
        ("nan", "sqrt", lambda x, y: sqrt(x) * y, [0.0, 0.0], "v1 = sqrt(x) sends back 0 · ∞, which is nan."),
        ("nan", "broken", lambda x: broken(x) * 2, [3.0], "a slope is nan: ∂v1/∂x = x·nan = nan, at x = 3."),
        ("nan", "broken", lambda x: broken(x * 2) * 2, [3.0], "∂v2/∂v1 = v1·nan"),
        ("nan", "log", lambda x: blind(log(x)), [-1.0], "v1 = log(x) is the first that became nan"),
        ("stationary", "pow", lambda x, y: y**x, [0.0, nan], "level"),
        ("dead", "ramp", ramp, [-3.0, 2.0], "stays 0 until x = 0."),
        ("overflow", "y", lambda x, y: y**x, [0.0, inf], "y was given as ∞."),
        ("nan", None, lambda x: sqrt(x) - sqrt(x), [0.0], "infinite contributions to ∂v3/∂x meet: ∞ − ∞ = nan."),
        ("masked", "log", lambda x: where(x > 0, log(x), 0), [-1.0], "log(x) is nan at x = −1 and was left out later"),
        ("overflow", "exp", lambda x, y, w: where(y**2, (x + exp(w)) / exp(w), 5), [1.0, 1e-200, 1e3], "overflowed"),
        ("nan", "sub", lambda x: exp(x) - exp(x), [1000.0], "∞, v2 = ∞. Before that v1 = exp(x) at x = 1000 overflowed"),
        ("tiny", "exp", exp, [-300.0], "its one factor is small: ∂v1/∂x = v1 = 5.148e−131, at x = −300."),
        ("huge", "exp", exp, [300.0], "its one factor is large: ∂v1/∂x = v1 = 1.942e130, at x = 300."),
        ("tiny", "mul", lambda x: x * 1e-5 * 1e-6, [2], "smallest is ∂v2/∂v1 = 1e−6. It comes along x → v1 → v2."),
        ("huge", "mul", lambda x: x * 1e5 * 1e6 + x, [2], "is ∂v2/∂v1 = 1e6. Most of it comes along x → v1 → v2"),
        ("not_computed", None, lambda x: x * 3, [2], "= 3. x.grad is None only because no backward pass has reached x yet"),
        ("not_computed", None, lambda x: x * 3e-3, [2], "Nothing is wrong: ∂v1/∂x = 0.003. x.grad is None"),
        ("not_computed", None, lambda x: x, [2], "∂x/∂x = 1. x.grad is None only because no backward"),
    ],
)  # fmt: skip
def test_reasons(reason, op, make, numbers, words):
    answer = asked(make, *numbers)
    assert answer.reason == reason and words in answer.text, answer
    if op is None:
        assert answer.node.name == "x"
    elif op == "y":
        assert answer.node.name == "y"
    else:
        assert blamed(answer, op), answer


def test_what_was_given():
    for grad, begin in ((0, "∂L/∂x = 0, for 0 was given"), (inf, "∂L/∂x = ∞, for that"), (nan, "∂L/∂x = nan, for that")):
        answer = asked(lambda x: x * 2, 3.0, grad=grad)
        assert answer.reason == "seed" and blamed(answer, "mul") and answer.text.startswith(begin)


def test_a_nan_further_on_does_not_hide_where_it_began():
    answer = asked(lambda x, y: where(Value(1), x * sqrt(x), log(y)) / (x - x) * 0.0, 1.0, -1.0)
    assert answer.reason == "nan" and blamed(answer, "mul")
    x = Value(2.0, "x")
    answer = why(where(1, x * 0.0, 1.0) * Value(inf, "big"), x)  # 0·∞ forward
    assert answer.reason == "nan"


def test_a_nan_of_the_value_below_a_finite_output():
    x, y = Value(1.0, "x"), Value(nan, "y")
    answer = why(where(0, 1.0, x * y * 0 + x) ** 0 + x * sqrt(Value(0.0) * x) * 0, x)
    assert answer.reason == "nan"


def test_every_blocked_way_is_named():
    x = Value(-1.0, "x")
    answer = why(relu(x) + step(x) + relu(x * 2) + sign(x) + relu(x * 3), x)
    assert answer.reason == "dead" and answer.node.parents == (x,)
    assert answer.text.endswith(" Every other way is blocked, too: v2 (flat), v7 (flat), v5 (dead), ….")
    shared = x * 2
    answer = why(relu(shared + 0.5) + relu(shared - shared * 3 - 9), x)
    assert answer.text.count("(dead)") == 1
    answer = why(shared * 0.0 + (x + shared) * 0.0, x)  # two ways through one node
    assert answer.reason == "zero"


def test_long_formulas_are_cut():
    xs = [Value(float(i), f"x{i}") for i in range(50)]
    answer = why(maximum(xs), xs[0])
    assert answer.reason == "unchosen" and "x10, x11, x… did not choose" in answer.text and len(answer.text) < 150
    x = xs[1]
    answer = why(x - x + x - x + x - x + x - x, x)
    assert answer.reason == "cancel" and answer.text.endswith(": 1 − 1 + 1 − 1 + … − 1 = 0.")


def test_a_cancellation_behind_a_node():
    x = Value(2.0, "x")
    y = x * 3
    y.name = "y"
    answer = why(y - y + step(y), x)
    assert answer.reason == "cancel" and answer.node is y and "contributions to ∂v3/∂y cancel: 1 − 1 + 0 = 0." in answer.text


def test_constants():
    x = Value(2, "x", requires_grad=False)
    answer = why(x * Value(3, "w"), x)
    assert (answer.reason, answer.node, answer.gradient) == ("constant", x, None)
    assert answer.text == (
        "x is a constant, and constants keep no gradient: make it Value(..., requires_grad=True). "
        "By the chain rule it would be ∂v1/∂x = 3."
    )
    answer = why(Value(3, "w") * 2, x)
    assert answer.reason == "constant" and "was not computed from it either" in answer.text


def test_no_path():
    x = Value(2, "x")
    other = Value(3, "y") * 2
    answer = why(other, x)
    assert (answer.reason, answer.node) == ("no_path", other)
    assert answer.text == "No path leads from x to v1, which was computed without it, or from its .data."
    cut = x.detach()
    answer = why(cut * 3, x)
    assert answer.node is cut and "a constant copy of x, made by detach() or no_grad()" in answer.text
    with no_grad():
        bare = x * 3
    assert "v1 is a leaf" not in why(bare, x).text and "6 is a leaf, not computed from x" in why(bare, x).text
    assert "exchange the two" in why(x, x * 3).text and "this Value (6)" in why(x, x * 3).text


def test_nothing_is_wrong():
    x = Value(2, "x")
    y = x * 3 + x
    y.backward()
    answer = why(y, x)
    assert (answer.reason, answer.node, answer.gradient) == ("fine", y, 4)
    assert answer.text == "Nothing is wrong: ∂v2/∂x = 4. Most of it comes along x → v1 → v2."
    assert repr(answer) == f"<Why 'fine': {answer.text}>" and isinstance(answer, Why)
    assert why(y, y).text == "Nothing is wrong: ∂v2/∂v2 = 1. It is the output itself."
    z = x
    for _ in range(12):
        z = z + 1
    z.backward()
    assert why(z, x).text.endswith("It comes along x → v1 → v2 → v3 → … → v9 → v10 → v11 → v12.")


def test_a_dead_relu_is_blamed_whether_or_not_a_pass_has_run():
    x = Value(-1.0, "x")
    y = relu(x)
    before = why(y, x)
    y.backward()
    assert (before.reason, before.text) == (why(y, x).reason, why(y, x).text)


def test_a_tiny_gradient_given_is_no_news():
    x = Value(2.0, "x")
    y = x * 3
    y.backward(1e-20)
    assert why(y, x, 1e-20).reason == "fine"


def test_exact_numbers_of_any_size():
    x = Value(Fraction(1, 10**400), "x")
    assert why(x * x * 2, x).reason == "tiny"
    assert why(Value(10**400, "x") ** 2, (x := Value(10**400, "x"))).reason == "no_path"
    assert why(x * x, x).reason == "huge"


def test_only_values_are_asked_about():
    two = "why takes two Values, the output and the one whose gradient is in question, as in why.loss, w.; got "
    with pytest.raises(ValueError, match="no node is called 'x' here: write one of v1"):
        why(Value(2), "x")
    with pytest.raises(TypeError, match=two + r"\['x'\]"):
        why(Value(2), ["x"])
    with pytest.raises(TypeError, match=two + "3"):
        why(3, Value(2))
    with pytest.raises(TypeError, match=two + "only one"):
        why(Value(2))


def test_a_pass_that_was_given_a_gradient():
    x = Value(2.0, "x")
    assert why(x * 3, x, 5).text.endswith("reached x yet: call backward(5) of v1.")


def test_what_cancels_by_rounding_alone():
    x = Value(2.0, "x")
    answer = why(x * 1e16 + x - x * 1e16, x)
    assert answer.text.endswith("cancel: 1e16 + 1 − 1e16 = 0, by rounding: it should be about 1.")
    answer = why(x - x + x * 1e-200 * 1e-200, x)  # here the rest is what counts
    assert answer.reason == "underflow" and blamed(answer, "mul")


def test_constants_without_a_name_are_not_listed():
    x = Value(-1.0, "x")
    assert why(log(x * 1 - 0) * 2, x).text.endswith("v3 = log(v2) is the first that became nan, at v2 = −1.")
    zero = Value(0.0, requires_grad=False)
    answer = why((zero / zero) * x, x)
    assert answer.text == "∂v2/∂x = nan, for v1 = 0/0 is the first that became nan."


def test_rows_that_raise_far_out():
    picky = Op("picky", value=lambda x: math.asin(x / 10), slopes=lambda z, x: (math.sqrt(x) * 0,), doc="Of a test.")
    assert asked(lambda x: picky(x) + x * 0, 4.0).reason in REASONS
    rough = Op("rough", value=lambda x: math.floor(float(x)), slopes=lambda z, x: (0 * math.log(x),), doc="Of a test.")
    assert asked(rough, 1e-320).reason in REASONS


def test_wide_numbers():
    tiny = Wide.of(1e-300) ** 1000
    assert tiny.is_real and not Wide.of(nan).is_real and not Wide.of(inf).is_real
    assert float(2 ** Wide.of(3)) == 8 and float(Wide.of(4) ** 0.5) == 2 and float(Wide.of(0) ** 0) == 1
    assert not Wide.of(0.0) and Wide.of(inf).is_pole and Wide.of(Fraction(1, 4)) >= 0.25 and Wide.of(1) <= 1
    assert not any((Wide.of(nan) < 1, Wide.of(nan) > 1, Wide.of(nan) <= 1, Wide.of(nan) >= 1))
    far = Wide.of(-1e30).intrinsic("exp")
    assert far.is_real and far.is_beyond and (1 / far).is_beyond and not tiny.is_beyond
    assert abs(float(Wide.of(1e-30).intrinsic("erf")) / erf(1e-30) - 1) < 1e-12
    assert (tiny.intrinsic("tanh") / tiny - 1).number == 0 and float(3 - Wide.of(1)) == 2


def test_rows_written_for_floats_alone():
    whole = Op(
        "whole",
        value=lambda x: 0.0 if x.is_integer() else math.sqrt(x.real),
        slopes=lambda z, x: (0.0 if x.is_integer() else z,),
        doc="Of a test.",
    )
    assert asked(whole, 4.0).reason in REASONS
    assert asked(lambda x, y: whole((1e16 + y) - 1e16) * x, 0.0, 0.5).reason in REASONS
    late = Op("late", value=lambda x: math.log(1 - x.real), slopes=lambda z, x: (0.0 * x,), doc="Of a test.")
    assert asked(lambda x: late((1e16 + x) - 1e16), 1.0).reason in REASONS
