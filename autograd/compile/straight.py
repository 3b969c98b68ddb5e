"""The shortest way for one sample: machine code reads an array where it lies, and writes the results into a new one."""

from __future__ import annotations

from ctypes import addressof, c_char
from typing import Any

from .extras import numpy
from .guards import holds
from .trees import laid_one
from .variants import Variant


class Straight:
    """A variant for arguments of certain shapes.

    Args:
        variant: whose code has a function ``one``.
    """

    def __init__(self, variant: Variant) -> None:
        self.variant, self._np = variant, numpy()
        self._float, self._results = self._np.dtype(float), len(variant.program.results)

    def __call__(self, arrays: tuple[Any, ...]) -> Any:
        """The results; None if these arrays need another way: a copy of their floats, or another branch."""
        np, variant, kind = self._np, self.variant, self._float
        code: Any = variant.code
        if any(x.dtype is not kind for x in arrays):
            return None
        x = arrays[0] if len(arrays) == 1 else np.concatenate([x.reshape(-1) for x in arrays])
        try:
            at = addressof(c_char.from_buffer(x))
        except (TypeError, ValueError):  # in pieces, empty, or not to be written to, which ctypes asks for
            return None
        found = np.empty(self._results)
        code.one(at, variant.now(), addressof(c_char.from_buffer(found)))
        if variant.program.guards and not holds(variant.program, found.tolist()):
            return None
        return laid_one(variant.layout, found)
