"""Several native threads: rows in parts, each in a thread of its own, where they are enough to be worth it.

Machine code needs nothing of Python, so that the interpreter lets other threads run meanwhile. How rows are cut depends on
their number alone, so that results are the same in every run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")

WORTH = 1 << 18
"""Operations, of all rows together, that a part has at least: to hand it over takes a tenth of their time."""


def several(threads: Any) -> int:
    """A number of threads.

    Raises:
        ValueError: it is not whole, or below 1.

    >>> several(2)
    2
    """
    if isinstance(threads, bool) or not hasattr(threads, "__index__") or threads.__index__() < 1:
        raise ValueError(f"threads is how many run at once, a whole number of 1 or more; got {threads!r}")
    return int(threads.__index__())


def parts(rows: int, operations: int, tile: int, threads: int) -> list[slice]:
    """Rows in at most so many parts, of whole tiles but for the last.

    Args:
        operations: of each row.
        tile: how many rows are computed side by side.

    >>> parts(100_000, 1000, 16, 2)
    [slice(0, 50000, None), slice(50000, 100000, None)]
    >>> parts(100, 1000, 16, 2)
    [slice(0, 100, None)]
    """
    count = max(1, min(threads, rows * operations // WORTH))
    size = -(-rows // (count * tile)) * tile or 1
    return [slice(start, min(start + size, rows)) for start in range(0, max(rows, 1), size)]


def in_threads(work: Callable[[T], None], some: Sequence[T]) -> None:
    """The work for each of some, for the first one in this thread. It ends when all are done, after Ctrl-C too."""
    first, *others = some
    if not others:
        return work(first)
    started: list[Any] = []
    try:
        for part in others:
            started.append(_pool(len(others), os.getpid()).submit(work, part))
        work(first)
    finally:
        _ended(started)
    for one in started:
        one.result()


def _ended(started: Sequence[Any]) -> None:
    """Wait for all, however often Ctrl-C is pressed."""
    try:
        for one in started:
            one.exception()
    except KeyboardInterrupt:
        _ended(started)
        raise


@cache
def _pool(threads: int, process: int) -> Any:
    """Threads that are kept, of this process: a fork has none of its parent's."""
    from concurrent.futures import ThreadPoolExecutor  # which takes a while, and few need it

    return ThreadPoolExecutor(threads, thread_name_prefix="glassgrad")
