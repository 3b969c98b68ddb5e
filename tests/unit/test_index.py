"""The commands ``steps`` and ``index``, and the page of a folder."""

import re
from html import escape
from pathlib import Path

import pytest

from autograd import Value, draw, steps
from autograd.command.cli import main
from autograd.command.index import index


def test_steps_in_words(capsys):
    assert main(["steps", "z = x*y", "x=2", "y=3", "--grad", "5"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[-2:] == [
        "4  Backward 1 of 2: ∂L/∂x = ∂L/∂z · ∂z/∂x = 5 · 3 = 15",
        "5  Backward 2 of 2: ∂L/∂y = ∂L/∂z · ∂z/∂y = 5 · 2 = 10",
    ]
    assert main(["steps", "a*a", "a=2", "--by", "edge"]) == 0
    assert "so far 0 + 2 = 2" in capsys.readouterr().out
    assert main(["steps", "exp(a)", "a=2.0", "--digits", "2"]) == 0
    assert "v1 = exp(a) = exp(2) = 7.4\n" in capsys.readouterr().out


def test_steps_of_a_constant(capsys):
    assert main(["steps", "2"]) == 0
    assert "Nothing is computed yet" in capsys.readouterr().out


def test_steps_in_files(tmp_path, capsys):
    page, folder = tmp_path / "z.html", tmp_path / "frames"
    for path in (page, folder):
        command = ["steps", "x*y", "x=2", "y=3", "-o", str(path), "--theme", "dark"]
        assert main(command) == 0
        assert capsys.readouterr().out == f"wrote {path}\n"
        assert main(command) == 2
        assert "exists: add --force to replace it" in capsys.readouterr().err
        assert main([*command, "--force"]) == 0
        capsys.readouterr()
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert len(list(folder.iterdir())) == 6
    assert main(["steps", "x*y", "x=2", "y=3", "-o", str(tmp_path / "z.pdf")]) == 2
    assert "end its name in .html" in capsys.readouterr().err


def test_a_page_of_a_folder(tmp_path, capsys):
    z = Value(2, "<x>") * Value(3, "y")
    draw(z).save(tmp_path / "a & b.svg")
    draw(z).save(tmp_path / "z.png")
    steps(z).save(tmp_path / "z.html")
    steps(z).save(tmp_path / "y frames")
    (tmp_path / "empty").mkdir()
    (tmp_path / "plain.svg").write_text("<svg/>")
    (tmp_path / "table.txt").write_text("1 < 2\n")
    (tmp_path / "words.md").write_text("**Answer** & all\n")
    (tmp_path / "words.tex").write_text("y &= 3\n")
    (tmp_path / "other.json").write_text("{}")
    assert main(["index", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"wrote {tmp_path / 'index.html'}\n"
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'(?:src|href)="([^"]*)"', text) == [
        "./z.html",
        "./a%20%26%20b.svg",
        "./plain.svg",
        *[f"./y%20frames/step-0{k}.svg" for k in range(6)],
        "./z.png",
    ]
    assert "<summary>y frames: 6 pictures</summary>" in text and "empty" not in text
    assert "<pre>**Answer** &amp; all</pre>" in text and "<pre>y &amp;= 3</pre>" in text
    assert "<pre>1 &lt; 2</pre>" in text and ">plain.svg<" in text and "json" not in text
    assert f">{escape(draw(z).title)}<" in text and "&lt;x&gt;" in text
    assert main(["index", str(tmp_path)]) == 2
    assert "add --force" in capsys.readouterr().err
    assert main(["index", str(tmp_path), "--force"]) == 0
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == text


def test_an_empty_folder_and_none(tmp_path, capsys):
    assert "<ul>" not in index(tmp_path)
    assert main(["index", str(tmp_path / "none")]) == 2
    assert "is no folder" in capsys.readouterr().err
    with pytest.raises(FileNotFoundError):
        index(Path("no such folder"))
