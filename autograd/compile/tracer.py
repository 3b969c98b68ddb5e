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
from ..intrinsics import nonzero, where
from ..modes import source_line
from ..op import Op
from ..ops import arithmetic
from ..value import Value, constant
from .nans import hidden


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


class Tracer:
    """Keeps the nodes of one recording, in the order in which they were made.

    Attributes:
        made_by: for each node, its operation and what it was computed from.
        branches: each comparison that was asked for its truth, the answer, and the source line.
    """

    def __init__(self) -> None:
        self.made_by: dict[Value, tuple[Op, tuple[Value, ...]]] = {}
        self.branches: list[tuple[Value, bool, str]] = []
        self.start = tick()

    def made(self, node: Value) -> None:
        """Keep a new node."""
        assert node.op is not None
        self.made_by[node] = node.op, node.parents

    def constant(self, op: Op, *args: Any) -> Value:
        """A node that is a constant to the engine, computed by ``op``."""
        parents = tuple([constant(a) for a in args])
        node = Value(op.evaluate(tuple([p._data for p in parents])), requires_grad=False)
        self.made_by[node] = op, parents
        return node

    def is_nonzero(self, v: Value) -> Value:
        """The condition that a number is not 0, as a node; of a comparison, that comparison."""
        return v if self.made_by.get(v, (None, ()))[0] in COMPARISONS else self.constant(NONZERO, v)

    def knows(self, v: Value) -> bool:
        """Whether a number is the same in every run: a constant that was made while recording."""
        return v.op is None and v.serial > self.start and v not in self.made_by

    def truth(self, v: Value) -> bool:
        """The outcome of a comparison, which is from now on the branch that this recording is for."""
        if self.knows(v):
            return bool(v._data)
        op = self.made_by.get(v, (None, ()))[0]
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
        masked = hidden(outputs, inner)

        def seeded(v: Value, seed: Any) -> Any:
            """A nan has nan gradients."""
            if self.knows(v):
                return seed
            return arithmetic.choose(self.constant(NOT_NAN, v), seed, self.constant(COPY, v))

        def send(v: Value, slope: Any, upstream: Any) -> Any:
            sent = product(slope, upstream)
            return arithmetic.choose(self.constant(TAKES_PART, v, upstream), sent, 0) if v in masked else sent

        return seeded, send
