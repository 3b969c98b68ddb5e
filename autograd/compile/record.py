"""Recording: a function is run once, on Values, and every operation on the way is kept in order.

Derivatives are recorded as they are computed, by the engine (``grad(..., create_graph=True)``), so that a value, a gradient,
a Jacobian and a Hessian-vector product are all the same thing: a list of operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from ..derivatives import _flat as flat
from ..derivatives import _like as like
from ..derivatives import _map as mapped
from ..derivatives import _only as single
from ..derivatives import grad
from ..graph import check_fresh, inner_nodes
from ..intrinsics import shown
from ..modes import recorded
from ..op import Op
from ..value import Value, constant
from .doors import recording
from .tracer import TraceError, Tracer


class Recording(NamedTuple):
    """What a function did once.

    Attributes:
        inputs: the input numbers, flat.
        parameters: the leaves that were made before and used on the way, in order of first use.
        made_by: each computed node, in order, with its operation and what it was computed from.
        result: what was asked for: a Value, or a nest of lists and tuples of them.
        branches: the comparisons that were asked for their truth, the answers, and the source lines.
    """

    inputs: list[Value]
    parameters: list[Value]
    made_by: dict[Value, tuple[Op, tuple[Value, ...]]]
    result: Any
    branches: list[tuple[Value, bool, str]]


@recorded
def record(function: Callable[..., Any], arguments: tuple[Any, ...], request: str = "value") -> Recording:
    """Run a function on fresh Values of these numbers, and keep what it did.

    Args:
        function: takes Values or nested lists of them, gives a Value or a nest of lists and tuples of them.
        arguments: numbers or nested lists of numbers, one an argument.
        request: a name in :data:`REQUESTS`: what to derive from the output.

    Raises:
        TraceError: the function reads a number that will be another one in the next call.

    >>> recording = record(lambda x, y: x * y + x, (2.0, 3.0))
    >>> [op.name for op, _ in recording.made_by.values()]
    ['mul', 'add']
    """
    inputs = mapped(Value, arguments)
    leaves = flat(inputs)
    directions = [Value(0.0) for _ in leaves] if request == "hvp" else []
    with recording(Tracer()) as tracer:
        output = function(*inputs)
        if output is None:
            raise TypeError("the function to compile returned None: is its return statement missing?")
        output = mapped(constant, output)
        known = {*leaves, *directions}
        found = _parameters(tracer, known, output)
        trainable = [p for p in found if p.requires_grad]
        result = REQUESTS[request](output, _arguments(inputs), leaves, trainable, directions)
    return Recording([*leaves, *directions], found, tracer.made_by, result, tracer.branches)


def _arguments(inputs: tuple[Any, ...]) -> Any:
    """One argument for itself, several as a tuple."""
    return inputs[0] if len(inputs) == 1 else inputs


def _parameters(tracer: Tracer, inputs: set[Value], output: Any) -> list[Value]:
    """The leaves that come from outside, in order of first use."""
    found: dict[Value, None] = {}
    used: list[Iterable[Value]] = [parents for _, parents in tracer.made_by.values()]
    for v in (v for some in (*used, flat(output)) for v in some):
        if v in inputs or v in tracer.made_by or tracer.knows(v):
            continue
        if v.op is not None:
            raise TraceError(
                f"the function to compile uses {shown(v._data)}, which {v.op.name} computed before it was called: compute "
                "it inside, or give its detach()"
            )
        found[v] = None
    return list(found)


# ------------------------------------------------------------------------- what can be asked: each gives a nest of Values
def _value(output: Any, *_: Any) -> Any:
    return output


def _gradient(output: Any, inputs: Any, leaves: list[Value], *_: Any) -> Any:
    return output, like(inputs, _grad(single(output), leaves))


def _parameter_gradient(output: Any, inputs: Any, leaves: list[Value], parameters: list[Value], *_: Any) -> Any:
    return output, list(_grad(single(output), parameters))


def _jacobian(output: Any, inputs: Any, leaves: list[Value], *_: Any) -> Any:
    return mapped(lambda o: like(inputs, _grad(o, leaves)), output)


def _hvp(output: Any, inputs: Any, leaves: list[Value], _: Any, directions: list[Value]) -> Any:
    """Hessian · v is the gradient of gradient · v."""
    gradient = _grad(single(output), leaves)
    moved = grad(gradient, leaves, directions, create_graph=True, materialize_grads=True)
    return output, like(inputs, moved)


def _grad(output: Value, leaves: Sequence[Value]) -> tuple[Value, ...]:
    return grad(output, leaves, create_graph=True, materialize_grads=True)


REQUESTS: dict[str, Callable[..., Any]] = {
    "value": _value,
    "gradient": _gradient,
    "parameter_gradient": _parameter_gradient,
    "jacobian": _jacobian,
    "hvp": _hvp,
}
"""What to record besides the function itself."""


def replayed(
    outputs: Any, inputs: Sequence[Any], parameters: Sequence[Value] | None
) -> tuple[Callable[..., Any], list[Value]]:
    """A graph that was recorded by itself, as a function of its inputs; and its parameters.

    Other leaves keep the numbers that they have now.

    >>> x, w = Value(2.0, "x"), Value(3.0, "w")
    >>> f, parameters = replayed(x * w + 1, [x], None)
    >>> f(Value(5.0)), parameters
    (Value(16.0, op=add), [Value(3.0, name='w')])
    """
    roots, given = flat(outputs), flat(list(inputs))
    for v in (*roots, *given, *(parameters or ())):
        if not isinstance(v, Value):
            raise TypeError(f"a recorded graph is made of Values, got {v!r}: name its inputs=[...] and parameters=[...]")
    inner, leaves = inner_nodes(*roots)
    check_fresh(inner)
    for v in (*given, *(parameters or ())):
        if v.op is not None:
            raise ValueError(f"{v!r} is computed: the inputs and parameters of a graph are its leaves")
    chosen = [v for v in leaves if v.requires_grad and v not in given] if parameters is None else list(parameters)
    fixed = {v: v.data for v in leaves if v not in {*given, *chosen}}

    def run(*arguments: Any) -> Any:
        known: dict[Value, Any] = {v: v for v in chosen}
        known.update((v, Value(data, v.name, requires_grad=False)) for v, data in fixed.items())
        known.update(zip(given, flat(list(arguments))))
        for v in inner:
            assert v.op is not None
            known[v] = v.op(*[known[p] for p in v.parents])
        return mapped(known.__getitem__, outputs)

    return run, chosen
