"""Recording: a function is run once, on Values, and every operation on the way is kept in order.

Derivatives inside the function are recorded as the engine computes them, by ``grad(..., create_graph=True)``. Those that are
asked of its output are only noted, for lowering to write. Either way a value, a gradient, a Jacobian and a Hessian-vector
product are all the same thing: a list of operations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..collector import paused_collector
from ..derivatives import _flat as flat
from ..derivatives import _like as like
from ..derivatives import _map as mapped
from ..derivatives import _only as single
from ..derivatives import grad
from ..graph import check_fresh, inner_nodes
from ..modes import recorded
from ..value import Value, constant
from .doors import recording
from .tape import Tape
from .tracer import Tracer


class Recording(NamedTuple):
    """What a function did once.

    Attributes:
        tape: its leaves and its operations in order, by number.
        result: what was asked for: a number of the tape, or a nest of lists and tuples of them.
        branches: the comparisons that were asked for their truth, the answers, and the source lines.
    """

    tape: Tape
    result: Any
    branches: list[tuple[int, bool, str]]

    @property
    def parameters(self) -> list[Value]:
        """The leaves that were made before and used on the way, the oldest first."""
        return [self.tape.parameters[number] for number in self.tape.oldest_first()]


@recorded
@paused_collector()
def record(function: Callable[..., Any], arguments: tuple[Any, ...], request: str = "value") -> Recording:
    """Run a function on fresh Values of these numbers, and keep what it did.

    Args:
        function: takes Values or nested lists of them, gives a Value or a nest of lists and tuples of them.
        arguments: numbers or nested lists of numbers, one an argument.
        request: a name in :data:`REQUESTS`: what to derive from the output.

    Raises:
        TraceError: the function reads a number that will be another one in the next call.

    >>> recording = record(lambda x, y: x * y + x, (2.0, 3.0))
    >>> [op.name for op in recording.tape.ops if op is not None]
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
        tape = Tape([*leaves, *directions], tracer.is_constant)
        tracer.write(tape)
        _numbers(tape, output)  # the output may be a parameter
        trainable = [p for p in map(tape.parameters.__getitem__, tape.oldest_first()) if p.requires_grad]
        result = REQUESTS[request](tape, tracer, output, _arguments(inputs), leaves, trainable, directions)
        branches = [(tape.numbers[v], outcome, line) for v, outcome, line in tracer.branches]
        return Recording(tape, result, branches)


def _arguments(inputs: tuple[Any, ...]) -> Any:
    """One argument for itself, several as a tuple."""
    return inputs[0] if len(inputs) == 1 else inputs


def _numbers(tape: Tape, tree: Any) -> Any:
    """A nest of Values by their numbers."""
    return mapped(tape.numbers.__getitem__, tree)


def _derivatives(tape: Tape, output: Value, leaves: list[Value]) -> list[int]:
    """The numbers of an output's derivatives, for lowering to work out."""
    return tape.derive(tape.numbers[output], [tape.numbers[leaf] for leaf in leaves])


# ------------------------------------------------------------------------ what can be asked: each gives a nest of numbers
def _value(tape: Tape, tracer: Tracer, output: Any, *_: Any) -> Any:
    return _numbers(tape, output)


def _gradient(tape: Tape, tracer: Tracer, output: Any, inputs: Any, leaves: list[Value], *_: Any) -> Any:
    return _numbers(tape, output), like(inputs, _derivatives(tape, single(output), leaves))


def _parameter_gradient(
    tape: Tape, tracer: Tracer, output: Any, inputs: Any, leaves: Any, parameters: list[Value], *_: Any
) -> Any:
    return _numbers(tape, output), _derivatives(tape, single(output), parameters)


def _jacobian(tape: Tape, tracer: Tracer, output: Any, inputs: Any, leaves: list[Value], *_: Any) -> Any:
    return mapped(lambda o: like(inputs, _derivatives(tape, o, leaves)), output)


def _hvp(tape: Tape, tracer: Tracer, output: Any, inputs: Any, leaves: list[Value], _: Any, directions: list[Value]) -> Any:
    """Hessian · v is the gradient of gradient · v: the first is recorded, to be differentiated again."""
    gradient = grad(single(output), leaves, create_graph=True, materialize_grads=True)
    moved = grad(gradient, leaves, directions, create_graph=True, materialize_grads=True)
    tracer.write(tape)
    return _numbers(tape, (output, like(inputs, moved)))


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
