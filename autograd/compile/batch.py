"""A compiled function over many rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .entrance import Entrances
from .extras import numpy
from .trees import directions_of, filled, laid, laid_one, outline, rows
from .variants import Part, Variant, Variants

BLOCK = 2048
"""Rows whose results are computed together before they are put into given arrays."""

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
    is read where it is. Results are new arrays, or those given as ``out``, which need no new memory.

    >>> import autograd, numpy
    >>> fast = autograd.compile(lambda x, w: w[0] * x + w[1], backend="python")
    >>> fast.batch([1.0, 2.0], [[1, 0], [3, 4]])
    array([ 1., 10.])
    >>> fast.batch.value_and_grad([1.0], [[3, 4]])
    (array([7.]), (array([3.]), array([[1., 1.]])))
    >>> out = numpy.empty(2)
    >>> fast.batch([1.0, 2.0], [[1, 0], [3, 4]], out=out) is out, out
    (True, array([ 1., 10.]))
    """

    def __init__(self, variants: Variants) -> None:
        self._variants = variants
        self._entrances = Entrances(self, variants.parameters)

    def __call__(self, *inputs: Any, out: Any = None) -> Any:
        """The value for each row.

        Args:
            inputs: the arguments.
            out: where to put the results: an array of float64 in the shape of the result, which lies in one piece; where the
                result is a tuple, a tuple of them.

        Raises:
            TypeError, ValueError: the arguments or ``out`` do not fit.
        """
        return self._call(*inputs) if out is None else self._value(*inputs, out=out)

    def _value(self, *inputs: Any, out: Any = None) -> Any:
        """The value for each row."""
        return self._run("value", inputs, out=out)

    _call = _value

    def value_and_grad(self, *inputs: Any, wrt: str = "inputs", out: Any = None) -> tuple[Any, Any]:
        """The value and the gradient for each row; of parameters, a list with an array for each."""
        if out is not None and wrt == "parameters":
            raise ValueError("out is for results with respect to inputs: leave it out with wrt='parameters'")
        result: tuple[Any, Any] = self._run(request(wrt), inputs, out=out)
        return result

    def jacobian(self, *inputs: Any, out: Any = None) -> Any:
        """The Jacobian for each row."""
        return self._run("jacobian", inputs, out=out)

    def hvp(self, *inputs: Any, v: Any, out: Any = None) -> tuple[Any, Any]:
        """The value and Hessian · v for each row; ``v`` has the shape of the inputs, a tuple if they are several."""
        result: tuple[Any, Any] = self._run("hvp", inputs, v, out=out)
        return result

    def _run(self, what: str, inputs: tuple[Any, ...], *v: Any, out: Any = None) -> Any:
        if not inputs:
            raise TypeError("a batch needs an argument to count its rows by")
        directions = directions_of(v)
        names = [f"v[{k}]" for k in range(len(directions))] if v and isinstance(v[0], tuple) else ["v"] * len(v)
        together, shapes = rows((*inputs, *directions), names)
        if directions and shapes[len(inputs) :] != shapes[: len(inputs)]:
            raise ValueError("v must have the shape of the inputs")
        shapes = shapes[: len(inputs)]
        if out is not None:
            self._put(what, together, shapes, out)
            return out
        parts = self._variants.rows(what, together, shapes)
        first, _, found = parts[0]
        if not first.program.guards and all(type(x) is numpy().ndarray and len(x) for x in (*inputs, *directions)):
            self._entrances.after(what, first, inputs, v, len(together))
        if what == "parameter_gradient":
            return self._by_parameter(parts, len(together))
        if len(parts) > 1:
            found = numpy().empty((len(together), found.shape[1]))
            for variant, places, results in parts:
                alike(first, variant)
                found[places] = results
        return laid(first.layout, found)

    def _by_parameter(self, parts: Sequence[Part], count: int) -> tuple[Any, list[Any]]:
        """Values and gradients in the order of all parameters: each way has some of them, 0 for the others."""
        np, every = numpy(), self._variants.parameters
        if len(parts) == 1:
            variant, _, results = parts[0]
            own, columns = variant.places(), results.T[1:]
            return results[:, 0], [columns[own[p]] if p in own else np.zeros(count) for p in every]
        values, slopes = np.empty(count), {p: np.zeros(count) for p in every}
        for variant, places, results in parts:
            values[places] = results[:, 0]
            for p, k in variant.places().items():
                slopes[p][places] = results[:, 1 + k]
        return values, list(slopes.values())

    def _put(self, what: str, together: Any, shapes: Any, out: Any) -> None:
        """The results into given arrays: straight there, or of some rows at a time."""
        np, count = numpy(), len(together)
        first = self._variants.first(what, together, shapes)
        places = filled(first.layout, out, count)
        if any(np.may_share_memory(together, array) for _, array in places):
            together = together.copy()
        if len(places) == 1 and not first.program.guards:
            first.code.rows(together, first.now(), places[0][1].reshape(count, -1 if count else len(first.program.outputs)))
            return
        for start in range(0, count, BLOCK):
            some = slice(start, start + BLOCK)
            for variant, chosen, found in self._variants.rows(what, together[some], shapes):
                alike(first, variant)
                for (begin, end, shape), array in places:
                    array[some][chosen] = found[:, begin:end].reshape(len(found), *shape)

    def one(self, what: str, inputs: Sequence[Any], directions: Sequence[Any]) -> tuple[Variant, Any]:
        """The results for one sample, given and got as arrays, and the variant that gave them."""
        together, found = rows([x[None] for x in (*inputs, *directions)])
        ((variant, _, table),) = self._variants.rows(what, together, found[: len(inputs)])
        return variant, laid_one(variant.layout, table[0])

    def aligned(self, variant: Variant, result: Any) -> Any:
        """The gradient for one sample in the order of all parameters, 0 for those that this variant does not use."""
        value, gradient = result
        slopes, own = gradient if isinstance(gradient, list) else gradient.tolist(), variant.places()
        return value, [slopes[own[p]] if p in own else 0.0 for p in self._variants.parameters]


def alike(first: Variant, other: Variant) -> None:
    """Refuse ways whose results have no shape in common."""
    if outline(first.result) != outline(other.result):
        raise ValueError("the function gives results of another shape in another branch: a batch needs one shape")
