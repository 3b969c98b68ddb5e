"""An exercise on paper: the picture of its graph with numbered blanks, and a page to print."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..pictures.build import Builder
from ..pictures.elements import SHOWS
from ..pictures.figure import pictured
from ..pictures.gradients import Gradient, Term
from ..pictures.picture import Picture
from ..pictures.scene import Pill, Scene
from ..stepper.frames import Fact
from ..stepper.page import hashed
from ..story import Story
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
svg{display:block;max-width:100%;height:auto;margin:0 auto}
ol{list-style:none;margin:16px 0 0;padding:0;columns:2;column-gap:40px}
.solved ol{columns:1}
li{display:flex;gap:10px;align-items:baseline;min-height:44px;break-inside:avoid;overflow-wrap:anywhere}
.solved li{min-height:30px}
li i{flex:1;min-width:70px;border-bottom:1.5px solid #000;font-style:normal}
footer{margin:24px 0 0;color:#4d4d4d;font-size:14px;overflow-wrap:anywhere}
@media(max-width:600px){ol{columns:1}}
@page{margin:15mm}
@media print{body{padding:0;max-width:none}figure{overflow:visible;break-inside:avoid}svg{max-height:120mm}}
"""
WIDE = 900
"""A wider picture is printed on paper that lies on its long side."""
LANDSCAPE = "@page{size:landscape}\n"
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
</main>{foot}</body></html>
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


def picture(story: Story, blanks: Sequence[Blank], hide: str, solved: bool, theme: str, timeout: float | None) -> Picture:
    """The graph with its blanks, or with the solutions in their places."""
    show = SHOWS[SHOW[hide]]
    words = "solution" if solved else "exercise"
    drawn = Sheet(story, blanks, solved).scene()
    title = f"{drawn.headline}: {words}"
    return pictured(drawn, show, show.pills, theme=theme, scale=1.25, timeout=timeout, title=title)


def page(
    title: str, story: Story, blanks: Sequence[Blank], hide: str, figure: Picture, solved: bool, seed: str | None
) -> str:
    """The sheet as a page that prints: complete in itself, without script, and without a request to any server."""
    items = [f"<li><span>({b.number})</span> {_item(b, solved)}</li>" for b in blanks]
    sheet = f"Sheet {escape(seed)}" if seed is not None else ""
    style = STYLE + (LANDSCAPE if figure.size[0] > WIDE else "")
    return PAGE.format(
        policy=f"default-src 'none'; style-src '{hashed(style)}'; base-uri 'none'; form-action 'none'",
        title=escape(f"{title}: solution" if solved else title),
        style=style,
        kind="solved" if solved else "asked",
        head="" if solved else WHO,
        asks=escape(ASKS[hide]),
        given=escape(", ".join(given(story))),
        figure=figure.svg,
        items="\n".join(items),
        foot=f"<footer>{sheet}</footer>" if sheet else "",
    )


def text(title: str, story: Story, blanks: Sequence[Blank], hide: str, solved: bool) -> str:
    """The sheet as plain text."""
    lines = [f"({b.number}) {b.solution if solved else f'{b.task} = {LINE}'}" for b in blanks]
    return "\n".join([title, ASKS[hide], f"Given: {', '.join(given(story))}.", *lines])


def _item(blank: Blank, solved: bool) -> str:
    if solved:
        return f"<span>{escape(blank.solution)}</span>"
    return f"<span>{escape(blank.task)} =</span><i></i>"
