"""The first look at an expression: its signs, one after another, before Python's own parser sees it.

Python's parser is made for programs. Here everything that a formula does not need (text, attributes,
comparisons, look-alike letters, deep nesting) is refused first, with the place, the cause and the remedy.

>>> try:
...     scan("a = 2*x; a^2")
... except ExpressionError as error:
...     print(error)
column 11, at "^" in "a = 2*x; a^2": for a power write **
"""

import keyword
import re
import unicodedata
from fractions import Fraction
from typing import Self

from ..terminal import short, visible, width

MAX_LENGTH = 10_000  #: characters in an expression
MAX_DEPTH = 100  #: brackets inside brackets
MAX_NAME = 100  #: letters in a name
MAX_DIGITS = 500  #: characters in a number, and the largest exponent of a number that is to be exact

_NAME = r"[^\W\d][\w\u0300-\u036f]*"
_NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_TOKEN = re.compile(
    rf"(?P<space>[ \t\r]+)|(?P<number>{_NUMBER})|(?P<name>{_NAME})|(?P<refused>//|[-+*/=<>!:]=|->)"
    r"|(?P<binary>\*\*|[*/])|(?P<sign>[-+])|(?P<open>[(\[])|(?P<close>[)\]])|(?P<comma>,)|(?P<equals>=)"
    r"|(?P<stop>[;\n])|(?P<other>.)",
    re.DOTALL,
)
_LITERAL = re.compile(rf"[+-]?(?:{_NUMBER}|[0-9]+/[0-9]+|inf|nan)")

_BEGINS = {"start", "open", "comma", "operator"}  # after one of these a value can begin
_VALUE = {"number", "name", "close"}  # after one of these a value is complete
_MAY_FOLLOW = {
    "number": _BEGINS,
    "name": _BEGINS,
    "open": _BEGINS | {"name", "close"},
    "close": _VALUE | {"open", "comma"},
    "sign": _VALUE | _BEGINS,
    "binary": _VALUE,
    "comma": _VALUE,
    "equals": _VALUE,
    "stop": _VALUE | {"start", "comma"},
}

_COMPARE = "comparisons are left out: where(step(a - b), x, y) is x where a > b, else y"
_REMEDIES = {
    "^": "for a power write **",
    "²": "for a power write **2",
    "³": "for a power write **3",
    "√": "for a root write sqrt(...)",
    "|": "for an absolute value write abs(...)",
    ".": "names have no parts: a function is written tanh(x), a product x*y",
    **dict.fromkeys("\"'`", "text is left out: write numbers, names, functions and + - * / **"),
    **dict.fromkeys("{}", "group with ( ) and write lists with [ ]"),
    **dict.fromkeys(("<", ">", "<=", ">=", "==", "!=", "!"), _COMPARE),
    **dict.fromkeys((":", ":=", "->"), "to name a value write a statement: name = expression;"),
    **dict.fromkeys(("+=", "-=", "*=", "/="), "a name gets its value once: write new = old + ..."),
    **dict.fromkeys(("//", "%", "÷"), "for a quotient write /"),
    **dict.fromkeys("·×⋅∙@", "for a product write *"),
    **dict.fromkeys("−–—", "for a minus sign write -"),
}


class ExpressionError(ValueError):
    """An expression that cannot be read or evaluated. The message is one line: place, cause and remedy.

    ``line`` and ``column`` count from 1 (None where the fault has no place in the text); a note has a caret at it.

    >>> from autograd.command.expression import parse
    >>> try:
    ...     parse("tahn(y)").evaluate({"y": 2})
    ... except ExpressionError as error:
    ...     print(error)
    column 1, at "tahn" in "tahn(y)": there is no function tahn; did you mean tanh?
    """

    line: int | None = None
    column: int | None = None

    @classmethod
    def at(cls, text: str, start: int, end: int, problem: str) -> Self:
        """The error for ``text[start:end]``; an empty piece is the end of the text."""
        head = text.rfind("\n", 0, start) + 1
        tail = text.find("\n", start)
        line = text[head : len(text) if tail < 0 else tail]
        start, end = start - head, min(end - head, len(line))
        room = 30 if line[max(start - 30, 0) : end + 30].isprintable() else 10  # what does not print takes up to 10 signs
        left, right = max(start - room, 0), min(max(end, start) + room, len(line))
        before = ("…" if left else "") + visible(line[left:start])
        piece = short(line[start:end])
        after = visible(line[end:right]) + ("…" if right < len(line) else "")
        number = text.count("\n", 0, head) + 1
        place = f"line {number}, column {start + 1}" if "\n" in text else f"column {start + 1}"
        where = f'at "{piece}" in' if piece else "at the end of"
        error = cls(f'{place}, {where} "{before}{piece}{after}": {problem}')
        error.line, error.column = number, start + 1
        error.add_note(f"    {before}{piece}{after}\n    {' ' * width(before)}{'^' * max(width(piece), 1)}")
        return error


def scan(text: str) -> str:
    r"""The same text on one line, with ``;`` between statements, once every sign in it is found to be allowed.

    Raises ``ExpressionError`` at the first sign that is not, or where an operator, a value or a bracket is missing.

    >>> scan("a = 2\na*x")
    'a = 2;a*x'
    """
    if len(text) > MAX_LENGTH:
        problem = f"the expression has {len(text):,} characters, at most {MAX_LENGTH:,} are read: leave something out"
        raise ExpressionError.at(text, MAX_LENGTH, MAX_LENGTH + 1, problem)
    clean = list(text)
    brackets: list[int] = []  # where each open bracket stands
    before = "start"
    for token in _TOKEN.finditer(text):
        kind, piece, (start, end) = str(token.lastgroup), token[0], token.span()
        if kind == "space":
            clean[start:end] = " " * (end - start)  # a \r would be a line end to Python
            continue
        if kind == "stop" and piece == "\n" and (brackets or before == "operator"):
            clean[start] = " "  # the statement goes on
            continue
        _check_piece(text, kind, piece, start, end)
        if before not in _MAY_FOLLOW[kind]:
            raise ExpressionError.at(text, start, end, _missing(kind, piece))
        if kind == "open":
            brackets.append(start)
            if len(brackets) > MAX_DEPTH:
                problem = f"more than {MAX_DEPTH} brackets are open; name inner parts: a = ...; b = f(a)"
                raise ExpressionError.at(text, start, end, problem)
        elif kind == "close":
            if not brackets or text[brackets.pop()] + piece not in ("()", "[]"):
                raise ExpressionError.at(text, start, end, "this bracket closes none that is open: remove or match it")
        elif kind == "stop":
            if brackets:
                break
            clean[start] = " " if before == "start" else ";"
        before = {"binary": "operator", "sign": "operator", "equals": "operator", "stop": "start"}.get(kind, kind)
    if brackets:
        raise ExpressionError.at(text, brackets[-1], brackets[-1] + 1, "this bracket is never closed: close it")
    clean_text = "".join(clean)
    if not clean_text.strip():
        raise ExpressionError.at("", 0, 0, "the expression is empty: write one, such as x*y")
    if before == "operator":
        end = len(clean_text.rstrip())
        raise ExpressionError.at(text, end, end, "a value is missing after the operator: add one")
    return clean_text


def _check_piece(text: str, kind: str, piece: str, start: int, end: int) -> None:
    """Refuse a number, name or sign that is wrong whatever stands around it."""
    if kind == "name":
        look_alike(text, piece, start)
        if problem := name_problem(piece):
            raise ExpressionError.at(text, start, end, problem)
    elif kind == "number" and len(piece) > MAX_DIGITS:
        problem = f"a number may have {MAX_DIGITS} digits, this has {len(piece):,}: write it as a power, or 1e9"
        raise ExpressionError.at(text, start, end, problem)
    elif kind == "number" and re.match("0[0-9]+$", piece):
        raise ExpressionError.at(text, start, end, f"write {piece.lstrip('0') or '0'} without leading zeros")
    elif kind in ("other", "refused"):
        if piece not in _REMEDIES:
            look_alike(text, piece, start)
        problem = _REMEDIES.get(piece, "this sign has no meaning here: remove it")
        raise ExpressionError.at(text, start, end, problem)


def look_alike(text: str, word: str, start: int) -> None:
    """Refuse letters that Python would quietly read as others, such as full-width ones."""
    for i, sign in enumerate(word):
        if not unicodedata.is_normalized("NFKC", word[: i + 1]):
            name = unicodedata.name(sign, "a sign without a name")
            problem = f"this is {name}: type {short(unicodedata.normalize('NFKC', word))} instead"
            raise ExpressionError.at(text, start + i, start + i + 1, _REMEDIES.get(sign, problem))


def name_problem(word: str) -> str | None:
    """Why ``word`` cannot name a value, with a remedy; None if it can.

    >>> name_problem("2x")
    'a name has letters, digits and _, and begins with a letter: choose another'
    """
    if len(word) > MAX_NAME:
        return f"a name may have {MAX_NAME} letters: choose a shorter one"
    if not re.fullmatch(_NAME, word) or not word.isidentifier():
        return "a name has letters, digits and _, and begins with a letter: choose another"
    if word in ("True", "False", "None"):
        return f"{word} is no number: write 1, 0 or leave it out"
    if keyword.iskeyword(word):
        return f"{word} is a word of Python's own: as a name choose another, as a choice use where(c, a, b)"
    if word.startswith("_") or "__" in word:
        return "a name begins with a letter and has no __ in it: choose another"
    return None


def _missing(kind: str, piece: str) -> str:
    if kind in ("number", "name", "open"):
        return f"an operator is missing before {short(piece)}; for a product write *"
    return "a value is missing before this: add one"


def read_number(text: str, exact: bool = False) -> int | float | Fraction:
    """The number that ``text`` writes: an int, a decimal, a fraction (1/3), inf or nan; exact, a Fraction.

    Raises ``ExpressionError`` for anything else.

    >>> read_number("-2"), read_number("1/3"), read_number("0.1", exact=True)
    (-2, Fraction(1, 3), Fraction(1, 10))
    """
    shown = short(text)
    if len(text) > MAX_DIGITS:
        raise ExpressionError(f'"{shown}" has {len(text):,} characters: a number may have {MAX_DIGITS}')
    if not _LITERAL.fullmatch(text):
        raise ExpressionError(f'"{shown}" is not a number: write 2, -0.5, 1e-3, 1/3, inf or nan')
    if text.lstrip("+-") in ("inf", "nan"):
        if exact:
            raise ExpressionError(f"{shown} is no exact number: leave out --exact (exact=True), or give a fraction")
        return float(text)
    if "/" in text and not int(text.partition("/")[2]):
        raise ExpressionError(f"{shown} divides by zero: write inf or nan, or another denominator")
    if exact and abs(int(re.split("[eE]", text)[1] if "e" in text.lower() else "0")) > MAX_DIGITS:
        raise ExpressionError(f"{shown} is too long to be exact: its exponent may be {MAX_DIGITS}")
    if exact or "/" in text:
        return Fraction(text)
    return int(text) if text.lstrip("+-").isdigit() else float(text)
