"""copy, deepcopy and pickle, at any depth. What holds for every graph is in laws/test_graphs.py."""

import copy
import pickle
import threading
from fractions import Fraction

import pytest

from autograd import Op, StaleError, Value, dot, objects
from autograd.graph import nodes
from autograd.op import FUNCTIONS, OPS


def chain(n):
    z = x = Value(1.0, name="x")
    for _ in range(n):
        z = z * 1.0 + x
    return z


def test_a_deep_graph_is_pickled_and_copied_without_recursion():
    z = chain(20_000)
    for twin in (pickle.loads(pickle.dumps(z)), copy.deepcopy(z)):
        twin.backward()
        assert twin.data == z.data == 20_001
    assert z.grad is None


def test_what_is_stale_stays_so():
    x = Value(2.0)
    y = x * x
    x.data = 5.0
    with pytest.raises(StaleError):
        copy.copy(y).backward()
    for make in (copy.deepcopy, pickle.dumps):
        with pytest.raises(StaleError, match="run the forward pass once more"):
            make(y)
    assert x.grad is None


def test_graphs_are_pickled_in_several_threads_at_once():
    wrong = []

    def work():
        for i in range(100):
            z = Value(i) * 2 + 1
            if pickle.loads(pickle.dumps(z)).data != z.data:
                wrong.append(i)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong and not objects._block_of


def test_many_graphs_in_one_pickle():
    roots = [Value(i) * 2 for i in range(2000)]
    assert [v.data for v in pickle.loads(pickle.dumps(roots))] == [v.data for v in roots]


def test_numbers_too_long_to_write_are_shown_by_size():
    assert repr(Value(10**5000)) == "Value(about 2**16609)"
    assert repr(Value(Fraction(-(10**5000), 3))) == "Value(about -2**16608)"


def test_a_shallow_copy_shares_its_parents():
    x, y = Value(2, name="x"), Value(3, requires_grad=False)
    for v in (x * y, x.exp(), dot([x], [y], 1), x, y):
        twin = copy.copy(v)
        assert twin is not v
        assert (twin.data, twin.op, twin.parents, twin.name, twin.requires_grad) == (
            v.data,
            v.op,
            v.parents,
            v.name,
            v.requires_grad,
        )


def test_parameterized_operations_come_back():
    x = Value(2)
    twin = pickle.loads(pickle.dumps(x**3))
    assert twin.op is (x**3).op


def test_nodes_in_one_pickle_stay_shared():
    x = Value(2)
    y = x * x
    z = y + x
    for order in ([x, y, z], [z, y, x]):
        a, b, c = pickle.loads(pickle.dumps(order))
        inner, outer = (b, c) if order[0] is x else (b, a)
        assert inner in outer.parents


def test_every_node_of_a_graph_in_one_pickle():
    z = chain(200)
    inner = nodes(z)
    twins = pickle.loads(pickle.dumps(inner))
    assert nodes(twins[-1]) == twins and [v.data for v in twins] == [v.data for v in inner]
    named = Value(2) * 3
    named.name = "six"
    assert pickle.loads(pickle.dumps(named)).name == "six"


def test_an_operation_that_is_not_defined_here_is_named():
    op = Op("short_lived", value=lambda x: x, slopes=lambda z, x: (1,), doc="Of a test.")
    saved = pickle.dumps(op(Value(1)))
    del OPS["short_lived"], FUNCTIONS["short_lived"]
    with pytest.raises(LookupError, match="no operation named 'short_lived': import the module"):
        pickle.loads(saved)
