"""Rows in several threads: the results of each are those of one thread, to the bit, however many rows and threads."""

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
import nn
from autograd import Value
from autograd.compile import machine, threads

machine.ready()  # or nothing here means anything
TILE = 2 * machine.width()
sizes = st.integers(0, 5).flatmap(lambda k: st.integers(-2, 2).map(lambda d: max(0, k * TILE + d))) | st.integers(0, 200)
W = Value(0.75, "w")


def bending(xs, y):
    """Takes several ways, and uses a parameter."""
    s = autograd.tanh(W * xs[0] - y) * xs[1]
    return s * y if s > 0 else autograd.exp(xs[0]) / (1 + y * y)


def plain(xs, y):
    return autograd.softplus(W * xs[0] + y * xs[1]) * y


def asked(fast, x, y, v):
    batch = fast.batch
    value, by_parameters = batch.value_and_grad(x, y, wrt="parameters")
    return [
        batch(x, y),
        batch(x, y, out=np.empty(len(y))),
        *batch.value_and_grad(x, y)[1],
        value,
        *by_parameters,
        *batch.jacobian(x, y),
        *batch.hvp(x, y, v=v)[1],
    ]


@pytest.mark.parametrize("backend", ["llvm", "arrays", "python"])
@settings(max_examples=20)
@given(
    rows=sizes,
    several=st.integers(2, 5),
    worth=st.sampled_from([1, 50, 3000]),
    f=st.sampled_from([plain, bending]),
    data=st.data(),
)
def test_threads_change_no_bit(backend, rows, several, worth, f, data):
    numbers = np.random.default_rng(data.draw(st.integers(0, 99)))
    x, y, v = numbers.normal(size=(rows, 2)), numbers.normal(size=rows), (np.ones((rows, 2)), numbers.normal(size=rows))
    with patch.object(threads, "WORTH", worth):
        one, more = [asked(autograd.compile(f, backend=backend, threads=n), x, y, v) for n in (1, several)]
    for a, b in zip(one, more, strict=True):
        assert a.tobytes() == b.tobytes()


@given(rows=st.integers(0, 500), operations=st.integers(0, 300), tile=st.integers(1, 20), several=st.integers(1, 6))
def test_parts_are_whole_tiles_that_cover_all_rows_once(rows, operations, tile, several):
    with patch.object(threads, "WORTH", 1000):
        parts = threads.parts(rows, operations, tile, several)
    assert [k for part in parts for k in range(rows)[part]] == list(range(rows))
    assert 1 <= len(parts) <= several
    assert all(part.start % tile == 0 and part.stop <= rows for part in parts)
    assert all((part.stop - part.start) % tile == 0 for part in parts[:-1])
    if len(parts) > 1:
        assert all(part.stop - part.start for part in parts) and rows * operations >= 1000 * len(parts)


@st.composite
def trainings(draw):
    """What makes a model and its step anew for some threads, the same each time; examples, and how to go through them."""
    loss, kind = draw(st.sampled_from([nn.MSELoss, nn.HuberLoss])), draw(st.sampled_from([nn.SGD, nn.Adam]))
    reduction, hidden = draw(st.sampled_from(["mean", "sum"])), draw(st.lists(st.integers(1, 3), max_size=1))
    numbers = np.random.default_rng(draw(st.integers(0, 99)))
    count = draw(sizes.filter(bool))
    x, y = numbers.normal(size=(count, 2)), numbers.normal(size=(count, 1))
    way = {
        "epochs": draw(st.integers(1, 4)),
        "batch_size": draw(st.none() | st.integers(1, count)),
        "seed": draw(st.sampled_from([None, 3])),
    }

    def made(several):
        model = nn.MLP(2, [*hidden, 1], seed=1)
        return model, nn.compile(
            model, loss(reduction=reduction), kind(model.parameters(), lr=1e-3), backend="llvm", threads=several
        )

    return made, x, y, way


@settings(max_examples=25)
@given(training=trainings(), several=st.integers(2, 4), worth=st.sampled_from([1, 500, 5000]))
def test_a_training_in_threads_is_the_training(training, several, worth):
    made, x, y, way = training
    found = []
    with patch.object(threads, "WORTH", worth):
        for n in (1, several, several):
            model, step = made(n)
            losses = [*step.many(x, y, **way), step(x, y)]
            found.append([*losses, *[p.data for p in model.parameters()]])
    assert np.allclose(found[1], found[0], rtol=1e-12, atol=1e-12)
    assert found[1] == found[2]  # to the bit


@settings(max_examples=10)
@given(several=st.integers(2, 4), size=st.none() | st.integers(1, 60))
def test_fit_in_threads_is_a_compiled_step_in_threads(several, size):
    numbers, found = np.random.default_rng(several), []
    x, y = numbers.normal(size=(60, 2)), numbers.normal(size=(60, 1))
    with patch.object(threads, "WORTH", 500):
        for fits in (True, False):
            model = nn.MLP(2, [3, 1], seed=1)
            loss, optimizer = nn.MSELoss(), nn.SGD(model.parameters(), lr=1e-3)
            if fits:
                given = {"loss": loss, "optimizer": optimizer, "compiled": True, "threads": several}
                nn.fit(model, (x.tolist(), y.tolist()), epochs=3, batch_size=size, seed=2, **given)
            else:
                nn.compile(model, loss, optimizer, threads=several).many(x, y, 3, batch_size=size, seed=2)
            found.append([p.data for p in model.parameters()])
    assert found[0] == found[1]


def test_fit_in_threads_is_compiled():
    model = nn.Linear(1, 1)
    given = {"loss": nn.MSELoss(), "optimizer": nn.SGD(model.parameters(), lr=0.1), "epochs": 1}
    with pytest.raises(ValueError, match="threads=2 goes with compiled=True: steps in Python run in one thread"):
        nn.fit(model, ([[1.0]], [[1.0]]), threads=2, **given)
    with pytest.raises(ValueError, match="threads"):
        nn.fit(model, ([[1.0]], [[1.0]]), threads=0, compiled=True, **given)
