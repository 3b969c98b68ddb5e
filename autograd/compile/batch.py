"""A compiled function over many rows at once."""

from __future__ import annotations

from typing import Any

from ..intrinsics import to_float
from .extras import numpy
from .trees import columns, mapped_once, rows
from .variants import Variant, Variants

WRT = {"inputs": "gradient", "parameters": "parameter_gradient"}
"""What a gradient can be with respect to."""


def request(wrt: str) -> str:
    """The name of a gradient among the requests."""
    if wrt not in WRT:
        raise ValueError(f"wrt is 'inputs' or 'parameters', got {wrt!r}")
    return WRT[wrt]


class Batch:
    """A compiled function over many rows at once: ``fast.batch(X)``, ``fast.batch.value_and_grad(X)`` and so on.

    Each argument has the batch as its first axis; results have, too. Needs NumPy. An array of floats that lies in one piece
    is read where it is. Results are new arrays.

    >>> import autograd
    >>> fast = autograd.compile(lambda x, w: w[0] * x + w[1], backend="python")
    >>> fast.batch([1.0, 2.0], [[1, 0], [3, 4]])
    array([ 1., 10.])
    >>> fast.batch.value_and_grad([1.0], [[3, 4]])
    (array([7.]), (array([3.]), array([[1., 1.]])))
    """

    def __init__(self, variants: Variants) -> None:
        self._variants = variants

    def __call__(self, *inputs: Any) -> Any:
        """The value for each row."""
        return self._run("value", inputs)

    def value_and_grad(self, *inputs: Any, wrt: str = "inputs") -> tuple[Any, Any]:
        """The value and the gradient for each row; of parameters, a list with an array for each."""
        result: tuple[Any, Any] = self._run(request(wrt), inputs)
        return result

    def jacobian(self, *inputs: Any) -> Any:
        """The Jacobian for each row."""
        return self._run("jacobian", inputs)

    def hvp(self, *inputs: Any, v: Any) -> tuple[Any, Any]:
        """The value and Hessian · v for each row; ``v`` has the shape of the inputs, a tuple if they are several."""
        result: tuple[Any, Any] = self._run("hvp", inputs, v if isinstance(v, tuple) else (v,))
        return result

    def _run(self, what: str, inputs: tuple[Any, ...], directions: tuple[Any, ...] = ()) -> Any:
        if not inputs:
            raise TypeError("a batch needs an argument to count its rows by")
        together, shapes = rows((*inputs, *directions))
        if directions and shapes[len(inputs) :] != shapes[: len(inputs)]:
            raise ValueError("v must have the shape of the inputs")
        shapes = shapes[: len(inputs)]
        variant, found = self._variants.rows(what, together, shapes)
        shaped = columns(variant.result, found)
        if what != "parameter_gradient":
            return shaped
        value, gradient = shaped
        return self.aligned(variant, (value, [gradient[:, k] for k in range(len(variant.trainable))]))

    def one(self, what: str, arrays: tuple[Any, ...]) -> Any:
        """The results for one sample, given and got as arrays."""

        def first(tree: Any) -> Any:
            if isinstance(tree, (list, tuple)):
                return mapped_once(first, tree)
            return tree[0] if tree.ndim > 1 else tree.item()

        return first(self._run(what, tuple([x[None] for x in arrays])))

    def aligned(self, variant: Variant, result: Any) -> Any:
        """A gradient in the order of all parameters, 0 for those that this variant does not use."""
        value, gradient = result
        own = dict(zip(variant.trainable, gradient))
        nothing = to_float(0) if isinstance(value, float) else numpy().zeros_like(value)
        return value, [own.get(p, nothing) for p in self._variants.parameters]
