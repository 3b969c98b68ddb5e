"""Names, numbers and formulas as LaTeX (amsmath; MathJax and KaTeX read it too): the rows, run on LaTeX.

A name is data: whatever it holds comes out as signs to read, never as a command. Until :func:`finished` puts their
commands in, the signs − · ≤ ≥ ∞ … stand for themselves, each with a space or a bracket after it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from .. import formula
from ..formula import ATOM, POWER, PRODUCT, SUM, Text
from ..op import Op
from ..ops import arithmetic, elementary

FUNCTIONS = frozenset(
    ("arccos", "arcsin", "arctan", "cos", "cosh", "exp", "log", "max", "min", "sin", "sinh", "sqrt", "tan", "tanh")
)
"""Functions that LaTeX has a command for."""
GREEK = frozenset(
    (
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
        "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi",
        "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega",
    )
)  # fmt: skip
ACCENTS = {
    "\u0300": "grave", "\u0301": "acute", "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0306": "breve",
    "\u0307": "dot", "\u0308": "ddot", "\u030c": "check", "\u20d7": "vec",
}  # fmt: skip
ESCAPED = {
    **{sign: f"\\{sign}" for sign in "$%&#_{} "},
    **{sign: f"{{{sign}}}" for sign in "<>=+-*/|!?:;,.'\"@()[]−·≤≥∞…′"},  # braces: no tag, no operator's space, no ligature
    "\\": "\\backslash{}",
    "^": "\\wedge{}",
    "~": "\\sim{}",
    "`": "\\backprime{}",
    "ʹ": "'",
}
COMMANDS = str.maketrans(
    {"−": "-", "·": r"\cdot", "≤": r"\le", "≥": r"\ge", "∞": r"\infty", "…": r"\ldots", "′": "'", "ʹ": "'"}
)
_NUMBER = re.compile(r"(−?)(\d+(?:\.\d+)?)(?:/(\d+)|e(−?\d+))?")
_INDEXED = re.compile(r"(.+?)(?:_?([0-9]+)|\[([0-9]+)\]|_(\w+))?(ʹ*)", re.DOTALL)


def finished(text: str) -> str:
    """LaTeX with commands for the signs that the parts leave to the end."""
    return text.translate(COMMANDS)


def number(text: str) -> str:
    r"""A number of :func:`autograd.formula.number` as LaTeX; any other text is a name.

    >>> print(number("−1/3"), number("1.5e−5"), number("nan"))
    −\frac{1}{3} 1.5 · 10^{−5} \mathrm{nan}
    """
    found = _NUMBER.fullmatch(text)
    if not found:
        return text if text.lstrip("−") == "∞" else name(text)
    sign, digits, below, exponent = found.groups()
    if below:
        return f"{sign}\\frac{{{digits}}}{{{below}}}"
    return f"{sign}{digits} · 10^{{{exponent}}}" if exponent else text


def name(text: str) -> str:
    r"""A name as LaTeX: indices below, Greek letters and accents by their commands, words upright.

    >>> print(name("w1"), name("ŷ"), name("alpha"), name("loss"), name("x[0]"), name("y_hat"))
    w_{1} \hat{y} \alpha \mathrm{loss} x_{0} \hat{y}
    >>> print(name("$x"))
    \mathrm{\$x}
    """
    if _NUMBER.fullmatch(text):
        return number(text)
    found = _INDEXED.fullmatch(text)
    if found is None:
        return ""
    base, digits, item, word, primes = found.groups()
    after = "'" * len(primes)
    if word and "_" in word:  # a sentence, not an index
        base, word = f"{base}_{word}", ""
    if word in ACCENTS.values():
        return f"\\{word}{{{_word(base)}}}{after}"
    index = digits or item or (_word(word) if word else "")
    return _word(base) + (f"_{{{index}}}" if index else "") + after


def _word(text: str) -> str:
    if text in GREEK:
        return f"\\{text}"
    signs = _signs(text)
    return signs[0].removesuffix("{}") if len(signs) == 1 and text[0].isalpha() else f"\\mathrm{{{''.join(signs)}}}"


def _signs(text: str) -> list[str]:
    """Each letter with its accents, or other sign, as LaTeX."""
    out: list[str] = []
    for sign in unicodedata.normalize("NFD", text):
        if sign in ACCENTS and out:
            out[-1] = f"\\{ACCENTS[sign]}{{{out[-1]}}}"
        elif unicodedata.combining(sign) and out:
            out[-1] += sign
        else:
            out.append(ESCAPED.get(sign) or _greek(sign) or sign)
    return out


def _greek(sign: str) -> str:
    """The command of a Greek letter, if it has one."""
    script, _, letter = unicodedata.name(sign, "").partition(" LETTER ")
    command = {"LAMDA": "lambda"}.get(letter, letter.lower())
    command = command.title() if script == "GREEK CAPITAL" else command
    return f"\\{command}{{}}" if script in ("GREEK SMALL", "GREEK CAPITAL") and command in GREEK else ""


class Tex:
    """A piece of a formula as LaTeX. Beside it goes the same in plain text, which knows what needs parentheses."""

    __slots__ = ("cases", "plain", "text")

    def __init__(self, text: str, plain: Text, cases: tuple[tuple[str, str], ...] = ()) -> None:
        self.text, self.plain = text, plain
        self.cases = cases  # of a choice: values and conditions

    def within(self, tight: int) -> str:
        """The LaTeX, in parentheses where it holds together less tightly than its surroundings."""
        return self.text if self.plain.tight >= tight else f"\\left({self.text}\\right)"

    def after(self, tight: int) -> str:
        """The LaTeX behind an operator, where nothing may begin with a minus sign."""
        return self.within(POWER if self.plain.text.startswith("−") else tight)

    def apply(self, op: Op, args: Sequence[Any]) -> Tex:
        """An operation on LaTeX: its own arithmetic where the row says so, else a function of the inputs."""
        inputs = [as_tex(a) for a in args]
        if op.spelled:
            written: Tex = op.value(*inputs)
            return written
        plain = Text("").apply(op, [x.plain for x in inputs])
        texts = [x.text for x in inputs]
        if op is arithmetic.absolute:
            return Tex(f"\\left|{texts[0]}\\right|", plain)
        if plain.text.endswith("]"):  # one output of several: softmax(x, y)[0]
            return Tex(f"{_called(op.name)}\\left({', '.join(texts)}\\right)_{{{op.params[0]}}}", plain)
        short = op.glyph in FUNCTIONS or (len(op.glyph) == 1 and op.glyph.isalpha())
        texts += [number(formula.number(c)) for c in op.params]
        return Tex(_call(op.glyph if short else op.name, ", ".join(texts)), plain)

    def intrinsic(self, name: str) -> Tex:
        """A function of ``math``, by name."""
        return Tex(_call(name, self.text), self.plain.intrinsic(name))

    def where(self, a: Any, b: Any) -> Tex:
        """A choice between formulas, where plain text makes one."""
        a, b = as_tex(a), as_tex(b)
        plain = self.plain.where(a.plain, b.plain)
        if plain.text == a.plain.text:
            return Tex(a.text, plain, a.cases)
        cases = ((a.text, f"\\text{{if }} {self.text}"), *(b.cases or ((b.text, "\\text{otherwise}"),)))
        lines = " \\\\ ".join([f"{value} & {condition}" for value, condition in cases])
        return Tex(f"\\begin{{cases}} {lines} \\end{{cases}}", plain, cases)

    def __add__(self, other: Any) -> Tex:
        return _sum(self, "+", as_tex(other), SUM, self.plain + as_tex(other).plain)

    def __radd__(self, other: Any) -> Tex:
        return as_tex(other) + self

    def __sub__(self, other: Any) -> Tex:
        return _sum(self, "−", as_tex(other), PRODUCT, self.plain - as_tex(other).plain)

    def __rsub__(self, other: Any) -> Tex:
        return as_tex(other) - self

    def __mul__(self, other: Any) -> Tex:
        other = as_tex(other)
        first = self.text if self.plain.signed else self.within(PRODUCT)
        return Tex(f"{first} · {other.after(PRODUCT)}", self.plain * other.plain)

    def __rmul__(self, other: Any) -> Tex:
        return as_tex(other) * self

    def __truediv__(self, other: Any) -> Tex:
        other = as_tex(other)
        return Tex(f"\\frac{{{self.text}}}{{{other.text}}}", self.plain / other.plain)

    def __rtruediv__(self, other: Any) -> Tex:
        return as_tex(other) / self

    def __pow__(self, other: Any) -> Tex:
        exponent = as_tex(other)
        plain = self.plain ** (exponent.plain if isinstance(other, Tex) else other)
        if plain.text == self.plain.text:
            return self
        return Tex(f"{self.within(ATOM)}^{{{exponent.text}}}", plain)

    def __rpow__(self, other: Any) -> Tex:
        return as_tex(other) ** self

    def __neg__(self) -> Tex:
        return Tex(f"−{self.within(PRODUCT)}", -self.plain)

    def __abs__(self) -> Tex:
        return Tex(f"\\left|{self.text}\\right|", abs(self.plain))

    def __gt__(self, other: Any) -> Tex:
        return Tex(f"{self.text} > {as_tex(other).text}", self.plain > as_tex(other).plain)

    def __lt__(self, other: Any) -> Tex:
        return Tex(f"{self.text} < {as_tex(other).text}", self.plain < as_tex(other).plain)

    def __ge__(self, other: Any) -> Tex:
        return Tex(f"{self.text} ≥ {as_tex(other).text}", self.plain >= as_tex(other).plain)

    def __le__(self, other: Any) -> Tex:
        return Tex(f"{self.text} ≤ {as_tex(other).text}", self.plain <= as_tex(other).plain)


def _sum(a: Tex, sign: str, b: Tex, tight: int, plain: Text) -> Tex:
    return Tex(f"{a.within(SUM)} {sign} {b.after(tight)}", plain)


def _call(function: str, inputs: str) -> str:
    if function == elementary.sqrt.name:
        return f"\\sqrt{{{inputs}}}"
    return f"{_called(function)}\\left({inputs}\\right)"


def _called(function: str) -> str:
    """A function's name: LaTeX's command for it, a letter, or a word."""
    if function in FUNCTIONS:
        return f"\\{function}"
    return _word(function) if len(function) == 1 else f"\\operatorname{{{''.join(_signs(function))}}}"


def as_tex(x: Any) -> Tex:
    """A name or a number as a piece of a formula."""
    if isinstance(x, Tex):
        return x
    plain = formula.as_text(x)
    return Tex(number(plain.text), plain)


def _piece(text: str, plain: str) -> Tex:
    return Tex(text, formula.named(plain))


def expression(op: Op, names: Sequence[tuple[str, str]]) -> str:
    r"""An operation on named inputs, each in LaTeX and in plain text, as LaTeX.

    >>> print(expression(elementary.power(2), [("s_{1}", "s1")]))
    s_{1}^{2}
    """
    return Tex("", Text("")).apply(op, [_piece(*n) for n in names]).text


def slopes(op: Op, z: tuple[str, str], names: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    r"""The local derivatives of an operation, as LaTeX.

    >>> print(*slopes(arithmetic.div, ("z", "z"), [("x", "x"), ("y", "y")]))
    \frac{1}{y} \frac{−z}{y}
    """
    try:
        return tuple([as_tex(s).text for s in op.taught(_piece(*z), *[_piece(*n) for n in names])])
    except (TypeError, AttributeError):  # see formula.unwritten
        places = [""] if len(names) == 1 else [f"_{{{i}}}" for i in range(1, len(names) + 1)]
        inputs = ", ".join(tex for tex, _ in names)
        return tuple([f"{_called(op.name)}'{place}\\left({inputs}\\right)" for place in places])
