"""Laws of the losses: values and gradients against textbook formulas at 60 digits, the order of a batch, and reductions."""

import math

import mpmath as mp
import oracle
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd
import nn
from autograd import Value
from nn.shapes import flat, mapped

TOLERANCE = 1e-14
logits = st.floats(-800, 800) | st.floats(-30, 30) | st.sampled_from([0.0, 1e-300, 1e308, -1e308, math.pi])
numbers = st.floats(-1e100, 1e100) | st.floats(-3, 3)
shares = st.floats(1e-11, 1 - 1e-11)
hard = st.sampled_from([0, 1, 0.0, 1.0])
soft = st.floats(0, 1)


def mp_softplus(x):
    return mp.log1p(mp.exp(x)) if x < 1000 else mp.mpf(x)


def mp_sigmoid(x):
    return oracle.sigmoid(x) if x > -1e6 else mp.mpf(0)


# Of each loss of single numbers: how to make it, outputs, targets, and its value and slope.
LOSSES = {
    "mse": (nn.MSELoss, numbers, numbers, lambda x, t: (x - t) ** 2, lambda x, t: 2 * (x - t)),
    "l1": (nn.L1Loss, numbers, numbers, lambda x, t: abs(x - t), lambda x, t: mp.sign(x - t)),
    "huber": (
        lambda **reduction: nn.HuberLoss(2.5, **reduction),
        numbers,
        numbers,
        lambda x, t: (x - t) ** 2 / 2 if abs(x - t) < 2.5 else mp.mpf(2.5) * (abs(x - t) - mp.mpf(1.25)),
        lambda x, t: max(min(x - t, mp.mpf(2.5)), mp.mpf(-2.5)),
    ),
    "hinge": (
        nn.HingeLoss,
        logits,
        st.sampled_from([-1, 1, -1.0, 1.0]),
        lambda x, t: max(mp.mpf(0), 1 - t * x),
        lambda x, t: -t if t * x < 1 else mp.mpf(0),
    ),
    "logits": (
        nn.BCEWithLogitsLoss,
        logits,
        hard | soft,
        lambda x, t: t * mp_softplus(-x) + (1 - t) * mp_softplus(x),
        lambda x, t: (1 - t) * mp_sigmoid(x) - t * mp_sigmoid(-x),
    ),
    "weighted logits": (
        lambda **reduction: nn.BCEWithLogitsLoss(3.5, **reduction),
        logits,
        hard | soft,
        lambda x, t: 3.5 * t * mp_softplus(-x) + (1 - t) * mp_softplus(x),
        lambda x, t: (1 - t) * mp_sigmoid(x) - 3.5 * t * mp_sigmoid(-x),
    ),
    "probabilities": (
        nn.BCELoss,
        shares,
        hard | soft,
        lambda p, t: -t * mp.log(p) - (1 - t) * mp.log1p(-p),
        lambda p, t: (p - t) / (p * (1 - p)),
    ),
}
every_loss = pytest.mark.parametrize("name", LOSSES)


def near(got, expected, scale):
    if abs(expected) > 1.797e308:
        return abs(got) >= 1.797e308 and (got > 0) == (expected > 0)
    return abs(mp.mpf(got) - expected) <= TOLERANCE * (abs(expected) + scale) + 1e-320


def batches(name):
    _, outputs, targets, *_ = LOSSES[name]
    return st.lists(st.tuples(outputs, targets), min_size=1, max_size=8)


@every_loss
@given(data=st.data())
def test_the_value_and_the_gradient_are_those_of_the_formula(name, data):
    make, outputs, targets, value, slope = LOSSES[name]
    x, t = data.draw(outputs), data.draw(targets)
    assume(abs(abs(x - t) - 2.5) > 1e-9 and abs(abs(x) - 1) > 1e-9)  # corners, and where 1 - t x cancels
    v = Value(x)
    loss = make()([v], [t])
    loss.backward()
    exact_x, exact_t = mp.mpf(x), mp.mpf(t)
    # What cancels: x - t may lose digits of the larger; two terms of different sign those of the terms.
    assert near(loss.data, value(exact_x, exact_t), max(abs(exact_x - exact_t), 1) ** (2 if name == "mse" else 1) * 1e-2)
    assert near(v.grad, slope(exact_x, exact_t), 1 if name != "probabilities" else 1 / (exact_x * (1 - exact_x)))


@every_loss
@given(data=st.data())
def test_reductions_are_those_of_the_single_losses(name, data):
    make = LOSSES[name][0]
    pairs = data.draw(batches(name))
    xs, ts = [[Value(x)] for x, _ in pairs], [[t] for _, t in pairs]
    singles = make(reduction="none")(xs, ts)
    assert nn.shapes.shape(singles) == nn.shapes.shape(ts)
    losses = [v.data for v in flat(singles)]
    assert make(reduction="sum")(xs, ts).data == autograd.sum(losses)
    assert make()(xs, ts).data == autograd.mean(losses)
    assert losses == [make()(x, t).data for x, t in zip(flat(xs), flat(ts))]


@every_loss
@given(data=st.data())
def test_the_order_of_a_batch_does_not_matter(name, data):
    make = LOSSES[name][0]
    pairs = data.draw(batches(name))
    order = data.draw(st.permutations(range(len(pairs))))
    xs = [Value(x) for x, _ in pairs]
    loss = make()(xs, [t for _, t in pairs])
    loss.backward()
    before = [v.grad for v in xs]
    for v in xs:
        v.grad = None
    again = make()([xs[k] for k in order], [pairs[k][1] for k in order])
    again.backward()
    assert [v.grad for v in xs] == before
    assert math.isclose(loss.data, again.data, rel_tol=1e-14)


rows = st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(logits, min_size=n, max_size=n), min_size=1, max_size=4))


def exact_row(row, shares):
    """-Σ t log softmax(x), and its slopes."""
    top = max(map(mp.mpf, row))
    weights = [mp.exp(x - top) if x - top > -1e5 else mp.mpf(0) for x in map(mp.mpf, row)]
    value = sum((s * (mp.log(sum(weights)) + (top - x)) for s, x in zip(shares, row) if s), mp.mpf(0))
    return value, [sum(shares) * w / sum(weights) - s for w, s in zip(weights, shares)]


@given(rows=rows, smoothing=st.sampled_from([0.0, 0.1, 1.0]), soft=st.booleans(), data=st.data())
def test_cross_entropy_is_that_of_the_formula(rows, smoothing, soft, data):
    n = len(rows[0])
    assume(not (soft or smoothing) or all(math.isfinite(max(row) - min(row)) for row in rows))
    if soft:
        weights = [data.draw(st.lists(st.floats(0.01, 1), min_size=n, max_size=n)) for _ in rows]
        targets = [[w / sum(row) for w in row] for row in weights]
        shares = targets
    else:
        targets = [data.draw(st.integers(0, n - 1)) for _ in rows]
        shares = [[mp.mpf(c == t) for c in range(n)] for t in targets]
    shares = [[s * (1 - mp.mpf(smoothing)) + mp.mpf(smoothing) / n for s in row] for row in shares]
    xs = mapped(Value, rows)
    losses = nn.CrossEntropyLoss(smoothing, reduction="none")(xs, targets)
    autograd.sum(losses).backward()
    for loss, row, values, given_shares in zip(losses, rows, xs, shares):
        value, slopes = exact_row(row, given_shares)
        assume(abs(value) < 1e308)
        assert near(loss.data, value, 1e-2)
        assert all(near(v.grad, d, 1) for v, d in zip(values, slopes))
    total = nn.CrossEntropyLoss(smoothing, reduction="sum")(xs, targets).data
    assert total == autograd.sum([loss.data for loss in losses])
    assert nn.CrossEntropyLoss(smoothing)(xs, targets).data == autograd.mean([loss.data for loss in losses])


@given(rows=rows, data=st.data())
def test_likelihood_of_log_softmax_is_cross_entropy(rows, data):
    targets = [data.draw(st.integers(0, len(row) - 1)) for row in rows]
    xs, ys = mapped(Value, rows), mapped(Value, rows)
    one, other = nn.CrossEntropyLoss()(xs, targets), nn.NLLLoss()(nn.LogSoftmax()(ys), targets)
    one.backward()
    other.backward()
    assert one.data == other.data
    assert all(math.isclose(v.grad, w.grad, rel_tol=1e-13, abs_tol=1e-300) for v, w in zip(flat(xs), flat(ys)))


@given(x=logits, t=hard)
def test_two_classes_are_one_logit(x, t):
    one, other = nn.BCEWithLogitsLoss()([Value(x)], [t]).data, nn.CrossEntropyLoss()([[Value(0.0), Value(x)]], [int(t)]).data
    assert math.isclose(one, other, rel_tol=1e-14)
