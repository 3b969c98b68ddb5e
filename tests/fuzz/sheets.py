"""What is fuzzed, continued: exercises as JSON, answers to them, and the command that marks both."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import texts
from guard import Finding
from pages import forge

from autograd import Value
from autograd.classroom import Quiz, quiz
from autograd.command.cli import main

SIGNS = ['"', "{", "}", "[", "]", ",", ":", "0", "1e999", "NaN", "null", "\\u0000", "[" * 3000]
HIDE = ("values", "local", "gradients", "backward", "all")


def sheets() -> list[str]:
    """Good exercises, to begin with."""
    x, y, w = Value(2, "x", requires_grad=False), Value(4, "y", requires_grad=False), Value(1, "w")
    graphs = [(w * x - y) ** 2, (w * 0.5 + x).tanh() / y]
    return [quiz(node, seed, hide).to_json(solution=True) for node in graphs for hide in HIDE for seed in (None, 7)]


SHEETS: list[str] = []


def forged(dice: random.Random, text: str) -> str:
    """JSON with signs changed, or with something else in some places."""
    if dice.random() < 0.4:
        return texts.mutated(dice, text, SIGNS)
    content = json.loads(text)
    for _ in range(dice.randint(1, 3)):
        forge(dice, content)
    return json.dumps(content)


def exercise(clear: Callable[[BaseException], None], dice: random.Random) -> None:
    """An exercise that somebody forged, and answers that somebody gave."""
    if not SHEETS:
        SHEETS.extend(sheets())
    good = dice.choice(SHEETS)
    text = forged(dice, good) if dice.random() < 0.7 else good
    answers = dice.choice((good, json.dumps(json.loads(good)["answers"]), json.dumps([1, "−2/3", None, "1e3"])))
    answers = forged(dice, answers)
    try:
        found = Quiz.from_json(text)
        again = Quiz.from_json(found.to_json())
        if again.answers != found.answers or not all(map(number, found.answers.values())):
            raise Finding(f"an exercise that changes: {text[:500]!r}")
        marks = found.mark(answers)
        if not 0 <= marks.points <= marks.most == len(found.blanks):
            raise Finding(f"{marks.points} of {marks.most} points")
        json.loads(marks.to_json())
        if not found.mark(found.answers):
            raise Finding(f"its own solution is not right: {text[:500]!r}")
    except (ValueError, TypeError) as error:
        clear(error)
    if dice.random() < 0.1:
        for name, content in (("quiz.json", text), ("answers.json", answers)):
            Path(name).write_bytes(content.encode("utf-8", "surrogatepass"))
        if main(["mark", "quiz.json", "answers.json"]) not in (0, 2):
            raise Finding("neither marks nor an error")


def number(x: Any) -> bool:
    """Whether it is one that can be written down."""
    return x == x and abs(x) < float("inf")
