"""Turns Graphviz's SVG into a figure: named for those who cannot see it, at home in any page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from . import dot

FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"

# Graphviz escapes "<", ">" and quotes wherever they are text: what is looked for here is markup, never part of a name.
_OPENING = re.compile(
    r'<svg width="([\d.]+)pt" height="([\d.]+)pt"\s+viewBox="([^"]*)"[^>]*>\s*'
    r'<g id="[^"]*" class="graph"([^>]*)>\s*'
    r'(?:<title>[^<]*</title>\s*)?<polygon fill="([^"]*)"[^>]*/>\n'
)
_GROUP = re.compile(r'<(?:!--[^\n]*-->\n<)?g id="([^"]*)" (class="[^"]*")>\s*<title>[^<]*</title>')
_COMMENT = re.compile(r"<!--[^\n]*-->\n")
_FONT = re.compile(r' font-family="[^"]*"')


def dressed(
    svg: str, *, prefix: str, scale: float, title: str, description: str, titles: Mapping[str, str]
) -> tuple[str, tuple[int, int]]:
    """The figure made of Graphviz's SVG, and its size. ``titles`` holds a sentence for each element by its id."""
    opening = _OPENING.search(svg)
    if opening is None:
        raise dot.DrawingError(f"{dot.find()} did not write an SVG as Graphviz does")
    wide, high, box, transform, ground = opening.groups()

    def named(group: re.Match[str]) -> str:
        id, kind = group.groups()
        sentence = titles.get(id)
        told = f"<title>{escape(sentence)}</title>" if sentence else ""
        return f'<g id="{prefix}-{id}" {kind}>{told}'

    body = _COMMENT.sub("", _GROUP.sub(named, svg[opening.end() :]))
    font = _FONT.search(body)  # the same for all texts
    body = body.replace(font[0], "") if font else body
    body = body.replace('stroke-dasharray="5,2"', 'stroke-dasharray="6 4"')
    size = round(float(wide) * scale), round(float(high) * scale)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{prefix}-title {prefix}-desc" '
        f'width="{size[0]}" height="{size[1]}" viewBox="{box}">\n'
        f'<title id="{prefix}-title">{escape(title)}</title>\n<desc id="{prefix}-desc">{escape(description)}</desc>\n'
        f'<rect width="100%" height="100%" fill="{ground}"/>\n'
        f'<g id="{prefix}-graph" class="graph" font-family="{FONT}"{transform}>\n'
    )
    return head + body.rstrip() + "\n", size
