"""The marks of a class, as a table for people and for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..files import write
from ..pictures.text import visible, whole
from ..table import aligned
from .exercise import Quiz
from .marks import VERDICTS, Marks

COLUMNS = ("student", "points", "most", *VERDICTS, "first wrong", "mistakes", "problem")


@dataclass(frozen=True)
class Grades:
    """The marks of a class. ``print`` gives a table; :meth:`save` writes one.

    Attributes:
        marks: each student's marks.
        problems: what could not be marked, by student, and why.
    """

    marks: Mapping[str, Marks]
    problems: Mapping[str, str]

    def rows(self) -> list[tuple[str, ...]]:
        """A row for each student: points, counts, where to begin again, and the mistakes that cost a point."""
        return [self._row(student) for student in sorted({*self.marks, *self.problems})]

    def _row(self, student: str) -> tuple[str, ...]:
        if student in self.problems:
            return (whole(student), *[""] * (len(COLUMNS) - 2), visible(self.problems[student], 1000))
        marks = self.marks[student]
        names = dict.fromkeys(name for mark in marks if not mark.point for name in mark.mistakes)
        first = "" if marks.first_wrong is None else str(marks.first_wrong.blank.number)
        numbers = (marks.points, marks.most, *marks.counts.values())
        return (whole(student), *map(str, numbers), first, " ".join(names), "")

    def __str__(self) -> str:
        return "\n".join(aligned([COLUMNS, *self.rows()], [1 <= i <= 6 for i in range(len(COLUMNS))]))

    __repr__ = __str__

    def csv(self) -> str:
        """The table for spreadsheets. No name can begin a formula there."""
        text = io.StringIO()
        safe = [[f"'{cell}" if cell[:1] in ("=", "+", "-", "@") and cell else cell for cell in row] for row in self.rows()]
        csv.writer(text, lineterminator="\n").writerows([COLUMNS, *safe])
        return text.getvalue()

    def to_json(self) -> str:
        """All marks for other programs, by student."""
        marks = {student: marks.as_data() for student, marks in sorted(self.marks.items())}
        return json.dumps({"marks": marks, "problems": dict(sorted(self.problems.items()))}, ensure_ascii=False)

    def save(self, path: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Write the table to a file; the suffix says how: ``.csv``, ``.txt`` or ``.json``.

        Raises FileExistsError where there is one already (unless ``overwrite=True``) and ValueError for another suffix.
        """
        forms = {".csv": self.csv, ".txt": self.__str__, ".json": self.to_json}
        suffix = os.path.splitext(os.fspath(path))[1].lower()
        if suffix not in forms:
            raise ValueError(f"cannot write {os.fspath(path)!r}: end its name in one of {', '.join(forms)}")
        write(path, f"{forms[suffix]().rstrip()}\n".encode(), overwrite)


def grades(exercises: Quiz | Mapping[str, Quiz] | Sequence[Quiz], answers: Mapping[str, Any]) -> Grades:
    """Mark a class.

    Args:
        exercises: one for all; or each student's own, as a dict by student, or as a list, where seeds are names.
        answers: each student's answers, as :meth:`Quiz.mark` takes them. Who has an exercise and no answers has no points.

    What cannot be marked is a problem in that student's row, and does not stop the others' marks; but a student with two
    exercises is a ValueError.

    >>> from autograd import Value
    >>> from autograd.classroom import quiz
    >>> w = Value(1, "w")
    >>> sheets = [quiz((2 * w - 4)**2, seed) for seed in ("Ada", "Grace")]
    >>> class_ = grades(sheets, {"Ada": sheets[0].answers, "Grace": [1, 2], "Alan": [3]})
    >>> class_.marks["Ada"].points, class_.problems
    (3, {'Alan': 'there is no exercise for this name: they are for Ada, Grace'})
    """
    if isinstance(exercises, Quiz):
        own = {str(student).strip(): exercises for student in answers}
    elif isinstance(exercises, Mapping):
        own = _one_each(exercises.items())
    else:
        own = _one_each((exercise.seed, exercise) for exercise in exercises)
    marks: dict[str, Marks] = {}
    problems: dict[str, str] = {}
    given: dict[str, list[Any]] = {}  # how each student is called there
    for name in answers:
        given.setdefault(str(name).strip(), []).append(name)
    for student in {**own, **given}:
        names = given.get(student, [])
        if student not in own:
            problems[student] = f"there is no exercise for this name: they are for {visible(', '.join(own), 200)}"
            continue
        if len(names) > 1:
            two = " and of ".join(map(repr, names))
            problems[student] = f"there are answers of {two}, which is the same name: give each student's once"
            continue
        try:
            marks[student] = own[student].mark(answers[names[0]] if names else [], student)
        except (ValueError, TypeError) as error:
            problems[student] = str(error)
    return Grades(marks, problems)


def _one_each(pairs: Iterable[tuple[Any, Quiz]]) -> dict[str, Quiz]:
    """The exercises by student."""
    own: dict[str, Quiz] = {}
    for name, exercise in pairs:
        student = str(name).strip()
        if student in own:
            raise ValueError(f"{student} has two exercises: give each student one")
        own[student] = exercise
    return own
