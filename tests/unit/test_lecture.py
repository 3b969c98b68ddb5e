"""The lecture's own figures, row by row (the rows of the engine: chain rule, product node, loss graph, exercise)."""

import math

import pytest

from autograd import Value, dot, elu, leaky_relu, maximum, relu, sigmoid, softplus, step, tanh


def test_l15_a_product_node():
    x, y = Value(2, name="x"), Value(3, name="y")
    z = x * y
    assert z.data == 6 and z.local_grads == (3, 2)
    z.backward(5)  # dL/dz = 5 is given
    assert (z.grad, x.grad, y.grad) == (5, 15, 10)
    assert all(type(n) is int for n in (z.data, *z.local_grads, z.grad, x.grad, y.grad))


def test_l16_a_loss_graph():
    x, y, w = Value(1, requires_grad=False), Value(2, requires_grad=False), Value(1)
    guess = x * w
    s = guess - y
    loss = s**2
    assert (guess.data, s.data, loss.data) == (1, -1, 1)
    loss.backward()
    assert (s.grad, guess.grad, w.grad) == (-2, -2, -2)
    assert loss.local_grads == (-2,) and s.local_grads == (1, -1) and guess.local_grads == (1, 1)
    assert x.grad is None and y.grad is None


def test_l17_the_exercise():
    w = Value(1)
    ((2 * w - 4) ** 2).backward()
    assert w.grad == -8


def test_l5_the_derivative_of_the_cost():
    data = [(1, 1), (2, 2), (3, 3)]
    for at, cost, slope in ((0, 7.0, -14), (1, 0.0, 0), (2, 7.0, 14)):
        w = Value(at)
        e = sum((y - w * x) ** 2 for x, y in data) / 2
        e.backward()
        assert (e.data, w.grad) == (cost, slope)


def test_l8_the_two_forms_of_the_sigmoid_and_its_slope():
    for x in (-30.0, -1.0, 0.0, 2.0, 30.0):
        v = Value(x)
        f = v.sigmoid()
        assert f.data == pytest.approx(1 / (1 + math.exp(-x)), rel=1e-15)
        assert f.data == pytest.approx(math.exp(x) / (1 + math.exp(x)), rel=1e-15)
        f.backward()
        assert v.grad == pytest.approx(f.data * (1 - f.data), rel=1e-3)


def test_l9_the_activations():
    assert [step(x) for x in (-1, 0, 2)] == [0, 0, 1]
    assert [relu(x) for x in (-1, 0, 2)] == [0, 0, 2]
    assert leaky_relu(-2.0) == max(0.1 * -2.0, -2.0) and leaky_relu(3.0) == 3.0
    assert elu(-1.0, 2.0) == 2.0 * (math.exp(-1.0) - 1)
    assert softplus(1.0) == pytest.approx(math.log(1 + math.exp(1)))
    assert sigmoid(0) == 0.5 and tanh(0) == 0
    w1, w2 = [Value(1), Value(2)], [Value(-1), Value(0)]
    out = maximum(dot(w1, [3, 1], 1), dot(w2, [3, 1], 0))
    out.backward()
    assert out.data == 6 and [w.grad for w in w1 + w2] == [3, 1, 0, 0]


def test_l11_xor_by_hand():
    def f(z):
        return Value(z).sigmoid() if not isinstance(z, Value) else z.sigmoid()

    outputs = []
    for x1, x2 in ((0, 0), (0, 1), (1, 0), (1, 1)):
        y1, y2 = f(5 * x1 + 5 * x2 - 8), f(-7 * x1 - 7 * x2 + 3)
        outputs.append(round(f(-11 * y1 - 11 * y2 + 6).data, 4))
    assert outputs == [0.0112, 0.9949, 0.9949, 0.0244]


def test_a_second_pass_over_a_visited_graph_is_not_the_known_mistake():
    a = Value(3)
    b = a * a
    c = b * b  # dc/da = 4 a³ = 108
    c.backward()
    c.backward()
    assert a.grad == 216  # an engine that keeps inner gradients between passes answers 324
