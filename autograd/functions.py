"""The public functions that take lists, parameters or conditions; each builds a node of an operation in the table.

Given plain numbers only, they compute a plain number.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from math import nan
from typing import Any, TypeVar

from .intrinsics import checked, nonzero
from .intrinsics import where as choice
from .op import FAMILIES, FUNCTIONS, OPS, RESERVED, Op
from .ops import activations, arithmetic, elementary, sums
from .value import Value, node

F = TypeVar("F", bound=Callable[..., Any])


def public(function: F) -> F:
    """List a function by its name, for the command line and the documentation; it replaces the bare operation there."""
    FUNCTIONS[function.__name__] = function
    return function


for _op in (arithmetic.add, arithmetic.sub, arithmetic.mul, arithmetic.div, arithmetic.neg):
    del FUNCTIONS[_op.name]  # these are called by their signs


@public
def pow(x: Any, y: Any) -> Any:
    """x**y; a plain number y is a parameter, a Value y an input with a slope of its own.

    >>> pow(Value(3), 2)
    Value(9, op=power)
    """
    return elementary.pow(x, y) if isinstance(y, Value) else elementary.power(checked(y))(x)


@public
def where(condition: Any, x: Any, y: Any) -> Any:
    """x where the condition holds (is True, or not 0), else y. The gradient goes to the one that was taken.

    >>> where(Value(2) > 1, Value(5), 0)
    Value(5, op=where)
    """
    return arithmetic.choose(condition, x, y)


@public
def maximum(*xs: Any) -> Any:
    """The largest of several numbers, or of a list: maxout (lecture row L9). Of equal ones, the last gets the gradient.

    >>> maximum(Value(1), 2, Value(0))
    Value(2, op=maximum)
    """
    return arithmetic.maximum(*_several("maximum", xs))


@public
def minimum(*xs: Any) -> Any:
    """The smallest of several numbers, or of a list. Of equal ones, the last gets the gradient.

    >>> minimum([3, 1, 2])
    1
    """
    return arithmetic.minimum(*_several("minimum", xs))


@public
def leaky_relu(x: Any, negative_slope: Any = 0.1) -> Any:
    """x above 0, negative_slope * x below; the slope at 0 is the one below. 0.1 is the lecture's (L9), 0.01 PyTorch's.

    >>> leaky_relu(-2.0)
    -0.2
    """
    return activations.leaky_relu(checked(negative_slope))(x)


@public
def elu(x: Any, alpha: Any = 1) -> Any:
    """x above 0, alpha * (exp(x) - 1) below; the slope at 0 is alpha.

    >>> elu(-1.0, alpha=2)
    -1.2642411176571153
    """
    return activations.elu(checked(alpha))(x)


@public
def sum(xs: Iterable[Any]) -> Any:
    """The sum of a list, added from left to right, as one node. 0 for an empty list.

    >>> sum([Value(1), Value(2), 3])
    Value(6, op=sum)
    """
    items = _list("sum", xs)
    return sums.total(*items) if items else 0


@public
def mean(xs: Iterable[Any]) -> Any:
    """The mean of a list, as one node.

    >>> mean([Value(1.0), Value(2.0)])
    Value(1.5, op=mean)
    """
    return sums.mean(*_several("mean", (xs,)))


@public
def dot(ws: Iterable[Any], xs: Iterable[Any], bias: Any = None) -> Any:
    """bias + w1*x1 + w2*x2 + ..., added from left to right, as one node: Rosenblatt's Σ (lecture row L1). 0 for empty lists.

    The same numbers as ``sum(w*x for w, x in zip(ws, xs)) + bias`` up to the order of rounding, and several times faster.

    >>> dot([Value(2), Value(3)], [4, 5], bias=1)
    Value(24, op=dot)
    """
    ws, xs = _list("dot", ws), _list("dot", xs)
    if len(ws) != len(xs):
        raise ValueError(f"dot takes as many weights as inputs, got {len(ws)} weights and {len(xs)} inputs")
    args = (*ws, *xs) if bias is None else (*ws, *xs, bias)
    if not args:
        return 0
    try:
        data = [a._data for a in args]
    except AttributeError:  # plain numbers among them
        return sums.dot(*args)
    return node(sums.dot.evaluate(tuple(data)), sums.dot, args)


@public
def logsumexp(xs: Iterable[Any]) -> Any:
    """log(exp(x1) + exp(x2) + ...), stable at any size.

    >>> logsumexp([1000.0, 1000.0])
    1000.6931471805599
    """
    return sums.logsumexp(*_several("logsumexp", (xs,)))


@public
def softmax(xs: Iterable[Any]) -> list[Any]:
    """exp(x) / Σ exp(x) for each x of a list: positive, and 1 in sum.

    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
    """
    items = _several("softmax", (xs,))
    return [sums.softmax(i)(*items) for i in range(len(items))]


@public
def log_softmax(xs: Iterable[Any]) -> list[Any]:
    """log(softmax(x)) for each x of a list, with all its digits where softmax is near 0 or 1.

    >>> log_softmax([0.0, 800.0])
    [-800.0, 0.0]
    """
    items = _several("log_softmax", (xs,))
    return [sums.log_softmax(i)(*items) for i in range(len(items))]


@public
def cross_entropy(logits: Iterable[Any], target: int) -> Any:
    """-log(softmax(logits)[target]), as one node: the loss of a classifier whose right answer is class ``target``.

    >>> cross_entropy([Value(0.0), Value(0.0)], 1)
    Value(0.6931471805599453, op=cross_entropy)
    """
    items = _several("cross_entropy", (logits,))
    if isinstance(target, bool) or not hasattr(target, "__index__"):
        raise TypeError(f"the target is the index of a class, a whole number; got {target!r}")
    index = target.__index__()
    if not 0 <= index < len(items):
        raise IndexError(f"the target is one of the classes 0 to {len(items) - 1}, got {target}")
    return sums.cross_entropy(index)(*items)


@public
def lookup(xs: Iterable[Any], index: Any) -> Any:
    """xs[index], counted from 0: an entry of a list, or a row of a table, such as the embedding of a token.

    The index may be a Value, whose slope is 0. While :func:`autograd.compile` records, any index within the list is then an
    input like others, so that one program serves all tokens; another index gives nan there, and an IndexError here, and an
    entry that is inf or nan makes all of them nan.

    >>> table = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    >>> lookup(table, Value(1))
    [Value(3.0), Value(4.0)]
    """
    items = _several("lookup", (xs,))
    number = index._data if isinstance(index, Value) else index
    place = next((i for i in range(len(items)) if i == number), None)
    if place is None:
        raise IndexError(f"the index is a whole number from 0 to {len(items) - 1}, got {number!r}")
    if not isinstance(index, Value) or isinstance(index >= 0, bool):
        return items[place]
    if any(isinstance(item, (list, tuple)) for item in items):  # a comparison is a node: this is being recorded
        return [_entry(index, *column) for column in zip(*items, strict=True)]
    return _entry(index, *items)


def _hits(k: Any, count: int) -> list[Any]:
    """1 at the place k, else 0."""
    return [choice(nonzero(k - i), 0, 1) for i in range(count)]


def _picked(k: Any, *xs: Any) -> Any:
    hits = _hits(k, len(xs))
    none = choice(nonzero(reduce(operator.add, hits)), 0, nan)
    return reduce(operator.add, map(operator.mul, hits, xs), none)


_entry = Op(
    "lookup",
    params=("of a recording",),  # it is no row of the table
    value=_picked,
    slopes=lambda z, k, *xs: (0, *_hits(k, len(xs))),
    doc="The entry whose number k is, or nan; the slope of k is 0.",
)


def _several(name: str, xs: Sequence[Any]) -> list[Any]:
    """The numbers of ``f(a, b, c)`` or of ``f([a, b, c])``."""
    items = _list(name, xs[0]) if len(xs) == 1 and (hasattr(xs[0], "__iter__") or name not in _EXTREMES) else list(xs)
    if not items:
        raise ValueError(f"{name} of nothing is not defined: give at least one number")
    return items


_EXTREMES = ("maximum", "minimum")


def _list(name: str, xs: Iterable[Any]) -> list[Any]:
    try:
        return list(xs)
    except TypeError:
        raise TypeError(f"{name} takes a list of numbers, got {xs!r}: write {name}([...])") from None


RESERVED.update(OPS, FAMILIES, FUNCTIONS)
