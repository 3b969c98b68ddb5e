"""Text on a terminal: how wide it is, what is safe to show, and what stands in for signs it cannot show."""

import re
import sys
import unicodedata
from typing import TextIO

_STAND_INS = {
    **dict.fromkeys("−–—─", "-"),
    **{"·": "*", "×": "*", "÷": "/", "∂": "d", "∞": "inf", "√": "sqrt", "…": "...", "≤": "<=", "≥": ">="},
    **{"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0307": "dot"},
}
_SUPERSCRIPTS = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿᵢˣʸ]+")


def width(text: str) -> int:
    r"""How many columns ``text`` takes: 2 for a wide East Asian sign, 0 for a mark that sits on another letter.

    >>> width("ŷ"), width("y\u0302"), width("重み")
    (1, 1, 4)
    """
    return sum(
        0 if unicodedata.category(sign) in ("Mn", "Me") else 1 + (unicodedata.east_asian_width(sign) in ("W", "F"))
        for sign in text
    )


def padded(text: str, columns: int, right: bool = False) -> str:
    """``text`` with spaces up to that many columns; ``right`` moves it to the right end.

    >>> padded("ŷ", 3, right=True)
    '  ŷ'
    """
    space = " " * (columns - width(text))
    return space + text if right else text + space


def visible(text: str) -> str:
    r"""``text`` with every sign that does not print (line ends, escape codes, bidi controls) spelled out.

    >>> print(visible("one\nline"))
    one\nline
    """
    return "".join(s if s.isprintable() else s.encode("unicode_escape").decode() for s in text)


def short(text: str, limit: int = 30) -> str:
    """The first part of ``text``, visible, with dots for the rest.

    >>> short("one, two, three", 8)
    'one, two…'
    """
    return visible(text[:limit]) + ("…" if len(text) > limit else "")


def encodable(text: str, encoding: str) -> str:
    """``text`` with a plain stand-in for each sign that ``encoding`` lacks, so that printing it never fails.

    >>> encodable("∂s/∂ŷ = −2·α²", "ascii"), encodable("−α²", "cp1252")
    ('ds/dyhat = -2*alpha^2', '-alpha²')
    """
    if _fits(text, encoding):
        return text
    text = _SUPERSCRIPTS.sub(lambda run: run[0] if _fits(run[0], encoding) else "^" + _composed(run[0]), text)
    return "".join(sign if _fits(sign, encoding) else _stand_in(sign, encoding) for sign in text)


def say(text: str, stream: TextIO | None = None) -> None:
    """Print in what the terminal's encoding has, and see at once whether anybody reads it."""
    stream = stream or sys.stdout
    print(encodable(text, stream.encoding or "utf-8"), file=stream, flush=True)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _stand_in(sign: str, encoding: str) -> str:
    """Plain letters for one sign: from the table, or the name of a Greek letter, or its parts, or its code."""
    if sign in _STAND_INS or unicodedata.combining(sign):
        return _STAND_INS.get(sign, "")  # an accent that means nothing in formulas
    script, _, letter = unicodedata.name(sign, "").partition(" LETTER ")
    if script in ("GREEK SMALL", "GREEK CAPITAL") and letter.isalpha():
        return letter.lower() if script == "GREEK SMALL" else letter.title()
    parts = unicodedata.normalize("NFKD", sign)
    if parts != sign:
        return encodable(parts, encoding)
    return sign.encode(encoding, "backslashreplace").decode(encoding)
