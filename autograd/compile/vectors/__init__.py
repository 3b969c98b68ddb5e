"""The functions of C's math.h on vectors of numbers, as LLVM's text.

Every result is within 3 units in the last place, most within 1; ends, signs of zero, infinities and nans are those of
IEEE 754 and C. Each function brings its argument near 0, where some terms of a series suffice, and undoes that afterwards.

::

    lanes           formulas become lines of text
    exponentials    exp, expm1, sinh, cosh, tanh        logarithms    log, log1p, log2, log10
    powers          pow                                 angles        sin, cos, tan, asin, acos, atan
    bell            erf

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

from . import angles, bell, exponentials, logarithms, powers
from .lanes import Lanes, Vector


def sqrt(x: Vector) -> Vector:
    """The machine's own, correctly rounded."""
    return x.lanes.call("sqrt", x)


FORMULAS: Final[dict[str, Callable[..., Vector]]] = {
    function.__name__: function
    for function in (
        *(sqrt, exponentials.exp, exponentials.expm1, exponentials.sinh, exponentials.cosh, exponentials.tanh),
        *(logarithms.log, logarithms.log1p, logarithms.log2, logarithms.log10, powers.pow, bell.erf),
        *(angles.sin, angles.cos, angles.tan, angles.atan, angles.asin, angles.acos),
    )
}
"""Functions that have a formula; but for sqrt it needs a machine that multiplies and adds in one instruction."""


class Vectors(NamedTuple):
    """Definitions of ``@v.exp`` and so on; and the lines that declare what they call, each of which a module has once."""

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
        arguments = [lanes.argument(a) for a in ("xy" if name == "pow" else "x")]
        known = name in FORMULAS and (fused or name == "sqrt")
        result = FORMULAS[name](*arguments) if known else lanes.each(name, *arguments)
        texts.append(lanes.definition(f"v.{name}", arguments, result))
        declared |= lanes.declared
    return Vectors("\n".join(texts), frozenset(declared))
