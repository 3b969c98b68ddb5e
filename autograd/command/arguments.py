"""What the command line accepts: commands, options, help."""

import argparse
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from ..terminal import say
from .machine import nearest

_EXAMPLES = {
    "grad": (
        'grad "x*y" x=2 y=3 --grad 5',
        'grad "ŷ = x*w; s = ŷ - y; loss = s**2" x=1 w=1 y=2 --wrt w',
        'grad "(x + 1/3)**3" x=1/2 --exact',
        'grad "-log(softmax([a, b, c])[0])" a=1 b=2 c=-1 -o logits.json',
    ),
    "draw": (
        'draw "(x*w - y)**2" x=1 w=1 y=2 -o loss.svg',
        'draw "z = x*y" x=2 y=3 --grad 5 --show all --theme print -o product.png',
        'draw "(x*w - y)**2" x=1 w=1 y=2 --symbols --direction TB -o formulas.svg',
    ),
    "steps": (
        'steps "(x*w - y)**2" x=1 w=1 y=2 --wrt w -o loss.html',
        'steps "b = a + a; c = b*a" a=3 --by edge -o shared.html',
        'steps "z = x*y" x=2 y=3 --grad 5',
    ),
    "explain": (
        'explain "(x*w - y)**2" x=1 w=1 y=2 --wrt w',
        'explain "b = a + a; c = b*a" a=3 -o shared.md',
        'explain "tanh(w*x + b)" w=0.5 x=2 b=0.1 --format latex',
    ),
    "why": (
        'why "relu(x*w)" x=-1 w=2',
        'why "sigmoid(w*x)" w=9 x=5 --wrt w',
        'why "x**2 * x**2" x=1e-200',
        'why "log(x - y)" x=1 y=1.0',
    ),
    "quiz": (
        'quiz "loss = (x*w - y)**2" x=2 w=1 y=4 --wrt w -o sheet.html',
        'quiz "loss = (x*w - y)**2" x=2 w=1 y=4 --seed 7 -o sheet7.html --solution solution7.html',
        'quiz "b = a + a; c = b*a" a=3 --hide all',
        'quiz "loss = (x*w - y)**2" x=2 w=1 y=4 --seed Ada --fixed y -o sheet.json',
    ),
    "mark": (
        "mark sheet.json answers.json",
        "mark sheet.json answers.json -o marks.json",
        "mark sheets/ answers/ -o grades.csv",
        "mark sheets/ class.json --format csv",
    ),
    "functions": ("functions", "functions --ops mine.py"),
    "index": ("index pictures/", "index pictures/ --force"),
}


_WRITES = {
    "grad": ".txt or .json",
    "draw": ".svg, .png, .dot or .gv",
    "steps": "a page, .html, or a folder of pictures, frames/",
    "explain": ".txt, .md or .tex",
    "why": ".txt",
    "quiz": "a page, .html, or .svg, .txt or .json",
    "mark": ".txt, .json, or .csv for a class",
}


def _examples(commands: Sequence[str], most: int) -> str:
    lines = [f"  glassgrad {example}" for command in commands for example in _EXAMPLES[command][:most]]
    return "\n".join(["examples:", *lines])


_MARK = """\
Mark answers, with follow-through: one student's, or a class's as a table. QUIZ.json is what glassgrad quiz wrote, with -o or
--solution; it holds the answers, so keep it from students. A class has a folder of exercises, a file for each student (or
a pattern in quotes, "sheets/*.json"), and a folder of answers, or one object by student: {"Ada": [1, 2], "Grace": [3]}.
A file is a student's who has its name, or its seed's."""


class CommandError(Exception):
    """A command that cannot be carried out; its text is one line with the cause and the remedy."""


class _Parser(argparse.ArgumentParser):
    """An argument parser that prints what any terminal can show, and whose errors are one line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        unknown = re.match(r"unrecognized arguments: (--?\w[^\s=]*)", message)
        if unknown:
            near = nearest(unknown[1], [option for action in self._actions for option in action.option_strings])
            message = f"there is no option {unknown[1]}"
            if near:
                raise CommandError(f"{message}: did you mean {near}?")
        raise CommandError(f"{message.replace(': -- ', ': ')}; see {self.prog} --help")

    def print_help(self, file: Any = None) -> None:
        say(self.format_help().rstrip())


def parsers() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """The parser that shows the general help, and one for each command."""
    top = _Parser(
        prog="glassgrad",
        description="See backpropagation: the forward and the backward pass of an expression, as a table or a picture.",
        epilog=_examples(list(_EXAMPLES)[:-1], 1),
    )
    top.add_argument("--version", action="store_true", help="print the version")
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    about = "The passes as a {}. An expression has + - * / **, functions, lists, pi, e, and statements name = ...;"
    grad = commands.add_parser("grad", help="print values and gradients", description=about.format("table"))
    draw = commands.add_parser("draw", help="draw them", description=about.format("picture"))
    steps = commands.add_parser("steps", help="step through them", description=about.format("series of steps"))
    explain = commands.add_parser("explain", help="explain the gradients", description=about.format("chain rule, in full"))
    why = commands.add_parser("why", help="say what is wrong with a gradient", description=about.format("reason, in words"))
    quiz = commands.add_parser("quiz", help="make an exercise of them", description=about.format("sheet of exercises"))
    mark = commands.add_parser("mark", help="mark answers to an exercise", description=_MARK)
    functions = commands.add_parser("functions", help="list the functions")
    index = commands.add_parser("index", help="make a page of a folder's pictures", description="Write FOLDER/index.html.")
    for command in (grad, draw, steps, explain, why, quiz):
        command.add_argument("expression", help='in quotes, such as "a = x*y; exp(a)"')
        command.add_argument(
            "values", nargs="*", default=[], metavar="NAME=NUMBER", help="such as x=2 y=-0.5 z=1/3 (stays exact)"
        )
        command.add_argument("--grad", metavar="NUMBER", default="1", help="the gradient of the result; default 1")
        command.add_argument("--wrt", metavar="NAMES", help="the inputs that get gradients, such as w,b; default all")
        command.add_argument("--exact", action="store_true", help="compute with fractions: 0.1 is 1/10")
    mark.add_argument("quiz", metavar="QUIZ.json", help="the exercise, or a folder of them")
    an = 'such as [-4, -4, "2/3"], {"1": -4} or {"∂loss/∂w": -8}; several files, a folder, or an object by student'
    mark.add_argument("answers", metavar="ANSWERS.json", nargs="+", help=an)
    for command in (grad, draw, steps, explain, why, quiz, mark):
        command.add_argument("-o", "--output", metavar="FILE", help=f"write a file: {_WRITES[command.prog.split()[-1]]}")
        command.add_argument("--force", action="store_true", help="replace the file if it exists")
    for name, command in commands.choices.items():
        command.epilog = _examples([name], 9)
    for command in (grad, draw, steps, explain, why, quiz):
        command.add_argument("--digits", type=int, default=4, choices=range(1, 18), metavar="1..17", help="default 4")
    grad.add_argument("--format", choices=("text", "json"), help="default: by the file's suffix, else text")
    mark.add_argument("--format", choices=("text", "json", "csv"), help="default: by the file's suffix, else text")
    draw.add_argument("--format", choices=("svg", "png", "dot"), help="default: by the file's suffix, else svg")
    draw.add_argument("--show", choices=("forward", "local", "backward", "both", "all"), default="both", help="default both")
    draw.add_argument("--reserve", choices=("both", "all"), help="lay out as for --show both, or all")
    draw.add_argument("--direction", choices=("LR", "RL", "TB", "BT"), default="LR", help="default LR, left to right")
    draw.add_argument("--symbols", action="store_true", help="formulas instead of numbers")
    steps.add_argument("--by", choices=("node", "edge"), default="node", help="one node a step, or one +=; default node")
    for command in (draw, steps):
        command.add_argument("--theme", choices=("light", "dark", "print", "cs231n"), default="light", help="default light")
    explain.add_argument("--format", choices=("text", "markdown", "latex"), help="default: by the file's suffix, else text")
    hidden = ("values", "local", "gradients", "backward", "all")
    quiz.add_argument("--hide", choices=hidden, default="gradients", help="the numbers to work out; default gradients")
    quiz.add_argument("--seed", metavar="SEED", help="draw other inputs: a number or a name for each student")
    quiz.add_argument("--fixed", metavar="NAMES", help="inputs that keep their numbers whatever the seed, such as y")
    quiz.add_argument("--solution", metavar="FILE", help="write the solution to this file")
    index.add_argument("folder", metavar="FOLDER", help="where the pictures, pages and tables are")
    index.add_argument("--force", action="store_true", help="replace the page if it exists")
    for command in (grad, draw, steps, explain, why, quiz, functions):
        command.add_argument(
            "--ops", metavar="FILE.py", help="run this file first, AS PYTHON CODE: it may define operations"
        )
    return top, dict(commands.choices)


WITH_VALUE = (
    "--grad",
    "--wrt",
    "--digits",
    "--ops",
    "--output",
    "-o",
    "--format",
    "--show",
    "--theme",
    "--reserve",
    "--by",
    "--direction",
    "--hide",
    "--seed",
    "--fixed",
    "--solution",
)


def options_first(argv: list[str]) -> list[str]:
    """Options, ``--``, and the rest: so ``-x*2`` may be an expression, and ``-1/3`` the number of ``--grad``."""
    options: list[str] = []
    rest: list[str] = []
    left = iter(argv)
    for word in left:
        if word == "--":
            rest += left
        elif word in WITH_VALUE:
            options += [f"{word}={value}" for value in [next(left, None)] if value is not None] or [word]
        elif word.startswith("-o=") or word == "-h" or (word.startswith("--") and word[2].isalpha()):
            options.append(word)
        else:
            rest.append(word)
    return [*options, "--", *rest] if rest else options
