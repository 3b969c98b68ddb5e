"""A story told in one of two scripts, plain text or LaTeX, with names that are safe to print and differ from each other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, NamedTuple

from .. import formula
from ..op import Op
from ..pictures.text import visible
from ..story import Share, Story, ending, what_follows, which_use
from ..value import Value
from . import latex


class Script(NamedTuple):
    """How names, numbers, formulas, derivatives and words are written; names come in the script and in plain text."""

    name: Callable[[str], str]
    number: Callable[[str], str]
    expression: Callable[[Op, Sequence[tuple[str, str]]], str]
    slopes: Callable[[Op, tuple[str, str], Sequence[tuple[str, str]]], tuple[str, ...]]
    derivative: str
    words: Callable[[str], str]
    finished: Callable[[str], str]


PLAIN = Script(
    str,
    str,
    lambda op, names: formula.expression(op, [plain for _, plain in names]),
    lambda op, z, names: formula.slopes(op, z[1], [plain for _, plain in names]),
    "∂{}/∂{}",
    str,
    str,
)
LATEX = Script(
    latex.name,
    latex.number,
    latex.expression,
    latex.slopes,
    r"\frac{{\partial {}}}{{\partial {}}}",
    lambda words: f"\\text{{{words}}}" if words else "",
    latex.finished,
)


class Lesson(Story):
    """A story whose names are printable and unique, in the script that was last chosen by :meth:`write`."""

    def __init__(self, root: Value, grad: Any = 1, digits: int = 4) -> None:
        super().__init__(root, grad, digits)
        self._own = self.seed == 1  # gradients of the root itself, not of an L that comes after it
        called = [visible(name) for name in self.names.values()]
        self.plain = dict(zip(self.names, _unlike(zip(self.names, called, strict=True)), strict=True))
        taken = set(self.plain.values())
        self._letter = what_follows(taken)
        self.write(PLAIN)

    @property
    def own(self) -> bool:
        """Whether gradients are those of the root; else they are those of an L, and its ∂L/∂(root) is given."""
        return self._own

    def tell_apart(self, asked: Collection[Value]) -> None:
        """Call what the gradients are gradients of L where the root's name would be unclear."""
        self._own = self._own and not ending(self.root, self.order, self.seed, self.plain, asked).alias
        self.write(self.script)

    def write(self, script: Script) -> None:
        """Choose the script of everything that this lesson says."""
        self.script = script
        written = [script.name(name) for name in self.plain.values()]
        self.names = dict(zip(self.plain, _unlike(zip(self.plain, written, strict=True)), strict=True))
        self.of = self.names[self.root] if self._own else script.name(self._letter)

    def number(self, x: Any) -> str:
        """A number for people."""
        return self.script.number(formula.number(x, self.digits))

    def derivative(self, of: str, by: str) -> str:
        """``∂L/∂x``."""
        return self.script.derivative.format(of, by)

    def symbol(self, v: Value) -> str:
        """``∂L/∂x``, for a node."""
        return self.derivative(self.of, self.names[v])

    def local_symbol(self, v: Value, position: int) -> str:
        """``∂z/∂x``, for an input of a node; ``∂z/∂x (use 2)`` for the second x of x·x."""
        return self.derivative(self.names[v], self.names[v.parents[position]]) + self.script.words(which_use(v, position))

    def formula(self, v: Value, numbers: bool = False) -> str:
        """The right side of a node's equation; empty for a leaf."""
        if v.op is None:
            return ""
        if numbers:
            known = [formula.number(p.data, self.digits) for p in v.parents]
            return self.script.expression(v.op, [(self.script.number(x), x) for x in known])
        return self.script.expression(v.op, [(self.names[p], self.plain[p]) for p in v.parents])

    def local_formula(self, v: Value, position: int) -> str:
        """The local derivative by one input, as its row states it; empty for a leaf."""
        if v.op is None:
            return ""
        inputs = [(self.names[p], self.plain[p]) for p in v.parents]
        return self.script.slopes(v.op, (self.names[v], self.plain[v]), inputs)[position]

    def above(self, wanted: Iterable[Value]) -> dict[Value, None]:
        """The nodes between these and the output, both included, inputs before outputs."""
        found = dict.fromkeys(wanted)
        for v in self.inner:
            if v not in found and any(p in found for p in v.parents):
                found[v] = None
        return {v: None for v in self.order if v in found}

    def paths(self, v: Value, limit: int) -> list[list[Share]]:
        """The ways on which v acts on the output, each from v on; [] where there are more than the limit."""
        done: list[list[Share]] = []
        open_: list[list[Share]] = [[s] for s in reversed(self.shares[v])]
        while open_:
            path = open_.pop()
            child = path[-1].child
            if child is self.root:
                done.append(path)
            open_ += [[*path, s] for s in reversed(self.shares[child])]
            if len(done) + len(open_) > limit:
                return []
        return done


def _unlike(named: Iterable[tuple[Value, str]]) -> list[str]:
    """The names, told apart where they look alike; unnamed constants are called by their numbers."""
    taken: dict[str, int] = {}
    return [formula.distinct(name, taken) if v.name is not None or v.requires_grad else name for v, name in named]
