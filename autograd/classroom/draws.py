"""Numbers for a sheet of one's own: small ones, with which the whole graph can be worked out by hand."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite
from random import Random
from typing import Any

from ..graph import leaves
from ..intrinsics import Number
from ..stepper.frames import Fact
from ..story import Story
from ..value import Value
from .again import fits, remade
from .mistakes import Working, same

Trouble = tuple[int, float]

TRIES = 64
"""How many sets of numbers are drawn, to choose from."""
NEARLY = 4.0
"""Of those with the fewest zeros and ones, the first set is taken that is not worse than the best by more than this: less
than one mistake that cannot be seen."""
WHOLE = tuple(Fraction(n) for n in (-5, -4, -3, -2, 2, 3, 4, 5, 6))
PARTS = tuple(Fraction(n, d) for n, d in ((1, 2), (3, 2), (5, 2), (-1, 2), (-3, 2), (1, 3), (2, 3)))
RARE = 0.15
"""How often a fraction is drawn."""


def drawn(root: Value, seed: object, grad: Number, digits: int) -> Value:
    """The same graph with numbers drawn for its inputs; numbers that stand in the formula stay.

    Zeros and ones, long fractions, equal inputs, and mistakes that would happen to give the right number are avoided as
    far as possible.

    >>> x = Value(1, "x")
    >>> a, b = drawn(x * 2 + 1, 7, 1, 4), drawn(x * 2 + 1, "7", 1, 4)
    >>> a.data == b.data
    True
    """
    random = Random(str(seed))
    tried: list[tuple[Trouble, Value]] = []
    for _ in range(TRIES):
        numbers: dict[Value, Number] = {}
        for leaf in leaves(root):
            fixed = leaf.name is None and not leaf.requires_grad
            numbers[leaf] = exact(leaf.data) if fixed else random.choice(PARTS if random.random() < RARE else WHOLE)
        tried.append(_tried(root, numbers, grad, digits))
    trivial, least = min(trouble for trouble, _ in tried)
    return next(made for trouble, made in tried if trouble[0] == trivial and trouble[1] <= least + NEARLY)


def exact(x: Any) -> Number:
    """A number as the fraction that its digits say."""
    return Fraction(str(x)) if isinstance(x, float) and isfinite(x) else x if isinstance(x, float) else Fraction(x)


def _tried(root: Value, numbers: dict[Value, Number], grad: Number, digits: int) -> tuple[Trouble, Value]:
    """The graph with these numbers, exact where there is an exact result, and how good they are to work with."""
    try:
        made = remade(root, numbers)[root]
        story = Story(made, grad, digits)
    except (TypeError, ArithmeticError):  # exp(2) is no fraction
        plain = {v: int(x) if x == int(x) else float(x) for v, x in numbers.items()}
        made = remade(root, plain)[root]
        story = Story(made, grad, digits)
    return _trouble(story), made


def _trouble(story: Story) -> Trouble:
    """How trivial the numbers of a graph are, and then how hard, or how little they tell."""
    numbers = [v.data for v in story.order] + [story.gradients[v] for v in story.order]
    if not all(map(fits, numbers)):
        return 1_000_000, 0.0
    trivial = sum(5 if x == 0 else x in (1, -1) for x in numbers)
    inputs = [v.data for v in story.order if v.op is None]
    trouble = 4.0 * (len(inputs) - len(set(inputs)))
    for x in numbers:
        trouble += _hard(x)
    working = Working(story)
    for v in story.order:
        if v is not story.root:
            ways = working.mistakes(Fact("gradient", v))
            unseen = [name for name, found in ways.items() if any(same(x, story.gradients[v]) for x in found)]
            trouble += 5.0 * len(unseen)
    return trivial, trouble


def _hard(x: Number) -> float:
    if isinstance(x, float):
        return 1.0 if 0.01 < abs(x) < 1000 and abs(abs(x) - 1) > 0.01 else 6.0
    return 2.0 * (x.denominator.bit_length() - 1) + 2.0 * max(0, abs(x.numerator).bit_length() - 5)
