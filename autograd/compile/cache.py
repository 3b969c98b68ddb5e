"""Machine code, kept on disk: the next process that needs the same code loads it instead of compiling it.

An entry is named by all that it depends on, and begins with a digest of itself: one that was cut short or changed is made
anew. Entries appear whole or not at all, so processes may share the folder. It is ``glassgrad`` in the user's cache folder,
or what the environment variable ``GLASSGRAD_CACHE`` names; ``GLASSGRAD_CACHE=off`` keeps nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from ..files import write

MOST = 500
"""Entries that are kept; beyond them, those that were not used for the longest time go."""

_DIGEST = sha256().digest_size


def folder() -> Path | None:
    """Where entries are to be, or None if nothing is to be kept."""
    named = os.environ.get("GLASSGRAD_CACHE", "")
    if named.lower() == "off":
        return None
    if named:
        return Path(os.path.expanduser(named))  # a home that is not known stays ~
    usual = {"win32": os.environ.get("LOCALAPPDATA", ""), "darwin": "~/Library/Caches"}
    home = Path(os.environ.get("XDG_CACHE_HOME") or usual.get(sys.platform) or "~/.cache").expanduser()
    return home / "glassgrad" if home.is_absolute() else None


def usable() -> Path | None:
    """Where entries are kept, or None if they cannot or shall not be."""
    place = folder()
    return place if place is not None and _private(place) and os.access(place, os.W_OK | os.X_OK) else None


def kept(parts: Iterable[str], make: Callable[[], bytes]) -> bytes:
    """What was kept under these parts, or what ``make`` gives, which is then kept.

    A folder that cannot be read or written, or that others than its owner may write to, keeps nothing: that is no error.
    """
    place = folder()
    if place is None or not _private(place):
        return make()
    file = place / (sha256("\0".join(parts).encode()).hexdigest() + ".o")
    with suppress(OSError):
        entry = file.read_bytes()
        if sha256(entry[_DIGEST:]).digest() == entry[:_DIGEST]:
            with suppress(OSError):
                os.utime(file)  # used now
            return entry[_DIGEST:]
    made = make()
    with suppress(OSError):
        write(file, sha256(made).digest() + made, overwrite=True)
        _prune(place)
    return made


def _private(place: Path) -> bool:
    """Whether the folder is there, made if need be, and its owner's alone: what is in it will be run."""
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = place.stat()
    except OSError:
        return False
    return not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & 0o022)


def _prune(place: Path) -> None:
    """Forget what was not used for the longest time."""
    found = sorted((entry.stat().st_mtime, entry.path) for entry in os.scandir(place) if entry.name.endswith(".o"))
    for _, path in found[:-MOST]:
        os.unlink(path)
