"""Random graphs: a plan of operations, carried out wherever their domains allow."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ...intrinsics import Number
from ...op import Op
from .numbers import MOST_BITS, affordable, bits, everyday, usable
from .operations import resolve
from .program import Program, Ref, Step

Operations = Iterable[Op | str | Callable[..., Any]]
WITHIN = 1e6
_TAKE_NUMBERS = ("add", "sub", "mul", "div")  # beside a result
_CONSTANTS: dict[type, tuple[Number, ...]] = {
    float: (2.0, -1.0, 0.5, 3.0, 0.1),
    int: (2, -1, 3),
    Fraction: (Fraction(1, 2), Fraction(-1), Fraction(2, 3)),
}


def graphs(
    operations: Operations | None = None,
    *,
    inputs: SearchStrategy[Number] | None = None,
    kinds: Collection[type] = (float,),
    max_inputs: int = 4,
    min_steps: int = 1,
    max_steps: int = 12,
    within: float | None = WITHIN,
    constants: bool = True,
) -> SearchStrategy[Program]:
    """Random graphs with shared nodes: results are used again, by later operations or twice by one.

    At the drawn point, ``program.inputs``, every operation has inputs in its domain and a finite value. A graph may leave
    inputs unused. Shrinks to few steps, few inputs and small numbers.

    Args:
        operations: rows (your own, too), names ("mul", "power", "sum"), or public functions (``autograd.sum``); all of the
            table, if not given.
        inputs: draws one number, for each input; default: small numbers of the ``kinds``.
        kinds: some of float, int and Fraction, for inputs and constants.
        max_inputs: how many inputs at most; there is at least one.
        min_steps, max_steps: how many steps are tried; those that leave a domain, or lead to nothing, are left out.
        within: the largest size of any number on the way; None for no bound, where overflow to inf is allowed.
        constants: whether + - * / may take plain numbers.

    >>> from hypothesis import find
    >>> find(graphs(["tanh", "mul"]), lambda program: "v1 * v1" in program.source)
    import autograd
    <BLANKLINE>
    def f(x):
        v1 = autograd.tanh(x)
        return v1 * v1
    <BLANKLINE>
    x = autograd.Value(0.0, "x")
    output = f(x)
    """
    return _programs(resolve(operations), inputs, kinds, max_inputs, (min_steps, max_steps), within, constants, True)


def expressions(
    operations: Operations | None = None,
    *,
    inputs: SearchStrategy[Number] | None = None,
    kinds: Collection[type] = (float,),
    max_inputs: int = 4,
    min_steps: int = 1,
    max_steps: int = 12,
    within: float | None = WITHIN,
    constants: bool = True,
) -> SearchStrategy[Program]:
    """Random expressions: as :func:`graphs`, but each result is used once, so that only inputs are shared.

    >>> from hypothesis import find
    >>> find(expressions(["mul"], kinds=[int]), lambda program: program(*program.inputs) > 3)
    import autograd
    <BLANKLINE>
    def f(x):
        return x * x
    <BLANKLINE>
    x = autograd.Value(2, "x")
    output = f(x)
    """
    return _programs(resolve(operations), inputs, kinds, max_inputs, (min_steps, max_steps), within, constants, False)


@st.composite
def _programs(
    draw: DrawFn,
    ops: Sequence[Op],
    inputs: SearchStrategy[Number] | None,
    kinds: Collection[type],
    max_inputs: int,
    sizes: tuple[int, int],
    within: float | None,
    constants: bool,
    shared: bool,
) -> Program:
    number = everyday(kinds) if inputs is None else inputs
    numbers = [x for kind, some in _CONSTANTS.items() if kind in kinds for x in some] if constants else []
    point = draw(st.lists(number, min_size=1, max_size=max_inputs))
    plan = draw(st.lists(_steps(ops, numbers), min_size=sizes[0], max_size=sizes[1]))
    return build(tuple(point), plan, shared, within)


# One choice an input, so that shrinking, which deletes a few choices at once, can delete whole steps.
# The first input is mostly the latest result, so that most steps lead to the output; 0 and 0 is a node used twice.
_FIRST = [Ref(back) for back in (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 5, 8)]
_OTHER = [Ref(back) for back in (0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 8, 11)]


@st.composite
def _steps(draw: DrawFn, ops: Sequence[Op], numbers: Sequence[Number]) -> Step:
    """An operation and how far back its inputs are: a plan, which stands for itself however the plan before it shrinks."""
    op = draw(st.sampled_from(ops))
    n = draw(st.integers(1, 4)) if op.arity is None else op.arity
    more = numbers if op.name in _TAKE_NUMBERS else []
    args = [draw(st.sampled_from([*(_OTHER if i else _FIRST), *more])) for i in range(n)]
    if not any(isinstance(a, Ref) for a in args):
        args[0] = Ref(0)
    return Step(op, tuple(args))


def build(inputs: tuple[Number, ...], plan: Iterable[Step], shared: bool, within: float | None) -> Program:
    """Carry out a plan, without the steps that lead nowhere: out of a domain or of bounds, or not to the output."""
    results, steps = list(inputs), []
    used: set[int] = set()
    for op, backs in plan:
        args = _fitting(op, backs, results, used, range(0) if shared else range(len(inputs), len(results)))
        if args is None:
            continue
        numbers = tuple([results[a.place] if isinstance(a, Ref) else a for a in args])
        if not (affordable(op, numbers) if within is None else usable(op, numbers)):
            continue
        z = op(*numbers)
        if z != z or bits(z) > MOST_BITS or (within is not None and abs(z) > within):
            continue
        used.update(a.place for a in args if isinstance(a, Ref))
        results.append(z)
        steps.append(Step(op, args))
    return Program(inputs, _live(len(inputs), steps))


def _fitting(
    op: Op, backs: Iterable[Ref | Number], results: Sequence[Number], used: Collection[int], alone: Collection[int]
) -> tuple[Ref | Number, ...] | None:
    """Places for "so far back", among the results in the operation's domain; None if there are not enough. Results that
    nothing has used yet come first; those that must stay ``alone`` are used once."""
    low, high = op.domain
    fit = [k for k in reversed(range(len(results))) if low <= results[k] <= high]
    fit = [k for k in fit if k not in used] + [k for k in fit if k in used and k not in alone]
    args: list[Ref | Number] = []
    for back in backs:
        if not isinstance(back, Ref):
            args.append(back)
        elif fit:
            place = fit[back.place % len(fit)]
            args.append(Ref(place))
            if place in alone:
                fit.remove(place)
        else:
            return None
    return tuple(args)


def _live(inputs: int, steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps that the last one rests on, with their places closed up."""
    wanted = {inputs + len(steps) - 1}
    for k in reversed(range(len(steps))):
        if inputs + k in wanted:
            wanted.update(a.place for a in steps[k].args if isinstance(a, Ref))
    places = {i: i for i in range(inputs)}
    kept: list[Step] = []
    for k, (op, args) in enumerate(steps):
        if inputs + k in wanted:
            kept.append(Step(op, tuple([Ref(places[a.place]) if isinstance(a, Ref) else a for a in args])))
            places[inputs + k] = inputs + len(kept) - 1
    return tuple(kept)
