"""What compile uses if it is installed: NumPy for batches, llvmlite for machine code."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class FallbackWarning(UserWarning):
    """The fastest way to run is not installed, and another one is used."""


def numpy() -> Any:
    """NumPy.

    Raises:
        ImportError: it is not installed; the message says how to.
    """
    return _extra("numpy")


def llvmlite() -> Any:
    """llvmlite's binding to LLVM.

    Raises:
        ImportError: it is not installed; the message says how to.
    """
    return _extra("llvmlite.binding")


def _extra(module: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        name = module.partition(".")[0]
        raise ImportError(f"{name} is needed here: install it with pip install 'glassgrad[fast]'") from error
