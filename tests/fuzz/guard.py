"""What no input may bring about: running code, starting programs, writing elsewhere, or taking for ever."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LIMIT = 20.0
"""Seconds that one input may take, on a busy machine."""

_FORBIDDEN = ("os.system", "os.exec", "os.spawn", "os.fork", "os.kill", "socket.connect", "socket.bind", "pty.spawn")
_ON_FILES = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod", "shutil.rmtree")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

folder: Path | None = None
"""Where files may be written; None while nothing is watched."""


class Finding(Exception):
    """What an input brought about, and may not."""


seen: list[str] = []


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if folder is None:
        return
    problem = None
    if event == "exec":  # importing a module runs its file
        name = getattr(args[0], "co_filename", "")
        problem = None if name.startswith("<frozen ") or os.path.isfile(name) else f"code was run: {name}"
    elif event == "subprocess.Popen":
        program = args[0] if args[0] is not None else args[1][0]
        problem = (
            None
            if os.path.basename(os.fsdecode(program)) in ("dot", "graphviz-pure")
            else f"a program was started: {args[:2]}"
        )
    elif event == "open" and isinstance(args[2], int) and args[2] & _WRITES:
        problem = None if _inside(args[0]) else f"{args[0]!r} was opened to be written"
    elif event in _ON_FILES:
        problem = None if _inside(args[0]) else f"{event} of {args[0]!r}"
    elif event in _FORBIDDEN:
        problem = f"{event}{args!r:.200}"
    if problem:
        seen.append(problem)
        raise Finding(problem)


def _inside(path: Any) -> bool:
    if isinstance(path, int) or os.fsdecode(path) == os.devnull:
        return True
    whole = Path(os.fsdecode(path))
    return folder is not None and (Path.cwd() / whole).resolve().is_relative_to(folder)


def install() -> None:
    """Begin to listen; it cannot be undone, so that a process is started for it."""
    sys.addaudithook(_hook)
    signal.signal(signal.SIGALRM, _alarm)


def _alarm(*_: Any) -> None:
    raise TimeoutError(f"it took longer than {LIMIT:g} seconds")


@contextlib.contextmanager
def watched(where: Path) -> Iterator[None]:
    """Run one input: whatever it may not do raises, and is remembered even if it is caught on the way."""
    global folder
    seen.clear()
    folder = where.resolve()
    signal.setitimer(signal.ITIMER_REAL, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        folder = None
    if seen:
        raise Finding(seen[0])
