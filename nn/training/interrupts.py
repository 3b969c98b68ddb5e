"""Ctrl-C, held back where it would leave half of something."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any


class unbroken:
    """A block that Ctrl-C does not cut in two: it is heard when the block is done.

    Only the main thread hears Ctrl-C at all; in others, and where somebody ignores it, this does nothing.

    >>> with unbroken():
    ...     pass
    """

    _before: Any = None

    def __enter__(self) -> None:
        self._heard: tuple[int, FrameType | None] | None = None
        if threading.current_thread() is threading.main_thread():
            before = signal.getsignal(signal.SIGINT)
            if callable(before):
                self._before = before
                signal.signal(signal.SIGINT, self._remember)

    def _remember(self, number: int, frame: FrameType | None) -> None:
        self._heard = number, frame

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            if self._heard is not None:
                self._before(*self._heard)
