"""Which planted wrong derivatives do gradient checkers find: ours, PyTorch's, JAX's and HIPS autograd's?

    PYTHONPATH=tests:. python tests/accuracy/checkers.py     # in an environment with torch, jax and HIPS autograd

Each checker gets the function's value, and the wrong slopes with their own slopes, as plain numbers at the bug's point, and
is called as its documentation says, with its own tolerances, for first and second derivatives. What is not installed is
left out. HIPS autograd's import name is ours too: it is imported after ours has been put aside.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from planted import BUGS, Bug

from autograd import Value, grad
from autograd.testing import check_gradients
from autograd.testing.report import GradientError

Vector = list[float]


def first(bug: Bug, xs: Sequence[float]) -> Vector:
    """The wrong slopes at a point."""
    return [float(d) for d in bug.op.slopes_at(bug.op.evaluate(tuple(xs)), tuple(xs))]


def second(bug: Bug, xs: Sequence[float]) -> list[Vector]:
    """The slopes of the wrong slopes, as the engine derives them."""
    leaves = [Value(x) for x in xs]
    rows = grad(bug.op(*leaves), leaves, create_graph=True, materialize_grads=True)
    return [[float(d) for d in grad(row, leaves, materialize_grads=True)] if row.op else [0.0] * len(xs) for row in rows]


def ours(bug: Bug) -> bool:
    """Ours, from the same point; it sees the row."""
    try:
        check_gradients(bug.op, *bug.point)
    except GradientError:
        return True
    return False


def pytorch() -> Callable[[Bug], bool]:
    """``torch.autograd.gradcheck`` and ``gradgradcheck``, on doubles."""
    import torch
    from torch.autograd.gradcheck import GradcheckError

    def checked(bug: Bug) -> bool:
        class Slopes(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, *xs: Any) -> Any:
                ctx.save_for_backward(*xs)
                return torch.tensor(first(bug, [x.item() for x in xs]), dtype=torch.float64)

            @staticmethod
            def backward(ctx: Any, g: Any) -> Any:
                rows = second(bug, [x.item() for x in ctx.saved_tensors])
                return tuple(sum(g[i] * rows[i][j] for i in range(len(rows))) for j in range(len(rows)))

        class Function(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, *xs: Any) -> Any:
                ctx.save_for_backward(*xs)
                return torch.tensor(float(bug.op.evaluate(tuple(x.item() for x in xs))), dtype=torch.float64)

            @staticmethod
            def backward(ctx: Any, g: Any) -> Any:
                return tuple(g * d for d in Slopes.apply(*ctx.saved_tensors))

        xs = [torch.tensor(float(x), dtype=torch.float64, requires_grad=True) for x in bug.point]
        try:
            torch.autograd.gradcheck(Function.apply, xs)
            torch.autograd.gradgradcheck(Function.apply, xs)
        except GradcheckError:
            return True
        return False

    return checked


def jax() -> Callable[[Bug], bool]:
    """``jax.test_util.check_grads`` to order 2, with 64 bits."""
    import jax as library
    import numpy as np
    from jax.test_util import check_grads

    library.config.update("jax_enable_x64", True)
    jnp = library.numpy

    def checked(bug: Bug) -> bool:
        n = len(bug.point)
        as_list = lambda x: [float(v) for v in np.asarray(x)]

        def call(f: Callable[[Vector], Any], shape: tuple[int, ...], x: Any) -> Any:
            out = library.ShapeDtypeStruct(shape, jnp.float64)
            return library.pure_callback(
                lambda v: np.asarray(f(as_list(v)), dtype=np.float64).reshape(shape), out, x, vmap_method="sequential"
            )

        @library.custom_jvp
        def slopes(x: Any) -> Any:
            return call(lambda v: first(bug, v), (n,), x)

        @slopes.defjvp
        def _(primals: Any, tangents: Any) -> Any:
            return slopes(*primals), call(lambda v: second(bug, v), (n, n), *primals) @ tangents[0]

        @library.custom_jvp
        def function(x: Any) -> Any:
            return call(lambda v: float(bug.op.evaluate(tuple(v))), (), x)

        @function.defjvp
        def _(primals: Any, tangents: Any) -> Any:
            return function(*primals), slopes(*primals) @ tangents[0]

        try:
            check_grads(function, (jnp.array([float(x) for x in bug.point]),), order=2)
        except AssertionError:
            return True
        return False

    return checked


def hips() -> Callable[[Bug], bool]:
    """``autograd.test_util.check_grads`` to order 2."""
    put_aside = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "autograd"}
    path = sys.path[:]
    for name in put_aside:
        del sys.modules[name]
    try:
        sys.path[:] = [entry for entry in path if "site-packages" in entry or "lib/python" in entry]
        extend = importlib.import_module("autograd.extend")
        check_grads = importlib.import_module("autograd.test_util").check_grads
        np = importlib.import_module("autograd.numpy")
    finally:
        theirs = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "autograd"}
        sys.modules.update(put_aside)
        sys.path[:] = path
    assert theirs

    def checked(bug: Bug) -> bool:
        @extend.primitive
        def curvature(x: Any) -> Any:
            return np.array(second(bug, [float(v) for v in x]))

        @extend.primitive
        def slopes(x: Any) -> Any:
            return np.array(first(bug, [float(v) for v in x]))

        @extend.primitive
        def function(x: Any) -> Any:
            return float(bug.op.evaluate(tuple(float(v) for v in x)))

        extend.defvjp(slopes, lambda ans, x: lambda g: np.dot(g, curvature(x)))
        extend.defvjp(function, lambda ans, x: lambda g: g * slopes(x))
        try:
            check_grads(function, modes=["rev"], order=2)(np.array([float(x) for x in bug.point]))
        except AssertionError:
            return True
        return False

    return checked


def main() -> None:
    """Print a table: a row a bug, a column a checker."""
    warnings.simplefilter("ignore")
    checkers: dict[str, Callable[[Bug], bool]] = {"glassgrad": ours}
    for name, load in (("PyTorch", pytorch), ("JAX", jax), ("HIPS autograd", hips)):
        try:
            checkers[name] = load()
        except ImportError as missing:
            print(f"left out: {name} ({missing})", file=sys.stderr)
    found = dict.fromkeys(checkers, 0)
    print("| planted | at | " + " | ".join(checkers) + " |\n| --- | --- |" + " --- |" * len(checkers))
    for bug in BUGS:
        verdicts = []
        for name, check in checkers.items():
            try:
                verdict = check(bug)
            except Exception as error:  # a checker that breaks has not found anything, but says so in the table
                verdicts.append(type(error).__name__)
                continue
            found[name] += verdict
            verdicts.append("found" if verdict else "**missed**")
        print(f"| {bug.what} | {', '.join(map(str, bug.point))} | " + " | ".join(verdicts) + " |", flush=True)
    print(f"| **found, of {len(BUGS)}** | | " + " | ".join(str(found[name]) for name in checkers) + " |")


if __name__ == "__main__":
    main()
