"""A picture: a figure of a graph, to look at, to keep and to put into a page."""

from __future__ import annotations

import math
import os
from functools import cached_property

from ..files import write
from . import dot

WRITABLE = (".svg", ".png", ".dot", ".gv")
PNG_SCALE = 2
"""A PNG has at least this many times the pixels of the SVG's size, for sharp text."""
PNG_LONGEST = 16_000
"""No side of a PNG gets more pixels than this."""


class Picture:
    """A figure of a graph. In a notebook it shows itself.

    Attributes:
        svg: the figure, complete and accessible.
        dot: the DOT source it was drawn from, with every position pinned (draw it with ``neato -n2``).
        title: its title.
        alt: what it shows, in words.
        size: its width and height in pixels.

    >>> from autograd import Value
    >>> from autograd.pictures import draw
    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> picture = draw(x * y)
    >>> picture
    <Picture 'v1 = x·y = 6: forward and backward pass', 491 x 206>
    >>> print(picture.alt)
    v1 = x·y = 6: forward and backward pass. Forward: v1 = x·y = 6. Backward: not computed.
    """

    def __init__(
        self,
        *,
        svg: str,
        dot: str,
        title: str,
        alt: str,
        size: tuple[int, int],
        scale: float,
        timeout: float | None,
    ) -> None:
        self.svg = svg
        self.dot = dot
        self.title = title
        self.alt = alt
        self.size = size
        self._scale = scale
        self._timeout = timeout

    @cached_property
    def png(self) -> bytes:
        """The picture as PNG, at least twice the size of the SVG. Raises DrawingError where Graphviz fails."""
        longest = max(self.size) / self._scale
        zoom = min(math.ceil(PNG_SCALE * self._scale), PNG_LONGEST / longest)
        options = (f"-Gdpi={72 * zoom:.3f}",)
        return dot.run(self.dot, "png", engine="neato", timeout=self._timeout, options=options)

    def save(self, path: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Write the picture to a file; the suffix says how: ``.svg``, ``.png``, ``.dot`` or ``.gv``.

        The file appears complete or not at all. Raises FileExistsError where there is one already (unless
        ``overwrite=True``) and ValueError for another suffix.
        """
        suffix = os.path.splitext(os.fspath(path))[1].lower()
        if suffix not in WRITABLE:
            raise ValueError(f"cannot write {os.fspath(path)!r}: end its name in one of {', '.join(WRITABLE)}")
        data = self.png if suffix == ".png" else (self.svg if suffix == ".svg" else self.dot).encode()
        write(path, data, overwrite)

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """All forms for a notebook. The ``<img>`` survives in a notebook that is not trusted, with its words."""
        import base64
        from html import escape

        data = base64.b64encode(self.svg.encode()).decode()
        image = f'<img alt="{escape(self.alt)}" src="data:image/svg+xml;base64,{data}">'
        return {"text/html": image, "image/svg+xml": self.svg, "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<Picture {self.title!r}, {self.size[0]} x {self.size[1]}>"
