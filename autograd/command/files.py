"""What commands read and write."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

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


def form_of(arguments: argparse.Namespace, forms: Mapping[str, str]) -> str:
    """What to write: what ``--format`` says, or the file's suffix, or the first that there is."""
    chosen = getattr(arguments, "format", None)
    if chosen is None and arguments.output:
        chosen = forms.get(Path(arguments.output).suffix.lower())
        if chosen is None:
            *some, last = forms
            known = f"{', '.join(some)} or {last}" if some else last
            way = ", or add --format" if "format" in arguments else ""
            raise CommandError(f"{arguments.output} does not say what to write: end it in {known}{way}")
    return chosen or next(iter(forms.values()))


def give(text: str, arguments: argparse.Namespace) -> None:
    """Write a text to the file that was asked for, or print it."""
    if arguments.output:
        save(arguments.output, f"{text}\n".encode(), arguments.force)
    else:
        say(text)
