"""no_grad and detect_anomaly."""

import copy
import math
import pickle
import threading

import pytest

from autograd import AnomalyError, Value, detect_anomaly, dot, enable_grad, grad, no_grad, scope, value


def test_a_scope_names_what_is_made_inside():
    x = Value(1.0)
    with scope("net"):
        with scope("layer1"):
            made = [Value(2.0), x * 2, -x, x + x, dot([x, x, x], [1, 2, 3]), x**2]
        y = x * 3
    assert {v.scope for v in made} == {made[1].parents[1].scope} == {"net.layer1"}
    assert (x.scope, y.scope, (x * x).scope) == (None, "net", None)
    for twin in (copy.deepcopy(made[1]), pickle.loads(pickle.dumps(made[1])), copy.copy(made[1])):
        assert twin.scope == "net.layer1"
    with pytest.raises(ValueError, match="a scope has a name.*got ''"):
        scope("")


def test_no_grad_is_a_block_and_a_decorator_and_ends_with_it():
    x = Value(2.0)

    @no_grad()
    def f(v):
        return v * v + 1

    assert f(x).op is None and f(x).data == 5.0 and not f(x).requires_grad
    with no_grad(), no_grad():
        y = x.exp()
        z = dot([x, x, x], [1, 2, 3])
    assert y.op is None and z.op is None and z.data == 12
    assert (x * x).op is not None and value.watch is None


def test_no_grad_ends_with_an_error_too():
    with pytest.raises(ZeroDivisionError), no_grad():
        _ = 1 / 0
    assert value.watch is None


def test_a_mode_holds_in_its_own_thread_only():
    x, results = Value(2.0), []
    with no_grad():
        thread = threading.Thread(target=lambda: results.append(x * x))
        thread.start()
        thread.join()
    assert results[0].op is not None


def test_an_anomaly_names_node_inputs_and_line():
    x = Value(-1.0, name="x")
    with pytest.raises(AnomalyError, match=r"log gave nan at x = -1.0 \(.*test_modes.py:\d+: .*x.log\(\)"), detect_anomaly():
        x.log()


def test_an_anomaly_in_backward_names_the_product():
    x = Value(0.0, name="x")
    with detect_anomaly():
        y = x.sqrt()
        z = y * 3
        with pytest.raises(
            AnomalyError, match=r"sends to x = 0.0 is inf: upstream 3 times slope inf; sqrt gave 0.0.*test_modes"
        ):
            z.backward()
    assert x.grad is None
    z.backward()
    assert x.grad == math.inf


def test_an_anomaly_made_outside_has_no_line():
    x = Value(0.0)
    y = x.sqrt()
    with detect_anomaly(), pytest.raises(AnomalyError, match="made outside detect_anomaly"):
        y.backward()


def test_anomalies_in_sums_and_on_leaves():
    x = Value(1e308, name="x")
    with detect_anomaly():
        (x * 0.5).backward()
        y = Value(0.0, name="y")
        z = y * 1e308 + y * 1e308 * 1.0
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"that y = 0.0 receives add up to inf"):
        z.backward()
    y.grad = 1e308
    once = y * 1e308
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"receives add up to inf"):
        once.backward()
    assert y.grad == 1e308


def test_an_anomaly_that_was_given_says_so():
    x = Value(1.0, name="x")
    x.grad = 2.0
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"a leaf sends to x = 1.0 is inf: upstream inf times slope 1;"):
        x.backward(math.inf)
    assert x.grad == 2.0


def test_anomalies_in_grad_and_in_anything_huge():
    x = Value(0.0, name="x")
    with detect_anomaly():
        with pytest.raises(AnomalyError, match="to x = 0.0 is inf"):
            grad(x.sqrt(), x)
        assert (Value(10**400) * 2).data == 2 * 10**400
        assert grad(x * 3, x) == (3,)
        assert grad(x * x, x, create_graph=True)[0].data == 0


def test_source_lines_are_remembered_for_a_while(monkeypatch):
    monkeypatch.setattr("autograd.modes.REMEMBERED", 3)
    with detect_anomaly():
        x = Value(0.0)
        y = x.sqrt()
        for _ in range(5):
            y = y + 1
        with pytest.raises(AnomalyError, match="or long ago"):
            y.backward()


def test_decorators():
    @no_grad
    def bare(v):
        return v * v

    assert bare(Value(3)).op is None and bare.__name__ == "bare"
    with no_grad(), enable_grad():
        assert (Value(3) * 2).op is not None
    for later in (lambda: (yield 1), async_function):
        with pytest.raises(TypeError, match=r"runs after the call has ended: write `with no_grad\(\):` inside"):
            no_grad()(later)

    barrier = threading.Barrier(3)

    @no_grad()
    def together(i):
        barrier.wait()
        return Value(i) * 2

    results = []
    threads = [threading.Thread(target=lambda i=i: results.append(together(i))) for i in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(results) == 3 and all(v.op is None for v in results) and value.watch is None


async def async_function():
    """Runs later."""


def test_finite_numbers_pass():
    with detect_anomaly():
        x = Value(2.0)
        (x * x).backward()
    assert x.grad == 4.0


def test_both_modes_together():
    with no_grad(), detect_anomaly(), pytest.raises(AnomalyError, match="exp gave inf"):
        Value(1000.0).exp()
    with no_grad():
        Value(2.0).backward()


def test_scopes_of_threads_that_overlap_leave_none_behind():
    entered, left = threading.Event(), threading.Event()
    seen = []

    def other() -> None:
        with scope("theirs"):
            entered.set()
            assert left.wait(60)
            seen.append(Value(1.0).scope)

    thread = threading.Thread(target=other)
    with scope("ours"):
        thread.start()
        assert entered.wait(60)
    left.set()
    thread.join()
    assert seen == ["theirs"] and Value(1.0).scope is None
    with scope("a"), scope("b"):
        assert Value(1.0).scope == "a.b"
    assert Value(1.0).scope is None
