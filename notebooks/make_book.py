"""The notebooks as a book: each run from top to bottom and written as a page that needs nothing from outside.

``make book`` calls this: python notebooks/make_book.py OUT. A page holds its styles, pictures and players; formulas become
MathML, which browsers draw by themselves. The same notebooks give the same bytes. What a cell prints is shown as text, never
as HTML, and no script runs but the player's.
"""

from __future__ import annotations

import base64
import hashlib
import html
import pathlib
import re
import sys
from collections.abc import Callable
from importlib import resources
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
WRITTEN: Callable[[str], str] = mistune.create_markdown(escape=False, plugins=["table"])  # type: ignore[assignment]
COMPUTED: Callable[[str], str] = mistune.create_markdown(escape=True, plugins=["table"])  # type: ignore[assignment]
COLOURS = HtmlFormatter(style="default")
COLUMNS = re.compile(r"^.*\S {2,}\S.*$", re.MULTILINE)
WORD = re.compile(r"\\operatorname\{([^{}]*\\_[^{}]*)\}")
UNDRAWN = re.compile(r">(\\[A-Za-z]+)<|\s(href|style|class)=")

STYLE = """
:root { color-scheme: light; }
body { font: 17px/1.55 system-ui, sans-serif; color: #1b1b1b; background: #fff; margin: 0; }
main, header, footer { box-sizing: border-box; max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
header, footer { font-size: 15px; padding: .8rem 1.25rem; display: flex; gap: 1.5rem; flex-wrap: wrap; }
h1 { font-size: 1.9rem; line-height: 1.2; } h2 { margin-top: 2.2rem; }
a { color: #00548a; }
pre { font: 14px/1.45 ui-monospace, monospace; overflow-x: auto; margin: .4rem 0; padding: .7rem .9rem; border-radius: 6px; }
pre { background: #f4f5f7; }
:not(pre) > code { overflow-wrap: anywhere; }
pre.output { background: none; border-left: 3px solid #c9ced6; border-radius: 0; white-space: pre-wrap; }
pre.columns { white-space: pre; }
.output { overflow-x: auto; }
.output > img, .output > svg { max-width: max(100%, 40rem); height: auto; } /* a narrow screen scrolls it, to be read */
iframe { display: block; width: 100%; }
table { display: block; overflow-x: auto; border-collapse: collapse; margin: 1rem 0; }
td, th { padding: .3rem .8rem; border: 1px solid #c9ced6; text-align: left; }
details { margin: 1rem 0; padding: .6rem 1rem; border: 1px solid #c9ced6; border-radius: 6px; }
summary { cursor: pointer; font-weight: 600; }
math { font-size: 1.08em; } .formula { display: block; margin: 1rem 0; overflow: auto hidden; }
mtd[columnalign="right"] { text-align: right; padding-right: 0; }
mtd[columnalign="left"] { text-align: left; padding-left: 0; }
"""


def policy() -> str:
    """What a page may do: show what it holds, and run the player's script. Its frames, the players, may do no more."""
    script = resources.files("autograd.stepper").joinpath("player.js").read_text("utf-8").replace("\r\n", "\n")
    known = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{known}'; "
        "base-uri 'none'; form-action 'none'; frame-src 'self'"
    )


def notebooks(source: pathlib.Path = HERE) -> list[pathlib.Path]:
    """All of them, in order."""
    return sorted(source.glob("[0-9][0-9]_*.ipynb"))


def run(notebook: Any, folder: pathlib.Path = HERE) -> Any:
    """The notebook with its outputs, from a fresh kernel; an error in a cell is raised here."""
    client = NotebookClient(
        notebook,
        timeout=60,
        kernel_name="python3",
        coalesce_streams=True,  # where a long text is cut into messages is up to the moment
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    )
    return client.execute()


def formula(latex: str, display: str) -> str:
    """LaTeX as MathML. Raises ValueError where a command is not known, so that nobody reads it as it was typed.

    A < or > becomes a command, for inside ``\\text`` it would reach the page as it is; an alignment is written as the one
    that the converter knows; and a name such as cross_entropy as text, for it would be set as letters to be multiplied.
    """
    plain = latex.replace("<", r"\lt ").replace(">", r"\gt ").replace("{aligned}", "{align*}")
    plain = WORD.sub(lambda found: "\\text{" + found[1].replace("\\_", "_") + "}", plain)
    drawn: str = convert(plain, display=display)
    undrawn = UNDRAWN.search(drawn)
    if undrawn:
        raise ValueError(f"the formula {latex!r} has a command that cannot be drawn ({undrawn[0]!r}): write it without")
    return drawn


def prose(markdown: str, as_html: Callable[[str], str] = WRITTEN) -> str:
    """Markdown as HTML, and LaTeX between dollar signs as MathML; code stays as it is."""
    formulas: list[str] = []

    def kept(found: re.Match[str]) -> str:
        display, inline = found.groups()
        formulas.append(
            f'<span class="formula">{formula(display, "block")}</span>' if display else formula(inline, "inline")
        )
        return f"\x02{len(formulas) - 1}\x03"

    parts = CODE.split(re.sub("[\x02\x03]", "", markdown))  # every other part is code
    text = as_html("".join(part if k % 2 else MATH.sub(kept, part) for k, part in enumerate(parts)))
    return re.sub("\x02([0-9]+)\x03", lambda found: formulas[int(found[1])], text)


def shown(output: Any) -> str:
    """An output of a cell: as HTML or a picture where it has one, else as text."""
    data = output.get("data", {"text/plain": output.get("text", "")})
    for kind in ("text/html", "image/svg+xml"):
        if kind in data:
            return f'<div class="output">{data[kind]}</div>'
    if "image/png" in data:
        said = html.escape(output.metadata.get("image/png", {}).get("alt") or data["text/plain"])
        picture = "".join(data["image/png"].split())
        return f'<div class="output"><img alt="{said}" src="data:image/png;base64,{picture}"></div>'
    if "text/markdown" in data:
        return prose(data["text/markdown"], COMPUTED)
    kind = "output columns" if len(COLUMNS.findall(data["text/plain"])) > 1 else "output"  # a narrow page scrolls a table
    return f'<pre class="{kind}">{html.escape(data["text/plain"])}</pre>'


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
        f'<meta http-equiv="Content-Security-Policy" content="{policy()}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{html.escape(heading)}</title>'
        f"<style>{style}</style></head>\n"
        f"<body><header>{ways}</header><main>{body}</main><footer>{ways}</footer></body></html>\n"
    )


def make(out: pathlib.Path, source: pathlib.Path = HERE, say: Callable[[str], object] = print) -> list[pathlib.Path]:
    """Run all notebooks of a folder and write them as pages, and its README.md as their index. Returns what was written."""
    out.mkdir(parents=True, exist_ok=True)
    paths = notebooks(source)
    headings = [title(nbformat.read(path, as_version=4)) for path in paths]
    written = []
    for k, path in enumerate(paths):
        say(path.name)
        notebook = run(nbformat.read(path, as_version=4), source)
        body = "\n".join(map(rendered, notebook.cells))
        links = [("index.html", "All notebooks")]
        links += [(f"{paths[k - 1].stem}.html", f"← {headings[k - 1]}")] * (k > 0)
        links += [(f"{paths[k + 1].stem}.html", f"{headings[k + 1]} →") for _ in paths[k + 1 : k + 2]]
        target = out / f"{path.stem}.html"
        target.write_text(page(headings[k], body, links), "utf-8")
        written.append(target)
    listed = prose((source / "README.md").read_text("utf-8")).replace('.ipynb"', '.html"')
    index = out / "index.html"
    index.write_text(page("The notebooks", listed, []), "utf-8")
    return [*written, index]


if __name__ == "__main__":
    make(pathlib.Path(sys.argv[1]))
