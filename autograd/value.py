"""Value: a number that remembers the arithmetic that made it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from . import graph
from .backward import backward, local_grads
from .graph import tick
from .intrinsics import ERRORS, Number, checked, ieee, shown
from .objects import PythonObject
from .op import Op
from .ops import activations, arithmetic, elementary

Method = TypeVar("Method", bound=Callable[..., Any])
new = object.__new__

watch: Callable[[Value], Value] | None = None
"""While a ``no_grad`` or ``detect_anomaly`` is open, every new node passes through this (see :mod:`autograd.modes`)."""

modes: Any = None
"""What a backward pass asks of these then."""

scope: str | None = None
"""The open scopes' names, joined by dots, which every new Value keeps (see :class:`autograd.scope`)."""


def unary(op: Op) -> Callable[[Value], Value]:
    """The method that applies an operation of one input."""
    value = op.value

    def method(self: Value) -> Value:
        try:
            z = value(self._data)
        except ERRORS:
            z = ieee(value, (self._data,))
        n = new(Value)
        n._data = z
        n.grad = None
        n.op = op
        n._x = self
        n._y = None
        n.name = None
        n.scope = scope
        n.serial = tick()
        return n if watch is None else watch(n)

    return _named(method, op)


def binary(op: Op) -> Callable[[Value, Any], Value]:
    """The method that applies an operation of two inputs, the second being a Value or a plain number."""
    value = op.value

    def method(self: Value, other: Any) -> Any:
        if type(other) is not Value:
            other = operand(other)
            if other is NotImplemented:
                return other
        try:
            z = value(self._data, other._data)
        except ERRORS:
            z = ieee(value, (self._data, other._data))
        n = new(Value)  # node(), written out, for this is the hottest place of the engine
        n._data = z
        n.grad = None
        n.op = op
        n._x = self
        n._y = other
        n.name = None
        n.scope = scope
        n.serial = tick()
        return n if watch is None else watch(n)

    return _named(method, op)


def reflected(op: Op) -> Callable[[Value, Any], Value]:
    """The method that Python calls for ``number - value``: the operation with the plain number first."""
    forward = binary(op)

    def method(self: Value, other: Any) -> Value:
        first = operand(other)
        return first if first is NotImplemented else forward(first, self)

    return _named(method, op)


def comparison(compare: Callable[[Any, Any], Any]) -> Callable[[Value, Any], bool]:
    """The method that orders Values by their data."""

    def method(self: Value, other: Any) -> bool:
        other = operand(other)
        result: bool = other if other is NotImplemented else compare(self._data, other._data)
        return result

    return method


def _named(method: Method, op: Op) -> Method:
    method.__name__, method.__doc__ = op.name, op.doc
    return method


class Value(PythonObject):
    """A scalar that remembers how it was computed, so that gradients can be sent back through it.

    Args:
        data: an int, a float or a Fraction, kept in its kind as long as Python would. bools and NumPy scalars count too.
        name: what pictures, tables and errors call it.
        requires_grad: False for data and constants, which get no gradient. Plain numbers in an expression are constants.

    Attributes:
        data: the number. Assigning is for leaves; what was computed from the old number is then stale, which is noticed.
        grad: d(output)/d(this) of the last backward pass; on leaves the sum over passes, as in PyTorch. None: not computed.
        op: the operation that computed it; None for a leaf.
        scope: the ``with scope(...)`` it was made in, for pictures of large graphs.
        serial: the time of its last write; parents are older than their children.

    Example (lecture row L15; dL/dz = 5 is given):

    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> z = x * y
    >>> z.backward(5)
    >>> z.data, z.local_grads, x.grad, y.grad
    (6, (3, 2), 15, 10)
    """

    # _x and _y are the parents of a node of two; else _x is the one parent, or the tuple of all, with () marking a constant.
    # Two slots instead of a tuple save 56 bytes a node, and half of the containers that the collector has to visit.
    __slots__ = ("_data", "_x", "_y", "grad", "name", "op", "scope", "serial")

    _data: Number
    _x: Any
    _y: Value | None
    grad: Any
    name: str | None
    op: Op | None
    scope: str | None
    serial: int

    __array_ufunc__ = None  # NumPy leaves arithmetic between its numbers and Values to us

    def __init__(self, data: Any, name: str | None = None, requires_grad: bool = True) -> None:
        self._data = checked(data)
        if name is not None and not isinstance(name, str):
            raise TypeError(f"a name is text, got {name!r}: write Value({shown(self._data)}, name=...)")
        self.grad = self.op = self._y = None
        self._x = None if requires_grad else ()
        self.name = name
        self.scope = scope
        self.serial = tick()

    def _set_data(self, data: Any) -> None:
        if self.op is not None:
            raise AttributeError(
                f"the data of {self!r} is computed by {self.op.name}: assign to its leaves and compute it again"
            )
        self._data = checked(data)
        graph.last_write = self.serial = tick()

    data = property(operator.attrgetter("_data"), _set_data, doc="The number.")

    @property
    def parents(self) -> tuple[Value, ...]:
        """The Values that this one was computed from, in order; ``w * w`` has two, both w."""
        if self._y is not None:
            return self._x, self._y
        return () if self._x is None else self._x if type(self._x) is tuple else (self._x,)

    @property
    def local_grads(self) -> tuple[Any, ...]:
        """d(this)/d(parent), one for each parent; known after the forward pass."""
        graph.check_fresh((self,))
        return local_grads(self)

    @property
    def requires_grad(self) -> bool:
        """Whether a backward pass gives it a gradient: False for constants and data, else True. Settable on leaves."""
        return self.op is not None or self._x is None

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if self.op is not None:
            raise AttributeError(f"{self!r} is computed, and takes part as its leaves do: set requires_grad of a leaf")
        self._x = None if wanted else ()
        graph.last_write = graph.last_freeze = tick()  # its number is the old one, but who keeps a copy shall look again

    def backward(self, grad: Any = 1) -> None:
        """Send the gradient ``grad`` = d(output)/d(this) back to everything this Value rests on (lecture rows L14 to L16).

        Gradients add up on leaves over calls, as in PyTorch; ``None`` becomes a number. Either all gradients are
        renewed or, if anything is raised (an interrupt too), none.

        Raises:
            StaleError: a leaf's data was assigned after this Value was computed from it.
        """
        backward(self, checked(grad), getattr(modes, "check_share", None))

    def zero_grad(self) -> None:
        """Forget the gradients of this Value and of all that it rests on: they become None, as in PyTorch."""
        for v in graph.nodes(self):
            v.grad = None

    def detach(self) -> Value:
        """A constant of the same data and name, cut off from the graph."""
        return Value(self._data, self.name, requires_grad=False)

    def item(self) -> Number:
        """The plain number, the same as ``data``."""
        return self._data

    def apply(self, op: Op, args: Sequence[Any]) -> Value:
        """The node of an operation on Values and plain numbers: what ``op(*args)`` calls."""
        parents = tuple([a if type(a) is Value else constant(a) for a in args])
        data = tuple([p._data for p in parents])
        return node(op.evaluate(data), op, parents)

    __add__, __radd__ = binary(arithmetic.add), reflected(arithmetic.add)
    __sub__, __rsub__ = binary(arithmetic.sub), reflected(arithmetic.sub)
    __mul__, __rmul__ = binary(arithmetic.mul), reflected(arithmetic.mul)
    __truediv__, __rtruediv__ = binary(arithmetic.div), reflected(arithmetic.div)
    __neg__, __abs__ = unary(arithmetic.neg), unary(arithmetic.absolute)
    _pow, __rpow__ = binary(elementary.pow), reflected(elementary.pow)
    maximum, minimum = binary(arithmetic.maximum), binary(arithmetic.minimum)
    abs, sign = unary(arithmetic.absolute), unary(arithmetic.sign)
    exp, expm1, sqrt = unary(elementary.exp), unary(elementary.expm1), unary(elementary.sqrt)
    log, log1p = unary(elementary.log), unary(elementary.log1p)
    log2, log10 = unary(elementary.log2), unary(elementary.log10)
    sin, cos, tan = unary(elementary.sin), unary(elementary.cos), unary(elementary.tan)
    asin, acos, atan = unary(elementary.asin), unary(elementary.acos), unary(elementary.atan)
    sinh, cosh, tanh = unary(elementary.sinh), unary(elementary.cosh), unary(activations.tanh)
    erf, sigmoid, relu = unary(elementary.erf), unary(activations.sigmoid), unary(activations.relu)

    def __pow__(self, exponent: Any) -> Value:
        if isinstance(exponent, Value):
            return self._pow(exponent)
        try:
            return raised_to(exponent)(self)
        except TypeError:  # not a number, not exact, or not hashable
            c = operand(exponent)
            return c if c is NotImplemented else unary(elementary.power(c._data))(self)

    pow = __pow__

    def __pos__(self) -> Value:
        return self

    __lt__, __le__ = comparison(operator.lt), comparison(operator.le)
    __gt__, __ge__ = comparison(operator.gt), comparison(operator.ge)


def node(data: Any, op: Op, parents: tuple[Value, ...]) -> Value:
    """A computed Value, for any number of parents."""
    n = new(Value)
    n._data, n.grad, n.op, n.name, n.scope = data, None, op, None, scope
    if len(parents) == 2:
        n._x, n._y = parents
    else:
        n._x, n._y = (parents[0] if len(parents) == 1 else parents), None
    n.serial = tick()
    return n if watch is None else watch(n)


def constant(x: Any) -> Value:
    """``x`` itself if it is a Value; a plain number as a constant; a ``TypeError`` that names the remedy otherwise."""
    if isinstance(x, Value):
        return x
    n = new(Value)
    n._data = checked(x)
    n.grad = n.op = n._y = n.name = None
    n._x = ()
    n.scope = scope
    n.serial = tick()
    return n


@lru_cache(maxsize=4096, typed=True)
def raised_to(exponent: Any) -> Callable[[Value], Value]:
    """The method that raises to a constant power."""
    return unary(elementary.power(checked(exponent)))


def operand(x: Any) -> Any:
    """The other side of an operator: as :func:`constant`, but a stranger's class may know better (``NotImplemented``)."""
    try:
        return constant(x)
    except TypeError:
        if type(x).__module__ in ("builtins", "numpy", "decimal"):
            raise
        return NotImplemented
