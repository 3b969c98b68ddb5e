"""Answers marked with follow-through: the first wrong number costs, and what is right relative to it does not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..formula import number as told
from ..intrinsics import to_float
from ..learn.exercise import CLOSE, fault
from ..pictures.text import visible
from ..story import Story
from .again import read, written
from .blanks import Blank, by_symbol
from .mistakes import MISTAKES, Working, same

LONGEST_JSON = 1_000_000
"""The most signs of JSON that is read."""
VERDICTS = ("right", "follows", "wrong", "missing")


@dataclass(frozen=True)
class Mark:
    """What one answer is worth.

    Attributes:
        blank: which number was asked for.
        answer: what was answered; None where nothing was, or no number.
        verdict: ``"right"``; ``"follows"``, not the right number, but right given the numbers before it; ``"wrong"``; or
            ``"missing"``.
        expected: what is right given the numbers before it.
        mistakes: the known mistakes that give this number, by their names in ``autograd.classroom.mistakes.MISTAKES``.
        text: all of this in words, without the right number.
    """

    blank: Blank
    answer: Any
    verdict: str
    expected: Any
    mistakes: tuple[str, ...]
    text: str

    @property
    def point(self) -> int:
        """1 for a number that is right, or right given the numbers before it; else 0."""
        return int(self.verdict in ("right", "follows"))


@dataclass(frozen=True)
class Marks(Sequence[Mark]):
    """What the answers to an exercise are worth, one :class:`Mark` after the other; true where all are right.

    Attributes:
        first_wrong: the first mark that is wrong, where to begin again; None if none is.
        points: how many numbers are right, or right given those before.
        most: how many there are.

    >>> from autograd import Value
    >>> from autograd.classroom import quiz
    >>> x, y = Value(2, name="x"), Value(5, name="y")
    >>> print(quiz((x - y)**2).mark({"∂v2/∂v1": 6, "∂v2/∂x": 6, "∂v2/∂y": -6}))
    2 of 3 points
    (1) ∂v2/∂v1 = 6: wrong. 6 has the right size, but not the right sign.
    (2) ∂v2/∂x = 6: right, given the numbers before it.
    (3) ∂v2/∂y = −6: right, given the numbers before it.
    """

    marks: tuple[Mark, ...]

    def __len__(self) -> int:
        return len(self.marks)

    def __getitem__(self, i: Any) -> Any:
        return self.marks[i]

    def __iter__(self) -> Iterator[Mark]:
        return iter(self.marks)

    def __bool__(self) -> bool:
        return all(mark.verdict == "right" for mark in self.marks)

    @property
    def first_wrong(self) -> Mark | None:
        """The first mark that is wrong."""
        return next((mark for mark in self.marks if mark.verdict == "wrong"), None)

    @property
    def points(self) -> int:
        """How many numbers are right, or right given those before."""
        return sum(mark.point for mark in self.marks)

    @property
    def most(self) -> int:
        """How many points there are."""
        return len(self.marks)

    def __str__(self) -> str:
        return "\n".join([f"{self.points} of {self.most} points", *(mark.text for mark in self.marks)])

    __repr__ = __str__

    def to_json(self) -> str:
        """The marks for other programs: points, and one object for each number."""
        rows = [
            {
                "number": mark.blank.number,
                "symbol": mark.blank.symbol,
                "answer": None if mark.answer is None else written(mark.answer),
                "verdict": mark.verdict,
                "point": mark.point,
                "mistakes": list(mark.mistakes),
                "text": mark.text,
            }
            for mark in self.marks
        ]
        return json.dumps({"points": self.points, "most": self.most, "marks": rows}, ensure_ascii=False)


def marked(story: Story, asked: Sequence[Blank], answers: Any) -> Marks:
    """Mark the answers; :meth:`autograd.classroom.Quiz.mark` says what they may be."""
    working = Working(story)
    given = _by_number(asked, answers)
    return Marks(tuple([_mark(working, blank, given.get(blank.number), story.digits) for blank in asked]))


def _mark(working: Working, blank: Blank, answer: Any, digits: int) -> Mark:
    fact = blank.fact
    expected = working.expected(fact)
    verdict, number, words = "missing", None, ""
    mistakes: tuple[str, ...] = ()
    try:
        number = read(answer)
    except ValueError as error:
        verdict, words = "wrong", str(error)
    if number is not None:
        if same(number, blank.answer):
            verdict = "right"
        elif any(same(number, x) for x in expected):
            verdict = "follows"
        else:
            verdict = "wrong"
            mistakes = working.named(fact, number)
            words = "; or: ".join(MISTAKES[name] for name in mistakes) or _size(number, expected[0], digits)
    working.known[fact] = expected[0] if number is None else number
    shown = "–" if number is None else told(number, digits)
    said = {"right": "right", "follows": "right, given the numbers before it", "wrong": "wrong", "missing": "no answer"}
    text = f"({blank.number}) {blank.symbol} = {shown}: {said[verdict]}." + (f" {_sentence(words)}" if words else "")
    return Mark(blank, number, verdict, expected[0], mistakes, visible(text, 1000))


def _size(number: Any, right: Any, digits: int) -> str:
    return f"{told(number, digits)} {fault(to_float(number), to_float(right), CLOSE) or 'is not it'}"


def _sentence(words: str) -> str:
    words = words[0].upper() + words[1:]
    return words if words.endswith("?") else f"{words}."


def _by_number(asked: Sequence[Blank], answers: Any) -> dict[int, Any]:
    """The answers by the numbers of their blanks."""
    if isinstance(answers, (str, bytes)):
        answers = decoded(answers, "answers")
    if isinstance(answers, Mapping) and isinstance(answers.get("answers"), (Mapping, list)):
        answers = answers["answers"]
    if isinstance(answers, (list, tuple)):
        if len(answers) > len(asked):
            raise ValueError(f"there are {len(answers)} answers to {len(asked)} blanks: give one for each, or a dict")
        return dict(enumerate(answers, 1))
    if not isinstance(answers, Mapping):
        raise TypeError(f"answers are a list, a dict by number or symbol, or JSON of these; got a {type(answers).__name__}")
    symbols = by_symbol(asked)
    found: dict[int, Any] = {}
    for key, answer in answers.items():
        numbers = symbols.get(str(key)) or [b.number for b in asked if str(key).strip("() ") == str(b.number)]
        if not numbers:
            raise ValueError(f"there is no blank {visible(str(key))}: they are numbered from 1 to {len(asked)}")
        found |= dict.fromkeys(numbers, answer)
    return found


def decoded(text: str | bytes, what: str) -> Any:
    """What JSON says; a ValueError for what is none, or too much."""
    if len(text) > LONGEST_JSON:
        raise ValueError(f"the {what} have more than {LONGEST_JSON:,} signs: that is no sheet of paper")
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"the {what} are not JSON: {error}") from None
    except RecursionError:
        raise ValueError(f"the {what} have too many brackets, one in the other") from None
