"""The tracer: what keeps every node that is made while a function is recorded.

What an eager run settles by looking at data is recorded as a node of its own here: a comparison, a detached copy, and
whether a nan takes part in a backward pass. For the engine such a node is a constant; what it is computed from is known
to the tracer alone.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from ..backward import product
from ..graph import tick
from ..intrinsics import nonzero, shown, where
from ..modes import source_line
from ..op import Op
from ..ops import arithmetic
from ..value import Value, constant
from .nans import Shown
from .tape import GRADIENT, Made, Tape


class TraceError(RuntimeError):
    """A function cannot be compiled: while it was recorded, it did something that a recording cannot hold."""


def _private(name: str, value: Callable[..., Any]) -> Op:
    """A row outside the table (its parameters keep it out); the engine never differentiates it."""
    return Op(name, value=value, slopes=lambda z, *xs: (0,) * len(xs), params=("of a recording",), doc="Recorded.")


def _compare(name: str, holds: Callable[[Any, Any], Any]) -> Op:
    return _private(name, lambda x, y: where(holds(x, y), 1, 0))


LESS, LESS_EQUAL = _compare("less", operator.lt), _compare("less_equal", operator.le)
GREATER, GREATER_EQUAL = _compare("greater", operator.gt), _compare("greater_equal", operator.ge)
COPY = _private("copy", lambda x: x)
TAKES_PART = _private("takes_part", lambda v, g: where((v >= v) | nonzero(g), 1, 0))
"""Whether a node receives its gradient: not if it is nan and its gradient is 0."""
NOT_NAN = _private("not_nan", lambda v: where(v >= v, 1, 0))
NONZERO = _private("nonzero", lambda v: where(nonzero(v), 1, 0))
COMPARISONS = (LESS, LESS_EQUAL, GREATER, GREATER_EQUAL)


def seeded(ask: Callable[..., Any], v: Any, seed: Any) -> Any:
    """What an output starts from; a nan has nan gradients. ``ask(op, *args)`` is how a question to the data is put."""
    return arithmetic.choose(ask(NOT_NAN, v), seed, ask(COPY, v))


def sent(ask: Callable[..., Any], masked: bool, v: Any, slope: Any, upstream: Any) -> Any:
    """What a node sends along an edge; if it may be a nan that was left out on the way, that is asked."""
    share = product(slope, upstream)
    return arithmetic.choose(ask(TAKES_PART, v, upstream), share, 0) if masked else share


class Tracer:
    """Keeps the nodes of one recording.

    Attributes:
        branches: each comparison that was asked for its truth, the answer, and the source line.
        made: keeps a new node.
    """

    def __init__(self) -> None:
        self.branches: list[tuple[Value, bool, str]] = []
        self.start = tick()
        self._nodes: list[Value] = []
        self._cut: dict[Value, Made] = {}  # what those were made by that are constants to the engine
        self.made = self._nodes.append

    def write(self, tape: Tape) -> None:
        """Append the nodes to a tape that were made since the last time."""
        tape.extend(self._nodes, self._cut)
        self._nodes.clear()

    def is_constant(self, v: Value) -> bool:
        """Whether a leaf of the recording is a constant, not a parameter."""
        if v.op is not None:
            raise TraceError(
                f"the function to compile uses {shown(v._data)}, which {v.op.name} computed before it was called: compute "
                "it inside, or give its detach()"
            )
        return v.serial > self.start

    def cut(self, node: Value) -> None:
        """Keep what a node was made by: ``no_grad`` is about to make a constant of it."""
        assert node.op is not None
        self._cut[node] = node.op, node.parents

    def constant(self, op: Op, *args: Any) -> Value:
        """A node that is a constant to the engine, computed by ``op``."""
        parents = tuple([constant(a) for a in args])
        node = Value(op.evaluate(tuple([p._data for p in parents])), requires_grad=False)
        self.made(node)
        self._cut[node] = op, parents
        return node

    def is_nonzero(self, v: Value) -> Value:
        """The condition that a number is not 0, as a node; of a comparison, that comparison."""
        return v if self._cut.get(v, (None, ()))[0] in COMPARISONS else self.constant(NONZERO, v)

    def knows(self, v: Value) -> bool:
        """Whether a number is the same in every run: a constant that was made while recording."""
        return v.op is None and v.serial > self.start and v not in self._cut

    def gradient(self, output: Value, leaves: Sequence[Value]) -> list[Value]:
        """The derivatives of an output, for lowering to work out: what comes of them is a constant to the engine."""
        nodes = [Value(0.0, requires_grad=False) for _ in leaves]
        self._nodes += nodes
        self._cut.update((node, (GRADIENT, (output, leaf))) for node, leaf in zip(nodes, leaves))
        return nodes

    def truth(self, v: Value) -> bool:
        """The outcome of a comparison, which is from now on the branch that this recording is for."""
        if self.knows(v):
            return bool(v._data)
        op = self._cut.get(v, (None, ()))[0]
        if op not in COMPARISONS:
            self.refuse("asks for the truth of a Value", "compare it, as in x > 0, which is recorded as a branch")
        outcome = bool(v._data)
        self.branches.append((v, outcome, source_line().removeprefix(" (").removesuffix(")")))
        return outcome

    def refuse(self, what: str, remedy: str) -> None:
        """Say what a recording cannot hold."""
        raise TraceError(f"the function to compile {what} while it is recorded{source_line()}: {remedy}")

    def refuse_forward_mode(self) -> None:
        """Forward mode chooses by data."""
        self.refuse("uses forward mode (jvp, hvp)", "use grad(..., create_graph=True) twice, or the compiled hvp")

    def rules(
        self, outputs: Sequence[Value], inner: Sequence[Value], create_graph: bool
    ) -> tuple[Callable[[Value, Any], Any], Callable[[Value, Any, Any], Any]]:
        """How reverse mode starts from an output, and what it sends along an edge, without looking at data."""
        if not create_graph:
            self.refuse("asks for a gradient as a plain number", "pass create_graph=True, which gives a Value")
        nans = Shown(outputs)
        masked = {v for v in reversed(inner) if v.op is not None and nans.hides(v, v.op, v.parents)}

        def start(v: Value, seed: Any) -> Any:
            return seed if self.knows(v) else seeded(self.constant, v, seed)

        def send(v: Value, slope: Any, upstream: Any) -> Any:
            return sent(self.constant, v in masked, v, slope, upstream)

        return start, send
