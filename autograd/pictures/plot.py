"""The little plot inside an activation's box: the curve, where this node stands on it, and the tangent there.

The curve is made from the operation's own row, value and slope at a few places, so that every operation of one input has
one, and none is drawn from memory. Points are relative to the middle of the box, y upwards.
"""

from __future__ import annotations

from itertools import pairwise
from math import inf
from typing import Any, NamedTuple

from ..op import Op
from .lanes import Path, straight

PLOT_WIDTH, PLOT_HEIGHT = 190.0, 132.0
HALF_WIDTH = 77.0
"""From the vertical axis to the end of the horizontal one."""
HALF_HEIGHT = 43.0
"""From the horizontal axis to the highest point of the curve."""
AXIS = -3.0
"""How high the horizontal axis is in the box."""
PIECES = 12
TANGENT = 31.0
"""Half the length of the tangent."""
WIDEST = 3.0
"""The curve is shown from -3 to 3, or further if the operating point lies outside."""
NEARLY = 1e-7
"""Slopes and values at the end of a piece are taken this part of it inside, so that corners and jumps stay sharp."""


class Plot(NamedTuple):
    """Curves in the box, by what they are, and two texts: which function, and its slope at the operating point.

    ``point``, ``guides`` and ``tangent`` are missing where the operating point has no place (inf, nan).
    """

    name: str
    slope: str
    slope_at: complex
    axes: tuple[Path, Path]
    curves: tuple[Path, ...]
    guides: tuple[Path, ...]
    tangent: Path | None
    point: complex | None


def plotted(op: Op, x: Any, z: Any, slope: Any, name: str, slope_text: str) -> Plot:
    """The plot of an operation of one input, at ``x``, where its value is ``z`` and its slope ``slope``."""
    placed = abs(x) < 1e100 and abs(z) < 1e100  # not so for inf and nan, nor for what is too big to become a float
    reach = max(WIDEST, 1.25 * abs(float(x))) if placed else WIDEST
    pieces = _pieces(op, reach)
    heights = [abs(y) for piece in pieces for y in (piece[2], piece[3])] + ([abs(float(z))] if placed else [])
    top = max(heights, default=1.0) or 1.0
    across, up = HALF_WIDTH / reach, HALF_HEIGHT / top

    def at(a: float, b: float) -> complex:
        return complex(a * across, b * up + AXIS)

    curves: list[Path] = []
    for a, b, y, v, s, t in pieces:
        third = (b - a) / 3
        piece = [at(a, y), at(a + third, y + s * third), at(b - third, v - t * third), at(b, v)]
        if curves and abs(curves[-1][-1] - piece[0]) < 0.01:
            curves[-1] += piece[1:]
        elif curves and curves[-1][-1].real == piece[0].real:  # a jump, as in a step
            curves[-1] += straight(curves[-1][-1], piece[0])[1:] + piece[1:]
        else:
            curves.append(piece)
    origin = at(0, 0)
    tall = 1.1 * HALF_HEIGHT
    axes = (straight(origin - HALF_WIDTH, origin + HALF_WIDTH), straight(origin - 1j * tall, origin + 1j * tall))
    point = at(float(x), float(z)) if placed else None
    guides: tuple[Path, ...] = ()
    tangent = None
    if point is not None:
        feet = complex(point.real, origin.imag), complex(origin.real, point.imag)
        guides = tuple(straight(foot, point) for foot in feet if abs(foot - point) > 1)
        tangent = _tangent(point, slope, across, up)
    low = [y for piece in pieces for x_, y in ((piece[0], piece[2]), (piece[1], piece[3])) if x_ > 0 and y < 0]
    side = -1 if low and not any(piece[2] < 0 or piece[3] < 0 for piece in pieces if piece[1] <= 0) else 1
    return Plot(name, slope_text, complex(48 * side, -37.5), axes, tuple(curves), guides, tangent, point)


def _pieces(op: Op, reach: float) -> list[tuple[float, float, float, float, float, float]]:
    """The ends of each piece of the curve, its values there, and its slopes there; pieces that are not finite left out."""
    low, high = max(-reach, op.domain[0]), min(reach, op.domain[1])
    knots = {low + (high - low) * i / PIECES for i in range(PIECES + 1)} | {c for c in op.corners if low < c < high}
    ends = sorted(knots)
    found = []
    for a, b in pairwise(ends):
        inside = (b - a) * NEARLY
        at_a, at_b = _value_and_slope(op, a + inside), _value_and_slope(op, b - inside)
        steep = 3 * (at_b[0] - at_a[0]) / (b - a)
        numbers = (float(a), float(b), at_a[0], at_b[0], _tamed(at_a[1], steep), _tamed(at_b[1], steep))
        if all(abs(number) < 1e100 for number in numbers):
            found.append(numbers)
    return found


def _tamed(slope: float, steep: float) -> float:
    """A slope that makes the curve overshoot, as that of log near 0, made as steep as it may be."""
    return steep if slope * steep > 0 and abs(slope) > abs(steep) else slope


def _value_and_slope(op: Op, x: float) -> tuple[float, float]:
    try:
        z = op.evaluate((x,))
        return float(z), float(op.slopes_at(z, (x,))[0])
    except (ArithmeticError, ValueError):  # an operation of one's own may know less than IEEE 754
        return inf, inf


def _tangent(point: complex, slope: Any, across: float, up: float) -> Path | None:
    """A piece of the tangent, as long in every direction, cut where it would leave the plot."""
    if slope != slope or abs(slope) == inf:
        return None
    direction = complex(across, float(max(-(10**100), min(10**100, slope))) * up)
    step = TANGENT * direction / abs(direction)
    low, high = AXIS - 1.15 * HALF_HEIGHT, AXIS + 1.15 * HALF_HEIGHT

    def cut(end: complex) -> complex:
        over = max(low - end.imag, end.imag - high)
        return point + (end - point) * (1 - over / abs(step.imag)) if over > 0 else end

    return straight(cut(point - step), cut(point + step))
