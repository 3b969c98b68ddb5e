"""Training steps as machine code: forward, backward and the optimizer's update in one call."""

from __future__ import annotations

from inspect import signature
from typing import Any

from ..checks import whole
from ..module import Module
from .batches import shuffled
from .given import check_kinds, check_parameters
from .running import Running
from .tables import REAL, package, shape, tables

ORDERS = 1 << 20
"""How many places of examples are made at once: the order of so many epochs as it is enough for."""

SHAPES = 8
"""Of so many shapes of batches the tables are kept."""


class CompiledStep(Running):
    """A training step that runs as machine code: see :func:`compile`, which makes it."""

    def __init__(self, model: Module, criterion: Any, optimizer: Any, scored: bool = False, **options: Any) -> None:
        check_kinds(model, criterion, optimizer, None, None)
        check_parameters(model, optimizer, None)
        super().__init__(model, criterion, optimizer, scored, **options)
        self._kept: dict[Any, Any] = {}  # by the shapes of a batch: where the last one was copied to
        self._shortened: set[Any] = set()  # those shapes for whose steps machine code is called straight
        self._last: Any = (object(), None)  # the arrays of the latest batch, and where they were copied to
        self._array: Any = None
        self._lock = package().Lock()
        self._kind: Any = type(self)  # its objects' calls are Python's
        self.__signature__ = signature(self._step)  # which Python would not find where they are not

    def __call__(self, X: Any, y: Any) -> float:
        """One step for a batch; gives the loss that it was before.

        Args:
            X: one row of numbers for each example, as an array or nested lists.
            y: their targets, as the criterion takes them.

        Raises:
            DivergedError: the loss or the gradient is inf or nan; see :func:`nn.fit`.
            ValueError, TypeError: X or y are not what the model and the criterion take, or so is the loss because they are.
        """
        loss: float = self._call(X, y)
        return loss

    def __reduce__(self) -> Any:
        """Copies and pickles are fresh steps of (copies of) the model, the criterion and the optimizer."""
        return _made, (self.rows.model, self.rows.criterion, self.optimizer, self.rows.right is not None, self.options)

    def _step(self, X: Any, y: Any) -> float:
        """One step for a batch; gives the loss that it was before."""
        with self._lock:
            data, line = self._batch(X, y), self.line
            if self.moving.is_ready() and self.training.step(data, line):
                self.taken.compiled += 1
                self._shorten(X, y)
            else:
                self.run(data, 0, 1, line)
            loss: float = line.item(0)
            return loss

    _call: Any = _step

    def _shorten(self, X: Any, y: Any) -> None:
        """Have machine code take the next step for arrays or lists of these shapes straight, where it can."""
        shapes = self._key(X, y)
        x, t, data = self._kept.get(shapes, (None, None, None))
        if data is None or shapes in self._shortened or not self.training.is_straight(data):
            return
        optimizer = vars(self.optimizer)
        same = [((optimizer, "_lent"), self.moving.back)]
        groups = self.moving.groups, (optimizer, "param_groups")
        ways, counter = (self._step, self._call), self.taken.counter
        taken = self.training, ((X, x), (y, t)), data, self.line
        self._shortened.add(shapes)
        self._call = package().Shortcut(*taken, self._lock, same, *groups, counter, *ways).call
        if self._kind.__call__ is CompiledStep.__call__:
            self.__class__ = package().called(self._kind, self._call)

    def record(self, x: Any, y: Any) -> None:
        """Record the loss of an example of this shape; what was kept of other recordings is forgotten."""
        super().record(x, y)
        self._forget()

    def _forget(self) -> None:
        """Forget all shapes of batches."""
        self._kept.clear()
        self._shortened.clear()
        self._last = object(), None
        vars(self).pop("_call", None)
        self.__class__ = self._kind

    def many(self, X: Any, y: Any, epochs: int, batch_size: int | None = None, seed: int | None = 0) -> list[float]:
        """Steps for all batches of so many epochs; gives each epoch's loss, as ``history.loss`` of :func:`nn.fit` has it.

        Args:
            X, y: all examples.
            epochs: how often to go through them.
            batch_size, seed: as for :func:`nn.fit`, whose batches these are.
        """
        whole("epochs", epochs, 0)
        for name, number, least in (("seed", seed, 0), ("batch_size", batch_size, 1)):
            if number is not None:
                whole(name, number, least)
        with self._lock:
            data, losses = self.data(X, y, batch_size), []
            at_once = max(1, ORDERS // data.count)
            for start in range(0, epochs, at_once):
                some = range(start, min(start + at_once, epochs))
                data = self.shuffled(data, batch_size, seed, some)
                report = self.run(data, 0, len(some) * len(data.sizes))
                losses += self.epoch_losses(data, report[:, 0].reshape(len(some), -1))
        return losses

    def report(self) -> Any:
        """What was recorded and compiled, as :meth:`autograd.Compiled.report` says it; how many steps were taken so far, and
        which of them in Python, and why. Print it.

        >>> import nn
        >>> model = nn.Linear(1, 1, bias=False)
        >>> step = nn.compile(model, nn.MSELoss(), nn.SGD(model.parameters(), lr=0.1, momentum=0.5), backend="arrays")
        >>> print(step.report())
        nothing is recorded yet: call it once
        >>> losses = step.many([[1.0], [2.0]], [[2.0], [4.0]], epochs=50)
        >>> print(step.report())
        loss and gradient: 6 operations recorded (0 not needed, 0 constant), 11 instructions (0 shared, 0 dropped), 1 branch
          arrays: recorded in ... ms, lowered in ... ms, compiled in ... ms
        update of 1 parameter: 5 instructions for each, 1 instruction for all together
          arrays: recorded and compiled in ... ms
        steps: 49 compiled
          1 with the update in Python: a parameter's first shows what SGD remembers of it
        """
        with self._lock:
            if self.training is None:
                return package().Report(())
            return package().Report((self.training.entry,), (*self.training.about(), *self.taken.lines()))

    def _batch(self, X: Any, y: Any) -> Any:
        """One batch as compiled code reads it: copied to where another one of its shape was."""
        if X is self._last[0] and y is self._last[1]:
            _, _, x, t, data = self._last
            x[...], t[...] = X, y  # they may hold other numbers by now
            return data
        key = self._key(X, y)
        kept: Any = self._kept.get(key)
        if kept is not None and key[0] and X.dtype.kind in REAL and y.dtype.kind in REAL:
            self._last = X, y, *kept
            return self._batch(X, y)
        x, t = self._examples(X, y)
        if kept is not None and (x.shape, t.shape) == key[1:]:
            kept[0][...], kept[1][...] = x, t
            return kept[2]
        x, t = x.copy(), t.copy()
        data = self._table(x, t, len(x))
        if (x.shape, t.shape) == self._key(X, y)[1:] and (self.rows.splits or len(x) == 1):
            if len(self._kept) == SHAPES:
                self._forget()
            self._kept[self._key(X, y)] = x, t, data
        return data

    def _key(self, X: Any, y: Any) -> tuple[Any, ...]:
        """Whether these are arrays, and their shapes."""
        return type(X) is type(y) is self._array, shape(X), shape(y)

    def data(self, X: Any, y: Any, batch_size: int | None = None) -> Any:
        """Examples in batches as compiled code reads them: arrays of floats, where they lie."""
        x, t = self._examples(X, y)
        return self._table(x, t, min(batch_size or len(x), len(x)))

    def _table(self, x: Any, t: Any, size: int) -> Any:
        return package().Data(x.reshape(len(x), -1), t.reshape(len(t), -1), size)

    def _examples(self, X: Any, y: Any) -> tuple[Any, Any]:
        """Inputs and targets as arrays; records the step if it is the first for examples of this shape."""
        x, t = tables(self.rows.criterion, X, y, self.rows.classes)
        shapes = x.shape[1:], t.shape[1:]
        if shapes != self.shapes:
            self.record(x[0].tolist(), t[0].tolist())
            self.shapes, self._array = shapes, type(x)
        if not self.rows.splits:
            self.rows.look(x[:3].tolist(), t[:3].tolist())
            self.training.driver.averages = self.rows.averages
        return x, t

    def shuffled(self, data: Any, batch_size: int | None, seed: int | None, epochs: range) -> Any:
        """The examples in the order of some epochs: see :func:`.batches.batches`."""
        if batch_size is None or seed is None:
            return data
        return data.shuffled([k for epoch in epochs for k in shuffled(data.count, seed, epoch)])

    def epoch_losses(self, data: Any, losses: Any) -> list[float]:
        """The loss of each epoch, of those of its batches."""
        sums = getattr(self.rows.criterion, "reduction", "mean") == "sum"
        shares = [1.0 if sums else size / data.count for size in data.sizes]
        found: list[float] = (losses @ shares).tolist()
        return found


def _made(model: Module, criterion: Any, optimizer: Any, scored: bool, options: dict[str, Any]) -> CompiledStep:
    return CompiledStep(model, criterion, optimizer, scored, **options)


def compile(
    model: Module, criterion: Any, optimizer: Any, backend: str | None = None, threads: int = 1, progress: bool = True
) -> CompiledStep:
    """A training step as machine code: forward, backward and the optimizer's update in one call.

    ``step(X, y)`` does what these lines do, and gives the loss; ``step.many(X, y, epochs)`` does it for all batches of many
    epochs without coming back to Python::

        optimizer.zero_grad()
        loss = criterion(model(X), y)
        loss.backward()
        optimizer.step()

    Afterwards the parameters have their new numbers and the optimizer its new memory; parameters, rates and options may be
    changed between calls. Gradients are not given back: ``grad`` stays as it was. The results are those of the lines
    above up to rounding. X is a batch, a row for each example, also of one. A step whose loss or gradient is inf or nan is
    not taken, and is an error.

    Args:
        model: takes rows of numbers, as all of this package do. It is recorded for one row, when the step is first called:
            the loss of a batch must be the mean or the sum of those of its rows, which is tried on a few. Plain numbers
            that it holds are read then; those that change later should be Values.
        criterion: a loss; what its targets may be is looked at in each call.
        optimizer: of this package, or derived from its :class:`nn.Optimizer`. A rule that branches on numbers does not
            compile: then ``step()`` of the optimizer runs in Python, along the compiled gradient.
        backend, progress: as for :func:`autograd.compile`.
        threads: how many add up the gradients of a batch's examples, each those of its part, if there are enough of them, as
            machine code. Another number of threads rounds their sums differently; the same number, always alike.

    Raises:
        ValueError, TypeError: they do not belong together.
        TraceError: when it is first called: the model or the criterion reads a number of a Value.

    >>> import nn
    >>> model = nn.Linear(1, 1, bias=False, init="ones")
    >>> step = nn.compile(model, nn.MSELoss(), nn.SGD(model.parameters(), lr=0.1), backend="arrays")
    >>> step([[1.0], [2.0]], [[2.0], [4.0]])
    2.5
    >>> losses = step.many([[1.0], [2.0]], [[2.0], [4.0]], epochs=50)
    >>> round(model.weight[0][0].data, 6)
    2.0
    """
    threads = whole("threads", threads)
    return CompiledStep(model, criterion, optimizer, backend=backend, threads=threads, progress=progress)
