"""The training loop (lecture rows L19, L20 and L22)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd import Value
from autograd.collector import paused_collector

from ..checks import whole
from ..history import History
from ..module import Module
from ..schedules import ReduceLROnPlateau
from .batches import examples, rehearse
from .checkpoint import Checkpoint, Path, Run, resume_from
from .compiled import CompiledStep, compile
from .epochs import CompiledEpochs, Epochs
from .given import check_kinds, check_numbers, check_parameters, watched_parameters
from .interrupts import unbroken
from .metrics import Metric, Tally
from .steps import DivergedError
from .surroundings import progress_bar

__all__ = ["CompiledStep", "DivergedError", "compile", "fit"]


def fit(
    model: Module,
    data: Any,
    *,
    loss: Callable[[Any, Any], Any],
    optimizer: Any,
    epochs: int,
    batch_size: int | None = None,
    until: float | Callable[[History], bool] | None = None,
    seed: int | None = 0,
    progress: bool = False,
    validation: Any = None,
    watch: Sequence[str] = (),
    schedule: Any = None,
    patience: int | None = None,
    checkpoint: Path | None = None,
    checkpoint_every: int = 1,
    resume: Path | None = None,
    metric: Metric | None = None,
    keep_weights: bool = False,
    pause_collector: bool = False,
    compiled: bool = False,
    threads: int = 1,
) -> History:
    """Train a model: for each batch forward, loss, backward, and a step of the optimizer, until it is good or time is up.

    Everything given is checked before anything is changed. Same model, data and seed: same bits, in every process.

    Args:
        model: whose parameters are trained.
        data: a pair (inputs, targets), the inputs one row of numbers for each example; or a Dataset.
        loss: ``loss(y_pred, y)`` gives one Value, as the losses of this package do.
        optimizer: made for parameters of this model.
        epochs: how often to go through the data at most; with ``resume``, the ones that were done count.
        batch_size: how many examples make a step; the last batch may be smaller. None takes all at once, in their order.
        until: stops after an epoch whose loss is at most this, or for whose history this function returns true.
        seed: decides the order of the examples, anew for each epoch. None leaves them in their order.
        progress: True shows a bar on stderr, or in the notebook (needs tqdm: ``pip install 'glassgrad[train]'``), and before
            it what is compiled, if that takes more than a second.
        validation: data of the same form, measured after each epoch and never trained on.
        watch: names of parameters (see ``named_parameters``) to record, such as ``["0.weight[0][1]"]``.
        schedule: changes the learning rate; its ``step()`` is called after each epoch, ReduceLROnPlateau's with the loss.
        patience: stops after so many epochs without a new lowest loss, of validation if there is one. Then, and at any end
            but Ctrl-C, the model gets the weights of the lowest loss.
        checkpoint: a new file, written at once and again after every epoch, with all that is needed to go on.
        checkpoint_every: rewritten after every so many epochs only, and at the end.
        resume: a checkpoint to go on from, given the same model, optimizer, schedule, data and settings. The result is the
            same, to the bit, as without the break. May be the same file as ``checkpoint``.
        metric: ``metric(y_pred, y)``, the score of a batch, recorded in place of the accuracy.
        keep_weights: True keeps all weights of each epoch in the history, so that ``history.open`` shows any of them again.
        pause_collector: True switches Python's cyclic garbage collector off meanwhile. It finds nothing here, for graphs
            have no cycles, and searching costs up to a fifth of the time; other code's cycles wait for the end.
        compiled: True runs the steps as machine code, see :func:`nn.compile`: the same up to rounding, and thousands of
            times as fast (needs NumPy and llvmlite: ``pip install 'glassgrad[fast]'``). It leaves no gradients behind.
        threads: with ``compiled=True``, how many add up the gradients of a large batch, as in :func:`nn.compile`.

    Returns:
        The :class:`History`. After Ctrl-C too, with ``interrupted`` set: the weights are those of the last whole step.

    Raises:
        DivergedError: the loss or the gradient became inf or nan.
        ValueError, TypeError: something given is wrong; nothing was changed.

    Lecture row L22, step 3, in one call:

    >>> import nn
    >>> model = nn.Linear(1, 1, bias=False, init="ones")
    >>> history = nn.fit(model, ([[1.0], [2.0], [3.0]], [[2.0], [4.0], [6.0]]), loss=nn.MSELoss(),
    ...                  optimizer=nn.SGD(model.parameters(), lr=0.1), epochs=50, until=1e-12)
    >>> history.reason, round(model.weight[0][0].data, 6)
    ('until', 2.0)
    """
    check_kinds(model, loss, optimizer, schedule, metric)
    train, held_out = examples(data), None if validation is None else examples(validation, "the validation data")
    check_numbers(epochs, batch_size, until, seed, patience, checkpoint_every)
    if whole("threads", threads) > 1 and not compiled:
        raise ValueError(f"threads={threads} goes with compiled=True: steps in Python run in one thread")
    names = [watch] if isinstance(watch, str) else list(watch)
    watched = watched_parameters(model, names)
    check_parameters(model, optimizer, schedule)
    for part, what in ((train, "the data"), (held_out, "the validation data")):
        if part is not None:
            rehearse(model, loss, part, what)
    show = progress_bar(progress)
    file = Checkpoint(checkpoint, checkpoint_every, resume)
    history = History(watched={name: [] for name in names}, start=model.state_dict() if keep_weights else {})
    settings = {
        "loss": type(loss).__name__,
        "optimizer": type(optimizer).__name__,
        "schedule": type(schedule).__name__,
        "examples": len(train[0]),
        "validation": held_out and len(held_out[0]),
        "batch_size": batch_size,
        "seed": seed,
        "watch": names,
        "patience": patience,
        "keep_weights": keep_weights,
    }
    run = Run(model, optimizer, schedule, history, settings)
    if resume is not None:
        resume_from(run, resume)
        history.reason = ""
    given = run, loss, metric, batch_size, seed
    work = CompiledEpochs(*given, progress, threads) if compiled else Epochs(*given)
    file.write(run, at_end=True)  # a place that cannot be written to shows before the work, not after
    try:
        with paused_collector(pause_collector), show(history, epochs) as one_more:
            fresh = False
            while True:
                reason = _reason_to_stop(history, epochs, until, patience)
                if fresh:
                    file.write(run, at_end=bool(reason))
                if reason:
                    break
                tally = work.train(train)
                checked = None if held_out is None else work.measure(held_out)
                with unbroken():
                    _record(run, tally, checked, watched, work.before, patience, keep_weights)
                    if isinstance(schedule, ReduceLROnPlateau):
                        schedule.step((history.validation_loss or history.loss)[-1])
                    elif schedule is not None:
                        schedule.step()
                fresh = True
                one_more()
        if patience is not None:
            run.put_back(run.best)
        history.reason = reason
    except KeyboardInterrupt:
        history.reason, history.interrupted = "interrupted", True
    return history


def _record(
    run: Run,
    tally: Tally,
    checked: Tally | None,
    watched: Sequence[Value],
    before: list[Any],
    patience: int | None,
    keep_weights: bool,
) -> None:
    """An epoch in the history."""
    history = run.history
    history.loss.append(tally.loss)
    history.accuracy.append(tally.score)
    history.gradient_norm.append(tally.norm)
    history.lr.append(run.optimizer.lr)
    for numbers, p in zip(history.watched.values(), watched):
        numbers.append(p.data)
    if checked is not None:
        history.validation_loss.append(checked.loss)
        history.validation_accuracy.append(checked.score)
    if keep_weights:
        history.weights.append(run.model.state_dict())
    if patience is not None and checked is not None:
        run.judge(checked.loss, run.weights())
    elif patience is not None:
        run.judge(tally.loss, before)  # the loss is that of the weights before the step


def _reason_to_stop(history: History, epochs: int, until: Any, patience: int | None) -> str:
    done = len(history)
    if done and until is not None and (until(history) if callable(until) else history.loss[-1] <= until):
        return "until"
    if patience is not None and history.best_epoch is not None and done - 1 - history.best_epoch >= patience:
        return "patience"
    return "epochs" if done >= epochs else ""
