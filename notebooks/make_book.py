"""The notebooks as a book: each run from top to bottom and written as a page that needs nothing from outside.

``make book`` calls this: python notebooks/make_book.py OUT. A page holds its styles, pictures and players; formulas become
MathML, which browsers draw by themselves.
"""

from __future__ import annotations

import html
import pathlib
import re
import sys
from collections.abc import Callable
from typing import Any

import mistune
import nbformat
from latex2mathml.converter import convert
from nbclient import NotebookClient
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

HERE = pathlib.Path(__file__).parent
CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)
MATH = re.compile(r"\$\$(.+?)\$\$|(?<![\\$\w])\$([^$\n]+?)\$(?!\w)", re.DOTALL)
MARKDOWN: Callable[[str], str] = mistune.create_markdown(escape=False, plugins=["table"])  # type: ignore[assignment]
COLOURS = HtmlFormatter(style="default")

STYLE = """
:root { color-scheme: light; }
body { font: 17px/1.55 system-ui, sans-serif; color: #1b1b1b; background: #fff; margin: 0; }
main, header, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
header, footer { font-size: 15px; padding: .8rem 1.25rem; display: flex; gap: 1.5rem; flex-wrap: wrap; }
h1 { font-size: 1.9rem; line-height: 1.2; } h2 { margin-top: 2.2rem; }
a { color: #00548a; }
pre { font: 14px/1.45 ui-monospace, monospace; overflow-x: auto; margin: .4rem 0; padding: .7rem .9rem; border-radius: 6px; }
.highlight pre { background: #f4f5f7; }
pre.output { background: none; border-left: 3px solid #c9ced6; border-radius: 0; }
img, svg, iframe { max-width: 100%; }
table { border-collapse: collapse; margin: 1rem 0; }
td, th { padding: .3rem .8rem; border: 1px solid #c9ced6; text-align: left; }
details { margin: 1rem 0; padding: .6rem 1rem; border: 1px solid #c9ced6; border-radius: 6px; }
summary { cursor: pointer; font-weight: 600; }
math { font-size: 1.08em; } math[display="block"] { margin: 1rem 0; overflow-x: auto; }
"""
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-src 'self'"
)  # the players are frames of this page, and take over its policy


def notebooks() -> list[pathlib.Path]:
    """All of them, in order."""
    return sorted(HERE.glob("[0-9][0-9]_*.ipynb"))


def run(notebook: Any) -> Any:
    """The notebook with its outputs, from a fresh kernel; an error in a cell is raised here."""
    return NotebookClient(notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(HERE)}}).execute()


def prose(markdown: str) -> str:
    """Markdown as HTML, and LaTeX between dollar signs as MathML; code stays as it is."""
    formulas: list[str] = []

    def kept(found: re.Match[str]) -> str:
        display, inline = found.groups()
        formulas.append(convert(display or inline, display="block" if display else "inline"))
        return f"\x02{len(formulas) - 1}\x03"

    parts = CODE.split(markdown)  # every other part is code
    text = MARKDOWN("".join(part if k % 2 else MATH.sub(kept, part) for k, part in enumerate(parts)))
    return re.sub("\x02([0-9]+)\x03", lambda found: formulas[int(found[1])], text)


def shown(output: Any) -> str:
    """An output of a cell: as HTML or a picture where it has one, else as text."""
    data = output.get("data", {"text/plain": output.get("text", "")})
    for kind in ("text/html", "image/svg+xml"):
        if kind in data:
            return f"<div>{data[kind]}</div>"
    if "image/png" in data:
        return f'<img alt="{html.escape(data["text/plain"])}" src="data:image/png;base64,{data["image/png"].strip()}">'
    if "text/markdown" in data:
        return prose(data["text/markdown"])
    return f'<pre class="output">{html.escape(data["text/plain"])}</pre>'


def rendered(cell: Any) -> str:
    """A cell with its outputs."""
    if cell.cell_type == "markdown":
        return prose(cell.source)
    return highlight(cell.source, PythonLexer(), COLOURS) + "".join(map(shown, cell.outputs))


def title(notebook: Any) -> str:
    """Its first heading."""
    return next(
        line.removeprefix("# ") for cell in notebook.cells for line in cell.source.splitlines() if line.startswith("# ")
    )


def page(heading: str, body: str, links: list[tuple[str, str]]) -> str:
    """A whole page."""
    ways = "".join(f'<a href="{html.escape(target)}">{html.escape(text)}</a>' for target, text in links)
    style = COLOURS.get_style_defs(".highlight") + STYLE
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{html.escape(heading)}</title>'
        f"<style>{style}</style></head>\n"
        f"<body><header>{ways}</header><main>{body}</main><footer>{ways}</footer></body></html>\n"
    )


def make(out: pathlib.Path, say: Callable[[str], object] = print) -> list[pathlib.Path]:
    """Run and write all notebooks, and a list of them; the pages that were written."""
    out.mkdir(parents=True, exist_ok=True)
    paths = notebooks()
    headings = [title(nbformat.read(path, as_version=4)) for path in paths]
    written = []
    for k, path in enumerate(paths):
        say(path.name)
        notebook = run(nbformat.read(path, as_version=4))
        body = "\n".join(map(rendered, notebook.cells))
        links = [("index.html", "All notebooks")]
        links += [(f"{paths[k - 1].stem}.html", f"← {headings[k - 1]}")] * (k > 0)
        links += [(f"{paths[k + 1].stem}.html", f"{headings[k + 1]} →") for _ in paths[k + 1 : k + 2]]
        target = out / f"{path.stem}.html"
        target.write_text(page(headings[k], body, links), "utf-8")
        written.append(target)
    items = "".join(
        f'<li><a href="{path.stem}.html">{html.escape(heading)}</a></li>'
        for path, heading in zip(paths, headings, strict=True)
    )
    index = out / "index.html"
    index.write_text(page("glassgrad: the notebooks", f"<h1>The notebooks</h1><ol>{items}</ol>", []), "utf-8")
    return [*written, index]


if __name__ == "__main__":
    make(pathlib.Path(sys.argv[1]))
