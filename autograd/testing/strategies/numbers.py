"""Numbers: everywhere in a domain, at edges, and as inputs of an operation."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from math import ceil, floor, inf, isfinite, nan, nextafter
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ...intrinsics import Number
from ...op import Op

EVERYDAY: dict[type, SearchStrategy[Any]] = {
    float: st.floats(-4, 4),
    int: st.integers(-4, 4),
    Fraction: st.fractions(-3, 3, max_denominator=4),
}
"""Small numbers of each kind, for graphs whose values stay readable."""

_KINDS = "kinds are some of float, int and Fraction"


def everyday(kinds: Collection[type]) -> SearchStrategy[Number]:
    """Small numbers of these kinds."""
    if not kinds or not set(kinds) <= set(EVERYDAY):
        raise ValueError(f"{_KINDS}; got {kinds!r}")
    return st.one_of([EVERYDAY[kind] for kind in EVERYDAY if kind in kinds])


def values(domain: tuple[float, float] = (-inf, inf), kinds: Collection[type] = (float,)) -> SearchStrategy[Number]:
    """Finite numbers strictly inside a domain, of every size, most of them where functions do something.

    Args:
        domain: the interval, as an operation has one (``op.domain``). Its ends are :func:`edges`.
        kinds: some of float, int and Fraction.

    >>> from hypothesis import find
    >>> find(values((0, 1)), lambda x: x > 0.1)
    0.5
    >>> find(values(kinds=[Fraction]), lambda x: x.denominator > 2)
    Fraction(1, 3)
    """
    low, high = domain
    if not low < high:
        raise ValueError(f"a domain is an interval, as in (0, 1); got {domain!r}")
    found: list[SearchStrategy[Any]] = []
    if float in kinds:
        found = [_floats(low, high, most) for most in (40.0, 800.0, inf)]
    if int in kinds:
        least, largest = _nearest(low, high, 1000.0)
        first, last = floor(least) + 1, ceil(largest) - 1
        found += [st.integers(first, last)] if first <= last else []
    if Fraction in kinds:
        found.append(_fractions(low, high))
    if not found or not set(kinds) <= set(EVERYDAY):
        raise ValueError(f"{_KINDS}, and there must be one in the domain {domain!r}; got {kinds!r}")
    return st.one_of(found)


def _nearest(low: float, high: float, most: float) -> tuple[float, float]:
    """The part of a domain that is nearest to 0, ``most`` to either side."""
    near = min(max(0.0, low), high)
    return max(low, near - most), min(high, near + most)


def _floats(low: float, high: float, most: float) -> SearchStrategy[float]:
    return st.floats(*_nearest(low, high, most), exclude_min=True, exclude_max=True)


def _fractions(low: float, high: float) -> SearchStrategy[Fraction]:
    least, largest = map(Fraction, _nearest(low, high, 100.0))
    first, last = Fraction(ceil(least * 1000), 1000), Fraction(floor(largest * 1000), 1000)
    narrow = first >= last
    found = st.fractions(least, largest) if narrow else st.fractions(first, last, max_denominator=1000)
    return found.filter(lambda x: low < x < high)


SMALLEST, NORMAL, LARGEST = 5e-324, 2.0**-1022, nextafter(inf, 0)
_EDGES: tuple[Number, ...] = (
    *(0, 0.0, -0.0, 1, -1, 1.0, -1.0),
    *(1 + 2.0**-52, 1 - 2.0**-53, -1 - 2.0**-52, -1 + 2.0**-53),
    *(SMALLEST, -SMALLEST, NORMAL, -NORMAL, nextafter(NORMAL, 0), -nextafter(NORMAL, 0)),
    *(2.0**53, 2**53 + 1, 1e154, -1e154, 709.782712893384, -745.1332191019411),  # squares and exp end about here
    *(LARGEST, -LARGEST, 10**400, -(10**400)),
)


def edges(op: Op | None = None, *, nonfinite: bool = False) -> SearchStrategy[Number]:
    """Numbers where things go wrong: zeros of both signs, 1 and its neighbours, subnormals, the largest, beyond floats.

    Args:
        op: an operation; its corners, the ends of its domain, and the floats next to each come first, and nothing outside
            its domain is drawn.
        nonfinite: inf, -inf and nan as well, in the domain or not.

    >>> from hypothesis import find
    >>> find(edges(), lambda x: 0 < x < 1e-300)
    5e-324
    >>> from autograd import asin
    >>> find(edges(asin), lambda x: 0.5 < x < 1)
    0.9999999999999999
    """
    special: list[Number] = []
    if op is not None:
        for x in (*op.corners, *op.domain):
            special += [x, nextafter(x, -inf), nextafter(x, inf)] if isfinite(x) else []
    low, high = op.domain if op is not None else (-inf, inf)
    found = [x for x in (*special, *_EDGES) if low <= x <= high]
    return st.sampled_from([*found, *((inf, -inf, nan) if nonfinite else ())])


def inputs_of(op: Op, kinds: Collection[type] = (float,), *, edge: bool = True) -> SearchStrategy[tuple[Number, ...]]:
    """Inputs at which an operation has a finite value: of every size in its domain, at edges and corners, and equal ones.

    Args:
        op: the operation; one of any number of inputs gets 1 to 5.
        kinds: some of float, int and Fraction.
        edge: False leaves :func:`edges` out, and draws from the inside of the domain only.

    >>> from hypothesis import find
    >>> from autograd import log, maximum
    >>> find(inputs_of(log), lambda xs: xs[0] < 1e-300)
    (5e-324,)
    >>> from autograd.op import find as row
    >>> find(inputs_of(row("maximum")), lambda xs: len(xs) > 2)
    (0.0, 0.0, 0.0)
    """
    number = values(op.domain, kinds)
    if edge:
        number = st.one_of(number, edges(op).filter(lambda x: type(x) in kinds))
    least, most = (1, 5) if op.arity is None else (op.arity, op.arity)
    apart = st.lists(number, min_size=least, max_size=most)
    equal = st.builds(lambda x, n: [x] * n, number, st.integers(least, most))
    return (apart if most == 1 else apart | equal).map(tuple).filter(lambda args: usable(op, args))


def usable(op: Op, args: tuple[Number, ...]) -> bool:
    """Whether an operation has a finite value there. Errors of a row are the row's: only fractions may have no result."""
    if not affordable(op, args):
        return False
    try:
        z = op(*args)
    except (TypeError, ZeroDivisionError):
        if not any(isinstance(x, Fraction) for x in args):
            raise
        return False
    return not isinstance(z, float) or isfinite(z)


MOST_BITS = 4096
"""How long whole numbers and parts of fractions may grow."""


def affordable(op: Op, args: tuple[Number, ...]) -> bool:
    """Whether the value can be computed soon: whole powers of whole numbers may have more digits than there is memory."""
    exact = [x for x in args if not isinstance(x, float)]
    if op.name not in ("pow", "power") or len(exact) < len(args):
        return True
    x, y = args if op.name == "pow" else (args[0], op.params[0])
    return isinstance(y, float) or bits(x) * abs(y) <= MOST_BITS


def bits(x: Number) -> int:
    """How long an exact number is; 0 for a float."""
    return 0 if isinstance(x, float) else max(abs(x.numerator), x.denominator).bit_length()
