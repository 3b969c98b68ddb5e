"""The command ``glassgrad mark``: one student's answers, or a class's."""

from __future__ import annotations

import argparse
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    answers = _answers(files)
    alone = len(files) == 1 and list(answers) == [Path(files[0]).stem] and Path(arguments.quiz).is_file() and form != "csv"
    quizzes = {path: _quiz(path) for path in _files(arguments.quiz)}
    if alone:
        (name, given), (exercise,) = *answers.items(), quizzes.values()
        try:
            marks = exercise.mark(given, name)
        except (ValueError, TypeError) as error:
            raise CommandError(f"{files[0]}: {error}") from error
        give(marks.to_json() if form == "json" else str(marks), arguments)
        return
    one = Path(arguments.quiz).is_file()
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


def _answers(files: list[str]) -> dict[str, Any]:
    """Each student's answers: of a file of that name, or of an object by student."""
    from ..classroom.answers import LONGEST_JSON, decoded

    found: dict[str, Any] = {}
    for path in files:
        text: Any = beginning(path, LONGEST_JSON + 1)
        try:
            data = decoded(text, "answers")
        except ValueError:
            data = text  # marking says what is wrong with it
        for name, some in data.items() if _by_student(data) else [(Path(path).stem, data)]:
            if name in found:
                raise CommandError(f"{path}: {name} has answers in another file, too: give each student's once")
            found[name] = some
    return found


def _by_student(data: Any) -> bool:
    """Whether these are lists or objects of answers, by student."""
    return (
        isinstance(data, dict)
        and bool(data)
        and "answers" not in data
        and all(isinstance(x, (list, dict)) for x in data.values())
    )


def _own(quizzes: dict[str, Quiz], answers: dict[str, Any]) -> dict[str, Quiz]:
    """Each student's own exercise: of a file of that name, or of that seed."""
    found: dict[str, Quiz] = {}
    for path, exercise in quizzes.items():
        name = Path(path).stem
        if name not in answers and exercise.seed in answers:
            name = exercise.seed
        if name in found:
            raise CommandError(f"{path}: {name} has two exercises: give each student one")
        found[name] = exercise
    return found
