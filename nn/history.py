"""What happened in training, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

SHOWN = 10
"""How many epochs the table of a history shows."""
OPENS = "weights kept: open(k, ...) has those after epoch k, which led to the loss of epoch k + 1; open(0, ...) the first"


@dataclass(repr=False)
class History:
    """One number for each epoch in each list; ``history.loss[0]`` is the first epoch's, which tables call epoch 1.

    Attributes:
        loss: the mean of the examples' losses (the sum, for a loss with ``reduction="sum"``), each as it was before the step
            that its batch led to. With one batch an epoch, it is the loss of the weights that the epoch began with.
        accuracy: the share of examples that were right, 0 to 1, taken with the losses; None where the loss knows no right
            and wrong, and what ``metric`` gave where one was given.
        gradient_norm: the length of the gradient, √(Σ (∂loss/∂p)²), the mean over the epoch's batches.
        lr: the learning rate.
        validation_loss, validation_accuracy: after the epoch, on the validation data; empty without.
        watched: for each name in ``watch`` the parameter's value after each epoch.
        weights: the ``state_dict`` after each epoch; empty unless asked for by ``keep_weights=True``.
        start: the ``state_dict`` that training began with; empty without ``weights``.
        best_epoch: with ``patience``, the index of the epoch of the lowest loss, whose weights the model has been given.
        interrupted: whether Ctrl-C ended it; the epoch that was under way is not in the lists.
        reason: why it ended: "epochs", "until", "patience" or "interrupted"; empty while it runs.

    >>> History(loss=[4.0, 1.0], accuracy=[None, None], gradient_norm=[8.0, 4.0], lr=[0.1, 0.1], reason="epochs")
     epoch         loss     gradient           lr
         1            4            8          0.1
         2            1            4          0.1
    ended by: epochs
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float | None] = field(default_factory=list)
    gradient_norm: list[float] = field(default_factory=list)
    lr: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float | None] = field(default_factory=list)
    watched: dict[str, list[Any]] = field(default_factory=dict)
    weights: list[dict[str, Any]] = field(default_factory=list)
    start: dict[str, Any] = field(default_factory=dict)
    best_epoch: int | None = None
    interrupted: bool = False
    reason: str = ""

    def __len__(self) -> int:
        return len(self.loss)

    def __bool__(self) -> bool:
        return True  # one of no epochs is a history, too

    def plot(self, **options: Any) -> Any:
        """The curves of all that was recorded, as a matplotlib figure: :func:`nn.plots.history`."""
        from . import plots

        return plots.history(self, **options)

    def open(self, epoch: int, model: Any, *, loss: Any, data: Any) -> Any:
        """Watch the training: the graph of the loss as it was when an epoch began, with its backward pass done.

        It is made with a copy of the model, which stays as it is. ``steps``, ``draw``, ``explain`` and ``why`` take it, the
        last two with a parameter's name in the graph, as in ``explain(opened, "layer1.w11")``; and
        ``autograd.classroom.compare`` takes two: what a step moved, and whether the loss fell as foretold.

        Args:
            epoch: how many epochs were over: 0 is the beginning, ``len(history)`` the end. ``history.open(k, ...)`` has the
                weights that led to ``history.loss[k]``, which tables call epoch k + 1; where each epoch had one batch, with
                all of the data, it is that number, to the bit (after ``compiled=True``, up to rounding).
            model: the one that was trained, or another of the same architecture.
            loss: as in :func:`nn.fit`.
            data: as in :func:`nn.fit`; take one example, or a few, for a graph to look at.

        Returns:
            The loss, a Value.

        Raises:
            ValueError: the weights were not kept (:func:`nn.fit` needs ``keep_weights=True``), an epoch that there is not,
                a model of another architecture.

        >>> import nn
        >>> model, data = nn.Linear(1, 1, bias=False, init="ones"), ([[1.0]], [[2.0]])
        >>> history = nn.fit(model, data, loss=nn.MSELoss(), optimizer=nn.SGD(model.parameters(), lr=0.25), epochs=2,
        ...                  keep_weights=True)
        >>> [history.open(k, model, loss=nn.MSELoss(), data=data).data for k in (0, 1, 2)], history.loss
        ([1.0, 0.25, 0.0625], [1.0, 0.25])
        """
        from .training.replay import opened

        return opened(self, epoch, model, loss, data)

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data.

        >>> History.from_dict(History(loss=[0.5], accuracy=[1.0], gradient_norm=[0.1], lr=[0.1]).to_dict()).loss
        [0.5]
        """
        return {f.name: _copied(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> History:
        """The history that :meth:`to_dict` told of.

        Raises:
            ValueError: parts are missing, unknown or of the wrong kind, or lists have different lengths.
        """
        if not isinstance(data, Mapping) or set(data) != {f.name for f in fields(cls)}:
            raise ValueError(f"a history has the parts {', '.join(f.name for f in fields(cls))}")
        history = cls(**{name: _copied(part) for name, part in data.items()})
        empty = cls()
        for name, part in vars(history).items():
            kind = (int, type(None)) if name == "best_epoch" else type(getattr(empty, name))
            if not isinstance(part, kind):
                raise ValueError(f"{name} of a history cannot be {part!r:.80}")
        always = [history.loss, history.accuracy, history.gradient_norm, history.lr, *history.watched.values()]
        sometimes = [history.validation_loss, history.validation_accuracy, history.weights]
        for part in always + [part for part in sometimes if part]:
            if not isinstance(part, list) or len(part) != len(history):
                raise ValueError("the lists of a history have one item for each epoch, and these have not")
        return history

    def __repr__(self) -> str:
        columns: dict[str, list[Any]] = {
            "loss": self.loss,
            "accuracy": self.accuracy,
            "gradient": self.gradient_norm,
            "lr": self.lr,
            "val. loss": self.validation_loss,
            "val. accuracy": self.validation_accuracy,
            **self.watched,
        }
        told = {name: part for name, part in columns.items() if any(item is not None for item in part)}
        lines = [" epoch" + "".join(f"{name:>{_width(name)}}" for name in told)]
        first = range(min(len(self), SHOWN // 2))
        last = range(max(len(first), len(self) - SHOWN // 2), len(self))
        for k in (*first, *last):
            if k == last.start and k > len(first):
                lines.append(f"{'...':>6}")
            lines.append(f"{k + 1:>6}" + "".join(f"{_number(part[k]):>{_width(name)}}" for name, part in told.items()))
        ended = [f"ended by: {self.reason}"] if self.reason else []
        best = [f"best epoch: {self.best_epoch + 1}"] if self.best_epoch is not None else []
        kept = [OPENS] if self.start else []
        return "\n".join(lines + ["; ".join(ended + best)] * bool(ended + best) + kept)


def _width(name: str) -> int:
    return max(13, len(name) + 2)


def _number(x: Any) -> str:
    return "-" if x is None else f"{float(x):.6g}"


def _copied(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _copied(item) for name, item in part.items()}
    return [_copied(item) for item in part] if isinstance(part, list) else part
