"""The backward pass at its edges. What holds for every graph is in laws/test_graphs.py."""

import math
import threading

import pytest

from autograd import Op, StaleError, Value, dot


def test_a_leaf_may_be_the_output():
    x = Value(3)
    x.backward()
    x.backward(2)
    assert x.grad == 3
    nan = Value(math.nan)
    nan.backward()
    assert math.isnan(nan.grad)


def test_a_constant_has_nothing_to_go_back_to():
    with pytest.raises(ValueError, match="is a constant"):
        Value(3, requires_grad=False).backward()


def test_the_seed_is_a_number():
    with pytest.raises(TypeError, match=r"\.detach\(\)"):
        Value(3).backward(Value(1))


def test_zero_grad_forgets_the_whole_graph():
    x = Value(2)
    y = x * x
    z = y + 1
    z.backward()
    z.zero_grad()
    assert (x.grad, y.grad, z.grad) == (None, None, None)


def test_constants_share_in_the_forward_pass_only():
    x = Value(2)
    z = x * 3 + 4
    z.backward()
    three, four = z.parents[0].parents[1], z.parents[1]
    assert (three.data, three.grad, four.grad, z.parents[0].local_grads) == (3, None, None, (3, 2))


def test_local_grads_of_stale_nodes_are_refused():
    x = Value(2)
    y = x * x
    x.data = 3
    with pytest.raises(StaleError):
        _ = y.local_grads


def test_an_assignment_between_two_nodes_is_noticed_too():
    x = Value(2)
    y = x * x
    x.data = 3
    z = y + 1  # younger than the assignment, on a node that is older
    with pytest.raises(StaleError):
        z.backward()


def test_a_graph_computed_after_the_assignment_is_fresh():
    x, other = Value(2), Value(1)
    y = x * x
    other.data = 7
    y.backward()
    assert x.grad == 4


def test_a_row_with_the_wrong_number_of_slopes_is_named():
    two = Op("two_slopes", value=lambda x: x, slopes=lambda z, x: (1, 1), doc="Of a test.")
    bare = Op("bare_slope", value=lambda x: x, slopes=lambda z, x: 1, doc="Of a test.")
    many = Op("few_slopes", value=lambda *xs: xs[0], slopes=lambda z, *xs: (1,), doc="Of a test.")
    for op, args in ((two, [Value(1)]), (bare, [Value(1)]), (many, [Value(1), Value(2), Value(3)])):
        z = op(*args)
        with pytest.raises(TypeError, match=f"row of operation '{op.name}' is wrong: slopes must return a tuple of"):
            z.backward()
        assert [a.grad for a in args] == [None] * len(args)


def test_an_error_in_a_row_puts_every_gradient_back():
    def fail(z, x):
        raise RuntimeError("broken row")

    broken = Op("broken", value=lambda x: x, slopes=fail, doc="Of a test.")
    x = Value(2)
    (x * 3).backward()
    z = broken(x * x) + x
    with pytest.raises(RuntimeError, match="broken row"):
        z.backward()
    assert x.grad == 3 and z.grad is None


def test_a_pass_inside_a_pass_is_refused():
    def nested(z, x):
        Value(1).backward()
        return (1,)

    z = Op("nested_pass", value=lambda x: x, slopes=nested, doc="Of a test.")(Value(1))
    with pytest.raises(RuntimeError, match="called inside a backward pass: there use autograd.grad"):
        z.backward()
    assert z.grad is None


def test_a_frozen_leaf_keeps_its_gradient():
    x = Value(2)
    (x * 3).backward()
    x.requires_grad = False
    (x * Value(5)).backward()
    assert x.grad == 3


def test_a_leaf_of_a_class_of_ones_own():
    class Parameter(Value):
        __slots__ = ()

    p = Parameter(2)
    p.backward()
    (p * 3).backward()
    assert p.grad == 4


def test_a_pass_in_another_thread_waits_its_turn():
    x = Value(1)
    z = x * 2
    for _ in range(200):
        z = z + x
    threads = [threading.Thread(target=lambda: [z.backward() for _ in range(20)]) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert x.grad == 80 * 202


def test_a_long_chain_needs_no_recursion():
    x = Value(1.0)
    z = x
    for _ in range(100_000):
        z = z + 1
    z.backward()
    assert x.grad == 1


def test_many_parents():
    ws, xs = [Value(i) for i in range(20)], [Value(1) for _ in range(20)]
    z = dot(ws, xs, Value(5))
    z.backward()
    assert z.data == 195 and [x.grad for x in xs] == list(range(20))
