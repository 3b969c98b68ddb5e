"""Copies and pickles of what is compiled."""

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

import autograd
import nn
from autograd import Value

backends = pytest.mark.parametrize("backend", ["python", "arrays", "llvm"])
copied = pytest.mark.parametrize("twin", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
W = Value(2.0, "W")


def square(x):
    return W * x * x if x > 0 else x


@autograd.compile
def decorated(x):
    return W * x


class Holder:
    @autograd.compile
    def inside(x):
        return W + x


@copied
@backends
def test_a_copy_is_a_fresh_one_of_the_same_function_and_options(twin, backend):
    fast = autograd.compile(square, backend=backend, variants=1, strict=True, threads=2, progress=False)
    assert [fast.value_and_grad(3.0) for _ in range(4)] == [(18.0, 12.0)] * 4  # by then machine code takes the calls
    assert [fast(3.0) for _ in range(4)] == [18.0] * 4
    other = twin(fast)
    assert other is not fast and "0 recordings" in repr(other) and other.function is square
    for name in ("backend", "most", "strict", "threads", "progress"):
        assert getattr(other._variants, name) == getattr(fast._variants, name), name
    assert other(3.0) == 18.0 and other.parameters == [W] == fast.parameters
    assert twin(fast.value_and_grad)(3.0) == (18.0, 12.0)
    assert pickle.loads(pickle.dumps(fast._call))(3.0) == 18.0


@copied
def test_what_is_compiled_where_it_is_defined_is_found_by_name(twin):
    assert decorated(3.0) == 6.0
    assert twin(decorated) is decorated and twin(Holder.inside) is Holder.inside


def test_what_cannot_be_pickled_says_why():
    fast = autograd.compile(lambda x: x * W, backend="python")
    assert copy.copy(fast)(2.0) == copy.deepcopy(fast)(2.0) == 4.0
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(fast)
    x = Value(3.0)
    graph = autograd.compile(x * W, inputs=[x], backend="python")
    for make in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match=r"recorded graph is not copied or pickled.*deepcopy\(\(loss, inputs\)\)"):
            make(graph)
    loss, (inner,) = copy.deepcopy((x * W, [x]))
    assert autograd.compile(loss, inputs=[inner], backend="python")(4.0) == 8.0


def test_a_copy_of_a_compiled_model_has_a_model_of_its_own():
    model = nn.Linear(1, 1, bias=False, init="ones")
    other = copy.deepcopy(autograd.compile(model, backend="python"))
    model.weight[0][0].data = 5.0
    assert other([2.0]) == [2.0] and other.parameters == other.function.parameters() != model.parameters()


def test_other_processes():
    fast = autograd.compile(square, backend="llvm")
    assert [fast(2.0) for _ in range(4)] == [8.0] * 4
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        assert list(pool.map(fast, [1.0, 2.0, -1.0])) == [2.0, 8.0, -1.0]


# ------------------------------------------------------------------------------------------------------------ steps
X, Y = np.array([[1.0], [2.0]]), np.array([[2.0], [4.0]])


def stepped(backend, steps):
    model = nn.Linear(1, 1, seed=0)
    optimizer = nn.SGD(model.parameters(), lr=0.01, momentum=0.9)
    step = nn.compile(model, nn.MSELoss(), optimizer, backend=backend, progress=False)
    losses = [step(X, Y) for _ in range(steps)]
    return model, step, losses


@pytest.mark.parametrize("twin", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
@pytest.mark.parametrize("backend", ["arrays", "llvm"])
def test_a_copied_step_goes_on_alone_and_alike(twin, backend):
    _, _, want = stepped(backend, 60)
    model, step, _ = stepped(backend, 40)  # by then its Values wait to be asked
    other = twin(step)
    assert other.options == step.options and other.rows.model is not model
    assert other.optimizer.parameters == other.rows.model.parameters()
    assert [other(X, Y) for _ in range(20)] == want[40:] == [step(X, Y) for _ in range(20)]
    model.weight[0][0].data = 7.0
    assert other.rows.model.weight[0][0].data != 7.0


def test_a_shallow_copy_of_a_step_moves_the_same_model():
    _, _, want = stepped("arrays", 6)
    model, step, found = stepped("arrays", 2)
    other = copy.copy(step)
    for each in (other, step, step, other):
        found.append(each(X, Y))
    assert found == want and other.rows.model is model


def test_a_step_that_cannot_be_pickled_says_why():
    model = nn.Linear(1, 1)
    step = nn.compile(model, lambda p, y: (p[0][0] - y[0][0]) ** 2, nn.SGD(model.parameters(), lr=0.1), backend="arrays")
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(step)
