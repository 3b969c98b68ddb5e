"""Sums of many inputs as one node each: sum, mean, dot, and the softmax family."""

from __future__ import annotations

import operator
from functools import reduce
from typing import Any

from .. import intrinsics as m
from .. import precise
from ..intrinsics import unit
from ..op import Op, family

total = Op(
    "sum",
    glyph="Σ",
    spelled=True,
    value=lambda *xs: reduce(operator.add, xs),
    slopes=lambda z, *xs: (1,) * len(xs),
    doc="The sum of the inputs, from left to right, as one node.",
)
mean = Op(
    "mean",
    value=lambda *xs: reduce(operator.add, xs) / len(xs),
    slopes=lambda z, *xs: (unit(z) / len(xs),) * len(xs),
    doc="The mean of the inputs.",
)


def _dot(*wxb: Any) -> Any:
    n = len(wxb) // 2  # an even number of inputs has no bias
    return reduce(operator.add, map(operator.mul, wxb[:n], wxb[n : 2 * n]), *wxb[2 * n :])


def _dot_slopes(z: Any, *wxb: Any) -> tuple[Any, ...]:
    n = len(wxb) // 2
    return (*wxb[n : 2 * n], *wxb[:n], *(1,) * (len(wxb) % 2))


dot = Op(
    "dot",
    glyph="Σ",
    spelled=True,
    value=_dot,
    slopes=_dot_slopes,
    doc="Rosenblatt's Σ: the bias, if any, plus the sum of weight times input, from left to right, as one node.",
)


# The softmax family. Exponentials are taken of exact differences to the largest input, and the slope of an output by its
# own input is the sum of the other shares, never 1 - p, which would lose the digits of a share near 1.


def shares(xs: tuple[Any, ...]) -> list[Any]:
    """softmax of all inputs: numbers at once, other kinds of number by one operation an output."""
    if any(hasattr(x, "apply") for x in xs):
        return [softmax(i)(*xs) for i in range(len(xs))]
    weights = precise.normalized_exponentials(xs)
    whole = precise.exact_sum(weights)
    return [precise.quotient(w, whole) for w in weights]


def other_shares(i: int, xs: tuple[Any, ...]) -> Any:
    """1 - softmax of input i, as the sum of the others."""
    if any(hasattr(x, "apply") for x in xs):
        others = [p for j, p in enumerate(shares(xs)) if j != i]
        return reduce(operator.add, others) if others else 0
    weights = precise.normalized_exponentials(xs)
    return precise.quotient(precise.exact_sum(weights[:i] + weights[i + 1 :]), precise.exact_sum(weights))


def _log_sum(xs: tuple[Any, ...]) -> Any:
    """log(Σ exp(x)); on other kinds of number by the textbook's formula."""
    if not any(hasattr(x, "intrinsic") for x in xs):
        return precise.logsumexp(xs)
    top, rest = _textbook(xs)
    return top + rest


def _log_share(i: int, xs: tuple[Any, ...]) -> Any:
    if not any(hasattr(x, "intrinsic") for x in xs):
        return precise.log_share(i, xs)
    top, rest = _textbook(xs)
    return xs[i] - top - rest


def _textbook(xs: tuple[Any, ...]) -> tuple[Any, Any]:
    """The largest input, and log(Σ exp(x - largest))."""
    top = reduce(lambda a, b: m.where(b > a, b, a), xs)
    return top, m.log(reduce(operator.add, [m.exp(x - top) for x in xs]))


def _share(i: int, xs: tuple[Any, ...]) -> Any:
    return m.exp(_log_share(i, xs)) if any(hasattr(x, "intrinsic") for x in xs) else shares(xs)[i]


def _share_slopes(i: int, z: Any, xs: tuple[Any, ...]) -> list[Any]:
    """p_i (1 - p_i) by its own input, -p_i p_j by another; on numbers exp(x_i + x_j) / (Σ exp)², rounded less often."""
    if any(hasattr(x, "apply") for x in xs):
        return [z * other_shares(i, xs) if j == i else -z * p for j, p in enumerate(shares(xs))]
    products = precise.paired_exponentials(i, xs)
    products[i] = precise.exact_sum(products[:i] + products[i + 1 :])
    whole, rest = precise.exact_sum(precise.normalized_exponentials(xs))
    square = whole * whole
    below = square, precise.product_error(square, whole, whole) + 2 * whole * rest
    return [precise.quotient(p, below) * (1 if j == i else -1) for j, p in enumerate(products)]


logsumexp = Op(
    "logsumexp",
    glyph="lse",
    value=lambda *xs: _log_sum(xs),
    slopes=lambda z, *xs: tuple(shares(xs)),
    doc="log(exp(x1) + ... + exp(xn)), which never overflows on the way; its slopes are softmax.",
)


@family("softmax")
def softmax(i: int) -> Op:
    """The row of output i."""
    return Op(
        "softmax",
        params=(i,),
        glyph=f"softmax {i}",
        value=lambda *xs: _share(i, xs),
        slopes=lambda z, *xs: tuple(_share_slopes(i, z, xs)),
        doc=f"Output {i} of softmax: exp(x{i}) / (exp(x0) + exp(x1) + ...).",
    )


@family("log_softmax")
def log_softmax(i: int) -> Op:
    """The row of output i."""
    return Op(
        "log_softmax",
        params=(i,),
        glyph=f"log p{i}",
        value=lambda *xs: _log_share(i, xs),
        slopes=lambda z, *xs: tuple([other_shares(i, xs) if j == i else -p for j, p in enumerate(shares(xs))]),
        doc=f"Output {i} of log_softmax: x{i} - logsumexp(x).",
    )


@family("cross_entropy")
def cross_entropy(target: int) -> Op:
    """The row of one target class."""
    return Op(
        "cross_entropy",
        params=(target,),
        glyph="CE",
        value=lambda *xs: 0 - _log_share(target, xs),  # a sure answer costs 0, not -0
        slopes=lambda z, *xs: tuple([-other_shares(target, xs) if j == target else p for j, p in enumerate(shares(xs))]),
        doc=f"Softmax cross-entropy of the logits when the right class is {target}: -log softmax(x)[{target}].",
    )
