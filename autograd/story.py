"""Both passes over a graph, told: names, formulas, numbers, and what comes back along every edge.

Explanations and the frames of the stepper read this, and state no formula of their own. A story computes its own
gradients and touches no ``grad``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import chain, count
from typing import Any, NamedTuple

from . import formula
from .backward import local_grads, masked, share
from .derivatives import pull
from .graph import check_fresh, inner_nodes
from .intrinsics import checked
from .value import Value

ANOTHER_NAME = "another name for the output, to tell gradients from local gradients"
OF_NAN = "a nan has nan gradients"
MOST_NAMES = 20
LEFT_OUT = "a nan that was left out sends back 0"


class Share(NamedTuple):
    """What one use of a value sends back: upstream gradient times local gradient."""

    child: Value
    position: int
    upstream: Any
    local: Any
    number: Any


class Story:
    """The graph below ``root``, with dL/d(root) = ``grad`` given.

    Attributes:
        order: every node, inputs before outputs.
        inner: the computed nodes, oldest first: the order of the forward pass; backward it is reversed.
        names: what each node is called.
        ending: what the gradients are gradients of, and ``of``, what that is called: see :func:`ending`.
        gradients: d(of)/d(node) for each node; constants too, which keep it to themselves.
        shares: for each node what each of its uses sends back, in the order of the uses.

    ``shown`` is how names and numbers are shown; a picture makes them visible and no longer than it has room for.

    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> story = Story(x * y, grad=5)
    >>> story.value(story.root), story.local(story.root, 0), story.gradient(x)
    ('v1 = x·y = 2·3 = 6', '∂v1/∂x = y = 3', '∂L/∂x = ∂L/∂v1 · ∂v1/∂x = 5 · 3 = 15')
    """

    def __init__(self, root: Value, grad: Any = 1, digits: int = 4, shown: Callable[[str], str] = str) -> None:
        self.root, self.digits, self.shown = root, formula.significant(digits), shown
        self.inner, leaves = inner_nodes(root)
        check_fresh(self.inner)
        self.order = leaves + self.inner
        self.names = {v: shown(name) for v, name in formula.labels(root).items()}
        self.seed = checked(grad)
        self.ending = ending(root, self.order, self.seed, self.names)
        self.of = self.ending.of
        self.gradients = pull([root], [self.seed])
        self.locals = {v: local_grads(v) for v in self.inner}
        self.shares: dict[Value, list[Share]] = {v: [] for v in self.order}
        for v in self.inner:
            upstream = self.gradients[v]
            for i, (p, d) in enumerate(zip(v.parents, self.locals[v], strict=True)):
                self.shares[p].append(Share(v, i, upstream, d, share(v, d, upstream)))

    def asked(self, what: Any) -> Any:
        """The node of that name, as ``w`` or ``layer1.w``; what is no text is given back as it is."""
        if not isinstance(what, str):
            return what
        named = {v: name for v, name in self.names.items() if v.name is not None or v.requires_grad}
        found = [v for v, name in named.items() if name == what]
        found = found or [v for v in named if what in (v.name, f"{v.scope}.{v.name}")]
        if len(found) == 1:
            return found[0]
        told = [named[v] for v in found] or list(named.values())
        several = "several nodes are" if found else "no node is"
        raise ValueError(f"{several} called {what!r} here: write one of {', '.join(told[:MOST_NAMES])}")

    def twin(self, v: Value) -> str:
        """A hint where another leaf has the name of a Value that is not in this graph; else empty."""
        twins = [p for p in self.order if p.op is None and p.name is not None and (p.name, p.scope) == (v.name, v.scope)]
        return f"; another leaf, perhaps a copy, has this name here: ask for {self.names[twins[0]]!r}" if twins else ""

    def number(self, x: Any) -> str:
        """A number for people."""
        return self.shown(formula.number(x, self.digits))

    def symbol(self, v: Value) -> str:
        """``∂L/∂x``."""
        return f"∂{self.of}/∂{self.names[v]}"

    def local_symbol(self, v: Value, position: int) -> str:
        """``∂z/∂x`` for the input at that position; ``∂z/∂x (use 2)`` for the second x of x·x."""
        return f"∂{self.names[v]}/∂{self.names[v.parents[position]]}{which_use(v, position)}"

    def formula(self, v: Value, numbers: bool = False) -> str:
        """The right side of a node's equation, with the inputs' names or with their numbers; empty for a leaf."""
        if v.op is None:
            return ""
        return formula.expression(v.op, [self.number(p.data) if numbers else self.names[p] for p in v.parents])

    def value(self, v: Value) -> str:
        """``z = x·y = 2·3 = 6``."""
        return equation(self.names[v], self.formula(v), self.formula(v, numbers=True), self.number(v.data))

    def local_formula(self, v: Value, position: int) -> str:
        """The local derivative by one input, as its row states it: ``y``."""
        if v.op is None:
            return ""
        return formula.slopes(v.op, self.names[v], [self.names[p] for p in v.parents])[position]

    def local(self, v: Value, position: int) -> str:
        """``∂z/∂x = y = 3``."""
        number = self.number(self.locals[v][position])
        return equation(self.local_symbol(v, position), self.local_formula(v, position), number)

    def share(self, s: Share) -> str:
        """One share as an equation: ``∂L/∂z · ∂z/∂x = 5 · 3 = 15``."""
        return equation(self.factors(s), multiplied(self.number(s.upstream), self.number(s.local)), self.number(s.number))

    def factors(self, s: Share) -> str:
        """The symbols of one share, ``∂L/∂z · ∂z/∂x``.

        The output's own local gradients have the symbols of whole gradients: they are written out, ``∂loss/∂loss · 2·s``.
        """
        own = s.child is self.root and self.of == self.names[self.root]
        local = factor(self.local_formula(s.child, s.position)) if own else self.local_symbol(s.child, s.position)
        return f"{self.symbol(s.child)} · {local}"

    def expanded(self, longest: int = 60) -> str:
        """The root as one formula of the leaves, ``loss = (x·w − y)²``; where it would get too long, with inner names."""
        made: dict[Value, formula.Text] = {}
        for v in self.order:
            whole = None if v.op is None else formula.Text("").apply(v.op, [made[p] for p in v.parents])
            made[v] = whole if whole and len(whole.text) <= longest else formula.named(self.names[v])
        text = made[self.root].text
        return equation(self.names[self.root], self.formula(self.root) if text == self.names[self.root] else text)

    def gradient(self, v: Value) -> str:
        """``∂L/∂x = ∂L/∂z · ∂z/∂x = 5 · 3 = 15``, over all uses; the root's is given."""
        total = self.number(self.gradients[v])
        if v is self.root:
            return equation(self.symbol(v), total)
        shares = self.shares[v]
        symbols = list(map(self.factors, shares))
        products = [multiplied(self.number(s.upstream), self.number(s.local)) for s in shares]
        numbers = added([self.number(s.number) for s in shares])
        return equation(self.symbol(v), " + ".join(symbols), added(products), numbers, total)


class Ending(NamedTuple):
    """What the gradients of a graph are gradients of, called ``of``.

    That is something that follows, where the gradient at the root came from beyond the graph (``goes_on``). Else it is the
    root, by its own name, or by another one: then ``alias`` says so, ``L = c``.
    """

    of: str
    goes_on: bool
    alias: str


def ending(
    root: Value, order: Sequence[Value], given: Any, names: Mapping[Value, str], asked: Collection[Value] = ()
) -> Ending:
    """What to call the end of a graph, where ``given`` is the gradient there (None: not computed).

    It is the root's name, as in ∂loss/∂w, wherever one can tell ∂c/∂a, the gradient, from ∂c/∂a, the local gradient at one
    input of c. One cannot where c uses a directly and a has other ways to c, or where c is nan, which makes all gradients
    nan: then c is also called L. Gradients of constants are not told, but of those that are ``asked`` for.

    >>> a = Value(3, "a")
    >>> b = a + a
    >>> c = b * a
    >>> ending(c, [a, b, c], 1, {a: "a", b: "b", c: "c"})
    Ending(of='L', goes_on=False, alias='L = c')
    """
    goes_on = given is not None and given != 1
    uses = Counter(p for v in order for p in v.parents)
    shared = any(uses[p] > 1 and (p.requires_grad or p in asked) for p in root.parents)
    unclear = shared or (root.requires_grad and root.data != root.data)
    of = what_follows(set(names.values())) if goes_on or unclear else names[root]
    return Ending(of, goes_on, "" if goes_on or not unclear else f"{of} = {names[root]}")


def gradient_given(root: Value) -> Any:
    """The gradient that a backward pass was given at its root, as far as one can still tell: a nan makes it nan."""
    return None if root.data != root.data else root.grad


def left_out(shares: Sequence[Share]) -> str:
    """A remark where one of the uses is a nan that was not used in turn; else empty."""
    return LEFT_OUT if any(masked(s.child, s.upstream) for s in shares) else ""


def which_use(v: Value, position: int) -> str:
    """`` (use 2)`` at the second of several inputs of a node that are the same value; else empty."""
    inputs = v.parents
    p = inputs[position]
    return f" (use {inputs[: position + 1].count(p)})" if inputs.count(p) > 1 else ""


def factor(text: str) -> str:
    """A formula or number as a factor behind others: in parentheses where it is a sum, or begins with a sign.

    >>> factor("1 − z"), factor("2·s")
    ('(1 − z)', '2·s')
    """
    return f"({text})" if text.startswith("−") or any(f" {sign} " in text for sign in ("+", "−", "if")) else text


def what_follows(taken: Collection[str]) -> str:
    """What to call the end of a graph that goes on beyond its root: L, or another letter where L is a name in it.

    >>> what_follows({"L", "x"})
    'J'
    """
    return next(name for name in chain(("L", "J", "E"), map("L{}".format, count(1))) if name not in taken)


def equation(*sides: str) -> str:
    """The sides with = between them; empty ones, and those that say the same as the one before, are left out.

    >>> equation("z", "x·y", "", "6", "6")
    'z = x·y = 6'
    """
    return " = ".join(dict.fromkeys(filter(None, sides)))


def added(parts: Sequence[str]) -> str:
    """The parts of a sum with their signs between them.

    >>> added(["3", "−2", "6"])
    '3 − 2 + 6'
    """
    text = parts[0] if parts else ""
    for part in parts[1:]:
        text += f" − {part[1:]}" if part.startswith("−") else f" + {part}"
    return text


def multiplied(a: str, b: str) -> str:
    """A product of two numbers: ``5 · 3``, ``5 · (−3)``.

    >>> multiplied("5", "−3")
    '5 · (−3)'
    """
    return f"{a} · {factor(b)}"
