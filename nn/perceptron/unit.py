"""The threshold unit, which says yes or no, and where its boundary lies (lecture row L1)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from autograd import Op, Value, dot, family, sign, where

from ..checks import whole
from ..initializers import Initializer, Seed, generator, initializer
from ..layers import Layer
from ..shapes import column

Weights = tuple[Any, ...]
"""Plain numbers: the bias w0, then w1, w2, ..."""


@family("threshold")
def threshold(low: int) -> Op:
    """The operation of a threshold unit: 1 at 0 and above, ``low`` below; unlike ``autograd.step``, which is 0 at 0.

    >>> threshold(-1)(0), threshold(-1)(-0.5), threshold(0)(-0.5)
    (1, -1, 0)
    """
    return Op(
        "threshold",
        params=(low,),
        value=lambda x: where(x >= 0, 1, where(x < 0, low, x)),
        slopes=lambda z, x: (0 * sign(x),),
        corners=(0,),
        doc="1 at 0 and above, a lower number below; its slope is 0 everywhere.",
    )


class ThresholdUnit(Layer):
    """A linear threshold unit: 1 where w0 + w1 x1 + w2 x2 + ... >= 0, else ``low`` (lecture row L1).

    Args:
        in_features: how many inputs.
        low: what it says below the threshold: -1, or 0 as logic gates have it.
        init: an initializer's name or a function, for all weights, w0 too; without one they begin at 0.
        seed: as for :class:`nn.Linear`.

    The bias is the weight w0 of an input x0 that is always 1; in pictures it stands so. Its slope is 0 everywhere, so that
    no gradient passes: it learns by :meth:`Perceptron.fit`, or not at all.

    Shape: a row of in_features numbers to one number, a Value; a batch of rows to a list.

    >>> gate = ThresholdUnit(2, low=0)
    >>> gate.weights = -2, 1, 1                         # AND
    >>> [said.data for said in gate([[0, 0], [0, 1], [1, 0], [1, 1]])]
    [0, 0, 0, 1]
    """

    def __init__(self, in_features: int, low: int = -1, init: str | Initializer | None = None, seed: Seed = None) -> None:
        self.in_features = whole("in_features", in_features)
        if low not in (-1, 0):
            raise ValueError(f"low is what the unit says below its threshold, -1 or 0; got {low!r}")
        self.low = int(low)
        draw, rng = initializer(init) if init is not None else lambda *_: 0, generator(seed)
        first, *others = (Value(draw(rng, in_features, 1), f"w{i}") for i in range(in_features + 1))
        self.bias, self.weight = first, others

    def score(self, x: list[Any]) -> Any:
        """w0 + w1 x1 + w2 x2 + ..., which for one row is compared with 0.

        >>> gate = ThresholdUnit(2)
        >>> gate.weights = -3, 2, 2
        >>> gate.score([1, 0]).data
        -1
        """
        return dot([self.bias, *self.weight], [Value(1, "x0", requires_grad=False), *x])

    def row(self, x: list[Any]) -> Any:
        """What it says to one row."""
        return threshold(self.low)(self.score(x))

    @property
    def weights(self) -> Weights:
        """Its weights as plain numbers: w0, w1, ...; settable."""
        return self.bias.data, *(w.data for w in self.weight)

    @weights.setter
    def weights(self, wanted: Sequence[Any]) -> None:
        first, *others = column(wanted, "the weights")
        if len(others) != self.in_features:
            raise ValueError(f"the weights are w0 to w{self.in_features}, {self.in_features + 1} numbers; got {wanted!r}")
        self.load_state_dict({"weight": others, "bias": first})

    def boundary(self) -> Any:
        """Where it changes its mind: see :func:`boundary`."""
        return boundary(self.weights)

    def describe(self) -> str:
        """Its inputs, and what it says below the threshold."""
        return f"{self.in_features}, low={self.low}"


def boundary(weights: Sequence[Any]) -> Any:
    """Where w0 + w1 x1 + w2 x2 = 0 (lecture row L1): exact where the weights are.

    Args:
        weights: w0, w1 and at most w2; w0 is the bias.

    Returns:
        For one input a number, the point x1. For two the line as ``(point, direction)``: all ``point + t * direction``, with
        the +1 side on the right hand of who looks along the direction. None where only w0 is not 0, or nothing: then the
        unit says the same everywhere.

    Raises:
        ValueError: more than two inputs: a hyperplane, which the weights themselves describe best.

    >>> boundary((-3, 2))
    Fraction(3, 2)
    >>> boundary((-3.0, 2.0, 2.0))
    ((0, 1.5), (-2.0, 2.0))
    """
    bias, *w = weights
    if not any(w):
        return None
    if len(w) == 1:
        return _ratio(-bias, w[0])
    if len(w) != 2:
        raise ValueError(
            f"with {len(w)} inputs the boundary is a hyperplane, not a point or a line: the weights (w1, w2, ...) stand "
            f"upright on it, and it lies -w0 / |w| from the origin"
        )
    along = -w[1], w[0]
    return ((_ratio(-bias, w[0]), 0) if abs(w[0]) > abs(w[1]) else (0, _ratio(-bias, w[1]))), along


def _ratio(a: Any, b: Any) -> Any:
    return Fraction(a, b) if isinstance(a, int) and isinstance(b, int) else a / b
