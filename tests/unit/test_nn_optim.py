"""Optimizers: the lecture's descent, groups, states, and errors."""

import copy
import json
import math
import pickle
import re
from fractions import Fraction
from math import inf, nan

import pytest

import nn
from autograd import Value

OPTIMIZERS = [nn.SGD, nn.Adagrad, nn.RMSprop, nn.Adam, nn.AdamW]
every_optimizer = pytest.mark.parametrize("kind", OPTIMIZERS)


def stepped(kind, gradient=1.0, **options):
    w = Value(1.0, "w")
    optimizer = kind([w], **options)
    w.grad = gradient
    optimizer.step()
    return w, optimizer


def test_descent_of_the_linear_unit():  # L3, L4
    w = Value(0.0, "w")
    optimizer, criterion = nn.SGD([w], lr=0.05), nn.MSELoss("half_sum")
    for _ in range(60):
        loss = criterion([[w * x] for x in (1.0, 2.0, 3.0)], [[1.0], [2.0], [3.0]])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert w.data == pytest.approx(1.0, abs=1e-12)


def test_the_four_lines():  # L22
    model = nn.Linear(1, 1, seed=0)
    x_data, y_data = [[1.0], [2.0], [3.0]], [[2.0], [4.0], [6.0]]
    criterion, optimizer = nn.MSELoss("sum"), nn.SGD(model.parameters(), lr=0.01)
    for _ in range(1000):
        y_pred = model(x_data)
        loss = criterion(y_pred, y_data)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert model([4.0])[0].data == pytest.approx(8.0, abs=0.02)


@every_optimizer
def test_all_learn_a_line(kind):
    model = nn.Linear(2, 1, seed=1)
    x, y = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [[0.5], [-0.5], [0.0]]
    optimizer, criterion = kind(model.parameters(), lr=0.05), nn.MSELoss()
    for _ in range(400):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    assert loss.data < 0.01


@every_optimizer
def test_a_gradient_of_none_is_skipped(kind):
    moved, stays = Value(1.0), Value(1.0)
    optimizer = kind([moved, stays], lr=0.1)
    moved.grad = 1.0
    optimizer.step()
    assert moved.data < 1 and stays.data == 1.0
    assert all(column[1] is None for column in optimizer.state_dict()["state"].values())


@every_optimizer
def test_a_gradient_of_zero_is_not_skipped(kind):
    w, _ = stepped(kind, 0.0, lr=0.1, weight_decay=0.5)
    assert w.data < 1.0


@every_optimizer
@pytest.mark.parametrize("bad", [inf, -inf, nan])
def test_a_gradient_that_is_not_finite_does_not_raise(kind, bad):
    w, optimizer = stepped(kind, bad, lr=0.1)
    assert not math.isfinite(w.data)
    state = json.loads(json.dumps(optimizer.state_dict()))
    optimizer.load_state_dict(state)
    optimizer.step()
    assert json.dumps(optimizer.state_dict()["param_groups"]) == json.dumps(state["param_groups"])


@every_optimizer
def test_whole_numbers_and_fractions_become_floats(kind):
    w, v = Value(3), Value(Fraction(1, 2))
    optimizer = kind([w, v], lr=Fraction(1, 10))
    w.grad, v.grad = 2, Fraction(1, 3)
    optimizer.step()
    assert type(w.data) is float and type(v.data) is float and optimizer.lr == 0.1
    json.dumps(optimizer.state_dict())


def test_zero_grad():
    w, optimizer = stepped(nn.SGD, lr=0.1)
    optimizer.zero_grad()
    assert w.grad is None


def test_nothing_moves_when_a_number_is_too_large():
    first, second = Value(1.0), Value(1.0)
    optimizer = nn.Adam([first, second])
    first.grad, second.grad = 1.0, 10**400
    with pytest.raises(OverflowError):
        optimizer.step()
    assert first.data == 1.0 and optimizer.state_dict()["state"]["step"] == [None, None]


class Interrupting(Value):
    """A parameter whose first assignment is interrupted."""

    interrupted = False

    def _assign(self, data):
        if not Interrupting.interrupted:
            Interrupting.interrupted = True
            raise KeyboardInterrupt
        Value.data.fset(self, data)

    data = property(Value.data.fget, _assign)


def test_an_interrupt_puts_everything_back():
    first, second = Value(1.0), Interrupting(1.0)
    optimizer = nn.Adam([first, second], lr=0.5)
    first.grad = second.grad = 1.0
    with pytest.raises(KeyboardInterrupt):
        optimizer.step()
    assert (first.data, second.data) == (1.0, 1.0) and optimizer.state_dict()["state"]["step"] == [None, None]
    optimizer.step()
    assert first.data == second.data < 1.0 and optimizer.state_dict()["state"]["step"] == [1, 1]


def test_groups():
    a, b, c = Value(1.0), Value(1.0), Value(1.0)
    optimizer = nn.SGD([{"params": a, "lr": 0.5}, {"params": (v for v in (b, c)), "momentum": 0.9}], lr=0.1)
    for v in (a, b, c):
        v.grad = 1.0
    optimizer.step()
    optimizer.step()
    assert optimizer.parameters == [a, b, c]
    assert (a.data, b.data) == (0.0, 1 - 0.1 - 0.1 * 1.9)
    assert optimizer.lr == 0.5
    optimizer.lr = 0
    assert [group["lr"] for group in optimizer.param_groups] == [0.0, 0.0]
    optimizer.load_state_dict(optimizer.state_dict())  # a rate of 0 is a state like others
    assert repr(optimizer) == (
        "SGD(\n"
        "  lr=0.0, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False  # 1 parameter\n"
        "  lr=0.0, momentum=0.9, dampening=0.0, weight_decay=0.0, nesterov=False  # 2 parameters\n"
        ")"
    )


def test_options_may_change_between_steps():
    w, optimizer = stepped(nn.SGD, lr=0.5)
    optimizer.param_groups[0]["lr"] = 0.25
    optimizer.step()
    assert w.data == 0.25


def test_the_largest_mean_is_kept_only_with_amsgrad():
    for amsgrad, kept in ((False, 0.0), (True, 1.0)):
        _, optimizer = stepped(nn.Adam, 1.0, lr=0.1, betas=(0, 0), amsgrad=amsgrad)
        assert optimizer.state_dict()["state"]["max_exp_avg_sq"] == [kept]


@every_optimizer
def test_copies_are_whole(kind):
    w, optimizer = stepped(kind, lr=0.1)
    for twin in (copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))):
        assert twin.parameters[0] is not w and twin.state_dict() == optimizer.state_dict()
        twin.step()
        assert twin.parameters[0].data < w.data


def test_repr():
    assert repr(nn.Adam([Value(1.0)])) == (
        "Adam(lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.0, amsgrad=False)  # 1 parameter"
    )


def test_an_optimizer_of_ones_own():
    class Anything(nn.Optimizer):
        memory = ("last",)

        @staticmethod
        def rule(lr, note):
            return lambda w, g, last=0.0: (w - lr * (g - last), g)

    w, optimizer = stepped(Anything, lr=0.5, note="free")
    optimizer.step()
    assert w.data == 0.5
    other = Anything([Value(1.0)], lr=0.1, note="")
    other.load_state_dict(optimizer.state_dict())
    assert other.state_dict() == optimizer.state_dict()


computed = Value(1.0) * 2
leaf = Value(1.0, "w")


@pytest.mark.parametrize(
    "error, make, said",
    [
        (ValueError, lambda: nn.SGD([]), "SGD was given no parameters: was a generator used up before?"),
        (ValueError, lambda: nn.SGD(iter(())), "no parameters"),
        (ValueError, lambda: nn.SGD([{"params": []}]), "no parameters"),
        (TypeError, lambda: nn.SGD(leaf), "SGD takes a list of parameters, got Value: write [v]"),
        (TypeError, lambda: nn.SGD(nn.Neuron(1)), "got Neuron: write model.parameters()"),
        (TypeError, lambda: nn.SGD([1.0]), "SGD: a parameter is a Value, got 1.0: give Values"),
        (TypeError, lambda: nn.SGD([leaf, {"params": []}]), "got {'params': []}"),
        (TypeError, lambda: nn.SGD(nn.Neuron(1).named_parameters()), "give model.parameters(), without names"),
        (TypeError, lambda: nn.SGD([{"params": 3}]), "a list of parameters, got int"),
        (ValueError, lambda: nn.SGD([computed]), "Value(2.0, op=mul) is computed, and a step can change leaves only"),
        (ValueError, lambda: nn.SGD([leaf, leaf]), "SGD was given Value(1.0, name='w') twice"),
        (ValueError, lambda: nn.SGD([{"params": [leaf]}, {"params": [leaf]}]), "twice"),
        (ValueError, lambda: nn.SGD([{"lr": 1}]), "a group of SGD has params, and may have lr, momentum"),
        (ValueError, lambda: nn.SGD([{"params": [leaf], "beta": 1}]), "this one has params, beta"),
        (ValueError, lambda: nn.SGD([{"params": [leaf], "lr": 0}]), "SGD: lr is a finite number above 0, got 0"),
        (ValueError, lambda: nn.SGD([leaf], lr=0), "SGD: lr is a finite number above 0, got 0"),
        (ValueError, lambda: nn.Adam([leaf], lr=-0.1), "Adam: lr is a finite number above 0, got -0.1"),
        (ValueError, lambda: nn.Adam([leaf], lr=nan), "got nan"),
        (ValueError, lambda: nn.Adam([leaf], lr=inf), "got inf"),
        (ValueError, lambda: nn.Adam([leaf], lr="fast"), "got 'fast'"),
        (ValueError, lambda: nn.SGD([leaf], momentum=-1), "SGD: momentum is a finite number of 0 or more, got -1"),
        (ValueError, lambda: nn.SGD([leaf], dampening=nan), "dampening is a finite number, got nan"),
        (ValueError, lambda: nn.SGD([leaf], weight_decay=-1), "weight_decay is a finite number of 0 or more"),
        (ValueError, lambda: nn.SGD([leaf], nesterov="yes"), "nesterov is False or True, got 'yes'"),
        (ValueError, lambda: nn.SGD([leaf], nesterov=True), "SGD: nesterov needs a momentum, and no dampening"),
        (ValueError, lambda: nn.SGD([leaf], momentum=0.9, dampening=0.1, nesterov=True), "nesterov needs"),
        (
            ValueError,
            lambda: nn.Adam([leaf], betas=(0.9, 1)),
            "Adam: betas is two numbers from 0 up to, but not, 1, got (0.9, 1)",
        ),
        (ValueError, lambda: nn.Adam([leaf], betas=0.9), "got 0.9"),
        (ValueError, lambda: nn.Adam([leaf], betas=(0.9, 0.9, 0.9)), "betas is two numbers"),
        (ValueError, lambda: nn.Adam([leaf], eps=0), "eps is a finite number above 0, got 0"),
        (ValueError, lambda: nn.RMSprop([leaf], alpha=1), "alpha is a number from 0 up to, but not, 1, got 1"),
        (ValueError, lambda: setattr(nn.SGD([leaf]), "lr", -1), "SGD: lr is a finite number of 0 or more, got -1"),
    ],
)
def test_bad_parameters_and_options(error, make, said):
    with pytest.raises(error, match=re.escape(said)):
        make()


def changed(state, /, **changes):
    state = copy.deepcopy(state)
    for path, x in changes.items():
        *way, last = [int(k) if k.isdigit() else k for k in path.split("__")]
        place = state
        for k in way:
            place = place[k]
        place[last] = x
    return state


@pytest.mark.parametrize(
    "damage, said",
    [
        (lambda s: None, "this is no state of Adam, or a damaged one"),
        (lambda s: {}, "this is no state of Adam"),
        (lambda s: [], "this is no state of Adam"),
        (lambda s: {**s, "optimizer": "SGD"}, "the state is one of SGD, not of Adam"),
        (lambda s: {"optimizer": "Adam"}, "this is no state"),
        (lambda s: {**s, "param_groups": []}, "the state is one of groups of [] parameters; Adam has groups of [2] here"),
        (lambda s: changed(s, param_groups__0__params=[0]), "groups of [1] parameters; Adam has groups of [2] here"),
        (lambda s: changed(s, param_groups__0__params=[1, 0]), "in another order"),
        (lambda s: changed(s, param_groups__0__params=3), "this is no state"),
        (lambda s: changed(s, param_groups__0__lr=-1), "Adam: lr is a finite number of 0 or more, got -1"),
        (lambda s: changed(s, param_groups__0__betas=[0.9]), "betas is two numbers"),
        (lambda s: changed(s, param_groups__0__more=1), "this is no state"),
        (lambda s: {**s, "param_groups": [{"params": [0, 1]}]}, "this is no state"),
        (lambda s: changed(s, state={}), "Adam remembers step, exp_avg, exp_avg_sq, max_exp_avg_sq, each of 2 parameters"),
        (lambda s: changed(s, state__step=[1]), "each of 2 parameters"),
        (lambda s: changed(s, state__step=1), "this is no state"),
        (lambda s: changed(s, state__step=[0, 1]), "Adam: step[0] is a whole number of 1 or more, got 0"),
        (lambda s: changed(s, state__step=[1.5, 1]), "step[0] is"),
        (lambda s: changed(s, state__exp_avg=[1.0, "x"]), "Adam: exp_avg[1] is a number, got 'x'"),
        (lambda s: changed(s, state__exp_avg=[1.0, 10**400]), "exp_avg[1] is a number"),
        (lambda s: changed(s, state__exp_avg_sq=[-1.0, 1.0]), "Adam: exp_avg_sq[0] is a number of 0 or more, got -1.0"),
        (lambda s: changed(s, state__exp_avg=[None, 1.0]), "exp_avg[0] is missing"),
    ],
)
def test_damaged_states_change_nothing(damage, said):
    optimizer = nn.Adam([Value(1.0), Value(2.0)], lr=0.25)
    for p in optimizer.parameters:
        p.grad = 1.0
    optimizer.step()
    before = optimizer.state_dict()
    with pytest.raises(ValueError, match=re.escape(said)):
        optimizer.load_state_dict(damage(changed(before, param_groups__0__lr=0.5)))
    assert optimizer.state_dict() == before


def test_a_state_shares_nothing_with_its_optimizer():
    _, optimizer = stepped(nn.Adam)
    state = optimizer.state_dict()
    kept = copy.deepcopy(state)
    optimizer.step()
    optimizer.lr = 0.5
    assert state == kept
