"""Numbers for a sheet of one's own: small ones, with which the whole graph can be worked out by hand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from math import isfinite
from random import Random
from typing import Any

from ..graph import leaves, nodes
from ..intrinsics import Number
from ..learn.numerals import fits, same
from ..op import Op
from ..stepper.frames import Fact
from ..story import Story
from ..value import Value
from .again import evaluated, remade, slopes
from .mistakes import mistakes
from .working import Working

Trouble = tuple[int, float]

TRIES = 64
"""How many sets of numbers are drawn, to choose from."""
NEARLY = 4.0
"""Of those with the fewest zeros and ones, the first set is taken that is not worse than the best by more than this: less
than one mistake that cannot be seen."""
UNFIT = 1_000_000
"""The trouble with a number that is infinite, nan or too long."""
WHOLE = tuple(Fraction(n) for n in (-5, -4, -3, -2, 2, 3, 4, 5, 6))
PARTS = tuple(Fraction(n, d) for n, d in ((1, 2), (3, 2), (5, 2), (-1, 2), (-3, 2), (1, 3), (2, 3)))
DECIMALS = tuple(Fraction(n, 10) for n in (-20, -15, -12, -8, -6, -5, -4, -3, -2, 2, 3, 4, 5, 6, 8, 12, 15, 20, 25, 30))
"""For graphs with functions such as tanh, whose values have no end anyway, and are flat far from 0."""
MORE = tuple(Fraction(n) for n in (-12, -10, -9, -8, -7, -6, 7, 8, 9, 10, 12, 15))
FEW = 2
"""A graph of so few inputs draws from larger numbers too, and is content with worse ones, so that there are more sheets."""
LONGEST_SEED = 100
RARE = 0.15
"""How often a fraction is drawn."""
DEAD = 0.25
"""How often a graph with a relu has one that is dead."""
FLAT = 0.07
"""A function is flat where its slope is less: tanh beyond 2."""


def drawn(root: Value, seed: object, grad: Number, digits: int, fixed: Collection[Value] = ()) -> Value:
    """The same graph with numbers drawn for its inputs; those that are fixed, or stand in the formula, stay.

    Zeros and ones, long fractions, equal inputs, flat ends of functions, and mistakes that would happen to give the right
    number are avoided as far as possible; but some relus are dead.

    Raises a ValueError where none of the numbers fits the graph.

    >>> x = Value(1, "x")
    >>> a, b = drawn(x * 2 + 1, 7, 1, 4), drawn(x * 2 + 1, "7", 1, 4)
    >>> a.data == b.data
    True
    """
    random = Random(str(seed))
    order = nodes(root)
    free = [v for v in leaves(root) if v not in fixed and (v.name is not None or v.requires_grad)]
    own: dict[Value, Number] = {v: exact(v.data) for v in leaves(root) if v not in free}
    dead = any(map(_relu, order)) and random.random() < DEAD
    rough = any(v.op is not None and _rough(v.op, len(v.parents)) for v in order)
    whole, parts = (DECIMALS, DECIMALS) if rough else (WHOLE + MORE * (len(free) <= FEW), PARTS)
    rare = 2 * RARE if len(free) <= FEW else RARE
    tried: list[tuple[Trouble, Value]] = []
    for _ in range(TRIES):
        numbers = {v: random.choice(parts if random.random() < rare else whole) for v in free}
        tried.append(_tried(root, {**own, **numbers}, grad, digits, rough))
    tried = [(trouble, made) for trouble, made in tried if trouble[0] < UNFIT]
    if not tried:
        raise ValueError(
            f"none of {TRIES} sets of small numbers fits this graph: with each a number in it is infinite, nan or too long. "
            "Change the numbers in the formula, hold inputs fixed, or leave out the seed"
        )
    if dead:
        tried = [(trouble, made) for trouble, made in tried if any(map(_is_dead, nodes(made)))] or tried
    trivial, least = min(trouble for trouble, _ in tried)
    most = least + NEARLY * (4 if len(free) <= FEW else 1)
    return next(made for trouble, made in tried if trouble[0] == trivial and trouble[1] <= most)


def _relu(v: Value) -> bool:
    return v.op is not None and v.op.name == "relu"


def _is_dead(v: Value) -> bool:
    return _relu(v) and v.parents[0].data < 0


def _rough(op: Op, inputs: int) -> bool:
    """Whether an operation gives floats for fractions, as tanh does, or elu below 0."""
    points = [[Fraction(n, 3)] * inputs for n in (2, -2)]
    return any(isinstance(x, float) for at in points for z in [evaluated(op, at)] for x in (z, *slopes(op, z, at)))


def exact(x: Any) -> Number:
    """A number as the fraction that its digits say."""
    return Fraction(str(x)) if isinstance(x, float) and isfinite(x) else x if isinstance(x, float) else Fraction(x)


def _tried(root: Value, numbers: dict[Value, Number], grad: Number, digits: int, rough: bool) -> tuple[Trouble, Value]:
    """The graph with these numbers, exact where there is an exact result, and how good they are to work with."""
    try:
        if rough:
            numbers = {v: int(x) if x == int(x) else float(x) for v, x in numbers.items()}
        made = remade(root, numbers)[root]
        return _trouble(Story(made, grad, digits)), made
    except (TypeError, ArithmeticError):  # a row of the reader's own, of which no part is exact there
        return (UNFIT, 0.0), root


def _trouble(story: Story) -> Trouble:
    """How trivial the numbers of a graph are, and then how hard, or how little they tell."""
    numbers = [v.data for v in story.order] + [story.gradients[v] for v in story.order]
    if not all(map(fits, numbers)):
        return UNFIT, 0.0
    trivial = sum(5 if x == 0 else x in (1, -1) for x in numbers)
    trivial += sum(len(v.parents) == 1 and 0 < abs(story.locals[v][0]) < FLAT for v in story.inner)
    inputs = [v.data for v in story.order if v.op is None]
    trouble = 4.0 * (len(inputs) - len(set(inputs)))
    for x in numbers:
        trouble += _hard(x)
    working = Working(story)
    for v in story.order:
        if v is not story.root:
            ways = mistakes(working, Fact("gradient", v))
            unseen = [name for name, found in ways.items() if any(same(x, story.gradients[v]) for x in found)]
            trouble += 5.0 * len(unseen)
    return trivial, trouble


def _hard(x: Number) -> float:
    if isinstance(x, float):
        return 1.0 if 0.01 < abs(x) < 1000 and abs(abs(x) - 1) > 0.01 else 6.0
    return 2.0 * (x.denominator.bit_length() - 1) + 2.0 * max(0, abs(x.numerator).bit_length() - 5)


def seed_name(seed: object) -> str | None:
    """A seed as text; None for none."""
    if seed is None:
        return None
    if isinstance(seed, bool) or not isinstance(seed, (int, str)):
        raise TypeError(f"a seed is a whole number or a name, such as 7 or 'Ada'; got {seed!r}")
    name = str(seed).strip()
    if not 0 < len(name) <= LONGEST_SEED:
        raise ValueError(f"a seed is a number or a name of at most {LONGEST_SEED} signs; got {len(name)}")
    return name


def held(node: Value, fixed: Sequence[str | Value]) -> set[Value]:
    """The inputs that keep their numbers."""
    inputs = leaves(node)
    names = [v.name for v in inputs if v.name is not None]
    found: set[Value] = set()
    for which in [fixed] if isinstance(fixed, (str, Value)) else fixed:
        some = [v for v in inputs if v is which or (isinstance(which, str) and v.name == which)]
        if not some:
            known = f"its inputs are {', '.join(names)}" if names else "it has no named inputs"
            raise ValueError(f"{which!r} is no input of this graph, to hold fixed: {known}")
        found.update(some)
    return found
