"""A point in a camera's picture, as in bundle adjustment: two residuals of 15 numbers and their Jacobian, for many rows.

A row: the camera's rotation (an axis times an angle), its centre, focal length, principal point, two coefficients of radial
distortion; the point; the weight. What was observed is left out, since it only shifts the residuals.
The runner compares sums over the rows, and some rows whole.
"""

from __future__ import annotations

from argparse import Namespace
from ctypes import c_int
from typing import Any

import numpy as np
from contest import Player, c_function, play

IN, OUT = 15, 2


def observations(rows: int) -> Any:
    """Cameras a little turned, before points some steps away."""
    middle = np.array([0.1, -0.2, 0.15, 0.2, 0.1, -0.3, 500, 320, 240, -0.05, 0.01, 0.3, -0.4, 5, 1])
    spread = np.array([0.05, 0.05, 0.05, 0.1, 0.1, 0.1, 20, 5, 5, 0.01, 0.005, 0.5, 0.5, 1, 0.1])
    return middle + spread * np.random.default_rng(5).uniform(-1, 1, (rows, IN))


def residual(m: Any, row: Any) -> list[Any]:
    """In plain Python, with the functions of a module: autograd, jax.numpy or torch."""
    r, centre, (focal, u, v, k1, k2), point, weight = row[0:3], row[3:6], row[6:11], row[11:14], row[14]
    d = [point[i] - centre[i] for i in range(3)]
    square = r[0] * r[0] + r[1] * r[1] + r[2] * r[2]
    angle = m.sqrt(square)
    c, s, rest = m.cos(angle), m.sin(angle) / angle, (1 - m.cos(angle)) / square
    w = [r[1] * d[2] - r[2] * d[1], r[2] * d[0] - r[0] * d[2], r[0] * d[1] - r[1] * d[0]]
    along = rest * (r[0] * d[0] + r[1] * d[1] + r[2] * d[2])
    q = [c * d[i] + s * w[i] + along * r[i] for i in range(3)]
    x, y = q[0] / q[2], q[1] / q[2]
    far = x * x + y * y
    bend = 1 + k1 * far + k2 * far * far
    return [weight * (focal * x * bend + u), weight * (focal * y * bend + v)]


def found(jacobian: Any) -> tuple[list[float], list[float]]:
    """What is compared: of the Jacobian three rows, and the sum of the magnitudes in each column."""
    told = np.concatenate([jacobian[[0, len(jacobian) // 2, -1]], np.abs(jacobian).sum(0, keepdims=True)])
    return [float(np.abs(jacobian).sum())], told.reshape(-1).tolist()


def ours(options: Namespace) -> Player:
    import autograd

    rows = observations(options.rows)
    fast = autograd.compile(lambda row: residual(autograd, row))
    return Player(lambda: fast.batch.jacobian(rows), *found(fast.batch.jacobian(rows)))


def ours_out(options: Namespace) -> Player:
    """Into an array that lies ready, as C and ddx-ad do it."""
    import autograd

    rows = observations(options.rows)
    fast = autograd.compile(lambda row: residual(autograd, row))
    out = np.empty((len(rows), OUT, IN))
    return Player(lambda: fast.batch.jacobian(rows, out=out), *found(fast.batch.jacobian(rows, out=out)))


def in_c(options: Namespace) -> Player:
    rows = observations(options.rows)
    values, jacobian = np.empty((len(rows), OUT)), np.empty((len(rows), OUT, IN))
    run = c_function("residual", "jacobian", len(rows), rows, values, jacobian, gives=c_int)
    run()
    return Player(run, *found(jacobian))


def in_jax(options: Namespace) -> Player:
    from arrays import jax

    j = jax()
    rows = j.numpy.asarray(observations(options.rows))
    run = j.jit(j.vmap(j.jacrev(lambda row: j.numpy.stack(residual(j.numpy, row)))))
    return Player(lambda: run(rows).block_until_ready(), *found(np.asarray(run(rows))))


def in_torch(options: Namespace) -> Player:
    """The rows side by side; the slopes of each residual's sum are the rows of the Jacobian."""
    import torch

    torch.set_num_threads(1)
    rows = torch.tensor(observations(options.rows), requires_grad=True)

    def run() -> Any:
        values = residual(torch, rows.T)
        first = torch.autograd.grad(values[0].sum(), rows, retain_graph=True)[0]
        return torch.stack([first, torch.autograd.grad(values[1].sum(), rows)[0]], dim=1)

    return Player(run, *found(run().numpy()))


def in_casadi(options: Namespace) -> Player:
    """CasADi's virtual machine for row after row, on buffers that lie ready."""
    import casadi

    row = casadi.SX.sym("row", IN)
    values = casadi.vertcat(*residual(casadi, casadi.vertsplit(row)))
    rows = observations(options.rows).reshape(-1)
    jacobian = np.empty((options.rows, IN, OUT))
    function = casadi.Function("jacobian", [row], [casadi.densify(casadi.jacobian(values, row))]).map(options.rows)
    buffer, run = function.buffer()
    buffer.set_arg(0, memoryview(rows))
    buffer.set_res(0, memoryview(jacobian.reshape(-1)))
    run()
    keep = buffer, rows, jacobian
    return Player(lambda: keep and run(), *found(jacobian.transpose(0, 2, 1)))


def in_ddx(options: Namespace) -> Player:
    """ddx-ad's machine code, on arrays that lie ready; the rows are its last axis."""
    import ddx

    rows = np.ascontiguousarray(observations(options.rows).T)
    model = ddx.equation(lambda: tuple(residual(ddx, [ddx.var(f"x{k}") for k in range(IN)])))
    call = model.compile(points=options.rows).buffer(rows)
    call()
    return Player(call, *found(np.moveaxis(np.asarray(call.jacobian), -1, 0)))


ENGINES = {
    "ours": ours,
    "ours-out": ours_out,
    "c": in_c,
    "jax": in_jax,
    "torch": in_torch,
    "casadi": in_casadi,
    "ddx": in_ddx,
}

if __name__ == "__main__":
    play(__doc__, ENGINES, rows=100_000)
