"""An epoch of training, and a look at data that are not learned from: step by step in Python, or compiled."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Value

from ..shapes import mapped
from .batches import Examples, batches
from .checkpoint import Run
from .compiled import CompiledStep
from .metrics import Metric, Tally, accuracy_for, as_float
from .steps import Criterion, Step, evaluate
from .tables import tables


class Epochs:
    """Epochs in Python.

    Args:
        run: what is trained.
        criterion: the loss.
        metric: the score to keep; None for the accuracy, where the loss has one.
        batch_size, seed: as for :func:`nn.fit`.
    """

    def __init__(
        self, run: Run, criterion: Criterion, metric: Metric | None, batch_size: int | None, seed: int | None
    ) -> None:
        self.run, self.criterion, self.metric = run, criterion, metric or accuracy_for(criterion)
        self.batch_size, self.seed = batch_size, seed
        self.step = Step(run, criterion)

    @property
    def before(self) -> list[Any]:
        """The weights before the last step."""
        return self.step.before

    def train(self, data: Examples) -> Tally:
        """The steps of the next epoch."""
        tally = Tally(self.criterion, self.metric)
        for x, y in batches(data, self.batch_size, self.seed, len(self.run.history)):
            self.step(x, y, tally)
        return tally

    def measure(self, data: Examples) -> Tally:
        """The loss and the score on other data."""
        return evaluate(self.run.model, self.criterion, data, self.metric)


class CompiledEpochs(Epochs):
    """The same as machine code. A metric of your own is given Values without a graph, a batch at a time."""

    def __init__(
        self,
        run: Run,
        criterion: Criterion,
        metric: Metric | None,
        batch_size: int | None,
        seed: int | None,
        progress: bool,
        threads: int,
    ) -> None:
        super().__init__(run, criterion, metric, batch_size, seed)
        scored = metric is None
        self.compiled = CompiledStep(run.model, criterion, run.optimizer, scored=scored, threads=threads, progress=progress)
        self.compiled.step = self.step
        self.own = metric
        self._data: Any = None
        self._loss, self._predict, self._predict_else = [
            autograd.compile(f, threads=threads, progress=progress)
            for f in (self.compiled.rows.loss, self._outputs, self._outputs)
        ]

    def _outputs(self, x: Any) -> Any:
        return self.run.model([x])[0]

    @property
    def before(self) -> list[Any]:
        """The weights before the last step."""
        return self.compiled.before

    def train(self, data: Examples) -> Tally:
        """The steps of the next epoch."""
        compiled, tally, epoch = self.compiled, Tally(self.criterion, self.metric), len(self.run.history)
        if self._data is None:
            self._data = compiled.data(*data, self.batch_size)
        shuffled = compiled.shuffled(self._data, self.batch_size, self.seed, range(epoch, epoch + 1))
        if self.own is None:
            lines = compiled.run(shuffled, 0, len(shuffled.sizes)).tolist()
        else:
            lines = [self._scored(shuffled, batch, data) for batch in range(len(shuffled.sizes))]
        for size, (loss, norm, *scores) in zip(shuffled.sizes, lines):
            tally.note(size, loss, norm, scores if self.own else [x / (size * compiled.rows.shares) for x in scores])
        return tally

    def _scored(self, data: Any, batch: int, examples: Examples) -> list[float]:
        """A batch's step, with a metric of the user's own, taken before."""
        assert self.own is not None
        places = data.places(batch)
        score = self._judged(self._predict, [examples[0][k] for k in places], [examples[1][k] for k in places])
        line: list[float] = self.compiled.run(data, batch, batch + 1)[0].tolist()
        return [*line, *score]

    def _judged(self, predict: Any, x: Any, y: Any) -> list[float]:
        """The score of the user's own metric."""
        assert self.own is not None
        found = predict.batch(x)
        outputs = found.tolist() if hasattr(found, "tolist") else [list(row) for row in zip(*[a.tolist() for a in found])]
        return [as_float(self.own(mapped(lambda v: Value(v, requires_grad=False), outputs), y))]

    def measure(self, data: Examples) -> Tally:
        """The loss and the score on other data."""
        tally, model = Tally(self.criterion, self.metric), self.run.model
        training, rows = model.training, self.compiled.rows
        model.eval()
        try:
            found = self._loss.batch(*tables(self.criterion, *data, rows.classes))
            loss, *right = found.sum(axis=0).tolist()
            scores = self._judged(self._predict_else, *data) if self.own else [x / (len(found) * rows.shares) for x in right]
        finally:
            model.train(training)
        tally.note(len(found), loss / len(found) if rows.averages else loss, 0.0, scores)
        return tally
