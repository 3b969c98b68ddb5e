"""A page that shows all pictures and tables of a folder, and leads to its other pages."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path
from urllib.parse import quote

_STYLE = """
:root{color-scheme:light dark}
body{margin:0 auto;max-width:1100px;padding:16px;font:16px/1.5 Helvetica,Arial,"Liberation Sans",sans-serif}
figure{margin:0 0 32px}
figcaption,h2,summary{font-size:17px;margin:0 0 6px;font-weight:bold}
img{max-width:100%;height:auto}
pre{overflow-x:auto;font-size:14px}
summary{margin:0 0 16px;padding:10px 0}
a{display:inline-block;min-height:44px;line-height:44px}
"""
_PAGE = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>{title}</title>
<style>{style}</style></head>
<body><main>
<h1>{title}</h1>
{body}
</main></body></html>
"""
_TITLE = re.compile(r"<title[^>]*>([^<]*)</title>")
_NAME = "index.html"
_PICTURES = (".svg", ".png")
_TEXTS = (".txt", ".md", ".tex")


def index(folder: Path) -> str:
    """The page for a folder: its pages to step through first, then its pictures and tables, each by name.

    The pictures of a folder inside it, such as ``glassgrad steps -o frames/`` writes, are in a list that opens.

    >>> index(Path("no such folder"))
    Traceback (most recent call last):
    FileNotFoundError: ...
    """
    files = sorted(folder.iterdir())
    pages = [_link(file) for file in files if file.suffix == ".html" and file.name != _NAME]
    body = ["<h2>Step by step</h2>\n<ul>", *pages, "</ul>"] if pages else []
    body += [part for file in files for part in _shown(file)]
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src 'self'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = escape(f"Forward and backward: the pictures in {folder.resolve().name}")
    return _PAGE.format(policy=policy, title=title, style=_STYLE, body="\n".join(body))


def _link(file: Path) -> str:
    return f'<li><a href="./{quote(file.name)}">{escape(_title(file))}</a></li>'


def _shown(file: Path) -> Iterator[str]:
    if file.is_dir():
        pictures = [_figure(picture, file.name) for picture in sorted(file.iterdir()) if picture.suffix in _PICTURES]
        if pictures:
            told = f"{escape(file.name)}: {len(pictures)} pictures"
            yield "\n".join([f"<details><summary>{told}</summary>", *pictures, "</details>"])
    elif file.suffix in _PICTURES:
        yield _figure(file)
    elif file.suffix in _TEXTS:
        text = escape(file.read_text(encoding="utf-8", errors="replace").rstrip())
        yield f"<h2>{escape(file.name)}</h2>\n<pre>{text}</pre>"


def _figure(file: Path, folder: str = "") -> str:
    title = escape(_title(file))
    path = "/".join(map(quote, filter(None, (".", folder, file.name))))
    return f'<figure><figcaption>{title}</figcaption>\n<img src="{path}" loading="lazy" alt="{title}"></figure>'


def _title(file: Path) -> str:
    """What a picture or page calls itself, else the file's name."""
    found = None if file.suffix == ".png" else _TITLE.search(file.read_text(encoding="utf-8", errors="replace"))
    return unescape(found[1]) if found else file.name
