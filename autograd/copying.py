"""Copies and pickles of graphs of any depth, without recursion, and with what was shared still shared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from weakref import WeakValueDictionary

from .graph import nodes, tick
from .op import Op
from .value import Value, new


def restore(data: Any, grad: Any, op: Op | None, parents: tuple[Value, ...], name: str | None, requires_grad: bool) -> Value:
    """A Value with these contents, newly written."""
    n = new(Value)
    n._data, n.grad, n.op, n.name = data, grad, op, name
    if op is None:
        n._x, n._y = (None if requires_grad else ()), None
    elif len(parents) == 2:
        n._x, n._y = parents
    else:
        n._x, n._y = (parents[0] if len(parents) == 1 else parents), None
    n.serial = tick()
    return n


def deepcopy_value(root: Value, memo: dict[int, Any]) -> Value:
    """What ``copy.deepcopy`` calls; ``memo`` holds what this deepcopy has copied already."""
    for v in nodes(root):
        if id(v) not in memo:
            parents = tuple([memo[id(p)] for p in v.parents])
            memo[id(v)] = restore(v._data, v.grad, v.op, parents, v.name, v.requires_grad)
    copied: Value = memo[id(root)]
    return copied


# Pickle walks objects depth first and would recurse along a chain. So a computed Value is pickled as a list of rows, one
# for each node it rests on, inputs first: whenever pickle comes to a row, it has met the rows of its parents before. A
# node's row is one object for as long as a pickler holds it, so that a node shared by two roots is pickled once.


class _Row:
    __slots__ = ("__weakref__", "node")

    def __init__(self, node: Value) -> None:
        self.node = node

    def __reduce__(self) -> Any:
        v = self.node
        return restore, (v._data, v.grad, v.op, tuple(map(_row, v.parents)), v.name, True)


class _History:
    def __init__(self, root: Value) -> None:
        self.root = root

    def __reduce__(self) -> Any:
        return list, (), None, _rows(self.root)


def _rows(root: Value) -> Iterator[Any]:
    return map(_row, nodes(root))


def _row(v: Value) -> Any:
    if v.op is None:
        return v
    row = _pickled.get(id(v))
    if row is None:
        row = _pickled[id(v)] = _Row(v)
    return row


_pickled: WeakValueDictionary[int, _Row] = WeakValueDictionary()


def reduce_value(v: Value) -> Any:
    """What pickle calls."""
    if v.op is None:
        return restore, (v._data, v.grad, None, (), v.name, v.requires_grad)
    return _last, (_History(v),)


def _last(values: list[Value]) -> Value:
    return values[-1]
