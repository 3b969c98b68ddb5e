"""The chain rule for given gradients, stage by stage: forward, local gradients, backward, all in one line, the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from math import isfinite
from typing import Any

from ..backward import masked, product
from ..intrinsics import to_float
from ..story import ANOTHER_NAME, OF_NAN, added, equation, left_out, multiplied
from ..value import Value
from .lesson import LATEX, PLAIN, Lesson, Script
from .pages import Row, Section, as_latex, as_markdown, as_text
from .phrases import chain_factors

FORMATS = ("text", "markdown", "latex")
BESIDE = "computed from other inputs"
CONSTANT = "of a constant: a backward pass leaves its grad None"
MAX_PATHS, MAX_FACTORS = 3, 16
"""More ways from an input to the output, or longer ones, are not written out in one line."""
MAX_CHAINS = 3
"""Nor are they where more gradients than this are asked for."""


class Explanation:
    """Where gradients come from; ``str()`` gives the format that was asked for, and a notebook shows formulas.

    Attributes:
        text: in plain text.
        markdown: in Markdown, with formulas between dollar signs.
        latex: one ``align*`` of amsmath (a name with a backtick in it needs amssymb, too).

    >>> from autograd import Value, explain
    >>> x = Value(3, name="x")
    >>> print(explain(x * x).latex.splitlines()[0])
    \\begin{align*}
    """

    def __init__(self, lesson: Lesson, sections: Callable[[Script], list[Section]], asked: list[Value], format: str) -> None:
        told = sections(PLAIN)
        self.text = as_text([lesson.symbol(v) for v in asked], told)
        told = sections(LATEX)
        self.markdown = as_markdown([lesson.script.finished(lesson.symbol(v)) for v in asked], told)
        self.latex = as_latex(told)
        self._format = format

    def __str__(self) -> str:
        chosen: str = getattr(self, self._format)
        return chosen

    def __repr__(self) -> str:
        return f"<Explanation {self.text.partition(chr(10))[0]!r}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Forms for a notebook: Markdown with formulas, or LaTeX where that was asked for."""
        shown = {"text/latex": self.latex} if self._format == "latex" else {"text/markdown": self.markdown}
        return {"text/plain": str(self), **shown}


def explanation(output: Value, wrt: Any, grad: Any, format: str, digits: int, max_terms: int) -> Explanation:
    """What :func:`autograd.explain` gives."""
    if format not in FORMATS:
        raise ValueError(f"the format is one of {', '.join(FORMATS)}; got {format!r}")
    if not isinstance(output, Value):
        raise TypeError(f"explain takes one Value, the output of the graph to be explained; got {type(output).__name__}")
    lesson = Lesson(output, grad, digits)
    asked = _asked(lesson, wrt)
    on_path = lesson.above(asked)
    terms = sum([len(v.parents) for v in on_path])
    if terms > max_terms:
        raise ValueError(
            f"the formulas to write down have {terms} terms, more than max_terms={max_terms}: "
            "ask for one gradient with wrt=..., near the output, or raise max_terms"
        )
    lesson.tell_apart(on_path)

    def sections(script: Script) -> list[Section]:
        lesson.write(script)
        told = [
            ("Forward", _forward(lesson, on_path)),
            ("Local gradients", _merged(_local(lesson, on_path))),
            ("Backward", _merged(_backward(lesson, on_path, asked))),
            ("All in one line", [row for v in asked for row in _chain(lesson, v) if len(asked) <= MAX_CHAINS]),
            ("Answer", _answer(lesson, asked)),
        ]
        return [Section(title, rows) for title, rows in told if rows]

    return Explanation(lesson, sections, asked, format)


def _asked(lesson: Lesson, wrt: Any) -> list[Value]:
    """The Values whose gradients are asked for, each once."""
    if wrt is None:
        asked = [v for v in lesson.order if v.op is None and v.requires_grad]
        if not asked:
            raise ValueError("nothing here gets a gradient, for all leaves are constants: make one a Value(...) of its own")
        return asked
    wanted = wrt if isinstance(wrt, Iterable) and not isinstance(wrt, str) else [wrt]
    asked = list(dict.fromkeys(map(lesson.asked, wanted)))
    if not asked:
        raise ValueError("wrt is empty: give the Values whose gradients are asked for, or leave it out for all")
    for v in asked:
        if not isinstance(v, Value):
            raise TypeError(f"wrt takes Values of the graph, or their names, as in explain(loss, w); got {v!r}")
        if v not in lesson.gradients:
            remedy = lesson.twin(v) or ": nothing to explain; why(output, wrt) says more"
            raise ValueError(f"the output does not depend on {v!r}{remedy}")
    return asked


def _forward(lesson: Lesson, on_path: dict[Value, None]) -> list[Row]:
    """What is given, in a row; what is known but not on the way; and then the values on the way, one after another."""
    needed = dict.fromkeys([p for v in on_path for p in v.parents])
    needed.update(on_path)
    made = [v for v in on_path if v.op is not None]
    known = [v for v in lesson.order if v in needed and v not in made and (v.name is not None or v.requires_grad)]
    given = tuple([equation(lesson.names[v], lesson.number(v.data)) for v in known if v.op is None])
    beside = tuple([equation(lesson.names[v], lesson.number(v.data)) for v in known if v.op is not None])
    rows = [Row(given), Row(beside, BESIDE)] + [Row((lesson.value(v),)) for v in made]
    return [row for row in rows if row.equations]


def _local(lesson: Lesson, on_path: dict[Value, None]) -> list[Row]:
    """The local gradients on the way, the output's first; those of the output itself are gradients already."""
    return [Row((lesson.local(v, i),)) for v in reversed(list(on_path)) for i, p in enumerate(v.parents) if p in on_path]


def _backward(lesson: Lesson, on_path: dict[Value, None], asked: Sequence[Value]) -> list[Row]:
    """Each gradient on the way, derived from those before it."""
    root = lesson.root
    rows: list[Row] = []
    leaves = [v for v in asked if v.op is None and v is not root]
    for v in [*reversed([v for v in on_path if v.op is not None or v is root]), *leaves]:
        shares = lesson.shares[v]
        if v is root:
            if lesson.own:
                rows += [Row((lesson.gradient(v),))] if v in asked else []
            else:
                nan = OF_NAN if v.data != v.data else ""
                rows += [Row((equation(lesson.of, lesson.names[v]),), ANOTHER_NAME)] if lesson.seed == 1 else []
                rows.append(Row((lesson.gradient(v),), nan or ("" if lesson.seed == 1 else "given")))
        elif lesson.own and shares[0].child is root:
            rows.append(Row((lesson.local(root, shares[0].position),)))  # once more, as the start of this pass
        else:
            rows.append(Row((lesson.gradient(v),), left_out(shares)))
    return rows


def _merged(rows: list[Row]) -> list[Row]:
    """The rows, with short ones that follow each other (∂s/∂a = 1, ∂s/∂b = 1) in a line together."""
    out: list[Row] = []
    for row in rows:
        plain = not row.remark and row.equations[0].count(" = ") == 1
        if plain and out and not out[-1].remark and out[-1].equations[0].count(" = ") == 1:
            out[-1] = Row(out[-1].equations + row.equations)
        else:
            out.append(row)
    return out


def _chain(lesson: Lesson, v: Value) -> list[Row]:
    """The whole chain of one gradient, where the last step of the backward pass does not show it already."""
    paths = lesson.paths(v, MAX_PATHS)
    longest = max(map(len, paths), default=0)
    finite = all(isfinite(to_float(s.local)) and not masked(s.child, s.upstream) for path in paths for s in path)
    if not 1 + lesson.own < longest <= MAX_FACTORS or not finite:
        return []
    symbols: list[str] = []
    products: list[str] = []
    numbers: list[str] = []
    for path in paths:
        factors = chain_factors(lesson, path)
        symbols.append(" · ".join([symbol for symbol, _ in factors]))
        products.append(reduce(multiplied, [lesson.number(n) for _, n in factors]))
        numbers.append(lesson.number(reduce(product, [n for _, n in factors])))
    total = lesson.number(lesson.gradients[v])
    return [Row((equation(lesson.symbol(v), " + ".join(symbols), added(products), added(numbers), total),))]


def _answer(lesson: Lesson, asked: Sequence[Value]) -> list[Row]:
    answers = {v: equation(lesson.symbol(v), lesson.number(lesson.gradients[v])) for v in asked}
    live = tuple([text for v, text in answers.items() if v.requires_grad])
    return ([Row(live)] if live else []) + [Row((text,), CONSTANT) for v, text in answers.items() if not v.requires_grad]
