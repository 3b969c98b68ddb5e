"""What commands read and write."""

from collections.abc import Callable

from ..files import write
from ..terminal import say
from .arguments import CommandError


def beginning(path: str, most: int) -> bytes:
    """The first bytes of a file, which may have no end; whoever reads them says that there are too many."""
    try:
        with open(path, "rb") as file:
            return file.read(most)
    except (OSError, ValueError) as error:  # a name with a zero byte is a ValueError
        raise CommandError(f"{path} cannot be read: {getattr(error, 'strerror', error)}") from error


def save(path: str, data: bytes, force: bool) -> None:
    """Write a file and say so; one that exists stays, unless ``force``."""
    written(path, lambda: write(path, data, force))


def taken(path: str) -> CommandError:
    """The error for a file that exists already."""
    return CommandError(f"{path} exists: add --force to replace it, or choose another name")


def written(path: str, write: Callable[[], None]) -> None:
    """Let ``write`` write that file, and say so."""
    try:
        write()
    except FileExistsError as error:
        raise taken(path) from error
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}") from error
    say(f"wrote {path}")
