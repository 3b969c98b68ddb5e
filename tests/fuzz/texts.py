"""Texts that nobody would write: random ones, and mutations of good ones."""

from __future__ import annotations

import random
import shlex

from autograd.command.arguments import _EXAMPLES as EXAMPLES
from autograd.op import FUNCTIONS

COMMANDS = [shlex.split(example) for examples in EXAMPLES.values() for example in examples if "--ops" not in example]
FORMULAS = [words[1] for words in COMMANDS if len(words) > 1 and words[0] not in ("index", "functions", "mark")]
PIECES = [
    *"+-*/()[],;=.\n\t '\"^<>!@%&|~{}#\\:$`?_", "**", "//", "==", ":=", "->", "0", "1", "9", "10", "0.5", "1e9",
    "1e999", "1/3",
    "9**9", "9" * 600, "0x1f", "1_0", "1j", "inf", "nan", "pi", "e", "x", "y", "ŷ", "y\u0302", "ｘ", "ﬁ", "х", "\u202e",
    "\0", "\x1b[31m",
    "\ud800", "𝟙", "²", "−", "·", "a = ", "lambda x: x", "if x else y", "None", "True", "__import__('os')",
    "().__class__",
    "x.data", "open('f', 'w')", "exec('1')", "f'{x}'", "print", "[x for x in y]", "*x", "**x", "x=", "target=", "][0]",
    "[-1]", "[9**9]",
    *(f"{name}(" for name in sorted(FUNCTIONS)), *(f"{name}([x, y])" for name in ("sum", "mean", "softmax", "logsumexp")),
]  # fmt: skip
LABELS = [
    "<script>alert(1)</script>", "</text><script>", "]]>", "<!--", "-->", "&amp;", "&#0;", "&lt;", '" onload="x()',
    "' onclick='x()",
    "</style>", "</title>", "javascript:alert(1)", "%0a", "\\N", "\\n", "\\L", '"];', "{a|b}", "<B>b</B>", "$x$",
    "\\frac{", "}{",
    "\\input{f}", "\\write18{ls}", "`x`", "*x*", "_x_", "|", "#", "\r\n", "\t", "\0", "\x07", "\x1b]0;x\x07", "\u2028",
    "\u202e", "\ufeff",
    "\ufffe", "\ud800", "ŷ", "y\u0302", "重み", "🙂", "a" * 3000, "", " ", "v1", "x", "σ(x)", "∂L/∂x", "__proto__",
    "node", "graph",
]  # fmt: skip


def mutated(dice: random.Random, text: str, pieces: list[str] = PIECES) -> str:
    """The text with some pieces put in, left out, doubled or replaced."""
    for _ in range(dice.choice((1, 1, 1, 2, 3, 8))):
        i, j = sorted((dice.randint(0, len(text)), dice.randint(0, len(text))))
        j = min(j, i + dice.choice((0, 0, 1, 2, 5, 50)))
        middle = dice.choice(
            (dice.choice(pieces), "", text[i:j] * 2, anything(dice, 3), text[i:j] * dice.choice((1, 3, 200)))
        )
        text = text[:i] + middle + text[j:]
    return text


def anything(dice: random.Random, most: int = 40) -> str:
    """Signs from all of Unicode, most of them common."""
    ranges = ((32, 126), (32, 126), (0, 255), (0x300, 0x3FF), (0x2000, 0x22FF), (0, 0xFFFF), (0, 0x10FFFF))
    return "".join(chr(dice.randint(*dice.choice(ranges))) for _ in range(dice.randint(0, most)))


def formula(dice: random.Random) -> str:
    """An expression, mostly nearly right."""
    kind = dice.random()
    if kind < 0.6:
        return mutated(dice, dice.choice(FORMULAS))
    if kind < 0.9:
        return "".join(dice.choices(PIECES, k=dice.randint(1, 25))) * dice.choice((1, 1, 1, 1, 300))
    return anything(dice)


def label(dice: random.Random) -> str:
    """A name for a node."""
    return dice.choice((dice.choice(LABELS), mutated(dice, dice.choice(LABELS), LABELS), anything(dice)))
