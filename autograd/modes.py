"""Modes, as context managers: ``no_grad`` does not record, ``detect_anomaly`` stops at an inf or nan, ``scope`` names."""

from __future__ import annotations

import linecache
import sys
from _thread import allocate_lock
from collections.abc import Callable
from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from math import isfinite
from os.path import dirname
from types import TracebackType
from typing import Any

from . import value
from .value import Value

_HERE = dirname(__file__)
_recording: ContextVar[bool] = ContextVar("recording", default=True)
_sources: ContextVar[dict[int, str] | None] = ContextVar("sources", default=None)
_open = 0
_lock = allocate_lock()


class AnomalyError(RuntimeError):
    """A value or a gradient that is not finite, found by :class:`detect_anomaly`."""


class _Mode(ContextDecorator):
    """Sets a context variable for the block; while any mode is open anywhere, new nodes pass through ``_Watch``."""

    def __init__(self, variable: ContextVar[Any], setting: Callable[[], Any]) -> None:
        self._variable, self._setting = variable, setting
        self._tokens: list[Token[Any]] = []

    def __enter__(self) -> None:
        global _open
        self._tokens.append(self._variable.set(self._setting()))
        with _lock:
            _open += 1
            value.watch = _watch

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        global _open
        self._variable.reset(self._tokens.pop())
        with _lock:
            _open -= 1
            if _open == 0:
                value.watch = None


class no_grad(_Mode):
    """Compute without recording: inside, results are constants, which keeps evaluation light. Also a decorator.

    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y
    Value(9.0, requires_grad=False)
    """

    def __init__(self) -> None:
        super().__init__(_recording, bool)


class detect_anomaly(_Mode):
    """Raise an :class:`AnomalyError` at the first value or gradient that is inf or nan, naming node, inputs and source line.

    Slower; for finding where an inf or a nan begins. Also a decorator.

    >>> with detect_anomaly():
    ...     y = Value(1000.0, name="x").exp()
    Traceback (most recent call last):
    autograd.modes.AnomalyError: exp gave inf at x = 1000.0 (...)
    """

    def __init__(self) -> None:
        super().__init__(_sources, dict)


class scope(ContextDecorator):
    """Name the nodes made inside, so that pictures can group them. Scopes nest, joined by dots. Also a decorator.

    >>> with scope("layer1"), scope("neuron2"):
    ...     y = Value(2.0) * 3
    >>> y.scope
    'layer1.neuron2'
    """

    def __init__(self, name: str) -> None:
        if not isinstance(name, str) or not name:
            raise ValueError(f"a scope has a name, such as 'layer1'; got {name!r}")
        self._name = name
        self._outer: list[str | None] = []

    def __enter__(self) -> None:
        self._outer.append(value.scope)
        value.scope = self._name if value.scope is None else f"{value.scope}.{self._name}"

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        value.scope = self._outer.pop()


class _Watch:
    """What each new node passes through while a mode is open; which mode holds is the thread's or task's own."""

    def __call__(self, node: Value) -> Value:
        sources = _sources.get()
        if sources is not None:
            sources[node.serial] = where = _source_line()
            if not isfinite(node._data):
                raise AnomalyError(f"{_made(node)}{where}")
        if not _recording.get():
            node.op, node._x, node._y = None, (), None
        return node

    @property
    def check_share(self) -> Any:
        """The check of each product in a backward pass, or None."""
        sources = _sources.get()
        if sources is None:
            return None

        def check(node: Value, parent: Value, slope: Any, share: Any) -> None:
            if not isfinite(share):
                where = sources.get(node.serial, " (made outside detect_anomaly, so that its source line is not known)")
                raise AnomalyError(
                    f"the gradient that {_operation(node)} sends to {_called(parent)} is {share}: "
                    f"upstream {node.grad} times slope {slope}; {_made(node)}{where}"
                )

        return check


_watch = _Watch()


def _made(node: Value) -> str:
    return f"{_operation(node)} gave {node._data} at {', '.join(map(_called, node.parents))}"


def _operation(node: Value) -> str:
    return node.op.name if node.op is not None else "a leaf"


def _called(node: Value) -> str:
    return f"{node.name} = {node._data}" if node.name else f"{node._data}"


def _source_line() -> str:
    """The line of the nearest caller outside this package."""
    frame = sys._getframe(1)
    while frame.f_back is not None and dirname(frame.f_code.co_filename).startswith(_HERE):
        frame = frame.f_back
    file, line = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(file, line, frame.f_globals).strip()
    return f" ({file}:{line}{': ' + text if text else ''})"
