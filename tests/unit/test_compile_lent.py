"""Values whose numbers are lent to machine code: nobody can tell, but by the time it takes."""

import copy
import pickle
import threading

import numpy as np
import pytest

import nn
from autograd import StaleError, Value
from autograd.compile import lent as module
from autograd.compile.lent import Lent

NEW = [20.0, 30.0]


@pytest.fixture(autouse=True)
def lend_at_once(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 1)


@pytest.fixture
def away():
    """Two Values that have not got their numbers yet, and the loan."""
    values = [Value(2.0, "x"), Value(3.0, "y")]
    loan = Lent(values, lambda: list(NEW))
    loan.renew(values[1].serial + 1)
    assert loan.away
    return (*values, loan)


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (lambda x: x.data, 20.0),
        (lambda x: x.item(), 20.0),
        (lambda x: (x * 2).data, 40.0),
        (lambda x: (2 * x).data, 40.0),
        (lambda x: (Value(2.0) * x).data, 40.0),
        (lambda x: (Value(1.0) - x).data, -19.0),
        (lambda x: (x**2).data, 400.0),
        (lambda x: (-x).data, -20.0),
        (repr, "Value(20.0, name='x')"),
        (lambda x: f"{x:.1f}", "20.0"),
        (bool, True),
        (lambda x: x > 19, True),
        (lambda x: x.detach().data, 20.0),
        (lambda x: copy.copy(x).data, 20.0),
        (lambda x: copy.deepcopy(x).data, 20.0),
        (lambda x: pickle.loads(pickle.dumps(x)).data, 20.0),
        (lambda x: pickle.loads(pickle.dumps(x * x)).data, 400.0),
    ],
)
def test_who_asks_gets_the_number(away, ask, answer):
    x, y, loan = away
    assert ask(x) == answer
    assert not loan.away and type(x) is type(y) is Value and y.data == 30.0


@pytest.mark.parametrize("twin", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_twin_is_a_plain_value(away, twin):
    assert type(twin(away[0])) is Value


def test_what_does_not_ask_for_the_number_calls_nothing_back(away):
    x, y, loan = away
    assert isinstance(x, Value) and x.name == "x" and x.requires_grad and x.parents == () and x.grad is None
    x.grad = 1.0
    assert x == x and x != y and len({x, y}) == 2 and type(x).__name__ == "Value"
    assert loan.away


def test_a_lent_value_can_be_assigned(away):
    x, y, loan = away
    x.data = 7.0
    assert (x.data, y.data, loan.away) == (7.0, 30.0, False)


def test_what_was_computed_before_is_stale():
    x = Value(2.0, "x")
    z = x * x
    Lent([x], lambda: [4.0]).renew(z.serial + 1)
    with pytest.raises(StaleError, match=r"x = 4\.0 was assigned"):
        z.backward()


def test_numbers_that_change_again_are_the_latest(away):
    x, _, loan = away
    loan.renew(x.serial + 5)
    NEW[0] = 21.0
    try:
        assert x.data == 21.0
    finally:
        NEW[0] = 20.0


def test_a_value_of_another_class_is_written_at_once():
    class Mine(Value):
        pass

    x, y = Mine(2.0), Value(3.0)
    loan = Lent([x, y], lambda: list(NEW))
    loan.renew(99)
    assert not loan.away and (x.data, y.data, x.serial, type(x)) == (20.0, 30.0, 99, Mine)


def test_who_looks_each_time_mostly_finds_them_written(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 4)
    x = Value(2.0)
    loan, found = Lent([x], lambda: [5.0]), []
    for now in range(8):
        loan.renew(now)
        found.append(loan.away)
        assert (x.data, x.serial) == (5.0, now)
    assert found == [False, False, False, True] * 2


class Interrupting(list):
    """A list in whose middle Ctrl-C is pressed once."""

    pressed = 0

    def __iter__(self):
        for k, v in enumerate(list.__iter__(self)):
            if k == 2 and self.pressed == self.when:
                self.pressed += 1
                raise KeyboardInterrupt
            yield v
        self.pressed += 1


@pytest.mark.parametrize("patience", [1, 9])
@pytest.mark.parametrize("when", [0, 1, 2])
def test_ctrl_c_in_the_middle_is_raised_and_all_have_their_numbers(monkeypatch, patience, when):
    monkeypatch.setattr(module, "PATIENCE", patience)
    values, new = [Value(float(k)) for k in range(4)], [10.0, 11.0, 12.0, 13.0]
    loan = Lent(Interrupting(values), lambda: new)
    loan.values.when = when
    pressed = []
    for _ in range(3):
        try:
            loan.renew(99)
            loan.settle()
        except KeyboardInterrupt:
            pressed.append(True)
            assert not loan.away
            assert [v.data for v in values] == new and {type(v) for v in values} == {Value}
    assert pressed == [True]


def test_threads_that_look_while_it_trains_find_a_step_whole():
    """Both weights see the same data, so that they are equal after each step, and never between two."""
    model = nn.Linear(2, 1, bias=False, init="zeros")
    step = nn.compile(model, nn.MSELoss(), nn.SGD(model.parameters(), lr=0.25))
    x, y, pairs, done = np.ones((1, 2)), np.ones((1, 1)), [], threading.Event()
    step(x, y)
    first, second = model.parameters()

    def look():
        while not done.is_set():
            with step.training.lent.lock:
                pairs.append((first.data, second.data))

    threads = [threading.Thread(target=look) for _ in range(2)]
    for t in threads:
        t.start()
    y[0] = 3.0
    for _ in range(300):
        step(x, y)
    done.set()
    for t in threads:
        t.join()
    assert pairs and all(a == b for a, b in pairs)
    assert (first.data, second.data) == pytest.approx((1.5, 1.5))


def test_two_steps_with_the_same_parameters_see_each_other():
    model = nn.Linear(1, 1, bias=False, init="ones")
    twin = copy.deepcopy(model)
    steps = [nn.compile(model, nn.MSELoss(), nn.SGD(model.parameters(), lr=lr)) for lr in (0.125, 0.25)]
    for _ in range(5):
        for step, lr in zip(steps, (0.125, 0.25)):
            (w,) = twin.parameters()
            w.data -= lr * 2 * (w.data - 3.0)
            step([[1.0]], [[3.0]])
    assert model.weight[0][0].data == w.data


def test_frozen_meanwhile():
    model = nn.MLP(2, [2, 1], seed=0)
    twin = copy.deepcopy(model)
    optimizers = [nn.SGD(m.parameters(), lr=0.1) for m in (model, twin)]
    step = nn.compile(model, nn.MSELoss(), optimizers[0])
    x, y = [[0.5, -1.0]], [[1.0]]
    for k in range(6):
        for m in (model, twin):
            m[0].requires_grad_(k < 3)
        step(x, y)
        optimizers[1].zero_grad()
        nn.MSELoss()(twin(x), y).backward()
        optimizers[1].step()
    assert [p.data for p in model.parameters()] == pytest.approx([p.data for p in twin.parameters()], rel=1e-12)


def test_what_is_written_while_a_step_runs_counts_for_the_next_one():
    scale, w = Value(1.0, requires_grad=False), Value(0.5, "w")

    class Scaled(nn.Module):
        def __init__(self):
            self.w = w

        def forward(self, x):
            return [[scale * self.w * v for v in row] for row in x]

    model = Scaled()
    step = nn.compile(model, nn.MSELoss(), nn.SGD(model.parameters(), lr=1e-9))
    driver = [step([[1.0]], [[0.0]]), step.training.driver][1]
    run = driver.run

    def interrupted(*args):
        scale.data = 2.0
        return run(*args)

    driver.run = interrupted
    assert [step([[1.0]], [[0.0]]) for _ in range(2)] == pytest.approx([0.25, 1.0])
    assert w.data == pytest.approx(0.5)


@pytest.mark.parametrize("patience", [1, 16])
def test_a_parameter_may_be_what_a_model_or_a_loss_is_given(monkeypatch, patience):
    monkeypatch.setattr(module, "PATIENCE", patience)
    model = nn.Linear(1, 1, bias=False, init="ones")
    step = nn.compile(model, nn.MSELoss(), nn.SGD(model.parameters(), lr=0.5))
    for _ in range(2):
        step([[1.0]], [[2.0]])
    (w,) = model.parameters()
    assert nn.MSELoss()([w], [0.0]).data == 4.0
    step([[1.0]], [[2.0]])
    assert model([w])[0].data == 4.0
