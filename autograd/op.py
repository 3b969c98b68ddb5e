"""What an operation is: one row, from which everything else is derived."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import inf
from typing import Any, Final

from .intrinsics import ERRORS, Ieee, Number, checked, ieee, shown

OPS: Final[dict[str, Op]] = {}
"""Every operation by name, in the order of the table; operations of your own join it."""

FAMILIES: Final[dict[str, Callable[..., Op]]] = {}
"""Operations with parameters that are not inputs (the exponent of x**2): parameters -> operation."""

FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {}
"""Every public function by name, as the command line sees them: the operations, and sum, dot, softmax and the like."""


RESERVED: Final[set[str]] = set()
"""The names of the table's own rows and functions; filled when the table is complete."""


class Op:
    """An operation: its name, its value, and its slopes (the local derivatives).

    Writing the row is all it takes: the operation then works on numbers and on Values, to any order of derivative, in
    pictures and tables, and on the command line.

    Args:
        name: the function's name, a Python identifier.
        value: the value, given the inputs. Plain arithmetic and functions of :mod:`autograd.intrinsics`; a choice is
            written with ``where`` and < or >, never with ``if`` or ``==`` (Values are equal only to themselves).
        slopes: one local derivative for each input, as a tuple, given *the value and the inputs*. A slope is made of
            operations, so that slopes have slopes.
        taught: the same derivatives as a textbook writes them, for formulas, where ``slopes`` have another form, which
            keeps more digits.
        glyph: what stands in the circle of a picture; the name, if not given.
        domain: the interval in which each input may lie; outside, the value is nan (the ends belong to it where the
            value is finite there).
        corners: the inputs at which the slope jumps, each with the slope that is taken there, as in ``{0: 0}``; or just
            the inputs, if ``doc`` says which slope that is.
        params: parameters that are not inputs, for a member of a family (the exponent of x**2).
        spelled: whether a formula shows the value's own arithmetic (x·y) instead of name(x, y).
        doc: one sentence, for people.

    Example: an operation of one's own, and its second derivative.

    >>> from autograd import Op, Value, grad
    >>> cube = Op("cube", value=lambda x: x * x * x, slopes=lambda z, x: (3 * x * x,), glyph="( )³",
    ...           doc="The third power.")
    >>> x = Value(2, name="x")
    >>> z = cube(x)
    >>> first, = grad(z, [x], create_graph=True)
    >>> z.data, first.data, grad(first, [x])
    (8, 12, (12,))
    """

    __slots__ = (
        *("arity", "corners", "doc", "domain", "glyph", "inputs", "name", "params", "slopes", "spelled", "taught", "value"),
    )

    def __init__(
        self,
        name: str,
        *,
        value: Callable[..., Any],
        slopes: Callable[..., tuple[Any, ...]],
        taught: Callable[..., tuple[Any, ...]] | None = None,
        glyph: str | None = None,
        domain: tuple[float, float] = (-inf, inf),
        corners: tuple[float, ...] | dict[float, Any] = (),
        params: tuple[Any, ...] = (),
        spelled: bool = False,
        doc: str = "",
    ) -> None:
        if not name.isidentifier():
            raise ValueError(f"an operation's name is a Python identifier, so that it can be called; got {name!r}")
        self.name, self.value, self.slopes, self.taught = name, value, slopes, taught or slopes
        self.glyph = glyph if glyph is not None else name
        self.domain, self.corners, self.params, self.spelled, self.doc = domain, corners, params, spelled, doc
        code = getattr(slopes, "__code__", None)
        if code is None:
            raise TypeError(f"slopes of {name!r} must be a function or lambda, of the value and the inputs; got {slopes!r}")
        self.inputs: tuple[str, ...] = code.co_varnames[1 : code.co_argcount]
        self.arity: int | None = None if code.co_flags & 4 else len(self.inputs)  # 4: it takes *args
        if name in RESERVED and not (params and name in FAMILIES):
            raise ValueError(f"there is an operation named {name!r} already: choose another name")
        if RESERVED and name not in RESERVED:  # a row of the reader's own
            self.value = _checked_value(name, value)
        if not params:
            OPS[name] = FUNCTIONS[name] = self

    def __call__(self, *args: Any) -> Any:
        """Apply the operation: a number for plain numbers; other kinds of number say themselves what it means."""
        for a in args:
            if type(a) is not float:
                return self._call(args)
        return self.evaluate(args)

    def _call(self, args: tuple[Any, ...]) -> Any:
        if self.arity is not None and len(args) != self.arity:
            plural = "" if self.arity == 1 else "s"
            raise TypeError(f"{self.name} takes {self.arity} number{plural}, got {len(args)}")
        for a in args:
            if hasattr(a, "apply"):
                return a.apply(self, args)
        return self.evaluate(tuple([a if type(a) is Ieee else checked(a) for a in args]))

    def evaluate(self, args: tuple[Number, ...]) -> Any:
        """The value at plain numbers, by the rules of IEEE 754 where Python would raise."""
        try:
            return self.value(*args)
        except ERRORS:
            return ieee(self.value, args)

    def slopes_at(self, z: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The local derivatives at plain numbers, one an input, given the value ``z`` there."""
        try:
            return self.slopes(z, *args)
        except ERRORS:
            slopes: tuple[Any, ...] = ieee(self.slopes, (z, *args))
            return slopes

    def __repr__(self) -> str:
        params = f"({', '.join(map(shown, self.params))},)" if self.params else ""
        return f"<operation {self.name}{params}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return find, (self.name, self.params)


def _checked_value(name: str, value: Callable[..., Any]) -> Callable[..., Any]:
    """A value function that gives numbers and nothing else, whatever was written."""

    def call(*args: Any) -> Any:
        z = value(*args)
        if type(z) is float or type(z) is Ieee or hasattr(z, "apply"):
            return z
        try:
            return checked(z)
        except TypeError as error:
            raise TypeError(f"the row of operation {name!r} is wrong: its value must be a number; {error}") from None

    return call


def family(name: str) -> Callable[[Callable[..., Op]], Callable[..., Op]]:
    """Declare operations with parameters: the decorated function writes the row for one choice of them, once."""

    def declare(make: Callable[..., Op]) -> Callable[..., Op]:
        FAMILIES[name] = lru_cache(maxsize=4096, typed=True)(make)
        return FAMILIES[name]

    return declare


def find(name: str, params: tuple[Any, ...] = ()) -> Op:
    """The operation of that name and with these parameters; a ``LookupError`` that names the remedy if there is none.

    >>> find("power", (2,)).glyph
    '( )²'
    """
    if params and name in FAMILIES:
        return FAMILIES[name](*params)
    if name in OPS:
        return OPS[name]
    raise LookupError(f"there is no operation named {name!r}: import the module that defines it first")
