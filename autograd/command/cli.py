"""The command line: ``glassgrad grad``, ``draw``, ``steps``, ``explain``, ``why``, ``quiz``, ``mark``, ``functions``
and ``index``.

Results go to stdout, and every error is one line on stderr with exit code 2.
"""

import argparse
import contextlib
import inspect
import json
import os
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .. import __version__
from ..graph import leaves
from ..op import FUNCTIONS, Op
from ..table import records, table
from ..terminal import say, visible
from ..value import Value
from .arguments import CommandError, options_first, parsers
from .expression import parse
from .files import form_of, give, save, taken, written
from .machine import check_gradients, nearest, usage
from .marking import mark
from .scan import ExpressionError, look_alike, name_problem, read_number

_TABLES = {".txt": "text", ".json": "json"}
_PICTURES = {".svg": "svg", ".png": "png", ".dot": "dot", ".gv": "dot"}
_EXPLANATIONS = {".txt": "text", ".md": "markdown", ".tex": "latex"}
_ANSWERS = {".txt": "text"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, or 2 after an error, which is one line on stderr.

    >>> main(["--version"])
    glassgrad ...
    0
    """
    try:
        return _run(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        say("glassgrad: interrupted", sys.stderr)
        return 130
    except OSError as error:  # of stdout: its reader has gone, or its disk is full
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes the rest at exit
        if isinstance(error, BrokenPipeError):
            return 141  # as a program that the pipe has ended
        problem = f"the output cannot be written: {error.strerror}"
    except (CommandError, ValueError, TypeError, ArithmeticError, RuntimeError) as error:
        problem = str(error)
    say("glassgrad: error: " + visible(" ".join(problem.split())), sys.stderr)
    return 2


def _run(argv: list[str]) -> int:
    top, commands = parsers()
    name = argv[0] if argv else "--help"
    if name in commands:
        try:
            arguments = commands[name].parse_args(options_first(argv[1:]))
            _COMMANDS[name](arguments)
        except SystemExit:  # argparse, after --help
            pass
    elif name in ("-h", "--help", "help"):
        top.print_help()
    elif name == "--version":
        say(f"glassgrad {__version__}")
    else:
        near = nearest(name, commands)
        remedy = f"did you mean {near}?" if near else f"begin with {', '.join(commands)} or --help"
        raise CommandError(f'there is no command "{name}": {remedy}')
    return 0


def _grad(arguments: argparse.Namespace) -> None:
    form = form_of(arguments, _TABLES)
    result, seed = _evaluated(arguments)
    _backward(result, seed)
    if form == "json":
        text = json.dumps(records(result), indent=1)
    else:
        encoding = "utf-8" if arguments.output else sys.stdout.encoding
        text = table(result, arguments.digits, encoding or "utf-8")
    if arguments.output:
        save(arguments.output, f"{text}\n".encode(), arguments.force)
    else:
        say(text)


def _draw(arguments: argparse.Namespace) -> None:
    form = form_of(arguments, _PICTURES)
    if form == "png" and not arguments.output and sys.stdout.isatty():
        raise CommandError("a PNG is not for a terminal: add -o FILE.png, or use > FILE.png")
    result, seed = _evaluated(arguments)
    _backward(result, seed)  # also for a forward picture, so that all pictures of a graph have the same geometry
    from ..pictures import draw  # loads Graphviz: only here

    options = {name: getattr(arguments, name) for name in ("show", "theme", "digits", "reserve", "direction", "symbols")}
    picture = draw(result, **options)
    data = picture.png if form == "png" else (picture.svg if form == "svg" else picture.dot).encode()
    if arguments.output:
        save(arguments.output, data, arguments.force)
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


def _steps(arguments: argparse.Namespace) -> None:
    result, seed = _evaluated(arguments)
    if result.requires_grad:
        check_gradients(result, seed)
    from ..stepper import steps

    found = steps(result, seed, by=arguments.by, theme=arguments.theme, digits=arguments.digits)
    if arguments.output:
        written(arguments.output, lambda: found.save(arguments.output, arguments.force))
    else:
        say(found.text())


def _explain(arguments: argparse.Namespace) -> None:
    form = form_of(arguments, _EXPLANATIONS)
    result, seed = _evaluated(arguments)
    check_gradients(result, seed)
    _inputs(arguments)
    from ..learn import explain

    give(str(explain(result, None, seed, format=form, digits=arguments.digits)), arguments)


def _why(arguments: argparse.Namespace) -> None:
    form_of(arguments, _ANSWERS)
    result, seed = _evaluated(arguments)
    _backward(result, seed)
    from ..learn import why

    inputs = {v.name: v for v in leaves(result)}
    names = dict.fromkeys(_names(arguments.wrt) or _inputs(arguments))
    known = [inputs[name] if name in inputs else Value(0, name) for name in names]  # else one that the result never used
    give("\n".join([str(why(result, v, seed, digits=arguments.digits)) for v in known]), arguments)


def _quiz(arguments: argparse.Namespace) -> None:
    result, grad = _evaluated(arguments)
    check_gradients(result, grad)
    from ..classroom import quiz

    fixed = _names(arguments.fixed) or []
    found = quiz(result, arguments.seed, arguments.hide, fixed=fixed, grad=grad, digits=arguments.digits)
    wanted = ((arguments.output, False), (arguments.solution, True))
    sheets = [(path, found.encoded(path, solved)) for path, solved in wanted if path]
    if len({os.path.abspath(path) for path, _ in sheets}) < len(sheets):
        raise CommandError("-o and --solution name the same file: give each its own")
    for path, _ in sheets:  # before the first is written: both or none
        if os.path.lexists(path) and not arguments.force:
            raise taken(path)
    for path, data in sheets:
        save(path, data, arguments.force)
    if not arguments.output and not arguments.solution:
        say(found.text())


def _inputs(arguments: argparse.Namespace) -> tuple[str, ...]:
    """The names of the expression's inputs, of which there must be one."""
    names = parse(arguments.expression).inputs
    if not names:
        raise CommandError("the expression has no inputs, and so no gradients: write one with a name in it, such as x*y")
    return names


def _names(text: str | None) -> list[str] | None:
    """What ``--wrt`` names."""
    return None if text is None else [name.strip() for name in text.split(",")]


def _index(arguments: argparse.Namespace) -> None:
    from .index import index

    folder = Path(arguments.folder)
    if not folder.is_dir():
        raise CommandError(f"{arguments.folder} is no folder: name the one that the pictures are in")
    save(str(folder / "index.html"), index(folder).encode(), arguments.force)


def _functions(arguments: argparse.Namespace) -> None:
    _run_own(arguments.ops)
    calls = {usage(name): function for name, function in sorted(FUNCTIONS.items())}
    columns = max(map(len, calls)) + 2
    for call, function in calls.items():
        doc = function.doc if isinstance(function, Op) else inspect.getdoc(function) or ""
        say(f"{call:{columns}}{doc.partition(chr(10))[0].replace('``', '')}".rstrip())


def _evaluated(arguments: argparse.Namespace) -> tuple[Value, Any]:
    """The graph of the expression, and the gradient that it starts from."""
    _run_own(arguments.ops)
    expression = parse(arguments.expression)
    values: dict[str, Any] = {}
    for word in arguments.values:
        name, equals, number = (part.strip() for part in word.partition("="))
        if not equals:
            comma = f"; for more names write --wrt {arguments.wrt},{word}" if arguments.wrt and word.isidentifier() else ""
            no = "neither an option nor a" if word.startswith("-") else "no"
            raise CommandError(
                f'"{word}" is {no} value: write NAME=NUMBER, such as x=2, after the expression in quotes{comma}'
            )
        if "=" in number:
            raise CommandError(f'"{word}" has more than one =: write each value as a word of its own, as in x=2 y=3')
        look_alike(word, name, 0)
        if problem := name_problem(name):
            raise CommandError(f'"{name}" in "{word}": {problem}')
        if name in values:
            raise CommandError(f"{name} is given twice: give it one value")
        values[name] = _number(number, f"{name}=", arguments.exact)
    wrt = _names(arguments.wrt)
    seed = _number(arguments.grad, "--grad ", arguments.exact)
    return expression.evaluate(values, exact=arguments.exact, wrt=wrt), seed


def _backward(result: Value, seed: Any) -> None:
    if result.requires_grad:  # a constant has no gradient
        check_gradients(result, seed)
        result.backward(seed)


def _number(text: str, what: str, exact: bool) -> Any:
    try:
        return read_number(text, exact)
    except ExpressionError as error:
        raise CommandError(f"{what}{error}") from None


def _run_own(path: str | None) -> None:
    """Run the reader's own file, which may define operations."""
    if path is None:
        return
    try:
        with open(path, "rb"):  # whether it can be read: a clearer error than the one of running it
            pass
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error
    try:
        runpy.run_path(path)
    except (Exception, SystemExit) as error:
        raise CommandError(f"{path} stopped with {type(error).__name__}: {error}") from error


_COMMANDS = {
    "grad": _grad,
    "draw": _draw,
    "steps": _steps,
    "explain": _explain,
    "why": _why,
    "quiz": _quiz,
    "mark": mark,
    "functions": _functions,
    "index": _index,
}
