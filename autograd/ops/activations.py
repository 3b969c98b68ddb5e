"""Activations: tanh, sigmoid, softplus, logsigmoid, relu, leaky_relu, elu, silu, gelu (lecture row L9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import intrinsics as m
from .. import precise
from ..intrinsics import to_float, unit, where
from ..op import Op, family
from ..precise import TWO_OVER_SQRT_PI, careful
from .elementary import erf, exp

tanh = Op(
    "tanh",
    value=m.tanh,
    slopes=lambda z, x: (4 * _bell(2 * x),),
    taught=lambda z, x: (1 - z**2,),
    doc="The hyperbolic tangent; its slope, 1 - tanh², in a form that keeps its digits.",
)


def _sigmoid(x: Any) -> Any:
    z = m.exp(-abs(x))  # never overflows
    return where(x < 0, z, 1) / (1 + z)


def _bell(x: Any) -> Any:
    """The slope of sigmoid: t - t² for t = σ(x) and for t = σ(-x) alike, and the smaller t keeps its digits.

    ``where`` chooses it: the slope of ``-abs(x)`` is 0 at 0, which would spoil the third derivative there.
    """
    t = sigmoid(where(x < 0, x, -x))
    return t - t**2


sigmoid: Op = Op(
    "sigmoid",
    glyph="σ",
    value=_sigmoid,
    slopes=lambda z, x: (_bell(x),),
    taught=lambda z, x: (z * (1 - z),),
    doc="The logistic function 1 / (1 + exp(-x)); its slope, σ(1 - σ), in a form that keeps its digits.",
)
softplus = Op(
    "softplus",
    value=lambda x: where(x > 0, x, 0) + m.log1p(m.exp(-abs(x))),
    slopes=lambda z, x: (sigmoid(x),),
    doc="log(1 + exp(x)), a smooth relu.",
)
logsigmoid = Op(
    "logsigmoid",
    value=lambda x: where(x < 0, x, 0) - m.log1p(m.exp(-abs(x))),
    slopes=lambda z, x: (sigmoid(-x),),
    doc="log(sigmoid(x)), stable at both ends.",
)
relu = Op(
    "relu",
    value=lambda x: where(x <= 0, 0, x),
    slopes=lambda z, x: (where(x > 0, 1, where(x <= 0, 0, x)),),
    corners={0: 0},
    doc="max(x, 0); the slope at 0 is 0.",
)


@family("leaky_relu")
def leaky_relu(negative_slope: Any) -> Op:
    """The row for one slope below 0."""
    return Op(
        "leaky_relu",
        params=(negative_slope,),
        value=lambda x: where(x > 0, x, negative_slope * x),
        slopes=lambda z, x: (where(x > 0, 1, where(x <= 0, negative_slope, x)),),
        corners={0: negative_slope},
        doc="x above 0, negative_slope * x below; the slope at 0 is the one below.",
    )


@family("elu")
def elu(alpha: Any) -> Op:
    """The row for one alpha."""
    return Op(
        "elu",
        params=(alpha,),
        value=lambda x: where(x > 0, x, to_float(alpha) * m.expm1(where(x > 0, 0, x))),
        slopes=lambda z, x: (where(x > 0, 1, alpha * exp(x)),),
        corners={} if alpha == 1 else {0: alpha},
        doc="x above 0, alpha (exp(x) - 1) below; the slope at 0 is alpha.",
    )


silu = Op(
    "silu",
    value=lambda x: careful(x * _sigmoid(x), precise.silu, x),
    slopes=lambda z, x: (careful(sigmoid(x) + z * sigmoid(-x), precise.silu_slope, x),),
    doc="x * sigmoid(x), also called swish.",
)
gelu = Op(
    "gelu",
    value=lambda x: careful(x * _normal_share(x, m.erf), precise.gelu, x),
    slopes=lambda z, x: (
        careful(_normal_share(x, erf) + x * exp(-x * x / 2) * (TWO_OVER_SQRT_PI / 8**0.5), precise.gelu_slope, x),
    ),
    doc="x Φ(x), with Φ the share of the normal distribution below x (PyTorch's exact form).",
)


def _normal_share(x: Any, erf: Callable[[Any], Any]) -> Any:
    return (1 + erf(x / m.sqrt(2 * unit(x)))) / 2
