"""Answers marked with follow-through: a mistake costs once, and what only repeats a wrong number earns nothing by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..formula import number as told
from ..intrinsics import Number
from ..learn.numerals import off, readings, rounded_too_far, same
from ..pictures.text import visible
from ..stepper.frames import Fact
from ..story import Story
from .answers import by_number
from .blanks import Blank
from .marks import Mark, Marks
from .mistakes import MISTAKES, RULES, named, words
from .working import Working, rests_on

SAID = {"right": "right", "follows": "right, given the numbers before it", "wrong": "wrong", "missing": "no answer"}


@dataclass
class Draft:
    """A mark before what follows is known.

    Attributes:
        rests: the numbers that this one is worked out from.
        handed: it follows, but only repeats a wrong number that it is worked out from.
        hollow: nothing was worked out for it: a wrong 0, the gradient that arrives, or what such a number is handed on to.
    """

    blank: Blank
    number: Number | None
    verdict: str
    expected: Any
    rests: list[Fact]
    mistakes: tuple[str, ...] = ()
    said: str = ""
    words: str = ""
    handed: bool = False
    hollow: bool = False

    def mark(self, digits: int) -> Mark:
        """The mark, in words."""
        shown = "–" if self.number is None else told(self.number, digits)
        text = f"({self.blank.number}) {self.blank.symbol} = {shown}: {self.said or SAID[self.verdict]}."
        if self.words:
            text += f" {self.words[0].upper()}{self.words[1:]}."
        return Mark(self.blank, self.number, self.verdict, self.expected, self.mistakes, visible(text, 1000))


class Reader:
    """One reader's answers, marked in the order of the blanks."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.known: dict[Fact, Any] = {}
        self.wrong: set[Fact] = set()
        self.workings = [Working(story, self.known, self.wrong, exactly) for exactly in (True, False)]
        self.drafts: dict[Fact, Draft] = {}
        self.charged: list[tuple[int, set[str]]] = []  # the blanks that cost a point for a wrong rule, and which it may be

    def mark(self, blank: Blank, answer: Any) -> None:
        """Mark one answer, given those before it."""
        fact, rests = blank.fact, rests_on(self.story, blank.fact)
        expected = [x for working in self.workings for x in working.expected(fact)]
        draft = Draft(blank, None, "missing", expected[0], rests)
        taken = [f for f in rests if f in self.wrong]
        try:
            numbers = readings(answer)
        except ValueError as error:
            draft.verdict, draft.words, numbers = "wrong", str(error), ()
        if numbers:
            right = [x for x in numbers if same(x, blank.answer)]
            follows = [x for x in numbers if any(same(x, e) for e in expected)]
            draft.number = [*right, *follows, *numbers][0]
            draft.verdict = "right" if right or (follows and not taken) else "follows" if follows else "wrong"
            if draft.verdict == "wrong":
                up = [term.upstream for term in self.workings[0].terms(fact.node)] if fact.kind == "gradient" else []
                draft.hollow = draft.number == 0 or any(same(draft.number, x) for x in up)
                self.diagnose(draft, expected, [told(x) for x in numbers])
        goes_on = expected[0] if draft.number is None else draft.number
        repeated = [f for f in taken if same(goes_on, self.known[f])]
        draft.handed = draft.verdict == "follows" and not draft.said and bool(repeated)
        draft.hollow = draft.hollow or (not draft.said and any(self.drafts[f].hollow for f in repeated))
        if draft.number is not None or (taken and not same(goes_on, blank.answer)):
            self.known[fact] = goes_on
            if draft.verdict != "right":
                self.wrong.add(fact)
        self.drafts[fact] = draft

    def diagnose(self, draft: Draft, expected: Sequence[Any], read: Sequence[str]) -> None:
        """Name a mistake; one that was charged before is not charged again."""
        blank, number = draft.blank, draft.number
        assert number is not None
        if any(rounded_too_far(number, x) for x in (blank.answer, *expected)):
            draft.mistakes, draft.said = ("rounded",), MISTAKES["rounded"].partition(":")[0]
            draft.words = MISTAKES["rounded"].partition(": ")[2]
        else:
            draft.mistakes = named(self.workings, blank.fact, number)
            size = f"{told(number, self.story.digits)} {off(number, expected[0])}"
            draft.words = words(self.story, blank.fact, draft.mistakes) or size
        if len(read) > 1:
            draft.words += f"; it was read as {' and as '.join(read)}"
        rules = {name for name in draft.mistakes if name in RULES}
        before = next(((at, some) for at, some in self.charged if some & rules), None)
        if before is None:
            self.charged += [(blank.number, rules)] if rules else []
        elif not draft.hollow:
            before[1].intersection_update(rules)
            draft.verdict, draft.said, draft.words = "follows", f"as in ({before[0]}), and costs nothing more", ""

    def credit(self) -> None:
        """Take the point of numbers that only repeat a wrong one, unless something worked out from them is right.

        A leaf's number has nothing after it: there, what is worked out from the number it repeats speaks for it; but not for
        a 0, which makes zeros of whatever comes.
        """
        good: set[Fact] = set()
        bad: set[Fact] = set()
        for fact, draft in reversed(self.drafts.items()):
            if draft.verdict == "right":
                continue
            worked = draft.verdict == "follows" and not draft.handed
            lost = draft.verdict in ("wrong", "missing")
            good |= set(draft.rests) if worked or fact in good else set()
            bad |= set(draft.rests) if lost or fact in bad else set()
        for fact, draft in self.drafts.items():
            hollow = draft.hollow and (draft.number == 0 or good.isdisjoint(draft.rests))
            if draft.handed and fact not in good and (fact in bad or hollow):
                draft.verdict, draft.mistakes, draft.words = "wrong", ("handed-on",), MISTAKES["handed-on"]


def marked(story: Story, asked: Sequence[Blank], answers: Any, title: str, seed: str | None, name: str | None) -> Marks:
    """Mark the answers; :meth:`autograd.classroom.Quiz.mark` says how."""
    given = by_number(story, asked, answers)
    reader = Reader(story)
    for blank in asked:
        reader.mark(blank, given.get(blank.number))
    reader.credit()
    return Marks(tuple([draft.mark(story.digits) for draft in reader.drafts.values()]), title, seed, name)
