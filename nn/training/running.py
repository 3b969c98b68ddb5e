"""How the batches of a compiled training run, and who takes the steps that machine code leaves."""

from __future__ import annotations

import warnings
from contextlib import nullcontext
from math import hypot, isfinite
from time import perf_counter
from typing import Any

from ..history import History
from ..module import Module
from .batches import rehearse
from .checkpoint import Run
from .interrupts import unbroken
from .metrics import Tally, accuracy_for
from .moving import Moving, kept_gradients
from .rows import Rows
from .steps import Step, diverged
from .tables import finite, package
from .taken import Taken

SLICE = 0.05
"""Seconds that pass in machine code before Ctrl-C is heard."""


class Running:
    """A model, its loss and its optimizer as programs.

    Args:
        scored: whether what is right is counted, as for the accuracy.
        options: how to compile, as for :func:`autograd.compile`.

    Attributes:
        taken: how many steps were, and how.
    """

    def __init__(self, model: Module, criterion: Any, optimizer: Any, scored: bool, **options: Any) -> None:
        self.rows, self.moving, self.optimizer = Rows(model, criterion, scored), Moving(optimizer), optimizer
        self.options, self.taken = options, Taken()
        self.training: Any = None
        self.shapes: Any = None
        self.step = Step(Run(model, optimizer, None, History(), {}), criterion)
        self._slice, self._told = 1, False

    def record(self, x: Any, y: Any) -> None:
        """Record the loss of an example of this shape."""
        self.moving.settle()
        rehearse(self.rows.model, self.rows.criterion, ([x], [y]), "the first example")
        self.training = package().Training(self.rows.loss, x, y, self.optimizer.parameters, **self.options)
        self.taken.recordings += 1
        self.training.driver.averages = self.rows.averages
        self._example = x, y
        self.line = self.training.report(1)
        self._held: Any = nullcontext if self.training.driver.whole else unbroken

    def run(self, data: Any, first: int, last: int, report: Any = None) -> Any:
        """The steps for batches first to last.

        Returns:
            A table with a line for each batch: its loss, the length of its gradient, and the sum of its scores.
        """
        report = self.training.report(last - first) if report is None else report
        at = first
        while at < last:
            began = perf_counter()
            with self._held():
                at = self._some(data, at, last, report if at == first else report[at - first :])
            took = perf_counter() - began
            if took > 2 * SLICE:
                self._slice = max(1, self._slice // 2)
            elif took < SLICE / 2 and at < last:
                self._slice *= 2
        return report

    def _some(self, data: Any, at: int, last: int, report: Any) -> int:
        """The steps for some batches; gives how far they came."""
        if not self.training.pull():
            self.record(*self._example)
            self.training.pull()
        training, native = self.training, self.moving.ready(self.training)
        to = min(at + self._slice, last) if native else at + 1
        reached: int = training.run(data, at, to, report)
        if native:
            self.taken.compiled += reached - at
        if reached < to:
            self._by_hand(data, reached, report[reached - at])
            reached += 1
        elif not native:
            self._update(training.driver.divisor(len(data.places(at))), self.moving.why)
        return reached

    def _update(self, divisor: float, why: str) -> None:
        """The optimizer's own step, along the gradient of the latest batch."""
        self.moving.by_python(self.training, divisor)
        self.taken.update_in_python(why)

    def _by_hand(self, data: Any, batch: int, line: Any) -> None:
        """The step for a batch at which machine code stopped."""
        training, places = self.training, data.places(batch)
        if where := training.driver.strays(len(places)):
            return self._eager(data, places, line, where)
        divisor, (epoch, k) = training.driver.divisor(len(places)), divmod(batch, len(data.sizes))
        what, found = "loss", line[0]
        if isfinite(found):
            what, found = "gradient's length", hypot(*training.gradient(divisor))  # its square may have been too large
            line[1] = found
        if not isfinite(found):
            finite(data, places)
            if what == "loss":
                training.put_back()
            raise diverged(self.step.run, what, float(found), k, epoch)
        self._update(divisor, "the square of the gradient is beyond all floats")

    def _eager(self, data: Any, places: Any, line: Any, where: str) -> None:
        """The same in Python, for a batch in which an example takes another way there than the recorded one."""
        x, y = [a[places].reshape(-1, *shape).tolist() for a, shape in zip((data.x, data.y), self.shapes)]
        tally = Tally(self.rows.criterion, None if self.rows.right is None else accuracy_for(self.rows.criterion))
        self.step.before = self.before
        with kept_gradients(self.rows.model.parameters()):
            self.step(x, y, tally)
        line[:] = [tally.loss, tally.norm, *[score * len(y) * self.rows.shares for score in tally.scores]]
        self.training.moved_outside()
        self.taken.in_python(f"examples go different ways at {where}")
        self._tell(where)

    def _tell(self, where: str) -> None:
        if not self._told:
            self._told = True
            warnings.warn(
                f"the model or the loss branches on numbers, at {where}: batches whose examples go different ways are "
                "trained in Python. Choose with autograd.where, maximum or relu instead",
                package().FallbackWarning,
                stacklevel=2,
            )

    @property
    def before(self) -> list[Any]:
        """The weights that the optimizer's parameters had before the last step."""
        before = dict(zip(self.training.moved, self.training.driver.before.tolist()))
        return [before.get(p, p.data) for p in self.optimizer.parameters]
