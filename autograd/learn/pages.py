"""Equations set as text, as Markdown and as LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..terminal import width
from .latex import finished

LINE, TEX_LINE = 100, 120
"""A longer equation goes on below its first equals sign (of LaTeX: its letters, without commands)."""
_JOINTS = re.compile(r" (?=[+−] )")


class Row(NamedTuple):
    """One equation, or several that share a line; and a remark in words."""

    equations: tuple[str, ...]
    remark: str = ""


class Section(NamedTuple):
    """A stage of an explanation."""

    title: str
    rows: list[Row]


def as_text(asked: Sequence[str], sections: Sequence[Section]) -> str:
    """Plain text, in lines of about 100 columns; the gradients that are ``asked`` for stand in its first one."""
    question = f"What {_be(asked)} {' and '.join(filter(None, [', '.join(asked[:-1]), asked[-1]]))}?"
    lines = [question if width(question) < LINE else "What are the gradients?"]
    for section in sections:
        lines += ["", section.title]
        for row in section.rows:
            block = _packed(row.equations, 2, ", ") if len(row.equations) > 1 else _broken(row.equations[0], 2)
            lines += block[:-1]
            lines.append(block[-1] + (f" ({row.remark})" if row.remark else ""))
    return "\n".join(lines)


def _packed(parts: Sequence[str], indent: int, comma: str) -> list[str]:
    """The parts, as many in a line as fit."""
    lines = [" " * indent + parts[0]]
    for part in parts[1:]:
        if width(lines[-1] + comma + part) >= LINE:
            lines[-1] += comma.rstrip()
            lines.append(" " * indent + part)
        else:
            lines[-1] += comma + part
    return lines


def _broken(text: str, indent: int) -> list[str]:
    """An equation on one line, or if it is long with a line for each side."""
    if width(text) + indent <= LINE:
        return [" " * indent + text]
    first, *sides = text.split(" = ")
    margin = indent + width(first)
    lines: list[str] = []
    for side in sides:
        packed = _packed(_JOINTS.split(side), margin + 3, " ")
        lines += [f"{' ' * margin} = {packed[0].lstrip()}", *packed[1:]]
    return [" " * indent + first + lines[0].lstrip(" ").rjust(len(lines[0].lstrip(" ")) + 1), *lines[1:]]


def as_latex(sections: Sequence[Section]) -> str:
    """One ``align*``, with a bold line above each stage."""
    lines: list[str] = []
    for section in sections:
        lines.append(f"&\\textbf{{{section.title}}}")
        lines += [line for row in section.rows for line in _aligned(row)]
    return _environment("align*", lines)


def _be(asked: Sequence[str]) -> str:
    return "is" if len(asked) == 1 else "are"


def as_markdown(asked: Sequence[str], sections: Sequence[Section]) -> str:
    """Markdown, in which every name stands inside a formula."""
    question = r",\ ".join(asked)
    parts = [f"**What {_be(asked)}** ${question}$ **?**"]
    for section in sections:
        lines = [line for row in section.rows for line in _aligned(row)]
        parts += [f"**{section.title}**", "$$\n" + _environment("aligned", lines) + "\n$$"]
    return "\n\n".join(parts)


def _environment(name: str, lines: Sequence[str]) -> str:
    return f"\\begin{{{name}}}\n" + " \\\\\n".join(lines) + f"\n\\end{{{name}}}"


def _aligned(row: Row) -> list[str]:
    """Lines of an alignment, with an & before what is to stand in a column."""
    remark = f" \\quad \\text{{({row.remark})}}" if row.remark else ""
    if len(row.equations) > 1:
        groups = [row.equations[i : i + 6] for i in range(0, len(row.equations), 6)]
        lines = [finished("&" + r",\quad ".join(group)) for group in groups]
        return [*lines[:-1], lines[-1] + remark]
    text = row.equations[0]
    if _letters(text) <= TEX_LINE:
        return [finished(text.replace(" = ", " &= ", 1)) + remark]
    first, *sides = text.split(" = ")
    lines = []
    for side in sides:
        terms = _terms(side)
        lines.append(("" if lines else first) + " &= " + terms[0])
        lines += ["&\\quad " + term for term in terms[1:]]
    return [*map(finished, lines[:-1]), finished(lines[-1]) + remark]


def _letters(text: str) -> int:
    return len(re.sub(r"\\[A-Za-z]+|[\\{} ]", "", text))


def _terms(side: str) -> list[str]:
    """A sum cut into lines, but never inside braces or parentheses."""
    lines, depth = [""], 0
    for part in _JOINTS.split(side):
        if depth == 0 and lines[-1] and _letters(lines[-1] + part) > TEX_LINE:
            lines.append(part)
        else:
            lines[-1] += f" {part}" if lines[-1] else part
        bare = re.sub(r"\\[{}]", "", part)
        depth += bare.count("{") - bare.count("}") + part.count("\\left") - part.count("\\right")
    return lines
