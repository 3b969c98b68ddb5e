"""Stepping through both passes over a graph on one picture: ``steps`` makes :class:`Steps`.

::

    frames   the steps, in words
    parts    what of the picture is shown from when to when
    drawing  the picture of all of them, drawn once
    page     a page that plays them        player.css, player.js
    player   what a user holds
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..value import Value
    from .player import Steps

__all__ = ["Steps", "steps"]


def steps(
    node: Value,
    grad: Any = 1,
    *,
    by: str = "node",
    theme: str = "light",
    digits: int = 4,
    max_nodes: int = 100,
    timeout: float | None = 30.0,
) -> Steps:
    """Step through the forward and the backward pass of a node's graph, on one picture in which nothing moves.

    The gradients are computed here, from ``grad`` at the node; no ``.grad`` is read or touched. In a notebook the result
    shows itself as a player; see :class:`Steps` for text, pages and numbered pictures. Neurons are drawn as by
    :func:`autograd.draw`; the operating point of an activation appears when its value is computed, the tangent with its
    slope. Where ∂c/∂a would be the name of a local gradient and of the whole one, the output c is also called L.

    Args:
        node: the output; everything that it was computed from is stepped through.
        grad: the gradient that is given at the output.
        by: ``"node"`` completes one node a step; ``"edge"`` takes one ``+=`` a step, so that the gradient of a value
            with several uses is seen to grow: ``0 + 10 + 5 = 15``.
        theme: ``"light"``, whose page turns dark where the reader's system is dark; or ``"dark"``, ``"print"`` and the
            other themes of :func:`autograd.draw`.
        digits: how many significant digits a float shows.
        max_nodes: refuse to step through more nodes than this.
        timeout: the most seconds that each of Graphviz's two runs may take; None for no limit.

    Raises:
        TypeError: the node is no Value.
        ValueError: an argument that is not in the lists above, or more nodes than ``max_nodes``.
        StaleError: a leaf's data was assigned after the node was computed from it.

    Inside ``with detect_anomaly():`` each forward step also tells the source line that made its node.

    >>> from autograd import Value
    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> z = x * y
    >>> z.name = "z"
    >>> print(steps(z, 5).text())
    0  Start: Inputs: x = 2, y = 3. Nothing is computed yet.
    1  Forward 1 of 1: z = x·y = 2·3 = 6
    2  Local gradients 1 of 1: ∂z/∂x = y = 3; ∂z/∂y = x = 2
    3  Backward, where it starts: ∂L/∂z = 5, which is given
    4  Backward 1 of 2: ∂L/∂x = ∂L/∂z · ∂z/∂x = 5 · 3 = 15
    5  Backward 2 of 2: ∂L/∂y = ∂L/∂z · ∂z/∂y = 5 · 2 = 10
    """
    from .player import made

    return made(node, grad, by=by, theme=theme, digits=digits, max_nodes=max_nodes, timeout=timeout)


def __getattr__(name: str) -> object:
    if name == "Steps":
        from .player import Steps

        return Steps
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
