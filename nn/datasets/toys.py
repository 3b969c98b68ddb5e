"""Small data sets: the lecture's gates and lines, and clouds of points in the plane that only a network separates.

``labels`` are the targets, one for each class: ``(0, 1)``, or ``(-1, 1)`` for units and losses that want signs. ``noise`` is
the standard deviation of what is added to each coordinate. The rows of one class do not stand together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import cos, pi, sin
from random import Random
from typing import Any

from ..checks import finite, whole
from ..initializers import Seed, generator
from .dataset import Dataset

Labels = Sequence[int]
Curve = Callable[[int, float], tuple[float, float]]
"""The point of a class k that lies at a share from 0 to 1 along it."""


def and_gate(labels: Labels = (0, 1)) -> Dataset:
    """Both (lecture row L6): linearly separable.

    >>> X, y = and_gate(labels=(-1, 1))
    >>> X, y
    ([[0, 0], [0, 1], [1, 0], [1, 1]], [-1, -1, -1, 1])
    """
    return _gate("AND", (0, 0, 0, 1), labels)


def or_gate(labels: Labels = (0, 1)) -> Dataset:
    """One or both (lecture row L6): linearly separable.

    >>> or_gate().targets
    [0, 1, 1, 1]
    """
    return _gate("OR", (0, 1, 1, 1), labels)


def xor_gate(labels: Labels = (0, 1)) -> Dataset:
    """One and not both (lecture rows L6, L11 and L12): no line separates it.

    >>> xor_gate().targets
    [0, 1, 1, 0]
    """
    return _gate("XOR", (0, 1, 1, 0), labels)


def line(slope: float = 2.0) -> Dataset:
    """y = slope * x at x = 1, 2, 3, as rows of one number: slope 1 is the lecture's L3, slope 2 its L22.

    >>> X, y = line()
    >>> X, y
    ([[1.0], [2.0], [3.0]], [[2.0], [4.0], [6.0]])
    """
    return Dataset([[1.0], [2.0], [3.0]], [[slope * x] for x in (1.0, 2.0, 3.0)], name=f"y = {slope:g} x", features=("x",))


def two_moons(n: int = 100, noise: float = 0.1, labels: Labels = (0, 1), seed: Seed = 0) -> Dataset:
    """Two half circles of radius 1, the second turned over and shifted by (1, 0.5), so that they reach into each other.

    >>> two_moons(100, seed=1)
    <Dataset 'two moons': 100 rows of 2 numbers; targets 0 (50), 1 (50)>
    """

    def moon(k: int, share: float) -> tuple[float, float]:
        x, y = cos(pi * share), sin(pi * share)
        return (1 - x, 0.5 - y) if k else (x, y)

    return _cloud("two moons", moon, n, 2, noise, labels, seed)


def circles(n: int = 100, noise: float = 0.05, factor: float = 0.5, labels: Labels = (0, 1), seed: Seed = 0) -> Dataset:
    """A circle of radius 1, and in it one of radius ``factor``, the second class.

    >>> circles(noise=0.0)[0]
    ([..., ...], ...)
    """
    if not 0 < finite("factor", factor) < 1:
        raise ValueError(f"factor is the inner circle's radius, between 0 and 1; got {factor!r}")

    def circle(k: int, share: float) -> tuple[float, float]:
        radius = factor if k else 1.0
        return radius * cos(2 * pi * share), radius * sin(2 * pi * share)

    return _cloud("circles", circle, n, 2, noise, labels, seed, closed=True)


def spirals(
    n: int = 200, noise: float = 0.02, arms: int = 2, turns: float = 1.0, labels: Labels | None = None, seed: Seed = 0
) -> Dataset:
    """Arms, one for each class, that wind round the origin ``turns`` times, out to radius 1.

    >>> spirals(300, arms=3)
    <Dataset 'spirals': 300 rows of 2 numbers; targets 0 (100), 1 (100), 2 (100)>
    """
    arms, turns = whole("arms", arms, 2), finite("turns", turns)

    def arm(k: int, share: float) -> tuple[float, float]:
        angle = 2 * pi * (turns * share + k / arms)
        return share * cos(angle), share * sin(angle)

    return _cloud("spirals", arm, n, arms, noise, labels, seed)


def blobs(n: int = 100, noise: float = 0.5, centers: int = 2, labels: Labels | None = None, seed: Seed = 0) -> Dataset:
    """Round clouds about points that stand evenly on the circle of radius 2, one for each class.

    >>> blobs(90, centers=3, labels=(-1, 0, 1))
    <Dataset 'blobs': 90 rows of 2 numbers; targets -1 (30), 0 (30), 1 (30)>
    """
    centers = whole("centers", centers, 2)

    def center(k: int, share: float) -> tuple[float, float]:
        return 2 * cos(2 * pi * k / centers), 2 * sin(2 * pi * k / centers)

    return _cloud("blobs", center, n, centers, noise, labels, seed)


def _gate(name: str, truth: tuple[int, ...], labels: Labels) -> Dataset:
    said = _labels(labels, 2)
    return Dataset([[0, 0], [0, 1], [1, 0], [1, 1]], [said[k] for k in truth], name=name, features=("x1", "x2"))


def _cloud(
    name: str, at: Curve, n: int, classes: int, noise: float, labels: Labels | None, seed: Seed, closed: bool = False
) -> Dataset:
    """n points, as evenly as possible on the curves of the classes, then moved at random and mixed."""
    n, said, rng = whole("n", n, classes), _labels(labels, classes), generator(seed)
    if finite("noise", noise) < 0:
        raise ValueError(f"noise is a standard deviation, 0 or above; got {noise!r}")
    found: list[tuple[list[float], int]] = []
    for k in range(classes):
        count = n // classes + (k < n % classes)
        for i in range(count):
            x, y = at(k, i / max(count - (not closed), 1))
            found.append(([_moved(x, noise, rng), _moved(y, noise, rng)], said[k]))
    rng.shuffle(found)
    return Dataset([point for point, _ in found], [label for _, label in found], name=name, features=("x1", "x2"))


def _moved(x: float, noise: float, rng: Random) -> float:
    return x + rng.gauss(0.0, noise)


def _labels(labels: Any, classes: int) -> list[int]:
    if labels is None:
        return list(range(classes))
    said = list(labels) if isinstance(labels, (list, tuple)) else []
    if len(said) != classes or len(set(said)) != classes or any(type(y) is not int for y in said):
        such = " or ".join(map(str, [tuple(range(classes)), *[(-1, 1)] * (classes == 2)]))
        raise ValueError(f"labels are {classes} different whole numbers, such as {such}; got {labels!r}")
    return said
