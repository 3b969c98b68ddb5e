"""The ways through branches: what a batch makes of several, and several threads that meet new ones at once."""

import threading

import numpy as np
import pytest

import autograd
from autograd import Value
from autograd.compile import BranchError

backends = pytest.mark.parametrize("backend", ["python", "arrays", "llvm"])


# ------------------------------------------------------------------------------------------------- several ways at once
@backends
def test_each_row_credits_the_parameters_of_its_own_branch(backend):
    u, v = Value(2.0, "u"), Value(5.0, "v")
    fast = autograd.compile(lambda x: u * x if x > 0 else v * x, backend=backend)
    values, gradients = fast.batch.value_and_grad([1.0, -1.0], wrt="parameters")
    assert fast.parameters == [u, v] and values.tolist() == [2.0, -5.0]
    assert [g.tolist() for g in gradients] == [[1.0, 0.0], [0.0, -1.0]]
    gradients[0][:] = 7  # each is an array of its own
    assert gradients[1].tolist() == [0.0, -1.0]


@backends
def test_branches_with_more_and_with_no_parameters(backend):
    u, v = Value(2.0, "u"), Value(5.0, "v")
    fast = autograd.compile(lambda x: u * v * x if x > 1 else v * x if x > 0 else x, backend=backend)
    values, gradients = fast.batch.value_and_grad([-1.0, 2.0, 1.0], wrt="parameters")
    assert fast.parameters == [u, v] and values.tolist() == [-1.0, 20.0, 5.0]
    assert [g.tolist() for g in gradients] == [[0.0, 10.0, 0.0], [0.0, 4.0, 1.0]]
    values, gradients = fast.batch.value_and_grad(np.empty(0), wrt="parameters")
    assert values.shape == (0,) and [g.shape for g in gradients] == [(0,), (0,)]


def test_freezing_a_parameter_later_moves_no_gradient_to_another():
    u, v = Value(2.0, "u"), Value(5.0, "v")
    fast = autograd.compile(lambda x: u * x + v * x * x, backend="python")
    assert fast.value_and_grad(3, wrt="parameters") == (51.0, [3.0, 9.0])
    u.requires_grad = False
    assert fast.value_and_grad(3, wrt="parameters") == (51.0, [0.0, 9.0]) and fast.parameters == [u, v]
    assert [g.tolist() for g in fast.batch.value_and_grad([3.0], wrt="parameters")[1]] == [[0.0], [9.0]]


def test_results_of_another_shape_are_refused_where_rows_have_them():
    fast = autograd.compile(lambda x: [x] if x > 0 else [x, x], backend="python")
    assert fast.batch([1.0]).tolist() == [[1.0]] and fast.batch([-1.0, -2.0]).tolist() == [[-1.0, -1.0], [-2.0, -2.0]]
    with pytest.raises(ValueError, match="another shape in another branch"):
        fast.batch([1.0, -1.0])
    for x, out in (([-1.0], np.empty((1, 1))), ([1.0, -1.0], np.empty((2, 1)))):
        with pytest.raises(ValueError, match="another shape in another branch"):
            fast.batch(x, out=out)


# --------------------------------------------------------------------------------------------------------- threads
class Gate:
    """A lock that nobody gets before all threads ask for it: so all of them have looked, and found nothing recorded."""

    def __init__(self, lock, count):
        self.lock, self.barrier, self.own = lock, threading.Barrier(count, timeout=10), threading.local()

    def __enter__(self):
        if not hasattr(self.own, "came"):
            self.own.came = True
            self.barrier.wait()
        return self.lock.__enter__()

    def __exit__(self, *error):
        return self.lock.__exit__(*error)


def steps(x):
    for i in range(12):
        if x < i:
            return x * i
    return x


def at_once(works):
    """What each work gives or raises, all at the same time."""
    found = [None] * len(works)

    def run(place):
        try:
            found[place] = works[place]()
        except BaseException as error:
            found[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.parametrize("most", [1, 12])
@pytest.mark.parametrize("batch", [False, True])
def test_threads_that_meet_the_same_way_record_it_once(batch, most):
    fast = autograd.compile(steps, backend="python", variants=most)
    fast._variants._lock = Gate(fast._variants._lock, 8)
    call = (lambda: fast.batch([3.5]).item()) if batch else lambda: fast(3.5)
    assert at_once([call] * 8) == [14.0] * 8
    assert "1 recording>" in repr(fast)


def test_out_for_a_batch_is_planned_by_one_recording():
    fast = autograd.compile(steps, backend="python")
    fast._variants._lock = Gate(fast._variants._lock, 8)
    assert [a.item() for a in at_once([lambda: fast.batch([3.5], out=np.empty(1))] * 8)] == [14.0] * 8
    assert "1 recording>" in repr(fast)


@backends
def test_threads_that_go_all_ways(backend):
    fast, points = autograd.compile(steps, backend=backend), [k / 2 for k in range(-2, 24)]
    start, want = threading.Barrier(8, timeout=10), [steps(x) for x in points]

    def all_points(turn):
        start.wait()
        mine = points[turn:] + points[:turn]
        got = dict(zip(mine, map(fast, mine))) if turn % 2 else dict(zip(mine, fast.batch(mine).tolist()))
        return [got[x] for x in points]

    assert at_once([lambda turn=turn: all_points(turn) for turn in range(8)]) == [want] * 8
    assert "13 recordings>" in repr(fast) and len(fast._variants.kept) == 1
    few = autograd.compile(steps, backend=backend, variants=2)
    few(0.5), few(1.5)
    with pytest.raises(BranchError, match="another way than the 2 recorded"):
        few(2.5)
