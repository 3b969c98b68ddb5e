"""The kind of number that writes instructions: the rows of the table run on it, as they run on floats, Values and text.

A row's arithmetic, its functions and its choices each become a primitive of :mod:`.program`. Plain numbers stay plain
until they meet a symbol, so Python itself folds constants, exactly as it does in an eager run.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any, Final

from ..intrinsics import ERRORS, checked, to_float
from ..op import Op
from .program import COMMUTATIVE, CONDITIONS


class RowError(TypeError):
    """A row that cannot be compiled: it needs a number where there is only the name of one."""


class Builder:
    """Instructions as they are written: each once, for equal ones are shared.

    Attributes:
        ops, operands: the instructions, in two columns.
        numbers: the constants' numbers, by place.

    >>> b = Builder()
    >>> x = b.source("input", 0)
    >>> y = x * x + x * x
    >>> b.ops, b.operands
    (['input', 'mul', 'add'], [(0,), (0, 0), (1, 1)])
    """

    def __init__(self) -> None:
        self.ops: list[str] = []
        self.operands: list[tuple[int, ...]] = []
        self.numbers: dict[int, float] = {}
        self._places: dict[Any, int] = {}

    def _written(self, op: str, operands: tuple[int, ...]) -> Symbol:
        """What stands where an equal instruction stands, or at the end."""
        new = len(self.ops)
        place = self._places.setdefault((op, operands), new)
        if place == new:
            self.ops.append(op)
            self.operands.append(operands)
        return Symbol(self, place)

    def source(self, kind: str, index: int) -> Symbol:
        """An input or a parameter; in a template (see :mod:`.templates`), an argument of another kind."""
        return self._written(kind, (index,))

    def place(self, x: Any) -> int:
        """Where a symbol or a plain number stands; a truth is written out as 1 or 0."""
        if type(x) is Symbol:
            return self.emit("where", x, 1, 0).place if x.kind == "condition" else x.place
        number = to_float(checked(x))
        new = len(self.ops)
        place = self._places.setdefault(struct.pack("d", number), new)  # by bits: -0.0 is not 0.0
        if place == new:
            self.ops.append("constant")
            self.operands.append(())
            self.numbers[place] = number
        return place

    def emit(self, op: str, *args: Any) -> Symbol:
        """The symbol of a primitive; conditions are taken as they are by what takes conditions."""
        truths = 1 if op == "where" else 2 if op in ("and", "or") else 0
        places = [(a.place if i < truths else self.place(a)) for i, a in enumerate(args)]
        if op == "where" and places[1] == places[2]:
            return Symbol(self, places[1])
        if op in COMMUTATIVE:
            places.sort()
        return self._written(op, tuple(places))

    def number(self, place: int) -> float | None:
        """The constant that stands there, or None."""
        return self.numbers.get(place)

    def row(self, op: Op, function: Callable[..., Any], args: Sequence[Any]) -> Any:
        """What a row's value or slopes are at symbols and plain numbers."""
        try:
            return function(*args)
        except ERRORS:  # among its constants: by IEEE 754, as in an eager run
            return function(*[Symbol(self, self.place(a)) for a in args])
        except RowError as error:
            raise RowError(f"the row of operation {op.name!r} cannot be compiled: {error}") from None
        except (TypeError, AttributeError) as error:
            raise RowError(
                f"the row of operation {op.name!r} cannot be compiled: {error}. A row is made of + - * / **, operations, "
                "and functions of autograd.intrinsics, which take any kind of number"
            ) from error


class Symbol:
    """The name of a number: arithmetic on it is written down, not carried out."""

    __slots__ = ("builder", "place")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, builder: Builder, place: int) -> None:
        self.builder, self.place = builder, place

    @property
    def kind(self) -> str | None:
        """ "condition"; "truth", which is 1 where a condition holds and else 0; None for any other number."""
        op, operands = self.builder.ops[self.place], self.builder.operands[self.place]
        if op in CONDITIONS or op == "condition":
            return "condition"
        return "truth" if op == "where" and [self.builder.number(k) for k in operands[1:]] == [1, 0] else None

    # The three hooks of a kind of number.
    def apply(self, op: Op, args: Sequence[Any]) -> Any:
        """An operation: its row's own arithmetic, on symbols."""
        return self.builder.row(op, op.value, args)

    def intrinsic(self, name: str) -> Symbol:
        """A function of ``math``, by name."""
        return self.builder.emit(name, self)

    def where(self, a: Any, b: Any) -> Any:
        """``a`` where this holds (or is not 0), else ``b``."""
        return self.builder.emit("where", self.is_nonzero(), a, b)

    def is_nonzero(self) -> Symbol:
        """The condition that it is not 0; of 1 where a condition holds and else 0, that condition itself."""
        kind = self.kind
        if kind == "truth":
            return Symbol(self.builder, self.builder.operands[self.place][0])
        return self if kind == "condition" else self.builder.emit("ne", self, 0)

    # Arithmetic. What is left out is exact: x·1, x/1 and x − 0 are x for every float, but x + 0 is not (of -0.0).
    def __add__(self, other: Any) -> Symbol:
        return self.builder.emit("add", self, other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Symbol:
        return self if _is(other, 0) else self.builder.emit("sub", self, other)

    def __rsub__(self, other: Any) -> Symbol:
        return self.builder.emit("sub", other, self)

    def __mul__(self, other: Any) -> Symbol:
        return self if _is(other, 1) else self.builder.emit("mul", self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Symbol:
        return self if _is(other, 1) else self.builder.emit("div", self, other)

    def __rtruediv__(self, other: Any) -> Symbol:
        return self.builder.emit("div", other, self)

    def __neg__(self) -> Symbol:
        return self.builder.emit("neg", self)

    def __abs__(self) -> Symbol:
        operands = self.builder.operands[self.place]
        for x, k in (operands, operands[::-1]) if self.builder.ops[self.place] == "mul" else ():
            c = self.builder.number(k)
            if c is not None and c < 0:  # |-2x| is |2x|: a row with σ(2x) and σ(-2x) computes one exponential
                return self.builder.emit("abs", self.builder.emit("mul", Symbol(self.builder, x), -c))
        return self.builder.emit("abs", self)

    def __pow__(self, other: Any) -> Any:
        if isinstance(other, (int, float)) and other in _PRODUCTS:
            return _PRODUCTS[other](self)
        return self.builder.emit("pow", self, other)

    def __rpow__(self, other: Any) -> Symbol:
        return self.builder.emit("pow", other, self)

    # Conditions.
    def __lt__(self, other: Any) -> Symbol:
        return self.builder.emit("lt", self, other)

    def __le__(self, other: Any) -> Symbol:
        return self.builder.emit("le", self, other)

    def __gt__(self, other: Any) -> Symbol:
        return self.builder.emit("lt", other, self)

    def __ge__(self, other: Any) -> Symbol:
        return self.builder.emit("le", other, self)

    def __eq__(self, other: Any) -> Any:
        return self.builder.emit("eq", self, other)

    def __ne__(self, other: Any) -> Any:
        return self.builder.emit("ne", self, other)

    def __and__(self, other: Any) -> Symbol:
        return self._both("and", other)

    def __or__(self, other: Any) -> Symbol:
        return self._both("or", other)

    __rand__, __ror__ = __and__, __or__

    def _both(self, op: str, other: Any) -> Symbol:
        if isinstance(other, bool):
            other = self.builder.emit("le" if other else "lt", 0, 0)
        if not (self.kind == "condition" and isinstance(other, Symbol) and other.kind == "condition"):
            raise RowError("& and | join conditions such as (x > 0) & (x < 1), not numbers")
        return self.builder.emit(op, self, other)

    def __bool__(self) -> bool:
        raise RowError(
            "it asks whether a condition holds, which differs from call to call: choose with where(condition, a, b) "
            "instead of if, and, or, max"
        )


def _is(x: Any, number: int) -> bool:
    """Whether x is this plain number; not -0.0, for 0."""
    return not isinstance(x, Symbol) and x == number and (number != 0 or str(to_float(x)) == "0.0")


_PRODUCTS: Final[dict[float, Any]] = {
    0: lambda x: 1,
    1: lambda x: x,
    2: lambda x: x * x,
    3: lambda x: x * x * x,
    -1: lambda x: 1 / x,
}
"""Powers that are written as products and quotients: at most 2 roundings, where ``pow`` has about one and is slow."""
