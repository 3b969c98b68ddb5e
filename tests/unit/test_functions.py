"""Functions of lists, parameters and conditions."""

import math
from fractions import Fraction

import pytest

import autograd as ag
from autograd import Value, detect_anomaly, grad, jvp


def test_plain_numbers_in_plain_numbers_out():
    assert ag.sum([1, 2]) == 3 and ag.sum([]) == 0 and ag.mean([1, 2]) == 1.5
    assert ag.dot([1, 2], [3, 4], 5) == 16
    assert ag.maximum(1, 3, 2) == 3 and ag.minimum([2, 1]) == 1 and ag.maximum(7) == 7
    assert ag.where(True, 1, 2) == 1 and ag.where(0, 1, 2) == 2
    assert ag.pow(2, 10) == 1024 and ag.abs(-2) == 2 and ag.sign(-3.5) == -1
    assert ag.softmax([0, 0]) == [0.5, 0.5]
    assert ag.mean([Fraction(1, 2), 1]) == Fraction(3, 4)


def test_where_sends_the_gradient_to_what_was_taken():
    x, y = Value(2.0), Value(3.0)
    ag.where(x > y, x, y).backward()
    assert (x.grad, y.grad) == (0.0, 1.0)
    masked = ag.where(x > 0, x.log(), (-x).log())  # the other branch is nan, and stays out of it
    x.zero_grad()
    masked.backward()
    assert x.grad == 0.5
    assert grad(masked, x) == (0.5,) and grad(masked, x, create_graph=True)[0].data == 0.5
    assert jvp(lambda v: ag.where(v > 0, v.log(), (-v).sqrt()), 2.0)[1] == 0.5
    with detect_anomaly():
        masked.backward()
    assert x.grad == 1.0


def test_where_and_a_nan_condition_agree_on_what_was_taken():
    x, y = Value(2.0), Value(3.0)
    z = ag.where(Value(math.nan), x, y)
    z.backward()
    assert (z.data, x.grad, y.grad) == (2.0, 1.0, 0.0)


def test_a_function_and_its_method_are_one():
    for name in ("exp", "log", "tanh", "sigmoid", "relu", "sqrt", "abs", "sign", "erf", "log1p", "expm1"):
        assert getattr(Value(0.7), name)().data == getattr(ag, name)(0.7) == getattr(ag, name)(Value(0.7)).data
    assert Value(1).maximum(2).data == 2 and Value(1).minimum(2).data == 1


@pytest.mark.parametrize("f", [ag.maximum, ag.mean, ag.logsumexp, ag.softmax, ag.log_softmax])
def test_nothing_has_no_value(f):
    with pytest.raises(ValueError, match="of nothing is not defined"):
        f([])
    with pytest.raises(ValueError, match="of nothing"):
        ag.maximum()


@pytest.mark.parametrize("f", [ag.sum, ag.mean, ag.logsumexp, ag.softmax, lambda v: ag.dot(v, [1])])
def test_lists_are_lists(f):
    with pytest.raises(TypeError, match=r"takes a list of numbers, got Value\(1\): write \w+\(\[...\]\)"):
        f(Value(1))
    assert ag.maximum(Value(1)).data == 1


def test_dot_wants_as_many_weights_as_inputs():
    with pytest.raises(ValueError, match="got 2 weights and 1 inputs"):
        ag.dot([1, 2], [3])
    with pytest.raises(TypeError, match="got 'a'"):
        ag.dot([Value(1)], ["a"])


def test_a_target_is_a_class():
    logits = [Value(0.0), Value(1.0)]
    with pytest.raises(IndexError, match="classes 0 to 1, got 2"):
        ag.cross_entropy(logits, 2)
    for wrong in (True, 0.5, "1"):
        with pytest.raises(TypeError, match="index of a class"):
            ag.cross_entropy(logits, wrong)


def test_extreme_logits():
    assert ag.logsumexp([math.inf, 1.0]) == math.inf
    assert ag.logsumexp([-math.inf, -math.inf]) == -math.inf
    assert math.isnan(ag.logsumexp([math.inf, math.nan])) and math.isnan(ag.logsumexp([math.nan, 1.0]))
    assert ag.softmax([-math.inf, 0.0]) == [0, 1]
    assert ag.cross_entropy([1000.0, 0.0], 1) == 1000 and ag.cross_entropy([800.0, 0.0], 0) == 0.0
    assert ag.cross_entropy([50.0, 0.0], 0) == pytest.approx(math.exp(-50), rel=1e-15)


def test_parameters_have_the_lectures_defaults():
    assert ag.leaky_relu(-1.0) == -0.1 and ag.leaky_relu(-1.0, 0.5) == -0.5
    assert ag.elu(-1.0) == math.expm1(-1.0) and ag.elu(2.0, 5) == 2.0
    assert ag.elu(0.5, 10**5000) == 0.5 and ag.elu(-1.0, 10**5000) == -math.inf and ag.elu(Fraction(1, 2), 10**5000) == 0.5
    assert ag.leaky_relu(Value(Fraction(-1)), Fraction(1, 10)).data == Fraction(-1, 10)
    with pytest.raises(TypeError, match="got None"):
        ag.elu(1.0, None)


def test_a_dot_product_of_nothing_is_0_or_its_bias():
    assert ag.dot([], []) == 0
    assert ag.dot([], [], 3) == 3
    assert ag.dot([], [], Value(3)).data == 3


def test_a_name_that_is_not_there_is_named():
    with pytest.raises(AttributeError, match="module 'autograd' has no attribute 'compiled'"):
        ag.compiled


def test_compile_is_loaded_when_asked_for(monkeypatch):
    loaded = ag.compile
    monkeypatch.delattr(ag, "compile")  # as before anybody asked
    assert ag.compile is loaded
