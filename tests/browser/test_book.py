"""The notebooks as pages, in a real browser and from files; and what a page must be before any browser sees it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

for needed in ("nbclient", "mistune", "latex2mathml"):
    pytest.importorskip(needed, reason="SKIPPED: needs the extra: pip install 'glassgrad[notebooks]'")

expect = pytest.importorskip(
    "playwright.sync_api", reason="SKIPPED: needs the extra: pip install 'glassgrad[browser]'"
).expect

import nbformat  # noqa: E402
from make_book import formula, make, page, prose, shown  # noqa: E402

HOSTILE = "</pre><script>document.title = 'taken'</script><img src=x onerror=\"document.title = 'taken'\"> & $x$"
FIRST = [
    "# One product\n\n**What is** $\\partial L/\\partial x$ **?** Inline $x_1 < y$, and on its own\n\n"
    "$$a = \\frac{1}{2}" + " + a" * 30 + "$$\n\nCode: `$5` and `a_long_name.of_an_attribute(of_a_thing.with_a_name())`.",
    ["from autograd import Value, draw, explain, steps\nx, y = Value(2, 'x'), Value(3, 'y')\nz = x * y\nz.name = 'z'"],
    ["draw(z)"],
    ["steps(z, grad=5)"],
    ["explain(z, x)"],
    "<details><summary>Solution</summary>\n\nIt is $y$.\n\n</details>",
]
SECOND = ["# A sum", ["1 + 1"]]
THIRD = [
    "# Hostile\n\nText < & text.",
    [f"hostile = {HOSTILE!r}\nprint(hostile)"],
    ["hostile"],
    ["from autograd import Value, explain\nx = Value(2, hostile)\nexplain(x * x)"],
    ["from IPython.display import HTML, Markdown, display\nMarkdown(hostile)"],
    ["HTML(\"<p id='html' onclick='document.title = 1'>html</p><script>document.title = 'taken'</script>\")"],
    ["import base64\nfrom IPython.display import Image"],
    [
        "Image(base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII='),"
        " alt='a \"dot\"')"
    ],
]
LISTED = """# Three notebooks

| notebook | rows |
| --- | --- |
| [One product](01_product.ipynb) | L15 |
| [A sum](02_sum.ipynb) | none |
| [Hostile](03_hostile.ipynb) | none |
"""


def written(folder: Path) -> Path:
    """A folder with three notebooks and their list. A cell is text, or code in a list."""
    folder.mkdir()
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    empty = {"metadata": {}, "outputs": [], "execution_count": None}
    for name, cells in (("01_product", FIRST), ("02_sum", SECOND), ("03_hostile", THIRD)):
        made = [
            {"cell_type": "markdown", "id": f"c{k}", "metadata": {}, "source": cell}
            if isinstance(cell, str)
            else {"cell_type": "code", "id": f"c{k}", "source": cell[0], **empty}
            for k, cell in enumerate(cells)
        ]
        notebook = {"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook), "utf-8")
    (folder / "README.md").write_text(LISTED, "utf-8")
    return folder


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of the three."""
    root = tmp_path_factory.mktemp("book")
    make(root / "pages", written(root / "source"), say=lambda name: None)
    return root / "pages"


@pytest.fixture
def visit(browser: Any, book: Path) -> Any:
    """Open a page of the book; afterwards nothing may have gone wrong, and nothing been asked of anybody."""
    contexts, said = [], []

    def call(name: str, width: int = 1100) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 2600})  # nothing to scroll
        contexts.append(context)
        opened = context.new_page()
        opened.on("console", lambda message: said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        opened.on("request", lambda request: said.append(request.url) if not request.url.startswith(here) else None)
        here = ("data:", f"file://{book}/", "about:srcdoc")
        opened.goto(f"file://{book}/{name}")
        return opened

    call.said = said  # type: ignore[attr-defined]
    yield call
    for context in contexts:
        context.close()
    assert said == []


def test_formulas_are_drawn(visit: Any) -> None:
    opened = visit("01_product.html")
    for formula_ in opened.locator("main > p math, main > math").all():
        assert formula_.evaluate("m => m.namespaceURI") == "http://www.w3.org/1998/Math/MathML"
        assert formula_.bounding_box()["width"] > 5
    assert opened.locator("mfrac").count() >= 3
    assert opened.locator("main").inner_text().count("$") == 1, "only the one in the code is left"
    equations = opened.locator("mtd[columnalign=left]").all()
    assert len({round(cell.bounding_box()["x"]) for cell in equations[:2]}) == 1, "the equals signs stand in a column"


def test_a_player_steps(visit: Any) -> None:
    opened = visit("01_product.html")
    player = opened.frame_locator("iframe")
    caption = player.locator("#caption span")
    player.locator("#next").click()
    expect(caption).to_have_text("z = x·y = 2·3 = 6")
    player.locator("#last").click()
    expect(caption).to_have_text("∂L/∂y = ∂L/∂z · ∂z/∂y = 5 · 2 = 10")


def test_a_solution_opens(visit: Any) -> None:
    opened = visit("01_product.html")
    solution = opened.locator("details")
    hidden = solution.locator("p")
    expect(hidden).to_be_hidden()
    solution.locator("summary").click()
    expect(hidden).to_be_visible()
    expect(hidden.locator("math")).to_have_count(1)


def test_the_links_lead_on_and_back(visit: Any) -> None:
    opened = visit("index.html")
    assert opened.locator("table tr").count() == 4
    for place, link, name in (
        ("main", "One product", "01_product"),
        ("footer", "A sum →", "02_sum"),
        ("header", "← One product", "01_product"),
        ("header", "All notebooks", "index"),
    ):
        opened.locator(place).get_by_role("link", name=link).click()
        opened.wait_for_url(f"**/{name}.html", wait_until="load")


@pytest.mark.parametrize("name", ["index.html", "01_product.html"])
def test_a_narrow_screen_scrolls_pictures_not_the_page(visit: Any, name: str) -> None:
    opened = visit(name, width=360)
    assert opened.evaluate("document.documentElement.scrollWidth") <= 360
    for picture in opened.locator("main img").all():
        assert picture.bounding_box()["width"] > 450, "its letters can be read"


def test_pictures_are_there_and_say_what_they_show(visit: Any) -> None:
    opened = visit("01_product.html")
    (picture,) = opened.locator("main img").all()
    assert picture.evaluate("image => image.complete && image.naturalWidth") > 300
    assert picture.get_attribute("alt").startswith("z = x·y = 6")


def test_what_is_hostile_stays_text(visit: Any) -> None:
    opened = visit("03_hostile.html")
    blocked = [visit.said.pop(0) for _ in list(visit.said)]  # of the HTML that a cell made: its script did not run
    assert blocked and all("Content Security Policy" in text for text in blocked)
    opened.locator("#html").click()
    visit.said.clear()
    assert opened.title() == "Hostile"
    texts = opened.locator("pre.output").all_inner_texts()
    assert HOSTILE in texts[0] and "<script>" in texts[1]
    assert opened.locator("main script").count() == 1, "only the one that HTML() was told to make"
    assert opened.locator("main img").count() == 1
    assert opened.locator("main img").get_attribute("alt") == 'a "dot"'


def test_the_same_notebooks_give_the_same_bytes(book: Path, tmp_path: Path) -> None:
    again = make(tmp_path / "again", written(tmp_path / "source"), say=lambda name: None)
    assert [path.name for path in again] == ["01_product.html", "02_sum.html", "03_hostile.html", "index.html"]
    for path in again:
        assert path.read_bytes() == (book / path.name).read_bytes(), path.name


def test_nothing_is_asked_of_anybody(book: Path) -> None:
    for path in book.iterdir():
        text = path.read_text("utf-8")
        assert re.search(r"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ", text)
        assert "script-src 'sha256-" in text and "'unsafe-eval'" not in text
        assert not re.search(r"<(?:link|base|object|embed)\b", text)
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text)


def test_a_formula_that_cannot_be_drawn_is_refused() -> None:
    for latex in (r"\nonsense{x}", r"\href{javascript:alert(1)}{x}", r"\style{color:red}{x}"):
        with pytest.raises(ValueError, match="cannot be drawn"):
            formula(latex, "inline")


def test_formulas_keep_what_is_hostile_from_the_page() -> None:
    for latex in (r"\text{<script>alert(1)</script>}", r"\mathrm{<img src=x>}", r"x < y \text{ & } <b>", r"\mbox{<i>}"):
        drawn = formula(latex, "block")
        assert {tag.lstrip("</") for tag in re.findall(r"</?[a-z0-9]+", drawn)} <= {
            *("math", "mrow", "mi", "mo", "mn", "mtext", "mstyle", "mspace", "mtable", "mtr", "mtd"),
        }


def test_a_name_with_an_underscore_is_one_word() -> None:
    assert "<mtext>cross_entropy</mtext>" in formula(r"\operatorname{cross\_entropy}\left(z_{0}, 1\right)", "inline")


def test_prose() -> None:
    assert prose("`$a$` and `<b>`").strip() == "<p><code>$a$</code> and <code>&lt;b&gt;</code></p>"
    assert "<math" not in prose("costs 5$ or 6$, `$`, and \\$x\\$")
    assert prose("```\n$x$ < 1\n```").strip() == "<pre><code>$x$ &lt; 1\n</code></pre>"
    assert prose("\x020\x03").strip() == "<p>0</p>"
    assert 'display="block"' in prose("$$\nx\n$$") and 'display="inline"' in prose("$x$")


def test_an_output_is_shown_once() -> None:
    both = nbformat.v4.new_output("display_data", {"text/html": "<b>1</b>", "text/plain": "one"})
    assert shown(both) == '<div class="output"><b>1</b></div>'
    assert shown(nbformat.v4.new_output("stream", text="<b>")) == '<pre class="output">&lt;b&gt;</pre>'
    table = nbformat.v4.new_output("stream", text="epoch   loss\n    1  0.375\n")
    assert shown(table).startswith('<pre class="output columns">')  # is not broken, but scrolled on a narrow screen
    assert "<title>a &lt; b</title>" in page("a < b", "", [])
