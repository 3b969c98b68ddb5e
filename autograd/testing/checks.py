"""Gradient checks of functions: ``check_gradients``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import isfinite
from typing import Any

from ..derivatives import _flat, _map
from ..intrinsics import shown, to_float
from ..modes import recorded
from ..op import Op
from ..value import Value, constant
from .report import GradientError, Report, Tally
from .tape import Tape
from .whole import Whole


@recorded
def check_gradients(
    f: Callable[..., Any],
    *inputs: Any,
    wrt: Iterable[Value] = (),
    tolerance: float | None = None,
    second_order: bool = True,
) -> Report:
    """Whether the derivatives of a function are right at a point: an error that says what is wrong, or a short report.

    Compared are each operation's local slopes; the gradient by reverse mode (``grad`` and ``backward()``) and by forward
    mode; second derivatives, by reverse over reverse and forward over reverse. The witness sees values only, and is the
    best there is: exact fractions where the function is made of + - × ÷, else mpmath with 50 digits or more
    (``pip install 'glassgrad[testing]'``), else extrapolated differences. How far a float may be off is no choice either:
    the same passes run once more on floats that know their rounding error, and small gradients are checked as closely as
    large ones. At a corner (relu at 0, a tie of maximum) the documented slope is the right one.

    Args:
        f: a function of Values, such as an operation of your own or a loss; it gives a Value or a list of Values.
        inputs: the point: numbers, or lists of numbers; Values are taken as they are.
        wrt: more Values to differentiate by, which f uses by itself: the parameters of a model.
        tolerance: a relative error to allow, instead of the one that is earned.
        second_order: whether second derivatives are checked too.

    Returns:
        A :class:`Report`: the witness, how many numbers agree, and by how many ulp the worst is off.

    Raises:
        GradientError: a derivative is wrong: which, by how much, whose row is to blame, and how to reproduce it.
        ValueError: there is nothing to differentiate by.

    >>> from autograd import Op, tanh
    >>> print(check_gradients(lambda x, y: x * y + x**2, 2, 3))
    22 numbers agree with exact fractions; the worst is off by 0 ulp
    >>> wrong = Op("wrong_cube", value=lambda x: x * x * x, slopes=lambda z, x: (2.9999 * x * x,),
    ...            doc="Of a test: its slope is wrong.")
    >>> check_gradients(lambda x: tanh(wrong(x)), 0.5)
    Traceback (most recent call last):
    autograd.testing.report.GradientError: d(wrong_cube)/d(x) is wrong (local slope)
      expected   3/4   (exact fractions)
      got        0.749975   off by 2.5e-05; rounding explains 1.2e-15 at most
      blame      the row of 'wrong_cube', at (0.5,)
      reproduce
        from autograd.op import find
        from autograd.testing import check_gradients
        check_gradients(find('wrong_cube'), 0.5)
    """
    shaped = _map(lambda x: x if isinstance(x, Value) else Value(x), inputs)
    values = [*_flat(shaped), *wrt]
    if not values:
        raise ValueError("there is nothing to differentiate by: give the inputs, or wrt=[...] with the Values that f uses")
    for v in values:
        if v.op is not None:
            raise ValueError(f"{v!r} is computed: differentiate by leaves, or give its number")
    output = f(*shaped)
    if output is None:
        raise TypeError("the function returned None: is its return statement missing?")
    outputs = [constant(z) for z in _flat(output)]
    names = _names(f, values)
    tally = Tally()
    for place, out in enumerate(outputs):
        Whole(Tape(out, values), tally, tolerance, second_order, names, _paste(f, inputs)).run()
        _check_recorded(f, shaped, values, place, Tape(out, values), names, _paste(f, inputs))
    return tally.report()


def _names(f: Any, values: Sequence[Value]) -> list[str]:
    """What to call the inputs: by their own names, or those in the function's definition."""
    code = getattr(f, "__code__", None)
    known = f.inputs if isinstance(f, Op) else code.co_varnames[: code.co_argcount] if code else ()
    if len(known) != len(values):
        known = [f"x{i}" for i in range(len(values))]
    return [v.name or name for v, name in zip(values, known, strict=True)]


def _paste(f: Any, inputs: Sequence[Any]) -> str:
    if isinstance(f, Op):
        name = f"find({f.name!r}{f', {f.params!r}' if f.params else ''})"
    else:
        name = getattr(f, "__name__", "")
        name = name if name.isidentifier() else "f"  # a lambda has no name
    point = _map(lambda x: f"Value({shown(x.data)})" if isinstance(x, Value) else shown(x), tuple(inputs))
    texts = [f"[{', '.join(_flat(p))}]" if isinstance(p, (list, tuple)) else p for p in point]
    return f"check_gradients({', '.join([name, *texts])})"


def _check_recorded(
    f: Callable[..., Any],
    shaped: Sequence[Any],
    values: Sequence[Value],
    place: int,
    tape: Tape,
    names: Sequence[str],
    paste: str,
) -> None:
    """Whether the graph is all that the output depends on: near the point, the function must do what its graph does."""
    for i, name in enumerate(names):
        strays = [_stray(f, shaped, values, place, tape, i, side) for side in (1, -1)]
        if all(strays):
            raise GradientError(
                "function and graph",
                f"d(output)/d({name})",
                input=i,
                reproduce=paste,
                hint=f"when {name} moves, the function changes otherwise than its graph does: it uses .data, .detach(), "
                "a float() or a branch that no gradient goes through, or is not the same twice",
            )


def _stray(
    f: Callable[..., Any], shaped: Sequence[Any], values: Sequence[Value], place: int, tape: Tape, i: int, side: int
) -> bool:
    """Whether function and graph part when input i moves a little to one side."""
    before = [(v._data, v.serial) for v in values]
    start = [to_float(v.data) for v in values]
    moved = [x + side * max(abs(x), 2.0**-10) * 2.0**-17 * (i == j) for j, x in enumerate(start)]
    try:
        for v, x in zip(values, moved, strict=True):
            v._data = x
        ours = to_float(constant(_flat(f(*shaped))[place]).data)
    finally:
        for v, (data, serial) in zip(values, before, strict=True):
            v._data, v.serial = data, serial
    graphs, here = to_float(tape(moved)), to_float(tape(start))
    if ours == graphs or not all(map(isfinite, (ours, graphs, here))):
        return False
    apart = abs(Fraction(ours) - Fraction(graphs))
    return bool(
        apart > abs(Fraction(graphs) - Fraction(here)) / 10_000 + (abs(Fraction(here)) + abs(Fraction(ours))) / 2**40
    )
