"""When a step is called straight, and when it goes by way of Python."""

import copy
import gc
import inspect
import pickle
import sys
import weakref
from collections import Counter

import numpy as np
import pytest

import nn
from autograd.compile import FallbackWarning, entrance, lent, native, training
from autograd.compile.joined import joined

pytest.importorskip("llvmlite")

X = np.array([[0.5, -1.0], [1.5, 0.25]])
Y = np.array([[1.0], [-1.0]])


@pytest.fixture(autouse=True)
def lend_and_compile_at_once(monkeypatch):
    monkeypatch.setattr(lent, "PATIENCE", 1)
    monkeypatch.setattr(native, "OFTEN", 0)


@pytest.fixture
def life():
    """A step that is called straight, and the calls that went by way of Python since."""
    return shortened()


def shortened(**options):
    model = nn.MLP(2, [2, 1], seed=0)
    step = nn.compile(model, nn.MSELoss(), nn.SGD(model.parameters(), lr=0.1), backend="llvm", **options)
    for _ in range(3):
        step(X, Y)
    slow = []
    if step.training.driver.whole:
        by_python = step.training.step
        step.training.step = lambda *given: (slow.append(given), by_python(*given))[1]
    return step, slow


def test_straight_it_is(life):
    step, slow = life
    assert inspect.isbuiltin(step._call) and isinstance(step(X, Y), float) and not slow
    before = step.taken.compiled
    step(X.copy(), Y.copy()), step(np.ones((2, 2)), np.zeros((2, 1)))
    assert not slow and step.taken.compiled == before + 2
    assert f"steps: {before + 2} compiled" in str(step.report())


@pytest.mark.parametrize("kind", [list, tuple])
def test_nested_lists_are_read_straight(life, kind):
    step, slow = life
    batches = [(kind([kind([k, np.float64(2)]), kind([-1.5, 1])]), kind([kind([0.5]), [1]])) for k in range(4)]
    losses, by_python = [], []
    for batch in batches:
        losses.append(step(*batch))
        by_python.append(len(slow))
    assert by_python == [1, 1, 1, 1]  # the first
    losses += [step([[*row] for row in X], [*Y]), step(X, Y.tolist()), step([*X], Y)]
    twin, _ = shortened()
    assert losses == [*[twin(*[np.array(t, float) for t in batch]) for batch in batches], *[twin(X, Y) for _ in range(3)]]
    assert [p.data for p in step.rows.model.parameters()] == [p.data for p in twin.rows.model.parameters()]


def test_lists_that_do_not_fit_are_refused_as_ever(life):
    step, _ = life
    x, y = X.tolist(), Y.tolist()
    for _ in range(3):
        step(x, y)
    model = nn.MLP(2, [2, 1], seed=0)
    slow = nn.compile(model, nn.MSELoss(), nn.SGD(model.parameters(), lr=0.1), backend="arrays")
    before = [p.data for p in step.rows.model.parameters()]
    wrong = [
        ([[1.0, 2.0], [1.0]], y),
        (x, y[:1]),
        ([], []),
        ([[1.0, "2"], [1.0, 2.0]], y),
        ([[None, 1.0]] * 2, y),
        (x, [1, [2]]),
    ]
    for given in wrong:
        with pytest.raises((ValueError, TypeError)) as ours:
            step(*given)
        with pytest.raises(type(ours.value)) as theirs:
            slow(*given)
        assert str(ours.value) == str(theirs.value)
    assert [p.data for p in step.rows.model.parameters()] == before
    assert isinstance(step([[True, 2], [3, 4.5]], y), float)


def test_each_lock_is_looked_at(life):
    step, slow = life
    for lock in (step._lock, step.training.lent.lock):
        lock.held[0] += 1  # somebody has it
        step(X, Y)
        assert slow
        slow.clear()
        lock.held[0] -= 1
        step(X, Y)
        assert not slow


def test_who_looks_between_two_steps_makes_it_slow(life):
    step, slow = life
    p = step.optimizer.parameters[0]
    seen = []
    for _ in range(5):
        step(X, Y)
        seen.append(p.data)
    assert len({*seen}) == 5 and len(slow) == 4


def test_a_number_that_is_none_changes_nothing(life):
    """Also where an optimizer remembers; nothing diverged."""
    step, _ = life
    for bad, said in ((np.nan, "nan"), (-np.inf, "-inf")):
        x, y = X.copy(), Y.copy()
        x[1, 0] = y[0, 0] = bad
        before = [p.data for p in step.optimizer.parameters]
        with pytest.raises(ValueError, match=f"row 1 of the inputs, place 0, is {said}, and so the loss or"):
            step(x, Y)
        with pytest.raises(ValueError, match=f"target.*0.* is {said}"):
            step(X, y)
        assert before == [p.data for p in step.optimizer.parameters]


def test_options_that_cannot_be_compared(life):
    step, _ = life

    class Odd(float):
        def __eq__(self, other):
            raise RuntimeError("odd")

        __hash__ = None

    step.optimizer.param_groups[0]["lr"] = Odd(0.1)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="odd"):
            step(X, Y)
    del step.optimizer.param_groups
    with pytest.raises(AttributeError):
        step(X, Y)


def test_more_shapes_than_are_kept(life):
    step, slow = life
    for n in range(1, 12):
        for _ in range(3):
            step(np.ones((n, 2)), np.ones((n, 1)))
        assert len(step._shortened) <= 8
        slow.clear()
        step(np.ones((n, 2)), np.ones((n, 1)))
        assert not slow


@pytest.mark.parametrize("options", [{"threads": 2}, {"backend": "arrays"}])
def test_other_loops_are_not_for_it(options):
    model = nn.MLP(2, [2, 1], seed=0)
    step = nn.compile(model, nn.MSELoss(), nn.SGD(model.parameters(), lr=0.1), **options)
    for _ in range(4):
        step(X, Y)
    assert not step._shortened


def test_what_is_recorded_anew_is_called_straight_again(life):
    step, _ = life
    p = step.optimizer.parameters[0]
    for _ in range(2):
        p.requires_grad = not p.requires_grad
        before = step.training
        for _ in range(4):
            step(X, Y)
        assert step.training is not before
        step.training.step = None  # the way by Python
        assert isinstance(step(X, Y), float)
        del step.training.step


def test_a_long_step_lets_other_threads_run(monkeypatch):
    monkeypatch.setattr(training, "PATIENCE", 2 * 50)
    step, slow = shortened()
    step(X, Y)
    assert slow and not step._shortened


def test_where_objects_look_otherwise(monkeypatch):
    entrance.objects_are_as_expected.cache_clear()
    monkeypatch.setattr(entrance, "python_implementation", lambda: "PyPy")
    try:
        step, _ = shortened()
        assert not step._shortened
    finally:
        entrance.objects_are_as_expected.cache_clear()


def test_no_object_is_lost_or_kept(life):
    step, slow = life
    x, y = X.copy(), Y.copy()
    watched = [x, y, None, True, 0, step.optimizer.param_groups, step.moving.groups, step.training, x.dtype]
    step(x, y)
    counts, blocks = [sys.getrefcount(o) for o in watched], sys.getallocatedblocks()
    for _ in range(1000):
        step(x, y)
    assert not slow and all(abs(sys.getrefcount(o) - n) < 100 for o, n in zip(watched, counts))
    assert sys.getallocatedblocks() - blocks < 200


def test_a_step_is_collected_with_its_shortcut():
    made = [shortened()[0] for _ in range(2)]
    alive = [weakref.ref(o) for step in made for o in (step, type(step), step.training)]
    del made
    gc.collect()
    assert not any(o() for o in alive)


@pytest.mark.parametrize("action", ["decay", "rate", "rates of an epoch", "a number", "frozen", "memory", "batch"])
def test_straight_is_eager_whatever_was_changed(life, action):
    """The code of now runs, not the one that was called straight before."""
    step, slow = life
    twin = nn.MLP(2, [2, 1], seed=0)
    twin.load_state_dict(step.rows.model.state_dict())
    other = nn.SGD(twin.parameters(), lr=0.1)
    wanted = losses(action, twin, other, lambda x, y: eager(twin, other, x, y))  # first: whoever writes, makes it slow
    slow.clear()
    assert losses(action, step.rows.model, step.optimizer, step, step.many) == pytest.approx(wanted, rel=1e-12)
    assert (len(slow) < 12) == (action != "batch")
    for p, q in zip(step.rows.model.parameters(), twin.parameters()):
        assert p.data == pytest.approx(q.data, rel=1e-12)


def losses(action, model, optimizer, step, many=None):
    """The losses of some steps, between which something is changed now and then."""
    found, schedule, group = [], nn.ExponentialLR(optimizer, 0.5), optimizer.param_groups[0]
    for k in range(24):
        changes = k % 5 == 4
        if action == "decay" and changes:
            group["weight_decay"] = 0.5 - group["weight_decay"]
        elif action == "rate" and changes:
            group["lr"] *= 0.75
        elif action == "a number" and changes:
            model.parameters()[2].data *= -0.5
        elif action == "frozen" and changes:
            model.parameters()[1].requires_grad = not model.parameters()[1].requires_grad
        elif action == "memory" and changes:
            optimizer.load_state_dict(optimizer.state_dict())
        elif action == "rates of an epoch" and changes:
            schedule.step()
            if many is None:
                found += [(step(X[:1], Y[:1]) + step(X[1:], Y[1:])) / 2 for _ in range(2)]
            else:
                found += many(X, Y, 2, batch_size=1, seed=None)
        rows = slice(k % 2, 2) if action == "batch" else slice(2)
        found.append(step(X[rows], Y[rows]))
    return found


def eager(model, optimizer, x, y):
    optimizer.zero_grad()
    loss = nn.MSELoss()(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.data


def again(group):
    """An equal group, whose numbers are other objects."""
    return {key: x * 1.0 if isinstance(x, float) and x else x for key, x in group.items()}


@pytest.mark.parametrize(
    ("change", "is_straight"),
    [
        (lambda groups: groups.insert(0, groups.pop()), True),
        (lambda groups: groups[0].update(again(groups[0])), True),
        (lambda groups: groups[0].update(lr=groups[0].pop("lr")), True),  # in another order
        (lambda groups: groups.append({"params": [], "lr": 0.1}), False),
        (lambda groups: groups[0].update(weight_decay=groups[0].pop("weight_decay"), momentum=0.0), True),
        (lambda groups: groups.__setitem__(0, Counter(groups[0])), True),
        (lambda groups: groups[0].update(lr=0.2), False),
        (lambda groups: groups[0].update({"nesterov": 0}), True),  # equal to False
    ],
)
def test_groups_are_compared(life, change, is_straight):
    step, _ = life
    looked, is_ready = [], step.moving.is_ready
    step.moving.is_ready = lambda: (looked.append(1), is_ready())[1]
    step(X, Y)
    assert not looked
    change(step.optimizer.param_groups)
    step(X, Y)
    assert bool(looked) is not is_straight


def test_an_option_more_is_seen(life):
    step, _ = life
    step.optimizer.param_groups[0]["more"] = 1
    with pytest.warns(FallbackWarning, match="unexpected keyword argument 'more'"), pytest.raises(TypeError, match="more"):
        step(X, Y)


def test_groups_that_are_no_list(life):
    step, slow = life
    step.optimizer.param_groups = tuple(step.optimizer.param_groups)
    step(X, Y)
    assert slow == [] and step._call is not step._step


def test_its_class_is_one_of_its_own_and_none_of_your_own(life):
    step, _ = life
    assert type(step) is not nn.CompiledStep and isinstance(step, nn.CompiledStep)
    assert (type(step).__name__, type(step).__doc__) == ("CompiledStep", nn.CompiledStep.__doc__)
    assert list(inspect.signature(step).parameters) == ["X", "y"]
    for twin in (copy.deepcopy(step), pickle.loads(pickle.dumps(step))):
        assert type(twin) is nn.CompiledStep and isinstance(twin(X, Y), float)
    step._forget()
    assert type(step) is nn.CompiledStep

    class Counted(nn.CompiledStep):
        calls = 0

        def __call__(self, X, y):
            self.calls += 1
            return super().__call__(X, y)

    model = nn.MLP(2, [2, 1], seed=0)
    mine = Counted(model, nn.MSELoss(), nn.SGD(model.parameters(), lr=0.1), backend="llvm")
    for _ in range(6):
        mine(X, Y)
    assert type(mine) is Counted and mine.calls == 6 and mine._shortened


def test_one_piece_for_each_kind_of_batch_and_none_for_large_ones(monkeypatch):
    made = []
    monkeypatch.setattr(native, "joined", lambda *given: (made.append(given[2]), joined(*given))[1])
    step, _ = shortened()
    operations = len(step.training.driver.program.instructions)
    assert [known.get("size") for known in made] == [None] and operations < native.TINY
    for n in (1, 2, 3, 1, 2):
        step(np.ones((n, 2)), np.ones((n, 1)))
    assert [known.get("size") for known in made] == [None, 1]
    step.optimizer.param_groups[0]["weight_decay"] = 0.5
    for _ in range(3):
        step(X, Y)
    assert len(made) == 3
    monkeypatch.setattr(native, "TINY", 2 * operations)
    shortened()
    assert len(made) == 3


def test_options_that_change_often_get_no_piece_of_their_own(monkeypatch):
    made = []
    monkeypatch.setattr(native, "joined", lambda *given: (made.append(given), joined(*given))[1])
    step, _ = shortened()
    monkeypatch.setattr(native, "OFTEN", 2)
    for k in range(6):
        step.optimizer.param_groups[0]["weight_decay"] = k / 8
        step(X, Y)
    assert len(made) == 4  # 8 batches in the end
