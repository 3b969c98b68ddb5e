"""What a Value does as a Python object: it shows itself, and is copied and pickled.

Graphs of any depth are copied and pickled without recursion, and what was shared is still shared.
"""

from __future__ import annotations

from _thread import RLock
from array import array
from itertools import islice
from operator import getitem
from typing import TYPE_CHECKING, Any
from weakref import ref

from .graph import check_fresh, inner_nodes, nodes, tick
from .intrinsics import shown
from .op import Op

if TYPE_CHECKING:
    from .value import Value


class PythonObject:
    """repr, format, truth, copy, deepcopy and pickle."""

    __slots__ = ()

    def __bool__(self: Any) -> bool:
        return bool(self.data != 0)

    def __float__(self: Any) -> float:
        """What ``math`` and ``float`` ask for; it would be a number without a gradient."""
        raise TypeError(
            f"{self!r} is no plain number: write autograd.sin(x) in the place of math.sin(x), which keeps the gradient, "
            "or take the number with x.data"
        )

    def __format__(self: Any, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    def __repr__(self: Any) -> str:
        text = shown(self._data)  # printing is allowed where reading ``data`` is not, as while compile records
        if self.name is not None:
            text += f", name={self.name!r}"
        if self.grad is not None:
            text += f", grad={shown(self.grad)}"
        if self.op is not None:
            text += f", op={self.op.name}"
        elif not self.requires_grad:
            text += ", requires_grad=False"
        return f"Value({text})"

    def __copy__(self: Any) -> Any:
        data = self.data  # before the class: a lent number comes with its own
        twin = restore(type(self), data, self.grad, self.op, self.parents, self.name, self.scope, self.requires_grad)
        twin.serial = self.serial  # what is stale stays so
        return twin

    def __deepcopy__(self: Any, memo: dict[int, Any]) -> Any:
        order = nodes(self)
        check_fresh(order)
        for v in order:
            if id(v) not in memo:
                parents = tuple([memo[id(p)] for p in v.parents])
                memo[id(v)] = restore(type(v), v.data, v.grad, v.op, parents, v.name, v.scope, v.requires_grad)
        return memo[id(self)]

    def __reduce__(self: Any) -> Any:
        if self.op is None:
            data = self.data
            return restore, (type(self), data, self.grad, None, (), self.name, self.scope, self.requires_grad)
        return getitem, _placed(self)


def restore(
    kind: type[Value], data: Any, grad: Any, op: Op | None, parents: Any, name: str | None, scope: str | None, leaf: bool
) -> Value:
    """A Value with these contents, newly written; ``leaf`` is whether a leaf requires a gradient."""
    n = object.__new__(kind)
    n._data, n.grad, n.op, n.name, n.scope = data, grad, op, name, scope
    n._x, n._y = parents if len(parents) == 2 else (parents[0] if len(parents) == 1 else parents, None)
    if op is None and leaf:
        n._x = None
    n.serial = tick()
    return n


# Pickle walks objects depth first and would recurse along a chain. So a computed Value is pickled as its place in a block:
# the nodes it rests on, in columns, inputs first. A block lives as long as a pickler remembers it; what is in a living block
# is named by its place there, so that a node shared by two roots is pickled once.


class _Block:
    __slots__ = ("__weakref__", "place")

    def __init__(self, inner: list[Value]) -> None:
        self.place = {v: i for i, v in enumerate(inner)}

    def __del__(self) -> None:
        with _lock:
            for v in self.place:
                _block_of.pop(v, None)

    def __reduce__(self) -> Any:
        inner = self.place
        inputs = [p for p in dict.fromkeys(p for v in inner for p in v.parents) if p not in inner]
        at = {v: i for i, v in enumerate((*inputs, *inner))}
        ops = {op: i for i, op in enumerate(dict.fromkeys(v.op for v in inner))}
        return _unfold, (
            inputs,
            list(ops),
            array("I", [ops[v.op] for v in inner]),
            array("I", [len(v.parents) for v in inner]),
            array("I", [at[p] for v in inner for p in v.parents]),
            [v.data for v in inner],
            [v.grad for v in inner],
            {i: v.name for v, i in inner.items() if v.name is not None},
            {i: v.scope for v, i in inner.items() if v.scope is not None},
        )


def _unfold(
    inputs: list[Value], ops: list[Op], codes: Any, counts: Any, places: Any, data: Any, grads: Any, names: Any, scopes: Any
) -> list[Value]:
    """The computed nodes of a block, from its columns."""
    built = list(inputs)
    kind = type(inputs[0])
    next_parents = map(built.__getitem__, places)
    for i, (code, count, x, grad) in enumerate(zip(codes, counts, data, grads, strict=True)):
        built.append(
            restore(kind, x, grad, ops[code], tuple(islice(next_parents, count)), names.get(i), scopes.get(i), True)
        )
    return built[len(inputs) :]


_block_of: dict[Value, ref[_Block]] = {}
_lock = RLock()  # the collector may end a block in the middle of anything


def _placed(root: Value) -> tuple[_Block, int]:
    """The block that holds a computed node, and its place there; a new block for what is in none yet."""
    with _lock:
        known = _block_of.get(root)
        block = known() if known is not None else None
        if block is None:
            inner = inner_nodes(root)[0]
            check_fresh(inner)
            block = _Block([v for v in inner if v not in _block_of])
            _block_of.update(dict.fromkeys(block.place, ref(block)))
        return block, block.place[root]
