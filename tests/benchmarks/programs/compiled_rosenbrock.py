"""Rosenbrock's function of many variables: its value and gradient, at one point."""

from __future__ import annotations

from argparse import Namespace
from itertools import pairwise
from typing import Any

import numpy as np
from contest import Player, c_function, play


def point(size: int) -> Any:
    return np.sin(np.arange(1.0, size + 1))


def rosenbrock(x: Any) -> Any:
    """A term for each pair of neighbours, in plain Python."""
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in pairwise(x))


def ours(options: Namespace) -> Player:
    import autograd

    x, fast = point(options.size), autograd.compile(rosenbrock)
    value, gradient = fast.value_and_grad(x)
    return Player(lambda: fast.value_and_grad(x), [value], list(gradient))


def ours_batch(options: Namespace) -> Player:
    """The same for a batch of one row: the gradient comes as an array, as from JAX."""
    import autograd

    x, fast = point(options.size)[None], autograd.compile(rosenbrock)
    value, gradient = fast.batch.value_and_grad(x)
    return Player(lambda: fast.batch.value_and_grad(x), value.tolist(), gradient[0].tolist())


def in_c(options: Namespace) -> Player:
    x = point(options.size)
    g = np.empty_like(x)
    run = c_function("rosenbrock", "value_and_gradient", len(x), x, g)
    return Player(run, [run()], g.tolist())


def for_arrays(x: Any) -> Any:
    """For JAX and PyTorch."""
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def in_jax(options: Namespace) -> Player:
    from arrays import jax

    j = jax()
    x = j.numpy.asarray(point(options.size))
    run = j.jit(j.value_and_grad(for_arrays))
    value, gradient = run(x)
    return Player(lambda: run(x)[1].block_until_ready(), [float(value)], gradient.tolist())


def in_torch(options: Namespace) -> Player:
    import torch

    torch.set_num_threads(1)
    x = torch.tensor(point(options.size), requires_grad=True)

    def run() -> Any:
        value = for_arrays(x)
        return float(value.detach()), torch.autograd.grad(value, x)[0]

    value, gradient = run()
    return Player(run, [value], gradient.tolist())


def by_hand(options: Namespace) -> Player:
    """NumPy, the gradient written out."""
    x = point(options.size)
    g = np.empty_like(x)

    def run() -> float:
        a, b = x[:-1], x[1:]
        rise, rest = b - a * a, 1 - a
        g[:-1] = -400 * a * rise - 2 * rest
        g[-1] = 0
        g[1:] += 200 * rise
        return float(100 * (rise @ rise) + rest @ rest)

    return Player(run, [run()], g.tolist())


def in_casadi(options: Namespace) -> Player:
    """CasADi's virtual machine, on buffers that lie ready."""
    import casadi

    x = casadi.SX.sym("x", options.size)
    terms = 100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2
    value = casadi.sum1(terms)
    function = casadi.Function("f", [x], [value, casadi.gradient(value, x)])
    given, found, g = point(options.size), np.zeros(1), np.zeros(options.size)
    buffer, run = function.buffer()
    buffer.set_arg(0, memoryview(given))
    buffer.set_res(0, memoryview(found))
    buffer.set_res(1, memoryview(g))
    run()
    keep = buffer, given, found, g
    return Player(lambda: keep and run(), found.tolist(), g.tolist())


def in_ddx(options: Namespace) -> Player:
    """ddx-ad's machine code, on arrays that lie ready."""
    import ddx

    model = ddx.equation(lambda: rosenbrock([ddx.var(f"x{k}") for k in range(options.size)])).compile()
    call = model.buffer(point(options.size))
    call()
    return Player(call, [float(call.value)], call.jacobian.tolist())


ENGINES = {
    "ours": ours,
    "ours-batch": ours_batch,
    "c": in_c,
    "jax": in_jax,
    "torch": in_torch,
    "numpy": by_hand,
    "casadi": in_casadi,
    "ddx": in_ddx,
}

if __name__ == "__main__":
    play(__doc__, ENGINES, size=1000)
