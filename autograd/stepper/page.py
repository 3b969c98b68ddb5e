"""The page that plays the frames: one file with its own style and script, and no way out to any server."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from importlib import resources
from typing import NamedTuple

from ..pictures.theme import THEMES, Theme
from .drawing import Drawing
from .frames import Frame

NARROWEST = 700
"""A picture that is wider than this is never shown narrower: the page scrolls it instead."""
SMALLEST = 0.75
"""Nor is it shown smaller than this: its letters would be too small to read."""
LARGEST = 1.25
WIDEST = 1023
"""The least width that the page may take, for the captions."""

KEYS = (
    "Keys: ← → one step, Home and End first and last, space plays. "
    "Solid: values, forward. Dashed: gradients, backward. Framed, with ∂: local gradients."
)
PAGE = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>{title}, step by step</title>
<style>{style}</style></head>
<body><main>
<h1>{title}</h1>
{above}<figure>
{figure}</figure>
<div class="bar" role="group" aria-label="Steps">
<button id="first" type="button">« First</button>
<button id="back" type="button">← Back</button>
<button id="play" type="button" aria-pressed="false">Play</button>
<button id="next" type="button">Next →</button>
<button id="last" type="button">Last »</button>
<input id="slider" type="range" min="0" max="{last}" value="0" step="1" aria-label="step"></div>
<p id="caption" aria-live="polite" aria-atomic="true"><b>All steps at once</b><span>{title}</span><code></code></p>
<p class="keys">{keys}</p>
{below}{details}
</main>
<script>{script}</script>
</body></html>
"""


class Said(NamedTuple):
    """The words of a page: its title, paragraphs ``above`` the picture, and a table below the captions.

    The first row of the table is its head, and so is the first cell of each row.
    """

    title: str
    above: Sequence[str] = ()
    table: Sequence[tuple[str, ...]] = ()


def page(said: Said, frames: Sequence[Frame], drawing: Drawing, theme: str) -> str:
    """The page for a drawing and its frames; the script finds captions in the list, and times in the classes."""
    title = said.title
    told = f"Every step of {title}; the caption below the picture tells the one that is shown."
    figure, (wide, _) = drawing.figure(f"{title}, step by step", told)
    style = f"{_colours(theme)}{_sizes(wide)}{_file('player.css')}"
    script = _file("player.js")
    policy = f"default-src 'none'; style-src '{hashed(style)}'; script-src '{hashed(script)}'"
    return PAGE.format(
        policy=f"{policy}; base-uri 'none'; form-action 'none'",
        title=escape(title),
        style=style,
        above="".join(f'<p class="said">{escape(text)}</p>\n' for text in said.above),
        figure=drawing.timed(figure),
        last=len(frames) - 1,
        keys=KEYS,
        below=_table(said.table),
        details=details(frames, ' id="all"'),
        script=script,
    )


def details(frames: Sequence[Frame], attributes: str = "") -> str:
    """All steps as a list that opens and closes without script; open, so that it prints."""
    items = "\n".join(
        f'<li class="{f.phase}"><b>{escape(f.title)}:</b> <span>{escape(f.caption)}</span>'
        f"{f' <code>{escape(f.line)}</code>' if f.line else ''}</li>"
        for f in frames
    )
    return f'<details{attributes} open><summary>All steps as a list</summary>\n<ol start="0">\n{items}\n</ol></details>'


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    """A table, whose first row and column are heads."""
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in rows[0][1:])
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in row[1:])}</tr>\n'
        for row in rows[1:]
    )
    return f"<table><thead><tr><td></td>{head}</tr></thead>\n<tbody>{body}</tbody></table>\n"


def _colours(theme: str) -> str:
    """The theme as CSS variables. The light one is the default, and changes with the reader's system."""
    css = f":root{{color-scheme:{'dark' if theme == 'dark' else 'light'};{_variables(THEMES[theme])}}}\n"
    if theme == "light":
        css += f"@media screen and (prefers-color-scheme:dark){{:root{{color-scheme:dark;{_variables(THEMES['dark'])}}}}}\n"
    return css


def _variables(theme: Theme) -> str:
    return "".join(f"--{role}:{colour};" for role, colour in theme._asdict().items())


def limits(wide: int) -> tuple[int, int]:
    """The least and the largest width at which the page shows a picture of this width."""
    return min(wide, max(NARROWEST, round(SMALLEST * wide))), round(LARGEST * wide)


def _sizes(wide: int) -> str:
    least, most = limits(wide)
    return f"main{{max-width:{max(WIDEST, wide)}px}}svg{{min-width:{least}px;max-width:{most}px}}\n"


def hashed(text: str) -> str:
    """A style or script as a content security policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@lru_cache(maxsize=2)
def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8").replace("\r\n", "\n")
