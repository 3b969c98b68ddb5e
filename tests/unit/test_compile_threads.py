"""Several native threads: how many, when, and what happens when something goes wrong."""

import os
import re
import signal
import threading
from concurrent.futures import Future
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

import autograd
import nn
from autograd import Value
from autograd.compile import FallbackWarning, llvm, machine, native, parallel, threads
from autograd.compile.threads import in_threads, parts, several


@pytest.mark.parametrize("wrong", [0, -1, True, False, 2.0, "2", None, Fraction(2)])
def test_what_is_no_number_of_threads(wrong):
    said = f"threads is how many run at once, a whole number of 1 or more; got {wrong!r}"
    with pytest.raises(ValueError, match=re.escape(said)):
        autograd.compile(abs, threads=wrong)


def test_numbers_of_numpy_are_numbers():
    assert several(np.int64(3)) == 3 and type(several(np.int64(3))) is int


def test_few_rows_are_not_worth_it():
    assert parts(1000, 100, 8, 4) == [slice(0, 1000)]
    assert len(parts(10_000, 100, 8, 4)) == 3  # a million operations are worth that many
    assert parts(100_000, 100, 8, 3) == [slice(0, 33336), slice(33336, 66672), slice(66672, 100_000)]
    assert parts(100_000, 100, 8, 1) == [slice(0, 100_000)]
    assert parts(3, 10**6, 1, 2) == [slice(0, 2), slice(2, 3)]  # heavy rows, one at a time


def test_parts_run_in_threads_of_their_own():
    barrier, seen = threading.Barrier(3, timeout=60), {}

    def work(part):
        barrier.wait()  # all three are under way at once, or this breaks
        seen[part.start] = threading.current_thread()

    for _ in range(2):
        in_threads(work, [slice(0, 1), slice(1, 2), slice(2, 3)])
        assert seen[0] is threading.current_thread() and len({*seen.values()}) == 3


def test_a_batch_is_split_and_one_row_is_not(monkeypatch):
    monkeypatch.setattr(threads, "WORTH", 1)
    fast = autograd.compile(lambda x: autograd.exp(x), backend="llvm", threads=2)
    fast(1.0)
    code, split = next(iter(fast._variants.kept.values()))[0].code, []
    call = code._call
    monkeypatch.setattr(code, "_call", lambda *given: (split.append(given[-1]), call(*given)))
    x = np.linspace(0, 1, 100)
    assert fast.batch(x).tolist() == autograd.compile(lambda x: autograd.exp(x), backend="llvm").batch(x).tolist()
    assert len(split) == 2 and sum(split) == 100
    fast.batch([1.0])
    assert split[2:] == [1]


def test_code_is_made_before_threads_need_it(monkeypatch):
    monkeypatch.setattr(threads, "WORTH", 1)
    fast, run, made = autograd.compile(lambda x: autograd.exp(x), backend="llvm", threads=2), llvm.in_threads, []

    def ready(work, some):
        made.append([len(v.code._made) for kept in fast._variants.kept.values() for v in kept])
        run(work, some)

    monkeypatch.setattr(llvm, "in_threads", ready)
    assert fast.batch(np.zeros(100)).tolist() == [1.0] * 100
    assert made == [[1]]


def test_an_error_in_a_part_is_raised_when_all_are_done():
    done = []

    def work(part):
        if part.start < 2:
            raise ValueError(part.start)
        done.append(part.start)

    with pytest.raises(ValueError, match="0"):
        in_threads(work, [slice(0, 1), slice(1, 2), slice(2, 3)])
    assert done == [2]
    with pytest.raises(ValueError, match="1"):
        in_threads(work, [slice(3, 4), slice(1, 2)])
    assert done == [2, 3]


def test_ctrl_c_waits_for_all_parts(monkeypatch):
    done, presses, wait = [], iter([True, True, False]), Future.exception
    go = threading.Event()

    def pressed(started):
        if next(presses):
            raise KeyboardInterrupt
        go.set()
        return wait(started)

    def work(part):
        if part.start:
            assert go.wait(60)
        done.append(part.start)

    monkeypatch.setattr(Future, "exception", pressed)
    with pytest.raises(KeyboardInterrupt):
        in_threads(work, [slice(0, 1), slice(1, 2)])
    assert sorted(done) == [0, 1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_fork_has_threads_of_its_own():
    some = [slice(0, 1), slice(1, 2)]
    in_threads(lambda part: None, some)
    child = os.fork()
    if not child:
        done = []
        signal.alarm(60)  # rather than wait for ever
        try:
            in_threads(lambda part: done.append(part.start), some)
        finally:
            os._exit(len(done))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2


# --------------------------------------------------------------------------------------------------------- training
X = np.linspace(-1, 1, 80).reshape(40, 2)
Y = X[:, :1] ** 2 - X[:, 1:]


def made(threads=2, model=None, criterion=None, backend="llvm"):
    model = model or nn.MLP(2, [3, 1], seed=0)
    optimizer = nn.SGD(model.parameters(), lr=0.1, momentum=0.5)
    return model, nn.compile(model, criterion or nn.MSELoss(), optimizer, backend=backend, threads=threads)


def numbers(model):
    return [p.data for p in model.parameters()]


@pytest.fixture
def split(monkeypatch):
    """Parts are worth it from the first row on; tells how rows were cut."""
    monkeypatch.setattr(threads, "WORTH", 1)
    found, run = [], parallel.in_threads
    monkeypatch.setattr(
        parallel, "in_threads", lambda work, some: (found.append([count for _, count, *_ in some]), run(work, some))
    )
    return found


@pytest.mark.parametrize("wrong", [0, -1, True, False, 2.0, "2", None])
def test_what_is_no_number_of_threads_for_a_training(wrong):
    with pytest.raises(ValueError, match=re.escape(f"threads is a whole number of 1 or more, got {wrong!r}")):
        made(wrong)


@pytest.mark.parametrize("backend", ["arrays", "python"])
def test_elsewhere_threads_have_no_effect(backend, split):
    found = []
    for count in (1, 2):
        model, step = made(count, backend=backend)
        found.append([*step.many(X, Y, 3), *numbers(model)])
    assert found[0] == found[1] and not split


def test_batches_are_cut_into_whole_tiles(split, monkeypatch):
    monkeypatch.setattr(native, "FEW", 0)
    _, step = made(threads=3)
    tile = 2 * machine.width()
    x, y = np.resize(X, (5 * tile + 1, 2)), np.resize(Y, (5 * tile + 1, 1))
    step.many(x, y, 2)
    assert split == [[2 * tile, 2 * tile, tile + 1]] * 2
    del split[:]
    step.many(x, y, 1, batch_size=2 * tile + 1)
    assert split == [[tile, tile, 1], [tile, tile, 1], [tile - 1]]
    del split[:]
    step.many(x, y, 1, batch_size=tile)  # nothing to cut: no threads
    assert not split
    step(x, y)
    assert len(split) == 1


def test_threads_write_to_places_of_their_own(split, monkeypatch):
    """Two that wrote to the same place would mostly not notice: they take turns by chance."""
    monkeypatch.setattr(native, "FEW", 0)
    _, step = made(threads=3)
    x, y = np.resize(X, (99, 2)), np.resize(Y, (99, 1))
    step(x, y)
    (shares,) = step.training.driver._shares.values()
    assert len(shares) == 3
    places = [(rows, rows + 8 * count * 3) for _, count, rows, _, _ in shares]
    places += [(memory, memory + 8 * len(own)) for (*_, memory, _), own in zip(shares, step.training.driver._memory)]
    places += [(sums, sums + 8 * len(own)) for (*_, sums), own in zip(shares, step.training.driver._sums)]
    places.sort()
    assert all(end <= start for (_, end), (start, _) in pairwise(places)), places


def test_nothing_is_summed_a_second_time(split, monkeypatch):
    _, step = made()
    assert step(X, Y) > 0
    run = parallel.in_threads

    def forgotten(work, some):
        run(work, some)
        step.training.driver._sums[:, :-1] = 0.0  # all but the branch that was taken

    monkeypatch.setattr(parallel, "in_threads", forgotten)
    assert step(X, Y) == 0.0


class Branching(nn.Module):
    def __init__(self):
        self.a, self.b = Value(0.5, "a"), Value(-0.25, "b")

    def forward(self, x):
        return [[self.a * r[0] + self.b] if r[0] > -2 else [self.b * r[0] * r[1] - self.a] for r in x]


def test_a_branch_in_another_thread_is_noticed(split):
    x, found = X.copy(), []
    x[39, 0] = -3.0
    for count in (1, 2):
        model, step = made(count, Branching())
        step(X, Y)
        with pytest.warns(FallbackWarning, match="branches on numbers"):
            found.append([*step.many(x, Y, 3), step(X, Y), *numbers(model)])
    assert found[1] == pytest.approx(found[0], rel=1e-12) and split


def test_a_loss_in_another_thread_that_is_no_number(split):
    model, step = made()
    step.many(X, Y, 2)
    before, x = numbers(model), X.copy()
    x[39] = np.nan
    with pytest.raises(ValueError, match="row 39 of the inputs, place 0, is nan, and so the loss"):
        step.many(x, Y, 3)
    assert numbers(model) == before and step(X, Y) > 0


def test_ctrl_c_is_heard_between_steps(split, monkeypatch):
    model, step = made()
    step.many(X, Y, 2)
    run = parallel.in_threads

    def pressed(work, some):
        signal.raise_signal(signal.SIGINT)
        run(work, some)

    monkeypatch.setattr(parallel, "in_threads", pressed)
    before = numbers(model)
    with pytest.raises(KeyboardInterrupt):
        step(X, Y)
    assert all(a != b for a, b in zip(numbers(model), before))  # the step was taken, all of it
    assert numbers(model) == step.training.driver.p.tolist()


def test_several_trainings_share_the_threads(split):
    found = []
    for alone in (True, False):
        pairs = [made(2) for _ in range(4)]
        runs = [threading.Thread(target=step.many, args=(X, Y, 50)) for _, step in pairs]
        for run in runs:
            run.start()
            if alone:
                run.join()
        for run in runs:
            run.join()
        found.append([numbers(model) for model, _ in pairs])
    assert found[0] == found[1] and found[0][0] == found[0][1]
