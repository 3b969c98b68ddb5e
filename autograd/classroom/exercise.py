"""quiz: an exercise from any graph, its solution, and the marking of answers."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from ..files import write
from ..formula import significant
from ..graph import nodes
from ..intrinsics import checked
from ..learn.numerals import fits, read
from ..pictures.options import chosen
from ..pictures.picture import Picture
from ..pictures.text import visible, whole
from ..pictures.theme import THEMES
from ..story import Story
from ..value import Value
from . import sheet
from .again import as_data, from_data, remade, written
from .answers import decoded
from .blanks import HIDE, Blank, blanks
from .draws import LONGEST_SEED, drawn, held, seed_name
from .marking import marked
from .marks import Marks

MAX_NODES = 60
"""A sheet of more nodes is no longer worked out by hand."""


class Quiz:
    """An exercise on paper. In a notebook it shows its picture; ``print`` gives it as text.

    Attributes:
        title: the formula that it is about.
        blanks: the numbers that are asked for, each a :class:`autograd.classroom.blanks.Blank`.
        hide: which kinds of numbers these are.
        seed: what its inputs were drawn from, as text; None where they are the graph's own.
        answers: the right numbers, by the numbers of the blanks.
    """

    def __init__(self, node: Value, hide: str, grad: Any, digits: int, seed: str | None) -> None:
        self._story = Story(node, grad, digits, shown=visible)
        numbers = [v.data for v in self._story.order] + list(self._story.gradients.values())
        if not all(map(fits, numbers)):
            raise ValueError("this graph has a number that is infinite, nan or too long: choose other inputs for a quiz")
        self.blanks: tuple[Blank, ...] = blanks(self._story, hide)
        if not self.blanks:
            raise ValueError(f"with hide={hide!r} there is nothing to work out in this graph: hide something else")
        self.title = visible(self._story.expanded(), 200)
        self.hide, self.seed = hide, seed

    @property
    def answers(self) -> dict[int, Any]:
        """The right numbers, by the numbers of the blanks; ``to_json(solution=True)`` has them as JSON."""
        return {blank.number: blank.answer for blank in self.blanks}

    @cached_property
    def sheet(self) -> Picture:
        """The graph with numbered blanks; it reads in black and white. Nothing in it tells what is hidden."""
        return self.picture()

    @cached_property
    def solution(self) -> Picture:
        """The same with the right numbers in the blanks."""
        return self.picture(solution=True)

    def picture(self, solution: bool = False, theme: str = "print", timeout: float | None = 30.0) -> Picture:
        """The sheet, or the solution, in one of the themes of :func:`autograd.draw`."""
        chosen("theme", theme, tuple(THEMES))
        return self._drawn(solution, theme, timeout)

    def _drawn(self, solution: bool, theme: str, timeout: float | None, headed: bool = False) -> Picture:
        """The picture, or with ``headed`` one that stands alone: with a line for the name, and the seed."""
        head = sheet.headline(self._shown_seed, solution) if headed else ""
        return sheet.picture(self._story, self.blanks, self.hide, solution, theme, timeout, head)

    @property
    def _shown_seed(self) -> str | None:
        return None if self.seed is None else whole(self.seed)

    def html(self, solution: bool = False) -> str:
        """The sheet, or the solution, as a page to print: complete in itself, without script or requests."""
        figure = self.solution if solution else self.sheet
        return sheet.page(self.title, self._story, self.blanks, self.hide, figure, solution, self._shown_seed)

    def text(self, solution: bool = False) -> str:
        """The sheet, or the solution, as plain text."""
        return sheet.text(self.title, self._story, self.blanks, self.hide, solution)

    def save(self, path: str | os.PathLike[str], solution: bool = False, overwrite: bool = False) -> None:
        """Write the sheet, or the solution, to a file; the suffix says how: ``.html``, ``.svg``, ``.txt`` or ``.json``.

        Raises FileExistsError where there is one already (unless ``overwrite=True``) and ValueError for another suffix.
        """
        write(path, self.encoded(path, solution), overwrite)

    def encoded(self, path: str | os.PathLike[str], solution: bool = False) -> bytes:
        """What :meth:`save` writes to a file of that name."""
        forms = {
            ".html": lambda: self.html(solution),
            ".svg": lambda: self._drawn(solution, "print", 30.0, headed=True).svg,
            ".txt": lambda: self.text(solution) + "\n",
            ".json": lambda: self.to_json(solution) + "\n",
        }
        suffix = os.path.splitext(os.fspath(path))[1].lower()
        if suffix not in forms:
            raise ValueError(f"cannot write {os.fspath(path)!r}: end its name in one of {', '.join(forms)}")
        return forms[suffix]().encode()

    def mark(self, answers: Any, name: str | None = None) -> Marks:
        """Mark answers, with follow-through.

        - **Right** is the exact number, and a decimal that agrees with it in 3 digits: worked out exactly, or from the
          numbers as the sheet prints them, or from one's own right ones, rounded. With fewer digits it is "rounded too far".
        - **A wrong number costs once.** What is right relative to it follows, and has its point. A wrong rule that is
          followed again, such as another sign for a difference, is told "as in (2)", and costs nothing more.
        - **Follow-through is for work.** A number that only repeats a wrong one (a copy, or 0 after a wrong 0) has its point
          only with something right that is worked out from it; after a wrong 0, or the gradient that arrives copied where
          a step was to be worked out, always so. A number that is only copied from elsewhere, the gradient that arrives or a
          value of the forward pass, costs each time. So one number written everywhere earns little.
        - **Nothing written** costs its own point; one goes on with the right number.

        Args:
            answers: a list in the order of the blanks; or a dict by their numbers, or by what they are called
                (``{"∂loss/∂w": -8}``, also ``dloss/dw``, or ``w`` alone); or JSON of these. A number may be text such as
                ``"−2/3"`` or ``"0,5"``. Nothing, ``...`` and empty text are no answer.
            name: whose answers these are, to be kept with the marks.

        Raises:
            ValueError: a blank that there is not, too many answers, an exercise in their place, or text that is not JSON.
            TypeError: answers of another kind.

        Example (lecture row L17; the factor 2 is forgotten, which costs once):

        >>> x, y, w = Value(2, "x", requires_grad=False), Value(4, "y", requires_grad=False), Value(1, "w")
        >>> print(quiz((w * x - y)**2).mark(["-2", "-2", "-4"]))
        2 of 3 points
        (1) ∂v3/∂v2 = −2: wrong. The factor of a power is missing: by v2, the derivative of v2² is 2·v2.
        (2) ∂v3/∂v1 = −2: right, given the numbers before it.
        (3) ∂v3/∂w = −4: right, given the numbers before it.
        """
        return marked(self._story, self.blanks, answers, self.title, self.seed, name)

    def to_json(self, solution: bool = False) -> str:
        """The exercise for other programs: its graph and its blanks; with ``solution``, the right numbers too.

        Not for students, even without ``solution``: who has the graph, has :attr:`answers`.
        """
        asked = [{"number": b.number, "kind": b.fact.kind, "symbol": b.symbol, "task": b.task} for b in self.blanks]
        story = self._story
        data: dict[str, Any] = {"quiz": 1, "title": self.title, "hide": self.hide, "seed": self.seed}
        data |= {"grad": written(story.seed), "digits": story.digits, "nodes": as_data(story.root), "blanks": asked}
        if solution:
            data["answers"] = {str(number): written(answer) for number, answer in self.answers.items()}
        return json.dumps(data, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> Quiz:
        """The exercise that :meth:`to_json` wrote. The graph is computed again from its operations; nothing is run.

        Raises a ValueError that says what is wrong with the text; nothing else in it than the graph and what is hidden is
        believed.

        >>> exercise = quiz(Value(2, "x") * Value(3, "y"), seed=7)
        >>> Quiz.from_json(exercise.to_json()).answers == exercise.answers
        True
        """
        data = decoded(text, "exercises")
        if not isinstance(data, dict) or data.get("quiz") != 1:
            raise ValueError('this is no exercise: its JSON begins with {"quiz": 1')
        node = from_data(data.get("nodes"), MAX_NODES)
        grad, seed = read(data.get("grad", 1)), data.get("seed")
        if grad is None or not (seed is None or (isinstance(seed, str) and len(seed) <= LONGEST_SEED)):
            raise ValueError("the exercise has a grad that is no number, or a seed that is not a short text")
        hide, digits = chosen("hide", data.get("hide"), tuple(HIDE)), significant(data.get("digits", 4))
        try:
            return cls(node, hide, grad, digits, seed)
        except (TypeError, ArithmeticError) as error:
            raise ValueError(f"the graph of this exercise cannot be computed: {error}") from None

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Quiz {self.title!r}, {len(self.blanks)} blanks>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """The sheet for a notebook."""
        return self.sheet._repr_mimebundle_() | {"text/plain": self.text()}


def quiz(
    node: Value,
    seed: int | str | None = None,
    hide: str = "gradients",
    *,
    fixed: Sequence[str | Value] = (),
    grad: Any = 1,
    digits: int = 4,
) -> Quiz:
    """An exercise from any graph: a sheet with numbered blanks, its solution, and marking with follow-through.

    Args:
        node: the output of the graph.
        seed: None for the graph's own numbers. Else each seed, a whole number or a name, draws other ones for its inputs:
            small whole numbers and fractions, with which the graph is computed exactly where it can be, else short decimals.
            Numbers that stand in the formula stay. The same seed gives the same sheet, everywhere; ``"Ada "`` is ``"Ada"``,
            but ``"ada"`` is another. A graph of one input has only some twenty sheets, so that in a class some are alike.
        hide: ``"values"``, ``"local"`` (local gradients), ``"gradients"``, ``"backward"`` (the last two), or ``"all"``.
        fixed: inputs that keep their own numbers whatever the seed, such as a label, by name or as Values.
        grad: the gradient that is given at the output.
        digits: how many significant digits a float shows.

    Raises:
        TypeError: the node is no Value, or the seed neither a whole number nor a name.
        ValueError: nothing is hidden, the graph has more than 60 nodes, a number in it is infinite or nan, no drawn numbers
            fit it, or one of ``fixed`` is no input.
        StaleError: a leaf's data was assigned after the node was computed from it.

    Example (lecture row L17):

    >>> x, y, w = Value(2, "x", requires_grad=False), Value(4, "y", requires_grad=False), Value(1, "w")
    >>> ŷ = w * x
    >>> loss = (ŷ - y)**2
    >>> ŷ.name, loss.name = "ŷ", "loss"
    >>> print(quiz(loss))
    loss = (w·x − y)²
    Work out the backward pass: the gradient of each node, from the output back to the inputs.
    Give exact numbers, or at least 3 significant digits.
    Given: x = 2, y = 4, w = 1, ∂loss/∂loss = 1.
    Forward: ŷ = w·x = 2, v1 = ŷ − y = −2, loss = v1² = 4.
    (1) ∂loss/∂v1 = ______, where v1 = ŷ − y
    (2) ∂loss/∂ŷ = ______, where ŷ = w·x
    (3) ∂loss/∂w = ______
    >>> quiz(loss).answers
    {1: -4, 2: -4, 3: -8}
    """
    if not isinstance(node, Value):
        raise TypeError(f"quiz takes one Value, the output of a graph; got {type(node).__name__}")
    chosen("hide", hide, tuple(HIDE))
    count = len(nodes(node))
    if count > MAX_NODES:
        raise ValueError(f"this graph has {count} nodes, and more than {MAX_NODES} are not worked out by hand: take a part")
    grad, name, kept = checked(grad), seed_name(seed), held(node, fixed)
    own = remade(node, {})[node] if name is None else drawn(node, name, grad, significant(digits), kept)
    return Quiz(own, hide, grad, digits, name)
