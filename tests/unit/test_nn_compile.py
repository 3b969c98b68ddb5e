"""nn.compile and fit(compiled=True): what they take, refuse, say, and leave behind."""

import copy
import pickle
import re
import signal
import threading
import warnings
from fractions import Fraction

import numpy as np
import pytest

import autograd
import nn
from autograd import Value, where
from autograd.compile import FallbackWarning, TraceError, extras, machine, variants
from autograd.compile.driver import Data
from autograd.compile.updates import Group, split, step_of
from autograd.installing import extra
from nn.training import compiled as module
from nn.training import running

BACKENDS = ["python", "arrays", "llvm"]
backends = pytest.mark.parametrize("backend", BACKENDS)
X = np.array([[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0], [1.0, 1.0]])
Y = np.array([[1.0], [-1.0], [1.0], [-1.0]])


def net(*sizes, **options):
    return nn.MLP(2, [*sizes], seed=0, **options)


def made(model=None, criterion=None, optimizer=None, backend="arrays", **options):
    model = model or net(3, 1)
    optimizer = optimizer or nn.SGD(model.parameters(), **{"lr": 0.1, **options})
    return model, optimizer, nn.compile(model, criterion or nn.MSELoss(), optimizer, backend=backend)


def numbers(model):
    return [p.data for p in model.parameters()]


def eager(model, criterion, optimizer, x, y):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.data


def twins(step, model, optimizer, criterion, batches, **close):
    """The same steps, compiled and eager."""
    twin, other = copy.deepcopy((model, optimizer))
    for x, y in batches:
        assert step(x, y) == pytest.approx(eager(twin, criterion, other, np.array(x).tolist(), np.array(y).tolist()))
        assert numbers(model) == pytest.approx(numbers(twin), rel=1e-12, abs=1e-12)
    assert repr(optimizer) == repr(other)


# ------------------------------------------------------------------------------------------------- what goes in
@backends
def test_arrays_as_they_come(backend):
    want = None
    wide = np.arange(16.0).reshape(4, 4) / 8
    frozen = wide[:, :2].copy()
    frozen.flags.writeable = False
    for x in (wide[:, :2], frozen, np.asfortranarray(frozen), frozen.astype("f4"), frozen.astype(">f8"), frozen.tolist()):
        model, _, step = made(backend=backend)
        found = [step(x, Y), step(x, Y.astype(int)), step(x, Y.tolist()), *step.many(x, Y, 2), *numbers(model)]
        want = want or found
        assert found == want
    assert frozen.tolist() == wide[:, :2].tolist()


def test_an_array_is_read_where_it_lies_and_anew_in_each_call():
    _, _, step = made()
    x, y = X.copy(), Y.copy()
    data = step.data(x, y)
    assert data.x.base is x and data.y.base is y
    before = step(x, y)
    y[:] = 100.0
    assert step(x, y) > 100 * before


@backends
def test_the_same_arrays_with_other_numbers_in_them(backend):
    steps = [made(backend=backend)[2] for _ in range(2)]
    x, y = X.copy(), Y.copy()
    for k in range(6):
        x[k % 4], y[(k + 1) % 4] = (k / 8, -k), k / 4
        assert steps[0](x, y) == steps[1](x.copy(), y.copy())
        if k == 3:
            assert steps[0](X[:2], Y[:2]) == steps[1](X[:2].copy(), Y[:2].copy())
    with pytest.raises((TypeError, ValueError)):
        steps[0](None, None)


@pytest.mark.parametrize(
    ("x", "y", "error", "said"),
    [
        (X, Y[:2], ValueError, "there are 4 rows of inputs and 2 targets"),
        (X[:0], Y[:0], ValueError, "the batch is empty"),
        ([[1, 2], [3]], Y[:2], ValueError, "the inputs must be even"),
        ([["a", "b"]], Y[:1], TypeError, "the inputs must be plain real numbers; inputs[0][0] is 'a': write float"),
        (X * 1j, Y, TypeError, "inputs[0][0] is"),
        ([[2.0, Value(1.0)]], Y[:1], TypeError, "inputs[0][1] is Value(1.0): give its data"),
        (X[:2], [[1.0], [Fraction(1, 2)]], TypeError, "targets[1][0] is Fraction(1, 2): write float(...)"),
        (X[:2], [[None], [1.0]], TypeError, "targets[0][0] is None: give a number"),
        (X.astype(object), Y, TypeError, "got an array of object: write .astype(float)"),
        (X, 1.0, ValueError, "the targets are one number, 1.0"),
        (np.ones((4, 3)), Y, ValueError, "takes rows of 2 numbers, got 3"),
        (X, np.ones((4, 2)), ValueError, "MSELoss: the outputs have shape (1, 1), the targets (1, 2)"),
        (X, Y[:, 0], ValueError, "the targets (1,)"),
        (X, Y * np.nan, ValueError, "MSELoss takes targets that are finite numbers: target[0][0] is nan"),
    ],
)
def test_what_does_not_fit(x, y, error, said):
    model, _, step = made()
    before = numbers(model)
    for _ in range(2):  # as the first call, and as a later one
        with pytest.raises(error, match=re.escape(said)):
            step(x, y)
        assert numbers(model) == before
        step(X, Y)
        before = numbers(model)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ([0, 1, 2, 3], "from 0 to 2, for there are 3 classes; target[3] is 3"),
        ([0, -1, 2, 0], "target[1] is -1"),
        ([0.0, 1.0, 2.0, 0.0], "target[0] is 0.0"),
        ([True, False, True, True], "target[0] is True"),
    ],
)
def test_labels_that_are_none(labels, said):
    _, _, step = made(net(3), nn.CrossEntropyLoss())
    with pytest.raises(ValueError, match=re.escape(said)):
        step(X, labels)
    assert step(X, [0, 1, 2, 0]) > 0


@backends
def test_a_target_that_is_none_is_seen_in_any_row(backend):
    model, _, step = made(criterion=nn.HingeLoss(), backend=backend)
    for _ in range(3):
        step(X, Y)
    before, wrong = numbers(model), Y.copy()
    wrong[2] = 0.5
    with pytest.raises(ValueError, match=re.escape("-1 or 1: target[2][0] is 0.5")):
        step(X, wrong)
    with pytest.raises(ValueError, match=re.escape("-1 or 1: target[0][0] is 0.5")):
        step.many(X, wrong, 2, batch_size=1, seed=1)
    assert step.many(X, Y, 0) == []
    assert numbers(model) != before  # some batches of one came before


def test_what_cannot_be_compiled():
    model = net(1)
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    for given, error, said in [
        ((3, nn.MSELoss(), optimizer), TypeError, "model is a module"),
        ((model, nn.MSELoss, optimizer), TypeError, "loss is a function"),
        ((model, nn.MSELoss(), nn.SGD), TypeError, "optimizer is made for"),
        ((net(1), nn.MSELoss(), optimizer), ValueError, "are not this model's"),
    ]:
        with pytest.raises(error, match=said):
            nn.compile(*given)
    with pytest.raises(TraceError, match="reads the data of a Value"):
        nn.compile(model, lambda p, y: p[0][0] * p[0][0].data, optimizer, backend="python")(X, Y)
    for options, said in [({"epochs": -1}, "epochs"), ({"epochs": 1, "batch_size": 0}, "batch_size")]:
        with pytest.raises(ValueError, match=said):
            made()[2].many(X, Y, **options)
    with pytest.raises(ValueError, match="seed"):
        made()[2].many(X, Y, 1, seed=-1)


# ------------------------------------------------------------------------------------------------ how losses split
def weighted(p, y):
    """A mean by weights that depend on the rows: not the mean of rows."""
    weights = [2.0 + row[0] for row in y]
    return autograd.sum([w * (q[0] - t[0]) ** 2 for w, q, t in zip(weights, p, y)]) / autograd.sum(weights)


def test_a_loss_that_is_neither_mean_nor_sum_of_its_rows():
    _, _, step = made(criterion=weighted)
    with pytest.raises(ValueError, match="the mean or the sum of its examples' losses. Those of 3 examples are"):
        step(X, Y)
    assert step(X[:1], Y[:1]) >= 0  # of one row it is


class Noisy(nn.Module):
    def __init__(self):
        self.inner, self.calls = net(1), 0

    def forward(self, x):
        self.calls += 1
        return [[v * (1 + self.calls % 7) for v in row] for row in self.inner(x)]


def test_what_is_drawn_anew_in_each_call_is_noticed():
    with pytest.raises(ValueError, match="without random numbers"):
        made(Noisy())[2](X, Y)
    with pytest.raises(ValueError, match="without random numbers"):
        made(Noisy())[2](X[:1], Y[:1])


@pytest.mark.parametrize("mean", [False, True])
def test_a_function_as_loss(mean):
    def criterion(p, y):
        losses = [(q[0] - t[0]) ** 2 for q, t in zip(p, y)]
        return autograd.mean(losses) if mean else autograd.sum(losses)

    model, optimizer, step = made(criterion=criterion)
    step(X[:1], Y[:1])
    twins(step, model, optimizer, criterion, [(X, Y), (X[:3], Y[:3]), (X, Y)])


def test_losses_of_0_do_not_tell_how_they_are_put_together():
    def criterion(p, y):
        return autograd.sum([autograd.relu(q[0] - t[0]) for q, t in zip(p, y)])

    for loss in (criterion, nn.HingeLoss("sum")):
        model, optimizer, step = made(net(1, init="zeros"), loss)
        far = 1e6 * np.ones((4, 1))
        if loss is criterion:
            step(X, far)
            assert not step._kept
        twins(step, model, optimizer, loss, [(X, -Y), (X, Y)])


# ------------------------------------------------------------------------------------------------------ branches
class Branching(nn.Module):
    def __init__(self):
        self.a, self.b = Value(0.5, "a"), Value(-0.25, "b")

    def forward(self, x):
        return [[self.a * r[0] + self.b] if r[0] > 0 else [self.b * r[0] * r[1] - self.a] for r in x]


@backends
def test_a_branch_on_data_is_never_taken_for_another_row(backend):
    model, optimizer, step = made(Branching(), backend=backend, momentum=0.5)
    same, mixed = X[[0, 1, 3]], X
    twins(step, model, optimizer, nn.MSELoss(), [(same, Y[:3]), (same, Y[:3])])
    with pytest.warns(FallbackWarning, match="branches on numbers, at .*test_nn_compile.py.* r.0. > 0"):
        twins(step, model, optimizer, nn.MSELoss(), [(mixed, Y), (same, Y[:3])])
    twins(step, model, optimizer, nn.MSELoss(), [(mixed, Y), (same, Y[:3]), (X[2:3], Y[2:3])])  # said once


def test_branches_in_a_fit():
    histories = []
    for compiled in (False, True):
        model = Branching()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FallbackWarning)
            histories.append(
                nn.fit(
                    model,
                    (X.tolist(), Y.tolist()),
                    loss=nn.HingeLoss(),
                    optimizer=nn.Adam(model.parameters(), lr=0.1),
                    epochs=4,
                    batch_size=3,
                    patience=2,
                    compiled=compiled,
                ).to_dict()
            )
    for name, want in histories[0].items():
        assert histories[1][name] == pytest.approx(want), name


# ------------------------------------------------------------------------------------------- what stays in step
@backends
def test_numbers_that_are_changed_between_calls(backend):
    model, optimizer, step = made(backend=backend, momentum=0.9)
    batches = [(X, Y)] * 3
    twins(step, model, optimizer, nn.MSELoss(), batches)
    for p in model.parameters():
        p.data = -p.data
    optimizer.lr = 0.03125
    twins(step, model, optimizer, nn.MSELoss(), batches)
    optimizer.param_groups[0]["weight_decay"] = 0.25
    twins(step, model, optimizer, nn.MSELoss(), batches)
    state = optimizer.state_dict()
    eager(model, nn.MSELoss(), optimizer, X.tolist(), Y.tolist())
    twins(step, model, optimizer, nn.MSELoss(), batches)
    optimizer.load_state_dict(state)
    twins(step, model, optimizer, nn.MSELoss(), batches)


@backends
def test_parameters_that_are_frozen_and_freed(backend):
    model, optimizer, step = made(net(2, 1), backend=backend, momentum=0.9, weight_decay=0.5)
    criterion = nn.MSELoss("sum")
    step = nn.compile(model, criterion, optimizer, backend=backend)
    twins(step, model, optimizer, criterion, [(X, Y)] * 2)
    model[0].requires_grad_(False)
    before = numbers(model[0])
    twins(step, model, optimizer, criterion, [(X, Y)] * 2)
    assert numbers(model[0]) == before
    model[0].requires_grad_()
    twins(step, model, optimizer, criterion, [(X, Y)] * 2)


@backends
def test_frozen_while_the_memory_is_lent(backend):
    model, optimizer, step = made(net(2, 1), backend=backend, momentum=0.9)
    twin, other = copy.deepcopy((model, optimizer))
    for k in range(9):
        for network in (model, twin):
            network[0].requires_grad_(k % 6 < 3)
        assert step(X, Y) == pytest.approx(eager(twin, nn.MSELoss(), other, X.tolist(), Y.tolist()))
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-12)
    assert optimizer.state_dict() == {**other.state_dict(), "state": optimizer.state_dict()["state"]}


class Unused(nn.Module):
    def __init__(self):
        self.inner, self.spare = net(1), [Value(1.0)]
        self.scale = Value(2.0, requires_grad=False)

    def forward(self, x):
        return [[self.scale * v for v in row] for row in self.inner(x)]


def test_parameters_that_the_loss_does_not_use_stay():
    model, optimizer, step = made(Unused(), weight_decay=0.5, momentum=0.5)
    twins(step, model, optimizer, nn.MSELoss(), [(X, Y)] * 2)
    model.scale.data = 3.0
    twins(step, model, optimizer, nn.MSELoss(), [(X, Y)] * 2)
    assert model.spare[0].data == 1.0 and optimizer.state_dict()["state"]["momentum_buffer"].count(None) == 2


def test_a_group_none_of_which_moves():
    model = net(2, 1)
    model[0].requires_grad_(False)
    groups = [{"params": model[0].parameters(), "lr": 0.5}, {"params": model[2].parameters()}]
    model, optimizer, step = made(model, optimizer=nn.SGD(groups, lr=0.125, momentum=0.5))
    twins(step, model, optimizer, nn.MSELoss(), [(X, Y)] * 3)


def test_two_steps_share_an_optimizer():
    model, optimizer, step = made(momentum=0.5)
    other = nn.compile(model, nn.MSELoss(), optimizer, backend="python")
    twin, third = copy.deepcopy((model, optimizer))
    for k in range(6):
        (step if k % 2 else other)(X, Y)
        eager(twin, nn.MSELoss(), third, X.tolist(), Y.tolist())
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-12)


def test_copies_of_an_optimizer_have_its_memory():
    model, optimizer, step = made(momentum=0.5)
    step(X, Y)
    step(X, Y)
    model, optimizer = (model, optimizer)
    assert copy.deepcopy(optimizer).state_dict() == optimizer.state_dict()
    step(X, Y)
    assert pickle.loads(pickle.dumps(optimizer)).state_dict() == optimizer.state_dict()
    assert optimizer.state_dict()["state"]["momentum_buffer"][0] is not None


def test_memory_of_another_make():
    model = net(2, 1)
    model, optimizer, step = made(model, optimizer=nn.Adam(model.parameters(), lr=0.125))
    twins(step, model, optimizer, nn.MSELoss(), [(X, Y)] * 2)
    state = optimizer.state_dict()
    optimizer.load_state_dict(state)
    twins(step, model, optimizer, nn.MSELoss(), [(X, Y)] * 2)
    state["state"]["step"][0] = 7  # not the same for all any more
    optimizer.load_state_dict(state)
    twins(step, model, optimizer, nn.MSELoss(), [(X, Y)] * 2)
    assert optimizer.state_dict()["state"]["step"][:2] == [9, 4]
    for name in state["state"]:
        state["state"][name][0] = None  # takes its first step
    optimizer.load_state_dict(state)
    twins(step, model, optimizer, nn.MSELoss(), [(X, Y)] * 3)
    for name in ("exp_avg_sq", "max_exp_avg_sq"):
        state["state"][name][1] = None  # rows of other lengths
    optimizer.load_state_dict(state)
    twins(step, model, optimizer, nn.MSELoss(), [(X, Y)] * 2)


def test_rows_of_memory_of_different_lengths():
    model = net(2, 1)
    model, optimizer, step = made(model, optimizer=nn.Adam(model.parameters(), lr=0.125))
    twins(step, model, optimizer, nn.MSELoss(), [(X, Y)] * 2)
    state = optimizer.state_dict()
    for name in ("exp_avg_sq", "max_exp_avg_sq"):
        state["state"][name][1] = None
    optimizer.load_state_dict(state)
    twins(step, model, optimizer, nn.MSELoss(), [(X, Y)] * 3)
    assert optimizer.has_lent(step.moving.back)


def test_batches_of_many_shapes():
    model, optimizer, step = made()
    sizes = [*range(1, 13), 1, 12, 2]
    twins(step, model, optimizer, nn.MSELoss(), [(np.resize(X, (n, 2)), np.resize(Y, (n, 1))) for n in sizes])


def test_memory_keeps_its_kinds():
    model, optimizer, step = made(optimizer=None, model=None)
    optimizer = nn.Adam(model.parameters(), lr=0.1)
    step = nn.compile(model, nn.MSELoss(), optimizer, backend="arrays")
    step.many(X, Y, 3)
    assert {type(x) for x in optimizer.state_dict()["state"]["step"]} == {int}
    optimizer.load_state_dict(optimizer.state_dict())


def test_gradients_stay_as_they_were():
    _, optimizer, step = made()
    optimizer.parameters[0].grad = 7.0
    step(X, Y)
    step(X, Y)
    assert [p.grad for p in optimizer.parameters][:2] == [7.0, None]


def test_whole_numbers_as_weights():
    model, optimizer, step = made(net(1))
    for p in model.parameters():
        p.data = 2
    twins(step, model, optimizer, nn.MSELoss(), [(X, Y)] * 2)


def test_a_graph_from_before_a_step_is_stale():
    model, _, step = made()
    step(X, Y)
    loss = nn.MSELoss()(model(X.tolist()), Y.tolist())
    step(X, Y)
    with pytest.raises(RuntimeError, match="was assigned after"):
        loss.backward()


# ------------------------------------------------------------------------------------------------- own optimizers
class Signs(nn.Optimizer):
    memory = ("count",)

    @staticmethod
    def rule(lr):
        return lambda w, g, count=0: (w - lr * ((g > 0) - (g < 0)), count + 1)


class Asking(nn.Optimizer):
    @staticmethod
    def rule(lr):
        return lambda w, g: (w - lr if g > 0 else w + lr,)


class Reading(nn.Optimizer):
    @staticmethod
    def rule(lr):
        return lambda w, g: (w - lr * float(g),)


FACTOR = Value(0.5)


class Outside(nn.Optimizer):
    @staticmethod
    def rule(lr):
        return lambda w, g: (w - lr * g * FACTOR if type(w) is Value else w - lr * g * FACTOR.data,)


class Growing(nn.Optimizer):
    @staticmethod
    def rule(lr):
        return lambda w, g, *old: (w - lr * g, *old, g)


class Uneven(nn.Optimizer):
    seen = 0

    @staticmethod
    def rule(lr):
        return lambda w, g, *old: (w - lr * g, *([g] if w > 0 else []))


class Stepping(nn.SGD):
    def step(self):
        super().step()
        self.parameters[0].data = 0.0


@backends
def test_an_optimizer_of_your_own_compiles(backend):
    model = net(2, 1)
    model, optimizer, step = made(model, optimizer=Signs(model.parameters(), lr=0.125), backend=backend)
    twins(step, model, optimizer, nn.MSELoss(), [(X, Y)] * 4)
    assert optimizer.state_dict()["state"]["count"] == [4] * 9


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Asking, "asks how a comparison came out, at .*g > 0"),
        (Reading, "turns a Value into a plain number"),
        (Outside, "Values from elsewhere"),
        (Growing, "remembers 1 numbers, and then 2"),
    ],
)
def test_a_rule_that_does_not_compile_runs_in_python(kind, said):
    model = net(2, 1)
    model, optimizer, step = made(model, optimizer=kind(model.parameters(), lr=0.125))
    step(X, Y)
    with pytest.warns(FallbackWarning, match=f"{kind.__name__} does not compile, so its step.. runs in Python: .*{said}"):
        step(X, Y)
    twins(step, model, optimizer, nn.MSELoss(), [(X, Y)] * 2)


def test_a_rule_that_remembers_of_some_only_runs_in_python():
    model = net(2, 1)
    model, optimizer, step = made(model, optimizer=Uneven(model.parameters(), lr=0.125))
    twins(step, model, optimizer, nn.MSELoss(), [(X, Y)] * 3)
    assert not optimizer.has_lent(step.moving.back)


def test_a_step_of_your_own_runs_in_python():
    model = net(2, 1)
    model, optimizer, step = made(model, optimizer=Stepping(model.parameters(), lr=0.125))
    twins(step, model, optimizer, nn.MSELoss(), [(X, Y)] * 3)
    assert optimizer.parameters[0].data == 0.0


class Foreign:
    """An optimizer that is none of ours."""

    def __init__(self, parameters):
        self.parameters, self.lr = parameters, 0.125

    def zero_grad(self):
        for p in self.parameters:
            p.grad = None

    def step(self):
        for p in self.parameters:
            p.data -= self.lr * p.grad


def test_another_kind_of_optimizer():
    model = net(2, 1)
    optimizer = Foreign(model.parameters())
    step = nn.compile(model, nn.MSELoss(), optimizer, backend="arrays")
    twin = net(2, 1)
    other = Foreign(twin.parameters())
    for _ in range(3):
        assert step(X, Y) == pytest.approx(eager(twin, nn.MSELoss(), other, X.tolist(), Y.tolist()))
    assert numbers(model) == pytest.approx(numbers(twin))


# ------------------------------------------------------------------------------------------------------ diverging
@backends
def test_a_loss_that_is_no_number(backend):
    found = []
    for compiled in (False, True):
        model = net(1)
        optimizer = nn.SGD(model.parameters(), lr=1e4)
        step, data = nn.compile(model, nn.MSELoss(), optimizer, backend=backend), (X.tolist(), Y.tolist())
        options = {"loss": nn.MSELoss(), "optimizer": optimizer, "epochs": 1000}
        with pytest.raises(nn.DivergedError, match="the loss became (inf|nan) in epoch 35, batch 1") as caught:
            step.many(X, Y, 1000) if compiled else nn.fit(model, data, **options)
        found.append(numbers(model))
        assert caught.value.history is not None
    assert found[1] == pytest.approx(found[0], rel=1e-9)
    assert np.isfinite(found[1]).all()


@backends
def test_a_gradient_that_is_no_number(backend):
    model, _, step = made(net(1, init="zeros"), lambda p, y: autograd.sqrt(p[0][0]), backend=backend)
    before = numbers(model)
    with pytest.raises(nn.DivergedError, match="gradient's length became (inf|nan)"):
        step(X[:1], Y[:1])
    assert numbers(model) == before


@backends
def test_a_gradient_whose_square_is_too_large(backend):
    model, optimizer, step = made(net(1), lambda p, y: 1e200 * p[0][0], backend=backend, lr=1e-200)
    twins(step, model, optimizer, step.rows.criterion, [(X[:1], Y[:1])] * 3)


def test_nan_among_the_inputs():
    model, _, step = made()
    step(X, Y)
    before = numbers(model)
    wrong = X.copy()
    wrong[3, 1] = np.nan
    with pytest.raises(ValueError, match="row 3 of the inputs, place 1, is nan, and so the loss or its gradient"):
        step(wrong, Y)
    assert numbers(model) == before


# -------------------------------------------------------------------------------------------------- interruptions
@backends
def test_ctrl_c_keeps_what_was_learned(backend, monkeypatch):
    model, _, step = made(backend=backend, momentum=0.5)
    first = step.many(X, Y, 1)
    begun = step.moving.ready
    calls = []

    def ready(training):
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return begun(training)

    monkeypatch.setattr(step.moving, "ready", ready)
    with pytest.raises(KeyboardInterrupt):
        step.many(X, Y, 1000)
    monkeypatch.undo()
    assert step(X, Y) < first[0]
    assert numbers(model) == step.training.driver.p.tolist()


def test_ctrl_c_waits_for_the_end_of_a_step_on_arrays(monkeypatch):
    model, _, step = made(backend="arrays")
    step(X, Y)
    step(X, Y)
    move = step.training.driver.move
    before = numbers(model)

    def interrupted(divisor):
        signal.raise_signal(signal.SIGINT)
        move(divisor)

    monkeypatch.setattr(step.training.driver, "move", interrupted)
    with pytest.raises(KeyboardInterrupt):
        step(X, Y)
    assert all(a != b for a, b in zip(numbers(model), before))


def test_fit_is_interrupted(monkeypatch):
    model = net(3, 1)
    original = module.CompiledStep.run

    def run(self, data, first, last, report=None):
        if len(self.step.run.history) == 2:
            raise KeyboardInterrupt
        return original(self, data, first, last, report)

    monkeypatch.setattr(module.CompiledStep, "run", run)
    history = nn.fit(model, (X, Y), loss=nn.MSELoss(), optimizer=nn.SGD(model.parameters(), 0.1), epochs=9, compiled=True)
    assert history.interrupted and len(history) == 2


def test_long_runs_look_for_ctrl_c_now_and_then(monkeypatch):
    now = iter(range(10**6))
    monkeypatch.setattr(running, "perf_counter", lambda: next(now) / 1e9)
    _, _, step = made(backend="arrays")
    step.many(X, Y, 20, batch_size=1)
    assert step._slice > 1
    monkeypatch.setattr(running, "perf_counter", lambda: float(next(now)))
    step.many(X, Y, 100, batch_size=1)
    assert step._slice == 1


def test_epochs_whose_order_does_not_fit_at_once(monkeypatch):
    found = []
    for orders in (4, 8, 1 << 20):
        monkeypatch.setattr(module, "ORDERS", orders)
        model, _, step = made()
        found.append([step.many(X, Y, 5, batch_size=3, seed=1), numbers(model)])
    assert found[0] == found[1] == found[2]


def test_threads_take_turns():
    model, _, step = made(backend="llvm")
    step(X, Y)
    threads = [threading.Thread(target=step.many, args=(X, Y, 50)) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    twin, _, same = made(backend="llvm")
    same(X, Y)
    same.many(X, Y, 200)
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-9)


# ---------------------------------------------------------------------------------------------------------- fit
def test_a_metric_of_your_own():
    def metric(p, y):
        return sum(abs(row[0].data - t[0]) for row, t in zip(p, y)) / len(y)

    found = []
    for compiled in (False, True):
        model = net(3, 1)
        history = nn.fit(
            model,
            (X.tolist(), Y.tolist()),
            loss=nn.MSELoss(),
            optimizer=nn.SGD(model.parameters(), 0.1),
            epochs=3,
            batch_size=3,
            metric=metric,
            validation=(X[:2].tolist(), Y[:2].tolist()),
            compiled=compiled,
        )
        found.append(history)
    assert found[1].accuracy == pytest.approx(found[0].accuracy)
    assert found[1].validation_accuracy == pytest.approx(found[0].validation_accuracy)


class Pair(nn.Module):
    """Gives two outputs in a tuple-like nest that is no even table."""

    def __init__(self):
        self.inner = net(2)

    def forward(self, x):
        return [[[row[0]], row[1]] for row in self.inner(x)]


def test_outputs_in_uneven_nests():
    found = []
    for compiled in (False, True):
        model = Pair()
        history = nn.fit(
            model,
            (X.tolist(), Y.tolist()),
            loss=lambda p, y: autograd.mean([(a[0][0] - t[0]) ** 2 + a[1] ** 2 for a, t in zip(p, y)]),
            optimizer=nn.SGD(model.parameters(), 0.1),
            epochs=2,
            metric=lambda p, y: p[0][0][0].data + p[-1][1].data,
            compiled=compiled,
        )
        found.append([history.loss, history.accuracy])
    assert found[1][0] == pytest.approx(found[0][0]) and found[1][1] == pytest.approx(found[0][1])


class Dropping(nn.Module):
    """Another function while it is measured."""

    def __init__(self):
        self.inner = net(1)

    def forward(self, x):
        return [[v * (1 if self.training else 3) for v in row] for row in self.inner(x)]


def test_validation_data_are_measured_in_evaluation_mode():
    found = []
    for compiled in (False, True):
        model = Dropping()
        history = nn.fit(
            model,
            (X.tolist(), Y.tolist()),
            loss=nn.MSELoss(),
            optimizer=nn.SGD(model.parameters(), 0.1),
            epochs=2,
            validation=(X.tolist(), Y.tolist()),
            compiled=compiled,
        )
        found.append(history.validation_loss)
        assert model.training
    assert found[1] == pytest.approx(found[0])


def test_checkpoints_serve_both(tmp_path):
    def fit(epochs, compiled, **options):
        model = net(3, 1)
        optimizer = nn.Adam(model.parameters(), lr=0.05)
        history = nn.fit(
            model, (X, Y), loss=nn.MSELoss(), optimizer=optimizer, epochs=epochs, batch_size=3, compiled=compiled, **options
        )
        return [*history.loss, *numbers(model), *optimizer.state_dict()["state"]["exp_avg"]]

    want = fit(6, False)
    fit(3, True, checkpoint=tmp_path / "a")
    assert fit(6, False, resume=tmp_path / "a") == pytest.approx(want)
    fit(3, False, checkpoint=tmp_path / "b")
    assert fit(6, True, resume=tmp_path / "b") == pytest.approx(want)


# ------------------------------------------------------------------------------------------------- what is missing
@pytest.fixture
def without(monkeypatch):
    def hide(*names):
        real = extras.import_module

        def import_module(module, *args):
            if module.partition(".")[0] in names:
                raise ImportError(f"no {module}")
            return real(module, *args)

        monkeypatch.setattr(extras, "import_module", import_module)
        machine.ready.cache_clear()
        variants.fastest.cache_clear()

    yield hide
    monkeypatch.undo()
    machine.ready.cache_clear()
    variants.fastest.cache_clear()


def test_without_llvmlite(without):
    without("llvmlite")
    model, optimizer, step = made(backend=None)
    with pytest.warns(FallbackWarning, match=re.escape(extra("fast"))):
        step(X, Y)
    twins(step, model, optimizer, nn.MSELoss(), [(X, Y)])


def test_without_numpy(without):
    without("numpy")
    with pytest.raises(ImportError, match="numpy is needed here"):
        made(backend=None)[2](X.tolist(), Y.tolist())


# ------------------------------------------------------------------------------------------------------- the parts
def test_data_in_batches():
    data = Data(np.zeros((5, 2)), np.zeros((5, 1)), 2)
    assert [data.places(k).tolist() for k in range(4)] == [[0, 1], [2, 3], [4], [0, 1]]
    shuffled = data.shuffled([4, 3, 2, 1, 0, 0, 1, 2, 3, 4])
    assert [shuffled.places(k).tolist() for k in (0, 2, 3, 5)] == [[4, 3], [0], [0, 1], [4]]


def test_what_all_parameters_share_is_computed_once():
    def rule(lr, w, g, *memory):
        return nn.Adam.rule(lr, (0.9, 0.99), 1e-8, 0.0, False)(w, g, *memory)

    group = Group(rule, 0, [(1, 0.5, 0.25, 0.0), (1, 0.25, 0.5, 0.0)])
    assert {"pow"} & {i.op for i in group.parts.shared.instructions}
    assert "pow" not in {i.op for i in group.parts.own.instructions}
    assert group.remembered().tolist() == [[1, 0.5, 0.25, 0], [1, 0.25, 0.5, 0]]
    uneven = Group(rule, 0, [(1, 0.5, 0.25, 0.0), (2, 0.25, 0.5, 0.0)])
    assert "pow" in {i.op for i in uneven.parts.own.instructions}
    assert uneven.remembered().tolist() == [[1, 0.5, 0.25, 0], [2, 0.25, 0.5, 0]]


def test_memory_that_is_equal_now_but_not_by_itself_is_not_shared():
    program = step_of(lambda lr, w, g, v: (w - lr * v, v * 0.5 + g), [0.0])
    assert split(program, [0]).same == ()
    constant = step_of(lambda lr, w, g, v, n: (w - lr * v, where(n > 3, 1.0, 0.0), n + 1), [0.0, 0.0])
    assert split(constant, [0, 1]).same == (0, 1)


@pytest.mark.parametrize("width", [1, 10, 17, 40])
def test_the_gradient_s_length(width):
    """Of few parameters and of many, which are added up in parts."""
    found = []
    for compiled in (True, False):
        model = net(width, 1, activation="tanh")
        optimizer = nn.SGD(model.parameters(), lr=0.1)
        data = X.tolist(), Y.tolist()
        history = nn.fit(model, data, loss=nn.MSELoss(), optimizer=optimizer, epochs=2, compiled=compiled)
        found.append(history.gradient_norm)
    assert found[0] == pytest.approx(found[1], rel=1e-12)
