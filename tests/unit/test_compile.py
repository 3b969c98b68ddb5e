"""autograd.compile: what it takes, gives, refuses and says."""

import math
import pathlib
import re
import subprocess
import sys
import threading
import types
from fractions import Fraction

import numpy as np
import pytest

import autograd
import nn
from autograd import Op, Value, no_grad, tanh, where
from autograd.compile import (
    BranchError,
    FallbackWarning,
    RowError,
    TraceError,
    extras,
    interchange,
    machine,
    tiles,
    variants,
)
from autograd.compile.lower import lower
from autograd.compile.record import record
from autograd.compile.symbols import Builder
from autograd.installing import extra
from autograd.intrinsics import nonzero

BACKENDS = ["python", "arrays", "llvm"]
backends = pytest.mark.parametrize("backend", BACKENDS)


def quick(f, **options):
    return autograd.compile(f, backend="python", **options)


# ------------------------------------------------------------------------------------------------- what it gives
@backends
def test_numbers_lists_and_nests_in_and_out(backend):
    fast = autograd.compile(lambda a, b: (a * b[0], [b[1][0] + 1, a], {0: b[1][1]}[0]), backend=backend)
    assert fast(2, [3, (4, 5)]) == (6.0, [5.0, 2.0], 5.0)
    assert fast(np.float32(2), [np.array(3), np.array([4, 5])]) == (6.0, [5.0, 2.0], 5.0)
    with pytest.raises(IndexError):
        fast(2, [3])
    assert "2 recordings" not in repr(fast)


@backends
def test_a_new_shape_is_recorded_anew(backend):
    fast = autograd.compile(lambda xs: autograd.sum(xs), backend=backend)
    assert (fast([1, 2]), fast([1, 2, 3]), fast.batch(np.ones((2, 4))).tolist()) == (3.0, 6.0, [4.0, 4.0])
    assert repr(fast) == "<compiled <lambda>, 3 recordings>"


@backends
def test_results_that_compute_nothing(backend):
    w = Value(0.5, "w")
    fast = autograd.compile(lambda x: [x, w, Value(3), 7, x], backend=backend)
    assert fast(2) == [2.0, 0.5, 3.0, 7.0, 2.0]
    X = np.array([1.0, 2.0])
    Y = fast.batch(X)
    assert Y.tolist() == [[1, 0.5, 3, 7, 1], [2, 0.5, 3, 7, 2]]
    Y[:] = 0
    assert X.tolist() == [1, 2]


@backends
def test_parameters_are_read_in_each_call(backend):
    w, data = Value(0.5, "w"), Value(10.0, requires_grad=False)
    fast = autograd.compile(lambda x: w * x + data, backend=backend)
    assert fast.parameters == []
    assert fast(2) == 11.0
    w.data, data.data = 1, 20
    assert fast(2) == 22.0 and fast.batch([2, 3]).tolist() == [22.0, 23.0]
    assert fast.parameters == [w]
    assert fast.value_and_grad(2, wrt="parameters") == (22.0, [2.0])
    w.data = 10**400
    assert fast(2) == float("inf")


@backends
def test_parameters_that_a_branch_does_not_use_have_gradient_0(backend):
    u, v = Value(2.0), Value(3.0)
    fast = autograd.compile(lambda x: u * x if x > 0 else v * x * u, backend=backend)
    assert fast.value_and_grad(5, wrt="parameters") == (10.0, [5.0])
    assert fast.value_and_grad(-1, wrt="parameters") == (-6.0, [-3.0, -2.0])
    assert fast.value_and_grad(5, wrt="parameters") == (10.0, [5.0, 0.0])
    value, gradient = fast.batch.value_and_grad(np.array([5.0]), wrt="parameters")
    assert fast.parameters == [u, v] and value.tolist() == [10.0] and [g.tolist() for g in gradient] == [[5.0], [0.0]]


@backends
def test_rows_of_a_batch_with_several_arguments(backend):
    fast = autograd.compile(lambda w, x, b: [autograd.dot(w, x, b), b], backend=backend)
    W, X, B = np.arange(6.0).reshape(3, 2), np.ones((3, 2), dtype=np.int8), np.array([True, False, True])
    assert fast.batch(W, X, B).tolist() == [[2, 1], [5, 0], [10, 1]]
    first, second = fast.batch.jacobian(W, X, B)
    assert [a.shape for a in first] == [(3, 2), (3, 2), (3,)]
    assert first[0].tolist() == X.tolist() and second[2].tolist() == [1, 1, 1]
    loss = autograd.compile(lambda w, b: w[0] ** 2 * w[1] * b, backend=backend)
    value, (dw, db) = loss.batch.hvp(W, B, v=(np.ones((3, 2)), np.zeros(3)))
    for k, (w, b) in enumerate(zip(W.tolist(), B.tolist())):
        z, (hw, hb) = autograd.hvp(lambda w, b: w[0] ** 2 * w[1] * b, (w, b), ((1, 1), 0))
        assert (value[k], dw[k].tolist(), db[k]) == (z, hw, hb)
    single = autograd.compile(lambda x: x**3, backend=backend)
    assert [a.tolist() for a in single.batch.hvp([1.0, 2.0], v=[1.0, 0.5])] == [[1, 8], [6, 6]]


@backends
def test_arrays_as_they_come(backend):
    fast = autograd.compile(lambda x: [x[0] - x[1], x[1]], backend=backend)
    X = np.arange(12.0).reshape(3, 4)
    want = [[-1, 1], [-1, 5], [-1, 9]]
    frozen = X[:, :2].copy()
    frozen.flags.writeable = False
    for array in (
        X[:, :2],
        frozen,
        np.asfortranarray(X[:, :2]),
        X[:, :2].astype("f4"),
        X[:, :2].astype(">f8"),
        X[:, :2].tolist(),
    ):
        assert fast.batch(array).tolist() == want
    assert fast.batch(X[::-1, :2]).tolist() == want[::-1]
    assert fast.batch(np.zeros((0, 2))).shape == (0, 2)
    assert np.isnan(fast.batch(np.array([[np.nan, 1]]))[0, 0])


@backends
def test_an_empty_batch_first(backend):
    assert autograd.compile(lambda x: x.log(), backend=backend).batch(np.zeros(0)).shape == (0,)
    assert autograd.compile(lambda x: 1 + 0 * autograd.sum(x), backend=backend).batch(np.zeros((3, 0))).tolist() == [1, 1, 1]


def test_a_batch_without_a_number_to_count_by():
    fast = quick(lambda x: x)
    for wrong, error, words in [
        ((2.0,), ValueError, "one number, 2.0"),
        (([[1, 2], [3]],), ValueError, "argument 1 of a batch must be even"),
        ((["a"],), TypeError, "plain real numbers; argument 1[0] is 'a': write float(...)"),
        (([1j],), TypeError, "argument 1[0] is 1j: give a number"),
        (([Value(1)],), TypeError, "argument 1[0] is Value(1): give its data"),
        ((np.array([1.0], dtype=object),), TypeError, "real numbers, got an array of object: write .astype(float)"),
        ((), TypeError, "needs an argument"),
    ]:
        with pytest.raises(error, match=re.escape(words)):
            fast.batch(*wrong)
    with pytest.raises(ValueError, match="the arguments have 2, 1 rows"):
        quick(lambda x, y: x).batch([1, 2], [3])
    with pytest.raises(ValueError, match="v must have the shape of the inputs"):
        fast.batch.hvp([1.0], v=[[1.0]])
    with pytest.raises(ValueError, match=r"^v is one number, 1: give one for each row"):
        fast.batch.hvp([1.0], v=1)
    with pytest.raises(ValueError, match=r"^v\[1\] is one number, 0: give one for each row"):
        quick(lambda x, y: x * y).batch.hvp([1.0], [2.0], v=([1.0], 0))


def test_a_list_of_one_is_not_one():
    for f, said in ((lambda x: [x], "a list of 1: return the number itself"), (lambda x: (x, x), "a tuple of 2: use jac")):
        with pytest.raises(ValueError, match=f"this one gives {said}"):
            quick(f).value_and_grad(1.0)


def test_wrong_inputs():
    fast = quick(lambda x: x * x)
    with pytest.raises(TypeError, match="got 'a': convert it first"):
        fast("a")
    with pytest.raises(TypeError, match="complex"):
        fast(1j)
    with pytest.raises(TypeError, match="take plain numbers"):
        fast.value_and_grad(Value(2))
    with pytest.raises(ValueError, match="v has 2 numbers for 1 inputs"):
        fast.hvp(2, v=[1, 2])
    with pytest.raises(ValueError, match="wrt is 'inputs' or 'parameters', got 'w'"):
        fast.value_and_grad(2, wrt="w")
    with pytest.raises(ValueError, match="a function of one output is needed"):
        quick(lambda x: [x, x]).value_and_grad(2)
    with pytest.raises(TypeError, match="returned None"):
        quick(lambda x: None)(2)
    with pytest.raises(ValueError, match="a backend is one of llvm, arrays, python"):
        autograd.compile(abs, backend="gpu")
    with pytest.raises(ValueError, match="1 or more; got 0"):
        autograd.compile(abs, variants=0)
    with pytest.raises(TypeError, match="compile takes a function"):
        autograd.compile(3)
    with pytest.raises(TypeError, match="goes with a recorded graph"):
        autograd.compile(abs, parameters=[])


def test_given_values_it_is_the_function_itself():
    fast = quick(lambda x: x * x)
    z = fast(Value(3.0))
    assert z.op.name == "mul"
    outer = quick(lambda x: fast(x) + 1)
    assert outer(3) == 10.0


# ---------------------------------------------------------------------------------------------- a recorded graph
def test_a_recorded_graph():
    x, w, c = Value(2.0, "x"), Value(3.0, "w"), Value(1.0, requires_grad=False)
    loss = (x * w + c) ** 2
    fast = quick(loss, inputs=[x])
    assert fast.parameters == [w] and fast(2) == 49.0 and fast.value_and_grad(0, wrt="parameters") == (1.0, [0.0])
    w.data, c.data = 4.0, 100.0
    assert fast(2) == 81.0  # a parameter is read anew, a constant is not
    with pytest.raises(autograd.StaleError):
        quick(loss, inputs=[x])
    w.data = 3.0
    loss = x * w
    fast = quick([loss, loss + w], inputs=[[x, w]], parameters=[])
    assert fast([5, 6]) == [30.0, 36.0] and fast.parameters == []
    assert "x[0] * x[1]" in quick(loss, inputs=[x, w]).source()
    fast = quick(loss, inputs=[x], parameters=[])
    w.data = 7.0
    assert fast(1) == 3.0
    loss = x * w
    with pytest.raises(ValueError, match="is computed: the inputs and parameters of a graph are its leaves"):
        quick(loss * 1, inputs=[loss])
    with pytest.raises(TypeError, match="made of Values, got 2"):
        quick(loss, inputs=[2])


# ---------------------------------------------------------------------------------- what a recording cannot hold
def reads_data(x):
    return x * x.data


def makes_float(x):
    return x * float(x)


def makes_int(x):
    return x * int(x)


def asks_truth(x):
    return x if x else -x


def reads_item(x):
    return x.item() * x


def goes_back(x):
    z = x * x
    z.backward()
    return z * x.grad


def reads_slopes(x):
    return (x * x).local_grads[0] * x


def plain_gradient(x):
    return autograd.grad(x * x, [x])[0] * x


def forward_mode(x):
    return autograd.jvp(lambda t: t * t, x, 1, create_graph=True)[1]


def assigns(x):
    x.data = 3
    return x


def asks_equal(x):
    return x if x == 1 else 2 * x


def asks_unequal(x):
    return 2 * x if x != 1 else x


@pytest.mark.parametrize(
    "function, words",
    [
        (reads_data, "reads the data of a Value"),
        (makes_float, "turns a Value into a plain number"),
        (makes_int, "turns a Value into a plain number"),
        (asks_truth, "asks for the truth of a Value"),
        (reads_item, "reads the number of a Value"),
        (goes_back, "calls backward(), which gives plain numbers,"),
        (reads_slopes, "reads the slopes of a Value"),
        (plain_gradient, "asks for a gradient as a plain number"),
        (forward_mode, "uses forward mode"),
        (assigns, "assigns the data of a Value"),
        (asks_equal, "asks whether a Value == 1"),
        (asks_unequal, "asks whether a Value == 1"),
    ],
)
def test_what_would_be_baked_in_is_refused_with_its_line(function, words):
    with pytest.raises(TraceError) as caught:
        quick(function)(2)
    message = str(caught.value)
    assert words in message and f"{pathlib.Path(__file__).name}:" in message and message.split(": ")[-1]
    assert Value(2.0).data == 2.0 and (Value(2.0) > 1) is True and not hasattr(Value, "where")


def test_equality_of_objects_is_what_it_always_is():
    c = Value(3.0)

    def f(x):
        known = {c: 1, x: 2}
        return x * known[x] + (c if c == c and c != x and c in [x, c] and x is not None else 0) + (Value(1.0) == 1)

    assert quick(f)(2) == 7.0
    assert (Value(1.0) == 1, Value(1.0) != 1) == (False, True) and "__eq__" not in vars(Value)


def test_parameters_are_watched_too():
    w = Value(0.5)
    with pytest.raises(TraceError, match="reads the data"):
        quick(lambda x: x * w.data)(1)
    fast = quick(lambda x: x if w > 0 else -x)
    assert fast(3) == 3.0
    w.data = -1
    assert fast(3) == -3.0
    detached = quick(lambda x: x * w.detach())
    assert detached.value_and_grad(2, wrt="parameters") == (-2.0, [0.0])
    w.data = 5
    assert detached(2) == 10.0


def test_constants_made_inside_may_be_read():
    def f(x):
        c = Value(3)
        if c and c > 2:
            x = x * c.data
        return x

    fast = quick(f)
    assert fast(2) == 6.0 and fast.report().entries[0].program.guards == ()


def test_numbers_computed_before_are_refused():
    w = Value(2.0)
    before = w * 3
    with pytest.raises(TraceError, match=r"uses 6.0, which mul computed before it was called"):
        quick(lambda x: x * before)(1)


def test_a_recording_inside_a_recording():
    inner = quick(lambda x: x * x if x > 0 else x)
    outer = quick(lambda x: x * inner(3) + (x if x > 1 else 0))
    assert (outer(2), outer(1)) == (20.0, 9.0)


def test_printing_is_allowed(capsys):
    fast = quick(lambda x: (print(x, f"{x:.1f}"), x * 2)[1])
    assert fast(2) == 4.0 and capsys.readouterr().out == "Value(2.0) 2.0\n"


def test_no_grad_and_detach_inside():
    def f(x):
        with no_grad():
            a = x * x
        return a * x + x.detach()

    assert quick(f).value_and_grad(3) == (30.0, 9.0)
    with no_grad():
        assert quick(f).value_and_grad(3) == (30.0, 9.0)


def test_derivatives_inside_are_recorded():
    fast = quick(lambda x: autograd.grad(tanh(x) * x, [x], create_graph=True)[0])
    assert fast(0.5) == pytest.approx(tanh(0.5) + 0.5 * (1 - tanh(0.5) ** 2))
    assert quick(lambda x: autograd.grad(Value(2) * 3, [x], create_graph=True, materialize_grads=True)[0])(1) == 0.0


def test_other_threads_do_not_notice():
    seen = {}

    def elsewhere():
        x = Value(2)
        y = Value(1) / 3
        seen["data"], seen["order"], seen["truth"] = x.data, x > 1, bool(x)
        seen["detached"], seen["compared"] = x.detach().data, x.__lt__(threading.Lock())
        seen["nonzero"] = nonzero(Value(0))
        half = autograd.mean([Value(Fraction(1), "half"), 2])
        seen["slope"] = autograd.grad(half, half.parents[0], create_graph=True)[0].data
        seen["y"] = y.data
        z = autograd.where(x, x * 2, 0)
        seen["grad"] = autograd.grad(autograd.grad(z * z, [x], create_graph=True)[0], [x])
        x.data = 4
        seen["assigned"] = x.data
        try:
            float(x)
        except TypeError as error:
            seen["float"] = str(error)

    def f(x):
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        return x

    assert quick(f)(1) == 1.0
    assert seen["data"] == 2 and seen["order"] is True and seen["truth"] is True and seen["detached"] == 2
    assert seen["compared"] is NotImplemented and seen["nonzero"] is False and seen["assigned"] == 4
    assert seen["slope"] == Fraction(1, 2) and seen["grad"] == (8,) and "plain number" in seen["float"]


# ------------------------------------------------------------------------------------------------------ branches
def limited(x):
    if x > 0:
        return x
    return -x if x > -1 else x * 0


def test_branches_are_kept_up_to_a_bound():
    fast = quick(limited, variants=2)
    assert (fast(1), fast(-0.5), fast(2)) == (1.0, 0.5, 2.0)
    with pytest.raises(BranchError) as caught:
        fast(-2)
    assert re.search(
        r"another way than the 2 recorded: at \S+test_compile.py:\d+: return -x if x > -1 else x \* 0", str(caught.value)
    )
    with pytest.raises(BranchError, match="variants="):
        fast.batch([1.0, -0.5, -2.0])
    assert quick(limited).batch([1.0, -0.5, -2.0, 3.0]).tolist() == [1.0, 0.5, 0.0, 3.0]


def test_a_batch_whose_branches_give_other_shapes():
    with pytest.raises(ValueError, match="another shape in another branch"):
        quick(lambda x: [x] if x > 0 else [x, x]).batch([1.0, -1.0])


def test_a_guard_within_rounding_takes_the_recorded_way():
    def f(x):
        p = autograd.softmax([x, 0.1 * x])[0]
        return p if p >= autograd.softmax([x, 0.1 * x])[0].detach() else -p

    fast = quick(f)
    points = [k / 7 for k in range(1, 20)]
    assert [fast(x) for x in points] == pytest.approx([f(Value(x)).data for x in points])


@backends
def test_rows_that_rounding_moves_across_a_branch_follow_the_engine(backend):
    f = lambda x: x if autograd.gelu(x) < 0 else -x  # the row's formula rounds to -0.0 far below 0, its float value does not
    fast = autograd.compile(f, backend=backend)
    assert fast.batch([-20.0, -20.0, -1.0]).tolist() == [-20.0, -20.0, -1.0] and fast(-20) == -20.0
    assert autograd.compile(f, backend=backend)(-20) == -20.0


def test_branches_in_the_text():
    fast = quick(limited)
    fast(1)
    text = fast.source()
    assert fast.source() == text and "raise ValueError('this branch was not recorded: " in fast.source()
    assert "!= 1.0) return 1; /* " in fast.c_source() and text.endswith("]\n")
    with pytest.raises(ValueError, match="nothing is recorded yet"):
        quick(limited).source()


# ---------------------------------------------------------------------------------------------------------- rows
def test_rows_that_cannot_be_compiled_say_why():
    import math

    bad = Op("compile_bad", value=lambda x: math.floor(x), slopes=lambda z, x: (0,), doc="Of a test.")
    asks = Op("compile_asks", value=lambda x: x if x > 0 else 0.0, slopes=lambda z, x: (1,), doc="Of a test.")
    mixed = Op("compile_mixed", value=lambda x: x & True, slopes=lambda z, x: (1,), doc="Of a test.")
    outer = Op("compile_outer", value=lambda x: asks(x) + 1, slopes=lambda z, x: (1,), doc="Of a test.")
    with pytest.raises(RowError, match="the row of operation 'compile_bad' cannot be compiled: .*A row is made of"):
        quick(bad)(2)
    with pytest.raises(RowError, match="'compile_asks' cannot be compiled: it asks whether a condition holds"):
        quick(asks)(2)
    with pytest.raises(RowError, match="join conditions"):
        lower(record(lambda x: mixed(x), (1,)))
    with pytest.raises(RowError, match="'compile_outer'.*'compile_asks'"):
        quick(outer)(2)


def test_constants_are_python_s_own():
    fast = quick(lambda x: x * (Value(1) / 3) + Value(2) ** 10 + autograd.exp(Value(1000)))
    entry = fast.report().entries
    assert entry == () and str(fast.report()) == "nothing is recorded yet: call it once"
    assert fast(3) == float("inf")
    counts = fast.report().entries[0].counts
    assert counts.folded == 3 and "(0 not needed, 3 constant)" in str(fast.report())
    overflow = Op(
        "compile_ratio", value=lambda x, a, b: x + a / b, slopes=lambda z, x, a, b: (1, 1 / b, -a / b / b), doc="Of a test."
    )
    assert quick(lambda x: overflow(x, 1, 0))(2) == float("inf")


def test_equal_steps_are_shared_and_idle_ones_left_out():
    program, counts = lower(record(lambda x, y: [x * y - 0, (y * x) * 1 / 1, abs(x) ** 1], (1.0, 2.0)))
    assert [i.op for i in program.instructions] == ["input", "input", "mul", "abs"] and counts.shared == 1
    kept = lower(record(lambda x: [x - Value(-0.0), x + 0, x * -1, x**-1, x**0], (1.0,)))[0]
    assert [i.op for i in kept.instructions if i.op not in ("input", "constant")] == ["sub", "add", "mul", "div"]


def test_conditions_in_rows():
    b = Builder()
    x = b.source("input", 0)
    assert {(True & (x > 0)).kind, ((x < 1) | False).kind, (x > 0).is_nonzero().kind} == {"condition"}
    one = (x > 0).where(1, 0)
    assert one.is_nonzero().place == (x > 0).place and x.where(x, x).place == x.place
    with pytest.raises(TypeError, match="unhashable"):
        hash(x)


@backends
def test_a_nan_has_nan_gradients(backend):
    nan = float("nan")
    fast = autograd.compile(lambda x, y: x + y, backend=backend)
    value, gradient = fast.batch.value_and_grad([nan, 1.0], [1.0, 2.0])
    assert np.array_equal(value, [nan, 3], equal_nan=True)
    assert all(np.array_equal(g, [nan, 1], equal_nan=True) for g in gradient)
    assert np.isnan(autograd.compile(lambda x: x, backend=backend).value_and_grad(nan)[1])


def test_a_nan_that_is_left_out_but_has_a_gradient_passes_it_on():
    at_least = Op("compile_floor", value=lambda x: where(x > 1, x, 1), slopes=lambda z, x: (1,), doc="Of a test.")
    f = lambda x: at_least(autograd.log(x))
    x = Value(-1.0)
    assert np.isnan(autograd.grad(f(x), x)[0]) and f(x).data == 1
    value, slope = quick(f).value_and_grad(-1.0)
    assert value == 1.0 and np.isnan(slope)


@pytest.mark.parametrize("name", ["pow", "power"])
def test_a_nan_that_a_power_hides(name):
    fast = quick(
        lambda x: where(x > 0, 1, 0) * 0 + autograd.log(x) ** Value(0.0) if name == "pow" else (autograd.log(x)) ** 0
    )
    assert fast.value_and_grad(-1.0) == (1.0, 0.0)
    assert quick(lambda x: Value(2.0) ** autograd.log(x)).value_and_grad(1.0) == (1.0, pytest.approx(0.6931471805599453))
    hidden = quick(lambda x: Value(1.0) ** autograd.log(x))
    assert hidden.value_and_grad(-1.0) == (1.0, 0.0)


# ----------------------------------------------------------------------------------------------- what is missing
@pytest.fixture
def without(monkeypatch):
    def hide(*names):
        real = extras.import_module
        monkeypatch.setattr(
            extras, "import_module", lambda m: real(m if m.partition(".")[0] not in names else "no_such_module")
        )
        machine.ready.cache_clear()
        variants.fastest.cache_clear()

    yield hide
    machine.ready.cache_clear()
    variants.fastest.cache_clear()


def test_the_fastest_that_is_installed(without):
    fast = autograd.compile(lambda x: x * x)
    assert fast(2) == 4.0 and fast.report().entries[0].code.name == "llvm"
    without("llvmlite")
    fast = autograd.compile(lambda x: x * x)
    with pytest.warns(FallbackWarning, match=re.escape(f"llvmlite is needed here: install it with {extra('fast')}")):
        assert fast(2) == 4.0
    assert fast.batch([2.0]).tolist() == [4.0] and fast.report().entries[0].code.name == "arrays"
    assert autograd.compile(lambda x: x + x)(2) == 4.0  # said once
    with pytest.raises(ImportError, match="llvmlite is needed"):
        autograd.compile(lambda x: x, backend="llvm")(2)


@pytest.mark.parametrize("names", [("llvmlite", "numpy"), ("numpy",)])
def test_nothing_installed(without, names):
    without(*names)
    fast = autograd.compile(lambda x: x * x)
    with pytest.warns(FallbackWarning):
        assert fast(2) == 4.0 and fast.report().entries[0].code.name == "python"
    with pytest.raises(ImportError, match="numpy is needed here"):
        fast.batch([2.0])


def test_a_c_library_that_lacks_a_function(without, monkeypatch):
    without()
    monkeypatch.setattr(machine, "LIBRARIES", (3, "no such library", machine.LIBRARIES[0]))
    assert machine.ready()
    without()
    monkeypatch.setattr(machine, "FUNCTIONS", ("no_such_function",))
    with pytest.raises(ImportError, match="C library has no no_such_function"):
        machine.ready()


def test_importing_it_loads_the_standard_library_only():
    code = "import sys, autograd; assert 'autograd.compile' not in sys.modules; autograd.compile; print(*sys.modules)"
    root = str(pathlib.Path(autograd.__file__).parents[1])
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "autograd.compile.llvm" in loaded and "numpy" not in loaded and "llvmlite" not in loaded
    with pytest.raises(AttributeError, match="no attribute 'compiled'"):
        autograd.compiled


# ------------------------------------------------------------------------------------------------------ programs
@pytest.mark.parametrize("part", [1, 7, 400])
def test_machine_code_in_parts(part, monkeypatch):
    monkeypatch.setattr(tiles, "PART", part)

    def f(x, y):
        a = where((x > y), tanh(x), x * y)
        return [a * y - x, where(x > y, a, 2.0), x, a]

    fast = autograd.compile(f, backend="llvm")
    other = quick(f)
    for point in [(1.0, 2.0), (2.0, 1.0)]:
        assert fast(*point) == other(*point) and fast.jacobian(*point) == other.jacobian(*point)
    assert fast.batch(np.ones(3), np.zeros(3)).tolist() == [other(1, 0)] * 3


def test_a_network_trains_compiled():
    X, y = nn.datasets.xor_gate().columns()
    model, twin = nn.MLP(2, [3, 1], activation="tanh", seed=0), nn.MLP(2, [3, 1], activation="tanh", seed=0)
    criterion = nn.MSELoss()
    fast = autograd.compile(lambda X: criterion(model(X), y))
    for _ in range(5):
        value, gradient = fast.value_and_grad(X, wrt="parameters")
        loss = criterion(twin(X), y)
        for p in twin.parameters():
            p.zero_grad()
        loss.backward()
        assert value == pytest.approx(loss.data, rel=1e-12)
        slopes = dict(zip(fast.parameters, gradient))
        for p, q in zip(model.parameters(), twin.parameters()):
            assert slopes[p] == pytest.approx(q.grad, rel=1e-10, abs=1e-15)
            p.data -= 0.5 * slopes[p]
            q.data -= 0.5 * q.grad


def test_a_report_tells_of_the_machine_code(monkeypatch, tmp_path):
    fast = autograd.compile(lambda xs: sum(x * x for x in xs).tanh(), backend="llvm")
    fast.batch(np.ones((20, 30)))
    told = str(fast.report())
    assert "30 steps in 1 nests of loops, 1 left over" in told and "not kept on disk" in told
    assert "samples side by side, each: compiled in" in told and "1 sample at a time" not in told
    fast([1.0] * 30)
    monkeypatch.setenv("GLASSGRAD_CACHE", str(tmp_path))
    assert "code for 1 sample at a time" in str(fast.report()) and f"kept in {tmp_path}" in str(fast.report())


# --------------------------------------------------------------------------------------------------------- lookup
def test_a_lookup_is_the_entry_itself():
    table = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    assert autograd.lookup(table, 1) is table[1] and autograd.lookup(table, Value(0)) is table[0]
    assert autograd.lookup([5, 6], True) == 6


@pytest.mark.parametrize("index", [2, -1, 0.5, math.nan, math.inf, Value(2), Value(-1.0), None, "1"])
def test_a_lookup_beyond_the_list_is_an_error(index):
    with pytest.raises(IndexError, match="from 0 to 1, got"):
        autograd.lookup([1.0, 2.0], index)


@backends
def test_one_program_looks_up_every_entry(backend):
    table = [[Value(float(10 * i + j)) for j in range(2)] for i in range(5)]

    def f(token, x):
        a, b = autograd.lookup(table, token)
        return (a * x + b) * autograd.lookup([x, 2 * x, a, 7, b], token)

    fast = autograd.compile(f, backend=backend)
    for token in range(5):
        leaves = [v for row in table for v in row]
        want = autograd.grad(f(Value(token), Value(0.5)), leaves, materialize_grads=True)
        assert fast(token, 0.5) == f(Value(token), Value(0.5)).data
        found = dict(zip(fast.parameters, fast.value_and_grad(token, 0.5, wrt="parameters")[1]))
        assert tuple(found[v] for v in leaves) == want
    assert len(fast.report().entries) == 2
    assert math.isnan(fast(5, 0.5)) and math.isnan(fast(0.5, 0.5)) and math.isnan(fast(-1, 0.5))
    assert fast.batch(np.arange(5), np.ones(5)).tolist() == [f(Value(k), Value(1.0)).data for k in range(5)]


def test_a_lookup_in_an_uneven_table_is_refused():
    fast = autograd.compile(lambda k: autograd.lookup([[Value(1.0)], [Value(1.0), Value(2.0)]], k)[0], backend="python")
    with pytest.raises(ValueError, match="shorter|longer"):
        fast(0)


# --------------------------------------------------------------------------------------------------------- for JAX
@pytest.fixture
def numpy_as_jax(monkeypatch):
    """NumPy has JAX's functions under the same names; JAX itself is tried in tests/agreement."""
    erf = types.SimpleNamespace(erf=np.vectorize(math.erf))
    monkeypatch.setattr(interchange, "import_module", {"jax.numpy": np, "jax.scipy.special": erf}.__getitem__)


def test_a_pure_function_of_parameters_and_inputs(numpy_as_jax):
    w, b, fixed = Value(0.5), Value(-1.0), Value(3.0, requires_grad=False)

    def f(xs, t):
        z = where(xs[0][1] > 0, autograd.erf(w * xs[0][0]), b) * fixed + 2
        return [z, (t, z - b)]

    fast = quick(f)
    with pytest.raises(ValueError, match="nothing is recorded yet"):
        fast.to_jax()
    pure = fast.to_jax([[1, 2]], 3)
    assert fast.parameters == [w, b]
    w.data, b.data, fixed.data = 7.0, 8.0, 9.0  # a pure function sees nothing of it
    for p in ([0.5, -1.0], [1.5, 2.0]):
        for xs in ([[1.0, 2.0]], [[3.0, -2.0]]):
            w.data, b.data, fixed.data = *p, 3.0
            z, (t, d) = pure(np.array(p), np.array(xs), 4.0)
            assert [z, (t, d)] == fast(xs, 4.0)
    with pytest.raises(TypeError, match="2 inputs, got 1"):
        pure([1.0, 2.0], [[1.0, 2.0]])
    for given, message in [
        (([1.0], [[1.0, 2.0]], 1.0), "the array of parameters has the shape that was recorded, 2 items, got 1 item:"),
        ((np.float64(1), [[1.0, 2.0]], 1.0), "the array of parameters .* got one number"),
        (([1.0, 2.0], np.ones((1, 3)), 1.0), r"input 1\[0\] has the shape .* 2 items, got 3 items"),
        (([1.0, 2.0], np.ones((2, 2)), 1.0), r"input 1 has the shape .* 1 item, got 2 items"),
        (([1.0, 2.0], 3.0, 1.0), r"input 1 has the shape .* 1 item, got one number"),
        (([1.0, 2.0], [[1.0, 2.0]], np.ones(5)), r"input 2 has the shape .* one number, got 5 items: .*vmap"),
    ]:
        with pytest.raises(ValueError, match=message):
            pure(*given)


def test_what_only_one_variant_uses_keeps_its_place(numpy_as_jax):
    a, b = Value(2.0), Value(3.0)
    fast = quick(lambda xs: autograd.dot([a, b][-len(xs) :], xs))
    fast([1.0])
    pure = fast.to_jax([1.0, 1.0])
    assert fast.parameters == [b, a] and pure([10.0, 20.0], [1.0, 2.0]) == 40.0


def test_a_branch_is_refused_where_a_pure_function_is_wanted(numpy_as_jax):
    with pytest.raises(ValueError, match=r"branches at .*test_compile.py:\d+.*autograd.where"):
        quick(lambda x: x if x > 0 else -x).to_jax(1.0)


def test_without_jax(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(interchange, "import_module", missing)
    with pytest.raises(ImportError, match="install jax"):
        quick(lambda x: x).to_jax(1.0)


@backends
def test_arrays_in_and_out(backend):
    fast = autograd.compile(lambda xs, w: [sum(x * x for x in xs) * w[0][1], {0: xs[0]}[0]], backend=backend)
    xs, w = np.array([1.0, 2.0, 3.0]), np.array([[1, 2]])
    assert fast(xs, w).tolist() == [28.0, 1.0] == fast(xs.tolist(), w.tolist())
    loss = autograd.compile(lambda xs, w: sum(x * x for x in xs) * w[0][1] + fixed, backend=backend)
    fixed = Value(5.0)
    value, (by_x, by_w) = loss.value_and_grad(xs, w)
    assert type(value) is float and value == 33.0
    assert isinstance(by_x, np.ndarray) and by_x.tolist() == [4.0, 8.0, 12.0] and by_w.tolist() == [[0.0, 14.0]]
    assert loss.value_and_grad(xs, w, wrt="parameters") == (33.0, [1.0])
    by_x[:] = 0
    assert loss.value_and_grad(xs[::2], w)[1][0].tolist() == [4.0, 12.0]
    assert loss.value_and_grad(xs, [[1, 2]])[1] == ([4.0, 8.0, 12.0], [[0.0, 14.0]])  # not all are arrays


@backends
@pytest.mark.parametrize("compute", [lambda f, *x, **o: f.batch(*x, **o), lambda f, *x, **o: f.batch.jacobian(*x, **o)])
def test_results_into_given_arrays(backend, compute, monkeypatch):
    monkeypatch.setattr("autograd.compile.batch.BLOCK", 2)
    X, w = np.arange(15.0).reshape(5, 3), np.ones(5)
    for f in [
        lambda xs, w: sum(x * x for x in xs) * w,
        lambda xs, w: [sum(x * x for x in xs) * w, [xs[0], w]],
        lambda xs, w: [x if x > 4 else w for x in xs],
    ]:
        fast = autograd.compile(f, backend=backend)
        want = compute(fast, X, w)
        for some in (slice(0), slice(1), slice(5)):
            out = emptied(compute(fast, X[some], w[some]))
            assert compute(fast, X[some], w[some], out=out) is out
            assert told(out) == told(compute(fast, X[some], w[some]))
        assert told(out) == told(want)


def emptied(tree):
    return np.full_like(tree, np.nan) if isinstance(tree, np.ndarray) else tuple([emptied(t) for t in tree])


def told(tree):
    return tree.tolist() if isinstance(tree, np.ndarray) else [told(t) for t in tree]


@backends
def test_gradients_into_given_arrays(backend):
    fast = autograd.compile(lambda xs: sum(x * x * x for x in xs), backend=backend)
    X = np.arange(1.0, 41.0).reshape(20, 2)
    value, slopes = out = np.zeros(20), np.zeros((20, 2))
    assert fast.batch.value_and_grad(X, out=out) is out
    assert value.tolist() == (X**3).sum(1).tolist() and slopes.tolist() == (3 * X**2).tolist()
    assert fast.batch.hvp(X, v=np.ones((20, 2)), out=out) is out and slopes.tolist() == (6 * X).tolist()
    for ahead in (0, 2):  # results over the arguments, or over those of the next row
        both = np.append(X.reshape(-1), [0.0, 0.0])
        given, out = both[:40].reshape(20, 2), both[ahead : ahead + 40].reshape(20, 2)
        assert fast.batch.jacobian(given, out=out).tolist() == (3 * X**2).tolist()


@pytest.mark.parametrize(
    ("out", "error", "said"),
    [
        (np.zeros((2, 2)), ValueError, r"the shape of the results, \(3, 2\), got \(2, 2\)"),
        (np.zeros((3, 2), dtype="f4"), TypeError, "an array of float64, got an array of float32"),
        (np.zeros((3, 2), dtype=">f8"), TypeError, "an array of float64, got an array of >f8"),
        ([[0.0, 0.0]] * 3, TypeError, "an array of float64, got list"),
        (np.zeros((2, 3)).T, ValueError, "in one piece, row after row, and be writable"),
        (np.broadcast_to(0.0, (3, 2)), ValueError, "in one piece, row after row, and be writable"),
    ],
)
def test_arrays_that_take_no_results(out, error, said):
    fast = quick(lambda xs: [xs[0] * xs[1], xs[0]])
    with pytest.raises(error, match=said):
        fast.batch(np.ones((3, 2)), out=out)


def test_results_that_go_into_several_arrays():
    fast = quick(lambda xs: xs[0] * xs[1])
    with pytest.raises(TypeError, match="out must be a tuple of 2, as the results are, got ndarray"):
        fast.batch.value_and_grad(np.ones((3, 2)), out=np.zeros((3, 3)))
    with pytest.raises(TypeError, match="out must be a tuple of 2, as the results are, got tuple"):
        fast.batch.value_and_grad(np.ones((3, 2)), out=(np.zeros(3),))
    with pytest.raises(ValueError, match="out is for results with respect to inputs"):
        fast.batch.value_and_grad(np.ones((3, 2)), wrt="parameters", out=(np.zeros(3), []))


@backends
def test_one_sample_in_arrays_again_and_again(backend):
    """The second call of a shape goes straight to machine code, where arrays allow that."""
    w = Value(2.0)

    def f(xs, m):
        return sum([x * y for x, y in zip(xs, m[0])]) * w if xs[0] > 0 else m[1][0] * w

    fast = autograd.compile(f, backend=backend)
    xs, m = np.array([1.0, 2.0]), np.array([[3.0, 4.0], [5.0, 6.0]])
    for number in (2.0, 3.0):
        w.data = number
        for _ in range(2):
            value, (by_xs, by_m) = fast.value_and_grad(xs, m)
            assert value == 11 * number and by_xs.tolist() == [3 * number, 4 * number]
            assert by_m.tolist() == [[number, 2 * number], [0, 0]]
        assert fast.value_and_grad(xs, m, wrt="parameters") == (11 * number, [11.0])
        assert fast.value_and_grad(-xs, m)[0] == 5 * number  # the other branch
    frozen = xs.copy()
    frozen.flags.writeable = False
    square = autograd.compile(lambda xs: [x * x for x in xs], backend=backend)
    for given in (xs, xs, frozen, np.array([9.0, 1.0, 2.0])[1:], xs.astype("f4"), xs.astype(int), xs.astype(">f8")):
        found = square(given)
        assert found.tolist() == [1, 4] and square.jacobian(given).tolist() == [[2, 0], [0, 4]]
        found[:] = 0
    assert square(np.array([0.0, 1.0, 0.0, 2.0])[1::2]).tolist() == [1, 4]
    nothing = autograd.compile(lambda xs: autograd.sum(xs) + w, backend=backend)
    assert [nothing(np.zeros(0)) for _ in range(2)] == [3.0, 3.0]


@backends
def test_a_way_that_rounding_hides_is_recorded_once(backend):
    """Compiled, gelu(-20) is -0, and in an eager run a tiny number below 0: the eager run finds the way."""
    f = lambda x: x if autograd.gelu(x) < 0 else -x
    fast = autograd.compile(f, backend=backend, variants=2)
    for _ in range(5):
        assert fast(-20.0) == f(Value(-20.0)).data == -20.0
    assert fast.batch([-20.0] * 5).tolist() == [-20.0] * 5
    assert len(fast._variants.kept["value", (0,)]) == 1 and fast.batch([-1.0, 1.0]).tolist() == [-1.0, -1.0]
