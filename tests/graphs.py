"""Random programs with shared nodes on fractions, and what judges them: exact dual numbers, nothing of the engine's."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from autograd.op import find
from autograd.testing import strategies

fractions = st.fractions(-3, 3, max_denominator=4)

often = settings(max_examples=10_000 if settings().max_examples > 1000 else settings().max_examples)
"""For the laws that the engine rests on: 10,000 examples where the profile explores."""


@dataclass(frozen=True)
class Dual:
    """A number and its derivative by one input, both exact: an independent forward mode. Of Duals, a second derivative."""

    x: Any
    t: Any

    def __add__(self, other):
        other = dual(other)
        return Dual(self.x + other.x, self.t + other.t)

    def __sub__(self, other):
        return self + Fraction(-1) * other

    def __mul__(self, other):
        other = dual(other)
        return Dual(self.x * other.x, self.x * other.t + self.t * other.x)

    __radd__, __rmul__ = __add__, __mul__


def dual(x):
    """A number as a constant."""
    return x if isinstance(x, Dual) else Dual(x, 0 * x)


SMOOTH = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x + Fraction(-1) * y,
    "mul": lambda x, y: x * y,
    "sum": lambda *xs: sum(xs, Dual(Fraction(0), Fraction(0))) if len(xs) != 1 else xs[0],
    "mean": lambda *xs: SMOOTH["sum"](*xs) * Fraction(1, len(xs)),
    "dot": lambda *a: SMOOTH["sum"](*map(lambda w, x: w * x, a[: len(a) // 2], a[len(a) // 2 :]), *a[len(a) // 2 * 2 :]),
    "neg": lambda x: Fraction(-1) * x,
}
"""Polynomials, once more: what each operation does to dual numbers."""


def on_duals(op, args):
    """One step of a program on dual numbers."""
    if op.name == "power":
        z = args[0]
        for _ in range(op.params[0] - 1):
            z = z * args[0]
        return z
    return SMOOTH[op.name](*args)


POLYNOMIALS = (*SMOOTH, find("power", (2,)), find("power", (3,)))


def programs(**options):
    """Polynomials on fractions."""
    return strategies.graphs(POLYNOMIALS, kinds=[Fraction], **options)


def record(program):
    """The leaves and all results of a program, as Values called x0, x1, ..."""
    leaves = program.values()
    for i, v in enumerate(leaves):
        v.name = f"x{i}"
    return leaves, program.run(leaves)


def unit(i, n):
    """The direction of one input."""
    return [Fraction(int(i == j)) for j in range(n)]


def exact_gradient(program, place=-1):
    """d(result)/d(input) for each input, by dual numbers."""
    n = len(program.inputs)
    return [dual(program.run(list(map(Dual, program.inputs, unit(i, n))), on_duals)[place]).t for i in range(n)]


def exact_hessian(program):
    """All second derivatives, by dual numbers of dual numbers."""
    n = len(program.inputs)

    def entry(i, j):
        inner = list(map(Dual, program.inputs, unit(i, n)))
        outer = [Dual(x, Dual(t, Fraction(0))) for x, t in zip(inner, unit(j, n))]
        return program.run(outer, on_duals)[-1].t.t

    return [[entry(i, j) for j in range(n)] for i in range(n)]
