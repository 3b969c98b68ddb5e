"""no_grad and detect_anomaly."""

import copy
import math
import pickle
import threading

import pytest

from autograd import AnomalyError, Value, detect_anomaly, dot, no_grad, scope, value


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
