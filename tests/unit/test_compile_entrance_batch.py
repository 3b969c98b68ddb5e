"""Batches that go straight into machine code: which do, and that nobody can tell but by the time."""

import inspect

import numpy as np
import pytest

import autograd
from autograd import Value
from autograd.compile import entrance, llvm

pytest.importorskip("llvmlite")


def product(x, y):
    return x * y + x


def of_batch(fast):
    """Whether machine code takes batches for the value, for the gradient and for the Jacobian."""
    return [inspect.isbuiltin(f) for f in (fast.batch._call, fast.batch.value_and_grad, fast.batch.jacobian)]


def test_batches_of_arrays():
    fast, x, y = autograd.compile(product, backend="llvm"), np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])
    for k in range(4):
        assert of_batch(fast) == [k > 1] * 3
        value, (by_x, by_y) = fast.batch.value_and_grad(x, y)
        assert fast.batch(x, y).tolist() == value.tolist() == [5, 12, 21]
        assert by_x.tolist() == [5, 6, 7] and by_y.tolist() == [1, 2, 3]
        jacobian = fast.batch.jacobian(x, y)
        assert [j.tolist() for j in jacobian] == [[5, 6, 7], [1, 2, 3]]
        value[:], by_x[:], jacobian[0][:] = 0, 0, 0  # they are the caller's
    x[0] = 7.0
    assert fast.batch(x, y).tolist() == [35, 12, 21] and fast.batch(x, y + 1)[0] == 42


def test_a_batch_reads_parameters_that_were_written_to():
    w = Value(2.0)
    fast, x = autograd.compile(lambda x: [w * x[0], x[1]], backend="llvm"), np.array([[1.0, 2.0], [3.0, 4.0]])
    for k in range(6):
        w.data = float(k // 2)
        first, second = fast.batch(x).T
        assert first.tolist() == [k // 2, 3 * (k // 2)] and second.tolist() == [2, 4]


@pytest.mark.parametrize("method", ["__call__", "value_and_grad", "jacobian"])
def test_batches_of_other_kinds(method):
    fast = autograd.compile(lambda x: autograd.sum([v * v for v in x]), backend="llvm")
    call, x = (lambda *args: getattr(fast.batch, method)(*args)), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    for _ in range(3):
        expected = call(x)
    flat = [expected] if method != "value_and_grad" else expected
    frozen, odd = x.copy(), np.frombuffer(b"0" + x.tobytes(), dtype=float, offset=1).reshape(3, 2)
    frozen.flags.writeable = False
    others = [np.asfortranarray(x), np.repeat(x, 2, axis=1)[:, ::2], x.astype("f4"), x.astype(int), x.astype(">f8")]
    for other in (frozen, odd, *others, x.tolist(), [*x]):
        found = call(other)
        assert [a.tolist() for a in (found if isinstance(found, tuple) else [found])] == [a.tolist() for a in flat]
    for wrong in (x[0], 1.0, x[None], x.astype(complex), "a"):
        with pytest.raises((TypeError, ValueError)):
            call(wrong)
    with pytest.raises(TypeError, match="a batch needs an argument to count its rows by"):
        call()
    for rows in (0, 1, 2, 9, 40):
        for _ in range(3):
            found = call(np.ones((rows, 2)))
            found = found[0] if isinstance(found, tuple) else found
            assert found.shape[0] == rows and (found == (2 * np.ones((rows, 2)) if method == "jacobian" else 2)).all()


def test_batches_that_machine_code_does_not_take(monkeypatch):
    branching = autograd.compile(lambda x: x if x > 0 else -x, backend="llvm")
    deep = autograd.compile(lambda x: (x, [[x, x]] * 2), backend="llvm")
    long, inside = autograd.compile(product, backend="llvm"), autograd.compile(product, backend="python")
    x, y = np.array([1.0, -2.0]), np.array([3.0, 4.0])
    monkeypatch.setattr(llvm, "PATIENCE", 4)
    for _ in range(4):
        assert branching.batch(x).tolist() == [1, 2] and deep.batch(x)[1].tolist() == [[[1, 1]] * 2, [[-2, -2]] * 2]
        assert long.batch(x, y).tolist() == inside.batch(x, y).tolist() == [4, -10]
        assert long.batch(x, [3, 4]).tolist() == [4, -10]
    assert of_batch(branching) == of_batch(deep) == of_batch(long) == of_batch(inside) == [False] * 3


def test_a_batch_in_given_arrays_and_with_directions():
    fast, x, out = autograd.compile(lambda x: x**3, backend="llvm"), np.array([1.0, 2.0]), np.empty(2)
    for _ in range(4):
        assert fast.batch(x).tolist() == [1, 8] and fast.batch(x, out=out) is out and out.tolist() == [1, 8]
        value, product = fast.batch.hvp(x, v=np.ones(2))
        assert value.tolist() == [1, 8] and product.tolist() == [6, 12]
        value, (product,) = fast.batch.hvp(x, v=(np.ones(2),)), fast.batch.hvp(x, v=[2.0, 2.0])[1:]
        assert value[1].tolist() == [6, 12] and product.tolist() == [12, 24]
        assert fast.batch.value_and_grad(x, wrt="parameters")[1] == []
        with pytest.raises(ValueError, match="wrt is 'inputs' or 'parameters', got 'x'"):
            fast.batch.value_and_grad(x, wrt="x")


def test_more_sizes_of_batches_than_are_looked_at(monkeypatch):
    monkeypatch.setattr(entrance, "MANY", 3)
    fast = autograd.compile(lambda x: 2 * x, backend="llvm")
    for _ in range(3):
        for rows in range(1, 7):
            assert fast.batch(np.ones(rows)).tolist() == [2.0] * rows
    assert len(fast.batch._entrances._kept["_value"]) == 3


def test_large_batches_go_to_threads():
    fast, rows = autograd.compile(lambda x: x * x, backend="llvm", threads=2), np.ones(1 << 18)
    for _ in range(3):
        assert fast.batch(rows[:10]).sum() == 10 and fast.batch(rows).sum() == 1 << 18
    assert len([e for e in fast.batch._entrances._kept["_value"].values() if e]) == 1
