"""When a step is called straight, and when it goes by way of Python."""

import gc
import inspect
import sys

import numpy as np
import pytest

import nn
from autograd.compile import Shortcut, entrance, lent, native, training

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


def test_each_lock_is_looked_at(life):
    step, slow = life
    for lock in (step._lock, step.training.lent.lock):
        lock.depth += 1  # somebody has it
        step(X, Y)
        assert slow
        slow.clear()
        lock.depth -= 1
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
    watched = [x, y, None, True, 0, step.optimizer.param_groups, step.moving._groups, step.training, x.dtype]
    step(x, y)
    counts, blocks = [sys.getrefcount(o) for o in watched], sys.getallocatedblocks()
    for _ in range(1000):
        step(x, y)
    assert not slow and all(abs(sys.getrefcount(o) - n) < 100 for o, n in zip(watched, counts))
    assert sys.getallocatedblocks() - blocks < 200


def test_a_step_is_collected_with_its_shortcut():
    made = [shortened()[0] for _ in range(2)]
    kinds = [type(o) for o in gc.get_objects()]
    del made
    gc.collect()
    left = [type(o) for o in gc.get_objects()]
    assert left.count(nn.CompiledStep) <= kinds.count(nn.CompiledStep) - 2 and left.count(Shortcut) <= kinds.count(Shortcut)
