"""A compiled training is the eager one: any network, loss, optimizer and batch; step, many and fit."""

import math
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import Value
from autograd.compile import lent, native

SIGNS, LABELS, ANY = "signs", "labels", "any"
LOSSES = [
    (nn.MSELoss, {}, ANY),
    (nn.L1Loss, {}, ANY),
    (nn.HuberLoss, {"delta": 0.3}, ANY),
    (nn.HingeLoss, {}, SIGNS),
    (nn.BCEWithLogitsLoss, {"pos_weight": 2.5}, "shares"),
    (nn.BCELoss, {}, "shares"),
    (nn.CrossEntropyLoss, {}, LABELS),
    (nn.CrossEntropyLoss, {"label_smoothing": 0.1}, LABELS),
    (nn.CrossEntropyLoss, {}, "rows of shares"),
    (nn.NLLLoss, {}, LABELS),
]
share = st.floats(0.125, 0.875)
OPTIMIZERS = {
    nn.SGD: {"momentum": share, "weight_decay": share, "dampening": share},
    nn.Adagrad: {"lr_decay": share, "weight_decay": share, "initial_accumulator_value": share, "eps": share},
    nn.RMSprop: {"alpha": share, "eps": share, "weight_decay": share, "momentum": share},
    nn.Adam: {"betas": st.tuples(share, share), "eps": share, "weight_decay": share, "amsgrad": st.booleans()},
    nn.AdamW: {"betas": st.tuples(share, share), "eps": share, "weight_decay": share, "amsgrad": st.booleans()},
}
numbers = st.integers(-64, 64).map(lambda k: k / 32 + 1 / 1024)


@st.composite
def trainings(draw):
    """What makes a model, a loss and an optimizer anew, the same each time; and how to draw batches for them."""
    inputs, outputs = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    make_loss, options, kind = draw(st.sampled_from(LOSSES))
    outputs = max(outputs, 2) if kind in (LABELS, "rows of shares") else outputs
    activation = draw(st.sampled_from(["tanh", "relu", "sigmoid", "gelu", "leaky_relu", "softplus"]))
    last = {nn.BCELoss: ["sigmoid"], nn.NLLLoss: ["log_softmax"]}.get(make_loss, [None, "tanh"])
    output, sizes = draw(st.sampled_from(last)), [*draw(st.lists(st.integers(1, 3), max_size=2)), outputs]
    reductions = ["mean", "sum"] + ["half_sum"] * (make_loss is nn.MSELoss)
    reduction, seed = draw(st.sampled_from(reductions)), draw(st.integers(0, 9))
    kind_of = draw(st.sampled_from(list(OPTIMIZERS)))
    chosen = {name: draw(values) for name, values in OPTIMIZERS[kind_of].items() if draw(st.booleans())}
    if kind_of is nn.SGD and "momentum" in chosen and "dampening" not in chosen:
        chosen["nesterov"] = draw(st.booleans())
    if kind_of is nn.RMSprop:
        chosen["eps"] = 0.5
    chosen.setdefault("eps", 0.25) if kind_of is not nn.SGD else None
    groups = draw(st.booleans()) and len(sizes) > 1
    rates = draw(st.lists(st.floats(0.001, 0.125), min_size=2, max_size=2))

    def make():
        model = nn.MLP(inputs, sizes, activation=activation, output=output, seed=seed)
        parameters = model.parameters()
        if groups:
            parameters = [{"params": parameters[:3]}, {"params": parameters[3:], "lr": rates[1], "weight_decay": 0.25}]
        return model, make_loss(**options, reduction=reduction), kind_of(parameters, lr=rates[0], **chosen)

    def batch(n):
        x = draw(st.lists(st.lists(numbers, min_size=inputs, max_size=inputs), min_size=n, max_size=n))
        if kind == LABELS:
            return x, draw(st.lists(st.integers(0, outputs - 1), min_size=n, max_size=n))
        if kind == "rows of shares":
            first = draw(st.lists(st.floats(0, 1), min_size=n, max_size=n))
            return x, [[s, 1 - s, *[0.0] * (outputs - 2)] for s in first]
        one = {SIGNS: st.sampled_from([-1, 1]), "shares": st.sampled_from([0, 1, 0.25]), ANY: numbers}[kind]
        return x, draw(st.lists(st.lists(one, min_size=outputs, max_size=outputs), min_size=n, max_size=n))

    return make, batch


def eager_step(model, criterion, optimizer, x, y):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.data


def close(got, want, places=1e-12):
    """Equal up to rounding, anywhere in nests of numbers."""
    if isinstance(want, dict):
        return got.keys() == want.keys() and all(close(got[k], want[k], places) for k in want)
    if isinstance(want, (list, tuple)):
        return len(got) == len(want) and all(close(g, w, places) for g, w in zip(got, want))
    if isinstance(want, float) and isinstance(got, float):
        return got == want or abs(got - want) <= places * (1 + abs(want))
    return type(got) is type(want) and got == want


def state(model, optimizer):
    return [model.state_dict(), optimizer.state_dict()]


haste = st.sampled_from([0, native.OFTEN]).map(lambda often: mock.patch.object(native, "OFTEN", often))
"""Whether machine code is made with care from the first, and of a small training all in one piece."""


@pytest.mark.parametrize("backend", ["llvm", "arrays"])
@settings(max_examples=25, deadline=None)
@given(training=trainings(), sizes=st.lists(st.integers(1, 20), min_size=1, max_size=4), at_once=haste)
def test_steps_are_eager_steps(backend, training, sizes, at_once):
    make, batch = training
    model, criterion, optimizer = make()
    twin, _, other = make()
    step = nn.compile(twin, criterion, other, backend=backend)
    for n in sizes:
        x, y = batch(n)
        want = eager_step(model, criterion, optimizer, x, y)
        with at_once:
            got = step(np.array(x), np.array(y))
        assert close(got, float(want)), (got, want)
        assert close(state(twin, other), state(model, optimizer)), (state(twin, other), state(model, optimizer))


@pytest.mark.parametrize("backend", ["llvm", "arrays"])
@settings(max_examples=15, deadline=None)
@given(training=trainings(), data=st.data(), at_once=haste)
def test_many_steps_are_single_steps(backend, training, data, at_once):
    make, batch = training
    x, y = batch(data.draw(st.integers(1, 20)))
    size, epochs = data.draw(st.sampled_from([None, 1, 3, 7, 30])), data.draw(st.integers(0, 4))
    seed = data.draw(st.sampled_from([3, None]))
    model, criterion, optimizer = make()
    twin, _, other = make()
    history = nn.fit(model, (x, y), loss=criterion, optimizer=optimizer, epochs=epochs, batch_size=size, seed=seed)
    with at_once:
        losses = nn.compile(twin, criterion, other, backend=backend).many(x, y, epochs, batch_size=size, seed=seed)
    assert close(losses, history.loss), (losses, history.loss)
    assert close(state(twin, other), state(model, optimizer))


@settings(max_examples=10, deadline=None)
@given(
    kind=st.sampled_from([nn.SGD, nn.Adam, nn.RMSprop]),
    hidden=st.sampled_from([1, 2, 3, 5, 8, 11]),
    groups=st.integers(1, 3),
    rows=st.integers(1, 9),
    size=st.sampled_from([None, 1, 2, 4]),
    threads=st.sampled_from([1, 2]),
)
def test_one_piece_is_its_parts_to_the_bit(kind, hidden, groups, rows, size, threads):
    """A training's own loop computes what the loop of all trainings does; also the lengths of gradients, of any number."""
    x, y = np.cos(np.arange(2.0 * rows)).reshape(rows, 2), np.sin(np.arange(1.0 * rows))[:, None]
    found = []
    for tiny in (0, 10**9):
        model = nn.MLP(2, [hidden, 1], seed=hidden)
        parameters = model.parameters()
        share = -(-len(parameters) // groups)
        cut = [parameters[k : k + share] for k in range(0, len(parameters), share)]
        optimizer = kind([{"params": some, "weight_decay": 0.25 * k} for k, some in enumerate(cut)], lr=0.03)
        with mock.patch.object(native, "TINY", tiny), mock.patch.object(native, "OFTEN", 0):
            step = nn.compile(model, nn.HuberLoss(), optimizer, backend="llvm", threads=threads)
            losses = [step(x, y) for _ in range(2)]
            examples = step.data(x, y, size)
            reports = [step.run(examples, 0, 2 * len(examples.sizes)).tolist() for _ in range(3)]
        found.append([losses, reports, *state(model, optimizer)])
    assert found[0] == found[1]


@settings(max_examples=15, deadline=None)
@given(training=trainings(), data=st.data())
def test_fit_is_fit(training, data):
    make, batch = training
    x, y = batch(data.draw(st.integers(1, 12)))
    options = {
        "batch_size": data.draw(st.sampled_from([None, 1, 5])),
        "seed": data.draw(st.sampled_from([0, None])),
        "epochs": data.draw(st.integers(0, 4)),
        "patience": data.draw(st.sampled_from([None, 1])),
        "validation": data.draw(st.sampled_from([None, batch(3)])),
        "watch": ["0.weight[0][0]"],
        "keep_weights": True,
    }
    found = []
    for compiled in (False, True):
        model, criterion, optimizer = make()
        schedule = nn.StepLR(optimizer, 2, gamma=0.5)
        history = nn.fit(model, (x, y), loss=criterion, optimizer=optimizer, schedule=schedule, compiled=compiled, **options)
        found.append([history.to_dict(), *state(model, optimizer)])
    assert close(found[1], found[0]), found
    assert all(map(math.isfinite, found[1][0]["loss"]))


class Bending(nn.Module):
    """Takes one of two ways, by the first input."""

    def __init__(self, model):
        self.model, self.scale = model, Value(0.75, requires_grad=False)

    def forward(self, x):
        return [[self.scale * v if row[0] > 0 else v for v in out] for row, out in zip(x, self.model(x))]


STEPS = ["step", "step", "step", "many", "eager"]
ACTIONS = [*STEPS, "freeze", "free", "rate", "option", "assign", "scale", "load", "ask"]


def act(action, model, optimizer, step, batch):
    """One of the things that one does with a training; a step of None takes them in Python. Gives the losses."""
    x, y = batch
    criterion = nn.HuberLoss()
    if action == "eager" or (step is None and action in ("step", "many")):
        times = 3 if action == "many" else 1
        return [float(eager_step(model, criterion, optimizer, x, y)) for _ in range(times)]
    if action == "step":
        return [step(np.array(x), np.array(y))]
    if action == "many":
        return step.many(x, y, 3)
    if action in ("freeze", "free"):
        model.model[0].requires_grad_(action == "free")
    elif action == "rate":
        optimizer.lr = optimizer.lr * 0.75
    elif action == "option":
        optimizer.param_groups[0]["weight_decay"] = 0.375 - optimizer.param_groups[0]["weight_decay"]
    elif action == "assign":
        p = model.parameters()[0]
        p.data = -p.data
    elif action == "scale":
        model.scale.data = 1.25 - model.scale.data
    elif action == "load":
        optimizer.load_state_dict(optimizer.state_dict())
        model.load_state_dict(model.state_dict())
    else:
        optimizer.state_dict()
    return []


@pytest.mark.parametrize("backend", ["llvm", "arrays"])
@settings(max_examples=30, deadline=None)
@given(data=st.data(), kind=st.sampled_from([nn.SGD, nn.Adam, nn.RMSprop]))
@pytest.mark.filterwarnings("ignore:the model or the loss branches")
def test_whatever_is_done_in_between(backend, data, kind):
    options = {"momentum": 0.5} if kind is nn.SGD else {"eps": 0.25}
    models = [Bending(nn.MLP(1, [2, 1], seed=1)) for _ in range(2)]
    optimizers = [kind(m.model.parameters(), lr=0.0625, **options) for m in models]
    step = nn.compile(models[0], nn.HuberLoss(), optimizers[0], backend=backend)
    patience, at_once = mock.patch.object(lent, "PATIENCE", data.draw(st.sampled_from([1, 2, 16]))), data.draw(haste)
    for action in data.draw(st.lists(st.sampled_from(ACTIONS), max_size=8)):
        rows = data.draw(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=4))
        batch = [[x] for x, _ in rows], [[y] for _, y in rows]
        with patience, at_once:
            got, want = [act(action, *parts, batch) for parts in zip(models, optimizers, (step, None))]
        assert close(got, want), (action, got, want)
        if data.draw(st.booleans()):
            assert close(*[state(m, o) for m, o in zip(models, optimizers)]), action
    assert close(*[state(m, o) for m, o in zip(models, optimizers)])
