"""PyTorch and JAX at given points, in double precision: values and slopes as their users get them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Points = Sequence[Sequence[float]]
LISTS = ("logsumexp", "softmax", "log_softmax", "cross_entropy")


def evaluate(peer: str, name: str, points: Points) -> list[tuple[float, ...]] | None:
    """(value, slope by each input) at each point; None where the engine has no such function."""
    functions, run = {"torch": torch, "jax": jax}[peer]()
    kind, *parameters = name.split()
    function = functions.get(kind)
    if function is None:
        return None
    if kind in LISTS:
        return [run(lambda xs: function(xs), [xs])[0] for xs in points]
    fixed = tuple(map(float, parameters))
    return run(lambda xs: function(*xs, *fixed), list(zip(*points, strict=True)))  # type: ignore[no-any-return]


def torch() -> tuple[dict[str, Callable[..., Any]], Callable[..., Any]]:
    """PyTorch's functions, and how it evaluates one on columns."""
    import torch as t

    f = t.nn.functional
    functions = {name: getattr(t, name) for name in BY_NAME} | {
        "logsigmoid": f.logsigmoid,
        "softplus": f.softplus,
        "silu": f.silu,
        "gelu": f.gelu,
        "leaky_relu": f.leaky_relu,
        "elu": f.elu,
        "power": t.pow,
        "logsumexp": lambda x: t.logsumexp(x, 0),
        "softmax": lambda x: t.softmax(x, 0)[0],
        "log_softmax": lambda x: t.log_softmax(x, 0)[0],
        "cross_entropy": lambda x: f.cross_entropy(x, t.tensor(0)),
    }

    def run(function: Callable[..., Any], columns: Any) -> list[tuple[float, ...]]:
        xs = t.tensor(columns, dtype=t.float64, requires_grad=True)
        if len(columns) == 1 and xs.shape[1] < 10:  # one list of inputs
            z = function(xs[0])
            (d,) = t.autograd.grad(z, xs, allow_unused=True)
            return [(z.item(), *d[0].tolist())]
        z = function(xs)
        (d,) = t.autograd.grad(z.sum(), xs)
        return list(zip(z.tolist(), *d.tolist(), strict=True))

    return functions, run


def jax() -> tuple[dict[str, Callable[..., Any]], Callable[..., Any]]:
    """JAX's functions, and how it evaluates one on columns."""
    import jax as j

    j.config.update("jax_enable_x64", True)
    n, nn = j.numpy, j.nn
    others = {"erf": j.scipy.special.erf, "sigmoid": nn.sigmoid, "relu": nn.relu, "neg": n.negative, "sub": n.subtract}
    others |= {"mul": n.multiply, "div": n.divide, "pow": n.power, "asin": n.arcsin, "acos": n.arccos, "atan": n.arctan}
    functions = {name: others.get(name) or getattr(n, name) for name in BY_NAME} | {
        "logsigmoid": nn.log_sigmoid,
        "softplus": nn.softplus,
        "silu": nn.silu,
        "gelu": lambda x: nn.gelu(x, approximate=False),
        "leaky_relu": nn.leaky_relu,
        "elu": nn.elu,
        "power": n.power,
        "logsumexp": nn.logsumexp,
        "softmax": lambda x: nn.softmax(x)[0],
        "log_softmax": lambda x: nn.log_softmax(x)[0],
        "cross_entropy": lambda x: -nn.log_softmax(x)[0],
    }

    def run(function: Callable[..., Any], columns: Any) -> list[tuple[float, ...]]:
        xs = n.array(columns, dtype=n.float64)
        if len(columns) == 1 and xs.shape[1] < 10:
            z, d = j.value_and_grad(function)(xs[0])
            return [(float(z), *d.tolist())]
        z, d = j.vmap(j.value_and_grad(function), in_axes=1, out_axes=(0, 1))(xs)
        return list(zip(z.tolist(), *d.tolist(), strict=True))

    return functions, run


BY_NAME = (
    *("neg", "exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan"),
    *("sinh", "cosh", "tanh", "erf", "sigmoid", "relu", "abs", "sign", "add", "sub", "mul", "div", "pow"),
)
