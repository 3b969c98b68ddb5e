"""The command ``glassgrad mark``: one student's answers, or a class's."""

from __future__ import annotations

import argparse
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..pictures.text import visible
from .arguments import CommandError
from .files import beginning, form_of, give

if TYPE_CHECKING:
    from ..classroom import Quiz

_GRADES = {".txt": "text", ".json": "json", ".csv": "csv"}


def mark(arguments: argparse.Namespace) -> None:
    """Mark answers to one exercise, or make a table: of several files, of folders, or of one object by student."""
    form = form_of(arguments, _GRADES)
    from ..classroom import grades

    files = [path for place in arguments.answers for path in _files(place)]
    quizzes = {path: _quiz(path) for path in _files(arguments.quiz)}
    one = Path(arguments.quiz).is_file()
    answers = _answers(files, set() if one else _students(quizzes))
    alone = one and len(files) == 1 and list(answers) == [Path(files[0]).stem] and form != "csv"
    if alone:
        (name, given), (exercise,) = *answers.items(), quizzes.values()
        try:
            marks = exercise.mark(given, name)
        except (ValueError, TypeError) as error:
            raise CommandError(f"{files[0]}: {error}") from error
        give(marks.to_json() if form == "json" else str(marks), arguments)
        return
    found = grades(next(iter(quizzes.values())) if one else _own(quizzes, answers), answers)
    give({"text": found.__str__, "json": found.to_json, "csv": found.csv}[form]().rstrip("\n"), arguments)


def _files(place: str) -> list[str]:
    """The JSON files of a folder, those of a pattern such as sheets/*.json, or that file."""
    path = Path(place)
    found = sorted(map(str, path.glob("*.json"))) if path.is_dir() else [place] if path.exists() else sorted(glob(place))
    if path.is_dir() and not found:
        raise CommandError(f"{place} has no .json files: name the folder that they are in")
    return found or [place]


def _quiz(path: str) -> Quiz:
    """The exercise in a file."""
    from ..classroom import Quiz
    from ..classroom.answers import LONGEST_JSON

    try:
        return Quiz.from_json(beginning(path, LONGEST_JSON + 1))
    except (ValueError, TypeError) as error:
        raise CommandError(f"{path}: {error}") from error


def _students(quizzes: dict[str, Quiz]) -> set[str]:
    """Whom a folder of exercises may be for: the names of files, and the seeds."""
    seeds = [exercise.seed for exercise in quizzes.values() if exercise.seed is not None]
    return {*seeds, *(Path(path).stem for path in quizzes)}


def _answers(files: list[str], students: set[str]) -> dict[str, Any]:
    """Each student's answers: of a file of that name, or of an object by student.

    ``students`` have exercises of their own; where there are none, one exercise is for all. What is wrong in a file of one
    student's is for that row; in what may be a class's, it is an error, for else the whole class would have no points.
    """
    from ..classroom.answers import LONGEST_JSON, decoded

    found: dict[str, Any] = {}
    for path in files:
        name = Path(path).stem
        data: Any = beginning(path, LONGEST_JSON + 1)
        try:
            data = decoded(data, "answers")
        except ValueError as error:  # else marking says what is wrong with it
            if name not in students and (students or len(files) == 1):
                raise CommandError(f"{path}: {error}") from error
        if _by_student(data, students, own=name in students):
            some = data
        elif len(files) == 1 and students and name not in students:
            known = visible(" or ".join(sorted(students)), 200)
            remedy = 'write them by student, as in {"Ada": [2, 3]}, or name the file after a student'
            raise CommandError(f"{path}: there are no answers of {known} in it: {remedy}")
        else:
            some = {name: data}
        for student, given in some.items():
            if student in found:
                raise CommandError(f"{path}: {student} has answers in another file, too: give each student's once")
            found[student] = given
    return found


def _by_student(data: Any, students: set[str], own: bool) -> bool:
    """Whether this is an object of answers by student: a name in it is a student's, or some are lists or objects, which in a
    student's ``own`` file are only wrong numbers.
    """
    if not isinstance(data, dict) or "answers" in data or {"quiz", "nodes"} <= data.keys():
        return False
    return any(name.strip() in students for name in data) or (
        not own and any(isinstance(x, (list, dict)) for x in data.values())
    )


def _own(quizzes: dict[str, Quiz], answers: dict[str, Any]) -> dict[str, Quiz]:
    """Each student's own exercise: of a file of that name, or of that seed."""
    found: dict[str, Quiz] = {}
    names = {name.strip() for name in answers}
    for path, exercise in quizzes.items():
        name = Path(path).stem
        if name not in names and exercise.seed in names:
            name = exercise.seed
        if name in found:
            raise CommandError(f"{path}: {name} has two exercises: give each student one")
        found[name] = exercise
    return found
