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


def numbered(numbers: Any) -> tuple[Any, Any]:
    """The different numbers of an array, which are 0 or more and not large, in order; and the place of each among them.

    That is ``numpy.unique``, but faster, and the first call of that loads another module, which takes 10 ms.

    >>> used, places = numbered(numpy().array([5, 2, 5]))
    >>> used.tolist(), places.tolist()
    ([2, 5], [1, 0, 1])
    """
    seen = numpy().bincount(numbers) > 0
    return seen.nonzero()[0], (seen.cumsum() - 1)[numbers]


@cache
def _extra(module: str, found: Callable[[str], Any]) -> Any:
    try:
        return found(module)
    except ImportError as error:
        name = module.partition(".")[0]
        raise ImportError(f"{name} is needed here: install it with {installing.extra('fast')}") from error
