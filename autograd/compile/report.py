"""What was compiled, in figures."""

from __future__ import annotations

from typing import Any, NamedTuple

from .lower import Counts
from .program import Program


class Entry(NamedTuple):
    """One recording: what was asked for, its counts, its program, what runs it, and the seconds that each stage took."""

    request: str
    counts: Counts
    program: Program
    code: Any
    recording: float
    lowering: float
    compiling: float


class Report(NamedTuple):
    """What a compiled function holds. Print it.

    >>> import autograd
    >>> fast = autograd.compile(lambda x: x * x + x * x, backend="python")
    >>> fast(3)
    18.0
    >>> print(fast.report())
    value: 3 operations recorded (0 not needed, 0 constant), 2 instructions (1 shared, 0 dropped), 0 branches
      python: recorded in ... ms, lowered in ... ms, compiled in ... ms
    """

    entries: tuple[Entry, ...]
    more: tuple[str, ...] = ()
    """Lines to follow them."""

    def __str__(self) -> str:
        return "\n".join([*map(_told, self.entries), *self.more]) or "nothing is recorded yet: call it once"


def _told(e: Entry) -> str:
    c, branches = e.counts, len(e.program.guards)
    return (
        f"{e.request}: {c.recorded} operations recorded ({c.recorded - c.needed} not needed, {c.folded} constant), "
        f"{counted(e.program.steps, 'instruction')} ({c.shared} shared, {c.dropped} dropped), "
        f"{branches} branch{'' if branches == 1 else 'es'}\n"
        f"  {e.code.name}: recorded in {ms(e.recording)}, lowered in {ms(e.lowering)}, compiled in {ms(e.compiling)}"
        + "".join([f"\n  {line}" for line in e.code.about()])
    )


def counted(number: int, noun: str) -> str:
    """So many of a thing."""
    return f"{number} {noun}{'s'[: number != 1]}"


def ms(seconds: float) -> str:
    """A time."""
    return f"{1000 * seconds:.3g} ms"
