"""Shapes as SVG, in points of 1/72 inch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

Point = tuple[float, float]
DASHES: dict[Any, tuple[float, ...]] = {"-": (), "--": (3.7, 1.6), ":": (1, 1.65), "-.": (6.4, 1.6, 1, 1.6)}
PLUS = [(1, 3), (1, 1), (3, 1), (3, -1), (1, -1), (1, -3), (-1, -3), (-1, -1), (-3, -1), (-3, 1), (-1, 1), (-1, 3)]
CROSS = [(1, 0), (3, 2), (2, 3), (0, 1), (-2, 3), (-3, 2), (-1, 0), (-3, -2), (-2, -3), (0, -1), (2, -3), (3, -2)]
MARKERS: dict[str, list[Point]] = {
    "o": [],
    "s": [(1, 1), (1, -1), (-1, -1), (-1, 1)],
    "D": [(0, 1.41), (1.41, 0), (0, -1.41), (-1.41, 0)],
    "^": [(0, -1), (1, 1), (-1, 1)],
    "v": [(0, 1), (1, -1), (-1, -1)],
    "P": [(x / 3, y / 3) for x, y in PLUS],
    "X": [(x / 3, y / 3) for x, y in CROSS],
}
"""Outlines of markers, y downwards, about 1 from the middle; of a circle, none."""


def number(x: float) -> str:
    """A place, to a hundredth of a point."""
    return f"{x:.2f}".rstrip("0").rstrip(".") if abs(x) >= 0.005 else "0"


def path(points: Iterable[Point], closed: bool = False) -> str:
    """A way through points."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "Z" * closed


def shape(way: str, fill: str = "none", stroke: str = "none", width: float = 0.0, **more: str) -> str:
    """A way, filled and stroked."""
    attributes = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in more.items())
    rim = f' stroke="{stroke}" stroke-width="{number(width)}"' if stroke != "none" and width else ""
    return f'<path d="{way}" fill="{fill}"{rim}{attributes}/>'


def dashes(style: Any, width: float) -> dict[str, str]:
    """The attribute that dashes a line; a style is one of DASHES, or (0, lengths)."""
    lengths = DASHES[style] if isinstance(style, str) else style[1]
    return (
        {"stroke_dasharray": " ".join(number(part * width) for part in lengths)} if lengths else {"stroke_linecap": "round"}
    )


def marker(kind: str, place: Point, size: float, fill: str, rim: str, width: float) -> str:
    """A marker of a line."""
    x, y = place
    if kind == "o":
        half = size / 2
        way = f"M{number(x - half)} {number(y)}a{number(half)} {number(half)} 0 1 0 {number(size)} 0"
        way += f"a{number(half)} {number(half)} 0 1 0 {number(-size)} 0Z"
    else:
        way = path([(x + a * size / 2, y + b * size / 2) for a, b in MARKERS[kind]], closed=True)
    return shape(way, fill, rim, width)


def text(
    said: str, place: Point, size: float, color: str, anchor: str = "middle", halo: str = "", turn: bool = False
) -> str:
    """Words whose middle is at that height."""
    x, y = number(place[0]), number(place[1])
    around = f' stroke="{halo}" stroke-width="3" paint-order="stroke"' if halo else ""
    turned = f' transform="rotate(-90 {x} {y})"' if turn else ""
    return (
        f'<text x="{x}" y="{y}" dy=".35em" font-size="{number(size)}" fill="{color}" text-anchor="{anchor}"{around}{turned}>'
        f"{escape(said)}</text>"
    )


def wide(said: Sequence[str], size: float) -> float:
    """About how wide the longest of these is."""
    return 0.58 * size * max(map(len, said), default=0)
