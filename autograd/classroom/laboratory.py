"""lab: a well-known wrong backward pass beside the right one, and the first number where they part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..graph import nodes
from ..pictures.options import chosen
from ..pictures.text import visible
from ..pictures.theme import THEMES
from ..stepper.frames import Fact
from ..stepper.page import Said
from ..stepper.player import Steps
from ..story import Story
from ..table import aligned
from ..value import Value
from . import wrong
from .blanks import truth
from .working import alike
from .wrong import Wrong

MAX_NODES = 100


class Variant(NamedTuple):
    """A wrong pass: how it computes, what it does, what it shows, and a graph on which it goes wrong."""

    run: Callable[[Story], Wrong]
    does: str
    why: str
    graph: Callable[[], Value]


def _reused() -> Value:
    a = Value(3, "a")
    b = a + 1
    c = b * b
    b.name, c.name = "b", "c"
    return c


def _shared() -> Value:
    a = Value(3, "a")
    b = a + a
    c = b * a
    b.name, c.name = "b", "c"
    return c


def _loss(target: int = 4) -> Value:
    x, y, w = Value(2, "x", requires_grad=False), Value(target, "y", requires_grad=False), Value(1, "w")
    guess = w * x
    s = y - guess
    loss = s**2
    guess.name, s.name, loss.name = "ŷ", "s", "loss"
    return loss


VARIANTS = {
    "recursive-backward": Variant(
        wrong.recursive_backward,
        "Each node passes its gradient on as soon as a contribution arrives, by recursion.",
        "A node that is used twice passes its first contribution on twice. In a topological order, every node waits until "
        "its gradient is complete.",
        _reused,
    ),
    "assign-instead-of-accumulate": Variant(
        wrong.assigned,
        "p.grad = ... is written in the place of p.grad += ...",
        "A value that is used more than once acts on the output by each use: the contributions add up.",
        _shared,
    ),
    "forgot-zero-grad": Variant(
        wrong.not_zeroed,
        "backward() runs a second time, and nothing was set to zero in between.",
        "Gradients of leaves add up over passes: zero_grad() comes before each new one.",
        _loss,
    ),
    "wrong-subtraction": Variant(
        wrong.wrong_subtraction,
        "a − b sends the same gradient to a and to b.",
        "If b grows, a − b gets smaller: its local gradient is −1.",
        _loss,
    ),
    "forgot-the-upstream": Variant(
        wrong.no_upstream,
        "Each node sends back its local gradient, without the gradient that arrived from above.",
        "The chain rule multiplies along the way: upstream gradient times local gradient.",
        _loss,
    ),
    "stale-data": Variant(
        wrong.stale,
        "A leaf is assigned after the forward pass, and backward() runs without a new one.",
        "Local gradients belong to one point: what was computed from the old number has to be computed again.",
        lambda: _loss(7),
    ),
}
"""The wrong passes by name."""


class Lab(Steps):
    """The right pass to step through, with ✗ and the wrong pass's number wherever that has another one.

    Its player, in a notebook or a page, says what goes wrong, and ends in a table of the numbers that are not the same;
    ``print`` gives just these words. See :class:`autograd.stepper.Steps` for pages and
    pictures: ``svg(lab.first_step)`` is the step in which the numbers part.

    Attributes:
        name: of the wrong pass.
        first: the first node where the numbers part; None where they never do.
        first_step: the step that shows it; 0 where there is none.
        right, wrong: the gradients that both passes end with, by the names of the leaves.
    """

    def __init__(self, name: str, found: Wrong, theme: str, timeout: float | None) -> None:
        super().__init__(found.story, "node", theme, timeout, {})
        self.name, self._found = name, found
        self._parted = [fact for frame in self._frames for fact in frame.known if self._parts(fact)]
        self.first = self._parted[0].node if self._parted else None
        self._notes = {fact: f"✗ {self._number(self._other(fact))}" for fact in self._parted}
        self.first_step = next((k for k, f in enumerate(self._frames) if any(p in f.known for p in self._parted)), 0)
        self._frames = tuple([frame._replace(caption=self._noted(frame.caption, frame.known)) for frame in self._frames])
        live = [v for v in found.story.order if v.op is None and v.requires_grad]
        self.right = {found.story.names[v]: found.story.gradients[v] for v in live}
        self.wrong = {found.story.names[v]: found.gradients[v] for v in live}
        table = [("", "right", "wrong"), *map(self._row, self._parted)] if self._parted else []
        self._said = Said(f"{name}: {self.title}", self._told(), table)

    def _other(self, fact: Fact) -> Any:
        """The wrong pass's number; the right one where it has no other."""
        numbers = {"value": self._found.values, "gradient": self._found.gradients}.get(fact.kind, {})
        return numbers.get(fact.node, truth(self._story, fact))

    def _parts(self, fact: Fact) -> bool:
        return fact.kind != "share" and not alike(self._other(fact), truth(self._story, fact))

    def _number(self, x: Any) -> str:
        return self._story.number(x)

    def _noted(self, caption: str, known: tuple[Fact, ...]) -> str:
        """A caption, and behind it what the wrong pass has, and from what."""
        parted = [fact for fact in known if fact in self._notes]
        if not parted:
            return caption
        first = "; here they part" if self._parted[0] in parted else ""
        number = self._number(self._other(parted[-1]))
        return visible(f"{caption}. ✗ The wrong pass has {self._found.how.get(parted[-1], number)}{first}.", 1000)

    def _told(self) -> list[str]:
        """What goes wrong, where first, and why."""
        variant = VARIANTS[self.name]
        does = f"{variant.does}{self._found.told}"
        if not self._parted:
            return [does, f"On {self.title} it has the right numbers: try lab({self.name!r}) without a graph."]
        symbol, right, other = self._row(self._parted[0])
        return [
            does,
            f"First at {symbol}, in step {self.first_step}: right is {right}, the wrong pass has {other}.",
            variant.why,
        ]

    def summary(self) -> str:
        """What goes wrong, where first, and why, in words; and all numbers that are not the same."""
        table = ["", *aligned(self._said.table, (False, True, True))] if self._parted else []
        return "\n".join([f"{self.name}: {self._said.above[0]}", *self._said.above[1:], *table])

    def text(self) -> str:
        """The same, and then all steps in words, one a line."""
        return f"{self.summary()}\n\n{super().text()}"

    def _row(self, fact: Fact) -> tuple[str, str, str]:
        story = self._story
        symbol = story.names[fact.node] if fact.kind == "value" else story.symbol(fact.node)
        return symbol, self._number(truth(story, fact)), self._number(self._other(fact))

    def __str__(self) -> str:
        return self.summary()

    def __repr__(self) -> str:
        return f"<Lab {self.name!r} on {self.title!r}, {len(self)} steps>"


def lab(
    name: str,
    node: Value | None = None,
    *,
    grad: Any = 1,
    theme: str = "light",
    digits: int = 4,
    timeout: float | None = 30.0,
) -> Lab:
    """Run a well-known wrong backward pass beside the right one, and show the first node where the numbers part.

    Args:
        name: ``"recursive-backward"`` (no topological order), ``"assign-instead-of-accumulate"``, ``"forgot-zero-grad"``,
            ``"wrong-subtraction"``, ``"forgot-the-upstream"`` or ``"stale-data"``.
        node: the output of a graph; by default one that shows the mistake. It stays as it is.
        grad, theme, digits, timeout: as for :func:`autograd.steps`.

    Raises:
        ValueError: a name or a theme that there is not, or a graph of more than 100 nodes.
        TypeError: the node is no Value.
        StaleError: a leaf's data was assigned after the node was computed from it.

    >>> print(lab("assign-instead-of-accumulate"))
    assign-instead-of-accumulate: p.grad = ... is written in the place of p.grad += ...
    First at ∂L/∂a, in step 7: right is 12, the wrong pass has 3.
    A value that is used more than once acts on the output by each use: the contributions add up.
    <BLANKLINE>
            right   wrong
    ─────   ─────   ─────
    ∂L/∂a      12       3
    """
    variant = VARIANTS[chosen("name", name, tuple(VARIANTS))]
    chosen("theme", theme, tuple(THEMES))
    node = variant.graph() if node is None else node
    if not isinstance(node, Value):
        raise TypeError(f"lab takes a name and one Value, the output of a graph; got {type(node).__name__}")
    count = len(nodes(node))
    if count > MAX_NODES:
        raise ValueError(f"this graph has {count} nodes, and more than {MAX_NODES} cannot be followed: take a smaller one")
    return Lab(name, variant.run(Story(node, grad, digits, shown=visible)), theme, timeout)
