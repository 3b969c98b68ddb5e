"""Values whose numbers machine code has: they get them when somebody asks.

To write a number into a Value takes longer than machine code takes for a parameter's whole step, and most are never looked
at between two steps. So a lent Value is, for the time being, of a class without a number of its own: who reads or writes it
calls all of them back first. That a class may change is Python's way to say this without a check in each operation.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from threading import RLock
from typing import Any, Final

from .. import graph
from ..value import Value

PATIENCE: Final = 16
"""So many times numbers are written at once before they are lent: who looks each time would pay more for the lending."""

_write_data: Any = Value.__dict__["_data"].__set__
_write_serial: Any = Value.__dict__["serial"].__set__


class Lock:
    """A lock, also for machine code, which sees by its depth whether somebody has it.

    Who has it may take it again.

    Attributes:
        held: how often, where machine code looks.

    >>> lock = Lock()
    >>> with lock, lock:
    ...     lock.depth
    2
    """

    def __init__(self) -> None:
        self._lock, self.held = RLock(), array("q", [0])

    @property
    def depth(self) -> int:
        """How often it was taken and not given back."""
        return self.held[0]

    def __enter__(self) -> None:
        self._lock.acquire()
        self.held[0] += 1

    def __exit__(self, *_: object) -> None:
        self.held[0] -= 1
        self._lock.release()


class Lent:
    """Some Values, and where their numbers are.

    Args:
        values: leaves.
        numbers: gives what they are now.

    Attributes:
        lock: held by whoever changes those numbers.
        waiting: 1 while the Values wait to be asked, where machine code looks.

    >>> v = Value(1.0)
    >>> lent = Lent([v], lambda: [2.0])
    >>> for now in range(PATIENCE):
    ...     lent.renew(now)
    >>> lent.away, v * 3, lent.away
    (True, Value(6.0, op=mul), False)
    """

    def __init__(self, values: Sequence[Value], numbers: Callable[[], list[float]]) -> None:
        self.values, self._numbers = values, numbers
        self.lock, self.waiting, self._waited, self._now = Lock(), array("q", [0]), 0, 0
        kept = {name: _asking(name, self.settle) for name in ("_data", "serial")}
        self._kind: Any = type("Value", (Value,), {"__slots__": (), "__doc__": Value.__doc__, **kept})

    @property
    def away(self) -> bool:
        """Whether the Values wait to be asked."""
        return self.waiting[0] == 1

    def renew(self, now: int) -> None:
        """Their numbers are others since ``now``, a serial."""
        graph.last_write = self._now = now
        if not self.away:
            self._waited = (self._waited + 1) % PATIENCE
            self._whole(self._write if self._waited else self._lend)

    def settle(self) -> None:
        """Give them their numbers, if they wait for them."""
        with self.lock:
            if self.away:
                self._whole(self._write)

    def _whole(self, work: Callable[[], None]) -> None:
        """Do this for all, also if Ctrl-C comes in between."""
        try:
            work()
        except KeyboardInterrupt:
            self._write()
            raise

    def _lend(self) -> None:
        if not all(type(v) is Value for v in self.values):
            return self._write()
        self.waiting[0] = 1
        for v in self.values:
            v.__class__ = self._kind

    def _write(self) -> None:
        v: Any
        if self.away:
            for v, x in zip(self.values, self._numbers()):
                _write_data(v, x)
                _write_serial(v, self._now)
                v.__class__ = Value  # last, so that a thread that sees a Value sees its number
            self.waiting[0] = 0
        else:
            for v, v._data in zip(self.values, self._numbers()):
                v.serial = self._now


def _asking(name: str, settle: Callable[[], None]) -> property:
    """A slot of a lent Value: there is none before it is called back."""

    def read(value: Value) -> Any:
        settle()
        return getattr(value, name)

    def write(value: Value, new: Any) -> None:
        settle()
        setattr(value, name, new)

    return property(read, write)
