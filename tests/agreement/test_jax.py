"""Compiled functions in JAX: the same numbers, and the same on several devices as on one. Skipped where JAX is missing."""

import os
import subprocess
import sys

import pytest

pytest.importorskip("jax", reason="JAX is not installed: pip install jax")

PROGRAM = """
import random
import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

import autograd
from autograd import Value

jax.config.update("jax_enable_x64", True)
rng = random.Random(0)
hidden = [[Value(rng.uniform(-1, 1)) for _ in range(3)] for _ in range(4)]
last = [Value(rng.uniform(-1, 1)) for _ in range(5)]


def loss(x, target):
    h = [autograd.tanh(w[0] + w[1] * x[0] + w[2] * x[1]) for w in hidden]
    return (sum(v * a for v, a in zip(last, h)) + last[4] - target) ** 2


fast = autograd.compile(loss)
f = fast.to_jax([0.0, 0.0], 0.0)
p = jnp.array([v.data for v in fast.parameters])
X, t = np.random.default_rng(0).normal(size=(16, 2)), np.ones(16)
step = jax.jit(jax.value_and_grad(lambda p, X, t: jnp.mean(jax.vmap(f, (None, 0, 0))(p, X, t))))
value, gradient = step(p, X, t)
values, gradients = fast.batch.value_and_grad(X, t, wrt="parameters")
assert abs(value - values.mean()) < 1e-14
assert np.allclose([g.mean() for g in gradients], gradient, rtol=1e-13, atol=1e-14)

mesh = Mesh(np.array(jax.devices()), ("data",))
assert mesh.size == 4
shared = NamedSharding(mesh, PartitionSpec("data"))
alone, together = p, p
for _ in range(10):  # data-parallel training
    alone = alone - 0.1 * step(alone, X, t)[1]
    together = together - 0.1 * step(together, jax.device_put(X, shared), jax.device_put(t, shared))[1]
assert np.allclose(alone, together, rtol=1e-13, atol=1e-14)
assert not np.allclose(alone, p)
"""


def test_a_compiled_function_trains_on_four_devices_as_on_one():
    flags = {"XLA_FLAGS": "--xla_force_host_platform_device_count=4", "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, env={**os.environ, **flags})
    assert done.returncode == 0, done.stderr
