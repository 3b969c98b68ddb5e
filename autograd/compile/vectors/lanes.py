"""Vectors of numbers as names in LLVM's text: a formula written in Python becomes straight-line code on several lanes.

Where a formula differs from lane to lane both ways are computed, and :func:`where` takes one of them. The only branch is
that by which rare arguments are left to C. A lane's result never depends on what the other lanes hold.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

INSTRUCTIONS: Final[dict[str, dict[str, str]]] = {
    "double": {"+": "fadd", "-": "fsub", "*": "fmul", "/": "fdiv", "<": "fcmp olt", ">": "fcmp ogt", "==": "fcmp oeq"},
    "i64": {"+": "add", "-": "sub", "&": "and", "|": "or", "^": "xor", "<<": "shl", ">>": "lshr", "==": "icmp eq"},
    "i1": {"&": "and", "|": "or"},
}
"""What an operator of Python is for lanes of each kind: floats, 64 bits, truth."""


def literal(number: float) -> str:
    """A float as LLVM reads it, to the bit."""
    return f"0x{struct.pack('>d', number).hex().upper()}"


class Lanes:
    """The lines of one function as they are written, and the declarations they need.

    >>> lanes = Lanes(2)
    >>> x = lanes.argument("x")
    >>> print((x * x + 1).name, *lanes.lines, sep="; ")
    %v1; %v0 = fmul <2 x double> %x, %x; %v1 = fadd <2 x double> %v0, <double 0x3FF0000000000000, double 0x3FF0000000000000>
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[str] = []
        self.declared: set[str] = set()
        self._named = 0

    def type(self, kind: str) -> str:
        """A vector of doubles, of 64 bits (i64) or of truths (i1)."""
        return f"<{self.width} x {kind}>"

    def argument(self, name: str) -> Vector:
        """A vector that the function is given."""
        return Vector(self, f"%{name}", "double")

    def constant(self, number: float, kind: str = "double") -> str:
        """The same number in every lane."""
        lane = f"{kind} {literal(number) if kind == 'double' else number}"
        return f"<{', '.join([lane] * self.width)}>"

    def splat(self, number: float) -> Vector:
        """The same number in every lane, as a vector."""
        return Vector(self, self.constant(number), "double")

    def line(self, text: str, kind: str = "double") -> Vector:
        """The vector that a line computes."""
        name = f"%v{self._named}"
        self._named += 1
        self.lines.append(f"{name} = {text}")
        return Vector(self, name, kind)

    def call(self, name: str, *operands: Vector | float) -> Vector:
        """The vector that one of LLVM's own functions gives."""
        double, full = self.type("double"), f"@llvm.{name}.v{self.width}f64"
        self.declared.add(f"declare {double} {full}({', '.join([double] * len(operands))})")
        given = [f"{double} {x.name if isinstance(x, Vector) else self.constant(x)}" for x in operands]
        return self.line(f"call {double} {full}({', '.join(given)})")

    def each(self, name: str, *operands: Vector) -> Vector:
        """The vector that C's function gives, called on each lane in turn."""
        self.declared.add(f"declare double @{name}({', '.join(['double'] * len(operands))})")
        double = self.type("double")
        result = Vector(self, "poison", "double")
        for i in range(self.width):
            given = [f"double {self.line(f'extractelement {double} {x.name}, i32 {i}').name}" for x in operands]
            number = self.line(f"call double @{name}({', '.join(given)})")
            result = self.line(f"insertelement {double} {result.name}, double {number.name}, i32 {i}")
        return result

    def left_to_c(self, name: str, *operands: Vector, unless: Vector, result: Vector) -> Vector:
        """A function's last line: the result, but what C's function gives in lanes where the condition does not hold."""
        full = f"@llvm.vector.reduce.and.v{self.width}i1"
        self.declared.add(f"declare i1 {full}({self.type('i1')})")
        every = self.line(f"call i1 {full}({self.type('i1')} {unless.name})", "i1")
        self.lines += [f"br i1 {every.name}, label %kept, label %left", "left:"]
        mixed = where(unless, result, self.each(name, *operands))
        self.lines += [f"ret {self.type('double')} {mixed.name}", "kept:"]
        return result

    def definition(self, name: str, arguments: Sequence[Vector], result: Vector) -> str:
        """The function as LLVM's text."""
        double = self.type("double")
        body = "\n".join([f"  {line}" for line in [*self.lines, f"ret {double} {result.name}"]])
        return f"define internal {double} @{name}({', '.join([f'{double} {a.name}' for a in arguments])}) {{\n{body}\n}}"


class Vector:
    """A name in the text, and what its lanes hold: ``double``, ``i64`` or ``i1``. Plain numbers are taken as constants."""

    __slots__ = ("kind", "lanes", "name")

    def __init__(self, lanes: Lanes, name: str, kind: str) -> None:
        self.lanes, self.name, self.kind = lanes, name, kind

    def _operate(self, operator: str, left: Vector | float, right: Vector | float) -> Vector:
        a, b = [x.name if isinstance(x, Vector) else self.lanes.constant(x, self.kind) for x in (left, right)]
        text = f"{INSTRUCTIONS[self.kind][operator]} {self.lanes.type(self.kind)} {a}, {b}"
        return self.lanes.line(text, "i1" if operator in ("<", ">", "==") else self.kind)

    def __add__(self, other: Vector | float) -> Vector:
        return self._operate("+", self, other)

    def __sub__(self, other: Vector | float) -> Vector:
        return self._operate("-", self, other)

    def __rsub__(self, other: float) -> Vector:
        return self._operate("-", other, self)

    def __mul__(self, other: Vector | float) -> Vector:
        return self._operate("*", self, other)

    def __truediv__(self, other: Vector | float) -> Vector:
        return self._operate("/", self, other)

    def __rtruediv__(self, other: float) -> Vector:
        return self._operate("/", other, self)

    def __lt__(self, other: Vector | float) -> Vector:
        return self._operate("<", self, other)

    def __gt__(self, other: Vector | float) -> Vector:
        return self._operate(">", self, other)

    def __and__(self, other: Vector | int) -> Vector:
        return self._operate("&", self, other)

    def __or__(self, other: Vector | int) -> Vector:
        return self._operate("|", self, other)

    def __xor__(self, other: Vector | int) -> Vector:
        return self._operate("^", self, other)

    def __lshift__(self, other: int) -> Vector:
        return self._operate("<<", self, other)

    def __rshift__(self, other: int) -> Vector:
        return self._operate(">>", self, other)

    def equals(self, other: Vector | float) -> Vector:
        """In which lanes this is the number; ``==`` is left to Python."""
        return self._operate("==", self, other)

    def __neg__(self) -> Vector:
        return self.lanes.line(f"fneg {self.lanes.type('double')} {self.name}")

    def __abs__(self) -> Vector:
        return self.lanes.call("fabs", self)

    def signed_as(self, other: Vector) -> Vector:
        """This size with the other's sign."""
        return self.lanes.call("copysign", self, other)

    @property
    def bits(self) -> Vector:
        """The 64 bits of each float: sign, 11 bits of exponent + 1023, 52 bits of mantissa."""
        return self._seen_as("i64")

    @property
    def floats(self) -> Vector:
        """The float that each 64 bits are."""
        return self._seen_as("double")

    def _seen_as(self, kind: str) -> Vector:
        return self.lanes.line(f"bitcast {self.lanes.type(self.kind)} {self.name} to {self.lanes.type(kind)}", kind)


def fma(a: Vector, b: Vector | float, c: Vector | float) -> Vector:
    """a·b + c, rounded once."""
    return a.lanes.call("fma", a, b, c)


def where(condition: Vector, yes: Vector | float, no: Vector | float) -> Vector:
    """One of two numbers in each lane."""
    lanes = condition.lanes
    double = lanes.type("double")
    a, b = [x.name if isinstance(x, Vector) else lanes.constant(x) for x in (yes, no)]
    return lanes.line(f"select {lanes.type('i1')} {condition.name}, {double} {a}, {double} {b}")


def within(low: float, x: Vector, high: float) -> Vector:
    """x, or the nearer bound; a nan stays."""
    x = where(x > high, high, x)
    return where(x < low, low, x)


def polynomial(x: Vector, coefficients: Sequence[float]) -> Vector:
    """c₀ + c₁x + c₂x² + …, from the last coefficient on (Horner)."""
    *others, last = coefficients
    total = x.lanes.splat(last)
    for c in reversed(others):
        total = fma(x, total, c)
    return total
