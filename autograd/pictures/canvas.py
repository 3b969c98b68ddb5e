"""A picture whose places are all known beforehand: it only has to be written down as DOT, and drawn."""

from __future__ import annotations

import hashlib

from . import dot
from .picture import Picture
from .source import at, quoted
from .svg import dressed
from .text import visible, width
from .theme import Theme


class Canvas:
    """Boxes, circles, words and lines, each at its place (y upwards) and with a sentence for those who cannot see it."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.nodes: list[str] = []
        self.lines: list[str] = []
        self.titles: dict[str, str] = {}

    def shape(
        self, id: str, kind: str, where: complex, size: tuple[float, float], look: str, text: str = "", title: str = ""
    ) -> None:
        """A box, circle or text; ``look`` is written as DOT attributes."""
        self.titles[id] = title
        sizes = f"width={size[0] / 72:.4f} height={size[1] / 72:.4f}"
        self.nodes.append(f'{id} [id={id} class="{kind}" label={quoted(text)} pos="{at(where)}" {sizes} {look}]')

    def words(self, id: str, where: complex, text: str, size: int, colour: str, kind: str = "words") -> None:
        """A text, centred."""
        look = f'shape=plaintext fontsize={size} fontcolor="{colour}"'
        self.shape(id, kind, where, (width(text, size), size * 1.25), look, text)

    def line(self, id: str, kind: str, ends: tuple[str, str], look: str, title: str = "", path: str = "") -> None:
        """A line between two shapes, straight from rim to rim unless a path is given."""
        self.titles[id] = title
        pos = f' pos="{path}"' if path else ""
        self.lines.append(f'{ends[0]} -> {ends[1]} [id={id} class="{kind}" {look}{pos}]')

    def picture(
        self, size: tuple[float, float], scale: float, timeout: float | None, title: str, description: str
    ) -> Picture:
        """All of it, from the origin to ``size``."""
        source = "\n".join(
            [
                "digraph glassgrad {",
                f'graph [bgcolor="{self.theme.ground}" outputorder=edgesfirst pad=0]',
                "node [fontname=Helvetica fixedsize=true margin=0]",
                *self.nodes,
                "edge [arrowhead=none]",
                *self.lines,
                "{ node [shape=point style=invis width=0 height=0]",
                'c1 [pos="0,0"]',
                f'c2 [pos="{at(complex(*size))}"]',
                "}",
                "}",
                "",
            ]
        )
        svg = dot.run(source, "svg", engine="neato", timeout=timeout).decode().replace("\r\n", "\n")
        title, description = visible(title, 1000), visible(description, 2000)
        mark = hashlib.sha256(f"{source}{title}{description}".encode()).hexdigest()[:10]
        finished, pixels = dressed(
            svg, prefix=f"g{mark}", scale=scale, title=title, description=description, titles=self.titles
        )
        alt = f"{title}. {description}"
        return Picture(svg=finished, dot=source, title=title, alt=alt, size=pixels, scale=scale, timeout=timeout)
