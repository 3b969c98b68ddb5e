"""Explanations in words and formulas: ``explain`` says where a gradient comes from, ``why`` what is wrong with one.

::

    latex        names, numbers and formulas as LaTeX    lesson   a story told in plain text or in LaTeX
    explanation  the chain rule, stage by stage          pages    set as text, Markdown and LaTeX
    wide         numbers of any size                     exact    a graph without the limits of floats
    probe        what a row does around a point          phrases  parts of the sentences
    blocked      why a gradient is 0                     infinite why it is infinite or nan
    reasons      why it is what it is: all reasons
    numerals     numbers as people write them         exercise answers, checked
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .exercise import check

if TYPE_CHECKING:
    from ..value import Value
    from .explanation import Explanation
    from .reasons import Why

__all__ = ["Explanation", "Why", "check", "explain", "why"]


def explain(
    output: Value,
    wrt: Value | str | Sequence[Value | str] | None = None,
    grad: Any = 1,
    *,
    format: str = "text",
    digits: int = 4,
    max_terms: int = 300,
) -> Explanation:
    """Where a gradient comes from: the values, the local gradients, and the chain rule with symbols and numbers.

    Each gradient that is needed on the way is derived once, from the output back; a value that is used more than once
    shows what each use contributes, and the sum. Nothing is computed into ``.grad``.

    Args:
        output: what the gradients are gradients of.
        wrt: the Value, or Values, whose gradients are asked for, or their names in the graph, such as ``"layer1.w11"``;
            default: every leaf that gets one.
        grad: the gradient that is given at the output: dL/d(output).
        format: what ``str()`` and ``print`` give: ``"text"``, ``"markdown"`` or ``"latex"``. A notebook shows formulas.
        digits: how many significant digits a float shows; ints and fractions show all, up to 40 signs.
        max_terms: refuse to write down formulas of more terms than this, all together.

    Raises:
        ValueError: the output does not depend on one of ``wrt``, nothing gets a gradient, the format is not known, or
            there is more to write than ``max_terms``.
        StaleError: a leaf's data was assigned after the output was computed from it.

    Example (lecture row L15):

    >>> from autograd import Value, explain
    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> z = x * y
    >>> z.name = "z"
    >>> print(explain(z, x, grad=5))
    What is ∂L/∂x?
    <BLANKLINE>
    Forward
      x = 2, y = 3
      z = x·y = 2·3 = 6
    <BLANKLINE>
    Local gradients
      ∂z/∂x = y = 3
    <BLANKLINE>
    Backward
      ∂L/∂z = 5 (given)
      ∂L/∂x = ∂L/∂z · ∂z/∂x = 5 · 3 = 15
    <BLANKLINE>
    Answer
      ∂L/∂x = 15
    """
    from .explanation import explanation

    return explanation(output, wrt, grad, format, digits, max_terms)


def why(output: Value, wrt: Value | str | None = None, grad: Any = 1, *, digits: int = 4) -> Why:
    """Why the gradient d(output)/d(wrt) is zero, missing, tiny, huge or nan, and which node is to blame.

    The answer has ``reason`` (one word: ``REASONS`` in :mod:`autograd.learn.reasons` lists them), ``node`` and ``text``. It
    is found from the values and the slopes; a backward pass is not needed, and no ``.grad`` is touched. Where a float is 0
    or infinite, the graph is computed again in numbers of any size, to tell an underflow from a 0, an overflow from a pole.

    Args:
        output: the Value that was, or would be, called ``backward`` on.
        wrt: the Value whose gradient is in question, or its name in the graph. It cannot be left out: a gradient is one by
            something.
        grad: the gradient that is given at the output.
        digits: how many significant digits a float shows.

    Raises:
        TypeError: ``output`` or ``wrt`` is no Value.
        ValueError: no node of the graph has the name ``wrt``, or several have.
        StaleError: a leaf's data was assigned after the output was computed from it.

    >>> from autograd import Value, why
    >>> x = Value(-3, name="x")
    >>> loss = x.relu() * 2
    >>> answer = why(loss, x)
    >>> answer.reason, answer.node is loss.parents[0]
    ('dead', True)
    >>> print(answer)
    ∂v2/∂x = 0, for v1 = relu(x) is dead: its slope is 0 at x = −3, and stays 0 until x = 0.
    >>> x = Value(1e-200, name="x")
    >>> print(why(x**2 * x**2, x))
    ∂v3/∂x = 0, for v1 = x² at x = 1e−200 underflowed to 0: about 1e−400 is too small for a float.
    """
    from .reasons import find

    return find(output, wrt, grad, digits)


def __getattr__(name: str) -> object:
    if name == "Explanation":
        from .explanation import Explanation

        return Explanation
    if name == "Why":
        from .reasons import Why

        return Why
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
