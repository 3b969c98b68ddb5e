"""Gradient checks for functions, losses and operations of your own.

``check_gradients`` compares every derivative of a function at a point with the best witness there is; ``check_operation``
puts one row through all its laws. Both need nothing more than glassgrad; ``pip install 'glassgrad[testing]'`` brings
mpmath, which judges functions such as exp to 50 digits, and Hypothesis for ``strategies``.

::

    series, digits    numbers with an infinitesimal, in fractions or in mpmath's digits
    differences       slopes from floats alone          oracles   the best witness for a function
    rounded           floats that know their error      tape      a recorded graph that runs on any number
    local, whole      one row; a whole graph            report    what is said
    checks, rows      check_gradients, check_operation
"""

from __future__ import annotations

from importlib import import_module

from .checks import check_gradients
from .report import GradientError, Report
from .rows import check_operation

__all__ = [
    "GradientError",
    "Report",
    "check_gradients",
    "check_operation",
]  # strategies needs Hypothesis: loaded when asked for


def __getattr__(name: str) -> object:
    if name == "strategies":
        return import_module(".strategies", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
