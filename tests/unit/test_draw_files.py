"""A picture in files and notebooks, and the program that draws it."""

from __future__ import annotations

import base64
import builtins
import os
import re
import signal
import stat
import struct
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from autograd import Value
from autograd.files import write
from autograd.installing import extra
from autograd.pictures import Picture, dot, draw, layout


@pytest.fixture(scope="module")
def picture() -> Picture:
    return drawn()


def drawn() -> Picture:
    x, y = Value(2, name='<x> & "y"'), Value(3, name="y")
    z = x * y
    z.backward(5)
    return draw(z)


# ---------------------------------------------------------------- files


def test_the_suffix_chooses_the_format(picture: Picture, tmp_path: Path) -> None:
    for name in ("a.svg", "a.png", "a.dot", "a.gv", "B.SVG"):
        picture.save(tmp_path / name)
    assert (tmp_path / "a.svg").read_text(encoding="utf-8") == picture.svg
    assert (tmp_path / "B.SVG").read_text(encoding="utf-8") == picture.svg
    assert (tmp_path / "a.png").read_bytes() == picture.png
    assert (tmp_path / "a.dot").read_text(encoding="utf-8") == picture.dot
    assert (tmp_path / "a.gv").read_text(encoding="utf-8") == picture.dot
    assert len(list(tmp_path.iterdir())) == 5  # nothing else is left lying about


@pytest.mark.parametrize("name", ["a.pdf", "a", "svg", "a.svg.txt"])
def test_an_unknown_suffix_is_refused(picture: Picture, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"\.svg, \.png, \.dot, \.gv"):
        picture.save(str(tmp_path / name))
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced_only_if_asked(picture: Picture, tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text("old")
    with pytest.raises(FileExistsError, match="overwrite=True") as caught:
        picture.save(path)
    assert caught.value.filename == str(path)
    assert path.read_text() == "old"
    picture.save(path, overwrite=True)
    assert path.read_text(encoding="utf-8") == picture.svg
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_never_written_through(picture: Picture, tmp_path: Path, there: bool) -> None:
    target, link = tmp_path / "target", tmp_path / "link.svg"
    if there:
        target.write_text("precious")
    link.symlink_to(target)
    with pytest.raises(FileExistsError):
        picture.save(link)
    assert link.is_symlink()
    picture.save(link, overwrite=True)
    assert not link.is_symlink()
    assert link.read_text(encoding="utf-8") == picture.svg
    assert (target.read_text() == "precious") if there else not target.exists()


@pytest.mark.parametrize("known", [True, False])  # a browser's Python does not know the function
def test_a_disk_without_hard_links(picture: Picture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: bool) -> None:
    def no_links(*names: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", no_links)
    if not known:
        monkeypatch.delattr(os, "link")
    picture.save(tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text(encoding="utf-8") == picture.svg
    with pytest.raises(FileExistsError, match="overwrite=True"):
        picture.save(tmp_path / "a.svg")
    assert len(list(tmp_path.iterdir())) == 1


def test_a_full_disk_leaves_nothing(picture: Picture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*names: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        picture.save(tmp_path / "a.svg", overwrite=True)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()

    monkeypatch.setattr(builtins, "open", full)
    with pytest.raises(OSError, match="disk full"):
        picture.save(tmp_path / "a.svg")
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(picture: Picture, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make it first") as caught:
        picture.save(tmp_path / "no" / "a.svg")
    assert caught.value.filename == str(tmp_path / "no")


def test_a_name_is_never_an_option(picture: Picture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("-o.svg", "-Tpng.png", "--help.dot", "a b;$(x).svg"):
        picture.save(name)
        assert (tmp_path / name).exists()


def test_png(picture: Picture) -> None:
    assert picture.png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", picture.png[16:24])
    assert width >= 2 * picture.size[0]
    assert height >= 2 * picture.size[1]
    assert picture.png is picture.png  # drawn once


def test_a_png_does_not_outgrow_memory() -> None:
    v = Value(1.0, name="x")
    for _ in range(120):
        v = -v
    picture = draw(v)
    assert max(struct.unpack(">II", picture.png[16:24])) <= 16_000


# ---------------------------------------------------------------- notebooks


def test_in_a_notebook(picture: Picture) -> None:
    bundle = picture._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/svg+xml", "text/plain"}
    assert bundle["image/svg+xml"] == picture.svg == picture._repr_svg_()
    assert bundle["text/plain"] == repr(picture)
    image = ElementTree.fromstring(bundle["text/html"].replace('">', '"/>'))
    assert image.tag == "img"
    assert image.attrib["alt"] == picture.alt
    scheme, data = image.attrib["src"].split(",")
    assert scheme == "data:image/svg+xml;base64"
    assert base64.b64decode(data).decode() == picture.svg
    assert bundle["text/html"].count("<") == 1


# ---------------------------------------------------------------- the choice of dot


def script(path: Path, text: str) -> str:
    """A program that stands in for dot."""
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.fixture
def no_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dot, "_embedded", lambda: None)


def test_the_embedded_dot_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(dot.VARIABLE, raising=False)
    script(tmp_path / "dot", "exit 1")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert os.path.basename(dot.find()).startswith("graphviz-pure")
    monkeypatch.setenv(dot.VARIABLE, "system")
    assert dot.find() == str(tmp_path / "dot")
    monkeypatch.setenv(dot.VARIABLE, "embedded")
    assert os.path.basename(dot.find()).startswith("graphviz-pure")


def test_the_system_dot_comes_second(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, no_embedded: None) -> None:
    monkeypatch.delenv(dot.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(dot.GraphvizNotFound, match=re.escape(f"{extra('dot')}, or install Graphviz")):
        draw(Value(1))
    script(tmp_path / "dot", "exit 1")
    assert dot.find() == str(tmp_path / "dot")
    monkeypatch.setenv(dot.VARIABLE, "embedded")
    with pytest.raises(dot.GraphvizNotFound, match="GLASSGRAD_DOT is embedded"):
        draw(Value(1))


def test_the_embedded_dot_is_found_in_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    find = dot._embedded.__wrapped__
    assert os.access(find(), os.X_OK)

    def missing(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "files", lambda name: None)
    assert find() is None
    monkeypatch.setattr(metadata, "files", missing)
    assert find() is None


def test_a_path_chooses_any_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    here = dot._embedded()
    assert here is not None
    monkeypatch.setenv(dot.VARIABLE, script(tmp_path / "mine", f'echo called >> "{tmp_path}/log"; exec "{here}" "$@"'))
    assert draw(Value(1)).svg
    assert (tmp_path / "log").read_text() == "called\ncalled\n"


@pytest.mark.parametrize(
    ("choice", "says"),
    [("dot", "make it embedded, system, or a path"), ("/no/such/dot", "/no/such/dot does not run")],
)
def test_a_wrong_choice(monkeypatch: pytest.MonkeyPatch, choice: str, says: str) -> None:
    monkeypatch.setenv(dot.VARIABLE, choice)
    with pytest.raises(dot.GraphvizNotFound, match=says):
        draw(Value(1))


def test_a_file_that_is_no_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "dot").write_text("no program")
    monkeypatch.setenv(dot.VARIABLE, str(tmp_path / "dot"))
    with pytest.raises(dot.GraphvizNotFound, match=r"does not run.*install one with .*\[dot\]"):
        draw(Value(1))


def test_a_program_that_fails_is_quoted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(dot.VARIABLE, script(tmp_path / "dot", "cat > /dev/null; echo no layout today >&2; exit 3"))
    with pytest.raises(dot.DrawingError, match="exit code 3: no layout today"):
        draw(Value(1))
    assert capfd.readouterr() == ("", "")


def test_a_program_that_is_not_graphviz(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(dot.VARIABLE, script(tmp_path / "dot", "cat > /dev/null; echo hello"))
    with pytest.raises(dot.DrawingError, match="did not write JSON"):
        draw(Value(1))
    here = dot._embedded()
    monkeypatch.setenv(
        dot.VARIABLE,
        script(
            tmp_path / "dot",
            f'case "$*" in *json*) exec "{here}" "$@";; *) cat > /dev/null; echo hello;; esac',
        ),
    )
    with pytest.raises(dot.DrawingError, match="did not write an SVG"):
        draw(Value(1))


# ---------------------------------------------------------------- in a browser


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The page's globals in a browser, where no program can be started: ``graphviz`` is what draws there."""
    program, real, page = dot.find(), dot._finished, SimpleNamespace(asked=[])

    def render(source: str, format: str, engine: str) -> SimpleNamespace:
        page.asked.append((format, engine))
        command = [program, f"-T{format}", *(["-Kneato", "-n2"] if engine == "nop2" else [f"-K{engine}"]), "-q"]
        _, written, _, _ = real(command, source.encode(), None)
        return SimpleNamespace(status="success", output=written.decode())

    page.graphviz = SimpleNamespace(render=render)
    monkeypatch.setattr("sys.platform", "emscripten")
    monkeypatch.setattr(dot, "_finished", lambda *command: pytest.fail("no program can be started here"))
    monkeypatch.setitem(sys.modules, "js", page)  # type: ignore[arg-type]
    return page


def test_a_browser_draws_the_same(picture: Picture, browser: SimpleNamespace) -> None:
    assert drawn().svg == picture.svg
    assert browser.asked == [("json0", "dot"), ("svg", "nop2")]


def test_a_page_without_graphviz(browser: SimpleNamespace) -> None:
    del browser.graphviz
    with pytest.raises(dot.GraphvizNotFound, match=r"globalThis\.graphviz = await Viz\.instance\(\).*make lite"):
        draw(Value(1))


def test_what_the_browsers_graphviz_cannot_is_said(browser: SimpleNamespace) -> None:
    with pytest.raises(dot.DrawingError, match=r"no PNG to be had: save the picture as \.svg"):
        _ = drawn().png
    said = [("warning", "too small"), ("error", "syntax error in line 1"), ("error", "out of memory")]
    errors = [SimpleNamespace(level=level, message=message) for level, message in said]
    browser.graphviz.render = lambda source, format, engine: SimpleNamespace(status="failure", errors=errors)
    with pytest.raises(dot.DrawingError, match=r"Graphviz failed: syntax error in line 1; out of memory$"):
        drawn()


def test_a_time_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(dot.VARIABLE, script(tmp_path / "dot", "exec tail -f /dev/null"))
    with pytest.raises(dot.GraphvizTimeout, match=r"within 0\.05 s.*timeout="):
        draw(Value(1), timeout=0.05)


@pytest.mark.parametrize("limit", [None, 30.0])
def test_an_interrupt_ends_the_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limit: float | None) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def interrupted(process: subprocess.Popen[bytes], source: bytes) -> None:
        started.append(process)
        raise KeyboardInterrupt

    monkeypatch.setenv(dot.VARIABLE, script(tmp_path / "dot", "exec tail -f /dev/null"))
    monkeypatch.setattr(subprocess.Popen, "communicate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        draw(Value(1), timeout=limit)
    assert started[0].returncode == -signal.SIGKILL


def test_no_time_limit() -> None:
    assert draw(Value(1), timeout=None).svg == draw(Value(1)).svg


def test_without_the_package_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "graphviz", None)
    with pytest.raises(dot.GraphvizNotFound, match="install graphviz"):
        draw(Value(1))


def test_errors_are_runtime_errors() -> None:
    assert issubclass(dot.GraphvizNotFound, dot.DrawingError)
    assert issubclass(dot.GraphvizTimeout, dot.DrawingError)
    assert issubclass(dot.DrawingError, RuntimeError)


def test_nothing_on_stderr_for_other_scripts(capfd: pytest.CaptureFixture[str]) -> None:
    draw(Value(1, name="名前 ∂ 🙂"))
    assert capfd.readouterr() == ("", "")


def test_large_graphs_are_laid_out_in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    run = dot.run

    def listen(source: str, format: str, *, engine: str, timeout: float | None) -> bytes:
        asked.append("nslimit" in source)
        return run(source, format, engine=engine, timeout=timeout)

    monkeypatch.setattr(dot, "run", listen)
    v = Value(1.0, name="x")
    for _ in range(layout.MANY):
        v = -v
    draw(v)
    assert asked == [True, False]


def test_a_folder_is_no_file_and_gets_no_draft_beside_it(tmp_path):
    for overwrite in (False, True):
        with pytest.raises(IsADirectoryError, match="it is a folder: name a file in it"):
            write(tmp_path, b"data", overwrite)
