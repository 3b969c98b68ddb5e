"""The player and the numbered pictures in a real browser. Skipped where there is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lecture import l16, shared
from unit.test_neuron import neuron

from autograd import Value, draw, steps, tanh
from autograd.classroom import lab, quiz
from autograd.command.index import index

api = pytest.importorskip("playwright.sync_api", reason="SKIPPED: needs the extra: pip install 'glassgrad[browser]'")
expect = api.expect

COORDINATES = """() => [...document.querySelectorAll("svg g[class] > *:not(g):not(title)")].map(e =>
    ["x", "y", "cx", "cy", "rx", "ry", "d", "points", "font-size"].map(k => e.getAttribute(k)).join("|")
    + (e.tagName === "text" ? getComputedStyle(e).fontSize : [e.getBBox()].map(b => [b.x, b.y, b.width, b.height])))"""
SHOWN = """() => [...document.querySelectorAll("svg g[class]:not(.graph) text")]
    .filter(e => getComputedStyle(e).visibility === "visible").map(e => e.textContent.replaceAll("\\u00a0", " "))"""


@pytest.fixture
def visit(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Open a page from a file; afterwards there must have been no request to anywhere else, no error and no message."""
    contexts, said = [], []

    def call(text: str, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": options.pop("width", 1100), "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: said.append(request.url) if not request.url.startswith(here) else None)
        here = f"file://{tmp_path}/"
        (tmp_path / "page.html").write_text(text, encoding="utf-8")
        page.clock.install()
        page.goto(here + "page.html")
        return page

    yield call
    for context in contexts:
        context.close()
    assert said == []


def at(page: Any, k: int, last: int = 10) -> None:
    """The page shows step k."""
    expect(page.locator("#caption b")).to_have_text(re.compile(rf"^Step {k} of {last} · "))
    expect(page.locator("#slider")).to_have_value(str(k))
    expect(page.locator("#slider")).to_have_attribute("aria-valuetext", re.compile(rf"^Step {k} of {last} · "))


def test_keys(visit: Any) -> None:
    page = visit(steps(l16()).html())
    at(page, 0)
    for key, k in [("ArrowRight", 1), ("PageDown", 2), ("ArrowLeft", 1), ("PageUp", 0), ("ArrowLeft", 0), ("End", 10)]:
        page.keyboard.press(key)
        at(page, k)
    page.keyboard.press("ArrowRight")
    at(page, 10)
    page.keyboard.press("Home")
    at(page, 0)
    page.keyboard.press("Control+ArrowRight")
    at(page, 0)


def test_buttons(visit: Any) -> None:
    page = visit(steps(l16()).html())
    for name, k in [("next", 1), ("next", 2), ("back", 1), ("last", 10), ("first", 0)]:
        page.locator(f"#{name}").click()
        at(page, k)
    expect(page.locator("#first")).to_be_disabled()
    expect(page.locator("#back")).to_be_disabled()
    expect(page.locator("#next")).to_be_enabled()
    for box in [button.bounding_box() for button in page.locator(".bar > *").all()]:
        assert box["width"] >= 44 and box["height"] >= 44
    page.locator("#next").focus()
    page.keyboard.press(" ")  # presses the button, and does not play
    at(page, 1)
    expect(page.locator("#play")).to_have_text("Play")
    page.locator("summary").focus()
    page.keyboard.press(" ")
    assert page.locator("details").get_attribute("open") is not None


def test_slider(visit: Any) -> None:
    page = visit(steps(l16()).html())
    page.locator("#slider").fill("7")
    at(page, 7)
    page.locator("#slider").focus()
    page.keyboard.press("ArrowRight")
    at(page, 8)


def test_play(visit: Any) -> None:
    page = visit(steps(l16()).html())
    page.keyboard.press(" ")
    expect(page.locator("#play")).to_have_text("Pause")
    expect(page.locator("#play")).to_have_attribute("aria-pressed", "true")
    page.clock.run_for(1700)
    at(page, 1)
    page.clock.run_for(1600)
    at(page, 2)
    page.locator("#play").click()
    page.clock.run_for(5000)
    at(page, 2)
    page.locator("#play").click()
    page.clock.run_for(60_000)
    at(page, 10)
    expect(page.locator("#play")).to_have_attribute("aria-pressed", "false")
    page.locator("#play").click()
    at(page, 0)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#play")).to_have_text("Play")


@pytest.mark.parametrize("by", ["node", "edge"])
def test_captions_and_borders(visit: Any, by: str) -> None:
    found = steps(shared(), by=by)
    page = visit(found.html())
    caption = page.locator("#caption")
    assert caption.get_attribute("aria-live") == "polite" and caption.get_attribute("aria-atomic") == "true"
    styles = {"forward": "solid", "local": "double", "backward": "dashed"}
    for k, frame in enumerate(found):
        at(page, k, len(found) - 1)
        expect(caption.locator("span")).to_have_text(frame.caption)
        expect(caption.locator("b")).to_have_text(re.compile(re.escape(frame.title) + "$"))
        expect(caption).to_have_css("border-left-style", styles[frame.phase])
        page.keyboard.press("ArrowRight")


@pytest.mark.parametrize("by", ["node", "edge"])
@pytest.mark.parametrize("make", [shared, neuron])
def test_nothing_moves_and_the_files_show_the_same(visit: Any, make: Callable[[], Value], by: str) -> None:
    found = steps(make(), by=by)
    page = visit(found.html())
    first = page.evaluate(COORDINATES)
    for k in range(len(found)):
        assert page.evaluate(COORDINATES) == first
        assert sorted(page.evaluate(SHOWN)) == sorted(
            text.replace("\xa0", " ") for text in re.findall(r"<text [^>]*>([^<]*)</text>", found.svg(k))
        )
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Home")
    assert page.evaluate(COORDINATES) == first


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 24, 29)")])
def test_light_and_dark(visit: Any, scheme: str, ground: str) -> None:
    page = visit(steps(l16()).html(), color_scheme=scheme)
    expect(page.locator("body")).to_have_css("background-color", ground)
    expect(page.locator("svg > rect")).to_have_css("fill", ground)
    page = visit(steps(l16(), theme="dark").html(), color_scheme=scheme)
    expect(page.locator("body")).to_have_css("background-color", "rgb(20, 24, 29)")


def test_idle_active_and_absent(visit: Any) -> None:
    page = visit(steps(l16()).html(), reduced_motion="reduce")
    lane, back, text = (
        page.locator("svg .fwd.k1 path"),
        page.locator("svg .bwd.k9"),
        page.locator("svg .val.k1:not(.passing) text"),
    )
    expect(lane).to_have_css("stroke", "rgb(134, 143, 152)")
    expect(back).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(lane).to_have_css("stroke", "rgb(0, 114, 178)")
    expect(lane).to_have_css("stroke-width", "3.5px")
    expect(text).to_have_css("font-weight", "700")
    expect(page.locator("svg .op.hot ellipse")).to_have_css("fill", "rgb(255, 243, 196)")
    page.keyboard.press("End")
    expect(lane).to_have_css("stroke-width", "2px")
    expect(back).to_be_visible()


def test_a_fork_has_its_dot_from_the_start(visit: Any) -> None:
    a = Value(3, "a")
    b = a + 1
    page = visit(steps(b * b).html(), reduced_motion="reduce")
    tap, join = page.locator("svg .tap"), page.locator("svg .join")
    expect(tap).to_be_visible()
    expect(tap.locator("ellipse")).to_have_css("fill", "rgb(134, 143, 152)")
    page.keyboard.press("ArrowRight")
    expect(tap.locator("ellipse")).to_have_css("fill", "rgb(0, 114, 178)")
    page.keyboard.press("End")
    expect(tap).to_be_hidden()
    expect(join).to_be_visible()


def test_the_labs_page(visit: Any) -> None:
    found = lab("recursive-backward")
    page = visit(found.html())
    expect(page.locator("h1")).to_have_text("recursive-backward: c = (a + 1)·(a + 1)")
    expect(page.locator(".said")).to_have_text(found._told())
    page.keyboard.press("End")
    expect(page.locator("#caption span")).to_contain_text("✗ The wrong pass has 4 + 8 = 12; here they part.")
    expect(page.get_by_role("rowheader")).to_have_text(["∂L/∂a"])
    expect(page.get_by_role("columnheader")).to_have_text(["right", "wrong"])
    expect(page.get_by_role("cell")).to_have_text(["", "8", "12"])


def test_a_long_sheet_in_bands(visit: Any) -> None:
    v = a = Value(2.0, "a")
    for _ in range(9):
        v = tanh(v * a)
    page = visit(quiz(v).html(), width=1050)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    bands = page.locator("figure > svg")
    assert bands.count() > 1
    boxes = [bands.nth(k).bounding_box() for k in range(bands.count())]
    assert all(box["height"] > 100 for box in boxes) and all(p["y"] < q["y"] for p, q in pairwise(boxes))
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_neuron(visit: Any) -> None:
    page = visit(steps(neuron()).html())
    point, tangent, rim = (page.locator(f"svg .{kind}") for kind in ("point", "tangent", "plot path"))
    gradient = page.locator("svg .wgrad:not(.pending)").first
    for step, seen in [(0, ""), (2, "p"), (4, "pt"), (7, "ptg"), (9, "ptg")]:
        page.locator("#slider").fill(str(step))
        for letter, part in zip("ptg", (point, tangent, gradient), strict=True):
            expect(part).to_be_visible() if letter in seen else expect(part).to_be_hidden()
        expect(rim).to_have_css("stroke-width", "3px" if step == 2 else "1.5px")
    expect(page.locator("svg .curve")).to_be_visible()
    expect(page.locator("svg .weight path").first).to_have_css("fill", "rgb(234, 243, 250)")


def test_without_script(visit: Any) -> None:
    found = steps(shared(), by="edge")
    page = visit(found.html(), java_script_enabled=False)
    expect(page.locator(".bar")).to_be_hidden()
    expect(page.locator("details li")).to_have_count(len(found))
    expect(page.locator("details li").last).to_be_visible()
    hidden = page.locator("svg g.passing")
    assert hidden.count() > 0
    for group in hidden.all():
        expect(group).to_be_hidden()
    for group in page.locator("svg .bwd, svg .grad:not(.passing), svg .join, svg .local").all():
        expect(group).to_have_css("visibility", "visible")


def test_in_a_sandboxed_frame(visit: Any) -> None:
    found = steps(l16())
    page = visit(f'<!DOCTYPE html><meta charset="utf-8">{found._repr_mimebundle_()["text/html"]}')
    frame = page.frame_locator("iframe")
    frame.locator("#next").click()
    expect(frame.locator("#caption span")).to_have_text(found[1].caption)
    page.keyboard.press("End")
    expect(frame.locator("#caption span")).to_have_text(found[-1].caption)


def test_narrow_screens_scroll_the_figure(visit: Any) -> None:
    page = visit(steps(l16()).html(), width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator("svg").bounding_box()["width"] >= 700
    page.keyboard.press("End")
    page.keyboard.press("Home")
    for _ in range(10):
        page.keyboard.press("ArrowRight")
        for text in page.locator("svg .hot text").all():
            expect(text).to_be_in_viewport(ratio=1)
    page.keyboard.press("Home")
    assert page.evaluate("document.querySelector('figure').scrollLeft") == 0


@pytest.mark.parametrize("scale", [0, 0.5, 1])
def test_the_figure_fades_where_it_goes_on(visit: Any, scale: float) -> None:
    page = visit(steps(l16()).html(), width=360)
    page.evaluate(f"f = document.querySelector('figure'); f.scrollLeft = {scale} * (f.scrollWidth - f.clientWidth)")
    figure = page.locator("figure")
    expect(figure).to_have_class(" ".join(["after"] * (scale < 1) + ["before"] * (scale > 0)))
    page.set_viewport_size({"width": 1300, "height": 800})
    expect(figure).to_have_class("")


def test_a_notebook_gives_the_frame_the_height_it_needs(visit: Any) -> None:
    w = Value(0, "w")
    wide = (1 - w * 1) ** 2 + (2 - w * 2) ** 2 + (3 - w * 3) ** 2
    for z in (Value(2, "x") * Value(3, "y"), l16(), neuron(), wide):
        page = visit(f'<!DOCTYPE html><meta charset="utf-8">{steps(z)._repr_mimebundle_()["text/html"]}', width=1000)
        page.frame_locator("iframe").locator("#last").click()
        (frame,) = page.frames[1:]
        needs, blank = frame.evaluate("""() => [document.documentElement.scrollHeight - innerHeight,
            innerHeight - document.querySelector("details").getBoundingClientRect().bottom]""")
        assert needs == 0 and blank < 100


@pytest.mark.parametrize(
    "name", ["</script><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</text>", "]]>", "&#60;"]
)
def test_hostile_names(visit: Any, name: str) -> None:
    x = Value(2, name)
    z = x * x
    z.name = name
    found = steps(z, by="edge")
    page = visit(found.html())
    expect(page.locator("h1")).to_have_text(found.title)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#caption span")).to_have_text(found[1].caption)
    expect(page.locator("img")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_numbered_pictures_as_images(visit: Any, tmp_path: Path, scheme: str) -> None:
    found = steps(l16(), theme=scheme)
    found.save(tmp_path / "frames")
    images = "".join(f'<img src="frames/{escape(p.name)}" alt="">' for p in sorted((tmp_path / "frames").iterdir()))
    page = visit(f'<!DOCTYPE html><meta charset="utf-8">{images}', color_scheme=scheme)
    page.wait_for_load_state("load")
    sizes = page.evaluate("[...document.images].map(i => [i.complete, i.naturalWidth, i.naturalHeight].join())")
    assert len(sizes) == 11 and len(set(sizes)) == 1 and sizes[0].startswith("true,1")


def test_the_page_of_a_folder(visit: Any, tmp_path: Path) -> None:
    draw(l16()).save(tmp_path / "a b.svg")
    steps(l16()).save(tmp_path / "z.html")
    steps(l16()).save(tmp_path / "frames")
    page = visit(index(tmp_path))
    page.locator("summary").click()
    for image in page.locator("img").all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("i => i.decode().then(() => i.naturalWidth)") > 100
    assert page.locator("img").count() == 12
    page.get_by_role("link").click()
    at(page, 0)
