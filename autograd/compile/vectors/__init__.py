"""The functions of C's math.h on vectors of numbers, as LLVM's text: polynomials where they are written, else lane by lane.

Every result is within 4 units in the last place, and ends, zeros' signs, infinities and nans are those of IEEE 754 and C.

::

    lanes          formulas become lines
    exponentials, logarithms, ...    the formulas

>>> vectors = functions(["sqrt"], 2)
>>> print(vectors.text)
define internal <2 x double> @v.sqrt(<2 x double> %x) {
  %v0 = call <2 x double> @llvm.sqrt.v2f64(<2 x double> %x)
  ret <2 x double> %v0
}
>>> sorted(vectors.declared)
['declare <2 x double> @llvm.sqrt.v2f64(<2 x double>)']
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from . import exponentials, logarithms
from .lanes import Lanes, Vector


def sqrt(x: Vector) -> Vector:
    """The machine's own, correctly rounded."""
    return x.lanes.call("sqrt", x)


FORMULAS: Final[dict[str, Callable[[Vector], Vector]]] = {
    function.__name__: function
    for function in (
        *(exponentials.exp, exponentials.expm1, exponentials.sinh, exponentials.cosh, exponentials.tanh),
        *(logarithms.log, logarithms.log1p, logarithms.log2, logarithms.log10),
    )
}
"""Functions that have a formula; it needs a machine with fused multiplication and addition."""


class Vectors(NamedTuple):
    """Definitions of ``@v.exp`` and so on, and the lines that declare what they call: a module has each of these once."""

    text: str
    declared: frozenset[str]


def functions(names: Iterable[str], width: int, fused: bool = True) -> Vectors:
    """The functions named, each as ``<width x double> @v.name(<width x double> %x)``; ``pow`` also has a ``%y``.

    Args:
        names: of :data:`.program.FUNCTIONS`, and ``pow``.
        width: how many numbers a vector has.
        fused: whether the machine multiplies and adds in one instruction; where it doesn't, C's functions are called.
    """
    texts: list[str] = []
    declared: set[str] = set()
    for name in sorted(set(names)):
        lanes = Lanes(width)
        x = lanes.argument("x")
        if name == "sqrt":
            result = sqrt(x)
        elif fused and name in FORMULAS:
            result = FORMULAS[name](x)
        else:
            result = lane_by_lane(name, lanes)
        vector = lanes.type("double")
        arguments = ", ".join([f"{vector} %{a}" for a in ("x", "y")[: 1 + (name == "pow")]])
        body = "\n".join([f"  {line}" for line in [*lanes.lines, f"ret {vector} {result.name}"]])
        texts.append(f"define internal {vector} @v.{name}({arguments}) {{\n{body}\n}}")
        declared |= lanes.declared
    return Vectors("\n".join(texts), frozenset(declared))


def lane_by_lane(name: str, lanes: Lanes) -> Vector:
    """C's function on each lane in turn."""
    arguments = [lanes.argument(a) for a in ("x", "y")[: 1 + (name == "pow")]]
    lanes.declared.add(f"declare double @{name}({', '.join(['double'] * len(arguments))})")
    vector = lanes.type("double")
    result = Vector(lanes, "poison", "double")
    for i in range(lanes.width):
        given = [f"double {lanes.line(f'extractelement {vector} {a.name}, i32 {i}').name}" for a in arguments]
        number = lanes.line(f"call double @{name}({', '.join(given)})")
        result = lanes.line(f"insertelement {vector} {result.name}, double {number.name}, i32 {i}")
    return result
