"""The rules of calculus, as laws of the engine: exact on fractions, on floats to within rounding that is counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from fractions import Fraction
from math import ulp
from random import Random
from typing import Any

import pytest
from graphs import exact_gradient, exact_hessian, fractions, often, programs
from hypothesis import assume, example, given
from hypothesis import strategies as st

from autograd import Value, grad, hessian, hvp, jacobian, jvp, scope, vjp
from autograd import sum as total
from autograd.graph import nodes
from autograd.op import find
from autograd.testing import strategies
from autograd.testing.strategies import Program, Ref, Step

Matrix = list[list[Fraction]]


def inputs(n: int) -> st.SearchStrategy[list[Fraction]]:
    return st.lists(fractions, min_size=n, max_size=n)


@st.composite
def several(draw: st.DrawFn, count: int | None = None, max_steps: int = 6) -> list[Program]:
    """Programs of the same inputs."""
    drawn = draw(st.lists(programs(max_steps=max_steps), min_size=count or 1, max_size=count or 3))
    point = max((program.inputs for program in drawn), key=len)
    return [Program(point, _moved(program, len(point))) for program in drawn]


def _moved(program: Program, n: int) -> tuple[Step, ...]:
    """The steps, with the places of results moved to make room for more inputs."""
    room = n - len(program.inputs)
    count = len(program.inputs)

    def place(a: Any) -> Any:
        return Ref(a.place + room) if isinstance(a, Ref) and a.place >= count else a

    return tuple(Step(op, tuple(map(place, args))) for op, args in program.steps)


def gradient(f: Any, point: Sequence[Any]) -> list[Any]:
    """By backward()."""
    xs = [Value(x) for x in point]
    z = f(*xs)
    if z.requires_grad:
        z.backward()
    return [x.grad or 0 for x in xs]


# ---------------------------------------------------------------- the rules


@often
@given(several(), st.data())
def test_the_gradient_of_a_composition_is_a_product_of_jacobians(inner: list[Program], data: st.DataObject) -> None:
    outer = data.draw(programs(max_inputs=1, max_steps=6))
    outer = Program((Fraction(0),) * len(inner), _moved(outer, len(inner)))
    point = inner[0].inputs
    middle = [f(*point) for f in inner]
    rows: Matrix = list(map(exact_gradient, inner))
    left = exact_gradient(Program(tuple(middle), outer.steps))
    product = [sum(a * row[j] for a, row in zip(left, rows, strict=True)) for j in range(len(point))]
    assert gradient(lambda *xs: outer(*[f(*xs) for f in inner]), point) == product


@often
@given(several(2), fractions, fractions)
def test_the_gradient_is_linear_in_the_function(fs: list[Program], a: Fraction, b: Fraction) -> None:
    f, g = fs
    both = gradient(lambda *xs: a * f(*xs) + b * g(*xs), f.inputs)
    assert both == [a * p + b * q for p, q in zip(exact_gradient(f), exact_gradient(g), strict=True)]


@often
@given(several(2))
def test_the_product_rule(fs: list[Program]) -> None:
    f, g = fs
    u, v = f(*f.inputs), g(*g.inputs)
    expected = [p * v + u * q for p, q in zip(exact_gradient(f), exact_gradient(g), strict=True)]
    assert gradient(lambda *xs: f(*xs) * g(*xs), f.inputs) == expected


@often
@given(several(2))
def test_the_quotient_rule(fs: list[Program]) -> None:
    f, g = fs
    u, v = f(*f.inputs), g(*g.inputs)
    if v == 0:
        return
    expected = [(p * v - u * q) / v**2 for p, q in zip(exact_gradient(f), exact_gradient(g), strict=True)]
    assert gradient(lambda *xs: f(*xs) / g(*xs), f.inputs) == expected


@often
@given(several(3), st.data())
def test_a_jacobian_is_the_gradients_of_its_rows_and_both_products_agree(fs: list[Program], data: st.DataObject) -> None:
    point = fs[0].inputs
    rows = [exact_gradient(f) for f in fs]

    def f(*xs: Value) -> list[Value]:
        return [g(*xs) for g in fs]

    assert jacobian(f, point) == [tuple(row) for row in rows]
    v, w = data.draw(inputs(len(point))), data.draw(inputs(len(fs)))
    _, moved = jvp(f, point, v)
    _, pulled = vjp(f, point, w)
    assert moved == [sum(a * b for a, b in zip(row, v, strict=True)) for row in rows]
    assert list(pulled) == [sum(b * row[j] for b, row in zip(w, rows, strict=True)) for j in range(len(point))]


# ---------------------------------------------------------------- second derivatives


@often
@given(programs(max_inputs=3, max_steps=6))
def test_second_derivatives_are_exact_in_either_order(program: Program) -> None:
    """∂²/∂x∂y by differentiating by x, then by y, against dual numbers of dual numbers."""
    xs = [Value(x) for x in program.inputs]
    firsts = grad(program(*xs), xs, create_graph=True, materialize_grads=True)
    rows = [list(grad(first, xs, materialize_grads=True)) for first in firsts]
    assert rows == exact_hessian(program)
    assert rows == [list(column) for column in zip(*rows, strict=True)]


@often
@given(programs(max_inputs=3, max_steps=6), st.data())
def test_a_hessian_times_a_vector(program: Program, data: st.DataObject) -> None:
    n = len(program.inputs)
    v = data.draw(inputs(n))
    expected = exact_hessian(program)
    whole = hessian(program, program.inputs)
    assert [list(row) for row in whole] == expected
    _, product = hvp(program, program.inputs, v)
    assert list(product) == [sum(a * b for a, b in zip(row, v, strict=True)) for row in expected]


@often
@given(programs(max_inputs=2, max_steps=4), st.permutations([0, 0, 1]))
def test_third_derivatives_do_not_depend_on_the_order(program: Program, order: list[int]) -> None:
    def third(places: list[int]) -> Any:
        xs = [Value(x) for x in program.inputs] + [Value(0)]
        z = program(*xs[: len(program.inputs)])
        for place in places:
            (z,) = grad(z, [xs[place]], create_graph=True, materialize_grads=True)
        return z.data

    assert third(order) == third([0, 0, 1])


# ---------------------------------------------------------------- what must not matter


@often
@given(strategies.graphs(kinds=[float, int]), st.lists(st.none() | st.text(max_size=3), min_size=16, max_size=16))
def test_names_and_scopes_change_no_bit(program: Program, names: list[str | None]) -> None:
    def run(named: bool) -> list[Any]:
        with scope("layer1") if named else nullcontext():
            results = program.run([Value(x) for x in program.inputs])
        for v, name in zip(results if named else [], names):
            v.name = name
        results[-1].backward()
        return [bits(number) for v in results for number in (v.data, v.grad)]

    assert run(True) == run(False)


def bits(x: Any) -> Any:
    return x.hex() if isinstance(x, float) else x


def in_another_order(program: Program, dice: Any) -> tuple[list[Value], list[Value]]:
    """The inputs and all results, where steps that do not wait for each other were taken in another order."""
    xs: list[Value | None] = [None] * len(program.inputs)
    found: dict[int, Value] = {}
    left: dict[int, Step | None] = dict.fromkeys(range(len(xs)))
    left.update(enumerate(program.steps, len(xs)))
    while left:
        ready = [
            k for k, step in left.items()
            if step is None or all(a.place in found for a in step.args if isinstance(a, Ref))
        ]  # fmt: skip
        k = dice.choice(ready)
        step = left.pop(k)
        if step is None:
            found[k] = xs[k] = Value(program.inputs[k])
        else:
            found[k] = step.op(*[found[a.place] if isinstance(a, Ref) else a for a in step.args])
    return [x for x in xs if x is not None], [found[k] for k in range(len(found))]


@often
@given(programs(min_steps=4), st.randoms(use_true_random=False))
def test_the_order_of_construction_does_not_matter_to_fractions(program: Program, dice: Any) -> None:
    xs, results = in_another_order(program, dice)
    results[-1].backward()
    assert [x.grad or 0 for x in xs] == exact_gradient(program)


STEEP = Program(  # sqrt(where(y, y, y)) with y = x * x: 0 times inf on the way to x
    (0.0,), tuple([Step(find(op), (Ref(k),) * n) for k, (op, n) in enumerate((("mul", 2), ("where", 3), ("sqrt", 1)))])
)


@often
@given(strategies.graphs(min_steps=4), st.randoms(use_true_random=False))
@example(STEEP, Random(0))
def test_the_order_of_construction_changes_no_bit_where_few_parts_are_added(program: Program, dice: Any) -> None:
    """Of floats, a sum of two parts has no order, one of three has: there, rounding is all that may change."""
    plain = program.run([Value(x) for x in program.inputs])
    _, other = in_another_order(program, dice)
    assert [bits(v.data) for v in plain] == [bits(v.data) for v in other]
    plain[-1].backward()
    other[-1].backward()
    uses: dict[int, list[int]] = {k: [] for k in range(len(plain))}
    for k, (_, args) in enumerate(program.steps, len(program.inputs)):
        for a in args:
            if isinstance(a, Ref):
                uses[a.place].append(k)
    kept: set[int] = set()
    sizes = dict(zip(map(id, nodes(plain[-1])), path_sizes(plain[-1]), strict=True))
    for k in reversed(range(len(plain))):
        if len(uses[k]) <= 2 and kept.issuperset(uses[k]):
            kept.add(k)
            assert bits(plain[k].grad) == bits(other[k].grad)
        elif plain[k].grad is not None:
            assert close(plain[k].grad, other[k].grad, sizes[id(plain[k])])


def close(a: float, b: float, size: float) -> bool:
    """Whether two numbers differ by rounding only, given the size of the parts that were added."""
    return abs(a - b) <= 64 * ulp(size) or not size < 1e300  # infinite slopes are no matter of rounding


def path_sizes(output: Value) -> Iterator[float]:
    """For each node of a graph, the sum over paths of the product of slopes' sizes: what its gradient is made of."""
    order = nodes(output)
    sizes = {id(v): 0.0 for v in order}
    sizes[id(output)] = 1.0
    for v in reversed(order):
        for p, d in zip(v.parents, v.local_grads if v.parents else ()):
            sizes[id(p)] += abs(float(d)) * sizes[id(v)]  # nan where an infinite slope meets a 0, as in the gradient
    return iter([sizes[id(v)] for v in order])


@often
@given(strategies.graphs(kinds=[float, int]))
def test_forward_mode_agrees_with_reverse_mode_in_any_graph(program: Program) -> None:
    n = len(program.inputs)
    xs = [Value(x) for x in program.inputs]
    output = program(*xs)
    sizes = dict(zip(map(id, nodes(output)), path_sizes(output), strict=True))
    # In a long chain, one mode may meet inf times what underflowed to 0, and the other not.
    assume(all(size < 1e300 for size in sizes.values()))
    _, reverse = vjp(program, program.inputs)
    for i in range(n):
        _, forward = jvp(program, program.inputs, [int(i == j) for j in range(n)])
        assert close(forward, reverse[i], sizes.get(id(xs[i]), 0.0)), (i, forward, reverse[i])


@often
@given(strategies.graphs(kinds=[float, int]), st.data())
def test_an_input_that_stays_is_a_constant_to_forward_mode(program: Program, data: st.DataObject) -> None:
    """To the bit, infinite slopes included: 0 is no motion, not a number to multiply by."""
    point = program.inputs
    direction = data.draw(st.lists(st.sampled_from([0, 0.0, 1, -0.5]), min_size=len(point), max_size=len(point)))
    moving = [i for i, t in enumerate(direction) if t]

    def of_those_that_move(*xs: Value) -> Value:
        return program(*[xs[moving.index(i)] if i in moving else Value(x) for i, x in enumerate(point)])

    output, moved = jvp(program, point, direction)
    same, alone = jvp(of_those_that_move, tuple(point[i] for i in moving), [direction[i] for i in moving])
    assert (bits(output), bits(moved)) == (bits(same), bits(alone))


@often
@given(programs(max_steps=7))
def test_a_shared_node_is_worth_as_many_nodes_as_its_uses(program: Program) -> None:
    """The graph unfolded into a tree, in which no result is used twice, has the same gradient."""
    xs = [Value(x) for x in program.inputs]
    n = len(xs)
    uses = [1] * n
    for _, args in program.steps:
        uses.append(1 + sum(uses[a.place] for a in args if isinstance(a, Ref)))
    if uses[-1] > 2000:
        return

    def unfolded(place: int) -> Value:
        if place < n:
            return xs[place]
        op, args = program.steps[place - n]
        z: Value = op(*[unfolded(a.place) if isinstance(a, Ref) else a for a in args])
        return z

    unfolded(n + len(program.steps) - 1).backward()
    assert [x.grad or 0 for x in xs] == exact_gradient(program)


@often
@given(several(), st.randoms(use_true_random=False))
def test_a_sum_may_be_grouped_in_any_way(terms: list[Program], dice: Any) -> None:
    """(a + b) + c, a + (b + c) and sum([c, b, a]) have the same gradient on fractions."""
    point = terms[0].inputs

    def grouped(*xs: Value) -> Value:
        parts = [f(*xs) for f in terms]
        dice.shuffle(parts)
        while len(parts) > 1:
            k = dice.randrange(len(parts) - 1)
            parts[k : k + 2] = [parts[k] + parts[k + 1]]
        return parts[0]

    expected = [sum(column) for column in zip(*map(exact_gradient, terms), strict=True)]
    assert gradient(grouped, point) == expected
    assert gradient(lambda *xs: total([f(*xs) for f in terms]), point) == expected


# ---------------------------------------------------------------- the laws can fail


SQUARE = Program((Fraction(2), Fraction(3)), (Step(find("mul"), (Ref(0), Ref(0))), Step(find("mul"), (Ref(2), Ref(1)))))
PRODUCT = Program(SQUARE.inputs, (Step(find("mul"), (Ref(0), Ref(1))),))


@pytest.mark.parametrize("law, drawn", [
    (test_the_gradient_is_linear_in_the_function, ([SQUARE, SQUARE], Fraction(1), Fraction(2))),
    (test_the_product_rule, ([SQUARE, SQUARE],)),
    (test_the_quotient_rule, ([SQUARE, PRODUCT],)),
    (test_second_derivatives_are_exact_in_either_order, (SQUARE,)),
    (test_the_order_of_construction_does_not_matter_to_fractions, (SQUARE, Random(0))),
    (test_a_shared_node_is_worth_as_many_nodes_as_its_uses, (SQUARE,)),
    (test_a_sum_may_be_grouped_in_any_way, ([SQUARE], Random(0))),
])  # fmt: skip
def test_with_a_wrong_slope_in_the_table_the_laws_are_red(
    law: Any, drawn: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    law.hypothesis.inner_test(*drawn)
    monkeypatch.setattr(find("mul"), "slopes", lambda z, x, y: (y, 2 * x))
    with pytest.raises(AssertionError):
        law.hypothesis.inner_test(*drawn)
