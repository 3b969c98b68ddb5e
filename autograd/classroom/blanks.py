"""What an exercise asks: one blank for each number that is hidden, in the order of the passes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..learn.numerals import ENOUGH
from ..pictures.options import chosen
from ..stepper.frames import Fact, frames
from ..story import ANOTHER_NAME, Story, equation

HIDE = {
    "values": ("value",),
    "local": ("local",),
    "gradients": ("gradient",),
    "backward": ("local", "gradient"),
    "all": ("value", "local", "gradient"),
}
"""What may be hidden, and the kinds of numbers that this hides."""

SHOW = {"values": "forward", "local": "local", "gradients": "both", "backward": "all", "all": "all"}
"""Which picture then asks for it (see :func:`autograd.draw`)."""

_WORK = {
    "values": "Work out the forward pass: the value of each node, from the inputs to the output.",
    "local": "Work out the local gradients: the derivative of each operation by each of its inputs.",
    "gradients": "Work out the backward pass: the gradient of each node, from the output back to the inputs.",
    "backward": "Work out the local gradients, and then the backward pass, from the output back to the inputs.",
    "all": "Work out the forward pass, the local gradients, and the backward pass, from the output back to the inputs.",
}
PRECISION = f"Give exact numbers, or at least {ENOUGH} significant digits."
"""How exact answers are. Every sheet says it, so that it tells nothing about its own."""

ASKS = {hide: f"{work}\n{PRECISION}" for hide, work in _WORK.items()}
"""What a sheet asks for, in words."""


class Blank(NamedTuple):
    """One number that is asked for.

    Attributes:
        number: its number on the sheet, from 1.
        fact: which number of the graph it is: kind (value, local or gradient), node, and position of the input.
        symbol: what it is called: ``ŷ``, or ``∂loss/∂w``.
        task: the left side of its equation, ``ŷ = x·w``.
        answer: the right number.
        solution: the whole equation, ``ŷ = x·w = 2·1 = 2``.
    """

    number: int
    fact: Fact
    symbol: str
    task: str
    answer: Any
    solution: str


def blanks(story: Story, hide: str) -> tuple[Blank, ...]:
    """The blanks of an exercise, in the order in which the stepper tells the numbers.

    >>> from autograd import Value
    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> [(blank.task, blank.answer) for blank in blanks(Story(x * y, 5), "all")]
    [('v1 = x·y', 6), ('∂v1/∂x', 3), ('∂v1/∂y', 2), ('∂L/∂x', 15), ('∂L/∂y', 10)]
    """
    kinds = HIDE[chosen("hide", hide, tuple(HIDE))]
    known = [fact for frame in frames(story, "node", {}) for fact in frame.known]
    asked = [fact for fact in known if fact.kind in kinds and not _given(story, fact)]
    return tuple([_blank(story, i, fact) for i, fact in enumerate(asked, 1)])


def truth(story: Story, fact: Fact) -> Any:
    """The right number."""
    if fact.kind == "value":
        return fact.node.data
    return story.locals[fact.node][fact.position] if fact.kind == "local" else story.gradients[fact.node]


def _given(story: Story, fact: Fact) -> bool:
    return (fact.kind == "value" and fact.node.op is None) or (fact.kind == "gradient" and fact.node is story.root)


def _blank(story: Story, number: int, fact: Fact) -> Blank:
    v, answer = fact.node, truth(story, fact)
    if fact.kind == "value":
        name = story.names[v]
        return Blank(number, fact, name, equation(name, story.formula(v)), answer, story.value(v))
    if fact.kind == "local":
        as_gradient = v is story.root and not story.ending.alias and not story.ending.goes_on  # it is called as its input's
        local = "local " if as_gradient else ""
        symbol = f"{local}{story.local_symbol(v, fact.position)}"
        return Blank(number, fact, symbol, symbol, answer, f"{local}{story.local(v, fact.position)}")
    return Blank(number, fact, story.symbol(v), story.symbol(v), answer, story.gradient(v))


def given(story: Story) -> list[str]:
    """What the sheet gives: the inputs, and the gradient at the output."""
    inputs = [v for v in story.order if v.op is None and (v.name is not None or v.requires_grad)]
    seed = [story.gradient(story.root)] if story.root.requires_grad else []
    alias = [f"{story.ending.alias} ({ANOTHER_NAME})"] if story.ending.alias else []
    return [*map(story.value, inputs), *alias, *seed]


def by_symbol(asked: Sequence[Blank]) -> dict[str, list[int]]:
    """The numbers of the blanks that a symbol stands for: an output's local gradient is its input's gradient, too."""
    found: dict[str, list[int]] = {}
    for blank in asked:
        found.setdefault(blank.symbol, []).append(blank.number)
    return found
