"""Writes a file whole or not at all, and never over another one unasked."""

from __future__ import annotations

import errno
import os


def write(path: str | os.PathLike[str], data: bytes, overwrite: bool, durable: bool = False) -> None:
    """Put data into a new file, or with ``overwrite`` in the place of an old one.

    The data goes to a file beside it first, which then gets the name in one step. A symbolic link of that name is
    never followed: it counts as a file that exists, and overwriting replaces the link itself. With ``durable`` the data
    has reached the disk before the file gets its name, so that a power cut leaves the old file or the new one.
    """
    target = os.path.abspath(os.fspath(path))
    folder = os.path.dirname(target)
    if not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, "there is no such folder: make it first", folder)
    if os.path.isdir(target) and not os.path.islink(target):
        raise IsADirectoryError(errno.EISDIR, "it is a folder: name a file in it", target)
    draft = os.path.join(folder, f".{os.urandom(8).hex()}.part")
    try:
        with open(draft, "xb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        if overwrite:
            os.replace(draft, target)
        else:
            _claim(draft, target)
    finally:
        if os.path.lexists(draft):
            os.unlink(draft)


def _claim(draft: str, target: str) -> None:
    """Give the draft its name if nobody has it: by a hard link, or where the disk knows none, by an empty file first."""
    try:
        try:
            os.link(draft, target)
        except FileExistsError:
            raise
        except (OSError, AttributeError):  # a browser's Python has no os.link
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            os.replace(draft, target)
    except FileExistsError:
        remedy = "this file exists already: choose another name, or pass overwrite=True"
        raise FileExistsError(errno.EEXIST, remedy, target) from None
