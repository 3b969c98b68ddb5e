"""How to install what is missing: a line that works in the environment that it is said in."""

from __future__ import annotations

import os
import shlex
import sys


def extra(name: str) -> str:
    """The line that installs one of glassgrad's extras, for the end of an error.

    In a clone it installs from the clone. An environment without a pip of its own, as ``make`` sets up, is filled by the pip
    of the Python that it was made from.

    >>> extra("plot").endswith("[plot]'")
    True
    """
    clone = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if os.path.isfile(os.path.join(clone, "pyproject.toml")):
        return f"{_pip()} install -e '{clone}[{name}]'"
    return f"{_pip()} install 'glassgrad[{name}]'"


def package(name: str) -> str:
    """The line that installs another package.

    >>> package("jax").endswith("install jax")
    True
    """
    return f"{_pip()} install {name}"


def _pip() -> str:
    from importlib.util import find_spec

    if find_spec("pip") or sys.platform == "emscripten":  # a browser's Python is no program
        return "pip"
    base = getattr(sys, "_base_executable", "") or "python3"
    return f"{shlex.quote(base)} -m pip --python {shlex.quote(sys.executable)}"
