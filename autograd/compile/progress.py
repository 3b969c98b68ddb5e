"""A line that says what is being compiled, where somebody waits for it for more than a second."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import perf_counter
from typing import Any

PATIENCE = 1.0
"""Seconds for which nothing is said."""

PACE = 2e-6
"""Seconds that a stage takes for an operation, about: so that it shows before, not after."""

NOTEBOOKS = ("ipykernel", "pyodide_kernel")
"""Packages whose streams are shown on a page, and take a line back as a terminal does."""

Tell = Callable[..., None]
"""Says that a stage begins, and of how many operations, if that is known."""


@contextmanager
def compiling(shown: bool) -> Iterator[Tell]:
    """A block that compiles; entered, it gives the function to call as each stage begins.

    What that writes is one line on stderr, if it is a terminal's or a notebook's, and is gone when the block ends.

    >>> with compiling(shown=True) as tell:
    ...     tell("scheduling", 60_000)
    """
    began, length = perf_counter(), 0
    stream: Any = sys.stderr if shown and _is_watched(sys.stderr) else None

    def write(line: str) -> None:
        nonlocal length
        with suppress(OSError, ValueError):  # who looks on may go away
            stream.write(f"\r{line.ljust(length)}")
            stream.flush()
            length = len(line)

    def tell(stage: str, operations: int = 0) -> None:
        if stream is not None:
            so_far = perf_counter() - began
            if length or so_far + PACE * operations >= PATIENCE:
                write(f"compiling: {stage}{f' {operations:,} operations' if operations else ''} ... {so_far:.1f} s")

    try:
        yield tell
    finally:
        if length:
            write("")  # blanks, and then back to where the line began
            write("")


def _is_watched(stream: Any) -> bool:
    """Whether somebody may look at a stream while it is written to."""
    if type(stream).__module__.partition(".")[0] in NOTEBOOKS:
        return True
    with suppress(AttributeError, OSError, ValueError):  # there may be none, or a closed one
        return bool(stream.isatty())
    return False
