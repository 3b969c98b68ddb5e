"""Plots of the lecture's pictures, with matplotlib: what a model has learned, and how (extra ``plot``).

Each function returns a matplotlib figure, which shows itself in a notebook, also without pyplot; :class:`Plot` says what
else it can do. ``ax=`` draws on axes of your own instead, on several where a picture has several parts.

========================  ====================================================================
:func:`perceptron`        the line moving as a perceptron learns (lecture rows L1, L2)
:func:`cost_curve`        a cost over one weight (L3), with the way of a descent (L4)
:func:`cost_surface`      a cost over two weights, with the ways of descents (L4, L20)
:func:`descents`          optimizers side by side on one surface (L20, L21)
:func:`descend`           the way of one optimizer, as points
:func:`activations`       each activation with its derivative (L9)
:func:`boundary`          the regions between which a classifier decides (L6, L12)
:func:`confusion`         how often a classifier took which class for which (L23)
:func:`bumps`             bumps that add up to a function (L10)
:func:`images`            rows of numbers as images (L23)
:func:`weights`           the weights of a first layer as images (L23)
:func:`history`           loss, accuracy, gradient norms and parameters in training (L19, L22)
========================  ====================================================================
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from autograd.installing import extra

if TYPE_CHECKING:
    from .canvas import Plot
    from .costs import cost_curve, cost_surface, descend, descents
    from .decisions import confusion
    from .functions import activations, bumps
    from .pixels import images, weights
    from .progress import history
    from .regions import boundary, perceptron

__all__ = [
    "Plot",
    "activations",
    "boundary",
    "bumps",
    "confusion",
    "cost_curve",
    "cost_surface",
    "descend",
    "descents",
    "history",
    "images",
    "perceptron",
    "weights",
]

_HOME = {
    "Plot": "canvas",
    "activations": "functions",
    "boundary": "regions",
    "bumps": "functions",
    "confusion": "decisions",
    "cost_curve": "costs",
    "cost_surface": "costs",
    "descend": "costs",
    "descents": "costs",
    "history": "progress",
    "images": "pixels",
    "perceptron": "regions",
    "weights": "pixels",
}


def __getattr__(name: str) -> Any:
    """The functions come with matplotlib, which is loaded when the first of them is asked for."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise ImportError(f"plots need the Python package matplotlib: {extra('plot')}") from None
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
