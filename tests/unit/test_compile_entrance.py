"""Calls that go straight into machine code: what they take, what they hand on, and that nobody can tell but by the time."""

import gc
import inspect
import math
import sys
import threading
from collections import namedtuple
from fractions import Fraction

import numpy as np
import pytest

import autograd
from autograd import Value
from autograd.compile import entrance, llvm

pytest.importorskip("llvmlite")
Pair = namedtuple("Pair", "a b")


def hastened(function, *example):
    """A compiled function that was called as often as it takes until machine code takes its calls."""
    fast = autograd.compile(function, backend="llvm")
    single = isinstance(fast(*example), float)  # else it has no gradient
    for _ in range(2):
        fast(*example), fast.jacobian(*example), single and fast.value_and_grad(*example)
    assert calls(fast) == [True, single, True]
    return fast


def calls(fast):
    """Whether machine code takes the calls for the value, for the gradient and for the Jacobian."""
    return [inspect.isbuiltin(f) for f in (fast._call, fast.value_and_grad, fast.jacobian)]


def product(x, y):
    return x * y + x


def test_the_second_call_opens_the_way():
    fast = autograd.compile(product, backend="llvm")
    assert fast(2, 3) == 8 and calls(fast) == [False] * 3
    assert fast(2, 3) == 8 and calls(fast) == [True, False, False]
    assert fast.jacobian(2, 3) == fast.jacobian(2, 3) == fast.jacobian(2, 3) == (4, 2)
    assert calls(fast) == [True, False, True]


@pytest.mark.parametrize("backend", ["python", "arrays"])
def test_without_machine_code_there_is_none(backend):
    fast = autograd.compile(product, backend=backend)
    assert [fast(2, 3) for _ in range(4)] == [8] * 4 and calls(fast) == [False] * 3


def test_it_is_known_by_the_name_of_the_method():
    fast = hastened(product, 1, 2)
    for name in ("value_and_grad", "jacobian"):
        made, method = getattr(fast, name), getattr(autograd.compile.Compiled, name)
        assert made.__name__ == name and inspect.getdoc(made) == inspect.getdoc(method)
        ours = [p.replace(annotation=inspect.Parameter.empty) for p in inspect.signature(method).parameters.values()]
        assert [*inspect.signature(made).parameters.values()] == ours[1:]


@pytest.mark.parametrize("x", [2, 2.0, np.float64(2), True, np.float32(2), np.int64(2), np.array(2.0), 10**400, -(10**400)])
def test_any_number_is_an_argument(x):
    fast, slow = hastened(product, 1.0, 2.0), autograd.compile(product, backend="python")
    for given in ((x, 3.0), (3.0, x)):
        for f, g in ((fast, slow), (fast.value_and_grad, slow.value_and_grad), (fast.jacobian, slow.jacobian)):
            assert repr(f(*given)) == repr(g(*given))


@pytest.mark.parametrize(
    "given", [("2", 3), (None, 3), (1j, 3), ([1], 3), ({}, 3), (np.ones(2), 3), (object, 3), (1,), (), (1, 2, 3)]
)
def test_what_is_wrong_is_said_as_ever(given):
    fast, slow = hastened(product, 1.0, 2.0), autograd.compile(product, backend="llvm")
    for f, g in ((fast, slow), (fast.value_and_grad, slow.value_and_grad)):
        with pytest.raises((TypeError, ValueError, AttributeError)) as ours:
            f(*given)
        with pytest.raises(type(ours.value)) as theirs:
            g(*given)
        assert str(ours.value) == str(theirs.value)


def test_what_came_between_leaves_no_error_behind():
    fast = hastened(product, 1.0, 2.0)
    with pytest.raises(TypeError):
        fast("a", 1.0)
    assert fast(10**400, 1.0) == float("inf") and fast(2.0, 3.0) == 8.0


def test_values_run_the_function_itself():
    fast, x = hastened(product, 1.0, 2.0), Value(2)
    z = fast(x, 3)
    z.backward()
    assert z.data == 8 and x.grad == 4
    with pytest.raises(TypeError, match="take plain numbers: give the data of the Values"):
        fast.value_and_grad(x, 3)


def test_a_parameter_that_was_written_to_is_read_again():
    w, v = Value(2.0), Value(1.0, requires_grad=False)
    fast = hastened(lambda x: w * x + v, 1.0)
    for k in range(5):
        w.data, v.data = float(k), -1.0
        assert fast(3.0) == 3 * k - 1 and fast.value_and_grad(3.0) == (3 * k - 1, k)
        assert fast.value_and_grad(3.0, wrt="parameters") == (3 * k - 1, [3.0])
    other = Value(0.0)
    other.data = 7.0  # of no concern, but the clock goes on
    assert fast(1.0) == 3.0


@pytest.mark.parametrize("number", [3, True, 0.1, Fraction(1, 3), np.float64(0.5), 10**400, -(10**400), math.nan])
def test_a_parameter_may_be_any_number(number):
    w, v = Value(2.0), Value(1.0)
    fast, slow = [autograd.compile(lambda x: w * x * v, backend=name) for name in ("llvm", "python")]
    for data in (2.0, 2.0, 2.0, number, 1.0, number, number):
        v.data = data
        for call in (lambda f: f(3.0), lambda f: f.value_and_grad(3.0), lambda f: f.batch(np.ones(2)).tolist()):
            assert repr(call(fast)) == repr(call(slow))
        assert repr(fast.value_and_grad(3.0, wrt="parameters")) == repr(slow.value_and_grad(3.0, wrt="parameters"))
    assert calls(fast)[:2] == [True] * 2 and inspect.isbuiltin(fast.batch._call)


def test_gradients_by_parameters():
    w, v, frozen = Value(2.0), Value(5.0), Value(1.0, requires_grad=False)
    fast = autograd.compile(lambda x: frozen * w * x[0] if len(x) == 1 else v * x[1] + w, backend="llvm")
    descent = Value(2.0)
    for k in range(4):
        w.data = descent.data = float(k)
        assert inspect.isbuiltin(fast.value_and_grad) == (k > 1)
        for x in ([3.0], np.array([3.0])):
            found = fast.value_and_grad(x, wrt="parameters")
            assert found == (3.0 * k, [3.0]) and {type(g) for g in found[1]} == {float}
        value, (by_w,) = fast.batch.value_and_grad(np.array([[3.0], [4.0]]), wrt="parameters")
        assert value.tolist() == [3.0 * k, 4.0 * k] and by_w.tolist() == [3.0, 4.0]
    for _ in range(3):
        assert fast.value_and_grad([1.0, 2.0], wrt="parameters") == (13.0, [1.0, 2.0])  # now there is one parameter more
    assert fast.value_and_grad([3.0], wrt="parameters") == (9.0, [3.0, 0.0])
    assert [g.tolist() for g in fast.batch.value_and_grad(np.array([[3.0]]), wrt="parameters")[1]] == [[3.0], [0.0]]


@pytest.mark.parametrize("backend", ["llvm", "python"])
def test_parameters_that_are_frozen_and_freed(backend):
    """As in an eager run at that moment, for every shape, whether it was recorded before or after."""
    a, b = Value(2.0, "a"), Value(3.0, "b", requires_grad=False)
    fast = autograd.compile(lambda xs: a * b * sum(xs), backend=backend)

    def check():
        for xs in ([1.0], [1.0, 0.5], np.array([1.0])):
            for _ in range(3):
                value, slopes = fast.value_and_grad(xs, wrt="parameters")
                of_rows = fast.batch.value_and_grad(np.array([xs, xs]), wrt="parameters")[1]
                eager, known = a * b * sum(list(xs)), fast.parameters
                slope = {p: g if p.requires_grad else 0.0 for p, g in ((a, b.data * sum(xs)), (b, a.data * sum(xs)))}
                assert value == eager.data and slopes == [slope[p] for p in known]
                assert [g.tolist() for g in of_rows] == [[g, g] for g in slopes]
                assert {p for p in (a, b) if p.requires_grad} <= {*known}

    for turn in range(4):
        check()
        b.requires_grad = True
        check()
        a.requires_grad = turn % 2 == 1
        check()
        a.data, b.requires_grad, a.requires_grad = a.data + 1, turn % 2 == 0, True
    b.requires_grad = True
    assert "def value_and_gradient(x, p=(6.0, 3.0,)):" in fast.source(wrt="parameters")


def test_products_with_the_hessian():
    w = Value(1.0)
    fast = autograd.compile(lambda x, y: w * x[0] ** 2 * x[1] * y, backend="llvm")
    numbers, arrays = ([2.0, 3.0], 5.0), (np.array([2.0, 3.0]), np.array([5.0]))
    for k in range(4):
        w.data = float(k)
        assert inspect.isbuiltin(fast.hvp) == (k > 0)
        assert fast.hvp(*numbers, v=([1.0, 0.0], 1.0)) == (60.0 * k, ([42.0 * k, 24.0 * k], 12.0 * k))
        assert fast.hvp(*numbers, v=[[1, 0], 1]) == (60.0 * k, ([42.0 * k, 24.0 * k], 12.0 * k))
        assert fast.hvp(*numbers, v=(1, 0, 1)) == (60.0 * k, ([42.0 * k, 24.0 * k], 12.0 * k))
    of_arrays = autograd.compile(lambda x, y: x[0] ** 2 * x[1] * y[0], backend="llvm")
    for _ in range(4):
        value, (first, second) = of_arrays.hvp(*arrays, v=(np.array([1.0, 0.0]), np.ones(1)))
        assert value == 60.0 and first.tolist() == [42.0, 24.0] and second.tolist() == [12.0]
        assert of_arrays.hvp(*arrays, v=[1.0, 0.0, 1.0]) == (60.0, ([42.0, 24.0], [12.0]))
        with pytest.raises(ValueError, match="v has 2 numbers for 3 inputs: give one for each"):
            of_arrays.hvp(*arrays, v=np.ones(2))
        with pytest.raises(TypeError, match="required keyword-only argument: 'v'"):
            of_arrays.hvp(*arrays)
    for wrong in ("a", None, [None] * 3):
        with pytest.raises((TypeError, ValueError)):
            fast.hvp(*numbers, v=wrong)


def test_words_that_are_made_as_it_runs():
    """Names are compared by address, and then as ever."""
    w = Value(2.0)
    fast = autograd.compile(lambda x: w * x, backend="llvm")
    for _ in range(4):
        assert fast.value_and_grad(3.0, wrt="parameters") == (6.0, [3.0])
        assert fast.value_and_grad(3.0, wrt="".join(["para", "meters"])) == (6.0, [3.0])
        assert fast.value_and_grad(3.0, **{"".join(["w", "rt"]): "parameters"}) == (6.0, [3.0])
        assert fast.value_and_grad(3.0, wrt="inputs") == fast.value_and_grad(3.0) == (6.0, 2.0)
    for wrong in ({"wrt": "x"}, {"v": "parameters"}, {"wrt": "parameters", "v": 1}, {"wrt": None}):
        with pytest.raises((TypeError, ValueError)):
            fast.value_and_grad(3.0, **wrong)
    with pytest.raises(TypeError, match="expected an int, a float or a Fraction, got '3'"):
        fast.value_and_grad("3", wrt="parameters")


def test_keywords_are_handed_on():
    fast = hastened(product, 1.0, 2.0)
    assert fast.value_and_grad(2, 3, wrt="inputs") == (8, (4, 2))
    with pytest.raises(ValueError, match="wrt is 'inputs' or 'parameters', got 'x'"):
        fast.value_and_grad(2, 3, wrt="x")
    with pytest.raises(TypeError, match="unexpected keyword argument 'y'"):
        fast.jacobian(2, y=3)


def test_each_way_through_a_branch():
    fast = autograd.compile(lambda x: x * x if x > 1 else (2 * x if x > 0 else -x), backend="llvm")
    for _ in range(4):
        assert [fast(x) for x in (3.0, 0.5, -2.0, float("nan"), 1.0, 0.0)][:3] == [9.0, 1.0, 2.0]
        assert [fast.value_and_grad(x) for x in (3.0, 0.5, -2.0)] == [(9, 6), (1, 2), (2, -1)]
    assert len(fast._entrances._kept["_value"]) == 3 and calls(fast)[:2] == [True, True]


def test_more_shapes_than_there_are_entrances():
    fast = autograd.compile(lambda xs: autograd.sum(xs), backend="llvm")
    for _ in range(3):
        for n in range(1, 2 * entrance.MOST):
            assert fast([1.0] * n) == n and fast(tuple([2] * n)) == 2 * n
    assert sum(e is not None for e in fast._entrances._kept["_value"].values()) == entrance.MOST


def test_nested_lists_in_and_out():
    def f(a, b):
        (x, y), z = a
        return [x * b[0], [y, (z, b[1])]], (x,), []

    fast = hastened(f, ([1, 2], 3), [4.0, 5])
    for a in (([1, 2], 3), [(1, 2), 3.0], [[1, np.float64(2)], np.int8(3)]):
        for b in ([4, 5], (4.0, 5.0)):
            found = fast(a, b)
            assert found == ([4.0, [2.0, (3.0, 5.0)]], (1.0,), []) and type(found[0][1][1][0]) is float
    for wrong in (([1, 2, 3], 3), ([1], 3), (1, 2), ([[1], 2], 3), [[1, 2]]):
        with pytest.raises((TypeError, ValueError)):
            fast(wrong, [4, 5])


def test_results_that_are_made_in_python():
    fast = autograd.compile(lambda x: Pair(x, [x * x]), backend="llvm")
    for _ in range(4):
        assert fast(3) == Pair(3.0, [9.0]) and type(fast(3)) is Pair
    assert calls(fast) == [False] * 3


@pytest.mark.parametrize("shape", [(4,), (2, 2), (1, 2, 2), (2, 2, 1)])
def test_arrays_in_and_out(shape):
    def f(x):
        flat = list(np.ravel(np.array(x, dtype=object)))
        return [flat[0] * v for v in flat]

    fast, x = autograd.compile(f, backend="llvm"), np.arange(1.0, 5.0).reshape(shape)
    for _ in range(4):
        found, jacobian = fast(x), fast.jacobian(x)
        assert found.tolist() == [1, 2, 3, 4] and jacobian.shape == (4, *shape)
        assert jacobian.reshape(4, 4).tolist() == [[2, 0, 0, 0], [2, 1, 0, 0], [3, 0, 1, 0], [4, 0, 0, 1]]
        found[:], jacobian[...] = 0, 0  # they are the caller's
    assert calls(fast) == [True, False, True]


def arrays_of(x):
    """An array's numbers in other arrays, which machine code may not take for it."""
    frozen = x.copy()
    frozen.flags.writeable = False
    odd = np.frombuffer(b"0" + x.tobytes(), dtype=float, offset=1)
    spread = np.repeat(x, 2)[::2]
    return [frozen, odd, spread, x[::-1].copy()[::-1], x.astype("f4"), x.astype(int), x.astype(">f8"), x.view(np.matrix).A1]


@pytest.mark.parametrize("method", ["__call__", "value_and_grad", "jacobian"])
def test_arrays_of_other_kinds(method):
    fast = hastened(lambda x: autograd.sum([v * v for v in x]), np.ones(3))
    for x in arrays_of(np.array([1.0, 2.0, 3.0])):
        found = getattr(fast, method)(x)
        value, gradient = found if method == "value_and_grad" else (14.0, found)
        assert value == 14.0
        assert gradient == 14.0 if method == "__call__" else gradient.tolist() == [2, 4, 6]
    for n in (0, 2, 4):
        assert fast(np.ones(n)) == n
    assert fast(np.ones((3, 1)).ravel()) == 3 and fast([1, 2, 3]) == 14 and fast.value_and_grad([1, 2, 3])[1] == [2, 4, 6]


def test_several_arrays_and_numbers_beside_them():
    fast = hastened(lambda x, m: [m[0][0] * x[0], m[1][1] * x[1]], np.ones(2), np.ones((2, 2)))
    x, m = np.array([2.0, 3.0]), np.array([[4.0, 5.0], [6.0, 7.0]])
    assert fast(x, m).tolist() == [8, 21]
    assert [[a.shape for a in row] for row in fast.jacobian(x, m)] == [[(2,), (2, 2)], [(2,), (2, 2)]]
    mixed = hastened(lambda x, s: [v * s for v in x], np.ones(2), 1.0)
    assert mixed(x, 2) == [4.0, 6.0] and mixed([2, 3], 2) == [4.0, 6.0]
    assert mixed(x, np.array(2.0)) == [4.0, 6.0]


def test_a_long_program_lets_other_threads_run(monkeypatch):
    monkeypatch.setattr(llvm, "PATIENCE", 3)
    fast = autograd.compile(product, backend="llvm")
    assert [fast(2, 3) for _ in range(4)] == [8] * 4 and calls(fast) == [False] * 3


@pytest.mark.parametrize("other", ["python", "offsets"])
def test_where_objects_look_otherwise(other, monkeypatch):
    entrance.objects_are_as_expected.cache_clear()
    if other == "python":
        monkeypatch.setattr(entrance, "python_implementation", lambda: "PyPy")
    else:
        monkeypatch.setitem(entrance.AT, "descr", entrance.AT["data"])
    try:
        fast = autograd.compile(product, backend="llvm")
        assert [fast(2, 3) for _ in range(4)] == [8] * 4 and calls(fast) == [False] * 3
    finally:
        entrance.objects_are_as_expected.cache_clear()


def test_no_object_is_lost_or_kept():
    fast, numbers = hastened(lambda x, y: [x * y, (x, y)], 1.5, 2.5), [3.25, 4.25]
    arrays, x = hastened(lambda x: autograd.sum(x), np.ones(3)), np.ones(3)
    watched = [*numbers, x, x.dtype, None, float, np.empty, ...]
    rows, others, w = np.ones((4, 3)), np.ones((5, 3)), Value(1.5)
    moved = autograd.compile(lambda x: w * x, backend="llvm")
    watched += [w, entrance.PARAMETERS]

    def work(times):
        for _ in range(times):
            fast(*numbers), fast.value_and_grad, fast.jacobian(*numbers), arrays(x), arrays.value_and_grad(x)
            fast.batch(x, x), arrays.batch(rows), arrays.batch.value_and_grad(rows), arrays.batch(others)
            w.data = 0.5
            moved(3.0), moved.value_and_grad(3.0, wrt="parameters"), moved.batch.value_and_grad(x, wrt="parameters")

    work(10)
    counts, blocks = [sys.getrefcount(o) for o in watched], sys.getallocatedblocks()
    work(1000)
    assert all(abs(sys.getrefcount(o) - n) < 100 for o, n in zip(watched, counts))
    assert sys.getallocatedblocks() - blocks < 200


def test_a_compiled_function_is_collected_with_its_entrances():
    collected = []

    class Token:
        def __del__(self):
            collected.append(1)

    def made():
        token = Token()
        hastened(lambda x, y: x * y if token else x, 1.0, 2.0)

    made()
    gc.collect()
    assert collected == [1]


def test_a_collection_amid_a_call_may_call_again():
    """Making results can set off Python's collector, and that anything: also the same call with other numbers."""
    fast = hastened(lambda x: [[x, (x,)], [[2 * x]], (x * x,)], 1.0)
    expected, seen = [[3.0, (3.0,)], [[6.0]], (9.0,)], []

    class Rude:
        def __init__(self):
            self.me = self

        def __del__(self):
            seen.append(fast(5.0))

    before = gc.get_threshold()
    gc.set_threshold(1)
    try:
        for _ in range(50):
            Rude()
            assert fast(3.0) == expected
    finally:
        gc.set_threshold(*before)
    assert len(seen) > 10 and all(found == [[5.0, (5.0,)], [[10.0]], (25.0,)] for found in seen)


@pytest.mark.parametrize("calls", [1, 3])
def test_garbage_may_call_what_is_garbage_too(calls):
    seen = []

    class Last:
        def __init__(self):
            self.fast, self.me = autograd.compile(product, backend="llvm"), self
            for _ in range(calls):
                self.fast(1.0, 2.0)

        def __del__(self):
            seen.append(self.fast(2.0, 3.0))

    for _ in range(10):
        Last()
    gc.collect()
    assert seen == [8.0] * 10


def test_calls_from_several_threads():
    w = Value(1.0)
    fast, wrong = hastened(lambda x, y: [x * w, y * w], 1.0, 2.0), []

    def work(k):
        for i in range(2000):
            found = fast(float(k), float(i))
            if found[0] % k or found[1] * k != found[0] * i:  # both times one w, whichever it was
                wrong.append((k, i, found))

    threads = [threading.Thread(target=work, args=(k,)) for k in (1, 2, 3, 5)]
    for t in threads:
        t.start()
    for k in range(200):
        w.data = float(1 + k % 4)
    for t in threads:
        t.join()
    assert not wrong and fast(1.0, 2.0) == [4.0, 8.0]
