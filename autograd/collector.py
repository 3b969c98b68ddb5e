"""Python's cyclic garbage collector, out of the way while much is made that has no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collector(wanted: bool = True) -> Iterator[None]:
    """The collector switched off for the block, if it was on; graphs are freed all the same. Also a decorator."""
    pause = wanted and gc.isenabled()
    if pause:
        gc.disable()
    try:
        yield
    finally:
        if pause:
            gc.enable()
