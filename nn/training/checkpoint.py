"""Checkpoints: all that a training needs to go on as if it had never stopped."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from math import inf
from typing import Any

from autograd import Value

from ..history import History
from ..module import Module
from ..storage import document

PARTS = ("settings", "model", "optimizer", "schedule", "best", "history")
Path = str | os.PathLike[str]


class Run:
    """All that changes while a model is trained.

    Args:
        settings: what must be the same for a resumed training to be the same.
    """

    def __init__(self, model: Module, optimizer: Any, schedule: Any, history: History, settings: Mapping[str, Any]) -> None:
        self.model, self.optimizer, self.schedule, self.history = model, optimizer, schedule, history
        self.settings = dict(settings)
        self.best_loss = inf
        self.best: list[Any] = []

    def weights(self) -> list[Any]:
        """The numbers that the optimizer changes."""
        return [p.data for p in self.optimizer.parameters]

    def put_back(self, weights: list[Any]) -> None:
        """Numbers of :meth:`weights` from before; none change nothing."""
        for p, number in zip(self.optimizer.parameters, weights):
            p.data = number

    def judge(self, loss: float, weights: list[Any]) -> None:
        """Keep the weights of the latest epoch if no loss was lower."""
        if loss < self.best_loss or not self.best:
            self.best_loss, self.best = loss, weights
            self.history.best_epoch = len(self.history) - 1

    def state(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "settings": self.settings,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": None if self.schedule is None else self.schedule.state_dict(),
            "best": [self.best_loss, self.best],
            "history": self.history.to_dict(),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Go on from a :meth:`state`: all of it, or nothing is changed.

        Raises:
            ValueError: it is of another model, optimizer, schedule, or of other settings.
        """
        settings, model, optimizer, schedule, best, history = document.take(state, PARTS)
        for name, wanted in self.settings.items():
            if not isinstance(settings, dict) or settings.get(name) != wanted:
                had = settings.get(name) if isinstance(settings, dict) else settings
                raise ValueError(f"it was written with {name} = {had!r:.80}, and this training has {wanted!r:.80}")
        fresh = History.from_dict(history)
        if not isinstance(best, list) or len(best) != 2 or len(best[1]) not in (0, len(self.optimizer.parameters)):
            raise ValueError("it tells of no best weights")
        best_loss, weights = float(best[0]), [Value(number).data for number in best[1]]
        before = self.state()
        try:
            self._fill(model, optimizer, schedule)
        except BaseException:
            self._fill(before["model"], before["optimizer"], before["schedule"])
            raise
        vars(self.history).update(vars(fresh))
        self.best_loss, self.best = best_loss, weights

    def _fill(self, model: Any, optimizer: Any, schedule: Any) -> None:
        if not isinstance(model, dict):
            raise ValueError("it tells of no weights")
        self.model.load_state_dict(model)
        self.optimizer.load_state_dict(optimizer)
        if self.schedule is not None:
            self.schedule.load_state_dict(schedule)


class Checkpoint:
    """The file that a training is written to, every so many epochs and at its end.

    Raises:
        FileExistsError: it exists, and is not the one that the training goes on from.
        FileNotFoundError: its folder does not exist.
    """

    def __init__(self, path: Path | None, every: int, resume: Path | None) -> None:
        self.path, self.every = path, every
        if path is None:
            return
        target = os.path.abspath(os.fspath(path))
        self.ours = resume is not None and target == os.path.abspath(os.fspath(resume))
        if os.path.lexists(target) and not self.ours:
            remedy = "this file exists already: choose another name, or go on from it with resume="
            raise FileExistsError(errno.EEXIST, remedy, target)
        if not os.path.isdir(os.path.dirname(target)):
            raise FileNotFoundError(errno.ENOENT, "there is no such folder: make it first", os.path.dirname(target))

    def write(self, run: Run, at_end: bool) -> None:
        """Put the run into the file, if it is time."""
        if self.path is not None and (at_end or len(run.history) % self.every == 0):
            document.save(self.path, document.dump("checkpoint", run.state()), overwrite=self.ours)
            self.ours = True


def resume_from(run: Run, path: Path) -> None:
    """Go on from a checkpoint: model, optimizer, schedule and history, or nothing is changed.

    Raises:
        ValueError: the file is no checkpoint, is damaged, or is one of another training.
    """
    document.read(path, "checkpoint", run.load)
