"""Text that goes into a picture: made visible, cut to a length, measured.

A name is data. It is drawn as it is, except that what cannot be seen is written in Python's notation (``\\x1b``) and
what is too long ends in an ellipsis.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

LONGEST = 40
"""The longest name or number that is drawn in full."""
MARKS = 4
"""The most combining marks that are stacked on one letter."""

# Widths of Helvetica in thousandths of its size: the printable ASCII characters from the space on, then a few more.
ASCII = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
OTHER = {
    "∂": 494, "−": 584, "×": 584, "÷": 549, "·": 333, "…": 1000, "–": 556, "√": 549, "∞": 713, "²": 333, "³": 333,
    "Σ": 618, "σ": 617, "α": 578, "β": 575, "γ": 500, "δ": 557, "ε": 446, "η": 556, "θ": 556, "λ": 500, "μ": 576,
    "π": 690, "ρ": 569, "τ": 395, "φ": 648, "ω": 781,
}  # fmt: skip


@lru_cache(maxsize=4096)
def character(char: str) -> int:
    """The width of one character in thousandths of the font's size.

    >>> character("m"), character("ŷ"), character("\\u0302"), character("中")
    (833, 500, 0, 1000)
    """
    if " " <= char <= "~":
        return ASCII[ord(char) - ord(" ")]
    if char in OTHER:
        return OTHER[char]
    if unicodedata.category(char)[0] == "M":
        return 0
    if unicodedata.east_asian_width(char) in "WF":
        return 1000
    base = unicodedata.normalize("NFD", char)[0]
    return character(base) if base != char else 600  # 0.6 em for what the table lacks


def width(text: str, size: float) -> float:
    """How wide a text is, in picture units, at this font size.

    >>> round(width("∂L/∂x = 5 · 3 = 15", 16), 2)
    123.44
    """
    return sum(map(character, text)) * size / 1000


def visible(text: str, longest: int = LONGEST) -> str:
    r"""A name as it is drawn: nothing hidden in it, and no longer than ``longest`` characters.

    What does not print is written in Python's notation; what would be empty, or begins or ends with a space, is put
    in quotes; what is too long is cut and ends in "…", as is a stack of more than four combining marks.

    >>> visible("x"), visible("a\x1bb"), visible(""), visible("x" * 100)
    ('x', 'a\\x1bb', '""', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…')
    """
    head = text[: longest + 1]
    if not head.isprintable() or any(map(unicodedata.combining, head)):
        head = _spelled(text, longest)
    if len(head) > longest:
        head = head[: longest - 1] + "…"
    return head if head == head.strip() and head else f'"{head}"'


def whole(text: str) -> str:
    """A name as :func:`visible` shows it, but never cut: for what tells people apart."""
    return visible(text, 10 * len(text) + 1)  # ten signs spell any one that does not print


def _spelled(text: str, longest: int) -> str:
    """The first characters of a text, each of them printable: a few more than asked for, to show that there are more."""
    out = ""
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks > MARKS + 1:
            continue
        if marks > MARKS:
            char = "…"
        out += char if char.isprintable() else char.encode("unicode_escape").decode()
        if len(out) > longest:
            break
    return out
