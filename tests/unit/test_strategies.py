"""The strategies: what shrinks to what, what reaches what, and what is refused."""

import importlib
import math
import re
import sys
from fractions import Fraction
from math import inf

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

import autograd
from autograd import Op, family, tanh
from autograd.installing import extra
from autograd.op import FAMILIES
from autograd.op import find as row
from autograd.testing import strategies
from autograd.testing.strategies import Program, Ref, Step
from autograd.testing.strategies.numbers import _EDGES


@family("family_of_the_strategies_tests")
def stretched(c):
    return Op(
        "family_of_the_strategies_tests", params=(c,), value=lambda x: c * x, slopes=lambda z, x: (c,), doc="Of a test."
    )


def test_a_failing_graph_shrinks_to_one_step():
    program = find(strategies.graphs(), lambda program: any(step.op is tanh for step in program.steps))
    assert program == Program((0.0,), (Step(tanh, (Ref(0),)),))


def test_a_failing_sum_of_shared_nodes_shrinks_to_two_steps():
    """What reveals a gradient that is assigned where it should be added up: a computed node that is used twice."""

    def shared(program):
        used = [a.place for _, args in program.steps for a in args if isinstance(a, Ref) and a.place >= len(program.inputs)]
        return len(used) > len(set(used))

    program = find(strategies.graphs(["add", "exp", "mul"]), shared)
    assert program.source == "def f(x):\n    v1 = x + x\n    return v1 + v1"


def test_a_failing_network_shrinks_to_one_unit():
    network = find(strategies.networks(outputs=2), lambda network: network.activation == "relu")
    assert (network.sizes, network.seed, network.inputs, network.targets) == ((2,), 0, [[0.0]], [[0.0, 0.0]])


@pytest.mark.parametrize("reached", [
    lambda p: len(p.steps) >= 8,
    lambda p: len(p.inputs) == 4,
    lambda p: any(step.op.name == "dot" and len(step.args) == 4 for step in p.steps),
    lambda p: any(not isinstance(a, Ref) for step in p.steps for a in step.args),
    lambda p: {step.op.name for step in p.steps} >= {"log", "exp"},
])  # fmt: skip
def test_graphs_reach(reached):
    find(strategies.graphs(["add", "mul", "exp", "log", "dot"]), reached)


@given(strategies.graphs(["dot", "mean"]), strategies.networks())
def test_examples_stay_small_and_as_they_are(program, network):
    assert all(1 <= len(args) <= 4 for _, args in program.steps)
    assert 0 <= network.seed <= 2**16
    with pytest.raises(AttributeError, match="seed"):
        network.seed = 1
    with pytest.raises(AttributeError, match="steps"):
        program.steps = ()


def test_whole_numbers_reach_both_ends_of_an_open_domain():
    whole = strategies.values((-2, 3), [int])
    assert [find(whole, lambda x, n=n: x == n) for n in (-1, 0, 1, 2)] == [-1, 0, 1, 2]


@pytest.mark.parametrize("low, high, count", [(0.5, 2, 6), (5e-324, 1e-300, 6), (1e300, math.inf, 2)])
def test_edges_have_both_signs(low, high, count):
    near = [x for x in _EDGES if isinstance(x, float) and low <= abs(x) < high]
    assert len(set(near)) == len(near) == count
    assert sorted(near) == sorted(-x for x in near)


def test_edges_of_an_operation_are_its_corners_and_ends_and_the_floats_beside_them():
    bent = Op(
        "bent_of_the_strategies_tests", value=abs, slopes=lambda z, x: (1,), domain=(3, 11), corners=(7,), doc="Of a test."
    )
    inside = [x for place in (3, 7, 11) for x in (place, math.nextafter(place, -math.inf), math.nextafter(place, math.inf))]
    for x in (x for x in inside if 3 <= x <= 11):
        assert find(strategies.edges(bent), lambda found, x=x: found == x) == x


def test_edges_show_where_exp_ends():
    last, least = (find(strategies.edges(), lambda x, low=low: low < x < low + 90) for low in (700, -800))
    assert autograd.exp(last) < math.inf == autograd.exp(math.nextafter(last, math.inf))
    assert autograd.exp(least) > 0 == autograd.exp(math.nextafter(least, -math.inf))


@pytest.mark.parametrize("kinds", [[float, int], [int, Fraction], [float, int, Fraction]])
def test_values_are_of_every_kind_that_is_asked_for(kinds):
    assert [type(find(strategies.values(kinds=kinds), lambda x, kind=kind: type(x) is kind)) for kind in kinds] == kinds


@pytest.mark.parametrize("some", [strategies.graphs, strategies.expressions])
@pytest.mark.parametrize("name", ["add", "sub", "mul", "div"])
def test_arithmetic_takes_constants(some, name):
    program = find(some([name]), lambda program: any(not isinstance(a, Ref) for step in program.steps for a in step.args))
    assert len(program.steps) == 1


@given(strategies.graphs(["exp", "maximum", "dot", "pow"]))
def test_other_operations_take_none(program):
    assert all(isinstance(a, Ref) for step in program.steps for a in step.args)


def test_constants_may_be_left_out():
    every = strategies.graphs(["add", "mul"], constants=False)

    @given(every)
    def check(program):
        assert all(isinstance(a, Ref) for step in program.steps for a in step.args)

    check()


def test_what_leads_out_of_every_domain_gives_a_graph_without_steps():
    program = find(strategies.graphs(["log"], inputs=st.just(-1.0)), lambda program: True)
    assert program.steps == () and program(-1.0) == -1.0
    assert program.source == "def f(x):\n    return x"
    assert find(strategies.expressions(["add"], constants=False, inputs=st.just(1)), lambda program: True).steps[
        0
    ].op == row("add")


def test_giant_powers_are_left_out():
    program = find(strategies.graphs(["pow"], inputs=st.just(10**6), within=None), lambda program: True)
    assert program.steps == ()
    assert find(strategies.graphs(["pow"], inputs=st.just(3)), lambda program: len(program.steps) == 1)(3) == 27


def test_a_row_that_is_wrong_is_not_left_out():
    wrong = Op("wrong_of_the_strategies_tests", value=lambda x: None, slopes=lambda z, x: (1,), doc="Of a test: no number.")
    with pytest.raises(TypeError, match="the row of operation 'wrong_of_the_strategies_tests' is wrong"):
        find(strategies.graphs([wrong]), lambda program: True)


@pytest.mark.parametrize("name, args, params, text", [
    ("add", 2, (), "v1 = x + y"),
    ("pow", 2, (), "x ** y"),
    ("neg", 1, (), "-x"),
    ("power", 1, (Fraction(1, 2),), "x ** Fraction(1, 2)"),
    ("sum", 2, (), "autograd.sum([x, y])"),
    ("mean", 1, (), "autograd.mean([x])"),
    ("logsumexp", 2, (), "autograd.logsumexp([x, y])"),
    ("softmax", 2, (1,), "autograd.softmax([x, y])[1]"),
    ("cross_entropy", 2, (0,), "autograd.cross_entropy([x, y], 0)"),
    ("dot", 2, (), "autograd.dot([x], [y])"),
    ("dot", 3, (), "autograd.dot([x], [y], z)"),
    ("leaky_relu", 1, (0.1,), "autograd.leaky_relu(x, 0.1)"),
    ("maximum", 2, (), "autograd.maximum(x, y)"),
    ("family_of_the_strategies_tests", 1, (3,), "family_of_the_strategies_tests(3)(x)"),
])  # fmt: skip
def test_steps_are_written_in_public_names(name, args, params, text):
    program = Program((1.0,) * args, (Step(row(name, params), tuple(map(Ref, range(args)))),))
    assert program.source.endswith("return " + text.removeprefix("v1 = "))


def test_many_inputs_are_numbered_and_odd_floats_are_written():
    program = Program((math.inf, -math.inf, math.nan, Fraction(1, 2)), ())
    assert program.names == ("x1", "x2", "x3", "x4")
    assert 'autograd.Value(float("-inf"), "x2")' in repr(program)
    assert repr(program).startswith("from fractions import Fraction\n\nimport autograd\n")
    with pytest.raises(TypeError, match=r"this program takes 4 numbers \(x1, x2, x3, x4\), got 1"):
        program(1)


def test_a_program_runs_on_numbers_of_ones_own():
    program = Program((1, 2), (Step(row("mul"), (Ref(0), Ref(1))), Step(row("add"), (Ref(2), 5))))
    said = program.run(["a", "b"], lambda op, args: f"{op.name}({', '.join(map(str, args))})")
    assert said == ["a", "b", "mul(a, b)", "add(mul(a, b), 5)"]


def test_operations_are_given_in_any_way():
    resolve = strategies.operations.resolve
    assert resolve(None) == strategies.TABLE
    assert resolve([autograd.tanh, "mul", autograd.sum]) == (tanh, row("mul"), row("sum"))
    assert resolve(["softmax", autograd.elu]) == (row("softmax", (0,)), row("elu", (1,)))
    assert resolve([stretched(2)]) == (stretched(2),)
    with pytest.raises(ValueError, match="give a member of it, such as family_of_the_strategies_tests"):
        resolve(["family_of_the_strategies_tests"])
    with pytest.raises(LookupError, match="no operation named 'tahn'"):
        resolve(["tahn"])
    with pytest.raises(ValueError, match="at least one"):
        resolve([])


def test_the_table_is_whole_and_rational_operations_are_exact():
    mine = {op.name for op in strategies.TABLE}
    theirs = {*(op.name for op in autograd.op.OPS.values() if not op.doc.startswith("Of a test")), *FAMILIES}
    assert theirs - mine <= {"family_of_the_strategies_tests", "threshold"} | {name for name in theirs if "checked" in name}
    for op in strategies.RATIONAL:
        z = op(*[Fraction(2, 3)] * (op.arity or 2))
        assert isinstance(z, (int, Fraction)), op


def test_edges_reach_what_is_named():
    for wanted in (0, -0.0, 5e-324, math.nextafter(math.inf, 0), 10**400, -(10**400), 2.0**53, 2**53 + 1, 1e154, -1e154):
        found = find(strategies.edges(), lambda x, wanted=wanted: type(x) is type(wanted) and repr(x) == repr(wanted))
        assert found == wanted
    assert find(strategies.edges(nonfinite=True), lambda x: x != x) != 0
    assert [find(strategies.edges(nonfinite=True), lambda x, end=end: x == end) for end in (inf, -inf)] == [inf, -inf]
    assert find(strategies.edges(autograd.relu), lambda x: x > 0) == 5e-324  # beside its corner
    assert find(strategies.inputs_of(row("maximum"), edge=False), lambda xs: len(xs) == 3 and len(set(xs)) == 1)
    assert find(strategies.inputs_of(row("div"), [Fraction]), lambda xs: xs[0] > xs[1])[1] != 0


@pytest.mark.parametrize("options, message", [
    ({"kinds": []}, "float, int and Fraction"),
    ({"kinds": [str]}, "float, int and Fraction"),
    ({"kinds": [float, str]}, "float, int and Fraction"),
    ({"domain": (0, 1), "kinds": [int]}, r"there must be one in the domain \(0, 1\)"),
    ({"domain": (1, 1)}, "a domain is an interval"),
    ({"domain": (math.nan, 1)}, "a domain is an interval"),
])  # fmt: skip
def test_values_refuses(options, message):
    with pytest.raises(ValueError, match=message):
        strategies.values(**options)


def test_values_far_out():
    assert find(strategies.values((1e9, math.inf)), lambda x: True) > 1e9
    assert find(strategies.values((-math.inf, -1e9)), lambda x: True) < -1e9


@pytest.mark.parametrize("kinds", [[], [complex]])
def test_graphs_refuse_other_kinds(kinds):
    with pytest.raises(ValueError, match="float, int and Fraction"):
        find(strategies.graphs(kinds=kinds), lambda program: True)


def test_without_hypothesis_the_error_names_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    with pytest.raises(ImportError, match=re.escape(extra("testing"))):
        importlib.reload(strategies)
