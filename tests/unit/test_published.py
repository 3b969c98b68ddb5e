"""Examples that others have published, with the figures that they print: facts about functions, which ours must give too."""

import pytest

from autograd import Value, dot, exp, maximum, sigmoid, tanh


def values(**numbers):
    return [Value(x, name) for name, x in numbers.items()]


def test_micrograd_readme():
    """github.com/karpathy/micrograd, README.md: "prints 24.7041", "138.8338", "645.5773"."""
    a, b = values(a=-4.0, b=2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert [f"{x:.4f}" for x in (g.data, a.grad, b.grad)] == ["24.7041", "138.8338", "645.5773"]


def test_micrograd_sanity_check():
    """The same repository, test/test_engine.py. By hand: z = -10, q = 40, y = 100 + 40 - 160."""
    (x,) = values(x=-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    assert (y.data, x.grad) == (-20, 46)


def test_microgpt_value_used_twice():
    """karpathy.github.io, microgpt: with L = a*b + a at a = 2 and b = 3, a.grad is 4.0 (via both paths) and b.grad 2.0."""
    a, b = values(a=2.0, b=3.0)
    c = a * b
    total = c + a
    total.backward()
    assert (c.data, total.data, a.grad, b.grad) == (6.0, 8.0, 4.0, 2.0)


def test_karpathy_lecture_product_and_sum():
    """github.com/karpathy/nn-zero-to-hero, lectures/micrograd, first half: L = (a*b + c)*f as drawn, and a step."""
    a, b, c, f = values(a=2.0, b=-3.0, c=10.0, f=-2.0)

    def run():
        e = a * b
        d = e + c
        return e, d, d * f

    e, d, loss = run()
    loss.backward()
    assert (e.data, d.data, loss.data) == (-6.0, 4.0, -8.0)
    assert [v.grad for v in (a, b, c, f, d, e, loss)] == [6.0, -4.0, -2.0, 4.0, -2.0, -2.0, 1.0]
    for v in (a, b, c, f):
        v.data += 0.01 * v.grad
    assert run()[-1].data == pytest.approx(-7.286496, abs=1e-12)


@pytest.mark.parametrize("activation", [tanh, lambda n: ((2 * n).exp() - 1) / ((2 * n).exp() + 1)], ids=["tanh", "by exp"])
def test_karpathy_lecture_neuron(activation):
    """The same notebooks: the neuron tanh(x1*w1 + x2*w2 + b), drawn with 0.8814 -> 0.7071 and these gradients."""
    x1, x2, w1, w2, b = values(x1=2.0, x2=0.0, w1=-3.0, w2=1.0, b=6.8813735870195432)
    n = x1 * w1 + x2 * w2 + b
    o = activation(n)
    o.backward()
    assert [f"{v:.4f}" for v in (n.data, o.data, n.grad)] == ["0.8814", "0.7071", "0.5000"]
    assert [f"{v.grad:.4f}" for v in (x1, w1, x2, w2, b)] == ["-1.5000", "1.0000", "0.5000", "0.0000", "0.5000"]


def test_karpathy_lecture_shared_nodes():
    """The same notebooks: b = a + a gives a the gradient 2; f = (a*b)*(a + b) at -2, 3 gives -3 and -8."""
    (a,) = values(a=3.0)
    (a + a).backward()
    assert a.grad == 2.0
    a, b = values(a=-2.0, b=3.0)
    d, e = a * b, a + b
    f = d * e
    f.backward()
    assert [v.data for v in (d, e, f)] == [-6.0, 1.0, -6.0]
    assert [v.grad for v in (a, b, d, e)] == [-3.0, -8.0, 1.0, -6.0]


def test_minitorch_chain_rule():
    """github.com/minitorch/minitorch, tests/test_autodiff.py: x*y + x, with 5 sent back."""
    (y,) = values(y=5)
    (10 * y + 10).backward(5)
    assert y.grad == 5 * 10
    x, y = values(x=5, y=10)
    (x * y + x).backward(5)
    assert (x.grad, y.grad) == (5 * (10 + 1), 5 * 5)


@pytest.mark.parametrize("depth, shared, expected", [(1, False, 5), (2, False, 5), (1, True, 10), (2, True, 10)])
def test_minitorch_backprop(depth, shared, expected):
    """The same file, test_backprop1 to 4: functions x + y + 10 in rows and in a diamond."""

    def function1(x, y):
        return x + y + 10

    (start,) = values(v=0)
    var = start
    for _ in range(depth if not shared else depth - 1):
        var = function1(0, var)
    if shared:
        var = function1(function1(0, var), function1(0, var))
    var.backward(5)
    assert start.grad == expected


def test_cs231n_first_circuit():
    """cs231n.github.io/optimization-2: f = (x + y)z at -2, 5, -4, as drawn there."""
    x, y, z = values(x=-2, y=5, z=-4)
    q = x + y
    f = q * z
    f.backward()
    assert (q.data, f.data) == (3, -12)
    assert [v.grad for v in (x, y, z, q, f)] == [-4, -4, 3, -4, 1]


def test_cs231n_sigmoid_neuron_gate_by_gate():
    """The same page: every green (value) and red (gradient) number of the drawn circuit."""
    w0, x0, w1, x1, w2 = inputs = values(w0=2.0, x0=-1.0, w1=-3.0, x1=-2.0, w2=-3.0)
    gates = [w0 * x0, w1 * x1]
    gates.append(gates[0] + gates[1])
    gates.append(gates[-1] + w2)
    gates.append(gates[-1] * -1)
    gates.append(exp(gates[-1]))
    gates.append(gates[-1] + 1)
    gates.append(1 / gates[-1])
    gates[-1].backward()
    assert [f"{v.data:.2f}" for v in gates] == ["-2.00", "6.00", "4.00", "1.00", "-1.00", "0.37", "1.37", "0.73"]
    assert [f"{v.grad:.2f}" for v in gates] == ["0.20", "0.20", "0.20", "0.20", "-0.20", "-0.53", "-0.53", "1.00"]
    assert [f"{v.grad:.2f}" for v in inputs] == ["-0.20", "0.39", "-0.39", "-0.59", "0.20"]


def test_cs231n_sigmoid_neuron_as_one_gate():
    """The same page: w = [2, -3, -3], x = [-1, -2], with sigmoid as one gate, whose slope at 0.73 is about 0.2."""
    w, x, b = values(w0=2.0, w1=-3.0), values(x0=-1.0, x1=-2.0), Value(-3.0)
    f = sigmoid(dot(w, x, b))
    f.backward()
    assert f"{f.data:.2f}" == "0.73"
    assert [round(v.grad, 2) for v in (*w, b)] == [-0.2, -0.39, 0.2]
    assert [round(v.grad, 2) for v in x] == [0.39, -0.59]
    assert b.grad == pytest.approx(0.19661193324148185, rel=1e-15)


def test_cs231n_staged_computation():
    """The same page: f = (x + σ(y)) / (σ(x) + (x + y)²) at 3, -4, against its staged backward pass, followed by hand."""
    x, y = values(x=3.0, y=-4.0)
    f = (x + sigmoid(y)) / (sigmoid(x) + (x + y) ** 2)
    f.backward()
    sigx, sigy = sigmoid(3.0), sigmoid(-4.0)
    num, den = 3 + sigy, sigx + 1
    dden = -num / den**2
    assert f.data == pytest.approx(num / den, rel=1e-15)
    assert x.grad == pytest.approx(1 / den + dden * (1 - sigx) * sigx - 2 * dden, rel=1e-14)
    assert y.grad == pytest.approx(1 / den * (1 - sigy) * sigy - 2 * dden, rel=1e-14)


def test_cs231n_patterns_in_backward_flow():
    """The same page: add distributes, max routes, multiply switches: 2(x*y + max(z, w)) at 3, -4, 2, -1."""
    x, y, z, w = values(x=3, y=-4, z=2, w=-1)
    product, largest = x * y, maximum(z, w)
    added = product + largest
    f = added * 2
    f.backward()
    assert [v.data for v in (product, largest, added, f)] == [-12, 2, -10, -20]
    assert [v.grad for v in (x, y, z, w, product, largest, added)] == [-8, 6, 2, 0, 2, 2, 2]


def test_cs231n_maximum_of_two():
    """The same page: of max(x, y) at 4, 2 the gradient is 1 on x and 0 on y; of x*y at 4, -3 it is -3 and 4."""
    x, y = values(x=4, y=2)
    maximum(x, y).backward()
    assert (x.grad, y.grad) == (1, 0)
    x, y = values(x=4, y=-3)
    (x * y).backward()
    assert (x.grad, y.grad) == (-3, 4)
