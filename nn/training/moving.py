"""What an optimizer does in a compiled step: its rule as a program, its memory in machine code's hands, its first step."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from autograd import Value

from ..optim import Optimizer
from ..optim.optimizer import Memory
from .tables import package


class Moving:
    """Hands an optimizer's rule and memory to a compiled training, and takes its steps in Python where that must be.

    A parameter's first step is Python's: it shows what is remembered of it.

    Attributes:
        why: Python takes the steps, where it does.
        back: gives what is remembered back to the optimizer.
        groups: the optimizer's, as they were when the memory was lent; always the same list, where machine code looks.
    """

    def __init__(self, optimizer: Any) -> None:
        self.optimizer = optimizer
        self.native = isinstance(optimizer, Optimizer) and type(optimizer).step is Optimizer.step
        self.why = f"{type(optimizer).__name__} has a step() of its own"
        self.groups: list[dict[str, Any]] = []
        self._members: list[tuple[list[Value], list[type]]] = []
        self._others: Memory = {}
        self._training: Any = None
        self.back = self._fetch

    def is_ready(self) -> bool:
        """Whether the training moves the parameters by itself, by the rates and options of now."""
        return self.native and self.optimizer.has_lent(self.back) and self.optimizer.param_groups == self.groups

    def ready(self, training: Any) -> bool:
        """Make it so, if that can be; else Python takes the steps."""
        if not self.is_ready():
            if not self.native or not (self._knows(training) or self._lend(training)):
                training.use([])
                return False
            self.groups[:] = [{**group} for group in self.optimizer.param_groups]
            training.set_rates([group["lr"] for group in self.groups if self._some_of(group, training)])
            self.optimizer.lend(self.back)
        return True

    def _some_of(self, group: dict[str, Any], training: Any) -> list[Value]:
        """Those of a group that the training moves."""
        moved = set(training.moved)
        return [p for p in group["params"] if p in moved]

    def _knows(self, training: Any) -> bool:
        """Whether only rates and memory differ from what the training has, and take the memory over."""
        groups = [[{**group, "lr": None} for group in groups] for groups in (self.optimizer.param_groups, self.groups)]
        if groups[0] != groups[1]:
            return False
        if self.optimizer.has_lent(self.back):
            return True
        memory = [self.optimizer.memory_of(members) for members, _ in self._members]
        self._keep_others()
        return not any(None in rows for rows in memory) and bool(training.remember(memory))

    def _keep_others(self) -> None:
        parameters = self.optimizer.parameters
        self._others = dict(zip(parameters, self.optimizer.memory_of(parameters)))

    def _lend(self, training: Any) -> bool:
        members_of, updates = [], []
        for group in self.optimizer.param_groups:
            members = self._some_of(group, training)
            memory = self.optimizer.memory_of(members)
            if None in memory or len({*map(len, memory)}) > 1:
                self.why = f"a parameter's first shows what {type(self.optimizer).__name__} remembers of it"
                return False
            if members:
                members_of.append((members, [type(x) for x in memory[0]]))
                updates.append((self._update(group), memory))
        try:
            training.use(updates)
        except Exception as error:  # whatever a rule that is not made for Values does with them
            self.native, name = False, type(self.optimizer).__name__
            self.why = f"the update of {name} does not compile: {error}"
            warnings.warn(
                f"the update of {name} does not compile, so its step() runs in Python: {error}",
                package().FallbackWarning,
                stacklevel=2,
            )
            return False
        self._keep_others()
        self._members, self._training = members_of, training
        return True

    def _update(self, group: dict[str, Any]) -> Any:
        rule, options = self.optimizer.rule, {key: x for key, x in group.items() if key not in ("params", "lr")}
        return lambda lr, w, g, *memory: rule(lr=lr, **options)(w, g, *memory)

    def _fetch(self) -> Memory:
        """The optimizer's memory, back from the training."""
        found = {p: row for p, row in self._others.items() if row is not None}
        for (members, kinds), table in zip(self._members, self._training.remembered()):
            for p, row in zip(members, table):
                found[p] = tuple([kind(x) for kind, x in zip(kinds, row)])
        return found

    def settle(self) -> None:
        """Give the memory back to the optimizer."""
        if isinstance(self.optimizer, Optimizer):
            self.optimizer.memory_of(())

    def by_python(self, training: Any, divisor: float) -> None:
        """The optimizer's own step, along the gradient that the training has just computed."""
        parameters = self.optimizer.parameters
        gradient = dict(zip(training.moved, training.gradient(divisor)))
        with kept_gradients(parameters):
            for p in parameters:
                p.grad = gradient.get(p)
            self.optimizer.step()
        training.moved_outside()


@contextmanager
def kept_gradients(parameters: Sequence[Value]) -> Iterator[None]:
    """A block after which the gradients of these are what they were."""
    before = [p.grad for p in parameters]
    try:
        yield
    finally:
        for p, gradient in zip(parameters, before):
            p.grad = gradient
