"""Machine code on disk: kept, found, made anew where it is damaged, and never in anybody's way."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
from autograd.compile import cache
from autograd.compile.cache import folder, kept


@pytest.fixture
def home(tmp_path, monkeypatch):
    place = tmp_path / "kept"
    monkeypatch.setenv("GLASSGRAD_CACHE", str(place))
    return place


def made(*parts, code=b"code", times=None):
    def make():
        if times is not None:
            times.append(parts)
        return code

    return kept(parts, make)


def test_what_was_made_is_found_again(home):
    times = []
    assert [made("a", times=times) for _ in range(3)] == [b"code"] * 3
    assert times == [("a",)]
    assert made("a", "b", code=b"other", times=times) == b"other"
    assert len(list(home.iterdir())) == 2
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.parametrize("damage", [lambda entry: entry[:-1], lambda entry: b"", lambda entry: entry[:-4] + b"evil"])
def test_a_damaged_entry_is_made_anew(home, damage):
    made("a")
    (entry,) = home.iterdir()
    entry.write_bytes(damage(entry.read_bytes()))
    times = []
    assert made("a", times=times) == b"code" and times
    assert made("a", times=times) == b"code" and len(times) == 1


def test_what_cannot_be_kept_is_made_every_time(home, monkeypatch):
    home.mkdir(mode=0o777)
    home.chmod(0o777)  # others could put code there
    assert made("a") == b"code" and not list(home.iterdir())
    monkeypatch.setenv("GLASSGRAD_CACHE", "off")
    assert folder() is None and made("a") == b"code"
    file = home.parent / "file"
    file.write_text("")
    monkeypatch.setenv("GLASSGRAD_CACHE", str(file / "below"))
    assert made("a") == b"code"


def test_a_folder_that_cannot_be_written_to_is_no_error(home, monkeypatch):
    def refuse(*given, **more):
        raise PermissionError("read-only")

    monkeypatch.setattr(cache, "write", refuse)
    assert made("a") == b"code" and not list(home.iterdir())


def test_an_entry_that_cannot_be_dated_is_still_used(home, monkeypatch):
    made("a")
    monkeypatch.setattr(cache.os, "utime", lambda path: (_ for _ in ()).throw(PermissionError))
    times = []
    assert made("a", times=times) == b"code" and not times


def test_the_oldest_go(home, monkeypatch):
    monkeypatch.setattr(cache, "MOST", 2)
    for number, part in enumerate("abc"):
        made(part)
        for entry in home.iterdir():
            if entry.stat().st_mtime > 1e9:
                os.utime(entry, (number, number))
    assert len(list(home.iterdir())) == 2
    times = []
    made("c", times=times)
    made("b", times=times)
    assert not times
    made("a", times=times)
    assert times


def test_the_usual_folder(monkeypatch):
    monkeypatch.delenv("GLASSGRAD_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert folder() == Path("/somewhere/glassgrad")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setattr(sys, "platform", "linux")
    assert folder() == Path("/home/me/.cache/glassgrad")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert folder() == Path("/home/me/Library/Caches/glassgrad")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert folder() is None


def test_the_folder_as_people_name_it(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("GLASSGRAD_CACHE", "~/kept")
    assert folder() == Path("/home/me/kept")
    for name in ("off", "OFF", "Off"):
        monkeypatch.setenv("GLASSGRAD_CACHE", name)
        assert folder() is None


def test_a_report_says_only_where_code_can_be_kept(home, monkeypatch):
    pytest.importorskip("llvmlite")
    fast = autograd.compile(lambda x: x * x, backend="llvm")
    fast(2.0)
    assert f"kept in {home}" in str(fast.report()) and home.is_dir()
    home.chmod(0o777)  # others could put code there
    assert "not kept on disk" in str(fast.report()) and str(home) not in str(fast.report())
    home.chmod(0o700)
    monkeypatch.setattr(cache.os, "access", lambda place, how: False)  # one of root's may always be written to
    assert "not kept on disk" in str(fast.report())
    monkeypatch.undo()
    (file := home / "file").write_text("")
    for place in (str(file), str(file / "below"), "off"):
        monkeypatch.setenv("GLASSGRAD_CACHE", place)
        assert "not kept on disk" in str(fast.report()), place


USE = """
import autograd
fast = autograd.compile(lambda x: autograd.exp(x) * x, backend="llvm")
assert fast(1.0) == 2.718281828459045
"""


def test_another_process_loads_what_one_compiled(home):
    pytest.importorskip("llvmlite")
    found = []
    for _ in range(2):
        subprocess.run([sys.executable, "-c", USE], check=True, env={**os.environ, "GLASSGRAD_CACHE": str(home)})
        found.append({entry.name: entry.read_bytes() for entry in home.iterdir()})
    assert found[0] == found[1] and found[0]


def test_an_entry_that_is_no_code_of_ours_is_never_loaded(home):
    """The name holds all it depends on: another text is another entry."""
    made("one", code=b"1")
    made("on", "e", code=b"2")
    assert made("one", code=b"3") == b"1" and made("on", "e", code=b"3") == b"2"
