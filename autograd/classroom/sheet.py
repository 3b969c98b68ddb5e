"""An exercise on paper: the picture of its graph with numbered blanks, and a page to print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from math import ceil

from ..pictures.build import Builder
from ..pictures.elements import SHOWS
from ..pictures.figure import pictured
from ..pictures.gradients import Gradient, Term
from ..pictures.picture import Picture
from ..pictures.scene import Pill, Scene, Words
from ..stepper.frames import Fact
from ..stepper.page import hashed
from ..story import Story, equation
from ..value import Value
from .blanks import ASKS, SHOW, Blank, given

LINE = "______"
"""Where a number is to be written."""

STYLE = """
*{box-sizing:border-box}
body{margin:0 auto;max-width:1000px;padding:24px;color:#000;background:#fff;
  font:17px/1.5 Helvetica,Arial,"Liberation Sans",sans-serif}
h1{font-size:22px;margin:0 0 4px;overflow-wrap:anywhere}
p{margin:8px 0}
.who{display:flex;gap:24px;margin:0 0 20px}
.who span{flex:1;border-bottom:1.5px solid #000;padding:0 0 2px}
figure{margin:20px 0;overflow:auto}
svg{display:block;max-width:100%;height:auto;margin:0 auto 8px}
ol{list-style:none;margin:16px 0 0;padding:0;columns:2;column-gap:40px}
.solved ol{columns:1}
li{display:flex;flex-wrap:wrap;gap:0 10px;align-items:baseline;min-height:44px;break-inside:avoid;overflow-wrap:anywhere}
.solved li{min-height:30px}
li span:first-child{white-space:nowrap}
li small{flex-basis:100%;padding-left:40px;color:#4d4d4d;font-size:15px}
li i{flex:1;min-width:70px;border-bottom:1.5px solid #000;font-style:normal}
footer{margin:24px 0 0;color:#4d4d4d;font-size:14px;overflow-wrap:anywhere}
@media(max-width:600px){ol{columns:1}}
@page{margin:15mm}
@media print{body{display:table;table-layout:fixed;width:100%;padding:0;max-width:none}
  main{display:table-row-group}footer{display:table-footer-group;break-inside:avoid}footer p{margin:0;padding:4mm 0 0}
  figure{overflow:visible}svg{max-height:120mm;break-inside:avoid}}
"""
WIDE = 900
"""A wider picture is printed on paper that lies on its long side."""
LANDSCAPE = "@page{size:landscape}\n"
UPRIGHT = "@media print{svg{max-height:185mm}}\n"
LYING, STANDING = (1000, 450), (680, 700)
"""The pixels that paper has for a picture from left to right, on its long side, and for one from top to bottom."""
READABLE, SMALLEST = 0.6, 0.45
"""A picture that paper shrinks to less than the first is drawn from top to bottom; if that is less than the second, it is
cut into bands, one below the other."""
OVERLAP = 160
"""So many pixels of a band are in the next one, too."""
OPENING = re.compile(r'width="\d+" height="\d+" viewBox="([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)"')
GRAPH = re.compile(r'<g id="([^"]*-graph)"')
PAGE = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>{title}</title>
<style>{style}</style></head>
<body class="{kind}"><main>
{head}<h1>{title}</h1>
<p>{asks}</p>
<p>Given: {given}.</p>
<figure>
{figure}</figure>
<ol>
{items}
</ol>
</main>
<footer><p>{foot}</p></footer></body></html>
"""
WHO = '<p class="who"><span>Name:</span><span>Number:</span></p>\n'


class Sheet(Builder):
    """The scene of a graph with a numbered line, or the solution, where a number is hidden. Nothing else tells it."""

    def __init__(self, story: Story, blanks: Sequence[Blank], solved: bool) -> None:
        super().__init__(story.order, story.digits, story)
        self.story, self.solved = story, solved
        self.blanks = {blank.fact: blank for blank in blanks}
        for fact, blank in self.blanks.items():
            if fact.kind == "value":
                self.numbers[fact.node] = self.written(blank)

    def written(self, blank: Blank) -> str:
        """``(3) ______``, or ``(3) −8``."""
        return f"({blank.number}) {self.number(blank.answer) if self.solved else LINE}"

    def scene(self) -> Scene:
        """All boxes and wires."""
        for node in self.story.order:
            self.add(node)
        headline = self.sentence(self.root)
        return Scene(tuple(self.boxes), tuple(self.wires), headline, tuple(self.forward), tuple(self.backward))

    def words(self, node: Value) -> Words:
        """With the name of every node, for the list of blanks speaks of them."""
        known = super().words(node)
        return Words(known.long, known.long)

    def gradient(self, node: Value, wires: range) -> Gradient:
        """A gradient that is hidden hides the contributions that it is the sum of, too."""
        whole = super().gradient(node, wires)
        blank = self.blanks.get(Fact("gradient", node))
        if blank is None:
            return whole
        if not self.solved:
            self.terms |= {wire: Term(wire, "", "") for wire in wires}
        return Gradient("", (), "", self.written(blank), True, note=whole.symbol)  # the list has room for its symbol

    def pill(self, node: Value, child: Value, position: int) -> Pill | None:
        """A local gradient that is hidden shows no formula either."""
        blank = self.blanks.get(Fact("local", child, position))
        if blank is None:
            return super().pill(node, child, position)
        text = self.written(blank)
        return Pill(text, f"local gradient {blank.symbol} = {text}")


def headline(seed: str | None, solved: bool) -> str:
    """What stands above a picture that is a sheet of its own."""
    sheet = [] if seed is None else [f"Sheet {seed}"]
    return " ".join(["Solution" if solved else f"Name: {4 * LINE}", *sheet])


def picture(
    story: Story, blanks: Sequence[Blank], hide: str, solved: bool, theme: str, timeout: float | None, head: str = ""
) -> Picture:
    """The graph with its blanks, or with the solutions in their places; from top to bottom where paper is not wide enough.

    Sheet and solution run the same way. ``head`` stands above the picture.
    """
    show = SHOWS[SHOW[hide]]

    def made(solved: bool, direction: str) -> Picture:
        drawn = Sheet(story, blanks, solved).scene()
        title = f"{drawn.headline}: {'solution' if solved else 'exercise'}"
        looks = {"theme": theme, "title": title, "direction": direction, "head": head}
        return pictured(drawn, show, show.pills, scale=1.25, timeout=timeout, **looks)

    asked, direction = made(False, "LR"), "LR"
    if _shrunk(asked, LYING) < READABLE:
        standing = made(False, "TB")
        if _shrunk(standing, STANDING) >= max(SMALLEST, _shrunk(asked, LYING)):
            asked, direction = standing, "TB"
    return made(True, direction) if solved else asked


def _shrunk(picture: Picture, room: tuple[int, int]) -> float:
    return min(most / wide for most, wide in zip(room, picture.size, strict=True))


def _wrapped(figure: Picture) -> str:
    """The picture; as bands, where paper is much too narrow for it. The first band says what it shows."""
    wide, high = figure.size
    if wide <= max(high, LYING[0] / SMALLEST):
        return figure.svg
    opening, graph = OPENING.search(figure.svg), GRAPH.search(figure.svg)
    assert opening is not None  # as pictures.svg wrote it
    assert graph is not None
    count = ceil((wide - OVERLAP) / (LYING[0] / READABLE - OVERLAP))
    left, low, across, down = map(float, opening.groups())
    step = (wide - OVERLAP) / count
    bands = [
        f'width="{step + OVERLAP:.0f}" height="{high}" '
        f'viewBox="{left + across * k * step / wide:.2f} {low:.2f} {across * (step + OVERLAP) / wide:.2f} {down:.2f}"'
        for k in range(count)
    ]
    more = [f'<svg aria-hidden="true" {band}><use href="#{graph[1]}"/></svg>\n' for band in bands[1:]]
    return figure.svg.replace(opening[0], bands[0], 1) + "".join(more)


def page(
    title: str, story: Story, blanks: Sequence[Blank], hide: str, figure: Picture, solved: bool, seed: str | None
) -> str:
    """The sheet as a page that prints: complete in itself, without script, and without a request to any server."""
    items = [f"<li><span>({b.number})</span> {_item(story, b, solved)}</li>" for b in blanks]
    wide, high = figure.size
    style = STYLE + (LANDSCAPE if wide > max(WIDE, high) else UPRIGHT if high > wide else "")
    return PAGE.format(
        policy=f"default-src 'none'; style-src '{hashed(style)}'; base-uri 'none'; form-action 'none'",
        title=escape(f"{title}: solution" if solved else title),
        style=style,
        kind="solved" if solved else "asked",
        head="" if solved else WHO,
        asks=escape(ASKS[hide]),
        given=escape(", ".join(given(story))),
        figure=_wrapped(figure),
        items="\n".join(items),
        foot=escape(title if seed is None else f"Sheet {seed}: {title}"),
    )


def text(title: str, story: Story, blanks: Sequence[Blank], hide: str, solved: bool) -> str:
    """The sheet as plain text, which has no picture: it tells what is known of the forward pass, too."""
    asked = any(blank.fact.kind == "value" for blank in blanks)
    known = [equation(story.names[v], story.formula(v), story.number(v.data)) for v in story.inner]
    forward = [] if asked else [f"Forward: {', '.join(known)}."]
    lines = [f"({b.number}) {b.solution if solved else f'{b.task} = {LINE}{_where(story, b)}'}" for b in blanks]
    return "\n".join([title, ASKS[hide], f"Given: {', '.join(given(story))}.", *forward, *lines])


def _where(story: Story, blank: Blank) -> str:
    """What the node of a gradient is: ``, where v4 = p − t``; empty for an input, and for what says so itself."""
    v = blank.fact.node
    return "" if blank.fact.kind == "value" or v.op is None else f", where {equation(story.names[v], story.formula(v))}"


def _item(story: Story, blank: Blank, solved: bool) -> str:
    if solved:
        return f"<span>{escape(blank.solution)}</span>"
    where = _where(story, blank)
    return f"<span>{escape(blank.task)} =</span><i></i>{f'<small>{escape(where[2:])}</small>' if where else ''}"
