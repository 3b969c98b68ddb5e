"""What fit is given, checked before anything is changed."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from numbers import Real
from typing import Any

from autograd import Value

from ..checks import whole
from ..module import Module


def check_kinds(model: Any, loss: Any, optimizer: Any, schedule: Any, metric: Any) -> None:
    """The model is a module, the optimizer and the schedule are such, and what is called can be called.

    Raises:
        TypeError: one of them is not so; it is named, and what to write instead.
    """
    scored = "a function of y_pred and y"
    kinds: list[tuple[str, Any, bool, str]] = [
        ("model", model, isinstance(model, Module), "a module, such as nn.MLP(2, [16, 1])"),
        ("loss", loss, callable(loss) and not isinstance(loss, type), f"{scored}, such as nn.MSELoss()"),
        ("optimizer", optimizer, _steps(optimizer), "made for the parameters, as nn.Adam(model.parameters(), lr=0.01)"),
        ("schedule", schedule, schedule is None or _steps(schedule), "made for the optimizer, as nn.StepLR(optimizer, 10)"),
        ("metric", metric, metric is None or callable(metric), scored),
    ]
    for name, given, fits, such in kinds:
        if not fits:
            raise TypeError(f"{name} is {such}; got {given!r:.80}")


def _steps(thing: Any) -> bool:
    return hasattr(thing, "step") and not isinstance(thing, type)


def check_numbers(epochs: Any, batch_size: Any, until: Any, seed: Any, patience: Any, checkpoint_every: Any) -> None:
    """The whole numbers, and the threshold.

    Raises:
        ValueError: one of them cannot be; it is named.
    """
    whole("epochs", epochs, 0)
    whole("checkpoint_every", checkpoint_every)
    for name, number, least in (("seed", seed, 0), ("batch_size", batch_size, 1), ("patience", patience, 1)):
        if number is not None:
            whole(name, number, least)
    if until is not None and not callable(until) and (not isinstance(until, Real) or until != until):
        raise ValueError(f"until is a loss to reach, or a function of the history; got {until!r}")


def watched_parameters(model: Module, names: Sequence[str]) -> list[Value]:
    """The parameters of these names.

    Raises:
        ValueError: there is none of that name; close ones are listed.
    """
    parameters = dict(model.named_parameters())
    for name in names:
        if name not in parameters:
            close = get_close_matches(str(name), parameters, 3, 0) or ["none"]
            raise ValueError(f"the model has no parameter {name!r} to watch; close ones: {', '.join(close)}")
    return [parameters[name] for name in names]


def check_parameters(model: Module, optimizer: Any, schedule: Any) -> None:
    """The model has something to train, the optimizer is made for it, and the schedule for the optimizer.

    Raises:
        ValueError: one of the three is not so.
    """
    own = model.parameters()
    if not any(p.requires_grad for p in own):
        raise ValueError(f"the model has no parameters to train{', all are frozen: model.requires_grad_()' * bool(own)}")
    strangers = set(optimizer.parameters) - set(own)
    if strangers or not optimizer.parameters:
        raise ValueError(
            f"{len(strangers)} of the optimizer's {len(optimizer.parameters)} parameters are not this model's: "
            f"make it with {type(optimizer).__name__}(model.parameters(), ...) after the model"
        )
    if getattr(schedule, "optimizer", optimizer) is not optimizer:
        raise ValueError("the schedule sets the rates of another optimizer: make it with this one")
