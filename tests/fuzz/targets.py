"""What is fuzzed: each target takes dice, makes one input, and raises where the answer is not a documented one."""

from __future__ import annotations

import contextlib
import importlib
import io
import pkgutil
import random
import struct
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy
import pages
import sheets
import texts
from guard import Finding, watched

import autograd
import nn
from autograd import StaleError, Value, explain, steps
from autograd.command.cli import main
from autograd.command.expression import ExpressionError, parse
from autograd.pictures import draw
from autograd.terminal import visible
from autograd.testing.strategies import TABLE
from autograd.testing.strategies.numbers import affordable

PYTHONS_OWN = ("NoneType", "object is not", "object has no", "unsupported operand", "has no attribute", "unpack",
    "recursion",
               "index out of range", "positional argument", "unexpected keyword",
               "object cannot be interpreted")  # fmt: skip
"""What is said where a program has not thought of a case: no message of ours."""


def clear(error: BaseException) -> None:
    """An error that is allowed must also say something."""
    text = str(error)
    if not text or any(part in text for part in PYTHONS_OWN):
        raise Finding(f"an unclear message: {type(error).__name__}: {text!r:.300}") from error


# ---------------------------------------------------------------- numbers


def number(dice: random.Random) -> Any:
    return dice.choice((
        lambda: dice.randint(-3, 3), lambda: dice.choice((0.0, -0.0, float("inf"), float("-inf"), float("nan"), 5e-324)),
        lambda: struct.unpack("d", dice.randbytes(8))[0], lambda: 10 ** dice.choice((20, 400, 5000)) * dice.choice((1, -1)),
        lambda: Fraction(dice.randint(-9, 9), dice.randint(1, 9)), lambda: Fraction(1, 10**400), lambda: dice.uniform(-4, 4),
        lambda: dice.random() < 0.5, lambda: numpy.float32(dice.uniform(-4, 4)), lambda: numpy.int8(dice.randint(-128, 127)),
        lambda: numpy.bool_(True), lambda: numpy.array(2.5), lambda: numpy.float64("nan"),
    ))()  # fmt: skip


def junk(dice: random.Random) -> Any:
    return dice.choice((
        None, "1", "", b"1", 1j, Decimal("0.1"), [], [1.0], (), {}, {1}, object(), object, len, ..., NotImplemented,
        range(3), numpy.array([1.0]), numpy.array([[1, 2]]), numpy.datetime64("2020-01-01"), numpy.complex64(1),
        bytearray(2), iter([]), Value(1.0), texts.anything(dice),
    ))  # fmt: skip


def value(dice: random.Random) -> None:
    """``Value(...)`` of anything, and what can be done with it."""
    given = number(dice) if dice.random() < 0.6 else junk(dice)
    try:
        v = Value(given, *([junk(dice)] if dice.random() < 0.05 else []))
    except TypeError as error:
        return clear(error)
    if type(v.data) not in (int, float, Fraction):
        raise Finding(f"Value({given!r}) holds {v.data!r}")
    repr(v)
    other = dice.choice((number, junk))(dice)
    op = dice.choice(TABLE)
    args = [dice.choice((v, v, other)) for _ in range(op.arity or dice.randint(1, 4))]
    args[0] = v
    bare = tuple(a.data if isinstance(a, Value) else a for a in args)
    if not all(isinstance(a, (int, float, Fraction)) for a in bare) or affordable(op, bare):
        allowed(lambda: send(op(*args)))
    sign = dice.choice(("__add__", "__sub__", "__mul__", "__truediv__", "__radd__", "__rtruediv__", "__lt__", "__ge__"))
    allowed(lambda: getattr(v, sign)(other))


def send(z: Any) -> None:
    if isinstance(z, Value) and z.requires_grad:
        z.backward()


def allowed(act: Callable[[], Any]) -> None:
    """A result, or one of the errors that arithmetic is documented to raise."""
    try:
        repr(act())
    except (TypeError, ZeroDivisionError) as error:
        clear(error)


# ---------------------------------------------------------------- expressions and commands


def expression(dice: random.Random) -> None:
    """The parser, and the machine behind it."""
    text = texts.formula(dice)
    try:
        found = parse(text)
        values = {name: dice.choice((2, 0.5, 0, -3, Fraction(1, 3), 10**50, float("inf"))) for name in found.inputs}
        result = found.evaluate(values, exact=dice.random() < 0.3)
    except ExpressionError as error:
        clear(error)
        if str(error) != visible(str(error)) or len(str(error)) > 500:
            raise Finding(f"not one clean line: {str(error)!r:.300}") from error
        return
    if not isinstance(result, Value):
        raise Finding(f"{text!r} gave {result!r}")


OPTIONS = ["--grad", "--wrt", "--exact", "--digits", "--show", "--theme", "--reserve", "--direction", "--symbols",
    "--format", "--by",
           "--force", "-o", "--help", "--version", "-h", "--", "-", "--nothing", "-x"]  # fmt: skip
WORDS = ["x=2", "y=3", "x=", "=2", "x=2=3", "w=1/0", "x=1/3", "x=nan", "w=1e999", "x=0x1", "x,y", "5", "-1", "0",
    "1e400", "forward", "all",
         "print", "dot", "json", "text", "latex", "LR", "edge", "f.svg", "f.txt", "f.json", "f.dot", "f.html", "f.md",
         "f.tex", "f.exe",
         "frames/", ".", "", "f.png.txt"]  # fmt: skip


def command(dice: random.Random) -> None:
    """A whole command, in this process; drawing, which starts dot, is rare."""
    words = list(dice.choice(texts.COMMANDS))
    if words[0] in ("draw", "steps") and dice.random() < 0.9:
        words[0] = dice.choice(("grad", "explain", "why"))
    for _ in range(dice.choice((0, 1, 1, 2, 4))):
        place = dice.randint(0, len(words))
        kind = dice.random()
        if kind < 0.3:
            words[place:place] = [dice.choice(OPTIONS), *dice.choices(WORDS, k=dice.randint(0, 1))]
        elif kind < 0.6:
            words[place:place] = [dice.choice(WORDS)]
        elif kind < 0.7:
            del words[place : place + 1]
        elif words:
            k = dice.randrange(len(words))
            words[k] = texts.formula(dice) if dice.random() < 0.5 else texts.mutated(dice, words[k])
    words = [word for word in words if "--ops" not in word and stays(word)]
    code, out, err = carried_out(words)
    if code not in (0, 2):
        raise Finding(f"exit code {code} of {words!r}")
    if code == 2 and (out or not err.startswith("glassgrad: error: ") or err.count("\n") != 1):
        raise Finding(f"an error is one line on stderr; {words!r} gave {out!r:.200} and {err!r:.300}")
    if code == 2:
        clear(ValueError(err))
    if code == 0 and err:
        raise Finding(f"{words!r} succeeded, and said {err!r:.300}")


def stays(word: str) -> bool:
    """Whether a word, taken as a file's name, stays in the folder: a file is written where the reader says."""
    try:
        ends = range(len(word) if word.startswith("-") else 1)  # an option may have its file's name at its end
        return all(Path(word[k:]).resolve().is_relative_to(Path.cwd()) for k in ends)
    except (ValueError, OSError):  # no name that a file can have
        return True


def carried_out(words: list[str]) -> tuple[int, str, str]:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="surrogateescape") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words)
    found = []
    for stream in (out, err):
        stream.flush()
        found.append(stream.buffer.getvalue().decode("utf-8", "replace"))  # type: ignore[attr-defined]
    return code, found[0], found[1]


def exercise(dice: random.Random) -> None:
    """Exercises and answers as JSON; what the command says is not looked at twice."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        sheets.exercise(clear, dice)


TARGETS: dict[str, tuple[Callable[[random.Random], None], float]] = {
    "value": (value, 40),
    "expression": (expression, 40),
    "command": (command, 12),
    "model": (pages.model, 7),
    "exercise": (exercise, 5),
    "labels": (pages.labels, 1),
}
"""Each target, and how many of 100 inputs are for it."""


def case(seed: str, index: int, only: str | None) -> str:
    """Try one input; the target's name."""
    dice = random.Random(f"{seed} {index}")
    name = only or dice.choices(list(TARGETS), [weight for _, weight in TARGETS.values()])[0]
    with watched(Path.cwd()):
        try:
            TARGETS[name][0](dice)
        except StaleError as error:
            raise Finding(f"a fresh graph is called stale: {error}") from error
    return name


def warm() -> None:
    """Load everything that is loaded when first used, for loading modules runs code."""
    for package in (autograd, nn):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    for words in texts.COMMANDS:
        carried_out([word for word in words if word not in ("-o", "--output")])
    z, x = pages.graph(["x", "y", "z"])
    steps(z).html()
    pages.tame(draw(z).svg)
    explain(z, x, format="latex")
