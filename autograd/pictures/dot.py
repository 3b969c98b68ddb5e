"""Runs Graphviz: which ``dot``, with a time limit, and errors that say what to do."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

VARIABLE = "GLASSGRAD_DOT"
"""The environment variable that chooses the program: ``embedded``, ``system`` or a path."""
REMEDY = "install one with pip install 'glassgrad[dot]', or install Graphviz (graphviz.org) so that dot is on the PATH"


class DrawingError(RuntimeError):
    """A picture could not be made; the message says why and what to do."""


class GraphvizNotFound(DrawingError):
    """There is no Graphviz to draw with."""


class GraphvizTimeout(DrawingError):
    """Graphviz took longer than the time limit."""


def run(source: str, format: str, *, engine: str, timeout: float | None, options: tuple[str, ...] = ()) -> bytes:
    """Draw DOT source with Graphviz and return what it writes.

    ``engine`` is ``dot`` to lay out, or ``neato`` to draw what is pinned already. Raises GraphvizNotFound,
    GraphvizTimeout, or DrawingError with Graphviz's own words.
    """
    backend = _backend()
    program = find()
    assembled = backend.dot_command.command(engine, format, neato_no_op=2 if engine == "neato" else None)
    command = [program, *assembled[1:], *options]
    import subprocess

    try:
        finished = backend.execute.run_check(
            command, input=source.encode(), capture_output=True, quiet=True, timeout=timeout
        )
    except subprocess.TimeoutExpired:
        raise GraphvizTimeout(
            f"Graphviz did not finish within {timeout:g} s: draw a smaller part of the graph, "
            "or give it more time with timeout="
        ) from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise DrawingError(f"{program} failed with exit code {error.returncode}: {said[:500]}") from None
    except (backend.ExecutableNotFound, OSError) as error:
        raise GraphvizNotFound(f"{program} does not run ({error.__cause__ or error}): {REMEDY}") from None
    return bytes(finished.stdout)


def find() -> str:
    """The program to draw with: the one that GLASSGRAD_DOT names, else the embedded one, else the system's ``dot``."""
    choice = os.environ.get(VARIABLE, "")
    if choice not in ("", "embedded", "system"):
        if os.path.dirname(choice):
            return choice
        raise GraphvizNotFound(f"{VARIABLE} is {choice!r}: make it embedded, system, or a path such as /usr/bin/dot")
    found = (_embedded() if choice != "system" else None) or (_system() if choice != "embedded" else None)
    if found is None:
        where = f" ({VARIABLE} is {choice})" if choice else ""
        raise GraphvizNotFound(f"there is no Graphviz to draw with{where}: {REMEDY}")
    return found


@lru_cache(maxsize=1)
def _embedded() -> str | None:
    """The program that the package graphviz-pure brings, found in the list of its files."""
    from importlib import metadata

    try:
        files = metadata.files("graphviz-pure") or []
    except metadata.PackageNotFoundError:
        return None
    programs = (str(file.locate()) for file in files if file.stem == "graphviz-pure" and file.suffix in ("", ".exe"))
    return next((os.path.normpath(program) for program in programs if os.path.exists(program)), None)


def _system() -> str | None:
    import shutil

    return shutil.which("dot")


def _backend() -> Any:
    """The part of the package graphviz that builds and runs commands; its public calls know no time limit."""
    try:
        from graphviz import backend
    except ImportError:
        raise GraphvizNotFound(
            "drawing needs the Python package graphviz: pip install 'glassgrad[dot]' (or pip install graphviz)"
        ) from None
    return backend
