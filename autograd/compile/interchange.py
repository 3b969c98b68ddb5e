"""A program as a pure function on the arrays of another library, to go where that library goes: JAX, to many devices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from .. import installing
from .arrays import NAMES
from .program import SOURCES, Program
from .trees import shaped


def jax_function(
    program: Program, order: Sequence[int | None], numbers: Sequence[float], count: int, outline: Any, result: Any
) -> Callable[..., Any]:
    """The results as a function of JAX's arrays, of parameters and inputs.

    Args:
        program: what to compute.
        order: for each of its parameters, which one of those given in a call it is; None if it keeps its number.
        numbers: the parameters' numbers of now.
        count: how many are given in a call.
        outline: the shape of the inputs, as of :func:`.trees.outline`.
        result: the shape of the results, with 0 for each number.
    """
    try:
        jnp, special = import_module("jax.numpy"), import_module("jax.scipy.special")
    except ImportError as error:
        raise ImportError(f"to_jax needs JAX: install it with {installing.package('jax')}") from error
    functions = {**{op: getattr(jnp, name) for op, name in NAMES.items()}, "erf": special.erf}

    def function(p: Any, *inputs: Any) -> Any:
        """Pure: for jax.jit, vmap, grad, and sharding."""
        if len(inputs) != len(outline):
            raise TypeError(f"the function takes the parameters and {len(outline)} inputs, got {len(inputs)} inputs")
        _check(count, p, "the array of parameters")
        given = [x for k, (tree, x) in enumerate(zip(outline, inputs), 1) for x in _leaves(tree, x, f"input {k}")]
        known: list[Any] = []
        for op, operands, number in program.instructions:
            if op == "input":
                known.append(given[operands[0]])
            elif op == "parameter":
                k = order[operands[0]]
                known.append(numbers[operands[0]] if k is None else p[k])
            else:
                known.append(number if op in SOURCES else functions[op](*[known[k] for k in operands]))
        return shaped(result, iter([jnp.asarray(known[k]) for k in program.outputs]))

    return function


def _leaves(tree: Any, x: Any, name: str) -> list[Any]:
    several = isinstance(tree, tuple)
    _check(len(tree) if several else None, x, name)
    return [leaf for i, t in enumerate(tree) for leaf in _leaves(t, x[i], f"{name}[{i}]")] if several else [x]


def _check(needed: int | None, x: Any, name: str) -> None:
    """Refuse what has not so many items; None is a number. Shapes are known while JAX traces."""
    shape = (len(x),) if isinstance(x, (list, tuple)) else getattr(x, "shape", ())
    found = shape[0] if shape else None
    if found != needed:
        told = ["one number" if n is None else f"{n} item{'s'[: n != 1]}" for n in (needed, found)]
        raise ValueError(f"{name} has the shape that was recorded, {told[0]}, got {told[1]}: for many at once use jax.vmap")
