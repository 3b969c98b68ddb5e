"""The line that says what takes long: where, when, and that nothing of it stays."""

import io
import sys

import pytest

import autograd
from autograd.compile import progress
from autograd.compile.progress import compiling


class Terminal(io.StringIO):
    """A stream that shows what it is given, as a terminal does."""

    def isatty(self):
        return True

    @property
    def screen(self):
        """What stands in the line now, and everything that was seen on the way."""
        seen, line, at = [], [], 0
        for letter in self.getvalue():
            if letter == "\r":
                seen.append("".join(line).rstrip())
                at = 0
            else:
                line[at : at + 1] = [letter]
                at += 1
        return "".join(line).rstrip(), [text for text in seen if text]


Notebook = type("OutStream", (Terminal,), {"__module__": "ipykernel.iostream", "isatty": lambda self: False})


@pytest.fixture
def watch(monkeypatch):
    """Puts a stream in place of stderr, and a clock that goes on by so much each time that it is read."""

    def watching(stream, tick):
        now = iter(range(10**9))
        monkeypatch.setattr(progress, "perf_counter", lambda: tick * next(now))
        monkeypatch.setattr(sys, "stderr", stream)
        return stream

    return watching


def stages(shown=True):
    with compiling(shown) as tell:
        tell("recording")
        tell("lowering", 50_000)
        tell("scheduling", 60_000)


@pytest.mark.parametrize("kind", [Terminal, Notebook])
def test_it_says_what_takes_more_than_a_second(watch, kind):
    stream = watch(kind(), 0.4)
    stages()
    assert stream.screen == ("", ["compiling: scheduling 60,000 operations ... 1.2 s"])
    assert stream.getvalue().endswith("\r")


def test_each_stage_takes_the_line_over(watch):
    stream = watch(Terminal(), 1.5)
    stages()
    assert stream.screen[1] == [
        "compiling: recording ... 1.5 s",
        "compiling: lowering 50,000 operations ... 3.0 s",
        "compiling: scheduling 60,000 operations ... 4.5 s",
    ]
    with compiling(True) as tell:
        tell("a long name of a stage")
        tell("a short one")
    assert stream.screen[1][-1] == "compiling: a short one ... 3.0 s" and stream.screen[0] == ""


def test_what_will_take_long_is_said_before(watch):
    stream = watch(Terminal(), 0.01)
    with compiling(True) as tell:
        tell("scheduling", 400_000)
        tell("scheduling", 500_000)
        tell("the rest")
    assert stream.screen[1] == ["compiling: scheduling 500,000 operations ... 0.0 s", "compiling: the rest ... 0.0 s"]


def test_nothing_is_said_of_what_is_quick(watch):
    stream = watch(Terminal(), 0.2)
    stages()
    assert stream.getvalue() == ""


def test_nothing_is_said_where_nobody_looks(watch):
    closed = Terminal()
    closed.close()
    for stream in (io.StringIO(), None, closed, object()):
        watch(stream, 2.0)
        stages()
        if isinstance(stream, io.StringIO) and stream is not closed:
            assert stream.getvalue() == ""


def test_nothing_is_said_if_not_wanted(watch):
    stream = watch(Terminal(), 2.0)
    stages(shown=False)
    autograd.compile(lambda x: x * x, progress=False, backend="llvm")(3)
    assert stream.getvalue() == ""


def test_a_stream_that_breaks_breaks_nothing(watch):
    stream = watch(Terminal(), 2.0)
    with compiling(True) as tell:
        tell("lowering")
        stream.close()
        tell("scheduling")


def test_the_line_goes_on_errors_too(watch):
    stream = watch(Terminal(), 2.0)

    def failing():
        with compiling(True) as tell:
            tell("lowering")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert stream.screen == ("", ["compiling: lowering ... 2.0 s"])


def test_the_stages_of_a_function(watch):
    stream = watch(Terminal(), 1.0)
    fast = autograd.compile(lambda x: autograd.exp(x) * x + x, backend="llvm")
    fast(2.0)
    told = [line.removeprefix("compiling: ").rpartition(" ... ")[0] for line in stream.screen[1]]
    assert told == [
        "lowering 4 operations",
        "scheduling 4 operations",
        "loops for 4 operations",
        "machine code for 4 operations",
    ]
    written = stream.getvalue()
    fast(3.0)
    assert stream.getvalue() == written
    fast.batch([3.0] * 20)  # other code
    assert len(stream.screen[1]) == 6 and stream.screen[0] == ""
