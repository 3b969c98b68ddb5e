"""A graph as a table: what every node computes, its value, its local gradients, and its gradient."""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any

from . import formula
from .backward import ieee_sum, share
from .graph import nodes
from .story import added, ending, equation, gradient_given, which_use
from .terminal import encodable, padded, visible, width
from .value import Value

MAX_TERMS = 6  #: a gradient with more contributions shows their number only
MAX_WIDTH = 48  #: longer formulas are cut

_HEADER = ("node", "formula", "value", "local gradients", "gradient")
_RIGHT = (False, False, True, False, True)


def table(node: Value, digits: int = 4, encoding: str = "utf-8") -> str:
    """The forward and the backward pass that led to ``node``, one node after another, inputs first.

    Numbers have ``digits`` significant digits, ints and fractions are exact up to 40 signs. A node that is used more
    than once shows its gradient as the sum of what each use contributes. What is not computed is a dash. Signs
    that ``encoding`` lacks get plain stand-ins.

    >>> from autograd import Value
    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> z = x * y
    >>> z.name = "z"
    >>> z.backward(5)
    >>> print(table(z))
    z = x·y = 6, with ∂L/∂z = 5 given
    <BLANKLINE>
    node   formula   value   local gradients   gradient
    ────   ───────   ─────   ───────────────   ────────
    x                    2                           15
    y                    3                           10
    z      x·y           6   ∂z/∂x = y = 3            5
                             ∂z/∂y = x = 2
    <BLANKLINE>
    Read values downwards and gradients, ∂L/∂node, upwards.
    """
    names = {v: visible(name) for v, name in formula.labels(node).items()}
    shares = _contributions(node)
    lines: list[tuple[str, ...]] = [_HEADER]
    for v in nodes(node):
        if v is node or v.op is not None or v.requires_grad or v.name is not None:  # else the number is in a formula
            value, gradient = formula.number(v.data, digits), _gradient(v, shares.get(v, []), digits)
            slopes = _slopes(v, names, digits)
            lines.append((names[v], _formula(v, names), value, slopes[0] if slopes else "", gradient))
            lines += [("", "", "", slope, "") for slope in slopes[1:]]
    title, legend = _frame(node, names, digits)
    return "\n".join([encodable(title, encoding), "", *aligned(lines, _RIGHT, encoding), "", encodable(legend, encoding)])


def records(node: Value) -> list[dict[str, Any]]:
    """The same as data for other programs: a dict for each node, inputs first. Fractions, inf and nan are text.

    >>> from autograd import Value
    >>> records(Value(1, name="x") * 2)[2]["local_gradients"]
    [{'of': 'x', 'formula': '2', 'value': 2}]
    """
    names = formula.labels(node)
    return [
        {
            "node": names[v],
            "formula": _formula(v, names, cut=False),
            "value": _plain(v.data),
            "local_gradients": [
                {"of": names[p], "formula": text, "value": _plain(slope)} for _, p, text, slope in _edges(v, names)
            ],
            "gradient": _plain(v.grad),
        }
        for v in nodes(node)
    ]


def _frame(node: Value, names: dict[Value, str], digits: int) -> tuple[str, str]:
    """The lines above and below the table."""
    name = names[node]
    parts = [name, _formula(node, names), formula.number(node.data, digits)]
    title = equation(*parts)
    if not node.requires_grad:
        return title, "A constant: it has no gradient."
    if node.grad is None:
        return title, "Read values downwards; gradients appear after a backward pass."
    of, goes_on, alias = ending(node, nodes(node), gradient_given(node), names)
    legend = f"Read values downwards and gradients, ∂{of}/∂node{f' with {alias}' if alias else ''}, upwards."
    return title + (f", with ∂{of}/∂{name} = {formula.number(node.grad, digits)} given" if goes_on else ""), legend


def aligned(lines: Sequence[tuple[str, ...]], right: Sequence[bool], encoding: str = "utf-8") -> Iterator[str]:
    """Rows of cells in columns, with a rule below the first one; ``right`` says which columns stand to the right.

    >>> print(*aligned([("node", "value"), ("x", "2")], (False, True)), sep="\\n")
    node   value
    ────   ─────
    x          2
    """
    cells = [[encodable(cell, encoding) for cell in line] for line in lines]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    cells.insert(1, [encodable("─", encoding) * columns for columns in widths])
    for line in cells:
        yield "   ".join(map(padded, line, widths, right)).rstrip()


def _formula(v: Value, names: dict[Value, str], cut: bool = True) -> str:
    if v.op is None:
        return ""
    text = formula.expression(v.op, [names[p] for p in v.parents])
    return text if not cut or width(text) <= MAX_WIDTH else text[: MAX_WIDTH - 1] + "…"


def _edges(v: Value, names: dict[Value, str]) -> list[tuple[int, Value, str, Any]]:
    """The inputs of v that get gradients, each with its place, and the formula and the number of its local gradient."""
    if v.op is None:
        return []
    texts = formula.slopes(v.op, names[v], [names[p] for p in v.parents])
    edges = zip(range(len(texts)), v.parents, texts, v.local_grads, strict=True)
    return [edge for edge in edges if edge[1].requires_grad]


def _slopes(v: Value, names: dict[Value, str], digits: int) -> list[str]:
    lines = []
    for position, p, text, slope in _edges(v, names):
        left = f"∂{names[v]}/∂{names[p]}{which_use(v, position)}"
        shown = text if width(text) <= MAX_WIDTH else text[: MAX_WIDTH - 1] + "…"
        lines.append(equation(left, shown, formula.number(slope, digits)))
    return lines


def _contributions(root: Value) -> dict[Value, list[Any]]:
    """What each use of a node adds to its gradient, in the order of the uses."""
    shares: dict[Value, list[Any]] = {}
    for v in nodes(root):
        if v.grad is not None:
            for p, slope in zip(v.parents, v.local_grads, strict=True):
                shares.setdefault(p, []).append(share(v, slope, v.grad))
    return shares


def _gradient(v: Value, shares: list[Any], digits: int) -> str:
    """``3 + 3 + 6 = 12``, where these shares are the whole gradient (and not those of earlier passes, too)."""
    result = formula.number(v.grad, digits)
    if len(shares) < 2 or v.grad is None:
        return result
    total = reduce(ieee_sum, shares)
    if total != v.grad and not (isinstance(total, float) and math.isclose(total, v.grad, rel_tol=1e-9)):
        return result
    if len(shares) > MAX_TERMS:
        return f"sum of {len(shares)} = {result}"
    return f"{added([formula.number(sent, digits) for sent in shares])} = {result}"


def _plain(x: Any) -> Any:
    if isinstance(x, Fraction):
        return int(x) if x.denominator == 1 else str(x)
    return str(x) if isinstance(x, float) and not math.isfinite(x) else x
