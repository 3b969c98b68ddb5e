"""A graph made again: with other numbers, or from JSON. Numbers of any size are met with floats, never with a long wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from ..graph import check_fresh, nodes
from ..intrinsics import Number, checked, to_float
from ..learn.numerals import fits, read
from ..objects import restore
from ..op import Op, find
from ..value import Value

MAX_BITS = 4_000
"""Exact results that would be longer are computed with floats."""


def evaluated(op: Op, args: Sequence[Number]) -> Number:
    """The value of an operation; with floats where there is no exact one, or a very long one.

    >>> from autograd.ops import arithmetic, elementary
    >>> evaluated(arithmetic.div, (Fraction(1), Fraction(3))), evaluated(elementary.exp, (Fraction(1),))
    (Fraction(1, 3), 2.718281828459045)
    """
    result: Number = _exact_first(op, args, op.evaluate, tuple(args))
    return result


def slopes(op: Op, z: Number, args: Sequence[Number]) -> tuple[Number, ...]:
    """The local derivatives, one an input, given the value and the inputs; with floats as :func:`evaluated`."""
    result: tuple[Number, ...] = _exact_first(op, (z, *args), lambda xs: op.slopes_at(xs[0], xs[1:]), (z, *args))
    return result


def _exact_first(op: Op, sizes: Sequence[Number], compute: Any, args: tuple[Number, ...]) -> Any:
    if not _long(op, sizes):
        try:
            return compute(args)
        except (TypeError, ArithmeticError):  # no exact result
            pass
    return compute(tuple(map(to_float, args)))


def _long(op: Op, args: Sequence[Number]) -> bool:
    exact = [x for x in args if not isinstance(x, float)]
    bits = sum(max(abs(x.numerator), x.denominator).bit_length() for x in exact)
    powers = op.params if op.name == "power" else args[-1:] if op.name == "pow" else []
    return bool(bits * max([1, *(abs(c) for c in powers)]) > MAX_BITS)


def remade(root: Value, numbers: Mapping[Value, Number]) -> dict[Value, Value]:
    """The graph once more, node for node, with these numbers in the place of its leaves'.

    >>> x = Value(2, "x")
    >>> z = x * 3
    >>> remade(z, {x: Fraction(1, 2)})[z].data
    Fraction(3, 2)
    """
    made: dict[Value, Value] = {}
    order = nodes(root)
    check_fresh(order)
    for v in order:
        parents = tuple([made[p] for p in v.parents])
        data = numbers.get(v, v.data) if v.op is None else evaluated(v.op, [p.data for p in parents])
        made[v] = restore(Value, data, None, v.op, parents, v.name, v.scope, v.requires_grad)
    return made


def as_data(root: Value) -> list[dict[str, Any]]:
    """A graph as plain data, inputs first: leaves with numbers, nodes with an operation and the places of its inputs."""
    order = nodes(root)
    place = {v: i for i, v in enumerate(order)}
    found = []
    for v in order:
        row: dict[str, Any] = {}
        if v.name is not None:
            row["name"] = v.name
        if v.scope is not None:
            row["scope"] = v.scope
        if v.op is None:
            row |= {"number": written(v.data)} | ({} if v.requires_grad else {"constant": True})
        else:
            row |= {"op": v.op.name, "params": [written(c) for c in v.op.params], "inputs": [place[p] for p in v.parents]}
        found.append(row)
    return found


def written(x: Number) -> int | float | str:
    """A number for JSON, of the same kind when it is read: a fraction as text."""
    return f"{x.numerator}/{x.denominator}" if isinstance(x, Fraction) else x


def from_data(rows: Any, most: int) -> Value:
    """The graph that :func:`as_data` wrote; the last node is the output. Values are computed, not read, and nothing is run.

    Raises a ValueError that names the first row that is wrong.
    """
    if not isinstance(rows, list) or not 0 < len(rows) <= most:
        raise ValueError(f"the nodes of a graph are a list of 1 to {most} rows")
    made: list[Value] = []
    for i, row in enumerate(rows):
        try:
            made.append(_node(row, made))
        except (TypeError, KeyError, LookupError, ArithmeticError, ValueError) as error:
            raise ValueError(f"node {i} of the graph is wrong: {error}") from None
    return made[-1]


def _node(row: Any, made: list[Value]) -> Value:
    if not isinstance(row, dict):
        raise ValueError("a node is an object, with a number or an operation")
    name, scope = row.get("name"), row.get("scope")
    if any(text is not None and not isinstance(text, str) for text in (name, scope)):
        raise ValueError("a name is text")
    if "op" not in row:
        number = read(row.get("number"))
        if number is None:
            raise ValueError("a leaf has a number")
        return restore(Value, number, None, None, (), name, scope, row.get("constant") is not True)
    places, params = row.get("inputs"), row.get("params")
    if not isinstance(places, list) or any(type(at) is not int or not 0 <= at < len(made) for at in places):
        raise ValueError("inputs are places of nodes before it")
    if not isinstance(params, list) or None in (settings := tuple(map(read, params))):
        raise ValueError("the parameters of an operation are a list of numbers")
    op = find(str(row["op"]), settings)
    if not places or (op.arity is not None and op.arity != len(places)):
        raise ValueError(f"{op.name} takes another number of inputs")
    parents = tuple([made[at] for at in places])
    inputs = [p.data for p in parents]
    if _long(op, inputs) or not fits(data := checked(evaluated(op, inputs))):
        raise ValueError("its value is infinite, nan or too long")
    return restore(Value, data, None, op, parents, name, scope, True)
