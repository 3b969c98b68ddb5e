"""Models as files that can run no code: exact, whole or refused."""

from __future__ import annotations

import os
from typing import Any

from ..module import Module
from . import document
from .architecture import describe, make
from .pytorch import to_torch

__all__ = ["load", "load_state", "save", "save_state", "to_torch"]

Path = str | os.PathLike[str]


def save(model: Module, path: Path, overwrite: bool = False) -> None:
    """Write a model, architecture and weights, to a file that :func:`load` makes the same model of, to the last bit.

    The file is JSON: people can read it, and it can run no code. It is written whole or not at all. Frozen parameters stay
    frozen, and a module that stands in two places is still one.

    Args:
        model: made of this package's own modules. For one of a class of your own, see :func:`save_state`.
        path: the file; by custom it ends in ``.json``.
        overwrite: True replaces a file that exists. A symbolic link is replaced, never followed.

    Raises:
        TypeError: a module is of a class of your own.
        ValueError: the model holds parameters which its classes and settings do not tell of.
        FileExistsError, FileNotFoundError: a file of that name exists; the folder does not.

    >>> import nn, tempfile, os
    >>> model = nn.MLP(2, [3, 1], seed=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nn.save(model, os.path.join(folder, "xor.json"))
    ...     again = nn.load(os.path.join(folder, "xor.json"))
    >>> again.state_dict() == model.state_dict()
    True
    """
    data = _dump(model)
    try:
        _model(document.parse(data, "model"))
    except ValueError as error:
        raise ValueError(
            f"this model's classes and settings do not tell all that it holds ({error}); parameters added, replaced or "
            "shared by hand would be lost: keep the numbers with nn.save_state(model, path)"
        ) from None
    document.save(path, data, overwrite)


def load(path: Path) -> Module:
    """The model that :func:`save` wrote: only modules of this package's fixed table are ever made.

    Raises:
        ValueError: the file is no such file, or not whole, or of another version; it names the cause.
        FileNotFoundError: there is none.
    """
    model: Module = document.read(path, "model", _model)
    return model


def save_state(model: Module, path: Path, overwrite: bool = False) -> None:
    """Write the numbers of any model, also of a class of your own: its ``state_dict``, as exactly and safely.

    >>> import nn, tempfile, os
    >>> class Twice(nn.Module):
    ...     def __init__(self):
    ...         self.unit = nn.Neuron(1)
    >>> model, other = Twice(), Twice()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nn.save_state(model, os.path.join(folder, "state.json"))
    ...     nn.load_state(other, os.path.join(folder, "state.json"))
    >>> other.state_dict() == model.state_dict()
    True
    """
    document.save(path, document.dump("state", {"state": model.state_dict(), "frozen": _frozen(model)}), overwrite)


def load_state(model: Module, path: Path) -> None:
    """Give a model the numbers that :func:`save_state` wrote; all of them, or none.

    Raises:
        ValueError: the file is no such file or not whole, or it is of another architecture.
    """
    document.read(path, "state", lambda parts: _fill(model, *document.take(parts, ["state", "frozen"])))


def _dump(model: Module) -> bytes:
    count = len(model.parameters())  # each once: less than the state's numbers where modules share some
    content = {"model": describe(model), "count": count, "frozen": _frozen(model), "state": model.state_dict()}
    return document.dump("model", content)


def _model(parts: dict[str, Any]) -> Module:
    description, count, frozen, state = document.take(parts, ["model", "count", "frozen", "state"])
    model = make(description, state)
    if count != len(model.parameters()):
        raise ValueError(f"it counts {count!r:.80} parameters, and its modules have {len(model.parameters())}")
    _fill(model, state, frozen)
    return model


def _frozen(model: Module) -> list[str]:
    return [name for name, p in model.named_parameters() if not p.requires_grad]


def _fill(model: Module, state: Any, frozen: Any) -> None:
    parameters = dict(model.named_parameters())
    if not isinstance(state, dict) or not isinstance(frozen, list) or not all(name in parameters for name in frozen):
        raise ValueError("state or frozen names what the model has not")
    model.load_state_dict(state)
    for name, p in parameters.items():
        p.requires_grad = name not in frozen
