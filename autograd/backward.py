"""The backward pass: the chain rule over a recorded graph, in place, all or nothing."""

from __future__ import annotations

import os
from _thread import RLock
from collections import deque
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from . import graph
from .intrinsics import ERRORS, Ieee, Number, to_float

if TYPE_CHECKING:
    from .op import Op
    from .value import Value

_one_at_a_time: Any = RLock()
getattr(os, "register_at_fork", lambda **_: None)(after_in_child=_one_at_a_time._at_fork_reinit)
_grad = attrgetter("grad")
_data = attrgetter("_data")


class _Zero(int):
    """A zero of the pass's own: a node whose gradient *is* this object was found and has received nothing yet."""

    __slots__ = ()


def backward(root: Value, seed: Number, check: Any = None) -> None:
    """Fill in ``grad`` of every node that ``root`` rests on: d(root)/d(node), times ``seed``.

    Leaves add to the gradient they had; computed nodes get the gradient of this pass; constants keep what they had. If
    anything is raised on the way, an interrupt included, every gradient is put back. ``check``, if given, is called for
    each product and the sum it joins: check(node, parent, slope, share, total).
    """
    if root.op is None and not root.requires_grad:
        raise ValueError(f"{root!r} is a constant: there is nothing to go back to")
    if _one_at_a_time._is_owned():
        raise RuntimeError("backward() was called inside a backward pass: there use autograd.grad, which keeps to itself")
    set_grad = _grad(type(root)).__set__
    zero = _Zero()
    found: list[Value] = []
    before: list[Number | None] = []
    with _one_at_a_time:
        try:
            order, settle = _find(root, zero, found, before)
            if order and graph.last_write > order[-1].serial:
                graph.check_fresh(order)
            if root._data != root._data:
                seed = root._data  # a nan has nan gradients
            root.grad = seed
            try:
                _sweep(order) if check is None else _careful_sweep(order, check)
            except (*ERRORS, TypeError):  # where Python raises, IEEE 754 may have an answer: once more, with care
                deque(map(set_grad, found, [zero] * len(found)), maxlen=0)
                root.grad = seed
                _careful_sweep(order, check)
            for leaf, old in settle:
                if not leaf.requires_grad:
                    leaf.grad = old
                elif old is not None:
                    sent, leaf.grad = leaf.grad, ieee_sum(leaf.grad, old)
                    if check is not None:
                        check(root, leaf, 1, sent, leaf.grad)
        except BaseException:
            deque(map(set_grad, found, before), maxlen=0)  # one call into C: no signal comes between
            raise


def _find(root: Value, zero: _Zero, found: list[Value], before: list[Number | None]) -> tuple[list[Value], list[Any]]:
    """Every node below root gets the zero; ``before`` keeps what it had. Gives the computed nodes, youngest first, and
    the leaves (with what they had) that need a last step."""
    see, keep = found.append, before.append
    order: list[Value] = []
    done = order.append
    settle: list[tuple[Value, Number | None]] = []
    see(root)
    keep(root.grad)
    if root.op is None:
        return order, [(root, root.grad)]
    root.grad = zero
    stack = [root]
    pop, push = stack.pop, stack.append
    while stack:
        v = pop()
        done(v)
        for p in (v._x, v._y) if v._y is not None else v.parents:
            if p.grad is not zero:
                see(p)
                keep(p.grad)
                if p.op is not None:
                    push(p)
                elif p.grad is not None or p._x is not None:
                    settle.append((p, p.grad))
                p.grad = zero
    order.sort(key=graph.serial, reverse=True)
    return order, settle


def _sweep(order: list[Any]) -> None:
    """The chain rule, node by node: each parent receives slope times upstream gradient."""
    for v in order:
        g = v.grad
        p, q = v._x, v._y
        if not g and v._data != v._data:
            for p in v.parents:
                p.grad += 0  # see masked()
        elif q is not None:
            d, e = v.op.slopes(v._data, p._data, q._data)
            p.grad += d * g
            q.grad += e * g
        elif type(p) is tuple:
            slopes = v.op.slopes(v._data, *[q._data for q in p])
            if len(slopes) != len(p):
                raise TypeError  # said in full by the careful sweep
            for q, d in zip(p, slopes):
                q.grad += d * g
        else:
            (d,) = v.op.slopes(v._data, p._data)
            p.grad += d * g


def _careful_sweep(order: list[Value], check: Any) -> None:
    """The same, where arithmetic may leave the range of floats, and each product may be looked at."""
    for v in order:
        for p, d in zip(v.parents, local_grads(v)):
            sent = share(v, d, v.grad)
            p.grad = ieee_sum(p.grad, sent)
            if check is not None:
                check(v, p, d, sent, p.grad)


def local_grads(v: Value) -> tuple[Any, ...]:
    """The slopes of a node at its inputs, one a parent; an error if its row gives another number of them."""
    if v.op is None:
        return ()
    return well_formed(v.op, v.op.slopes_at(v._data, tuple(map(_data, v.parents))), len(v.parents))


def well_formed(op: Op, slopes: Any, n: int) -> tuple[Any, ...]:
    """The slopes that a row returned, if they are one for each of n inputs."""
    if type(slopes) is not tuple or len(slopes) != n:
        raise TypeError(
            f"the row of operation {op.name!r} is wrong: slopes must return a tuple of {n} "
            f"number{'s' if n > 1 else ''}, one an input; it returned {slopes!r}"
        )
    return slopes


def share(v: Value, slope: Any, upstream: Any) -> Any:
    """What a node sends back to one of its inputs: slope times upstream gradient; see :func:`masked` for a nan."""
    return 0 if masked(v, upstream) else product(slope, upstream)


def masked(v: Value, gradient: Any) -> bool:
    """Whether a nan was left out on the way to the output, as in ``where(x > 0, x.log(), 0)`` at x < 0.

    Then the gradient of the nan is exactly 0, and what it was computed from receives 0 as well, not 0 times nan.
    """
    return v._data != v._data and not gradient


def product(a: Any, b: Any) -> Any:
    """``a * b``; by IEEE 754 where an exact number is too large to meet a float."""
    try:
        return a * b
    except ERRORS:
        return float(Ieee(to_float(a)) * b)


def ieee_sum(a: Any, b: Any) -> Any:
    """``a + b``; by IEEE 754 where an exact number is too large to meet a float."""
    try:
        return a + b
    except ERRORS:
        return float(Ieee(to_float(a)) + b)
