"""What answers are worth: one mark for each number, points, and the same for other programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .again import written
from .blanks import Blank

VERDICTS = ("right", "follows", "wrong", "missing")


@dataclass(frozen=True)
class Mark:
    """What one answer is worth.

    Attributes:
        blank: which number was asked for.
        answer: what was answered; None where nothing was, or no number.
        verdict: ``"right"``; ``"follows"``, not the right number, but right given the numbers before it, or a mistake made
            again that has cost a point already; ``"wrong"``; or ``"missing"``.
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
    """What the answers to an exercise are worth, one :class:`Mark` after the other.

    It is true only where each number is the right one: ``marks.points == marks.most`` also holds where some only follow.

    Attributes:
        first_wrong: the first mark that is wrong, where to begin again; None if none is.
        points: how many numbers are right, or right given those before.
        most: how many there are.
        counts: how many are right, follow, are wrong and are missing, to weigh them otherwise.
        title, seed: of the exercise.
        name: whose answers these are, if that was said.

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
    title: str = ""
    seed: str | None = None
    name: str | None = None

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

    @property
    def counts(self) -> dict[str, int]:
        """How many numbers are right, follow, are wrong and are missing."""
        return {verdict: sum(mark.verdict == verdict for mark in self.marks) for verdict in VERDICTS}

    def __str__(self) -> str:
        return "\n".join([f"{self.points} of {self.most} points", *(mark.text for mark in self.marks)])

    __repr__ = __str__

    def to_json(self) -> str:
        """The marks for other programs: whose they are, points, counts, and one object for each number."""
        return json.dumps(self.as_data(), ensure_ascii=False)

    def as_data(self) -> dict[str, Any]:
        """What :meth:`to_json` writes."""
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
        whose = {"name": self.name, "title": self.title, "seed": self.seed}
        return {**whose, "points": self.points, "most": self.most, **self.counts, "marks": rows}
