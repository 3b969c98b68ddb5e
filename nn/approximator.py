"""A network that imitates any continuous function, by construction: bumps, each made of two sigmoids (lecture row L10)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from autograd import sigmoid

from .checks import finite, interval, whole
from .sequential import MLP

STEEPNESS = 20.0
"""By default k is this over the width of a bump: a sigmoid then rises from 1 % to 99 % within half of it."""


def bump(left: float, right: float, height: float = 1.0, steepness: float = 100.0) -> MLP:
    """A bump as a network of two sigmoid units: height · (σ(k(x − left)) − σ(k(x − right))), where k is the steepness.

    Args:
        left, right: where it rises and falls.
        height: how high it is in between, if the steepness is well above 1 / (right − left).
        steepness: k, the weight of both units; the higher, the more the bump is a box.

    Shape: a row of one number to a row of one number.

    >>> [round(bump(1.0, 2.0, height=3.0)([x])[0].data, 6) for x in (0.5, 1.0, 1.5, 2.5)]
    [0.0, 1.5, 3.0, 0.0]
    """
    return _added([(*interval(left, right, ("left", "right")), finite("height", height))], _steep(steepness))


def approximate(f: Callable[[float], Any], low: float, high: float, bumps: int, steepness: float | None = None) -> MLP:
    """A network of one hidden layer that imitates a function between low and high, made without any training.

    The range is cut into equal cells. Over each stands a bump, as high as f at the cell's middle; the output unit adds the
    bumps up. The first and the last bump reach one cell further out, so that both ends are covered. Hidden units 2i and
    2i + 1 are bump i. :func:`error_bound` says how close it comes.

    Args:
        f: a continuous function of one number.
        low, high: the range in which the network imitates it; outside, it soon falls to 0.
        bumps: how many.
        steepness: the weight k of the hidden units, see :func:`bump`; None for 20 / (width of a cell).

    Raises:
        ValueError: an empty range, no bumps, a steepness of 0 or less, or f not finite somewhere.

    >>> import math
    >>> model = approximate(math.sin, 0.0, 3.0, bumps=30)
    >>> model
    MLP(
      (0): Linear(1, 60)  # 120 parameters
      (1): Sigmoid()
      (2): Linear(60, 1)  # 61 parameters
    )  # 181 parameters
    >>> abs(model([1.0])[0].data - math.sin(1.0)) < error_bound(0.0, 3.0, bumps=30, lipschitz=1.0, largest=1.0)
    True
    """
    cell = _cell(low, high, bumps)
    edges = [low + cell * i for i in range(bumps)] + [high]
    heights = [finite(f"f({x!r})", f(x)) for x in (low + cell * (i + 0.5) for i in range(bumps))]
    edges[0], edges[-1] = low - cell, high + cell
    return _added(list(zip(edges, edges[1:], heights)), _steep(STEEPNESS / cell if steepness is None else steepness))


def error_bound(
    low: float, high: float, bumps: int, lipschitz: float, largest: float, steepness: float | None = None
) -> float:
    """How far :func:`approximate` may be from f, at most, anywhere between low and high: L (h/2 + 2 ln 2 / k) + 2 M σ(−kh).

    Here h is the width of a cell and k the steepness. The bound falls to 0 with more bumps: h = (high − low) / bumps, and by
    default k = 20 / h, which makes it 0.57 L h + 4e-9 M. Rounding comes on top.

    Proof. σ(k(x − e)) is the probability that x + ξ/k > e, where ξ is logistic. So the network's output is the mean of f(m),
    where m is the middle of the cell into which x + ξ/k falls. |f(m) − f(x)| ≤ L|m − x| ≤ L(h/2 + |ξ|/k) has the first term
    as its mean, for E|ξ| = 2 ln 2; past the outer edges, h or more from x, the output lacks M with probability ≤ 2σ(−kh).

    Args:
        low, high, bumps, steepness: as for :func:`approximate`.
        lipschitz: L, with |f(x) − f(y)| ≤ L|x − y|; for a smooth f its steepest slope between low and high.
        largest: M, the largest |f(x)| between low and high.

    >>> [round(error_bound(0.0, 3.0, bumps, lipschitz=1.0, largest=1.0), 4) for bumps in (3, 30, 300)]
    [0.5693, 0.0569, 0.0057]
    """
    cell = _cell(low, high, bumps)
    k = _steep(STEEPNESS / cell if steepness is None else steepness)
    for name, number in (("lipschitz", lipschitz), ("largest", largest)):
        if finite(name, number) < 0:
            raise ValueError(f"{name} is 0 or more, for it bounds a distance; got {number!r}")
    return float(lipschitz * (cell / 2 + 2 * math.log(2) / k) + 2 * largest * sigmoid(-k * cell))


def _added(bumps: list[tuple[float, float, float]], k: float) -> MLP:
    """The network that adds up bumps, given as (left, right, height)."""
    edges = [edge for left, right, _ in bumps for edge in (left, right)]
    signed = [weight for *_, height in bumps for weight in (height, -height)]
    model = MLP(1, [len(edges), 1], activation="sigmoid", init="zeros")
    hidden = {"0.weight": [[k] for _ in edges], "0.bias": [-k * edge for edge in edges]}
    model.load_state_dict({**hidden, "2.weight": [signed], "2.bias": [0.0]})
    return model


def _cell(low: float, high: float, bumps: int) -> float:
    """The width of a cell."""
    low, high = interval(low, high)
    cell = finite("high − low", high - low) / whole("bumps", bumps)
    if low + cell == low or high - cell == high:
        raise ValueError(f"there are not enough floats between {low!r} and {high!r} for {bumps} bumps: take fewer")
    return cell


def _steep(steepness: float) -> float:
    if finite("steepness", steepness) <= 0:
        raise ValueError(f"steepness is above 0, got {steepness!r}: at 0 a bump vanishes, below it is upside down")
    return steepness
