"""Formulas and numbers as people write them: the rows of the table, run on text instead of numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from decimal import MAX_EMAX, MIN_EMIN, ROUND_05UP, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from itertools import count
from math import isfinite, isinf
from typing import Any

from . import graph
from .intrinsics import checked
from .op import Op
from .ops import arithmetic, elementary
from .value import Value

DASH = "–"
"""Not computed."""

LONGEST = 40
"""The most signs that an int or a fraction takes with all its digits."""

CHOICE, SUM, PRODUCT, POWER, ATOM = range(5)
"""How tightly a text holds together: what stands in parentheses inside what."""


def significant(digits: Any) -> int:
    """``digits``, if floats can be shown with so many; a ``ValueError`` otherwise."""
    if isinstance(digits, int) and 1 <= digits <= 17:
        return digits
    raise ValueError(f"digits is a number of digits from 1 to 17 (a float has no more); got {digits!r}")


def number(x: Any, digits: int = 4) -> str:
    """A number for people: ints and fractions exact, floats with so many significant digits, a true minus sign.

    An int or fraction that would take more than ``LONGEST`` signs is shown as a float would be.

    >>> number(-0.000012345), number(Fraction(1, 3)), number(None), number(float("-inf")), number(7**120)
    ('−1.234e−5', '1/3', '–', '−∞', '2.581e101')
    """
    if x is None:
        return DASH
    if isinstance(x, (int, Fraction)):
        return _exact(x, digits)
    if isinf(x):
        return "∞" if x > 0 else "−∞"
    return _tidy(f"{x or 0.0:.{digits}g}")  # -0.0 is 0 to a reader


def approximate(x: Decimal, digits: int = 4) -> str:
    """A number of any size with so many significant digits, as a float of that size would be shown.

    >>> approximate(Decimal("0.12344")), approximate(Decimal("-1e-400"))
    ('0.1234', '−1e−400')
    """
    few = _digits(digits)
    rounded = few.normalize(few.create_decimal(x))
    return _tidy(f"{rounded:{'f' if -5 < rounded.adjusted() < digits else 'e'}}")


def _exact(x: int | Fraction, digits: int) -> str:
    """All digits of an int or fraction; of one that nobody would read, the first."""
    if x.numerator.bit_length() + x.denominator.bit_length() <= 4 * LONGEST:
        text = str(x)
        if len(text) <= LONGEST:
            return text.replace("-", "−")
    once = _digits(digits + 3, ROUND_05UP)  # so that it can be rounded once more
    return approximate(once.divide(x.numerator, x.denominator), digits)


def _digits(count: int, rounding: str = ROUND_HALF_EVEN) -> Context:
    """Decimal arithmetic with so many digits, without end on either side, whatever is set elsewhere."""
    return Context(prec=count, rounding=rounding, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])


def _tidy(text: str) -> str:
    """A number's text with a true minus sign, and an exponent without zeros or a plus sign before it."""
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}{e}{int(exponent) if e else ''}".replace("-", "−")


class Text:
    """A piece of a formula: a kind of number on which arithmetic writes itself down."""

    __slots__ = ("exceptional", "signed", "tested", "text", "tight")

    def __init__(
        self, text: str, tight: int = ATOM, exceptional: bool = False, signed: bool = False, tested: str = ""
    ) -> None:
        self.text, self.tight = text, tight
        self.exceptional = exceptional  # inf or nan, or a choice that begins with one
        self.signed = signed  # a minus sign before a factor or a number
        self.tested = tested  # for x ≤ 0 and x ≥ 0: x

    def within(self, tight: int) -> str:
        """The text, in parentheses where it holds together less tightly than its surroundings."""
        return self.text if self.tight >= tight else f"({self.text})"

    def after(self, tight: int) -> str:
        """The text behind an operator, where nothing may begin with a minus sign: ``x·(−y·z)``."""
        return self.within(POWER if self.text.startswith("−") else tight)

    def _first(self) -> str:
        """The text as the first factor: −z and −2 need no parentheses there."""
        return self.text if self.signed else self.within(PRODUCT)

    def apply(self, op: Op, args: Sequence[Any]) -> Text:
        """An operation on texts: its own arithmetic where the row says so, else name(inputs)."""
        if op.spelled:
            written: Text = op.value(*[as_text(a) for a in args])
            return written
        if op is arithmetic.absolute:
            return Text(f"|{as_text(args[0]).text}|")
        inputs = [as_text(a).text for a in args]
        name = op.name
        if name in ("softmax", "log_softmax"):
            return Text(f"{name}({', '.join(inputs)})[{op.params[0]}]")
        return Text(f"{name}({', '.join([*inputs, *(number(c) for c in op.params)])})")

    def intrinsic(self, name: str) -> Text:
        """A function of ``math``, by name."""
        return Text(f"{name}({self.text})")

    def where(self, a: Any, b: Any) -> Text:
        """A choice between formulas; just the first where the second is for exceptional points alone."""
        a, b = as_text(a), as_text(b)
        if b.text == self.tested:
            return Text(a.text, a.tight, a.exceptional)  # x where x is neither above nor below: a nan, which stays one
        almost_always = self.text.startswith("|") and self.text.endswith("| > 0")
        if b.exceptional or almost_always or a.text == b.text:
            return Text(a.text, a.tight, a.exceptional)
        return Text(f"{a.within(SUM)} if {self.text} else {b.text}", CHOICE, a.exceptional)

    def __add__(self, other: Any) -> Text:
        return _sum(self, " + ", as_text(other), SUM)

    def __radd__(self, other: Any) -> Text:
        return _sum(as_text(other), " + ", self, SUM)

    def __sub__(self, other: Any) -> Text:
        return _sum(self, " − ", as_text(other), PRODUCT)

    def __rsub__(self, other: Any) -> Text:
        return _sum(as_text(other), " − ", self, PRODUCT)

    def __mul__(self, other: Any) -> Text:
        return Text(f"{self._first()}·{as_text(other).after(PRODUCT)}", PRODUCT)

    def __rmul__(self, other: Any) -> Text:
        return as_text(other) * self

    def __truediv__(self, other: Any) -> Text:
        return Text(f"{self._first()}/{as_text(other).within(POWER)}", PRODUCT)

    def __rtruediv__(self, other: Any) -> Text:
        return as_text(other) / self

    def __pow__(self, other: Any) -> Text:
        if not isinstance(other, Text):
            return self if other == 1 else Text(f"{self.within(ATOM)}{elementary.superscript(other)}", POWER)
        return Text(f"{self.within(ATOM)}^{other.within(ATOM)}", POWER)

    def __rpow__(self, other: Any) -> Text:
        return as_text(other) ** self

    def __neg__(self) -> Text:
        return Text(f"−{self.within(PRODUCT)}", SUM, signed=True)

    def __abs__(self) -> Text:
        return Text(f"|{self.text}|")

    def is_nonzero(self) -> Text:
        """The condition that it is not 0."""
        return Text(f"{self.text} ≠ 0")

    def __gt__(self, other: Any) -> Text:
        return Text(f"{self.text} > {as_text(other).text}")

    def __lt__(self, other: Any) -> Text:
        return Text(f"{self.text} < {as_text(other).text}")

    def __ge__(self, other: Any) -> Text:
        return Text(f"{self.text} ≥ {as_text(other).text}", tested=self.text)

    def __le__(self, other: Any) -> Text:
        return Text(f"{self.text} ≤ {as_text(other).text}", tested=self.text)


def _sum(a: Text, sign: str, b: Text, tight: int) -> Text:
    return Text(f"{a.within(SUM)}{sign}{b.after(tight)}", SUM)


def as_text(x: Any) -> Text:
    """A name or a number as a piece of a formula."""
    if isinstance(x, Text):
        return x
    if isinstance(x, str):
        return Text(x)
    text = number(checked(x))
    negative = text.startswith("−")
    return Text(text, SUM if negative else PRODUCT if "/" in text else ATOM, not isfinite(x), negative)


def expression(op: Op, names: Sequence[str]) -> str:
    """An operation on named inputs, as a formula.

    >>> expression(elementary.power(2), ["ŷ − y"])
    '(ŷ − y)²'
    """
    return Text("").apply(op, [named(n) for n in names]).text


def slopes(op: Op, z: str, names: Sequence[str]) -> tuple[str, ...]:
    """The local derivatives of an operation whose value is called ``z``, as formulas.

    >>> slopes(arithmetic.mul, "z", ["x", "y"])
    ('y', 'x')
    """
    try:
        return tuple([as_text(s).within(SUM) for s in op.taught(named(z), *[named(n) for n in names])])
    except (TypeError, AttributeError):  # a row of the reader's own that computes with math or NumPy, not with operations
        return unwritten(op, names)


def unwritten(op: Op, names: Sequence[str]) -> tuple[str, ...]:
    """Names for slopes that cannot be written out: f′(x), or f′₁(x, y) and f′₂(x, y)."""
    places = [""] if len(names) == 1 else [str(i).translate(_SUBSCRIPTS) for i in range(1, len(names) + 1)]
    return tuple([f"{op.name}′{place}({', '.join(names)})" for place in places])


_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_NO_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_JOINTS = re.compile(r"\.|(?<=\d),(?=\d)")
"""What holds a name together: the dots of layer1.w21, the comma of w2,10."""


def named(name: str) -> Text:
    """A name, or a number as it is shown, as a piece of a formula: in parentheses where it would fall apart."""
    # A middle dot is a letter to Python and a product to us; with subscript digits it is the other way round.
    word = name.replace("·", " ").translate(_NO_SUBSCRIPTS).partition("[")[0]
    plain = _JOINTS.sub("", word)
    return Text(name, ATOM if plain.isidentifier() or plain.isdigit() or word == "∞" else SUM)


def distinct(name: str, taken: dict[str, int]) -> str:
    """The name, with primes where it is taken already; from the fifth of a name on, with its number behind one.

    ``taken`` has each name that was given out, and how often it was asked for; it is kept up to date.

    >>> taken = {}
    >>> [distinct(name, taken) for name in "xyxxxx"]
    ['x', 'y', 'xʹ', 'xʹʹ', 'xʹʹʹ', 'xʹ5']
    """
    called, asked = name, taken.get(name, 0)
    while called in taken:
        asked += 1
        called = name + ("ʹ" * (asked - 1) if asked < 5 else f"ʹ{asked}")  # to Python a letter: no parentheses around it
    taken[called] = 1
    taken[name] = max(asked, 1)
    return called


def labels(*roots: Value) -> dict[Value, str]:
    """What to call each node: its name; a constant's number; v1, v2, ... in order for the rest.

    Where nodes of one name lie in different scopes, as the weights of layers do, names in these scopes begin with them;
    what is still called alike is told apart by primes.

    >>> x = Value(2, name="x")
    >>> list(labels(x * x + 1).values())
    ['x', '1', 'v1', 'v2']
    >>> from autograd import scope
    >>> with scope("layer1"):
    ...     y = Value(3, name="x")
    >>> list(labels(x * y).values())
    ['x', 'layer1.x', 'v1']
    >>> list(labels(x * Value(4, name="x")).values())
    ['x', 'xʹ', 'v1']
    """
    called: dict[Value, str] = {}
    known: dict[str, int] = {}
    order = graph.nodes(*roots)
    taken = Counter(v.name for v in order)
    shared = {v.scope for v in order if v.name is not None and taken[v.name] > 1}
    fresh = (name for name in map("v{}".format, count(1)) if name not in taken)
    for v in order:
        if v.name is not None:
            called[v] = distinct(f"{v.scope}.{v.name}" if v.scope and v.scope in shared else str(v.name), known)
        elif not v.requires_grad:
            called[v] = number(v.data)
        else:
            called[v] = next(fresh)
    return called
