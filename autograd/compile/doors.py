"""The doors through which a bare number leaves a Value: exchanged while a function is recorded, at no cost when none is.

A recording must not bake in a number that will differ in the next call. So while one is open anywhere, ``Value`` has other
methods in these places: comparisons become nodes, and reading ``data`` is refused with the remedy. In threads that do not
record they behave as ever. When the last recording closes, ``Value`` is as it was.
"""

from __future__ import annotations

from _thread import allocate_lock
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

from ..modes import tracer as current
from ..modes import tracing
from ..ops import arithmetic
from ..value import Value
from .tracer import COPY, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL, Tracer

_lock = allocate_lock()
_open = 0
_before: dict[str, Any] = {}
_REMEDY = (
    "compute with the Value itself; for a branch compare Values, as in x > 0, or choose with autograd.where(x > 0, a, b); "
    "for a number that never changes, read it before"
)


def _reading(what: str, door: Callable[..., Any]) -> Callable[..., Any]:
    """A door that is closed while recording."""

    def method(self: Value, *args: Any, **options: Any) -> Any:
        tracer = current.get()
        if tracer is not None and not tracer.knows(self):
            tracer.refuse(what, _REMEDY)
        return door(self, *args, **options)

    return method


def _comparing(op: Any, door: Callable[[Value, Any], Any]) -> Callable[[Value, Any], Any]:
    """A comparison, which while recording is a node: 1 where it holds, else 0."""

    def method(self: Value, other: Any) -> Any:
        tracer = current.get()
        plain = door(self, other)  # also checks the other side
        return plain if tracer is None or plain is NotImplemented else tracer.constant(op, self, other)

    return method


def _same(self: Value, other: Any) -> Any:
    """``==``, which asks of Values whether they are one and the same object; of numbers one would expect another answer.

    Of two Values it stays, for ``v in some_list`` asks it as well.
    """
    tracer = current.get()
    if tracer is not None and isinstance(other, (int, float, Fraction)) and not tracer.knows(self):
        tracer.refuse(
            f"asks whether a Value == {other!r}, which is False for any Value",
            f"for a branch on its number write x >= {other!r} and x <= {other!r}",
        )
    return NotImplemented


def _truth(self: Value) -> bool:
    tracer = current.get()
    return bool(self._data != 0) if tracer is None else tracer.truth(self)


def _detached(self: Value) -> Value:
    tracer = current.get()
    if tracer is None:
        return Value(self._data, self.name, requires_grad=False)
    copy: Value = tracer.constant(COPY, self)
    return copy


def _nonzero(self: Value) -> Any:
    tracer = current.get()
    return bool(self._data) if tracer is None else tracer.is_nonzero(self)


def _number(self: Value) -> Any:
    raise TypeError("a Value is not a plain number: use its data")


def _choose(self: Value, a: Any, b: Any) -> Any:
    """``where`` of the rows, on a condition that is a node."""
    return arithmetic.choose(self, a, b)


def _lift(self: Value, number: Any) -> Any:
    """A plain number in the number system of this Value: see :func:`autograd.intrinsics.unit`."""
    return Fraction(number) if type(self._data) is Fraction else number


def _assign(self: Value, data: Any) -> None:
    tracer = current.get()
    if tracer is not None:
        tracer.refuse("assigns the data of a Value", "compute a new Value, and assign after the call")
    Value._set_data(self, data)


def _exchanged() -> dict[str, Any]:
    """What stands in Value while recording."""
    get = Value.__dict__
    return {
        "data": property(_reading("reads the data of a Value", get["data"].fget), _assign, doc=get["data"].__doc__),
        "item": _reading("reads the number of a Value", get["item"]),
        "local_grads": property(_reading("reads the slopes of a Value", get["local_grads"].fget)),
        "backward": _reading("calls backward(), which gives plain numbers,", get["backward"]),
        "detach": _detached,
        "__lt__": _comparing(LESS, get["__lt__"]),
        "__le__": _comparing(LESS_EQUAL, get["__le__"]),
        "__gt__": _comparing(GREATER, get["__gt__"]),
        "__ge__": _comparing(GREATER_EQUAL, get["__ge__"]),
        "__eq__": _same,
        "__bool__": _truth,
        "where": _choose,
        "is_nonzero": _nonzero,
        "__float__": _reading("turns a Value into a plain number", _number),
        "__int__": _reading("turns a Value into a plain number", _number),
        "lift": _lift,
    }


@contextmanager
def recording(tracer: Tracer) -> Iterator[Tracer]:
    """Everything computed inside, in this thread, goes to the tracer."""
    global _open
    with _lock:
        if _open == 0:
            exchanged = _exchanged()
            _before.update({name: Value.__dict__.get(name) for name in exchanged})
            for name, door in exchanged.items():
                setattr(Value, name, door)
        _open += 1
    try:
        with tracing(tracer):
            yield tracer
    finally:
        with _lock:
            _open -= 1
            if _open == 0:
                for name, door in _before.items():
                    delattr(Value, name) if door is None else setattr(Value, name, door)
