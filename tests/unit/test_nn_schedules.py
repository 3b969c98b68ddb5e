"""Schedules: rates epoch by epoch, settings, states and errors."""

import re
from math import inf, nan

import pytest

import nn
from autograd import Value


def sgd(lr=1.0):
    return nn.SGD([Value(1.0)], lr=lr)


def rates(schedule, epochs):
    found = []
    for _ in range(epochs):
        found.append(schedule.optimizer.lr)
        schedule.step()
    return found


def test_rates():
    assert rates(nn.StepLR(sgd(), 2, gamma=0.5), 5) == [1, 1, 0.5, 0.5, 0.25]
    assert rates(nn.MultiStepLR(sgd(), [1, 3, 3], gamma=0.5), 5) == [1, 0.5, 0.5, 0.125, 0.125]
    assert rates(nn.ExponentialLR(sgd(), gamma=0.5), 3) == [1, 0.5, 0.25]
    assert rates(nn.CosineAnnealingLR(sgd(), 2, eta_min=0.5), 5) == pytest.approx([1, 0.75, 0.5, 0.75, 1], abs=1e-15)
    assert rates(nn.LinearLR(sgd(), 0.5, total_iters=2), 4) == [0.5, 0.75, 1, 1]
    assert rates(nn.LambdaLR(sgd(0.5), lambda epoch: 2 if epoch else 1), 2) == [0.5, 1.0]


def test_down_to_nothing():
    schedule = nn.CosineAnnealingLR(sgd(), 4)
    assert rates(schedule, 5)[4] == 0.0


def test_each_group_has_a_rate_of_its_own():
    optimizer = nn.SGD([{"params": [Value(1.0)]}, {"params": [Value(1.0)], "lr": 0.5}], lr=1)
    schedule = nn.ExponentialLR(optimizer, 0.5)
    schedule.step()
    assert schedule.get_last_lr() == [0.5, 0.25] and schedule.base_lrs == [1.0, 0.5]


def test_a_plateau():
    optimizer = sgd()
    schedule = nn.ReduceLROnPlateau(optimizer, factor=0.5, patience=0, cooldown=1, min_lr=0.2)
    seen = []
    for loss in (3.0, 2.0, 2.0, 2.0, Value(2.0), nan, 1.0, 1.0, 1.0, 1.0):
        schedule.step(loss)
        seen.append(optimizer.lr)
    assert seen == [1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.2, 0.2, 0.2]
    upward = nn.ReduceLROnPlateau(optimizer, mode="max", threshold_mode="abs", threshold=0.5, patience=0, factor=0.5)
    for accuracy in (1.0, 2.0, 2.4):
        upward.step(accuracy)
    assert optimizer.lr == 0.1


def test_repr():
    assert repr(nn.StepLR(sgd(), 2)) == "StepLR(step_size=2, gamma=0.1)"
    assert repr(nn.LambdaLR(sgd(), abs)) == "LambdaLR()"


def test_a_schedule_without_a_formula():
    with pytest.raises(NotImplementedError, match=r"Schedule has no rate\(self, base, epoch\) yet"):
        nn.Schedule(sgd())


@pytest.mark.parametrize(
    "error, make, said",
    [
        (TypeError, lambda: nn.StepLR(0.1, 2), "StepLR takes an optimizer first, got 0.1"),
        (ValueError, lambda: nn.StepLR(sgd(), 0), "StepLR: step_size is a whole number of 1 or more, got 0"),
        (ValueError, lambda: nn.StepLR(sgd(), 1.5), "got 1.5"),
        (ValueError, lambda: nn.StepLR(sgd(), 1, gamma=0), "gamma is a finite number above 0, got 0"),
        (
            ValueError,
            lambda: nn.MultiStepLR(sgd(), [1, -1]),
            "milestones is a list of whole numbers of 0 or more, got [1, -1]",
        ),
        (ValueError, lambda: nn.MultiStepLR(sgd(), 3), "got 3"),
        (ValueError, lambda: nn.CosineAnnealingLR(sgd(), 0), "T_max is a whole number of 1 or more"),
        (ValueError, lambda: nn.LinearLR(sgd(), 0), "start_factor is a number above 0, at most 1, got 0"),
        (ValueError, lambda: nn.LinearLR(sgd(), end_factor=2), "end_factor is a number from 0 to 1, got 2"),
        (TypeError, lambda: nn.LambdaLR(sgd(), 0.9), "lr_lambda is a function of the epoch, such as"),
        (
            ValueError,
            lambda: nn.LambdaLR(sgd(), lambda epoch: nan),
            "LambdaLR: the rate of epoch 0 is a finite number of 0 or more",
        ),
        (ValueError, lambda: nn.LambdaLR(sgd(), lambda epoch: -1), "got -1"),
        (ValueError, lambda: nn.ReduceLROnPlateau(sgd(), mode="least"), "mode is 'min' or 'max', got 'least'"),
        (ValueError, lambda: nn.ReduceLROnPlateau(sgd(), factor=1), "factor is a number above 0 and below 1, got 1"),
        (
            TypeError,
            lambda: nn.ReduceLROnPlateau(sgd()).step(),
            "ReduceLROnPlateau looks at the loss: write schedule.step(loss)",
        ),
        (ValueError, lambda: nn.ReduceLROnPlateau(sgd()).step("low"), "ReduceLROnPlateau: the loss is a number, got 'low'"),
    ],
)
def test_bad_settings(error, make, said):
    with pytest.raises(error, match=re.escape(said)):
        make()


def test_a_rate_beyond_all_numbers_changes_nothing():
    optimizer = sgd()
    schedule = nn.ExponentialLR(optimizer, 1e200)
    schedule.step()
    with pytest.raises(ValueError, match=f"the rate of epoch 2 is a finite number of 0 or more, got {inf}"):
        schedule.step()
    assert (optimizer.lr, schedule.last_epoch) == (1e200, 1)


@pytest.mark.parametrize(
    "damage, said",
    [
        (lambda s: None, "this is no state of StepLR: it has schedule, step_size, gamma, last_epoch, base_lrs; got None"),
        (lambda s: {**s, "schedule": "ExponentialLR"}, "this is no state of StepLR"),
        (lambda s: {"schedule": "StepLR"}, "this is no state of StepLR"),
        (lambda s: {**s, "optimizer": 1}, "this is no state of StepLR"),
        (lambda s: {**s, "last_epoch": -1}, "StepLR: last_epoch is a whole number of 0 or more, got -1"),
        (lambda s: {**s, "gamma": "x"}, "StepLR: gamma is"),
        (lambda s: {**s, "base_lrs": [1.0, 1.0]}, "the state is for 2 groups, StepLR has 1"),
        (lambda s: {**s, "base_lrs": [-1.0]}, "base_lrs is a list of finite numbers of 0 or more, got [-1.0]"),
    ],
)
def test_damaged_states_change_nothing(damage, said):
    schedule = nn.StepLR(sgd(), 2)
    schedule.step()
    before = schedule.state_dict()
    with pytest.raises(ValueError, match=re.escape(said)):
        schedule.load_state_dict(damage({**before, "step_size": 9}))
    assert schedule.state_dict() == before
