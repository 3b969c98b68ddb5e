"""Activation functions as modules (lecture row L9), and their names.

Corners follow :mod:`autograd`: at 0, the slope of relu and of leaky relu is the one below.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import autograd

from .checks import finite
from .module import Module
from .shapes import mapped


class Activation(Module):
    """A function of one number, applied to each number of what it is given, which keeps its shape.

    >>> Tanh()([0.0, 0.0])
    [0.0, 0.0]
    """

    function: ClassVar[Callable[..., Any]]
    settings: ClassVar[tuple[str, ...]] = ()

    def forward(self, x: Any) -> Any:
        """The function of each number."""
        function, given = type(self).function, {name: getattr(self, name) for name in self.settings}
        return mapped((lambda v: function(v, **given)) if given else function, x)

    def describe(self) -> str:
        """Its settings."""
        return ", ".join(f"{name}={getattr(self, name)}" for name in self.settings)


class Identity(Activation):
    """x itself: a linear unit."""

    function = staticmethod(lambda x: x)


class Step(Activation):
    """1 above 0, else 0; its slope is 0 everywhere, so nothing learns through it (L1)."""

    function = staticmethod(autograd.step)


class Sigmoid(Activation):
    """1 / (1 + exp(-x)) (L8)."""

    function = staticmethod(autograd.sigmoid)


class Tanh(Activation):
    """The hyperbolic tangent."""

    function = staticmethod(autograd.tanh)


class ReLU(Activation):
    """max(x, 0); the slope at 0 is 0."""

    function = staticmethod(autograd.relu)


class LeakyReLU(Activation):
    """x above 0, negative_slope * x below, which is also the slope at 0; 0.1 is the lecture's (L9), 0.01 PyTorch's default.

    >>> LeakyReLU(0.01)(-1.0)
    -0.01
    """

    function = staticmethod(autograd.leaky_relu)
    settings = ("negative_slope",)

    def __init__(self, negative_slope: float = 0.1) -> None:
        finite("negative_slope", negative_slope)
        self.negative_slope = negative_slope


class ELU(Activation):
    """x above 0, alpha (exp(x) - 1) below (L9)."""

    function = staticmethod(autograd.elu)
    settings = ("alpha",)

    def __init__(self, alpha: float = 1.0) -> None:
        finite("alpha", alpha)
        self.alpha = alpha


class Softplus(Activation):
    """log(1 + exp(x)), a smooth relu (L9)."""

    function = staticmethod(autograd.softplus)


class SiLU(Activation):
    """x * sigmoid(x), also called swish."""

    function = staticmethod(autograd.silu)


class GELU(Activation):
    """x Φ(x), in PyTorch's exact form."""

    function = staticmethod(autograd.gelu)


class Softmax(Module):
    """exp(x) / Σ exp(x) along the last dimension: the shares of the classes.

    >>> Softmax()([[0.0, 0.0]])
    [[0.5, 0.5]]
    """

    function: ClassVar[Callable[..., Any]] = staticmethod(autograd.softmax)

    def forward(self, x: Any) -> Any:
        """The shares of each row."""
        if not isinstance(x, list):
            raise ValueError(f"{self!r} takes a row of numbers and gives the share of each; got {x!r}")
        if x and isinstance(x[0], list):
            return [self.forward(row) for row in x]
        return type(self).function(x)


class LogSoftmax(Softmax):
    """log(softmax(x)) along the last dimension, with all its digits."""

    function = staticmethod(autograd.log_softmax)


ACTIVATIONS: dict[str, type[Module]] = {
    "identity": Identity,
    "step": Step,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "relu": ReLU,
    "leaky_relu": LeakyReLU,
    "elu": ELU,
    "softplus": Softplus,
    "silu": SiLU,
    "gelu": GELU,
    "softmax": Softmax,
    "log_softmax": LogSoftmax,
}
"""The activation modules by name: what ``activation="tanh"`` stands for."""


def activation(wanted: str | Module | None) -> Module:
    """The module of that name; a module passes through, and None is the identity.

    Raises:
        ValueError: no activation has that name.

    >>> activation("tanh")
    Tanh()
    """
    if isinstance(wanted, Module):
        return wanted
    name = "identity" if wanted is None else wanted
    if isinstance(name, type) and issubclass(name, Module):
        raise ValueError(f"{name.__name__} is a class: make a module of it, {name.__name__}()")
    if not isinstance(name, str) or name not in ACTIVATIONS:
        raise ValueError(f"there is no activation {wanted!r}; there are {', '.join(sorted(ACTIVATIONS))}, or give a module")
    return ACTIVATIONS[name]()
