"""Runs Graphviz: which ``dot``, with a time limit, and errors that say what to do."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from importlib import import_module
from typing import Any

from .. import installing

VARIABLE = "GLASSGRAD_DOT"
"""The environment variable that chooses the program: ``embedded``, ``system`` or a path."""


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
    if sys.platform == "emscripten":
        return _in_browser(source, format, engine)
    backend = _backend()
    program = find()
    assembled = backend.dot_command.command(engine, format, neato_no_op=2 if engine == "neato" else None)
    command = [program, *assembled[1:], "-q", *options]  # quiet: thousands of warnings about tight labels take time, too
    try:
        code, written, said, late = _finished(command, source.encode(), timeout)
    except OSError as error:
        raise GraphvizNotFound(f"{program} does not run ({error}): {_remedy()}") from None
    if late:
        raise GraphvizTimeout(
            f"Graphviz did not finish within {timeout:g} s: draw a smaller part of the graph, "
            "or give it more time with timeout="
        )
    if code:
        told = said.decode(errors="replace").strip()
        raise DrawingError(f"{program} failed with exit code {code}: {told[:500]}")
    return written


def _in_browser(source: str, format: str, engine: str) -> bytes:
    """Draw in a browser, where no program can be started: with the page's own Graphviz, which knows no time limit.

    It is an instance of the npm package @viz-js/viz, which the page keeps in ``globalThis.graphviz``.
    """
    graphviz: Any = getattr(import_module("js"), "graphviz", None)
    if graphviz is None:
        raise GraphvizNotFound(
            "this page has no Graphviz to draw with: let it set globalThis.graphviz = await Viz.instance(), "
            "with the npm package @viz-js/viz, or use the site that make lite builds"
        )
    if format == "png":
        raise DrawingError("in a browser there is no PNG to be had: save the picture as .svg")
    answer = graphviz.render(source, format=format, engine="nop2" if engine == "neato" else engine)
    if answer.status != "success":
        told = "; ".join(error.message for error in answer.errors if error.level == "error")
        raise DrawingError(f"the browser's Graphviz failed: {told[:500]}")
    written: str = answer.output
    return written.encode()


def _finished(command: list[str], source: bytes, timeout: float | None) -> tuple[int, bytes, bytes, bool]:
    """Run a command to its end: its exit code, what it wrote and said, and whether it was stopped for being late.

    The time limit is a thread that kills: waiting with a limit would mean asking again and again, up to 2 ms too late.
    """
    from subprocess import PIPE, Popen
    from threading import Event, Thread

    over = Event()
    late = False

    def limit() -> None:
        nonlocal late
        if not over.wait(timeout):
            late = True
            process.kill()

    with Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE) as process:
        if timeout is not None:
            Thread(target=limit, daemon=True).start()
        try:
            written, said = process.communicate(source)
        except BaseException:  # an interrupt
            process.kill()
            raise
        finally:
            over.set()
    return process.returncode, written, said, late


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
        raise GraphvizNotFound(f"there is no Graphviz to draw with{where}: {_remedy()}")
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


def _remedy() -> str:
    return f"install one with {installing.extra('dot')}, or install Graphviz (graphviz.org) so that dot is on the PATH"


def _backend() -> Any:
    """The part of the package graphviz that builds and runs commands; its public calls know no time limit."""
    try:
        from graphviz import backend
    except ImportError:
        raise GraphvizNotFound(
            f"drawing needs the Python package graphviz: {installing.extra('dot')} (or {installing.package('graphviz')})"
        ) from None
    return backend
