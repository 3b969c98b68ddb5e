"""Modes, as context managers: ``no_grad`` does not record, ``detect_anomaly`` stops at an inf or nan, ``scope`` names."""

from __future__ import annotations

import linecache
import sys
from _thread import RLock, allocate_lock, get_ident
from collections.abc import Callable, Iterable
from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from functools import partial, wraps
from math import isfinite
from os.path import basename, dirname
from types import TracebackType
from typing import Any, TypeVar, cast

from . import value
from .intrinsics import shown
from .value import Value

_HERE = dirname(__file__)
_recording: ContextVar[bool] = ContextVar("recording", default=True)
_sources: ContextVar[dict[int, str] | None] = ContextVar("sources", default=None)
tracer: ContextVar[Any] = ContextVar("tracer", default=None)
"""While :func:`autograd.compile` records: what keeps each new node, and settles what an eager pass settles by data."""
_open = 0
_lock = allocate_lock()
REMEMBERED = 100_000
"""Of how many nodes ``detect_anomaly`` remembers the source line."""


class AnomalyError(RuntimeError):
    """A value or a gradient that is not finite, found by :class:`detect_anomaly`."""


class _Mode(ContextDecorator):
    """Sets a context variable for the block; while any mode is open anywhere, new nodes pass through ``_watch``."""

    variable: ContextVar[Any]
    setting: Callable[[], Any]

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        """``@no_grad`` means ``@no_grad()``."""
        mode = super().__new__(cls)
        mode._tokens = []
        return mode if function is None else mode(function)

    def __call__(self, function: Callable[..., Any]) -> Any:
        """As a decorator."""
        if function.__code__.co_flags & _RUNS_LATER:
            name = type(self).__name__
            raise TypeError(f"{function.__name__} runs after the call has ended: write `with {name}():` inside it instead")
        return super().__call__(function)

    def _recreate_cm(self) -> _Mode:  # a decorated function may run in several threads at once
        mode: _Mode = type(self)()
        return mode

    def __enter__(self) -> None:
        global _open
        self._tokens.append(self.variable.set(self.setting()))
        with _lock:
            _open += 1
            value.watch, value.modes = _watch, _modes

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        global _open
        with _lock:
            _open -= 1
            if _open == 0:
                value.watch = value.modes = None
        self.variable.reset(self._tokens.pop())

    _tokens: list[Token[Any]]


_RUNS_LATER = 0x20 | 0x80 | 0x200  # generator, coroutine, asynchronous generator


class no_grad(_Mode):
    """Compute without recording: inside, results are constants, which keeps evaluation light. Also a decorator.

    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y
    Value(9.0, requires_grad=False)
    """

    variable, setting = _recording, bool


class enable_grad(_Mode):
    """Record again, inside a ``no_grad``. Also a decorator.

    >>> x = Value(3.0)
    >>> with no_grad(), enable_grad():
    ...     y = x * x
    >>> y
    Value(9.0, op=mul)
    """

    variable, setting = _recording, staticmethod(partial(bool, True))


class detect_anomaly(_Mode):
    """Raise an :class:`AnomalyError` at the first value or gradient that is inf or nan, naming node, inputs and source line.

    Slower; for finding where an inf or a nan begins. Also a decorator.

    >>> with detect_anomaly():
    ...     y = Value(1000.0, name="x").exp()
    Traceback (most recent call last):
    autograd.modes.AnomalyError: exp gave inf at x = 1000.0 (...)
    """

    variable, setting = _sources, dict


class tracing(_Mode):
    """Nodes made inside are kept by a tracer, which is the setting: ``made(node)`` is called for each."""

    variable = tracer

    def __new__(cls, keeper: Any) -> Any:
        """The mode for one tracer."""
        mode = super().__new__(cls)
        mode.setting = lambda: keeper
        return mode


F = TypeVar("F", bound=Callable[..., Any])


def recorded(function: F) -> F:
    """A function that records even where it is called inside a ``no_grad``: derivatives need the graph."""

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        if _recording.get():
            return function(*args, **options)
        with enable_grad():
            return function(*args, **options)

    return cast(F, call)


_scopes: list[tuple[int, str]] = []
"""The open scopes of all threads, each with the thread's number: whichever closes last leaves none behind."""

_scoping = RLock()


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
        self._open: list[tuple[int, str]] = []

    def __enter__(self) -> None:
        with _scoping:
            mine = get_ident()
            outer = next((f"{names}." for thread, names in reversed(_scopes) if thread == mine), "")
            self._open.append((mine, outer + self._name))
            _scopes.append(self._open[-1])
            value.scope = outer + self._name

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with _scoping:
            _scopes.remove(self._open.pop())
            value.scope = _scopes[-1][1] if _scopes else None


def _watch(node: Value) -> Value:
    """What each new node passes through while a mode is open; which mode holds is the thread's or task's own."""
    sources = _sources.get()
    if sources is not None:
        sources[node.serial] = where = source_line()
        if len(sources) > REMEMBERED:
            del sources[next(iter(sources))]
        if not _finite(node.data):
            raise AnomalyError(f"{_made(node)}{where}")
    keeper = tracer.get()
    if keeper is not None:
        keeper.made(node)
    if not _recording.get():
        if keeper is not None:
            keeper.cut(node)
        node.op, node._x, node._y = None, (), None
    return node


class _Modes:
    """What a backward pass asks."""

    @property
    def check_share(self) -> Any:
        """The check of each product, and each sum of products; or None."""
        sources = _sources.get()
        return None if sources is None else partial(_check_share, sources)

    @property
    def tracer(self) -> Any:
        """The tracer of the recording that is open here, or None."""
        return tracer.get()


def _check_share(sources: dict[int, str], node: Value, parent: Value, slope: Any, share: Any, total: Any) -> None:
    if _finite(share) and _finite(total):
        return
    line = sources.get(node.serial, " (made outside detect_anomaly, or long ago: its source line is not known)")
    if _finite(share):
        raise AnomalyError(
            f"the gradients that {_called(parent)} receives add up to {total}, the last being {shown(share)} from "
            f"{_operation(node)}; {_made(node)}{line}"
        )
    upstream = shown(node.grad) if node.grad is not None else "gradient"
    raise AnomalyError(
        f"the gradient that {_operation(node)} sends to {_called(parent)} is {share}: "
        f"upstream {upstream} times slope {shown(slope)}; {_made(node)}{line}"
    )


def _finite(x: Any) -> bool:
    return not isinstance(x, float) or isfinite(x)  # whole numbers and fractions are, at any size


_modes = _Modes()


def _made(node: Value) -> str:
    return f"{_operation(node)} gave {shown(node.data)} at {', '.join(map(_called, node.parents))}"


def _operation(node: Value) -> str:
    return node.op.name if node.op is not None else "a leaf"


def _called(node: Value) -> str:
    return f"{node.name} = {shown(node.data)}" if node.name else shown(node.data)


def source_lines(nodes: Iterable[Value]) -> dict[Value, str]:
    """Where nodes were made, as ``file.py:3: z = x * y``: those made inside the ``detect_anomaly`` that is open now."""
    sources = _sources.get() or {}
    found = {}
    for node in nodes:
        where, _, text = sources.get(node.serial, "")[2:-1].partition(": ")
        if where:
            found[node] = f"{basename(where)}: {text}" if text else basename(where)
    return found


def source_line() -> str:
    """The line of the nearest caller outside this package."""
    frame = sys._getframe(1)
    while frame.f_back is not None and dirname(frame.f_code.co_filename).startswith(_HERE):
        frame = frame.f_back
    file, line = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(file, line, frame.f_globals).strip()
    return f" ({file}:{line}{': ' + text if text else ''})"
