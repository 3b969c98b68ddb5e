"""glassgrad's engine: scalars that remember how they were computed, and the chain rule over them.

>>> from autograd import Value
>>> x, y = Value(2, name="x"), Value(3, name="y")
>>> z = x * y
>>> z.backward(5)          # dL/dz = 5 is given
>>> x.grad, y.grad
(15, 10)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .derivatives import grad, hessian, hvp, jacobian, jvp, vjp
from .functions import (
    cross_entropy,
    dot,
    elu,
    leaky_relu,
    log_softmax,
    logsumexp,
    lookup,
    maximum,
    mean,
    minimum,
    pow,
    softmax,
    sum,
    where,
)
from .graph import StaleError
from .learn import explain, why
from .modes import AnomalyError, detect_anomaly, enable_grad, no_grad, scope
from .op import Op, family
from .ops.activations import gelu, logsigmoid, relu, sigmoid, silu, softplus, tanh
from .ops.arithmetic import absolute as abs
from .ops.arithmetic import sign, step
from .ops.elementary import acos, asin, atan, cos, cosh, erf, exp, expm1, log, log1p, log2, log10, sin, sinh, sqrt, tan
from .pictures import draw
from .stepper import steps
from .value import Value

if TYPE_CHECKING:
    from .compile.runtime import compiled as compile

__version__ = "0.1.0"

__all__ = [
    "AnomalyError",
    "Op",
    "StaleError",
    "Value",
    "abs",
    "acos",
    "asin",
    "atan",
    "compile",
    "cos",
    "cosh",
    "cross_entropy",
    "detect_anomaly",
    "dot",
    "draw",
    "elu",
    "enable_grad",
    "erf",
    "exp",
    "explain",
    "expm1",
    "family",
    "gelu",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "leaky_relu",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_softmax",
    "logsigmoid",
    "logsumexp",
    "lookup",
    "maximum",
    "mean",
    "minimum",
    "no_grad",
    "pow",
    "relu",
    "scope",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "step",
    "steps",
    "sum",
    "tan",
    "tanh",
    "vjp",
    "where",
    "why",
]


def __getattr__(name: str) -> Any:
    """``compile`` is loaded when asked for: a package that is called as a function."""
    if name == "compile":
        return import_module(".compile", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
