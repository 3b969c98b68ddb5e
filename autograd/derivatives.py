"""Derivatives of any order, in both modes, from the same rows; nothing here touches a Value's ``grad``.

``grad`` works on a recorded graph, as ``torch.autograd.grad`` does. The others take a function of Values and the numbers
where it is wanted, as in ``torch.autograd.functional``: ``func(*inputs)`` may use one or several inputs, an input may be a
list of numbers, and results come back in the inputs' shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from . import value
from .backward import ieee_sum, local_grads, masked, product, share, well_formed
from .graph import check_fresh, inner_nodes
from .intrinsics import checked
from .modes import recorded
from .value import Value, constant


@recorded
def grad(
    outputs: Value | Sequence[Value],
    inputs: Value | Sequence[Value],
    grad_outputs: Any = 1,
    create_graph: bool = False,
    allow_unused: bool = False,
    materialize_grads: bool = False,
) -> tuple[Any, ...]:
    """The gradient of an output (or of the sum of several) with respect to each input, by reverse mode.

    Args:
        outputs: one Value or several.
        inputs: the Values to differentiate by; computed nodes are allowed.
        grad_outputs: dL/d(output), one number or one for each output.
        create_graph: give Values that can be differentiated again, instead of plain numbers.
        allow_unused: give None for an input that no output depends on, instead of an error.
        materialize_grads: give 0 for such an input.

    Returns:
        A tuple, one number for each input (Values, with ``create_graph``).

    Raises:
        ValueError: an output does not depend on an input, and neither ``allow_unused`` nor ``materialize_grads`` is set.
        StaleError: a leaf's data was assigned after the output was computed from it.

    >>> x = Value(3, name="x")
    >>> first, = grad(x**3, [x], create_graph=True)
    >>> first.data, grad(first, [x])
    (27, (18,))
    """
    tops, wanted = _values("outputs", outputs), _values("inputs", inputs)
    seeds = list(grad_outputs) if hasattr(grad_outputs, "__iter__") else [grad_outputs] * len(tops)
    if len(seeds) != len(tops):
        raise ValueError(f"grad_outputs has {len(seeds)} numbers for {len(tops)} outputs: give one for each")
    adjoints = pull(tops, seeds, create_graph)
    found = [adjoints.get(x) for x in wanted]
    if create_graph:
        found = [None if g is None else constant(g) for g in found]
    if materialize_grads:
        return tuple([(Value(0, requires_grad=False) if create_graph else 0) if g is None else g for g in found])
    if not allow_unused and None in found:
        unused = wanted[found.index(None)]
        raise ValueError(
            f"the output does not depend on {unused!r}: pass allow_unused=True to get None for it, "
            "or materialize_grads=True to get 0"
        )
    return tuple(found)


def _values(what: str, xs: Any) -> list[Value]:
    values = [xs] if isinstance(xs, Value) else list(xs) if hasattr(xs, "__iter__") else None
    if values is None or not all(isinstance(v, Value) for v in values):
        raise TypeError(f"{what} is a Value or a list of Values, got {xs!r}")
    return values


def pull(outputs: Sequence[Value], seeds: Sequence[Any], create_graph: bool = False) -> dict[Value, Any]:
    """Reverse mode: the adjoint of every node below the outputs, as numbers or, to be differentiated again, as Values."""
    inner, _ = inner_nodes(*outputs)
    check_fresh(inner)
    check = getattr(value.modes, "check_share", None)
    tracer = getattr(value.modes, "tracer", None)
    seeded, send = (_seeded, share) if tracer is None else tracer.rules(outputs, inner, create_graph)
    adjoints: dict[Value, Any] = {}
    for v, seed in zip(outputs, seeds):
        seed = seeded(v, constant(seed) if create_graph else checked(seed))
        adjoints[v] = adjoints[v] + seed if v in adjoints else seed
    for v in reversed(inner):
        g = adjoints[v]
        for p, d in zip(v.parents, _slopes(v, create_graph)):
            sent = send(v, d, g)
            adjoints[p] = ieee_sum(adjoints[p], sent) if p in adjoints else sent
            if check is not None:
                check(v, p, plain(d), plain(sent), plain(adjoints[p]))
    return adjoints


def _seeded(v: Value, seed: Any) -> Any:
    """What an output starts from: a nan has nan gradients."""
    return product(v._data, seed) if v._data != v._data else seed


def _push(output: Iterable[Value], inputs: list[Value], direction: list[Any], create_graph: bool) -> list[Any]:
    """Forward mode over a recorded graph: the tangent of each output, given those of the inputs.

    An input whose tangent is 0 stays, as a constant does: no infinite slope makes a nan of the 0.
    """
    outputs = list(output)
    tracer = getattr(value.modes, "tracer", None)
    if tracer is not None:
        tracer.refuse_forward_mode()
    inner, _ = inner_nodes(*outputs)
    check_fresh(inner)
    tangents = zip(inputs, map(constant if create_graph else checked, direction))
    known = {x: t for x, t in tangents if plain(t) or getattr(t, "requires_grad", False)}
    for v in inner:
        parts = [(p, d) for p, d in zip(v.parents, _slopes(v, create_graph)) if p in known and not masked(p, d)]
        if v not in known and parts:
            shares = [product(d, known[p]) for p, d in parts]
            sum_ = shares[0]
            for moved in shares[1:]:
                sum_ = ieee_sum(sum_, moved)
            known[v] = sum_
    moved = [v._data * known.get(v, 0) if v._data != v._data else known.get(v, 0) for v in outputs]
    return list(map(constant, moved)) if create_graph else moved


def _slopes(v: Value, create_graph: bool) -> tuple[Any, ...]:
    if not create_graph or v.op is None:
        return local_grads(v)
    try:
        slopes = v.op.slopes(v, *v.parents)
    except TypeError as error:
        raise TypeError(
            f"the slopes of operation {v.op.name!r} cannot be differentiated, as create_graph=True asks: {error}"
        ) from error
    return well_formed(v.op, slopes, len(v.parents))


# ------------------------------------------------------------------------------------------------ functions of numbers
def plain(x: Any) -> Any:
    """The number of a Value; a number as it is."""
    return x.data if isinstance(x, Value) else x


def _map(function: Callable[[Any], Any], tree: Any) -> Any:
    """Apply a function to each number of a nest of lists and tuples."""
    if isinstance(tree, (list, tuple)):
        branches = [_map(function, t) if isinstance(t, (list, tuple)) else function(t) for t in tree]
        return tree._make(branches) if hasattr(tree, "_make") else type(tree)(branches)
    return function(tree)


def _flat(tree: Any) -> list[Any]:
    if not isinstance(tree, (list, tuple)):
        return [tree]
    return [x for t in tree for x in (_flat(t) if isinstance(t, (list, tuple)) else (t,))]


def _like(tree: Any, numbers: Iterable[Any]) -> Any:
    """The numbers, one after another, in the shape of the tree."""
    rest = iter(numbers)
    return _map(lambda _: next(rest), tree)


def _record(func: Callable[..., Any], inputs: Any, create_graph: bool) -> tuple[Any, list[Value], Any]:
    """Run a function on fresh Values: the inputs in their shape, flat, and the output with every number a Value.

    With ``create_graph``, Values among the inputs are copied by a node (x * 1), through which the graph goes on.
    """
    shaped = _map(lambda x: x * 1 if create_graph and isinstance(x, Value) else Value(plain(x)), inputs)
    output = func(*shaped) if isinstance(shaped, tuple) else func(shaped)
    if output is None:
        raise TypeError("the function returned None: is its return statement missing?")
    return shaped, _flat(shaped), _map(constant, output)


def _matching(v: Any, tree: Any, what: str) -> list[Any]:
    numbers = _flat(v)
    if len(numbers) != len(_flat(tree)):
        raise ValueError(f"v has {len(numbers)} numbers for {len(_flat(tree))} {what}: give one for each")
    return numbers


def _result(tree: Any, create_graph: bool) -> Any:
    return tree if create_graph else _map(plain, tree)


@recorded
def vjp(func: Callable[..., Any], inputs: Any, v: Any = 1, create_graph: bool = False) -> tuple[Any, Any]:
    """The output of ``func(*inputs)``, and the gradient v · Jacobian, by reverse mode: (output, gradient).

    Args:
        func: a function of Values, giving a Value or a list of them.
        inputs: one number, a list of numbers (passed as one argument), or a tuple of these (passed as several).
        v: dL/d(output), one number for each output.
        create_graph: give Values that can be differentiated again.

    >>> vjp(lambda x, y: x * y, (2, 3), 5)
    (6, (15, 10))
    """
    shaped, flat, output = _record(func, inputs, create_graph)
    outputs = _flat(output)
    gradient = grad(outputs, flat, _matching(v, output, "outputs"), create_graph, materialize_grads=True)
    return _result(output, create_graph), _like(shaped, gradient)


@recorded
def jvp(func: Callable[..., Any], inputs: Any, v: Any = 1, create_graph: bool = False) -> tuple[Any, Any]:
    """The output of ``func(*inputs)``, and its derivative in the direction v, by forward mode: (output, Jacobian · v).

    Args are those of :func:`vjp`, but v has one number for each input. An input whose number is 0 is held constant.

    >>> jvp(lambda x, y: x * y, (2, 3), (1, 0))
    (6, 3)
    """
    shaped, flat, output = _record(func, inputs, create_graph)
    direction = _matching(v, shaped, "inputs")
    moved = _push(_flat(output), flat, direction, create_graph)
    return _result(output, create_graph), _like(output, moved)


@recorded
def jacobian(func: Callable[..., Any], inputs: Any, create_graph: bool = False) -> Any:
    """d(output)/d(input), each output's gradient in the shape of the inputs.

    >>> jacobian(lambda x, y: [x * y, x + y], (2, 3))
    [(3, 2), (1, 1)]
    """
    shaped, flat, output = _record(func, inputs, create_graph)
    return _map(lambda o: _like(shaped, grad(o, flat, 1, create_graph, materialize_grads=True)), output)


@recorded
def hessian(func: Callable[..., Any], inputs: Any, create_graph: bool = False) -> Any:
    """The second derivatives of a function of one output: for each input, its gradient's slopes, in the inputs' shape.

    Exact on Fractions and ints, where the function is (here Rosenbrock's):

    >>> hessian(lambda x, y: (1 - x)**2 + 100 * (y - x**2)**2, (1, 1))
    ((802, -400), (-400, 200))
    """
    shaped, flat, output = _record(func, inputs, create_graph)
    gradient = grad(_only(output), flat, 1, True, materialize_grads=True)
    rows = [_like(shaped, grad(g, flat, 1, create_graph, materialize_grads=True)) for g in gradient]
    return _like(shaped, rows)


@recorded
def hvp(func: Callable[..., Any], inputs: Any, v: Any = 1, create_graph: bool = False) -> tuple[Any, Any]:
    """The output of ``func(*inputs)``, and Hessian · v at the cost of a few passes: forward mode over reverse mode.

    >>> hvp(lambda x, y: x**2 * y, (3, 5), (1, 0))
    (45, (10, 6))
    """
    shaped, flat, output = _record(func, inputs, create_graph)
    direction = _matching(v, shaped, "inputs")
    gradient = grad(_only(output), flat, 1, True, materialize_grads=True)
    return _result(output, create_graph), _like(shaped, _push(gradient, flat, direction, create_graph))


def _only(output: Any) -> Value:
    if not isinstance(output, Value):
        kind, n = type(output).__name__, len(_flat(output))
        remedy = "return the number itself, or use jacobian" if n == 1 else "use jacobian"
        raise ValueError(f"a function of one output is needed here, this one gives a {kind} of {n}: {remedy}")
    return output
