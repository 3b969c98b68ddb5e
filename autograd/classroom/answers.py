"""What students hand in: answers by the numbers or the names of the blanks, as Python or as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..pictures.text import visible
from ..story import Story
from .blanks import Blank, by_symbol

LONGEST_JSON = 1_000_000
"""The most signs of JSON that is read."""
MOST_NAMES = 12
"""How many blanks an error lists."""


def by_number(story: Story, asked: Sequence[Blank], answers: Any) -> dict[int, Any]:
    """The answers by the numbers of their blanks; :meth:`autograd.classroom.Quiz.mark` says what they may be."""
    if isinstance(answers, (str, bytes)):
        answers = decoded(answers, "answers")
    if isinstance(answers, Mapping) and "quiz" in answers and "nodes" in answers:
        raise ValueError("these are no answers but an exercise: give the numbers that somebody wrote")
    if isinstance(answers, Mapping) and isinstance(answers.get("answers"), (Mapping, list)):
        answers = answers["answers"]
    if isinstance(answers, (list, tuple)):
        if len(answers) > len(asked):
            raise ValueError(f"there are {len(answers)} answers to {len(asked)} blanks: give one for each, or a dict")
        return dict(enumerate(answers, 1))
    if not isinstance(answers, Mapping):
        got = "nothing" if answers is None else visible(repr(answers))
        raise TypeError(f"answers are a list, a dict by number or symbol, or JSON of these; got {got}")
    known = names(story, asked)
    found: dict[int, tuple[Any, Any]] = {}
    for key, answer in answers.items():
        numbers = next((tier[word] for tier, word in zip(known, _spellings(str(key))) if word in tier), None)
        if numbers is None:
            raise ValueError(f"there is no blank {visible(str(key))}: {_listed(asked)}")
        for number in numbers:
            first, before = found.setdefault(number, (key, answer))
            if _differ(before, answer):
                two = f"{visible(str(before))} as {visible(str(first))} and {visible(str(answer))} as {visible(str(key))}"
                raise ValueError(f"blank {number} has two answers, {two}: leave one out")
    return {number: answer for number, (_, answer) in found.items()}


def names(story: Story, asked: Sequence[Blank]) -> list[dict[str, list[int]]]:
    """What blanks are called, the surest names first: symbols; numbers, and symbols with d for ∂; the same with the
    output's own name; and the names of the nodes alone. An output's local gradient is its input's gradient, too.

    >>> from autograd import Value
    >>> from autograd.classroom.blanks import blanks
    >>> q, p = Value(2, "q"), Value(3, "p")
    >>> loss = q * (q + p)
    >>> loss.name = "loss"
    >>> story = Story(loss)
    >>> for names_of_one_kind in names(story, blanks(story, "gradients")):
    ...     print(list(names_of_one_kind))
    ['∂L/∂v1', '∂L/∂q', '∂L/∂p']
    ['dL/dv1', 'dL/dq', 'dL/dp', '1', '2', '3']
    ['dloss/dv1', 'dloss/dq', 'dloss/dp']
    ['v1', 'q', 'p']
    """
    symbols = by_symbol(asked)
    numbers = {_plain(symbol): found for symbol, found in symbols.items()} | {str(b.number): [b.number] for b in asked}
    gradients = [b for b in asked if b.fact.kind == "gradient"]
    own = {_plain(f"∂{story.names[story.root]}/∂{story.names[b.fact.node]}"): [b.number] for b in gradients}
    return [
        symbols,
        numbers,
        own if story.ending.alias else {},
        {_plain(story.names[b.fact.node]): [b.number] for b in gradients},
    ]


def _spellings(key: str) -> tuple[str, str, str, str]:
    """A key as each kind of names would have it."""
    plain = _plain(key)
    return key, plain.strip("()") if plain.strip("()").isdecimal() else plain, plain, plain


def _plain(symbol: str) -> str:
    return "".join(symbol.split()).replace("∂", "d")


def _listed(asked: Sequence[Blank]) -> str:
    """The names that there are."""
    few = [f"({b.number}) {b.symbol}" for b in asked[:MOST_NAMES]]
    more = ["…"] if len(asked) > MOST_NAMES else []
    return f"they are numbered from 1 to {len(asked)}: {', '.join([*few, *more])}"


def _differ(a: Any, b: Any) -> bool:
    return a is not b and str(a).strip() != str(b).strip()


class Twice(ValueError):
    """A name stands in JSON twice, with two answers."""


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; Python would take the last of what contradicts itself, without a word."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if _differ(before := found.setdefault(key, value), value):
            two = f"as {visible(str(before))} and as {visible(str(value))}"
            raise Twice(f"{visible(key)} is there twice, {two}: leave one out")
    return found


def decoded(text: str | bytes, what: str) -> Any:
    """What JSON says; a ValueError for what is none, or too much."""
    if not isinstance(text, (str, bytes)):
        raise TypeError(f"the {what} are JSON, a text; got {visible(repr(text))}")
    if len(text) > LONGEST_JSON:
        raise ValueError(f"the {what} have more than {LONGEST_JSON:,} signs: that is no sheet of paper")
    try:
        return json.loads(text, object_pairs_hook=_once)
    except Twice as error:
        raise ValueError(f"the {what} contradict themselves: {error}") from None
    except json.JSONDecodeError as error:
        rest = error.doc[error.pos :].split()
        place = f"line {error.lineno}, column {error.colno}, at {visible(rest[0]) if rest else 'the end'}"
        remedy = "mend it there: a comma between two entries and none after the last, text in quotes, each bracket closed"
        raise ValueError(f"the {what} are not JSON: {error.msg} in {place}: {remedy}") from None
    except ValueError as error:
        raise ValueError(f"the {what} are not JSON: {error}") from None
    except RecursionError:
        raise ValueError(f"the {what} have too many brackets, one in the other") from None
