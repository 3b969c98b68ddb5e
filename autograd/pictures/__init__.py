"""Pictures of graphs: ``draw`` makes a :class:`Picture`.

The way from a graph to a picture, each step in a module of its own::

    build     what there is to show, in words: a scene     scene, gradients, text; neuron and plot: weights, activations
    collapse  of a big graph: boxes for many nodes         structure, outline
    layout    where it goes                                sizes, lanes, dot (runs Graphviz)
    elements  which of it this picture shows
    source    how it looks, as DOT with every place pinned theme
    svg       the figure, also for those who cannot see it
    picture   what a user holds

``figure`` takes these steps in turn. ``network`` draws a whole network at a glance, from plain data (overview, canvas).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..value import Value
    from .overview import network
    from .picture import Picture

__all__ = ["Picture", "draw", "network"]


def draw(
    node: Value,
    show: str = "both",
    *,
    theme: str = "light",
    digits: int = 4,
    scale: float = 1.25,
    max_nodes: int = 500,
    timeout: float | None = 30.0,
    title: str | None = None,
    reserve: str | None = None,
    plots: bool | None = None,
    direction: str = "LR",
    collapse: bool | None = None,
    open: Sequence[str] = (),
    depth: int | None = None,
    symbols: bool = False,
) -> Picture:
    """Draw the graph of a node: its values, its gradients, and how each comes from the others.

    Reading: above a wire, solid, stands the value on its way to the right; below it, dashed, the gradient on its way
    back. Rounded boxes are leaves, square grey ones constants, which get no gradient; a dotted box is where the graph
    ends (its output, or "… L" where the gradient came from beyond, as with ``backward(5)``; "L = c" where ∂c/∂a would be
    the name of a local gradient, and of the whole one). A value that is used more
    than once runs to a dot with a +, where its contributions add up: ``3 + 3 + 6 = 12``. "–" was not computed.

    Args:
        node: the output; everything that it was computed from is drawn.
        show: what to show.

            - ``"forward"``: the values;
            - ``"local"``: the values, the local gradients, and the gradient that is given at the output;
            - ``"backward"``: the local gradients and the gradients, but no values;
            - ``"all"``: all three, with each gradient's arithmetic: ``∂L/∂x = 5 · 3 = 15``;
            - ``"both"``: values and gradients as bare numbers, the smallest picture.
        theme: ``"light"``, ``"dark"``, ``"print"``, which reads in grey, or ``"cs231n"``, green forward and red backward.
        digits: how many significant digits a float shows; ints and fractions show all, up to 40 signs.
        scale: the size on the screen; 1.25 has letters of 20 pixels.
        max_nodes: refuse to draw more boxes than this; a graph of more nodes is collapsed.
        timeout: the most seconds that each of Graphviz's two runs may take; None for no limit.
        title: a title for those who cannot see the picture, instead of one made from the formula.
        reserve: lay out as the picture of ``"both"`` or ``"all"`` would be, so that pictures of the same graph can be
            laid over each other. By default ``"both"`` reserves its own room and all others share that of ``"all"``.
        plots: draw neurons as such: weights that are used once as pills on the wires of their inputs, and functions of one
            input as plots of the function, with the operating point and the tangent there. By default so for graphs with a
            ``dot`` in them, with plots of what is applied to a ``dot``. True for plots of all functions of one input, False
            for none of it.
        direction: ``"LR"``, from left to right, or ``"RL"``; ``"TB"`` from top to bottom, or ``"BT"``, where values stand to
            the right of a wire and gradients to its left.
        collapse: draw many nodes as one box, which says how many: by scopes (:class:`autograd.scope`), then by structure:
            what was computed alike, and chains of one operation. By default as far as needed: scopes stay closed in a graph
            that would have more than 40 boxes (12 while some are closed), structures above ``max_nodes``; inputs from
            outside a closed scope stay outside, gathered only where there are more than 12 of them. True collapses
            structures above 40 already, False nothing.
        open: names of collapsed boxes to open, as they stand in the picture: ``["net.layer1"]``.
        depth: how many levels of nested scopes to open.
        symbols: formulas instead of numbers: ``ŷ = x·w`` above a wire, ``∂L/∂ŷ · x`` below it.

    Raises:
        ValueError: an argument that is not in the lists above, a name to open that is not
            there, or more boxes than ``max_nodes``.
        StaleError: a leaf's data was assigned after the node was computed from it.
        RuntimeError: Graphviz is missing, failed or took too long (``DrawingError`` in :mod:`autograd.pictures.dot`).

    Example (lecture row L15):

    >>> from autograd import Value
    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> z = x * y
    >>> z.name = "z"
    >>> z.backward(5)
    >>> draw(z, "all")
    <Picture 'z = x·y = 6: forward and backward pass, step by step', 740 x 206>
    """
    from .figure import figure

    return figure(
        node,
        show,
        theme=theme,
        digits=digits,
        scale=scale,
        max_nodes=max_nodes,
        timeout=timeout,
        title=title,
        reserve=reserve,
        plots=plots,
        direction=direction,
        collapse=collapse,
        open=open,
        depth=depth,
        symbols=symbols,
    )


def __getattr__(name: str) -> object:
    if name == "Picture":
        from .picture import Picture

        return Picture
    if name == "network":
        from .overview import network

        return network
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
