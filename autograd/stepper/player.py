"""What ``steps`` gives: the frames, and the same as text, numbered pictures, a list, and a page that plays them."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from html import escape
from typing import Any, overload

from .. import modes
from ..files import write
from ..formula import significant
from ..graph import nodes
from ..pictures.text import visible
from ..pictures.theme import THEMES
from ..story import Story
from ..value import Value
from . import page
from .drawing import Drawing, drawing
from .frames import Fact, Frame, frames

SCALE = 1.0
STEP = re.compile(r"step-[0-9]{2,}\.svg")
"""The names of numbered pictures."""
BAR = 330
"""The height that the page needs for all that is not the picture."""
LINE = 36
"""And for each line of words or of a table above it and below."""
COLUMN = 1000
"""About how wide a notebook is."""


class Steps(Sequence[Frame]):
    """The frames of both passes, to read, to look at and to keep. In a notebook they show themselves as a player.

    Attributes:
        title: the formula that is stepped through.

    >>> from autograd import Value, steps
    >>> frames = steps(Value(2, name="x") * Value(3, name="y"), 5)
    >>> len(frames), frames[-1].caption
    (6, '∂L/∂y = ∂L/∂v1 · ∂v1/∂y = 5 · 2 = 10')
    """

    def __init__(self, story: Story, by: str, theme: str, timeout: float | None, lines: dict[Value, str]) -> None:
        self.title = visible(story.expanded(), 200)
        self._story, self._by, self._theme, self._timeout = story, by, theme, timeout
        self._frames = frames(story, by, lines)
        self._notes: Mapping[Fact, str] = {}
        self._said = page.Said(self.title)

    def __len__(self) -> int:
        return len(self._frames)

    @overload
    def __getitem__(self, k: int) -> Frame: ...
    @overload
    def __getitem__(self, k: slice) -> tuple[Frame, ...]: ...
    def __getitem__(self, k: int | slice) -> Frame | tuple[Frame, ...]:
        return self._frames[k]

    def __iter__(self) -> Iterator[Frame]:
        return iter(self._frames)

    @cached_property
    def _drawing(self) -> Drawing:
        return drawing(self._story, self._frames, self._by, THEMES[self._theme], SCALE, self._timeout, self._notes)

    def text(self) -> str:
        """All steps in words, one a line."""
        wide = len(str(len(self) - 1))
        return "\n".join(f"{k:{wide}}  {f.title}: {f.caption}{_told(f)}" for k, f in enumerate(self))

    def svg(self, k: int) -> str:
        """The picture of step ``k``, complete and accessible. Negative numbers count from the end, as in a list.

        Raises IndexError for a step that there is not.
        """
        if not -len(self) <= k < len(self):
            raise IndexError(f"there are steps 0 to {len(self) - 1}; got {k}")
        k = range(len(self))[k]
        frame = self[k]
        title = f"{self.title}: step {k} of {len(self) - 1}, {frame.title}"
        return self._drawing.frame(k, title, frame.caption)

    def html(self) -> str:
        """A page that plays the steps. It is complete in itself, asks nothing of any server, and works from a file.

        Keys: left and right go one step, Home and End to the first and the last, space plays. Without script the page
        shows the whole picture and the list of all steps.
        """
        return page.page(self._said, self._frames, self._drawing, self._theme)

    def details(self) -> str:
        """The list of all steps as an HTML ``<details>`` element, which needs no script."""
        return page.details(self._frames)

    def save(self, path: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Write the page (``.html``), or into a folder (any name without a suffix) one SVG file for each step.

        The folder is made if it is not there; the files are ``step-00.svg``, ``step-01.svg`` and so on. A folder holds the
        steps of one run: with ``overwrite=True`` files of exactly such a name that an earlier, longer run left there are
        removed, and nothing else is. Raises FileExistsError before anything is written where the page, or any file of such
        a name, is there already (unless ``overwrite=True``); NotADirectoryError where the folder is a symbolic link; and
        ValueError for another suffix.
        """
        name = os.fspath(path)
        suffix = os.path.splitext(name)[1].lower()
        if suffix in (".html", ".htm") and not os.path.isdir(name):
            write(name, self.html().encode(), overwrite)
        elif suffix and not name.endswith(("/", os.sep)) and not os.path.isdir(name):
            raise ValueError(f"cannot write {name!r}: end its name in .html for a page, or in / for a folder of pictures")
        else:
            self._save_frames(os.path.abspath(name), overwrite)

    def _save_frames(self, folder: str, overwrite: bool) -> None:
        if os.path.islink(folder):
            raise NotADirectoryError(errno.ENOTDIR, "this is a symbolic link: give the folder's own name", folder)
        wide = max(2, len(str(len(self) - 1)))
        names = [f"step-{k:0{wide}}.svg" for k in range(len(self))]
        there = [name for name in sorted(os.listdir(folder)) if STEP.fullmatch(name)] if os.path.isdir(folder) else []
        if there and not overwrite:
            remedy = "a step of this or another run is here already: choose another folder, or pass overwrite=True"
            raise FileExistsError(errno.EEXIST, remedy, os.path.join(folder, there[0]))
        pictures = [self.svg(k).encode() for k in range(len(self))]
        os.makedirs(folder, exist_ok=True)
        for name, data in zip(names, pictures, strict=True):
            write(os.path.join(folder, name), data, overwrite)
        for name in there:
            if name not in names:
                os.unlink(os.path.join(folder, name))  # of a symbolic link, the link

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """The player in a frame of its own, which may run its script and nothing else; or the text."""
        html = self.html()
        _, (wide, high) = self._drawing.figure("", "")
        least, most = page.limits(wide)
        more = LINE * (len(self._said.above) + len(self._said.table))
        high = min(round(high * min(max(COLUMN, least), most) / wide), 700) + BAR + more
        frame = (
            f'<iframe srcdoc="{escape(html)}" sandbox="allow-scripts" title="{escape(self._said.title)}, step by step" '
            f'width="100%" height="{high}" frameborder="0"></iframe>'
        )
        return {"text/html": frame, "text/plain": self.text()}

    def __repr__(self) -> str:
        return f"<Steps {self.title!r}, {len(self)} frames>"


def _told(frame: Frame) -> str:
    return f"  [{frame.line}]" if frame.line else ""


def made(node: Value, grad: Any, *, by: str, theme: str, digits: int, max_nodes: int, timeout: float | None) -> Steps:
    """Step through a node's graph; :func:`autograd.steps` says what the arguments mean."""
    if not isinstance(node, Value):
        raise TypeError(f"steps takes one Value, the output of the graph to be stepped through; got {type(node).__name__}")
    for name, value, known in (("by", by, ("node", "edge")), ("theme", theme, tuple(THEMES))):
        if value not in known:
            raise ValueError(f"{name} is one of {', '.join(known)}; got {value!r}")
    significant(digits)
    count = len(nodes(node))
    if count > max_nodes:
        raise ValueError(
            f"this graph has {count} nodes, and more than {max_nodes} are no longer steps that one can follow: "
            f"step through one of its inner nodes instead, draw it as a whole, or insist with max_nodes={count}"
        )
    story = Story(node, grad, digits, shown=visible)
    return Steps(story, by, theme, timeout, modes.source_lines(story.inner))
