"""What training went through, epoch by epoch (lecture rows L19 and L22)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..history import History
from .canvas import dress, key, number, panels, short, style, told

Curves = dict[str, Sequence[Any]]


def history(history: History, *, log: bool = False, ax: Any = None) -> Figure:
    """The curves of a training: loss, accuracy, the gradient's length, the learning rate if it changed, what was watched.

    Args:
        history: what ``nn.fit`` returned.
        log: the loss and the gradient's length on a logarithmic scale.
        ax: axes to draw on, one for each of these parts that was recorded.

    Raises:
        ValueError: a history of no epochs.

    >>> import nn
    >>> plot = history(nn.History(loss=[4.0, 1.0], accuracy=[None, None], gradient_norm=[8.0, 4.0], lr=[0.1, 0.1]))
    >>> print(plot.alt)
    2 epochs of training. The loss goes from 4 to 1.
    """
    if not len(history):
        raise ValueError("this history has no epochs: there is nothing to draw")
    parts = _parts(history)
    axes = panels(ax, len(parts), columns=min(2, len(parts)), height=3.0)
    for one, (title, curves) in zip(axes, parts.items()):
        _draw(one, title, curves)
        if log and title in ("loss", "length of the gradient"):
            one.set_yscale("log")
    first, last = short(history.loss[0]), short(history.loss[-1])
    plural = "s"[: len(history) != 1]
    return told(axes[0], f"{len(history)} epoch{plural} of training. The loss goes from {first} to {last}.")


def _parts(history: History) -> dict[str, Curves]:
    """The curves of each panel; those that were not recorded left out."""
    steady = len(set(history.lr)) == 1
    parts: dict[str, Curves] = {
        "loss": {"training": history.loss, "validation": history.validation_loss},
        "accuracy": {"training": history.accuracy, "validation": history.validation_accuracy},
        "length of the gradient": {"gradient": history.gradient_norm},
        "learning rate": {} if steady else {"lr": history.lr},
        "watched parameters": _numbers(history.watched),
    }
    found = {title: {name: part for name, part in curves.items() if _recorded(part)} for title, curves in parts.items()}
    return {title: curves for title, curves in found.items() if curves}


def _recorded(part: Sequence[Any]) -> bool:
    return any(x is not None for x in part)


def _numbers(watched: Mapping[str, Sequence[Any]]) -> Curves:
    """One curve for each number: a watched row or matrix has several."""
    found: Curves = {}
    for name, part in watched.items():
        if part and isinstance(part[0], list):
            deeper = {f"{name}[{k}]": [now[k] for now in part] for k in range(len(part[0]))}
            found.update(_numbers(deeper))
        else:
            found[name] = part
    return found


def _draw(ax: Axes, title: str, curves: Curves) -> None:
    """One panel: epochs across, counted from 1."""
    dress(ax, title.capitalize(), "epoch")
    for k, (name, part) in enumerate(curves.items()):
        color, marker, line = style(k + (title == "length of the gradient"))  # in the colour of what goes backward
        ys = [float("nan") if y is None else number(y) for y in part]
        few = -(-len(ys) // 12)
        ax.plot(
            range(1, len(ys) + 1),
            ys,
            color=color,
            linestyle=line,
            linewidth=1.8,
            marker=marker,
            markersize=5,
            markevery=(k % few, few),
            label=name,
        )
    if title == "accuracy":
        ax.set_ylim(-0.03, 1.03)
    if len(curves) > 1 or title == "watched parameters":
        key(ax)
