"""What compile uses if it is installed: NumPy for batches, llvmlite for machine code."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from .. import installing


class FallbackWarning(UserWarning):
    """The fastest way to run is not installed, and another one is used."""


def numpy() -> Any:
    """NumPy.

    Raises:
        ImportError: it is not installed; the message says how to.
    """
    return _extra("numpy", import_module)


def llvmlite() -> Any:
    """llvmlite's binding to LLVM.

    Raises:
        ImportError: it is not installed; the message says how to.
    """
    return _extra("llvmlite.binding", import_module)


@cache
def _extra(module: str, found: Callable[[str], Any]) -> Any:
    try:
        return found(module)
    except ImportError as error:
        name = module.partition(".")[0]
        raise ImportError(f"{name} is needed here: install it with {installing.extra('fast')}") from error
